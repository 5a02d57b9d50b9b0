# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is under way for a user: statuses that move with time, passes and their counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .mailbox import Mailbox

# Simulated seconds.
QUEUED = 30.0
PASS_AT_LEAST = 120.0
PASS_ITEMS_PER_SECOND = 5.0
THROTTLED = 600.0
AUDITING = 180.0
PERMISSIONS = 300.0
STOPPING = 20.0

# How far a pass comes that does not succeed.
SHARE_OF = {"SUCCESS": 1.0, "ONERROR": 0.4, "LICENSE_EXCEEDED": 0.5}

COUNTERS = (
    *(
        f"{kind}{count}"
        for kind in ("msg", "cal", "con")
        for count in ("Total", "Read", "Success", "Ignored", "Failure")
    ),
    "msgAlreadyMigrated",
)
MOVING = ("Success", "Ignored", "Failure")  # these grow while a pass runs; Read is their sum


@dataclass(frozen=True)
class Pass:
    """One pass of the history (2.8); stamps are seconds since the epoch."""

    start: float
    end: float | None
    outcome: str
    counters: Mapping[str, int]


@dataclass(frozen=True)
class Run:
    """Something that goes through phases and then leaves the user with an outcome."""

    kind: str  # migration, audit, permissions, stop
    began: float  # simulated seconds
    phases: tuple[tuple[str, float], ...]  # status, simulated seconds
    outcome: str
    counters: Mapping[str, int] = field(default_factory=dict)  # of a whole pass
    batch: str = ""  # whose permissions these are

    @property
    def ends(self) -> float:
        """The simulated moment of the outcome."""
        return self.began + sum(seconds for _unused, seconds in self.phases)

    @property
    def work_begins(self) -> float:
        """The simulated moment at which it leaves the queue."""
        queued = self.phases[0][1] if self.phases[0][0] == "SCHEDULED" else 0.0
        return self.began + queued

    def status(self, now: float) -> str:
        """The status at a simulated moment."""
        moment = self.began
        for status, seconds in self.phases:
            moment += seconds
            if now < moment:
                return status
        return self.outcome

    def counters_at(self, now: float) -> dict[str, int]:
        """The counters of a pass at a simulated moment: those of what is moved by then."""
        span = self.ends - self.work_begins
        reached = min(1.0, max(0.0, (now - self.work_begins) / span)) if span else 1.0
        share = reached * SHARE_OF.get(self.outcome, 1.0)
        counters = dict(self.counters)
        for kind in ("msg", "cal", "con"):
            for count in MOVING:
                counters[kind + count] = int(counters[kind + count] * share)
            counters[f"{kind}Read"] = sum(counters[kind + count] for count in MOVING)
        return counters


def migration(now: float, mailbox: Mailbox, reach: Mapping[str, int], passes: list[Pass]) -> Run:
    """A pass over what is in reach, after the passes there have been."""
    outcome = "SUCCESS"
    if mailbox.fails(len(passes)):
        outcome = "ONERROR"
    elif mailbox.license_exceeded:
        outcome = "LICENSE_EXCEEDED"
    counters = _whole_pass(mailbox, reach, passes)
    items = sum(counters[f"{kind}Read"] for kind in ("msg", "cal", "con"))
    working = PASS_AT_LEAST + items * SHARE_OF[outcome] / PASS_ITEMS_PER_SECOND
    if mailbox.throttled:
        work = (("WORKING", working / 2), ("PENDING", THROTTLED), ("WORKING", working / 2))
        return Run("migration", now, (("SCHEDULED", QUEUED), *work), outcome, counters)
    phases = (("SCHEDULED", QUEUED), ("WORKING", working))
    return Run("migration", now, phases, outcome, counters)


def audit(now: float, mailbox: Mailbox) -> Run:
    """An audit of a mailbox."""
    outcome = "AUDIT_ERROR" if mailbox.audit_fails else "AUDIT_DONE"
    return Run("audit", now, (("AUDIT", QUEUED), ("AUDIT_WORKING", AUDITING)), outcome)


def permissions(now: float, batch: str) -> Run:
    """The migration of the permissions of one user of a batch."""
    phases = (("MAILPERMISSIONS_SCHEDULED", QUEUED), ("MAILPERMISSIONS_WORKING", PERMISSIONS))
    return Run("permissions", now, phases, "MAILPERMISSIONS_DONE", batch=batch)


def stop(now: float) -> Run:
    """The end of whatever was under way."""
    return Run("stop", now, (("STOPPING", STOPPING),), "STOP")


def joined_at(run: Run, status: str) -> Run | None:
    """The same run, begun where it first has this status; None where it never has."""
    names = [name for name, _unused in run.phases]
    if status not in names:
        return None
    return replace(run, phases=run.phases[names.index(status) :])


def _whole_pass(mailbox: Mailbox, reach: Mapping[str, int], passes: list[Pass]) -> dict[str, int]:
    """The counters of a pass that comes to its end.

    Of messages, those that arrived earlier are not read again (the second pass of 2.8); of
    appointments and contacts, for which the document counts nothing as already migrated, they
    are read and ignored. So Total = Success + Ignored + Failure + AlreadyMigrated for each.
    """
    counters = dict.fromkeys(COUNTERS, 0)
    for kind, total in reach.items():
        there = min(total, sum(one.counters[f"{kind}Success"] for one in passes))
        left = total - there
        failure = min(left, mailbox.item_failures) if kind == "msg" else 0
        ignored = min(left - failure, mailbox.unreadable) if kind == "msg" else there
        if kind == "msg":
            counters["msgAlreadyMigrated"] = there
        success = left - failure - (ignored if kind == "msg" else 0)
        counters[f"{kind}Total"] = total
        counters[f"{kind}Read"] = success + ignored + failure
        counters[f"{kind}Success"] = success
        counters[f"{kind}Ignored"] = ignored
        counters[f"{kind}Failure"] = failure
    return counters
