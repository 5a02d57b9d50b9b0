# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on the server, written as a list of users and an inventory: how a project is adopted.

The files say what there is in the words of the inventory plugin, so that a cutover with them finds
nothing to change. What those words cannot say exactly is left out and named, never said wrongly.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import typing as t
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ._checks import refuse
from ._client import Client
from ._directory import Directory
from ._errors import CloudiwayError, ForceNeeded, Refused
from ._files import FORMULA, alone_in, folder_fault, text_at, write_whole
from ._hosts import host_of
from ._models import MailUser, address_key
from ._plan import Outcome
from ._redaction import Redactor
from ._roster import Row, batch_fault, judge
from ._users_file import HEADERS

Params = Mapping[str, t.Any]

USERS_FILE: t.Final = "users.csv"
INVENTORY: t.Final = "waves.cloudiway.yml"
WITHOUT_BATCH: t.Final = "users-without-batch.csv"
#: The group that the inventory plugin makes by default.
GROUP: t.Final = "cloudiway_batches"
#: How many of those who are left out are returned, and named in a warning.
NAMED: t.Final = 20

Settings = dict[str, t.Any]
#: A user's batch (None where it is in none), its tag, and what the service shows of it.
Seen = tuple["str | None", "str | None", "MailUser | None"]


@dataclass(frozen=True)
class Stranger:
    """A user that the list cannot declare, and why."""

    tag: str | None
    user: MailUser | None
    batch: str | None
    reason: str

    def result(self) -> dict[str, str | None]:
        """The user as the module returns it."""
        return {
            "migration_tag": self.tag,
            "source_email": self.user.source_email if self.user else None,
            "batch": self.batch,
            "reason": self.reason,
        }


@dataclass
class Listing:
    """What can be declared, and what cannot."""

    rows: list[Row]
    loose: list[Row]
    settings: dict[str, Settings]
    strangers: list[Stranger]
    warnings: list[str]


def check_export(params: Params) -> None:
    """Raise InvalidInput unless the folder can be one."""
    fault = folder_fault(params["dir"])
    refuse([f"dir: {fault}"] if fault else [])


def export(client: Client, params: Params, check_mode: bool) -> Outcome:
    """cloudiway_export: write users and batches of the server as a CSV and an inventory."""
    listing = observe(client, Redactor([params["consumer_secret"]]))
    texts = {
        USERS_FILE: csv_of(listing.rows),
        INVENTORY: inventory_of(listing),
        WITHOUT_BATCH: csv_of(listing.loose),
    }
    paths = {name: os.path.join(params["dir"], name) for name in texts}
    there = {name: text_at(path) for name, path in paths.items()}
    differing = [name for name, text in texts.items() if there[name] != text]
    edited = [name for name in differing if there[name] is not None]
    if edited and not params["force"]:
        raise ForceNeeded(
            f"{params['dir']}: {', '.join(edited)} would be written anew, as the server and the"
            " files differ; give another folder, or force (export_force of the"
            " playbook) to lose what is there"
        )
    if differing and not check_mode:
        with alone_in(params["dir"]):
            for name in differing:
                write_whole(paths[name], [texts[name]])
    return Outcome(
        bool(differing),
        {name: _digest(old) for name in differing for old in [there[name]] if old is not None},
        {name: _digest(texts[name]) for name in differing},
        _result(listing, paths),
        tuple(listing.warnings),
    )


