# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, brought to what is declared: what one and a list have in common; and who is there."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from . import _contract as contract
from ._client import Client
from ._directory import Directory
from ._errors import CloudiwayError, InvalidInput, NotApplied, Refused, RefusedAfterwards
from ._intents import (
    Intent,
    NewTag,
    connector_faults,
    faults,
    intend,
    names_connectors,
    plan,
    refusal_of,
)
from ._looks import Looks
from ._models import FIELDS, MailUser, address_key, same_address
from ._plan import Action, Chain, Maker, Outcome, Plan, Stage, View
from ._progress import Progress
from ._roster import Person, domains_of, people
from ._sightings import (
    ADDRESSES,
    CONNECTORS,
    PERSON_OPTIONS,
    activity_of,
    joins_batch,
    observe,
    wanted_of,
)
from ._tally import Tally
from ._turns import StartTurns, subject_of_batch, to_make_turn
from ._verdict import TurnedAway
from ._wire import Arguments

#: For a licence that is refused: it may be there, from a call whose answer was lost.
_WAY_ON: t.Final = (
    "; if the portal shows that the user has a licence, run once with license: never for that user"
)

# Apply --------------------------------------------------------------------------------------


@dataclass
class Applied:
    """What came of a plan: the failures by subject, and the names of the calls that counted."""

    failures: dict[str, CloudiwayError] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    #: Why the users who were created could not be listed afterwards, where that is so.
    unlisted: CloudiwayError | None = None


def apply(planned: Plan, client: Client, directory: Directory, progress: Progress) -> Applied:
    """Make all calls. Where users were created, the directory knows them afterwards.

    Tags of new users are learnt by one getall when all are made, not by one look-up each. Who is
    made does not wait for one whose answer is long in coming: that costs one getall more each time
    that somebody is left behind. Where it fails, so do the users who need it, and no other.
    """
    applied = Applied()
    tally = Tally(progress, "users", len(planned.actions), applied.failures)
    progress.now = tally.line
    maker = _maker(client, directory, applied, tally)
    first, second = planned.stages + ((),) * (2 - len(planned.stages))
    creates = {
        chain.subject: action.arguments
        for chain in first
        for action in chain.actions
        if action.call is contract.CREATE
    }
    sources = {address_key(fields[FIELDS["source_email"]]) for fields in creates.values()}
    if creates:
        directory.forget()  # many users need not be known twice
    under_way = maker.begin(first)
    unlisted, waiting = set(creates), second
    while waiting or unlisted:
        is_over = not under_way.stalls()
        pending = {chain.subject for chain in first if chain.subject not in maker.ended}
        ready, waiting = _parted(waiting, pending)
        under_way.add(chain for chain in ready if not _awaits_tag(chain))
        tagless = [chain for chain in ready if _awaits_tag(chain)]
        made = unlisted - pending - applied.failures.keys()
        if made and (is_over or tagless):
            _list_new(sources, directory, applied)
            unlisted &= pending
        if applied.unlisted:
            for chain in tagless:
                applied.failures.setdefault(chain.subject, applied.unlisted)
        under_way.add(tagless)
        if is_over:
            break
    under_way.results()
    _learn_tags(
        [creates[subject] for subject in creates.keys() - applied.failures.keys()],
        client,
        directory,
    )
    tally.end()
    for subject, failure in applied.failures.items():
        applied.failures[subject] = _with_way_on(failure)
    return applied


def _parted(stage: Stage, pending: Collection[str]) -> tuple[Stage, Stage]:
    """The chains that wait for none of these subjects, and those that do."""
    ready: list[Chain] = []
    waiting: list[Chain] = []
    for chain in stage:
        waits = any(subject in pending for subject in (chain.subject, *chain.needs))
        (waiting if waits else ready).append(chain)
    return tuple(ready), tuple(waiting)


def _list_new(sources: Container[str], directory: Directory, applied: Applied) -> None:
    """Have the directory know the new users, or the failure of that; asked again no more then."""
    if not applied.unlisted:
        try:
            directory.list_new(sources)
        except CloudiwayError as why:
            applied.unlisted = why


def _learn_tags(made: Iterable[Arguments], client: Client, directory: Directory) -> None:
    """Have the directory know the tags of these users, where a look-up is needed for each."""
    source, target = FIELDS["source_email"], FIELDS["target_email"]
    client.each(lambda fields: directory.made(fields[source], fields[target]), made)


def _awaits_tag(chain: Chain) -> bool:
    return any(isinstance(one.arguments.get(contract.TAG), NewTag) for one in chain.actions)


def _mind_activity(client: Client, action: Action, happened: t.Callable[[], bool]) -> None:
    """Raise ForceNeeded where a user has begun meanwhile what stands against the action."""
    tag = action.arguments[contract.TAG]
    try:
        if action.call is contract.UPDATE and not (
            action.in_turn or _moves(client.user(tag), action)
        ):
            return
        activity = activity_of(client, tag)
    except TurnedAway:
        raise
    except Refused:
        if action.call is contract.DELETE and happened():
            return  # somebody else has deleted it, which the call will show
        raise
    if activity.hands_off:
        raise refusal_of(action.careful, activity.hands_off)


def _moves(shown: MailUser, action: Action) -> bool:
    """Whether an update would give a user other addresses or connectors than it has by now."""
    for name in (*ADDRESSES, *CONNECTORS):
        there, told = getattr(shown, name), action.arguments[FIELDS[name]]
        same = same_address(there, told) if name in ADDRESSES else there == told
        if there is not None and not same:
            return True
    return False


