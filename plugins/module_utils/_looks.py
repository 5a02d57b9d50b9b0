# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the server after a lost answer: is the effect of an action there?

Each look takes the arguments of the call, and the batch that a user leaves where it leaves one.
"""

from __future__ import annotations

import typing as t

from . import _contract as contract
from ._client import Client
from ._directory import Directory
from ._errors import Refused
from ._models import same_address
from ._plan import Action
from ._sightings import FIELDS
from ._wire import Arguments


def _is_created(client: Client, arguments: Arguments, _leaves: str | None) -> bool:
    source, target = arguments["sourceEmail"], arguments["targetEmail"]
    try:
        client.tag_of(source, target)
    except Refused:  # which does not prove absence; getall does
        fresh = Directory(client)
        return any(
            same_address(user.source_email, source)
            and (user.target_email is None or same_address(user.target_email, target))
            for user in fresh.users
        )
    return True


def _is_updated(client: Client, arguments: Arguments, _leaves: str | None) -> bool:
    shown = client.user(arguments[contract.TAG])
    return all(getattr(shown, name) == arguments[field] for name, field in FIELDS.items())


def _is_deleted(client: Client, arguments: Arguments, _leaves: str | None) -> bool:
    fresh = Directory(client)
    fresh.load()
    return fresh.by_tag(arguments[contract.TAG]) is None


def _is_member(client: Client, arguments: Arguments, _leaves: str | None) -> bool:
    """Whether the effect of addtobatch is there."""
    return arguments[contract.TAG] in client.members(arguments[contract.BATCH])


def _has_left(client: Client, arguments: Arguments, leaves: str | None) -> bool:
    """Whether the effect of removefrombatch is there."""
    return leaves is not None and arguments[contract.TAG] not in client.members(leaves)


def _batch_is_there(client: Client, arguments: Arguments, _leaves: str | None) -> bool:
    """Whether the effect of createbatch is there."""
    return arguments[contract.BATCH] in client.batches()


_LOOKS: t.Final[dict[str, t.Callable[[Client, Arguments, str | None], bool]]] = {
    "create": _is_created,
    "update": _is_updated,
    "delete": _is_deleted,
    "license": lambda client, arguments, leaves: False,
    "addtobatch": _is_member,
    "removefrombatch": _has_left,
    "createbatch": _batch_is_there,
    "deletebatch": lambda client, arguments, leaves: not _batch_is_there(client, arguments, leaves),
}


def happened(client: Client, action: Action, arguments: Arguments) -> bool:
    """Look at the server: is the effect of the action, made with these arguments, there?"""
    return _LOOKS[action.call.name](client, arguments, action.leaves)