def _digest(text: str) -> str:
    """What a diff shows of a file, which may have tens of thousands of lines."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    lines = text.count("\n")
    return f"{lines} lines, sha256 {digest[:16]}"


def _result(listing: Listing, paths: Mapping[str, str]) -> dict[str, t.Any]:
    return {
        "files": {
            "users": paths[USERS_FILE],
            "inventory": paths[INVENTORY],
            "without_batch": paths[WITHOUT_BATCH],
        },
        "summary": {
            "batches": len({row[1]["batch"] for row in listing.rows}),
            "users": len(listing.rows),
            "without_batch": len(listing.loose),
            "left_out": len(listing.strangers),
        },
        "left_out": [one.result() for one in listing.strangers[:NAMED]],
    }


# Observe ------------------------------------------------------------------------------------


def observe(client: Client, redactor: Redactor) -> Listing:
    """Read all users, batches, members and settings. Raises CloudiwayError.

    What holds the secret, which a service may echo in anything, is left out.
    """
    directory = Directory(client)
    directory.load()
    names = directory.batches
    directory.read_members(names)
    members = [(name, tag) for name in names for tag in directory.members(name)]
    found = dict(zip(members, directory.look_up(tag for _name, tag in members)))
    taken = {tag for _name, tag in members}
    joined = [user for user in found.values() if user]
    pairs = {_pair(user) for user in joined} | {
        _pair(replace(user, target_email=None)) for user in joined
    }
    seen: list[Seen] = [(name, tag, user) for (name, tag), user in found.items()]
    seen += [
        (None, user.tag, user)
        for user in directory.users
        if (user.tag not in taken if user.tag else _pair(user) not in pairs)
    ]
    listing = sorted_out(_completed(client, seen), redactor)
    filled = dict.fromkeys(name for name, _tag in members)
    for name, settings in zip(filled, client.each(client.settings, filled)):
        if isinstance(settings, CloudiwayError):
            raise settings
        listing.settings[name] = settings.result()
    return listing


def _pair(user: MailUser) -> tuple[str, str]:
    """By which a user is told where getall shows no tag; by its source alone, where no target."""
    return address_key(user.source_email), address_key(user.target_email)


def _completed(client: Client, seen: Sequence[Seen]) -> list[Seen]:
    """The users with what getall does not show and the one-user read does.

    Asks for all only where the first answer shows that it is worth it; for target addresses, which
    a list must have, in any case.
    """
    lacking = [at for at, one in enumerate(seen) if one[2] and one[1] and _lacks(one[2])]
    if not lacking:
        return list(seen)
    first = _filled(client, seen[lacking[0]])
    if first == seen[lacking[0]]:
        lacking = [at for at in lacking if not t.cast(MailUser, seen[at][2]).target_email]
    full = list(seen)
    for at, one in zip(lacking, client.each(lambda at: _filled(client, seen[at]), lacking)):
        if isinstance(one, CloudiwayError):
            raise one
        full[at] = one
    return full


def _lacks(user: MailUser) -> list[str]:
    """Which columns of the list getall has not shown."""
    names = ("first_name", "last_name", "target_email", "source_connector", "target_connector")
    return [name for name in names if getattr(user, name) is None]


def _filled(client: Client, seen: Seen) -> Seen:
    batch, tag, user = seen
    if tag is None or user is None:
        return seen
    try:
        shown = client.user(tag)
    except Refused:  # it was deleted meanwhile; what is known of it will do
        return seen
    return batch, tag, replace(user, **{name: getattr(shown, name) for name in _lacks(user)})


# Sort out -----------------------------------------------------------------------------------


def sorted_out(seen: Iterable[Seen], redactor: Redactor) -> Listing:
    """The users that a list can declare, and those that it cannot. Pure."""
    listing = Listing([], [], {}, [], [])
    hosts: dict[str, str] = {}
    rows: list[Row] = []
    origins: list[Seen] = []
    inexact = 0
    for batch, tag, user in seen:
        reason = _unlisted(batch, user, hosts, redactor)
        if reason or user is None:
            listing.strangers.append(Stranger(tag, user, batch, reason or "not known"))
            continue
        fields, lost = _fields(batch, user, redactor)
        inexact += lost
        rows.append((f"users[{len(rows)}]", fields))
        origins.append((batch, tag, user))
    _persons, faults = judge(rows, {}, ())
    wrong = {at: fault.partition(": ")[2] for at, fault in reversed(faults)}
    for at, (row, (batch, tag, user)) in enumerate(zip(rows, origins)):
        if at in wrong:
            listing.strangers.append(Stranger(tag, user, batch, _said(wrong[at], rows)))
        elif batch is None:
            listing.loose.append(row)
        else:
            listing.rows.append(row)
    listing.warnings += _warnings(listing, inexact)
    return listing


def _unlisted(
    batch: str | None, user: MailUser | None, hosts: dict[str, str], redactor: Redactor
) -> str | None:
    """Why a user cannot be in the list, as far as its batch is concerned. hosts are those so far."""
    if user is None:
        return "the service shows nothing of it but its migration tag"
    if batch is None:
        return None
    if not _is_exact(batch, redactor):
        return "a CSV cannot carry the name of its batch"
    fault = batch_fault(batch)
    if fault:
        return f"the name of its batch: {fault}"
    host = host_of(batch, GROUP)
    if not host:
        return "the name of its batch has no letter and no digit, so it makes no host"
    other = hosts.setdefault(host, batch)
    if other != batch:
        return f"its batch would be the same host as {other!r}: {host}"
    return None


def _fields(batch: str | None, user: MailUser, redactor: Redactor) -> tuple[dict[str, t.Any], int]:
    """What a row says of a user, and how many of its fields a CSV cannot carry exactly."""
    fields = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "source_email": user.source_email,
        "target_email": user.target_email,
        "batch": batch,
        "source_connector": user.source_connector,
        "target_connector": user.target_connector,
        # Only where the service says so: then a cutover as it is would give it one.
        "license": "never" if user.licensed is False else None,
    }
    known = {name: value for name, value in fields.items() if value}
    exact = {name: value for name, value in known.items() if _is_exact(value, redactor)}
    return exact, len(known) - len(exact)


def _is_exact(value: str, redactor: Redactor) -> bool:
    """Whether a value may be in a CSV, and comes back from it as it is.

    Blanks about it, NUL and halves of characters do not; the secret may not.
    """
    whole = value == value.strip() and "\0" not in value
    return (
        whole
        and value == value.encode("utf-8", "replace").decode("utf-8")
        and value == redactor.clean(value)
    )


def _said(fault: str, rows: Sequence[Row]) -> str:
    """A fault that names other rows by their users, since their numbers are nobody's."""
    return re.sub(
        r"users\[(\d+)\]", lambda found: str(rows[int(found[1])][1].get("source_email")), fault
    )


