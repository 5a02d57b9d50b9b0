# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two halves of a suite are all of it, and no test is in both."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
NAME = re.compile(r"test_it\[\d+\]")
ALL = {f"test_it[{number}]" for number in range(20)}


def ran(folder: Path, *options: str) -> set[str]:
    """The tests that run with these options."""
    command = (sys.executable, "-m", "pytest", "-p", "tools.part", *options)
    said = subprocess.run(
        (*command, "--rootdir", str(folder), "-vp", "no:cacheprovider", str(folder)),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return {NAME.findall(line)[0] for line in said.splitlines() if "PASSED" in line}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = "import pytest\n@pytest.mark.parametrize('n', range(20))\ndef test_it(n): pass\n"
    (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return tmp_path


def test_two_halves_are_the_whole_in_one_process_or_several(folder: Path) -> None:
    one, other = ran(folder, "--half", "0"), ran(folder, "--half", "1", "-n", "2")
    assert one
    assert other
    assert one & other == set()
    assert one | other == ALL
