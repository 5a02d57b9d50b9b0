# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample answers of the "Cloudiway MAIL REST API" document, as they are printed, by section.

The first table has them as they are printed, the others what they carry.
Each runs from its first brace to the last bracket that is printed, with the blanks at the ends of
the lines, the empty lines and every slip. What is not ASCII is written as an escape. Left out are
the links that a page break prints below an answer (2.10, 2.12).
"""

from __future__ import annotations

import typing as t

#: What a failure looks like (the head of section 2).
FAILURE: t.Final = '{"hasError":True": ErrorString}'

ANSWERS: t.Final[dict[str, str]] = {
    "2.1": (
        "{ \n"
        '  "hasError":false, \n'
        '  "response": \n'
        "[{ \n"
        '  "firstname":"myFirstName", \n'
        '  "lastName":"myLasteName", \n'
        '  "sourceEmail":"muSourceEmail", \n'
        "  \u2026 \n"
        "}, \n"
        "{ \n"
        "  \u2026 \n"
        "}, \n"
        "\u2026 \n"
        "]}"
    ),
    "2.2": '{"hasError":false,"response":" c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx"}',
    "2.3": (
        "{ \n\n"
        '    "hasError":false, \n\n'
        '    "response": \n\n'
        "        { \n\n"
        '        "firstName":"John", \n\n'
        '        "lastName":"Doe", \n\n'
        '        "sourceEmail":"mySource@mydomain.com", \n\n'
        '        "targetEmail":"myTarget@myDomain.com", \n\n'
        '        "migrationTag":" c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx " \n'
        "    } \n\n"
        "}"
    ),
    "2.4": '{"hasError":false, "response": User scheduled}',
    "2.5": '{"hasError":false, "response": User stopped}',
    "2.6": '{"hasError":false, "response": Audit scheduled}',
    "2.7": '{"hasError":false,"response":"WORKING"}',
    "2.8": (
        "{ \n"
        '   "hasError": false, \n\n'
        '  "response": [ \n\n'
        "    { \n\n"
        '      "startDateTime": "23/10/2018 14:45:00", \n\n'
        '      "endDateTime": "23/10/2018 14:45:46", \n\n'
        '      "msgTotal": 2, \n\n'
        '      "msgRead": 2, \n\n'
        '      "msgSuccess": 2, \n\n'
        '      "msgIgnored": 0, \n\n'
        '      "msgFailure": 0, \n\n'
        '      "calTotal": 0, \n\n'
        '      "calRead": 0, \n\n'
        '      "calSuccess": 0, \n\n'
        '      "calIgnored": 0, \n\n'
        '      "calFailure": 0, \n\n'
        '      "conTotal": 0, \n\n'
        '      "conRead": 0, \n\n'
        '      "conSuccess": 0, \n\n'
        '      "conIgnored": 0, \n\n'
        '      "conFailure": 0, \n\n'
        '      "msgAlreadyMigrated": 0 \n\n'
        "    }, \n\n"
        "    { \n\n"
        '      "startDateTime": "23/10/2018 14:50:35", \n\n'
        '      "endDateTime": "23/10/2018 14:50:48", \n\n'
        '      "msgTotal": 3, \n\n'
        '      "msgRead": 0, \n\n'
        '      "msgSuccess": 0, \n'
        '       "msgIgnored": 0, \n\n'
        '      "msgFailure": 0, \n\n'
        '      "calTotal": 0, \n\n'
        '      "calRead": 0, \n\n'
        '      "calSuccess": 0, \n\n'
        '      "calIgnored": 0, \n\n'
        '      "calFailure": 0, \n\n'
        '      "conTotal": 0, \n\n'
        '      "conRead": 0, \n\n'
        '      "conSuccess": 0, \n\n'
        '      "conIgnored": 0, \n\n'
        '      "conFailure": 0, \n\n'
        '      "msgAlreadyMigrated": 2 \n\n'
        "    } ]"
    ),
    "2.9": '{"hasError":false, "response": License assigned}',
    "2.10": ('{  \n\n    "hasError": false, \n\n    "response": User created \n\n}'),
    "2.11": '{"hasError":false, "response": User deleted}',
    "2.12": ('{  \n\n    "hasError": false, "response": User updated \n\n}'),
    "2.13": (
        '{"hasError":false,  \n\n'
        ' "response":  \n\n'
        "  {\u201cMailBatch1\u201d, \n\n"
        "   \u201cMailBatch2\u201d, \n\n"
        "   \u201cMailBatch3\u201d} \n\n"
        "}"
    ),
    "2.14": '{"hasError":false, "response": User added to batch myBatchName}',
    "2.15": '{"hasError":false, User removed from batch}',
    "2.16": '{"hasError":false, "response": Batch myBatchName started}',
    "2.17": '{"hasError":false, "response": Batch myBatchName stopped}',
    "2.18": (
        '{  \n\n    "hasError": false,  \n\n    "response": Batch myBatchName created \n\n   }'
    ),
    "2.19": '{"hasError":false, "response": Batch myBatchName deleted}',
    "2.20": ('{"hasError":false, "response": Audit scheduled for users in Batch \n\nmyBatchName}'),
    "2.21": (
        '{"hasError":false, "response":  \n\n'
        "    { xxxxx-xxxxx-xxxxxx-xxxxxx, \n\n"
        "      xxxxx-xxxxx-xxxxxx-xxxxxx, \n\n"
        "      xxxxx-xxxxx-xxxxxx-xxxxxx, \n\n"
        "    } \n\n"
        "}"
    ),
    "2.22": (
        "{ \n\n"
        '    "hasError":false, \n\n'
        '    "response": \n\n'
        "     [ \n\n"
        '        {"name":"connectorName, "type":"connectorType"}, \n\n'
        '        {"name":"connectorName","type":"connectorType"}, \n\n'
        '        {"name":"connectorName","type":"connectorType"}, \n\n'
        '        {"name":"connectorName","type":"connectorType"}, \n'
        '         {"name":"Office 365","type":"connectorType" \n\n'
        "    ] \n\n"
        "}"
    ),
    "2.23": (
        "{ \n"
        '     "hasError":false, \n\n'
        '    "response": \n\n'
        "     [ \n\n"
        '        {"name":"connectorName,"type":"connectorType"}, \n\n'
        '        {"name":"connectorName","type":"connectorType"}, \n\n'
        '        {"name":"connectorName","type":"connectorType"}, \n\n'
        '        {"name":"connectorName","type":"connectorType"}, \n\n'
        '        {"name":"Office 365","type":"connectorType" \n\n'
        "    ] \n\n"
        "}"
    ),
    "2.24": (
        "{  \n\n"
        '    "hasError": false,  \n\n'
        '    "response": Permissions migration of users in Batch \u2018MyBatchName\u2019 \n'
        "scheduled. \n\n"
        "   }"
    ),
    "2.25": (
        "{ \n\n"
        '    "hasError": false, \n\n'
        '    "response": "Global settings set to the users of Batch: \n\n'
        "MyBatchName as follows {From Date :1/5/2015 12:00:00 AM, To Date \n\n"
        ":1/5/2017 12:00:00 AM, Migrate Emails : True, Migrate Trash : False, \n\n"
        "Migrate Calendars : False, Migrate Contacts : False, Migrate Notes : \n\n"
        "True, Migrate Tasks : False, Convert Email Addresses : False, Convert \n\n"
        'X500 Addresses : False}" \n\n'
        "}"
    ),
    "2.26": (
        "{ \n\n"
        '  "hasError": false, \n\n'
        '  "response": { \n\n'
        '    "shouldMigrateMails": true, \n\n'
        '    "shouldMigrateTrash": false, \n\n'
        '    "shouldMigrateCalendars": false, \n\n'
        '    "shouldMigrateContacts": false, \n'
        '     "shouldMigrateNotes": true, \n\n'
        '    "shouldMigrateTasks": false, \n\n'
        '    "shouldMigrateJournals": false, \n\n'
        '    "shouldConvertEmailAddresses": false, \n\n'
        '    "shouldConvertX500": false, \n\n'
        '    "fromDate": "2015-01-05T00:00:00", \n\n'
        '    "toDate": "2017-01-05T00:00:00" \n\n'
        "  } \n\n"
        "}"
    ),
}

JOHN_DOE = {
    "firstname": "John",
    "lastname": "Doe",
    "sourceemail": "mySource@mydomain.com",
    "targetemail": "myTarget@myDomain.com",
    "migrationtag": " c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx ",
}
READ_SETTINGS = {
    "shouldmigratemails": True,
    "shouldmigratetrash": False,
    "shouldmigratecalendars": False,
    "shouldmigratecontacts": False,
    "shouldmigratenotes": True,
    "shouldmigratetasks": False,
    "shouldmigratejournals": False,
    "shouldconvertemailaddresses": False,
    "shouldconvertx500": False,
    "fromdate": "2015-01-05T00:00:00",
    "todate": "2017-01-05T00:00:00",
}
# The answers that are read as they are printed, and what they carry. None: that it was done.
READ: dict[str, t.Any] = {
    "2.2": "c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx",
    "2.3": JOHN_DOE,
    "2.4": None,
    "2.5": None,
    "2.6": None,
    "2.7": "WORKING",
    "2.9": None,
    "2.10": None,
    "2.11": None,
    "2.12": None,
    "2.13": ["MailBatch1", "MailBatch2", "MailBatch3"],
    "2.14": None,
    "2.15": None,
    "2.16": None,
    "2.17": None,
    "2.18": None,
    "2.19": None,
    "2.20": None,
    "2.21": ["xxxxx-xxxxx-xxxxxx-xxxxxx"] * 3,
    "2.24": None,
    "2.25": None,
    "2.26": READ_SETTINGS,
}
# The answers that are broken in print: why, and how they are mended to show what they carry.
BROKEN: dict[str, tuple[str, list[tuple[str, str]], t.Any]] = {
    "2.1": (
        "it leaves out fields and users",
        [(", \n  \u2026 \n}", "}"), (", \n{ \n  \u2026 \n}, \n\u2026 \n]", "]")],
        [{"firstname": "myFirstName", "lastname": "myLasteName", "sourceemail": "muSourceEmail"}],
    ),
    "2.8": (
        "its last brace is missing",
        [("    } ]", "    } ]}")],
        [
            {
                **dict.fromkeys(
                    [
                        f"{kind}{counter}"
                        for kind in ("msg", "cal", "con")
                        for counter in ("total", "read", "success", "ignored", "failure")
                    ],
                    0,
                ),
                **shown,
            }
            for shown in (
                {
                    "startdatetime": "23/10/2018 14:45:00",
                    "enddatetime": "23/10/2018 14:45:46",
                    "msgtotal": 2,
                    "msgread": 2,
                    "msgsuccess": 2,
                    "msgalreadymigrated": 0,
                },
                {
                    "startdatetime": "23/10/2018 14:50:35",
                    "enddatetime": "23/10/2018 14:50:48",
                    "msgtotal": 3,
                    "msgalreadymigrated": 2,
                },
            )
        ],
    ),
    **{
        section: (
            "quotes and a brace are missing",
            [
                ('connectorName, "', 'connectorName", "'),
                ('Name,"', 'Name","'),
                ('" \n\n', '"}\n\n'),
            ],
            [{"name": "connectorName", "type": "connectorType"}] * 4
            + [{"name": "Office 365", "type": "connectorType"}],
        )
        for section in ("2.22", "2.23")
    },
}
