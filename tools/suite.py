# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the tests of a folder are run, as a step: by pytest, in several processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from arrange import BUILD, CHECKOUT, lay_link
from outcome import Outcome, count_cases

# A test that plays several times has no limit, since each play has one of its own.
NO_LIMIT_OF_A_TEST = ("-o", "faulthandler_timeout=0")


def run_suite(
    step: str,
    limit: float,
    *,
    processes: int = 2,
    share: str = "worksteal",
    options: tuple[str, ...] = NO_LIMIT_OF_A_TEST,
    before: Callable[[], None] = lay_link,
) -> int:
    """Run the tests in tests/STEP for at most so many seconds; arguments go to pytest.

    Its words go straight to the terminal. Tests go to whichever process is free, since the long
    ones lie next to each other; C(share) is another way of dealing them out (see pytest-xdist).
    With no processes they run in pytest's own. C(before) is counted with them. The exit status of
    the step.
    """
    start = time.monotonic()
    before()
    report = BUILD / f"{step}.xml"
    report.unlink(missing_ok=True)
    shared = ("-n", str(processes), "--dist", share) if processes else ()
    pytest = (sys.executable, "-m", "pytest", "-q", *shared, *options, f"--junitxml={report}")
    done = subprocess.run(
        (*pytest, *_chosen(step, sys.argv[1:])), cwd=CHECKOUT, timeout=limit, check=False
    )
    passed, failed = count_cases([report] if report.exists() else [])
    if done.returncode:
        failed = max(failed, 1)
    return Outcome(step, passed, failed, time.monotonic() - start).conclude("tests")


def _chosen(step: str, arguments: list[str]) -> list[str]:
    """The arguments, with the folder of the tests unless they name some of its files.

    half0 or half1 is one half of the tests, as C(make test MORE=resilience=half0) asks for.
    """
    if arguments in (["half0"], ["half1"]):
        arguments = ["-p", "tools.part", "--half", arguments[0][-1]]
    named = any(word.startswith("tests/") for word in arguments)
    return arguments if named else [f"tests/{step}", *arguments]
