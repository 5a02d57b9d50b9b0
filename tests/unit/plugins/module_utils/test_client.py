# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client over real sockets: what an answer means, what is repeated, and what never gets out."""

from __future__ import annotations

import datetime as dt
import gc
import gzip
import itertools
import logging
import re
import socket
import ssl
import threading
import time
import traceback
import typing as t
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.cloudiway.mail.plugins.module_utils import _client, _verdict
from ansible_collections.cloudiway.mail.plugins.module_utils import _contract as contract
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    CloudiwayError,
    Fault,
    Insecure,
    InvalidInput,
    LostAnswer,
    NoSuchCall,
    ProtocolError,
    Redirected,
    Refused,
    Throttled,
    Unreachable,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._lanes import Lanes
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET, leaks
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    CUT,
    HANG_UP,
    Asked,
    ScriptedServer,
    Sent,
    failure,
    ok,
    page,
    raw,
)
from ansible_collections.cloudiway.mail.tests.unit.support.tunnel import tunnel

Begin = Callable[..., ScriptedServer]
TAG = {contract.TAG: "tag-1"}
SOUND = b'{"hasError": false, "response": ["a"]}'


def connection(server: ScriptedServer, **options: t.Any) -> Connection:
    """How to speak to a server; patience is short where nothing else is said."""
    return Connection(
        **{
            "consumer_key": KEY,
            "consumer_secret": SECRET,
            "api_url": server.url,
            "timeout": 2,
            "retry_timeout": 5,
            **options,
        }
    )


def batches(server: ScriptedServer, **options: t.Any) -> list[str]:
    """Read the names of the batches."""
    with Client(connection(server, **options)) as client:
        return client.batches()


def start(server: ScriptedServer, happened: Callable[[], bool], **options: t.Any) -> None:
    """Make a call that must not be made twice."""
    with Client(connection(server, **options)) as client:
        client.batches()  # the service is known to be one
        client.send(contract.START_USER, TAG, happened)


def never() -> bool:
    """A look that finds that nothing has happened."""
    return False


# What an answer means: the precedence -----------------------------------------------------------


def test_a_sound_answer_is_read(scripted: Begin) -> None:
    assert batches(scripted(ok(["Wave 1", "Wave 2"]))) == ["Wave 1", "Wave 2"]


@pytest.mark.parametrize(
    "status", [200, 302, 400, 401, 403, 404, 405, 409, 422, 500, 501, 502, 504]
)
def test_has_error_is_a_definite_no_whatever_the_http_status(scripted: Begin, status: int) -> None:
    server = scripted(failure("no licence", status))
    with pytest.raises(Refused, match="no licence") as caught:
        batches(server)
    assert (caught.value.call, caught.value.http_status) == ("batch", status)
    assert server.calls() == ["batch"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.usefixtures("no_pauses")
def test_429_and_503_wait_even_if_they_say_has_error(scripted: Begin, status: int) -> None:
    server = scripted(failure("busy", status), failure("busy", status), ok(["a"]))
    assert batches(server) == ["a"]
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [500, 501, 502, 504, 408])
@pytest.mark.usefixtures("no_pauses")
def test_every_other_5xx_is_a_lost_answer_and_a_read_is_repeated(
    scripted: Begin, status: int
) -> None:
    server = scripted(page(status), ok(["x"], status), ok(["a"]))
    assert batches(server) == ["a"]


@pytest.mark.parametrize("status", [400, 401, 403, 407, 410])
def test_another_4xx_is_a_definite_no_of_somebody_else(scripted: Begin, status: int) -> None:
    server = scripted(page(status))
    with pytest.raises(Refused, match=f"HTTP {status}, not from the service itself"):
        batches(server)
    assert len(server.asked) == 1


LOST = {
    "a connection that is reset": CUT,
    "a connection that ends": HANG_UP,
    "half a head": Sent(b"HTTP/1.1 200 OK\r\nContent-", end="close"),
    "no HTTP": Sent(b"SSH-2.0-OpenSSH_9.9\r\n", end="close"),
    "a page of HTML": page(200),
    "nothing": raw(200, b""),
    "no object": raw(200, b'["a"]'),
    "no hasError": raw(200, b'{"response": ["a"]}'),
    "another kind of value": ok({"a": 1}),
    "no UTF-8": raw(200, b'{"hasError": false, "response": ["\xff\xc3\x28"]}'),
    "a body shorter than its length": replace(
        raw(200, SOUND, f"Content-Length: {len(SOUND) + 9}", length=False), end="close"
    ),
    "a body longer than its length": replace(
        raw(200, SOUND, f"Content-Length: {len(SOUND) - 9}", length=False), end="close"
    ),
    "a body cut where it reads as whole": replace(
        raw(200, SOUND, f"Content-Length: {len(SOUND) + 400}", length=False), end="close"
    ),
    "a body without a length that is cut": replace(raw(200, SOUND[:-3], length=False), end="close"),
    "chunks without the last": replace(
        raw(200, b"%x\r\n%b\r\n" % (len(SOUND), SOUND), "Transfer-Encoding: chunked", length=False),
        end="close",
    ),
    "a chunk that is cut": replace(
        raw(200, b"ff\r\n" + SOUND, "Transfer-Encoding: chunked", length=False), end="close"
    ),
    "chunks that are none": replace(
        raw(200, b"zz\r\n" + SOUND, "Transfer-Encoding: chunked", length=False), end="close"
    ),
    "a chunk whose length never ends": replace(
        raw(200, b"0" * 70_000, "Transfer-Encoding: chunked", length=False), end="close"
    ),
    "a compressed body that nobody asked for": raw(
        200, gzip.compress(SOUND), "Content-Encoding: gzip"
    ),
}


@pytest.mark.parametrize("name", LOST)
@pytest.mark.usefixtures("no_pauses")
def test_an_answer_that_is_none_is_lost_and_a_read_is_repeated(scripted: Begin, name: str) -> None:
    server = scripted(LOST[name], ok(["after"]))
    assert batches(server) == ["after"]
    assert server.calls() == ["batch"] * 2


@pytest.mark.parametrize("name", [name for name in LOST if name != "another kind of value"])
@pytest.mark.usefixtures("no_pauses")
def test_an_answer_that_is_none_makes_a_write_look_before_it_is_repeated(
    scripted: Begin, name: str
) -> None:
    server = scripted(batch=[ok([])], start=[LOST[name], ok()])
    looks: list[int] = []

    def look() -> bool:
        looks.append(len(server.asked))
        return False

    start(server, look)
    assert server.calls() == ["batch", "start", "start"]
    assert looks == [2]


@pytest.mark.parametrize("name", [name for name in LOST if name != "another kind of value"])
@pytest.mark.usefixtures("no_pauses")
def test_a_write_that_has_happened_is_not_repeated(scripted: Begin, name: str) -> None:
    server = scripted(batch=[ok([])], start=[LOST[name], ok()])
    start(server, lambda: True)
    assert server.calls() == ["batch", "start"]


@pytest.mark.usefixtures("no_pauses")
def test_a_written_call_takes_any_text_of_success(scripted: Begin) -> None:
    printed = raw(200, b'{"hasError":false, "response": User scheduled}')
    server = scripted(batch=[ok([])], start=[printed])
    start(server, never)
    assert server.calls() == ["batch", "start"]


# Bodies -----------------------------------------------------------------------------------------


def test_a_body_in_chunks_is_read(scripted: Begin) -> None:
    chunks = b"".join(
        b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (SOUND[:7], SOUND[7:], b"")
    )
    server = scripted(raw(200, chunks, "Transfer-Encoding: chunked", length=False))
    assert batches(server) == ["a"]


def test_a_body_that_ends_with_the_connection_is_read(scripted: Begin) -> None:
    server = scripted(replace(raw(200, SOUND, length=False), end="close"))
    assert batches(server) == ["a"]


