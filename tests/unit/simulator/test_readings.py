# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each reading of the document, and each of its values, shown on the wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cloudiway_simulator.mailbox import Scenario
from cloudiway_simulator.readings import Readings, UnknownReading

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import (
    PERSON,
    Answer,
    Ask,
    Simulator,
)

ANNA, BERT = "anna@old.example", "bert@old.example"
PAIR = {"sourceEmail": ANNA, "targetEmail": "anna@new.example"}
WRITE, READ = "setmailglobalsettingsbybatch", "getmailglobalsettingsbybatch"
PERMISSIONS = "startpermissionmigrationbybatch"
FREE = ("server_timezone", "failure_http_status")  # readings of which not every value is listed

# Reading: what a probe sees under each of its values.
Probe = Callable[[Simulator], object]
CASES: dict[str, tuple[Probe, dict[str, object]]] = {}


def shows(reading: str, **expected: object) -> Callable[[Probe], Probe]:
    """Registers a probe with what it sees under each value of a reading."""

    def register(probe: Probe) -> Probe:
        CASES[reading] = (probe, {name.rstrip("_"): seen for name, seen in expected.items()})
        return probe

    return register


def _answers(answer: Answer) -> bool:
    """Whether the service answered; where it did not, that it sent a page."""
    if answer.status == 200:
        return answer.json["hasError"] is False
    assert answer.status == 404
    assert answer.headers["content-type"] == "text/html"
    assert answer.text.startswith("<!DOCTYPE html>")
    return False


def _both_ways(simulator: Simulator, first: Ask, second: Ask) -> tuple[bool, bool]:
    return _answers(simulator.put(first)), _answers(simulator.put(second))


ONE_WAY, OTHER_WAY, BOTH_WAYS = (True, False), (False, True), (True, True)


@shows("get_method", GET=ONE_WAY, POST=OTHER_WAY, both=BOTH_WAYS)
def _get_and_post_of_one_user(simulator: Simulator) -> object:
    ask = Ask.of("get", tag=simulator.have(ANNA)[0])
    return _both_ways(simulator, ask, replace(ask, method="POST"))


@shows(
    "get_post_credentials",
    either=(True, True, False),
    query=(True, False, False),
    body=(False, True, False),
)
def _places_of_the_credentials_of_the_post(simulator: Simulator) -> object:
    simulator.read_as(get_method="POST")
    ask = replace(Ask.of("get", tag=simulator.have(ANNA)[0]), method="POST")
    credentials: dict[str, Any] = dict(ask.query)
    asks = (ask, replace(ask, query={}, body=credentials), replace(ask, body=credentials))
    return tuple(not simulator.put(one).json["hasError"] for one in asks)


@shows("license_path", plain=ONE_WAY, tag=OTHER_WAY, both=BOTH_WAYS)
def _plain_and_tagged_license(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA)
    ask = Ask.of("license", tag=tag)
    return _both_ways(simulator, ask, replace(ask, path=f"{tag}/license"))


@shows("settings_write_path", mail=ONE_WAY, plain=OTHER_WAY, both=BOTH_WAYS)
def _settings_writes(simulator: Simulator) -> object:
    simulator.have(ANNA, batch="Wave")
    ask = Ask.of(WRITE, batchName="Wave")
    return _both_ways(simulator, ask, replace(ask, path="setglobalsettingsbybatch"))


@shows("settings_read_path", mail=ONE_WAY, plain=OTHER_WAY, both=BOTH_WAYS)
def _settings_reads(simulator: Simulator) -> object:
    simulator.have(ANNA, batch="Wave")
    ask = Ask.of(READ, batchName="Wave")
    return _both_ways(simulator, ask, replace(ask, path="getglobalsettingsbybatch"))


@shows("wrong_path_status", **{"404": [404] * 4, "405": [405] * 4})
def _statuses_of_the_ways_not_chosen(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA, batch="Wave")
    get, read = Ask.of("get", tag=tag), Ask.of(READ, batchName="Wave")
    asks = (
        replace(get, method="POST"),
        replace(Ask.of("license", tag=tag), path=f"{tag}/license"),
        replace(Ask.of(WRITE, batchName="Wave"), path="setglobalsettingsbybatch"),
        replace(read, path="getglobalsettingsbybatch"),
    )
    return [simulator.put(ask).status for ask in asks]


