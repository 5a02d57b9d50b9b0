# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations against the simulator: each state reached, nothing done twice, and the cost of it."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
import typing as t
from collections import Counter

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    CloudiwayError,
    GateNotPassed,
    NotFound,
    Refused,
    WaitTimeout,
    WrongClock,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import (
    manage_migration,
    migration_info,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._plan import Outcome
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Params,
    Service,
    a_pass,
    ago,
    local_part,
    migration,
    names_of,
    rehearsed,
    simulator,
    source,
    target,
)

NAMES = ("anna", "bert", "carl")
MIGRATED: Params = {"status": "SUCCESS", "passes": [a_pass(5)]}


def run(service: Service, state: str, check: bool = False, **options: t.Any) -> Outcome:
    """Bring a batch, or one user, to a state."""
    return service.do(manage_migration, migration(state, **options), check)


def fails(
    service: Service, kind: type[CloudiwayError], state: str, **options: t.Any
) -> CloudiwayError:
    """The failure to bring a batch, or one user, to a state."""
    with pytest.raises(kind) as caught:
        run(service, state, **options)
    return caught.value


def one(name: str) -> Params:
    """The selection of one user by its source address."""
    return {"batch": None, "source_email": source(name)}


def statuses(service: Service) -> dict[str, str]:
    """The status of each user, by name."""
    return {local_part(user["source_email"]): user["status"] for user in service.users}


def tally(service: Service, what: str) -> dict[str, int]:
    """How often something was done for each user: starts, audits, permission_runs."""
    return {local_part(user["source_email"]): user[what] for user in service.users}


# migrated -----------------------------------------------------------------------------------------


def test_a_batch_is_migrated_with_one_call_and_is_so_the_second_time(service: Service) -> None:
    service.have(*NAMES, batch=WAVE)
    outcome = rehearsed(service, manage_migration, migration("migrated"))
    assert tally(service, "starts") == {"anna": 1, "bert": 1, "carl": 1}
    assert statuses(service) == dict.fromkeys(NAMES, "SUCCESS")
    assert outcome.before == {source(name): "NOTSTARTED" for name in NAMES}
    assert outcome.after == {source(name): "start" for name in NAMES}
    assert service.violations == []
    assert outcome.result["started_tags"] == [service.tag(name) for name in NAMES]
    summary = outcome.result["summary"]
    assert (summary["users"], summary["done"], summary["gate"]) == (3, 3, "passed")
    assert summary["items_success"] > 0


def test_what_is_migrated_already_costs_a_status_and_a_history_for_each(service: Service) -> None:
    service.have(*NAMES, batch=WAVE, **MIGRATED)
    service.count_anew()
    assert not run(service, "migrated").changed
    assert service.requests == {
        "getusersinbatch": 1,
        "getall": 1,
        "status": 3,
        "getmailhistory": 3,
    }


def test_where_getall_shows_statuses_nobody_is_asked_for_one(service: Service) -> None:
    service.read_as(getall_statuses=True)
    service.have(*NAMES, batch=WAVE, **MIGRATED)
    service.count_anew()
    assert not run(service, "migrated").changed
    assert service.requests == {"getusersinbatch": 1, "getall": 1, "getmailhistory": 3}


def test_a_pass_is_shown_with_its_counters_and_what_is_left(service: Service) -> None:
    counters = {"msgTotal": 10, "msgRead": 7, "msgSuccess": 6, "msgIgnored": 1, "calTotal": 2}
    passes = [a_pass(5, msgTotal=1, msgSuccess=1), a_pass(3, "SUCCESS", **counters)]
    service.have("anna", batch=WAVE, status="SUCCESS", passes=passes)
    [user] = run(service, "migrated").result["users"]
    assert user["passes"][1]["mail"] == {
        "total": 10,
        "read": 7,
        "success": 6,
        "ignored": 1,
        "failure": 0,
        "already_migrated": 0,
        "delta": 3,
    }
    assert user["totals"]["mail"]["total"] == 10
    assert (user["delta"], user["outcome"], user["reason"]) == (5, "done", None)
    assert (user["status"], user["phase"]) == ("SUCCESS", "done")
    assert (user["source_email"], user["target_email"]) == (source("anna"), target("anna"))


