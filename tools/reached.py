# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the unit tests and the integration targets, and shows what of the plugins they do not reach.

Python's processes are watched wherever they come to be: workers that Ansible forks, and modules that
it runs out of an archive.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import coverage
from arrange import BUILD, CHECKOUT
from outcome import Outcome

STEPS = ("unit", "integration")
#: The least share of branches that is to be taken, in percent.
GOAL = 95.0
FOLDER = BUILD / "coverage"
SETTINGS = FOLDER / "settings"
DATA = FOLDER / "data"

# With paths that hold wherever a process works. Inside an archive, only the end of a path is known;
# the packages that Ansible puts there are empty.
SETTINGS_TEXT = """\
[run]
branch = true
parallel = true
data_file = {data}
patch = _exit
disable_warnings = no-data-collected
include =
    {plugins}/*
    */ansible_collections/cloudiway/mail/plugins/*
omit = */__init__.py

[paths]
plugins =
    {plugins}
    */ansible_collections/cloudiway/mail/plugins
"""


def watched() -> int:
    """Run the steps with every process of Python watched; their exit status."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    text = SETTINGS_TEXT.format(data=DATA, plugins=CHECKOUT / "plugins")
    SETTINGS.write_text(text, encoding="utf-8")
    return subprocess.run(
        (sys.executable, str(Path(__file__).with_name("steps.py")), *STEPS),
        env=os.environ | {"COVERAGE_PROCESS_START": str(SETTINGS)},
        check=False,
    ).returncode


def measured() -> dict[str, t.Any]:
    """What was seen of each file, as coverage's JSON has it; a file that nothing ran is there too."""
    seen = coverage.Coverage(config_file=str(SETTINGS))
    seen.combine()
    plugins = sorted((CHECKOUT / "plugins").rglob("*.py"))
    seen.get_data().touch_files([str(path) for path in plugins])
    seen.save()
    report = FOLDER / "report.json"
    seen.json_report(outfile=str(report))
    told: dict[str, t.Any] = json.loads(report.read_text(encoding="utf-8"))
    return told


def lines_of(files: dict[str, t.Any]) -> list[str]:
    """A line for each file that is not reached everywhere: its lines, and its jumps."""
    told = []
    for name, file in files.items():
        lines = [str(line) for line in file["missing_lines"]]
        jumps = [
            f"{start}->{end if end > 0 else 'end'}"
            for start, end in file["missing_branches"]
            if start not in file["missing_lines"] and end not in file["missing_lines"]
        ]
        if lines or jumps:
            told.append(f"  {name}: {', '.join((*lines, *jumps))}")
    return told


def main() -> int:
    """Run and report. Fails where a test fails, and below the goal."""
    start = time.monotonic()
    status = watched()
    told = measured()
    totals = told["totals"]
    print("\n".join(("\nNot reached:", *lines_of(told["files"]))))
    taken, branches = totals["covered_branches"], totals["num_branches"]
    lines, statements = totals["covered_lines"], totals["num_statements"]
    share = 100 * taken / branches
    print(f"lines: {lines} of {statements} ({100 * lines / statements:.1f} %)")
    print(f"branches: {taken} of {branches} ({share:.1f} %), at least {GOAL:.0f} % are to be taken")
    if status or share < GOAL:
        print("FAILED: " + ("a test failed" if status else "too few branches are taken"))
    outcome = Outcome("coverage", taken, branches - taken, time.monotonic() - start)
    outcome.conclude("branches")
    return 1 if status or share < GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