@shows(
    "success_text",
    quoted='{"hasError":false,"response":"User created"}',
    printed='{ \n    "hasError": false, \n    "response": User created \n}',
)
def _text_of_a_create(simulator: Simulator) -> object:
    return simulator.ask("create", **PERSON).text


@shows(
    "lists",
    json='{"hasError":false,"response":["Wave 1","Wave 2"]}',
    printed=(
        '{"hasError":false, \n "response": \n  {\u201cWave 1\u201d, \n   \u201cWave 2\u201d} \n}'
    ),
)
def _text_of_the_batches(simulator: Simulator) -> object:
    simulator.ask("createbatch", batchName="Wave 1")
    simulator.ask("createbatch", batchName="Wave 2")
    return simulator.ask("batch").text


@shows(
    "field_case",
    camel={"hasError", "response", "firstName", "shouldConvertX500"},
    lower={"haserror", "response", "firstname", "shouldconvertx500"},
    pascal={"HasError", "Response", "FirstName", "ShouldConvertX500"},
)
def _names_of_fields(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA, batch="Wave")
    names: set[str] = set()
    for call, told in (("get", {"tag": tag}), (READ, {"batchName": "Wave"})):
        answer = simulator.ask(call, **told).json
        names |= set(answer) | set(next(value for value in answer.values() if value))
    known = ("haserror", "response", "firstname", "shouldconvertx500")
    return {name for name in names if name.lower() in known}


@shows(
    "failure_field",
    response='{"hasError":true,"response":"There is no batch x"}',
    error='{"hasError":true,"error":"There is no batch x"}',
    message='{"hasError":true,"message":"There is no batch x"}',
    printed='{"hasError":True": There is no batch x}',
)
def _text_of_a_failure(simulator: Simulator) -> object:
    return simulator.ask("getusersinbatch", batchName="x").text


@shows(
    "failure_http_status",
    **{status: (int(status), 200) for status in ("200", "400", "401", "404", "500")},
)
def _statuses_of_a_failure_and_a_success(simulator: Simulator) -> object:
    failure = simulator.ask("getusersinbatch", batchName="x")
    assert failure.refusal
    return failure.status, simulator.ask("batch").status


def _listed(*names: str) -> Probe:
    def probe(simulator: Simulator) -> object:
        simulator.have(ANNA)
        [record] = simulator.ask("getall").value
        return [record.get(name) for name in names]

    return probe


shows("getall_targets", true=["anna@new.example"], false=[None])(_listed("targetEmail"))
shows("getall_statuses", true=["NOTSTARTED"], false=[None])(_listed("status"))
shows("getall_licenses", true=[True], false=[None])(_listed("licensed"))
shows("getall_connectors", true=["Exchange", "Microsoft 365"], false=[None, None])(
    _listed("sourceConnectorName", "targetConnectorName")
)


@shows("getall_tags", true=True, false=False)
def _whether_tags_are_listed(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA)
    [record] = simulator.ask("getall").value
    assert record.get("migrationTag") in (tag, None)
    return "migrationTag" in record


@shows("get_connectors", true=["Exchange", "Microsoft 365"], false=[None, None])
def _connectors_of_one_user(simulator: Simulator) -> object:
    record = simulator.ask("get", tag=simulator.have(ANNA)[0]).value
    return [record.get(f"{side}ConnectorName") for side in ("source", "target")]


@shows("status_form", name=["WORKING"] * 2, code=[2, 2], code_text=["2", "2"])
def _statuses(simulator: Simulator) -> object:
    simulator.read_as(getall_statuses=True)
    [tag] = simulator.have(ANNA, status="WORKING")
    return [simulator.ask("status", tag=tag).value, simulator.ask("getall").value[0]["status"]]


