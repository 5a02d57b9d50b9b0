# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin of pytest: with C(--half 0) or C(--half 1) it runs one half of the tests, always the same."""

from __future__ import annotations

import zlib

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have the option, which C(make test) writes as resilience=half0."""
    parser.addoption("--half", type=int, choices=(0, 1), help="run this half of the tests alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the half: their names decide, so that new tests move no others."""
    half = config.getoption("--half")
    if half is None:
        return
    kept = [item for item in items if zlib.crc32(item.nodeid.encode()) % 2 == half]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
