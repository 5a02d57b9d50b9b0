# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: one, or a list of any length, brought to what is declared; and who is there."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from . import _contract as contract
from ._client import Client
from ._directory import Directory
from ._errors import CloudiwayError, FailedUsers, InvalidInput, NotApplied
from ._intents import (
    Intent,
    NewTag,
    adds,
    connector_faults,
    faults,
    intend,
    names_connectors,
    plan,
    subject_of,
)
from ._looks import happened
from ._models import same_address
from ._plan import Action, Outcome, Plan, Stage, View, apply_stage
from ._progress import Progress, Tally
from ._roster import Person, list_rows, people
from ._sightings import CONNECTORS, FIELDS, PERSON_OPTIONS, joins_batch, observe, wanted_of
from ._users_file import read_users_file

# Apply --------------------------------------------------------------------------------------


@dataclass
class Applied:
    """What came of a plan: the failures by subject, and the names of the calls that counted."""

    directory: Directory
    failures: dict[str, CloudiwayError] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)


def apply(planned: Plan, client: Client, directory: Directory, progress: Progress) -> Applied:
    """Make all calls. The directory that comes back shows the server after the first stage.

    Tags of new users are learnt by one getall after the first stage, not by one look-up each.
    """
    applied = Applied(directory)
    tally = Tally(progress, "users", len(planned.actions))
    for stage in planned.stages:
        _apply_stage(stage, client, applied, tally)
        if any(action.call is contract.CREATE for chain in stage for action in chain.actions):
            applied.directory = Directory(client)
            applied.directory.load()
    return applied


def _apply_stage(stage: Stage, client: Client, applied: Applied, tally: Tally) -> None:
    def bind(action: Action) -> dict[str, t.Any]:
        return _bound(applied.directory, action)

    def done(action: Action) -> None:
        tally(action.call.name)
        if action.counts:
            applied.calls.append(action.call.name)

    apply_stage(
        stage,
        client,
        lambda action: happened(client, action, bind(action)),
        applied.failures,
        bind,
        done,
    )


def _bound(directory: Directory, action: Action) -> dict[str, t.Any]:
    arguments = dict(action.arguments)
    new = arguments.get(contract.TAG)
    if isinstance(new, NewTag):
        user = directory.by_address(new.source_email, new.target_email)
        if user is None:
            raise NotApplied(f"{new.source_email}: was created, yet the service does not list it")
        arguments[contract.TAG] = user.tag
    return arguments


# What the modules call ----------------------------------------------------------------------


def _connectors(client: Client) -> dict[str, list[str]]:
    """The names of the connectors, by option name."""
    sides = client.all(client.connectors, ("source", "target"))
    return {
        option: [connector.name for connector in side] for option, side in zip(CONNECTORS, sides)
    }


def _prepare(
    client: Client, declared: Sequence[Person], create_batches: bool
) -> tuple[Directory, list[Intent], Plan]:
    directory = Directory(client)
    sightings = observe(client, directory, declared)
    batches = directory.batches if any(joins_batch(person) for person in declared) else []
    wrong = faults(sightings, batches, create_batches)
    if any(map(names_connectors, sightings)):
        wrong += connector_faults(sightings, _connectors(client))
    if wrong:
        raise InvalidInput(wrong)
    intents = [intend(sight) for sight in sightings]
    return directory, intents, plan(intents, batches)


def declared_user(params: Mapping[str, t.Any]) -> Person:
    """The user that cloudiway_mail_user declares. Raises InvalidInput, all faults at once."""
    [person] = people([("", {name: params.get(name) for name in PERSON_OPTIONS})])
    return person


def declared_users(params: Mapping[str, t.Any]) -> list[Person]:
    """The users that cloudiway_mail_users declares. Raises InvalidInput, all faults at once."""
    path = params.get("users_file")
    common: dict[str, t.Any] = {
        "defaults": params.get("defaults") or {},
        "target_domains": params.get("target_domains") or (),
    }
    rows = read_users_file(path, **common) if path else list_rows(params.get("users") or [])
    return people(rows, **common)


def manage_user(client: Client, params: Mapping[str, t.Any], check_mode: bool) -> Outcome:
    """cloudiway_mail_user: one user, present or absent."""
    person = declared_user(params)
    directory, [intent], planned = _prepare(client, [person], create_batches=True)
    if intent.refusal:
        raise intent.refusal
    if not check_mode:
        applied = apply(planned, client, directory, Progress.of(params))
        directory = applied.directory
        for failure in applied.failures.values():
            failure.seen = {"changed": bool(applied.calls)}
            raise failure
    made = any(action.call is contract.CREATE_BATCH for action in planned.actions)
    return planned.outcome(
        {
            "user": None if person.state == "absent" else _shown(intent, directory),
            "actions": ["createbatch"] * made + intent.calls,
        }
    )


