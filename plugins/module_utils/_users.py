# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: observe and plan, for one user or for a list of any length.

The order of a new user's calls is create, license, add to batch, so that membership is the mark
that the steps before it were done: no documented call says whether a user has a licence.
"""

from __future__ import annotations

import datetime as dt
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from . import _contract as contract
from ._client import Client
from ._contract import Family, Phase, Status
from ._directory import Directory
from ._errors import (
    CloudiwayError,
    FailedUsers,
    ForceNeeded,
    InvalidInput,
    NotApplied,
    NotFound,
    Refused,
)
from ._models import MailUser, same_address
from ._plan import Action, Chain, Outcome, Plan, Stage, View, apply_stage
from ._roster import Person, list_rows, people, read_users_file
from ._wire import Arguments

#: What is done with an address or a connector: option of the module -> field of create, update.
_FIELDS: t.Final = dict(
    zip(
        (
            "first_name",
            "last_name",
            "source_email",
            "target_email",
            "source_connector",
            "target_connector",
        ),
        contract.PERSON,
    )
)
#: The options that describe one user.
PERSON_OPTIONS: t.Final = (*_FIELDS, "migration_tag", "batch", "license", "state", "force")
_ADDRESSES: t.Final = ("source_email", "target_email")
_CONNECTORS: t.Final = ("source_connector", "target_connector")

# Observe ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Activity:
    """What a user is doing and has done, as far as status (2.7) and history (2.8) tell."""

    status: Status
    has_passes: bool

    @property
    def hands_off(self) -> str | None:
        """Why the user must not be retargeted or deleted; None where nothing stands against it."""
        if self.status.phase is Phase.UNKNOWN:
            return f"its status {self.status} is not known"
        if self.status.active:
            return f"it is active ({self.status})"
        if self.has_passes:
            return "it has been migrated"
        return None

    @property
    def proves_license(self) -> bool:
        """Whether the user has ever been audited or migrated, which takes a licence."""
        worked = self.status.active or self.status.phase is Phase.DONE
        return worked or self.has_passes or self.status.name == "LICENSE_EXCEEDED"


@dataclass(frozen=True)
class Sighting:
    """A declared user, and what the server shows of it."""

    person: Person
    user: MailUser | None = None
    #: The batch that the user is in; None where it is in none, or where nobody needs to know.
    batch: str | None = None
    activity: Activity | None = None
    #: Set where the user could not be told from others.
    trouble: CloudiwayError | None = None

    @property
    def subject(self) -> str:
        """How plans, diffs and messages name the user."""
        person = self.person
        return person.source_email or (self.user and self.user.label) or person.migration_tag or ""


def observe(client: Client, directory: Directory, declared: Sequence[Person]) -> list[Sighting]:
    """Look at the server, at no more than the plan for these users needs to know."""
    directory.load()
    found = client.each(lambda person: _match(directory, person), declared)
    sightings = [
        Sighting(person, trouble=one)
        if isinstance(one, CloudiwayError)
        else Sighting(person, user=one)
        for person, one in zip(declared, found)
    ]
    sightings = _with_batches(directory, sightings)
    asked = [at for at, sight in enumerate(sightings) if _needs_activity(sight)]
    for at, activity in zip(
        asked, client.each(lambda at: activity_of(client, sightings[at].user), asked)
    ):
        if isinstance(activity, CloudiwayError):
            sightings[at] = replace(sightings[at], trouble=activity)
        else:
            sightings[at] = replace(sightings[at], activity=activity)
    return sightings


def _match(directory: Directory, person: Person) -> MailUser | None:
    """The user that a declared one is: by tag, else by source address, else by the pair."""
    if person.migration_tag:
        return directory.by_tag(person.migration_tag)
    return directory.by_address(person.source_email or "", person.target_email)


def _with_batches(directory: Directory, sightings: list[Sighting]) -> list[Sighting]:
    """Add the batch of those who declare one. Other batches are read only for who is not there."""
    declared = {sight.person.batch for sight in sightings if _joins(sight.person)}
    if not declared:
        return sightings
    directory.read_members(name for name in directory.batches if name in declared)
    return [
        replace(sight, batch=_batch_now(directory, sight.person, sight.user)) for sight in sightings
    ]


def _joins(person: Person) -> bool:
    """Whether the person is declared to be in a batch."""
    return bool(person.batch) and person.state == "present"


def _batch_now(directory: Directory, person: Person, user: MailUser | None) -> str | None:
    if user is None or user.tag is None or not _joins(person):
        return None
    if person.batch in directory.batches and user.tag in directory.members(person.batch):
        return person.batch
    return directory.batch_of(user.tag)


def _needs_activity(sight: Sighting) -> bool:
    """Whether the plan depends on what the user is doing or has done."""
    person, user = sight.person, sight.user
    if user is None or sight.trouble:
        return False
    if person.state == "absent":
        return not person.force
    return _license_is_open(sight) or (not person.force and bool(_retargeted(person, user)))


def _license_is_open(sight: Sighting) -> bool:
    """Whether neither the server nor membership tells that the existing user has a licence."""
    person, user = sight.person, sight.user
    if user is None or person.license == "never" or user.licensed is not None:
        return False
    return bool(person.batch) and sight.batch != person.batch


def activity_of(client: Client, user: MailUser | None) -> Activity:
    """Ask for a user's status, where getall did not show it, and history, where that matters."""
    if user is None or user.tag is None:
        raise NotFound("the user's migration tag is not known")
    status = user.status or client.status(user.tag)
    moved = status.phase is Phase.DONE and status.family in (Family.MAIL, Family.PERMISSIONS)
    if status.active or status.phase is Phase.UNKNOWN:
        return Activity(status, has_passes=False)
    return Activity(status, moved or bool(client.history(user.tag, dt.timezone.utc)))


