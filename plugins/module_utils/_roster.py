# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users that somebody declares: checked, and dealt into batches. Pure.

Every fault is found before anything is handed on, and each is named with the line of its row (of
a file) or its place (in a list) and what was expected.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ._contract import NO_TAGS
from ._errors import InvalidInput
from ._models import address_key, tag_key

Fields = dict[str, t.Any]
#: Where a row stands ("line 12", "users[3]", "" for a single one), and what it declares, by the
#: names of the modules' options. What is blank is left out.
Row = tuple[str, Fields]
#: The number of a row or a line, and what is wrong there.
Fault = tuple[int, str]

LICENSE_WORDS: t.Final = ("missing", "always", "never")
STATES: t.Final = ("present", "absent")

#: Characters of a wrong value that a message shows.
_QUOTED: t.Final = 80
#: How many of target_domains a message shows.
_SHOWN_DOMAINS: t.Final = 10
#: Control characters, what else ends a line, and halves of characters, which UTF-8 cannot write.
_CONTROL: t.Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_HALF: t.Final = re.compile(r"[\ud800-\udfff]")
#: RFC 5321: 64 for the local part, 255 for the domain, and the sign between them.
_LONGEST_ADDRESS: t.Final = 320
#: A quoted string, or anything but blanks and the signs that RFC 5322 keeps for its own syntax;
#: then labels that neither begin nor end with a hyphen. Letters of any script are legal in both.
#: What no label holds is ASCII but letters, digits, - and _: said so, since a range of all that it
#: may hold takes 40 times as long to compile, at every start of a module.
_LABEL: t.Final = r"(?!-)[^\x00-,./:-@\[-^`{-\x7f]+(?<!-)"
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


def list_rows(users: Sequence[Mapping[str, t.Any]]) -> list[Row]:
    """The rows of a list of users. Raises InvalidInput where an element is no mapping."""
    faults = [
        f"users[{at}]: {quoted(user)} is no mapping of a user's fields"
        for at, user in enumerate(users)
        if not isinstance(user, Mapping)
    ]
    if faults:
        raise InvalidInput(faults)
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
    persons, faults = judge(rows, defaults or {}, target_domains or ())
    if faults:
        raise InvalidInput([fault for _unused, fault in faults])
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


def batch_fault(name: str) -> str | None:
    """What is wrong with the name of a batch, or None."""
    if not name.strip():
        return "a name of blanks alone"
    if name != name.strip():
        return f"{quoted(name)} begins or ends with a blank"
    if _CONTROL.search(name):
        return f"{quoted(name)} holds a control character"
    return None


def _tidy(given: Mapping[str, t.Any]) -> Fields:
    """The fields that are given at all, texts without the blanks about them, numbers as texts."""
    fields: Fields = {}
    for name, value in given.items():
        if isinstance(value, str):
            value = value if name == "batch" else value.strip()
        elif isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # YAML reads a batch named 7 as a number
        if value is not None and value != "":
            fields[name] = value
    return fields


def judge(
    rows: Sequence[Row], defaults: Mapping[str, t.Any], target_domains: Sequence[str]
) -> tuple[list[Person], list[Fault]]:
    """The users whose rows are right by themselves, and all faults, in the order of the rows.

    The number of a fault is that of its row, -1 for the defaults and target_domains.
    """
    faults: list[Fault] = []
    domains = domains_of(target_domains)
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
        for name, value in common.items():
            fields.setdefault(name, value)
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
        return text_fault(value)
    if len(value) > _LONGEST_ADDRESS:
        return f"{quoted(value)} is longer than {_LONGEST_ADDRESS} characters"
    if not value.isprintable():
        return f"{quoted(value)} holds a character that cannot be seen"
    if not _ADDRESS.fullmatch(value):
        return f"{quoted(value)} is no e-mail address; expected name@domain"
    return None


def _tag_fault(value: t.Any) -> str | None:
    fault = text_fault(value)
    if not fault and (not value.isprintable() or " " in value):
        return f"{quoted(value)} is no migration tag: it holds a blank or a control character"
    if value in NO_TAGS:
        return f"{quoted(value)} is no migration tag"
    return fault


def text_fault(value: t.Any) -> str | None:
    """Why a value is no text that can be sent or printed, or None."""
    if not isinstance(value, str):
        return f"expected a text, not {quoted(value)}"
    if value.isascii() or not _HALF.search(value):
        return None
    return f"{quoted(value)} holds half a character"


def _batch_name_fault(value: t.Any) -> str | None:
    return batch_fault(value) if isinstance(value, str) else text_fault(value)


def _word_fault(words: Sequence[str]) -> Callable[[t.Any], str | None]:
    def fault(value: t.Any) -> str | None:
        return None if value in words else f"{quoted(value)} is none of {', '.join(words)}"

    return fault


def _switch_fault(value: t.Any) -> str | None:
    return None if isinstance(value, bool) else f"expected true or false, not {quoted(value)}"


#: Option -> what is wrong with a value of it.
_CHECKS: t.Final[Mapping[str, Callable[[t.Any], str | None]]] = {
    "source_email": _address_fault,
    "target_email": _address_fault,
    "migration_tag": _tag_fault,
    "first_name": text_fault,
    "last_name": text_fault,
    "source_connector": text_fault,
    "target_connector": text_fault,
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
            yield name, f"{quoted(name)} is no field of a user; known are {', '.join(_CHECKS)}"
        elif fault := check(value):
            yield name, f"{name}: {fault}"


def _left_out(fields: Fields, is_listed: bool) -> Iterator[str]:
    """What is missing. A single user may be named by its source address alone, where it exists."""
    if "migration_tag" not in fields:
        if "source_email" not in fields:
            yield "source_email is missing"
        if is_listed and "target_email" not in fields and fields.get("state") != "absent":
            yield "target_email is missing"


def domains_of(target_domains: Sequence[str]) -> frozenset[str]:
    """The domains that target_domains name, as they are compared."""
    return frozenset(domain.strip().removeprefix("@").lower() for domain in target_domains)


def domain_fault(target: str, domains: Collection[str]) -> str | None:
    """What is wrong with a target address where domains are all there may be; None: nothing."""
    if not domains or target.rpartition("@")[2].lower() in domains:
        return None
    known = ", ".join(sorted(domains)[:_SHOWN_DOMAINS])
    return f"target_email: {quoted(target)} is in none of target_domains ({known})"


def _elsewhere(fields: Fields, domains: Collection[str]) -> Iterator[str]:
    """Whether a user would be migrated into another domain than the given ones."""
    target = fields.get("target_email")
    fault = domain_fault(target, domains) if target and fields.get("state") != "absent" else None
    if fault:
        yield fault


def _twice(declared: Sequence[Row]) -> Iterator[Fault]:
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
        key = tag_key(value) if name == "migration_tag" else address_key(value)
        other = first.setdefault((name, key), row)
        if other is row:
            continue
        if name != "target_email":
            return f"{name} {quoted(value)} is that of {other[0]} already"
        if not (fields.get("force") and other[1].get("force")):
            return (
                f"{name} {quoted(value)} is that of {other[0]} already; two mailboxes go into one"
                " only with force for both"
            )
    return None


def quoted(value: t.Any) -> str:
    """A value as messages show it: what cannot be seen is spelled out, and a long one is cut."""
    text = repr(value)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}..."
