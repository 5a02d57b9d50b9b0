# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a user stands with regard to a state of cloudiway_migration. Pure.

A state is one row of a table: whose failures count, which calls start it, when a user has reached
it. Everything else (waiting, gates, retries) is the same for all states.
"""

from __future__ import annotations

import datetime as dt
import enum
import typing as t
from dataclasses import dataclass

from . import _contract as contract
from ._contract import UNFINISHED, Call, Family, Phase, Status
from ._models import Pass


class Standing(enum.Enum):
    """Where a user stands; the value is what modules return as ``outcome``."""

    DONE = "done"
    ACTIVE = "active"
    FAILED = "failed"
    TO_DO = "pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fact:
    """What the service shows of a user: its status, and its passes where they were asked for."""

    status: Status
    passes: tuple[Pass, ...] | None = None

    @property
    def pass_count(self) -> int | None:
        """How many passes history shows; None where it was not asked for."""
        return None if self.passes is None else len(self.passes)


_PASSES: t.Final = frozenset({Family.MAIL, Family.PREPROCESSING, Family.ARCHIVE, Family.AGENT})
#: Of those, the ones that are failures: while one lasts, earlier passes may have failed too.
_FAILED_PASS: t.Final = UNFINISHED - {"STOP"}

Reached = t.Callable[[Fact, "dt.datetime | None"], bool]


@dataclass(frozen=True)
class Goal:
    """One state of cloudiway_migration."""

    name: str
    #: The families whose failures count; others do not concern this state.
    families: frozenset[Family]
    user_call: Call | None
    batch_call: Call
    reached: Reached
    #: Whether a user that is active is on its way to the state, and to be awaited.
    awaits_active: bool = True
    #: Whether the history is needed to tell, and for the gate.
    reads_history: bool = False
    #: Whether the gate applies, and failed users may be started again.
    gated: bool = True
    #: Whether an accepted start is all there is to it: a short pass may end before the next look.
    start_suffices: bool = False
    #: Families that the service goes on to by itself, after what was started.
    goes_on_to: frozenset[Family] = frozenset()
    #: Statuses of those who have not reached the state, though their batch has gone on.
    left_behind: frozenset[str] = frozenset()

    def standing(self, fact: Fact, since: dt.datetime | None) -> Standing:
        """Where a user stands."""
        status = fact.status
        if self.reached(fact, since):
            return Standing.DONE
        if status.phase is Phase.UNKNOWN:
            return Standing.UNKNOWN
        if status.active and (self.awaits_active or status.name == "STOPPING"):
            return Standing.ACTIVE
        if self.reads_history and _is_open(fact):
            return Standing.ACTIVE
        if status.phase is Phase.FAILED and status.family in self.families:
            return Standing.FAILED
        return Standing.TO_DO


def finished_passes(fact: Fact, since: dt.datetime | None) -> list[Pass]:
    """The passes that have finished (and began at or after since), the oldest first."""
    passes = list(fact.passes or ())
    if passes and (fact.status.name in UNFINISHED or fact.status.active):
        passes.pop()
    return [one for one in passes if one.end and (since is None or one.start >= since)]


def _is_open(fact: Fact) -> bool:
    """Whether history shows a pass that goes on, though the status may not say so yet."""
    is_running = bool(fact.passes) and fact.passes is not None and fact.passes[-1].end is None
    return is_running and fact.status.name not in UNFINISHED


def _is_migrated(fact: Fact, since: dt.datetime | None) -> bool:
    """A pass has finished, and none is under way that is to be awaited.

    History does not say how a pass ended, only the status does, of the newest: while that is a
    failure, the passes before it may have failed as well.
    """
    status = fact.status
    if status.active or status.phase is Phase.UNKNOWN or status.name in _FAILED_PASS:
        return False
    return bool(finished_passes(fact, since))


def _is_started(fact: Fact, since: dt.datetime | None) -> bool:
    status = fact.status
    return status.active and status.family in _PASSES and status.name != "STOPPING"


def _is_stopped(fact: Fact, since: dt.datetime | None) -> bool:
    return not fact.status.active and fact.status.phase is not Phase.UNKNOWN


def _is_audited(fact: Fact, since: dt.datetime | None) -> bool:
    """Audited, or already past it: a pass was begun, or permissions or calendars were."""
    status = fact.status
    if status.family is Family.AUDIT:
        return status.phase is Phase.DONE
    if fact.passes:
        return status.phase is not Phase.UNKNOWN
    begun = status.active or status.phase in (Phase.DONE, Phase.FAILED)
    past = {Family.MAIL, Family.ARCHIVE, Family.AGENT, Family.PERMISSIONS, Family.CALENDAR}
    return begun and status.family in past


def has_permissions(fact: Fact, _since: dt.datetime | None = None) -> bool:
    """Permissions were migrated, and nothing else since.

    Calendars that were processed (39 to 42) are no proof: no call starts that, and the document
    does not say what it follows. Permissions that are migrated twice are better than not at all.
    """
    return fact.status.family is Family.PERMISSIONS and fact.status.phase is Phase.DONE


GOALS: t.Final = {
    goal.name: goal
    for goal in (
        Goal(
            "audited",
            frozenset({Family.AUDIT}),
            contract.AUDIT_USER,
            contract.AUDIT_BATCH,
            _is_audited,
        ),
        Goal(
            "started",
            frozenset(),
            contract.START_USER,
            contract.START_BATCH,
            _is_started,
            start_suffices=True,
        ),
        Goal(
            "migrated",
            _PASSES,
            contract.START_USER,
            contract.START_BATCH,
            _is_migrated,
            reads_history=True,
            left_behind=frozenset({"MAILPERMISSIONS_DONE", "MAILPERMISSIONS_ERROR"}),
        ),
        Goal(
            "stopped",
            frozenset(),
            contract.STOP_USER,
            contract.STOP_BATCH,
            _is_stopped,
            awaits_active=False,
            gated=False,
        ),
        Goal(
            "permissions_migrated",
            frozenset({Family.PERMISSIONS}),
            None,
            contract.START_PERMISSIONS,
            has_permissions,
            goes_on_to=frozenset({Family.CALENDAR}),
            left_behind=UNFINISHED | {"NOTSTARTED", "AUDIT_DONE", "AUDIT_ERROR"},
        ),
    )
}


def needs_history(goal: Goal, status: Status) -> bool:
    """Whether the status alone does not tell where a user stands."""
    if status.active or status.phase is Phase.UNKNOWN:
        return False
    if goal.reads_history:
        return True
    if goal.start_suffices and status.phase in (Phase.DONE, Phase.FAILED):
        # After a lost answer, a short pass may leave no other trace than one pass more.
        return True
    return (
        goal.name == "audited"
        and status.family is not Family.AUDIT
        and not _is_audited(Fact(status), None)
    )


def will_be_to_do(goal: Goal, fact: Fact, since: dt.datetime | None) -> bool:
    """Whether an active user, once it rests, is yet to be started for the state: a forecast.

    Of a pass that is under way, only history may tell that it began before ``since``.
    """
    status, passes = fact.status, fact.passes or ()
    if goal.user_call is None:
        return status.family is not Family.PERMISSIONS
    if status.family in _PASSES and status.name != "STOPPING":
        running = passes[-1] if passes and not passes[-1].end else None
        return bool(goal.reads_history and since and running and running.start < since)
    ended = any(one.end and (since is None or one.start >= since) for one in passes)
    return goal.start_suffices or (goal.reads_history and not ended)


def at_large(fact: Fact) -> Standing:
    """Where a user stands when nobody asks for a state: by the phase of its status alone."""
    return {
        Phase.DONE: Standing.DONE,
        Phase.FAILED: Standing.FAILED,
        Phase.UNKNOWN: Standing.UNKNOWN,
        Phase.IDLE: Standing.TO_DO,
    }.get(fact.status.phase, Standing.ACTIVE)


# The gate -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gate:
    """How many users, and what share of their items in percent, may have failed."""

    max_failed_users: int = 0
    max_failed_items_percent: float = 0.0

    def objections(self, failed: int, items_failed_percent: float) -> list[str]:
        """Why the gate does not let pass; none where it does."""
        found = []
        if failed > self.max_failed_users:
            users = "user" if failed == 1 else "users"
            found.append(f"{failed} {users} failed, max_failed_users is {self.max_failed_users}")
        if items_failed_percent > self.max_failed_items_percent:
            found.append(
                f"{_percent(items_failed_percent)} of the items failed, "
                f"max_failed_items_percent is {self.max_failed_items_percent:g}"
            )
        return found


def _percent(share: float) -> str:
    """A share in percent; one that is small is not shown as none."""
    return f"{share:.2f} %" if share >= 0.01 else f"{share:.1g} %"
