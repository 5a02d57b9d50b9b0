# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service tells, as frozen values: MailUser, Pass, Totals, Settings, Connector. Pure.

Each is built from the plain values of ``_wire.decode`` (objects with names in lower case), and
raises ProtocolError where a value is not what the document shows.
"""

from __future__ import annotations

import datetime as dt
import re
import typing as t
from dataclasses import dataclass, fields, replace

from ._contract import DATES, FIRST_YEAR, PERSON, READ_AS, SWITCHES, Status, status_of
from ._errors import ProtocolError
from ._wire import text_of

Fields = dict[str, t.Any]

#: What describes a user: field of MailUser, and option of the modules -> field of create and update.
FIELDS: t.Final = dict(
    zip(
        (
            "first_name",
            "last_name",
            "source_email",
            "target_email",
            "source_connector",
            "target_connector",
        ),
        PERSON,
    )
)

#: How a migration tag looks that is a GUID, with letters to be told apart from one in another case.
_GUID: t.Final = re.compile(r"[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}")


def _optional(plain: Fields, *names: str) -> str | None:
    """The first of the fields that is there, as a text; None where none is."""
    for name in names:
        value = plain.get(name)
        if isinstance(value, str) and value.isascii():  # nearly always
            return value
        if value is not None:
            try:
                return text_of(value)
            except ValueError as why:
                raise ProtocolError(f"{name}: {why}") from None
    return None


@dataclass(frozen=True, slots=True)
class MailUser:
    """A user as getall (2.1) or get (2.3) shows it. None is what the answer did not show."""

    source_email: str
    target_email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    tag: str | None = None
    source_connector: str | None = None
    target_connector: str | None = None
    status: Status | None = None
    licensed: bool | None = None

    @classmethod
    def read(cls, plain: Fields, spelled: t.Callable[[str], str] = str) -> MailUser:
        """Build a user from an object of 2.1 or 2.3, its tag spelled so. Raises ProtocolError."""
        source = _stripped(_optional(plain, "sourceemail"))
        if source is None:
            raise ProtocolError("a user without sourceEmail")
        tag = (_optional(plain, "migrationtag") or "").strip()
        return cls(
            source_email=source,
            target_email=_stripped(_optional(plain, "targetemail")),
            first_name=_optional(plain, "firstname"),
            last_name=_optional(plain, "lastname"),
            tag=spelled(tag) if tag else None,
            source_connector=_optional(plain, "sourceconnectorname", "sourceconnector"),
            target_connector=_optional(plain, "targetconnectorname", "targetconnector"),
            status=_status(plain),
            licensed=_flag(plain, "haslicense", "islicensed", "licensed", "license"),
        )

    @property
    def label(self) -> str:
        """How messages and diffs name the user."""
        return self.source_email


def _status(plain: Fields) -> Status | None:
    """The status, by name or code, where the user carries one."""
    for value in (plain.get("status"), plain.get("migrationstatus")):
        if isinstance(value, int) and not isinstance(value, bool):
            return status_of(str(value))
        if isinstance(value, str) and value.strip():
            return status_of(text_of(value))
    return None


def _stripped(text: str | None) -> str | None:
    return (text or "").strip() or None


def _flag(plain: Fields, *names: str) -> bool | None:
    """The first of the fields that is true or false; the document names none of them."""
    return next((plain[name] for name in names if isinstance(plain.get(name), bool)), None)


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two e-mail addresses are the same: they compare without case."""
    return address_key(one) == address_key(other)


def address_key(address: str | None) -> str:
    """The form of an e-mail address under which it is looked up."""
    return (address or "").strip().lower()


def tag_key(tag: str) -> str:
    """The form of a migration tag under which it is looked up: a GUID's letters have no case."""
    key = tag.lower()
    return tag if key == tag or not _GUID.fullmatch(tag) else key


@dataclass(frozen=True, slots=True)
class Totals:
    """Counters of items of one kind in a pass (2.8)."""

    total: int = 0
    read: int = 0
    success: int = 0
    ignored: int = 0
    failure: int = 0
    already_migrated: int = 0

    @property
    def delta(self) -> int:
        """Items that this pass left to do; at least 0."""
        settled = self.success + self.ignored + self.failure + self.already_migrated
        return max(0, self.total - settled)

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(Totals))
        )

    def result(self) -> dict[str, int]:
        """The counters as modules return them."""
        return {
            "total": self.total,
            "read": self.read,
            "success": self.success,
            "ignored": self.ignored,
            "failure": self.failure,
            "already_migrated": self.already_migrated,
            "delta": self.delta,
        }