def test_a_body_that_trickles_beyond_the_timeout_is_lost(scripted: Begin) -> None:
    server = scripted(replace(raw(200, SOUND), pace=0.1), ok(["after"]))
    began = time.monotonic()
    assert batches(server, timeout=0.3) == ["after"]
    assert time.monotonic() - began < 3


def test_a_body_that_is_too_large_is_refused_before_it_fills_the_memory(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_verdict, "LARGEST_BODY", 100_000)
    endless = raw(200, b" " * 300_000, "Content-Length: 99999999999", length=False)
    with pytest.raises(ProtocolError, match="larger than 100000 bytes"):
        batches(scripted(endless), retry_timeout=0)


def test_a_compressed_body_is_refused_as_such(scripted: Begin) -> None:
    server = scripted(raw(200, gzip.compress(SOUND), "Content-Encoding: gzip"))
    with pytest.raises(ProtocolError, match="the answer is compressed, which was not asked for"):
        batches(server, retry_timeout=0)


def test_no_compression_is_asked_for_since_lengths_are_compared(scripted: Begin) -> None:
    server = scripted(ok([]))
    batches(server)
    assert server.asked[0].headers["accept-encoding"] == "identity"


# Alternates -------------------------------------------------------------------------------------


FIRST, SECOND = "getmailglobalsettingsbybatch", "getglobalsettingsbybatch"


@pytest.mark.parametrize("status", [404, 405])
def test_404_and_405_select_the_alternate_and_the_one_that_worked_is_remembered(
    scripted: Begin, status: int
) -> None:
    server = scripted(**{FIRST: [page(status)], SECOND: [ok({})]})
    with Client(connection(server)) as client:
        for _unused in range(3):
            client.settings("Wave 1")
    assert server.calls() == [FIRST, SECOND, SECOND, SECOND]


@pytest.mark.parametrize("status", [400, 401, 403, 410])
def test_no_other_status_selects_the_alternate(scripted: Begin, status: int) -> None:
    server = scripted(**{FIRST: [page(status)], SECOND: [ok({})]})
    with Client(connection(server)) as client, pytest.raises(Refused):
        client.settings("Wave 1")
    assert server.calls() == [FIRST]


def test_404_with_has_error_is_an_answer_and_selects_nothing(scripted: Begin) -> None:
    server = scripted(**{FIRST: [failure("no such batch", 404)], SECOND: [ok({})]})
    with Client(connection(server)) as client, pytest.raises(Refused, match="no such batch"):
        client.settings("Wave 1")
    assert server.calls() == [FIRST]


@pytest.mark.usefixtures("no_pauses")
def test_a_lost_answer_does_not_select_the_alternate(scripted: Begin) -> None:
    script = {FIRST: [CUT, page(500), page(200), ok({})], SECOND: [ok({})]}
    server = scripted(batch=[ok([])], **script)
    with Client(connection(server)) as client:
        client.batches()
        client.settings("Wave 1")
    assert server.calls() == ["batch", *[FIRST] * 4]


def test_404_on_every_path_says_that_there_is_no_such_call(scripted: Begin) -> None:
    server = scripted(page(404))
    with Client(connection(server)) as client, pytest.raises(NoSuchCall) as caught:
        client.settings("Wave 1")
    assert server.calls() == [FIRST, SECOND]
    assert caught.value.http_status == 404
    assert "is api_url right?" in caught.value.message


def test_404_after_a_refusal_does_not_hide_the_reason(scripted: Begin) -> None:
    refused = failure("no user has this tag, nor tag-1 either")
    server = scripted(page(404), refused, page(404))
    with Client(connection(server)) as client, pytest.raises(Refused, match="nor tag-1") as caught:
        client.user("tag-1")
    assert [asked.method for asked in server.asked] == ["GET", "POST", "POST"]
    assert (caught.value.code, caught.value.call) == ("refused", "get")


def test_a_license_is_assigned_at_the_tag_where_the_plain_path_is_not_there(
    scripted: Begin,
) -> None:
    server = scripted(lambda asked: ok() if asked.path.endswith("/tag-1/license") else page(404))
    with Client(connection(server)) as client:
        client.send(contract.LICENSE, TAG, never)
        client.send(contract.LICENSE, TAG, never)
    paths = [asked.path.removeprefix("/api/mailusers/") for asked in server.asked]
    assert paths == ["license", "tag-1/license", "tag-1/license"]


@pytest.mark.parametrize("place", ["body", "query"])
def test_one_user_is_read_by_post_where_get_is_not_there(scripted: Begin, place: str) -> None:
    def answer(asked: Asked) -> Sent:
        if asked.method == "GET":
            return page(405)
        given = asked.query if place == "query" else asked.body
        if not given or given.get("consumerSecret") != SECRET:
            return failure("wrong credentials")
        return ok({"sourceEmail": "a@old.example"})

    server = scripted(answer)
    with Client(connection(server)) as client:
        assert client.user("tag-1").source_email == "a@old.example"
        client.user("tag-1")
    assert [asked.method for asked in server.asked[-2:]] == ["POST", "POST"]
    assert len(server.asked) == (3 if place == "body" else 4)


# Retry-After, patience --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("0", 0.5, 5), ("1", 0.6, 5), ("3600", 0.6, 5), ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0.5)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_within_its_bounds(
    scripted: Begin,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    header: str,
    least: float,
    most: float,
) -> None:
    monkeypatch.setattr(_client, "_RETRY_AFTER", (0.5, 0.6))
    monkeypatch.setattr(_client, "_FIRST_PAUSE", 0.05)
    server = scripted(page(status, f"Retry-After: {header}"), ok(["a"]))
    batches(server, retry_timeout=9)
    first, second = (asked.moment for asked in server.asked)
    assert least <= second - first < most


def test_retry_after_is_bounded_by_1_and_60_seconds() -> None:
    assert _client._RETRY_AFTER == (1.0, 60.0)


def test_retry_after_does_not_outlast_retry_timeout(scripted: Begin) -> None:
    server = scripted(page(429, "Retry-After: 50"))
    began = time.monotonic()
    with pytest.raises(Throttled, match="nothing was read") as caught:
        batches(server, retry_timeout=0.3)
    assert 0.3 <= time.monotonic() - began < 5
    assert (caught.value.code, caught.value.http_status) == ("throttled", 429)


def test_without_retry_timeout_nothing_is_repeated(scripted: Begin) -> None:
    server = scripted(page(500), ok([]))
    with pytest.raises(LostAnswer):
        batches(server, retry_timeout=0)
    assert len(server.asked) == 1


def test_pauses_grow_and_are_jittered() -> None:
    patience = _client._Patience(1e9)
    fault = LostAnswer("gone")
    for longest in (0.5, 1, 2, 4, 8, 16, 30, 30, 30):
        pause = patience.after(fault, 1.0)
        assert pause is not None
        assert longest / 2 <= pause <= longest
    pauses = {_client._Patience(1e9).after(fault, 1.0) for _unused in range(20)}
    assert len(pauses) > 10


def test_a_throttled_call_is_definitely_not_done(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], start=[page(429)])
    with pytest.raises(Throttled, match="it was not done"):
        start(server, never, retry_timeout=0.2)


@pytest.mark.usefixtures("no_pauses")
def test_a_write_whose_answers_stay_lost_says_that_nobody_knows(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], start=[page(500)])
    with pytest.raises(LostAnswer, match="whether it was done is not known: look again") as caught:
        start(server, never, retry_timeout=0.2)
    assert (caught.value.call, caught.value.http_status) == ("start", 500)


@pytest.mark.usefixtures("no_pauses")
def test_a_look_that_fails_leaves_the_write_in_doubt_and_does_not_repeat_it(
    scripted: Begin,
) -> None:
    server = scripted(batch=[ok([])], status=[page(500)], start=[CUT, ok()])
    with Client(connection(server, retry_timeout=0.2)) as client:
        client.batches()
        with pytest.raises(LostAnswer, match="whether it was done is not known"):
            client.send(contract.START_USER, TAG, lambda: client.status("tag-1").active)
    assert server.calls().count("start") == 1


