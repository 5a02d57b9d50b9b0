# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile service: it echoes the secret, in every way of writing, in whatever it answers.

TASKS are what modules are asked to do against it; every call is made by one of them.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from dataclasses import replace

from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET, WRITINGS
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    CUT,
    Asked,
    Sent,
    Step,
    failure,
    ok,
    raw,
)

JANE = {"source_email": "jane@old.example", "target_email": "jane@new.example"}
NAMED = {**JANE, "source_connector": "Exchange", "target_connector": "Microsoft 365"}
PACE = {"poll_interval": 0.05, "wait_timeout": 0.2}
MIGRATION, ONE = {"batch": "Wave 1", **PACE}, {"migration_tag": "tag-2", **PACE}

#: What every module can be asked to do, so that each call is made by one of them.
TASKS: dict[str, tuple[str, dict[str, t.Any]]] = {
    "creating a user": (
        "cloudiway_mail_user",
        {**NAMED, "source_email": "joe@old.example", "target_email": "joe@new.example"},
    ),
    "updating a user": (
        "cloudiway_mail_user",
        {**NAMED, "first_name": "J", "batch": "Wave 1", "force": True},
    ),
    "deleting a user": ("cloudiway_mail_user", {**JANE, "state": "absent", "force": True}),
    "a list of users": (
        "cloudiway_mail_users",
        {
            "users": [{**NAMED, "batch": "Wave 2"}, {"source_email": "x@a", "target_email": "x@b"}],
            "defaults": {"source_connector": "Exchange", "target_connector": "Microsoft 365"},
            "return_users": True,
        },
    ),
    "a batch": ("cloudiway_batch", {"name": "Wave 2", "users": ["jane@old.example"]}),
    "an exclusive batch": ("cloudiway_batch", {"name": "Wave 1", "users": [], "exclusive": True}),
    "deleting a batch": (
        "cloudiway_batch",
        {"name": "Wave 1", "state": "absent", "force": True},
    ),
    "settings": ("cloudiway_batch_settings", {"batch": "Wave 1", "migrate_mails": False}),
    "an audit": ("cloudiway_migration", {**MIGRATION, "state": "audited"}),
    "a migration": ("cloudiway_migration", {**MIGRATION, "state": "migrated"}),
    "an audit of one": ("cloudiway_migration", {**ONE, "state": "audited"}),
    "a migration of one": ("cloudiway_migration", {**ONE, "state": "migrated"}),
    "stopping one": ("cloudiway_migration", {**ONE, "state": "stopped"}),
    "permissions": ("cloudiway_migration", {**MIGRATION, "state": "permissions_migrated"}),
    "stopping": ("cloudiway_migration", {**MIGRATION, "state": "stopped"}),
    "the users": ("cloudiway_mail_user_info", {}),
    "the batches": ("cloudiway_batch_info", {}),
    "the state": ("cloudiway_migration_info", {"batch": "Wave 1"}),
    "a report": ("cloudiway_report", {"batch": "Wave 1", "dir": "report"}),
    "an export": ("cloudiway_export", {"dir": "export", "force": True}),
}
#: The secret in every way of writing, one after the other.
ALL_WRITINGS = " / ".join(f"{way}: {write(SECRET)}" for way, write in WRITINGS.items())
#: The same, without what would be no part of an address or of a tag.
IN_ADDRESS = WRITINGS["in a URL"](SECRET)


def answers(
    echo: str, inside: str, status: str, *, is_talkative: bool = True
) -> dict[str, list[Step]]:
    """Sound answers, whose free texts are echoes; inside is what fits into a name without blanks.

    Where the service is not talkative, the list of users leaves out what may be asked for by
    itself, and nobody has a history.
    """
    names = {"firstName": echo, "lastName": echo}
    connectors = {"sourceConnectorName": echo, "targetConnectorName": echo}
    users = [
        {
            "sourceEmail": f"{name}@old.example",
            "targetEmail": f"{name}@new.example",
            **names,
            **({"migrationTag": tag, "status": status, **connectors} if is_talkative else {}),
        }
        for name, tag in (("jane", "tag-1"), (inside, "tag-2"), ("ann", f"tag-{inside}"))
    ]
    switches = ("Mails", "Trash", "Calendars", "Contacts", "Tasks", "Notes", "Journals")
    settings: dict[str, t.Any] = {f"shouldMigrate{name}": True for name in switches}
    settings |= {"shouldConvertEmailAddresses": False, "shouldConvertX500": False, echo: echo}
    passes = {"startDateTime": "23/10/2018 14:45:00", "endDateTime": "23/10/2018 14:45:46"}
    passes |= {echo: echo}
    return {
        "getall": [ok(users)],
        "get": [ok({**users[0], **connectors})],
        "migrationtag": [ok("tag-1")],
        "status": [ok(status)],
        "getmailhistory": [ok([passes] if is_talkative else [])],
        "batch": [ok(["Wave 1", echo])],
        "getusersinbatch": [ok(["tag-1", "tag-2", f"tag-{inside}"] if is_talkative else ["tag-1"])],
        "getallsourceconnectors": [ok([{"name": "Exchange", "type": echo}, {"name": echo}])],
        "getalltargetconnectors": [ok([{"name": "Microsoft 365", "type": echo}, {"name": echo}])],
        "getmailglobalsettingsbybatch": [ok(settings)],
        "*": [ok(echo)],
    }


#: How a call fails while it echoes all that it was sent, and the secret in every way of writing.
FAILURES: dict[str, Callable[[str], Sent]] = {
    "a refusal": failure,
    "a refusal with a status": lambda echo: failure(echo, 400),
    "a printed refusal": lambda echo: raw(200, f'{{"hasError":True": {echo}}}'.encode()),
    "a refusal in another field": lambda echo: raw(
        500, json.dumps({"HasError": True, "Message": echo}).encode()
    ),
    "HTML": lambda echo: raw(200, f"<html>{echo}</html>".encode()),
    "a page with a status": lambda echo: raw(403, f"<html>{echo}</html>".encode()),
    "a failure of the server": lambda echo: raw(500, echo.encode()),
    "a value of another kind": lambda echo: ok({echo: [echo]}),
    "a text in place of a value": ok,
    "a list of what is asked for": lambda echo: ok([{echo: echo}, echo]),
    "a redirect": lambda echo: raw(302, b"", f"Location: http://{SECRET.encode().hex()}/"),
    "a header": lambda echo: raw(
        503, b"", f"Retry-After: {IN_ADDRESS}", f"X-Sent: {IN_ADDRESS}", f"{IN_ADDRESS}: {KEY}"
    ),
    "a status line": lambda echo: Sent(f"HTTP/1.1 999 {IN_ADDRESS}\r\n\r\n".encode(), end="close"),
    "no HTTP": lambda echo: Sent(echo.encode(), end="close"),
    "half a body": lambda echo: replace(
        raw(200, echo.encode(), f"Content-Length: {10**6}", length=False), end="close"
    ),
    "a cut": lambda echo: CUT,
}


def failing(way: str) -> Step:
    """A step that fails in one of these ways, and echoes all that was sent too."""

    def answer(asked: Asked) -> Sent:
        return FAILURES[way](
            f"{ALL_WRITINGS} {asked.target} {asked.content.decode()} {asked.headers}"
        )

    return answer
