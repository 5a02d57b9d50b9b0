# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The global settings of a user (2.25, 2.26) and what a write of them leaves."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from .readings import Readings


class BadDate(ValueError):
    """A date that the service does not take; the text says why."""


@dataclass(frozen=True)
class Settings:
    """What is set on one user. Defaults are this simulator's: the document names none."""

    should_migrate_mails: bool = True
    should_migrate_trash: bool = False
    should_migrate_calendars: bool = True
    should_migrate_contacts: bool = True
    should_migrate_notes: bool = True
    should_migrate_tasks: bool = True
    should_migrate_journals: bool = False
    should_convert_email_addresses: bool = False
    should_convert_x500: bool = False
    from_date: date | None = None
    to_date: date | None = None

    def written(self, given: dict[str, object], readings: Readings) -> Settings:
        """What these become when a write carries `given`; BadDate where a date is not taken."""
        changes: dict[str, Any] = {}
        for name in FLAGS:
            if name in given:
                changes[name] = given[name]
            elif readings.settings_omitted == "false":
                changes[name] = False
        for name in DATES:
            kept = getattr(self, name)
            changes[name] = _written_date(name, kept, given, readings.date_clearing)
        return replace(self, **changes)


DATES = ("from_date", "to_date")
FLAGS = tuple(setting.name for setting in fields(Settings) if setting.name not in DATES)


def read_date(text: str) -> date:
    """A date of the settings write, MM/dd/yyyy: "01/05/2015" reads back as 2015-01-05 (2.26)."""
    moment = datetime.strptime(text, "%m/%d/%Y").date()
    if f"{moment:%m/%d/}{moment.year:04d}" != text:
        raise ValueError(f"{text!r} is not written as MM/dd/yyyy")
    return moment


def _written_date(
    name: str, kept: date | None, given: dict[str, object], clearing: str
) -> date | None:
    """What a date becomes; only the way that `clearing` names takes it away."""
    if name not in given:
        return None if clearing == "omit" else kept
    value = given[name]
    if value is None and clearing != "omit":
        return None if clearing == "null" else kept
    if value == "" and clearing == "empty":
        return None
    try:
        return read_date(str(value))
    except ValueError:
        raise BadDate(f"{name} must be a date as MM/dd/yyyy") from None
