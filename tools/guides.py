# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests that work through the guides and the README, in two processes; arguments go to pytest."""

from __future__ import annotations

import subprocess
import sys
import time

from arrange import BUILD, CHECKOUT, lay_copy, lay_link
from outcome import Outcome, count_cases

TESTS = "tests/guides"
REPORT = BUILD / "guides.xml"
LIMIT = 600.0  # seconds for all of them

# A guide has many commands, and each has a limit of its own.
NO_LIMIT_OF_A_TEST = ("-o", "faulthandler_timeout=0")


def main() -> int:
    """Run pytest, whose words go straight to the terminal."""
    start = time.monotonic()
    lay_copy()  # the collection is built from it
    lay_link()
    REPORT.unlink(missing_ok=True)
    pytest = (
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "worksteal",
        "-q",
        *NO_LIMIT_OF_A_TEST,
    )
    done = subprocess.run(
        (*pytest, f"--junitxml={REPORT}", TESTS, *sys.argv[1:]),
        cwd=CHECKOUT,
        timeout=LIMIT,
        check=False,
    )
    passed, failed = count_cases([REPORT] if REPORT.exists() else [])
    if done.returncode:
        failed = max(failed, 1)
    return Outcome("guides", passed, failed, time.monotonic() - start).conclude("tests")


if __name__ == "__main__":
    sys.exit(main())
