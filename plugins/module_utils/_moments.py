# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates, moments and time zones as users write them. Pure; every fault is a ValueError in words.

Python 3.10 reads less of ISO 8601 than its successors, so the forms are spelled out here and mean
the same under every Python.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re

from ._contract import FIRST_YEAR

#: Seconds in a year: no duration is longer, as there are systems that cannot wait for one.
LONGEST = 366 * 86400.0
#: The zone furthest from UTC is 14 hours ahead of it.
WIDEST_OFFSET = dt.timedelta(hours=14)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"""(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})
        [T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})
        (?: :(?P<second>[0-9]{2}) (?: [.,](?P<fraction>[0-9]+) )? )?
        \ ?(?P<offset>Z|[+-][0-9]{2}(?: :?[0-9]{2})?)?""",
    re.X | re.I,
)
_ZONE_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<offset>[+-][0-9]{1,2}(?::?[0-9]{2})?)", re.I)


def parse_date(text: str) -> dt.date | None:
    """The date that YYYY-MM-DD names; None for an empty text, which clears a date.

    Raises ValueError for anything else.
    """
    text = text.strip()
    if not text:
        return None
    if not _DATE.fullmatch(text):
        raise ValueError("expected a date as YYYY-MM-DD, or an empty string for none")
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day; expected a date as YYYY-MM-DD") from None
    if date.year < FIRST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} on")
    return date


def parse_moment(text: str) -> dt.datetime:
    """The moment that ISO 8601 with an offset or Z names, in UTC, rounded up to a full second.

    Rounded up, since the service's history knows full seconds only: a pass that began within the
    same second may have begun before the moment.
    A blank in place of the T is read as well: that is how YAML hands over an unquoted moment.
    Raises ValueError for anything else, and for a moment without an offset.
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        raise ValueError(
            "expected a moment in ISO 8601 with an offset, such as 2026-03-27T22:00:00+01:00"
        )
    if found["offset"] is None:
        raise ValueError(
            "expected an offset from UTC (or Z) at its end, such as 2026-03-27T22:00:00+01:00"
        )
    zone = _offset(found["offset"])
    try:
        date = dt.date.fromisoformat(found["date"])
        clock = dt.time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        raise ValueError("there is no such day or time of day") from None
    if date.year < FIRST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} on")
    part = dt.timedelta(seconds=1 if (found["fraction"] or "").strip("0") else 0)
    try:
        return dt.datetime.combine(date, clock, zone).astimezone(dt.timezone.utc) + part
    except OverflowError:
        raise ValueError("expected a year up to 9999") from None


def parse_zone(text: str) -> dt.tzinfo:
    """The time zone that UTC, an offset (+02:00, UTC+2) or an IANA name (Europe/Paris) names.

    Only an IANA name needs the time zone database of the system, or the Python package tzdata.
    Raises ValueError where there is no such zone.
    """
    text = text.strip()
    if text.upper() in ("UTC", "GMT", "Z"):
        return dt.timezone.utc
    found = _ZONE_OFFSET.fullmatch(text)
    if found:
        return _offset(found["offset"])
    import zoneinfo  # which takes its time, and a name is rarely given

    try:
        return zoneinfo.ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # OSError: "Europe" is a directory of the database
        raise ValueError(_unknown_zone(text, zoneinfo.available_timezones())) from None


def _offset(text: str) -> dt.timezone:
    """The zone of Z, +2, +02, +0200 or +02:00. Raises ValueError."""
    if text in ("Z", "z"):
        return dt.timezone.utc
    digits = text[1:].replace(":", "")
    if len(digits) < 3:
        hours, minutes = int(digits), 0
    else:
        hours, minutes = int(digits[:-2]), int(digits[-2:])
    span = dt.timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or span > WIDEST_OFFSET:
        raise ValueError("expected an offset from UTC between -14:00 and +14:00")
    return dt.timezone(-span if text[0] == "-" else span)


def _unknown_zone(text: str, names: set[str]) -> str:
    known = {name.lower(): name for name in names}
    expected = (
        "expected UTC, an offset such as +02:00 (in quotes), or an IANA name such as Europe/Paris"
    )
    if not known:
        return f"{expected}; IANA names need the time zone database (tzdata), which is not here"
    # Of abbreviations, one is as near to another as the zones they stand for are far apart: CEST is no EST.
    places = [name for name in known if "/" in name]
    close = difflib.get_close_matches(text.lower(), places, n=1, cutoff=0.8)
    return f"{expected}; did you mean {known[close[0]]}?" if close else expected
