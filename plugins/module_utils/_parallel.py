# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work for many items, several at once, which its giver can look at while it goes on."""

from __future__ import annotations

import threading
import time
import typing as t
from collections import deque
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, as_completed, wait

from ._errors import CloudiwayError

#: Seconds: what takes so long, with nothing else to do beside it, is not waited for.
_STALLED = 2.0

X = t.TypeVar("X")
Y = t.TypeVar("Y")


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
        """Do work for every item in the threads of a pool, for most items at once.

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
        self._lanes: list[Future[None]] = []
        self.add(items)

    def add(self, items: t.Iterable[X]) -> None:
        """Do the work for more items too. They need not wait for what is under way."""
        more = list(items)
        self._left.extend(enumerate(more, self._given))
        self._given += len(more)
        self._quiet_since = time.monotonic()  # the newest result, or the newest word of stalls
        # One future for each item would cost more than most items do.
        self._lanes += [
            self._pool.submit(self._lane) for _lane in range(min(self._most, len(more)))
        ]

    def _lane(self) -> None:
        while not self._closing.is_set():
            try:
                at, item = self._left.popleft()
            except IndexError:
                return
            try:
                self._results[at] = self._work(item)
            except CloudiwayError as why:
                self._results[at] = why
            self._quiet_since = time.monotonic()

    def results(self) -> list[Y | CloudiwayError]:
        """Wait for the end; the results in the order of the items."""
        for ended in as_completed(self._lanes):
            ended.result()  # raises what nobody expected: then close ends the others
        return [self._results[at] for at in sorted(self._results)]

    def stalls(self) -> bool:
        """Wait for the end (false), or until it is long in coming with nothing left to begin.

        Asked again, it is as patient again.
        """
        while True:
            quiet_since = max(self._quiet_since, self._held_until())
            rest = quiet_since + _STALLED - time.monotonic()
            if rest <= 0 and not self._left:
                self._quiet_since = time.monotonic()
                return True
            ended, under_way = wait(self._lanes, rest if rest > 0 else _STALLED, FIRST_EXCEPTION)
            for lane in ended:
                lane.result()  # as in results
            if not under_way:
                return False