# Plan ---------------------------------------------------------------------------------------


def _wanted(person: Person, user: MailUser) -> dict[str, str | None]:
    """The six fields after the update: declared, else as the server shows them."""
    return {
        name: getattr(user, name) if getattr(person, name) is None else getattr(person, name)
        for name in _FIELDS
    }


def _differs(person: Person, user: MailUser) -> list[str]:
    """The fields that are declared and shown otherwise. What is not shown is not compared."""
    differing = []
    for name in _FIELDS:
        declared, shown = getattr(person, name), getattr(user, name)
        if declared is None or shown is None:
            continue
        same = same_address(declared, shown) if name in _ADDRESSES else declared == shown
        if not same:
            differing.append(name)
    return differing


def _retargeted(person: Person, user: MailUser) -> list[str]:
    """The addresses and connectors that the update changes, or may change without our seeing."""
    differing = _differs(person, user)
    if not differing:
        return []
    unseen = [name for name in _CONNECTORS if getattr(user, name) is None]
    return [name for name in differing if name in (*_ADDRESSES, *_CONNECTORS)] + unseen


def names_connectors(sight: Sighting) -> bool:
    """Whether the user is created, or gets other connectors: then their names matter."""
    if sight.trouble or sight.person.state == "absent":
        return False
    if sight.user is None:
        return True
    return any(name in _CONNECTORS for name in _differs(sight.person, sight.user))


def connector_faults(
    sightings: Sequence[Sighting], known: Mapping[str, Sequence[str]]
) -> t.Iterator[str]:
    """Connectors that the service does not have. ``known`` has their names by option name."""
    for sight in sightings:
        for name in _CONNECTORS:
            declared = getattr(sight.person, name)
            if names_connectors(sight) and declared and declared not in known[name]:
                names = ", ".join(map(repr, known[name])) or "none"
                yield f"{_origin(sight)}: {name}: {declared!r} is not there; there is {names}"


def faults(
    sightings: Sequence[Sighting], batches: Sequence[str], create_batches: bool
) -> list[str]:
    """What is wrong with the declaration, seen against the server; found before any write."""
    return [
        f"{_origin(sight)}: {fault}"
        for sight in sightings
        for fault in _faults_of(sight, batches, create_batches)
    ]


def _origin(sight: Sighting) -> str:
    return ": ".join(filter(None, (sight.person.origin, sight.subject)))


