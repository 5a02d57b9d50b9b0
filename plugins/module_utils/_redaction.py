# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secrets out of texts that come from elsewhere, in whatever way they are written there.

A service may echo a request in an error, in a name, in anything; and what echoes it writes it as
a URL, JSON, HTML, base64, hexadecimal numbers or a language does, or as two of them over one another.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
import typing as t
from collections.abc import Iterator, Mapping
from html.entities import html5
from urllib.parse import quote, quote_plus

MASK = "********"
#: Below this many characters a secret is not told from ordinary text: masking it, as Ansible does
#: too, would eat pieces of addresses, of names and of numbers, and tasks go on with what is left.
SHORTEST_SECRET = 6

#: The longest that is sent: a query string with more than this does not fit into a request.
LONGEST_SECRET = 1000

#: Letters and digits, which nothing that escapes a text writes otherwise than they are.
_PLAIN: t.Final = re.compile("[A-Za-z0-9]+")
_HALF: t.Final = re.compile(r"[\ud800-\udfff]")
_SHORT_ESCAPES: t.Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
#: What is before an escape, more than once where a URL is part of a URL, or HTML of HTML.
_PERCENT: t.Final = "%(?:25){0,4}"
_END: t.Final = f"(?:;|{_PERCENT}3b)"
_ENTITY: t.Final = f"(?:&|{_PERCENT}26)(?:amp{_END}){{0,4}}"
_NUMBER: t.Final = f"{_ENTITY}(?:#|{_PERCENT}23)"
#: What begins an escape of a language, which may be part of a URL.
_BACKSLASH: t.Final = rf"(?:\\|{_PERCENT}5c)"
#: How many backslashes become of one, where JSON is part of JSON four times.
_DOUBLED: t.Final = 16
_MORE: t.Final = f"{_BACKSLASH}{{0,{_DOUBLED}}}"
#: The end of a line within base64, as mail has it, in clear, in JSON and in a URL.
_LINE_END: t.Final = rf"(?:[\r\n]|\\{{1,{_DOUBLED}}}[rn]|{_PERCENT}0[ad])"
_LINE_ENDS: t.Final = re.compile(f"{_LINE_END}+")
_SIGNS_OF_LINES: t.Final = ("\n", "\\n", "%0a", "%250a")


def is_maskable(secret: str) -> bool:
    """Whether it is long enough to be told from ordinary text, and masked there."""
    return len(secret.strip()) >= SHORTEST_SECRET


def secret_fault(secret: str) -> str | None:
    """Why no request can carry a consumer key or secret; or None."""
    if len(secret) > LONGEST_SECRET:
        return f"has more than {LONGEST_SECRET} characters"
    if _HALF.search(secret):
        return "holds half a character, or bytes that are not UTF-8"
    return None


class _Writings:
    """Some ways in which secrets are written: a look for them that costs little, and their pattern."""

    def __init__(self, forms: t.Iterable[str], patterns: t.Callable[[], t.Iterable[str]]) -> None:
        self._signs_of_one = {_longest_plain(form) for form in forms}
        self._patterns = patterns

    def may_be_in(self, text: str) -> bool:
        """Whether it has what is the same in all these writings of a secret."""
        small = text.lower()
        if any(sign in small for sign in self._signs_of_one):
            return True
        if not any(sign in small for sign in _SIGNS_OF_LINES):
            return False
        unfolded = _LINE_ENDS.sub("", small)
        return any(sign in unfolded for sign in self._signs_of_one)

    def masked_in(self, text: str) -> str:
        """Return text with every one of them replaced by a mask."""
        return self._pattern.sub(MASK, text) if self.may_be_in(text) else text

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(self._patterns()), re.I)


class Redactor:
    """Takes secrets out of texts. One that is too short to be told from other text is left."""

    def __init__(self, secrets: t.Iterable[str]) -> None:
        # Blanks about a secret, such as the line end of a file, do not come back with an echo.
        bare = {secret.strip() for secret in secrets}
        # The longest first, so that no form leaves a piece of a longer one behind.
        found = sorted(filter(is_maskable, bare), key=lambda one: (-len(one), one))
        packed = [text for secret in found for text in _texts_to_pack(secret)]
        numbers = [secret.encode("utf-8", "surrogatepass").hex() for secret in found]
        # Apart, since patterns of what is packed are long, and seldom needed.
        self._writings = (
            _Writings(found, lambda: map(_pattern, found)),
            _Writings(
                [*numbers, *(form for text in packed for form in _packed_forms(text))],
                lambda: [*numbers, *(form for text in packed for form in _packed_patterns(text))],
            ),
        )

    def clean(self, text: str) -> str:
        """Return text with every written form of the secrets replaced by a mask."""
        for writings in self._writings:
            text = writings.masked_in(text)
        return text

    def clean_all(self, value: t.Any) -> t.Any:
        """Return a value with every text in it cleaned, and the names of its fields too.

        Where there is nothing to clean, which is nearly always, it is the value itself.
        """
        whole = "\0".join(_texts(value))
        may_hold_one = any(writings.may_be_in(whole) for writings in self._writings)
        return self._cleaned(value) if may_hold_one else value

    def _cleaned(self, value: t.Any) -> t.Any:
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {self._cleaned(name): self._cleaned(one) for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._cleaned(one) for one in value]
        return value


