# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an answer is written, under the readings: the text of every body."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache

from .progress import COUNTERS, Pass
from .readings import Readings
from .records import Connector, Person, User
from .settings import DATES, FLAGS, Settings
from .statuses import CODES

# What success says (the samples of 2.4 to 2.24), and how the document prints the body around it.
SUCCESS = {
    "start": "User scheduled",
    "stop": "User stopped",
    "audit": "Audit scheduled",
    "license": "License assigned",
    "create": "User created",
    "delete": "User deleted",
    "update": "User updated",
    "addtobatch": "User added to batch {batch}",
    "removefrombatch": "User removed from batch",
    "startbatch": "Batch {batch} started",
    "stopbatch": "Batch {batch} stopped",
    "createbatch": "Batch {batch} created",
    "deletebatch": "Batch {batch} deleted",
    "batchaudit": "Audit scheduled for users in Batch {batch}",
    "startpermissionmigrationbybatch": (
        "Permissions migration of users in Batch \u2018{batch}\u2019 scheduled."
    ),
}
PRINTED_USUALLY = '{{"hasError":false, "response": {text}}}'
PRINTED = {
    "create": '{{ \n    "hasError": false, \n    "response": {text} \n}}',
    "update": '{{ \n    "hasError": false, "response": {text} \n}}',
    "removefrombatch": '{{"hasError":false, {text}}}',  # keyless
    "createbatch": '{{ \n    "hasError": false, \n    "response": {text} \n   }}',
    "startpermissionmigrationbybatch": (
        '{{ \n    "hasError": false, \n    "response": {text} \n   }}'
    ),
}
# The words of the sample of 2.25, in its order; it does not tell of journals.
TOLD_DATES = (("From Date", "from_date"), ("To Date", "to_date"))
TOLD_FLAGS = (
    ("Migrate Emails", "should_migrate_mails"),
    ("Migrate Trash", "should_migrate_trash"),
    ("Migrate Calendars", "should_migrate_calendars"),
    ("Migrate Contacts", "should_migrate_contacts"),
    ("Migrate Notes", "should_migrate_notes"),
    ("Migrate Tasks", "should_migrate_tasks"),
    ("Convert Email Addresses", "should_convert_email_addresses"),
    ("Convert X500 Addresses", "should_convert_x500"),
)
MINVALUE = "0001-01-01T00:00:00"
CASES: Mapping[str, Callable[[str], str]] = {
    "camel": lambda name: name,
    "lower": str.lower,
    "pascal": lambda name: name[0].upper() + name[1:],
}
REMEMBERED_RECORDS = 200_000

_quote = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def camel(snake: str) -> str:
    """should_convert_x500 -> shouldConvertX500."""
    first, *others = snake.split("_")
    return first + "".join(word.capitalize() for word in others)


