# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated service: what a request goes through, from its path to its answer."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import surface
from .answers import Scribe
from .clock import Clock
from .faults import Faults
from .http_front import Reply, Request
from .journal import Entry, Journal
from .late import Late
from .mailbox import Scenario
from .readings import Readings
from .records import Connectors, Refused
from .surface import SURFACES, Asked, NoRoute
from .tenant import Tenant

BOM = b"\xef\xbb\xbf"
NO_PAGE = b"<!DOCTYPE html><html><body><h1>The resource cannot be found.</h1></body></html>"
API = "api"


@dataclass(frozen=True)
class Credentials:
    """The consumer key and secret that every call carries."""

    key: str
    secret: str

    def match(self, key: object, secret: object) -> bool:
        """Whether a request carries these."""
        same_key = hmac.compare_digest(str(key).encode(), self.key.encode())
        return hmac.compare_digest(str(secret).encode(), self.secret.encode()) and same_key

    def scrub(self, text: str) -> str:
        """A text without the secret, wherever a client may have put it."""
        return text.replace(self.secret, "***")


class Service:
    """Both surfaces, with what they share: credentials, clock, readings, faults and journal."""

    def __init__(
        self,
        credentials: Credentials,
        clock: Clock,
        scenario: Scenario,
        connectors: Connectors,
        readings: Readings,
        journal: Journal,
        latency: float,
    ) -> None:
        """`latency` is the seconds that every answer of a surface is held back."""
        self.lock = threading.RLock()  # around all that reads or changes the state
        self.clock = clock
        self.journal = journal
        self.faults = Faults()
        self.late = Late(self.lock)
        self.tenants = {name: Tenant(name, clock, scenario, connectors) for name in SURFACES}
        self._credentials = credentials
        self._latency = latency
        self.read_as(readings)

    def read_as(self, readings: Readings) -> None:
        """Answer under these readings from now on."""
        self.readings = readings
        self._scribe = Scribe(readings)
        for tenant in self.tenants.values():
            tenant.readings = readings

    def answer(self, request: Request) -> Reply:
        """The answer to a request below /api."""
        _unused, *components = map(unquote, request.path.split("/"))
        api, name, *components = components if len(components) > 2 else ("", "", "")
        if api != API or name not in self.tenants:
            return _no_page(404)
        with self.lock:
            return self._answer(request, self.tenants[name], components)

    def _answer(self, request: Request, tenant: Tenant, components: list[str]) -> Reply:
        try:
            asked = surface.find(request.method, components, self.readings)
        except NoRoute as none:
            self._note(request, tenant, "unknown", {}, str(none.status))
            return _no_page(none.status)
        values: dict[str, Any] = {}
        refusal: Refused | None = None
        try:
            values = surface.fields_of(
                asked, request.query, request.content_type, request.body, self.readings
            )
        except Refused as refused:
            refusal = refused
        name = asked.call.name
        fault = self.faults.strike(name, request.method)
        if fault is not None and fault.when != "after":
            struck = f"fault: {fault.kind} {fault.when}"
            entry = self._note(request, tenant, name, values, struck)
            if fault.when == "late":
                self.late.act(
                    fault.late,
                    lambda: self._act_late(entry, tenant, asked, values, refusal),
                )
            return fault.spoil(None)
        text, status, outcome = self._act(tenant, asked, values, refusal)
        body = text.encode("utf-8")
        reply = Reply(
            status,
            BOM + body if self.readings.bom else body,
            chunked=self.readings.framing == "chunked",
            hold=self._latency,
        )
        if fault is not None:
            outcome += f", fault: {fault.kind} after"
            reply = fault.spoil(reply)
        self._note(request, tenant, name, values, outcome)
        return reply

    def _act_late(
        self,
        entry: Entry,
        tenant: Tenant,
        asked: Asked,
        values: dict[str, Any],
        refusal: Refused | None,
    ) -> None:
        """Do what was asked by a request that nobody waits for any more."""
        _unread, _status, outcome = self._act(tenant, asked, values, refusal)
        self.journal.amend(entry, self.clock.wall_now(), f"{outcome}, {entry.outcome}")

    def _act(
        self, tenant: Tenant, asked: Asked, values: dict[str, Any], refusal: Refused | None
    ) -> tuple[str, int, str]:
        """Do what is asked: the text of the answer, its HTTP status, and the outcome in a word."""
        try:
            if refusal is not None:
                raise refusal
            if not self._credentials.match(values["consumerKey"], values["consumerSecret"]):
                raise Refused("The consumer key or the consumer secret is wrong")
            call = asked.call
            given = {
                surface.snake(name): value
                for name, value in values.items()
                if name not in surface.CREDENTIALS
            }
            result = call.act(tenant, **given)
            if call.write is not None:
                return call.write(self._scribe, result), 200, "ok"
            return self._scribe.success(call.name, values.get("batchName", "")), 200, "ok"
        except Refused as refused:
            said = self._credentials.scrub(str(refused))
            return self._scribe.failure(said), self.readings.failure_http_status, f"refused: {said}"

    def _note(
        self, request: Request, tenant: Tenant, call: str, values: Mapping[str, Any], outcome: str
    ) -> Entry:
        scrub = self._credentials.scrub
        return self.journal.note(
            self.clock.wall_now(),
            tenant.surface,
            request.method,
            call,
            scrub(values.get("migrationTag") or values.get("sourceEmail", "")),
            scrub(values.get("batchName", "")),
            outcome,
        )


def _no_page(status: int) -> Reply:
    return Reply(status, NO_PAGE, "text/html")
