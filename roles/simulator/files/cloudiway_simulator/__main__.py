# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the simulator: python3 roles/simulator/files/cloudiway_simulator --help."""

from __future__ import annotations

import sys
from pathlib import Path


def run() -> int:
    """Find the package from wherever python was given its directory, and start it."""
    if not __package__:  # a directory given to python is put on the path itself, not its parent
        sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from cloudiway_simulator.command_line import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
