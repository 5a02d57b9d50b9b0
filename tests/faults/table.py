# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix as a table that people read: what came of each cell, as text and as a page."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

#: The row and the column of a cell.
Place = tuple[str, str]

RIDDEN_OUT = "same end"
FAILED, MISSING = "FAILED", "not run"
_LEGEND = (
    "Each cell was played twice. First the fault struck once: the task succeeded and the end was "
    "that of a run that nobody disturbed. Then it struck for longer than retry_timeout. Where the "
    "cell says 'same end', the task succeeded even so; else the cell has the failure.code that the "
    "task failed with, and a second run, undisturbed, came to the same end. "
    "'unreachable' and 'throttled' say: not done. 'lost_answer', 'protocol' and 'redirect' say: "
    "done or not, look again. Where a second licence is refused, one lost answer to 'license' fails "
    "the task with 'lost_answer', as no call shows whether a user has one; who then did as its "
    "message says came to the same end. In no cell was a user or a batch made, or a pass, an audit "
    "or a migration of permissions begun, more often than without the fault."
)
_STYLE = (
    "body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.2em .5em;text-align:left}"
    "thead th{writing-mode:vertical-rl;transform:rotate(180deg)}"
    ".end{background:#dfd}.code{background:#ffd}.bad{background:#f99}"
)


class Table:
    """What came of the cells. A cell of which nothing was heard is there all the same."""

    def __init__(self, calls: Sequence[str], strikes: Sequence[str]) -> None:
        self._calls = calls
        self._strikes = strikes
        self._cells: dict[Place, str] = {}

    def fill(self, place: Place, what: str) -> None:
        """Take in what came of a cell."""
        self._cells[place] = what

    @property
    def is_empty(self) -> bool:
        """Whether no cell was run."""
        return not self._cells

    @property
    def holes(self) -> list[Place]:
        """The cells that were not run."""
        return [place for row in self._rows() for place, what in row.items() if what == MISSING]

    def write(self, folder: Path) -> None:
        """Write matrix.txt and matrix.html."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "matrix.txt").write_text(self.text(), encoding="utf-8")
        (folder / "matrix.html").write_text(self.page(), encoding="utf-8")

    def counts(self) -> str:
        """How many cells came to what."""
        counts = Counter(what for row in self._rows() for what in row.values())
        return ", ".join(f"{count} {what}" for what, count in counts.most_common())

    def text(self) -> str:
        """The table for a terminal, a line for each cell."""
        lines = [_LEGEND, "", f"{sum(map(len, self._rows()))} cells: {self.counts()}", ""]
        wide = max(map(len, self._strikes))
        for row in self._rows():
            for (call, strike), what in row.items():
                lines.append(f"{call:32} {strike:{wide}}  {what}")
        return "\n".join([*lines, ""])

    def page(self) -> str:
        """The table as HTML, a row for each call."""
        head = "".join(f"<th>{html.escape(strike)}</th>" for strike in self._strikes)
        rows = [
            f"<tr><th>{html.escape(call)}</th>{''.join(map(_cell, row.values()))}</tr>"
            for call, row in zip(self._calls, self._rows())
        ]
        return (
            "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
            f"<title>Fault matrix</title><style>{_STYLE}</style></head><body>"
            f"<h1>Fault matrix</h1><p>{html.escape(_LEGEND)}</p>"
            f"<p>{html.escape(self.counts())}</p>"
            f"<table><thead><tr><td></td>{head}</tr></thead>\n<tbody>"
            + "\n".join(rows)
            + "</tbody></table></body></html>\n"
        )

    def _rows(self) -> list[dict[Place, str]]:
        return [
            {(call, strike): self._cells.get((call, strike), MISSING) for strike in self._strikes}
            for call in self._calls
        ]


def _cell(what: str) -> str:
    bad = what in (FAILED, MISSING)
    kind = "bad" if bad else "end" if what == RIDDEN_OUT else "code"
    return f"<td class='{kind}'>{html.escape(what)}</td>"