@shows("tag_blanks", false=["{}"] * 4, true=[" {}", " {} ", " {} ", " {} "])
def _tags(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA, batch="Wave")
    tags = (
        simulator.ask("migrationtag", **PAIR).value,
        simulator.ask("get", tag=tag).value["migrationTag"],
        simulator.ask("getall").value[0]["migrationTag"],
        simulator.ask("getusersinbatch", batchName="Wave").value[0],
    )
    return [shown.replace(tag, "{}") for shown in tags]


@shows("member_tags", same=False, capitals=True)
def _whether_members_are_in_capitals(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA, batch="Wave")
    [shown] = simulator.ask("getusersinbatch", batchName="Wave").value
    assert shown.lower() == tag == tag.lower()
    assert simulator.ask("status", tag=shown).value == "NOTSTARTED"
    return shown == tag.upper()


@shows("bom", false=(b"{", b"{"), true=(b"\xef\xbb\xbf{", b"\xef\xbb\xbf{"))
def _first_bytes(simulator: Simulator) -> object:
    answers = simulator.ask("getall"), simulator.ask("getusersinbatch", batchName="x")
    return tuple(answer.body[: answer.body.index(b"{") + 1] for answer in answers)


@shows("framing", length=(True, None), chunked=(False, "chunked"))
def _headers(simulator: Simulator) -> object:
    simulator.have(*(f"user{number}@old.example" for number in range(200)))
    answer = simulator.ask("getall")
    assert len(answer.value) == 200
    if "content-length" in answer.headers:
        assert int(answer.headers["content-length"]) == len(answer.body)
    return "content-length" in answer.headers, answer.headers.get("transfer-encoding")


def _write_all(simulator: Simulator, **fields: Any) -> Answer:
    simulator.have(ANNA, batch="Wave")
    everything: dict[str, Any] = {
        "ShouldMigrateNotes": True,
        "FromDate": "01/05/2015",
        "ToDate": "01/05/2017",
    }
    assert simulator.ask(WRITE, batchName="Wave", **everything).value
    return simulator.ask(WRITE, batchName="Wave", **fields)


@shows("settings_omitted", false=(False, True), keep=(True, True))
def _flags_after_a_partial_write(simulator: Simulator) -> object:
    assert _write_all(simulator, ShouldMigrateTrash=True).value
    read = simulator.ask(READ, batchName="Wave").value
    return read["shouldMigrateNotes"], read["shouldMigrateTrash"]


@shows(
    "settings_mails_field",
    ShouldMigrateMails=["shouldMigrateMails"],
    ShouldMigratedMails=["shouldMigratedMails"],
)
def _name_of_mails(simulator: Simulator) -> object:
    simulator.have(ANNA, batch="Wave")
    read = simulator.ask(READ, batchName="Wave").value
    return [name for name in read if name.endswith("Mails")]


KEPT, CLEARED, REFUSED = "2015-01-05T00:00:00", None, "refused"


@shows(
    "date_clearing",
    omit=[CLEARED, REFUSED, REFUSED],
    null=[KEPT, CLEARED, REFUSED],
    empty=[KEPT, KEPT, CLEARED],
)
def _dates_left_out_null_and_empty(simulator: Simulator) -> object:
    ways: tuple[dict[str, Any], ...] = ({}, {"FromDate": None}, {"FromDate": ""})
    seen = []
    for number, told in enumerate(ways):
        batch = f"Wave {number}"
        simulator.have(f"user{number}@old.example", batch=batch)
        assert simulator.ask(WRITE, batchName=batch, FromDate="01/05/2015").value
        answer = simulator.ask(WRITE, batchName=batch, **told)
        read = simulator.ask(READ, batchName=batch).value
        seen.append("refused" if answer.json["hasError"] else read["fromDate"])
    return seen


@shows("unset_date", null=None, missing="missing", minvalue="0001-01-01T00:00:00")
def _a_date_that_is_not_set(simulator: Simulator) -> object:
    simulator.ask("createbatch", batchName="Wave")
    return simulator.ask(READ, batchName="Wave").value.get("toDate", "missing")


