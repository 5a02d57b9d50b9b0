# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API as data: its calls, its statuses and its settings. Nothing else knows a path or a shape.

Section numbers are those of the "Cloudiway MAIL REST API" document.
"""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass

#: migration_type -> the first component of every path (section 1).
SURFACES: t.Final = {"mail": "mailusers", "archive": "archivemailusers"}


class Auth(enum.Enum):
    """Where a request carries the credentials, from the document's examples."""

    QUERY = "query string"
    TOP = "top level of the body"
    AUTH = "under auth"
    AUTH_TAG = "under auth, with migrationTag inside auth"
    BATCH_AUTH = "under batch.auth, with batchName under batch"


class Repeat(enum.Enum):
    """What repeating a call means, hence what to do when its answer is lost."""

    READ = "repeat it"
    SET = "read the state, repeat if still needed"
    MAKE = "look it up, repeat only if it is not there"
    START = "read the status, repeat only if nothing is active or newly finished"
    LICENSE = "repeat it: a user has a licence or has none"


class Value(enum.Enum):
    """What the answer of a call carries under ``response``."""

    NOTHING = "a text, or nothing"
    USERS = "a list of users"
    USER = "one user"
    TAG = "a migration tag"
    TAGS = "a list of migration tags"
    NAMES = "a list of batch names"
    STATUS = "a status"
    HISTORY = "a list of passes"
    CONNECTORS = "a list of connectors"
    SETTINGS = "the settings of a batch"


@dataclass(frozen=True)
class Route:
    """One way to address a call. ``auth`` is set where it differs from the call's."""

    method: str
    path: str
    auth: Auth | None = None


@dataclass(frozen=True)
class Call:
    """One row of the table: a call of the document."""

    name: str
    section: str
    routes: tuple[Route, ...]
    auth: Auth
    #: The call's own fields, as they are written in the request; without the credentials.
    fields: tuple[str, ...]
    repeat: Repeat
    value: Value

    def __str__(self) -> str:
        return self.name


TAG = "migrationTag"
BATCH = "batchName"
#: Texts that would make another path of that of a user.
NO_TAGS: t.Final = ("", ".", "..")
PERSON: t.Final = (
    "firstName",
    "lastName",
    "sourceEmail",
    "targetEmail",
    "sourceConnectorName",
    "targetConnectorName",
)

#: The settings of a batch (2.25, 2.26): option of the module -> field of the write.
#: The parameter table prints ShouldMigratedMails, the sample ShouldMigrateMails.
SWITCHES: t.Final = {
    "migrate_mails": "ShouldMigrateMails",
    "migrate_trash": "ShouldMigrateTrash",
    "migrate_calendars": "ShouldMigrateCalendars",
    "migrate_contacts": "ShouldMigrateContacts",
    "migrate_tasks": "ShouldMigrateTasks",
    "migrate_notes": "ShouldMigrateNotes",
    "migrate_journals": "ShouldMigrateJournals",
    "convert_email_addresses": "ShouldConvertEmailAddresses",
    "convert_x500": "ShouldConvertX500",
}
DATES: t.Final = {"from_date": "FromDate", "to_date": "ToDate"}
#: The service writes year 1 where no date is set, and no mail is older than this.
FIRST_YEAR: t.Final = 1900
#: Another spelling under which a field may be read.
READ_AS: t.Final = {"ShouldMigratedMails": "ShouldMigrateMails"}


def _get(path: str) -> Route:
    return Route("GET", path)


def _post(path: str, auth: Auth | None = None) -> Route:
    return Route("POST", path, auth)


def _row(
    name: str,
    section: str,
    routes: Route | tuple[Route, ...],
    auth: Auth,
    fields: tuple[str, ...],
    repeat: Repeat,
    value: Value = Value.NOTHING,
) -> Call:
    if isinstance(routes, Route):
        routes = (routes,)
    return Call(name, section, routes, auth, fields, repeat, value)


READ, SET, MAKE, START = Repeat.READ, Repeat.SET, Repeat.MAKE, Repeat.START
QUERY, TOP, AUTH, AUTH_TAG = Auth.QUERY, Auth.TOP, Auth.AUTH, Auth.AUTH_TAG

