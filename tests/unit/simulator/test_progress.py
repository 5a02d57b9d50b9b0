# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is under way for users: statuses that move, passes and their counters, runs that repeat."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from cloudiway_simulator.clock import Clock
from cloudiway_simulator.mailbox import EVERY_PASS, Scenario

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import Simulator

ANNA, BERT = "anna@old.example", "bert@old.example"
A_DAY = 86_400


def _statuses(simulator: Simulator, tag: str, seconds: float = 10) -> list[str]:
    """The statuses that a user has one after the other, looked at every so many seconds."""
    seen = [simulator.status(tag)]
    for _unused in range(int(3 * 3600 / seconds)):
        simulator.service.clock.advance(seconds)
        status = simulator.service.tenants["mailusers"].user(tag).status
        if status != seen[-1]:
            seen.append(status)
    return seen


def _run(simulator: Simulator, tag: str) -> dict[str, Any]:
    """Start a pass and let it end; what history then has as the newest."""
    assert simulator.ask("start", tag=tag).value
    simulator.advance(A_DAY)
    newest = simulator.ask("getmailhistory", tag=tag).value[-1]
    assert isinstance(newest, dict)
    return newest


def _consistent(one: dict[str, Any]) -> bool:
    kinds = ("msg", "cal", "con")
    return all(
        one[f"{kind}Read"] == sum(one[kind + count] for count in ("Success", "Ignored", "Failure"))
        and one[f"{kind}Total"] >= one[f"{kind}Read"]
        for kind in kinds
    )


