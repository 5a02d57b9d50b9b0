# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users on their way to a state, and looks at them with as few requests as the service allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ._client import Client
from ._clock import refuse_future
from ._contract import Status
from ._directory import Directory
from ._models import MailUser, Pass, Totals
from ._standing import Fact, Goal, Standing, needs_history


@dataclass(frozen=True)
class Start:
    """A start of one user: when, and what was to be seen just before."""

    clock: float
    moment: dt.datetime
    before: Fact


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
    #: Monotonic seconds since which nothing explains what the service shows.
    odd_since: float | None = None
    #: Whether it failed only because nothing explained it for too long.
    is_puzzling: bool = False

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
    def has_new_pass(self) -> bool:
        """Whether history shows a pass more than before the start."""
        before = self.start.before.passes if self.start else None
        if self.fact.passes is None or before is None:
            return False
        return len(self.fact.passes) > len(before)

    @property
    def shows_effect(self) -> bool:
        """Whether the start can be seen: another status than before it, or a new pass."""
        is_moved = self.start is not None and self.fact.status != self.start.before.status
        return is_moved or self.has_new_pass


class Watch:
    """Asks for statuses and histories, with as few requests as the service allows."""

    def __init__(
        self, client: Client, directory: Directory, zone: dt.tzinfo, is_fresh: bool = False
    ) -> None:
        self._client = client
        self._directory = directory
        self._zone = zone
        #: Whether the first look may use the getall that was made to name the users.
        self._is_fresh = is_fresh
        #: Called after each answer, from any lane: a look at thousands takes longer than a heartbeat.
        self.beat: Callable[[], None] = lambda: None

    def statuses(self, tags: Sequence[str]) -> list[Status]:
        """The statuses of these users: one getall where it shows them and they are not few."""
        listed = self._directory.shows_tags and self._directory.shows_statuses
        if listed and not self._is_fresh:
            listed = len(tags) > 1 and len(tags) * 100 >= len(self._directory.users)
            if listed:
                self._directory.forget()
                self._directory.load()
        self._is_fresh = False
        known: dict[str, Status] = {}
        for tag in tags:
            user = self._directory.known(tag) if listed else None
            if user and user.status:
                known[tag] = user.status
        missing = [tag for tag in tags if tag not in known]
        known.update(zip(missing, self.all_statuses(missing)))
        return [known[tag] for tag in tags]

    def status(self, tag: str) -> Status:
        """The status of one user, asked for now."""
        status = self._client.status(tag)
        self.beat()
        return status

    def all_statuses(self, tags: Sequence[str]) -> list[Status]:
        """The statuses of these users, each asked for now."""
        return self._client.all(self.status, tags)

    def history(self, tag: str) -> tuple[Pass, ...]:
        """The passes of one user, the oldest first."""
        passes = self._client.history(tag, self._zone)
        self.beat()
        return passes

    def track(
        self, goal: Goal, users: Sequence[tuple[str, MailUser | None]], with_active: bool = False
    ) -> list[Fact]:
        """Where these users are now; with the history of those whose status does not tell."""
        statuses = self.statuses([tag for tag, _user in users])
        asked = [
            tag
            for (tag, _user), status in zip(users, statuses)
            if needs_history(goal, status) or (with_active and status.active)
        ]
        histories = dict(zip(asked, self._client.all(self.history, asked)))
        for tag, passes in histories.items():
            refuse_future(tag, passes)
        return [Fact(status, histories.get(tag)) for (tag, _user), status in zip(users, statuses)]


def items_of(tracked: Sequence[Tracked]) -> Totals:
    """The counters of all kinds in the newest passes of all users."""
    return sum((one.newest.items for one in tracked if one.newest), Totals())


def items_failed_percent(tracked: Sequence[Tracked]) -> float:
    """The share of the items in the newest passes that failed, in percent."""
    items = items_of(tracked)
    return 100 * items.failure / items.total if items.total else 0.0