GETALL = _row("getall", "2.1", _get("getall"), QUERY, (), READ, Value.USERS)
MIGRATIONTAG = _row(
    "migrationtag",
    "2.2",
    _get("migrationtag"),
    QUERY,
    ("sourceEmail", "targetEmail"),
    READ,
    Value.TAG,
)
# The summary says GET, section 2.3 says POST and shows no credentials: as in every other POST
# they are tried in the body first.
GET = _row(
    "get",
    "2.3",
    (_get("{migrationTag}/get"), _post("{migrationTag}/get", TOP), _post("{migrationTag}/get")),
    QUERY,
    (TAG,),
    READ,
    Value.USER,
)
START_USER = _row("start", "2.4", _post("start"), TOP, (TAG,), START)
STOP_USER = _row("stop", "2.5", _post("stop"), TOP, (TAG,), SET)
AUDIT_USER = _row("audit", "2.6", _post("audit"), TOP, (TAG,), START)
STATUS = _row("status", "2.7", _get("{migrationTag}/status"), QUERY, (TAG,), READ, Value.STATUS)
HISTORY = _row(
    "getmailhistory",
    "2.8",
    _get("{migrationTag}/getmailhistory"),
    QUERY,
    (TAG,),
    READ,
    Value.HISTORY,
)
# Section 2.9 heads with /{migrationtag}/license, its example and the summary use /license.
LICENSE = _row(
    "license",
    "2.9",
    (_post("license"), _post("{migrationTag}/license")),
    TOP,
    (TAG,),
    Repeat.LICENSE,
)
CREATE = _row("create", "2.10", _post("create"), AUTH, PERSON, MAKE)
DELETE = _row("delete", "2.11", _post("delete"), TOP, (TAG,), SET)
UPDATE = _row("update", "2.12", _post("update"), AUTH_TAG, (TAG, *PERSON), SET)
BATCHES = _row("batch", "2.13", _get("batch"), QUERY, (), READ, Value.NAMES)
ADD_TO_BATCH = _row("addtobatch", "2.14", _post("addtobatch"), AUTH_TAG, (TAG, BATCH), SET)
REMOVE_FROM_BATCH = _row("removefrombatch", "2.15", _post("removefrombatch"), TOP, (TAG,), SET)
START_BATCH = _row("startbatch", "2.16", _post("startbatch"), AUTH, (BATCH,), START)
STOP_BATCH = _row("stopbatch", "2.17", _post("stopbatch"), AUTH, (BATCH,), SET)
CREATE_BATCH = _row("createbatch", "2.18", _post("createbatch"), AUTH, (BATCH,), MAKE)
DELETE_BATCH = _row("deletebatch", "2.19", _post("deletebatch"), AUTH, (BATCH,), SET)
AUDIT_BATCH = _row("batchaudit", "2.20", _post("batchaudit"), AUTH, (BATCH,), START)
MEMBERS = _row(
    "getusersinbatch", "2.21", _get("getusersinbatch"), QUERY, (BATCH,), READ, Value.TAGS
)
SOURCE_CONNECTORS = _row(
    "getallsourceconnectors",
    "2.22",
    _get("getallsourceconnectors"),
    QUERY,
    (),
    READ,
    Value.CONNECTORS,
)
TARGET_CONNECTORS = _row(
    "getalltargetconnectors",
    "2.23",
    _get("getalltargetconnectors"),
    QUERY,
    (),
    READ,
    Value.CONNECTORS,
)
START_PERMISSIONS = _row(
    "startpermissionmigrationbybatch",
    "2.24",
    _post("startpermissionmigrationbybatch"),
    AUTH,
    (BATCH,),
    START,
)
# The summary and the sections disagree on the settings' paths. FromDate and ToDate may be left
# out: that is how a date is cleared.
SET_SETTINGS = _row(
    "setmailglobalsettingsbybatch",
    "2.25",
    (_post("setmailglobalsettingsbybatch"), _post("setglobalsettingsbybatch")),
    Auth.BATCH_AUTH,
    (BATCH, *DATES.values(), *SWITCHES.values()),
    SET,
)
GET_SETTINGS = _row(
    "getmailglobalsettingsbybatch",
    "2.26",
    (_get("getmailglobalsettingsbybatch"), _get("getglobalsettingsbybatch")),
    QUERY,
    (BATCH,),
    READ,
    Value.SETTINGS,
)