def test_where_not_every_member_needs_a_pass_each_that_does_is_started_alone(
    service: Service,
) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    service.have("bert", "carl", batch=WAVE)
    rehearsed(service, manage_migration, migration("migrated"))
    assert tally(service, "starts") == {"anna": 0, "bert": 1, "carl": 1}


def test_a_member_that_is_active_is_awaited_and_the_others_are_started_alone(
    service: Service,
) -> None:
    service.have("anna", batch=WAVE, status="WORKING")
    service.have("bert", batch=WAVE)
    service.count_anew()
    outcome = run(service, "migrated")
    assert service.writes == {"start": 1}
    assert names_of(outcome.result["users"]) == ["anna", "bert"]
    assert outcome.result["summary"]["done"] == 2
    assert service.violations == []


def test_one_user_is_migrated_alone(service: Service) -> None:
    service.have(*NAMES, batch=WAVE)
    for selection in (
        one("anna"),
        {**one("bert"), "target_email": target("bert")},
        {"batch": None, "migration_tag": service.tag("carl")},
    ):
        outcome = rehearsed(service, manage_migration, migration("migrated", **selection))
        assert len(outcome.result["users"]) == 1
    assert tally(service, "starts") == {"anna": 1, "bert": 1, "carl": 1}
    assert "startbatch" not in service.writes


def test_a_user_that_throttles_is_awaited_and_never_started_again(service: Service) -> None:
    service.have("anna", batch=WAVE, status="PENDING")  # no mailbox of the cast throttles: it stays
    failure = fails(service, WaitTimeout, "migrated", wait_timeout=0.3)
    assert service.posts == 0 or "start" not in service.writes
    assert failure.seen["summary"]["throttled"] == 1
    assert failure.seen["users"][0]["outcome"] == "active"


def test_a_settled_user_is_never_asked_for_again(service: Service) -> None:
    service.have("anna", batch=WAVE, status="WORKINGINAGENT")  # this moves by no clock
    service.have("bert", batch=WAVE)
    service.count_anew()
    fails(service, WaitTimeout, "migrated", wait_timeout=1.0)
    asked = [
        local_part_of(service, entry["user"])
        for entry in service.journal
        if entry["call"] == "status"
    ]
    last = max(at for at, name in enumerate(asked) if name == "bert")
    assert asked[last + 1 :].count("anna") >= 5
    histories = [entry["user"] for entry in service.journal if entry["call"] == "getmailhistory"]
    assert histories.count(service.tag("bert")) <= 3


def local_part_of(service: Service, tag: str) -> str:
    """The name of the user with a tag."""
    [user] = [user for user in service.users if user["migration_tag"] == tag]
    return local_part(user["source_email"])


def test_a_batch_that_is_not_there_is_named_and_so_are_those_that_are(service: Service) -> None:
    service.have("anna", batch="Wave 1")
    told = fails(service, NotFound, "migrated").message
    assert told == "there is no batch 'Wave & 1'; there is 'Wave 1'"


def test_a_batch_without_users_is_an_error_and_no_success(service: Service) -> None:
    service.have_batch(WAVE)
    assert "batch 'Wave & 1' has no users" in fails(service, NotFound, "migrated").message


@pytest.mark.parametrize("empty", [True, False])
@pytest.mark.parametrize("state", ["audited", "started", "migrated", "permissions_migrated"])
def test_in_check_mode_an_absent_or_empty_batch_is_taken_to_be_filled_before(
    service: Service, state: str, empty: bool
) -> None:
    if empty:
        service.have_batch(WAVE)
    outcome = run(service, state, check=True)
    assert outcome.changed
    assert outcome.result["users"] == []
    assert outcome.warnings == ()
    assert service.posts == 0