def _faults_of(sight: Sighting, batches: Sequence[str], create_batches: bool) -> t.Iterator[str]:
    person, user = sight.person, sight.user
    if person.state == "absent" or sight.trouble:
        return
    if user is None:
        if person.migration_tag:
            yield f"no user has the migration tag {person.migration_tag}"
            return
        for name in ("target_email", *_CONNECTORS):
            if not getattr(person, name):
                yield f"{name} is needed to create the user"
    elif _differs(person, user):
        for name in _CONNECTORS:
            if not _wanted(person, user)[name]:
                yield f"{name} is needed to update the user, as the service does not show it"
    if person.batch and person.batch not in batches and not create_batches:
        yield f"there is no batch {person.batch!r}, and create_batches is false"


@dataclass(frozen=True)
class Intent:
    """What is to be done for one user: calls in order, and both sides of the diff. Pure."""

    sight: Sighting
    actions: tuple[Action, ...] = ()
    before: View | None = None
    after: View | None = None
    refusal: CloudiwayError | None = None

    @property
    def calls(self) -> list[str]:
        """The names of the calls that count, for results."""
        return [action.call.name for action in self.actions if action.counts]


def intend(sight: Sighting) -> Intent:
    """Plan one user. A safety catch becomes the intent's refusal."""
    if sight.trouble:
        return Intent(sight, refusal=sight.trouble)
    person, user = sight.person, sight.user
    if person.state == "absent":
        return _removal(sight)
    actions: list[Action] = []
    if user is None:
        before = None
        after: View = {name: getattr(person, name) or "" for name in _FIELDS}
        actions.append(Action(contract.CREATE, {_FIELDS[name]: after[name] for name in _FIELDS}))
    else:
        try:
            before, after = _updated(sight, user, actions)
        except ForceNeeded as catch:
            return Intent(sight, refusal=catch)
    _license(sight, actions, after)
    _membership(sight, actions, before, after)
    if not actions:
        return Intent(sight)
    return Intent(sight, tuple(actions), before, after)


def _removal(sight: Sighting) -> Intent:
    user = sight.user
    if user is None:
        return Intent(sight)
    if sight.activity and sight.activity.hands_off:
        return Intent(sight, refusal=_catch(sight, "be deleted", sight.activity.hands_off))
    before = {name: getattr(user, name) for name in _FIELDS if getattr(user, name) is not None}
    return Intent(sight, (Action(contract.DELETE, {contract.TAG: user.tag}),), before, None)


def _updated(sight: Sighting, user: MailUser, actions: list[Action]) -> tuple[View, View]:
    person = sight.person
    differing = _differs(person, user)
    if not differing:
        return {}, {}
    retargeted = _retargeted(person, user)
    if retargeted and sight.activity and sight.activity.hands_off:
        what = "be retargeted (" + ", ".join(retargeted) + ")"
        raise _catch(sight, what, sight.activity.hands_off)
    wanted = _wanted(person, user)
    arguments = {_FIELDS[name]: wanted[name] or "" for name in _FIELDS}
    actions.append(Action(contract.UPDATE, {contract.TAG: user.tag, **arguments}))
    return (
        {name: getattr(user, name) for name in differing},
        {name: wanted[name] for name in differing},
    )


def _catch(sight: Sighting, what: str, why: str) -> ForceNeeded:
    return ForceNeeded(f"{sight.subject}: is not to {what}, as {why}; force allows it")


@dataclass(frozen=True)
class NewTag:
    """Stands in a plan for the migration tag that a user will have once it is created."""

    source_email: str
    target_email: str


def _tag(sight: Sighting) -> str | NewTag | None:
    user, person = sight.user, sight.person
    return user.tag if user else NewTag(person.source_email or "", person.target_email or "")


def _license(sight: Sighting, actions: list[Action], after: View) -> None:
    person, user = sight.person, sight.user
    if person.license == "never":
        return
    if user is None or user.licensed is False:
        missing = True
    elif _license_is_open(sight):
        missing = not (sight.activity and sight.activity.proves_license)
    else:
        missing = False
    if missing:
        after["license"] = "assigned"
    if missing or person.license == "always":
        # Asking again for a licence that may be there cannot be observed: it does not count.
        actions.append(Action(contract.LICENSE, {contract.TAG: _tag(sight)}, counts=missing))


