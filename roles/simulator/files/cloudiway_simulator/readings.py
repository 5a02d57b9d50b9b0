# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the document is read where it is silent or contradicts itself: every reading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta, timezone, tzinfo
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FAILURE_STATUSES = ("200", *(str(int(status)) for status in HTTPStatus if status >= 400))


class UnknownReading(ValueError):
    """A reading, or a value of one, that does not exist; the text lists those that do."""


def one_of(*values: str, says: str) -> dict[str, Any]:
    """A reading with named values; the first is the default."""
    return {"values": values, "says": says}


def switch(says: str) -> dict[str, Any]:
    """A reading that is true or false."""
    return {"values": ("true", "false"), "says": says}


@dataclass(frozen=True)
class Readings:
    """One way to read the document. `says` is what the README prints of each."""

    get_method: str = field(
        default="GET",
        metadata=one_of(
            "GET",
            "POST",
            "both",
            says="the method of `/{tag}/get` (the list says GET, 2.3 says POST)",
        ),
    )
    get_post_credentials: str = field(
        default="either",
        metadata=one_of(
            "either",
            "query",
            "body",
            says="where POST `/{tag}/get` carries its credentials (2.3 does not show them)",
        ),
    )
    license_path: str = field(
        default="plain",
        metadata=one_of(
            "plain",
            "tag",
            "both",
            says="`/license` (the example of 2.9) or `/{tag}/license` (its heading)",
        ),
    )
    settings_write_path: str = field(
        default="mail",
        metadata=one_of(
            "mail",
            "plain",
            "both",
            says="`setmailglobalsettingsbybatch` (2.25) or `setglobalsettingsbybatch` (the list)",
        ),
    )
    settings_read_path: str = field(
        default="mail",
        metadata=one_of(
            "mail",
            "plain",
            "both",
            says="`getmailglobalsettingsbybatch` (2.26) or `getglobalsettingsbybatch` (the list)",
        ),
    )
    wrong_path_status: int = field(
        default=404,
        metadata={
            "values": ("404", "405"),
            "says": "HTTP status, with an HTML page, of the path or method that was not chosen",
        },
    )
    success_text: str = field(
        default="quoted",
        metadata=one_of(
            "quoted",
            "printed",
            says="success texts as JSON strings, or unquoted and keyless as printed",
        ),
    )
    lists: str = field(
        default="json",
        metadata=one_of(
            "json",
            "printed",
            says="2.13 and 2.21 as JSON lists, or in braces, bare or in curly quotes",
        ),
    )
    field_case: str = field(
        default="camel",
        metadata=one_of(
            "camel",
            "lower",
            "pascal",
            says="the case of every field name of an answer that is JSON",
        ),
    )
    failure_field: str = field(
        default="response",
        metadata=one_of(
            "response",
            "error",
            "message",
            "printed",
            says='where a failure has its text; printed: `{"hasError":True": text}`',
        ),
    )
    failure_http_status: int = field(
        default=200,
        metadata={"values": ("200", "any of 400 to 511"), "says": "HTTP status of a failure"},
    )
    getall_tags: bool = field(default=True, metadata=switch("`getall` shows `migrationTag`"))
    getall_targets: bool = field(default=True, metadata=switch("`getall` shows `targetEmail`"))
    getall_statuses: bool = field(default=False, metadata=switch("`getall` shows `status`"))
    getall_connectors: bool = field(
        default=False,
        metadata=switch("`getall` shows `sourceConnectorName` and `targetConnectorName`"),
    )
    getall_licenses: bool = field(default=False, metadata=switch("`getall` shows `licensed`"))
    get_connectors: bool = field(
        default=False,
        metadata=switch("the one-user read shows `sourceConnectorName` and `targetConnectorName`"),
    )
    status_form: str = field(
        default="name",
        metadata=one_of(
            "name", "code", "code_text", says='a status as `WORKING`, as `2` or as `"2"`'
        ),
    )
    tag_blanks: bool = field(
        default=False, metadata=switch("blanks around tags, as in 2.2 and 2.3")
    )
    member_tags: str = field(
        default="same",
        metadata=one_of(
            "same", "capitals", says="tags in `getusersinbatch` as everywhere, or in capitals"
        ),
    )
    bom: bool = field(default=False, metadata=switch("a byte order mark before every JSON answer"))
    framing: str = field(
        default="length",
        metadata=one_of("length", "chunked", says="Content-Length, or chunked transfer"),
    )
    settings_omitted: str = field(
        default="false",
        metadata=one_of(
            "false",
            "keep",
            says="a boolean that a settings write leaves out becomes false, or stays",
        ),
    )
    settings_mails_field: str = field(
        default="ShouldMigrateMails",
        metadata=one_of(
            "ShouldMigrateMails",
            "ShouldMigratedMails",
            says="the name under which the settings read shows mails (sample, parameter table)",
        ),
    )
    date_clearing: str = field(
        default="omit",
        metadata=one_of(
            "omit",
            "null",
            "empty",
            says="what clears a date in a settings write; with null or empty, one left out stays",
        ),
    )
    unset_date: str = field(
        default="null",
        metadata=one_of(
            "null",
            "missing",
            "minvalue",
            says='a date that is not set reads as null, not at all, or as `"0001-01-01T00:00:00"`',
        ),
    )
    batch_move: str = field(
        default="move",
        metadata=one_of("move", "refuse", says="`addtobatch` for a user who is in another batch"),
    )
    duplicate_create: str = field(
        default="refuse",
        metadata=one_of(
            "refuse", "accept", says="a second user with the same source and target address"
        ),
    )
    duplicate_batch: str = field(
        default="refuse",
        metadata=one_of(
            "refuse",
            "accept_and_record",
            says="a second batch of the same name, which changes nothing; recorded as a violation",
        ),
    )
    license_again: str = field(
        default="accept",
        metadata=one_of(
            "accept", "refuse", says="assigning a licence to a user who has one; both are harmless"
        ),
    )
    migrationtag_missing: str = field(
        default="hasError",
        metadata=one_of(
            "hasError", "null", says="what `migrationtag` answers for a pair that no user has"
        ),
    )
    start_active: str = field(
        default="refuse",
        metadata=one_of(
            "refuse",
            "restart_and_record",
            says="starting (pass, audit, permissions) a user who is active; recorded as a violation",
        ),
    )
    permissions_overlap: str = field(
        default="refuse",
        metadata=one_of(
            "refuse",
            "accept_and_record",
            says="permissions of a batch while another batch's run; recorded as a violation",
        ),
    )
    history_running: str = field(
        default="hidden",
        metadata=one_of(
            "hidden", "shown", says="a pass that runs: not in the history, or there with a null end"
        ),
    )
    history_failed: str = field(
        default="shown", metadata=one_of("shown", "hidden", says="a pass that ended in ONERROR")
    )
    server_timezone: str = field(
        default="UTC",
        metadata={
            "values": ("UTC", "+hh:mm", "-hh:mm", "an IANA name"),
            "says": "the zone of the stamps of the history",
        },
    )

    def with_changes(self, changes: Mapping[str, object]) -> Readings:
        """The same readings but for some, given as text (or as JSON's true, false and numbers)."""
        known = {reading.name: reading for reading in fields(self)}
        unknown = sorted(set(changes) - set(known))
        if unknown:
            raise UnknownReading(
                f"no such reading: {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
            )
        return replace(
            self, **{name: _value(known[name], given) for name, given in changes.items()}
        )

    @property
    def zone(self) -> tzinfo:
        """The zone that `server_timezone` names."""
        return _zone(self.server_timezone)


def _value(reading: Any, given: object) -> Any:
    """The value of a reading from what was given for it; UnknownReading where it has none such."""
    text = str(given).lower() if isinstance(given, bool) else str(given)
    values: tuple[str, ...] = reading.metadata["values"]
    if reading.name == "server_timezone":
        _zone(text)
        return text
    fits = text in values
    if reading.name == "failure_http_status":
        fits = text in FAILURE_STATUSES
    if not fits:
        raise UnknownReading(f"{reading.name} has no value {text!r}, but: {', '.join(values)}")
    if isinstance(reading.default, bool):
        return text == "true"
    return int(text) if isinstance(reading.default, int) else text


def _zone(name: str) -> tzinfo:
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", name)
    if offset:
        sign, hours, minutes = offset.groups()
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        if ahead < timedelta(days=1):
            return timezone(-ahead if sign == "-" else ahead)
    if name == "UTC":
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownReading(
            f"server_timezone has no value {name!r}, but: UTC, an offset as +02:00, an IANA name"
        ) from None
