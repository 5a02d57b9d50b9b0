# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmark makes of its runs: figures, a table in the README, a picture."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as Tree
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.benchmark.figures import (
    Figure,
    about_the_server,
    figures,
)
from ansible_collections.cloudiway.mail.tests.benchmark.picture import picture
from ansible_collections.cloudiway.mail.tests.benchmark.runs import RUNS
from ansible_collections.cloudiway.mail.tests.benchmark.stage import Run
from ansible_collections.cloudiway.mail.tests.benchmark.table import BEGIN, END, put_into, table

README = Path(__file__).resolve().parents[3] / "README.md"

#: Seconds of each run; 100 MB, and half of the time of the processor.
SECONDS = {
    "empty": 1.0,
    "empty beside lists": 1.0,
    "single": 1.2,
    "more empty": 3.0,
    "more single": 3.7,
    "import": 0.1,
    "import requests": 0.15,
    "import ours": 0.25,
    "bare": 4.0,
    "new": 5.0,
    "bare without latency": 1.0,
    "many": 2.0,
    "most": 4.5,
    "polled": 8.0,
    "looped": 21.0,
}


def runs() -> dict[str, list[Run]]:
    """Three of each: one as said, one slower, one faster."""
    return {
        name: [
            Run(
                one * SECONDS[name],
                one * SECONDS[name] / 2,
                100_000_000,
                requests=3010,
                server_cpu=0.5,
            )
            for one in (1, 1.5, 0.5)
        ]
        for name in RUNS
    }


def figure(value: float, goal: float, is_least: bool = False) -> Figure:
    return Figure(
        "some", "Something", 5, 4, "another", value, goal, is_least=is_least, why="it is so"
    )


def test_figures_compare_the_medians() -> None:
    found = {one.key: one for one in figures([runs()])}
    assert {key: round(one.value, 3) for key, one in found.items()} == {
        "start": 1.2,
        "further_start": 1.25,
        "new_beside_bare": 1.25,
        "new_beside_uri": 194.458,  # 20 s are 62 requests of the loop, of 3,011
        "unchanged_10000": 1.0,
        "unchanged_50000": 3.5,
        "memory_50000": 100.0,
        "polled_5000": 1.28,
    }
    missed = [key for key, one in found.items() if not one.reached]
    assert missed == ["unchanged_50000", "polled_5000"]


def test_a_machine_that_is_not_always_as_fast_blurs_no_figure() -> None:
    def slower(factor: float, name: str) -> list[Run]:
        pace = 3 * factor if name == "single" and factor == 1 else factor  # one odd round
        return [dataclasses.replace(run, seconds=pace * run.seconds) for run in runs()[name]]

    rounds = [{name: slower(factor, name) for name in RUNS} for factor in (1, 9, 2)]
    start = figures(rounds)[0]
    assert round(start.value, 3) == 1.2
    assert (round(start.ours, 3), start.beside) == (3.6, 2.0)


@pytest.mark.parametrize(
    ("value", "goal", "is_least", "reached"),
    [
        (1.4, 1.4, False, True),
        (1.41, 1.4, False, False),
        (150, 150, True, True),
        (149, 150, True, False),
    ],
)
def test_a_goal_is_reached_or_not(value: float, goal: float, is_least: bool, reached: bool) -> None:
    one = figure(value, goal, is_least)
    assert one.reached is reached
    assert (one.share <= 1) is reached


def test_a_start_that_takes_too_long_is_explained_by_what_is_imported() -> None:
    assert figures([runs()])[1].why == (
        "importing requests, which the collection works with, takes 0.05 s of it, and its own files, "
        "which Ansible ships as source with every task, 0.10 s"
    )


def test_the_table_says_which_goals_are_missed_and_why() -> None:
    shown = table([figure(1.3, 1.4), figure(1.5, 1.4)])
    lines = shown.splitlines()
    row = "| Something | 5.00 s | 4.00 s, another | 1.30 times | at most 1.40 times | yes |"
    assert lines[2] == row
    assert "| 1.50 times | at most 1.40 times | **no** |" in lines[3]
    assert lines[4:] == ["", "Missed: Something (1.50 times): it is so."]


def test_the_table_takes_the_place_of_the_last_one_and_of_nothing_else(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nthe last one\n{END}\nafter\n", encoding="utf-8")
    for _time in range(2):
        put_into(readme, "the table")
        told = readme.read_text(encoding="utf-8")
        assert told == f"before\n{BEGIN}\nthe table\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["no marks", BEGIN, f"{BEGIN} {END} {BEGIN} {END}"])
def test_a_readme_without_the_marks_is_not_touched(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="has not both"):
        put_into(readme, "the table")
    assert readme.read_text(encoding="utf-8") == text


def test_the_readme_of_the_collection_has_a_place_for_the_table() -> None:
    told = README.read_text(encoding="utf-8")
    assert (told.count(BEGIN), told.count(END)) == (1, 1)


def test_the_picture_has_a_bar_for_each_figure_in_the_colour_of_its_verdict() -> None:
    some = [figure(0.7, 1.4), dataclasses.replace(figure(2.8, 1.4), what="<Another> & more")]
    root = Tree.fromstring(picture(some, "a machine"))
    space = "{http://www.w3.org/2000/svg}"
    bars = [one for one in root.iter(f"{space}rect") if one.get("rx")]
    assert [(one.get("class"), one.get("width")) for one in bars] == [
        ("reached", "195.0"),  # of 780, as the other takes up its goal twice
        ("missed", "780.0"),
    ]
    told = [one.text for one in root.iter(f"{space}text")]
    assert "<Another> & more, beside another" in told
    assert "2.80 times, at most 1.40 times" in told
    assert "a machine" in told
    assert "prefers-color-scheme: dark" in (root.findtext(f"{space}style") or "")


def test_the_server_is_told_to_be_no_bottleneck_by_numbers() -> None:
    said = about_the_server(runs())
    assert "6,020 requests in a second of processor time" in said
    assert "752 a second" in said
