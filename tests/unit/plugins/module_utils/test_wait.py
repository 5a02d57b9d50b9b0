# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The waiting loop: how long it pauses, and when it gives up."""

from __future__ import annotations

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._wait import Look, TimedOut, wait

SETTLED = Look(settled=True, moved=True)
MOVED = Look(settled=False, moved=True)
STILL = Look(settled=False, moved=False)


class Night:
    """Time that passes only while somebody sleeps (or looks), and what is seen in it."""

    def __init__(self, *looks: Look, seconds_for_a_look: float = 0.0) -> None:
        self._looks = list(looks)
        self._seconds_for_a_look = seconds_for_a_look
        self.now = 1000.0
        self.pauses: list[float] = []

    def look(self) -> Look:
        self.now += self._seconds_for_a_look
        return self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def wait(self, poll_interval: float, wait_timeout: float) -> list[float]:
        """Wait through it; the pauses that were made."""
        wait(
            self.look,
            poll_interval=poll_interval,
            wait_timeout=wait_timeout,
            sleep=self.sleep,
            clock=lambda: self.now,
        )
        return self.pauses


def test_what_is_settled_is_not_waited_for() -> None:
    assert Night(SETTLED).wait(30, 100) == []


def test_while_things_move_it_looks_every_poll_interval() -> None:
    assert Night(MOVED, MOVED, MOVED, SETTLED).wait(30, 1000) == [30, 30, 30]


def test_while_nothing_moves_the_pauses_grow_up_to_four_poll_intervals() -> None:
    pauses = Night(*[STILL] * 7, SETTLED).wait(10, 10_000)
    assert pauses == [15, 22.5, 33.75, 40, 40, 40, 40]


def test_once_something_moves_the_pauses_are_short_again() -> None:
    pauses = Night(STILL, STILL, MOVED, STILL, SETTLED).wait(10, 10_000)
    assert pauses == [15, 22.5, 10, 15]


def test_it_gives_up_at_wait_timeout_and_looks_once_more_then() -> None:
    night = Night(MOVED)
    with pytest.raises(TimedOut):
        night.wait(30, 100)
    assert night.pauses == [30, 30, 30, 10]


def test_what_is_settled_at_the_very_end_is_no_time_out() -> None:
    assert Night(MOVED, MOVED, SETTLED).wait(30, 40) == [30, 10]


def test_without_any_time_it_looks_once() -> None:
    assert Night(SETTLED).wait(30, 0) == []
    with pytest.raises(TimedOut):
        Night(STILL).wait(30, 0)


def test_the_time_that_looks_take_counts() -> None:
    night = Night(MOVED, seconds_for_a_look=50)
    with pytest.raises(TimedOut):
        night.wait(30, 100)
    assert night.pauses == [30]
