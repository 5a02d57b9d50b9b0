# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions run in one batch at a time: within a play, between plays, and beside the portal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    AUTH,
    Play,
    Stage,
    a_pass,
    batch_of,
    simulator,
)

WAVES = {"wave-01": ["anna", "ben"], "wave-02": ["cleo", "dora"], "wave-03": ["emil"]}
#: Permissions of a batch take 3.3 s.
SPEED = 100
START = "startpermissionmigrationbybatch"


def migrated_stage(folder: Path, speed: float = SPEED, **readings: str) -> Iterator[Stage]:
    """Batches that wait for nothing but their permissions."""
    with simulator(speed=speed, **readings) as service:
        stage = Stage(folder, service)
        stage.have(WAVES)
        service.have(WAVES, status="SUCCESS", passes=[a_pass(1)])
        yield stage
        stage.clear()


@pytest.fixture(params=["true", "false"], ids=["statuses in getall", "no statuses in getall"])
def stage(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A service that records it where permissions run in two batches at once."""
    yield from migrated_stage(tmp_path, getall_statuses=request.param)


@pytest.fixture(params=["true", "false"], ids=["statuses in getall", "no statuses in getall"])
def still_stage(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The same, where next to nothing happens until a test lets time pass."""
    yield from migrated_stage(tmp_path, speed=1, getall_statuses=request.param)


@pytest.fixture
def refusing_stage(tmp_path: Path) -> Iterator[Stage]:
    """A still service that refuses permissions while those of another batch run."""
    yield from migrated_stage(tmp_path, speed=1, permissions_overlap="refuse")


def permissions(stage: Stage, **options: object) -> str:
    """A playbook that migrates the permissions of every batch, as many at once as it likes."""
    task = {"batch": "{{ cloudiway_batch }}", "state": "permissions_migrated", "poll_interval": 0.3}
    return stage.write(
        "permissions.json",
        [
            {
                "hosts": "cloudiway_batches",
                "gather_facts": False,
                "tasks": [{"cloudiway.mail.cloudiway_migration": {**task, **options}}],
            }
        ],
    )


def ends_as_time_passes(stage: Stage, play: Play) -> None:
    """Let time pass until the play has come to its end."""
    while play.is_running():
        stage.service.control("clock", {"advance": 100})
        time.sleep(0.3)
    play.finish()


def runs(stage: Stage) -> dict[str, int]:
    """How often the permissions of each user were started."""
    users = stage.service.state["users"]
    return {user["source_email"].partition("@")[0]: user["permission_runs"] for user in users}


def test_two_plays_at_once_and_the_hosts_of_each_take_turns(stage: Stage) -> None:
    playbook = permissions(stage)
    plays = [stage.start(playbook, f"--limit={limit}") for limit in ("wave-01,wave-03", "wave-02")]
    changed = [play.finish().changed for play in plays]
    assert changed == [2, 1]
    assert stage.service.state["violations"] == []
    assert set(runs(stage).values()) == {1}
    assert "another batch is at it" in plays[0].text + plays[1].text


def test_what_someone_has_started_in_the_portal_is_awaited(still_stage: Stage) -> None:
    stage = still_stage
    stage.service.call(START, {"auth": AUTH, "batchName": batch_of("wave-02")})
    play = stage.start(permissions(stage), "--limit=wave-01")
    play.until("another batch is at it")
    ends_as_time_passes(stage, play)
    assert stage.service.state["violations"] == []
    assert runs(stage) == {"anna": 1, "ben": 1, "cleo": 1, "dora": 1, "emil": 0}


def test_a_refusal_is_waited_out_where_nobody_can_be_seen_at_it(refusing_stage: Stage) -> None:
    service = refusing_stage.service
    playbook = permissions(refusing_stage, poll_interval=2)
    service.call(START, {"auth": AUTH, "batchName": batch_of("wave-02")})
    for tag in service.state["batches"][batch_of("wave-02")]:
        service.call("removefrombatch", {**AUTH, "migrationTag": tag})
    service.count_anew()
    play = refusing_stage.start(playbook, "--limit=wave-01")
    while START not in service.writes:
        assert play.is_running(), play.text
        time.sleep(0.2)
    ends_as_time_passes(refusing_stage, play)
    outcomes = [entry["outcome"] for entry in service.journal if entry["call"] == START]
    assert len(outcomes) > 1
    assert outcomes[-1] == "ok"
    assert not {"ok"} & set(outcomes[:-1])
