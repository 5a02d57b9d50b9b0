# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator of a session, for the conftest of each suite that runs against one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.cloudiway.mail.tests.unit.support.service import CAST, Service, simulator


@pytest.fixture(scope="session")
def one_simulator() -> Iterator[Service]:
    """The simulator of all tests of the session."""
    with simulator(*CAST) as service:
        yield service


@pytest.fixture
def service(one_simulator: Service) -> Service:
    """A simulator with nobody in it, which reads the document in its default way."""
    one_simulator.clear()
    return one_simulator
