# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated time: durations are shortened by the speed, stamps stay those of the wall clock."""

from __future__ import annotations

import bisect
import time


class Clock:
    """Counts simulated seconds since its start, and knows at what wall time each came to pass."""

    def __init__(self, speed: float) -> None:
        """`speed` is how many simulated seconds go by in one second of the wall clock."""
        self.speed = speed
        # Simulated time runs evenly from each of these points on; a jump adds a point.
        self._simulated = [0.0]
        self._wall = [time.time()]
        self._latest = self._wall[0]

    def wall_now(self) -> float:
        """Seconds since the epoch, never less than before, even if the clock is set back."""
        self._latest = max(self._latest, time.time())
        return self._latest

    def now(self) -> float:
        """Simulated seconds since the start."""
        return self._simulated[-1] + (self.wall_now() - self._wall[-1]) * self.speed

    def advance(self, seconds: float) -> None:
        """Jump: all that would have come to pass in so many simulated seconds does so at once."""
        reached = self.now() + seconds
        self._simulated.append(reached)
        self._wall.append(self.wall_now())

    def wall(self, simulated: float) -> float:
        """The wall time (seconds since the epoch) at which a simulated moment came or will come."""
        place = bisect.bisect_right(self._simulated, simulated) - 1
        moment = self._wall[place] + (simulated - self._simulated[place]) / self.speed
        following = self._wall[place + 1 : place + 2]
        return min([moment, *following])  # what a jump skipped came to pass at the jump
