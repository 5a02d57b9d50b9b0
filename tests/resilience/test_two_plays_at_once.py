# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two plays of the same cutover at the same time end in what is declared, and do nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    CUTOVER,
    HOOKS,
    Stage,
    simulator,
    source,
)

WAVES = {"wave-01": ["anna", "ben", "cleo"]}
#: What a service says to a second user of a pair, and to a start of who is active already.
STRICT = {"duplicate_create": "refuse", "start_active": "refuse"}
TRUSTING = {"duplicate_create": "accept", "start_active": "restart_and_record"}


@pytest.fixture(params=[STRICT, TRUSTING], ids=["refuses", "accepts"])
def stage(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A service that refuses what is done twice, or that lets it happen and records it.

    Its answers take their time, so that the plays get into each other's way.
    """
    with simulator("--latency-ms", "30", **request.param) as service:
        stage = Stage(tmp_path, service)
        stage.have(
            WAVES,
            cutover_settings={"migrate_trash": True},
            cutover_switch_tasks=str(HOOKS / "switch.yml"),
        )
        yield stage
        stage.clear()


def test_two_plays_at_once_end_in_what_is_declared_and_do_nothing_twice(stage: Stage) -> None:
    for play in [stage.start(CUTOVER) for _unused in range(2)]:
        play.finish()
    assert {stage.ended(host)["state"] for host in WAVES} == {"finished"}
    state = stage.service.state
    names = WAVES["wave-01"]
    assert sorted(user["source_email"] for user in state["users"]) == [*map(source, names)]
    assert {batch: len(tags) for batch, tags in state["batches"].items()} == {"Wave 01": 3}
    assert state["violations"] == []
    for user in state["users"]:
        assert user["licensed"]
        assert user["settings"]["should_migrate_trash"]
        assert (user["audits"], user["permission_runs"]) == (1, 1)
        assert {one["outcome"] for one in user["passes"]} == {"SUCCESS"}
    assert stage.play(CUTOVER).changed == 0
    assert stage.service.writes == {}