def _with_way_on(why: CloudiwayError) -> CloudiwayError:
    """A failure; where it is the refusal of a licence, with what to do where there is one already.

    Else every run would fail at it, for nothing but the portal shows whether a user has a licence.
    """
    is_refusal = isinstance(why, (Refused, RefusedAfterwards)) and not isinstance(why, TurnedAway)
    if why.call != contract.LICENSE.name or not is_refusal:
        return why
    return type(why)(f"{why.message}{_WAY_ON}", call=why.call, http_status=why.http_status)


def _maker(client: Client, directory: Directory, applied: Applied, tally: Tally) -> Maker:
    looks = Looks(client)

    def bind(action: Action) -> dict[str, t.Any]:
        return _bound(directory, action)

    def happened(action: Action) -> bool:
        return looks.happened(action, bind(action))

    def done(action: Action) -> None:
        tally(action.call.name)
        if action.counts:
            applied.calls.append(action.call.name)

    return Maker(
        client,
        happened,
        lambda action: _mind_activity(client, action, lambda: happened(action)),
        StartTurns(client.connection.account, client.closing),
        bind,
        done,
        applied.failures,
    )


def _bound(directory: Directory, action: Action) -> dict[str, t.Any]:
    arguments = dict(action.arguments)
    new = arguments.get(contract.TAG)
    if isinstance(new, NewTag):
        user = directory.made(new.source_email, new.target_email)
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


def prepare(
    client: Client,
    declared: Sequence[Person],
    create_batches: bool,
    target_domains: Sequence[str] = (),
) -> tuple[Directory, list[Intent], Plan]:
    """Observe and plan. Raises InvalidInput for what is wrong with the declaration, seen so."""
    directory = Directory(client)
    sightings = observe(client, directory, declared, bool(target_domains))
    batches = directory.batches if any(joins_batch(person) for person in declared) else []
    wrong = faults(sightings, batches, create_batches, domains_of(target_domains))
    if any(map(names_connectors, sightings)):
        wrong += connector_faults(sightings, _connectors(client))
    if wrong:
        raise InvalidInput(wrong)
    intents = [intend(sight) for sight in sightings]
    return directory, intents, plan(intents, batches)


def turn_of(
    client: Client, declared: Sequence[Person], progress: Progress, check_mode: bool
) -> contextlib.AbstractContextManager[None]:
    """Be alone with these users: two plays must not both see somebody missing."""
    if check_mode:
        return contextlib.nullcontext()
    progress.now = lambda: ("users: waits for another play to make its users", "")
    subjects = {person.source_email or person.migration_tag or "" for person in declared}
    subjects |= {subject_of_batch(person.batch) for person in declared if person.batch}
    return to_make_turn(client.connection.account, subjects)


def declared_user(params: Mapping[str, t.Any]) -> Person:
    """The user that cloudiway_mail_user declares. Raises InvalidInput, all faults at once."""
    [person] = people([("", {name: params.get(name) for name in PERSON_OPTIONS})])
    return person


def manage_user(client: Client, params: Mapping[str, t.Any], check_mode: bool) -> Outcome:
    """cloudiway_mail_user: one user, present or absent."""
    person = declared_user(params)
    progress = Progress.of(params)
    with turn_of(client, [person], progress, check_mode):
        directory, [intent], planned = prepare(client, [person], create_batches=True)
        if intent.refusal:
            raise intent.refusal
        if not check_mode:
            applied = apply(planned, client, directory, progress)
            if failure := planned.first_of(applied.failures):
                failure.seen = {"changed": bool(applied.calls)}
                raise failure
    made = any(action.call is contract.CREATE_BATCH for action in planned.actions)
    return planned.outcome(
        {
            "user": None if person.state == "absent" else view_of(intent, directory),
            "actions": ["createbatch"] * made + intent.calls,
        }
    )


def view_of(intent: Intent, directory: Directory) -> View | None:
    """The user as it is after the plan; None for what the server does not show, or not yet."""
    person, user = intent.sight.person, intent.sight.user
    if user is None and person.state == "absent":
        return None
    if user is None:
        tag = None
        fields: View = {name: getattr(person, name) or "" for name in FIELDS}
        if person.source_email and person.target_email:
            try:
                made = directory.made(person.source_email, person.target_email)
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
    source, target = params.get("source_email"), params.get("target_email")
    wanted, in_batch = params.get("migration_tag") or None, params.get("batch") or None
    names = [name for name in directory.batches if in_batch in (None, name)]
    directory.read_members(names)
    batches = {tag: name for name in names for tag in directory.members(name)}
    users = directory.users
    if (wanted or in_batch) and not directory.shows_tags:
        users = list(filter(None, directory.look_up([wanted] if wanted else batches)))
    users = [
        user
        for user in users
        if (not source or same_address(user.source_email, source))
        and (not target or user.target_email is None or same_address(user.target_email, target))
    ]
    shown = []
    for user in client.all(directory.tagged, users):
        batch = batches.get(user.tag or "")
        if (wanted and client.as_shown(wanted) != user.tag) or in_batch not in (None, batch):
            continue
        fields = {name: getattr(user, name) for name in FIELDS}
        status = user.status.name if user.status else None
        shown.append({**fields, "migration_tag": user.tag, "batch": batch, "status": status})
    return Outcome(False, {}, {}, {"users": shown})
