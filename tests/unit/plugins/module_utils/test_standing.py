# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a user stands with regard to each state: every status of the appendix, written out."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import (
    STATUSES,
    Status,
    status_of,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._models import Pass, Totals
from ansible_collections.cloudiway.mail.plugins.module_utils._standing import (
    GOALS,
    Fact,
    Gate,
    Standing,
    at_large,
    finished_passes,
    needs_history,
)

DONE, ACTIVE, FAILED = Standing.DONE, Standing.ACTIVE, Standing.FAILED
TO_DO, UNKNOWN = Standing.TO_DO, Standing.UNKNOWN

#: Statuses that mean that the service works on a user, or will by itself; from the appendix.
BUSY = {
    "WORKING",
    "PENDING",
    "SCHEDULED",
    "STOPPING",
    "SHEDULEDINAGENT",
    "WORKINGINAGENT",
    "PRE_PROCESSING",
    "PRE_PROCESSING_PENDING",
    "PRE_PROCESSING_WORKING",
    "AUDIT",
    "AUDIT_WORKING",
    "GET_SITES",
    "GET_SITES_WORKING",
    "GET_GROUPS_WORKING",
    "GET_GROUPS",
    "ARCHIVESCHEDULED",
    "EXPORTINPROGRESS",
    "GET_SITES_AGENT",
    "AUDIT_SITES_AGENT",
    "SCHEDULED_SITES_AGENT",
    "WAITING_ROOT_SITE",
    "MAILPERMISSIONS_SCHEDULED",
    "MAILPERMISSIONS_WORKING",
    "CALENDARPOSTPROCESS_SCHEDULED",
    "CALENDARPOSTPROCESS_WORKING",
    "SHAREDMBXPREPROC_SCHEDULED",
    "SHAREDMBXPREPROC_WORKING",
    "SCHEDULED_FILES_AGENT",
    "MAILROOMEQUIPEMENT_SCHEDULED",
    "MAILROOMEQUIPEMENT_WORKING",
    "GETEXCHANGEGUIDS_SCHEDULED",
    "GETEXCHANGEGUIDS_WORKING",
}
#: Those of them that are a pass, or what comes right before one.
PASSING = {
    "WORKING",
    "PENDING",
    "SCHEDULED",
    "SHEDULEDINAGENT",
    "WORKINGINAGENT",
    "PRE_PROCESSING",
    "PRE_PROCESSING_PENDING",
    "PRE_PROCESSING_WORKING",
    "ARCHIVESCHEDULED",
    "EXPORTINPROGRESS",
    "SCHEDULED_FILES_AGENT",
}
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone.utc)


def a_pass(hours: float, ended: bool = True) -> Pass:
    """A pass that began so many hours after noon."""
    start = NOON + dt.timedelta(hours=hours)
    end = start + dt.timedelta(minutes=5) if ended else None
    return Pass(start, end, Totals(), Totals(), Totals())


def standing(state: str, status: str, *passes: Pass, since: dt.datetime | None = None) -> Standing:
    """Where a user with this status and these passes stands."""
    return GOALS[state].standing(Fact(status_of(status), passes), since)


def by_standing(state: str, *passes: Pass) -> dict[Standing, set[str]]:
    """The statuses of the appendix by where a user with these passes stands."""
    found: dict[Standing, set[str]] = {one: set() for one in Standing}
    for status in STATUSES:
        found[standing(state, status.name, *passes)].add(status.name)
    return found


def test_an_unknown_status_is_unknown_to_every_state() -> None:
    for state in GOALS:
        for status in ("UNKNOWN", "SOMETHING_NEW", "99", "-5"):
            for passes in ((), (a_pass(0),)):
                assert standing(state, status, *passes) is UNKNOWN


def test_every_status_that_means_activity_is_awaited_and_never_started_over() -> None:
    for state in ("audited", "migrated", "permissions_migrated"):
        for status in BUSY:
            assert standing(state, status, a_pass(0)) in (ACTIVE, DONE)
    for status in BUSY:
        assert standing("migrated", status, a_pass(0)) is ACTIVE


def test_migrated_is_who_has_a_pass_that_has_finished() -> None:
    found = by_standing("migrated", a_pass(0))
    assert found[ACTIVE] == BUSY
    assert found[UNKNOWN] == {"UNKNOWN"}
    assert found[FAILED] == {"ONERROR", "LICENSE_EXCEEDED"}
    assert found[TO_DO] == {"STOP"}


def test_nobody_without_a_pass_is_migrated() -> None:
    found = by_standing("migrated")
    assert found[DONE] == set()
    assert found[ACTIVE] == BUSY
    assert found[FAILED] == {"ONERROR", "LICENSE_EXCEEDED", "PRE_PROCESSING_ERROR"}


def test_after_a_stop_the_newest_pass_has_not_finished_and_earlier_ones_have() -> None:
    assert standing("migrated", "STOP", a_pass(0), a_pass(1)) is DONE
    assert standing("migrated", "STOP", a_pass(0)) is TO_DO
    since = NOON + dt.timedelta(minutes=30)
    assert standing("migrated", "STOP", a_pass(0), a_pass(1), since=since) is TO_DO


@pytest.mark.parametrize("status", ["ONERROR", "LICENSE_EXCEEDED"])
def test_after_a_failure_no_pass_counts_as_the_earlier_ones_may_have_failed_too(
    status: str,
) -> None:
    for passes in ((), (a_pass(0),), (a_pass(0), a_pass(1)), (a_pass(0), a_pass(1), a_pass(2))):
        assert standing("migrated", status, *passes) is FAILED
        assert standing("migrated", status, *passes, since=NOON) is FAILED


