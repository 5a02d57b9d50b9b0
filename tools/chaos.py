# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs cutovers in which one request in twenty goes wrong; arguments go to pytest.

C(--seeds 20) makes twenty runs of it.
"""

from __future__ import annotations

import sys

from suite import run_suite

LIMIT = 3600.0  # seconds for all of them, by hand; the default number of runs takes minutes
PROCESSES = 3  # as many as there are runs, each of which mostly waits

if __name__ == "__main__":
    sys.exit(run_suite("chaos", LIMIT, processes=PROCESSES))