def test_a_user_that_is_not_there_is_named(service: Service) -> None:
    assert (
        "there is no user anna@old.example"
        in fails(service, NotFound, "migrated", **one("anna")).message
    )
    selection = {"batch": None, "migration_tag": "no-such-tag"}
    assert (
        "there is no user no-such-tag" in fails(service, NotFound, "migrated", **selection).message
    )


# since --------------------------------------------------------------------------------------------


def test_with_since_an_earlier_pass_does_not_count_and_another_follows(service: Service) -> None:
    service.have(*NAMES, batch=WAVE, **MIGRATED)
    params = migration("migrated", since=ago(hours=1))
    rehearsed(service, manage_migration, params)
    assert tally(service, "starts") == {"anna": 1, "bert": 1, "carl": 1}


def test_with_since_a_later_pass_counts(service: Service) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    assert not rehearsed(
        service, manage_migration, migration("migrated", since=ago(hours=6))
    ).changed


@pytest.mark.parametrize("running", ["hidden", "shown"])
def test_an_active_pass_that_began_before_since_is_awaited_and_followed_by_another(
    service: Service, running: str
) -> None:
    service.read_as(history_running=running)
    service.have("anna", batch=WAVE, status="WORKING")
    since = (dt.datetime.now(dt.timezone.utc) + dt.timedelta(milliseconds=50)).isoformat()
    params = migration("migrated", since=since)
    predicted = service.do(manage_migration, params, check=True)
    service.count_anew()
    outcome = service.do(manage_migration, params)
    assert outcome.changed
    [user] = outcome.result["users"]
    assert len(user["passes"]) == 2
    assert tally(service, "starts") == {"anna": 1}
    if running == "shown":  # else nothing says when the pass began
        assert predicted.changed
    assert service.violations == []
    assert not service.do(manage_migration, params).changed


def test_a_start_never_makes_a_pass_that_begins_before_since(service: Service) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    since = (dt.datetime.now(dt.timezone.utc) + dt.timedelta(milliseconds=30)).isoformat()
    run(service, "migrated", since=since)
    assert tally(service, "starts") == {"anna": 1}


# The clock ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["+02:00", "-05:00", "+05:30", "-09:30", "+12:45"])
def test_a_wrong_zone_is_found_out_and_the_one_that_is_named_works(
    service: Service, zone: str
) -> None:
    service.read_as(server_timezone=zone)
    service.have("anna", batch=WAVE)
    failure = fails(service, WrongClock, "migrated")
    assert failure.code == "clock"
    assert failure.seen["started_tags"] == [service.tag("anna")]
    named = re.search(r"server_timezone is wrong; (\S+) would fit", failure.message)
    assert named
    assert named[1] == zone
    outcome = run(service, "migrated", since=ago(minutes=2), server_timezone=named[1])
    assert not outcome.changed
    service.change("anna", passes=[a_pass(5)])
    assert run(service, "migrated", since=ago(minutes=2), server_timezone=named[1]).changed


def test_a_named_zone_is_read_with_its_summer_time(service: Service) -> None:
    service.read_as(server_timezone="Europe/Paris")
    service.have("anna", batch=WAVE)
    params = migration("migrated", server_timezone="Europe/Paris", since=ago(minutes=2))
    assert rehearsed(service, manage_migration, params).changed


def test_the_right_zone_is_no_wrong_clock(service: Service) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    run(service, "migrated", since=ago(hours=1))


# started, stopped ---------------------------------------------------------------------------------


def test_started_is_reached_by_the_start_itself(service: Service) -> None:
    service.have(*NAMES, batch=WAVE, **MIGRATED)
    outcome = run(service, "started")
    assert outcome.changed
    assert tally(service, "starts") == {"anna": 1, "bert": 1, "carl": 1}
    assert outcome.result["summary"]["done"] == 3


