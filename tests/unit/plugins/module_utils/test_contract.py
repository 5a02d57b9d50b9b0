# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of calls, statuses and settings says what the API document says.

Everything expected here is written out from the document, and nothing is derived from the table.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils import _contract
from ansible_collections.cloudiway.mail.plugins.module_utils._contract import (
    Family,
    Phase,
    Status,
    status_of,
)

# section, name, and the method and path at the head of the section
PRINTED = """
2.1   getall                           GET  getall
2.2   migrationtag                     GET  migrationtag
2.3   get                              POST {tag}/get
2.4   start                            POST start
2.5   stop                             POST stop
2.6   audit                            POST audit
2.7   status                           GET  {tag}/status
2.8   getmailhistory                   GET  {tag}/getmailhistory
2.9   license                          POST {tag}/license
2.10  create                           POST create
2.11  delete                           POST delete
2.12  update                           POST update
2.13  batch                            GET  batch
2.14  addtobatch                       POST addtobatch
2.15  removefrombatch                  POST removefrombatch
2.16  startbatch                       POST startbatch
2.17  stopbatch                        POST stopbatch
2.18  createbatch                      POST createbatch
2.19  deletebatch                      POST deletebatch
2.20  batchaudit                       POST batchaudit
2.21  getusersinbatch                  GET  getusersinbatch
2.22  getallsourceconnectors           GET  getallsourceconnectors
2.23  getalltargetconnectors           GET  getalltargetconnectors
2.24  startpermissionmigrationbybatch  POST startpermissionmigrationbybatch
2.25  setmailglobalsettingsbybatch     POST setmailglobalsettingsbybatch
2.26  getmailglobalsettingsbybatch     GET  getmailglobalsettingsbybatch
"""
CALLS = [tuple(line.split()) for line in PRINTED.strip().splitlines()]

# Where the summary (or the example of 2.9) says otherwise: the ways in the order of the design.
CONTRADICTED = {
    "get": [("GET", "{tag}/get"), ("POST", "{tag}/get")],
    "license": [("POST", "license"), ("POST", "{tag}/license")],
    "setmailglobalsettingsbybatch": [
        ("POST", "setmailglobalsettingsbybatch"),
        ("POST", "setglobalsettingsbybatch"),
    ],
    "getmailglobalsettingsbybatch": [
        ("GET", "getmailglobalsettingsbybatch"),
        ("GET", "getglobalsettingsbybatch"),
    ],
}

REPEATS = {
    "READ": (
        "getall migrationtag get status getmailhistory batch getusersinbatch getallsourceconnectors"
        " getalltargetconnectors getmailglobalsettingsbybatch"
    ),
    "SET": (
        "update addtobatch removefrombatch delete deletebatch stop stopbatch"
        " setmailglobalsettingsbybatch"
    ),
    "MAKE": "create createbatch",
    "START": "start startbatch audit batchaudit startpermissionmigrationbybatch",
    "LICENSE": "license",
}

# code, name, phase, family
APPENDIX = """
0   UNKNOWN                        unknown    mail
1   NOTSTARTED                     idle       mail
2   WORKING                        working    mail
3   ONERROR                        failed     mail
4   SUCCESS                        done       mail
5   STOP                           idle       mail
6   PENDING                        throttled  mail
7   SCHEDULED                      queued     mail
8   STOPPING                       working    mail
9   SHEDULEDINAGENT                queued     agent
10  WORKINGINAGENT                 working    agent
11  PRE_PROCESSING                 queued     preprocessing
12  PRE_PROCESSING_ERROR           failed     preprocessing
13  PRE_PROCESSING_PENDING         throttled  preprocessing
14  PRE_PROCESSING_WORKING         working    preprocessing
15  MAIL_SENT                      idle       mail
16  AUDIT                          queued     audit
17  AUDIT_ERROR                    failed     audit
18  AUDIT_DONE                     done       audit
19  AUDIT_WORKING                  working    audit
20  GET_SITES                      queued     site
21  GET_SITES_ERROR                failed     site
22  GET_SITES_DONE                 done       site
23  GET_SITES_WORKING              working    site
24  LICENSE_EXCEEDED               failed     mail
25  GET_GROUPS_WORKING             working    group
26  GET_GROUPS_DONE                done       group
27  GET_GROUPS                     queued     group
28  GET_GROUPS_ERROR               failed     group
29  ARCHIVESCHEDULED               queued     archive
30  EXPORTINPROGRESS               working    archive
31  GET_SITES_AGENT                working    site
32  AUDIT_SITES_AGENT              working    site
33  SCHEDULED_SITES_AGENT          queued     site
34  WAITING_ROOT_SITE              queued     site
35  MAILPERMISSIONS_ERROR          failed     permissions
36  MAILPERMISSIONS_SCHEDULED      queued     permissions
37  MAILPERMISSIONS_WORKING        working    permissions
38  MAILPERMISSIONS_DONE           done       permissions
39  CALENDARPOSTPROCESS_ERROR      failed     calendar
40  CALENDARPOSTPROCESS_SCHEDULED  queued     calendar
41  CALENDARPOSTPROCESS_WORKING    working    calendar
42  CALENDARPOSTPROCESS_DONE       done       calendar
43  SHAREDMBXPREPROC_ERROR         failed     shared mailbox
44  SHAREDMBXPREPROC_SCHEDULED     queued     shared mailbox
45  SHAREDMBXPREPROC_WORKING       working    shared mailbox
46  SHAREDMBXPREPROC_DONE          done       shared mailbox
47  SCHEDULED_FILES_AGENT          queued     agent
48  MAILROOMEQUIPEMENT_ERROR       failed     room
49  MAILROOMEQUIPEMENT_SCHEDULED   queued     room
50  MAILROOMEQUIPEMENT_WORKING     working    room
51  MAILROOMEQUIPEMENT_DONE        done       room
52  GETEXCHANGEGUIDS_ERROR         failed     exchange guid
53  GETEXCHANGEGUIDS_SCHEDULED     queued     exchange guid
54  GETEXCHANGEGUIDS_WORKING       working    exchange guid
55  GETEXCHANGEGUIDS_DONE          done       exchange guid
"""
STATUSES = [tuple(line.split(maxsplit=3)) for line in APPENDIX.strip().splitlines()]
NAMES = {name for _unused, name, _unused, _unused in STATUSES}


