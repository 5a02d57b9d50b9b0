# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs sanity, unit and integration on every supported ansible-core, and on each Python it takes.

Each pair has a copy of the project with an environment of its own under C(build/matrix), so that
several run at a time where the cores allow. Arguments choose: C(2.16) all pairs of that
ansible-core, C(2.16/3.10) one pair, C(oldest) and C(newest) one pair each. What is to be run and
is not available counts as not run, is named in the table, and fails where it was asked for by name.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from arrange import BUILD, CHECKOUT, files_of
from outcome import Outcome, outcomes_in
from quiet import run_quietly

#: Which Python each ansible-core runs on, as far as this project supports it; the oldest first.
SUPPORTED: dict[str, tuple[str, ...]] = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.17": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13"),
    "2.21": ("3.12", "3.13"),
}
STEPS = ("sanity", "unit", "integration")
MATRIX = BUILD / "matrix"
LIMIT = 2400.0  # seconds for one pair
CORES_OF_A_PAIR = 2  # each step runs two tests at a time


@dataclasses.dataclass(frozen=True)
class Pair:
    """An ansible-core and the Python that it runs on."""

    core: str
    python: str

    def __str__(self) -> str:
        return f"{self.core}/{self.python}"

    @property
    def place(self) -> Path:
        """Where its copy of the project lies."""
        return MATRIX / f"core-{self.core}-python-{self.python}"


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


def lay(pair: Pair) -> None:
    """Copy the project afresh into the place of a pair; its environment stays."""
    pair.place.mkdir(parents=True, exist_ok=True)
    for entry in pair.place.iterdir():
        if entry.name == ".venv":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for path in files_of(CHECKOUT):
        target = pair.place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / path, target, follow_symlinks=False)


def commands(pair: Pair, python: Path) -> Iterator[tuple[str, ...]]:
    """What sets the environment of a pair up, and what runs its tests."""
    inside = str(pair.place / ".venv/bin/python")
    if not Path(inside).exists():
        yield (str(python), "-m", "venv", ".venv")
    install = (inside, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    yield (*install, f"ansible-core ~= {pair.core}.0", "-r", "tests/requirements/tests.txt")
    yield (inside, "tools/steps.py", *STEPS)


def run(pair: Pair) -> Result:
    """Run the tests of one pair; all they print goes to a file."""
    python = python_of(pair.python)
    if python is None:
        return Result(pair, trouble=f"there is no Python {pair.python} here", was_available=False)
    lay(pair)
    bin_folder = pair.place / ".venv/bin"
    surroundings = os.environ | {
        "PATH": os.pathsep.join((str(bin_folder), os.environ["PATH"])),
        "ANSIBLE_CONFIG": str(pair.place / "tests/ansible.cfg"),
    }
    trouble = ""
    with log_of(pair).open("w", encoding="utf-8") as log:
        for command in commands(pair, python):
            if wrong := run_quietly(command, log, pair.place, surroundings, LIMIT):
                trouble = f"{wrong}, see {log_of(pair).relative_to(CHECKOUT)}"
                break
    return Result(pair, tuple(outcomes_in(pair.place / "build")), trouble)


def log_of(pair: Pair) -> Path:
    """The file that takes what the tests of a pair print."""
    return pair.place.with_suffix(pair.place.suffix + ".log")


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
