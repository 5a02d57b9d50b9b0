# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way of every call, what is asked for, and what must be sent for it.

Written out from the examples of the "Cloudiway MAIL REST API" document and from the table in the
design that says where the credentials go; nothing here is derived from the collection's own table.
"""

from __future__ import annotations

import typing as t

KEYS = {"consumerKey": "the key", "consumerSecret": "the secret"}
TAG = {"migrationTag": "tag-1"}
BATCH = {"batchName": "wave 1"}
ADDRESSES = {"sourceEmail": "a@old.example", "targetEmail": "a@new.example"}
PERSON = {
    "firstName": "Ada",
    "lastName": "Byron",
    "sourceConnectorName": "Google",
    "targetConnectorName": "Office",
    **ADDRESSES,
}
CONTENT = {
    "FromDate": "01/05/2015",
    "ToDate": "01/05/2017",
    "ShouldMigrateMails": True,
    "ShouldMigrateTrash": False,
    "ShouldMigrateCalendars": True,
    "ShouldMigrateContacts": False,
    "ShouldMigrateTasks": True,
    "ShouldMigrateNotes": False,
    "ShouldMigrateJournals": True,
    "ShouldConvertEmailAddresses": False,
    "ShouldConvertX500": True,
}
AUTH = {"auth": KEYS}
AUTH_TAG = {"auth": {**KEYS, **TAG}}
WRITE = {**CONTENT, "batch": {"auth": KEYS, **BATCH}}

Json = dict[str, t.Any]
# call, number of the route, what is asked for; and what is sent: method, path, query, body
SENT: list[tuple[str, int, Json, str, str, Json | None, Json | None]] = [
    ("getall", 0, {}, "GET", "getall", KEYS, None),
    ("migrationtag", 0, ADDRESSES, "GET", "migrationtag", {**KEYS, **ADDRESSES}, None),
    ("get", 0, TAG, "GET", "tag-1/get", KEYS, None),
    ("get", 1, TAG, "POST", "tag-1/get", None, KEYS),
    ("get", 2, TAG, "POST", "tag-1/get", KEYS, None),
    ("start", 0, TAG, "POST", "start", None, {**KEYS, **TAG}),
    ("stop", 0, TAG, "POST", "stop", None, {**KEYS, **TAG}),
    ("audit", 0, TAG, "POST", "audit", None, {**KEYS, **TAG}),
    ("status", 0, TAG, "GET", "tag-1/status", KEYS, None),
    ("getmailhistory", 0, TAG, "GET", "tag-1/getmailhistory", KEYS, None),
    ("license", 0, TAG, "POST", "license", None, {**KEYS, **TAG}),
    ("license", 1, TAG, "POST", "tag-1/license", None, {**KEYS, **TAG}),
    ("create", 0, PERSON, "POST", "create", None, {**AUTH, **PERSON}),
    ("delete", 0, TAG, "POST", "delete", None, {**KEYS, **TAG}),
    ("update", 0, {**TAG, **PERSON}, "POST", "update", None, {**AUTH_TAG, **PERSON}),
    ("batch", 0, {}, "GET", "batch", KEYS, None),
    ("addtobatch", 0, {**TAG, **BATCH}, "POST", "addtobatch", None, {**AUTH_TAG, **BATCH}),
    ("removefrombatch", 0, TAG, "POST", "removefrombatch", None, {**KEYS, **TAG}),
    ("startbatch", 0, BATCH, "POST", "startbatch", None, {**AUTH, **BATCH}),
    ("stopbatch", 0, BATCH, "POST", "stopbatch", None, {**AUTH, **BATCH}),
    ("createbatch", 0, BATCH, "POST", "createbatch", None, {**AUTH, **BATCH}),
    ("deletebatch", 0, BATCH, "POST", "deletebatch", None, {**AUTH, **BATCH}),
    ("batchaudit", 0, BATCH, "POST", "batchaudit", None, {**AUTH, **BATCH}),
    ("getusersinbatch", 0, BATCH, "GET", "getusersinbatch", {**KEYS, **BATCH}, None),
    ("getallsourceconnectors", 0, {}, "GET", "getallsourceconnectors", KEYS, None),
    ("getalltargetconnectors", 0, {}, "GET", "getalltargetconnectors", KEYS, None),
    (
        "startpermissionmigrationbybatch",
        0,
        BATCH,
        "POST",
        "startpermissionmigrationbybatch",
        None,
        {**AUTH, **BATCH},
    ),
    (
        "setmailglobalsettingsbybatch",
        0,
        {**BATCH, **CONTENT},
        "POST",
        "setmailglobalsettingsbybatch",
        None,
        WRITE,
    ),
    (
        "setmailglobalsettingsbybatch",
        1,
        {**BATCH, **CONTENT},
        "POST",
        "setglobalsettingsbybatch",
        None,
        WRITE,
    ),
    (
        "getmailglobalsettingsbybatch",
        0,
        BATCH,
        "GET",
        "getmailglobalsettingsbybatch",
        {**KEYS, **BATCH},
        None,
    ),
    (
        "getmailglobalsettingsbybatch",
        1,
        BATCH,
        "GET",
        "getglobalsettingsbybatch",
        {**KEYS, **BATCH},
        None,
    ),
]
