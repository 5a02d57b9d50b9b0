# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of long work, and when."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._progress import Progress
from ansible_collections.cloudiway.mail.plugins.module_utils._tally import Tally

#: Seconds between heartbeats.
INTERVAL = 0.05


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """The file that is told to."""
    return tmp_path / "told"


def lines(told: Path) -> list[str]:
    """What was told."""
    return told.read_text(encoding="utf-8").splitlines() if told.exists() else []


def test_a_heart_beats_whatever_the_work_waits_for_and_stops_with_it(told: Path) -> None:
    progress = Progress(str(told), INTERVAL)
    progress.now = lambda: ("reads who is there", "")
    with progress.alive():
        time.sleep(7 * INTERVAL)
    beats = lines(told)
    assert 3 <= len(beats) <= 7
    assert set(beats) == {"reads who is there"}
    time.sleep(3 * INTERVAL)
    assert lines(told) == beats


def test_a_heartbeat_says_that_nobody_answers(told: Path) -> None:
    progress = Progress(str(told), INTERVAL)
    progress.now = lambda: ("Wave 1 migrated  50 %", "about 9 s left")
    with progress.alive(lambda: (100.0, "HTTP 503: not available")):
        time.sleep(3 * INTERVAL)
    assert lines(told)[0] == (
        "Wave 1 migrated  50 %; about 9 s left, no answer for 2 min: HTTP 503: not available"
    )


@pytest.mark.parametrize("interval", [0, 60])
def test_without_a_heartbeat_that_is_due_only_changes_are_told(told: Path, interval: float) -> None:
    progress = Progress(str(told), interval)
    with progress.alive():
        for what in ("one", "one", "two"):
            progress.tell(what, "soon")
            time.sleep(INTERVAL)
    assert lines(told) == ["one; soon", "two; soon"]


def test_a_list_tells_of_its_end_though_calls_were_left_out(told: Path) -> None:
    failures: list[object] = []
    tally = Tally(Progress(str(told), 0), "users", 3, failures)
    tally("create")
    failures.append("the licence was refused")
    tally.end()
    assert lines(told)[-1] == "users  33 %: 1 of 3 calls, 1 created, 1 failed"


def test_a_list_of_which_all_was_done_tells_of_its_end_once(told: Path) -> None:
    tally = Tally(Progress(str(told), 0), "users", 2, [])
    tally("create")
    tally("license")
    tally.end()
    assert lines(told) == ["users 100 %: 2 of 2 calls, 1 created, 1 licensed"]


@pytest.mark.parametrize("where", ["no-such-folder/lines", "", "/dev/full"])
def test_work_goes_on_where_a_line_cannot_be_written(where: str, tmp_path: Path) -> None:
    progress = Progress(str(tmp_path / where), 0.05)
    progress.tell("users  40 %: 2 of 5 calls")
    progress.tell("users 100 %: 5 of 5 calls")
    assert not list(tmp_path.iterdir())
