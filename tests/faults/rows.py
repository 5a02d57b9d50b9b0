# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the matrix: for each call of the API a task that makes it, and what there is before.

Who is in it is named as in the unit tests: ``anna`` migrates from anna@old.example.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Params,
    a_pass,
    ago,
    person,
    source,
)

USER, USERS = "cloudiway_mail_user", "cloudiway_mail_users"
BATCH, SETTINGS, MIGRATION = "cloudiway_batch", "cloudiway_batch_settings", "cloudiway_migration"


@dataclass(frozen=True)
class Task:
    """One task, and the state of the service before it."""

    module: str
    options: Params
    have: dict[str, Params] = field(default_factory=dict)
    #: How the service reads the document, so that the call is needed.
    readings: Params = field(default_factory=dict)
    #: How many requests of the call go well before it is struck.
    skip: int = 0
    #: The call, where the row is not named by it.
    call: str = ""


def _users(*names: str) -> Params:
    return {"users": [person(name, batch=WAVE) for name in names]}


def _migration(state: str, **options: t.Any) -> Params:
    about = {} if "source_email" in options else {"batch": WAVE}
    return {"state": state, "poll_interval": 0.05, "wait_timeout": 30, **about, **options}


def _alone(state: str) -> Params:
    return _migration(state, source_email=source("anna"))


MEMBER: t.Final[Params] = {"batch": WAVE}
BUSY: t.Final[Params] = {"batch": WAVE, "status": "WORKINGINAGENT"}
NEW: t.Final[dict[str, Params]] = {"anna": {}, "ben": {}}
BOTH: t.Final = {"anna": MEMBER, "ben": MEMBER}
DONE: t.Final = {
    name: {**MEMBER, "status": "SUCCESS", "passes": [a_pass(5)]} for name in ("anna", "ben")
}
MAKE_BOTH: t.Final = Task(USERS, _users("anna", "ben"))

ROWS: t.Final[dict[str, Task]] = {
    "getall": MAKE_BOTH,
    "migrationtag": Task(USERS, _users("anna", "ben"), NEW, {"getall_tags": False}),
    "get": Task(USER, person("anna", last_name="New"), {"anna": {}}, {"getall_targets": False}),
    "start": Task(MIGRATION, _alone("migrated"), {"anna": {}}),
    "stop": Task(MIGRATION, _migration("stopped"), {"anna": BUSY, "ben": MEMBER}),
    "audit": Task(MIGRATION, _alone("audited"), {"anna": {}}),
    # The first look goes well: it is struck while the pass is awaited.
    "status": Task(MIGRATION, _migration("migrated"), BOTH, skip=2),
    "getmailhistory": Task(MIGRATION, _migration("migrated", since=ago(hours=1)), DONE, skip=2),
    "license": MAKE_BOTH,
    "create": MAKE_BOTH,
    "delete": Task(USER, person("anna", state="absent"), NEW),
    "update": Task(USER, person("anna", last_name="New"), NEW),
    "batch": Task(BATCH, {"name": WAVE, "users": [source("anna")]}, {"anna": {}}),
    "addtobatch": MAKE_BOTH,
    "removefrombatch": Task(BATCH, {"name": WAVE, "users": [], "exclusive": True}, BOTH),
    "startbatch": Task(MIGRATION, _migration("migrated"), BOTH),
    "stopbatch": Task(MIGRATION, _migration("stopped"), {"anna": BUSY, "ben": BUSY}),
    "createbatch": MAKE_BOTH,
    "deletebatch": Task(BATCH, {"name": WAVE, "state": "absent", "force": True}, BOTH),
    "batchaudit": Task(MIGRATION, _migration("audited"), BOTH),
    "getusersinbatch": Task(USERS, _users("anna", "ben", "cleo"), BOTH),
    "getallsourceconnectors": MAKE_BOTH,
    "getalltargetconnectors": MAKE_BOTH,
    "startpermissionmigrationbybatch": Task(MIGRATION, _migration("permissions_migrated"), DONE),
    "setmailglobalsettingsbybatch": Task(
        SETTINGS, {"batch": WAVE, "migrate_trash": True, "to_date": "2026-01-05"}, BOTH
    ),
    "getmailglobalsettingsbybatch": Task(SETTINGS, {"batch": WAVE, "migrate_notes": True}, BOTH),
    # Where a second licence is refused, it matters that the first was lost, or that the user was
    # left before membership could tell of it.
    **{
        f"{call}, refused again": replace(
            MAKE_BOTH, readings={"license_again": "refuse"}, call=call
        )
        for call in ("license", "addtobatch")
    },
}


def call_of(row: str) -> str:
    """The call that is struck in a row."""
    return ROWS[row].call or row
