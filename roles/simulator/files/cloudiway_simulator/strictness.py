# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request must carry: exactly the fields of its call, exactly where they belong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union
from urllib.parse import parse_qsl

from .records import Refused


@dataclass(frozen=True)
class Field:
    """One field of a request: what it wants, whether a value fits, whether it may be left out."""

    wants: str
    fits: Callable[[object], bool]
    required: bool = True


Template = Mapping[str, Union[Field, "Template"]]


def checked(template: Template, given: object) -> dict[str, Any]:
    """The fields of a request by their names, whatever the depth; Refused with every fault where
    they are not exactly those of the template, at exactly its places."""
    values: dict[str, Any] = {}
    faults = _faults(template, given, "", values)
    if faults:
        raise Refused("; ".join(faults))
    return values


def query_fields(query: str) -> dict[str, str]:
    """The fields of a query string; Refused where it cannot be read."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise Refused("The query string cannot be read") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Refused("The query string has a field twice")
    return fields


def body_fields(content_type: str, body: bytes) -> object:
    """What a body holds; Refused where it is no JSON or not said to be."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused("A POST has Content-Type application/json")
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        raise Refused("The body is not JSON") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) < len(pairs):
        raise Refused("The body has a field twice")
    return given


def _faults(template: Template, given: object, where: str, values: dict[str, Any]) -> list[str]:
    """What is wrong with what was given, all of it; what is right is put into `values`."""
    if not isinstance(given, dict):
        return [f"{where.rstrip('.') or 'the body'} must be an object"]
    faults = [f"{where}{name} is no field of this call" for name in given if name not in template]
    for name, wanted in template.items():
        if not isinstance(wanted, Field):
            if name in given:
                faults += _faults(wanted, given[name], f"{where}{name}.", values)
            else:
                faults.append(f"{where}{name} is missing")
        elif name not in given:
            if wanted.required:
                faults.append(f"{where}{name} is missing")
        elif wanted.fits(given[name]):
            values[name] = given[name]
        else:
            faults.append(f"{where}{name} must be {wanted.wants}")
    return faults
