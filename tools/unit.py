# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the unit tests; arguments go to pytest."""

from __future__ import annotations

import sys

from suite import run_suite

LIMIT = 1500.0  # seconds for all of them, watched and on a busy machine too
PROCESSES = 3  # one of which waits at any time: for what comes late, or for a pause to pass

if __name__ == "__main__":
    sys.exit(run_suite("unit", LIMIT, processes=PROCESSES, options=()))
