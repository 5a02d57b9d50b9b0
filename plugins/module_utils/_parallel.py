# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work for many items, several at once, which its giver can look at while it goes on."""

from __future__ import annotations

import threading
import time
import typing as t
from collections import deque
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, as_completed, wait

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
    ) -> None:
        """Do work for every item in the threads of a pool, for most items at once.

        Nothing is begun any more once closing is set.
        """
        self._work = work
        self._left = deque(enumerate(items))  # a future for each would cost more than most items do
        self._results: dict[int, Y | CloudiwayError] = {}
        self._closing = closing
        self._quiet_since = time.monotonic()  # the newest result, or the newest word of stalls
        self._lanes = [pool.submit(self._lane) for _lane in range(min(most, len(self._left)))]

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
        return [self._results[at] for at in range(len(self._results))]

    def stalls(self) -> bool:
        """Wait for the end (false), or until it is long in coming with nothing left to begin.

        Asked again, it is as patient again.
        """
        while True:
            rest = self._quiet_since + _STALLED - time.monotonic()
            if rest <= 0 and not self._left:
                self._quiet_since = time.monotonic()
                return True
            pause = rest if rest > 0 else _STALLED
            ended, under_way = wait(self._lanes, pause, FIRST_EXCEPTION)
            if not under_way or any(lane.exception() for lane in ended):
                return False