@pytest.mark.usefixtures("no_pauses")
def test_503_may_have_acted_so_a_write_looks_first(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], start=[page(503), ok()])
    start(server, lambda: True)
    assert server.calls() == ["batch", "start"]


LATE = pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (contract.START_USER, TAG),
        (contract.CREATE_BATCH, {contract.BATCH: "a"}),
        (contract.REMOVE_FROM_BATCH, TAG),
    ],
    ids=str,
)


@LATE
def test_what_is_acted_upon_after_the_first_look_is_not_done_again(
    scripted: Begin, call: contract.Call, arguments: dict[str, str]
) -> None:
    looks = iter([False, False, True])
    server = scripted(batch=[ok([])], **{call.name: [CUT, ok()]})
    with Client(connection(server)) as client:
        client.batches()
        client.send(call, arguments, lambda: next(looks))
    assert server.calls() == ["batch", call.name]


@LATE
def test_what_is_not_seen_for_seconds_is_done_again(
    scripted: Begin,
    call: contract.Call,
    arguments: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_client, "_LATE_PAUSE", 0.1)
    monkeypatch.setattr(_client, "_LATE_EFFECT", 0.5)
    server = scripted(batch=[ok([])], **{call.name: [CUT, ok()]})
    with Client(connection(server)) as client:
        client.batches()
        client.send(call, arguments, never)
    lost, again = (asked.moment for asked in server.asked if asked.call == call.name)
    assert again - lost >= 0.5


#: Seconds for which the answers of AT_WORK are waited for; and what a service says, or not, that may
#: yet act on a request.
BRIEFLY = 0.6
AT_WORK = pytest.mark.parametrize(
    "answer", [ok().after(2 * BRIEFLY), page(504), page(524)], ids=["time-out", "504", "524"]
)


@AT_WORK
@LATE
def test_what_the_service_may_still_be_at_work_on_is_looked_for_as_long_as_an_answer(
    scripted: Begin,
    call: contract.Call,
    arguments: dict[str, str],
    answer: Sent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_client, "_LATE_EFFECT", 0)
    monkeypatch.setattr(_client, "_FIRST_PAUSE", 0.01)
    server = scripted(batch=[ok([])], **{call.name: [answer, ok()]})
    looks: list[float] = []

    def look() -> bool:
        looks.append(time.monotonic())
        return False

    with Client(connection(server, timeout=BRIEFLY)) as client:
        client.batches()
        client.send(call, arguments, look)
    # The time counts from the fault, which the first look comes a little after.
    assert looks[-1] - looks[0] >= 0.9 * BRIEFLY
    assert server.calls() == ["batch", call.name, call.name]


@AT_WORK
def test_where_retry_timeout_ends_before_that_it_is_not_done_again_and_nobody_knows(
    scripted: Begin, answer: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "_LATE_EFFECT", 0)
    monkeypatch.setattr(_client, "_FIRST_PAUSE", 0.01)
    server = scripted(batch=[ok([])], start=[answer, ok()])
    with pytest.raises(LostAnswer, match="whether it was done is not known"):
        start(server, never, timeout=BRIEFLY, retry_timeout=BRIEFLY / 2)
    assert server.calls() == ["batch", "start"]


def test_behind_a_gateway_that_did_not_wait_it_is_looked_for_that_long_and_no_longer(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "_LATE_EFFECT", 0)
    monkeypatch.setattr(_client, "_LATE_GATEWAY", BRIEFLY)
    monkeypatch.setattr(_client, "_FIRST_PAUSE", 0.01)
    server = scripted(batch=[ok([])], start=[page(504), ok()])
    start(server, never, timeout=60, retry_timeout=60)
    lost, again = (asked.moment for asked in server.asked if asked.call == "start")
    assert BRIEFLY <= again - lost < 10 * BRIEFLY


def test_looks_for_what_may_come_late_are_further_and_further_apart(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "_LATE_PAUSE", 0.05)
    monkeypatch.setattr(_client, "_LONGEST_LATE_PAUSE", 0.4)
    moments: list[float] = []

    def look() -> bool:
        moments.append(time.monotonic())
        return len(moments) == 6

    start(scripted(batch=[ok([])], start=[page(504)]), look)
    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    leasts = (0.05, 0.1, 0.2, 0.4, 0.4)
    assert all(pause >= least for least, pause in zip(leasts, pauses, strict=True))


def test_a_run_that_ends_while_it_looks_says_that_nobody_knows(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], create=[CUT, ok()])
    client = Client(connection(server))
    client.batches()

    def look() -> bool:
        threading.Thread(target=client.close).start()
        return False

    with pytest.raises(LostAnswer, match="whether it was done is not known: look again"):
        client.send(contract.CREATE, dict.fromkeys(contract.PERSON, "x"), look)
    assert server.calls() == ["batch", "create"]


@pytest.mark.usefixtures("no_pauses")
def test_429_has_not_acted_so_a_write_is_repeated_without_a_look(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], start=[page(429), page(429), ok()])
    start(server, lambda: pytest.fail("there is nothing to look at"))
    assert server.calls() == ["batch", "start", "start", "start"]


@pytest.mark.usefixtures("no_pauses")
def test_a_license_is_simply_assigned_again(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], license=[CUT, page(500), ok()])
    with Client(connection(server)) as client:
        client.batches()
        client.send(contract.LICENSE, TAG, lambda: pytest.fail("a licence cannot be looked at"))
    assert server.calls() == ["batch", "license", "license", "license"]


@pytest.mark.parametrize(
    ("call", "arguments", "is_final"),
    [
        (contract.CREATE_BATCH, {contract.BATCH: "a"}, False),
        (contract.DELETE, TAG, False),
        (contract.START_USER, TAG, True),
        (contract.LICENSE, TAG, True),
    ],
)
def test_a_refusal_of_what_sets_or_makes_is_forgiven_where_it_is_so_already(
    scripted: Begin, call: contract.Call, arguments: dict[str, str], is_final: bool
) -> None:
    server = scripted(failure("that is so already"))
    with Client(connection(server)) as client:
        if is_final:
            with pytest.raises(Refused):
                client.send(call, arguments, lambda: True)
        else:
            client.send(call, arguments, lambda: True)
        with pytest.raises(Refused):
            client.send(call, arguments, never)


@pytest.mark.usefixtures("no_pauses")
def test_of_a_licence_that_may_have_been_assigned_nobody_says_that_it_was_not(
    scripted: Begin,
) -> None:
    server = scripted(batch=[ok([])], license=[page(500), page(429)])
    with Client(connection(server, retry_timeout=0.3)) as client:
        client.batches()
        with pytest.raises(LostAnswer, match="whether it was done is not known"):
            client.send(contract.LICENSE, TAG, never)


@pytest.mark.usefixtures("no_pauses")
def test_a_look_that_is_refused_is_no_refusal_of_the_write(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], status=[failure("no")], start=[CUT, ok()])
    with Client(connection(server, retry_timeout=2)) as client:
        client.batches()
        with pytest.raises(LostAnswer, match=r"^start: .*whether it was done is not known"):
            client.send(contract.START_USER, TAG, lambda: client.status("tag-1").active)
    assert server.calls().count("start") == 1


