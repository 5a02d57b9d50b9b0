# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever works through a guide or a README sees what it shows: every block is done, in its order."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.guides.conftest import SECRET, Room
from ansible_collections.cloudiway.mail.tests.guides.reading import File, hidden, steps, unlike
from ansible_collections.cloudiway.mail.tests.guides.substitutes import (
    IN_PLACE_OF,
    INSTALL,
    MENTIONED,
)
from ansible_collections.cloudiway.mail.tests.resilience.stage import CHECKOUT

ALL = [
    *sorted((CHECKOUT / "docs/docsite/rst").glob("*.rst")),
    *sorted((CHECKOUT / "roles").glob("*/README.md")),
    CHECKOUT / "README.md",
]
#: Worked through by a test of its own, since it needs what stands in for AWX.
ELSEWHERE = {"guide_awx": CHECKOUT / "tests/awx/test_guide.py"}
GUIDES = [guide for guide in ALL if guide.stem not in ELSEWHERE]
every_guide = pytest.mark.parametrize(
    "guide", GUIDES, ids=lambda path: path.relative_to(CHECKOUT).as_posix()
)


def _text(guide: Path) -> str:
    return guide.read_text(encoding="utf-8")


@every_guide
def test_a_reader_sees_what_the_guide_shows(guide: Path, request: pytest.FixtureRequest) -> None:
    told = _text(guide)
    room: Room = request.getfixturevalue("room" if INSTALL in told else "installed_room")
    for step in steps(told):
        if isinstance(step, File):
            path = room.folder / step.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
            continue
        status, printed = room.type(step.text)
        where = f"{guide.name}, line {step.line}: {step.text}\n{printed}"
        assert (status != 0) is step.fails, f"exit status {status}\n{where}"
        assert SECRET not in printed
        missing = unlike(step.shown, printed)
        assert missing is None, f"not printed: {missing}\n{where}"
        if not step.shown:
            assert not printed.strip(), where


@every_guide
def test_no_command_is_hidden_in_a_sentence_or_in_a_block_of_another_kind(guide: Path) -> None:
    told = _text(guide)
    for command in MENTIONED:
        told = told.replace(f"`{command}`", "")
    assert hidden(told, is_markdown=guide.suffix == ".md") == []


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_guide_that_is_left_out_here_is_worked_through_elsewhere(name: str) -> None:
    assert f"{name}.rst" in _text(ELSEWHERE[name])


def test_no_substitute_is_listed_that_no_guide_needs() -> None:
    lines = {line.strip() for guide in GUIDES for line in _text(guide).splitlines()}
    assert [line for line in IN_PLACE_OF if line not in lines] == []
    assert [name for name in MENTIONED if not any(f"`{name}`" in line for line in lines)] == []


SAMPLE = """\
Look:

.. code-block:: yaml
   :caption: a.yml

   - one
     two

.. code-block:: shell

   printf 'a\\nb\\n'

.. code-block:: ansible-output

   b

.. code-block:: shell

   false
"""


def test_a_block_with_a_name_is_a_file_and_a_block_after_a_command_is_what_it_prints() -> None:
    first, second, third = steps(SAMPLE)
    assert first == File("a.yml", "- one\n  two\n")
    assert not isinstance(second, File)
    assert (second.line, second.text, second.shown) == (9, "printf 'a\\nb\\n'\n", "b\n")
    assert not isinstance(third, File)
    assert (third.text, third.shown) == ("false\n", "")


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        ("a\nb", None),
        ("b\na", "a"),
        ("b", None),
        ("it took ... s", None),
        ("it took 4 s", "it took 4 s"),
        ("took 3 s", "took 3 s"),
        ("...\nc   d ***", None),
        ("[w-1] W 1 at 5 %: 3 of 4, 1,234 moved...", None),
        ("[w-1] W 1 at 5 %: 3 of 4, done", "[w-1] W 1 at 5 %: 3 of 4, done"),
    ],
)
def test_what_is_shown_must_have_been_printed_in_that_order(
    shown: str, missing: str | None
) -> None:
    assert (
        unlike(shown, "a\nb\nit took 3 s\nc d ********\n[w-1] W 1 at 10 %: 0 of 4, 99 moved; 7/s\n")
        == missing
    )


@pytest.mark.parametrize(
    "text",
    [
        "Type this::\n\n    rm x\n",
        "Then `make all` runs.",
        ".. code:: shell\n",
        "``ansible-doc x``",
    ],
)
def test_code_that_is_in_no_block_is_found(text: str) -> None:
    assert len(hidden(text)) == 1


def test_code_that_is_only_indented_is_found_in_markdown() -> None:
    assert hidden("Type this:\n\n    rm x\n", is_markdown=True) == ["line 3: rm x"]
    assert hidden("| a\n\n    rm x\n") == []


@pytest.mark.parametrize("language", ["yaml", "", "text"])
def test_a_block_that_is_neither_file_nor_command_nor_output_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="line 1: "):
        steps(f"```{language}\nx\n```\n")
