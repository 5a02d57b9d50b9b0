# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A place that is set up once, and one with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.awx.place import Place, place


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Place]:
    """An AWX that nobody has set up."""
    with place(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An AWX that has been set up, for all tests of a file."""
    with place(tmp_path_factory.mktemp("awx")) as made:
        made.set_up()
        yield made


@pytest.fixture
def awx(ready: Place) -> Place:
    """The same, with nobody in the service and the first list in the repository."""
    ready.service.have({})
    return ready
