# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encode a request, decode an answer. Pure: bytes in, plain values out; no network, no clock.

The document's own samples are often not JSON, so answers are read as strict JSON first, then with
exactly the slips that the samples show; all else is an error.
"""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from ._contract import BATCH, NO_TAGS, OPTIONAL, TAG, Auth, Call, Route, Value
from ._errors import InvalidInput, ProtocolError, Refused

Arguments = Mapping[str, t.Any]


@dataclass(frozen=True)
class Credentials:
    """The consumer key and secret that every request carries."""

    consumer_key: str
    consumer_secret: str = field(repr=False)


@dataclass(frozen=True)
class Request:
    """A request, relative to ``<api_url>/<surface>/``. Its query and body hold the secret."""

    method: str
    path: str
    query: str = field(repr=False)
    body: bytes | None = field(repr=False)


def encode(call: Call, route: Route, arguments: Arguments, credentials: Credentials) -> Request:
    """Build the request of a call: exactly the fields of its row, and the credentials.

    arguments has the call's fields by their names in the document. FromDate and ToDate may be
    left out, or be None (sent as null).
    Raises ValueError where a field is missing or not one of the call's: a slip of the caller.
    Raises InvalidInput where what is given for a migration tag cannot be one.
    """
    given = set(arguments)
    wrong = (given - set(call.fields)) | (set(call.fields) - given - OPTIONAL)
    if wrong:
        raise ValueError(f"{call.name}: fields left out or not known: {', '.join(sorted(wrong))}")
    if arguments.get(TAG, "-") in NO_TAGS:
        raise InvalidInput([f"migration_tag: {arguments[TAG]!r} is no migration tag"])
    path = route.path
    fields = dict(arguments)
    in_path = f"{{{TAG}}}"
    if in_path in path:
        path = path.replace(in_path, quote(str(fields[TAG]), safe=""))
        if call.auth is Auth.QUERY:  # 2.9 alone repeats in the body the tag of its path
            del fields[TAG]
    keys = {
        "consumerKey": credentials.consumer_key,
        "consumerSecret": credentials.consumer_secret,
    }
    auth = route.auth or call.auth
    if auth is Auth.QUERY:
        query = urlencode({**keys, **fields}, quote_via=quote, safe="")
        return Request(route.method, path, query, None)
    return Request(route.method, path, "", _body(auth, keys, fields))


def _body(auth: Auth, keys: dict[str, str], fields: dict[str, t.Any]) -> bytes:
    content: dict[str, t.Any]
    if auth is Auth.TOP:
        content = {**keys, **fields}
    elif auth is Auth.AUTH_TAG:
        content = {"auth": {**keys, TAG: fields.pop(TAG)}, **fields}
    elif auth is Auth.AUTH:
        content = {"auth": keys, **fields}
    else:
        batch = {"auth": keys, BATCH: fields.pop(BATCH)}
        content = {**fields, "batch": batch}
    return json.dumps(content).encode("ascii")


def decode(
    call: Call, body: bytes, *, length: int | None = None, echoes: Collection[str] = ()
) -> t.Any:
    """Read the body of an answer; return what it carries under ``response``.

    length is what Content-Length said, in bytes, or None where the answer had none. echoes are
    texts of the request that the answer may repeat: an end within one of them is none.
    Lists come back as lists, objects as dicts whose names are in lower case, a status as text;
    for a call that carries no value, None.
    Raises Refused (hasError is true; its text is the message) or ProtocolError (all else).
    """
    if length is not None and length != len(body):
        raise ProtocolError(
            f"the answer has {len(body)} bytes where its header said {length}", call=call.name
        )
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ProtocolError("the answer is not UTF-8", call=call.name) from None
    if not (text.startswith("{") and text.endswith("}")):
        raise ProtocolError(f"the answer is not complete JSON ({_kind(text)})", call=call.name)
    try:
        # Not strict about control characters: 2.25 prints a text with line breaks in it.
        answer = json.loads(
            text, strict=False, parse_constant=_no_constant, object_pairs_hook=_fields
        )
    except (ValueError, RecursionError):
        return _decode_printed(call, text, () if length is not None else echoes)
    except _Contradiction:
        raise ProtocolError("the answer says hasError more than once", call=call.name) from None
    return _decode_json(call, answer)


class _Contradiction(Exception):
    """An object says hasError more than once."""


def _fields(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    """The fields of an object, by their names in lower case: names match whatever their case."""
    fields = {name.lower(): value for name, value in pairs}
    if len(fields) < len(pairs) and [name.lower() for name, _unused in pairs].count("haserror") > 1:
        raise _Contradiction
    return fields


def _decode_json(call: Call, fields: dict[str, t.Any]) -> t.Any:
    has_error = fields.get("haserror")
    if has_error is True:
        raise Refused(_failure_text(fields), call=call.name)
    if has_error is not False:
        raise ProtocolError("the answer has no hasError of true or false", call=call.name)
    return None if call.value is Value.NOTHING else _value(call, fields.get("response"))


def _value(call: Call, response: t.Any) -> t.Any:
    if call.value is Value.TAG and response in (None, ""):
        raise Refused("there is no such user", call=call.name)
    try:
        return _READERS[call.value](response)
    except ValueError as why:
        message = f"the answer carries not {call.value.value}: {why}"
        raise ProtocolError(message, call=call.name) from None


def _failure_text(fields: dict[str, t.Any]) -> str:
    texts = (fields.get(name) for name in ("response", "error", "message"))
    reason = next((text for text in texts if isinstance(text, str) and text.strip()), None)
    return _printable(reason) if reason else _NO_REASON


def _no_constant(name: str) -> t.NoReturn:
    raise ValueError(f"{name} is no JSON")


# What the samples show that is not JSON -----------------------------------------------------

_HAS_ERROR = re.compile(r'(?<=[{,])\s*"hasError"\s*:\s*(true|false)\b"?\s*[:,]?', re.I)
_LABEL = re.compile(r'\s*"(response|error|message)"\s*:\s*', re.I)
_ITEM = re.compile(
    r"""\s*(?: \u201c(?P<curly>[^\u201c\u201d]*)\u201d
             | (?P<straight>"(?:[^"\\]|\\.)*")
             | (?P<bare>[^\s,"\u201c\u201d{}\[\]]+(?:\s+[^\s,"\u201c\u201d{}\[\]]+)*)
         )\s*(?:,|$)""",
    re.X | re.S,
)
_NO_REASON = "the service gave no reason"


def _decode_printed(call: Call, text: str, echoes: Collection[str]) -> t.Any:
    """Read an answer that is not JSON, as far as a sample of the document shows its like."""
    flags = [flag.lower() for flag in _HAS_ERROR.findall(text)]
    rest = _HAS_ERROR.sub("", text, count=1)[1:-1].strip()
    label = _LABEL.match(rest)
    response = rest[label.end() :] if label else rest
    if flags == ["true"]:
        reason = _printable(response.strip(' ",'))
        raise Refused(reason or _NO_REASON, call=call.name)
    if flags == ["false"] and _HAS_ERROR.match(text, 1):  # the first field, as in every sample
        # No sample prints a quote in such a text: so none of its braces is within quotes.
        if call.value is Value.NOTHING and '"' not in response and _closes_at_end(text, echoes):
            return None
        if call.value in (Value.NAMES, Value.TAGS) and label and label[1].lower() == "response":
            return _value(call, _printed_items(response.rstrip(" ,\t\r\n")))
    raise ProtocolError(f"the answer is no JSON ({_kind(text)})", call=call.name)


def _printed_items(text: str) -> list[str] | None:
    """The items of a list in braces or brackets (2.13, 2.21); None where it is none."""
    if text[:1] + text[-1:] not in ("{}", "[]"):
        return None
    items: list[str] = []
    inside = text[1:-1].rstrip()
    at = 0
    while at < len(inside):
        found = _ITEM.match(inside, at)
        if not found:
            return None
        if found["straight"] is not None:
            try:
                items.append(json.loads(found["straight"]))
            except ValueError:
                return None
        else:
            items.append(found["bare"] if found["curly"] is None else found["curly"])
        at = found.end()
    return items


def _closes_at_end(text: str, echoes: Collection[str]) -> bool:
    """Whether the first brace closes at the very end.

    A body cut short inside a text that holds braces (as 2.25 does) also ends with a brace, and so
    does one that is cut short inside a name with a brace of its own.
    """
    for echo in echoes:
        if any(text.endswith(echo[: brace.end()]) for brace in re.finditer("}", echo)):
            return False
    depth = 0
    for brace in re.finditer(r"[{}]", text):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end() == len(text)
    return False


def _kind(text: str) -> str:
    """What an answer is that is none. Never a piece of it: it may hold the secret."""
    if not text:
        return "it is empty"
    if text.startswith("<"):
        return "it is HTML"
    return f"it has {len(text)} characters"


# What each kind of value must look like -----------------------------------------------------


def text_of(value: t.Any) -> str:
    """The value where it is a text; a lone surrogate, which no output can write, becomes '?'.

    Raises ValueError for anything but a text.
    """
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} in place of a text")
    return _printable(value)


def _printable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _tag(value: t.Any) -> str:
    tag = text_of(value).strip()
    if not tag:
        raise ValueError("the migration tag is empty")
    return tag


def _status(value: t.Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    status = text_of(value).strip()
    if not status:
        raise ValueError("the status is empty")
    return status


def _object(value: t.Any) -> dict[str, t.Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{type(value).__name__} in place of an object")
    return value


def _list(value: t.Any) -> list[t.Any]:
    if not isinstance(value, list):
        raise ValueError(f"{type(value).__name__} in place of a list")
    return value


def _objects(value: t.Any) -> list[dict[str, t.Any]]:
    return [_object(item) for item in _list(value)]


def _name(value: t.Any) -> str:
    """The name of a batch. Where names are printed bare, one of digits alone is read as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value)


def _names(value: t.Any) -> list[t.Any]:
    return [] if value == {} else _list(value)  # the empty list of 2.13 and 2.21, in braces


_READERS: t.Final[dict[Value, t.Callable[[t.Any], t.Any]]] = {
    Value.USERS: _objects,
    Value.USER: _object,
    Value.TAG: _tag,
    Value.TAGS: lambda value: [_tag(item) for item in _names(value)],
    Value.NAMES: lambda value: [_name(item) for item in _names(value)],
    Value.STATUS: _status,
    Value.HISTORY: _objects,
    Value.CONNECTORS: _objects,
    Value.SETTINGS: _object,
}