class Scribe:
    """Writes answers under one set of readings."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self._cased = CASES[readings.field_case]
        # A tenant of 50,000 users is asked for again and again: what is written is remembered.
        self._listed = lru_cache(maxsize=REMEMBERED_RECORDS)(self._list_record)

    # -- the envelope -----------------------------------------------------------------------

    def value(self, text: str) -> str:
        """A success around a value that is already JSON."""
        return f'{{"{self._cased("hasError")}":false,"{self._cased("response")}":{text}}}'

    def failure(self, text: str) -> str:
        """A failure with its text."""
        if self.readings.failure_field == "printed":
            return f'{{"hasError":True": {text}}}'
        name = self._cased(self.readings.failure_field)
        return f'{{"{self._cased("hasError")}":true,"{name}":{_quote(text)}}}'

    def success(self, call: str, batch: str) -> str:
        """A success that carries a text and no value."""
        text = SUCCESS[call].format(batch=batch)
        if self.readings.success_text == "printed":
            return PRINTED.get(call, PRINTED_USUALLY).format(text=text)
        return self.value(_quote(text))

    # -- values -----------------------------------------------------------------------------

    def tag(self, tag: str | None) -> str:
        """One tag, with the blank of 2.2."""
        if tag is None:
            return self.value("null")
        return self.value(_quote(f" {tag}" if self.readings.tag_blanks else tag))

    def status(self, user: User) -> str:
        """A status (2.7)."""
        return self.value(_quote(self._status(user.status)))

    def user(self, user: User) -> str:
        """One user (2.3)."""
        record = self._identity(user.person)
        if self.readings.get_connectors:
            record.update(_connectors(user.person))
        return self.value(self._object(record))

    def users(self, users: Iterable[User]) -> str:
        """All users (2.1)."""
        listed = self._listed
        return self.value(
            "[" + ",".join([listed(one.person, one.status, one.licensed) for one in users]) + "]"
        )

    def history(self, passes: Iterable[Pass]) -> str:
        """The passes of a user (2.8)."""
        records = [
            self._object(
                {
                    "startDateTime": self._stamp(one.start),
                    "endDateTime": None if one.end is None else self._stamp(one.end),
                    **{name: one.counters[name] for name in COUNTERS},
                }
            )
            for one in passes
        ]
        return self.value(f"[{','.join(records)}]")

    def connectors(self, connectors: Iterable[Connector]) -> str:
        """Connectors (2.22, 2.23)."""
        return self.value(f"[{','.join(self._object(one._asdict()) for one in connectors)}]")

    def names(self, names: Iterable[str]) -> str:
        """Names of batches (2.13)."""
        if self.readings.lists == "json":
            return self.value(_quote(list(names)))
        listed = ", \n   ".join(f"\u201c{name}\u201d" for name in names)
        return f'{{"hasError":false, \n "response": \n  {{{listed}}} \n}}'

    def members(self, members: Iterable[User]) -> str:
        """Tags of the users in a batch (2.21)."""
        tags = [self._tag(user.person.migration_tag) for user in members]
        if self.readings.member_tags == "capitals":
            tags = [tag.upper() for tag in tags]
        if self.readings.lists == "json":
            return self.value(_quote(tags))
        listed = "".join(f"{tag}, \n      " for tag in tags)
        return f'{{"hasError":false, "response": \n    {{ {listed[:-2]}}} \n}}'

    def settings(self, settings: Settings) -> str:
        """The settings of a batch (2.26)."""
        record: dict[str, object] = {camel(name): getattr(settings, name) for name in FLAGS}
        if self.readings.settings_mails_field == "ShouldMigratedMails":
            mails = record.pop("shouldMigrateMails")
            record = {"shouldMigratedMails": mails, **record}
        for name in DATES:
            day: date | None = getattr(settings, name)
            if day is not None:
                record[camel(name)] = f"{day.isoformat()}T00:00:00"
            elif self.readings.unset_date != "missing":
                record[camel(name)] = None if self.readings.unset_date == "null" else MINVALUE
        return self.value(self._object(record))

    def settings_set(self, written: tuple[str, Settings]) -> str:
        """What the settings write tells (2.25)."""
        batch, settings = written
        told = [f"{words} :{_us_date(getattr(settings, name))}" for words, name in TOLD_DATES]
        told += [f"{words} : {getattr(settings, name)}" for words, name in TOLD_FLAGS]
        return self.value(
            _quote(
                f"Global settings set to the users of Batch: {batch} as follows "
                f"{{{', '.join(told)}}}"
            )
        )

    # -- pieces -----------------------------------------------------------------------------

    def _object(self, record: Mapping[str, object]) -> str:
        return _quote({self._cased(name): value for name, value in record.items()})

    def _tag(self, tag: str) -> str:
        return f" {tag} " if self.readings.tag_blanks else tag

    def _status(self, status: str) -> str | int:
        form = self.readings.status_form
        if form == "name":
            return status
        return CODES[status] if form == "code" else str(CODES[status])

    def _stamp(self, moment: float) -> str:
        return f"{datetime.fromtimestamp(moment, self.readings.zone):%d/%m/%Y %H:%M:%S}"

    def _identity(self, person: Person) -> dict[str, object]:
        return {
            "firstName": person.first_name,
            "lastName": person.last_name,
            "sourceEmail": person.source_email,
            "targetEmail": person.target_email,
            "migrationTag": self._tag(person.migration_tag),
        }

    def _list_record(self, person: Person, status: str, licensed: bool) -> str:
        record = self._identity(person)
        if not self.readings.getall_targets:
            del record["targetEmail"]
        if not self.readings.getall_tags:
            del record["migrationTag"]
        if self.readings.getall_statuses:
            record["status"] = self._status(status)
        if self.readings.getall_connectors:
            record.update(_connectors(person))
        if self.readings.getall_licenses:
            record["licensed"] = licensed
        return self._object(record)


def _connectors(person: Person) -> dict[str, object]:
    return {
        "sourceConnectorName": person.source_connector_name,
        "targetConnectorName": person.target_connector_name,
    }


def _us_date(day: date | None) -> str:
    """1/5/2015 12:00:00 AM, as 2.25 prints a date."""
    return "" if day is None else f"{day.month}/{day.day}/{day.year} 12:00:00 AM"
