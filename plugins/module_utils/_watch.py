# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at users with as few requests as the service allows."""

from __future__ import annotations

import datetime as dt
import typing as t
from collections.abc import Callable, Sequence

from ._client import Client
from ._contract import Status, refused_status
from ._directory import Directory
from ._errors import CloudiwayError, Refused
from ._models import MailUser, Pass
from ._standing import Fact, Goal, needs_history

X = t.TypeVar("X")


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

    def all_statuses(self, tags: Sequence[str]) -> list[Status]:
        """The statuses of these users, each asked for now."""
        found = self._told(self._client.status, tags)
        return [refused_status(one.message) if isinstance(one, Refused) else one for one in found]

    def histories(self, tags: Sequence[str]) -> dict[str, tuple[Pass, ...] | Refused]:
        """The passes of these users, the oldest first."""
        found = self._told(lambda tag: self._client.history(tag, self._zone), tags)
        return dict(zip(tags, found))

    def history(self, tag: str) -> tuple[Pass, ...]:
        """The passes of one user, the oldest first."""
        return self._client.history(tag, self._zone)

    def _told(self, ask: Callable[[str], X], tags: Sequence[str]) -> list[X | Refused]:
        """What is told of each user; one may be refused, as somebody has deleted it meanwhile.

        Raises Refused where the service refuses everything.
        """
        told: list[X | Refused] = []
        for answer in self._client.each(ask, tags):
            if isinstance(answer, CloudiwayError) and not isinstance(answer, Refused):
                raise answer
            told.append(answer)
        if told and all(isinstance(answer, Refused) for answer in told):
            self._client.batches()
        return told

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
        histories = self.histories(asked)
        return [
            fact_of(status, histories.get(tag)) for (tag, _user), status in zip(users, statuses)
        ]


def fact_of(status: Status, passes: tuple[Pass, ...] | Refused | None) -> Fact:
    """What is known of a user; nothing is where the history is refused."""
    if isinstance(passes, Refused):
        return Fact(refused_status(passes.message))
    return Fact(status, passes)
