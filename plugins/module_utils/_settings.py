# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a batch: observe and plan. They are kept on the users who are in it at the write.

A write replaces, so the full set is always sent; and since the service may not do as it says, what
reads back is compared with what was asked.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import typing as t
from collections.abc import Mapping

from . import _contract as contract
from ._client import Client
from ._contract import BATCH, DATES, SWITCHES
from ._directory import no_such_batch
from ._errors import CloudiwayError, InvalidInput, NotApplied, Refused
from ._models import Settings
from ._moments import parse_date
from ._plan import Action, Chain, Outcome, Plan, apply, changes_only

Wanted: t.TypeAlias = "dict[str, bool | dt.date | None]"

#: How a date that stays set although it was left out is cleared: null, then an empty string.
_CLEARINGS: t.Final = (None, "")


def wanted_of(params: Mapping[str, t.Any]) -> Wanted:
    """The settings that are declared, by option name. Raises InvalidInput, all faults at once."""
    wanted: Wanted = {name: params[name] for name in SWITCHES if params.get(name) is not None}
    faults = []
    for name in DATES:
        if params.get(name) is not None:
            try:
                wanted[name] = parse_date(params[name])
            except ValueError as why:
                faults.append(f"{name}: {params[name]!r}: {why}")
    first, last = (wanted.get(name) for name in DATES)
    if isinstance(first, dt.date) and isinstance(last, dt.date) and first > last:
        faults.append(f"from_date: {first} is after to_date: {last}")
    if faults:
        raise InvalidInput(faults)
    return wanted


def plan(observed: Settings | None, wanted: Wanted, batch: str, reapply: bool) -> Plan:
    """The way to the wanted settings; None stands for a batch that is yet to be made. Pure.

    Writing settings that read back equal reaches the members who joined since: that cannot be
    observed, so it does not count as a change.
    """
    old = observed or Settings.read({})
    new = old.merged(wanted)
    changed = bool(wanted) if observed is None else old != new
    if not changed and not reapply:
        return Plan()
    write = Action(contract.SET_SETTINGS, {BATCH: batch, **new.written()}, counts=changed)
    before, after = changes_only(old.result(), new.result())
    return Plan(((Chain(batch, (write,)),),), before if observed else {}, after)


def manage_settings(client: Client, params: Mapping[str, t.Any], check_mode: bool) -> Outcome:
    """cloudiway_batch_settings: read, merge, write the full set, read back, compare."""
    batch = params["batch"]
    wanted = wanted_of(params)
    observed = _observe(client, batch, check_mode)
    planned = plan(observed, wanted, batch, bool(params.get("reapply")))
    new = (observed or Settings.read({})).merged(wanted)
    first, last = (new.dates[name] for name in DATES)
    if planned.changed and first and last and first > last:
        raise InvalidInput([f"from_date: {first} is after to_date: {last}, as they would be set"])
    if planned.actions and not check_mode:
        # What read back equal before the write says nothing about whether it was made.
        apply(planned, client, lambda action: action.counts and client.settings(batch) == new)
        try:
            _confirm(client, batch, new)
        except CloudiwayError as why:
            why.seen = {"changed": planned.changed}  # it was written, whatever it reads now
            raise
    written = bool(planned.actions)
    return planned.outcome({"batch": batch, "settings": new.result(), "written": written})


def _observe(client: Client, batch: str, check_mode: bool) -> Settings | None:
    """The settings as they read now.

    None, in check mode alone, where the tasks before are taken to make the batch, or to fill it.
    """
    try:
        return client.settings(batch)
    except Refused:
        there = batch in client.batches()
        if there and (not check_mode or client.members(batch)):
            raise
        if check_mode:
            return None
    raise no_such_batch(client, batch)


def _confirm(client: Client, batch: str, new: Settings) -> None:
    """Read back; clear dates that stayed by the other ways. Raises NotApplied."""
    shown = client.settings(batch)
    for clearing in _CLEARINGS:
        stuck = [name for name in DATES if new.dates[name] is None and shown.dates[name]]
        if not stuck:
            break
        fields = {BATCH: batch, **new.written(), **{DATES[name]: clearing for name in stuck}}
        with contextlib.suppress(Refused):  # then the next way may do
            client.send(contract.SET_SETTINGS, fields, lambda: client.settings(batch) == new)
        shown = client.settings(batch)
    asked, reads = changes_only(new.result(), shown.result())
    if asked:
        differences = ", ".join(
            f"{name} reads {reads[name]!r}, not {asked[name]!r}" for name in asked
        )
        empty = "" if client.members(batch) else "; the batch has no members to keep settings on"
        raise NotApplied(
            f"settings of batch {batch!r} were written, yet {differences}{empty}",
            call=contract.SET_SETTINGS.name,
        )
