# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the report, as SVG that stretches to its place. Each says in words what it shows.

Colours come from the style of the page, by class; an SVG holds no text, which would be stretched.
"""

from __future__ import annotations

import datetime as dt
import html
import typing as t
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Units of an SVG's own coordinates; it is stretched to the width that there is.
WIDTH: t.Final = 1000
#: So much of a bar is given to a part that would be too thin to be seen: one failed of thousands.
_LEAST: t.Final = 6
#: Columns of a time line, and their height at the busiest moment.
_COLUMNS: t.Final = 200
_HEIGHT: t.Final = 40
#: Marks on the axis of a time line.
_MARKS: t.Final = 5

#: The beginning and the end of a pass, and whether it is the mailbox's first.
Run = tuple[dt.datetime, dt.datetime, bool]


def number(value: int) -> str:
    """A number with thin gaps between thousands, which never break."""
    return f"{value:,}".replace(",", "\u202f")


def stacked_bar(title: str, counts: Mapping[str, int], labels: Mapping[str, str]) -> str:
    """A bar whose parts are as long as their counts; each part has the class of its name."""
    total = sum(counts.values())
    there = {name: count for name, count in counts.items() if count}
    words = ", ".join(f"{number(count)} {labels[name]}" for name, count in there.items())
    widths = {name: max(_LEAST, WIDTH * count / total) for name, count in there.items()}
    scale = WIDTH / sum(widths.values()) if widths else 1
    parts, at = [], 0.0
    for name, width in widths.items():
        tip = f"<title>{number(there[name])} {html.escape(labels[name])}</title>"
        shape = f'x="{at * scale:.1f}" width="{width * scale:.1f}" height="10"'
        parts.append(f'<rect class="{name}" {shape}>{tip}</rect>')
        at += width
    return (
        f'<svg class="bar" viewBox="0 0 {WIDTH} 10" preserveAspectRatio="none" role="img"'
        f' aria-label="{html.escape(f"{title}: {words}" if words else f"{title}: none")}">'
        f"{''.join(parts)}</svg>"
    )


@dataclass(frozen=True)
class Span:
    """The time that a time line shows; at least a second."""

    begin: dt.datetime
    end: dt.datetime

    @classmethod
    def around(cls, moments: Iterable[dt.datetime]) -> Span | None:
        """The span that holds all these moments; None where there are none."""
        known = sorted(moments)
        if not known:
            return None
        return cls(known[0], max(known[-1], known[0] + dt.timedelta(seconds=1)))

    def place(self, moment: dt.datetime) -> float:
        """Where a moment lies, from 0 at the beginning to 1 at the end."""
        return (moment - self.begin) / (self.end - self.begin)

    def marks(self) -> list[str]:
        """The moments of the axis in words, at equal distances from the beginning to the end."""
        length = self.end - self.begin
        if length < dt.timedelta(minutes=10):
            form = "%H:%M:%S"
        elif length < dt.timedelta(days=1):
            form = "%H:%M"
        else:
            form = "%d %b %H:%M" if length < dt.timedelta(days=8) else "%d %b %Y"
        return [
            (self.begin + length * step / (_MARKS - 1)).strftime(form) for step in range(_MARKS)
        ]


def busiest(runs: Sequence[Run]) -> int:
    """How many passes ran at once at the most."""
    steps = [(begin, 1) for begin, _end, _first in runs]
    steps += [(max(end, begin), -1) for begin, end, _first in runs]
    at_once = most = 0
    for _moment, step in sorted(steps, key=lambda one: (one[0], -one[1])):
        at_once += step
        most = max(most, at_once)
    return most


def time_line(title: str, runs: Sequence[Run], span: Span, mark: dt.datetime | None) -> str:
    """How many passes ran when: first passes from the ground up, later ones on top of them.

    mark is a moment at which a line is drawn, where it lies within the span.
    """
    first = _columns([run for run in runs if run[2]], span)
    later = _columns([run for run in runs if not run[2]], span)
    top = max((one + two for one, two in zip(first, later)), default=0) or 1
    line = ""
    if mark is not None and span.begin <= mark <= span.end:
        place = span.place(mark) * WIDTH
        line = f'<rect class="mark" x="{place:.1f}" width="3" height="{_HEIGHT}"></rect>'
    return (
        f'<svg class="line" viewBox="0 0 {WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{html.escape(title)}">'
        f'<path class="first" d="{_outline([0] * _COLUMNS, first, top)}"></path>'
        f'<path class="later" d="{_outline(first, later, top)}"></path>{line}</svg>'
    )


def _columns(runs: Sequence[Run], span: Span) -> list[int]:
    """How many of the passes touch each column of the time line."""
    steps = [0] * (_COLUMNS + 1)
    for begin, end, _first in runs:
        left = min(_COLUMNS - 1, max(0, int(span.place(begin) * _COLUMNS)))
        right = min(_COLUMNS - 1, max(left, int(span.place(end) * _COLUMNS)))
        steps[left] += 1
        steps[right + 1] -= 1
    columns, height = [], 0
    for step in steps[:-1]:
        height += step
        columns.append(height)
    return columns


def _outline(ground: Sequence[int], heights: Sequence[int], top: int) -> str:
    """The columns as one path: rectangles that stand on those of the ground."""
    wide = WIDTH / _COLUMNS
    return "".join(
        f"M{at * wide:g} {_HEIGHT * (1 - below / top):.1f}"
        f"v{-_HEIGHT * height / top:.1f}h{wide:g}v{_HEIGHT * height / top:.1f}z"
        for at, (below, height) in enumerate(zip(ground, heights))
        if height
    )
