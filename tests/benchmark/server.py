# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server for the benchmark: the ten calls that it times, fast, and each answer after a latency.

Written from the API document for speed, where the simulator is written to be like the service. It
keeps what it is told, refuses every request that is not as the document's example shows it, and
counts, so that a run can be told from one that went wrong. One thread, one loop: its own limit is
part of what the benchmark measures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import selectors
import typing as t
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qsl

from ansible_collections.cloudiway.mail.tests.benchmark import roster

SURFACE = "/api/mailusers/"
#: Where the benchmark asks what happened. It costs no latency and is not counted.
STORY = "/story"

_KEYS = {"consumerKey": roster.KEY, "consumerSecret": roster.SECRET}
_PERSON = frozenset(roster.person(0))

Fields = dict[str, t.Any]


class Wrong(Exception):
    """A request that the document does not show, or that cannot be done."""


class Service:
    """Users and batches, and the calls on them. A call takes its fields and gives its answer."""

    def __init__(self, users: int, batches: int, statuses: list[str]) -> None:
        self._users: list[Fields] = []
        self._numbers: dict[str, int] = {}  # by migration tag
        self._pairs: set[tuple[str, str]] = set()
        self._licensed: set[int] = set()
        self._batches: dict[str, list[str]] = {roster.batch(at): [] for at in range(batches)}
        self._batch_of: dict[str, str] = {}
        #: What a user's status is the first time that it is asked for, the second, ...; the last stays.
        self._statuses = [_answer(status) for status in statuses]
        self._looks: Counter[int] = Counter()
        self._answers: dict[str, bytes] = {}  # prepared ones, until what they show changes
        for number in range(users):
            self._add(roster.person(number))
            self._licensed.add(number)
            self._join(roster.tag(number), roster.batch_of(number, users, batches))
        for name in self._batches:
            self.members({"batchName": name})
        self.everybody({})

    def _add(self, fields: Fields) -> None:
        tag = roster.tag(len(self._users))
        self._numbers[tag] = len(self._users)
        self._pairs.add((fields["sourceEmail"], fields["targetEmail"]))
        self._users.append({**fields, "migrationTag": tag})
        self._answers.pop("getall", None)

    def _join(self, tag: str, batch: str) -> None:
        self._batches[batch].append(tag)
        self._batch_of[tag] = batch
        self._answers.pop(f"members of {batch}", None)

    def _prepared(self, name: str, value: Callable[[], object]) -> bytes:
        if name not in self._answers:
            self._answers[name] = _answer(value())
        return self._answers[name]

    def _number(self, tag: str) -> int:
        number = self._numbers.get(tag)
        if number is None:
            raise Wrong(f"no user has the tag {tag}")
        return number

    # Reads ----------------------------------------------------------------------------------

    def everybody(self, _fields: Fields) -> bytes:
        """All users, with their tags and connectors and without their statuses (2.1)."""
        return self._prepared("getall", lambda: self._users)

    def names(self, _fields: Fields) -> bytes:
        """The names of the batches (2.13)."""
        return _answer(list(self._batches))

    def members(self, fields: Fields) -> bytes:
        """The tags of the users in a batch (2.21)."""
        name = fields["batchName"]
        if name not in self._batches:
            raise Wrong(f"there is no batch {name}")
        return self._prepared(f"members of {name}", lambda: self._batches[name])

    def connectors(self, name: str) -> Callable[[Fields], bytes]:
        """The one connector of a side (2.22, 2.23)."""
        return lambda _fields: _answer([{"name": name, "type": "Exchange"}])

    def status(self, fields: Fields) -> bytes:
        """The status of a user (2.7)."""
        number = self._number(fields["migrationTag"])
        self._looks[number] += 1
        return self._statuses[min(self._looks[number], len(self._statuses)) - 1]

    # Writes ---------------------------------------------------------------------------------

    def create(self, fields: Fields) -> bytes:
        """Create a user (2.10)."""
        if (fields["sourceEmail"], fields["targetEmail"]) in self._pairs:
            raise Wrong(f"{fields['sourceEmail']} is there already")
        if fields["sourceConnectorName"] != roster.SOURCE:
            raise Wrong("there is no such source connector")
        if fields["targetConnectorName"] != roster.TARGET:
            raise Wrong("there is no such target connector")
        self._add(fields)
        return _answer("User created")

    def license(self, fields: Fields) -> bytes:
        """Assign a licence (2.9)."""
        self._licensed.add(self._number(fields["migrationTag"]))
        return _answer("License assigned")

    def add_to_batch(self, fields: Fields) -> bytes:
        """Add a user to a batch (2.14): one who has a licence, and is in none."""
        tag, batch = fields["migrationTag"], fields["batchName"]
        if self._number(tag) not in self._licensed:
            raise Wrong(f"{tag} has no licence yet")
        if batch not in self._batches or tag in self._batch_of:
            raise Wrong(f"{tag} cannot be added to {batch}")
        self._join(tag, batch)
        return _answer("User added to batch")

    def create_batch(self, fields: Fields) -> bytes:
        """Create a batch (2.18)."""
        if fields["batchName"] in self._batches:
            raise Wrong(f"the batch {fields['batchName']} is there already")
        self._batches[fields["batchName"]] = []
        return _answer("Batch created")

    def story(self) -> Fields:
        """What there is now, in numbers."""
        return {
            "users": len(self._users),
            "licensed": len(self._licensed),
            "batches": {name: len(tags) for name, tags in self._batches.items()},
        }


