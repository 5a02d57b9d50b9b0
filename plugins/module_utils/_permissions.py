# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions run in one batch at a time (2.24): is another batch at them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from ._contract import UNFINISHED, Family, Phase, Status
from ._directory import Directory
from ._watch import Watch

#: How many of a batch are heard that are in a pass or before the first: none of them goes with the
#: others to permissions, and in a batch that has not begun there are only such. These at the least,
#: and so many of all batches together.
HEARD, HEARD_IN_ALL = 3, 1000


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
        #: Of batches that were done with it, as all members showed: who spoke for them.
        self._done: dict[str, str] = {}

    @property
    def is_seen(self) -> bool:
        """Whether somebody was at it when it was last looked for."""
        return self._seen is not None

    def is_still_at_it(self) -> bool:
        """Whether who was seen at it last still is: one request."""
        return bool(self._seen) and bool(self._at_it([self._seen or ""]))

    def are_at_it(self, thoroughly: bool) -> bool:
        """Whether permissions are under way for anybody else.

        thoroughly asks for each user where getall shows no statuses, and not just for the first
        of each batch: for when the service says that it is so.
        """
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
        if not thoroughly:
            return self._found_by_batch({name: directory.members(name) for name in others})
        tags = [tag for name in others for tag in directory.members(name)]
        tags += [user.tag for user in directory.users if user.tag]  # some may be in no batch
        return self._at_it([tag for tag in dict.fromkeys(tags) if tag not in self._own])

    def _found_by_batch(self, members: Mapping[str, Sequence[str]]) -> Sequence[str]:
        """All members are scheduled at once, so one of them speaks for a batch.

        It is the first who has finished a pass; where that one is done with permissions, the
        others of the batch may not be.
        """
        waiting = {name: list(tags) for name, tags in members.items() if tags}
        enough = max(HEARD, HEARD_IN_ALL // max(1, len(waiting)))
        heard: Counter[str] = Counter()
        mixed: dict[str, str] = {}
        looks, at_once = 0, 1
        while waiting:
            speakers = []
            for name, tags in list(waiting.items()):
                asked = min(at_once, enough - heard[name])
                speakers += [(name, tag) for tag in tags[:asked]]
                waiting[name] = tags[asked:]
            statuses = self._watch.all_statuses([tag for _name, tag in speakers])
            for (name, tag), status in zip(speakers, statuses):
                if _is_at_permissions(status):
                    return [tag]
                if status.family in (Family.PERMISSIONS, Family.CALENDAR):
                    mixed[name] = tag
                heard[name] += status.name not in UNFINISHED
                if _has_finished(status) or heard[name] >= enough or not waiting.get(name):
                    waiting.pop(name, None)
            looks += 1
            if looks >= HEARD:  # the first are mostly enough; of the others, ever more at once
                at_once *= 2
        mixed = {name: tag for name, tag in mixed.items() if self._done.get(name) != tag}
        at_it = self._at_it([tag for name in mixed for tag in members[name]])
        if not at_it:
            self._done.update(mixed)
        return at_it

    def _at_it(self, tags: Sequence[str]) -> Sequence[str]:
        statuses = self._watch.all_statuses(tags)
        return [tag for tag, status in zip(tags, statuses) if _is_at_permissions(status)]


def _has_finished(status: Status) -> bool:
    return status.phase is Phase.DONE and status.family is not Family.AUDIT


def _is_at_permissions(status: Status) -> bool:
    return status.family is Family.PERMISSIONS and status.active
