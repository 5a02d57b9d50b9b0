# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the server after a lost answer: is the effect of an action there?

Each look takes the arguments of the call, and what the action tells beside them.
"""

from __future__ import annotations

import typing as t

from . import _contract as contract
from ._client import Client
from ._errors import Refused
from ._models import MailUser, same_address
from ._plan import Action
from ._sightings import FIELDS
from ._wire import Arguments


def _is_created(client: Client, arguments: Arguments, _about: Arguments) -> bool:
    try:
        client.tag_of(arguments["sourceEmail"], arguments["targetEmail"])
    except Refused:  # which does not prove absence; getall does
        return _is_listed(client.users(), arguments)
    return True


def _is_listed(users: list[MailUser], pair: Arguments) -> bool:
    """Whether a user with these addresses is there, as far as getall shows them."""
    return any(
        same_address(user.source_email, pair["sourceEmail"])
        and (user.target_email is None or same_address(user.target_email, pair["targetEmail"]))
        for user in users
    )


def _is_updated(client: Client, arguments: Arguments, _about: Arguments) -> bool:
    shown = client.user(arguments[contract.TAG])
    return all(getattr(shown, name) == arguments[field] for name, field in FIELDS.items())


def _is_deleted(client: Client, arguments: Arguments, about: Arguments) -> bool:
    users = client.users()
    if all(user.tag for user in users):
        return arguments[contract.TAG] not in {user.tag for user in users}
    return not _is_listed(users, about)


def _is_member(client: Client, arguments: Arguments, _about: Arguments) -> bool:
    return arguments[contract.TAG] in client.members(arguments[contract.BATCH])


def _has_left(client: Client, arguments: Arguments, about: Arguments) -> bool:
    return arguments[contract.TAG] not in client.members(about[contract.BATCH])


def _batch_is_there(client: Client, arguments: Arguments, _about: Arguments) -> bool:
    return arguments[contract.BATCH] in client.batches()


_LOOKS: t.Final[dict[str, t.Callable[[Client, Arguments, Arguments], bool]]] = {
    "create": _is_created,
    "update": _is_updated,
    "delete": _is_deleted,
    "license": lambda client, arguments, about: False,
    "addtobatch": _is_member,
    "removefrombatch": _has_left,
    "createbatch": _batch_is_there,
    "deletebatch": lambda client, arguments, about: not _batch_is_there(client, arguments, about),
}


def happened(client: Client, action: Action, arguments: Arguments) -> bool:
    """Look at the server: is the effect of the action, made with these arguments, there?"""
    return _LOOKS[action.call.name](client, arguments, action.about)