def test_who_is_active_is_started_already(service: Service) -> None:
    service.have("anna", batch=WAVE, status="WORKINGINAGENT")
    service.have("bert", batch=WAVE, status="PENDING")
    assert not rehearsed(service, manage_migration, migration("started")).changed


def test_stopped_stops_who_is_active_and_waits_until_they_are(service: Service) -> None:
    service.have("anna", batch=WAVE, status="WORKINGINAGENT")
    service.have("bert", batch=WAVE, status="AUDIT_WORKING")
    service.change("bert", status="GET_SITES_WORKING")
    service.have("carl", batch=WAVE, **MIGRATED)
    outcome = rehearsed(service, manage_migration, migration("stopped"))
    assert statuses(service) == {"anna": "STOP", "bert": "STOP", "carl": "SUCCESS"}
    assert outcome.after == {source("anna"): "stop", source("bert"): "stop"}


def test_where_all_are_active_the_whole_batch_is_stopped_with_one_call(service: Service) -> None:
    service.have(*NAMES, batch=WAVE, status="WORKINGINAGENT")
    service.count_anew()
    run(service, "stopped")
    assert service.writes == {"stopbatch": 1}
    assert statuses(service) == dict.fromkeys(NAMES, "STOP")


def test_a_batch_at_rest_is_stopped_already(service: Service) -> None:
    service.have("anna", batch=WAVE, status="ONERROR")
    service.have("bert", batch=WAVE)
    assert not rehearsed(service, manage_migration, migration("stopped")).changed


def test_stopping_a_batch_that_is_not_there_in_check_mode_changes_nothing(
    service: Service,
) -> None:
    assert not run(service, "stopped", check=True).changed


def test_what_was_stopped_is_migrated_when_that_is_asked_for(service: Service) -> None:
    service.have("anna", batch=WAVE, status="STOP", passes=[a_pass(5, "STOP")])
    rehearsed(service, manage_migration, migration("migrated"))
    assert statuses(service) == {"anna": "SUCCESS"}


# audited ------------------------------------------------------------------------------------------


def test_a_batch_is_audited_with_one_call_and_is_so_the_second_time(service: Service) -> None:
    service.have(*NAMES, batch=WAVE)
    outcome = rehearsed(service, manage_migration, migration("audited"))
    assert tally(service, "audits") == {"anna": 1, "bert": 1, "carl": 1}
    assert outcome.after == {source(name): "audit" for name in NAMES}


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "AUDIT_DONE"},
        {"status": "SUCCESS"},
        {"status": "ONERROR"},
        {"status": "WORKINGINAGENT"},
        {"status": "STOP", "passes": [a_pass(5)]},
        {"status": "MAILPERMISSIONS_DONE"},
    ],
)
def test_who_is_audited_or_past_it_is_not_audited_again(service: Service, facts: Params) -> None:
    service.have("anna", batch=WAVE, **facts)
    assert not rehearsed(service, manage_migration, migration("audited")).changed


def test_a_failed_audit_shuts_the_gate_and_is_tried_again_by_the_next_run(
    service: Service,
) -> None:
    service.have("anna", "locked", batch=WAVE)
    failure = fails(service, GateNotPassed, "audited")
    assert names_of(failure.seen["users"]) == ["locked"]
    assert "locked@old.example: the status is AUDIT_ERROR" in failure.message
    fails(service, GateNotPassed, "audited")
    assert tally(service, "audits") == {"anna": 1, "locked": 2}


# The gate, retries --------------------------------------------------------------------------------


def test_a_user_that_fails_shuts_the_gate_after_the_others_are_done(service: Service) -> None:
    service.have("anna", "always", batch=WAVE)
    failure = fails(service, GateNotPassed, "migrated")
    assert statuses(service) == {"anna": "SUCCESS", "always": "ONERROR"}
    assert failure.code == "gate"
    assert failure.message.startswith(
        "the gate is shut: 1 user failed, max_failed_users is 0\nalways@old.example: "
    )
    assert names_of(failure.seen["users"]) == ["always"]
    assert failure.seen["summary"]["users"] == 2
    assert failure.seen["summary"]["gate"] == "failed"
    assert failure.seen["changed"] is True


