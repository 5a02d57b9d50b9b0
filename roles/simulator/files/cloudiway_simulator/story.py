# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a surface as JSON: told in full, and taken in again to begin in mid-story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, timezone
from typing import Any

from . import progress
from .journal import stamp
from .progress import COUNTERS, Pass, Run
from .records import Connector, Person, User
from .settings import DATES, Settings
from .statuses import CODES
from .tenant import Tenant

TALLIES = ("license_calls", "starts", "audits", "permission_runs")
FACTS = ("batch", "licensed", "status", *TALLIES)
KEYS = (*Person._fields, *FACTS, "settings", "passes")


class BadStory(Exception):
    """A story that cannot be taken in; the text says why."""


def tell(tenant: Tenant) -> dict[str, Any]:
    """Everything about a surface, as `take_in` understands it."""
    return {
        "users": [_tell_user(tenant.settled(user)) for user in tenant.users.values()],
        "batches": {name: list(tags) for name, tags in tenant.batches.items()},
        "violations": list(tenant.violations),
    }


def take_in(tenant: Tenant, story: Mapping[str, Any]) -> Tenant:
    """The same surface in the state that a story tells.

    Only the addresses of a user must be said; a batch that a user names is made; a user with an
    active status begins that phase now. BadStory where the story does not hold together.
    """
    unknown = sorted(set(story) - {"users", "batches", "violations"})
    if unknown:
        raise BadStory(f"a surface has no {', '.join(unknown)}")
    blank = tenant.blank()
    try:
        blank.violations = [dict(one) for one in story.get("violations", [])]
        for name, tags in story.get("batches", {}).items():
            blank.batches[name] = dict.fromkeys(map(str.lower, tags))
        for told in story.get("users", []):
            user = _user(blank, told)
            if user.person.migration_tag in blank.users:
                raise BadStory(f"two users have the tag {user.person.migration_tag}")
            blank.add(user)
    except (TypeError, ValueError, KeyError, AttributeError) as fault:
        raise BadStory(f"{type(fault).__name__}: {fault}") from None
    for name, tags in blank.batches.items():
        for tag in tags:
            if tag not in blank.users or blank.users[tag].batch != name:
                raise BadStory(f"{tag} is listed in batch {name}, and no user says so")
    return blank


def _tell_user(user: User) -> dict[str, Any]:
    told: dict[str, Any] = {
        **user.person._asdict(),
        **{name: getattr(user, name) for name in FACTS},
    }
    told["settings"] = {
        setting.name: _tell_setting(getattr(user.settings, setting.name))
        for setting in fields(Settings)
    }
    told["passes"] = [
        {
            "start": stamp(one.start),
            "end": None if one.end is None else stamp(one.end),
            "outcome": one.outcome,
            "counters": dict(one.counters),
        }
        for one in user.passes
    ]
    return told


def _tell_setting(value: bool | date | None) -> bool | str | None:
    return value.isoformat() if isinstance(value, date) else value


def _user(tenant: Tenant, told: Mapping[str, Any]) -> User:
    unknown = sorted(set(told) - set(KEYS))
    if unknown:
        raise BadStory(f"a user has no {', '.join(unknown)}, but: {', '.join(KEYS)}")
    names = {
        "first_name": "",
        "last_name": "",
        "source_connector_name": _first(tenant.connectors.source),
        "target_connector_name": _first(tenant.connectors.target),
        **{name: str(told[name]) for name in Person._fields if name in told},
    }
    if "migration_tag" in names:
        names["migration_tag"] = names["migration_tag"].lower()
    else:
        pair = (names["source_email"].lower(), names["target_email"].lower())
        names["migration_tag"] = tenant.new_tag(pair)
    settings = dict(told.get("settings", {}))
    for name in DATES:
        if settings.get(name) is not None:
            settings[name] = date.fromisoformat(settings[name])
    user = User(Person(**names), settings=Settings(**settings))
    for name in FACTS:
        setattr(user, name, told.get(name, getattr(user, name)))
    if user.status not in CODES:
        raise BadStory(f"there is no status {user.status}")
    user.passes = [_pass(one) for one in told.get("passes", [])]
    user.run = _run(tenant, user)
    return user


def _first(connectors: tuple[Connector, ...]) -> str:
    return connectors[0].name if connectors else ""


def _pass(told: Mapping[str, Any]) -> Pass:
    unknown = set(told.get("counters", {})) - set(COUNTERS)
    if unknown:
        raise BadStory(f"a pass has no counters {', '.join(sorted(unknown))}")
    counters = {**dict.fromkeys(COUNTERS, 0), **told.get("counters", {})}
    end = None if told["end"] is None else _moment(told["end"])
    return Pass(_moment(told["start"]), end, told.get("outcome", "SUCCESS"), counters)


def _moment(text: str) -> float:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp()


def _run(tenant: Tenant, user: User) -> Run | None:
    """What must be under way for a user to have its status; None where nothing moves it."""
    now = tenant.clock.now()
    mailbox = tenant.scenario.mailbox(user.person.source_email)
    runs = (
        tenant.next_pass(user),
        progress.audit(now, mailbox),
        progress.permissions(now, user.batch or ""),
        progress.stop(now),
    )
    joined = (progress.joined_at(run, user.status) for run in runs)
    return next((run for run in joined if run is not None), None)
