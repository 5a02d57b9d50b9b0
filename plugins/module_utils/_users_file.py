# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CSV of users, with the headers of the portal's own import: read into rows.

Opens the one file, and names every fault with its line.
"""

from __future__ import annotations

import csv
import io
import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ._errors import InvalidInput
from ._roster import Fields, Row, judge, quoted

#: Header of the portal's own import, and those for what it has not -> option.
HEADERS: t.Final[Mapping[str, str]] = {
    "FirstName": "first_name",
    "LastName": "last_name",
    "SourceEmail": "source_email",
    "TargetEmail": "target_email",
    "BatchName": "batch",
    "SourceConnectorName": "source_connector",
    "TargetConnectorName": "target_connector",
    "License": "license",
}
#: The same without case and blanks. None is known and ignored: the API has no recipient type.
COLUMNS: t.Final[Mapping[str, str | None]] = {
    **{header.lower(): option for header, option in HEADERS.items()},
    "sourcerecipienttype": None,
    "targetrecipienttype": None,
}
_KNOWN: t.Final = ", ".join(HEADERS)
_NEEDED: t.Final = ("SourceEmail", "TargetEmail")

#: How files begin that people take for a CSV.
_NO_TEXT: t.Final = (
    (b"\xff\xfe", "is UTF-16"),
    (b"\xfe\xff", "is UTF-16"),
    (b"PK\x03\x04", "is an Excel workbook or another archive"),
)


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
        raise InvalidInput([f"the file is empty; expected a header line: {_KNOWN}"])
    delimiter, columns = _columns(header)
    faults = [(above, f"line {above}: {fault}") for fault in _header_faults(header, columns)]
    options = [COLUMNS.get(_bare(column)) for column in columns]
    if not {"source_email", "target_email"} <= set(options):
        raise InvalidInput([fault for _unused, fault in faults])
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
        raise InvalidInput(["there is no user below the header"])
    if faults:
        _unused, more = judge(rows, defaults or {}, target_domains or ())
        faults += [(starts[at] if at >= 0 else 0, fault) for at, fault in more]
        raise InvalidInput([fault for _unused, fault in sorted(faults, key=lambda fault: fault[0])])
    return rows


def _text_of(path: str) -> str:
    try:
        with open(path, "rb") as file:
            content = file.read()
    except (OSError, ValueError) as why:  # ValueError: a path that no file can have
        reason = why.strerror if isinstance(why, OSError) else str(why)
        raise InvalidInput([f"cannot be read: {reason}"]) from None
    for beginning, kind in _NO_TEXT:
        if content.startswith(beginning):
            raise InvalidInput([f"{kind}; save it as CSV in UTF-8"])
    found = content.find(b"\0")
    if found >= 0:
        line = _line_at(content, found)
        raise InvalidInput([f"line {line}: a NUL byte: binary or UTF-16; save it as CSV in UTF-8"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        line, byte = _line_at(content, why.start), content[why.start]
        raise InvalidInput(
            [f"line {line}: the byte 0x{byte:02x} is not UTF-8; save it as CSV in UTF-8"]
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
            f"no column is known in {quoted(header.strip())}; expected a header of these,"
            f" separated by , or ;: {_KNOWN}"
        )
        return
    for column in _NEEDED:
        if column.lower() not in bare:
            yield f"the column {column} is missing"
    for at, name in enumerate(bare):
        if name not in COLUMNS:
            yield f"unknown column {quoted(columns[at].strip())}; known are {_KNOWN}"
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