def _membership(sight: Sighting, actions: list[Action], before: View | None, after: View) -> None:
    person = sight.person
    if not person.batch or person.batch == sight.batch:
        return
    tag = _tag(sight)
    if sight.batch:
        actions.append(Action(contract.REMOVE_FROM_BATCH, {contract.TAG: tag}, leaves=sight.batch))
    if before is not None:
        before["batch"] = sight.batch
    after["batch"] = person.batch
    arguments = {contract.TAG: tag, contract.BATCH: person.batch}
    actions.append(Action(contract.ADD_TO_BATCH, arguments))


def plan(intents: Sequence[Intent], batches: Sequence[str]) -> Plan:
    """Put the intents of all users into one plan: batches and new users first, then the rest."""
    first: list[Chain] = []
    second: list[Chain] = []
    before: View = {}
    after: View = {}
    made = dict.fromkeys(
        intent.sight.person.batch or ""
        for intent in intents
        if _adds(intent) and intent.sight.person.batch not in batches
    )
    first += [
        Chain(_batch_subject(name), (Action(contract.CREATE_BATCH, {contract.BATCH: name}),))
        for name in made
    ]
    for at, intent in enumerate(intents):
        name = intent.sight.subject
        if intent.before is not None:
            before[name] = intent.before
        if intent.after is not None:
            after[name] = intent.after
        subject = _subject(at)
        needs = (_batch_subject(intent.sight.person.batch or ""),) if _adds(intent) else ()
        create = [one for one in intent.actions if one.call is contract.CREATE]
        others = tuple(one for one in intent.actions if one.call is not contract.CREATE)
        first += [Chain(subject, (one,)) for one in create]
        if others:
            second.append(Chain(subject, others, needs))
    stages: list[Stage] = [tuple(stage) for stage in (first, second) if stage]
    return Plan(tuple(stages), before, after)


def _adds(intent: Intent) -> bool:
    return any(action.call is contract.ADD_TO_BATCH for action in intent.actions)


def _subject(at: int) -> str:
    """The name of a user's chain: addresses may stand in a list twice, positions may not."""
    return f"user {at}"


def _batch_subject(name: str) -> str:
    return f"batch {name}"


# Apply --------------------------------------------------------------------------------------


def apply(
    planned: Plan, client: Client, directory: Directory
) -> tuple[dict[str, CloudiwayError], Directory]:
    """Make all calls; return the failures by subject, and the server as it was in between.

    Tags of new users are learnt by one getall after the first stage, not by one look-up each.
    """
    failures: dict[str, CloudiwayError] = {}
    for stage in planned.stages:
        _apply_stage(stage, client, directory, failures)
        if any(action.call is contract.CREATE for chain in stage for action in chain.actions):
            directory = Directory(client)
            directory.load()
    return failures, directory


