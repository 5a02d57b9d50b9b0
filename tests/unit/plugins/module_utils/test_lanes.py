# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests are under way at once: halved when the service asks for it, regained slowly."""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._lanes import Lanes


class Traffic:
    """Threads that each take a lane, and leave it when they are told to."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._leave = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []
        self._counted = threading.Lock()
        self.inside = 0
        self.most = 0

    def come(self, number: int) -> None:
        """So many more want a lane."""
        for _unused in range(number):
            thread = threading.Thread(target=self._drive, daemon=True)
            self._threads.append(thread)
            thread.start()

    def leave(self, number: int) -> None:
        """So many of those who have a lane leave it."""
        for _unused in range(number):
            self._leave.release()

    def end(self) -> None:
        """All go home."""
        self.leave(len(self._threads))
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def settles_at(self, number: int) -> bool:
        """Whether so many come to be inside, and stay so for a while."""
        deadline = time.monotonic() + 2
        while self.inside != number and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.02)
        return self.inside == number

    def _drive(self) -> None:
        with self._lanes.one():
            with self._counted:
                self.inside += 1
                self.most = max(self.most, self.inside)
            self._leave.acquire()
            with self._counted:
                self.inside -= 1


def width(lanes: Lanes) -> int:
    """How many lanes are open."""
    traffic = Traffic(lanes)
    traffic.come(12)
    time.sleep(0.03)
    traffic.end()
    return traffic.most


def answered(lanes: Lanes, times: int) -> None:
    """So many sound answers come."""
    for _unused in range(times):
        lanes.faster()


@pytest.mark.parametrize("most", [1, 3, 8])
def test_no_more_requests_are_under_way_than_there_are_lanes(most: int) -> None:
    assert width(Lanes(most)) == most


def test_who_waits_comes_in_as_soon_as_a_lane_is_free() -> None:
    traffic = Traffic(Lanes(2))
    traffic.come(5)
    assert traffic.settles_at(2)
    traffic.leave(3)
    assert traffic.settles_at(2)
    traffic.leave(1)
    assert traffic.settles_at(1)
    traffic.end()


def test_who_waits_is_not_passed_by_who_comes_back_for_another_one() -> None:
    lanes = Lanes(1)
    taken: list[str] = []
    waits = threading.Event()

    def come(name: str, times: int) -> None:
        for _time in range(times):
            with lanes.one():
                taken.append(name)
                waits.wait(5)

    busy = threading.Thread(target=come, args=("busy", 200))
    busy.start()
    while not taken:
        time.sleep(0.001)
    late = [threading.Thread(target=come, args=(name, 1)) for name in ("first", "second")]
    for number, thread in enumerate(late, 1):
        thread.start()
        while len(lanes._waiting) < number:
            time.sleep(0.001)
    waits.set()
    for thread in (busy, *late):
        thread.join(5)
    assert taken[:4] == ["busy", "first", "second", "busy"]


def test_throttling_halves_the_lanes_and_never_closes_the_last() -> None:
    lanes = Lanes(8)
    for expected in (4, 2, 1, 1):
        lanes.slower(time.monotonic(), 0)
        assert width(lanes) == expected


def test_requests_that_were_under_way_together_halve_the_lanes_only_once() -> None:
    lanes = Lanes(8)
    began = time.monotonic()
    for _unused in range(8):
        lanes.slower(began, 0)
    assert width(lanes) == 4


def test_lanes_are_regained_one_by_one_up_to_what_was_asked_for() -> None:
    lanes = Lanes(4)
    lanes.slower(time.monotonic(), 0)
    lanes.slower(time.monotonic(), 0)
    assert width(lanes) == 1
    answered(lanes, 1)
    assert width(lanes) == 2
    answered(lanes, 2)
    assert width(lanes) == 2  # as many answers as there are lanes, and a little: not yet
    answered(lanes, 1)
    assert width(lanes) == 3
    answered(lanes, 100)
    assert width(lanes) == 4


def test_a_lane_that_is_regained_is_taken_by_who_waits() -> None:
    lanes = Lanes(2)
    lanes.slower(time.monotonic(), 0)
    traffic = Traffic(lanes)
    traffic.come(2)
    assert traffic.settles_at(1)
    answered(lanes, 1)
    assert traffic.settles_at(2)
    traffic.end()


def test_a_hold_keeps_everybody_back_until_it_is_over() -> None:
    lanes = Lanes(8)
    traffic = Traffic(lanes)
    began = time.monotonic()
    lanes.slower(began, 0.2)
    traffic.come(6)
    time.sleep(0.1)
    assert traffic.inside == 0
    assert traffic.settles_at(4)
    assert 0.2 <= time.monotonic() - began < 2
    traffic.end()


def test_a_shorter_hold_does_not_cut_a_longer_one() -> None:
    lanes = Lanes(2)
    began = time.monotonic()
    lanes.slower(began, 0.2)
    lanes.slower(began, 0.01)
    with lanes.one():
        assert time.monotonic() - began >= 0.2


def test_who_is_inside_when_a_hold_begins_may_leave_and_nobody_takes_the_place() -> None:
    lanes = Lanes(2)
    traffic = Traffic(lanes)
    traffic.come(4)
    assert traffic.settles_at(2)
    lanes.slower(time.monotonic(), 0.3)
    traffic.leave(2)
    assert traffic.settles_at(0)
    assert traffic.settles_at(1)
    traffic.end()


def test_a_lane_is_free_again_after_a_failure() -> None:
    lanes = Lanes(1)
    with pytest.raises(ValueError, match="gone wrong"), lanes.one():
        raise ValueError("gone wrong")
    assert width(lanes) == 1


def test_closing_lets_in_at_once_who_waits_for_a_hold_or_for_a_lane() -> None:
    lanes = Lanes(1)
    traffic = Traffic(lanes)
    traffic.come(3)
    assert traffic.settles_at(1)
    lanes.slower(time.monotonic(), 60)
    lanes.close()
    assert traffic.settles_at(3)
    traffic.end()


def test_who_is_not_held_gets_the_lane_that_gets_free_past_those_who_are() -> None:
    lanes = Lanes(1)
    entered: list[str] = []

    def enter(name: str, is_last: bool) -> None:
        with lanes.one(is_last):
            entered.append(name)

    threads = [
        threading.Thread(target=enter, args=("held", False)),
        threading.Thread(target=enter, args=("last", True)),
    ]
    with lanes.one():
        lanes.slower(time.monotonic(), 5)
        for thread in threads:
            thread.start()
            time.sleep(0.1)
    threads[1].join(2)
    assert entered == ["last"]
    lanes.close()
    threads[0].join(5)
