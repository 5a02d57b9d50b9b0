# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Under the printed readings, answers are the document's samples, blanks apart.

Samples that are broken in print (2.8 lacks its last brace, 2.22 and 2.23 quotes and braces) are
taken with these in place. Where a sample has several things of a kind, so has the test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import PERSON, Simulator

PRINTED = {"success_text": "printed", "lists": "printed", "tag_blanks": True}
JOHN = {
    "first_name": "John",
    "last_name": "Doe",
    "source_email": "mySource@mydomain.com",
    "target_email": "myTarget@myDomain.com",
    "licensed": True,
}
TAG = "c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx"
OTHER_TAGS = ("94102641-xxx", "94102642-xxx")
BATCH = "myBatchName"
TAGGED, NAMED = {"tag": TAG}, {"batchName": BATCH}
NEW = {**PERSON, "sourceEmail": "new@mydomain.com", "targetEmail": "new@myDomain.com"}
SETTINGS: dict[str, Any] = {
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
NO_ITEMS = {
    f"{kind}{count}": 0
    for kind in ("msg", "cal", "con")
    for count in ("Total", "Read", "Success", "Ignored", "Failure")
}
PASSES = [
    {
        "start": "2018-10-23T14:45:00Z",
        "end": "2018-10-23T14:45:46Z",
        "counters": {"msgTotal": 2, "msgRead": 2, "msgSuccess": 2},
    },
    {
        "start": "2018-10-23T14:50:35Z",
        "end": "2018-10-23T14:50:48Z",
        "counters": {"msgTotal": 3, "msgAlreadyMigrated": 2},
    },
]

# Call: what it is asked with, and its sample.
SAMPLES: dict[str, tuple[dict[str, Any], str]] = {
    "migrationtag": (
        {"sourceEmail": JOHN["source_email"], "targetEmail": JOHN["target_email"]},
        '{"hasError":false,"response":" c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx"}',
    ),
    "get": (
        TAGGED,
        """{ "hasError":false, "response": { "firstName":"John", "lastName":"Doe",
        "sourceEmail":"mySource@mydomain.com", "targetEmail":"myTarget@myDomain.com",
        "migrationTag":" c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx " } }""",
    ),
    "start": (TAGGED, '{"hasError":false, "response": User scheduled}'),
    "stop": (TAGGED, '{"hasError":false, "response": User stopped}'),
    "audit": (TAGGED, '{"hasError":false, "response": Audit scheduled}'),
    "status": (TAGGED, '{"hasError":false,"response":"WORKING"}'),
    "license": (TAGGED, '{"hasError":false, "response": License assigned}'),
    "create": (NEW, '{ "hasError": false, "response": User created }'),
    "delete": (TAGGED, '{"hasError":false, "response": User deleted}'),
    "update": (
        {**TAGGED, **NEW},
        '{ "hasError": false, "response": User updated }',
    ),
    "batch": (
        {},
        """{"hasError":false, "response":
        {\u201cMailBatch1\u201d, \u201cMailBatch2\u201d, \u201cmyBatchName\u201d} }""",
    ),
    "addtobatch": (
        {**TAGGED, **NAMED},
        '{"hasError":false, "response": User added to batch myBatchName}',
    ),
    "removefrombatch": (TAGGED, '{"hasError":false, User removed from batch}'),
    "startbatch": (NAMED, '{"hasError":false, "response": Batch myBatchName started}'),
    "stopbatch": (NAMED, '{"hasError":false, "response": Batch myBatchName stopped}'),
    "createbatch": (
        {"batchName": "another"},
        '{ "hasError": false, "response": Batch another created }',
    ),
    "deletebatch": (
        {"batchName": "MailBatch1"},
        '{"hasError":false, "response": Batch MailBatch1 deleted}',
    ),
    "batchaudit": (
        NAMED,
        '{"hasError":false, "response": Audit scheduled for users in Batch myBatchName}',
    ),
    "getusersinbatch": (
        NAMED,
        """{"hasError":false, "response":
        { c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx, 94102641-xxx, 94102642-xxx, } }""",
    ),
    "getallsourceconnectors": (
        {},
        """{ "hasError":false, "response": [ {"name":"Exchange", "type":"Exchange 2016"},
        {"name":"Google Workspace","type":"Google"} ] }""",
    ),
    "getalltargetconnectors": (
        {},
        '{ "hasError":false, "response": [ {"name":"Microsoft 365","type":"Office 365"} ] }',
    ),
    "startpermissionmigrationbybatch": (
        NAMED,
        """{ "hasError": false, "response":
        Permissions migration of users in Batch \u2018myBatchName\u2019 scheduled. }""",
    ),
    "setmailglobalsettingsbybatch": (
        {**NAMED, **SETTINGS},
        """{ "hasError": false, "response":
        "Global settings set to the users of Batch: myBatchName as follows
        {From Date :1/5/2015 12:00:00 AM, To Date :1/5/2017 12:00:00 AM, Migrate Emails : True,
        Migrate Trash : False, Migrate Calendars : False, Migrate Contacts : False,
        Migrate Notes : True, Migrate Tasks : False, Convert Email Addresses : False,
        Convert X500 Addresses : False}" }""",
    ),
}


def _without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture
def printed(simulate: Callable[..., Simulator]) -> Simulator:
    """A simulator that prints, with the people and batches of the samples."""
    simulator = simulate(**PRINTED)
    members = [
        {"source_email": f"{tag}@a.example", "target_email": f"{tag}@b.example", "licensed": True}
        for tag in OTHER_TAGS
    ]
    users = [{**JOHN, "migration_tag": TAG, "batch": BATCH}]
    users += [
        {**one, "migration_tag": tag, "batch": BATCH} for one, tag in zip(members, OTHER_TAGS)
    ]
    batches = {"MailBatch1": [], "MailBatch2": [], BATCH: [TAG, *OTHER_TAGS]}
    simulator.control("state", {"mailusers": {"users": users, "batches": batches}})
    return simulator


@pytest.mark.parametrize("call", SAMPLES)
def test_an_answer_is_the_sample(call: str, printed: Simulator) -> None:
    if call == "status":
        assert "scheduled" in printed.ask("start", tag=TAG).text
        printed.advance(40)
    fields, sample = SAMPLES[call]
    assert _without_blanks(printed.ask(call, **fields).text) == _without_blanks(sample)


def test_texts_of_more_than_one_word_keep_their_blanks(printed: Simulator) -> None:
    answer = printed.ask("startpermissionmigrationbybatch", **NAMED)
    words = "Permissions migration of users in Batch \u2018myBatchName\u2019 scheduled."
    assert words in answer.text
    words = "Global settings set to the users of Batch: myBatchName as follows {From Date :1/5/2015"
    assert words in printed.ask("setmailglobalsettingsbybatch", **NAMED, **SETTINGS).value


def test_the_failure_is_the_one_at_the_head_of_section_2(printed: Simulator) -> None:
    printed.read_as(failure_field="printed")
    failure = printed.ask("getusersinbatch", batchName="x").text
    assert failure == '{"hasError":True": There is no batch x}'


def test_the_history_is_that_of_2_8(simulator: Simulator) -> None:
    [tag] = simulator.have("john@old.example", passes=PASSES)
    first, second = simulator.ask("getmailhistory", tag=tag).value
    assert first == {
        "startDateTime": "23/10/2018 14:45:00",
        "endDateTime": "23/10/2018 14:45:46",
        **NO_ITEMS,
        "msgTotal": 2,
        "msgRead": 2,
        "msgSuccess": 2,
        "msgAlreadyMigrated": 0,
    }
    assert second == {
        "startDateTime": "23/10/2018 14:50:35",
        "endDateTime": "23/10/2018 14:50:48",
        **NO_ITEMS,
        "msgTotal": 3,
        "msgAlreadyMigrated": 2,
    }


def test_the_settings_are_those_of_2_26(simulator: Simulator) -> None:
    simulator.have("john@old.example", batch=BATCH)
    assert simulator.ask("setmailglobalsettingsbybatch", **NAMED, **SETTINGS).value
    sample = """{ "hasError": false, "response": { "shouldMigrateMails": true,
    "shouldMigrateTrash": false, "shouldMigrateCalendars": false, "shouldMigrateContacts": false,
    "shouldMigrateNotes": true, "shouldMigrateTasks": false, "shouldMigrateJournals": false,
    "shouldConvertEmailAddresses": false, "shouldConvertX500": false,
    "fromDate": "2015-01-05T00:00:00", "toDate": "2017-01-05T00:00:00" } }"""
    answer = simulator.ask("getmailglobalsettingsbybatch", **NAMED).text
    assert _without_blanks(answer) == _without_blanks(sample)


def test_the_statuses_are_those_of_the_appendix_by_name_and_code(simulator: Simulator) -> None:
    for code, name in ((0, "UNKNOWN"), (9, "SHEDULEDINAGENT"), (24, "LICENSE_EXCEEDED")):
        [tag] = simulator.have(f"user{code}@old.example", status=name)
        simulator.read_as(status_form="name")
        assert simulator.status(tag) == name
        simulator.read_as(status_form="code")
        assert json.loads(simulator.ask("status", tag=tag).body)["response"] == code
