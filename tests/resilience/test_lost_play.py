# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A play whose own process ends takes its workers and modules with it, in the middle of a provision.

Ansible's workers lead sessions of their own. One that goes on alone would make users beside the
next run, in a service that (here) accepts the same pair twice.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    CUTOVER,
    INTERRUPTED,
    Play,
    Stage,
    simulator,
    source,
)

NAMES = [f"user{number}" for number in range(40)]
PROVISION = "--tags=provision"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A service that takes its time for each of 120 writes."""
    with simulator("--latency-ms", "1000") as service:
        stage = Stage(tmp_path, service)
        stage.have({"wave-01": NAMES})
        yield stage
        stage.clear()


def provisioning(stage: Stage) -> Play:
    """A play that has made some users, and is at it."""
    play = stage.start(CUTOVER, PROVISION)
    deadline = time.monotonic() + 60
    while "create" not in stage.service.writes:
        assert time.monotonic() < deadline, play.text
        time.sleep(0.05)
    return play


def ends_within(play: Play, seconds: float) -> None:
    """See that nothing of the play runs any more after so many seconds."""
    assert is_gone_within(play, seconds), "a module goes on"


def is_gone_within(play: Play, seconds: float) -> bool:
    """Whether nothing of the play runs any more after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (is_gone := play.is_gone()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_gone


def is_made_once_by_the_next_run(stage: Stage) -> None:
    """Run again: each user is there, and once."""
    made = len(stage.service.state["users"])
    assert 0 < made < len(NAMES)
    stage.play(CUTOVER, PROVISION)
    addresses = [user["source_email"] for user in stage.service.state["users"]]
    assert sorted(addresses) == sorted(map(source, NAMES))


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGHUP], ids=["killed", "hung up"])
def test_a_play_that_is_lost_makes_no_more_users(stage: Stage, signum: int) -> None:
    play = provisioning(stage)
    play.lose(signum)
    ends_within(play, 6)
    is_made_once_by_the_next_run(stage)


def test_ctrl_c_ends_a_provision_at_once(stage: Stage) -> None:
    play = provisioning(stage)
    play.interrupt()
    if not is_gone_within(play, 4):  # Python has lost it; a person would press again
        play.interrupt()
        ends_within(play, 4)
    play.finish(INTERRUPTED)
    is_made_once_by_the_next_run(stage)
