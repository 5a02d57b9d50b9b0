# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is acted upon later than it was asked for, when nobody waits for the answer any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

Act = Callable[[], None]


class Late:
    """Acts that wait for their moment, in the order in which they were asked for."""

    def __init__(self, lock: AbstractContextManager[object]) -> None:
        """`lock` is held around each act."""
        self._lock = lock
        self._waiting: list[Act] = []

    def act(self, seconds: float, act: Act) -> None:
        """Have something done so many seconds from now."""
        self._waiting.append(act)
        timer = threading.Timer(seconds, self._come, (act,))
        timer.daemon = True
        timer.start()

    def hurry(self) -> None:
        """Do now what still waits."""
        while self._waiting:
            self._waiting.pop(0)()

    def _come(self, act: Act) -> None:
        with self._lock:
            if act in self._waiting:
                self._waiting.remove(act)
                act()
