# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the benchmark, and writes its table into the README; arguments go to it."""

from __future__ import annotations

import os
import subprocess
import sys

from arrange import BUILD, CHECKOUT, lay_link

BENCHMARK = "ansible_collections.cloudiway.mail.tests.benchmark.benchmark"


def main() -> int:
    """Run it, and let its words go straight to the terminal."""
    lay_link()
    return subprocess.run(
        (
            *(sys.executable, "-m", BENCHMARK, str(BUILD / "bench")),
            *("--readme", str(CHECKOUT / "README.md")),
            *sys.argv[1:],
        ),
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": str(BUILD / "link")},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
