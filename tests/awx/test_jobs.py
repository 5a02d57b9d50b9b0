# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of AWX, one by one, as C(ansible-runner) runs them."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.cloudiway.mail.tests.awx.jobs import Run, walk
from ansible_collections.cloudiway.mail.tests.awx.place import ANNA, USERS, Place
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET, leaks

STARTS = ("startbatch", "start", "batchaudit")


def good(run: Run) -> Run:
    """A job that went well, and has shown no secret."""
    assert run.status == 0, run.text
    assert not leaks(run.text + json.dumps(run.events))
    return run


def test_the_workflow_takes_all_batches_from_the_list_to_the_permissions(awx: Place) -> None:
    awx.have(USERS)
    before, after = split_at_approval(awx)
    assert before == ["validate", "prestage", "delta"]

    good(awx.run("validate"))
    assert awx.service.writes == {}

    good(awx.run("prestage"))
    assert awx.service.user("anna")["first_name"] == ANNA
    assert {user["starts"] for user in awx.service.state["users"]} == {1}

    good(awx.run("delta"))
    assert {user["starts"] for user in awx.service.state["users"]} == {2}

    assert after == ["declare the switch", "final", "permissions", "status"]
    handed = good(awx.run("declare the switch")).artifacts
    assert set(handed) == {"switched_at", "cutover_mx_switched_at"}
    for job in ("final", "permissions", "status"):
        good(awx.run(job, extra_vars=handed))
    users = awx.service.state["users"]
    assert {user["starts"] for user in users} == {3}
    assert {user["permission_runs"] for user in users} == {1}
    assert awx.service.writes == {}  # the last was status

    # By hand the moment is an answer to the survey, and the only one of the two.
    answers = {"switched_at": handed["switched_at"]}
    for job in ("final", "permissions"):
        assert not any(good(awx.run(job, extra_vars=answers)).changed.values())
        assert awx.service.writes == {}


def split_at_approval(awx: Place) -> tuple[list[str], list[str]]:
    """The nodes of the workflow before the one that waits for a person, and those after it."""
    path = [node["identifier"] for node in walk(awx.awx, "Cloudiway cut over")]
    at = path.index("approval")
    return path[:at], path[at + 1 :]


def test_the_credential_is_in_the_environment_and_awx_shows_stars(awx: Place) -> None:
    run = good(awx.run("validate", limit="pilot"))
    assert run.environment["CLOUDIWAY_CONSUMER_KEY"] == KEY
    assert run.environment["CLOUDIWAY_CONSUMER_SECRET"] == SECRET
    assert run.environment["CLOUDIWAY_API_URL"] == awx.service.url
    assert not leaks(json.dumps(run.shown_environment))


def test_a_limit_keeps_to_one_wave(awx: Place) -> None:
    good(awx.run("prestage", limit="wave-1"))
    assert list(awx.service.state["batches"]) == ["Wave 1"]
    assert [user["source_email"] for user in awx.service.state["users"]] == ["carl@old.example"]


def test_each_slice_touches_its_own_batches_and_no_others(awx: Place) -> None:
    awx.have(USERS)
    job = awx.job("prestage", job_slice_count=2)
    seen: list[set[str]] = []
    for number in (1, 2):
        run = good(awx.jobs.run_slice(job, number, 2))
        batches = {awx.jobs.variables[host]["cloudiway_batch"] for host in run.hosts}
        there = set(awx.service.state["batches"])
        assert there - set().union(*seen) == batches
        seen.append(batches)
    assert seen == [{"Pilot", "Wave 2"}, {"Wave 1"}]
    assert {user["starts"] for user in awx.service.state["users"]} == {1}


def test_reports_outlive_their_jobs_in_a_folder_that_awx_exposes(
    bare: Place, tmp_path: Path
) -> None:
    folder = tmp_path / "exposed"
    bare.set_up("-e", f"awx_report_dir={folder}")
    good(bare.run("validate"))
    assert not folder.exists()
    for job in ("prestage", "status"):
        good(bare.run(job, limit="pilot"))
        assert "Pilot" in (folder / "report.html").read_text(encoding="utf-8")
        (folder / "report.html").unlink()


def test_a_gate_that_fails_stops_its_own_batch_and_the_job(awx: Place) -> None:
    awx.have(USERS.replace("carl@", "fails@"))
    run = awx.run("prestage", extra_vars={"cutover_retries": 0})
    awx.have(USERS)
    assert run.status == 2
    failures = [event for event in run.events if event["event"] == "runner_on_failed"]
    assert {event["event_data"]["host"] for event in failures} == {"wave-1"}
    assert "fails@old.example" in json.dumps(failures)
    assert awx.service.user("dora")["status"] == "SUCCESS"


def test_a_list_of_ones_own_is_rehearsed_and_nothing_reaches_the_service(awx: Place) -> None:
    awx.have(USERS)
    run = good(awx.run("rehearse"))
    awx.clear()
    for batch in ("Pilot", "Wave 1", "Wave 2"):
        assert batch in run.text
    assert run.text.count(" finished") >= 3
    assert awx.service.journal == []
    assert not [name for name in run.environment if name.startswith("CLOUDIWAY_")]
