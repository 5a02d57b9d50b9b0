# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches: observe and plan. A user is in one batch at most, since 2.15 names none to leave."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import _contract as contract
from ._client import Client
from ._directory import Directory
from ._errors import CloudiwayError, ForceNeeded, InvalidInput, Refused
from ._intents import refusal_of
from ._looks import Looks
from ._models import MailUser
from ._plan import Action, Chain, Outcome, Plan, Stage, View, apply
from ._turns import subject_of_batch, to_make_turn
from ._verdict import TurnedAway


@dataclass(frozen=True)
class Observed:
    """A batch as the server shows it, and the users that are declared as its members."""

    there: bool
    members: tuple[str, ...] = ()
    #: The tags of the declared members; None where no members are declared.
    wanted: tuple[str, ...] | None = None
    #: The batch in which a wanted user is now, by tag, where that is another one.
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    #: What diffs and results call a user, by tag: its source address where that is known.
    labels: Mapping[str, str] = field(default_factory=dict)
    #: Declared users that are not on the server.
    unknown: tuple[str, ...] = ()

    def label(self, tag: str) -> str:
        """What diffs and results call the user."""
        return self.labels.get(tag, tag)


def _observe(client: Client, directory: Directory, params: Mapping[str, object]) -> Observed:
    name, users = str(params["name"]), params.get("users")
    there = name in directory.batches
    emptied = params.get("state") == "absent" and bool(params.get("force"))
    if not there and not users:
        return Observed(there)
    members = directory.members(name) if there else ()
    if isinstance(users, list):
        return _observe_declared(client, directory, there, members, users)
    labels = _labels(directory, members) if emptied else {}
    return Observed(there, members, labels=labels)


def _observe_declared(
    client: Client,
    directory: Directory,
    there: bool,
    members: tuple[str, ...],
    users: Sequence[str],
) -> Observed:
    directory.load()
    found = client.all(lambda user: _find(directory, user), users)
    wanted = {user.tag: user for user in found if user and user.tag}
    return Observed(
        there,
        members,
        tuple(wanted),
        {tag: now for tag in wanted if tag not in members and (now := directory.batch_of(tag))},
        {**_labels(directory, members), **{tag: user.label for tag, user in wanted.items()}},
        tuple(user for user, one in zip(users, found) if one is None),
    )


def _find(directory: Directory, user: str) -> MailUser | None:
    """The user that a declared member names, by source address or by tag."""
    if "@" in user:
        return directory.by_address(user)
    return directory.by_tag(user.strip())


def _labels(directory: Directory, tags: Sequence[str]) -> dict[str, str]:
    return {tag: user.label for tag in tags if (user := directory.known(tag))}


def plan(observed: Observed, name: str, exclusive: bool) -> Plan:
    """The way to a batch that is there with its declared members. Pure."""
    first: list[Chain] = []
    if not observed.there:
        first.append(Chain(name, (Action(contract.CREATE_BATCH, {contract.BATCH: name}),)))
    wanted = observed.wanted or ()
    second = [
        _joining(tag, name, observed.elsewhere.get(tag))
        for tag in wanted
        if tag not in observed.members
    ]
    # Users that the tasks before are yet to make: in check mode alone, so these are never sent.
    second += [_joining(user, name, None) for user in observed.unknown]
    gone = _surplus(observed, exclusive)
    second += [_leaving(tag, name) for tag in gone]
    before: View = {"name": name} if observed.there else {}
    after: View = {"name": name}
    if observed.wanted is not None:
        kept = [tag for tag in observed.members if tag not in gone]
        joined = [tag for tag in wanted if tag not in observed.members]
        if observed.there:
            before["users"] = sorted(map(observed.label, observed.members))
        after["users"] = sorted([*map(observed.label, kept + joined), *observed.unknown])
    return _plan(first, second, before, after)


def plan_absent(observed: Observed, name: str, force: bool) -> Plan:
    """The way to a batch that is not there. Deletes no user. Pure, but for the safety catch.

    Raises ForceNeeded where the batch has members.
    """
    if not observed.there:
        return Plan()
    if observed.members and not force:
        raise ForceNeeded(
            f"batch {name!r} has {len(observed.members)} members; "
            "force empties it first and deletes no user"
        )
    first = [_leaving(tag, name) for tag in observed.members]
    careful = "" if force else f"batch {name!r}: is not to be deleted"
    deletion = Action(contract.DELETE_BATCH, {contract.BATCH: name}, careful=careful)
    delete = Chain(name, (deletion,))
    before: View = {"name": name, "users": sorted(map(observed.label, observed.members))}
    return _plan(first, [delete], before, {})


def _plan(first: Sequence[Chain], second: Sequence[Chain], before: View, after: View) -> Plan:
    stages: list[Stage] = [tuple(stage) for stage in (first, second) if stage]
    return Plan(tuple(stages), before, after) if stages else Plan()


