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


def apply_stage(
    stage: Stage,
    client: Client,
    happened: Happened,
    failures: dict[str, CloudiwayError],
    mind: Mind = nothing_careful,
    turn: TakeTurn = contextlib.nullcontext,
    bind: Bind = as_planned,
    done: t.Callable[[Action], None] = lambda action: None,
) -> None:
    """Make the actions of a stage. A chain that fails is put into failures, by its subject.

    A chain whose subject, or one of whose needs, is among the failures is not begun. done is told
    of every action that was made, from several threads.
    """

    def is_there(action: Action) -> bool:
        if happened(action):
            return True
        if action.careful:  # it is about to be sent again
            mind(action)
        return False

    def run(chain: Chain) -> None:
        for subject in (chain.subject, *chain.needs):
            if subject in failures:
                raise failures[subject]
        for action in chain.actions:
            with turn() if action.in_turn else contextlib.nullcontext():
                if action.careful:
                    mind(action)
                client.send(action.call, bind(action), functools.partial(is_there, action))
            done(action)

    for chain, result in zip(stage, client.each(run, stage)):
        if isinstance(result, CloudiwayError):
            failures.setdefault(chain.subject, result)


def apply(plan: Plan, client: Client, happened: Happened, mind: Mind = nothing_careful) -> None:
    """Make all actions of a plan, one stage after the other.

    Raises the first failure, which tells whether something was changed all the same.
    """
    failures: dict[str, CloudiwayError] = {}
    made: list[Action] = []
    for stage in plan.stages:
        apply_stage(stage, client, happened, failures, mind, done=made.append)
        for failure in failures.values():
            failure.seen = {"changed": any(action.counts for action in made)}
            raise failure


def changes_only(before: Mapping[str, t.Any], after: Mapping[str, t.Any]) -> tuple[View, View]:
    """The two sides, reduced to the names whose values differ."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )
