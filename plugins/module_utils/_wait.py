# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one waiting loop: look, and look again, until all is settled or the time is up.

The pause between two looks grows while nothing moves and shrinks again when something does.
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

#: How much longer than poll_interval the pause may become while nothing moves.
SLOWEST = 4.0
_GROWTH = 1.5


class TimedOut(Exception):
    """The time was up before all was settled."""


@dataclass(frozen=True)
class Look:
    """What one look found: whether all is settled, and whether anything moved since the last."""

    settled: bool
    moved: bool


def wait(
    look: t.Callable[[], Look],
    *,
    poll_interval: float,
    wait_timeout: float,
    sleep: t.Callable[[float], object] = time.sleep,
    clock: t.Callable[[], float] = time.monotonic,
) -> None:
    """Call look until it finds all settled; poll_interval and wait_timeout are seconds.

    Raises TimedOut when wait_timeout has passed; whoever looks keeps what was seen last.
    """
    deadline = clock() + wait_timeout
    pause = poll_interval
    while True:
        found = look()
        if found.settled:
            return
        left = deadline - clock()
        if left <= 0:
            raise TimedOut
        pause = poll_interval if found.moved else min(pause * _GROWTH, poll_interval * SLOWEST)
        sleep(min(pause, left))
