# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP of AWX's API in front of a L(controller): addresses, pages, and who may ask."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import typing as t
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from ansible_collections.cloudiway.mail.tests.awx.controller import PAGE, Controller
from ansible_collections.cloudiway.mail.tests.awx.kinds import KINDS
from ansible_collections.cloudiway.mail.tests.awx.refusals import Facts, Refusal

TOKEN = "t0ken-of-tests"
ADDRESS = re.compile(r"/api/v2/([a-z_]+)/(?:([0-9]+)/(?:([a-z_]+)/)?)?")

Answer = tuple[int, object]


class Front(ThreadingHTTPServer):
    """A server on loopback. C(writes) has every request that is no GET, in their order."""

    daemon_threads = True

    def __init__(self, controller: Controller) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.controller = controller
        self.lock = threading.Lock()
        self.writes: list[str] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Front
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: t.Any) -> None:
        """Say nothing of a request."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            with self.server.lock:
                status, told = self._decide(json.loads(body) if body else {})
        except Refusal as refusal:
            status, told = refusal.status, refusal.body
        text = b"" if status == 204 else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.end_headers()
        self.wfile.write(text)

    def _decide(self, given: Facts) -> Answer:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Refusal({"detail": "Authentication credentials were not provided."}, 401)
        place = urlsplit(self.path)
        address = ADDRESS.fullmatch(place.path)
        if not address:
            raise Refusal({"detail": "Not found."}, 404)
        kind, number, door = address[1], int(address[2] or 0), address[3]
        if kind != "unified_job_templates" and kind not in KINDS:
            raise Refusal({"detail": "Not found."}, 404)
        if self.command != "GET":
            self.server.writes.append(f"{self.command} {kind}{f'/{door}' if door else ''}")
        awx = self.server.controller
        if number:
            awx.one(kind, number)
        match (self.command, bool(number), door):
            case "GET", False, None:
                return self._page(kind, dict(parse_qsl(place.query, keep_blank_values=True)))
            case "POST", False, None:
                return 201, awx.make(kind, given)
            case "GET", True, None:
                return 200, awx.one(kind, number)
            case "PATCH", True, None:
                return 200, awx.change(kind, number, given)
            case _, True, str():
                return self._below(kind, number, door, given)
        raise Refusal({"detail": f'Method "{self.command}" not allowed.'}, 405)

    def _below(self, kind: str, number: int, door: str, given: Facts) -> Answer:
        awx = self.server.controller
        match (self.command, door):
            case "GET", _ if door in KINDS[kind].attached:
                found = awx.list_attached(kind, number, door)
                return 200, {"count": len(found), "next": None, "results": found}
            case "POST", _ if door in KINDS[kind].attached:
                remove = given.get("disassociate", False)
                awx.attach(kind, number, door, given["id"], remove=remove)
                return 204, None
            case _ if door not in KINDS[kind].doors:
                raise Refusal({"detail": "Not found."}, 404)
            case "GET", "survey_spec":
                return 200, awx.survey(kind, number)
            case "POST", "survey_spec":
                awx.set_survey(kind, number, given)
                return 200, {}
            case "POST", "create_approval_template":
                return 201, awx.make_approval(number, given)
            case "POST", "update":
                return 202, awx.update(kind, number)
            case "POST", "launch":
                return 201, awx.launch(number, given)
        raise Refusal({"detail": f'Method "{self.command}" not allowed.'}, 405)

    def _page(self, kind: str, asked: dict[str, str]) -> Answer:
        page = int(asked.pop("page", 1))
        found = self.server.controller.find(kind, **asked)
        first = (page - 1) * PAGE
        more = f"/api/v2/{kind}/?{urlencode({**asked, 'page': page + 1})}"
        return 200, {
            "count": len(found),
            "next": more if len(found) > first + PAGE else None,
            "previous": None,
            "results": found[first : first + PAGE],
        }


@contextlib.contextmanager
def front(controller: Controller) -> Iterator[Front]:
    """Answer for a controller for as long as the block takes."""
    with Front(controller) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            for work in controller.threads:
                work.join()
