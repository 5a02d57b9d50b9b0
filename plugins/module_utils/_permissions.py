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

    def are_at_it(self) -> bool:
        """Whether permissions are under way for anybody else."""
        directory = self._directory
        if directory.shows_tags and directory.shows_statuses:
            directory.forget()
            return any(
                _is_at_permissions(user.status)
                for user in directory.users
                if user.status and user.tag not in self._own
            )
        directory.forget_members()
        others = [name for name in directory.batches if name != self._batch]
        directory.read_members(others)
        return any(self._is_at_it(directory.members(name)) for name in others)

    def _is_at_it(self, tags: Sequence[str]) -> bool:
        """All members are scheduled at once: a first one that never was speaks for all."""
        if not tags:
            return False
        first = self._watch.status(tags[0])
        if first.family is not Family.PERMISSIONS or first.active:
            return _is_at_permissions(first)
        return any(map(_is_at_permissions, self._watch.all_statuses(tags[1:])))


def _is_at_permissions(status: Status) -> bool:
    return status.family is Family.PERMISSIONS and status.active
