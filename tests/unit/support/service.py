# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator in a process of its own, the doors to it, and how tests drive the engine against it.

A user of the tests is named by the local part of its source address: ``anna`` migrates from
anna@old.example to anna@new.example. Some have troubles of their own, see CAST.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
import typing as t
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._plan import Outcome
from ansible_collections.cloudiway.mail.tests.unit.support.doors import Doors
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET

PROGRAM = Path(__file__).resolve().parents[3] / "roles/simulator/files/cloudiway_simulator"
#: Simulated seconds in a second: a pass takes 8 ms at the least, and 250 ms at the most.
SPEED = 20_000
#: Who has which trouble.
CAST = (
    *("--failing", "always@old.example"),
    *("--failing", "once@old.example=1"),
    *("--failing", "twice@old.example=2"),
    *("--license-exceeded", "full@old.example"),
    *("--item-failures", "lossy@old.example=5"),
    *("--audit-failing", "locked@old.example"),
)
SOURCE, TARGET = "Exchange", "Microsoft 365"
WAVE = "Wave & 1"
#: Settings under which a mailbox holds nothing to migrate.
NOTHING = {
    "should_migrate_mails": False,
    "should_migrate_calendars": False,
    "should_migrate_contacts": False,
}

Work = t.Callable[[Client, Mapping[str, t.Any], bool], Outcome]
Params = dict[str, t.Any]


class Service(Doors):
    """A running simulator."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._readings = self.control("readings", {})

    def connection(self, **options: t.Any) -> Connection:
        """How to speak to it; a test waits no longer than it must for what never comes."""
        return Connection(
            **{
                "consumer_key": KEY,
                "consumer_secret": SECRET,
                "api_url": self.url,
                "retry_timeout": 10,
                "timeout": 10,
                **options,
            }
        )

    def do(
        self, work: Work, params: Mapping[str, t.Any], check: bool = False, **options: t.Any
    ) -> Outcome:
        """Run an entry point of the engine, with a client of its own as a module has.

        options are those of the connection.
        """
        with Client(self.connection(**options)) as client:
            return work(client, params, check)

    # What there is --------------------------------------------------------------------------

    def clear(self) -> None:
        """Nobody and nothing, the default readings, no faults; requests are counted from here."""
        self.control("faults/reset", {})
        self.control("readings", self._readings)
        self.control("state", {"mailusers": {}, "archivemailusers": {}})
        self.count_anew()

    def have(self, *names: str, **facts: t.Any) -> list[str]:
        """Have these users too, licensed, with these facts; their tags."""
        state = self.state
        new = [
            {
                "source_email": source(name),
                "target_email": target(name),
                "first_name": name.title(),
                "last_name": "Adler",
                "source_connector_name": SOURCE,
                "target_connector_name": TARGET,
                "licensed": True,
                **facts,
            }
            for name in names
        ]
        self._tell({**state, "users": state["users"] + new})
        return [str(user["migration_tag"]) for user in self.users[-len(names) :]] if names else []

    def have_batch(self, *names: str) -> None:
        """Have these batches too, with nobody in them."""
        state = self.state
        self._tell({**state, "batches": {**state["batches"], **{name: [] for name in names}}})

    def change(self, name: str, **facts: t.Any) -> None:
        """Change facts of a user behind the engine's back."""
        state = self.state
        for user in state["users"]:
            if user["source_email"] == source(name):
                user.update(facts)
                if "batch" in facts:
                    tag = user["migration_tag"]
                    for tags in state["batches"].values():
                        tags[:] = [one for one in tags if one != tag]
                    if facts["batch"]:
                        state["batches"].setdefault(facts["batch"], []).append(tag)
        self._tell(state)

    def _tell(self, state: Params) -> None:
        self.control("state", {"mailusers": state})

    @property
    def users(self) -> list[Params]:
        """The users with all that is known of them."""
        users: list[Params] = self.state["users"]
        return users

    def user(self, name: str) -> Params:
        """Everything about one user."""
        [user] = [one for one in self.users if one["source_email"] == source(name)]
        return user

    def tag(self, name: str) -> str:
        """The migration tag of a user."""
        return str(self.user(name)["migration_tag"])

    @property
    def batches(self) -> dict[str, list[str]]:
        """The batches and the names of their members."""
        state = self.state
        names = {one["migration_tag"]: local_part(one["source_email"]) for one in state["users"]}
        return {batch: [names[tag] for tag in tags] for batch, tags in state["batches"].items()}

    @property
    def violations(self) -> list[Params]:
        """What a careful client never does."""
        violations: list[Params] = self.state["violations"]
        return violations

    # How it behaves -------------------------------------------------------------------------

    def read_as(self, **readings: object) -> None:
        """Read the document in another way from now on."""
        self.control("readings", readings)

    def fault(self, kind: str, call: str, when: str = "before", **more: t.Any) -> None:
        """Have a fault strike."""
        self.control("faults", {"kind": kind, "call": call, "when": when, **more})

    # What was asked -------------------------------------------------------------------------

    @property
    def posts(self) -> int:
        """How many requests were POSTs, but for the one-user read where it wants POST."""
        return sum(one["method"] == "POST" and one["call"] != "get" for one in self.journal)


