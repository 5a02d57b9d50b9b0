# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server: connections, the framing of requests and answers, and nothing of what they mean.

http.server spends most of a request in its e-mail header parser, so this reads the few headers
that matter itself, and writes each answer with one call.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

MAX_HEAD = 65_536  # bytes of a request line and its headers
MAX_BODY = 67_108_864  # bytes; the seeding of 50,000 users with their history fits
CHUNK = 8_192  # bytes of a chunk, where answers are chunked
BACKLOG = 512
RECEIVED_AT_ONCE = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Request:
    """One request, its target split at the question mark."""

    method: str
    path: str
    query: str
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer, and everything that may be wrong with how it is sent."""

    status: int
    body: bytes
    content_type: str = "application/json;charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()
    chunked: bool = False
    length_off: int = 0  # added to the Content-Length that is declared
    missing: int = 0  # bytes at the end that are not sent
    hold: float = 0.0  # seconds before it is sent
    pace: float = 0.0  # seconds between two bytes
    cut: bool = False  # the connection is reset instead
    close: bool = False  # the connection ends after it


class _BadRequest(Exception):
    """A request that cannot be read; `status` is the HTTP status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def encode(reply: Reply) -> bytes:
    """A whole answer as bytes, head and body."""
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"Content-Type: {reply.content_type}",
        *(f"{name}: {value}" for name, value in reply.headers),
    ]
    body = reply.body
    if reply.chunked:
        lines.append("Transfer-Encoding: chunked")
        pieces = [body[start : start + CHUNK] for start in range(0, len(body), CHUNK)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])
    else:
        lines.append(f"Content-Length: {len(body) + reply.length_off}")
    if reply.close:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Front:
    """Listens on 127.0.0.1 and hands each request to `answer`, one thread for each connection."""

    def __init__(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self._last_request = time.monotonic()

    def idle_seconds(self) -> float:
        """How long no request has come."""
        return time.monotonic() - self._last_request

    def serve(self, answer: Callable[[Request], Reply]) -> None:
        """Accept connections in the background until the process ends."""
        self._last_request = time.monotonic()
        threading.Thread(target=self._accept, args=(answer,), daemon=True).start()

    def _accept(self, answer: Callable[[Request], Reply]) -> None:
        while True:
            try:
                connection, _unused = self._listener.accept()
            except OSError:  # too many are open; wait for some to end
                time.sleep(0.1)
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._talk, args=(connection, answer), daemon=True).start()

    def _talk(self, connection: socket.socket, answer: Callable[[Request], Reply]) -> None:
        with connection:
            stream = _Stream(connection)
            try:
                while True:
                    request, last = stream.request()
                    self._last_request = time.monotonic()
                    reply = answer(request)
                    if not _send(connection, reply) or last:
                        return
            except _BadRequest as bad:
                _send(connection, Reply(bad.status, b"", "text/plain", close=True))
            except (ConnectionError, TimeoutError):
                return  # the client has gone, which it may


class _Stream:
    """The requests on one connection, one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received = b""

    def request(self) -> tuple[Request, bool]:
        """The next request, and whether the client wants no other after it.

        ConnectionError when the client has closed; _BadRequest when it cannot be read.
        """
        head = self._head()
        try:
            line, *lines = head.decode("latin-1").split("\r\n")
            method, target, version = line.split(" ")
            headers = {
                name.lower(): value.strip()
                for name, _unused, value in (one.partition(":") for one in lines)
            }
            length = int(headers.get("content-length", "0"))
        except ValueError:
            raise _BadRequest(400) from None
        if "transfer-encoding" in headers:
            raise _BadRequest(411)
        if not 0 <= length <= MAX_BODY:
            raise _BadRequest(413)
        if headers.get("expect", "").lower() == "100-continue":
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._take(length)
        path, _unused, query = target.partition("?")
        wants = headers.get("connection", "").lower()
        last = wants == "close" or (version == "HTTP/1.0" and wants != "keep-alive")
        return Request(method, path, query, headers.get("content-type", ""), body), last

    def _head(self) -> bytes:
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            if len(self._received) > MAX_HEAD:
                raise _BadRequest(431)
            self._received += self._more()
        head, self._received = self._received[:end], self._received[end + 4 :]
        return head

    def _take(self, length: int) -> bytes:
        if len(self._received) >= length:  # the usual case: head and body came together
            body, self._received = self._received[:length], self._received[length:]
            return body
        pieces, missing = [self._received], length - len(self._received)
        self._received = b""
        while missing > 0:
            piece = self._more()
            pieces.append(piece[:missing])
            self._received = piece[missing:]
            missing -= len(piece)
        return b"".join(pieces)

    def _more(self) -> bytes:
        received = self._connection.recv(RECEIVED_AT_ONCE)
        if not received:
            raise ConnectionResetError("the client has closed the connection")
        return received


def _send(connection: socket.socket, reply: Reply) -> bool:
    """Send an answer as it says; whether the connection may be used again."""
    if reply.hold:
        time.sleep(reply.hold)
    if reply.cut:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        return False
    message = encode(reply)
    message = message[: len(message) - reply.missing]
    if reply.pace:
        for place in range(len(message)):
            connection.sendall(message[place : place + 1])
            time.sleep(reply.pace)
    else:
        connection.sendall(message)
    return not reply.close
