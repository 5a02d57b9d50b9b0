# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the fault matrix, and leaves it as a table in build/faults; arguments go to pytest."""

from __future__ import annotations

import sys

from suite import run_suite

LIMIT = 1200.0  # seconds for all of it
PROCESSES = 6  # which mostly wait: for what comes too late, and for retry_timeout to pass

if __name__ == "__main__":
    sys.exit(run_suite("faults", LIMIT, processes=PROCESSES))
