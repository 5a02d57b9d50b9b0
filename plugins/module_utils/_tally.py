# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many calls of a list were made, told now and then."""

from __future__ import annotations

import threading
import time
import typing as t
from collections import Counter
from collections.abc import Collection

from ._progress import Progress, counted, outlook

#: What a call that was made is counted as.
_DEEDS: t.Final = {
    "createbatch": "batches",
    "create": "created",
    "update": "updated",
    "license": "licensed",
    "removefrombatch": "removed",
    "addtobatch": "added",
    "delete": "deleted",
}


class Tally:
    """Counts calls as they are made, from several threads, and tells now and then."""

    #: A line for every so many percent, but not more often than once in so many seconds.
    STEP, PAUSE = 5, 1.0

    def __init__(
        self, progress: Progress, name: str, total: int, failures: Collection[object]
    ) -> None:
        self._progress = progress
        self._name = name
        self._total = total
        self._failures = failures
        self._made: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._told = (0, progress.began)

    def __call__(self, call: str) -> None:
        """One more call of this name was made."""
        with self._lock:
            self._made[call] += 1
            done = sum(self._made.values())
            share, now = 100 * done // self._total, time.monotonic()
            told, told_at = self._told
            is_early = share - told < self.STEP or now - told_at < self.PAUSE
            if done < self._total and is_early:
                return
            self._told = (share, now)
        self._progress.tell(*self.line())

    def end(self) -> None:
        """No more calls are made: tell it where some had to be left out."""
        if sum(self._made.values()) < self._total:
            self._progress.tell(*self.line())

    def line(self) -> tuple[str, str]:
        """Where the work is, and its outlook."""
        with self._lock:
            counts = {deed: self._made[name] for name, deed in _DEEDS.items()}
            done = sum(self._made.values())
        counts["failed"] = len(self._failures)
        line = counted(self._name, done, self._total, "calls", counts)
        return line, outlook(done, self._total, self._progress.seconds())
