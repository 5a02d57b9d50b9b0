# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users that somebody declares, in a file or a list: read, checked, dealt into batches.

Pure but for opening the one file. Every fault is found before anything is handed on, and each is
named with the line of its row (of a file) or its place (in a list) and what was expected.
"""

from __future__ import annotations

import csv
import io
import re
import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ._errors import InvalidInput
from ._models import address_key

Fields = dict[str, t.Any]
#: Where a row stands ("line 12", "users[3]", "" for a single one), and what it declares, by the
#: names of the modules' options. What is blank is left out.
Row = tuple[str, Fields]
#: The number of a row or a line, and what is wrong there.
_Fault = tuple[int, str]

LICENSE_WORDS: t.Final = ("missing", "always", "never")
STATES: t.Final = ("present", "absent")

#: Header of the portal's own import, without case and blanks -> option. None is known and ignored:
#: the API has no recipient type.
COLUMNS: t.Final[Mapping[str, str | None]] = {
    "firstname": "first_name",
    "lastname": "last_name",
    "sourceemail": "source_email",
    "targetemail": "target_email",
    "batchname": "batch",
    "sourceconnectorname": "source_connector",
    "targetconnectorname": "target_connector",
    "license": "license",
    "sourcerecipienttype": None,
    "targetrecipienttype": None,
}
_HEADERS: t.Final = (
    "FirstName, LastName, SourceEmail, TargetEmail, BatchName, SourceConnectorName,"
    " TargetConnectorName, License"
)
_NEEDED: t.Final[Mapping[str, str]] = {"sourceemail": "SourceEmail", "targetemail": "TargetEmail"}

#: How files begin that people take for a CSV.
_NO_TEXT: t.Final = (
    (b"\xff\xfe", "is UTF-16"),
    (b"\xfe\xff", "is UTF-16"),
    (b"PK\x03\x04", "is an Excel workbook or another archive"),
)

#: How many faults a message shows.
SHOWN: t.Final = 50
#: Characters of a wrong value that a message shows.
_QUOTED: t.Final = 80
#: Control characters, what else ends a line, and halves of characters, which UTF-8 cannot write.
_CONTROL: t.Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_HALF: t.Final = re.compile(r"[\ud800-\udfff]")
#: RFC 5321: 64 for the local part, 255 for the domain, and the sign between them.
_LONGEST_ADDRESS: t.Final = 320
#: A quoted string, or anything but blanks and the signs that RFC 5322 keeps for its own syntax;
#: then labels that neither begin nor end with a hyphen. Letters of any script are legal in both.
_LABEL: t.Final = r"(?!-)[\w\u0080-\U0010ffff-]+(?<!-)"
_ADDRESS: t.Final = re.compile(
    rf"""(?: "(?:[^"\\]|\\.)*" | [^\s"(),:;<>@\[\]\\]+ ) @ {_LABEL} (?:\.{_LABEL})*""", re.X
)


@dataclass(frozen=True, slots=True)
class Person:
    """One declared user. What is None was left out; origin is that of its Row."""

    origin: str
    source_email: str | None = None
    target_email: str | None = None
    migration_tag: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    source_connector: str | None = None
    target_connector: str | None = None
    batch: str | None = None
    license: str = "missing"
    state: str = "present"
    force: bool = False


class FaultyRoster(InvalidInput):
    """Faults of declared users: ``faults`` has all, the message shows the first SHOWN."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(faults)
        if len(faults) > SHOWN:
            shown = [f"{len(faults)} faults in the input:", *faults[:SHOWN]]
            self.message = "\n".join([*shown, f"and {len(faults) - SHOWN} more"])
            self.args = (self.message,)


def list_rows(users: Sequence[Mapping[str, t.Any]]) -> list[Row]:
    """The rows of a list of users. Raises InvalidInput where an element is no mapping."""
    faults = [
        f"users[{at}]: {_quoted(user)} is no mapping of a user's fields"
        for at, user in enumerate(users)
        if not isinstance(user, Mapping)
    ]
    if faults:
        raise FaultyRoster(faults)
    return [(f"users[{at}]", _tidy(user)) for at, user in enumerate(users)]


