# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the checks that only read the files: a line for each, and all it said where it failed.

All of them, or those that the arguments name.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from arrange import BUILD, COPY, lay_copy
from outcome import Outcome

MYPY = ("mypy", "--cache-dir", str(BUILD / "mypy"))

# References to plugins are checked in the guides too, those to other collections as far as they are installed.
ANTSIBULL = ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--check-extra-docs-refs")
STRICTLY = ("--validate-collection-refs", "all", "--disallow-unknown-collection-refs")

# Longest first, since two run at a time.
CHECKS: dict[str, tuple[str, ...]] = {
    "ansible-lint": ("ansible-lint", "--offline", "--profile", "production"),
    "documentation": (*ANTSIBULL, *STRICTLY, "."),
    "types of plugins": (*MYPY, "--package", "ansible_collections.cloudiway.mail.plugins"),
    "types of tests": (*MYPY, "--package", "ansible_collections.cloudiway.mail.tests"),
    "types of simulator": (*MYPY, "roles/simulator/files/cloudiway_simulator"),
    "types of tools": (*MYPY, "tools"),
    "change log": ("antsibull-changelog", "lint"),
    "licences": ("reuse", "lint", "--lines"),
    "yamllint": ("yamllint", "--strict", "."),
    "ruff check": ("ruff", "check", "--no-cache", "."),
    "ruff format": ("ruff", "format", "--no-cache", "--check", "--diff", "."),
}

SURROUNDINGS = {
    "ANSIBLE_COLLECTIONS_PATH": str(BUILD / "tree"),
    "MYPYPATH": os.pathsep.join((str(BUILD / "tree"), "roles/simulator/files", "tools")),
    # The other way that reuse can tell an encoding needs a C library that may not be there.
    "REUSE_ENCODING_MODULE": "charset_normalizer",
    "NO_COLOR": "1",
}


def passes(name: str) -> bool:
    """Run one check over the copy and print what came of it."""
    start = time.monotonic()
    done = subprocess.run(
        CHECKS[name],
        cwd=COPY,
        env=os.environ | SURROUNDINGS,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    good = done.returncode == 0
    verdict = "ok" if good else "FAILED"
    words = "" if good else f"\n{done.stdout.rstrip()}"
    print(f"  {verdict:8}{name} ({time.monotonic() - start:.1f} s){words}", flush=True)
    return good


def main() -> int:
    """Run the checks, two at a time."""
    start = time.monotonic()
    lay_copy()
    with ThreadPoolExecutor(max_workers=2) as two:
        verdicts = list(two.map(passes, sys.argv[1:] or CHECKS))
    passed = sum(verdicts)
    return Outcome("lint", passed, len(verdicts) - passed, time.monotonic() - start).conclude(
        "checks"
    )


if __name__ == "__main__":
    sys.exit(main())
