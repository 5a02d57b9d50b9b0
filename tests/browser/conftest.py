# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser for all tests, and where its pictures go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tools.chromium import Page, chromium

SHOTS = Path(__file__).resolve().parents[2] / "build/screenshots"


@pytest.fixture(scope="session")
def browser() -> Iterator[Page]:
    """Chromium, once for all tests."""
    with chromium() as page:
        yield page


@pytest.fixture
def page(browser: Page) -> Page:
    """A page as a fresh reader has it, who has heard no complaint yet."""
    browser.complaints.clear()
    browser.look_like(1280)
    return browser
