# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to AWX, worked through: each file is written, each command typed, and prints what is shown."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.awx.jobs import CHECKOUT
from ansible_collections.cloudiway.mail.tests.awx.place import Place, place
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import leaks

GUIDE = CHECKOUT / "docs/docsite/rst/guide_awx.rst"
BLOCK = re.compile(
    r"^\.\. code-block:: (?P<language>\S+)\n(?: +:caption: (?P<file>\S+)\n)?\n(?P<text>(?:(?: .*)?\n)+)",
    re.MULTILINE,
)
#: What stands in the guide for what is here.
REPOSITORY = "https://git.example.com/mail/waves.git"
#: Beside those of the guide: how often a job looks at a service that is faster than the true one.
LOOKS = "  cutover_poll_interval: 0.2\n"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Place]:
    """Where somebody sits down with the guide, and has nothing yet."""
    with place(tmp_path, "--failing", "kurt@old.example.com") as made:
        shutil.rmtree(made.repository)
        (made.folder / "awx.yml").unlink()
        yield made


def blocks() -> Iterator[tuple[str, str, str]]:
    """The language, the name and the text of each block, in their order."""
    for block in BLOCK.finditer(GUIDE.read_text(encoding="utf-8")):
        yield block["language"], block["file"] or "", textwrap.dedent(block["text"]).strip() + "\n"


def write(reader: Place, name: str, text: str) -> None:
    """Write a file of the guide."""
    path = reader.folder / name
    path.parent.mkdir(exist_ok=True)
    text = text.replace(REPOSITORY, str(reader.folder / "waves"))
    path.write_text(text + (LOOKS if name == "awx.yml" else ""), encoding="utf-8")


def test_whoever_follows_the_guide_sees_what_it_shows(reader: Place) -> None:
    printed = ""
    typed = 0
    for language, file, text in blocks():
        if file:
            write(reader, file, text)
        elif language == "shell":
            done = reader.do("bash", "-euo", "pipefail", "-c", text)
            printed = done.stdout
            typed += 1
            assert not leaks(printed)
        else:
            assert_shown(text, printed)
            assert ("FAILED!" in text) is (done.returncode != 0)
    assert typed == GUIDE.read_text(encoding="utf-8").count(".. code-block:: shell") > 0
    reader.clear()

    rehearse, validate, prestage, failed = reader.jobs.runs
    assert rehearse.text.count(" finished") >= 3
    assert validate.hosts == ["pilot", "wave-1", "wave-2"]
    assert {user["source_email"] for user in reader.service.state["users"]} == {
        *("ada@old.example.com", "grace@old.example.com", "kurt@old.example.com")
    }
    assert prestage.status == 0
    # What the guide says of the failed gate.
    last = [event["event_data"] for event in failed.events if event["event"] == "runner_on_failed"][
        -1
    ]
    assert last["task"] == "Failure | Fail"
    assert "kurt@old.example.com" in json.dumps(last["res"])


def assert_shown(shown: str, printed: str) -> None:
    """Each line that is shown is printed, in that order; C(...) stands for anything."""
    lines = iter(line.rstrip("* ") for line in printed.splitlines())
    for line in shown.splitlines():
        pattern = ".*".join(map(re.escape, line.rstrip("* ").split("...")))
        if line.strip() in ("", "..."):
            continue
        assert any(re.fullmatch(pattern, other) for other in lines), f"{line}\n{printed}"


def test_all_variables_that_the_guide_sets_are_ones_that_the_playbook_knows() -> None:
    known = (CHECKOUT / "playbooks/vars/awx_setup.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"\bawx_[a-z_]+\b", GUIDE.read_text(encoding="utf-8"))) - {"awx_setup"}
    assert len(named) >= 6
    assert [name for name in sorted(named) if f"\n{name}:" not in known] == []