def test_a_pass_goes_from_scheduled_over_working_to_success(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    assert simulator.status(tag) == "NOTSTARTED"
    assert simulator.ask("start", tag=tag).value == "User scheduled"
    assert _statuses(simulator, tag) == ["SCHEDULED", "WORKING", "SUCCESS"]
    assert simulator.user()["starts"] == 1


def test_a_throttled_mailbox_is_pending_for_a_while_and_resumes_by_itself(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(Scenario(throttled_percent=100))
    [tag] = simulator.have(ANNA)
    simulator.ask("start", tag=tag)
    seen = _statuses(simulator, tag)
    assert seen == ["SCHEDULED", "WORKING", "PENDING", "WORKING", "SUCCESS"]


def test_an_audit_ends_in_audit_done_or_for_a_failing_mailbox_in_audit_error(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(Scenario(audit_failing=frozenset([BERT])))
    for tag, outcome in zip(simulator.have(ANNA, BERT), ("AUDIT_DONE", "AUDIT_ERROR")):
        assert simulator.ask("audit", tag=tag).value == "Audit scheduled"
        assert _statuses(simulator, tag) == ["AUDIT", "AUDIT_WORKING", outcome]
        assert simulator.ask("getmailhistory", tag=tag).value == []
    assert simulator.user()["audits"] == 1


def test_permissions_of_a_batch_go_over_working_to_done(simulator: Simulator) -> None:
    anna, bert = simulator.have(ANNA, BERT, batch="Wave")
    answer = simulator.ask("startpermissionmigrationbybatch", batchName="Wave")
    assert answer.value == "Permissions migration of users in Batch \u2018Wave\u2019 scheduled."
    assert simulator.status(bert) == "MAILPERMISSIONS_SCHEDULED"
    assert _statuses(simulator, anna) == [
        "MAILPERMISSIONS_SCHEDULED",
        "MAILPERMISSIONS_WORKING",
        "MAILPERMISSIONS_DONE",
    ]
    assert simulator.user()["permission_runs"] == 1


def test_permissions_run_for_one_batch_at_a_time(simulator: Simulator) -> None:
    simulator.have(ANNA, batch="Wave 1")
    simulator.have(BERT, batch="Wave 2")
    permissions = "startpermissionmigrationbybatch"
    assert simulator.ask(permissions, batchName="Wave 1").value
    assert "Wave 1" in simulator.ask(permissions, batchName="Wave 2").refusal
    simulator.advance(A_DAY)
    assert simulator.ask(permissions, batchName="Wave 2").value


def test_the_surfaces_run_permissions_independently(simulator: Simulator) -> None:
    simulator.have(ANNA, batch="Wave 1")
    archive = {"users": [{"source_email": ANNA, "target_email": BERT, "batch": "Wave 2"}]}
    simulator.control("state", {"archivemailusers": archive})
    permissions = "startpermissionmigrationbybatch"
    assert simulator.ask(permissions, batchName="Wave 1").value
    assert simulator.ask(permissions, surface="archivemailusers", batchName="Wave 2").value


def test_a_batch_starts_its_resting_members_and_leaves_the_active_ones(
    simulator: Simulator,
) -> None:
    anna, bert = simulator.have(ANNA, BERT, batch="Wave")
    simulator.ask("start", tag=anna)
    simulator.advance(31)
    assert simulator.ask("startbatch", batchName="Wave").value == "Batch Wave started"
    assert [simulator.status(tag) for tag in (anna, bert)] == ["WORKING", "SCHEDULED"]
    assert [simulator.user(address)["starts"] for address in (ANNA, BERT)] == [1, 1]


def test_a_batch_audits_its_resting_members(simulator: Simulator) -> None:
    anna, bert = simulator.have(ANNA, BERT, batch="Wave")
    simulator.ask("start", tag=anna)
    answer = simulator.ask("batchaudit", batchName="Wave")
    assert answer.value == "Audit scheduled for users in Batch Wave"
    assert [simulator.status(tag) for tag in (anna, bert)] == ["SCHEDULED", "AUDIT"]


def test_a_stopped_pass_stays_in_the_history_with_what_it_had_moved(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    simulator.ask("start", tag=tag)
    simulator.advance(100)
    assert simulator.ask("stop", tag=tag).value == "User stopped"
    assert _statuses(simulator, tag) == ["STOPPING", "STOP"]
    [stopped] = simulator.ask("getmailhistory", tag=tag).value
    assert 0 < stopped["msgSuccess"] < stopped["msgTotal"]
    assert _consistent(stopped)
    following = _run(simulator, tag)
    assert following["msgAlreadyMigrated"] == stopped["msgSuccess"]


def test_what_is_stopped_in_the_queue_leaves_no_pass(simulator: Simulator) -> None:
    anna, bert = simulator.have(ANNA, BERT, batch="Wave")
    simulator.ask("startbatch", batchName="Wave")
    assert simulator.ask("stopbatch", batchName="Wave").value == "Batch Wave stopped"
    assert [simulator.status(tag) for tag in (anna, bert)] == ["STOPPING"] * 2
    simulator.advance(A_DAY)
    assert simulator.ask("getmailhistory", tag=anna).value == []


def test_stopping_a_resting_user_changes_nothing(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA, status="SUCCESS")
    assert simulator.ask("stop", tag=tag).value
    assert simulator.status(tag) == "SUCCESS"


def test_stopping_again_does_not_put_off_the_stop(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    simulator.ask("start", tag=tag)
    for _unused in range(3):
        simulator.ask("stop", tag=tag)
        simulator.advance(8)
    assert simulator.status(tag) == "STOP"


def test_a_later_pass_moves_only_what_is_new(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    first, second, third = (_run(simulator, tag) for _unused in range(3))
    assert first["msgAlreadyMigrated"] == 0
    for earlier, later in ((first, second), (second, third)):
        arrived = later["msgTotal"] - earlier["msgTotal"]
        assert 1 <= arrived <= 25
        assert later["msgSuccess"] == arrived
        assert later["msgAlreadyMigrated"] == earlier["msgAlreadyMigrated"] + earlier["msgSuccess"]
        assert (later["calSuccess"], later["calIgnored"]) == (0, first["calTotal"])
    assert all(map(_consistent, (first, second, third)))


def test_a_prestage_pass_moves_the_older_share_and_leaves_the_rest_to_a_later_one(
    simulator: Simulator,
) -> None:
    [tag] = simulator.have(ANNA, batch="Wave")
    until = datetime.now(timezone.utc) - timedelta(days=90)
    all_on: dict[str, Any] = {"ShouldMigrateMails": True, "ShouldMigrateCalendars": True}
    settings = "setmailglobalsettingsbybatch"
    simulator.ask(settings, batchName="Wave", ToDate=f"{until:%m/%d/%Y}", **all_on)
    older = _run(simulator, tag)
    simulator.ask(settings, batchName="Wave", **all_on)
    newer = _run(simulator, tag)
    assert older["msgSuccess"] > newer["msgSuccess"] > 25
    assert newer["msgTotal"] > older["msgTotal"]
    assert newer["msgAlreadyMigrated"] == older["msgSuccess"]
    assert older["conTotal"] == 0  # contacts were not asked for


def test_a_pass_up_to_a_day_in_the_past_finds_no_new_mail_the_second_time(
    simulator: Simulator,
) -> None:
    [tag] = simulator.have(ANNA, batch="Wave")
    until = datetime.now(timezone.utc) - timedelta(days=90)
    settings: dict[str, Any] = {"ToDate": f"{until:%m/%d/%Y}", "ShouldMigrateMails": True}
    simulator.ask("setmailglobalsettingsbybatch", batchName="Wave", **settings)
    first, second = _run(simulator, tag), _run(simulator, tag)
    assert second["msgTotal"] == first["msgTotal"] > 0
    assert (first["msgSuccess"] > 0, second["msgSuccess"]) == (True, 0)


def test_mails_before_from_date_are_out_of_reach(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA, batch="Wave")
    yesterday = datetime.now(timezone.utc) - timedelta(days=1)
    simulator.ask(
        "setmailglobalsettingsbybatch",
        batchName="Wave",
        FromDate=f"{yesterday:%m/%d/%Y}",
        ShouldMigrateMails=True,
    )
    first = _run(simulator, tag)
    assert 0 <= first["msgTotal"] < 100


def test_the_first_passes_of_a_failing_mailbox_fail_and_the_next_carries_on(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(Scenario(failing={ANNA: 2}))
    [tag] = simulator.have(ANNA)
    outcomes = []
    for _unused in range(3):
        _run(simulator, tag)
        outcomes.append(simulator.status(tag))
    assert outcomes == ["ONERROR", "ONERROR", "SUCCESS"]
    first, second, third = simulator.ask("getmailhistory", tag=tag).value
    assert first["msgRead"] < first["msgTotal"]
    assert third["msgAlreadyMigrated"] == first["msgSuccess"] + second["msgSuccess"]


def test_a_mailbox_may_fail_in_every_pass(simulate: Callable[..., Simulator]) -> None:
    simulator = simulate(Scenario(failing={ANNA: EVERY_PASS}))
    [tag] = simulator.have(ANNA)
    for _unused in range(4):
        _run(simulator, tag)
        assert simulator.status(tag) == "ONERROR"


def test_failing_by_percentage_means_the_first_pass(simulate: Callable[..., Simulator]) -> None:
    simulator = simulate(Scenario(failing_percent=100))
    [tag] = simulator.have(ANNA)
    outcomes = [(_run(simulator, tag), simulator.status(tag))[1] for _unused in range(2)]
    assert outcomes == ["ONERROR", "SUCCESS"]


def test_a_mailbox_over_its_licence_ends_in_license_exceeded(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(Scenario(license_exceeded=frozenset([ANNA])))
    [tag] = simulator.have("Anna@Old.example")
    one = _run(simulator, tag)
    assert simulator.status(tag) == "LICENSE_EXCEEDED"
    assert one["msgRead"] < one["msgTotal"]


def test_failing_items_fail_in_each_pass_and_are_read_again(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(Scenario(item_failures={ANNA: 3}))
    [tag] = simulator.have(ANNA)
    first, second = _run(simulator, tag), _run(simulator, tag)
    assert (first["msgFailure"], second["msgFailure"]) == (3, 3)
    assert simulator.status(tag) == "SUCCESS"
    assert second["msgAlreadyMigrated"] == first["msgSuccess"]
    assert second["msgRead"] + second["msgAlreadyMigrated"] == second["msgTotal"]


def test_no_more_items_fail_than_there_are(simulate: Callable[..., Simulator]) -> None:
    simulator = simulate(Scenario(item_failures={ANNA: 1_000_000}))
    [tag] = simulator.have(ANNA)
    one = _run(simulator, tag)
    assert one["msgFailure"] == one["msgRead"] == one["msgTotal"]
    assert one["msgSuccess"] == one["msgIgnored"] == 0


def test_a_pass_lasts_the_longer_the_more_it_moves(simulate: Callable[..., Simulator]) -> None:
    simulator = simulate(Scenario(failing={BERT: 1}))
    tags = simulator.have(ANNA, BERT)
    tenant = simulator.service.tenants["mailusers"]
    lengths = []
    for tag in tags:
        one = tenant.next_pass(tenant.user(tag))
        items = sum(one.counters[f"{kind}Read"] for kind in ("msg", "cal", "con"))
        lengths.append((one.ends - one.work_begins - 120) / items)
    assert lengths == [pytest.approx(0.2), pytest.approx(0.2 * 0.4)]  # seconds an item


def test_sizes_depend_on_the_seed_and_the_address_and_not_on_its_case() -> None:
    one, two = Scenario(seed="one"), Scenario(seed="two")
    assert one.mailbox(ANNA) == one.mailbox(ANNA.upper())
    assert one.mailbox(ANNA).messages != two.mailbox(ANNA).messages
    assert one.mailbox(ANNA).messages != one.mailbox(BERT).messages


def test_a_run_repeats_with_its_seed_and_differs_with_another(
    simulate: Callable[..., Simulator],
) -> None:
    def story(seed: str) -> list[tuple[str, int, int]]:
        simulator = simulate(Scenario(seed=seed, failing_percent=40, throttled_percent=40))
        told = []
        for tag in simulator.have(*(f"user{number}@old.example" for number in range(12))):
            passes = [_run(simulator, tag) for _unused in range(2)]
            told += [(simulator.status(tag), one["msgTotal"], one["conTotal"]) for one in passes]
        return told

    assert story("one") == story("one")
    assert story("one") != story("two")


def test_about_the_percentage_asked_for_throttles_and_fails() -> None:
    scenario = Scenario(throttled_percent=20, failing_percent=10)
    mailboxes = [scenario.mailbox(f"user{number}@old.example") for number in range(2_000)]
    assert 300 < sum(mailbox.throttled for mailbox in mailboxes) < 500
    assert 130 < sum(mailbox.failing for mailbox in mailboxes) < 270


def test_stamps_are_of_the_wall_clock_even_after_a_jump(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    before = datetime.now(timezone.utc).replace(microsecond=0, tzinfo=None)
    one = _run(simulator, tag)
    after = datetime.now(timezone.utc).replace(tzinfo=None)
    start, end = (
        datetime.strptime(one[name], "%d/%m/%Y %H:%M:%S")
        for name in ("startDateTime", "endDateTime")
    )
    assert before <= start <= end <= after


def test_speed_shortens_durations_and_leaves_stamps_where_they_are() -> None:
    clock = Clock(speed=10_000)
    began, began_wall = clock.now(), time.time()
    time.sleep(0.05)
    assert clock.now() - began > 450
    assert abs(clock.wall(began) - began_wall) < 1
    assert abs(clock.wall(clock.now()) - time.time()) < 1


def test_what_a_jump_skips_came_to_pass_at_the_jump() -> None:
    clock = Clock(speed=1)
    jumped = time.time()
    clock.advance(5_000)
    assert abs(clock.wall(4_000) - jumped) < 1
    assert abs(clock.wall(6_000) - jumped - 1_000) < 1
