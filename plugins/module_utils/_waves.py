# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wave as reports show it: its mailboxes, how far each is, what was moved, and its gate.

Read from the service (``read_wave``), or from the JSON that an earlier report left. So a wave is
plain values throughout: what is written is what is read.
"""

from __future__ import annotations

import datetime as dt
import typing as t
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ._client import Client
from ._contract import Family, Phase, Status
from ._migrations import look_at
from ._models import KINDS, iso
from ._moments import parse_moment
from ._remedies import remedy_for
from ._standing import GOALS, Fact, Gate, Standing, finished_passes
from ._tracked import Tracked, items_failed_percent

Params = Mapping[str, t.Any]

#: How far a mailbox is -> how people read it, in the order in which it goes.
STAGES: t.Final = {
    "complete": "migrated, with permissions",
    "migrated": "migrated",
    "working": "working",
    "queued": "queued",
    "throttled": "throttled",
    "audited": "audited",
    "not_started": "not started",
    "stopped": "stopped",
    "unknown": "unknown",
    "failed": "failed",
}
#: What can have become of an item -> what is counted so.
FATES: t.Final = {
    "moved": "moved, in all passes",
    "failed": "failed in the newest pass",
    "ignored": "ignored in the newest pass",
    "left": "left by the newest pass",
}

Items = dict[str, int]


class Mailbox(t.TypedDict):
    """A member of a wave. Moments are in ISO 8601 and UTC, items by kind and fate."""

    source_email: str | None
    target_email: str | None
    migration_tag: str
    status: str
    phase: str
    stage: str
    passes: list[tuple[str, str | None]]
    items: dict[str, Items]
    reason: str | None
    next: str | None


class Verdict(t.TypedDict):
    """Whether the gate lets the wave through: passed, failed, or open while nobody can tell."""

    verdict: str
    text: str


class Wave(t.TypedDict):
    """A batch at a moment. Where it could not be read, trouble says why."""

    batch: str
    read_at: str | None
    trouble: str | None
    note: str
    switched_at: str | None
    gate: Verdict
    mailboxes: list[Mailbox]


def read_wave(client: Client, params: Params) -> Wave:
    """The wave that the options of cloudiway_report name, as it is now. Raises CloudiwayError."""
    tracked = look_at(client, params)
    limits = Gate(params["max_failed_users"], params["max_failed_items_percent"])
    wave = unread(params, None)
    wave["read_at"] = iso(dt.datetime.now(dt.timezone.utc))
    wave["gate"] = verdict(tracked, _since(params), limits)
    if wave["gate"]["verdict"] == "passed" and wave["switched_at"] and _has_end(client, params):
        text = "it has an end date, so no pass since the switch is the final one yet"
        wave["gate"] = {"verdict": "open", "text": text}
    wave["mailboxes"] = [_mailbox(one) for one in tracked]
    return wave


def _has_end(client: Client, params: Params) -> bool:
    """Whether the batch has an end date: then a pass may have left newer mail behind."""
    return client.settings(params["batch"]).dates["to_date"] is not None


def unread(params: Params, trouble: str | None) -> Wave:
    """The wave of which nothing is known."""
    switched = params.get("switched_at")
    return {
        "batch": params["batch"],
        "read_at": None,
        "trouble": trouble,
        "note": params.get("note") or "",
        "switched_at": iso(parse_moment(switched)) if switched else None,
        "gate": {"verdict": "open", "text": "nothing is known"},
        "mailboxes": [],
    }


def _since(params: Params) -> dt.datetime | None:
    """From when on a pass counts: since no sender uses the old MX record, once it is switched."""
    switched = params.get("switched_at")
    return parse_moment(switched) + dt.timedelta(seconds=params["mx_ttl"]) if switched else None


def verdict(tracked: Sequence[Tracked], since: dt.datetime | None, limits: Gate) -> Verdict:
    """What the gate of cloudiway_migration says, asked for passes (since a moment). Pure."""
    standings = Counter(GOALS["migrated"].standing(one.fact, since) for one in tracked)
    bad = standings[Standing.FAILED] + standings[Standing.UNKNOWN]
    against = limits.objections(bad, items_failed_percent(tracked))
    awaited = standings[Standing.ACTIVE] + standings[Standing.TO_DO]
    after = " since the switch" if since else ""
    if not tracked:
        return {"verdict": "open", "text": "it has no mailboxes"}
    if awaited:
        text = f"{awaited} of {len(tracked)} still lack a finished pass{after}"
        return {"verdict": "open", "text": "; ".join([text, *against])}
    if against:
        return {"verdict": "failed", "text": "; ".join(against)}
    done = f"{standings[Standing.DONE]} of {len(tracked)} have a finished pass{after}"
    return {"verdict": "passed", "text": done}


def stage_of(fact: Fact) -> str:
    """How far a mailbox is. A status that is done says little by itself: an audit is done too."""
    status = fact.status
    by_phase = {
        Phase.FAILED: "failed",
        Phase.UNKNOWN: "unknown",
        Phase.THROTTLED: "throttled",
        Phase.WORKING: "working",
        Phase.QUEUED: "queued",
    }
    if status.phase in by_phase:
        return by_phase[status.phase]
    if status.name == "STOP":
        return "stopped"
    if status.phase is Phase.DONE and status.family in (Family.PERMISSIONS, Family.CALENDAR):
        return "complete"
    if _is_mail_done(status) or finished_passes(fact, None):
        return "migrated"
    return "audited" if status.name == "AUDIT_DONE" else "not_started"


def _is_mail_done(status: Status) -> bool:
    return status.phase is Phase.DONE and status.family in (Family.MAIL, Family.ARCHIVE)


def _mailbox(one: Tracked) -> Mailbox:
    status, passes, newest = one.fact.status, one.fact.passes or (), one.newest
    remedy = remedy_for(status, newest.items if newest else None, newest.delta if newest else 0)
    items = {}
    for kind in KINDS:
        last = getattr(newest, kind) if newest else None
        items[kind] = {
            "moved": sum(getattr(each, kind).success for each in passes),
            "failed": last.failure if last else 0,
            "ignored": last.ignored if last else 0,
            "left": last.delta if last else 0,
        }
    return {
        "source_email": one.user.source_email if one.user else None,
        "target_email": one.user.target_email if one.user else None,
        "migration_tag": one.tag,
        "status": status.name,
        "phase": status.phase.value,
        "stage": stage_of(one.fact),
        "passes": [(iso(each.start), iso(each.end) if each.end else None) for each in passes],
        "items": items,
        "reason": remedy.reason if remedy else None,
        "next": remedy.next if remedy else None,
    }


# Counting -----------------------------------------------------------------------------------


def stages_of(mailboxes: Iterable[Mailbox]) -> dict[str, int]:
    """How many mailboxes are how far; the stages at which none is are there too."""
    counts = Counter(one["stage"] for one in mailboxes)
    return {stage: counts[stage] for stage in STAGES}


def items_by_kind(mailboxes: Iterable[Mailbox]) -> dict[str, Items]:
    """What became of the items of all mailboxes, by kind and fate."""
    sums = {kind: dict.fromkeys(FATES, 0) for kind in KINDS}
    for one in mailboxes:
        for kind, items in one["items"].items():
            for fate, count in items.items():
                sums[kind][fate] += count
    return sums


def over_kinds(items: Mapping[str, Items]) -> Items:
    """What became of items of all kinds."""
    return {fate: sum(items[kind][fate] for kind in KINDS) for fate in FATES}


def summary_of(wave: Wave) -> dict[str, t.Any]:
    """A wave in numbers, as cloudiway_report returns it."""
    mailboxes = wave["mailboxes"]
    items = items_by_kind(mailboxes)
    return {
        "batch": wave["batch"],
        "read_at": wave["read_at"],
        "trouble": wave["trouble"],
        "note": wave["note"],
        "gate": wave["gate"],
        "mailboxes": len(mailboxes),
        "passes": sum(len(one["passes"]) for one in mailboxes),
        "stages": stages_of(mailboxes),
        "need_a_person": sum(one["reason"] is not None for one in mailboxes),
        **over_kinds(items),
        "kinds": items,
    }
