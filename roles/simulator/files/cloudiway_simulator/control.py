# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoints, for tests and operators: /health, and everything below /simulator/."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from . import story
from .faults import REDIRECTED, BadFault
from .http_front import Reply, Request
from .readings import UnknownReading
from .service import Service

BAD_REQUESTS = (BadFault, UnknownReading, story.BadStory)


class _NotAnObject(ValueError):
    """A body that is no JSON object."""


class Control:
    """Answers what is not the API's, and hands the rest to the service."""

    def __init__(self, service: Service, url: str) -> None:
        """`url` is the address of the API, as announced."""
        self._service = service
        self._url = url
        self._followed = 0
        self._endpoints: dict[tuple[str, str], Callable[[dict[str, Any]], object]] = {
            ("GET", "/health"): self._health,
            ("GET", "/simulator/requests"): self._requests,
            ("POST", "/simulator/requests/reset"): self._reset,
            ("GET", "/simulator/journal"): self._journal,
            ("GET", "/simulator/state"): self._state,
            ("POST", "/simulator/state"): self._seed,
            ("POST", "/simulator/readings"): self._read_as,
            ("POST", "/simulator/faults"): self._add_fault,
            ("POST", "/simulator/faults/reset"): self._clear_faults,
            ("POST", "/simulator/clock"): self._advance,
        }

    def answer(self, request: Request) -> Reply:
        """The answer to any request."""
        if request.path.startswith("/api/"):
            return self._service.answer(request)
        if request.path == REDIRECTED:
            self._followed += 1
            return _json(200, {"hasError": False, "response": "redirected"})
        endpoint = self._endpoints.get((request.method, request.path))
        if endpoint is None:
            known = ", ".join(" ".join(one) for one in self._endpoints)
            return _json(404, {"error": f"there are: {known}"})
        try:
            given = json.loads(request.body) if request.body else {}
            if not isinstance(given, dict):
                raise _NotAnObject("the body is no JSON object")
            with self._service.lock:
                return _json(200, endpoint(given))
        except (*BAD_REQUESTS, _NotAnObject, json.JSONDecodeError, UnicodeDecodeError) as bad:
            return _json(400, {"error": str(bad)})

    def _health(self, _unused: dict[str, Any]) -> object:
        tenants = self._service.tenants
        return {
            "status": "ok",
            "pid": os.getpid(),
            "url": self._url,
            "users": {name: len(tenant.users) for name, tenant in tenants.items()},
            "batches": {name: len(tenant.batches) for name, tenant in tenants.items()},
        }

    def _requests(self, _unused: dict[str, Any]) -> object:
        journal = self._service.journal
        return {
            "total": sum(journal.by_call.values()),
            "posts": journal.posts,
            "by_call": dict(journal.by_call),
            "redirects_followed": self._followed,
        }

    def _reset(self, _unused: dict[str, Any]) -> object:
        self._service.journal.reset()
        self._followed = 0
        return {}

    def _journal(self, _unused: dict[str, Any]) -> object:
        return {"entries": [entry._asdict() for entry in self._service.journal.entries]}

    def _state(self, _unused: dict[str, Any]) -> object:
        return {name: story.tell(tenant) for name, tenant in self._service.tenants.items()}

    def _seed(self, given: dict[str, Any]) -> object:
        tenants = self._service.tenants
        unknown = sorted(set(given) - set(tenants))
        if unknown:
            raise story.BadStory(f"no such surface: {', '.join(unknown)}")
        tenants.update({name: story.take_in(tenants[name], told) for name, told in given.items()})
        return {name: len(tenant.users) for name, tenant in tenants.items()}

    def _read_as(self, given: dict[str, Any]) -> object:
        self._service.read_as(self._service.readings.with_changes(given))
        return asdict(self._service.readings)

    def _add_fault(self, given: dict[str, Any]) -> object:
        self._service.faults.add(given)
        return {}

    def _clear_faults(self, _unused: dict[str, Any]) -> object:
        self._service.faults.clear()
        self._service.late.hurry()
        return {}

    def _advance(self, given: dict[str, Any]) -> object:
        seconds = given.get("advance")
        if not isinstance(seconds, (int, float)) or seconds < 0:
            raise story.BadStory("advance is a number of simulated seconds, not negative")
        self._service.clock.advance(seconds)
        return {"simulated_seconds": self._service.clock.now()}


def _json(status: int, value: object) -> Reply:
    return Reply(status, json.dumps(value, ensure_ascii=False).encode("utf-8"))
