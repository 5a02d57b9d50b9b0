# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs simulators on a real socket, one for each test that wants one."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import KEY, SECRET, Simulator

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "roles/simulator/files"))

from cloudiway_simulator.clock import Clock
from cloudiway_simulator.control import Control
from cloudiway_simulator.http_front import Front, Reply, Request
from cloudiway_simulator.journal import Journal
from cloudiway_simulator.mailbox import Scenario
from cloudiway_simulator.readings import Readings
from cloudiway_simulator.records import Connector, Connectors
from cloudiway_simulator.service import Credentials, Service

CONNECTORS = Connectors(
    (Connector("Exchange", "Exchange 2016"), Connector("Google Workspace", "Google")),
    (Connector("Microsoft 365", "Office 365"),),
)


@pytest.fixture(scope="session")
def front() -> tuple[Front, list[Callable[[Request], Reply]]]:
    """One listener for all tests; the last of the list answers."""
    front = Front(0)
    answers: list[Callable[[Request], Reply]] = []

    def answer(request: Request) -> Reply:
        return answers[-1](request)

    front.serve(answer)
    return front, answers


@pytest.fixture
def simulate(
    front: tuple[Front, list[Callable[[Request], Reply]]],
) -> Iterator[Callable[..., Simulator]]:
    """Begins a simulator with nothing in it; time moves by `advance` only, all but."""
    listener, answers = front

    def begin(
        scenario: Scenario | None = None, connectors: Connectors = CONNECTORS, **readings: object
    ) -> Simulator:
        log = io.StringIO()
        service = Service(
            Credentials(KEY, SECRET),
            Clock(speed=1),
            scenario or Scenario(),
            connectors,
            Readings().with_changes(readings),
            Journal(log),
            latency=0,
        )
        answers.append(Control(service, f"http://127.0.0.1:{listener.port}/api").answer)
        return Simulator(service, listener.port, log)

    yield begin
    answers.clear()


@pytest.fixture
def simulator(simulate: Callable[..., Simulator]) -> Simulator:
    """A simulator with the default readings and untroubled mailboxes."""
    return simulate()
