# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches texts for a secret as somebody who wants it would: by undoing every way of writing.

So it finds writings that nobody listed: JSON in JSON, a URL in HTML, the base64 of a longer text.
WRITINGS lists those that tests make, to see that each is found.
"""

from __future__ import annotations

import base64
import html
import json
import re
import typing as t
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote, unquote_plus

#: What goes with the secret; no secret itself.
KEY: t.Final = "k3y/of tests"
#: Each of its signs means something to a URL, to JSON, to HTML, to Python or to a shell, so that
#: whatever writes it writes it otherwise than it is. No piece of it occurs by chance.
SECRET: t.Final = "s3cret/+&=%41 'of\"<tests>\\n\\\u00fc\u4e2d\U0001f600 {{ z9 }}"

#: Characters of a secret that give it away.
PIECE: t.Final = 8
#: How many ways of writing may lie over one another.
_LAYERS: t.Final = 4

_ESCAPE: t.Final = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([nrtbf])|([\"'\\/]))|%u([0-9a-fA-F]{4})"
)
_LETTERS: t.Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_LINE_END: t.Final = re.compile(r"\r?\n")
_BASE64: t.Final = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HEXADECIMAL: t.Final = re.compile(r"[0-9A-Fa-f]{8,}")
_HIGH: t.Final = re.compile(r"[\x80-\xff]+")


def leaks(text: str, secret: str = SECRET) -> list[str]:
    """The pieces of the secret that can be read out of a text, in whatever way they are written."""
    length = min(PIECE, len(secret))
    pieces = {secret[at : at + length] for at in range(len(secret) - length + 1)}
    folded = {piece.casefold(): piece for piece in pieces}
    found = set()
    for view in _views(text):
        low = view.casefold()
        found |= {piece for fold, piece in folded.items() if fold in low}
    return sorted(found)


def _views(text: str) -> Iterator[str]:
    """The text as it is, and as it reads once ways of writing are undone."""
    seen: set[str] = set()
    layer = {text}
    for _unused in range(_LAYERS):
        seen |= layer
        layer = {undo(view) for view in layer for undo in _UNDO} - seen
    yield from seen
    for view in list(seen):
        for text in dict.fromkeys((view, _LINE_END.sub("", view))):
            packed = "\n".join(_unpacked(text))
            yield packed
            for undo in _UNDO:
                yield undo(packed)


def _unescaped(text: str) -> str:
    """The text without the escapes of JSON, JavaScript and Python."""
    plain = _ESCAPE.sub(_letter, text)
    # JSON and .NET write what is beyond the first 65,536 characters in two halves.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _letter(escape: re.Match[str]) -> str:
    number = escape[1] or escape[2] or escape[3] or escape[6]
    if number:
        code = int(number, 16)
        return chr(code) if code < 0x110000 else escape[0]
    return escape[5] or _LETTERS[escape[4]]


def _refolded(text: str) -> str:
    """The text, where it was read as Latin-1 and is UTF-8."""
    return _HIGH.sub(lambda run: _as_utf8(run[0]), text)


def _as_utf8(letters: str) -> str:
    try:
        return letters.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return letters


def _unpacked(text: str) -> Iterator[str]:
    """What the base64 in a text holds, wherever in a group of four its beginning was; and the hex."""
    for run in _HEXADECIMAL.findall(text):
        for start in range(2):
            even = len(run[start:]) // 2 * 2
            yield bytes.fromhex(run[start : start + even]).decode("utf-8", "ignore")
    for run in _BASE64.findall(text):
        standard = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            packed = standard[start:]
            odd = len(packed) % 4
            packed = f"{packed}{'=' * (4 - odd)}" if odd > 1 else packed[: len(packed) - odd]
            yield base64.b64decode(packed).decode("utf-8", "ignore")


_UNDO: t.Final = (unquote, unquote_plus, html.unescape, _unescaped, _refolded)


def everything(value: t.Any) -> str:
    """A value as the text that is searched: its texts as they are, and the names they stand under."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n".join(f"{everything(name)}\n{everything(one)}" for name, one in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return "\n".join(map(everything, value))
    return repr(value)


# How a secret may come to be written ------------------------------------------------------------


def _small(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda escape: escape[0].lower(), text)


def _dot_net(text: str) -> str:
    """JSON as .NET writes it: all but letters, digits and a few signs as escapes."""
    units = text.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    plain = set(range(0x20, 0x7F)) - set(map(ord, "\"&'+<>\\`"))
    return "".join(chr(code) if code in plain else f"\\u{code:04X}" for code in codes)


def _base64(before: str) -> t.Callable[[str], str]:
    return lambda secret: base64.b64encode(f"{before}{secret}&more".encode()).decode()


def _over_lines(secret: str, line_end: str) -> str:
    """Base64 as in a mail, in lines of 76 signs, of which the first ends within the secret."""
    text = f"{'consumer key and secret: ':>54}{secret}&more"
    return base64.encodebytes(text.encode()).decode().strip().replace("\n", line_end)


def _body(before: str) -> t.Callable[[str], str]:
    """The base64 of a whole body of JSON, in which the secret stands after so many letters more."""
    auth = {"consumerKey": KEY + before}
    return lambda secret: base64.b64encode(
        json.dumps({"auth": {**auth, "consumerSecret": secret}, "batchName": "Wave"}).encode()
    ).decode()


#: Every way in which tests write a secret.
WRITINGS: t.Final[Mapping[str, t.Callable[[str], str]]] = {
    "in clear": str,
    "in a URL": lambda secret: quote(secret, safe=""),
    "in a URL but for slashes": quote,
    "in a form": quote_plus,
    "in a URL in small letters": lambda secret: _small(quote(secret, safe="")),
    "in a form in small letters": lambda secret: _small(quote_plus(secret)),
    "in a URL as JavaScript": lambda secret: quote(secret, safe="!~*'()"),
    "in a URL in a URL": lambda secret: quote(quote(secret, safe=""), safe=""),
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "in base64 in a URL": lambda secret: quote(base64.b64encode(secret.encode()).decode(), safe=""),
    "in the base64 of a text": _base64("key:"),
    "in the base64 of a text, a letter on": _base64("key::"),
    "in the base64 of a text, two letters on": _base64("key:::"),
    "in base64 over lines": lambda secret: _over_lines(secret, "\n"),
    "in base64 over the lines of a mail": lambda secret: _over_lines(secret, "\r\n"),
    "in base64 over lines in JSON": lambda secret: json.dumps(_over_lines(secret, "\r\n"))[1:-1],
    "in base64 over lines in a URL": lambda secret: quote(_over_lines(secret, "\r\n"), safe=""),
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "in JSON with its letters": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "in JSON with slashes escaped": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "in JSON as .NET writes it": _dot_net,
    "in JSON in JSON": lambda secret: json.dumps(json.dumps(secret))[3:-3],
    "in JSON of .NET in JSON": lambda secret: json.dumps(_dot_net(secret))[1:-1],
    "in HTML": html.escape,
    "in HTML by numbers": lambda secret: "".join(
        sign if sign.isascii() and sign.isalnum() else f"&#{ord(sign)};" for sign in secret
    ),
    "in HTML by hexadecimal numbers": lambda secret: "".join(
        sign if sign.isascii() and sign.isalnum() else f"&#x{ord(sign):X};" for sign in secret
    ),
    "in HTML in HTML": lambda secret: html.escape(html.escape(secret)),
    "JSON in HTML": lambda secret: html.escape(json.dumps(secret)[1:-1]),
    "JSON in a URL": lambda secret: quote(json.dumps(secret)[1:-1], safe=""),
    "JSON in a form": lambda secret: quote_plus(json.dumps(secret)[1:-1]),
    "JSON in a URL in a URL": lambda secret: quote(quote(json.dumps(secret)[1:-1], safe="")),
    "HTML in a URL": lambda secret: quote(html.escape(secret), safe=""),
    "JSON in HTML in a URL": lambda secret: quote(html.escape(json.dumps(secret)[1:-1]), safe=""),
    "in the base64 of a body": _body(""),
    "in the base64 of a body, a letter on": _body("x"),
    "in the base64 of a body, two letters on": _body("xx"),
    "in the base64 of a URL": lambda secret: base64.b64encode(
        f"?consumerSecret={quote(secret, safe='')}&x=1".encode()
    ).decode(),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in hexadecimal in capitals": lambda secret: secret.encode().hex().upper(),
    "by repr of bytes": lambda secret: repr(secret.encode())[2:-1],
    "by repr of bytes in JSON": lambda secret: json.dumps(repr(secret.encode()))[3:-2],
    "by repr": lambda secret: repr(secret)[1:-1],
    "by ascii": lambda secret: ascii(secret)[1:-1],
    "by repr in repr": lambda secret: repr(repr(secret))[2:-2],
    "as Latin-1": lambda secret: secret.encode().decode("latin-1"),
    "in small letters": str.lower,
    "in capitals": lambda secret: secret.upper(),
}
