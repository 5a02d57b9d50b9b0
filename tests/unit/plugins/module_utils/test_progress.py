# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of long work, and when."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._progress import Progress, Tally


def test_heartbeats_of_a_list_come_between_the_shares(tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    tally = Tally(Progress(str(lines), 0.05), "users", 10_000)
    for _call in range(4):
        time.sleep(0.06)
        tally("create")
    assert lines.read_text(encoding="utf-8").count("of 10,000 calls") == 4


@pytest.mark.parametrize("where", ["no-such-folder/lines", "", "/dev/full"])
def test_work_goes_on_where_a_line_cannot_be_written(where: str, tmp_path: Path) -> None:
    progress = Progress(str(tmp_path / where), 0.05)
    progress.tell("users  40 %: 2 of 5 calls")
    progress.tell("users 100 %: 5 of 5 calls")
    assert not list(tmp_path.iterdir())
