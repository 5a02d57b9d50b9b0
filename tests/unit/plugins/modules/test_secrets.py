# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service echoes, no module shows the secret: in no success, failure, diff or warning."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._redaction import MASK
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import (
    SECRET,
    WRITINGS,
    everything,
    leaks,
)
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    CUT,
    Asked,
    ScriptedServer,
    Sent,
    Step,
    failure,
    ok,
    raw,
)

Play = Callable[..., dict[str, t.Any]]

KEY = "k3y/of tests"
JANE = {"source_email": "jane@old.example", "target_email": "jane@new.example"}
NAMED = {**JANE, "source_connector": "Exchange", "target_connector": "Microsoft 365"}
MIGRATION = {"batch": "Wave 1", "poll_interval": 0.05, "wait_timeout": 0.2}

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
    "a migration of one": (
        "cloudiway_migration",
        {"migration_tag": "tag-2", "poll_interval": 0.05, "wait_timeout": 0.2, "state": "migrated"},
    ),
    "permissions": ("cloudiway_migration", {**MIGRATION, "state": "permissions_migrated"}),
    "stopping": ("cloudiway_migration", {**MIGRATION, "state": "stopped"}),
    "the users": ("cloudiway_mail_user_info", {}),
    "the batches": ("cloudiway_batch_info", {}),
    "the state": ("cloudiway_migration_info", {"batch": "Wave 1"}),
}
every_task = pytest.mark.parametrize("task", TASKS)

#: The secret in every way of writing, one after the other.
ALL_WRITINGS = " / ".join(f"{way}: {write(SECRET)}" for way, write in WRITINGS.items())
#: The same, without what would be no part of an address or of a tag.
IN_ADDRESS = WRITINGS["in a URL"](SECRET)


def answers(echo: str, inside: str, status: str) -> dict[str, list[Step]]:
    """Sound answers, whose free texts are echoes; inside is what fits into a name without blanks."""
    jane = {
        "firstName": echo,
        "lastName": echo,
        "sourceEmail": "jane@old.example",
        "targetEmail": "jane@new.example",
        "sourceConnectorName": echo,
        "targetConnectorName": echo,
        "migrationTag": "tag-1",
        "status": status,
    }
    others = [
        {**jane, "sourceEmail": f"{inside}@old.example", "migrationTag": "tag-2"},
        {**jane, "sourceEmail": "ann@old.example", "migrationTag": f"tag-{inside}"},
    ]
    switches = ("Mails", "Trash", "Calendars", "Contacts", "Tasks", "Notes", "Journals")
    settings: dict[str, t.Any] = {f"shouldMigrate{name}": True for name in switches}
    settings |= {"shouldConvertEmailAddresses": False, "shouldConvertX500": False, echo: echo}
    passes = {"startDateTime": "23/10/2018 14:45:00", "endDateTime": "23/10/2018 14:45:46"}
    passes |= {echo: echo}
    return {
        "getall": [ok([jane, *others])],
        "get": [ok(jane)],
        "migrationtag": [ok("tag-1")],
        "status": [ok(status)],
        "getmailhistory": [ok([passes])],
        "batch": [ok(["Wave 1", echo])],
        "getusersinbatch": [ok(["tag-1", "tag-2", f"tag-{inside}"])],
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
    "a text in place of a value": lambda echo: ok(echo),
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


@pytest.fixture
def show(play: Play) -> Callable[..., dict[str, t.Any]]:
    """Runs a task against a service; searches its result for the secret, and gives it."""

    def run(task: str, server: ScriptedServer, **more: t.Any) -> dict[str, t.Any]:
        module, options = TASKS[task]
        connection = {"consumer_key": KEY, "consumer_secret": SECRET, "api_url": server.url}
        patience = {"timeout": 2, "retry_timeout": 0}
        result = play(module, {**connection, **patience, **options, **more})
        assert SECRET in unquoted(server)
        assert not leaks(json.dumps(result))
        assert not leaks(everything(result))
        return result

    return run


def unquoted(server: ScriptedServer) -> str:
    """All that a server was sent, in clear."""
    sent = [[one.query, one.body] for one in server.asked]
    return "\n".join(map(everything, sent))


@every_task
@pytest.mark.parametrize("status", ["SUCCESS", "NOTSTARTED", "WORKING", ALL_WRITINGS])
def test_no_success_shows_what_the_service_echoes(
    task: str, status: str, show: Play, tmp_path: Path
) -> None:
    lines = tmp_path / "progress"
    more = {"progress_file": str(lines)} if TASKS[task][0] in FOLLOWED else {}
    with ScriptedServer(answers(ALL_WRITINGS, IN_ADDRESS, status)) as server:
        show(task, server, **more)
    assert not leaks(lines.read_text(encoding="utf-8") if lines.exists() else "")


#: The modules that tell how far they are.
FOLLOWED = ("cloudiway_mail_users", "cloudiway_migration")


@pytest.mark.parametrize("task", ["the users", "the batches", "updating a user"])
def test_what_else_the_service_says_stays_readable(task: str, show: Play) -> None:
    with ScriptedServer(answers(f"before {SECRET} after", "x", "SUCCESS")) as server:
        result = show(task, server)
    assert f"before {MASK} after" in everything(result)
    assert "jane@old.example" in everything(result)


@every_task
@pytest.mark.parametrize("kind", FAILURES)
def test_no_failure_shows_what_the_service_echoes(task: str, kind: str, show: Play) -> None:
    for call in calls_of(task, show):
        script = answers("Ada", "ada", "NOTSTARTED")
        script[call] = [_failing(FAILURES[kind])]
        with ScriptedServer(script) as server:
            show(task, server)
        assert call in server.calls()


def _failing(way: Callable[[str], Sent]) -> Step:
    def answer(asked: Asked) -> Sent:
        return way(f"{ALL_WRITINGS} {asked.target} {asked.content.decode()} {asked.headers}")

    return answer


def calls_of(task: str, show: Play) -> Iterator[str]:
    """The calls that a task makes where nothing fails."""
    with ScriptedServer(answers("Ada", "ada", "NOTSTARTED")) as server:
        show(task, server)
    yield from dict.fromkeys(server.calls())