def _surplus(observed: Observed, exclusive: bool) -> list[str]:
    if not exclusive or observed.wanted is None:
        return []
    return [tag for tag in observed.members if tag not in observed.wanted]


def _joining(tag: str, batch: str, leaves: str | None) -> Chain:
    join = Action(contract.ADD_TO_BATCH, {contract.TAG: tag, contract.BATCH: batch})
    return Chain(tag, (*(_leaving(tag, leaves).actions if leaves else ()), join))


def _leaving(tag: str, batch: str) -> Chain:
    return Chain(
        tag,
        (Action(contract.REMOVE_FROM_BATCH, {contract.TAG: tag}, about={contract.BATCH: batch}),),
    )


def manage_batch(client: Client, params: Mapping[str, object], check_mode: bool) -> Outcome:
    """cloudiway_batch: one batch, present (with members) or absent."""
    with _turn_of(client, params, check_mode):
        return _manage(client, params, check_mode)


def _turn_of(
    client: Client, params: Mapping[str, object], check_mode: bool
) -> contextlib.AbstractContextManager[None]:
    """Be alone with the batch and its declared members."""
    if check_mode:
        return contextlib.nullcontext()
    users = params.get("users")
    subjects = [subject_of_batch(str(params["name"])), *(users if isinstance(users, list) else ())]
    return to_make_turn(client.connection.account, subjects)


def _manage(client: Client, params: Mapping[str, object], check_mode: bool) -> Outcome:
    name = str(params["name"])
    directory = Directory(client)
    observed = _observe(client, directory, params)
    if params.get("state") == "absent":
        planned = plan_absent(observed, name, bool(params.get("force")))
    else:
        if observed.unknown and not check_mode:
            raise InvalidInput(
                [
                    f"users: {user!r} is not a user of the service; cloudiway_mail_user makes one"
                    for user in observed.unknown
                ]
            )
        planned = plan(observed, name, bool(params.get("exclusive")))
    if not check_mode:
        looks = Looks(client)
        apply(
            planned,
            client,
            lambda action: looks.happened(action, action.arguments),
            lambda action: _mind_members(client, action),
        )
    return planned.outcome(_result(observed, params, planned), _warnings(observed))


def _mind_members(client: Client, action: Action) -> None:
    """Raise ForceNeeded where somebody has joined a batch that is to be deleted."""
    name = action.arguments[contract.BATCH]
    try:
        members = client.members(name)
    except TurnedAway:
        raise
    except Refused:
        if name in client.batches():
            raise
        return  # it was deleted meanwhile, which the call will show
    if members:
        count = f"{len(members)} member{'s' * (len(members) > 1)}"
        raise refusal_of(action.careful, f"it has {count} by now")


def _warnings(observed: Observed) -> list[str]:
    if not observed.unknown:
        return []
    names = ", ".join(observed.unknown)
    return [f"not on the server, taken to be created by the tasks before: {names}"]


def _result(observed: Observed, params: Mapping[str, object], planned: Plan) -> View:
    added = [
        observed.label(action.arguments[contract.TAG])
        for action in planned.actions
        if action.call is contract.ADD_TO_BATCH
    ]
    name = params["name"]
    left = [action for action in planned.actions if action.about.get(contract.BATCH) == name]
    removed = [action.arguments[contract.TAG] for action in left]
    batch: View | None = None
    if params.get("state") != "absent":
        members = [tag for tag in observed.members if tag not in removed]
        members += [tag for tag in observed.wanted or () if tag not in observed.members]
        users = [
            {"migration_tag": tag, "source_email": observed.labels.get(tag)} for tag in members
        ]
        batch = {"name": name, "users": users}
    return {
        "batch": batch,
        "added": added,
        "removed": [observed.label(tag) for tag in removed],
    }


def batch_info(client: Client, params: Mapping[str, object], check_mode: bool) -> Outcome:
    """cloudiway_batch_info: batches, their members and their settings."""
    directory = Directory(client)
    names = [name for name in directory.batches if params.get("name") in (None, name)]
    batches: list[View] = [{"name": name} for name in names]
    if params.get("members", True):
        directory.load()
        directory.read_members(names)
        directory.look_up(tag for name in names for tag in directory.members(name))
        for batch in batches:
            batch["users"] = [
                {
                    "migration_tag": tag,
                    "source_email": user.source_email if user else None,
                    "target_email": user.target_email if user else None,
                }
                for tag in directory.members(batch["name"])
                for user in [directory.known(tag)]
            ]
    if params.get("settings", True):
        for batch, settings in zip(batches, client.each(client.settings, names)):
            if isinstance(settings, Refused) and not directory.members(batch["name"]):
                batch["settings"] = None  # there is nobody to keep them
            elif isinstance(settings, CloudiwayError):
                raise settings
            else:
                batch["settings"] = settings.result()
    return Outcome(False, {}, {}, {"batches": batches})
