# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What C(ansible-builder) finds in the collection, and what it makes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from ansible_collections.cloudiway.mail.tests.awx.jobs import CHECKOUT
from ansible_collections.cloudiway.mail.tests.awx.refusals import Facts
from ansible_collections.cloudiway.mail.tests.guides.reading import File, steps

COLLECTIONS = CHECKOUT / "build/link"
DEFINITION = CHECKOUT / "meta/execution-environment.yml"
GUIDE = CHECKOUT / "docs/docsite/rst/guide_awx.rst"
LIMIT = 120.0  # seconds


def build(*arguments: str | Path, folder: Path) -> str:
    """Run C(ansible-builder) to its good end; what it printed."""
    done = subprocess.run(
        (Path(sys.executable).with_name("ansible-builder"), *arguments),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read(path: Path) -> Facts:
    """A file of YAML."""
    told: Facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    return told


def required(file: str, name: str, python: str) -> Requirement:
    """What a file of requirements asks for of a package on this Python."""
    lines = (CHECKOUT / file).read_text(encoding="utf-8").splitlines()
    [found] = [
        one
        for one in (Requirement(line) for line in lines if line and line[0] not in "#-")
        if one.name == name and (not one.marker or one.marker.evaluate({"python_version": python}))
    ]
    return found


def test_another_image_gets_what_the_modules_import_and_what_the_system_must_have(
    tmp_path: Path,
) -> None:
    printed = build("introspect", COLLECTIONS, folder=tmp_path)
    found = yaml.safe_load(printed)
    from_here = "  # from collection cloudiway.mail"
    [requests] = [
        line
        for line in (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line.startswith("requests")
    ]
    assert found["python"] == [requests + from_here]
    assert found["system"] == [f"ca-certificates{from_here}", f"tzdata{from_here}"]


def test_the_collection_itself_describes_an_image(tmp_path: Path) -> None:
    build("create", "-f", DEFINITION, folder=tmp_path)
    context = tmp_path / "context"
    for name in ("requirements.txt", "bindep.txt"):
        assert (context / "_build" / name).read_text(encoding="utf-8") == (
            CHECKOUT / name
        ).read_text(encoding="utf-8")
    asked = read(context / "_build/requirements.yml")
    assert asked == {"collections": [{"name": "cloudiway.mail"}]}
    # Containerfile or Dockerfile, by what there is to build it with.
    [recipe] = context.glob("*file")
    told = recipe.read_text(encoding="utf-8")
    assert "introspect" in told
    for line in (
        'ARG EE_BASE_IMAGE="registry.example.com/centos/centos:stream9"',
        'ARG PYPKG="python3.11"',
        'ARG PYCMD="/usr/bin/python3.11"',
    ):
        assert line in told


def test_the_image_has_what_the_tests_run_with_and_the_collection_accepts() -> None:
    inside = read(DEFINITION)["dependencies"]
    python = inside["python_interpreter"]["package_system"].removeprefix("python")
    core = Requirement(inside["ansible_core"]["package_pip"])
    tested = required("tests/requirements/ansible.txt", core.name, python)
    assert core.specifier == tested.specifier
    runner = Requirement(inside["ansible_runner"]["package_pip"])
    tested = required("tests/requirements/tests.txt", runner.name, python)
    assert runner.specifier == tested.specifier
    least = [one.version for one in core.specifier if one.operator == ">="]
    accepted = SpecifierSet(read(CHECKOUT / "meta/runtime.yml")["requires_ansible"])
    assert [accepted.contains(version) for version in least] == [True]


def test_the_guide_describes_the_same_image() -> None:
    [shown] = [
        yaml.safe_load(step.text)
        for step in steps(GUIDE.read_text(encoding="utf-8"))
        if isinstance(step, File) and step.name == "execution-environment.yml"
    ]
    own = read(DEFINITION)
    # Which the collection brings along, wherever it is put into an image.
    for brought in ("python", "system"):
        del own["dependencies"][brought]
    [collection] = shown["dependencies"]["galaxy"]["collections"]
    assert collection.pop("version").startswith(">=1.")
    assert shown == own
