# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles cutover and report, struck at each call that they make and by every fault (invariant 3).

They are played at -vvvv with --diff and a log, on an inventory of cloudiway_waves. Each host has a
simulator of its own, in which one call is struck for good: what the play prints (which Play.finish
searches) and leaves, reports and the logs of the simulators with it, shows the secret nowhere.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS
from ansible_collections.cloudiway.mail.tests.faults.columns import STRIKES, Strike, diagonal
from ansible_collections.cloudiway.mail.tests.faults.gate import gate
from ansible_collections.cloudiway.mail.tests.faults.running import (
    SHORT,
    prepare,
    see_that_nothing_shows_it,
    strike_for_good,
    strikes,
)
from ansible_collections.cloudiway.mail.tests.faults.stretches import NEVER, PHASES, STRETCHES
from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    CHECKOUT,
    LIMIT,
    Facts,
    Play,
    Simulator,
    Stage,
    run_as_typed,
)
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import everything, leaks
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Params,
    Service,
    person,
    simulator,
)

DIAGONAL = diagonal(STRETCHES)
#: What the list says of a user.
COLUMNS = (
    *("source_email", "target_email", "first_name", "last_name"),
    *("source_connector", "target_connector"),
)
NOWHERE = Simulator("http://127.0.0.1:9/api")
#: Variables of a host say where its service is, and how long it waits for that.
PLAY: Facts = {
    "hosts": "cloudiway_batches",
    "gather_facts": False,
    "module_defaults": {
        "group/cloudiway.mail.cloudiway": {
            "api_url": "{{ service_url }}",
            "timeout": "{{ service_timeout }}",
            "retry_timeout": SHORT,
        }
    },
    "vars": {"cutover_poll_interval": 0.2, "cutover_wait_timeout": 30},
    "roles": ["cloudiway.mail.cutover"],
}


def test_the_roles_are_struck_at_every_call_that_they_make_and_by_every_fault() -> None:
    tasks = [
        path.read_text(encoding="utf-8")
        for role in ("cutover", "report")
        for path in (CHECKOUT / "roles" / role / "tasks").glob("*.yml")
    ]
    states = set(re.findall(r"\bstate: (\w+)", "\n".join(tasks)))
    assert states == {"audited", "migrated", "permissions_migrated"}
    assert set(STRETCHES) == set(CALLS) - set(NEVER)
    assert {call for call, _strike in DIAGONAL} == set(STRETCHES)
    assert [strike.name for _call, strike in DIAGONAL] == [strike.name for strike in STRIKES]


@dataclass(frozen=True)
class Host:
    """A host of the inventory, whose service is struck."""

    name: str
    call: str
    strike: Strike
    service: Service
    #: The way to the service.
    url: str


@contextlib.contextmanager
def host_of(call: str, strike: Strike, folder: Path) -> Iterator[Host]:
    """A host with what its call needs, struck; its simulator runs for as long as the block takes."""
    name = f"wave-{DIAGONAL.index((call, strike)):02}"
    log = str(folder / f"simulator-{name}.log")
    before = STRETCHES[call].before
    with simulator("--log", log) as service, gate(service.url) as door:
        prepare(service, before)
        strike_for_good(service, door, call, strike, before.skip)
        yield Host(name, call, strike, service, door.url)


def declare(host: Host, folder: Path) -> None:
    """Write a file of the inventory with this host, of which the batch is called WAVE."""
    declared = [person(name) for name in ("anna", "ben")]
    special: Params = {
        "service_url": host.url,
        "service_timeout": host.strike.timeout,
        "cutover_batch": WAVE,
        "cutover_report_dir": str(folder / f"report-{host.name}"),
        **STRETCHES[host.call].variables,
    }
    told = {
        "plugin": "cloudiway.mail.cloudiway_waves",
        "users": [
            {**{name: one[name] for name in COLUMNS}, "batch": host.name} for one in declared
        ],
        "batches": {host.name: special},
    }
    (folder / "waves").mkdir(exist_ok=True)
    path = folder / "waves" / f"{host.name}.cloudiway.yml"
    path.write_text(json.dumps(told), encoding="utf-8")


def played(folder: Path, phase: str) -> Play:
    """Play a phase, and the report, on the inventory in a folder, to the end."""
    stage = Stage(folder, NOWHERE)
    (folder / "inventory.json").write_text('{"all": {}}', encoding="utf-8")
    play = stage.start(
        stage.write("cutover.json", [PLAY]),
        *("--inventory=waves", f"--tags={phase},report", "-vvvv", "--diff"),
        ANSIBLE_LOG_PATH="log",
        ANSIBLE_STRATEGY="free",  # nobody waits for the host whose answers come late
    )
    play.finish(None)  # whether a host fails depends on what strikes it
    stage.clear()
    return play


@pytest.mark.parametrize("phase", PHASES)
def test_a_cutover_that_is_struck_and_its_report_show_the_secret_nowhere(
    phase: str, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        hosts = [
            stack.enter_context(host_of(call, strike, tmp_path))
            for call, strike in DIAGONAL
            if STRETCHES[call].phase == phase
        ]
        for host in hosts:
            declare(host, tmp_path)
        recap = played(tmp_path, phase).recap
        for host in hosts:
            was_struck = strikes(host.service, host.call, host.strike) if host.strike.kind else 1
            assert was_struck, host
            assert recap[host.name]["failed"] or host.strike.kind, host
            assert not leaks(everything([host.service.state, host.service.journal]))
            assert (tmp_path / f"report-{host.name}/report.html").is_file()
    see_that_nothing_shows_it(tmp_path)


def test_the_inventory_shows_it_nowhere_and_asks_the_service_nothing(
    service: Service, tmp_path: Path
) -> None:
    call, strike = DIAGONAL[0]
    declare(Host("wave-00", call, strike, service, service.url), tmp_path)
    stage = Stage(tmp_path, Simulator(service.url))
    listed = run_as_typed(
        [sys.executable, "-m", "ansible", "inventory", "-i", "waves", "--list", "-vvvv"],
        tmp_path,
        {**stage.environment, "ANSIBLE_LOG_PATH": "log"},
        LIMIT,
    )
    stage.clear()
    assert "anna@old.example" in listed.stdout
    assert not leaks(listed.stdout)
    assert service.journal == []
    see_that_nothing_shows_it(tmp_path)