#: Fields of a request that may be left out.
OPTIONAL: t.Final = frozenset(DATES.values())

CALLS: t.Final[dict[str, Call]] = {
    call.name: call
    for call in (
        GETALL,
        MIGRATIONTAG,
        GET,
        START_USER,
        STOP_USER,
        AUDIT_USER,
        STATUS,
        HISTORY,
        LICENSE,
        CREATE,
        DELETE,
        UPDATE,
        BATCHES,
        ADD_TO_BATCH,
        REMOVE_FROM_BATCH,
        START_BATCH,
        STOP_BATCH,
        CREATE_BATCH,
        DELETE_BATCH,
        AUDIT_BATCH,
        MEMBERS,
        SOURCE_CONNECTORS,
        TARGET_CONNECTORS,
        START_PERMISSIONS,
        SET_SETTINGS,
        GET_SETTINGS,
    )
}


class Family(enum.Enum):
    """What a status is about."""

    MAIL = "mail"
    AUDIT = "audit"
    PREPROCESSING = "preprocessing"
    PERMISSIONS = "permissions"
    CALENDAR = "calendar"
    SHARED_MAILBOX = "shared mailbox"
    ROOM = "room"
    EXCHANGE_GUID = "exchange guid"
    SITE = "site"
    GROUP = "group"
    ARCHIVE = "archive"
    AGENT = "agent"


class Phase(enum.Enum):
    """How far a status is. THROTTLED is PENDING: the service resumes by itself, never restart."""

    IDLE = "idle"
    QUEUED = "queued"
    WORKING = "working"
    THROTTLED = "throttled"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


ACTIVE: t.Final = frozenset({Phase.QUEUED, Phase.WORKING, Phase.THROTTLED})


@dataclass(frozen=True)
class Status:
    """A status of the appendix, or one that the appendix does not know (code -1, UNKNOWN)."""

    code: int
    name: str
    family: Family
    phase: Phase

    @property
    def active(self) -> bool:
        """Whether the service works on the user or will do so by itself."""
        return self.phase in ACTIVE

    def __str__(self) -> str:
        return self.name


