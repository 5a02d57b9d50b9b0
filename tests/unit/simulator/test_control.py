# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoints: what tests count, compare, seed and change."""

from __future__ import annotations

import json
import os
import threading
from typing import Any

import pytest

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import (
    PERSON,
    SECRET,
    Ask,
    Simulator,
)

ANNA, BERT = "anna@old.example", "bert@old.example"


def test_health_tells_where_it_is_and_how_much_it_holds(simulator: Simulator) -> None:
    simulator.have(ANNA, BERT, batch="Wave")
    answer = simulator.send("GET", "/health")
    assert answer.json == {
        "status": "ok",
        "pid": os.getpid(),
        "url": f"http://127.0.0.1:{simulator.port}/api",
        "users": {"mailusers": 2, "archivemailusers": 0},
        "batches": {"mailusers": 1, "archivemailusers": 0},
    }
    assert SECRET not in answer.text


def test_requests_are_counted_by_call_and_posts_apart(simulator: Simulator) -> None:
    simulator.ask("getall")
    simulator.ask("getall", surface="archivemailusers")
    simulator.ask("createbatch", batchName="Wave")
    simulator.send("GET", "/api/mailusers/nothing")
    assert simulator.control("requests") == {
        "total": 4,
        "posts": 1,
        "by_call": {"getall": 2, "createbatch": 1, "unknown": 1},
        "redirects_followed": 0,
    }
    simulator.control("requests/reset", {})
    assert simulator.control("requests")["total"] == 0
    assert simulator.control("journal")["entries"] == []


def test_the_journal_and_the_log_tell_who_was_asked_for_and_what_came_of_it(
    simulator: Simulator,
) -> None:
    simulator.ask("create", **PERSON)
    tag = simulator.user()["migration_tag"]
    simulator.ask("status", surface="archivemailusers", tag=tag)
    simulator.ask("startbatch", batchName="two\nlines")
    entries = simulator.control("journal")["entries"]
    assert [entry.pop("number") for entry in entries] == [1, 2, 3]
    assert all(entry.pop("time") > 0 for entry in entries)
    assert entries == [
        {
            "surface": "mailusers",
            "method": "POST",
            "call": "create",
            "user": ANNA,
            "batch": "",
            "outcome": "ok",
        },
        {
            "surface": "archivemailusers",
            "method": "GET",
            "call": "status",
            "user": tag,
            "batch": "",
            "outcome": f"refused: No user has the migration tag {tag}",
        },
        {
            "surface": "mailusers",
            "method": "POST",
            "call": "startbatch",
            "user": "",
            "batch": "two\nlines",
            "outcome": "refused: There is no batch two\nlines",
        },
    ]
    lines = simulator.log.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0].endswith(f"Z mailusers POST create {ANNA} ok")


def test_a_state_that_is_told_can_be_taken_in_again(simulator: Simulator) -> None:
    anna, bert = simulator.have(ANNA, BERT, batch="Wave 1")
    simulator.have("carl@old.example")
    simulator.ask("createbatch", batchName="Wave 2")
    simulator.ask("removefrombatch", tag=anna)
    simulator.ask("addtobatch", tag=anna, batchName="Wave 1")
    simulator.ask("setmailglobalsettingsbybatch", batchName="Wave 1", FromDate="01/05/2015")
    simulator.ask("start", tag=bert)
    simulator.advance(86_400)
    simulator.ask("start", tag=bert)
    simulator.ask("delete", tag=bert)
    simulator.ask("start", tag=anna)
    state = simulator.control("state")
    assert state["mailusers"]["violations"]
    simulator.control("state", {"mailusers": {}})
    assert simulator.ask("getall").value == []
    simulator.control("state", state)
    assert simulator.control("state") == state
    simulator.advance(86_400)
    assert simulator.status(anna) == "SUCCESS"
    assert len(simulator.user()["passes"]) == 1


def test_a_user_needs_only_its_addresses(simulator: Simulator) -> None:
    user = {"source_email": ANNA, "target_email": BERT}
    simulator.control("state", {"mailusers": {"users": [user]}})
    told = simulator.user()
    assert told["source_connector_name"] == "Exchange"
    assert (told["status"], told["licensed"], told["batch"]) == ("NOTSTARTED", False, None)
    assert told["passes"] == []


def test_only_the_surfaces_that_are_told_of_are_replaced(simulator: Simulator) -> None:
    simulator.have(ANNA)
    simulator.control("state", {"archivemailusers": {"batches": {"Wave": []}}})
    assert len(simulator.ask("getall").value) == 1
    assert simulator.ask("batch", surface="archivemailusers").value == ["Wave"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("SCHEDULED", "SUCCESS"),
        ("WORKING", "SUCCESS"),
        ("STOPPING", "STOP"),
        ("AUDIT_WORKING", "AUDIT_DONE"),
        ("MAILPERMISSIONS_WORKING", "MAILPERMISSIONS_DONE"),
        ("AUDIT_DONE", "AUDIT_DONE"),
        ("ONERROR", "ONERROR"),
        ("WORKINGINAGENT", "WORKINGINAGENT"),  # moved by nothing here
    ],
)
def test_a_user_may_begin_in_any_status_and_goes_on_from_there(
    status: str, outcome: str, simulator: Simulator
) -> None:
    [tag] = simulator.have(ANNA, status=status)
    assert simulator.status(tag) == status
    simulator.advance(86_400)
    assert simulator.status(tag) == outcome