@shows("batch_move", move=("Wave 2", True), refuse=("Wave 1", False))
def _batch_after_a_second_addtobatch(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA, batch="Wave 1")
    simulator.ask("createbatch", batchName="Wave 2")
    moved = _answers(simulator.ask("addtobatch", tag=tag, batchName="Wave 2"))
    members = simulator.ask("getusersinbatch", batchName="Wave 1").value
    assert members == ([] if moved else [tag])
    return simulator.user()["batch"], moved


@shows("duplicate_create", refuse=(1, 1), accept=(2, 2))
def _users_and_tags_after_two_creates(simulator: Simulator) -> object:
    for _unused in range(2):
        simulator.ask("create", **PERSON)
    users = simulator.ask("getall").value
    first = simulator.ask("migrationtag", **PAIR).value
    assert first == users[0]["migrationTag"]
    return len(users), len({user["migrationTag"] for user in users})


@shows("duplicate_batch", refuse=[True, False], accept_and_record=[True, True, "duplicate_batch"])
def _answers_to_a_batch_made_twice(simulator: Simulator) -> object:
    answers = [_answers(simulator.ask("createbatch", batchName="Wave")) for _unused in range(2)]
    assert simulator.ask("batch").value == ["Wave"]
    violations = simulator.control("state")["mailusers"]["violations"]
    return [*answers, *(one["kind"] for one in violations)]


@shows("license_again", accept=([True, True], 2), refuse=([True, False], 1))
def _answers_to_a_license_assigned_twice(simulator: Simulator) -> object:
    simulator.ask("create", **PERSON)
    tag = simulator.ask("migrationtag", **PAIR).value
    answers = [_answers(simulator.ask("license", tag=tag)) for _unused in range(2)]
    assert simulator.user(ANNA)["licensed"]
    return answers, simulator.user(ANNA)["license_calls"]


@shows("migrationtag_missing", hasError=(True, True), null=(False, False))
def _tag_of_nobody(simulator: Simulator) -> object:
    answer = simulator.ask("migrationtag", **PAIR).json
    return answer["hasError"], bool(answer["response"])


STARTED_TWICE = (2, 2, 2, ["start_active"] * 3)


@shows("start_active", refuse=(1, 1, 1, []), restart_and_record=STARTED_TWICE)
def _runs_of_users_started_twice(simulator: Simulator) -> object:
    anna, bert = simulator.have(ANNA, BERT)
    simulator.have("dora@old.example", batch="Wave")
    for _unused in range(2):
        simulator.ask("start", tag=anna)
        simulator.ask("audit", tag=bert)
        simulator.ask(PERMISSIONS, batchName="Wave")
    violations = simulator.control("state")["mailusers"]["violations"]
    return (
        simulator.user(ANNA)["starts"],
        simulator.user(BERT)["audits"],
        simulator.user("dora@old.example")["permission_runs"],
        [one["kind"] for one in violations],
    )


@shows("permissions_overlap", refuse=(0, []), accept_and_record=(1, ["permissions_overlap"]))
def _permissions_of_a_second_batch(simulator: Simulator) -> object:
    simulator.have(ANNA, batch="Wave 1")
    simulator.have(BERT, batch="Wave 2")
    for batch in ("Wave 1", "Wave 2"):
        simulator.ask(PERMISSIONS, batchName=batch)
    violations = simulator.control("state")["mailusers"]["violations"]
    return simulator.user(BERT)["permission_runs"], [one["kind"] for one in violations]


@shows("history_running", hidden=[0, 0, 1], shown=[0, 1, 1])
def _passes_before_during_and_after_work(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA)
    assert simulator.ask("start", tag=tag).value
    counts = []
    for seconds in (0, 100, 86_400):
        simulator.advance(seconds)
        passes = simulator.ask("getmailhistory", tag=tag).value
        running = seconds == 100
        assert all((one["endDateTime"] is None) is running for one in passes)
        assert all((one["msgRead"] < one["msgTotal"]) is running for one in passes)
        counts.append(len(passes))
    return counts