def people(
    rows: Sequence[Row],
    *,
    defaults: Mapping[str, t.Any] | None = None,
    target_domains: Sequence[str] | None = None,
) -> list[Person]:
    """The users that rows declare, in their order.

    defaults are fields for the rows that leave them out. Where target_domains are given, a user
    who is to be present in any other is a fault; a row without a target address has none.
    Raises InvalidInput, which names all faults at once.
    """
    persons, faults = _judge(rows, defaults or {}, target_domains or ())
    if faults:
        raise FaultyRoster([fault for _unused, fault in faults])
    return persons


def deal(rows: Sequence[Row], batch_size: int | None) -> list[tuple[str | None, list[Row]]]:
    """The rows of each batch, by its name, in the order in which the batches first appear.

    Rows without a batch are dealt in their order into batches of batch_size, whose name is None
    (into a single one where batch_size is None). So rows that are appended leave all others where
    they are.
    """
    dealt: list[tuple[str | None, list[Row]]] = []
    named: dict[str, list[Row]] = {}
    nameless: list[Row] | None = None
    for row in rows:
        name = row[1].get("batch")
        if name is None:
            if nameless is None or len(nameless) == batch_size:
                nameless = []
                dealt.append((None, nameless))
            nameless.append(row)
        else:
            if name not in named:
                named[name] = []
                dealt.append((name, named[name]))
            named[name].append(row)
    return dealt


def read_users_file(
    path: str,
    *,
    defaults: Mapping[str, t.Any] | None = None,
    target_domains: Sequence[str] | None = None,
) -> list[Row]:
    """The rows of a CSV with the headers of the portal's own import, separated by ``,`` or ``;``.

    Raises InvalidInput where the file cannot be read as such. So that all faults are named at once
    then too, the rows that could be read are checked as ``people`` would with the same defaults
    and target_domains.
    """
    lines = io.StringIO(_text_of(path), newline="")
    above, header = next(
        ((at, line) for at, line in enumerate(lines, 1) if line.strip(" ,;\t\r\n")), (0, "")
    )
    if not header:
        raise FaultyRoster([f"{path}: the file is empty; expected a header line: {_HEADERS}"])
    delimiter, columns = _columns(header)
    faults = [(above, f"line {above}: {fault}") for fault in _header_faults(header, columns)]
    options = [COLUMNS.get(_bare(column)) for column in columns]
    if not {"source_email", "target_email"} <= set(options):
        raise FaultyRoster([fault for _unused, fault in faults])
    rows: list[Row] = []
    starts: list[int] = []
    for start, cells in _records(lines, delimiter, above):
        origin = f"line {start}"
        if isinstance(cells, str):
            faults.append((start, f"{origin}: {cells}"))
        elif any(map(str.strip, cells)):
            fault = _ragged(cells, len(columns))
            if fault:
                faults.append((start, f"{origin}: {fault}"))
            else:
                rows.append((origin, _row(options, cells)))
                starts.append(start)
    if not rows and not faults:
        raise FaultyRoster([f"{path}: there is no user below the header"])
    if faults:
        _unused, more = _judge(rows, defaults or {}, target_domains or ())
        faults += [(starts[at] if at >= 0 else 0, fault) for at, fault in more]
        raise FaultyRoster([fault for _unused, fault in sorted(faults, key=lambda fault: fault[0])])
    return rows


def batch_fault(name: str) -> str | None:
    """What is wrong with the name of a batch, or None."""
    if not name.strip():
        return "a name of blanks alone"
    if name != name.strip():
        return f"{_quoted(name)} begins or ends with a blank"
    if _CONTROL.search(name):
        return f"{_quoted(name)} holds a control character"
    return None