#: Kind of items, as modules name it -> the prefix of its counters in 2.8.
KINDS: t.Final = {"mail": "msg", "calendar": "cal", "contacts": "con"}
_COUNTERS: t.Final = ("total", "read", "success", "ignored", "failure")


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass of the history (2.8). Its moments carry a zone; end is None while it runs."""

    start: dt.datetime
    end: dt.datetime | None
    mail: Totals
    calendar: Totals
    contacts: Totals

    @classmethod
    def read(cls, plain: Fields, zone: dt.tzinfo) -> Pass:
        """Build a pass from an object of 2.8, whose moments are in zone. Raises ProtocolError."""
        start = _moment(plain, "startdatetime", zone)
        if start is None:
            raise ProtocolError("a pass without startDateTime")
        kinds = {
            kind: Totals(
                **{name: _count(plain, prefix + name) for name in _COUNTERS},
                already_migrated=_count(plain, prefix + "alreadymigrated"),
            )
            for kind, prefix in KINDS.items()
        }
        return cls(start=start, end=_moment(plain, "enddatetime", zone), **kinds)

    @staticmethod
    def has_begun(plain: Fields) -> bool:
        """Whether an object of 2.8 tells its beginning; one that waits to begin has null, or no moment."""
        waits = (
            "startdatetime" in plain and _moment(plain, "startdatetime", dt.timezone.utc) is None
        )
        return not waits

    @property
    def items(self) -> Totals:
        """The counters of all kinds together."""
        return self.mail + self.calendar + self.contacts

    @property
    def delta(self) -> int:
        """Items of all kinds that this pass left to do."""
        return self.mail.delta + self.calendar.delta + self.contacts.delta

    def result(self) -> dict[str, t.Any]:
        """The pass as modules return it: moments in ISO 8601, counters by kind."""
        return {
            "start": iso(self.start),
            "end": iso(self.end) if self.end else None,
            **{kind: getattr(self, kind).result() for kind in KINDS},
        }


def _count(plain: Fields, name: str) -> int:
    value = 0 if plain.get(name) is None else plain[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ProtocolError(f"{name} of a pass is no number of items")
    return value


def _moment(plain: Fields, name: str, zone: dt.tzinfo) -> dt.datetime | None:
    text = _stripped(_optional(plain, name))
    if text is None:
        return None
    try:
        moment = dt.datetime.strptime(text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        raise ProtocolError(f"{name} of a pass is no dd/MM/yyyy HH:mm:ss") from None
    # A moment that is not set may come as the least or the last one that .NET can write.
    return moment if FIRST_YEAR <= moment.year < dt.MAXYEAR else None


def iso(moment: dt.datetime) -> str:
    """A moment in ISO 8601, in UTC, to the second."""
    return moment.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a batch (2.25, 2.26), by the names of the module's options."""

    switches: t.Mapping[str, bool]
    dates: t.Mapping[str, dt.date | None]

    @classmethod
    def read(cls, plain: Fields) -> Settings:
        """Build the settings from the object of 2.26. Raises ProtocolError.

        A switch that the answer leaves out is taken as false, as a write that leaves it out is.
        """
        known = {field.lower(): name for name, field in SWITCHES.items()}
        for spelling, field in READ_AS.items():
            known[spelling.lower()] = known[field.lower()]
        switches = dict.fromkeys(SWITCHES, False)
        for field, name in known.items():
            value = plain.get(field)
            if value is not None:
                if not isinstance(value, bool):
                    raise ProtocolError(f"{field} is neither true nor false")
                switches[name] = value
        dates = {name: _date(plain, field.lower()) for name, field in DATES.items()}
        return cls(switches, dates)

    def merged(self, wanted: t.Mapping[str, bool | dt.date | None]) -> Settings:
        """These settings with the wanted ones (by option name) in their places."""
        return replace(
            self,
            switches={name: bool(wanted.get(name, old)) for name, old in self.switches.items()},
            dates={
                name: t.cast("dt.date | None", wanted.get(name, old))
                for name, old in self.dates.items()
            },
        )

    def written(self) -> dict[str, t.Any]:
        """The fields of the write (2.25): every switch; a date only where it is set."""
        content: dict[str, t.Any] = {
            DATES[name]: f"{date:%m/%d}/{date.year:04}" for name, date in self.dates.items() if date
        }
        content.update((SWITCHES[name], value) for name, value in self.switches.items())
        return content

    def result(self) -> dict[str, t.Any]:
        """The settings as modules return them; a date in ISO 8601, or an empty string."""
        dates = {name: date.isoformat() if date else "" for name, date in self.dates.items()}
        return {**self.switches, **dates}


def _date(plain: Fields, name: str) -> dt.date | None:
    text = _stripped(_optional(plain, name))
    if text is None:
        return None
    try:
        day = text.partition("T")[0]
        date = dt.datetime.strptime(day, "%Y-%m-%d").date()
        if len(day) != len("2015-01-05"):  # strptime is content with fewer digits
            raise ValueError
    except ValueError:
        raise ProtocolError(f"{name} is no ISO 8601 date") from None
    # A date that is not set may come as the least one that .NET can write.
    return date if date.year >= FIRST_YEAR else None


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector (2.22, 2.23)."""

    name: str
    type: str

    @classmethod
    def read(cls, plain: Fields) -> Connector:
        """Build a connector from an object of 2.22 or 2.23. Raises ProtocolError."""
        name = _optional(plain, "name")
        if not name:
            raise ProtocolError("a connector without a name")
        return cls(name, _optional(plain, "type") or "")