def _answer(response: object) -> bytes:
    return _sent(200, {"hasError": False, "response": response})


def _sent(status: int, content: object) -> bytes:
    body = json.dumps(content, separators=(",", ":")).encode()
    head = (
        f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}\r\n"
        f"Content-Type: application/json;charset=UTF-8\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Front:
    """Reads requests, has the service answer them, and counts. Says no to all that is not shown."""

    def __init__(self, service: Service, latency: float) -> None:
        self.latency = latency
        self._service = service
        self._calls: Counter[str] = Counter()
        self._refused: list[str] = []
        self.open = 0
        self.most_open = 0
        self._reads: dict[str, tuple[frozenset[str], Callable[[Fields], bytes]]] = {
            "getall": (frozenset(), service.everybody),
            "batch": (frozenset(), service.names),
            "getusersinbatch": (frozenset({"batchName"}), service.members),
            "getallsourceconnectors": (frozenset(), service.connectors(roster.SOURCE)),
            "getalltargetconnectors": (frozenset(), service.connectors(roster.TARGET)),
        }
        #: Call -> its fields beside the credentials, whether the tag is with those, and what it does.
        self._writes: dict[str, tuple[frozenset[str], str, Callable[[Fields], bytes]]] = {
            "create": (_PERSON, "auth", service.create),
            "license": (frozenset({"migrationTag"}), "top", service.license),
            "addtobatch": (frozenset({"batchName"}), "auth with tag", service.add_to_batch),
            "createbatch": (frozenset({"batchName"}), "auth", service.create_batch),
        }

    def answer(self, method: str, target: str, head: str, body: bytes) -> bytes:
        """The answer to a request."""
        path, _mark, query = target.partition("?")
        try:
            if not path.startswith(SURFACE):
                raise Wrong(f"there is no {path}")
            name = path[len(SURFACE) :]
            if method == "GET":
                name, work, fields = self._read(name, query, body)
            elif method == "POST":
                work, fields = self._write(name, query, head, body)
            else:
                raise Wrong(f"{method} is not shown")
            self._calls[name] += 1
            return work(fields)
        except Wrong as why:
            self._refused.append(f"{method} {path}: {why}")
            return _sent(200, {"hasError": True, "response": str(why)})

    def _read(
        self, name: str, query: str, body: bytes
    ) -> tuple[str, Callable[[Fields], bytes], Fields]:
        fields = _without_keys(dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)))
        if body:
            raise Wrong("a GET with a body")
        tag, mark, last = name.partition("/")
        if mark and last == "status":
            _only(fields, frozenset())
            return last, self._service.status, {"migrationTag": tag}
        if name not in self._reads:
            raise Wrong(f"the call {name} is none of the benchmark's")
        names, work = self._reads[name]
        _only(fields, names)
        return name, work, fields

    def _write(
        self, name: str, query: str, head: str, body: bytes
    ) -> tuple[Callable[[Fields], bytes], Fields]:
        if name not in self._writes:
            raise Wrong(f"the call {name} is none of the benchmark's")
        if query or "content-type: application/json" not in head:
            raise Wrong("a POST carries JSON, and no query")
        fields = json.loads(body)
        names, place, work = self._writes[name]
        if place == "top":
            fields = _without_keys(fields)
        else:
            auth = _without_keys(fields.pop("auth", {}))
            _only(auth, frozenset({"migrationTag"} if place == "auth with tag" else ()))
            _only(fields, names)
            return work, {**auth, **fields}
        _only(fields, names)
        return work, fields

    def story(self) -> bytes:
        """What was asked, and what there is now."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return _sent(
            200,
            {
                "calls": dict(self._calls),
                "refused": self._refused[:10],
                "connections": self.most_open,
                "cpu_seconds": used.ru_utime + used.ru_stime,
                **self._service.story(),
            },
        )


def _without_keys(fields: Fields) -> Fields:
    rest = dict(fields)
    if any(rest.pop(name, None) != value for name, value in _KEYS.items()):
        raise Wrong("the credentials are not where they belong, or not right")
    return rest


def _only(fields: Fields, names: frozenset[str]) -> None:
    if fields.keys() != names or not all(isinstance(one, str) and one for one in fields.values()):
        raise Wrong(f"the fields are {sorted(fields)}, expected {sorted(names)}")


class Talk(asyncio.Protocol):
    """One connection: a request, its answer after the latency, the next request."""

    def __init__(self, front: Front, loop: asyncio.AbstractEventLoop) -> None:
        self._front = front
        self._loop = loop
        self._come = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = t.cast(asyncio.Transport, transport)
        self._front.open += 1
        self._front.most_open = max(self._front.most_open, self._front.open)

    def connection_lost(self, exc: Exception | None) -> None:
        self._front.open -= 1

    def data_received(self, data: bytes) -> None:
        self._come += data
        head, mark, rest = self._come.partition(b"\r\n\r\n")
        if not mark:
            return
        text = head.decode("latin-1")
        line, _mark, headers = text.partition("\r\n")
        headers = headers.lower()
        _before, mark_of_length, length = headers.partition("content-length:")
        size = int(length.partition("\r\n")[0]) if mark_of_length else 0
        if len(rest) < size:
            return
        if len(rest) > size:  # a second request before the answer to the first
            self._transport.abort()
            return
        self._come = b""
        method, target, _version = line.split(" ")
        now = self._loop.time()
        if target == STORY:
            self._transport.write(self._front.story())
            return
        answer = self._front.answer(method, target, headers, rest)
        if self._front.latency:
            self._loop.call_at(now + self._front.latency, self._transport.write, answer)
        else:
            self._transport.write(answer)


async def _serve(front: Front) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Talk(front, loop), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until terminated; the port is the one line that is printed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--latency", type=float, default=0.02, help="seconds")
    options.add_argument("--users", type=int, default=0)
    options.add_argument("--batches", type=int, default=0)
    options.add_argument("--statuses", default="NOTSTARTED", help="one after the other, by commas")
    given = options.parse_args()
    service = Service(given.users, given.batches, given.statuses.split(","))
    # epoll counts in whole milliseconds, and would make of 20 up to 21; select does not.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    loop.run_until_complete(_serve(Front(service, given.latency)))


if __name__ == "__main__":
    main()