def _apply_stage(
    stage: Stage, client: Client, directory: Directory, failures: dict[str, CloudiwayError]
) -> None:
    apply_stage(
        stage,
        client,
        lambda action: _happened(client, directory, action),
        failures,
        lambda action: _bound(directory, action),
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


def _happened(client: Client, directory: Directory, action: Action) -> bool:
    """Look at the server: is the effect of the action there?"""
    arguments = _bound(directory, action)
    return _LOOKS[action.call.name](client, arguments, action.leaves)


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
    return all(getattr(shown, name) == arguments[field] for name, field in _FIELDS.items())


def _is_deleted(client: Client, arguments: Arguments, _leaves: str | None) -> bool:
    fresh = Directory(client)
    fresh.load()
    return fresh.by_tag(arguments[contract.TAG]) is None


def is_member(client: Client, arguments: Arguments, _leaves: str | None) -> bool:
    """Whether the effect of addtobatch is there."""
    return arguments[contract.TAG] in client.members(arguments[contract.BATCH])


def has_left(client: Client, arguments: Arguments, leaves: str | None) -> bool:
    """Whether the effect of removefrombatch is there."""
    return leaves is not None and arguments[contract.TAG] not in client.members(leaves)


def batch_is_there(client: Client, arguments: Arguments, _leaves: str | None) -> bool:
    """Whether the effect of createbatch is there."""
    return arguments[contract.BATCH] in client.batches()


_LOOKS: t.Final[dict[str, t.Callable[[Client, Arguments, str | None], bool]]] = {
    "create": _is_created,
    "update": _is_updated,
    "delete": _is_deleted,
    "license": lambda client, arguments, leaves: False,
    "addtobatch": is_member,
    "removefrombatch": has_left,
    "createbatch": batch_is_there,
}

# What the modules call ----------------------------------------------------------------------


def _connectors(client: Client) -> dict[str, list[str]]:
    """The names of the connectors, by option name."""
    sides = client.all(client.connectors, ("source", "target"))
    return {
        option: [connector.name for connector in side] for option, side in zip(_CONNECTORS, sides)
    }


def _prepare(
    client: Client, declared: Sequence[Person], create_batches: bool
) -> tuple[Directory, list[Intent], Plan]:
    directory = Directory(client)
    sightings = observe(client, directory, declared)
    batches = directory.batches if any(_joins(person) for person in declared) else []
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
    rows = read_users_file(path) if path else list_rows(params.get("users") or [])
    return people(
        rows,
        defaults=params.get("defaults") or {},
        target_domains=params.get("target_domains") or (),
    )


def manage_user(client: Client, params: Mapping[str, t.Any], check_mode: bool) -> Outcome:
    """cloudiway_mail_user: one user, present or absent."""
    person = declared_user(params)
    directory, [intent], planned = _prepare(client, [person], create_batches=True)
    if intent.refusal:
        raise intent.refusal
    if not check_mode:
        failures, directory = apply(planned, client, directory)
        for failure in failures.values():
            raise failure
    made = any(action.call is contract.CREATE_BATCH for action in planned.actions)
    return planned.outcome(
        {
            "user": _shown(intent, directory),
            "actions": ["createbatch"] * made + intent.calls,
        }
    )


def manage_users(client: Client, params: Mapping[str, t.Any], check_mode: bool) -> Outcome:
    """cloudiway_mail_users: a whole list in one pass."""
    declared = declared_users(params)
    create_batches = params.get("create_batches", True)
    directory, intents, planned = _prepare(client, declared, create_batches)
    failures: dict[str, CloudiwayError] = {}
    if not check_mode:
        failures, directory = apply(planned, client, directory)
    failed = {
        at: failure
        for at, intent in enumerate(intents)
        if (failure := intent.refusal or failures.get(_subject(at)))
    }
    result = _bulk_result(intents, failed, directory)
    if params.get("return_users"):
        result["users"] = [_shown(intent, directory) for intent in intents]
    if failed:
        names = [f"{intents[at].sight.subject}: {failed[at].message}" for at in failed]
        more = f"\n... and {len(names) - 20} more" if len(names) > 20 else ""
        raise FailedUsers(
            f"{len(failed)} of {len(intents)} users failed:\n" + "\n".join(names[:20]) + more,
            {**result, "changed": planned.changed and bool(result["changed_users"])},
        )
    return planned.outcome(result)


def _bulk_result(
    intents: Sequence[Intent], failed: Mapping[int, CloudiwayError], directory: Directory
) -> View:
    done = [intent for at, intent in enumerate(intents) if at not in failed and intent.calls]
    calls = [call for intent in done for call in intent.calls]
    batches = {
        batch: None
        for intent in done
        if _adds(intent)
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
                **_identity(intent, directory),
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
        fields: View = {name: getattr(person, name) for name in _FIELDS}
        if person.source_email:
            try:
                made = directory.by_address(person.source_email, person.target_email)
            except CloudiwayError:  # it could not be made, or not be told from others
                made = None
            tag = made.tag if made else None
    else:
        tag = user.tag
        fields = dict(_wanted(person, user))
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
        fields = {name: getattr(user, name) for name in _FIELDS}
        status = user.status.name if user.status else None
        shown.append({**fields, "migration_tag": user.tag, "batch": batch, "status": status})
    return Outcome(False, {}, {}, {"users": shown})
