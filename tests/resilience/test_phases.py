# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each phase of a cutover alone, by tag and by cutover_phases; and what leaves a run early."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    CUTOVER,
    HOOKS,
    Stage,
    a_pass,
    now,
    staged,
)

PROVISION = {"createbatch": 1, "create": 2, "license": 2, "addtobatch": 2}
SETTINGS = "setmailglobalsettingsbybatch"

#: The phases one after the other, and all that each may write.
WRITTEN = {
    "validate": {},
    "provision": PROVISION,
    "configure": {SETTINGS: 1},
    # Of members who never started nobody knows whether their settings were written.
    "audit": {SETTINGS: 1, "batchaudit": 1},
    "prestage": {"startbatch": 1},
    "delta": {"startbatch": 1},
    "switch": {},
    "final": {SETTINGS: 1, "startbatch": 1},
    "permissions": {"startpermissionmigrationbybatch": 1},
    "report": {},
}


@pytest.mark.parametrize("chosen_by", ["--tags", "cutover_phases"])
def test_each_phase_alone_does_its_own_and_nothing_else(stage: Stage, chosen_by: str) -> None:
    report = stage.folder / "report"
    stage.have(
        {"wave-01": ["anna", "ben"]},
        cutover_prestage_until="2026-01-31",
        cutover_report_dir=str(report),
    )
    declared: dict[str, str] = {}
    for phase, writes in WRITTEN.items():
        if phase == "delta":
            declared["cutover_delta_since"] = now()
        if phase == "switch":
            declared["cutover_switch_tasks"] = str(HOOKS / "switch.yml")
        if phase == "final":
            del declared["cutover_switch_tasks"], declared["cutover_delta_since"]
            declared["cutover_mx_switched_at"] = switched_at(stage)
        chosen = (
            f"--tags={phase}" if chosen_by == "--tags" else f"--extra-vars=cutover_phases={phase}"
        )
        extra = [f"--extra-vars={name}={value}" for name, value in declared.items()]
        stage.play(CUTOVER, chosen, *extra)
        assert (phase, stage.service.writes) == (phase, writes)
        assert report.exists() == (phase == "report")
    user = stage.service.user("anna")
    assert (user["audits"], user["starts"], user["permission_runs"]) == (1, 3, 1)
    assert user["status"] == "MAILPERMISSIONS_DONE"
    assert "finished a pass" not in (report / "report.html").read_text(encoding="utf-8")


def switched_at(stage: Stage) -> str:
    """The moment that the hook has kept."""
    return (stage.folder / "switched-at").read_text(encoding="utf-8")


def test_without_the_moment_of_the_switch_it_is_ready_and_the_rest_is_skipped(stage: Stage) -> None:
    stage.have({"wave-01": ["anna", "ben"]})
    play = stage.play(CUTOVER)
    assert play.recap["wave-01"]["failed"] == play.recap["wave-01"]["rescued"] == 0
    ended = stage.ended("wave-01")
    assert ended["state"] == "ready_to_switch"
    assert "2 of 2 users have finished a pass, 0 failed" in ended["text"]
    assert stage.service.user("anna")["starts"] == 1
    again = stage.play(CUTOVER)
    assert stage.ended("wave-01")["text"] == ended["text"]
    assert (again.changed, stage.service.writes) == (0, {})


def test_without_waiting_each_run_starts_what_is_next_and_leaves(stage: Stage) -> None:
    stage.have({"wave-01": ["anna", "ben"]}, cutover_wait=False)
    seen = []
    for _run in range(20):
        stage.play(CUTOVER)
        ended = stage.ended("wave-01")
        seen.append(
            ended["text"].split(" is ")[0] if ended["state"] == "under_way" else ended["state"]
        )
        if ended["state"] == "ready_to_switch":
            break
        stage.service.control("clock", {"advance": 10_000})
    assert seen == ["audit", "prestage", "ready_to_switch"]
    switched = f"--extra-vars=cutover_mx_switched_at={now()}"
    stage.play(CUTOVER, switched)
    assert stage.ended("wave-01")["text"].startswith("final is under way")
    # What is under way is neither started again nor passed over.
    stage.service.control("clock", {"advance": 10_000})
    stage.play(CUTOVER, switched)
    assert stage.ended("wave-01")["text"].startswith("permissions is under way")
    stage.service.control("clock", {"advance": 10_000})
    done = stage.play(CUTOVER, switched)
    assert (done.changed, stage.service.writes) == (0, {})
    assert stage.ended("wave-01")["state"] == "finished"
    user = stage.service.user("anna")
    assert (user["audits"], user["starts"], user["permission_runs"]) == (1, 2, 1)


