# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the steps it is given, all of them even where one fails, and ends with what each came to.

What stands behind a C(=) is passed on to the step, as in C(matrix=oldest). With a C(+) before it, a
step begins with the first of them and runs beside the others until it is its turn; what it says is
held back until then. It must lie in a place of its own, as the copies of the matrix do.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from outcome import Outcome, forget, recall


def run(asked: str) -> tuple[Outcome, str]:
    """Run one step: what it came to, and what it said where that was held back.

    One that breaks off, or fails without saying of what, counts as a failure.
    """
    step, *arguments = asked.removeprefix("+").split("=")
    forget(step)
    start = time.monotonic()
    done = subprocess.run(
        (sys.executable, str(Path(__file__).with_name(f"{step}.py")), *arguments),
        stdout=subprocess.PIPE if asked.startswith("+") else None,
        stderr=subprocess.STDOUT if asked.startswith("+") else None,
        text=True,
        check=False,
    )
    outcome = recall(step) or Outcome(step, 0, 0, time.monotonic() - start)
    if done.returncode and not outcome.failed:
        outcome = Outcome(step, outcome.passed, 1, outcome.seconds)
    return outcome, done.stdout or ""


def main() -> int:
    """Run the steps named in the arguments and print the table and the closing line."""
    outcomes = []
    with ThreadPoolExecutor() as pool:
        aside = {asked: pool.submit(run, asked) for asked in sys.argv[1:] if asked[0] == "+"}
        for asked in sys.argv[1:]:
            print(f"== {asked.removeprefix('+')}", flush=True)
            outcome, words = aside[asked].result() if asked in aside else run(asked)
            print(words, end="", flush=True)
            outcomes.append(outcome)
    print(f"\n{'step':13}{'passed':>8}{'failed':>8}{'seconds':>9}")
    for outcome in outcomes:
        print(f"{outcome.step:13}{outcome.passed:8}{outcome.failed:8}{outcome.seconds:9.0f}")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
