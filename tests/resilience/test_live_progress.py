# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live progress: lines come while the task still runs, wherever somebody reads them."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    Facts,
    Play,
    Stage,
    person,
    simulator,
)
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET, leaks

#: Mailboxes of three sizes, so that one after the other settles: within 1, 2 and 7 s.
WAVES = {"wave-01": ["kim", "fred", "anna"], "wave-02": ["mia", "emil", "otto"]}
TASK = {"batch": "{{ cloudiway_batch }}", "state": "migrated", "poll_interval": 0.2}
MIGRATE = "cloudiway.mail.cloudiway_migration"
#: Three users settle one by one, and there is a line at the start.
LEAST_LINES = 4


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Two batches of audited mailboxes."""
    with simulator(speed=200) as service:
        stage = Stage(tmp_path, service)
        stage.have(WAVES)
        service.have(WAVES, status="AUDIT_DONE")
        yield stage
        # What the modules told was in files that are gone.
        assert not list((tmp_path / "home").rglob("cloudiway_*"))
        stage.clear()


def playbook(stage: Stage, *tasks: Facts, **play: object) -> str:
    """A playbook with these tasks for each batch."""
    plays = [{"hosts": "cloudiway_batches", "gather_facts": False, "tasks": list(tasks), **play}]
    return stage.write("play.json", plays)


def settled(lines: list[str]) -> list[str]:
    """How many are settled, line by line."""
    return [line.partition("%: ")[2].partition(" settled")[0] for line in lines]


def came_before_the_result(play: Play, host: str) -> float:
    """How many seconds before the result of the task the first line of progress came."""
    [result] = [line for line in play.lines if line.text.startswith(f"changed: [{host}]")]
    return result.came_at - play.progress(host)[0].came_at


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_lines_of_several_batches_come_while_their_tasks_run(stage: Stage, strategy: str) -> None:
    play = stage.play(playbook(stage, {MIGRATE: TASK}, strategy=strategy))
    for host in WAVES:
        lines = [line.text for line in play.progress(host)]
        assert list(dict.fromkeys(settled(lines))) == ["0 of 3", "1 of 3", "2 of 3", "3 of 3"]
        assert came_before_the_result(play, host) > 4
    hosts = [line.text.partition("]")[0] for line in play.progress()]
    turns = [host for host, _lines in itertools.groupby(hosts)]
    assert len(turns) > 2, "one batch after the other"


def test_with_serial_the_lines_of_each_batch_come_in_its_turn(stage: Stage) -> None:
    play = stage.play(playbook(stage, {MIGRATE: TASK}, serial=1))
    for host in WAVES:
        assert len(play.progress(host)) >= LEAST_LINES
        assert came_before_the_result(play, host) > 4
    hosts = [line.text.partition("]")[0] for line in play.progress()]
    assert len([host for host, _lines in itertools.groupby(hosts)]) == 2


def test_making_users_is_shown_as_well_and_in_a_log_file(stage: Stage) -> None:
    users = [person(f"user{number}") for number in range(30)]
    task = {
        "users": users,
        "defaults": {
            "batch": "{{ cloudiway_batch }} anew",
            "source_connector": "Exchange",
            "target_connector": "Microsoft 365",
        },
        "concurrency": 1,
    }
    log = stage.folder / "log"
    book = playbook(stage, {"cloudiway.mail.cloudiway_mail_users": task})
    play = stage.play(book, "--limit=wave-01", ANSIBLE_LOG_PATH=str(log))
    lines = play.progress("wave-01")
    assert lines[-1].text.endswith("91 of 91 calls, 1 batches, 30 created, 30 licensed, 30 added")
    assert all(line.text in log.read_text(encoding="utf-8") for line in lines)
    assert not leaks(log.read_text(encoding="utf-8"))


def test_a_log_file_has_each_line_with_its_time(stage: Stage) -> None:
    log = stage.folder / "log"
    play = stage.play(playbook(stage, {MIGRATE: TASK}), ANSIBLE_LOG_PATH=str(log))
    logged = log.read_text(encoding="utf-8")
    for line in play.progress():
        assert logged.count(line.text) == play.text.count(line.text)


def test_nothing_is_shown_of_a_task_with_no_log(stage: Stage) -> None:
    quiet = {MIGRATE: TASK, "no_log": True, "register": "result"}
    tell = {"ansible.builtin.assert": {"that": ["result.summary.done == 3"]}}
    play = stage.play(playbook(stage, quiet, tell))
    assert play.progress() == []
    assert "settled" not in play.text
    assert "old.example" not in play.text


ASYNC = {
    "polled": [{MIGRATE: TASK, "async": 60, "poll": 1, "register": "result"}],
    "left": [
        {MIGRATE: TASK, "async": 60, "poll": 0, "register": "job"},
        {
            "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
            "register": "result",
            "until": "result is finished",
            "retries": 60,
            "delay": 1,
        },
    ],
}


@pytest.mark.parametrize("way", ASYNC)
def test_with_async_the_module_does_it_all_and_gives_the_full_result(
    stage: Stage, way: str
) -> None:
    facts = [
        "result is changed",
        "result.summary.done == 3",
        "result.summary.gate == 'passed'",
        "result.started_tags | length == 3",
        "result.users | map(attribute='passes') | map('length') | list == [1, 1, 1]",
    ]
    tell = {"ansible.builtin.assert": {"that": facts}}
    play = stage.play(playbook(stage, *ASYNC[way], tell))
    assert play.progress() == []
    assert {user["starts"] for user in stage.service.state["users"]} == {1}


def test_a_heartbeat_comes_although_nothing_changes(slow_stage: Stage) -> None:
    slow_stage.have({"wave-01": ["kim"]})
    slow_stage.service.have({"wave-01": ["kim"]}, status="PENDING")
    options = {"progress_interval": 1, "wait_timeout": 6}
    book = playbook(slow_stage, {MIGRATE: {**TASK, **options}})
    lines = slow_stage.play(book, status=2).progress("wave-01")
    assert len({line.text.partition(";")[0] for line in lines}) == 1
    assert "1 throttled" in lines[0].text
    pauses = [later.came_at - line.came_at for line, later in itertools.pairwise(lines)]
    assert 3 <= len(pauses) <= 7
    assert max(pauses) < 3

    book = playbook(slow_stage, {MIGRATE: {**TASK, **options, "progress_interval": 0}})
    assert len(slow_stage.play(book, status=2).progress("wave-01")) == 1


def test_check_mode_shows_no_progress_since_there_is_none(stage: Stage) -> None:
    play = stage.play(playbook(stage, {MIGRATE: TASK}), "--check")
    assert (play.changed, stage.service.writes) == (2, {})
    assert play.progress() == []


def test_each_line_is_an_event_of_ansible_runner(stage: Stage) -> None:
    playbook(stage, {MIGRATE: TASK})
    command = [sys.executable, "-m", "ansible_runner", "run", ".", "--json", "-i", "it"]
    command += ["--project-dir", ".", "--inventory", "inventory.json", "-p", "play.json"]
    runner = Play(command, stage.folder, stage.environment)
    runner.finish()
    events = [json.loads(line.text) for line in runner.lines if line.text.startswith("{")]
    shown = [event for event in events if "settled" in event["stdout"]]
    assert {event["event"] for event in shown} == {"verbose"}
    for host in WAVES:
        lines = [event["stdout"] for event in shown if event["stdout"].startswith(f"[{host}]")]
        assert list(dict.fromkeys(settled(lines))) == ["0 of 3", "1 of 3", "2 of 3", "3 of 3"]
    assert all("\n" not in event["stdout"].strip() for event in shown)


def test_no_secret_is_shown_at_any_verbosity(stage: Stage) -> None:
    # By a template, for Ansible would take the braces in it for one.
    secret = "{{ lookup('ansible.builtin.env', 'THE_SECRET') }}"
    connection = {"consumer_key": KEY, "consumer_secret": secret, "api_url": stage.service.url}
    module_defaults = {"group/cloudiway.mail.cloudiway": connection}
    book = playbook(stage, {MIGRATE: TASK}, module_defaults=module_defaults)
    environment = {"CLOUDIWAY_CONSUMER_SECRET": "another", "THE_SECRET": SECRET}
    play = stage.start(book, "-vvvv", "--diff", **environment)
    play.finish()  # which looks for it
    assert len(play.progress("wave-01")) >= LEAST_LINES
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in play.text