def test_the_gate_lets_so_many_failed_users_pass(service: Service) -> None:
    service.have("anna", "always", batch=WAVE)
    params = migration("migrated", max_failed_users=1)
    outcome = rehearsed(service, manage_migration, params)
    assert outcome.result["summary"]["failed"] == 1
    assert outcome.result["summary"]["gate"] == "passed"


def test_where_not_all_users_are_wanted_only_who_was_started_or_is_wrong_is_listed(
    service: Service,
) -> None:
    service.have("anna", "always", "lossy", batch=WAVE)
    service.have("bert", batch=WAVE, **MIGRATED)
    lenient: Params = {
        "max_failed_users": 1,
        "max_failed_items_percent": 100,
        "return_users": False,
    }
    for check in (True, False):
        outcome = run(service, "migrated", check=check, **lenient)
        assert names_of(outcome.result["users"]) == ["anna", "always", "lossy"]
    again = run(service, "migrated", **lenient)
    assert names_of(again.result["users"]) == ["always", "lossy"]
    assert again.result["summary"]["users"] == 4


def test_failed_users_of_earlier_runs_are_started_again_only_where_the_gate_minds(
    service: Service,
) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    service.have("once", batch=WAVE, status="ONERROR", passes=[a_pass(5, "ONERROR")])
    assert not rehearsed(
        service, manage_migration, migration("migrated", max_failed_users=1)
    ).changed
    outcome = rehearsed(service, manage_migration, migration("migrated"))
    assert names_of(outcome.result["users"]) == ["anna", "once"]
    assert tally(service, "starts") == {"anna": 0, "once": 1}


def test_a_retry_round_starts_the_failed_users_of_this_run_alone(service: Service) -> None:
    service.have("anna", "twice", "always", batch=WAVE)
    failure = fails(service, GateNotPassed, "migrated", retries=2)
    assert tally(service, "starts") == {"anna": 1, "twice": 3, "always": 3}
    assert names_of(failure.seen["users"]) == ["always"]


def test_retries_end_as_soon_as_the_gate_would_pass(service: Service) -> None:
    service.have("anna", "once", "twice", batch=WAVE)
    run(service, "migrated", retries=5, max_failed_users=1)
    assert tally(service, "starts") == {"anna": 1, "once": 2, "twice": 2}


def test_failed_users_of_earlier_runs_that_the_gate_bears_are_not_retried(
    service: Service,
) -> None:
    service.have("always", batch=WAVE, status="ONERROR", passes=[a_pass(5, "ONERROR")])
    service.have("twice", batch=WAVE)
    run(service, "migrated", retries=3, max_failed_users=1)
    assert tally(service, "starts") == {"always": 0, "twice": 3}


def test_a_mailbox_that_keeps_failing_is_never_taken_as_migrated(service: Service) -> None:
    service.have("anna", "always", batch=WAVE)
    for starts in (1, 2, 3):
        fails(service, GateNotPassed, "migrated")
        assert tally(service, "starts") == {"anna": 1, "always": starts}


@pytest.mark.parametrize("shown", ["shown", "hidden"])
def test_retries_work_whether_history_shows_failed_passes_or_not(
    service: Service, shown: str
) -> None:
    service.read_as(history_failed=shown)
    service.have("once", batch=WAVE)
    outcome = run(service, "migrated", retries=1)
    assert outcome.result["summary"]["gate"] == "passed"
    assert tally(service, "starts") == {"once": 2}


def test_a_licence_that_is_used_up_is_not_retried_and_the_way_out_is_named(
    service: Service,
) -> None:
    service.have("full", batch=WAVE)
    failure = fails(service, GateNotPassed, "migrated", retries=3)
    assert tally(service, "starts") == {"full": 1}
    assert "license: always" in failure.message
    assert failure.seen["users"][0]["status"] == "LICENSE_EXCEEDED"


