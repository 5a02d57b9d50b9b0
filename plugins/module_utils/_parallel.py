# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work for many items, several at once, which its giver can look at while it goes on."""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t
from collections import deque
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from ._errors import CloudiwayError

#: Seconds: who takes so long, with nothing else to do beside it, is not waited for. How many times what
#: an item takes, if that is longer; and how many seconds more at the most.
_STALLED, _TIMES, _LONGER = 2.0, 3.0, 10.0
#: Seconds: for how long nobody looks whether another one stands in by now.
_GLANCE = 1.0

#: How many stand in at the most for those who rest.
MOST_AT_REST: t.Final = 96

#: Of each thread: the work of which it does a part.
_mine = threading.local()

X = t.TypeVar("X")
Y = t.TypeVar("Y")


@contextlib.contextmanager
def at_rest() -> t.Iterator[None]:
    """Have another thread go on with the work of which the calling one does a part, while it rests."""
    parallel: Parallel[t.Any, t.Any] | None = getattr(_mine, "parallel", None)
    with parallel.one_at_rest() if parallel else contextlib.nullcontext():
        yield


class Parallel(t.Generic[X, Y]):
    """Begins at once. A CloudiwayError of one item takes the place of its result."""

    def __init__(
        self,
        work: t.Callable[[X], Y],
        items: t.Iterable[X],
        pool: ThreadPoolExecutor,
        most: int,
        closing: threading.Event,
        held_until: t.Callable[[], float] = lambda: 0.0,
    ) -> None:
        """Do work for every item in the threads of a pool, for ``most`` at once beside those that rest.

        Nothing is begun any more once closing is set. held_until tells the monotonic time before
        which nothing can end, as the service asks to wait.
        """
        self._work = work
        self._left: deque[tuple[int, X]] = deque()
        self._given = 0
        self._results: dict[int, Y | CloudiwayError] = {}
        self._pool = pool
        self._most = most
        self._closing = closing
        self._held_until = held_until
        self._workers: list[Future[None]] = []
        self._at_rest = 0
        self._stand_ins = 0
        self._spent = 0.0  # seconds, on all results together; roughly, as nobody locks it
        self._lock = threading.Lock()
        self.add(items)

    def add(self, items: t.Iterable[X]) -> None:
        """Do the work for more items too. They need not wait for what is under way."""
        more = list(items)
        self._left.extend(enumerate(more, self._given))
        self._given += len(more)
        self._quiet_since = time.monotonic()  # the newest result, or the newest word of stalls
        # One future for each item would cost more than most items do.
        for _worker in range(min(self._most, len(more))):
            self._workers.append(self._pool.submit(self._work_on))

    @contextlib.contextmanager
    def one_at_rest(self) -> t.Iterator[None]:
        """Have one thread more meanwhile, where there is something left to begin."""
        with self._lock:
            self._at_rest += 1
            wanted = min(self._at_rest, MOST_AT_REST) if self._left else 0
            is_wanted = self._stand_ins < wanted
            self._stand_ins += is_wanted
        if is_wanted:
            with contextlib.suppress(RuntimeError):  # the pool is closed, or has no thread more
                self._workers.append(self._pool.submit(self._stand_in))
        try:
            yield
        finally:
            with self._lock:
                self._at_rest -= 1

    def _stand_in(self) -> None:
        """Work as long as somebody rests for whom nobody else stands in."""
        while True:
            goes_on = self._do_next()
            with self._lock:
                if not goes_on or self._stand_ins > self._at_rest:
                    self._stand_ins -= 1
                    return

    def _work_on(self) -> None:
        while self._do_next():
            pass

    def _do_next(self) -> bool:
        """Do the next item; false where there is none, or the run ends."""
        if self._closing.is_set():
            return False
        try:
            at, item = self._left.popleft()
        except IndexError:
            return False
        began = time.monotonic()
        _mine.parallel = self
        try:
            self._results[at] = self._work(item)
        except CloudiwayError as why:
            self._results[at] = why
        finally:
            del _mine.parallel
        self._quiet_since = time.monotonic()
        self._spent += self._quiet_since - began
        return True

    def results(self) -> list[Y | CloudiwayError]:
        """Wait for the end; the results in the order of the items."""
        while not self._end_within(_GLANCE):
            pass
        return [self._results[at] for at in sorted(self._results)]

    def stalls(self) -> bool:
        """Wait for the end (false), or until it is long in coming with nothing left to begin.

        Asked again, it is as patient again.
        """
        while True:
            usual = self._spent / max(1, len(self._results))
            patience = max(_STALLED, min(_TIMES * usual, usual + _LONGER))
            quiet_since = max(self._quiet_since, self._held_until())
            rest = quiet_since + patience - time.monotonic()
            if rest <= 0 and not self._left:
                self._quiet_since = time.monotonic()
                return True
            if self._end_within(min(rest, _GLANCE) if rest > 0 else _GLANCE):
                return False

    def _end_within(self, seconds: float) -> bool:
        """Wait; whether the end has come. Raises what nobody expected: then close ends the others."""
        workers = tuple(self._workers)
        ended, under_way = wait(workers, seconds, FIRST_EXCEPTION)
        for worker in ended:
            worker.result()
        return not under_way and len(workers) == len(self._workers)  # else one stands in by now
