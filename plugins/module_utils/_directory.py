# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is on the server: users by address and tag, batches and their members. Reads, never writes.

Everything is asked for once and kept until ``forget``. Whether getall (2.1) shows tags and target
addresses is not documented: where it does not, a look-up is made for the users that need it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import replace
from functools import cached_property

from . import _contract as contract
from ._client import Client
from ._errors import Ambiguous, CloudiwayError, NotFound, Refused
from ._models import MailUser, address_key, same_address
from ._verdict import TurnedAway

#: How many batches a message names.
_SHOWN = 10


def no_such_batch(client: Client, batch: str) -> NotFound:
    """The failure for a batch that is not there; it names those that are, as one may be meant."""
    there = client.batches()
    names = ", ".join(map(repr, there[:_SHOWN])) or "none"
    more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
    text = f"there is no batch {batch!r}; there is {names}{more}"
    return NotFound(text, call=contract.MEMBERS.name)


def _grouped_by_source(users: Iterable[MailUser]) -> dict[str, list[MailUser]]:
    by_source: dict[str, list[MailUser]] = defaultdict(list)
    for user in users:
        namesakes = by_source[address_key(user.source_email)]
        # One that is listed twice is one.
        if not user.tag or all(one.tag != user.tag for one in namesakes):
            namesakes.append(user)
    return dict(by_source)


def _of_target(user: MailUser | None, target_email: str | None) -> MailUser | None:
    """The user, unless the service shows that it migrates to another target than this one."""
    shown = user.target_email if user else None
    return None if shown and target_email and not same_address(shown, target_email) else user


