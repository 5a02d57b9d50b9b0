# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release is made in a clone of the project, of what is committed there.

The clone has released nothing so far, whatever the project has. What galaxy-importer says of the
archive is played: `make importer` has the real one read it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
USERS_NEED = {
    "CHANGELOG.rst",
    "CODE_OF_CONDUCT.md",
    "COPYING",
    "FILES.json",
    "LICENSES",
    "MANIFEST.json",
    "README.md",
    "bindep.txt",
    "changelogs",
    "docs",
    "meta",
    "playbooks",
    "plugins",
    "requirements.txt",
    "roles",
}

Run = Callable[..., subprocess.CompletedProcess[str]]

CHANGES = """\
---
# SPDX-License-Identifier: GPL-3.0-or-later
minor_changes:
  - cloudiway_batch - it is now easier to use.
"""

FINDS = "Loading module cloudiway_batch"
ENDS = "Importer processing completed successfully"


def stand_in_for_the_importer(clone: Path, *says: str) -> None:
    """Put what says this, and ends well, in the place of the environment of galaxy-importer."""
    python = clone / ".venv/importer/bin/python"
    python.parent.mkdir(parents=True, exist_ok=True)
    lines = "\n".join((FINDS, *says, ENDS))
    python.write_text(f"#!/bin/sh\ntest -f $3 && echo '{lines}'\n", encoding="utf-8")
    python.chmod(0o755)


def forget_releases(clone: Path) -> None:
    """Have a change log without releases, and one fragment."""
    (clone / "CHANGELOG.rst").unlink(missing_ok=True)
    (clone / "changelogs/changelog.yaml").write_text("---\nreleases: {}\n", encoding="utf-8")
    fragments = clone / "changelogs/fragments"
    shutil.rmtree(fragments, ignore_errors=True)
    fragments.mkdir()
    (fragments / "ours.yml").write_text(CHANGES, encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command in a clone, as somebody who is known to git and with the tools at hand."""
    clone = tmp_path / "clone"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "build", "output", "__pycache__", ".*_cache", ".hypothesis"
    )
    shutil.copytree(PROJECT, clone, ignore=ignored, symlinks=True)
    tools = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    somebody = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ada"), ("EMAIL", "ada@new.example"))
    }

    def do(*command: str) -> subprocess.CompletedProcess[str]:
        surroundings = os.environ | somebody | {"PATH": tools, "HOME": str(tmp_path)}
        return subprocess.run(
            command, cwd=clone, env=surroundings, capture_output=True, text=True, check=False
        )

    stand_in_for_the_importer(clone)
    forget_releases(clone)
    for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "-m", "All")):
        done = do("git", *command)
        assert done.returncode == 0, done.stderr
    return do


def release(run: Run, version: str) -> subprocess.CompletedProcess[str]:
    """Release the version from the clone."""
    return run(sys.executable, "tools/release.py", version)


def test_a_release_is_one_command_and_holds_what_users_need(run: Run, tmp_path: Path) -> None:
    done = release(run, "1.0.0")
    assert done.returncode == 0, done.stderr
    clone = tmp_path / "clone"
    assert run("git", "status", "--porcelain").stdout == ""
    assert run("git", "tag", "--points-at", "HEAD").stdout == "1.0.0\n"
    assert "v1.0.0" in (clone / "CHANGELOG.rst").read_text(encoding="utf-8")
    assert not list((clone / "changelogs/fragments").glob("*.yml"))
    with tarfile.open(clone / "build/cloudiway-mail-1.0.0.tar.gz") as archive:
        names = archive.getnames()
    held = {name.split("/")[0] for name in names}
    assert held <= USERS_NEED
    assert {"meta", "plugins", "roles", "playbooks", "README.md", "CHANGELOG.rst"} <= held
    assert not [
        name
        for name in names
        if re.search(r"__pycache__|/fragments/|config\.yaml$|\.pyc$|/tests/|inclusion|/\.", name)
    ]
    assert "ansible-galaxy collection publish build/cloudiway-mail-1.0.0.tar.gz" in done.stdout


def test_what_is_released_passes_the_checks_of_the_project_and_can_be_followed(run: Run) -> None:
    assert release(run, "1.0.0").returncode == 0
    checks = run(sys.executable, "tools/lint.py", "change log", "licences", "yamllint")
    assert "3 of 3 checks passed" in checks.stdout, checks.stdout
    layout = run(sys.executable, "tools/unit.py", "tests/unit/test_collection_layout.py")
    assert layout.returncode == 0, layout.stdout
    assert run("git", "status", "--porcelain").stdout == ""


def test_nothing_is_released_twice_nor_an_older_version_after_a_newer(run: Run) -> None:
    assert release(run, "1.1.0").returncode == 0
    before = run("git", "log", "--oneline").stdout
    for version in ("1.1.0", "1.0.9"):
        done = release(run, version)
        assert done.returncode == 1
        assert f"{version} is not newer than 1.1.0" in done.stderr
    assert run("git", "log", "--oneline").stdout == before


def test_an_unclean_tree_is_refused_and_what_makes_it_so_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "clone/plugins/forgotten.py").write_text("", encoding="utf-8")
    done = release(run, "1.0.0")
    assert done.returncode == 1
    assert "plugins/forgotten.py" in done.stderr
    assert run("git", "tag").stdout == ""


def test_what_only_somebodys_own_git_leaves_out_is_not_shipped(run: Run, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    (clone / ".git/info/exclude").write_text("password*\n", encoding="utf-8")
    (clone / "plugins/password.txt").write_text("sesame", encoding="utf-8")
    done = release(run, "1.0.0")
    assert done.returncode == 1
    assert "plugins/password.txt" in done.stderr
    assert run("git", "tag").stdout == ""


@pytest.mark.parametrize("version", ["", "1.0", "v1.0.0", "1.0.0-rc1", "01.0.0"])
def test_what_is_no_version_is_refused(run: Run, version: str) -> None:
    done = release(run, version)
    assert done.returncode == 1
    assert "is no version; say for example VERSION=1.2.0" in done.stderr


def test_a_release_that_fails_half_way_leaves_git_as_it_was(run: Run, tmp_path: Path) -> None:
    fragment = tmp_path / "clone/changelogs/fragments/wrong.yml"
    fragment.write_text("no_such_section:\n  - it\n", encoding="utf-8")
    run("git", "add", "--all")
    run("git", "commit", "--quiet", "-m", "A fragment that is none")
    done = release(run, "1.0.0")
    assert done.returncode == 1
    assert "no_such_section" in done.stderr
    assert run("git", "status", "--porcelain").stdout == ""
    assert run("git", "tag").stdout == ""
    assert fragment.exists()


def test_a_tag_that_is_there_already_leaves_git_as_it_was(run: Run) -> None:
    run("git", "tag", "1.0.0")
    before = run("git", "rev-parse", "HEAD").stdout
    done = release(run, "1.0.0")
    assert done.returncode == 1
    assert "tag '1.0.0' already exists" in done.stderr
    assert run("git", "rev-parse", "HEAD").stdout == before
    assert run("git", "status", "--porcelain").stdout == ""


def test_what_galaxy_would_complain_of_is_no_release(run: Run, tmp_path: Path) -> None:
    stand_in_for_the_importer(tmp_path / "clone", "WARNING: No changelog found")
    done = release(run, "1.0.0")
    assert done.returncode == 1
    assert "WARNING: No changelog found" in done.stderr
    assert run("git", "status", "--porcelain").stdout == ""
    assert run("git", "tag").stdout == ""
