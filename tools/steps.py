# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the steps it is given, all of them even where one fails, and ends with what each came to.

What stands behind a C(=) is passed on to the step, as in C(matrix=oldest).
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from outcome import Outcome, forget, recall


def outcome_of(step: str) -> Outcome:
    """Run one step; one that breaks off, or fails without saying of what, counts as a failure."""
    step, *arguments = step.split("=")
    print(f"== {step}", flush=True)
    forget(step)
    start = time.monotonic()
    done = subprocess.run(
        (sys.executable, str(Path(__file__).with_name(f"{step}.py")), *arguments), check=False
    )
    outcome = recall(step) or Outcome(step, 0, 0, time.monotonic() - start)
    if done.returncode and not outcome.failed:
        return Outcome(step, outcome.passed, 1, outcome.seconds)
    return outcome


def main() -> int:
    """Run the steps named in the arguments and print the table and the closing line."""
    outcomes = [outcome_of(step) for step in sys.argv[1:]]
    print(f"\n{'step':13}{'passed':>8}{'failed':>8}{'seconds':>9}")
    for outcome in outcomes:
        print(f"{outcome.step:13}{outcome.passed:8}{outcome.failed:8}{outcome.seconds:9.0f}")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
