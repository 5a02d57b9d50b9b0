# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal that is interrupted with Ctrl-C and started again ends well."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    INTERRUPTED,
    Simulator,
    Stage,
    person,
    source,
)

NAMES = ["cleo", "dora", "iris", "kim"]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A folder with a list of users; the rehearsal brings a simulator of its own."""
    stage = Stage(tmp_path, Simulator("none"))
    rows = [
        ",".join(map(person(name).__getitem__, ("source_email", "target_email"))) for name in NAMES
    ]
    (tmp_path / "users.csv").write_text(
        "\n".join(["SourceEmail,TargetEmail", *rows]), encoding="utf-8"
    )
    stage.have({})
    yield stage
    stage.start("cloudiway.mail.rehearsal_stop").finish()
    stage.clear()


LIST = ("--extra-vars=users_file=users.csv", "--extra-vars=rehearsal_batch_size=2")


def test_interrupted_in_the_middle_of_a_pass_and_started_again_it_ends_well(stage: Stage) -> None:
    first = stage.start("cloudiway.mail.rehearsal", *LIST)
    first.until(r"^\[wave-01\] .* migrated .* under way")
    first.interrupt_until_it_ends()
    first.finish(INTERRUPTED)
    left = json.loads(
        (stage.folder / "cloudiway-rehearsal/simulator.json").read_text(encoding="utf-8")
    )
    os.kill(left["pid"], 0)
    service = Simulator(left["url"])
    assert max(user["starts"] for user in service.state["users"]) == 1

    second = stage.start("cloudiway.mail.rehearsal", *LIST).finish()
    assert f"process {left['pid']};" in second.text
    users = service.state["users"]
    assert sorted(user["source_email"] for user in users) == [source(name) for name in NAMES]
    for user in users:
        assert (user["audits"], user["starts"], user["permission_runs"]) == (1, 2, 1)
        assert user["status"] == "MAILPERMISSIONS_DONE"
    assert service.state["violations"] == []

    service.count_anew()
    third = stage.start("cloudiway.mail.rehearsal", *LIST).finish()
    assert (third.changed, service.writes) == (0, {})
