# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of long work, and when."""

from __future__ import annotations

import time
from pathlib import Path

from ansible_collections.cloudiway.mail.plugins.module_utils._progress import Progress, Tally


def test_heartbeats_of_a_list_come_between_the_shares(tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    tally = Tally(Progress(str(lines), 0.05), "users", 10_000)
    for _call in range(4):
        time.sleep(0.06)
        tally("create")
    assert lines.read_text(encoding="utf-8").count("of 10,000 calls") == 4
