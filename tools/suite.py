# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a suite of tests that takes minutes is run, as a step: by pytest, in several processes."""

from __future__ import annotations

import subprocess
import sys
import time

from arrange import BUILD, CHECKOUT, lay_link
from outcome import Outcome, count_cases

# Such a test plays several times, and each play has a limit of its own.
NO_LIMIT_OF_A_TEST = ("-o", "faulthandler_timeout=0")
# Tests are of very different lengths, and the long ones lie next to each other.
TO_WHOEVER_IS_FREE = ("--dist", "worksteal")


def run_suite(step: str, limit: float, processes: int = 2) -> int:
    """Run the tests in tests/STEP for at most so many seconds; arguments go to pytest.

    Its words go straight to the terminal. The exit status of the step.
    """
    start = time.monotonic()
    lay_link()
    report = BUILD / f"{step}.xml"
    report.unlink(missing_ok=True)
    shared = ("-n", str(processes), *TO_WHOEVER_IS_FREE)
    pytest = (sys.executable, "-m", "pytest", "-q", *shared, *NO_LIMIT_OF_A_TEST)
    done = subprocess.run(
        (*pytest, f"--junitxml={report}", f"tests/{step}", *sys.argv[1:]),
        cwd=CHECKOUT,
        timeout=limit,
        check=False,
    )
    passed, failed = count_cases([report] if report.exists() else [])
    if done.returncode:
        failed = max(failed, 1)
    return Outcome(step, passed, failed, time.monotonic() - start).conclude("tests")