def addresses(name: str) -> list[tuple[str, str]]:
    """The ways in which the table addresses a call, in their order and each once."""
    ways = (
        (route.method, route.path.replace("{migrationTag}", "{tag}"))
        for route in _contract.CALLS[name].routes
    )
    return list(dict.fromkeys(ways))


def test_the_table_has_the_26_calls_of_the_document_and_no_other() -> None:
    assert len(CALLS) == 26
    assert [(call.section, call.name) for call in _contract.CALLS.values()] == [
        (section, name) for section, name, _unused, _unused in CALLS
    ]
    assert all(name == call.name == str(call) for name, call in _contract.CALLS.items())


@pytest.mark.parametrize(("section", "name", "method", "path"), CALLS)
def test_a_call_is_addressed_as_it_is_printed_and_in_the_order_of_the_design(
    section: str, name: str, method: str, path: str
) -> None:
    assert addresses(name) == CONTRADICTED.get(name, [(method, path)])
    assert (method, path) in addresses(name)
    assert _contract.CALLS[name].section == section


def test_every_call_says_what_repeating_it_means() -> None:
    found: dict[str, set[str]] = {}
    for call in _contract.CALLS.values():
        found.setdefault(call.repeat.name, set()).add(call.name)
    assert found == {kind: set(names.split()) for kind, names in REPEATS.items()}


def test_only_reads_are_sent_by_get() -> None:
    by_get = {call.name for call in _contract.CALLS.values() if call.routes[0].method == "GET"}
    assert by_get == set(REPEATS["READ"].split())


def test_both_kinds_of_migration_have_a_path_of_their_own() -> None:
    assert dict(_contract.SURFACES) == {"mail": "mailusers", "archive": "archivemailusers"}


def test_the_settings_are_the_eleven_of_the_parameter_table_under_the_names_of_the_options() -> (
    None
):
    assert {**_contract.SWITCHES, **_contract.DATES} == {
        "migrate_mails": "ShouldMigrateMails",
        "migrate_trash": "ShouldMigrateTrash",
        "migrate_calendars": "ShouldMigrateCalendars",
        "migrate_contacts": "ShouldMigrateContacts",
        "migrate_tasks": "ShouldMigrateTasks",
        "migrate_notes": "ShouldMigrateNotes",
        "migrate_journals": "ShouldMigrateJournals",
        "convert_email_addresses": "ShouldConvertEmailAddresses",
        "convert_x500": "ShouldConvertX500",
        "from_date": "FromDate",
        "to_date": "ToDate",
    }
    assert set(_contract.DATES) == {"from_date", "to_date"}


def test_the_appendix_has_56_statuses_in_the_order_of_their_codes() -> None:
    assert len(STATUSES) == len(NAMES) == 56
    assert [(str(one.code), one.name) for one in _contract.STATUSES] == [
        (code, name) for code, name, _unused, _unused in STATUSES
    ]


@pytest.mark.parametrize(("code", "name", "phase", "family"), STATUSES)
def test_a_status_reads_the_same_by_name_and_by_code(
    code: str, name: str, phase: str, family: str
) -> None:
    expected = Status(int(code), name, Family(family), Phase(phase))
    for text in (name, code, f" {name} ", f"\t{code}\n"):
        assert status_of(text) == expected
    assert str(status_of(code)) == name
    assert status_of(code).active is (phase in ("queued", "working", "throttled"))


def test_every_family_and_every_phase_of_the_design_is_used_and_no_other() -> None:
    assert {one.value for one in Family} == {
        family for _unused, _unused, _unused, family in STATUSES
    }
    assert {one.value for one in Phase} == {phase for _unused, _unused, phase, _unused in STATUSES}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "56",
        "-1",
        "007",
        "4.0",
        "SUCCESSFUL",
        "SUCCESS!",
        "DONE",
        "True",
        "None",
        "PARTIAL SUCCESS",
        "\u017fuccess",  # its capital is an S, and it is no s
        "\u0664",  # a digit four, and no code
    ],
)
def test_a_status_that_the_appendix_does_not_know_is_neither_active_nor_done(text: str) -> None:
    status = status_of(text)
    assert status.name == text
    assert status.phase is Phase.UNKNOWN
    assert not status.active


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    st.one_of(
        st.text(),
        st.integers().map(str),
        st.builds(str.__add__, st.sampled_from(sorted(NAMES)), st.text(min_size=1)),
    )
)
def test_no_text_but_those_of_the_appendix_is_a_known_status(text: str) -> None:
    status = status_of(text)
    bare = text.strip()
    known = (bare.isascii() and bare.upper() in NAMES) or bare in {str(code) for code in range(56)}
    if not known:
        assert status.phase is Phase.UNKNOWN
        assert status.name == bare
    else:
        assert status.name in NAMES
