# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of the report in Chromium; arguments go to pytest. Without Chromium it fails."""

from __future__ import annotations

import sys

from suite import NO_LIMIT_OF_A_TEST, run_suite

LIMIT = 600.0  # seconds for all of them
SHOW_WHAT_WAS_MEASURED = "-rP"

if __name__ == "__main__":
    options = (*NO_LIMIT_OF_A_TEST, SHOW_WHAT_WAS_MEASURED)
    sys.exit(run_suite("browser", LIMIT, processes=0, options=options))