@pytest.mark.usefixtures("no_pauses")
def test_what_the_service_refused_is_told_where_the_look_after_it_fails(scripted: Begin) -> None:
    server = scripted(batch=[ok([]), page(500)], createbatch=[failure("the name is taken")])
    with Client(connection(server, retry_timeout=0.2)) as client:
        client.batches()
        with pytest.raises(Refused, match="the name is taken"):
            client.send(
                contract.CREATE_BATCH, {contract.BATCH: "a"}, lambda: "a" in client.batches()
            )


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("length", ["\xb2", "9" * 5000, "-1", "+19", "many", "1 2"])
def test_an_answer_whose_length_is_no_number_is_no_answer(scripted: Begin, length: str) -> None:
    answer = raw(
        200, b'{"hasError":false,"response":["Wave 1"]}', f"Content-Length: {length}", length=False
    )
    with (
        Client(connection(scripted(answer.and_then("close")), retry_timeout=0)) as client,
        pytest.raises(ProtocolError, match="does not say its length in a number"),
    ):
        client.batches()


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        *(
            ("HTTPS_PROXY", proxy, "the proxy")
            for proxy in ("http://bad host", "foo://x:1", "http://")
        ),
        ("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem", "the CA bundle"),
    ],
)
def test_what_is_wrong_in_the_environment_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, fault: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "")
    there = Connection(KEY, SECRET, api_url="https://127.0.0.1:9/api", retry_timeout=60)
    began = time.monotonic()
    with (
        pytest.raises(InvalidInput, match=f"{fault} that the environment names"),
        Client(there) as client,
    ):
        client.send(contract.START_USER, TAG, never)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("text", ["", "not a certificate", "-----BEGIN CERTIFICATE-----\nx\n"])
def test_a_bundle_that_holds_no_certificate_is_refused_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text(text, encoding="ascii")
    there = Connection(KEY, SECRET, api_url="https://127.0.0.1:9/api", ca_path=str(bundle))
    with pytest.raises(InvalidInput, match=rf"^ca_path: {bundle} holds no certificate"):
        Client(there)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with pytest.raises(InvalidInput, match=r"the environment names: .* holds no certificate"):
        Client(Connection(KEY, SECRET, api_url="https://127.0.0.1:9/api"))


def test_a_bundle_of_the_environment_is_of_no_account_where_nothing_is_verified_with_it(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    assert batches(scripted(ok(["a"]))) == ["a"]


# The way there ----------------------------------------------------------------------------------


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_refused_connection_is_unreachable_and_nothing_was_done(scripted: Begin) -> None:
    options = {"api_url": f"http://127.0.0.1:{closed_port()}/api", "retry_timeout": 0}
    nowhere = connection(scripted(ok()), **options)
    with Client(nowhere) as client, pytest.raises(Unreachable) as caught:
        client.batches()
    assert caught.value.message == (
        "batch: no connection: Connection refused"
        f" (is api_url right? {options['api_url']}); nothing was read"
    )
    with Client(nowhere) as client, pytest.raises(Unreachable, match="it was not done"):
        client.send(contract.START_USER, TAG, lambda: pytest.fail("it cannot have happened"))


@pytest.mark.usefixtures("no_pauses")
def test_a_restart_of_the_service_within_retry_timeout_fails_nothing() -> None:
    port = closed_port()
    names: list[str] = []
    options = Connection(KEY, SECRET, f"http://127.0.0.1:{port}/api", retry_timeout=10)
    with Client(options) as client:
        reader = threading.Thread(target=lambda: names.extend(client.batches()))
        reader.start()
        time.sleep(0.2)
        with (
            socket.create_server(("127.0.0.1", port)) as listener,
            listener.accept()[0] as accepted,
        ):
            accepted.recv(65536)
            accepted.sendall(ok(["a"]).data)
            reader.join(5)
    assert names == ["a"]


def test_an_answer_that_takes_too_long_is_lost(scripted: Begin) -> None:
    server = scripted(ok(["late"]).after(0.6), ok(["after"]))
    assert batches(server, timeout=0.2) == ["after"]


def test_a_name_that_nobody_knows_is_unreachable(scripted: Begin) -> None:
    url = "https://cloudiway.invalid/api"
    with pytest.raises(Unreachable, match="the name of the host is not known"):
        batches(scripted(ok()), api_url=url, retry_timeout=0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.usefixtures("no_pauses")
def test_redirects_are_not_followed(scripted: Begin, status: int) -> None:
    """Invariant 7: redirects."""
    elsewhere = scripted(ok(["trap"]))
    server = scripted(page(status, f"Location: {elsewhere.url}/mailusers/batch"))
    with pytest.raises(Redirected, match=f"HTTP {status}: a redirect, not followed"):
        batches(server, retry_timeout=0.2)
    assert elsewhere.asked == []


@pytest.mark.usefixtures("no_pauses")
def test_a_stranger_that_only_ever_answers_with_html_is_given_up_soon(scripted: Begin) -> None:
    server = scripted(page(200))
    with pytest.raises(ProtocolError, match="it is HTML"):
        batches(server, retry_timeout=5)
    assert len(server.asked) == 3


@pytest.mark.usefixtures("no_pauses")
def test_a_service_whose_first_answers_are_lost_in_several_ways_is_no_stranger(
    scripted: Begin,
) -> None:
    server = scripted(CUT, page(500), page(200), CUT, page(200), page(200), CUT, ok(["a"]))
    assert batches(server, retry_timeout=5) == ["a"]


@pytest.mark.usefixtures("no_pauses")
def test_a_dead_service_is_given_up_after_retry_timeout_and_not_once_for_each_user(
    scripted: Begin,
) -> None:
    server = scripted(batch=[ok([])], status=[page(500)])
    with Client(connection(server, retry_timeout=0.4, timeout=0.4, concurrency=4)) as client:
        client.batches()
        began = time.monotonic()
        results = client.each(client.status, [f"tag-{number}" for number in range(200)])
        assert time.monotonic() - began < 5
    assert all(isinstance(one, LostAnswer | Unreachable) for one in results)
    spared = [one for one in results if isinstance(one, Unreachable)]
    assert len(spared) >= 190
    assert "not tried, as the service does not answer (HTTP 500)" in spared[-1].message


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(
    ("status", "code", "what"),
    [
        (429, "throttled", "asks to wait"),
        (503, "unreachable", "does not answer"),
        (500, "unreachable", "does not answer"),
    ],
)
def test_who_is_not_tried_after_an_outage_is_told_what_it_was_and_that_nothing_was_done(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch, status: int, code: str, what: str
) -> None:
    monkeypatch.setattr(_client, "_RETRY_AFTER", (0.01, 0.01))
    server = scripted(batch=[ok([])], start=[page(status, "Retry-After: 0")])
    with Client(connection(server, retry_timeout=0.3, timeout=0.3, concurrency=1)) as client:
        client.batches()
        _tried, _stood_in, spared = client.each(
            lambda tag: client.send(contract.START_USER, {contract.TAG: tag}, never), "abc"
        )
    assert isinstance(spared, CloudiwayError)
    assert (spared.code, spared.call, spared.http_status) == (code, "start", status)
    assert spared.message.startswith(f"start: not tried, as the service {what} (HTTP")
    assert spared.message.endswith("it was not done")


@pytest.mark.usefixtures("no_pauses")
def test_a_service_that_is_down_gets_no_more_than_there_are_lanes(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], status=[page(502)])
    with Client(connection(server, retry_timeout=0.5, timeout=0.1, concurrency=2)) as client:
        client.batches()
        client.each(client.status, map(str, range(9)))
    assert len({one.path for one in server.asked if one.call == "status"}) == 2


@pytest.mark.usefixtures("no_pauses")
def test_of_a_service_that_goes_down_little_more_is_asked_than_what_was_under_way(
    scripted: Begin,
) -> None:
    sound = iter([ok("SUCCESS").after(0.01)] * 40)
    server = scripted(lambda _asked: next(sound, page(500)))
    with Client(connection(server, retry_timeout=1, timeout=0.1, concurrency=4)) as client:
        results = client.each(client.status, [f"tag-{number}" for number in range(200)])
    assert sum(isinstance(one, CloudiwayError) for one in results) == 160
    assert 4 <= len({asked.path for asked in server.asked[40:]}) <= 12


def test_a_single_fault_is_no_outage_even_if_faults_are_not_ridden_out(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], status=[page(429), page(500), ok("SUCCESS")])
    with Client(connection(server, retry_timeout=0, concurrency=1)) as client:
        client.batches()
        results = client.each(client.status, ["tag-0", "tag-1", "tag-2"])
    assert [type(one) for one in results[:2]] == [Throttled, LostAnswer]
    assert getattr(results[2], "name", results[2]) == "SUCCESS"


