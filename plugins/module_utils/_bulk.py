# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole list of users, brought to what it declares in one pass.

One user's failure does not stop the others; the list fails at the end, and names them.
"""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping, Sequence

from ._client import Client
from ._directory import Directory
from ._errors import CloudiwayError, FailedUsers, InvalidInput
from ._intents import Intent, adds, subject_of
from ._plan import Outcome, View
from ._progress import Progress
from ._roster import Person, list_rows, people
from ._users import Applied, apply, prepare, turn_of, view_of
from ._users_file import read_users_file


def declared_users(params: Mapping[str, t.Any]) -> list[Person]:
    """The users that cloudiway_mail_users declares. Raises InvalidInput, all faults at once."""
    path = params.get("users_file")
    common: dict[str, t.Any] = {
        "defaults": params.get("defaults") or {},
        "target_domains": params.get("target_domains") or (),
    }
    if not path:
        return people(list_rows(params.get("users") or []), **common)
    try:
        return people(read_users_file(path, **common), **common)
    except InvalidInput as why:
        raise InvalidInput(why.faults, f"users_file {os.path.abspath(path)}") from None


def manage_users(
    client: Client,
    params: Mapping[str, t.Any],
    check_mode: bool,
    declared: Sequence[Person] | None = None,
) -> Outcome:
    """cloudiway_mail_users: a whole list in one pass. declared is what params declare, if known."""
    if declared is None:
        declared = declared_users(params)
    create_batches = params.get("create_batches", True)
    progress = Progress.of(params)
    with progress.alive(client.silence), turn_of(client, declared, progress, check_mode):
        progress.now = lambda: (f"users: reads who is there, {client.answers:,} answers", "")
        domains = params.get("target_domains") or ()
        directory, intents, planned = prepare(client, declared, create_batches, domains)
        applied = Applied(calls=[call for intent in intents for call in intent.calls])
        if not check_mode:
            applied = apply(planned, client, directory, progress)
    failed = {
        at: failure
        for at, intent in enumerate(intents)
        if (failure := intent.refusal or applied.failures.get(subject_of(at)))
    }
    result = _bulk_result(intents, failed, applied, directory)
    if params.get("return_users"):
        result["users"] = [view_of(intent, directory) for intent in intents]
    if failed:
        names = [f"{intents[at].sight.subject}: {failed[at].message}" for at in failed]
        more = f"\n... and {len(names) - 20} more" if len(names) > 20 else ""
        raise FailedUsers(
            f"{len(failed)} of {len(intents)} users failed:\n" + "\n".join(names[:20]) + more,
            {**result, "changed": bool(applied.calls)},
        )
    return planned.outcome(result)


def _bulk_result(
    intents: Sequence[Intent],
    failed: Mapping[int, CloudiwayError],
    applied: Applied,
    directory: Directory,
) -> View:
    done = [intent for at, intent in enumerate(intents) if at not in failed and intent.calls]
    calls = applied.calls
    batches = {
        batch: None
        for intent in done
        if adds(intent)
        for batch in (intent.sight.batch, intent.sight.person.batch)
        if batch
    }
    return {
        "summary": {
            "declared": len(intents),
            "created": calls.count("create"),
            "updated": calls.count("update"),
            "licensed": calls.count("license"),
            "added": calls.count("addtobatch"),
            "deleted": calls.count("delete"),
            "unchanged": len(intents) - len(done) - len(failed),
            "failed": len(failed),
        },
        "changed_users": [
            {
                **_identity(intent, directory),
                "actions": intent.calls,
            }
            for intent in done
        ],
        "failed_users": [
            {
                "source_email": intents[at].sight.person.source_email,
                "target_email": intents[at].sight.person.target_email,
                "batch": intents[at].sight.person.batch,
                "origin": intents[at].sight.person.origin,
                "failure": failure.failure(),
            }
            for at, failure in failed.items()
        ],
        "batches_changed": list(batches),
    }


def _identity(intent: Intent, directory: Directory) -> View:
    """Who the user is: the short form of ``view_of``."""
    shown = view_of(intent, directory) or {}
    names = ("source_email", "target_email", "migration_tag", "batch")
    return {name: shown.get(name) for name in names}
