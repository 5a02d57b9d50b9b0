# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the report: their parts add up, and their words say what they show."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._charts import (
    WIDTH,
    Span,
    busiest,
    stacked_bar,
    time_line,
)

NOON = dt.datetime(2026, 3, 27, 12, tzinfo=dt.timezone.utc)
MINUTE = dt.timedelta(minutes=1)
LABELS = {"done": "migrated", "failed": "failed"}


def widths(svg: str) -> list[float]:
    shapes = xml.etree.ElementTree.fromstring(svg)
    return [float(shape.attrib["width"]) for shape in shapes]


def test_a_bar_is_full_and_one_of_thousands_can_be_seen() -> None:
    svg = stacked_bar("Wave <1>", {"done": 4999, "failed": 1}, LABELS)
    done, failed = widths(svg)
    assert abs(done + failed - WIDTH) < 1
    assert failed > 5
    assert 'aria-label="Wave &lt;1&gt;: 4\u202f999 migrated, 1 failed"' in svg


def test_a_bar_of_nobody_is_empty_and_says_so() -> None:
    svg = stacked_bar("Wave 1", {"done": 0, "failed": 0}, LABELS)
    assert widths(svg) == []
    assert 'aria-label="Wave 1: none"' in svg


def test_the_busiest_moment_counts_passes_that_touch_in_time() -> None:
    runs = [(NOON, NOON + 2 * MINUTE, True), (NOON + MINUTE, NOON + 3 * MINUTE, False)]
    assert busiest(runs) == 2
    assert busiest([*runs, (NOON + 3 * MINUTE, NOON + 4 * MINUTE, False)]) == 2
    assert busiest([]) == 0


def test_a_time_line_shows_first_and_later_passes_and_the_switch_where_they_were() -> None:
    span = Span.around([NOON, NOON + 100 * MINUTE])
    assert span
    runs = [(NOON, NOON + MINUTE, True), (NOON + 99 * MINUTE, NOON + 100 * MINUTE, False)]
    svg = time_line("Wave 1", runs, span, NOON + 50 * MINUTE)
    first, later, mark = xml.etree.ElementTree.fromstring(svg)
    places = [
        [float(x) for x in re.findall(r"M([\d.]+) ", shape.attrib["d"])] for shape in (first, later)
    ]
    assert max(places[0]) < WIDTH * 0.05
    assert min(places[1]) > WIDTH * 0.95
    assert float(mark.attrib["x"]) == WIDTH / 2


def test_a_time_of_no_length_is_a_second_and_none_is_none() -> None:
    span = Span.around([NOON])
    assert span == Span(NOON, NOON + dt.timedelta(seconds=1))
    assert Span.around([]) is None


@pytest.mark.parametrize(
    ("length", "mark"),
    [
        (dt.timedelta(minutes=9), "12:00:00"),
        (dt.timedelta(hours=9), "12:00"),
        (dt.timedelta(days=7), "27 Mar 12:00"),
        (dt.timedelta(days=9), "27 Mar 2026"),
    ],
)
def test_the_axis_says_as_much_of_a_moment_as_its_length_asks_for(
    length: dt.timedelta, mark: str
) -> None:
    span = Span.around([NOON, NOON + length])
    assert span
    assert span.marks()[0] == mark
