# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the runs come to: figures, each beside its goal. Pure."""

from __future__ import annotations

import statistics
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ansible_collections.cloudiway.mail.tests.benchmark.runs import (
    CONCURRENCY,
    LATENCY,
    LOOPED,
    MANY,
    MORE,
    MOST,
    NEW,
    NEW_BATCHES,
    POLLED,
)
from ansible_collections.cloudiway.mail.tests.benchmark.stage import Run

Runs = Mapping[str, Sequence[Run]]

#: What a figure is counted in: how many times what is beside it, how much longer, how large.
TIMES, MORE_SECONDS, MEGABYTES = "times", "s more", "MB"


@dataclass(frozen=True)
class Figure:
    """One figure: what was measured, beside what, what that comes to, and what it was to be."""

    key: str
    what: str
    #: Seconds, or megabytes where the unit is that.
    ours: float
    beside: float
    beside_what: str
    value: float
    goal: float
    unit: str = TIMES
    is_least: bool = False
    #: What the time or the memory goes into; told where the goal is missed.
    why: str = ""

    @property
    def comes_to(self) -> str:
        """The value in words."""
        return self._counted(self.value)

    @property
    def bound(self) -> str:
        """The goal in words."""
        return f"at {'least' if self.is_least else 'most'} {self._counted(self.goal)}"

    def amount(self, number: float) -> str:
        """What ours or beside come to, in words."""
        return f"{number:.0f} MB" if self.unit == MEGABYTES else f"{number:,.2f} s"

    def _counted(self, number: float) -> str:
        return f"{number:,.{0 if self.unit == MEGABYTES else 2}f} {self.unit}"

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.is_least else self.value <= self.goal

    @property
    def share(self) -> float:
        """How much of what the goal allows is used up: at most 1 where it is reached."""
        return self.goal / self.value if self.is_least else self.value / self.goal


def _wire(requests: int) -> float:
    """The seconds that latency and concurrency alone dictate."""
    return requests * LATENCY / CONCURRENCY


class Medians:
    """The medians of the runs, by their names."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def seconds(self, name: str) -> float:
        """Seconds from begin to end."""
        return statistics.median(run.seconds for run in self._runs[name])

    def cpu(self, name: str) -> float:
        """Seconds of processor time."""
        return statistics.median(run.cpu for run in self._runs[name])

    def memory(self, name: str) -> float:
        """Megabytes of the largest process."""
        return statistics.median(run.memory for run in self._runs[name]) / 1e6

    def server_share(self, name: str) -> float:
        """How much of the time the server was busy."""
        return statistics.median(run.server_cpu / run.seconds for run in self._runs[name])

    def pace(self, name: str) -> float:
        """Requests in a second."""
        return statistics.median(run.requests / run.seconds for run in self._runs[name])

    def capacity(self, name: str) -> float:
        """Requests in a second of the server's processor time."""
        return statistics.median(run.requests / run.server_cpu for run in self._runs[name])


def figures(rounds: Sequence[Runs]) -> list[Figure]:
    """All figures, in the order in which they are shown.

    Each comes to the median of what the single rounds come to: a machine is not always as fast, but
    what is compared runs in one round.
    """
    by_round = [[figure.value for figure in _figures(Medians(one))] for one in rounds]
    return [
        replace(figure, value=statistics.median(values))
        for figure, values in zip(_figures(Medians(together(rounds))), zip(*by_round))
    ]


def together(rounds: Sequence[Runs]) -> dict[str, list[Run]]:
    """The runs of all rounds."""
    return {name: [run for one in rounds for run in one[name]] for name in rounds[0]}


def _figures(measured: Medians) -> list[Figure]:
    return [
        *_starts(measured),
        *_new_users(measured),
        *_unchanged_users(measured),
        _polled(measured),
    ]


