# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies between a client and a service of the tests: short pauses, and no way around."""

from __future__ import annotations

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils import _client


def shorten_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have pauses between two tries that are as good as none."""
    monkeypatch.setattr(_client, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(_client, "_LONGEST_PAUSE", 0.05)


def look_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one look only after a lost answer, where nothing is acted upon late."""
    monkeypatch.setattr(_client, "_late_effect", lambda *_of: 0.0)


def go_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heed nothing that the environment says of proxies and certificates."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
