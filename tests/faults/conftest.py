# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator, a gate before it, modules that run in this process, and the table of what came."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils import _client
from ansible_collections.cloudiway.mail.tests.faults.columns import STRIKES
from ansible_collections.cloudiway.mail.tests.faults.gate import Gate, gate
from ansible_collections.cloudiway.mail.tests.faults.rows import ROWS
from ansible_collections.cloudiway.mail.tests.faults.table import FAILED, Table
from ansible_collections.cloudiway.mail.tests.resilience.stage import CHECKOUT
from ansible_collections.cloudiway.mail.tests.unit.support import patience
from ansible_collections.cloudiway.mail.tests.unit.support.fixtures import one_simulator, service
from ansible_collections.cloudiway.mail.tests.unit.support.service import Service

__all__ = ["one_simulator", "service"]

#: Where the table is left.
FOLDER = CHECKOUT / "build/faults"
CELL = "cell"


@pytest.fixture
def door(service: Service) -> Iterator[Gate]:
    """A gate before the simulator, which is open."""
    with gate(service.url) as door:
        yield door


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between two tries that are as good as none; nothing of the caller's environment."""
    patience.shorten_pauses(monkeypatch)
    patience.go_straight(monkeypatch)
    monkeypatch.setattr(_client, "_RETRY_AFTER", (0.02, 60.0))


# The table, which the process that hands out the tests puts together ---------------------------

TABLE = Table(list(ROWS), [strike.name for strike in STRIKES])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take in what came of a cell."""
    properties = dict(report.user_properties)
    if report.when == "call" and CELL in properties:
        call, strike, what = json.loads(t.cast(str, properties[CELL]))
        TABLE.fill((call, strike), what if report.passed else FAILED)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the table; a cell that was forgotten is a failure, unless only some were chosen."""
    if hasattr(session.config, "workerinput") or TABLE.is_empty:
        return
    TABLE.write(FOLDER)
    chosen = session.config.option.keyword or any("::" in one for one in session.config.args)
    if TABLE.holes and not chosen:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the table is, and what is in it."""
    if not TABLE.is_empty:
        terminalreporter.write_line(f"{FOLDER / 'matrix.txt'}: {TABLE.counts()}")
