# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The 26 calls as a table, and the strict checking of a request against its row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .answers import Scribe
from .readings import Readings
from .records import Refused
from .settings import read_date
from .strictness import Field, Template, body_fields, checked, query_fields
from .tenant import Tenant

SURFACES = ("mailusers", "archivemailusers")


def _is_day(value: object) -> bool:
    """A date, or one of the ways in which a date may be cleared; the readings say which clears."""
    if not isinstance(value, str):
        return value is None
    try:
        return value == "" or bool(read_date(value))
    except ValueError:
        return False


TEXT = Field("text", lambda value: isinstance(value, str))
NAME = Field("text that is not empty", lambda value: isinstance(value, str) and value.strip() != "")
EMAIL = Field(
    "an e-mail address",
    lambda value: isinstance(value, str) and re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None,
)
FLAG = Field("true or false", lambda value: isinstance(value, bool), required=False)
DAY = Field("a date as MM/dd/yyyy", _is_day, required=False)

# Where the credentials go, and what goes beside them: from the examples of the document.
CREDENTIALS: Template = {"consumerKey": TEXT, "consumerSecret": TEXT}
TAGGED: Template = {**CREDENTIALS, "migrationTag": NAME}
BATCH_QUERY: Template = {**CREDENTIALS, "batchName": NAME}
BATCH: Template = {"auth": CREDENTIALS, "batchName": NAME}
PERSON: Template = {
    "firstName": TEXT,
    "lastName": TEXT,
    "sourceEmail": EMAIL,
    "targetEmail": EMAIL,
    "sourceConnectorName": NAME,
    "targetConnectorName": NAME,
}
SETTINGS: Template = {
    "batch": BATCH,
    "FromDate": DAY,
    "ToDate": DAY,
    "ShouldMigrateMails": FLAG,  # the sample's spelling; the parameter table has "Migrated"
    "ShouldMigrateTrash": FLAG,
    "ShouldMigrateCalendars": FLAG,
    "ShouldMigrateContacts": FLAG,
    "ShouldMigrateTasks": FLAG,
    "ShouldMigrateNotes": FLAG,
    "ShouldMigrateJournals": FLAG,
    "ShouldConvertEmailAddresses": FLAG,
    "ShouldConvertX500": FLAG,
}


@dataclass(frozen=True)
class Route:
    """A method and a path; where a reading is named, open only under one of its values."""

    method: str
    path: str
    reading: str = ""
    value: str = ""

    def open(self, readings: Readings) -> bool:
        """Whether the service answers here, as the document is read."""
        return not self.reading or getattr(readings, self.reading) in (self.value, "both")


@dataclass(frozen=True)
class Call:
    """One call: where it is, what it carries, what it does, how its answer is written."""

    name: str
    template: Template
    act: Callable[..., Any]  # given the tenant, and the fields in snake case
    write: Callable[..., str] | None = None  # given the scribe and what `act` returned
    routes: tuple[Route, ...] = ()


def get(name: str, template: Template, act: Callable[..., Any], write: Callable[..., str]) -> Call:
    """A call by GET at the path of its name."""
    return Call(name, template, act, write, (Route("GET", name),))


def get_tagged(name: str, act: Callable[..., Any], write: Callable[..., str]) -> Call:
    """A call by GET at /{migrationtag}/ and its name."""
    return Call(name, CREDENTIALS, act, write, (Route("GET", f"{{tag}}/{name}"),))


def post(name: str, template: Template, act: Callable[..., Any]) -> Call:
    """A call by POST at the path of its name, whose answer is a text."""
    return Call(name, template, act, None, (Route("POST", name),))


