# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done for declared users: a pure function of what was seen and what is declared.

The order of a new user's calls is create, license, add to batch, so that membership is the mark
that the steps before it were done: no documented call says whether a user has a licence.
"""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from . import _contract as contract
from ._errors import CloudiwayError, ForceNeeded
from ._models import FIELDS, MailUser, same_address
from ._plan import Action, Chain, Plan, Stage, View
from ._roster import domain_fault
from ._sightings import (
    ADDRESSES,
    CONNECTORS,
    Sighting,
    license_is_open,
    wanted_of,
)


def names_connectors(sight: Sighting) -> bool:
    """Whether the user is created, or may get other connectors: then their names matter."""
    if sight.trouble or sight.person.state == "absent":
        return False
    if sight.user is None:
        return True
    return any(name in CONNECTORS for name in sight.retargeted)


def connector_faults(
    sightings: Sequence[Sighting], known: Mapping[str, Sequence[str]]
) -> t.Iterator[str]:
    """Connectors that the service does not have. ``known`` has their names by option name."""
    for sight in sightings:
        for name in CONNECTORS:
            declared = getattr(sight.person, name)
            if names_connectors(sight) and declared and declared not in known[name]:
                names = ", ".join(map(repr, known[name])) or "none"
                yield f"{_origin(sight)}: {name}: {declared!r} is not there; there is {names}"


def faults(
    sightings: Sequence[Sighting],
    batches: Sequence[str],
    create_batches: bool,
    domains: Collection[str] = (),
) -> list[str]:
    """What is wrong with the declaration, seen against the server; found before any write.

    domains are those of target_domains.
    """
    found = [
        f"{_origin(sight)}: {fault}"
        for sight in sightings
        for fault in (
            *_faults_of(sight, batches, create_batches),
            *_elsewhere(sight, domains),
        )
    ]
    return found + list(_met_again(sightings))


def _met_again(sightings: Sequence[Sighting]) -> t.Iterator[str]:
    """Users of the service that are declared twice, in ways that only the service shows to be one."""
    first: dict[str, Sighting] = {}
    for sight in sightings:
        tag = sight.user.tag if sight.user else None
        if tag and first.setdefault(tag, sight) is not sight:
            yield f"{_origin(sight)}: is the same user of the service as {_origin(first[tag])}"


def _origin(sight: Sighting) -> str:
    return ": ".join(filter(None, (sight.person.origin, sight.subject)))


def _faults_of(sight: Sighting, batches: Sequence[str], create_batches: bool) -> t.Iterator[str]:
    person, user = sight.person, sight.user
    if sight.trouble:
        return
    if person.state == "absent":
        if person.migration_tag and user:
            for name in ADDRESSES:
                declared, shown = getattr(person, name), getattr(user, name)
                if declared and shown and not same_address(declared, shown):
                    yield f"{name} is {shown!r} on the service: name who is to be deleted by one of both"
        return
    if user is None:
        if person.migration_tag:
            yield f"no user has the migration tag {person.migration_tag}"
            return
        for name in ("target_email", *CONNECTORS):
            if not getattr(person, name):
                yield f"{name} is needed to create the user"
    elif sight.differing:
        for name in CONNECTORS:
            if not wanted_of(person, user)[name]:
                yield f"{name} is needed to update the user, as the service does not show it"
    if not create_batches and person.batch and person.batch not in batches:
        yield f"there is no batch {person.batch!r}, and create_batches is false"


def _elsewhere(sight: Sighting, domains: Collection[str]) -> t.Iterator[str]:
    """Whether a user who declares no target address migrates to another domain than those."""
    person, user = sight.person, sight.user
    if not domains or user is None or person.target_email or person.state == "absent":
        return
    if sight.trouble:
        return  # nothing is done about it
    if user.target_email is None:
        yield "target_email is needed, as the service does not show it, to compare it with target_domains"
    elif fault := domain_fault(user.target_email, domains):
        yield fault


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
        after: View = {name: getattr(person, name) or "" for name in FIELDS}
        actions.append(Action(contract.CREATE, {FIELDS[name]: after[name] for name in FIELDS}))
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
    before = {name: getattr(user, name) for name in FIELDS if getattr(user, name) is not None}
    about = {"sourceEmail": user.source_email, "targetEmail": user.target_email}
    careful = "" if sight.person.force else _not_to(sight, "be deleted")
    delete = Action(
        contract.DELETE,
        {contract.TAG: user.tag},
        about=about,
        careful=careful,
        in_turn=bool(careful),
    )
    return Intent(sight, (delete,), before, None)


def _updated(sight: Sighting, user: MailUser, actions: list[Action]) -> tuple[View, View]:
    person = sight.person
    names = sight.differing
    if not names:
        return {}, {}
    moved = sight.retargeted
    what = f"be retargeted ({', '.join(moved)})"
    if moved and sight.activity and sight.activity.hands_off:
        raise _catch(sight, what, sight.activity.hands_off)
    # Another may have retargeted the user since, and all six fields are sent.
    careful = "" if person.force else _not_to(sight, what if moved else "be retargeted")
    wanted = wanted_of(person, user)
    arguments = {FIELDS[name]: wanted[name] or "" for name in FIELDS}
    tagged = {contract.TAG: user.tag, **arguments}
    retargets = bool(careful and moved)
    actions.append(Action(contract.UPDATE, tagged, careful=careful, in_turn=retargets))
    before: View = {name: getattr(user, name) for name in names}
    return before, {name: wanted[name] for name in names}


def _not_to(sight: Sighting, what: str) -> str:
    return f"{sight.subject}: is not to {what}"


def _catch(sight: Sighting, what: str, why: str) -> ForceNeeded:
    return refusal_of(_not_to(sight, what), why)


def refusal_of(not_to: str, why: str) -> ForceNeeded:
    """The safety catch that holds what is not to be done."""
    return ForceNeeded(f"{not_to}, as {why}; force allows it")


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
    elif license_is_open(sight):
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
        about = {contract.BATCH: sight.batch}
        actions.append(Action(contract.REMOVE_FROM_BATCH, {contract.TAG: tag}, about=about))
    if before is not None:
        before["batch"] = sight.batch
    after["batch"] = person.batch
    arguments = {contract.TAG: tag, contract.BATCH: person.batch}
    actions.append(Action(contract.ADD_TO_BATCH, arguments))


def plan(intents: Sequence[Intent], batches: Sequence[str]) -> Plan:
    """Put the intents of all users into one plan: first batches and new users, then who needs those.

    Whoever needs neither a tag nor a batch that is yet to be made goes first too.
    """
    first: list[Chain] = []
    second: list[Chain] = []
    before: View = {}
    after: View = {}
    made = dict.fromkeys(
        intent.sight.person.batch or ""
        for intent in intents
        if adds(intent) and intent.sight.person.batch not in batches
    )
    first += [
        Chain(batch_subject(name), (Action(contract.CREATE_BATCH, {contract.BATCH: name}),))
        for name in made
    ]
    for at, intent in enumerate(intents):
        name = intent.sight.subject
        if intent.before is not None:
            before[name] = intent.before
        if intent.after is not None:
            after[name] = intent.after
        subject = subject_of(at)
        needs = (batch_subject(intent.sight.person.batch or ""),) if adds(intent) else ()
        create = [one for one in intent.actions if one.call is contract.CREATE]
        others = tuple(one for one in intent.actions if one.call is not contract.CREATE)
        first += [Chain(subject, (one,)) for one in create]
        if others:
            waits = create or (adds(intent) and intent.sight.person.batch in made)
            (second if waits else first).append(Chain(subject, others, needs))
    stages: list[Stage] = [tuple(stage) for stage in (first, second) if stage]
    return Plan(tuple(stages), before, after)


def adds(intent: Intent) -> bool:
    """Whether the user joins a batch, which must be there before."""
    return any(action.call is contract.ADD_TO_BATCH for action in intent.actions)


def subject_of(at: int) -> str:
    """The name of a user's chain: addresses may stand in a list twice, positions may not."""
    return f"user {at}"


def batch_subject(name: str) -> str:
    """The name of the chain that makes a batch, which others wait for."""
    return f"batch {name}"