def test_an_audit_or_permissions_that_failed_do_not_undo_a_pass() -> None:
    for status in ("AUDIT_ERROR", "MAILPERMISSIONS_ERROR", "CALENDARPOSTPROCESS_ERROR"):
        assert standing("migrated", status, a_pass(0)) is DONE


def test_a_pass_counts_from_the_very_second_of_since() -> None:
    assert standing("migrated", "SUCCESS", a_pass(0), since=NOON) is DONE
    later = NOON + dt.timedelta(seconds=1)
    assert standing("migrated", "SUCCESS", a_pass(0), since=later) is TO_DO
    assert standing("migrated", "SUCCESS", a_pass(0), a_pass(1), since=later) is DONE


def test_a_pass_without_an_end_has_not_finished() -> None:
    fact = Fact(status_of("SUCCESS"), (a_pass(0), a_pass(1, ended=False)))
    assert finished_passes(fact, None) == [a_pass(0)]
    assert standing("migrated", "SUCCESS", a_pass(1, ended=False)) is ACTIVE
    assert standing("migrated", "STOP", a_pass(1, ended=False)) is TO_DO


def test_started_is_who_has_a_pass_under_way() -> None:
    found = by_standing("started")
    assert found[DONE] == PASSING
    assert found[ACTIVE] == BUSY - PASSING
    assert found[FAILED] == set()


def test_stopped_is_who_is_not_active() -> None:
    found = by_standing("stopped")
    assert found[TO_DO] == BUSY - {"STOPPING"}
    assert found[ACTIVE] == {"STOPPING"}
    assert found[DONE] == {one.name for one in STATUSES} - BUSY - {"UNKNOWN"}


def test_audited_is_who_is_audited_or_past_it() -> None:
    found = by_standing("audited")
    assert {"AUDIT_DONE", "SUCCESS", "ONERROR", "WORKING", "PENDING", "SCHEDULED"} <= found[DONE]
    assert {"MAILPERMISSIONS_DONE", "MAILPERMISSIONS_ERROR", "LICENSE_EXCEEDED"} <= found[DONE]
    assert {"AUDIT", "AUDIT_WORKING"} <= found[ACTIVE]
    assert found[FAILED] == {"AUDIT_ERROR"}
    assert {"NOTSTARTED", "STOP", "MAIL_SENT", "PRE_PROCESSING_ERROR"} <= found[TO_DO]
    assert standing("audited", "STOP", a_pass(0)) is DONE
    assert standing("audited", "AUDIT_ERROR", a_pass(0)) is FAILED


def test_permissions_are_migrated_by_their_own_status_alone() -> None:
    found = by_standing("permissions_migrated", a_pass(0))
    assert found[DONE] == {"MAILPERMISSIONS_DONE"}
    assert found[FAILED] == {"MAILPERMISSIONS_ERROR"}
    assert found[ACTIVE] == BUSY


@pytest.mark.parametrize("state", list(GOALS))
def test_only_failures_of_the_family_of_the_state_count(state: str) -> None:
    own = {
        "audited": {"AUDIT_ERROR"},
        "migrated": {"ONERROR", "LICENSE_EXCEEDED", "PRE_PROCESSING_ERROR"},
        "permissions_migrated": {"MAILPERMISSIONS_ERROR"},
    }
    assert by_standing(state)[FAILED] == own.get(state, set())


def test_history_is_asked_for_only_where_the_status_does_not_tell() -> None:
    def asked(state: str) -> set[str]:
        return {one.name for one in STATUSES if needs_history(GOALS[state], one)}

    resting = {one.name for one in STATUSES} - BUSY - {"UNKNOWN"}
    assert asked("migrated") == resting
    assert asked("stopped") == asked("permissions_migrated") == set()
    assert {"SUCCESS", "ONERROR", "AUDIT_DONE"} <= asked("started")
    assert not asked("started") & {"NOTSTARTED", "STOP", "UNKNOWN", *BUSY}
    assert {"NOTSTARTED", "STOP", "MAIL_SENT"} <= asked("audited")
    assert not asked("audited") & {"AUDIT_DONE", "AUDIT_ERROR", "SUCCESS", "ONERROR", "UNKNOWN"}


def test_at_large_a_user_stands_where_its_phase_says() -> None:
    expected = {
        "SUCCESS": DONE,
        "AUDIT_DONE": DONE,
        "ONERROR": FAILED,
        "PENDING": ACTIVE,
        "STOPPING": ACTIVE,
        "NOTSTARTED": TO_DO,
        "STOP": TO_DO,
        "NEVER_SEEN": UNKNOWN,
    }
    found = {name: at_large(Fact(status_of(name))) for name in expected}
    assert found == expected


def test_the_gate_lets_pass_up_to_its_bounds() -> None:
    gate = Gate(max_failed_users=2, max_failed_items_percent=1.5)
    assert not gate.objections(2, 0)
    assert gate.objections(3, 0)
    assert gate.objections(2, 1.5) == []
    assert gate.objections(3, 1.6) == [
        "3 users failed, max_failed_users is 2",
        "1.60 % of the items failed, max_failed_items_percent is 1.5",
    ]
    assert Gate().objections(0, 0.0) == []
    assert len(Gate().objections(1, 0.001)) == 2


def test_the_statuses_of_these_tests_are_those_of_the_appendix() -> None:
    assert all(isinstance(one, Status) and one.name for one in STATUSES)
    assert {one.name for one in STATUSES if one.active} == BUSY
    assert len(STATUSES) == 56
