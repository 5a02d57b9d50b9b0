# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the server after a lost answer: is the effect of an action there?

Each look takes the arguments of the call, and what the action tells beside them.
"""

from __future__ import annotations

import threading
import time
import typing as t
from collections import defaultdict
from collections.abc import Iterable

from . import _contract as contract
from ._client import Client
from ._errors import CloudiwayError, Refused
from ._models import FIELDS, MailUser, address_key, same_address
from ._plan import Action
from ._verdict import TurnedAway
from ._wire import Arguments


class Looks:
    """The looks of one run. Safe to call from several threads."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._turn = threading.Lock()
        self._began = float("-inf")  # monotonic; when the newest listing was asked for
        self._listed: _Listed | CloudiwayError = _Listed([])

    def happened(self, action: Action, arguments: Arguments) -> bool:
        """Look at the server: is the effect of the action, made with these arguments, there?"""
        return _LOOKS[action.call.name](self, arguments, action.about)

    def listed(self) -> _Listed:
        """Who is listed since now: one getall for all who ask while another one is under way.

        Where a service falters, many answers are lost at once, and the list may be long. Raises
        what the getall raised.
        """
        asked = time.monotonic()
        with self._turn:
            if self._began < asked:
                self._began = time.monotonic()
                try:
                    self._listed = _Listed(self.client.users())
                except CloudiwayError as why:
                    self._listed = why
            listed = self._listed
        if isinstance(listed, CloudiwayError):
            raise listed
        return listed


class _Listed:
    """Of a getall, no more than tells whether a user is there."""

    def __init__(self, users: Iterable[MailUser]) -> None:
        #: By source address, the target and the tag of each.
        self._of_source: dict[str, list[tuple[str | None, str | None]]] = defaultdict(list)
        tags: set[str | None] = set()
        for user in users:
            shown = user.target_email, user.tag
            self._of_source[address_key(user.source_email)].append(shown)
            tags.add(user.tag)
        #: The tags of all users; None where getall does not show them.
        self.tags = None if None in tags else tags

    def has(self, pair: Arguments, look_up: t.Callable[[str], MailUser]) -> bool:
        """Whether a user with these addresses is there, as far as the service shows them.

        look_up tells the target of a user where getall does not; one that nothing tells may be it.
        """
        for target, tag in self._of_source.get(address_key(pair["sourceEmail"]), ()):
            if not pair["targetEmail"]:
                return True
            if not target and tag:
                target = look_up(tag).target_email
            if not target or same_address(target, pair["targetEmail"]):
                return True
        return False


def _is_created(looks: Looks, arguments: Arguments, _about: Arguments) -> bool:
    try:
        looks.client.tag_of(arguments["sourceEmail"], arguments["targetEmail"])
    except Refused:  # which does not prove absence; getall does
        return looks.listed().has(arguments, looks.client.user)
    return True


def _is_updated(looks: Looks, arguments: Arguments, _about: Arguments) -> bool:
    shown = looks.client.user(arguments[contract.TAG])
    return all(getattr(shown, name) == arguments[field] for name, field in FIELDS.items())


def _is_deleted(looks: Looks, arguments: Arguments, about: Arguments) -> bool:
    listed = looks.listed()
    if listed.tags is not None:
        return arguments[contract.TAG] not in listed.tags
    try:
        looks.client.user(arguments[contract.TAG])
    except TurnedAway:
        raise
    except Refused:  # which does not prove absence; getall does
        return not listed.has(about, looks.client.user)
    return False


def _is_member(looks: Looks, arguments: Arguments, _about: Arguments) -> bool:
    return arguments[contract.TAG] in looks.client.members(arguments[contract.BATCH])


def _has_left(looks: Looks, arguments: Arguments, about: Arguments) -> bool:
    return arguments[contract.TAG] not in looks.client.members(about[contract.BATCH])


def _batch_is_there(looks: Looks, arguments: Arguments, _about: Arguments) -> bool:
    return arguments[contract.BATCH] in looks.client.batches()


_LOOKS: t.Final[dict[str, t.Callable[[Looks, Arguments, Arguments], bool]]] = {
    "create": _is_created,
    "update": _is_updated,
    "delete": _is_deleted,
    "license": lambda looks, arguments, about: False,
    "addtobatch": _is_member,
    "removefrombatch": _has_left,
    "createbatch": _batch_is_there,
    "deletebatch": lambda looks, arguments, about: not _batch_is_there(looks, arguments, about),
}
