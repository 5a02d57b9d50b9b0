# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions run in one batch at a time (2.24): is another batch at them?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ._contract import Family, Status
from ._directory import Directory
from ._watch import Watch


class OtherBatches:
    """Looks at everybody but the members of one batch; ``own`` are their tags."""

    def __init__(
        self, directory: Directory, watch: Watch, batch: str | None, own: Collection[str]
    ) -> None:
        self._directory = directory
        self._watch = watch
        self._batch = batch
        self._own = frozenset(own)
        #: Who was seen at it last: while that goes on, nobody else need be asked for.
        self._seen: str | None = None

    def are_at_it(self, thoroughly: bool) -> bool:
        """Whether permissions are under way for anybody else.

        thoroughly asks for each user where getall shows no statuses, and not just for the first
        of each batch: for when the service says that it is so.
        """
        if self._seen and _is_at_permissions(self._watch.status(self._seen)):
            return True
        self._seen = next(iter(self._found(thoroughly)), None)
        return self._seen is not None

    def _found(self, thoroughly: bool) -> Sequence[str]:
        """The tags of users who are at it, as far as was looked."""
        directory = self._directory
        if directory.shows_tags and directory.shows_statuses:
            directory.forget()
            return [
                user.tag
                for user in directory.users
                if user.tag and user.tag not in self._own
                if user.status and _is_at_permissions(user.status)
            ]
        directory.forget_members()
        others = [name for name in directory.batches if name != self._batch]
        directory.read_members(others)
        members = [directory.members(name) for name in others]
        if not thoroughly:
            return [tag for tags in members for tag in self._of_a_batch(tags)]
        tags = [tag for each in members for tag in each]
        tags += [user.tag for user in directory.users if user.tag]  # some may be in no batch
        return self._of([tag for tag in dict.fromkeys(tags) if tag not in self._own])

    def _of_a_batch(self, tags: Sequence[str]) -> Sequence[str]:
        """All members are scheduled at once: a first one that never was speaks for all."""
        first = self._watch.all_statuses(tags[:1])
        if not first or first[0].family not in (Family.PERMISSIONS, Family.CALENDAR):
            return []
        return tags[:1] if _is_at_permissions(first[0]) else self._of(tags[1:])

    def _of(self, tags: Sequence[str]) -> Sequence[str]:
        statuses = self._watch.all_statuses(tags)
        return [tag for tag, status in zip(tags, statuses) if _is_at_permissions(status)]


def _is_at_permissions(status: Status) -> bool:
    return status.family is Family.PERMISSIONS and status.active
