# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ansible-core is supported on which Python, and where such a Python is on this machine.

Words choose pairs: C(2.16) all of that ansible-core, C(2.16/3.10) one, C(oldest) and C(newest) one
each. Run with such a word for one pair, it prints the path of its Python.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

#: Which Python each ansible-core runs on, as far as this project supports it; the oldest first.
SUPPORTED: dict[str, tuple[str, ...]] = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.17": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13"),
    "2.21": ("3.12", "3.13"),
}


@dataclasses.dataclass(frozen=True)
class Pair:
    """An ansible-core and the Python that it runs on."""

    core: str
    python: str

    def __str__(self) -> str:
        return f"{self.core}/{self.python}"


def all_pairs() -> list[Pair]:
    """Every pair, the oldest first."""
    return [Pair(core, python) for core, pythons in SUPPORTED.items() for python in pythons]


def chosen(words: Sequence[str]) -> list[Pair]:
    """The pairs that the words name; without any, all. Raises SystemExit for one that names none."""
    pairs = all_pairs()
    ends = {"oldest": pairs[0], "newest": pairs[-1]}
    found: list[Pair] = []
    for word in words:
        named = [pair for pair in pairs if word in (pair.core, str(pair)) or ends.get(word) == pair]
        if not named:
            raise SystemExit(
                f"{word} names no pair; there are: oldest, newest, {', '.join(map(str, pairs))}"
            )
        found += named
    return list(dict.fromkeys(found)) or pairs


def python_of(version: str) -> Path | None:
    """The Python of this version on the path, beside the one that runs this, or of pyenv."""
    places = [Path(sys.base_prefix).parent, Path(os.environ.get("PYENV_ROOT", "")) / "versions"]
    beside = [path for place in places for path in place.glob(f"{version}.*/bin/python{version}")]
    on_path = shutil.which(f"python{version}")
    for path in [*([Path(on_path)] if on_path else []), *sorted(beside, reverse=True)]:
        asked = (str(path), "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
        if told.returncode == 0 and told.stdout.strip() == version:
            return path
    return None


def main() -> int:
    """Print where the Python of one pair is; fails where it is not here."""
    [pair] = chosen(sys.argv[1:])
    path = python_of(pair.python)
    if path is None:
        print(f"there is no Python {pair.python} here", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