class Directory:
    """The users and batches of the server, as far as they were asked for."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._members: dict[str, dict[str, None]] = {}  # tags, in their order
        self._batch_of: dict[str, str] = {}
        self._looked_up: dict[str, MailUser] = {}
        self._by_pair: dict[tuple[str, str], MailUser] = {}
        self._new: dict[str, list[MailUser]] = {}  # by source address

    # Users ----------------------------------------------------------------------------------

    @cached_property
    def users(self) -> list[MailUser]:
        """All users (one getall)."""
        return self._client.users()

    @cached_property
    def _by_source(self) -> dict[str, list[MailUser]]:
        return _grouped_by_source(self.users)

    @cached_property
    def _by_tag(self) -> dict[str, MailUser]:
        return {user.tag: user for user in self.users if user.tag}

    def load(self) -> None:
        """Ask for all users now, before several threads look for one each."""
        self._by_tag.keys()
        self._by_source.keys()

    def list_new(self, sources: Container[str]) -> None:
        """Ask for all users (one getall), and keep those with these source addresses, by address_key.

        They are who was made. Who was found by an earlier one stays known, to other threads too.
        """
        self._new = {**self._new, **_grouped_by_source(self._client.users(sources))}

    @property
    def shows_tags(self) -> bool:
        """Whether getall carries migration tags (true where there are no users to tell)."""
        return len(self._by_tag) == len(self.users)

    @property
    def shows_statuses(self) -> bool:
        """Whether getall carries statuses."""
        return bool(self.users) and all(user.status for user in self.users)

    def forget(self) -> None:
        """Ask again for users and members when they are needed next."""
        for name in ("users", "_by_source", "_by_tag"):
            self.__dict__.pop(name, None)
        self._looked_up.clear()
        self._by_pair.clear()
        self.forget_members()

    def forget_members(self) -> None:
        """Ask again for batches and their members when they are needed next."""
        self.__dict__.pop("batches", None)
        self._members.clear()
        self._batch_of.clear()

    def known(self, tag: str) -> MailUser | None:
        """The user with a migration tag, as far as that was asked for."""
        users, shown = self._by_tag, self._client.as_shown(tag)
        return users.get(shown) or self._looked_up.get(shown)

    def by_tag(self, tag: str) -> MailUser | None:
        """The user with a migration tag; None where the service says that there is none."""
        found = self.known(tag)
        if found is None and not self.shows_tags:
            try:
                found = self._client.user(tag)
            except TurnedAway:
                raise
            except Refused:
                return None
            self._looked_up[found.tag or tag] = found
        return found

    def by_address(self, source_email: str, target_email: str | None = None) -> MailUser | None:
        """The user with a source address; where there are several, the one of the pair.

        The user has its tag. Raises Ambiguous where no single user can be told.
        """
        known = self._by_source.get(address_key(source_email), [])
        return self._one_of(known, source_email, target_email)

    def _one_of(
        self, known: list[MailUser], source_email: str, target_email: str | None
    ) -> MailUser | None:
        if len(known) > 1:
            if target_email is None:
                raise Ambiguous(
                    f"{source_email}: {len(known)} users have this source address; "
                    "name the target address or the migration tag too"
                )
            known = self._of_pair(known, target_email)
        return self.tagged(known[0], target_email) if known else None

    def of_pair(self, source_email: str, target_email: str | None) -> MailUser | None:
        """The user with both addresses, for what is not to be done to another of the same source.

        None where the service shows that its target is another one. Raises Ambiguous.
        """
        return _of_target(self.by_address(source_email, target_email), target_email)

    def made(self, source_email: str, target_email: str) -> MailUser | None:
        """A user that was made in this run, as far as list_new was asked.

        Who alone has its source address is the one, and need not be looked up for its target. None
        where the service shows that its target is another one. Raises Ambiguous.
        """
        known = self._new.get(address_key(source_email), [])
        is_told = len(known) == 1 and known[0].tag
        found = known[0] if is_told else self._one_of(known, source_email, target_email)
        return _of_target(found, target_email)

    def _of_pair(self, known: list[MailUser], target_email: str) -> list[MailUser]:
        """Of users with the same source address, the one of the pair; none where there is none.

        Raises Ambiguous where several are of the pair, as far as the service shows it.
        """
        if any(user.tag and not user.target_email for user in known):
            known = [self.tagged(user, target_email) for user in known]
        pairs = [user for user in known if same_address(user.target_email, target_email)]
        # One that is listed twice is one: nobody is to be told to delete the other.
        pairs = list({user.tag or at: user for at, user in enumerate(pairs)}.values())
        if len(pairs) > 1:  # made by hand, or from two machines at once
            tags = ", ".join(user.tag for user in pairs if user.tag)
            raise Ambiguous(
                f"{pairs[0].source_email}: {len(pairs)} users migrate from it to {target_email}"
                f"{f' (migration tags {tags})' if tags else ''}; delete all but one, for instance "
                "by migration_tag, or say by migration_tag which one is meant"
            )
        hidden = [user for user in known if not user.target_email]
        if pairs or not hidden:
            return pairs
        return [replace(hidden[0], tag=None)]  # the tag is looked up by the pair: that tells which

    def tagged(self, user: MailUser, target_email: str | None = None) -> MailUser:
        """The user with its tag, looked up by its pair where getall does not show it.

        target_email is the declared one: where getall does not show the user's, that is read too,
        to be compared. Raises Ambiguous where the pair is not known.
        """
        target = user.target_email or target_email
        pair = address_key(user.source_email), address_key(target)
        if user.tag:
            return self._with_target(user, user.tag) if target_email else user
        if pair in self._by_pair:
            return self._by_pair[pair]
        if target is None:
            raise Ambiguous(
                f"{user.source_email}: the service does not list target addresses; "
                "name the target address or the migration tag too"
            )
        try:
            tag = self._client.tag_of(user.source_email, target)
        except Refused as why:
            raise Ambiguous(
                f"{user.source_email}: is on the server, but its migration tag cannot be learnt "
                f"with the target {target} ({why.message}); give migration_tag"
            ) from None
        found = replace(user, tag=tag, target_email=target)
        self._looked_up[tag] = self._by_pair[pair] = found
        return found

    def _with_target(self, user: MailUser, tag: str) -> MailUser:
        """The user with its target address, from a look-up where getall does not show it."""
        if user.target_email:
            return user
        if tag not in self._looked_up:
            shown = self._client.user(tag)
            self._looked_up[tag] = replace(user, target_email=shown.target_email)
        return self._looked_up[tag]

    def look_up(self, tags: Iterable[str]) -> list[MailUser | None]:
        """The users with these tags, several look-ups at once where getall shows no tags."""
        wanted = list(tags)
        if not self.shows_tags:
            missing = [tag for tag in wanted if tag not in self._looked_up]
            for tag, found in zip(missing, self._client.each(self._client.user, missing)):
                if isinstance(found, MailUser):
                    self._looked_up[found.tag or tag] = found
                elif isinstance(found, TurnedAway) or not isinstance(found, Refused):
                    raise found
        return [self.known(tag) for tag in wanted]

    # Batches --------------------------------------------------------------------------------

    @cached_property
    def batches(self) -> list[str]:
        """The names of all batches (one call)."""
        return self._client.batches()

    def read_members(self, batches: Iterable[str]) -> None:
        """Ask for the members of these batches, several at once, where not yet known."""
        missing = [name for name in dict.fromkeys(batches) if name not in self._members]
        for name, told in zip(missing, self._client.each(self._client.members, missing)):
            tags = self._none_of(name, told) if isinstance(told, CloudiwayError) else told
            self._members[name] = dict.fromkeys(tags)
            for tag in tags:
                self._batch_of.setdefault(tag, name)

    def _none_of(self, batch: str, why: CloudiwayError) -> list[str]:
        """The members of a batch that was deleted since it was listed. Raises why in other cases."""
        if isinstance(why, TurnedAway) or not isinstance(why, Refused) or batch not in self.batches:
            raise why
        there = self._client.batches()
        if batch in there:
            raise why
        self.__dict__["batches"] = there
        return []

    def members(self, batch: str) -> tuple[str, ...]:
        """The tags of a batch's members."""
        self.read_members([batch])
        return tuple(self._members[batch])

    def is_member(self, tag: str, batch: str) -> bool:
        """Whether a user is in a batch; false where there is no such batch."""
        if batch not in self._members:
            if batch not in self.batches:
                return False
            self.read_members([batch])
        return tag in self._members[batch]

    def batch_of(self, tag: str) -> str | None:
        """The batch that a user is in: a user is in one at most, as 2.15 names no batch.

        Asks for the members of all batches.
        """
        if len(self._members) < len(self.batches):
            self.read_members(self.batches)
        return self._batch_of.get(tag)
