# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observe, plan, apply: the plan, and the one way in which anything is changed.

A plan is data: what there was, what there shall be, and the calls that lead there, in stages of
chains. Check mode is a plan that is not applied; diff mode shows before and after; idempotence is
an empty plan.
"""

from __future__ import annotations

import contextlib
import functools
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ._client import Client
from ._contract import Call
from ._errors import CloudiwayError
from ._parallel import Parallel
from ._wire import Arguments

View = dict[str, t.Any]


@dataclass(frozen=True)
class Action:
    """One call to make. ``arguments`` may lack what only an earlier stage brings to light."""

    call: Call
    arguments: Arguments
    #: Whether the task counts as changed; not where the effect cannot be observed.
    counts: bool = True
    #: What the call does not say, but a look at its effect needs, by the names of fields: the
    #: batch that a user leaves (2.15), the addresses of one who is deleted (2.11).
    about: Arguments = field(default_factory=dict)
    #: What it is not to do to a user (or batch) against which something stands by then, in words:
    #: the plan's look may be minutes old. Empty where nothing can, or force is given.
    careful: str = ""
    #: Whether nobody may be started between that look and the call.
    in_turn: bool = False


@dataclass(frozen=True)
class Chain:
    """Actions on one subject, made one after the other; chains of a stage run side by side."""

    subject: str
    actions: tuple[Action, ...]
    #: Subjects whose chains of earlier stages must have succeeded.
    needs: tuple[str, ...] = ()


Stage = tuple[Chain, ...]


@dataclass(frozen=True)
class Plan:
    """What there was, what there shall be, and the way there. Pure."""

    stages: tuple[Stage, ...] = ()
    before: View = field(default_factory=dict)
    after: View = field(default_factory=dict)

    @property
    def actions(self) -> list[Action]:
        """All actions, stage by stage."""
        return [action for stage in self.stages for chain in stage for action in chain.actions]

    @property
    def changed(self) -> bool:
        """Whether applying the plan changes something that counts."""
        return any(action.counts for action in self.actions)

    def first_of(self, failures: Mapping[str, CloudiwayError]) -> CloudiwayError | None:
        """Of failures by subject, that of the chain which the plan names first."""
        chains = (chain for stage in self.stages for chain in stage)
        return next((failures[one.subject] for one in chains if one.subject in failures), None)

    def outcome(self, result: View, warnings: Sequence[str] = ()) -> Outcome:
        """The outcome of the plan, applied or not: check mode predicts exactly this."""
        return Outcome(self.changed, self.before, self.after, result, tuple(warnings))


@dataclass(frozen=True)
class Outcome:
    """What a module returns: changed, the two sides of the diff, and its own values."""

    changed: bool
    before: View
    after: View
    result: View
    warnings: tuple[str, ...] = ()


#: Completes an action's arguments at the moment it is made.
Bind = t.Callable[[Action], Arguments]
#: Looks at the server: is the effect of the action there?
Happened = t.Callable[[Action], bool]
#: Looks at the server, and raises ForceNeeded where something stands against a careful action.
Mind = t.Callable[[Action], None]
#: Keeps everybody else from starting anybody.
TakeTurn = t.Callable[[], contextlib.AbstractContextManager[object]]


def as_planned(action: Action) -> Arguments:
    """The arguments of an action that lacks none."""
    return action.arguments


def nothing_careful(action: Action) -> None:
    """For plans without careful actions."""
    raise AssertionError(f"{action.call} is careful, and nobody looks")


@dataclass
class Maker:
    """Makes actions, and keeps what became of them."""

    client: Client
    happened: Happened
    mind: Mind = nothing_careful
    turn: TakeTurn = contextlib.nullcontext
    bind: Bind = as_planned
    #: Told of every action that was made, from several threads.
    done: t.Callable[[Action], None] = lambda action: None
    #: Why chains failed, by their subjects.
    failures: dict[str, CloudiwayError] = field(default_factory=dict)
    #: The subjects of the chains that have ended, in whatever way.
    ended: set[str] = field(default_factory=set)

    def make(self, stage: Stage) -> None:
        """Make the actions of a stage."""
        self.begin(stage).results()

    def begin(self, stage: Stage) -> Parallel[Chain, None]:
        """Begin to make the actions of a stage.

        A chain whose subject, or one of whose needs, is among the failures is not begun.
        """
        return self.client.begin(self._run, stage)

    def _run(self, chain: Chain) -> None:
        try:
            for subject in (chain.subject, *chain.needs):
                if subject in self.failures:
                    raise self.failures[subject]
            for action in chain.actions:
                self._send(action)
        except CloudiwayError as why:
            self.failures.setdefault(chain.subject, why)
        self.ended.add(chain.subject)

    def _send(self, action: Action) -> None:
        with self.turn() if action.in_turn else contextlib.nullcontext():
            if action.careful:
                self.mind(action)
            is_there = functools.partial(self._is_there, action)
            self.client.send(action.call, self.bind(action), is_there)
        self.done(action)

    def _is_there(self, action: Action) -> bool:
        if self.happened(action):
            return True
        if action.careful:  # it is about to be sent again
            self.mind(action)
        return False


def apply(plan: Plan, client: Client, happened: Happened, mind: Mind = nothing_careful) -> None:
    """Make all actions of a plan, one stage after the other.

    Raises the first failure, which tells whether something was changed all the same.
    """
    made: list[Action] = []
    maker = Maker(client, happened, mind, done=made.append)
    for stage in plan.stages:
        maker.make(stage)
        if failure := plan.first_of(maker.failures):
            failure.seen = {"changed": any(action.counts for action in made)}
            raise failure


def changes_only(before: Mapping[str, t.Any], after: Mapping[str, t.Any]) -> tuple[View, View]:
    """The two sides, reduced to the names whose values differ."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )
