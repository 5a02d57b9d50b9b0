# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: a wave is read, put among those that the folder knows, and all are written anew.

Three files with the same facts: a page for people, a CSV for spreadsheets, and a JSON, from which
the other waves are read back. Each wave says when it was read; one that has left the service leaves
the report.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import re
import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ._checks import gate_faults, refuse
from ._client import Client
from ._errors import CloudiwayError
from ._files import FORMULA, alone_in, folder_fault, text_at, write_whole
from ._models import KINDS, iso
from ._moments import parse_moment
from ._page import page
from ._plan import Outcome
from ._redaction import Redactor
from ._waves import FATES, Mailbox, Wave, read_wave, summary_of, unread

Params = Mapping[str, t.Any]

#: Of the JSON; a file that says otherwise is not read back.
FORMAT: t.Final = 1
#: How many mailboxes that need a person the module returns; the files have all.
NAMED: t.Final = 20


class Report(t.TypedDict):
    """What the JSON holds. account tells accounts apart, and cannot be turned back into a key."""

    format: int
    title: str
    made_at: str
    api_url: str
    migration_type: str
    account: str
    waves: list[Wave]


def check_report(params: Params) -> None:
    """Raise InvalidInput unless the folder, the moment and the limits of the gate can be such."""
    faults = []
    fault = folder_fault(params["dir"])
    if fault:
        faults.append(f"dir: {fault}")
    try:
        parse_moment(params["switched_at"] or "2000-01-01T00:00:00Z")
    except ValueError as why:
        faults.append(f"switched_at: {params['switched_at']!r}: {why}")
    if params["mx_ttl"] < 0:
        faults.append(f"mx_ttl: {params['mx_ttl']} is below 0")
    refuse([*faults, *gate_faults(params)])


def make_report(client: Client, params: Params, check_mode: bool) -> Outcome:
    """cloudiway_report: read a wave and write the report of all waves known so far.

    A wave that cannot be read is in the report all the same, with why, and with what was known of
    it before: a report is wanted most when something is wrong. Then that failure is raised.
    """
    known: list[str] | None = None
    failure: CloudiwayError | None = None
    try:
        known = client.batches()
        wave = read_wave(client, params)
    except CloudiwayError as why:
        failure, wave = why, unread(params, why.message)
    # A service may echo the secret in anything; a file is no place for it either.
    wave = Redactor([params["consumer_secret"]]).clean_all(wave)
    files = {
        kind: os.path.join(params["dir"], f"report.{kind}") for kind in ("html", "csv", "json")
    }
    if not check_mode:
        with alone_in(params["dir"]):
            report = _blank(params)
            report["waves"] = merged(_earlier(files["json"], report), wave, known)
            write_whole(files["json"], json_of(report))
            # The mark at the beginning is how Excel tells UTF-8.
            write_whole(files["csv"], csv_of(report["waves"]), encoding="utf-8-sig")
            write_whole(files["html"], page(report["title"], report["made_at"], report["waves"]))
    needy = [_needy(one) for one in wave["mailboxes"] if one["reason"]]
    result = {"files": files, "wave": summary_of(wave), "people": needy[:NAMED]}
    if failure:
        failure.seen = result
        raise failure
    return Outcome(False, {}, {}, result)


def _needy(one: Mailbox) -> dict[str, t.Any]:
    return {
        "source_email": one["source_email"],
        "migration_tag": one["migration_tag"],
        "status": one["status"],
        "reason": one["reason"],
        "next": one["next"],
    }


def _blank(params: Params) -> Report:
    """The report of this account, without waves."""
    where = params["api_url"], params["migration_type"]
    account = "\0".join((*where, params["consumer_key"])).encode("utf-8", "surrogatepass")
    return {
        "format": FORMAT,
        "title": params["title"],
        "made_at": iso(dt.datetime.now(dt.timezone.utc)),
        "api_url": where[0],
        "migration_type": where[1],
        "account": hashlib.sha256(account).hexdigest()[:16],
        "waves": [],
    }


def _earlier(path: str, report: Report) -> list[Wave]:
    """The waves of the report that is there, where it is one of the same account."""
    try:
        found = json.loads(text_at(path) or "null")
    except ValueError:  # somebody else's file, or one that was cut short: it is made anew
        return []
    if not isinstance(found, dict):
        return []
    if (found.get("format"), found.get("account")) != (FORMAT, report["account"]):
        return []
    waves: list[Wave] = found["waves"]
    return waves


def merged(earlier: Sequence[Wave], wave: Wave, known: Sequence[str] | None) -> list[Wave]:
    """The waves with this one in its place; those that are no longer on the service are gone.

    known are the batches of the service; None where they could not be read. In the order of their
    names, by which a wave 10 comes after a wave 9. Pure.
    """
    waves = {one["batch"]: one for one in earlier if known is None or one["batch"] in known}
    before = waves.get(wave["batch"])
    if wave["trouble"] and before:
        wave = {**before, "trouble": wave["trouble"], "note": wave["note"]}
    waves[wave["batch"]] = wave
    return sorted(waves.values(), key=lambda one: _by_number(one["batch"]))


def _by_number(name: str) -> list[tuple[bool, int, str]]:
    """By which names are sorted: numbers in them count as such."""
    parts = re.split("([0-9]{1,18})", name.casefold())
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def json_of(report: Report) -> Iterator[str]:
    """The report as JSON, with a line for each mailbox, so that lines can be compared."""
    head = {name: value for name, value in report.items() if name != "waves"}
    yield _json(head)[:-1] + ', "waves": ['
    for number, wave in enumerate(report["waves"]):
        facts = {name: value for name, value in wave.items() if name != "mailboxes"}
        facts["summary"] = summary_of(wave)
        yield ("," if number else "") + "\n" + _json(facts)[:-1] + ', "mailboxes": ['
        for place, mailbox in enumerate(wave["mailboxes"]):
            yield ("," if place else "") + "\n" + _json(mailbox)
        yield "]}"
    yield "]}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)  # a half of a character cannot be written otherwise


_COLUMNS: t.Final = (
    *("BatchName", "SourceEmail", "TargetEmail", "MigrationTag", "Status", "Phase", "Stage"),
    *("Passes", "FirstPassBegan", "NewestPassEnded"),
    *(f"{kind.title()}{fate.title()}" for kind in KINDS for fate in FATES),
    *("Reason", "WhatToDo", "ReadAt"),
)


def csv_of(waves: Sequence[Wave]) -> Iterator[str]:
    """The mailboxes of all waves as CSV; no cell of it is a formula to a spreadsheet."""
    yield _line(_COLUMNS)
    for wave in waves:
        for one in wave["mailboxes"]:
            passes = one["passes"]
            yield _line(
                (
                    *(wave["batch"], one["source_email"], one["target_email"]),
                    *(one["migration_tag"], one["status"], one["phase"], one["stage"], len(passes)),
                    *((passes[0][0], passes[-1][1]) if passes else ("", "")),
                    *(one["items"][kind][fate] for kind in KINDS for fate in FATES),
                    *(one["reason"], one["next"], wave["read_at"]),
                )
            )


def _line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(value: object) -> str:
    """A cell as text; the apostrophe keeps a spreadsheet from reckoning, and is not shown by it."""
    text = "" if value is None else str(value)
    return f"'{text}" if FORMULA.match(text) else text
