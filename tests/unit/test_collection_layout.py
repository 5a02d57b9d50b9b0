# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of the collection's files as a whole, whatever is in them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from ansible_collections.cloudiway.mail.tools.arrange import CHECKOUT, LINK, files_of

FILES = files_of(CHECKOUT)
SOURCES = [path for path in FILES if path.suffix in (".py", ".yml", ".yaml")]
#: Written by antsibull-changelog; REUSE.toml tells its licence.
GENERATED = Path("changelogs/changelog.yaml")
# In two pieces, or reuse takes it for a licence of this file.
LICENCE = re.compile("^# SPDX-License-Identifier" + ": GPL-3.0-or-later$", re.MULTILINE)
SIMULATOR = Path("roles/simulator/files/cloudiway_simulator")

SILENCED = re.compile(
    r"#\s*(?:type: ignore|noqa|pylint: ?disable|pragma: no|yamllint disable|fmt: ?(?:off|skip))"
)

# Folders that people and build machines work in. After a letter, a dot or a brace the slash belongs
# to a relative path, an address or a variable.
SOMEBODYS_MACHINE = re.compile(r"(?<![\w.~<>{}/-])/(?:root|home|Users|work)/\w")


def _below(folder: str, suffix: str = "") -> list[Path]:
    return [
        path for path in FILES if path.is_relative_to(folder) and path.as_posix().endswith(suffix)
    ]


def _plugins(kind: str) -> list[str]:
    return [path.stem for path in _below(f"plugins/{kind}", ".py") if path.stem != "__init__"]


def _roles() -> list[str]:
    return sorted({path.parts[1] for path in _below("roles")})


def _text(path: Path) -> str:
    return (CHECKOUT / path).read_text(encoding="utf-8", errors="replace")


def _imports(path: Path) -> set[str]:
    """The top-level packages that a file imports; relative imports are its own package's."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(_text(path))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize(
    "name", [*_plugins("modules"), *_plugins("lookup"), *_plugins("inventory"), *_roles()]
)
def test_each_module_plugin_and_role_has_an_integration_target_of_its_name(name: str) -> None:
    assert Path("tests/integration/targets", name, "tasks/main.yml") in FILES


@pytest.mark.parametrize("path", _below("tests/integration/targets", "/tasks/main.yml"), ids=str)
def test_each_target_tells_ansible_test_of_the_simulator_it_starts(path: Path) -> None:
    if "name: setup_simulator" in _text(path):
        assert "needs/target/setup_simulator" in _text(path.parent.parent / "aliases").split()


def test_the_action_group_names_every_module_and_nothing_else() -> None:
    runtime = yaml.safe_load(_text(Path("meta/runtime.yml")))
    assert runtime["action_groups"]["cloudiway"] == sorted(_plugins("modules"))


def test_each_action_plugin_belongs_to_a_module() -> None:
    assert set(_plugins("action")) <= set(_plugins("modules"))


@pytest.mark.parametrize("name", _plugins("module_utils"))
def test_module_utils_are_private(name: str) -> None:
    assert name.startswith("_")


@pytest.mark.parametrize("path", _below("plugins"), ids=str)
def test_no_plugin_knows_of_the_simulator(path: Path) -> None:
    assert "simulator" not in _text(path).lower()


@pytest.mark.parametrize("path", _below(str(SIMULATOR), ".py"), ids=str)
def test_the_simulator_needs_only_the_standard_library(path: Path) -> None:
    assert _imports(path) <= {*sys.stdlib_module_names, SIMULATOR.name}


def test_nothing_is_excused_from_the_sanity_tests() -> None:
    assert not _below("tests/sanity")


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_file_silences_a_check(path: Path) -> None:
    assert not SILENCED.search(_text(path))


@pytest.mark.parametrize("path", [path for path in SOURCES if path != GENERATED], ids=str)
def test_each_python_and_yaml_file_names_its_licence(path: Path) -> None:
    assert LICENCE.search(_text(path))


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    found = {
        f"{path}:{number}"
        for path in FILES
        for number, line in enumerate(_text(path).splitlines(), 1)
        if SOMEBODYS_MACHINE.search(line)
    }
    assert not found


def _named(text: str, mark: str) -> set[str]:
    return set(re.findall(mark, text))


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/inclusion.md"])
def test_what_a_page_for_developers_names_is_there(page: str) -> None:
    text = _text(Path(page))
    paths = _named(text, r"`([\w.-]+/[\w./-]+?)/?`") | _named(text, r"`(\w+\.(?:md|toml|yml))`")
    there = {folder.as_posix() for path in FILES for folder in (path, *path.parents)}
    assert paths - there == set()
    targets = _named(_text(Path("Makefile")), r"(?m)^([a-z-]+):")
    assert _named(text, r"`make ([a-z-]+)") - targets == set()


def test_the_picture_of_the_architecture_shows_every_file_of_module_utils_and_no_other() -> None:
    picture = _text(Path("ARCHITECTURE.md")).split("```")[1]
    shown = _named(picture, r"(?<![\w/])(_[a-z_]+\*?)")
    files = _plugins("module_utils")
    assert [name for name in files if not any(fnmatch(name, one) for one in shown)] == []
    assert [one for one in shown if not any(fnmatch(name, one) for name in files)] == []


#: What is known of the imports at the top of a file; those for type checkers alone are indented.
IMPORTED = re.compile(r"(?m)^from \.(_[a-z_]+) import|^from \. import (_[a-z_]+)")
BESIDE_ALL = {"_redaction", "_files"}


def test_each_file_of_module_utils_imports_from_its_block_of_the_picture_or_from_below() -> None:
    picture = _text(Path("ARCHITECTURE.md")).split("```")[1]
    blocks = [
        _named(block, r"(?<![\w/])(_[a-z_]+\*?)") for block in re.split(r"(?m)^  [│▼]$", picture)
    ]
    level = {
        name: at
        for at, block in enumerate(blocks)
        for name in _plugins("module_utils")
        if any(fnmatch(name, one) for one in block)
    }
    upwards = [
        f"{name} from {''.join(other)}"
        for name in level
        for other in IMPORTED.findall(_text(Path(f"plugins/module_utils/{name}.py")))
        if "".join(other) not in BESIDE_ALL and level["".join(other)] < level[name]
    ]
    assert upwards == []


def test_the_engine_runs_without_ansible() -> None:
    names = [name for name in _plugins("module_utils") if name not in ("_module", "_argspec")]
    package = "ansible_collections.cloudiway.mail.plugins.module_utils"
    program = (
        "import importlib, sys\n"
        "sys.modules['ansible'] = None\n"
        f"for name in {names}: importlib.import_module('{package}.' + name)\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", program),
        env={"PYTHONPATH": str(LINK.parents[2]), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("table", ["test_failures.py", "test_returned_values.py"])
def test_every_module_is_in_the_tables_from_which_all_are_tested(table: str) -> None:
    named = _named(_text(Path("tests/unit/plugins/modules", table)), r'"(cloudiway_\w+)"')
    assert sorted(set(_plugins("modules")) - set(named)) == []
