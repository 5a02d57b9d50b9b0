# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault on the wire, with and without the call having acted."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cloudiway_simulator.faults import KINDS

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import PERSON, Ask, Simulator

WHEN = pytest.mark.parametrize("when", ["before", "after"])


def _request(simulator: Simulator) -> bytes:
    """A create as bytes, by a client that wants the connection closed after it."""
    body = json.dumps(Ask.of("create", **PERSON).body).encode()
    return (
        b"POST /api/mailusers/create HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body


def _head_and_body(simulator: Simulator) -> tuple[str, bytes]:
    head, _unused, body = simulator.raw(_request(simulator)).partition(b"\r\n\r\n")
    return head.decode(), body


def _declared(head: str) -> int:
    [length] = [line for line in head.split("\r\n") if line.startswith("Content-Length")]
    return int(length.split(":")[1])


def _is_complete(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def _cut(simulator: Simulator, when: str) -> None:
    with pytest.raises(ConnectionResetError):
        simulator.raw(_request(simulator))


def _timeout(simulator: Simulator, when: str) -> None:
    began = time.monotonic()
    if when == "before":
        with pytest.raises(ConnectionResetError):
            simulator.raw(_request(simulator))
    else:
        assert _is_complete(_head_and_body(simulator)[1])
    assert time.monotonic() - began >= 0.2


def _status(simulator: Simulator, when: str) -> None:
    head, body = _head_and_body(simulator)
    assert head.startswith("HTTP/1.1 502 Bad Gateway")
    assert "text/html" in head
    assert body.startswith(b"<!DOCTYPE html>")


def _too_many(simulator: Simulator, when: str) -> None:
    head, _unused = _head_and_body(simulator)
    assert head.startswith("HTTP/1.1 429 Too Many Requests")
    assert "Retry-After: 7" in head


def _html(simulator: Simulator, when: str) -> None:
    head, body = _head_and_body(simulator)
    assert head.startswith("HTTP/1.1 200 OK")
    assert body.startswith(b"<!DOCTYPE html>")


def _truncated(simulator: Simulator, when: str) -> None:
    head, body = _head_and_body(simulator)
    assert 0 < len(body) < _declared(head)
    assert not _is_complete(body)


def _empty(simulator: Simulator, when: str) -> None:
    head, body = _head_and_body(simulator)
    assert head.startswith("HTTP/1.1 200 OK")
    assert (_declared(head), body) == (0, b"")


def _invalid_utf8(simulator: Simulator, when: str) -> None:
    head, body = _head_and_body(simulator)
    assert len(body) == _declared(head)
    with pytest.raises(UnicodeDecodeError):
        body.decode()


def _redirect(simulator: Simulator, when: str) -> None:
    head, _unused = _head_and_body(simulator)
    assert head.startswith("HTTP/1.1 302 Found")
    assert "Location: /simulator/redirected" in head
    assert simulator.control("requests")["redirects_followed"] == 0
    assert simulator.send("GET", "/simulator/redirected").status == 200
    assert simulator.control("requests")["redirects_followed"] == 1


def _wrong_length(simulator: Simulator, when: str) -> None:
    head, body = _head_and_body(simulator)
    assert _is_complete(body)
    assert _declared(head) > len(body)


def _trickle(simulator: Simulator, when: str) -> None:
    began = time.monotonic()
    head, body = _head_and_body(simulator)
    assert time.monotonic() - began >= 0.001 * (len(head) + len(body))
    assert _is_complete(body) is (when == "after")


# Kind: what else is said of the fault, and what then shows on the wire.
SHOWN: dict[str, tuple[dict[str, Any], Callable[[Simulator, str], None]]] = {
    "cut": ({}, _cut),
    "timeout": ({"seconds": 0.2}, _timeout),
    "status": ({"status": 502}, _status),
    "429": ({"retry_after": 7}, _too_many),
    "html": ({}, _html),
    "truncated": ({}, _truncated),
    "empty": ({}, _empty),
    "invalid_utf8": ({}, _invalid_utf8),
    "redirect": ({}, _redirect),
    "wrong_length": ({}, _wrong_length),
    "trickle": ({"seconds": 0.001}, _trickle),
}


def test_every_kind_of_fault_is_shown_here() -> None:
    assert set(SHOWN) == set(KINDS)


@WHEN
@pytest.mark.parametrize("kind", SHOWN)
def test_a_fault_spoils_the_answer_and_acts_or_does_not(
    kind: str, when: str, simulator: Simulator
) -> None:
    told, look = SHOWN[kind]
    simulator.control("faults", {"kind": kind, "call": "create", "when": when, **told})
    look(simulator, when)
    assert len(simulator.ask("getall").value) == (1 if when == "after" else 0)
    [outcome] = [
        entry["outcome"]
        for entry in simulator.control("journal")["entries"]
        if entry["call"] == "create"
    ]
    assert outcome == ("ok, " if when == "after" else "") + f"fault: {kind} {when}"


@pytest.mark.parametrize("kind", SHOWN)
def test_a_fault_strikes_once_and_the_next_answer_is_whole(kind: str, simulator: Simulator) -> None:
    told, look = SHOWN[kind]
    simulator.control("faults", {"kind": kind, "call": "create", **told})
    look(simulator, "before")
    assert simulator.ask("create", **PERSON).value == "User created"


@pytest.mark.parametrize("kind", sorted({*SHOWN} - {"cut", "timeout", "trickle", "429", "status"}))
def test_nothing_that_was_not_done_reads_as_a_success(kind: str, simulator: Simulator) -> None:
    simulator.control("faults", {"kind": kind, "call": "create"})
    head, body = _head_and_body(simulator)
    whole = head.startswith("HTTP/1.1 200") and _declared(head) == len(body)
    assert not (whole and _is_complete(body))


@WHEN
def test_an_answer_may_be_cut_short_by_its_length(when: str, simulator: Simulator) -> None:
    simulator.control("faults", {"kind": "wrong_length", "length": "shorter", "when": when})
    head, body = _head_and_body(simulator)
    assert _declared(head) < len(body)
    assert not _is_complete(body[: _declared(head)])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_each_failure_of_a_server_or_gateway_can_be_had(status: int, simulator: Simulator) -> None:
    simulator.control("faults", {"kind": "status", "status": status, "retry_after": 3})
    answer = simulator.ask("getall")
    assert (answer.status, answer.headers["retry-after"]) == (status, "3")


def test_429_may_come_without_retry_after(simulator: Simulator) -> None:
    simulator.control("faults", {"kind": "429"})
    answer = simulator.ask("getall")
    assert answer.status == 429
    assert "retry-after" not in answer.headers


def test_a_redirect_may_ask_for_the_body_again(simulator: Simulator) -> None:
    simulator.control("faults", {"kind": "redirect", "status": 307})
    assert simulator.ask("create", **PERSON).status == 307


def test_a_truncated_answer_in_chunks_lacks_its_last_chunk(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(framing="chunked")
    simulator.control("faults", {"kind": "truncated", "when": "after"})
    with pytest.raises(http.client.IncompleteRead):
        simulator.ask("getall")


def test_a_fault_waits_for_its_call_its_turn_and_its_times(simulator: Simulator) -> None:
    simulator.control("faults", {"kind": "429", "call": "batch", "skip": 2, "times": 2})
    assert simulator.ask("getall").status == 200
    statuses = [simulator.ask("batch").status for _unused in range(6)]
    assert statuses == [200, 200, 429, 429, 200, 200]


@pytest.mark.parametrize(("call", "struck"), [("*", 2), ("GET", 1), ("POST", 1)])
def test_a_fault_may_be_for_all_calls_or_for_a_method(
    call: str, struck: int, simulator: Simulator
) -> None:
    simulator.control("faults", {"kind": "429", "call": call, "times": None})
    answers = simulator.ask("batch"), simulator.ask("createbatch", batchName="Wave")
    assert [answer.status for answer in answers].count(429) == struck


def test_a_fault_with_a_probability_strikes_the_same_requests_for_the_same_seed(
    simulator: Simulator,
) -> None:
    def struck(seed: int) -> list[int]:
        simulator.control("faults/reset", {})
        simulator.control("faults", {"kind": "429", "probability": 0.3, "seed": seed})
        return [simulator.ask("batch").status for _unused in range(40)]

    first = struck(1)
    assert 4 < first.count(429) < 20
    assert struck(1) == first
    assert struck(2) != first


def _creates(simulator: Simulator) -> list[str]:
    entries = simulator.control("journal")["entries"]
    return [entry["outcome"] for entry in entries if entry["call"] == "create"]


@pytest.mark.parametrize("kind", SHOWN)
def test_a_call_may_act_when_its_answer_is_long_lost(kind: str, simulator: Simulator) -> None:
    told, look = SHOWN[kind]
    fault = {"kind": kind, "call": "create", "when": "late", "late": 2, **told}
    simulator.control("faults", fault)
    look(simulator, "before")
    assert simulator.ask("getall").value == []
    assert _creates(simulator) == [f"fault: {kind} late"]
    deadline = time.monotonic() + 20
    while not simulator.ask("getall").value:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert _creates(simulator) == [f"ok, fault: {kind} late"]


def test_what_is_to_act_late_does_so_at_once_and_only_once_when_faults_are_taken_back(
    simulator: Simulator,
) -> None:
    simulator.control("readings", {"duplicate_create": "accept"})
    fault = {"kind": "429", "call": "create", "when": "late", "late": 1, "times": 2}
    simulator.control("faults", fault)
    for _unused in range(2):
        simulator.ask("create", **PERSON)
    assert simulator.ask("getall").value == []
    simulator.control("faults/reset", {})
    assert len(simulator.ask("getall").value) == 2
    time.sleep(1.2)
    assert len(simulator.ask("getall").value) == 2
    assert _creates(simulator) == ["ok, fault: 429 late"] * 2


def test_what_is_to_act_late_does_not_reach_a_state_that_is_told_anew(simulator: Simulator) -> None:
    simulator.control("faults", {"kind": "429", "call": "create", "when": "late", "late": 60})
    simulator.ask("create", **PERSON)
    simulator.control("state", {"mailusers": {}})
    simulator.control("faults/reset", {})
    assert simulator.ask("getall").value == []


def test_faults_can_be_taken_back(simulator: Simulator) -> None:
    simulator.control("faults", {"kind": "429", "times": None})
    assert simulator.ask("batch").status == 429
    simulator.control("faults/reset", {})
    assert simulator.ask("batch").status == 200


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({}, "kind"),
        ({"kind": "fire"}, "cut, timeout"),
        ({"kind": "cut", "call": "strat"}, "startbatch"),
        ({"kind": "cut", "when": "later"}, "before, after, late"),
        ({"kind": "cut", "when": "late", "late": None}, "late is a number"),
        ({"kind": "status", "status": 418}, "500"),
        ({"kind": "cut", "often": 1}, "times"),
        ({"kind": "cut", "times": "1"}, "times is a number"),
        ({"kind": "cut", "skip": None}, "skip is a number"),
        ({"kind": "cut", "skip": True}, "skip is a number"),
        ({"kind": "timeout", "seconds": "1"}, "seconds is a number"),
    ],
    ids=str,
)
def test_a_fault_that_is_none_is_refused_with_what_there_is(
    told: dict[str, Any], named: str, simulator: Simulator
) -> None:
    answer = simulator.send(*simulator.controlling("faults", told))
    assert answer.status == 400
    assert named in answer.json["error"]
