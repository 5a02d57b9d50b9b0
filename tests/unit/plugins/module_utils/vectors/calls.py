# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample requests of the "Cloudiway MAIL REST API" document, as they are printed, by section.

The first table has them as they are printed, the others what they stand for.
Each runs from the URL to the end of the query or the last brace of the body, with the blanks at
the ends of the lines, the empty lines and every slip. What is not ASCII is written as an escape.
"""

from __future__ import annotations

import typing as t

Json = dict[str, t.Any]

REQUESTS: t.Final[dict[str, str]] = {
    "2.1": (
        "https://apps.cloudiway.com/api/mailusers/getall?consumerKey=myConsumerKey \n\n"
        "&consumerSecret=myConsumerSecret"
    ),
    "2.2": (
        "https://apps.cloudiway.com/api/mailusers/migrationtag?consumerKey=myConsumerKey \n\n"
        "&consumerSecret=myConsumerSecret&sourceEmail=mySource@mydomain.com \n\n"
        "&targetEmail=myTarget@myDomain.com"
    ),
    "2.3": "https://apps.cloudiway.com/api/ mailusers /c0d9b808-965e-4d80-9230/get",
    "2.4": (
        "https://apps.cloudiway.com/api/mailusers/start  \n\n"
        "Body \n\n"
        "{ \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret", \n\n'
        ' "migrationTag":"94102641-xxx-xxxx-xxx-xxxxxxxx" \n\n'
        "}"
    ),
    "2.5": (
        "https://apps.cloudiway.com/api/mailusers/stop  \n\n"
        "Body \n\n"
        "{ \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret", \n\n'
        ' "migrationTag":"94102641-xxx-xxxx-xxx-xxxxxxxx" \n\n'
        "}"
    ),
    "2.6": (
        "https://apps.cloudiway.com/api/mailusers/audit \n\n"
        "Body \n\n"
        "{ \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret", \n\n'
        ' "migrationTag":"94102641-xxx-xxxx-xxx-xxxxxxxx" \n\n'
        "}"
    ),
    "2.7": (
        "https://apps.cloudiway.com/api/mailusers/c0d9b808-965e-4d80-9230-\n\n"
        "xxxxxxxxxxxxxxxx/status?consumerKey=myConsumerKey \n\n"
        "&consumerSecret=myConsumerSecret"
    ),
    "2.8": (
        "https://apps.cloudiway.com/api/mailusers/c0d9b808-965e-4d80-9230-\n\n"
        "xxxxxxxxxxxxxxxx/getmailhistory?consumerKey=myConsumerKey \n\n"
        "&consumerSecret=myConsumerSecret"
    ),
    "2.9": (
        "https://apps.cloudiway.com/api/mailusers/license \n\n"
        "Body \n\n"
        "{ \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret", \n\n'
        ' "migrationTag":"94102641-xxx-xxxx-xxx-xxxxxxxx" \n\n'
        "}"
    ),
    "2.10": (
        "https://apps.cloudiway.com/api/mailusers/create \n\n"
        "Body \n\n"
        "{ \n\n"
        ' "auth": \n\n'
        " { \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret" \n\n'
        " }, \n\n"
        ' "firstName":"John", \n\n'
        ' "lastName":"Doe", \n\n'
        ' "sourceEmail":"source@source.com", \n\n'
        ' "targetEmail":"target@target.com", \n\n'
        ' "sourceConnectorName":"Google", \n\n'
        ' "targetConnectorName":"Office \u00bb \n\n'
        "}"
    ),
    "2.11": (
        "https://apps.cloudiway.com/api/mailusers/delete \n\n"
        "Body \n\n"
        "{ \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret", \n\n'
        ' "migrationTag":"94102641-xxx-xxxx-xxx-xxxxxxxx" \n\n'
        "}"
    ),
    "2.12": (
        "https://apps.cloudiway.com/api/mailusers/update \n\n"
        "Body \n\n"
        "{ \n\n"
        ' "auth": \n\n'
        " { \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret", \n\n'
        ' "migrationTag":"94102641-xxxx-xxx-xxx-xxxxxxx" \n\n'
        " }, \n\n"
        ' "firstName":"John", \n\n'
        ' "lastName":"Doe", \n\n'
        ' "sourceEmail":"source@source.com", \n\n'
        ' "targetEmail":"target@target.com", \n\n'
        ' "sourceConnectorName":"Google", \n\n'
        ' "targetConnectorName":"Office" \n\n'
        "}"
    ),
    "2.13": (
        "https://apps.cloudiway.com/api/mailusers/batch?consumerKey=myConsumerKey&consumer\n\n"
        "Secret=myConsumerSecret"
    ),
    "2.14": (
        "https://apps.cloudiway.com/api/mailusers/addtobatch \n\n"
        "Body \n\n"
        "{ \n\n"
        ' "auth": \n\n'
        " { \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret", \n\n'
        ' "migrationTag":"xxx-xxxx-xxxxxx-xxxxx-xxx-xxx" \n\n'
        " }, \n\n"
        ' "batchName":"BatchName", \n\n'
        "}"
    ),
    "2.15": (
        "https://apps.cloudiway.com/api/mailusers/removefrombatch \n\n"
        "{ \n\n"
        ' "consumerKey":"myConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret", \n\n'
        ' "migrationTag":"94102641-xxx-xxxx-xxx-xxxxxxxx" \n\n'
        "https://apps.cloudiway.com/api/mailusers/removefrombatch\n"
        " }"
    ),
    "2.16": (
        "https://apps.cloudiway.com/api/mailusers/ startbatch \n\n"
        "Body \n\n"
        "{ \n"
        '  \u201cauth": \n\n'
        " { \n\n"
        ' "consumerKey":"MyConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret" \n\n'
        " }, \n\n"
        ' "batchName":"MailBatch" \n\n'
        "}"
    ),
    "2.17": (
        "https://apps.cloudiway.com/api/mailusers/stopbatch \n\n"
        "Body \n\n"
        "{ \n\n"
        ' \u201cauth": \n\n'
        " { \n\n"
        ' "consumerKey":"MyConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret" \n\n'
        " }, \n\n"
        ' "batchName":" myBatchName " \n\n'
        "}"
    ),
    "2.18": (
        "https://apps.cloudiway.com/api/mailusers/ createbatch \n\n"
        "Body \n\n"
        "{ \n\n"
        ' \u201cauth": \n\n'
        " { \n\n"
        ' "consumerKey":"MyConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret" \n\n'
        " }, \n\n"
        ' "batchName":" myBatchName " \n\n'
        "}"
    ),
    "2.19": (
        "https://apps.cloudiway.com/api/mailusers/deletebatch \n\n"
        "Body \n\n"
        "{ \n\n"
        ' \u201cauth": \n\n'
        " { \n\n"
        ' "consumerKey":"MyConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret" \n\n'
        " }, \n\n"
        ' "batchName":" myBatchName " \n\n'
        "}"
    ),
    "2.20": (
        "https://apps.cloudiway.com/api/mailusers/batchaudit \n\n"
        "Body \n\n"
        "{ \n\n"
        ' \u201cauth": \n\n'
        " { \n\n"
        ' "consumerKey":"MyConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret" \n\n'
        " }, \n\n"
        ' "batchName":" myBatchName " \n\n'
        "}"
    ),
    "2.21": (
        "https://apps.cloudiway.com/api/mailusers/getusersinbatch?consumerKey=myConsumerKey\n\n"
        "&consumerSecret=myConsumerSecret&batchName=myBatchName"
    ),
    "2.22": (
        "https://apps.cloudiway.com/api/mailusers/getallsourceconnectors?consumerKey=myConsu\n\n"
        "merKey&consumerSecret=myConsumerSecret"
    ),
    "2.23": (
        "https://apps.cloudiway.com/api/mailusers/getalltargetconnectors?consumerKey=myConsum\n\n"
        "erKey&consumerSecret=myConsumerSecret"
    ),
    "2.24": (
        "https://apps.cloudiway.com/api/mailusers/startpermissionmigrationbybatch \n\n"
        "Body \n\n"
        "{ \n\n"
        ' \u201cauth": \n\n'
        " { \n\n"
        ' "consumerKey":"MyConsumerKey", \n\n'
        ' "consumerSecret":"myConsumerSecret" \n\n'
        " }, \n\n"
        ' "batchName":" myBatchName " \n\n'
        "}"
    ),
    "2.25": (
        "https://apps.cloudiway.com/api/mailusers/startpermissionmigrationbybatch \n\n"
        "Body \n\n"
        " { \n\n"
        '  "FromDate":"01/05/2015", \n\n'
        '  "ToDate":"01/05/2017", \n\n'
        '  "ShouldMigrateMails":true, \n\n'
        '  "ShouldMigrateTrash":false, \n\n'
        '  "ShouldMigrateCalendars":false, \n\n'
        '  "ShouldMigrateContacts":false, \n\n'
        '  "ShouldMigrateTasks":false, \n\n'
        '  "ShouldMigrateNotes":true, \n\n'
        '  "ShouldConvertEmailAddresses":false, \n\n'
        '  "ShouldConvertX500":false, \n\n'
        '  "batch":  \n\n'
        "  { \n\n"
        '      "auth": \n\n'
        "   { \n\n"
        '   "consumerKey":"XXXXXXXXX", \n\n'
        '   "consumerSecret":"XXXXXXXXXX" \n\n'
        "   }, \n\n"
        '   "batchName":"MyBatchName" \n\n'
        "  } \n\n"
        " }"
    ),
    "2.26": (
        "https://apps.cloudiway.com/api/mailusers/getmailglobalsettingsbybatch?consumerKey=myC\n\n"
        "onsumerKey&consumerSecret=myConsumerSecret&batchName=myBatchName"
    ),
}

MY = {"consumerKey": "myConsumerKey", "consumerSecret": "myConsumerSecret"}
CAPITAL = {"consumerKey": "MyConsumerKey", "consumerSecret": "myConsumerSecret"}
CROSSED = {"consumerKey": "XXXXXXXXX", "consumerSecret": "XXXXXXXXXX"}
LONG_TAG = {"migrationTag": "c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx"}
USER_TAG = {"migrationTag": "94102641-xxx-xxxx-xxx-xxxxxxxx"}
BLANKS = {"batchName": " myBatchName "}
JOHN = {
    "firstName": "John",
    "lastName": "Doe",
    "sourceEmail": "source@source.com",
    "targetEmail": "target@target.com",
    "sourceConnectorName": "Google",
    "targetConnectorName": "Office",
}
SAMPLE_SETTINGS = {
    "batchName": "MyBatchName",
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
JOURNALS = {"ShouldMigrateJournals": False}

# section -> the route that the sample takes, the credentials and the arguments that it shows
SAMPLES: dict[str, tuple[int, Json, Json]] = {
    "2.1": (0, MY, {}),
    "2.2": (
        0,
        MY,
        {"sourceEmail": "mySource@mydomain.com", "targetEmail": "myTarget@myDomain.com"},
    ),
    "2.3": (1, MY, {"migrationTag": "c0d9b808-965e-4d80-9230"}),
    "2.4": (0, MY, USER_TAG),
    "2.5": (0, MY, USER_TAG),
    "2.6": (0, MY, USER_TAG),
    "2.7": (0, MY, LONG_TAG),
    "2.8": (0, MY, LONG_TAG),
    "2.9": (0, MY, USER_TAG),
    "2.10": (0, MY, JOHN),
    "2.11": (0, MY, USER_TAG),
    "2.12": (0, MY, {"migrationTag": "94102641-xxxx-xxx-xxx-xxxxxxx", **JOHN}),
    "2.13": (0, MY, {}),
    "2.14": (0, MY, {"migrationTag": "xxx-xxxx-xxxxxx-xxxxx-xxx-xxx", "batchName": "BatchName"}),
    "2.15": (0, MY, USER_TAG),
    "2.16": (0, CAPITAL, {"batchName": "MailBatch"}),
    "2.17": (0, CAPITAL, BLANKS),
    "2.18": (0, CAPITAL, BLANKS),
    "2.19": (0, CAPITAL, BLANKS),
    "2.20": (0, CAPITAL, BLANKS),
    "2.21": (0, MY, {"batchName": "myBatchName"}),
    "2.22": (0, MY, {}),
    "2.23": (0, MY, {}),
    "2.24": (0, CAPITAL, BLANKS),
    "2.25": (0, CROSSED, {**SAMPLE_SETTINGS, **JOURNALS}),
    "2.26": (0, MY, {"batchName": "myBatchName"}),
}

CURLY = ("\u201cauth", '"auth')
# section -> the slips of the printed body, and what they stand for
BODY_SLIPS: dict[str, tuple[str, str]] = {
    "2.10": ("Office \u00bb", 'Office"'),
    "2.14": ('"BatchName",', '"BatchName"'),
    "2.15": ("https://apps.cloudiway.com/api/mailusers/removefrombatch", ""),
    "2.16": CURLY,
    "2.17": CURLY,
    "2.18": CURLY,
    "2.19": CURLY,
    "2.20": CURLY,
    "2.24": CURLY,
}
# 2.25 prints the address of 2.24; its head has the right one.
URL_SLIPS = {"2.25": ("startpermissionmigrationbybatch", "setmailglobalsettingsbybatch")}
BASE = "https://apps.cloudiway.com/api/mailusers/"
