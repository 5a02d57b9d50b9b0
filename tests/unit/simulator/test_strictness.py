# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator takes each of the 26 calls as its example shows it, and in no other way."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from cloudiway_simulator.surface import CALL_NAMES

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import (
    KEY,
    PERSON,
    SECRET,
    SHAPES,
    Ask,
    Simulator,
)
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import leaks

EVERY_CALL = pytest.mark.parametrize("call", SHAPES)
EVERY_GET = pytest.mark.parametrize("call", [name for name in SHAPES if SHAPES[name][0] == "GET"])
EVERY_POST = pytest.mark.parametrize("call", [name for name in SHAPES if SHAPES[name][0] == "POST"])
SETTINGS = {
    "FromDate": "01/05/2015",
    "ToDate": "01/05/2017",
    "ShouldMigrateMails": True,
    "ShouldMigrateTrash": False,
    "ShouldMigrateCalendars": False,
    "ShouldMigrateContacts": False,
    "ShouldMigrateTasks": False,
    "ShouldMigrateNotes": True,
    "ShouldConvertEmailAddresses": False,
    "ShouldConvertX500": False,
}
NOT_SHOWN = "Fiel\u0111"


@pytest.fixture
def asks(simulator: Simulator) -> Callable[[str], Ask]:
    """A request of each call that would succeed, in a world that it fits."""
    [tag] = simulator.have("bert@old.example", batch="Wave 1")
    assert simulator.ask("createbatch", batchName="Empty").value
    tagged, wave = {"tag": tag}, {"batchName": "Wave 1"}
    fields: dict[str, dict[str, Any]] = {
        **dict.fromkeys(("get", "start", "stop", "audit", "status", "getmailhistory"), tagged),
        **dict.fromkeys(("license", "delete", "removefrombatch"), tagged),
        "migrationtag": {"sourceEmail": "bert@old.example", "targetEmail": "bert@new.example"},
        "create": PERSON,
        "update": {**tagged, **PERSON},
        "addtobatch": {**tagged, "batchName": "Empty"},
        **dict.fromkeys(("startbatch", "stopbatch", "batchaudit", "getusersinbatch"), wave),
        **dict.fromkeys(("startpermissionmigrationbybatch", "getmailglobalsettingsbybatch"), wave),
        "createbatch": {"batchName": "Wave 2"},
        "deletebatch": {"batchName": "Empty"},
        "setmailglobalsettingsbybatch": {**wave, **SETTINGS},
    }

    def asked(call: str) -> Ask:
        return Ask.of(call, **fields.get(call, {}))

    return asked