def _texts(value: t.Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _texts(name)
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)


def _longest_plain(form: str) -> str:
    """The longest run of letters and digits; empty, which every text has, where there is none."""
    return max(_PLAIN.findall(form), key=len, default="").lower()


def _pattern(secret: str) -> str:
    """A pattern of every way in which a secret is written."""
    signs = re.findall(r"\\+|[^\\]", secret)
    # The backslashes before a sign are of its own writing, or the end of a run: not both, or each
    # pair would double the ways to read a text.
    more = ["" if before.startswith("\\") else _MORE for before in ("", *signs)]
    return "".join(map(_any_writing, signs, more))


def _any_writing(sign: str, more: str = _MORE) -> str:
    """A pattern of every way in which one character, or a run of backslashes, is written.

    more are the backslashes that may come before it.
    """
    if _PLAIN.fullmatch(sign):
        return sign
    code, raw = ord(sign[0]), sign[0].encode("utf-8", "surrogatepass")
    units = sign[0].encode("utf-16-be", "surrogatepass")
    ways = {
        re.escape(sign[0]),
        re.escape(sign[0].upper()),  # of some letters two are made
        raw.decode("latin-1") if code > 0x7F else re.escape(sign[0]),
        "".join(f"{_PERCENT}{byte:02x}" for byte in raw),
        _MORE.join(f"{_BACKSLASH}x{byte:02x}" for byte in raw),
        _MORE.join(
            f"(?:{_BACKSLASH}|%)u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)
        ),
        f"{_BACKSLASH}U{code:08x}",
        f"{_NUMBER}0?{code}{_END}?",
        f"{_NUMBER}x0?{code:x}{_END}?",
        *(
            f"{_ENTITY}{name.rstrip(';')}{_END}?"
            for name, meant in html5.items()
            if meant == sign[0]
        ),
    }
    if code < 0x100:
        ways |= {f"{_BACKSLASH}x{code:02x}", f"{_PERCENT}{code:02x}"}
    if sign == " ":
        ways.add(r"\+")
    if sign in _SHORT_ESCAPES:
        ways.add(f"{_BACKSLASH}{_SHORT_ESCAPES[sign]}")
    any_way = f"(?:{'|'.join(sorted(ways, key=len, reverse=True))})"
    if sign[0] == "\\":  # a run of them as one, since each way doubles all of it
        return f"{any_way}{{{len(sign)},{_DOUBLED * (len(sign) + 1)}}}"
    return more + any_way


def _texts_to_pack(secret: str) -> dict[str, None]:
    """A secret as it stands in what is packed as a whole: a body, a URL or a page."""
    raw = secret.encode("utf-8", "surrogatepass")
    bodies = (json.dumps(secret, ensure_ascii=ascii)[1:-1] for ascii in (True, False))
    return dict.fromkeys(
        [secret, *bodies, quote(raw, safe=""), quote_plus(raw), html.escape(secret)]
    )


def _packed_forms(text: str) -> list[str]:
    """The base64 of a text, by where in a group of three bytes it begins.

    Without the signs at either end that the neighbours have a part in.
    """
    raw = text.encode("utf-8", "surrogatepass")
    packed = (base64.b64encode(bytes(before) + raw).decode("ascii") for before in range(3))
    return [
        form[start : (before + len(raw)) * 8 // 6]
        for before, (start, form) in enumerate(zip((0, 2, 3), packed))
    ]


def _packed_patterns(text: str) -> Iterator[str]:
    ways = {"+": f"(?:{_any_writing('+')}|-)", "/": f"(?:{_any_writing('/')}|_)"}
    neighbour = f"(?:[a-z0-9]|{ways['+']}|{ways['/']})?"
    for before, form in enumerate(_packed_forms(text)):
        first = neighbour if before else ""
        middle = f"{_LINE_END}{{0,4}}".join(ways.get(sign, sign) for sign in form)
        yield f"{first}{middle}{neighbour}(?:{_any_writing('=')}){{0,2}}"
