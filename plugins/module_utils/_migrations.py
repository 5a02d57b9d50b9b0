# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations: bring a batch, or one user, to a state, and tell where it stands."""

from __future__ import annotations

import contextlib
import typing as t
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from . import _contract as contract
from ._client import Client
from ._contract import Phase
from ._directory import Directory, no_such_batch
from ._errors import (
    CloudiwayError,
    GateNotPassed,
    NotApplied,
    NotFound,
    Refused,
    WaitTimeout,
    WrongClock,
)
from ._judge import reason_of
from ._models import KINDS, MailUser, Totals, iso
from ._moments import parse_moment, parse_zone
from ._permission_run import PermissionRun
from ._plan import Outcome, View
from ._progress import Progress
from ._run import Run
from ._standing import GOALS, Gate, Goal, Standing, at_large
from ._starts import Options, mind_left_behind, objections, to_start, to_start_later
from ._tracked import Tracked, items_failed_percent, items_of
from ._turns import to_start_turn
from ._wait import TimedOut
from ._watch import Watch, fact_of

Params = Mapping[str, t.Any]

#: How many users a message names.
_NAMED = 20


def _select(
    client: Client, directory: Directory, params: Params
) -> list[tuple[str, MailUser | None]] | None:
    """The users that are meant, with their tags; None where there is no such batch.

    Raises NotFound where there is no such user.
    """
    batch = params.get("batch")
    if batch is not None:
        try:
            tags = client.members(batch)
        except Refused:
            if batch in client.batches():
                raise
            return None
        return list(zip(tags, directory.look_up(tags)))
    if params.get("migration_tag"):
        user = directory.by_tag(params["migration_tag"])
    else:
        user = directory.of_pair(params["source_email"], params.get("target_email") or None)
    if user is None or user.tag is None:
        named = params.get("source_email") or params["migration_tag"]
        if params.get("source_email") and params.get("target_email"):
            named += f" that migrates to {params['target_email']}"
        raise NotFound(f"there is no user {named}")
    return [(user.tag, user)]


def _options(params: Params) -> Options:
    return Options(
        goal=GOALS[params["state"]],
        batch=params.get("batch"),
        since=parse_moment(params["since"]) if params.get("since") else None,
        zone=parse_zone(params["server_timezone"]),
        gate=Gate(params["max_failed_users"], params["max_failed_items_percent"]),
        retries=params["retries"],
        poll_interval=params["poll_interval"],
        wait_timeout=params["wait_timeout"],
        started_tags=frozenset(params.get("started_tags") or ()),
        started_at=parse_moment(params["started_at"]) if params.get("started_at") else None,
        started_passes=params.get("started_passes") or {},
    )


def _run_of(
    client: Client,
    directory: Directory,
    options: Options,
    tracked: list[Tracked],
    progress: Progress,
) -> Run:
    """The run that brings users to a state; what is begun for whole batches only takes turns."""
    kind = PermissionRun if options.goal.user_call is None else Run
    return kind(client, directory, options, tracked, progress)


def manage_migration(client: Client, params: Params, check_mode: bool) -> Outcome:
    """cloudiway_migration: bring a batch, or one user, to a state."""
    options = _options(params)
    progress = Progress.of(params)
    with progress.alive(client.silence), contextlib.ExitStack() as until_begun:
        try:
            if not check_mode and options.goal.gated:  # a stop comes before all others
                name = f"{options.batch or 'user'} {options.goal.name}"
                progress.now = lambda: (f"{name}: waits for another play to start its users", "")
                account = client.connection.account
                turn = to_start_turn(account, options.batch, options.wait_timeout)
                until_begun.enter_context(turn)
            return _bring(client, params, options, progress, check_mode, until_begun.close)
        except CloudiwayError as why:
            if not why.seen:  # it failed before anything was seen
                run = _run_of(client, Directory(client), options, [], progress)
                why.seen = {**_result([], options, run, {}), "changed": False}
            raise


