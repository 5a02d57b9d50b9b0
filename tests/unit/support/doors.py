# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doors behind which a running simulator can be looked into, and be told what to have."""

from __future__ import annotations

import json
import typing as t
import urllib.request

Facts = dict[str, t.Any]


class Doors:
    """Those of one simulator, by the address of its API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, path: str, told: object = None) -> t.Any:
        """Ask a control endpoint: by POST where something is told, else by GET."""
        body = None if told is None else json.dumps(told).encode()
        request = urllib.request.Request(f"{self.url.removesuffix('/api')}/simulator/{path}", body)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    @property
    def state(self) -> Facts:
        """Everything about the surface mailusers."""
        state: Facts = self.control("state")["mailusers"]
        return state

    def count_anew(self) -> None:
        """Count requests from nothing again."""
        self.control("requests/reset", {})

    @property
    def requests(self) -> dict[str, int]:
        """How often each call was made."""
        by_call: dict[str, int] = self.control("requests")["by_call"]
        return by_call

    @property
    def journal(self) -> list[Facts]:
        """Every request, in their order."""
        entries: list[Facts] = self.control("journal")["entries"]
        return entries

    @property
    def writes(self) -> dict[str, int]:
        """How often each call was made that is a POST."""
        counts: dict[str, int] = {}
        for entry in self.journal:
            if entry["method"] == "POST":
                counts[entry["call"]] = counts.get(entry["call"], 0) + 1
        return counts