def manage_users(client: Client, params: Mapping[str, t.Any], check_mode: bool) -> Outcome:
    """cloudiway_mail_users: a whole list in one pass."""
    declared = declared_users(params)
    create_batches = params.get("create_batches", True)
    directory, intents, planned = _prepare(client, declared, create_batches)
    applied = Applied(directory, calls=[call for intent in intents for call in intent.calls])
    if not check_mode:
        applied = apply(planned, client, directory, Progress.of(params))
        directory = applied.directory
    failed = {
        at: failure
        for at, intent in enumerate(intents)
        if (failure := intent.refusal or applied.failures.get(subject_of(at)))
    }
    result = _bulk_result(intents, failed, applied)
    if params.get("return_users"):
        result["users"] = [_shown(intent, directory) for intent in intents]
    if failed:
        names = [f"{intents[at].sight.subject}: {failed[at].message}" for at in failed]
        more = f"\n... and {len(names) - 20} more" if len(names) > 20 else ""
        raise FailedUsers(
            f"{len(failed)} of {len(intents)} users failed:\n" + "\n".join(names[:20]) + more,
            {**result, "changed": bool(applied.calls)},
        )
    return planned.outcome(result)


def _bulk_result(
    intents: Sequence[Intent], failed: Mapping[int, CloudiwayError], applied: Applied
) -> View:
    done = [intent for at, intent in enumerate(intents) if at not in failed and intent.calls]
    calls = applied.calls
    batches = {
        batch: None
        for intent in done
        if adds(intent)
        for batch in (intent.sight.batch, intent.sight.person.batch)
        if batch
    }
    return {
        "summary": {
            "declared": len(intents),
            "created": calls.count("create"),
            "updated": calls.count("update"),
            "licensed": calls.count("license"),
            "added": calls.count("addtobatch"),
            "deleted": calls.count("delete"),
            "unchanged": len(intents) - len(done) - len(failed),
            "failed": len(failed),
        },
        "changed_users": [
            {
                **_identity(intent, applied.directory),
                "actions": intent.calls,
            }
            for intent in done
        ],
        "failed_users": [
            {
                "source_email": intents[at].sight.person.source_email,
                "target_email": intents[at].sight.person.target_email,
                "batch": intents[at].sight.person.batch,
                "origin": intents[at].sight.person.origin,
                "failure": failure.failure(),
            }
            for at, failure in failed.items()
        ],
        "batches_changed": list(batches),
    }


def _identity(intent: Intent, directory: Directory) -> View:
    """Who the user is: the short form of ``_shown``."""
    shown = _shown(intent, directory) or {}
    names = ("source_email", "target_email", "migration_tag", "batch")
    return {name: shown.get(name) for name in names}


def _shown(intent: Intent, directory: Directory) -> View | None:
    """The user as it is after the plan; None for what the server does not show, or not yet."""
    person, user = intent.sight.person, intent.sight.user
    if user is None and person.state == "absent":
        return None
    if user is None:
        tag = None
        fields: View = {name: getattr(person, name) or "" for name in FIELDS}
        if person.source_email:
            try:
                made = directory.by_address(person.source_email, person.target_email)
            except CloudiwayError:  # it could not be made, or not be told from others
                made = None
            tag = made.tag if made else None
    else:
        tag = user.tag
        fields = dict(wanted_of(person, user))
    return {**fields, "migration_tag": tag, "batch": person.batch or intent.sight.batch}


def user_info(client: Client, params: Mapping[str, t.Any], check_mode: bool) -> Outcome:
    """cloudiway_mail_user_info: users, filtered by address, tag or batch."""
    directory = Directory(client)
    directory.read_members(directory.batches)
    batches = {tag: name for name in directory.batches for tag in directory.members(name)}
    source, target = params.get("source_email"), params.get("target_email")
    users = [
        user
        for user in directory.users
        if (not source or same_address(user.source_email, source))
        and (not target or user.target_email is None or same_address(user.target_email, target))
    ]
    wanted = params.get("migration_tag")
    if wanted and not directory.shows_tags:
        found = directory.by_tag(wanted)
        users = [found] if found else []
    shown = []
    for user in client.all(directory.tagged, users):
        batch = batches.get(user.tag or "")
        if wanted not in (None, user.tag) or params.get("batch") not in (None, batch):
            continue
        fields = {name: getattr(user, name) for name in FIELDS}
        status = user.status.name if user.status else None
        shown.append({**fields, "migration_tag": user.tag, "batch": batch, "status": status})
    return Outcome(False, {}, {}, {"users": shown})
