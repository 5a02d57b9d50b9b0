# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of the report in Chromium; arguments go to pytest. Without Chromium it fails."""

from __future__ import annotations

import subprocess
import sys
import time

from arrange import BUILD, CHECKOUT, lay_link
from outcome import Outcome, count_cases

TESTS = "tests/browser"
REPORT = BUILD / "browser.xml"
LIMIT = 600.0  # seconds for all of them


def main() -> int:
    """Run pytest, whose words go straight to the terminal."""
    start = time.monotonic()
    lay_link()
    REPORT.unlink(missing_ok=True)
    # -rP shows what the tests have measured.
    pytest = (sys.executable, "-m", "pytest", "-q", "-rP", f"--junitxml={REPORT}")
    done = subprocess.run((*pytest, TESTS, *sys.argv[1:]), cwd=CHECKOUT, timeout=LIMIT, check=False)
    passed, failed = count_cases([REPORT] if REPORT.exists() else [])
    if done.returncode:
        failed = max(failed, 1)
    return Outcome("browser", passed, failed, time.monotonic() - start).conclude("tests")


if __name__ == "__main__":
    sys.exit(main())
