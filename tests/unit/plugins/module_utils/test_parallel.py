# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work for many items at once: what is waited for, and for how long."""

from __future__ import annotations

import threading
import time
import typing as t
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils import _parallel
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import CloudiwayError
from ansible_collections.cloudiway.mail.plugins.module_utils._parallel import (
    Parallel,
    at_rest,
)

THREADS = 2
Begin = t.Callable[[Callable[[int], object], Iterable[int]], Parallel[int, object]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stalls is told after a moment."""
    monkeypatch.setattr(_parallel, "_STALLED", 0.2)


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    """What held work waits for: set in the end, whatever comes of the test."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def begin(go_on: threading.Event) -> Iterator[Begin]:
    """Begins work in a pool of two threads, which ends after the test."""
    with ThreadPoolExecutor(THREADS) as pool:
        yield lambda work, items: Parallel(work, items, pool, THREADS, threading.Event())
        go_on.set()


def test_results_come_in_the_order_of_the_items_with_errors_in_their_places(begin: Begin) -> None:
    odd = CloudiwayError("odd")

    def work(item: int) -> int:
        time.sleep(0.02 * (3 - item))
        if item == 1:
            raise odd
        return item

    assert begin(work, range(3)).results() == [0, odd, 2]
    assert begin(work, []).results() == []


def test_what_nobody_expected_is_raised_while_others_are_held(
    begin: Begin, go_on: threading.Event
) -> None:
    def work(item: int) -> bool:
        if item:
            raise ZeroDivisionError
        return go_on.wait(10)

    under_way = begin(work, range(9))
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        under_way.stalls()
    with pytest.raises(ZeroDivisionError):
        under_way.results()
    assert time.monotonic() - began < 5


def test_it_stalls_where_nothing_is_left_to_begin_and_an_end_is_long_in_coming(
    begin: Begin, go_on: threading.Event
) -> None:
    under_way = begin(lambda item: item if item else go_on.wait(10), range(9))
    for _time in range(2):
        began = time.monotonic()
        assert under_way.stalls()
        assert 0.15 < time.monotonic() - began < 5
    go_on.set()
    assert not under_way.stalls()
    assert under_way.results() == [True, *range(1, 9)]


def test_what_is_slow_does_not_stall_as_long_as_there_is_something_to_begin(begin: Begin) -> None:
    assert not begin(lambda item: time.sleep(0 if item > 1 else 0.5), range(4)).stalls()


def test_what_is_added_does_not_wait_for_what_is_long_in_coming(
    begin: Begin, go_on: threading.Event
) -> None:
    done: list[int] = []

    def work(item: int) -> int:
        if not item:
            go_on.wait(10)
        done.append(item)
        return item

    under_way = begin(work, range(3))
    assert under_way.stalls()
    under_way.add(range(3, 6))
    assert under_way.stalls()
    assert done == [1, 2, 3, 4, 5]
    go_on.set()
    assert not under_way.stalls()
    under_way.add([6])
    assert under_way.results() == list(range(7))


def test_for_whom_rests_another_goes_on(go_on: threading.Event) -> None:
    done: list[int] = []

    def work(item: int) -> int:
        if item < THREADS:
            with at_rest():
                go_on.wait(10)
        done.append(item)
        return item

    with ThreadPoolExecutor(2 * THREADS) as pool:
        under_way = Parallel(work, range(9), pool, THREADS, threading.Event())
        assert under_way.stalls()
        assert sorted(done) == list(range(THREADS, 9))
        go_on.set()
        assert under_way.results() == list(range(9))


def test_for_who_has_rested_for_a_moment_and_rests_again_somebody_stands_in_again(
    go_on: threading.Event,
) -> None:
    done: list[int] = []

    def work(item: int) -> int:
        with at_rest():
            if item in (9, 10):
                go_on.wait(10)
        done.append(item)
        return item

    with ThreadPoolExecutor(2 * THREADS) as pool:
        under_way = Parallel(work, range(9), pool, THREADS, threading.Event())
        assert not under_way.stalls()
        under_way.add(range(9, 20))
        assert under_way.stalls()
        assert sorted(done) == [*range(9), *range(11, 20)]
        go_on.set()
        assert len(under_way.results()) == 20


def test_what_nobody_expected_of_a_stand_in_is_raised_too(go_on: threading.Event) -> None:
    def work(item: int) -> bool:
        if item:
            raise ZeroDivisionError
        with at_rest():
            return go_on.wait(10)

    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        under_way = Parallel(work, range(2), pool, 1, threading.Event())
        with pytest.raises(ZeroDivisionError):
            under_way.results()
        assert time.monotonic() - began < 5
        go_on.set()


def test_nobody_waits_long_for_one_because_the_others_took_long(
    begin: Begin, go_on: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_parallel, "_STALLED", 0.5)
    monkeypatch.setattr(_parallel, "_LONGER", 0.1)
    began = time.monotonic()
    under_way = begin(lambda item: go_on.wait(10) if item else time.sleep(0.45), range(2))
    assert under_way.stalls()
    assert 0.9 < time.monotonic() - began < 1.6  # and not 0.45 s and three times that


def test_where_all_are_slow_none_is_taken_to_stall(
    begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_parallel, "_GLANCE", 0.02)
    monkeypatch.setattr(_parallel, "_LONGER", 0.3)
    assert not begin(lambda _item: time.sleep(0.6), range(4)).stalls()


@pytest.mark.parametrize("most_at_rest", [1, 4])
def test_no_more_stand_in_than_rest_however_often_somebody_does(
    monkeypatch: pytest.MonkeyPatch, most_at_rest: int
) -> None:
    monkeypatch.setattr(_parallel, "MOST_AT_REST", most_at_rest)
    lock = threading.Lock()
    at_once = most_at_once = 0

    def work(_item: int) -> None:
        nonlocal at_once, most_at_once
        with lock:
            at_once += 1
            most_at_once = max(at_once, most_at_once)
        for _time in range(5):
            with at_rest():
                time.sleep(0.004)
            time.sleep(0.002)
        with lock:
            at_once -= 1

    with ThreadPoolExecutor(20) as pool:
        assert len(Parallel(work, range(99), pool, THREADS, threading.Event()).results()) == 99
    assert THREADS < most_at_once <= THREADS + most_at_rest


def test_who_stands_in_goes_when_nobody_rests_any_more() -> None:
    lock = threading.Lock()
    at_once = 0
    later: list[int] = []  # how many were at it, at each item after those who rest

    def work(item: int) -> None:
        nonlocal at_once
        if item < THREADS:
            with at_rest():
                time.sleep(0.1)
        with lock:
            at_once += 1
            if item > 140:
                later.append(at_once)
        time.sleep(0.01)
        with lock:
            at_once -= 1

    with ThreadPoolExecutor(20) as pool:
        Parallel(work, range(180), pool, THREADS, threading.Event()).results()
    assert max(later) == THREADS


def test_it_does_not_stall_while_all_are_held(
    go_on: threading.Event,
) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        under_way = Parallel(
            lambda _item: go_on.wait(10), [0], pool, THREADS, threading.Event(), lambda: began + 0.5
        )
        assert under_way.stalls()
        assert 0.65 < time.monotonic() - began < 5
        go_on.set()


def test_it_ends_while_others_keep_some_of_the_threads(
    begin: Begin, go_on: threading.Event
) -> None:
    held = begin(lambda _item: go_on.wait(10), [0])
    began = time.monotonic()
    assert begin(lambda item: item, range(3)).results() == [0, 1, 2]
    assert time.monotonic() - began < 5
    go_on.set()
    assert held.results() == [True]
