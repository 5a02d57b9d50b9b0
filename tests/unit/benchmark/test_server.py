# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's server: keeps what it is told, refuses what is not shown, answers in its time."""

from __future__ import annotations

import asyncio
import json
import time
import typing as t

import pytest

from ansible_collections.cloudiway.mail.tests.benchmark import bare, roster
from ansible_collections.cloudiway.mail.tests.benchmark.server import (
    SURFACE,
    Front,
    Service,
    Talk,
)

KEYS = {"consumerKey": roster.KEY, "consumerSecret": roster.SECRET}
QUERY = "&".join(f"{name}={value}" for name, value in KEYS.items())


def front(users: int = 0, batches: int = 0, *statuses: str, latency: float = 0) -> Front:
    """A server with so many users, dealt into so many batches."""
    return Front(Service(users, batches, list(statuses)), latency)


def get(server: Front, call: str, query: str = QUERY) -> dict[str, t.Any]:
    """What a read is answered."""
    return read(server.answer("GET", f"{SURFACE}{call}?{query}", "", b""))


def post(server: Front, call: str, body: object) -> dict[str, t.Any]:
    """What a write is answered."""
    head = "content-type: application/json"
    return read(server.answer("POST", SURFACE + call, head, json.dumps(body).encode()))


def read(answer: bytes) -> dict[str, t.Any]:
    """The body of an answer."""
    read: dict[str, t.Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return read


def story(server: Front) -> dict[str, t.Any]:
    """What happened until now."""
    return read(server.story())


def test_what_the_bare_client_sends_makes_every_user_with_a_licence_and_in_its_batch() -> None:
    server = front()
    for stage in bare.stages(6, 2):
        for chain in stage:
            for call, body in chain:
                assert post(server, call, json.loads(body))["hasError"] is False
    told = story(server)
    assert told["refused"] == []
    assert told["calls"] == {"createbatch": 2, "create": 6, "license": 6, "addtobatch": 6}
    assert (told["users"], told["licensed"]) == (6, 6)
    assert told["batches"] == {"Wave 000": 3, "Wave 001": 3}


def test_reads_show_what_was_written() -> None:
    server = front(2, 1)
    post(server, "create", {"auth": KEYS, **roster.person(2)})
    everybody = get(server, "getall")["response"]
    assert [user["migrationTag"] for user in everybody] == [roster.tag(at) for at in range(3)]
    assert get(server, "batch")["response"] == ["Wave 000"]
    members = get(server, "getusersinbatch", f"{QUERY}&batchName=Wave+000")["response"]
    assert members == [roster.tag(0), roster.tag(1)]


def test_a_status_is_another_at_each_look_until_the_last() -> None:
    server = front(1, 1, "AUDIT_WORKING", "AUDIT_DONE")
    seen = [get(server, f"{roster.tag(0)}/status")["response"] for _look in range(3)]
    assert seen == ["AUDIT_WORKING", "AUDIT_DONE", "AUDIT_DONE"]


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("create", {**KEYS, **roster.person(7)}),
        ("create", {"auth": {**KEYS, "consumerSecret": "another"}, **roster.person(7)}),
        ("create", {"auth": KEYS, **roster.person(7), "more": "than shown"}),
        ("create", {"auth": KEYS, **roster.person(0)}),
        ("license", {"auth": {**KEYS, "migrationTag": roster.tag(0)}}),
        ("license", {**KEYS, "migrationTag": roster.tag(7)}),
        ("addtobatch", {"auth": {**KEYS, "migrationTag": roster.tag(0)}, "batchName": "Wave 000"}),
        ("addtobatch", {"auth": {**KEYS, "migrationTag": roster.tag(1)}, "batchName": "Wave 000"}),
        ("createbatch", {"auth": KEYS, "batchName": "Wave 000"}),
        ("delete", {**KEYS, "migrationTag": roster.tag(0)}),
    ],
    ids=[
        "keys in another place",
        "another secret",
        "a field too many",
        "a user who is there",
        "a tag in another place",
        "a tag of nobody",
        "a second batch",
        "no licence yet",
        "a batch that is there",
        "none of its calls",
    ],
)
def test_a_write_that_is_not_as_shown_or_cannot_be_done_is_refused(
    call: str, body: dict[str, t.Any]
) -> None:
    server = front(1, 1)
    post(server, "create", {"auth": KEYS, **roster.person(1)})  # who has no licence
    assert post(server, call, body)["hasError"] is True
    assert len(story(server)["refused"]) == 1


def test_an_answer_takes_the_latency_and_those_of_two_connections_overlap() -> None:
    server = front(latency=0.2)
    request = f"GET {SURFACE}batch?{QUERY} HTTP/1.1\r\n\r\n".encode()

    async def ask(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        return head

    async def both() -> float:
        loop = asyncio.get_running_loop()
        async with await loop.create_server(lambda: Talk(server, loop), "127.0.0.1", 0) as open_:
            port = open_.sockets[0].getsockname()[1]
            began = time.monotonic()
            heads = await asyncio.gather(ask(port), ask(port))
            took = time.monotonic() - began
        assert all(head.startswith(b"HTTP/1.1 200 OK") for head in heads)
        return took

    assert 0.2 <= asyncio.run(both()) < 0.4
    assert story(server)["connections"] == 2
