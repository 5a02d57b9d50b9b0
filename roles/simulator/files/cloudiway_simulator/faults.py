# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: which request one strikes, and what it makes of the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any

from .http_front import Reply
from .surface import CALL_NAMES

ANY_CALL = ("*", "GET", "POST")
MADE_UP = b'{"hasError":false,"response":"What was asked for has not been done"}'
HTML_PAGE = b"<!DOCTYPE html><html><body><h1>Service unavailable</h1></body></html>"
NOT_TEXT = b"\xff\xc3\x28"
REDIRECTED = "/simulator/redirected"  # counted, so that a client that follows is seen
LONGER_BY = 64  # bytes


class BadFault(ValueError):
    """A fault that cannot be added; the text says why."""


@dataclass
class Fault:
    """One fault. It strikes requests of its call after `skip` of them, `times` times."""

    kind: str
    call: str = "*"  # a call's name, or GET or POST for all of these, or * for all
    when: str = "before"  # or after, late: whether the call acts all the same, and when
    times: int | None = 1  # None: always
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    status: int | None = None
    seconds: float = 0.0
    late: float = 0.0  # seconds from the request until it is acted upon
    retry_after: int | None = None
    length: str = "longer"  # or shorter
    _chance: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)

    def strikes(self, call: str, method: str) -> bool:
        """Whether it strikes this request; counts it down."""
        if self.call not in ("*", method, call) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self._chance.random() >= self.probability:
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def spoil(self, acted: Reply | None) -> Reply:
        """The answer that goes out: the true one spoilt, or, where nothing was done, one that is
        made up; what is made up can never be taken for a success."""
        return KINDS[self.kind](self, acted)


def _page(fault: Fault, status: int) -> Reply:
    headers = () if fault.retry_after is None else (("Retry-After", str(fault.retry_after)),)
    return Reply(status, HTML_PAGE, "text/html", headers)


def _cut(fault: Fault, acted: Reply | None) -> Reply:
    return replace(acted or Reply(200, b""), cut=True)


def _timeout(fault: Fault, acted: Reply | None) -> Reply:
    if acted is None:
        return Reply(200, b"", hold=fault.seconds, cut=True)
    return replace(acted, hold=acted.hold + fault.seconds)


def _truncated(fault: Fault, acted: Reply | None) -> Reply:
    whole = acted or Reply(200, MADE_UP)
    return replace(whole, missing=len(whole.body) // 2, close=True)


def _invalid_utf8(fault: Fault, acted: Reply | None) -> Reply:
    whole = acted or Reply(200, MADE_UP)
    middle = len(whole.body) // 2
    return replace(whole, body=whole.body[:middle] + NOT_TEXT + whole.body[middle:])


def _wrong_length(fault: Fault, acted: Reply | None) -> Reply:
    whole = acted or Reply(200, MADE_UP)
    off = LONGER_BY if fault.length == "longer" else -(len(whole.body) // 2)
    return replace(whole, length_off=off, chunked=False, close=True)


def _trickle(fault: Fault, acted: Reply | None) -> Reply:
    if acted is None:
        return replace(_truncated(fault, None), pace=fault.seconds)
    return replace(acted, pace=fault.seconds)


def _redirect(fault: Fault, acted: Reply | None) -> Reply:
    return Reply(fault.status or 302, b"", "text/html", (("Location", REDIRECTED),))


KINDS: Mapping[str, Callable[[Fault, Reply | None], Reply]] = {
    "cut": _cut,
    "timeout": _timeout,
    "status": lambda fault, acted: _page(fault, fault.status or 500),
    "429": lambda fault, acted: _page(fault, 429),
    "html": lambda fault, acted: _page(fault, 200),
    "truncated": _truncated,
    "empty": lambda fault, acted: Reply(200, b""),
    "invalid_utf8": _invalid_utf8,
    "redirect": _redirect,
    "wrong_length": _wrong_length,
    "trickle": _trickle,
}
CHOICES = {
    "kind": tuple(KINDS),
    "call": (*ANY_CALL, *CALL_NAMES),
    "when": ("before", "after", "late"),
    "length": ("longer", "shorter"),
}
STATUSES = {"status": (500, 502, 503, 504), "redirect": (301, 302, 307, 308)}
WHOLE_NUMBERS = ("times", "skip", "seed", "retry_after")
NUMBERS = ("probability", "seconds", "late")
OPTIONAL = ("times", "retry_after")


class Faults:
    """The faults that wait for their requests, in the order in which they were added."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, given: Mapping[str, Any]) -> None:
        """Add one; BadFault where it is none. With a probability it strikes always, if no
        `times` are said."""
        known = [one.name for one in fields(Fault) if one.init]
        unknown = sorted(set(given) - set(known))
        if unknown or "kind" not in given:
            raise BadFault(f"a fault has a kind, and of others only: {', '.join(known)}")
        statuses = STATUSES.get(given["kind"], ())
        for name, choices in {**CHOICES, "status": statuses}.items():
            if name in given and given[name] not in choices:
                raise BadFault(f"{name} is one of: {', '.join(map(str, choices))}")
        for name in (*WHOLE_NUMBERS, *NUMBERS):
            kinds = (int,) if name in WHOLE_NUMBERS else (int, float)
            unset = name in OPTIONAL and given.get(name) is None
            if name in given and type(given[name]) not in kinds and not unset:
                raise BadFault(f"{name} is a number")
        always = {"times": None} if "probability" in given else {}
        self._waiting.append(Fault(**{**always, **given}))

    def clear(self) -> None:
        """Forget all that wait."""
        self._waiting.clear()

    def strike(self, call: str, method: str) -> Fault | None:
        """The first fault that strikes this request."""
        for fault in self._waiting:
            if fault.strikes(call, method):
                return fault
        return None
