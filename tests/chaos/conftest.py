# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage for each run, and the seeds of the runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import Stage, staged

#: How many runs there are, where nobody says how many.
RUNS = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --seeds."""
    parser.addoption("--seeds", type=int, default=RUNS, help="how many runs, each with its seed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that takes a seed as many as were asked for."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, metafunc.config.getoption("seeds") + 1))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A folder, and a simulator with nobody in it."""
    with staged(tmp_path) as stage:
        yield stage
