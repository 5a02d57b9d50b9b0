# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures as a table, and its place in the README: between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ansible_collections.cloudiway.mail.tests.benchmark.figures import Figure

BEGIN, END = "<!-- what make bench wrote last: begin -->", "<!-- end -->"
_HEAD = ("What", "This collection", "Beside", "Comes to", "Goal", "Reached")


def table(figures: Sequence[Figure]) -> str:
    """The figures in Markdown; below them why those that are missed are."""
    rows = [_HEAD, ("---",) * len(_HEAD), *map(_row, figures)]
    missed = [
        f"Missed: {figure.what} ({figure.comes_to}): {figure.why}."
        for figure in figures
        if not figure.reached
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n\n".join(["\n".join(lines), *missed])


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.what,
        figure.amount(figure.ours),
        f"{figure.amount(figure.beside)}, {figure.beside_what}",
        figure.comes_to,
        figure.bound,
        "yes" if figure.reached else "**no**",
    )


def put_into(readme: Path, text: str) -> None:
    """Replace what is between the marks. Raises ValueError where they are not there, once each."""
    whole = readme.read_text(encoding="utf-8")
    if whole.count(BEGIN) != 1 or whole.count(END) != 1:
        raise ValueError(f"{readme.name} has not both of {BEGIN} and {END}, once")
    before, _mark, rest = whole.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
