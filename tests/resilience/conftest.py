# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A folder, and a simulator with nobody in it."""
    with staged(tmp_path) as stage:
        yield stage


@pytest.fixture
def slow_stage(tmp_path: Path) -> Iterator[Stage]:
    """The same, where every mailbox throttles, so that a pass takes 36 seconds at the least."""
    with staged(tmp_path, "--throttled-percent", "100", speed=20) as stage:
        yield stage