def test_without_waiting_a_pass_that_goes_on_is_not_called_an_audit(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.have({"wave-01": ["anna", "ben"]}, cutover_wait=False)
    seen = []
    for seconds in (0, 10_000, 0):
        stage.service.control("clock", {"advance": seconds})
        stage.play(CUTOVER)
        seen.append(stage.ended("wave-01")["text"].partition(" is ")[0])
    assert seen == ["audit", "prestage", "prestage"]
    assert stage.service.user("anna")["status"] in {"SCHEDULED", "WORKING", "PENDING"}


def test_a_finished_cutover_with_a_failed_mailbox_that_was_let_through_does_nothing_again(
    stage: Stage,
) -> None:
    switch = str(HOOKS / "switch.yml")
    stage.have(
        {"wave-01": ["anna", "fails"]}, cutover_max_failed_users=1, cutover_switch_tasks=switch
    )
    let_through = (
        "finished, but for 1 who failed and whom the gate has let through: fails@old.example"
    )
    stage.play(CUTOVER)
    ended = stage.ended("wave-01")
    assert (ended["state"], ended["text"]) == ("finished", let_through)
    again = stage.play(CUTOVER)
    assert (again.changed, stage.service.writes) == (0, {})
    ended = stage.ended("wave-01")
    assert (ended["state"], ended["text"]) == ("finished", let_through)
    assert stage.service.user("anna")["permission_runs"] == 1


HOOK = f"--extra-vars=cutover_switch_tasks={HOOKS / 'switch.yml'}"


def is_not_switched(stage: Stage) -> str:
    """See that the batch is not called ready, and that the hook has not run; what is said of it."""
    ended = stage.ended("wave-01")
    assert ended["state"] == "prestage_to_do", ended
    assert stage.service.writes == {}
    assert not (stage.folder / "switched-at").exists()
    return str(ended["text"])


@pytest.mark.parametrize(
    "chosen", ["--tags=switch", "--extra-vars=cutover_phases=switch", "--tags=final,permissions"]
)
def test_a_batch_without_a_finished_pass_is_not_ready_to_switch(stage: Stage, chosen: str) -> None:
    stage.have({"wave-01": ["anna", "ben"]})
    stage.service.have({"wave-01": ["anna", "ben"]}, status="AUDIT_DONE")
    stage.play(CUTOVER, chosen, HOOK)
    assert "0 of 2 users have finished a pass" in is_not_switched(stage)


def test_the_playbook_final_without_a_moment_does_not_call_such_a_batch_ready(stage: Stage) -> None:
    stage.have({"wave-01": ["anna", "ben"]})
    stage.service.have({"wave-01": ["anna", "ben"]}, status="AUDIT_DONE")
    stage.play("cloudiway.mail.final", HOOK)
    is_not_switched(stage)


def test_a_batch_whose_gate_is_shut_is_ready_to_switch_only_once_it_is_opened(stage: Stage) -> None:
    stage.have({"wave-01": ["anna", "fails"]}, cutover_audit=False)
    stage.play(CUTOVER, HOOK, status=2)
    stage.play(CUTOVER, "--tags=switch", HOOK)
    assert "1 of 2 users have finished a pass, 1 failed" in is_not_switched(stage)
    stage.play(CUTOVER, "--tags=switch", "--extra-vars=cutover_max_failed_users=1")
    assert stage.ended("wave-01")["state"] == "ready_to_switch"


def test_a_batch_whose_delta_was_left_out_is_not_ready_to_switch(stage: Stage) -> None:
    stage.have({"wave-01": ["anna", "ben"]}, cutover_audit=False, cutover_delta_since=now())
    stage.service.have({"wave-01": ["anna", "ben"]}, status="SUCCESS", passes=[a_pass(5)])
    stage.play(CUTOVER, "--tags=prestage,switch", HOOK)
    is_not_switched(stage)


def test_a_moment_that_is_left_blank_is_none(stage: Stage) -> None:
    blank = {"cutover_mx_switched_at": None, "cutover_delta_since": None}
    stage.have({"wave-01": ["anna", "ben"]}, **blank)
    stage.service.have({"wave-01": ["anna", "ben"]}, status="SUCCESS", passes=[a_pass(5)])
    stage.play(CUTOVER, "--tags=switch")
    assert stage.ended("wave-01")["state"] == "ready_to_switch"


def test_a_batch_whose_prestage_goes_on_is_not_ready_to_switch(slow_stage: Stage) -> None:
    slow_stage.have({"wave-01": ["anna", "ben"]}, cutover_audit=False, cutover_wait=False)
    slow_stage.play(CUTOVER)
    slow_stage.play(CUTOVER, "--tags=switch", HOOK)
    is_not_switched(slow_stage)


def began(stage: Stage) -> dt.datetime:
    """When Anna's newest pass began."""
    return dt.datetime.fromisoformat(stage.service.user("anna")["passes"][-1]["start"])


def test_the_final_pass_begins_once_no_sender_uses_the_old_record(stage: Stage) -> None:
    stage.have({"wave-01": ["anna"]}, cutover_audit=False)
    stage.play(CUTOVER)
    switch = dt.datetime.fromisoformat(now())
    assert began(stage) < switch
    declared = f"--extra-vars=cutover_mx_switched_at={switch.isoformat()}"

    stage.play(CUTOVER, declared, "--extra-vars=cutover_mx_ttl=600", "--extra-vars=cutover_wait=no")
    assert stage.ended("wave-01")["state"] == "old_mx_in_use"
    assert "startbatch" not in stage.service.writes

    foretold = stage.play(CUTOVER, "--check", declared, "--extra-vars=cutover_mx_ttl=600")
    assert "startbatch" not in stage.service.writes
    ttl = round((dt.datetime.fromisoformat(now()) - switch).total_seconds()) + 10
    final = stage.play(CUTOVER, declared, f"--extra-vars=cutover_mx_ttl={ttl}")
    assert final.changed == 2
    assert "Wave 01: senders may use the old MX record until 20" in foretold.text
    assert foretold.changed == 2
    assert stage.ended("wave-01")["state"] == "finished"
    assert began(stage) >= switch + dt.timedelta(seconds=ttl)

    # A switch that is declared to have been later asks for another pass.
    later = now()
    stage.play(CUTOVER, f"--extra-vars=cutover_mx_switched_at={later}")
    assert began(stage) >= dt.datetime.fromisoformat(later)
    assert stage.service.user("anna")["starts"] == 3
    found = stage.play(CUTOVER, f"--extra-vars=cutover_mx_switched_at={later}")
    assert "rests on cutover_server_timezone being UTC" in found.text
    assert "rests on cutover_server_timezone" not in final.text


@pytest.mark.parametrize(("zone", "fits"), [("Etc/GMT+3", "-03:00"), ("Etc/GMT-3", "+03:00")])
def test_a_zone_that_is_not_declared_ends_the_first_pass_of_the_role(
    tmp_path: Path, zone: str, fits: str
) -> None:
    with staged(tmp_path, f"--reading=server_timezone={zone}") as stage:
        stage.have({"wave-01": ["anna", "ben"]}, cutover_audit=False)
        stage.play(CUTOVER, status=2)
        failure = stage.failed("wave-01")
        assert (failure["phase"], failure["code"]) == ("prestage", "clock")
        assert f"{fits} would fit" in failure["message"]


def test_a_switch_that_has_yet_to_come_is_refused_by_every_phase_that_minds_it(
    stage: Stage,
) -> None:
    stage.have({"wave-01": ["anna"]}, cutover_audit=False, cutover_prestage_until="2026-01-31")
    stage.play(CUTOVER, "--tags=provision,configure")
    ahead = dt.datetime.fromisoformat(now()) + dt.timedelta(hours=2)
    declared = f"--extra-vars=cutover_mx_switched_at={ahead.isoformat()}"
    for chosen in ("prestage", "switch", "final", "permissions"):
        stage.play(CUTOVER, declared, f"--tags={chosen}", "--extra-vars=cutover_wait=no", status=2)
        assert "this moment lies ahead" in stage.failed("wave-01")["message"]
        assert stage.service.writes == {}


def test_who_is_declared_by_a_tag_in_capitals_is_no_stranger_in_its_batch(stage: Stage) -> None:
    stage.have({"wave-01": ["anna", "ben"]}, cutover_undeclared="remove")
    stage.service.have({"wave-01": ["anna", "ben"]})
    tag = stage.service.user("anna")["migration_tag"]
    declared = json.dumps({"cutover_users": [{"migration_tag": tag.upper()}]})
    stage.play(CUTOVER, "--tags=validate,provision", f"--extra-vars={declared}")
    assert stage.service.writes == {"removefrombatch": 1}
    assert stage.service.state["batches"] == {"Wave 01": [tag]}


def test_check_mode_foretells_one_pass_where_that_of_prestage_counts_for_delta_too(
    stage: Stage,
) -> None:
    since = f"--extra-vars=cutover_delta_since={now()}"
    stage.have({"wave-01": ["anna", "ben"]}, cutover_audit=False)
    for prepared in ("nothing", "users"):
        if prepared == "users":
            stage.have({"wave-02": ["cleo", "dora"]}, cutover_audit=False)
            stage.play(CUTOVER, "--tags=provision,configure")
        foretold = stage.play(CUTOVER, "--check", since)
        assert stage.service.writes == {}
        assert foretold.changed == stage.play(CUTOVER, since).changed
    assert {user["starts"] for user in stage.service.state["users"]} == {1}


def test_check_mode_foretells_every_phase_for_who_joins_a_finished_batch(stage: Stage) -> None:
    declared = f"--extra-vars=cutover_mx_switched_at={now()}"
    stage.have({"wave-01": ["anna"]})
    stage.play(CUTOVER, declared)
    stage.have({"wave-01": ["anna", "ben"]})
    foretold = stage.play(CUTOVER, "--check", declared)
    assert stage.service.writes == {}
    assert foretold.changed == stage.play(CUTOVER, declared).changed == 4
    assert stage.ended("wave-01")["state"] == "finished"
