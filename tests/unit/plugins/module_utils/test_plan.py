# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan is data, and there is one way to carry it out: stage by stage, chain beside chain."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils import _contract as contract
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    CloudiwayError,
    Refused,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._plan import (
    Action,
    Chain,
    Maker,
    Plan,
    apply,
    changes_only,
)
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    Asked,
    ScriptedServer,
    Sent,
    failure,
    ok,
)


def licence(tag: str, counts: bool = True) -> Action:
    """An action on a user."""
    return Action(contract.LICENSE, {contract.TAG: tag}, counts=counts)


def stop(tag: str) -> Action:
    """Another action on a user."""
    return Action(contract.STOP_USER, {contract.TAG: tag})


def never(action: Action) -> bool:
    """A look that finds that nothing has happened."""
    return False


@pytest.fixture
def server(scripted: Callable[..., ScriptedServer]) -> ScriptedServer:
    """A service that refuses whatever is about a user named odd."""

    def answer(asked: Asked) -> Sent:
        odd = asked.body["migrationTag"].startswith("odd")
        return failure("odd") if odd else ok().after(0.01)

    return scripted(answer)


def made(server: ScriptedServer) -> list[str]:
    """What was made: the call, and of whom."""
    return [f"{asked.call} {asked.body['migrationTag']}" for asked in server.asked]


def test_an_empty_plan_changes_nothing() -> None:
    assert Plan().actions == []
    assert not Plan().changed
    assert Plan().outcome({"a": 1}).result == {"a": 1}


def test_a_plan_of_what_cannot_be_observed_is_no_change() -> None:
    unseen = Chain("anna", (licence("anna", counts=False),))
    assert not Plan(((unseen,),)).changed
    seen = Chain("bert", (licence("bert"),))
    assert Plan(((unseen, seen),)).changed


def test_the_outcome_is_the_same_whether_the_plan_is_applied_or_not(
    server: ScriptedServer,
) -> None:
    plan = Plan(((Chain("anna", (licence("anna"),)),),), {"a": 1}, {"a": 2})
    before = plan.outcome({}, ["mind"])
    with Client(Connection("k", "s", server.url)) as client:
        apply(plan, client, never)
    assert plan.outcome({}, ["mind"]) == before
    assert before.warnings == ("mind",)


def test_a_stage_begins_when_all_of_the_stage_before_is_done(server: ScriptedServer) -> None:
    names = ("anna", "bert", "carl")
    first = tuple(Chain(name, (licence(name),)) for name in names)
    second = tuple(Chain(name, (stop(name),)) for name in names)
    with Client(Connection("k", "s", server.url)) as client:
        apply(Plan((first, second)), client, never)
    assert sorted(made(server)[:3]) == [f"license {name}" for name in names]
    assert sorted(made(server)[3:]) == [f"stop {name}" for name in names]


def test_the_actions_of_a_chain_are_made_in_their_order(server: ScriptedServer) -> None:
    chains = tuple(
        Chain(f"user {number}", (licence(f"user {number}"), stop(f"user {number}")))
        for number in range(8)
    )
    with Client(Connection("k", "s", server.url)) as client:
        apply(Plan((chains,)), client, never)
    for number in range(8):
        mine = [one for one in made(server) if one.endswith(f"user {number}")]
        assert mine == [f"license user {number}", f"stop user {number}"]


def test_a_chain_waits_for_no_other(scripted: Callable[..., ScriptedServer]) -> None:
    others_are_done = threading.Semaphore(0)
    was_held = []

    def answer(asked: Asked) -> Sent:
        if asked.body["migrationTag"] == "slow" and asked.call == "license":
            was_held.append(all(others_are_done.acquire(timeout=5) for _other in range(6)))
        elif asked.call == "stop":
            others_are_done.release()
        return ok()

    names = ("slow", *(f"user {number}" for number in range(6)))
    chains = tuple(Chain(name, (licence(name), stop(name))) for name in names)
    with Client(Connection("k", "s", scripted(answer).url, concurrency=2)) as client:
        apply(Plan((chains,)), client, never)
    assert was_held == [True]  # answered only when all others had been licensed and stopped


def test_a_chain_ends_at_its_first_failure_and_the_others_go_on(server: ScriptedServer) -> None:
    failures: dict[str, CloudiwayError] = {}
    stage = (Chain("odd", (licence("odd"), stop("odd"))), Chain("anna", (licence("anna"),)))
    with Client(Connection("k", "s", server.url)) as client:
        Maker(client, never, failures=failures).make(stage)
    assert sorted(made(server)) == ["license anna", "license odd"]
    assert list(failures) == ["odd"]
    assert isinstance(failures["odd"], Refused)


def test_a_chain_is_not_begun_where_its_subject_or_one_of_its_needs_has_failed(
    server: ScriptedServer,
) -> None:
    failures: dict[str, CloudiwayError] = {"batch": Refused("no batch"), "anna": Refused("no anna")}
    stage = (
        Chain("anna", (licence("anna"),)),
        Chain("bert", (licence("bert"),), needs=("batch",)),
        Chain("carl", (licence("carl"),), needs=("another",)),
    )
    with Client(Connection("k", "s", server.url)) as client:
        Maker(client, never, failures=failures).make(stage)
    assert made(server) == ["license carl"]
    assert failures["bert"].message == "no batch"
    assert failures["anna"].message == "no anna"


def test_a_plan_as_a_whole_ends_with_the_stage_that_failed(server: ScriptedServer) -> None:
    stages = ((Chain("odd", (licence("odd"),)),), (Chain("anna", (licence("anna"),)),))
    with Client(Connection("k", "s", server.url)) as client, pytest.raises(Refused, match="odd"):
        apply(Plan(stages), client, never)
    assert made(server) == ["license odd"]


def test_only_what_differs_is_shown() -> None:
    before, after = changes_only({"a": 1, "b": 2, "gone": 3}, {"a": 1, "b": 5, "new": None})
    assert (before, after) == ({"b": 2, "gone": 3}, {"b": 5})
    assert changes_only({"a": 1}, {"a": 1}) == ({}, {})