CALLS = (
    get("getall", CREDENTIALS, Tenant.getall, Scribe.users),
    get(
        "migrationtag",
        {**CREDENTIALS, "sourceEmail": EMAIL, "targetEmail": EMAIL},
        Tenant.find,
        Scribe.tag,
    ),
    Call(
        "get",
        CREDENTIALS,
        Tenant.user,
        Scribe.user,
        (
            Route("GET", "{tag}/get", "get_method", "GET"),
            Route("POST", "{tag}/get", "get_method", "POST"),
        ),
    ),
    post("start", TAGGED, Tenant.start),
    post("stop", TAGGED, Tenant.stop),
    post("audit", TAGGED, Tenant.audit),
    get_tagged("status", Tenant.user, Scribe.status),
    get_tagged("getmailhistory", Tenant.history, Scribe.history),
    Call(
        "license",
        TAGGED,
        Tenant.license,
        None,
        (
            Route("POST", "license", "license_path", "plain"),
            Route("POST", "{tag}/license", "license_path", "tag"),
        ),
    ),
    post("create", {"auth": CREDENTIALS, **PERSON}, Tenant.create),
    post("delete", TAGGED, Tenant.delete),
    post("update", {"auth": TAGGED, **PERSON}, Tenant.update),
    get("batch", CREDENTIALS, Tenant.batch_names, Scribe.names),
    post("addtobatch", {"auth": TAGGED, "batchName": NAME}, Tenant.addtobatch),
    post("removefrombatch", TAGGED, Tenant.removefrombatch),
    post("startbatch", BATCH, Tenant.startbatch),
    post("stopbatch", BATCH, Tenant.stopbatch),
    post("createbatch", BATCH, Tenant.createbatch),
    post("deletebatch", BATCH, Tenant.deletebatch),
    post("batchaudit", BATCH, Tenant.batchaudit),
    get("getusersinbatch", BATCH_QUERY, Tenant.members, Scribe.members),
    get("getallsourceconnectors", CREDENTIALS, Tenant.source_connectors, Scribe.connectors),
    get("getalltargetconnectors", CREDENTIALS, Tenant.target_connectors, Scribe.connectors),
    post("startpermissionmigrationbybatch", BATCH, Tenant.permissions),
    Call(
        "setmailglobalsettingsbybatch",
        SETTINGS,
        Tenant.write_settings,
        Scribe.settings_set,
        (
            Route("POST", "setmailglobalsettingsbybatch", "settings_write_path", "mail"),
            Route("POST", "setglobalsettingsbybatch", "settings_write_path", "plain"),
        ),
    ),
    Call(
        "getmailglobalsettingsbybatch",
        BATCH_QUERY,
        Tenant.read_settings,
        Scribe.settings,
        (
            Route("GET", "getmailglobalsettingsbybatch", "settings_read_path", "mail"),
            Route("GET", "getglobalsettingsbybatch", "settings_read_path", "plain"),
        ),
    ),
)
CALL_NAMES = tuple(call.name for call in CALLS)

# (path in lower case, method): the last component is matched whatever its case, since the
# document prints both getAllsourceconnectors and getallsourceconnectors.
ROUTES = {
    (route.path.lower(), route.method): (route, call) for call in CALLS for route in call.routes
}
PATHS = {path for path, _unused in ROUTES}


@dataclass(frozen=True)
class Asked:
    """A request that reached a call: which, and the tag of its path, if it has one there."""

    call: Call
    route: Route
    tag: str | None


class NoRoute(Exception):
    """A request that reaches no call; `status` is the HTTP status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def find(method: str, components: list[str], readings: Readings) -> Asked:
    """The call at a path (its components below the surface); NoRoute where there is none."""
    tag = components[0] if len(components) == 2 else None
    path = components[-1].lower() if tag is None else f"{{tag}}/{components[-1].lower()}"
    if len(components) > 2 or path not in PATHS:
        raise NoRoute(404)
    if (path, method) not in ROUTES:
        raise NoRoute(405)
    route, call = ROUTES[path, method]
    if not route.open(readings):
        raise NoRoute(readings.wrong_path_status)
    return Asked(call, route, tag)


def fields_of(
    asked: Asked, query: str, content_type: str, body: bytes, readings: Readings
) -> dict[str, Any]:
    """The fields of a request, from the one place where its call carries them; Refused where they
    are not exactly those of its row."""
    in_query = query_fields(query)
    place = "body" if asked.route.method == "POST" else "query string"
    if asked.route.path == "{tag}/get" and asked.route.method == "POST":
        chosen = readings.get_post_credentials
        in_the_query = chosen == "query" or (chosen == "either" and bool(in_query))
        place = "query string" if in_the_query else "body"
    if place == "body":
        if in_query:
            raise Refused("This call carries its fields in its body, and no query string")
        given: object = body_fields(content_type, body)
    else:
        if body not in (b"", b"{}"):
            raise Refused("This call carries its fields in its query string, and no body")
        given = in_query
    values = checked(asked.call.template, given)
    if asked.tag is not None and values.setdefault("migrationTag", asked.tag) != asked.tag:
        raise Refused("migrationTag is not the tag of the path")
    return values


def snake(name: str) -> str:
    """ShouldConvertX500 -> should_convert_x500."""
    return re.sub("([A-Z])", r"_\1", name).lower().lstrip("_")
