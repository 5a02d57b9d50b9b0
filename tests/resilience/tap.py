# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tap between a play and the simulator: at a chosen request it closes, and lets nothing through.

So a test can kill a play just when that request was sent, or just when the service has acted upon
it and nobody was told.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Moment:
    """A request: the number-th of all, or of one call."""

    number: int
    call: str = ""
    #: Whether the service gets to act upon it; nobody gets the answer either way.
    acted_upon: bool = True

    def __str__(self) -> str:
        which = f"{self.call or 'request'}-{self.number}"
        return f"{which}-{'done' if self.acted_upon else 'not-done'}"


class Tap(ThreadingHTTPServer):
    """Passes requests on, until the chosen one; without one, all."""

    daemon_threads = True

    def __init__(self, service: str, moment: Moment | None) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.service = urlsplit(service)
        self.url = f"http://127.0.0.1:{self.server_port}{self.service.path}"
        self.closed = threading.Event()
        #: How many requests came, of which calls.
        self.came: Counter[str] = Counter()
        self._moment = moment
        self._lock = threading.Lock()

    def judge(self, call: str) -> tuple[bool, bool]:
        """Count a request. Whether to pass it on, and whether to give its answer back."""
        with self._lock:
            if self.closed.is_set():
                return False, False
            self.came[call] += 1
            moment = self._moment
            number = self.came[moment.call] if moment and moment.call else self.came.total()
            if moment is None or moment.call not in ("", call) or number != moment.number:
                return True, True
            if not moment.acted_upon:
                self.closed.set()
            return moment.acted_upon, False


class _Passing(BaseHTTPRequestHandler):
    """One connection of the play, and one to the service."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Tap

    def do_GET(self) -> None:
        """Pass a request on."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        passes, answers = self.server.judge(urlsplit(self.path).path.rpartition("/")[2].lower())
        answer = self._passed_on(body) if passes else None
        if not answers:
            self.server.closed.set()
        if answer and answers:
            self.send_response(answer[0])
            for name, value in answer[1]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer[2])
        else:
            # The play, which is killed by now or any moment, waits for an answer.
            self.close_connection = True
            self.rfile.read(1)

    def do_POST(self) -> None:
        """Pass a request on."""
        self.do_GET()

    def _passed_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        service = self.server.service
        connection = http.client.HTTPConnection(service.hostname or "", service.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def handle(self) -> None:
        """Talk until the play has gone, which it may at any time."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def tapped(service: str, moment: Moment | None = None) -> Iterator[Tap]:
    """Have a tap before a service (its URL) for as long as the block takes."""
    with Tap(service, moment) as tap:
        thread = threading.Thread(target=tap.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield tap
        tap.shutdown()