def test_items_that_fail_shut_the_gate_beyond_their_share(service: Service) -> None:
    service.have("lossy", batch=WAVE)
    failure = fails(service, GateNotPassed, "migrated")
    assert "% of the items failed, max_failed_items_percent is 0" in failure.message
    assert failure.seen["summary"]["items_failed"] == 5
    outcome = run(service, "migrated", max_failed_items_percent=5.0)
    assert not outcome.changed
    assert 0 < outcome.result["summary"]["items_failed_percent"] < 5


@pytest.mark.parametrize("state", ["audited", "started"])
def test_items_that_failed_in_earlier_passes_are_no_matter_of_another_state(
    service: Service, state: str
) -> None:
    failed = a_pass(5, "SUCCESS", msgTotal=10, msgSuccess=5, msgFailure=5)
    service.have("anna", batch=WAVE, status="STOP", passes=[failed])
    service.have("bert", batch=WAVE, status="SUCCESS", passes=[failed])
    assert run(service, state).result["summary"]["gate"] == "passed"


def test_a_missing_licence_is_refused_per_user_and_the_way_out_is_named(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.have("bert", batch=WAVE, licensed=False)
    failure = fails(service, GateNotPassed, "migrated")
    assert statuses(service) == {"anna": "SUCCESS", "bert": "NOTSTARTED"}
    assert "bert@old.example: start was refused: No license is assigned" in failure.message
    assert "license: always gives it" in failure.message


def test_an_unknown_status_is_never_acted_upon_and_never_a_success(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.have("bert", batch=WAVE, status="UNKNOWN")
    for state in ("migrated", "audited", "started", "stopped", "permissions_migrated"):
        service.count_anew()
        if state == "stopped":
            assert run(service, state).result["summary"]["unknown"] == 1
        else:
            failure = fails(service, GateNotPassed, state)
            assert (
                "its status is UNKNOWN: not known, so nothing was done about it" in failure.message
            )
        assert service.user("bert")["starts"] == service.user("bert")["audits"] == 0
        assert not {"startbatch", "batchaudit", "stopbatch"} & set(service.writes)
        assert "startpermissionmigrationbybatch" not in service.writes


# wait, started_tags -------------------------------------------------------------------------------


def test_without_wait_it_starts_and_leaves(service: Service) -> None:
    service.have("anna", batch=WAVE, settings={"should_migrate_mails": True})
    service.have("bert", batch=WAVE, **MIGRATED)
    service.count_anew()
    outcome = run(service, "migrated", wait=False)
    assert outcome.result["started_tags"] == [service.tag("anna")]
    assert outcome.result["summary"]["active"] == 1
    assert outcome.result["summary"]["gate"] is None
    assert service.requests == {
        "getusersinbatch": 1,
        "getall": 1,
        "status": 3,  # and that of anna once more, until it shows the start
        "getmailhistory": 3,
        "start": 1,
    }


def test_without_wait_and_with_nothing_to_do_the_gate_is_told(service: Service) -> None:
    service.have(*NAMES, batch=WAVE, **MIGRATED)
    for check in (True, False):
        outcome = run(service, "migrated", check=check, wait=False)
        assert (outcome.changed, outcome.result["summary"]["gate"]) == (False, "passed")
        assert outcome.result["started_tags"] == []


def test_without_wait_a_failed_gate_is_told_and_does_not_fail(service: Service) -> None:
    service.have("lossy", batch=WAVE)
    fails(service, GateNotPassed, "migrated")
    assert run(service, "migrated", wait=False).result["summary"]["gate"] == "failed"


def test_what_the_task_before_has_started_is_awaited_and_not_started_again(
    service: Service,
) -> None:
    service.have("anna", "always", batch=WAVE)
    started = run(service, "migrated", wait=False).result["started_tags"]
    time.sleep(0.4)  # until the pass has failed
    failure = fails(service, GateNotPassed, "migrated", started_tags=started)
    assert tally(service, "starts") == {"anna": 1, "always": 1}
    assert failure.seen["started_tags"] == []


def test_what_the_task_before_has_started_counts_for_retries(service: Service) -> None:
    service.have("anna", "once", batch=WAVE)
    started = run(service, "migrated", wait=False).result["started_tags"]
    run(service, "migrated", started_tags=started, retries=1)
    assert tally(service, "starts") == {"anna": 1, "once": 2}


def test_wait_timeout_names_who_is_not_settled_and_starts_nobody_again_next_time(
    service: Service,
) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    service.have("bert", batch=WAVE, status="WORKINGINAGENT")
    failure = fails(service, WaitTimeout, "migrated", wait_timeout=0.1)
    assert failure.message == (
        "after 0.1 s 1 of 2 users are not settled: bert@old.example; run again to go on waiting"
    )
    assert failure.code == "wait_timeout"
    assert names_of(failure.seen["users"]) == ["bert"]
    assert failure.seen["summary"]["users"] == 2
    assert service.posts == 0 or not service.writes


# permissions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("listed", [True, False])
def test_permissions_run_for_the_whole_batch_once(service: Service, listed: bool) -> None:
    service.read_as(getall_statuses=listed)
    service.have(*NAMES, batch=WAVE, **MIGRATED)
    service.have("dora", batch="Wave 2", **MIGRATED)
    outcome = rehearsed(service, manage_migration, migration("permissions_migrated"))
    assert tally(service, "permission_runs") == {"anna": 1, "bert": 1, "carl": 1, "dora": 0}
    assert outcome.after == dict.fromkeys(map(source, NAMES), "startpermissionmigrationbybatch")


@pytest.mark.parametrize("overlap", ["refuse", "accept_and_record"])
@pytest.mark.parametrize("listed", [True, False])
def test_permissions_wait_for_those_of_another_batch_to_end(
    service: Service, listed: bool, overlap: str
) -> None:
    service.read_as(getall_statuses=listed, permissions_overlap=overlap)
    service.have("anna", batch=WAVE, **MIGRATED)
    service.have("dora", batch="Wave 2", status="MAILPERMISSIONS_WORKING")
    service.have("emil", batch="Wave 3", **MIGRATED)
    run(service, "permissions_migrated")
    assert statuses(service)["anna"] == "MAILPERMISSIONS_DONE"
    assert service.violations == []


def test_two_runs_at_once_never_overlap(service: Service) -> None:
    service.read_as(permissions_overlap="accept_and_record")
    service.have("anna", "bert", batch=WAVE, **MIGRATED)
    service.have("carl", "dora", batch="Wave 2", **MIGRATED)
    runs = [
        threading.Thread(target=run, args=(service, "permissions_migrated"), kwargs={"batch": name})
        for name in (WAVE, "Wave 2")
    ]
    for each in runs:
        each.start()
    for each in runs:
        each.join(20)
    assert set(statuses(service).values()) == {"MAILPERMISSIONS_DONE"}
    assert service.violations == []
    assert set(tally(service, "permission_runs").values()) == {1}


def test_permissions_wait_for_the_passes_of_their_own_batch(service: Service) -> None:
    service.read_as(start_active="restart_and_record")
    service.have("anna", batch=WAVE, status="WORKING")
    service.have("bert", batch=WAVE, **MIGRATED)
    run(service, "permissions_migrated")
    assert set(statuses(service).values()) == {"MAILPERMISSIONS_DONE"}
    assert service.violations == []


def test_permissions_that_an_earlier_task_has_begun_are_not_begun_again(service: Service) -> None:
    service.read_as(permissions_overlap="accept_and_record")
    service.have(*NAMES, batch=WAVE, **MIGRATED)
    begun = run(service, "permissions_migrated", wait=False)
    tags = begun.result["started_tags"]
    assert len(tags) == len(NAMES)
    for name in NAMES:  # and their statuses lag behind
        service.change(name, status="SUCCESS")
    before = service.writes
    with pytest.raises(CloudiwayError):
        run(service, "permissions_migrated", started_tags=tags, wait_timeout=0.2)
    assert service.writes == before


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("who", ["dora", "anna", "nobody"])
def test_whether_permissions_are_begun_at_once_is_predicted(listed: bool, who: str) -> None:
    with simulator("--speed", "1") as service:
        service.read_as(getall_statuses=listed)
        service.have(*NAMES, batch=WAVE, **MIGRATED)
        service.have("dora", batch="Wave 2", **MIGRATED)
        if who != "nobody":
            busy = "MAILPERMISSIONS_SCHEDULED" if who == "dora" else "WORKING"
            service.change(who, status=busy)
        predicted = run(service, "permissions_migrated", check=True, wait=False)
        real = run(service, "permissions_migrated", wait=False)
        assert predicted.changed == real.changed == (who == "nobody")
        assert (predicted.before, predicted.after) == (real.before, real.after)


def test_its_own_members_are_not_asked_for_while_another_batch_is_at_it() -> None:
    with simulator("--speed", "1") as service:
        service.read_as(getall_statuses=False)
        service.have(*NAMES, batch=WAVE, **MIGRATED)
        service.have("dora", batch="Wave 2", status="MAILPERMISSIONS_SCHEDULED")
        service.count_anew()
        with pytest.raises(WaitTimeout):
            run(service, "permissions_migrated", wait_timeout=0.7)
        first_look = len(NAMES) + 1
        assert service.requests["status"] - first_look > 3
        asked = [entry["user"] for entry in service.journal if entry["call"] == "status"]
        assert Counter(asked)[service.tag("anna")] == 1
        assert Counter(asked)[service.tag("dora")] == len(asked) - len(NAMES)


def test_permissions_that_are_refused_without_end_fail_with_the_reason(service: Service) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    service.read_as(failure_http_status=400)
    service.fault("redirect", "startpermissionmigrationbybatch", times=None)
    with pytest.raises(CloudiwayError) as caught:
        service.do(manage_migration, migration("permissions_migrated"), retry_timeout=0.1)
    assert not isinstance(caught.value, Refused)
    assert service.user("anna")["permission_runs"] == 0


# Reading ------------------------------------------------------------------------------------------


def test_the_info_module_shows_where_a_batch_stands_and_writes_nothing(service: Service) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    service.have("bert", batch=WAVE, status="ONERROR", passes=[a_pass(4, "ONERROR")])
    service.have("carl", batch=WAVE, status="PENDING")
    service.have("dora", batch=WAVE)
    service.count_anew()
    result = service.do(migration_info, migration("migrated")).result
    assert [user["outcome"] for user in result["users"]] == ["done", "failed", "active", "pending"]
    summary = result["summary"]
    assert (summary["users"], summary["active"], summary["throttled"]) == (4, 1, 1)
    assert (summary["failed"], summary["not_started"]) == (1, 1)
    assert service.posts == 0


def test_the_info_module_reads_no_history_where_none_is_wanted(service: Service) -> None:
    service.have("anna", batch=WAVE, **MIGRATED)
    service.count_anew()
    service.do(migration_info, {**migration("migrated"), "history": False})
    assert service.requests == {"getusersinbatch": 1, "getall": 1, "status": 1}


def test_the_info_module_names_a_batch_that_is_not_there(service: Service) -> None:
    with pytest.raises(NotFound, match="there is no batch 'Wave & 1'"):
        service.do(migration_info, migration("migrated"))


def test_who_migrates_to_another_target_than_the_one_that_is_given_is_not_started(
    service: Service,
) -> None:
    service.have("anna")
    names: Params = {"source_email": source("anna"), "target_email": "else@new.example"}
    with pytest.raises(NotFound, match=r"anna@old\.example that migrates to else@new\.example"):
        run(service, "migrated", batch=None, **names)
    assert service.writes == {}
