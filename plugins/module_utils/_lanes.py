# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests are under way at once: additive increase, multiplicative decrease.

A 429 or 503 halves the number of lanes, and its Retry-After holds back all of them; every sound
answer lets the number grow a little, up to what was asked for.
"""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t
from collections import deque


class Lanes:
    """A gate in front of the network. ``most`` lanes are open at first."""

    def __init__(self, most: int) -> None:
        self._most = float(most)
        self._open = float(most)
        self._busy = 0
        self._waiting: deque[threading.Condition] = deque()
        self._held_until = 0.0
        self._halved_at = 0.0
        self._is_closed = False
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def one(self, is_last: bool = False) -> t.Iterator[None]:
        """Take a lane for the time of one request; waits while none is free or all are held.

        Who came first gets the next one: else those who come back from a rest would hardly ever get
        one beside those who go on. For who cannot wait longer (is_last) there is no hold and no
        queue. After ``close`` nobody waits: who comes in then has to see for itself that it is the end.
        """
        me = threading.Condition(self._lock)
        with self._lock:
            (self._waiting.appendleft if is_last else self._waiting.append)(me)
            try:
                while not self._is_closed:
                    held = 0.0 if is_last else self._held_until - time.monotonic()
                    if held <= 0 and self._waiting[0] is me and self._busy < int(self._open):
                        break
                    me.wait(held if held > 0 else None)
            finally:
                self._waiting.remove(me)
                self._wake()
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._wake()

    def _wake(self) -> None:
        if self._waiting:  # of many, nobody else would get a lane now
            self._waiting[0].notify()

    @property
    def held_until(self) -> float:
        """The monotonic time until which the service asks to wait."""
        return self._held_until

    def slower(self, began: float, hold: float) -> None:
        """A request that began at monotonic time ``began`` was told to wait ``hold`` seconds.

        Requests that were under way together halve the lanes only once.
        """
        now = time.monotonic()
        with self._lock:
            if began >= self._halved_at:
                self._open = max(1.0, self._open / 2)
                self._halved_at = now
            self._held_until = max(self._held_until, now + hold)

    def faster(self) -> None:
        """A sound answer came: one lane more after as many answers as there are lanes."""
        if self._open < self._most:
            with self._lock:
                self._open = min(self._most, self._open + 1 / self._open)
                self._wake()

    def release(self) -> None:
        """Hold the lanes no longer."""
        with self._lock:
            self._held_until = 0.0
            self._wake()

    def close(self) -> None:
        """Let in at once whoever waits, and whoever comes."""
        with self._lock:
            self._is_closed = True
            for one in self._waiting:
                one.notify()
