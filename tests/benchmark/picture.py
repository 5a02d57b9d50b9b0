# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures as a picture: a bar for each, as long as the share of its goal that it uses up."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from ansible_collections.cloudiway.mail.tests.benchmark.figures import Figure

_WIDTH, _ROW, _TOP, _BOTTOM = 820, 46, 64, 52
#: Where bars begin, how long one is that uses up its goal, and how long the longest may be.
_LEFT, _FULL, _LONGEST = 20, 560, 780
#: Name -> its colour on a light ground, and on a dark one.
_COLOURS = {
    "ground": ("#ffffff", "#0d1117"),
    "text": ("#1f2328", "#e6edf3"),
    "faint": ("#59636e", "#9198a1"),
    "reached": ("#1a7f37", "#3fb950"),
    "missed": ("#cf222e", "#f85149"),
}


def _style() -> str:
    def rules(at: int) -> str:
        return " ".join(f".{name} {{ fill: {both[at]} }}" for name, both in _COLOURS.items())

    return (
        "text { font: 13px system-ui, sans-serif } .title { font-size: 16px; font-weight: 600 } "
        f"{rules(0)} @media (prefers-color-scheme: dark) {{ {rules(1)} }}"
    )


def picture(figures: Sequence[Figure], caption: str) -> str:
    """The picture, as SVG; caption names the machine."""
    height = _TOP + _ROW * len(figures) + _BOTTOM
    full = min(_FULL, _LONGEST / max(figure.share for figure in figures))
    goal = f"{_LEFT + full:.1f}"
    title = "Speed, beside its goals"
    told = "; ".join(
        f"{_title(figure)}: {_verdict(figure)}, {'reached' if figure.reached else 'missed'}"
        for figure in figures
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"',
            f'  viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="title told">',
            f'<title id="title">{title}</title>',
            f'<desc id="told">{escape(told)}</desc>',
            f"<style>{_style()}</style>",
            f'<rect class="ground" width="{_WIDTH}" height="{height}"/>',
            f'<text class="text title" x="{_LEFT}" y="28">{title}</text>',
            f'<text class="faint" x="{goal}" y="50" text-anchor="middle">goal</text>',
            *(line for at, figure in enumerate(figures) for line in _bar(at, figure, full)),
            f'<text class="faint" x="{_LEFT}" y="{height - 20}">{escape(caption)}</text>',
            "</svg>\n",
        ]
    )


def _title(figure: Figure) -> str:
    return f"{figure.what}, beside {figure.beside_what}"


def _verdict(figure: Figure) -> str:
    return f"{figure.comes_to}, {figure.bound}"


def _bar(at: int, figure: Figure, full: float) -> list[str]:
    """The lines of a figure; full is how long a bar is that uses up its goal."""
    top, right, goal = _TOP + at * _ROW, _WIDTH - _LEFT, f"{_LEFT + full:.1f}"
    kind = "reached" if figure.reached else "missed"
    width = f"{full * figure.share:.1f}"
    return [
        f'<text class="text" x="{_LEFT}" y="{top + 12}">{escape(_title(figure))}</text>',
        f'<text class="faint" x="{right}" y="{top + 12}" text-anchor="end">{escape(_verdict(figure))}</text>',
        f'<rect class="{kind}" x="{_LEFT}" y="{top + 20}" width="{width}" height="10" rx="3"/>',
        f'<rect class="text" x="{goal}" y="{top + 17}" width="1" height="16"/>',
    ]
