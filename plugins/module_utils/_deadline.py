# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A time-out for an answer as a whole, and an end to all that are waited for.

The time-out of a socket is for each piece that comes: a service, or a proxy, that sends one byte now
and then would hold its client for hours, and in the head of an answer nobody else looks at the clock.
"""

from __future__ import annotations

import contextlib
import functools
import io
import socket
import time
import typing as t
from http.client import HTTPResponse

if t.TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from requests.adapters import HTTPAdapter


def adapter_with_deadline(most: int, awaited: Awaited) -> HTTPAdapter:
    """An adapter of requests with so many connections to one service, kept for the next request.

    From the moment when the request is sent, the time-out is that of the whole answer.
    """
    from requests import adapters  # here, so that a module can say that requests is missing

    answer = functools.partial(_Answer, awaited)

    class Punctual(adapters.HTTPAdapter):
        _pool: t.Any = None

        def get_connection_with_tls_context(self, *given: t.Any, **named: t.Any) -> t.Any:
            if self._pool is None:  # looking for it anew takes a tenth of the work of a request
                pool = super().get_connection_with_tls_context(*given, **named)
                self._pool = _punctual(pool, answer)
            return self._pool

        def get_connection(self, *given: t.Any, **named: t.Any) -> t.Any:  # before requests 2.32
            return _punctual(super().get_connection(*given, **named), answer)

        def close(self) -> None:
            self._pool = None  # its connections are closed with it
            super().close()

    return Punctual(pool_connections=1, pool_maxsize=most, max_retries=0)


def _punctual(pool: t.Any, answer: t.Callable[..., HTTPResponse]) -> t.Any:
    """A pool of connections, to a service or through a proxy, that has such answers."""
    kind = pool.ConnectionCls
    if kind.response_class is not answer:
        own = {"response_class": staticmethod(answer)}
        pool.ConnectionCls = type(kind.__name__, (kind,), own)
    return pool


class Awaited:
    """The sockets from which answers are awaited. Safe to use from several threads."""

    def __init__(self) -> None:
        self._sockets: set[socket.socket] = set()
        self._is_over = False

    def add(self, sock: socket.socket) -> None:
        """An answer is awaited from a socket, unless nothing is any more."""
        self._sockets.add(sock)
        if self._is_over:
            _end(sock)

    def discard(self, sock: socket.socket) -> None:
        """It came, or was lost."""
        self._sockets.discard(sock)

    def give_up(self) -> None:
        """Have whoever reads from one of them, or is about to, lose the answer at once."""
        self._is_over = True
        for sock in tuple(self._sockets):
            _end(sock)


def _end(sock: socket.socket) -> None:
    """Have whoever reads from a socket see its end."""
    if isinstance(sock, socket.socket):  # not so TLS within TLS
        with contextlib.suppress(OSError):  # it has ended
            # What a TLS socket does of its own would have its reader take the rest for plain text.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Answer(HTTPResponse):
    """An answer that is whole by the deadline, or lost: then reading it raises TimeoutError."""

    def __init__(
        self, awaited: Awaited, sock: socket.socket, *given: t.Any, **named: t.Any
    ) -> None:
        super().__init__(sock, *given, **named)
        patience = sock.gettimeout()
        if patience is not None:
            self.fp = io.BufferedReader(_Within(patience, sock, self.fp.detach(), awaited))


class _Within(io.RawIOBase):
    """What comes from a socket within so many seconds from now."""

    def __init__(
        self, seconds: float, sock: socket.socket, source: io.RawIOBase, awaited: Awaited
    ) -> None:
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._socket = sock
        self._source = source
        self._awaited = awaited
        awaited.add(sock)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._source.readinto(buffer)

    def close(self) -> None:
        self._awaited.discard(self._socket)
        if self._socket.fileno() >= 0:  # it goes on, with the next request
            self._socket.settimeout(self._seconds)
        self._source.close()
        super().close()