def _bring(
    client: Client,
    params: Params,
    options: Options,
    progress: Progress,
    check_mode: bool,
    begun: Callable[[], None],
) -> Outcome:
    """Bring them there; begun is told when all that is to be started at once has been."""
    goal = options.goal
    directory = Directory(client)
    name = f"{options.batch or 'user'} {goal.name}"
    progress.now = lambda: (f"{name}: reads who is there", "")
    users = _select(client, directory, params)
    if not users:
        return _of_nobody(client, directory, params, users is None, check_mode)
    answers, total = client.answers, len(users)
    progress.now = lambda: (
        f"{name}: first look at {total:,} users, {client.answers - answers:,} answers",
        "",
    )
    watch = Watch(client, directory, options.zone, is_fresh=True)
    facts = watch.track(goal, users, with_active=check_mode and goal.reads_history)
    tracked = [
        Tracked(tag, user, fact, goal.standing(fact, options.since))
        for (tag, user), fact in zip(users, facts)
    ]
    mind_left_behind(tracked, goal)
    before = {one.label: str(one.fact.status) for one in tracked}
    run = _run_of(client, directory, options, tracked, progress)
    try:
        run.mind_clock()
        if check_mode:
            expected = to_start(tracked, options)
            if params.get("wait", True):
                expected += to_start_later(tracked, options)
            elif expected and not run.can_begin():
                expected = []
            starting = {one.tag: one for one in expected}
            shown = _to_show(run, params, starting)
            return _outcome(_result(shown, options, run, starting), starting, before, goal)
        run.begin()
        begun()
        if params.get("wait", True):
            _wait(run, options)
    except CloudiwayError as why:
        shown = _not_done(run) + (_with_failed_items(run) if isinstance(why, GateNotPassed) else [])
        why.seen = {
            **_result(shown, options, run, run.started),
            "changed": bool(run.started),
        }
        raise
    shown = _to_show(run, params, run.started)
    return _outcome(_result(shown, options, run, run.started), run.started, before, goal)


def _of_nobody(
    client: Client, directory: Directory, params: Params, is_absent: bool, check_mode: bool
) -> Outcome:
    """There is no such batch, or nobody in it: in check mode the tasks before may make it so."""
    batch = params["batch"]
    if not check_mode and is_absent:
        raise no_such_batch(client, batch)
    text = f"there is no batch {batch!r}" if is_absent else f"batch {batch!r} has no users"
    if not check_mode:
        raise NotFound(f"{text}; put some into it", call=contract.MEMBERS.name)
    options = _options(params)
    result = _result([], options, _run_of(client, directory, options, [], Progress.of({})), {})
    call = options.goal.batch_call
    changed = call is not contract.STOP_BATCH
    after = {batch: str(call)} if changed else {}
    return Outcome(changed, {}, after, result)


def _outcome(
    result: View, starting: Mapping[str, Tracked], before: Mapping[str, str], goal: Goal
) -> Outcome:
    labels = [one.label for one in starting.values()]
    call = str(goal.user_call or goal.batch_call)
    return Outcome(
        bool(starting),
        {label: before[label] for label in labels},
        dict.fromkeys(labels, call),
        result,
    )


def _wait(run: Run, options: Options) -> None:
    """Wait until all are settled, then hold the gate."""
    try:
        run.wait()
    except TimedOut:
        active = [one.label for one in run.tracked if not one.settled]
        raise WaitTimeout(
            f"after {options.wait_timeout:g} s {len(active)} of {len(run.tracked)} users are not "
            f"settled: {', '.join(active[:_NAMED])}; run again to go on waiting"
        ) from None
    bad = _not_done(run)
    if not options.goal.gated:
        going_on = [one for one in bad if one.standing is not Standing.UNKNOWN]
        if going_on:
            count = f"{len(going_on)} of {len(run.tracked)} users are not stopped"
            raise NotApplied("\n".join([count, *_reasons(going_on)]))
        return
    against = objections(run.tracked, len(bad), options)
    if against:
        named = _reasons(bad + _with_failed_items(run))
        kind = WrongClock if any(one.is_of_wrong_zone for one in bad) else GateNotPassed
        raise kind("\n".join([f"the gate is shut: {'; '.join(against)}", *named]))


def _reasons(users: Sequence[Tracked]) -> list[str]:
    """Why each of these users is not done, or not wholly, a line each."""
    reasons = [f"{one.label}: {one.reason or _failed_items(one)}" for one in users[:_NAMED]]
    return reasons + ([f"... and {len(users) - _NAMED} more"] if len(users) > _NAMED else [])


def _not_done(run: Run) -> list[Tracked]:
    return [one for one in run.tracked if one.standing is not Standing.DONE]


def _with_failed_items(run: Run) -> list[Tracked]:
    """Users that are done, but whose newest pass could not move every item."""
    return [
        one
        for one in run.tracked
        if one.standing is Standing.DONE and one.newest and one.newest.items.failure
    ]


def _failed_items(one: Tracked) -> str:
    items = one.newest.items if one.newest else Totals()
    return f"{items.failure} of {items.total} items failed; the portal names them"


# Results ------------------------------------------------------------------------------------