@pytest.mark.usefixtures("no_pauses")
def test_one_user_for_whom_the_service_always_fails_does_not_stop_the_others(
    scripted: Begin,
) -> None:
    def answer(asked: Asked) -> Sent:
        return page(500) if "/tag-3/" in asked.path else ok("SUCCESS").after(0.01)

    server = scripted(answer)
    with Client(connection(server, retry_timeout=0.15, concurrency=2)) as client:
        results = client.each(client.status, [f"tag-{number}" for number in range(60)])
    assert [at for at, one in enumerate(results) if isinstance(one, CloudiwayError)] == [3]


@pytest.mark.usefixtures("no_pauses")
def test_refusals_show_that_the_service_is_alive(scripted: Begin) -> None:
    def answer(asked: Asked) -> Sent:
        return page(500) if "/tag-0/" in asked.path else failure("no such user").after(0.01)

    server = scripted(answer)
    with Client(connection(server, retry_timeout=0.15, concurrency=2)) as client:
        results = client.each(client.status, [f"tag-{number}" for number in range(60)])
    assert [type(one) for one in results[1:]] == [Refused] * 59


# Many at once -----------------------------------------------------------------------------------


def test_results_come_in_the_order_of_the_items_and_an_error_takes_its_place(
    scripted: Begin,
) -> None:
    def answer(asked: Asked) -> Sent:
        number = int(asked.path.split("/")[-2])
        return failure("odd") if number % 2 else ok(str(number)).after(0.02 if number < 4 else 0)

    with Client(connection(scripted(answer))) as client:
        results = client.each(client.status, map(str, range(12)))
        assert [getattr(one, "name", type(one)) for one in results[:4]] == [
            "UNKNOWN",
            Refused,
            "WORKING",
            Refused,
        ]
        with pytest.raises(Refused, match="odd"):
            client.all(client.status, map(str, range(12)))


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_requests_are_under_way_than_concurrency_says(
    scripted: Begin, concurrency: int
) -> None:
    under_way, most = [0], [0]
    lock = threading.Lock()

    def answer(asked: Asked) -> Sent:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.01)
        with lock:
            under_way[0] -= 1
        return ok("SUCCESS")

    with Client(connection(scripted(answer), concurrency=concurrency)) as client:
        client.all(client.status, map(str, range(20)))
    assert most == [concurrency]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_back_everybody(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(_client, "_RETRY_AFTER", (0.4, 0.4))
    server = scripted(
        *[ok("SUCCESS").after(0.01)] * 8, page(status, "Retry-After: 1"), ok("SUCCESS").after(0.01)
    )
    with Client(connection(server, concurrency=2)) as client:
        client.all(client.status, map(str, range(20)))
    moments = [asked.moment for asked in server.asked]
    throttled = moments[8]
    held = [moment for moment in moments if throttled + 0.05 < moment < throttled + 0.39]
    assert held == []
    assert len(moments) == 21


def test_who_can_wait_no_longer_tries_once_more_and_the_others_wait_as_long_as_they_are_told(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "_RETRY_AFTER", (1.2, 1.2))
    server = scripted(
        batch=[page(429, "Retry-After: 1"), ok(["a"])], status=[ok("SUCCESS").after(0.01)]
    )
    with Client(connection(server, concurrency=2, retry_timeout=0.4)) as client:
        assert client.batches() == ["a"]
        client.all(client.status, map(str, range(6)))
    told, again, *others = (asked.moment for asked in server.asked)
    assert 0.3 < again - told < 1.0
    assert min(others) - told > 1.15


def test_a_hold_ends_for_those_who_wait_when_the_service_is_given_up(scripted: Begin) -> None:
    server = scripted(page(429, "Retry-After: 50"))
    began = time.monotonic()
    with Client(connection(server, concurrency=2, retry_timeout=0.5, timeout=0.1)) as client:
        results = client.each(client.status, map(str, range(6)))
    assert {type(one) for one in results} == {Throttled}
    assert time.monotonic() - began < 10


def test_a_request_begins_when_it_is_sent_and_not_when_it_waits_for_a_lane(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "_RETRY_AFTER", (0.1, 0.1))
    told: list[tuple[float, float]] = []
    slower = Lanes.slower

    def note(lanes: Lanes, began: float, hold: float) -> None:
        told.append((began, time.monotonic()))
        slower(lanes, began, hold)

    monkeypatch.setattr(Lanes, "slower", note)
    server = scripted(*[page(429, "Retry-After: 0").after(0.1)] * 2, ok("SUCCESS"))
    with Client(connection(server, concurrency=2)) as client:
        client._lanes._open = 1.0
        client.all(client.status, ["1", "2"])
    (_first, halved), (second, _told) = told
    assert second > halved


@pytest.mark.parametrize("status", [429, 503])
def test_throttling_halves_how_many_requests_are_under_way_and_sound_answers_bring_them_back(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(_client, "_RETRY_AFTER", (0.3, 0.3))
    under_way: set[int] = set()
    seen: list[int] = []  # how many were under way when a request came
    changed = threading.Condition()

    def answer(asked: Asked) -> Sent:
        with changed:
            number = len(seen)
            under_way.add(number)
            seen.append(len(under_way))
            changed.notify_all()
            if number < 8:  # all come before any is answered
                changed.wait_for(lambda: len(seen) == 8, timeout=5)
            elif number > 60:  # by now all lanes are open again
                changed.wait_for(lambda: max(seen[60:]) == 8, timeout=5)
        if number:  # the first is throttled well before anybody else is answered
            time.sleep(0.5 if number < 8 else 0.02)
        with changed:
            under_way.remove(number)
        return ok("SUCCESS") if number else page(status, "Retry-After: 1")

    with Client(connection(scripted(answer), concurrency=8, timeout=30)) as client:
        client.all(client.status, map(str, range(100)))
    assert max(seen[:8]) == 8
    assert max(seen[8:16]) <= 5
    assert max(seen[60:]) == 8


def test_refusals_bring_the_lanes_back_too(scripted: Begin) -> None:
    with Client(connection(scripted(failure("no such user")), concurrency=4)) as client:
        client._lanes._open = 1.0
        client.each(client.status, map(str, range(20)))
        assert client._lanes._open == 4.0


def test_one_user_who_is_always_throttled_without_a_time_hardly_holds_the_others(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "_FIRST_PAUSE", 0.05)  # from which pauses grow to many seconds

    def answer(asked: Asked) -> Sent:
        return page(503) if "/tag-0/" in asked.path else ok("SUCCESS").after(0.01)

    began = time.monotonic()
    server = scripted(answer)
    with Client(connection(server, retry_timeout=60, concurrency=2)) as client:
        under_way = client.begin(client.status, [f"tag-{number}" for number in range(200)])
        while len(under_way._results) < 199 and time.monotonic() - began < 20:
            time.sleep(0.01)
    assert time.monotonic() - began < 8  # it is 1 to 2 s


@pytest.mark.usefixtures("no_pauses")
def test_who_tries_again_is_not_the_last_of_all(scripted: Begin) -> None:
    faults = iter([page(500)])

    def answer(asked: Asked) -> Sent:
        fault = next(faults, None) if "/tag-5/" in asked.path else None
        return fault or ok("SUCCESS").after(0.005)

    server = scripted(answer)
    with Client(connection(server, concurrency=4)) as client:
        client.all(client.status, [f"tag-{number}" for number in range(300)])
    tries = [at for at, asked in enumerate(server.asked) if "/tag-5/" in asked.path]
    assert len(tries) == 2
    assert tries[1] < 60


def test_many_more_in_doubt_than_there_are_lanes_hold_nobody_up(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "_FIRST_PAUSE", 30.0)
    hurt: set[str] = set()

    def answer(asked: Asked) -> Sent:
        number = asked.path.split("/tag-")[1].split("/")[0]
        if int(number) % 10 == 1 and number not in hurt:
            hurt.add(number)
            return page(500)
        return ok("SUCCESS").after(0.005)

    server = scripted(answer)
    began = time.monotonic()
    with Client(connection(server, concurrency=2, retry_timeout=60)) as client:
        under_way = client.begin(client.status, [f"tag-{number}" for number in range(200)])
        while len(under_way._results) < 180 and time.monotonic() - began < 12:
            time.sleep(0.01)
        assert len(server.asked) == 200
    assert time.monotonic() - began < 12  # it is 1 s


# TLS --------------------------------------------------------------------------------------------


@pytest.fixture
def tls(certificate: Path) -> Iterator[Callable[..., ScriptedServer]]:
    """Begins servers that speak TLS with a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ExitStack() as servers:

        def begin(*everything: Sent, **by_call: list[Sent]) -> ScriptedServer:
            script = {**by_call, **({"*": list(everything)} if everything else {})}
            return servers.enter_context(ScriptedServer(script, context))

        yield begin


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of its own for localhost, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.timezone.utc)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_certificate_that_does_not_verify_is_refused_at_once_and_nothing_is_sent(
    tls: Begin,
) -> None:
    """Invariant 7: certificates."""
    server = tls(ok(["a"]))
    with pytest.raises(Insecure, match=r"the certificate does not verify: self.signed") as caught:
        batches(server, retry_timeout=60)
    assert (caught.value.code, caught.value.call) == ("insecure", "batch")
    assert server.asked == []


def test_a_certificate_for_another_host_is_refused(tls: Begin, certificate: Path) -> None:
    server = tls(ok(["a"]))
    url = server.url.replace("localhost", "127.0.0.1")
    with pytest.raises(Insecure, match=r"not valid for '127\.0\.0\.1'"):
        batches(server, ca_path=str(certificate), api_url=url)
    assert server.asked == []


def test_ca_path_vouches_for_a_certificate(tls: Begin, certificate: Path) -> None:
    assert batches(tls(ok(["a"])), ca_path=str(certificate)) == ["a"]


def test_a_bundle_of_the_environment_vouches_for_a_certificate(
    tls: Begin, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert batches(tls(ok(["a"]))) == ["a"]


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_without_validate_certs_any_certificate_is_taken(tls: Begin) -> None:
    assert batches(tls(ok(["a"])), validate_certs=False) == ["a"]


def test_without_validate_certs_a_bundle_of_the_environment_does_not_bring_it_back(
    tls: Begin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.warns(Warning, match="Unverified HTTPS request"):
        assert batches(tls(ok(["a"])), validate_certs=False) == ["a"]


def test_a_service_that_speaks_no_tls_is_not_spoken_to(scripted: Begin) -> None:
    server = scripted(ok(["a"]))
    url = server.url.replace("http:", "https:")
    with pytest.raises(Fault):
        batches(server, api_url=url, retry_timeout=0, timeout=0.3)
    assert server.asked == []


@pytest.mark.usefixtures("no_pauses")
def test_a_write_whose_answer_is_spoilt_within_tls_looks_first(
    tls: Begin, certificate: Path
) -> None:
    server = tls(batch=[ok([])], start=[Sent(b"no record", end="plain"), ok()])
    start(server, lambda: True, ca_path=str(certificate))
    assert server.calls() == ["batch", "start"]


def test_an_answer_within_tls_that_trickles_beyond_the_timeout_is_lost_too(
    tls: Begin, certificate: Path
) -> None:
    server = tls(replace(ok(["a"]), pace=0.05, slow_head=True))
    began = time.monotonic()
    with pytest.raises(LostAnswer, match=r"no answer within 0\.3 s"):
        batches(server, ca_path=str(certificate), timeout=0.3, retry_timeout=0)
    assert time.monotonic() - began < 3


# Connections ------------------------------------------------------------------------------------


def test_many_requests_go_over_one_connection(scripted: Begin) -> None:
    server = scripted(batch=[ok([])], status=[ok("SUCCESS")], start=[ok()])
    with Client(connection(server, concurrency=1)) as client:
        for _unused in range(10):
            client.batches()
        client.all(client.status, map(str, range(10)))
        client.send(contract.START_USER, TAG, never)
    assert len(server.asked) == 21
    assert server.connections == 1


def test_refusals_and_missing_paths_do_not_cost_a_connection(scripted: Begin) -> None:
    server = scripted(
        batch=[failure("no", 500)], **{FIRST: [page(404)], SECOND: [ok({})], "status": [page(401)]}
    )
    with Client(connection(server, concurrency=1)) as client:
        client.settings("a")
        for refused in (client.batches, lambda: client.status("a"), client.batches):
            with pytest.raises(Refused):
                refused()
    assert server.connections == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.usefixtures("no_pauses")
def test_a_request_to_wait_does_not_cost_a_connection_unless_it_is_cut_short(
    scripted: Begin, status: int
) -> None:
    cut = raw(status, b"wait", "Content-Length: 9", length=False)
    server = scripted(page(status), page(status), ok(["a"]), replace(cut, end="close"), ok(["b"]))
    with Client(connection(server, concurrency=1)) as client:
        assert client.batches() == ["a"]
        assert server.connections == 1
        assert client.batches() == ["b"]
    assert server.connections == 2


def test_there_are_no_more_connections_than_lanes(scripted: Begin) -> None:
    server = scripted(ok("SUCCESS").after(0.01))
    with Client(connection(server, concurrency=8)) as client:
        for _time in range(3):
            client.all(client.status, map(str, range(40)))
    assert server.connections == 8


@pytest.mark.usefixtures("no_pauses")
def test_a_connection_is_not_used_again_after_an_answer_that_was_not_read_to_its_end(
    scripted: Begin,
) -> None:
    rest = raw(200, SOUND, f"Content-Length: {len(SOUND) - 9}", length=False)
    server = scripted(rest, ok(["after"]))
    assert batches(server) == ["after"]
    assert server.connections == 2


@pytest.mark.usefixtures("no_pauses")
def test_what_follows_a_whole_body_is_not_taken_for_the_next_answer(scripted: Begin) -> None:
    more = raw(200, SOUND).data + raw(200, SOUND.replace(b"a", b"x")).data
    server = scripted(Sent(more), ok(["b"]))
    with Client(connection(server)) as client:
        assert client.batches() == ["a"]
        time.sleep(0.02)
        assert client.batches() == ["b"]


@pytest.mark.usefixtures("no_pauses")
def test_a_connection_that_the_service_closed_while_idle_is_made_anew(scripted: Begin) -> None:
    server = scripted(replace(ok(["a"]), end="close"))
    with Client(connection(server, retry_timeout=0)) as client:
        for _unused in range(3):
            assert client.batches() == ["a"]
            time.sleep(0.02)
    assert server.connections == 3


@pytest.mark.usefixtures("no_pauses")
def test_all_connections_are_closed_in_the_end(scripted: Begin) -> None:
    lost = [LOST[name] for name in ("nothing", "a page of HTML", "a chunk that is cut")]
    server = scripted(batch=[ok([]), *lost, ok([])], status=[ok("SUCCESS").after(0.01)])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with Client(connection(server, concurrency=4)) as client:
            client.batches()
            client.batches()
            client.all(client.status, map(str, range(20)))
        gc.collect()
    assert [str(one.message) for one in caught if one.category is ResourceWarning] == []
    deadline = time.monotonic() + 2
    while server._open and time.monotonic() < deadline:
        time.sleep(0.005)
    assert server._open == set()


def test_closing_ends_what_waits(scripted: Begin) -> None:
    server = scripted(page(500))
    client = Client(connection(server, retry_timeout=60))
    failures: list[CloudiwayError] = []

    def read() -> None:
        try:
            client.batches()
        except CloudiwayError as why:
            failures.append(why)

    reader = threading.Thread(target=read)
    reader.start()
    while len(server.asked) < 3:
        time.sleep(0.01)
    client.close()
    reader.join(5)
    assert [type(one) for one in failures] == [LostAnswer]


def test_closing_ends_at_once_what_a_retry_after_holds_back(scripted: Begin) -> None:
    server = scripted(batch=[page(429, "Retry-After: 60")], status=[ok("SUCCESS")])
    client = Client(connection(server, retry_timeout=300))
    failures: list[CloudiwayError] = []

    def read(work: Callable[[], object]) -> None:
        try:
            work()
        except CloudiwayError as why:
            failures.append(why)

    works = (client.batches, lambda: client.status("1"))
    readers = [threading.Thread(target=read, args=(work,)) for work in works]
    readers[0].start()
    while not server.asked:
        time.sleep(0.01)
    time.sleep(0.1)  # the answer is read, and holds back who comes now
    readers[1].start()
    time.sleep(0.1)
    began = time.monotonic()
    client.close()
    for reader in readers:
        reader.join(60)
    assert time.monotonic() - began < 5
    assert sorted(type(one).__name__ for one in failures) == ["Throttled", "Unreachable"]
    assert server.calls() == ["batch"]


@pytest.mark.parametrize("secured", [False, True])
def test_closing_ends_at_once_what_is_long_in_coming(
    scripted: Begin, tls: Begin, certificate: Path, secured: bool
) -> None:
    server = (tls if secured else scripted)(ok([]).after(3))
    client = Client(connection(server, concurrency=2, ca_path=str(certificate)))
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(client.each, lambda _item: client.batches(), range(5))
        while len(server.asked) < 2 and not reading.done():
            time.sleep(0.01)
        began = time.monotonic()
        client.close()
        lost = reading.result(20)
    assert time.monotonic() - began < 2
    assert [type(one) for one in lost] == [LostAnswer, LostAnswer]
    assert len(server.asked) == 2


def test_nobody_waits_for_an_answer_that_is_asked_for_while_all_is_closed(scripted: Begin) -> None:
    server = scripted(ok([]).after(3))
    client = Client(connection(server, retry_timeout=0))
    client._awaited.give_up()
    began = time.monotonic()
    with pytest.raises(LostAnswer):
        client.batches()
    assert time.monotonic() - began < 2
    client.close()


# What goes out ----------------------------------------------------------------------------------


def test_the_path_is_that_of_the_migration_type_whatever_slash_ends_the_url(
    scripted: Begin,
) -> None:
    server = scripted(ok([]))
    batches(server)
    batches(server, migration_type="archive", api_url=server.url + "/")
    assert [one.path for one in server.asked] == [
        "/api/mailusers/batch",
        "/api/archivemailusers/batch",
    ]


def test_signs_that_mean_something_to_a_url_arrive_as_they_are(scripted: Begin) -> None:
    server = scripted(ok([]))
    with Client(connection(server)) as client:
        client.members("Wave & 1 + 50% #?=/\\ \u00fc")
        client.history("tag/../1 ?#&\u00fc", dt.timezone.utc)
        client.send(contract.CREATE_BATCH, {contract.BATCH: 'a"\\\u00fc'}, never)
    members, history, create = server.asked
    assert members.query == {
        "consumerKey": KEY,
        "consumerSecret": SECRET,
        "batchName": "Wave & 1 + 50% #?=/\\ \u00fc",
    }
    assert history.path == "/api/mailusers/tag%2F..%2F1%20%3F%23%26%C3%BC/getmailhistory"
    assert create.body == {
        "auth": {"consumerKey": KEY, "consumerSecret": SECRET},
        "batchName": 'a"\\\u00fc',
    }
    assert create.headers["content-type"] == "application/json"
    assert "content-type" not in members.headers


def test_credentials_of_netrc_are_not_sent(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = scripted(ok([]))
    batches(server)
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize("written", ["HTTP://", " http://"])
def test_plain_http_to_loopback_never_goes_through_a_proxy_however_it_is_written(
    written: str, scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = scripted(page(403)), scripted(batch=[ok(["Wave 1"])])
    monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/api"))
    monkeypatch.delenv("no_proxy", raising=False)
    url = server.url.replace("http://", written)
    assert batches(server, api_url=url) == ["Wave 1"]
    assert proxy.asked == []


def test_an_account_is_the_same_however_its_url_is_written() -> None:
    one, *others = (
        *("https://apps.example/api", "HTTPS://Apps.example/api/", " https://apps.example/api"),
        *("https://apps.example:443/api", "https://apps.example./api"),
    )
    account = Connection("key", "a secret", one).account
    for url in others:
        assert Connection("key", "a secret", url).account == account
    for other in ("https://apps.example:8443/api", "https://apps.example/another"):
        assert Connection("key", "a secret", other).account != account


def test_https_goes_through_the_proxy_of_the_environment(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = scripted(page(403))
    monkeypatch.setenv("https_proxy", proxy.url.removesuffix("/api"))
    with pytest.raises(Unreachable, match="no connection through the proxy"):
        batches(proxy, api_url="https://cloudiway.invalid/api", retry_timeout=0)
    [asked] = proxy.asked
    assert (asked.method, asked.target) == ("CONNECT", "cloudiway.invalid:443")


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("end", [CUT, HANG_UP])
def test_an_answer_that_is_cut_behind_a_proxy_is_a_lost_one(
    tls: Begin, certificate: Path, monkeypatch: pytest.MonkeyPatch, end: Sent
) -> None:
    server = tls(create=[end, ok()])
    looks: list[int] = []

    def happened() -> bool:
        looks.append(len(server.asked))
        return True

    with tunnel() as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        options = {"api_url": server.url, "ca_path": str(certificate), "retry_timeout": 5}
        connection = Connection.of({"consumer_key": KEY, "consumer_secret": SECRET, **options})
        with Client(connection) as client:
            client.send(contract.CREATE, dict.fromkeys(contract.PERSON, "x"), happened)
    assert looks == [1]
    assert server.calls() == ["create"]


def test_a_host_that_the_environment_excepts_is_asked_without_its_proxy(
    tls: Begin, scripted: Begin, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = scripted(page(403)), tls(ok(["a"]))
    monkeypatch.setenv("https_proxy", proxy.url.removesuffix("/api"))
    monkeypatch.setenv("no_proxy", "localhost")
    assert batches(server, ca_path=str(certificate)) == ["a"]
    assert proxy.asked == []


def test_plain_http_to_loopback_goes_through_no_proxy(
    scripted: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = scripted(ok(["trap"])), scripted(ok(["a"]))
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.url.removesuffix("/api"))
    assert batches(server) == ["a"]
    assert proxy.asked == []


# The options ------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["timeout", "retry_timeout"])
@pytest.mark.parametrize("seconds", [1e10, 1e308, float("inf"), float("nan"), -1.0])
def test_a_duration_that_no_system_can_wait_for_is_refused(option: str, seconds: float) -> None:
    given = {"consumer_key": KEY, "consumer_secret": SECRET, option: seconds}
    with pytest.raises(InvalidInput, match=re.escape(f"{option}: {seconds} is not a number")):
        Connection.of(given)


@pytest.mark.parametrize(
    "url",
    [
        "http://apps.cloudiway.com/api",
        "http://127.0.0.1.evil.example/api",
        "http://localhost.evil.example/api",
        "http://[::ffff:8.8.8.8]/api",
        "http://0.0.0.0/api",
        "http://10.0.0.1/api",
        "http://127.1/api",
    ],
)
def test_plain_http_is_taken_only_to_loopback(url: str) -> None:
    """Invariant 7: plain http."""
    with pytest.raises(InvalidInput, match="plain http would send the secret in clear"):
        Connection.of({"consumer_key": KEY, "consumer_secret": SECRET, "api_url": url})


@pytest.mark.parametrize(
    "host", ["m\u00fcnchen.example", "a_b.example", "192.0.2.7", "[2001:db8::1]"]
)
def test_every_host_that_can_be_asked_is_taken(host: str) -> None:
    url = f"https://{host}/api"
    options = {"consumer_key": KEY, "consumer_secret": SECRET, "api_url": url}
    assert Connection.of(options).api_url == url


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "[::1]", "LOCALHOST"])
def test_plain_http_to_loopback_is_taken(host: str) -> None:
    url = f"http://{host}:8080/api"
    options = {"consumer_key": KEY, "consumer_secret": SECRET, "api_url": url}
    assert Connection.of(options).api_url == url


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://user:word@apps.cloudiway.com/api", "must not hold credentials"),
        ("https://apps.cloudiway.com/api?x=1", "must have no query"),
        ("https://apps.cloudiway.com/api#x", "must have no query and no fragment"),
        ("ftp://apps.cloudiway.com/api", "is not like https://apps.cloudiway.com/api"),
        ("apps.cloudiway.com/api", "is not like"),
        ("https:///api", "is not like"),
        ("https://[::1/api", "is not a URL"),
        ("https://apps.cloudiway.com:99999/api", "is not a URL"),
        ("https://apps.cloudiway.com:0/api", "is not like"),
        ("https://ex ample.com/api", "is not like"),
        ("https://*.example.com/api", "is not like"),
        ("https://.example.com/api", "is not like"),
        ("https://a..b/api", "is not like"),
        (f"https://{'a' * 64}.example/api", "is not like"),
        ("https://[v1.x]:9/api", "is not like"),
        ("https://a\0b/api", "is not like"),
        ("https://apps.cloudiway.com/\ud800", "is not like"),
    ],
)
def test_a_url_that_is_none_is_refused(url: str, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        Connection.of({"consumer_key": KEY, "consumer_secret": SECRET, "api_url": url})


def test_all_faults_of_the_connection_are_named_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        Connection.of(
            {
                "consumer_secret": "",
                "api_url": "http://apps.cloudiway.com",
                "migration_type": "files",
                "ca_path": "/nowhere/ca.pem",
                "timeout": float("nan"),
                "retry_timeout": -1,
                "concurrency": 0,
            }
        )
    named = [fault.partition(":")[0] for fault in caught.value.faults]
    assert named == [
        "consumer_key",
        "consumer_secret",
        "api_url",
        "migration_type",
        "ca_path",
        "timeout",
        "retry_timeout",
        "concurrency",
    ]


def test_options_that_are_left_out_have_the_defaults_of_the_documentation() -> None:
    assert Connection.of({"consumer_key": "k", "consumer_secret": SECRET, "api_url": None}) == (
        Connection("k", SECRET, "https://apps.cloudiway.com/api", "mail", True, None, 60, 300, 8)
    )


# Secrets ----------------------------------------------------------------------------------------


def echo(asked: Asked) -> str:
    """Whatever was sent, as a careless service would quote it."""
    return f"you sent {asked.target} and {asked.content.decode()} with {SECRET}"


LEAKS: dict[str, Callable[[Asked], Sent]] = {
    "a refusal that echoes": lambda asked: failure(echo(asked)),
    "a printed refusal that echoes": lambda asked: raw(
        200, f'{{"hasError":True": {echo(asked)}}}'.encode()
    ),
    "HTML that echoes": lambda asked: raw(200, f"<html>{echo(asked)}</html>".encode()),
    "a value of another kind": lambda asked: ok({"x": echo(asked)}),
    "a failure of the server": lambda asked: raw(500, echo(asked).encode()),
    "another failure": lambda asked: raw(401, echo(asked).encode()),
    "no such path": lambda asked: raw(404, echo(asked).encode()),
    "a redirect": lambda asked: page(302, f"Location: {asked.target}"),
    "a cut": lambda asked: CUT,
    "no HTTP": lambda asked: Sent(echo(asked).encode(), end="close"),
    "a header that is none": lambda asked: Sent(
        b"HTTP/1.1 500 Oh\r\nno header: \r\n: at all\r\nno colon\r\nContent-Length: 2\r\n\r\n{}",
        end="close",
    ),
    "a length that is none": lambda asked: replace(
        raw(200, b"{}", f"Content-Length: {asked.target}", length=False), end="close"
    ),
    "half a chunk": lambda asked: replace(
        raw(200, b"fff\r\n" + echo(asked).encode(), "Transfer-Encoding: chunked", length=False),
        end="close",
    ),
}


def linked(error: BaseException | None) -> t.Iterator[BaseException]:
    """An exception, and those that it was raised from, as far as Python shows them."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("name", LEAKS)
@pytest.mark.usefixtures("no_pauses")
def test_no_text_of_a_failure_and_no_log_shows_the_secret(
    scripted: Begin, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = scripted(LEAKS[name])
    texts: list[str] = []
    with Client(connection(server, retry_timeout=0.1)) as client:
        texts += [repr(client), repr(client.connection), str(client.connection)]
        for work in (
            client.batches,
            lambda: client.settings("Wave 1"),
            lambda: client.send(contract.START_USER, TAG, never),
            lambda: client.send(contract.CREATE_BATCH, {contract.BATCH: "a"}, never),
        ):
            with pytest.raises(CloudiwayError) as caught:
                work()
            texts.append("".join(traceback.format_exception(caught.value)))
            texts += [f"{one} {one!r} {vars(one)}" for one in linked(caught.value)]
            texts.append(repr(caught.value.failure()))
    texts += [record.getMessage() for record in caplog.records]
    texts += [str(record.exc_info) for record in caplog.records]
    for text in texts:
        assert not leaks(text)


def test_what_the_service_says_stays_readable_where_the_secret_is_taken_out(
    scripted: Begin,
) -> None:
    server = scripted(lambda asked: failure(f"the secret {SECRET} is wrong"))
    with pytest.raises(Refused, match=r"^the secret \*+ is wrong$"):
        batches(server)


def test_an_option_that_is_an_empty_text_is_one_that_was_left_out() -> None:
    options = {"consumer_key": KEY, "consumer_secret": SECRET, "api_url": "", "ca_path": ""}
    assert Connection.of(options) == Connection(KEY, SECRET)


def test_a_pass_that_waits_to_begin_is_none_yet(scripted: Begin) -> None:
    starts = [None, "01/01/0001 00:00:00", "23/10/2018 14:45:00"]
    server = scripted(getmailhistory=[ok([{"startDateTime": start} for start in starts])])
    with Client(connection(server)) as client:
        [begun] = client.history("a-tag", dt.timezone.utc)
    assert begun.start.year == 2018


@pytest.mark.parametrize("nothing", [None, "", "00000000-0000-0000-0000-000000000000"])
def test_what_stands_for_nothing_is_nobodys_tag(scripted: Begin, nothing: str | None) -> None:
    server = scripted(migrationtag=[ok(nothing)])
    with Client(connection(server)) as client, pytest.raises(Refused):
        client.tag_of("anna@old.example", "anna@new.example")


def test_what_was_said_of_a_user_weighs_more_than_a_way_of_asking_that_fails(
    scripted: Begin,
) -> None:
    server = scripted(get=[page(405), failure("no such user"), page(500)])
    with Client(connection(server)) as client, pytest.raises(Refused, match="no such user"):
        client.user("a-tag")
    assert server.calls() == ["get"] * 3