@contextlib.contextmanager
def simulator(*arguments: str) -> Iterator[Service]:
    """Run a simulator for as long as the block takes."""
    command = (sys.executable, str(PROGRAM), "--speed", str(SPEED), "--idle-exit", "600")
    environment = {"CLOUDIWAY_CONSUMER_KEY": KEY, "CLOUDIWAY_CONSUMER_SECRET": SECRET}
    with subprocess.Popen(
        (*command, *arguments), env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            yield Service(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


# What is declared -------------------------------------------------------------------------------


def source(name: str) -> str:
    """The source address of a user of the tests."""
    return f"{name}@old.example"


def target(name: str) -> str:
    """The target address of a user of the tests."""
    return f"{name}@new.example"


def local_part(address: str) -> str:
    """The name of a user of the tests."""
    return address.partition("@")[0]


def person(name: str, **options: t.Any) -> Params:
    """The options of cloudiway_mail_user for one user, as ``have`` has it."""
    return {
        "source_email": source(name),
        "target_email": target(name),
        "first_name": name.title(),
        "last_name": "Adler",
        "source_connector": SOURCE,
        "target_connector": TARGET,
        "migration_tag": None,
        "batch": None,
        "license": "missing",
        "state": "present",
        "force": False,
        **options,
    }


def roster(*names: str, batch: str | None = WAVE, **options: t.Any) -> Params:
    """The options of cloudiway_mail_users for a list of users."""
    return {
        "users": [person(name, batch=batch) for name in names],
        "defaults": {},
        "create_batches": True,
        "return_users": False,
        "target_domains": [],
        **options,
    }


def batch(name: str = WAVE, **options: t.Any) -> Params:
    """The options of cloudiway_batch."""
    return {
        "name": name,
        "state": "present",
        "users": None,
        "exclusive": False,
        "force": False,
        **options,
    }


def wanted(**options: t.Any) -> Params:
    """The options of cloudiway_batch_settings."""
    return {"batch": WAVE, "reapply": False, **options}


def migration(state: str, batch: str | None = WAVE, **options: t.Any) -> Params:
    """The options of cloudiway_migration."""
    return {
        "batch": batch,
        "source_email": None,
        "target_email": None,
        "migration_tag": None,
        "state": state,
        "server_timezone": "UTC",
        "since": None,
        "retries": 0,
        "wait": True,
        "wait_timeout": 20.0,
        "poll_interval": 0.02,
        "max_failed_users": 0,
        "max_failed_items_percent": 0.0,
        "started_tags": [],
        "started_at": None,
        "started_passes": {},
        **options,
    }


def ago(**span: float) -> str:
    """A moment of the past in ISO 8601, such as ``ago(hours=1)``."""
    moment = dt.datetime.now(dt.timezone.utc) - dt.timedelta(**span)
    return moment.isoformat(timespec="seconds")


def a_pass(hours_ago: float, outcome: str = "SUCCESS", /, **counters: int) -> Params:
    """A pass of a minute, as the simulator takes it in."""
    start = dt.datetime.now(dt.timezone.utc) - dt.timedelta(hours=hours_ago)
    end = start + dt.timedelta(minutes=1)
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "outcome": outcome,
        "counters": counters,
    }


# The three runs -----------------------------------------------------------------------------------


def rehearsed(service: Service, work: Work, params: Mapping[str, t.Any]) -> Outcome:
    """Run in check mode, then for real, then once more; the outcome of the real run.

    Check mode writes nothing and predicts changed and the diff exactly (invariant 2); the second
    run changes nothing (invariant 1).
    """
    service.count_anew()
    predicted = service.do(work, params, check=True)
    assert service.posts == 0
    real = service.do(work, params)
    posts = service.posts
    assert (predicted.changed, predicted.before, predicted.after) == (
        real.changed,
        real.before,
        real.after,
    )
    assert real.changed == bool(real.before != real.after)
    again = service.do(work, params)
    assert (again.changed, again.before, again.after) == (False, {}, {})
    assert service.posts == posts
    return real


def names_of(rows: Sequence[Mapping[str, t.Any]]) -> list[str]:
    """The names of the users of a result."""
    return [local_part(str(row["source_email"])) for row in rows]