_F, _P = Family, Phase
_APPENDIX = (
    ("UNKNOWN", _F.MAIL, _P.UNKNOWN),
    ("NOTSTARTED", _F.MAIL, _P.IDLE),
    ("WORKING", _F.MAIL, _P.WORKING),
    ("ONERROR", _F.MAIL, _P.FAILED),
    ("SUCCESS", _F.MAIL, _P.DONE),
    ("STOP", _F.MAIL, _P.IDLE),
    ("PENDING", _F.MAIL, _P.THROTTLED),
    ("SCHEDULED", _F.MAIL, _P.QUEUED),
    ("STOPPING", _F.MAIL, _P.WORKING),
    ("SHEDULEDINAGENT", _F.AGENT, _P.QUEUED),
    ("WORKINGINAGENT", _F.AGENT, _P.WORKING),
    ("PRE_PROCESSING", _F.PREPROCESSING, _P.QUEUED),
    ("PRE_PROCESSING_ERROR", _F.PREPROCESSING, _P.FAILED),
    ("PRE_PROCESSING_PENDING", _F.PREPROCESSING, _P.THROTTLED),
    ("PRE_PROCESSING_WORKING", _F.PREPROCESSING, _P.WORKING),
    ("MAIL_SENT", _F.MAIL, _P.IDLE),
    ("AUDIT", _F.AUDIT, _P.QUEUED),
    ("AUDIT_ERROR", _F.AUDIT, _P.FAILED),
    ("AUDIT_DONE", _F.AUDIT, _P.DONE),
    ("AUDIT_WORKING", _F.AUDIT, _P.WORKING),
    ("GET_SITES", _F.SITE, _P.QUEUED),
    ("GET_SITES_ERROR", _F.SITE, _P.FAILED),
    ("GET_SITES_DONE", _F.SITE, _P.DONE),
    ("GET_SITES_WORKING", _F.SITE, _P.WORKING),
    ("LICENSE_EXCEEDED", _F.MAIL, _P.FAILED),
    ("GET_GROUPS_WORKING", _F.GROUP, _P.WORKING),
    ("GET_GROUPS_DONE", _F.GROUP, _P.DONE),
    ("GET_GROUPS", _F.GROUP, _P.QUEUED),
    ("GET_GROUPS_ERROR", _F.GROUP, _P.FAILED),
    ("ARCHIVESCHEDULED", _F.ARCHIVE, _P.QUEUED),
    ("EXPORTINPROGRESS", _F.ARCHIVE, _P.WORKING),
    ("GET_SITES_AGENT", _F.SITE, _P.WORKING),
    ("AUDIT_SITES_AGENT", _F.SITE, _P.WORKING),
    ("SCHEDULED_SITES_AGENT", _F.SITE, _P.QUEUED),
    ("WAITING_ROOT_SITE", _F.SITE, _P.QUEUED),
    ("MAILPERMISSIONS_ERROR", _F.PERMISSIONS, _P.FAILED),
    ("MAILPERMISSIONS_SCHEDULED", _F.PERMISSIONS, _P.QUEUED),
    ("MAILPERMISSIONS_WORKING", _F.PERMISSIONS, _P.WORKING),
    ("MAILPERMISSIONS_DONE", _F.PERMISSIONS, _P.DONE),
    ("CALENDARPOSTPROCESS_ERROR", _F.CALENDAR, _P.FAILED),
    ("CALENDARPOSTPROCESS_SCHEDULED", _F.CALENDAR, _P.QUEUED),
    ("CALENDARPOSTPROCESS_WORKING", _F.CALENDAR, _P.WORKING),
    ("CALENDARPOSTPROCESS_DONE", _F.CALENDAR, _P.DONE),
    ("SHAREDMBXPREPROC_ERROR", _F.SHARED_MAILBOX, _P.FAILED),
    ("SHAREDMBXPREPROC_SCHEDULED", _F.SHARED_MAILBOX, _P.QUEUED),
    ("SHAREDMBXPREPROC_WORKING", _F.SHARED_MAILBOX, _P.WORKING),
    ("SHAREDMBXPREPROC_DONE", _F.SHARED_MAILBOX, _P.DONE),
    ("SCHEDULED_FILES_AGENT", _F.AGENT, _P.QUEUED),
    ("MAILROOMEQUIPEMENT_ERROR", _F.ROOM, _P.FAILED),
    ("MAILROOMEQUIPEMENT_SCHEDULED", _F.ROOM, _P.QUEUED),
    ("MAILROOMEQUIPEMENT_WORKING", _F.ROOM, _P.WORKING),
    ("MAILROOMEQUIPEMENT_DONE", _F.ROOM, _P.DONE),
    ("GETEXCHANGEGUIDS_ERROR", _F.EXCHANGE_GUID, _P.FAILED),
    ("GETEXCHANGEGUIDS_SCHEDULED", _F.EXCHANGE_GUID, _P.QUEUED),
    ("GETEXCHANGEGUIDS_WORKING", _F.EXCHANGE_GUID, _P.WORKING),
    ("GETEXCHANGEGUIDS_DONE", _F.EXCHANGE_GUID, _P.DONE),
)

#: All 56 statuses of the appendix, by code.
STATUSES: t.Final = tuple(
    Status(code, name, family, phase) for code, (name, family, phase) in enumerate(_APPENDIX)
)
_BY_NAME: t.Final = {status.name: status for status in STATUSES}
_BY_CODE: t.Final = {str(status.code): status for status in STATUSES}


#: Names of the statuses after which the newest pass has not finished, whatever history shows of it.
UNFINISHED: t.Final = frozenset({"STOP", "ONERROR", "LICENSE_EXCEEDED"})


def status_of(text: str) -> Status:
    """The status that a name or a code (as text) of the appendix stands for.

    What the appendix does not know is a status of phase UNKNOWN that keeps its text.
    """
    text = text.strip()
    known = _BY_CODE.get(text) or (_BY_NAME.get(text.upper()) if text.isascii() else None)
    return known or Status(-1, text, Family.MAIL, Phase.UNKNOWN)


def refused_status(why: str) -> Status:
    """What stands for a status that the service refuses to tell: nobody knows it."""
    return Status(-1, f"refused ({why})", Family.MAIL, Phase.UNKNOWN)
