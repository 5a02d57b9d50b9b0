# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state behind one surface: users, batches, membership, settings, licences, runs."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from hashlib import blake2b

from . import progress
from .clock import Clock
from .mailbox import Scenario
from .progress import Pass, Run
from .readings import Readings
from .records import Connector, Connectors, Person, Refused, User
from .settings import BadDate, Settings
from .statuses import RESTING


class Tenant:
    """One surface's state; its public methods are the calls. The service locks around them."""

    def __init__(
        self, surface: str, clock: Clock, scenario: Scenario, connectors: Connectors
    ) -> None:
        self.surface = surface
        self.clock = clock
        self.scenario = scenario
        self.connectors = connectors
        self.readings = Readings()
        self.users: dict[str, User] = {}
        self.batches: dict[str, dict[str, None]] = {}  # name: tags, both in their order
        self.violations: list[dict[str, str]] = []
        self._pairs: dict[tuple[str, str], list[str]] = {}
        self._made: Counter[tuple[str, str]] = Counter()  # users ever made of a pair

    # -- users ------------------------------------------------------------------------------

    def getall(self) -> Iterable[User]:
        """All users (2.1)."""
        return map(self.settled, self.users.values())

    def find(self, source_email: str, target_email: str) -> str | None:
        """The tag of the user with this pair of addresses (2.2)."""
        tags = self._pairs.get((source_email.lower(), target_email.lower()))
        if tags:
            return tags[0]
        if self.readings.migrationtag_missing == "null":
            return None
        raise Refused(f"No user migrates from {source_email} to {target_email}")

    def user(self, migration_tag: str) -> User:
        """The user with this tag (2.3, 2.7, 2.8)."""
        user = self.users.get(migration_tag.lower())
        if user is None:
            raise Refused(f"No user has the migration tag {migration_tag}")
        return self.settled(user)

    def create(self, **fields: str) -> None:
        """Make a user (2.10)."""
        pair = (fields["source_email"].lower(), fields["target_email"].lower())
        self._check_person(fields, pair, None)
        self.add(User(Person(migration_tag=self.new_tag(pair), **fields)))

    def update(self, migration_tag: str, **fields: str) -> None:
        """Replace names, addresses and connectors of a user (2.12)."""
        user = self.user(migration_tag)
        person = Person(user.person.migration_tag, **fields)
        self._check_person(fields, person.pair, person.migration_tag)
        if user.status not in RESTING and person[3:] != user.person[3:]:
            self._violation("update_active", user.person.source_email)
        self._forget_pair(user)
        user.person = person
        self._pairs.setdefault(person.pair, []).append(person.migration_tag)

    def delete(self, migration_tag: str) -> None:
        """Remove a user, its licence and its membership (2.11)."""
        user = self.user(migration_tag)
        if user.status not in RESTING:
            self._violation("delete_active", user.person.source_email)
        self._leave_batch(user)
        self._forget_pair(user)
        del self.users[user.person.migration_tag]

    def license(self, migration_tag: str) -> None:
        """Assign a licence (2.9); again is harmless, and counted where it is not refused."""
        user = self.user(migration_tag)
        if user.licensed and self.readings.license_again == "refuse":
            raise Refused(f"{user.person.source_email} has a license already")
        user.licensed = True
        user.license_calls += 1

    def new_tag(self, pair: tuple[str, str]) -> str:
        """A tag for another user of this pair: a run with the same seed gives the same tags."""
        while True:  # once, but where a user was taken in with a tag of ours
            self._made[pair] += 1
            identity = f"{self.scenario.seed} {self.surface} {' '.join(pair)} {self._made[pair]}"
            digest = blake2b(identity.encode(), digest_size=16).digest()
            tag = str(uuid.UUID(bytes=digest, version=4))
            if tag not in self.users:
                return tag

    def add(self, user: User) -> None:
        """Take in a user as it is."""
        self.users[user.person.migration_tag] = user
        self._pairs.setdefault(user.person.pair, []).append(user.person.migration_tag)
        if user.batch is not None:
            self.batches.setdefault(user.batch, {})[user.person.migration_tag] = None

    def blank(self) -> Tenant:
        """The same surface with nothing on it."""
        blank = Tenant(self.surface, self.clock, self.scenario, self.connectors)
        blank.readings = self.readings
        return blank

    def next_pass(self, user: User) -> Run:
        """The pass that begins for a user when it is started now."""
        mailbox = self.scenario.mailbox(user.person.source_email)
        today = datetime.fromtimestamp(self.clock.wall_now(), self.readings.zone).date()
        reach = mailbox.in_reach(user.settings, today, len(user.passes))
        return progress.migration(self.clock.now(), mailbox, reach, user.passes)

    # -- what is under way for a user -------------------------------------------------------

    def start(self, migration_tag: str) -> None:
        """Start a pass of one user (2.4)."""
        self._begin([self.user(migration_tag)], self._start_one)

    def audit(self, migration_tag: str) -> None:
        """Audit one user (2.6)."""
        self._begin([self.user(migration_tag)], self._audit_one)

    def stop(self, migration_tag: str) -> None:
        """Stop whatever is under way for one user (2.5); where nothing is, change nothing."""
        self._stop_one(self.user(migration_tag))

    def settled(self, user: User) -> User:
        """The same user, with what has come to its end by now written down."""
        run, now = user.run, self.clock.now()
        if run is not None:
            user.status = run.status(now)
            if now >= run.ends:
                self._record_pass(user, run, run.ends, run.outcome)
                user.run = None
        return user

    def history(self, migration_tag: str) -> list[Pass]:
        """The passes of one user (2.8), oldest first, as the readings show them."""
        user = self.user(migration_tag)
        passes = list(user.passes)
        if self.readings.history_failed == "hidden":
            passes = [one for one in passes if one.outcome != "ONERROR"]
        run, now = user.run, self.clock.now()
        shown = self.readings.history_running == "shown"
        if shown and run and run.kind == "migration" and now >= run.work_begins:
            began = self.clock.wall(run.work_begins)
            passes.append(Pass(began, None, user.status, run.counters_at(now)))
        return passes

    # -- batches ----------------------------------------------------------------------------

    def createbatch(self, batch_name: str) -> None:
        """Make an empty batch (2.18)."""
        if batch_name not in self.batches:
            self.batches[batch_name] = {}
        elif self.readings.duplicate_batch == "refuse":
            raise Refused(f"There already is a batch {batch_name}")
        else:
            self._violation("duplicate_batch", batch_name)

    def deletebatch(self, batch_name: str) -> None:
        """Remove a batch (2.19); one that has members is kept."""
        if self.members(batch_name):
            raise Refused(f"Batch {batch_name} has users; remove them from it first")
        del self.batches[batch_name]

    def addtobatch(self, migration_tag: str, batch_name: str) -> None:
        """Put a user into a batch (2.14); it is in at most one, since 2.15 names none."""
        user = self.user(migration_tag)
        self.members(batch_name)
        if user.batch == batch_name:
            return
        if user.batch is not None and self.readings.batch_move == "refuse":
            raise Refused(f"The user is in batch {user.batch}; remove it from there first")
        self._leave_batch(user)
        self.batches[batch_name][user.person.migration_tag] = None
        user.batch = batch_name

    def removefrombatch(self, migration_tag: str) -> None:
        """Take a user out of its batch (2.15)."""
        user = self.user(migration_tag)
        if user.batch is None:
            raise Refused("The user is in no batch")
        self._leave_batch(user)

    def members(self, batch_name: str) -> list[User]:
        """The users in a batch (2.21), in the order in which they were added."""
        if batch_name not in self.batches:
            raise Refused(f"There is no batch {batch_name}")
        return [self.settled(self.users[tag]) for tag in self.batches[batch_name]]

    def startbatch(self, batch_name: str) -> None:
        """Start a pass of every member that is not active (2.16)."""
        self._begin(self._at_rest(batch_name), self._start_one)

    def batchaudit(self, batch_name: str) -> None:
        """Audit every member that is not active (2.20)."""
        self._begin(self._at_rest(batch_name), self._audit_one)

    def stopbatch(self, batch_name: str) -> None:
        """Stop every member (2.17)."""
        for user in self.members(batch_name):
            self._stop_one(user)

    def permissions(self, batch_name: str) -> None:
        """Migrate the permissions of a batch (2.24): "one batch at a time"."""
        members = self.members(batch_name)
        now = self.clock.now()
        runs = [user.run for user in self.users.values() if user.run is not None]
        others = {run.batch for run in runs if run.kind == "permissions" and now < run.ends}
        others.discard(batch_name)
        if others:
            if self.readings.permissions_overlap == "refuse":
                raise Refused(
                    "The migration of permissions is performed one batch at a time; "
                    f"it runs for {', '.join(sorted(others))}"
                )
            self._violation("permissions_overlap", batch_name)
        self._check_restart(members)
        for user in members:
            self._under_way(user, progress.permissions(now, batch_name))
            user.permission_runs += 1

    def write_settings(self, batch_name: str, **given: object) -> tuple[str, Settings]:
        """Set the settings of the users who are in the batch now (2.25)."""
        members = self.members(batch_name)
        try:
            written = [user.settings.written(given, self.readings) for user in members]
            told = Settings().written(given, self.readings)
        except BadDate as bad:
            raise Refused(str(bad)) from None
        for user, settings in zip(members, written, strict=True):
            user.settings = settings
        return batch_name, written[0] if written else told

    def read_settings(self, batch_name: str) -> Settings:
        """The settings of the first member, or the defaults of an empty batch (2.26)."""
        members = self.members(batch_name)
        return members[0].settings if members else Settings()

    def source_connectors(self) -> tuple[Connector, ...]:
        """All source connectors (2.22)."""
        return self.connectors.source

    def target_connectors(self) -> tuple[Connector, ...]:
        """All target connectors (2.23)."""
        return self.connectors.target

    def batch_names(self) -> list[str]:
        """The names of all batches (2.13)."""
        return list(self.batches)

    # -- inside -----------------------------------------------------------------------------

    def _check_person(
        self, fields: dict[str, str], pair: tuple[str, str], own_tag: str | None
    ) -> None:
        for side, connectors in (
            ("source", self.connectors.source),
            ("target", self.connectors.target),
        ):
            name = fields[f"{side}_connector_name"]
            if name not in [connector.name for connector in connectors]:
                raise Refused(f"There is no {side} connector {name}")
        taken = [tag for tag in self._pairs.get(pair, []) if tag != own_tag]
        if taken and self.readings.duplicate_create == "refuse":
            raise Refused(f"A user already migrates from {pair[0]} to {pair[1]}")

    def _begin(self, users: list[User], begin_one: Callable[[User], None]) -> None:
        """Start something for users who must have licences, for all of them or for none."""
        unlicensed = [user.person.source_email for user in users if not user.licensed]
        if unlicensed:
            more = f" and {len(unlicensed) - 1} more" if len(unlicensed) > 1 else ""
            raise Refused(f"No license is assigned to {unlicensed[0]}{more}")
        self._check_restart(users)
        for user in users:
            begin_one(user)

    def _check_restart(self, users: list[User]) -> None:
        for user in users:
            if user.status not in RESTING and self.readings.start_active == "refuse":
                raise Refused(f"{user.person.source_email} is active: {user.status}")
        for user in users:
            if user.status not in RESTING:
                self._violation("start_active", user.person.source_email)
                self._cut_short(user)

    def _start_one(self, user: User) -> None:
        self._under_way(user, self.next_pass(user))
        user.starts += 1

    def _audit_one(self, user: User) -> None:
        mailbox = self.scenario.mailbox(user.person.source_email)
        self._under_way(user, progress.audit(self.clock.now(), mailbox))
        user.audits += 1

    def _stop_one(self, user: User) -> None:
        if user.status in RESTING or user.status == "STOPPING":
            return
        self._cut_short(user)
        self._under_way(user, progress.stop(self.clock.now()))

    def _under_way(self, user: User, run: Run) -> None:
        user.run = run
        user.status = run.phases[0][0]

    def _cut_short(self, user: User) -> None:
        """End what is under way where it is; a pass that had begun stays in the history."""
        if user.run is not None:
            self._record_pass(user, user.run, self.clock.now(), "STOP")

    def _record_pass(self, user: User, run: Run, end: float, outcome: str) -> None:
        if run.kind == "migration" and end >= run.work_begins:
            start, finish = self.clock.wall(run.work_begins), self.clock.wall(end)
            user.passes.append(Pass(start, finish, outcome, run.counters_at(end)))

    def _at_rest(self, batch_name: str) -> list[User]:
        return [user for user in self.members(batch_name) if user.status in RESTING]

    def _leave_batch(self, user: User) -> None:
        if user.batch is not None:
            del self.batches[user.batch][user.person.migration_tag]
            user.batch = None

    def _forget_pair(self, user: User) -> None:
        tags = self._pairs[user.person.pair]
        tags.remove(user.person.migration_tag)
        if not tags:
            del self._pairs[user.person.pair]

    def _violation(self, kind: str, subject: str) -> None:
        moment = datetime.fromtimestamp(self.clock.wall_now(), timezone.utc)
        self.violations.append({"kind": kind, "subject": subject, "time": moment.isoformat()})