def _places(fields: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Each object of a body with each of its names, from the top down."""
    for name, value in fields.items():
        yield fields, name
        if isinstance(value, dict):
            yield from _places(value)


def _spoilt(ask: Ask, spoil: Callable[[dict[str, Any], str], None]) -> Iterator[tuple[str, Ask]]:
    """The request with one field spoilt, for each of its fields; with that field's name."""
    fields = ask.query if ask.body is None else ask.body
    for number in range(len(list(_places(fields)))):
        spoilt: dict[str, Any] = copy.deepcopy(fields)
        place, name = list(_places(spoilt))[number]
        spoil(place, name)
        yield name, replace(ask, query=spoilt) if ask.body is None else replace(ask, body=spoilt)


def test_there_are_26_calls_and_each_is_tested_here() -> None:
    assert len(CALL_NAMES) == 26
    assert set(CALL_NAMES) == set(SHAPES)


@EVERY_CALL
def test_a_request_as_the_document_shows_it_succeeds(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    answer = simulator.put(asks(call))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.json["hasError"] is False


@EVERY_CALL
def test_a_missing_field_is_refused_by_name(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    for name, ask in _spoilt(asks(call), lambda place, name: place.pop(name)):
        answer = simulator.put(ask)
        if name in SETTINGS:
            assert answer.value
        else:
            assert f"{name} is missing" in answer.refusal


@EVERY_CALL
def test_a_field_too_many_is_refused_by_name_at_every_depth(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    def add(place: dict[str, Any], name: str) -> None:
        place[NOT_SHOWN] = "x"

    for _unused, ask in _spoilt(asks(call), add):
        assert f"{NOT_SHOWN} is no field of this call" in simulator.put(ask).refusal


@EVERY_CALL
def test_a_field_in_another_case_is_refused(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    def change_case(place: dict[str, Any], name: str) -> None:
        place[name.swapcase()] = place.pop(name)

    for name, ask in _spoilt(asks(call), change_case):
        assert f"{name.swapcase()} is no field of this call" in simulator.put(ask).refusal


@EVERY_POST
@pytest.mark.parametrize("wrong", [7, ["x"]], ids=str)
def test_a_value_of_another_type_is_refused_by_name(
    call: str, wrong: object, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    for name, ask in _spoilt(asks(call), lambda place, name: place.update({name: wrong})):
        assert f"{name} must be" in simulator.put(ask).refusal


@EVERY_CALL
@pytest.mark.parametrize("name", ["consumerKey", "consumerSecret"])
def test_wrong_credentials_are_refused_and_change_nothing(
    call: str, name: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    [wrong] = [
        ask
        for spoilt, ask in _spoilt(asks(call), lambda place, name: place.update({name: "wrong"}))
        if spoilt == name
    ]
    before = simulator.control("state")
    assert "is wrong" in simulator.put(wrong).refusal
    assert simulator.control("state") == before


@EVERY_POST
def test_a_post_with_its_credentials_elsewhere_is_refused(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    ask = asks(call)
    assert ask.body is not None
    credentials = {"consumerKey": KEY, "consumerSecret": SECRET}
    bare = {name: value for name, value in ask.body.items() if name not in (*credentials, "auth")}
    at_the_top, in_auth = {**credentials, **bare}, {"auth": credentials, **bare}
    for body in (at_the_top, in_auth):
        if set(body) != set(ask.body):
            assert simulator.put(replace(ask, body=body)).refusal
    assert simulator.put(replace(ask, query=credentials)).refusal
    assert simulator.put(replace(ask, query=credentials, body=bare)).refusal


@EVERY_GET
def test_a_get_with_its_credentials_in_the_body_is_refused(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    ask = asks(call)
    assert simulator.put(replace(ask, query={}, body=ask.query)).refusal
    assert simulator.put(replace(ask, body=ask.query)).refusal


@EVERY_POST
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'"x"', b"{", b"\xff", b"[" * 100_000], ids=lambda body: body[:9]
)
def test_a_body_that_is_no_json_object_is_refused(
    call: str, body: bytes, simulator: Simulator
) -> None:
    path = f"/api/mailusers/{SHAPES[call][1]}"
    assert simulator.send("POST", path, body, {"Content-Type": "application/json"}).refusal


def test_a_body_of_another_content_type_is_refused(simulator: Simulator) -> None:
    body = json.dumps(Ask.of("createbatch", batchName="Wave").body).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (
        "application/json"
        in simulator.send("POST", "/api/mailusers/createbatch", body, form).refusal
    )
    charset = {"Content-Type": "application/json; charset=utf-8"}
    assert simulator.send("POST", "/api/mailusers/createbatch", body, charset).value


def test_a_field_that_comes_twice_is_refused(simulator: Simulator) -> None:
    query = urlencode({"consumerKey": KEY, "consumerSecret": SECRET})
    twice = f"/api/mailusers/getall?{query}&consumerKey=other"
    assert "twice" in simulator.send("GET", twice).refusal
    body = b'{"auth": {}, "batchName": "a", "batchName": "b"}'
    json_type = {"Content-Type": "application/json"}
    assert "twice" in simulator.send("POST", "/api/mailusers/createbatch", body, json_type).refusal


def test_a_query_string_that_cannot_be_read_is_refused(simulator: Simulator) -> None:
    for query in ("consumerKey", "consumerKey=%ff"):
        assert "cannot be read" in simulator.send("GET", f"/api/mailusers/getall?{query}").refusal


@EVERY_CALL
def test_every_fault_of_a_request_is_named_at_once(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    ask = asks(call)
    method_get = ask.body is None
    bare = replace(ask, query={"x": "1"}) if method_get else replace(ask, body={"x": "1"})
    names = set(ask.query if ask.body is None else ask.body) - set(SETTINGS)
    for name in names:
        assert f"{name} is missing" in simulator.put(bare).refusal


def test_a_fault_is_named_with_its_place(simulator: Simulator) -> None:
    body = {"batch": {"auth": {"key": KEY}, "batchName": 7}}
    refusal = simulator.put(
        replace(Ask.of("setmailglobalsettingsbybatch", batchName=""), body=body)
    )
    assert refusal.refusal.split("; ") == [
        "batch.auth.key is no field of this call",
        "batch.auth.consumerKey is missing",
        "batch.auth.consumerSecret is missing",
        "batch.batchName must be text that is not empty",
    ]


@EVERY_CALL
def test_what_the_call_names_must_exist(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    names = ("migrationTag", "sourceConnectorName", "targetConnectorName", "batchName")
    for name, ask in _spoilt(asks(call), lambda place, name: place.update({name: "nobody"})):
        if name in names and (call, name) != ("createbatch", "batchName"):
            assert "nobody" in simulator.put(ask).refusal
    if "{tag}" in SHAPES[call][1]:
        assert "nobody" in simulator.ask(call, tag="nobody").refusal


@EVERY_CALL
def test_the_last_component_of_the_path_is_matched_whatever_its_case(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    ask = asks(call)
    *front, last = ask.path.split("/")
    assert simulator.put(replace(ask, path="/".join([*front, last.upper()]))).value is not None
    assert simulator.put(ask, surface="MailUsers").status == 404


@EVERY_CALL
def test_another_method_is_answered_with_405_and_a_page(
    call: str, simulator: Simulator, asks: Callable[[str], Ask]
) -> None:
    ask = asks(call)
    answer = simulator.put(replace(ask, method="PUT"))
    assert (answer.status, answer.headers["content-type"]) == (405, "text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/api/mailusers/",
        "/api/mailusers/a/b/getall",
        "/api/mailusers",
        "/api/users/getall",
        "/api/mailusers/a/b/get",
        "/",
        "/ap",
    ],
)
def test_a_path_that_the_document_does_not_have_is_404(path: str, simulator: Simulator) -> None:
    assert simulator.send("GET", path).status == 404


def test_the_surfaces_have_users_of_their_own_and_the_same_connectors(
    simulator: Simulator,
) -> None:
    assert simulator.ask("create", **PERSON).value
    assert len(simulator.ask("getall").value) == 1
    assert simulator.ask("getall", surface="archivemailusers").value == []
    sources = simulator.ask("getallsourceconnectors").value
    assert sources == simulator.ask("getallsourceconnectors", surface="archivemailusers").value
    assert {"name": "Exchange", "type": "Exchange 2016"} in sources


@pytest.mark.parametrize("value", ["2015-01-05", "1/5/2015", "13/01/2015", "01/05/15", 20150105])
def test_a_date_that_is_not_month_day_year_is_refused(value: object, simulator: Simulator) -> None:
    simulator.have("bert@old.example", batch="Wave 1")
    answer = simulator.ask("setmailglobalsettingsbybatch", batchName="Wave 1", FromDate=value)
    assert "FromDate must be a date" in answer.refusal


def test_the_spelling_of_the_parameter_table_is_not_taken_in_a_write(simulator: Simulator) -> None:
    simulator.have("bert@old.example", batch="Wave 1")
    wrong: dict[str, Any] = {"batchName": "Wave 1", "ShouldMigratedMails": True}
    assert "ShouldMigratedMails" in simulator.ask("setmailglobalsettingsbybatch", **wrong).refusal


def test_no_refusal_no_journal_and_no_log_has_the_secret_wherever_a_client_puts_it(
    simulator: Simulator,
) -> None:
    assert simulator.ask("createbatch", batchName=SECRET).value
    assert simulator.ask("createbatch", batchName=SECRET).refusal
    [tag] = simulator.have("bert@old.example")
    answers = [
        simulator.ask("createbatch", batchName="x", **{SECRET: "1"}),
        simulator.ask("createbatch", batchName=SECRET),
        simulator.ask("addtobatch", tag=tag, batchName=f"not {SECRET}"),
        simulator.ask("status", tag=quote(SECRET, safe="")),
        simulator.ask("getall", **{SECRET: "1"}),
        simulator.ask("create", **{**PERSON, "sourceConnectorName": SECRET}),
        simulator.ask("create", **{**PERSON, "sourceEmail": SECRET}),
    ]
    told = [answer.refusal for answer in answers]
    told += [simulator.log.getvalue(), json.dumps(simulator.control("journal"), ensure_ascii=False)]
    assert not [text for text in told if leaks(text, SECRET)]
