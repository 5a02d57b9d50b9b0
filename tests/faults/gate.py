# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate before the simulator that passes bytes on, and that can be shut: then nobody gets in.

While it is shut the system itself refuses connections, as it does where no service runs.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

_PIECE = 65536


class Gate:
    """Listens on 127.0.0.1; open at first."""

    def __init__(self, service: str) -> None:
        parts = urlsplit(service)
        self._service = (parts.hostname or "", parts.port or 0)
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        # Holds the port while the gate is shut, lest a connection that somebody makes get it.
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", 0))
        self._port: int = self._place.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}{parts.path}"
        self.open()

    def open(self) -> None:
        """Let everybody in from now on, at the same port as before."""
        listener = socket.create_server(("127.0.0.1", self._port), backlog=64)
        self._sockets.append(listener)
        self._begin(self._accept, listener)

    def shut(self) -> None:
        """Let nobody in, and end all connections there are."""
        while self._threads:
            with self._lock:
                for one in self._sockets:
                    _end(one)
                thread = self._threads.pop()
            thread.join(10)
            assert not thread.is_alive()
        for one in self._sockets:
            one.close()
        self._sockets.clear()

    def remove(self) -> None:
        """Shut it for good."""
        self.shut()
        self._place.close()

    def _begin(self, work: Callable[..., None], *sockets: socket.socket) -> None:
        thread = threading.Thread(target=work, args=sockets)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            service = socket.create_connection(self._service)
            for one in (client, service):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._sockets += [client, service]
                self._begin(self._pass_on, client, service)
                self._begin(self._pass_on, service, client)

    def _pass_on(self, giver: socket.socket, taker: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := giver.recv(_PIECE):
                taker.sendall(piece)
        for one in (giver, taker):
            _end(one)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def gate(service: str) -> Iterator[Gate]:
    """Have a gate before a service (its URL) for as long as the block takes."""
    before = Gate(service)
    try:
        yield before
    finally:
        before.remove()
