# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users on their way to a state: where each is, and what of it is this run's doing. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ._contract import Status
from ._models import MailUser, Pass, Totals
from ._standing import Fact, Standing


@dataclass(frozen=True)
class Start:
    """A start of one user, and what was seen before it; None is what is not known of it."""

    moment: dt.datetime | None
    #: Not known where another task made it, and it shows by now.
    status: Status | None
    #: How many passes the history had.
    passes: int | None


@dataclass
class Tracked:
    """A user on its way to the state."""

    tag: str
    user: MailUser | None
    fact: Fact
    standing: Standing
    settled: bool = False
    #: Why it is not done, and what to do, in words.
    reason: str = ""
    start: Start | None = None
    starts: int = 0
    #: Whether it was begun or awaited by this run, so that a failure is one of this run.
    of_this_run: bool = False
    #: Whether it was being stopped when the run began: then that is no interference with it.
    was_stopping: bool = False
    #: When it was last seen in a pass of the state's families.
    active_at: dt.datetime | None = None
    #: Monotonic seconds since which nothing explains what the service shows.
    odd_since: float | None = None
    #: Whether it failed only because nothing explained it for too long.
    is_puzzling: bool = False
    #: Whether another server_timezone would explain it.
    is_of_wrong_zone: bool = False

    @property
    def label(self) -> str:
        """How messages and diffs name the user."""
        return self.user.label if self.user else self.tag

    @property
    def newest(self) -> Pass | None:
        """The newest pass that has ended."""
        ended = [one for one in self.fact.passes or () if one.end]
        return ended[-1] if ended else None

    @property
    def passes_before(self) -> int | None:
        """How many passes history had before the start, or has where there was none; None: not known."""
        if self.start:
            return self.start.passes
        return self.fact.pass_count

    @property
    def has_new_pass(self) -> bool:
        """Whether history shows a pass more than before the start."""
        before = self.start.passes if self.start else None
        if self.fact.passes is None or before is None:
            return False
        if len(self.fact.passes) > before:
            return True
        # A history may keep the newest ones alone; it has full seconds.
        newest, moment = self.newest, self.start.moment if self.start else None
        return bool(newest and moment and newest.start > moment - dt.timedelta(seconds=1))

    @property
    def shows_effect(self) -> bool:
        """Whether the start can be seen: another status than before it, or a new pass."""
        is_moved = self.start is not None and self.fact.status != self.start.status
        return is_moved or self.has_new_pass


def items_of(tracked: Sequence[Tracked]) -> Totals:
    """The counters of all kinds in the newest passes of all users."""
    return sum((one.newest.items for one in tracked if one.newest), Totals())


def items_failed_percent(tracked: Sequence[Tracked]) -> float:
    """The share of the items in the newest passes that failed, in percent."""
    items = items_of(tracked)
    return 100 * items.failure / items.total if items.total else 0.0