def test_the_passes_that_are_told_count_for_those_that_follow(simulator: Simulator) -> None:
    told = {
        "start": "2024-07-01T20:00:00+02:00",
        "end": "2024-07-01T18:30:00Z",
        "counters": {"msgTotal": 150, "msgRead": 150, "msgSuccess": 150},
    }
    [tag] = simulator.have(ANNA, passes=[told])
    simulator.ask("start", tag=tag)
    simulator.advance(86_400)
    first, second = simulator.ask("getmailhistory", tag=tag).value
    assert first["startDateTime"] == "01/07/2024 18:00:00"
    assert second["msgAlreadyMigrated"] == 150


def test_the_clock_ends_what_is_under_way(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    simulator.ask("start", tag=tag)
    simulator.advance(31)
    assert simulator.status(tag) == "WORKING"
    simulator.advance(86_400)
    assert simulator.status(tag) == "SUCCESS"


@pytest.mark.parametrize(
    ("path", "told", "named"),
    [
        ("state", {"mail": {}}, "mail"),
        ("state", {"mailusers": {"people": []}}, "people"),
        ("state", {"mailusers": {"users": [{"source_email": ANNA}]}}, "target_email"),
        ("state", {"mailusers": {"users": [{"email": ANNA}]}}, "source_email"),
        ("state", {"mailusers": {"batches": {"Wave": ["tag"]}}}, "tag"),
        ("state", {"mailusers": {"users": 7}}, "TypeError"),
        ("readings", {"lists": "xml"}, "printed"),
        ("readings", {"no_such": True}, "lists"),
        ("clock", {"advance": -1}, "seconds"),
        ("clock", {}, "seconds"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    path: str, told: dict[str, Any], named: str, simulator: Simulator
) -> None:
    simulator.have(ANNA, batch="Kept")
    before = simulator.control("state")
    answer = simulator.send(*simulator.controlling(path, told))
    assert answer.status == 400
    assert named in answer.json["error"]
    assert simulator.control("state") == before


@pytest.mark.parametrize(
    ("fact", "named"),
    [
        ({"status": "ASLEEP"}, "ASLEEP"),
        ({"settings": {"should_migrate_all": True}}, "should_migrate_all"),
        ({"passes": [{"start": "today", "end": None}]}, "today"),
        ({"passes": [{"start": "2024-07-01", "end": None, "counters": {"x": 1}}]}, "x"),
        ({"nickname": "x"}, "nickname"),
    ],
    ids=str,
)
def test_a_user_that_makes_no_sense_is_refused(
    fact: dict[str, Any], named: str, simulator: Simulator
) -> None:
    user = {"source_email": ANNA, "target_email": BERT, **fact}
    answer = simulator.send(*simulator.controlling("state", {"mailusers": {"users": [user]}}))
    assert answer.status == 400
    assert named in answer.json["error"]


def test_two_users_with_one_tag_are_refused(simulator: Simulator) -> None:
    user = {"source_email": ANNA, "target_email": BERT, "migration_tag": "t"}
    told = {"mailusers": {"users": [user, user]}}
    assert simulator.send(*simulator.controlling("state", told)).status == 400


def test_a_tag_that_is_taken_in_is_not_given_again(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    kept = simulator.control("state")["mailusers"]["users"]
    kept[0]["source_email"] = "other@old.example"
    simulator.control("state", {"mailusers": {"users": kept}})
    simulator.ask("create", **PERSON)
    assert simulator.user(ANNA)["migration_tag"] != tag


def test_an_endpoint_that_there_is_not_names_those_that_there_are(simulator: Simulator) -> None:
    answer = simulator.send("GET", "/simulator/status")
    assert answer.status == 404
    assert "/simulator/state" in answer.json["error"]


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff"])
def test_a_control_body_that_is_no_object_is_refused(body: bytes, simulator: Simulator) -> None:
    assert simulator.send("POST", "/simulator/readings", body).status == 400


def test_requests_are_acted_upon_one_at_a_time(simulator: Simulator) -> None:
    answered = threading.Event()

    def ask() -> None:
        simulator.ask("getall")
        answered.set()

    asking = threading.Thread(target=ask)
    with simulator.service.lock:
        asking.start()
        assert not answered.wait(0.2)
    asking.join()
    assert answered.is_set()


def test_many_requests_go_over_one_connection_even_sent_together(simulator: Simulator) -> None:
    line = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    last = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert simulator.raw(line * 3 + last).count(b"HTTP/1.1 200 OK") == 4


def test_a_body_may_come_after_its_head_and_in_pieces(simulator: Simulator) -> None:
    simulator.ask("createbatch", batchName="x" * 200_000)
    assert simulator.ask("batch").value == ["x" * 200_000]


def test_what_follows_a_long_body_is_the_next_request(simulator: Simulator) -> None:
    body = b'{"lists": "json"' + b" " * 300_000 + b"}"
    head = b"POST /simulator/readings HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    last = b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"
    assert simulator.raw(head + body + last).count(b"HTTP/1.1 200 OK") == 2


def test_an_old_client_is_answered_and_then_left(simulator: Simulator) -> None:
    assert simulator.raw(b"GET /health HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /simulator/state HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"POST /simulator/state HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"413"),
        (b"POST /simulator/state HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"POST /simulator/state HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"GET /" + b"x" * 65_532, b"431"),
    ],
    ids=lambda value: value[-30:],
)
def test_a_request_that_cannot_be_read_ends_its_connection(
    request_line: bytes, status: bytes, simulator: Simulator
) -> None:
    assert simulator.raw(request_line).startswith(b"HTTP/1.1 " + status)


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(simulator: Simulator) -> None:
    body = json.dumps(Ask.of("createbatch", batchName="Wave").body).encode()
    head = (
        b"POST /api/mailusers/createbatch HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    assert simulator.raw(head + body).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
