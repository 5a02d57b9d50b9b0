# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs sanity, unit and integration on every supported ansible-core, and on each Python it takes.

Each pair has a copy of the project with an environment of its own under C(build/matrix), so that
several run at a time where the cores allow. Arguments choose (see C(pairs.py)). What is to be run and
is not available counts as not run, is named in the table, and fails where it was asked for by name.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from arrange import BUILD, CHECKOUT, copy_to
from outcome import Outcome, outcomes_in
from pairs import Pair, chosen, python_of
from quiet import run_quietly

STEPS = ("sanity", "unit", "integration")
MATRIX = BUILD / "matrix"
LIMIT = 2400.0  # seconds for one pair
CORES_OF_A_PAIR = 2  # each step runs two tests at a time


@dataclasses.dataclass(frozen=True)
class Result:
    """What came of a pair: the count of each step, or in words why there is none."""

    pair: Pair
    outcomes: tuple[Outcome, ...] = ()
    trouble: str = ""
    was_available: bool = True

    @property
    def is_good(self) -> bool:
        """Whether every step ran and nothing failed."""
        ran = {outcome.step for outcome in self.outcomes if outcome.passed and not outcome.failed}
        return ran == set(STEPS) and not self.trouble


def place_of(pair: Pair) -> Path:
    """Where the copy of the project of a pair lies."""
    return MATRIX / f"core-{pair.core}-python-{pair.python}"


def lay(pair: Pair) -> None:
    """Copy the project afresh into the place of a pair; its environment stays."""
    place = place_of(pair)
    place.mkdir(parents=True, exist_ok=True)
    for entry in place.iterdir():
        if entry.name == ".venv":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    copy_to(place)


def commands(pair: Pair, python: Path) -> Iterator[tuple[str, ...]]:
    """What sets the environment of a pair up, and what runs its tests."""
    inside = str(place_of(pair) / ".venv/bin/python")
    if not Path(inside).exists():
        yield (str(python), "-m", "venv", ".venv")
    install = (inside, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    yield (*install, f"ansible-core ~= {pair.core}.0", "-r", "tests/requirements/tests.txt")
    yield (inside, "tools/steps.py", *STEPS)


def run(pair: Pair) -> Result:
    """Run the tests of one pair; all they print goes to a file, and is shown where one fails."""
    python = python_of(pair.python)
    if python is None:
        return Result(pair, trouble=f"there is no Python {pair.python} here", was_available=False)
    lay(pair)
    bin_folder = place_of(pair) / ".venv/bin"
    surroundings = os.environ | {
        "PATH": os.pathsep.join((str(bin_folder), os.environ["PATH"])),
        "ANSIBLE_CONFIG": str(place_of(pair) / "tests/ansible.cfg"),
    }
    trouble = ""
    with log_of(pair).open("w", encoding="utf-8") as log:
        for command in commands(pair, python):
            if wrong := run_quietly(command, log, place_of(pair), surroundings, LIMIT):
                trouble = f"{wrong}, see {log_of(pair).relative_to(CHECKOUT)}"
                break
    if trouble:
        print(log_of(pair).read_text(encoding="utf-8"), flush=True)
    return Result(pair, tuple(outcomes_in(place_of(pair) / "build")), trouble)


def log_of(pair: Pair) -> Path:
    """The file that takes what the tests of a pair print."""
    return place_of(pair).with_suffix(place_of(pair).suffix + ".log")


def line_of(result: Result) -> str:
    """One line of the table."""
    counts = {outcome.step: outcome for outcome in result.outcomes}
    cells = [
        f"{counts[step].passed} of {counts[step].passed + counts[step].failed}"
        if step in counts
        else "-"
        for step in STEPS
    ]
    seconds = sum(outcome.seconds for outcome in result.outcomes)
    verdict = "ok" if result.is_good else "FAILED" if result.was_available else "not run"
    tail = f"  {result.trouble}" if result.trouble else ""
    row = f"{result.pair.core:14}{result.pair.python:9}"
    return f"{row}{''.join(f'{cell:>14}' for cell in cells)}{seconds:>9.0f}  {verdict}{tail}"


def main() -> int:
    """Run the pairs that were chosen, and end with a table."""
    start = time.monotonic()
    MATRIX.mkdir(parents=True, exist_ok=True)
    pairs = chosen(sys.argv[1:])
    at_a_time = max(1, (os.cpu_count() or 1) // CORES_OF_A_PAIR)
    results = []
    with ThreadPoolExecutor(max_workers=at_a_time) as lanes:
        for result in lanes.map(run, pairs):
            print(f"  {line_of(result)}", flush=True)
            results.append(result)
    heads = "".join(f"{step:>14}" for step in STEPS)
    print(f"\n{'ansible-core':14}{'Python':9}{heads}{'seconds':>9}")
    print("\n".join(map(line_of, results)))
    if sys.argv[1:]:
        failed = [result for result in results if not result.is_good]
    else:
        failed = [result for result in results if result.was_available and not result.is_good]
    passed = sum(result.is_good for result in results)
    return Outcome("matrix", passed, len(failed), time.monotonic() - start).conclude("pairs")


if __name__ == "__main__":
    sys.exit(main())