@shows("history_failed", shown=2, hidden=1)
def _passes_of_a_mailbox_that_failed_once(simulator: Simulator) -> object:
    [tag] = simulator.have("fails-once@old.example")
    for _unused in range(2):
        simulator.ask("start", tag=tag)
        simulator.advance(86_400)
    assert simulator.status(tag) == "SUCCESS"
    return len(simulator.ask("getmailhistory", tag=tag).value)


@shows("server_timezone", **{"UTC": 0, "+02:00": 120, "-09:30": -570, "Asia/Kolkata": 330})
def _minutes_by_which_stamps_are_ahead(simulator: Simulator) -> object:
    [tag] = simulator.have(ANNA)
    simulator.ask("start", tag=tag)
    simulator.advance(86_400)
    [one] = simulator.ask("getmailhistory", tag=tag).value
    end = datetime.strptime(one["endDateTime"], "%d/%m/%Y %H:%M:%S").replace(tzinfo=timezone.utc)
    return round((end - datetime.now(timezone.utc)) / timedelta(minutes=1))


@pytest.mark.parametrize(
    ("reading", "value"),
    [(reading, value) for reading, (_unused, seen) in CASES.items() for value in seen],
)
def test_a_reading_shows_on_the_wire(
    reading: str, value: str, simulate: Callable[..., Simulator]
) -> None:
    probe, expected = CASES[reading]
    simulator = simulate(Scenario(failing={"fails-once@old.example": 1}), **{reading: value})
    assert probe(simulator) == expected[value]


def test_every_value_of_every_reading_is_shown_here() -> None:
    listed = {
        reading.name: set(reading.metadata["values"])
        for reading in fields(Readings)
        if reading.name not in FREE
    }
    shown = {name: set(seen) for name, (_unused, seen) in CASES.items() if name not in FREE}
    assert shown == listed
    assert set(FREE) <= set(CASES)


def test_the_default_of_a_reading_is_what_is_shown_without_it(
    simulate: Callable[..., Simulator],
) -> None:
    defaults = json.loads(json.dumps(simulate().control("readings", {})))
    for reading, (probe, expected) in CASES.items():
        default = defaults[reading]
        text = str(default).lower() if isinstance(default, bool) else str(default)
        simulator = simulate(Scenario(failing={"fails-once@old.example": 1}))
        assert probe(simulator) == expected[text], reading


def test_settings_that_stay_when_left_out_and_dates_that_are_cleared_by_null_go_together(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(settings_omitted="keep", date_clearing="null")
    assert _write_all(simulator, FromDate=None).value
    read = simulator.ask(READ, batchName="Wave").value
    assert read["shouldMigrateNotes"] is True
    assert (read["fromDate"], read["toDate"]) == (None, "2017-01-05T00:00:00")


def test_a_tagged_license_whose_body_names_another_user_is_refused(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(license_path="tag")
    anna, bert = simulator.have(ANNA, BERT)
    ask = replace(Ask.of("license", tag=anna), path=f"{bert}/license")
    assert "not the tag of the path" in simulator.put(ask).refusal
    assert simulator.user(BERT)["license_calls"] == 0


def test_summer_and_winter_have_their_own_offset() -> None:
    zone = Readings().with_changes({"server_timezone": "Europe/Paris"}).zone
    assert isinstance(zone, ZoneInfo)
    offsets = {datetime(2024, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)}
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"no_such": "x"}, "settings_omitted"),
        ({"lists": "xml"}, "json, printed"),
        ({"bom": "yes"}, "true, false"),
        ({"failure_http_status": "299"}, "any of 400 to 511"),
        ({"failure_http_status": "499"}, "any of 400 to 511"),
        ({"server_timezone": "Mars/Olympus"}, "+02:00"),
        ({"server_timezone": "+25:00"}, "+02:00"),
    ],
    ids=str,
)
def test_an_unknown_reading_or_value_is_refused_with_those_that_there_are(
    changes: dict[str, str], named: str
) -> None:
    with pytest.raises(UnknownReading) as refused:
        Readings().with_changes(changes)
    assert named in str(refused.value)
