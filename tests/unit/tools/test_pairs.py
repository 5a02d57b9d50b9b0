# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pairs of ansible-core and Python words choose, and that all files agree on which there are."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[3]
NEWEST = re.compile(r'^ansible-core >= (\d+\.\d+)\.\d+, .* python_version >= "3.12"$', re.MULTILINE)


def pairs(*words: str) -> list[str]:
    """The pairs that the words choose."""
    asked = f"import sys, pairs; print(*pairs.chosen({list(words)!r}))"
    done = subprocess.run(
        (sys.executable, "-c", asked),
        cwd=PROJECT / "tools",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(done.stderr)
    return done.stdout.split()


def text(path: str) -> str:
    """What is in a file of the project."""
    return (PROJECT / path).read_text(encoding="utf-8")


def test_the_oldest_is_what_the_collection_asks_for_at_least() -> None:
    [oldest] = pairs("oldest")
    core, _slash, python = oldest.partition("/")
    assert yaml.safe_load(text("meta/runtime.yml"))["requires_ansible"] == f">={core}.0"
    assert yaml.safe_load(text("tests/config.yml"))["modules"]["python_requires"] == f">={python}"


def test_a_new_python_gets_the_newest_ansible_core_from_the_requirements() -> None:
    [newest] = pairs("newest")
    assert NEWEST.findall(text("tests/requirements/ansible.txt")) == [newest.partition("/")[0]]


def test_words_choose_pairs_each_once_and_no_word_chooses_all() -> None:
    assert pairs("2.16/3.10", "oldest", "2.20") == ["2.16/3.10", "2.20/3.12", "2.20/3.13"]
    assert len(pairs()) == len({pair for word in pairs() for pair in pairs(word)}) > 10


def test_a_word_that_chooses_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2\.15 names no pair; there are: oldest, newest"):
        pairs("2.15")
