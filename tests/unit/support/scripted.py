# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers from a script, byte for byte: what no sound service would send."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import struct
import threading
import time
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from types import TracebackType
from urllib.parse import parse_qsl

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    connection: int  # on which connection, counted from 0
    method: str
    target: str
    headers: Mapping[str, str]  # names in lower case
    content: bytes
    moment: float  # monotonic seconds

    @property
    def call(self) -> str:
        """The last component of the path, in lower case."""
        return self.path.rsplit("/", 1)[-1].lower()

    @property
    def path(self) -> str:
        """The path as it is written, without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The fields of the query string."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def body(self) -> t.Any:
        """The body, which is JSON where there is one."""
        return json.loads(self.content) if self.content else None


@dataclass(frozen=True)
class Sent:
    """What is sent for a request, and how."""

    data: bytes = b""
    hold: float = 0.0  # seconds before it is sent
    pace: float = 0.0  # seconds before every byte of the body
    slow_head: bool = False  # whether the pace is that of the head too
    end: str = "keep"  # the connection afterwards: keep, close, reset; plain: sent outside of TLS

    def and_then(self, end: str) -> Sent:
        """The same, and another end of the connection."""
        return replace(self, end=end)

    def after(self, seconds: float) -> Sent:
        """The same, held back."""
        return replace(self, hold=seconds)


#: A connection that ends without a word.
HANG_UP, CUT = Sent(end="close"), Sent(end="reset")


def raw(status: int, body: bytes, *headers: str, length: bool = True) -> Sent:
    """An answer of these bytes; Content-Length is theirs, where it is wanted."""
    known = {one.value: one.phrase for one in HTTPStatus}
    lines = [f"HTTP/1.1 {status} {known.get(status, 'Of a gateway')}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return Sent("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def ok(value: object = "done", status: int = 200, *headers: str) -> Sent:
    """A success that carries a value."""
    return raw(status, json.dumps({"hasError": False, "response": value}).encode(), *headers)


def failure(text: str, status: int = 200, *headers: str) -> Sent:
    """A definite failure with its text."""
    return raw(status, json.dumps({"hasError": True, "response": text}).encode(), *headers)


def page(status: int, *headers: str) -> Sent:
    """What a gateway says: a page of HTML."""
    return raw(status, b"<html><body>no service</body></html>", *headers)


Step = Sent | Callable[[Asked], Sent]
Script = Mapping[str, Sequence[Step]]


class ScriptedServer:
    """Answers each call with the steps of its script, one after the other; the last goes on.

    A script is of one call, or of ``*``: all calls that have none of their own.
    """

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script = {call: list(steps) for call, steps in script.items()}
        self.asked: list[Asked] = []
        self.connections = 0
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        """What api_url is, for this server."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{'localhost' if self._tls else '127.0.0.1'}:{self.port}/api"

    def calls(self) -> list[str]:
        """The calls that were made, in their order."""
        return [one.call for one in self.asked]

    def __enter__(self) -> ScriptedServer:
        self._begin(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _end(self._listener)
        with self._lock:
            for one in self._open:
                _end(one)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                self._listener.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
            self.connections += 1  # first, since the answer may be there before the next line runs
            self._begin(self._talk, connection, self.connections - 1)

    def _talk(self, plain: socket.socket, number: int) -> None:
        connection = plain
        try:
            if self._tls:
                connection = self._tls.wrap_socket(plain, server_side=True)
                with self._lock:
                    self._open.add(connection)
            for asked in _requests(connection, number):
                sent = self._answer(asked)
                if sent.end == "plain":
                    os.write(connection.fileno(), sent.data)
                if not _send(connection, sent):
                    break
        except OSError:
            pass  # the client has gone, which it may
        finally:
            with self._lock:
                self._open -= {plain, connection}
            connection.close()
            plain.close()

    def _answer(self, asked: Asked) -> Sent:
        with self._lock:
            self.asked.append(asked)
            steps = self.script.get(asked.call) or self.script["*"]
            step = steps.pop(0) if len(steps) > 1 else steps[0]
        return step if isinstance(step, Sent) else step(asked)


def _requests(connection: socket.socket, number: int) -> Iterator[Asked]:
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            more = connection.recv(65536)
            if not more:
                return
            received += more
        head, _unused, received = received.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        method, target, _version = line.split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _unused, value in (one.partition(":") for one in lines)
        }
        while len(received) < int(headers.get("content-length", 0)):
            received += connection.recv(65536)
        length = int(headers.get("content-length", 0))
        content, received = received[:length], received[length:]
        yield Asked(number, method, target, headers, content, time.monotonic())


def _send(connection: socket.socket, sent: Sent) -> bool:
    """Send an answer; whether the connection goes on."""
    time.sleep(sent.hold)
    if sent.end == "plain":
        return False
    if sent.pace:
        _head, _blank, body = sent.data.partition(b"\r\n\r\n")
        slow = sent.data if sent.slow_head else body
        connection.sendall(sent.data[: len(sent.data) - len(slow)])
        for at in range(len(slow)):
            time.sleep(sent.pace)
            connection.sendall(slow[at : at + 1])
    else:
        connection.sendall(sent.data)
    if sent.end == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    return sent.end == "keep"


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