def _to_show(run: Run, params: Params, starting: Mapping[str, Tracked]) -> Sequence[Tracked]:
    """The users to list: all, or those with whom something was done or is wrong."""
    if params.get("return_users", True):
        return run.tracked
    tags = {one.tag for one in (*_not_done(run), *_with_failed_items(run))} | set(starting)
    return [one for one in run.tracked if one.tag in tags]


def _shown(one: Tracked) -> View:
    newest = one.newest
    totals = {kind: (getattr(newest, kind) if newest else Totals()).result() for kind in KINDS}
    return {
        "migration_tag": one.tag,
        "source_email": one.user.source_email if one.user else None,
        "target_email": one.user.target_email if one.user else None,
        "status": one.fact.status.name,
        "phase": one.fact.status.phase.value,
        "passes": [each.result() for each in one.fact.passes or ()],
        "totals": totals,
        "delta": newest.delta if newest else 0,
        "outcome": one.standing.value,
        "reason": one.reason or None,
    }


def _is_under_way(one: Tracked) -> bool:
    """Whether the service works on the user, or has just been told to."""
    return one.fact.status.active or one.standing is Standing.ACTIVE


def _summary(
    tracked: Sequence[Tracked], batch: str | None, state: str | None, gate: str | None
) -> View:
    """All users together; state and gate are None where no state was asked for."""
    items = items_of(tracked)
    standings = Counter(one.standing for one in tracked)
    phases = Counter(one.fact.status.phase for one in tracked)
    return {
        "batch": batch,
        "state": state,
        "users": len(tracked),
        "done": standings[Standing.DONE],
        "active": sum(map(_is_under_way, tracked)),
        "throttled": phases[Phase.THROTTLED],
        "failed": standings[Standing.FAILED],
        "unknown": standings[Standing.UNKNOWN],
        "not_started": sum(
            one.fact.status.name == "NOTSTARTED" and not _is_under_way(one) for one in tracked
        ),
        "items_total": items.total,
        "items_success": items.success,
        "items_ignored": items.ignored,
        "items_failed": items.failure,
        "items_failed_percent": round(items_failed_percent(tracked), 3),
        "delta": sum(one.newest.delta for one in tracked if one.newest),
        "gate": gate,
    }


def _result(
    shown: Sequence[Tracked], options: Options, run: Run, planned: Mapping[str, Tracked]
) -> View:
    """What the module returns; ``shown`` are the users to list, the summary is of all."""
    gate = _gate(run, options, planned)
    return {
        "users": [_shown(one) for one in shown],
        "summary": _summary(run.tracked, options.batch, options.goal.name, gate),
        "started_tags": list(planned),
        "started_passes": {
            tag: one.passes_before for tag, one in planned.items() if one.passes_before is not None
        },
        "started_at": iso(run.began),
    }


def _gate(run: Run, options: Options, planned: Mapping[str, Tracked]) -> str | None:
    """The gate's verdict; None while somebody is under way, or is (yet) to be started."""
    open_ends = (Standing.ACTIVE, Standing.TO_DO)
    undecided = any(
        not one.settled and (one.standing in open_ends or one.tag in planned) for one in run.tracked
    )
    if not options.goal.gated or undecided or not run.tracked:
        return None
    return "failed" if objections(run.tracked, len(_not_done(run)), options) else "passed"


def migration_info(client: Client, params: Params, check_mode: bool) -> Outcome:
    """cloudiway_migration_info: where a batch, or one user, stands."""
    tracked = look_at(client, params)
    shown = [_shown(one) for one in tracked]
    summary = _summary(tracked, params.get("batch"), None, None)
    return Outcome(False, {}, {}, {"users": shown, "summary": summary})


def look_at(client: Client, params: Params) -> list[Tracked]:
    """The members of a batch, or one user, as they are now; nothing is asked of them.

    Takes the options of cloudiway_migration_info. Raises NotFound where there is no such batch or
    user.
    """
    directory = Directory(client)
    users = _select(client, directory, params)
    if users is None:
        raise no_such_batch(client, params["batch"])
    watch = Watch(client, directory, parse_zone(params["server_timezone"]), is_fresh=True)
    tags = [tag for tag, _user in users]
    statuses = watch.statuses(tags)
    asked = tags if params.get("history", True) else []
    histories = watch.histories(asked)
    tracked = [
        Tracked(tag, user, fact, at_large(fact))
        for (tag, user), status in zip(users, statuses)
        for fact in [fact_of(status, histories.get(tag))]
    ]
    for one in tracked:
        one.reason = reason_of(one)
    return tracked