def _text_of(path: str) -> str:
    try:
        with open(path, "rb") as file:
            content = file.read()
    except (OSError, ValueError) as why:  # ValueError: a path that no file can have
        reason = why.strerror if isinstance(why, OSError) else str(why)
        raise FaultyRoster([f"{path}: cannot be read: {reason}"]) from None
    for beginning, kind in _NO_TEXT:
        if content.startswith(beginning):
            raise FaultyRoster([f"{path}: {kind}; save it as CSV in UTF-8"])
    found = content.find(b"\0")
    if found >= 0:
        line = _line_at(content, found)
        raise FaultyRoster(
            [f"{path}: line {line}: a NUL byte: binary or UTF-16; save it as CSV in UTF-8"]
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line, byte = _line_at(content, why.start), content[why.start]
        raise FaultyRoster(
            [f"{path}: line {line}: the byte 0x{byte:02x} is not UTF-8; save it as CSV in UTF-8"]
        ) from None


def _line_at(content: bytes, position: int) -> int:
    before = content[:position].replace(b"\r\n", b"\n")
    return 1 + before.count(b"\n") + before.count(b"\r")


def _columns(header: str) -> tuple[str, list[str]]:
    """The delimiter with which the most columns of a header line are known, and those columns."""
    ways: list[tuple[str, list[str]]] = []
    for delimiter in (",", ";"):
        try:
            [columns] = csv.reader([header], delimiter=delimiter, strict=True)
        except csv.Error:  # a quote that is not closed: no column is known then
            columns = []
        while columns and not _bare(columns[-1]):  # a spreadsheet's empty columns at the right
            columns.pop()
        ways.append((delimiter, columns))
    return max(ways, key=lambda way: sum(_bare(column) in COLUMNS for column in way[1]))


def _bare(column: str) -> str:
    """A header without case, blanks and what cannot be seen."""
    return "".join(sign for sign in column if sign.isprintable() and sign != " ").casefold()


def _header_faults(header: str, columns: Sequence[str]) -> Iterator[str]:
    bare = [_bare(column) for column in columns]
    if not any(name in COLUMNS for name in bare):
        yield (
            f"no column is known in {_quoted(header.strip())}; expected a header of these,"
            f" separated by , or ;: {_HEADERS}"
        )
        return
    for name, column in _NEEDED.items():
        if name not in bare:
            yield f"the column {column} is missing"
    for at, name in enumerate(bare):
        if name not in COLUMNS:
            yield f"unknown column {_quoted(columns[at].strip())}; known are {_HEADERS}"
        elif name in bare[:at]:
            yield f"the column {columns[at].strip()} is there twice"


def _records(lines: t.TextIO, delimiter: str, above: int) -> Iterator[tuple[int, list[str] | str]]:
    """Each record's first line, and its cells or what is wrong with it. above lines were read."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = above + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as why:
            yield start, f"cannot be read as CSV ({why}); is a quote left open, or not doubled?"
        else:
            yield start, cells


def _ragged(cells: Sequence[str], width: int) -> str | None:
    if len(cells) < width or any(map(str.strip, cells[width:])):
        return f"{len(cells)} cells, where the header has {width}"
    return None


def _row(options: Sequence[str | None], cells: Sequence[str]) -> Fields:
    # Blanks about a batch's name stay: they are a fault, since another batch may be meant.
    return {
        option: cell if option == "batch" else bare
        for option, cell in zip(options, cells)
        if option and (bare := cell.strip())
    }


def _tidy(given: Mapping[str, t.Any]) -> Fields:
    """The fields that are given at all, texts without the blanks about them, numbers as texts."""
    fields: Fields = {}
    for name, value in given.items():
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # YAML reads a batch named 7 as a number
        if isinstance(value, str) and name != "batch":
            value = value.strip()
        if value is not None and value != "":
            fields[name] = value
    return fields


def _judge(
    rows: Sequence[Row], defaults: Mapping[str, t.Any], target_domains: Sequence[str]
) -> tuple[list[Person], list[_Fault]]:
    """The users whose rows are right by themselves, and all faults, in the order of the rows.

    The number of a fault is that of its row, -1 for the defaults and target_domains.
    """
    faults: list[_Fault] = []
    domains = {domain.strip().removeprefix("@").casefold() for domain in target_domains}
    if "" in domains:
        faults.append((-1, "target_domains: an empty text is no domain"))
    common = _tidy(defaults)
    for _unused, fault in _wrong(common):
        faults.append((-1, f"defaults: {fault}"))
        common = {}
    persons: list[Person] = []
    declared = [(origin, _tidy(given)) for origin, given in rows]
    for at, (origin, fields) in enumerate(declared):
        wrong = dict(_wrong(fields))
        fields.update((name, value) for name, value in common.items() if name not in fields)
        found = [*wrong.values(), *_left_out(fields, bool(origin))]
        for name in wrong:
            del fields[name]  # nothing more is said of it
        found += _elsewhere(fields, domains)
        if found:
            faults += [(at, f"{origin}: {fault}" if origin else fault) for fault in found]
        else:
            persons.append(Person(origin, **fields))
    faults += _twice(declared)
    return persons, sorted(faults, key=lambda fault: fault[0])


def _address_fault(value: t.Any) -> str | None:
    if not isinstance(value, str):
        return _text_fault(value)
    if len(value) > _LONGEST_ADDRESS:
        return f"{_quoted(value)} is longer than {_LONGEST_ADDRESS} characters"
    if not value.isprintable():
        return f"{_quoted(value)} holds a character that cannot be seen"
    if not _ADDRESS.fullmatch(value):
        return f"{_quoted(value)} is no e-mail address; expected name@domain"
    return None


def _tag_fault(value: t.Any) -> str | None:
    fault = _text_fault(value)
    if not fault and (not value.isprintable() or " " in value):
        return f"{_quoted(value)} is no migration tag: it holds a blank or a control character"
    return fault


def _text_fault(value: t.Any) -> str | None:
    if not isinstance(value, str):
        return f"expected a text, not {_quoted(value)}"
    if value.isascii() or not _HALF.search(value):
        return None
    return f"{_quoted(value)} holds half a character"


def _batch_name_fault(value: t.Any) -> str | None:
    return batch_fault(value) if isinstance(value, str) else _text_fault(value)


def _word_fault(words: Sequence[str]) -> Callable[[t.Any], str | None]:
    def fault(value: t.Any) -> str | None:
        return None if value in words else f"{_quoted(value)} is none of {', '.join(words)}"

    return fault


def _switch_fault(value: t.Any) -> str | None:
    return None if isinstance(value, bool) else f"expected true or false, not {_quoted(value)}"


#: Option -> what is wrong with a value of it.
_CHECKS: t.Final[Mapping[str, Callable[[t.Any], str | None]]] = {
    "source_email": _address_fault,
    "target_email": _address_fault,
    "migration_tag": _tag_fault,
    "first_name": _text_fault,
    "last_name": _text_fault,
    "source_connector": _text_fault,
    "target_connector": _text_fault,
    "batch": _batch_name_fault,
    "license": _word_fault(LICENSE_WORDS),
    "state": _word_fault(STATES),
    "force": _switch_fault,
}


def _wrong(fields: Fields) -> Iterator[tuple[str, str]]:
    """The names of the fields that are wrong, and what is wrong with them."""
    for name, value in fields.items():
        check = _CHECKS.get(name)
        if check is None:
            yield name, f"{_quoted(name)} is no field of a user; known are {', '.join(_CHECKS)}"
        elif fault := check(value):
            yield name, f"{name}: {fault}"


def _left_out(fields: Fields, is_listed: bool) -> Iterator[str]:
    """What is missing. A single user may be named by its source address alone, where it exists."""
    if "migration_tag" not in fields:
        if "source_email" not in fields:
            yield "source_email is missing"
        if is_listed and "target_email" not in fields and fields.get("state") != "absent":
            yield "target_email is missing"


def _elsewhere(fields: Fields, domains: set[str]) -> Iterator[str]:
    """Whether a user would be migrated into another domain than the given ones."""
    target = fields.get("target_email")
    if not domains or not target or fields.get("state") == "absent":
        return
    if target.rpartition("@")[2].casefold() not in domains:
        yield f"target_email: {_quoted(target)} is in none of target_domains"


def _twice(declared: Sequence[Row]) -> Iterator[_Fault]:
    """Users who are declared twice, and mailboxes that would be migrated into one."""
    first: dict[tuple[str, str], Row] = {}
    for at, row in enumerate(declared):
        fault = _again(first, row)
        if fault:
            yield at, f"{row[0]}: {fault}"


def _again(first: dict[tuple[str, str], Row], row: Row) -> str | None:
    """Why a row does not go with those before it. first has the first row of each value."""
    fields = row[1]
    for name in ("migration_tag", "source_email", "target_email"):
        value = fields.get(name)
        if not value or (name == "target_email" and fields.get("state") == "absent"):
            continue
        key = value if name == "migration_tag" else address_key(value)
        other = first.setdefault((name, key), row)
        if other is row:
            continue
        if name != "target_email":
            return f"{name} {_quoted(value)} is that of {other[0]} already"
        if not (fields.get("force") and other[1].get("force")):
            return (
                f"{name} {_quoted(value)} is that of {other[0]} already; two mailboxes go into one"
                " only with force for both"
            )
    return None


def _quoted(value: t.Any) -> str:
    """A value as messages show it: what cannot be seen is spelled out, and a long one is cut."""
    text = repr(value)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}..."
