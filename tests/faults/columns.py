# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of the matrix: what can befall a request or its answer, and what is known then."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import cycle

#: Seconds for which a client waits where the answer comes too late, and how late it comes.
IMPATIENT, LATE = 0.5, 1.1
#: Seconds for which it waits for all other answers.
PATIENT = 20.0
#: Seconds from then until a request is acted upon late: the first look has long been answered, and
#: effects are still looked for.
A_MOMENT = 0.7
#: Time-outs of a play are for all its requests: so many times more patience than in the matrix.
PATIENCE = 4.0
#: The code of a connection that is refused: see Gate.
REFUSED_CONNECTION = "unreachable"


@dataclass(frozen=True)
class Strike:
    """One column: a fault of the simulator, or (without a kind) a connection that is refused."""

    name: str
    #: C(failure.code) where it strikes for longer than retry_timeout; empty: it is no fault.
    code: str
    kind: str = ""
    #: Whether the service acts on the request all the same: before, after or late.
    when: str = "before"
    more: dict[str, t.Any] = field(default_factory=dict)
    #: Seconds: how long the client waits for the answer that is struck.
    timeout: float = PATIENT

    def __str__(self) -> str:
        return self.name

    @property
    def told(self) -> dict[str, t.Any]:
        """The fault, as the simulator takes it in."""
        return {"kind": self.kind, "when": self.when, **self.more}

    @property
    def outcome(self) -> str:
        """How the simulator's journal says that it has struck."""
        return f"fault: {self.kind} {self.when}"

    @property
    def wait(self) -> float:
        """Seconds for which the service asks to be left alone."""
        return float(self.more.get("retry_after", 0))

    def slower(self, times: float) -> Strike:
        """The same for a client with more patience, where it is a lack of it."""
        if self.timeout == PATIENT:
            return self
        more = {
            name: value * times if name in ("seconds", "late") else value
            for name, value in self.more.items()
        }
        return replace(self, more=more, timeout=self.timeout * times)


def _both(name: str, code: str, kind: str, timeout: float = PATIENT, **more: t.Any) -> list[Strike]:
    """The same fault before the service has acted, and after."""
    return [
        Strike(f"{name} {when}", code, kind, when, more, timeout) for when in ("before", "after")
    ]


STRIKES: t.Final = (
    Strike("refused", REFUSED_CONNECTION),
    *_both("cut", "lost_answer", "cut"),
    Strike("cut, acts late", "lost_answer", "cut", "late", {"late": A_MOMENT}),
    *_both("time-out", "lost_answer", "timeout", IMPATIENT, seconds=LATE),
    Strike(
        "time-out, acts late",
        "lost_answer",
        "timeout",
        "late",
        {"seconds": LATE, "late": IMPATIENT + A_MOMENT},
        IMPATIENT,
    ),
    *(
        strike
        for status in (500, 502, 503, 504)
        for strike in _both(str(status), "lost_answer", "status", status=status)
    ),
    Strike("429", "throttled", "429"),
    Strike("429 Retry-After 0", "throttled", "429", more={"retry_after": 0}),
    Strike("429 Retry-After 1", "throttled", "429", more={"retry_after": 1}),
    *_both("HTML", "protocol", "html"),
    *_both("truncated", "protocol", "truncated"),
    *_both("empty", "protocol", "empty"),
    *_both("no UTF-8", "protocol", "invalid_utf8"),
    *_both("redirect", "redirect", "redirect"),
    *_both("too long", "protocol", "wrong_length", length="longer"),
    *_both("too short", "protocol", "wrong_length", length="shorter"),
    *_both("trickle", "lost_answer", "trickle", IMPATIENT, seconds=0.01),
    # The whole answer comes, a byte at a time and within the time-out.
    Strike("slow", "", "trickle", "after", {"seconds": 0.001}),
)


def diagonal(calls: Iterable[str]) -> list[tuple[str, Strike]]:
    """Each of these calls and each fault at least once, for plays.

    There are more faults than calls: those that are left begin with the first calls again.
    """
    return [(call, strike.slower(PATIENCE)) for call, strike in zip(cycle(calls), STRIKES)]
