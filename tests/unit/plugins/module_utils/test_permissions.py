# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether another batch is at its permissions, where getall does not show it: whom that costs a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils import _permissions
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._contract import Status
from ansible_collections.cloudiway.mail.plugins.module_utils._directory import Directory
from ansible_collections.cloudiway.mail.plugins.module_utils._permissions import OtherBatches
from ansible_collections.cloudiway.mail.plugins.module_utils._watch import Watch
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    Asked,
    ScriptedServer,
    Sent,
    ok,
)

DONE, AT_IT, MIGRATED = "MAILPERMISSIONS_DONE", "MAILPERMISSIONS_WORKING", "SUCCESS"


class Batches:
    """A service that has batches, and tells the status of each member alone."""

    def __init__(self) -> None:
        self.members: dict[str, list[str]] = {"own": ["own1"]}
        self.statuses: dict[str, str] = {"own1": MIGRATED}
        self.asked: list[str] = []

    def have(self, batch: str, *statuses: str) -> None:
        """Have a batch whose members, in their order, have these statuses."""
        tags = [f"{batch}{number}" for number in range(1, len(statuses) + 1)]
        self.members[batch] = tags
        self.statuses.update(zip(tags, statuses))

    def answer(self, asked: Asked) -> Sent:
        """The answer to any request."""
        if asked.call == "getall":
            return ok([{"sourceEmail": f"{tag}@old.example"} for tag in self.statuses])
        if asked.call == "batch":
            return ok(list(self.members))
        if asked.call == "getusersinbatch":
            return ok(self.members[asked.query["batchName"]])
        tag = asked.path.split("/")[-2]
        self.asked.append(tag)
        return ok(self.statuses[tag])

    def whom_it_asks(self, others: OtherBatches) -> tuple[bool, list[str]]:
        """Whether another batch is at it, and whom that was asked of."""
        self.asked.clear()
        found = others.are_at_it(thoroughly=False)
        return found, sorted(self.asked)


@pytest.fixture
def batches() -> Batches:
    """A service with the batch of the tests alone."""
    return Batches()


@pytest.fixture
def others(batches: Batches, scripted: Callable[..., ScriptedServer]) -> Iterator[OtherBatches]:
    """Looks at the other batches of that service."""
    server = scripted(batches.answer)
    with Client(Connection("key", "a secret", server.url, timeout=2, retry_timeout=2)) as client:
        directory = Directory(client)
        watch = Watch(client, directory, dt.timezone.utc)
        yield OtherBatches(directory, watch, "own", ["own1"])


def test_one_who_has_not_begun_speaks_for_a_batch(batches: Batches, others: OtherBatches) -> None:
    batches.have("a", MIGRATED, MIGRATED, MIGRATED)
    batches.have("b", AT_IT, AT_IT)
    assert batches.whom_it_asks(others) == (True, ["a1", "b1"])


@pytest.mark.parametrize("unfinished", ["ONERROR", "STOP", "LICENSE_EXCEEDED"])
def test_one_who_has_not_finished_a_pass_does_not_hide_the_others(
    batches: Batches, others: OtherBatches, unfinished: str
) -> None:
    batches.have("a", unfinished, unfinished, AT_IT, MIGRATED)
    assert batches.whom_it_asks(others) == (True, ["a1", "a2", "a3"])


@pytest.mark.parametrize("absent", ["NOTSTARTED", "AUDIT_DONE", "WORKING", "MAIL_SENT"])
def test_some_whom_nobody_would_send_to_permissions_do_not_hide_the_others(
    batches: Batches, others: OtherBatches, absent: str
) -> None:
    batches.have("a", absent, absent, AT_IT, MIGRATED)
    batches.have("b", absent, MIGRATED, MIGRATED)
    assert batches.whom_it_asks(others) == (True, ["a1", "a2", "a3", "b1", "b2"])


def test_a_batch_that_has_not_begun_yet_costs_a_few_requests_however_large_it_is(
    batches: Batches, others: OtherBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_permissions, "HEARD_IN_ALL", 7)
    batches.have("a", *["NOTSTARTED"] * 1000)
    batches.have("b", *["NOTSTARTED"] * 1000)
    assert batches.whom_it_asks(others) == (False, ["a1", "a2", "a3", "b1", "b2", "b3"])


def test_where_there_are_few_batches_none_of_their_members_hides_the_others(
    batches: Batches, others: OtherBatches
) -> None:
    batches.have("a", *["NOTSTARTED"] * 99, AT_IT, MIGRATED)
    batches.have("b", *["AUDIT_DONE"] * 200)
    assert batches.whom_it_asks(others)[0]


def test_the_many_of_a_batch_that_has_not_begun_yet_are_asked_in_a_few_looks(
    batches: Batches, others: OtherBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    look = Watch.all_statuses

    def counted(watch: Watch, tags: Sequence[str]) -> list[Status]:
        looks.append(len(tags))
        return look(watch, tags)

    monkeypatch.setattr(Watch, "all_statuses", counted)
    batches.have("a", *["NOTSTARTED"] * 1500)
    assert not batches.whom_it_asks(others)[0]
    assert (sum(looks), looks[:4]) == (1000, [1, 1, 1, 2])
    assert len(looks) < 15


def test_the_first_who_is_done_does_not_hide_the_others(
    batches: Batches, others: OtherBatches
) -> None:
    batches.have("a", DONE, DONE, AT_IT)
    assert batches.whom_it_asks(others)[0]
    batches.have("a", DONE, DONE, DONE)
    assert not batches.whom_it_asks(others)[0]


def test_a_batch_that_was_wholly_done_costs_one_request_a_look_from_then_on(
    batches: Batches, others: OtherBatches
) -> None:
    batches.have("a", DONE, DONE, DONE)
    assert batches.whom_it_asks(others) == (False, ["a1", "a1", "a2", "a3"])
    assert batches.whom_it_asks(others) == (False, ["a1"])
    batches.have("a", AT_IT, AT_IT, AT_IT)
    assert batches.whom_it_asks(others) == (True, ["a1"])


def test_while_somebody_goes_on_only_that_one_is_asked_for(
    batches: Batches, others: OtherBatches
) -> None:
    batches.have("a", MIGRATED, MIGRATED)
    batches.have("b", AT_IT, AT_IT)
    assert not others.is_still_at_it()
    assert batches.whom_it_asks(others)[0]
    batches.asked.clear()
    assert others.is_still_at_it()
    assert batches.asked == ["b1"]


def test_a_batch_that_is_deleted_meanwhile_is_at_nothing(
    batches: Batches, others: OtherBatches
) -> None:
    batches.have("a", AT_IT)
    assert batches.whom_it_asks(others)[0]
    del batches.members["a"]
    assert not batches.whom_it_asks(others)[0]