def _starts(measured: Medians) -> t.Iterator[Figure]:
    ours, empty = measured.seconds("single"), measured.seconds("empty")
    library = measured.seconds("import requests") - measured.seconds("import")
    own = measured.seconds("import ours") - measured.seconds("import requests")
    why = (
        f"importing requests, which the collection works with, takes {library:.2f} s of it, and its "
        f"own files, which Ansible ships as source with every task, {own:.2f} s"
    )
    yield Figure(
        "start",
        "One user, nothing to do: a play of one task",
        ours,
        empty,
        "an empty module",
        ours / empty,
        1.3,
        why=why,
    )
    ours = (measured.seconds("more single") - ours) / MORE
    empty = (measured.seconds("more empty") - empty) / MORE
    yield Figure(
        "further_start",
        f"The same, each of {MORE} more tasks",
        ours,
        empty,
        "an empty module",
        ours / empty,
        1.3,
        why=why,
    )


def _new_users(measured: Medians) -> t.Iterator[Figure]:
    ours, bare, empty = (measured.seconds(name) for name in ("new", "bare", "empty"))
    requests = 3 * NEW + NEW_BATCHES
    yield Figure(
        "new_beside_bare",
        f"{NEW:,} new users in {NEW_BATCHES} batches",
        ours,
        bare,
        "the bare client",
        ours / bare,
        1.4,
        why=f"{empty:.2f} s are the play of an empty module, {_wire(requests):.2f} s the "
        f"latency of {requests:,} requests, and {CONCURRENCY} at once",
    )
    a_request = (measured.seconds("looped") - empty) / (3 * LOOPED + 2)  # one batch, one getall
    looped = empty + a_request * (requests + 1)
    yield Figure(
        "new_beside_uri",
        f"{NEW:,} new users in {NEW_BATCHES} batches",
        ours,
        looped,
        f"a loop of uri (scaled from {LOOPED} users)",
        looped / ours,
        150,
        is_least=True,
        why=f"a request of the loop takes {a_request:.2f} s here",
    )


def _unchanged_users(measured: Medians) -> t.Iterator[Figure]:
    empty = measured.seconds("empty beside lists")
    for name, (users, batches), goal in (("many", MANY, 1.5), ("most", MOST, 3.0)):
        ours = measured.seconds(name)
        yield Figure(
            f"unchanged_{users}",
            f"{users:,} unchanged users in {batches} batches, from a CSV",
            ours,
            empty,
            "an empty module",
            ours - empty,
            goal,
            MORE_SECONDS,
            why=f"{_wire(batches):.2f} s are the latency of {batches} requests, "
            f"{measured.cpu(name) - measured.cpu('empty beside lists'):.2f} s processor time",
        )
    memory = measured.memory("most")
    yield Figure(
        f"memory_{MOST[0]}",
        f"The same {MOST[0]:,}: memory of the largest process",
        memory,
        measured.memory("empty beside lists"),
        "an empty module",
        memory,
        300,
        MEGABYTES,
        why="the list of all users, the declared ones and the plan are in memory together",
    )


def _polled(measured: Medians) -> Figure:
    ours, wire = measured.seconds("polled"), _wire(POLLED)
    return Figure(
        f"polled_{POLLED}",
        f"{POLLED:,} users polled, who is fine not listed",
        ours,
        wire,
        "latency and concurrency alone",
        ours / wire,
        1.2,
        why=f"{measured.seconds('empty beside lists'):.2f} s are the play of an empty module",
    )


def about_the_server(runs: Runs) -> str:
    """Why the server is not what holds anybody up."""
    measured = Medians(runs)
    return (
        f"The server is not the bottleneck: it answers {measured.capacity('bare'):,.0f} requests in "
        f"a second of processor time, was asked for {measured.pace('bare'):,.0f} a second by the "
        f"bare client and was busy {100 * measured.server_share('bare'):.0f} % of that time; "
        f"without its latency the same client gets {measured.pace('bare without latency'):,.0f}. "
        f"The bare client takes {measured.seconds('bare') / _wire(3 * NEW + NEW_BATCHES):.2f} times "
        "what latency and connections alone dictate."
    )