def _warnings(listing: Listing, inexact: int) -> Iterator[str]:
    if listing.strangers:
        named = ", ".join(_label(one) for one in listing.strangers[:NAMED])
        more = len(listing.strangers) - NAMED
        yield (
            f"{len(listing.strangers)} users cannot be declared and are left out; they stay as they"
            f" are: {named}{f' and {more} more' if more > 0 else ''}"
        )
    if inexact:
        yield (
            f"{inexact} names begin or end with a blank, or hold what a CSV cannot carry; they are"
            " left out, so that nothing is changed about them"
        )
    never = sum(row[1].get("license") == "never" for row in listing.rows)
    if never:
        yield (
            f"{never} users have no licence: their License is never; take the word away to have the"
            " cutover assign one"
        )
    formulas = sum(
        bool(FORMULA.match(value))  # the list is for programs, and written as it is
        for row in listing.rows + listing.loose
        for value in row[1].values()
    )
    if formulas:
        yield (
            f"{formulas} cells look like formulas to a spreadsheet: have it import every column as"
            " text"
        )


def _label(one: Stranger) -> str:
    return f"{one.user.source_email if one.user else one.tag} ({one.reason})"


# Write --------------------------------------------------------------------------------------


def csv_of(rows: Sequence[Row]) -> str:
    """The list, with the headers of the portal's own import."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(HEADERS)
    for _origin, fields in rows:
        lines.writerow([fields.get(option, "") for option in HEADERS.values()])
    return text.getvalue()


def inventory_of(listing: Listing) -> str:
    """The inventory: the settings that most batches have, and what is special to the others."""
    batches = list(dict.fromkeys(row[1]["batch"] for row in listing.rows))
    common = _most_common([listing.settings[name] for name in batches])
    kept = Counter(one.batch for one in listing.strangers)
    lines = [
        "---",
        f"# {len(listing.rows)} users in {len(batches)} batches, as they were on the service.",
        "plugin: cloudiway.mail.cloudiway_waves",
        f"users_file: {USERS_FILE}",
    ]
    if common:
        lines += ["settings:", *(f"  {name}: {_yaml(value)}" for name, value in common.items())]
    special = []
    for name in batches:
        settings = listing.settings[name]
        own = {key: value for key, value in settings.items() if common.get(key) != value}
        if own or kept[name]:
            special.append(f"  {_yaml(name)}:")
        if own:
            special += ["    settings:", *(f"      {key}: {_yaml(own[key])}" for key in own)]
        if kept[name]:
            special += [
                f"    # {kept[name]} of its members cannot be declared.",
                "    cutover_undeclared: keep",
            ]
    if special:
        lines += ["batches:", *special]
    return "\n".join([*lines, ""])


def _most_common(all_settings: Sequence[Settings]) -> Settings:
    counts = Counter(tuple(settings.items()) for settings in all_settings)
    return dict(counts.most_common(1)[0][0]) if counts else {}


def _yaml(value: bool | str) -> str:
    """A value as YAML writes it; a text in quotes, with escapes for what cannot be seen."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return '"' + "".join(map(_quoted_sign, value)) + '"'


def _quoted_sign(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
