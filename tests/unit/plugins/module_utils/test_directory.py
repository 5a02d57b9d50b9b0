# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is on the server: asked for once, and looked up only where the list does not say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._directory import Directory
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import Ambiguous, Refused
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    Asked,
    ScriptedServer,
    Sent,
    failure,
    ok,
    page,
)
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Service,
    source,
    target,
)


@pytest.fixture
def directory(service: Service) -> Iterator[Directory]:
    """What there is, as the engine sees it."""
    with Client(service.connection()) as client:
        yield Directory(client)


def test_users_batches_and_members_are_asked_for_once(
    service: Service, directory: Directory
) -> None:
    service.have("anna", "bert", batch=WAVE)
    service.have_batch("Wave 2")
    service.count_anew()
    for _unused in range(3):
        found = directory.by_address(source("anna"))
        assert found
        assert found.tag == service.tag("anna")
        assert directory.by_tag(service.tag("bert"))
        assert directory.by_tag("nobody") is None
        assert directory.by_address(source("nobody")) is None
        assert directory.batch_of(service.tag("bert")) == WAVE
        assert len(directory.members(WAVE)) == 2
    assert service.requests == {"getall": 1, "batch": 1, "getusersinbatch": 2}


def test_what_is_forgotten_is_asked_for_again(service: Service, directory: Directory) -> None:
    assert directory.by_address(source("anna")) is None
    service.have("anna")
    assert directory.by_address(source("anna")) is None
    directory.forget()
    assert directory.by_address(source("anna"))


def test_who_was_made_is_known_once_those_are_listed_and_nobody_else_is(
    service: Service, directory: Directory
) -> None:
    service.have("anna", "bert")
    pairs = [(source(name), target(name)) for name in ("anna", "bert")]
    assert directory.made(*pairs[0]) is None
    directory.list_new({source("anna")})
    anna = directory.made(*pairs[0])
    assert anna
    assert anna.tag == service.tag("anna")
    assert directory.made(source("anna"), "other@new.example") is None
    assert directory.made(*pairs[1]) is None
    directory.list_new({source("bert")})
    assert directory.made(*pairs[0]) is anna
    bert = directory.made(*pairs[1])
    assert bert
    assert bert.tag == service.tag("bert")
    assert service.requests["getall"] == 2


def test_without_tags_in_the_list_each_user_is_looked_up_once(
    service: Service, directory: Directory
) -> None:
    service.have("anna", "bert", "carl", batch=WAVE)
    service.read_as(getall_tags=False)
    tags = [service.tag(name) for name in ("anna", "bert", "carl")]
    service.count_anew()
    for _unused in range(2):
        found = directory.by_address(source("anna"), target("anna"))
        assert found
        assert found.tag == tags[0]
        assert [one and one.source_email for one in directory.look_up(tags)] == [
            source("anna"),
            source("bert"),
            source("carl"),
        ]
        assert directory.by_tag(tags[2])
    assert service.requests == {"getall": 1, "migrationtag": 1, "get": 2}


def test_a_tag_that_nobody_has_is_nobody_where_the_list_shows_no_tags(
    service: Service, directory: Directory
) -> None:
    service.have("anna")
    service.read_as(getall_tags=False)
    assert directory.by_tag("nobody") is None
    assert directory.look_up(["nobody"]) == [None]


@pytest.mark.parametrize("status", [401, 403])
def test_a_tag_that_a_gateway_does_not_let_through_is_not_taken_for_nobodys(
    scripted: Callable[..., ScriptedServer], status: int
) -> None:
    listed = {"sourceEmail": source("anna"), "targetEmail": target("anna")}
    server = scripted(getall=[ok([listed])], get=[page(status)])
    with Client(Connection("k", "s", server.url)) as client:
        directory = Directory(client)
        with pytest.raises(Refused, match=f"HTTP {status}, not from the service itself"):
            directory.by_tag("tag-1")
        with pytest.raises(Refused, match=f"HTTP {status}, not from the service itself"):
            directory.look_up(["tag-1"])


@pytest.mark.parametrize("missing", ["hasError", "null"])
def test_a_pair_that_nobody_has_is_not_guessed_at_where_the_list_shows_neither_tags_nor_targets(
    service: Service, directory: Directory, missing: str
) -> None:
    service.have("anna")
    service.read_as(getall_tags=False, getall_targets=False, migrationtag_missing=missing)
    began = time.monotonic()
    with pytest.raises(Ambiguous, match="its migration tag cannot be learnt with the target x@"):
        directory.by_address(source("anna"), "x@new.example")
    assert time.monotonic() - began < 9


def test_without_a_target_address_of_its_own_or_declared_a_user_has_no_tag_to_be_learnt(
    service: Service, directory: Directory
) -> None:
    service.have("anna")
    service.read_as(getall_tags=False, getall_targets=False)
    with pytest.raises(Ambiguous, match="the service does not list target addresses"):
        directory.by_address(source("anna"))


def test_several_users_with_one_source_address_need_the_pair(
    service: Service, directory: Directory
) -> None:
    service.have("anna")
    service.have("anna", target_email="other@new.example")
    with pytest.raises(Ambiguous, match="2 users have this source address; name the target"):
        directory.by_address(source("anna"))
    found = directory.by_address(source("anna"), "OTHER@new.example")
    assert found
    assert found.tag == service.users[1]["migration_tag"]
    assert directory.by_address(source("anna"), "third@new.example") is None


@pytest.mark.parametrize(("targets", "tags"), [(True, True), (True, False), (False, True)])
def test_of_several_users_of_one_pair_none_is_picked(
    service: Service, directory: Directory, targets: bool, tags: bool
) -> None:
    made = [*service.have("anna"), *service.have("anna")]
    service.have("anna", target_email="other@new.example")
    service.read_as(getall_tags=tags, getall_targets=targets)
    with pytest.raises(Ambiguous, match="2 users migrate from it to anna@") as caught:
        directory.by_address(source("anna"), target("anna"))
    assert (", ".join(made) in caught.value.message) == tags
    assert caught.value.code == "ambiguous"
    other = directory.by_address(source("anna"), "other@new.example")
    assert other
    assert other.tag == service.users[2]["migration_tag"]


def test_a_user_that_is_listed_twice_is_one(scripted: Callable[..., ScriptedServer]) -> None:
    anna = {
        "migrationTag": "T1",
        "sourceEmail": source("anna"),
        "targetEmail": target("anna"),
    }
    server = scripted(getall=[ok([anna, anna])])
    with Client(Connection("k", "s", server.url)) as client:
        directory = Directory(client)
        found = [directory.by_address(source("anna"), of) for of in (target("anna"), None)]
    assert [user and user.tag for user in found] == ["T1", "T1"]


def test_tags_are_the_same_with_and_without_the_blanks_that_the_samples_show(
    service: Service, directory: Directory
) -> None:
    service.have("anna", batch=WAVE)
    service.read_as(tag_blanks=True)
    found = directory.by_address(source("anna"))
    assert found
    assert found.tag in directory.members(WAVE)
    assert directory.batch_of(found.tag or "") == WAVE


def test_a_batch_whose_members_are_refused_fails_with_the_reason(
    scripted: Callable[..., ScriptedServer],
) -> None:
    server = scripted(batch=[ok(["a", "b"])], getusersinbatch=[ok([]), failure("no such batch")])
    with (
        Client(Connection("k", "s", server.url)) as client,
        pytest.raises(Refused, match="no such batch"),
    ):
        Directory(client).batch_of("tag-1")


def test_fifty_thousand_users_in_one_batch_are_matched_in_seconds(
    scripted: Callable[..., ScriptedServer],
) -> None:
    tags = [f"tag-{number}" for number in range(50_000)]
    server = scripted(batch=[ok([WAVE])], getusersinbatch=[ok(tags)])
    with Client(Connection("k", "s", server.url)) as client:
        directory = Directory(client)
        began = time.monotonic()
        assert all(directory.is_member(tag, WAVE) for tag in tags)
        assert all(directory.batch_of(tag) == WAVE for tag in tags)
        assert time.monotonic() - began < 20


class Vanishing:
    """A service that deletes a batch when its members are asked for, or only says no."""

    def __init__(self, is_deleted: bool) -> None:
        self._is_deleted = is_deleted
        self._names = ["Wave 1", "Wave 2"]

    def answer(self, asked: Asked) -> Sent:
        """The answer to any request."""
        if asked.call == "batch":
            return ok(self._names)
        if asked.query["batchName"] == "Wave 1":
            return ok(["a tag"])
        if self._is_deleted:
            self._names = ["Wave 1"]
        return failure("Batch not found")


def test_a_batch_that_is_deleted_between_the_list_and_its_members_has_none(
    scripted: Callable[..., ScriptedServer],
) -> None:
    server = scripted(Vanishing(is_deleted=True).answer)
    with Client(Connection("key", "secret", server.url)) as client:
        directory = Directory(client)
        assert directory.batch_of("another tag") is None
        assert directory.batches == ["Wave 1"]
        assert directory.members("Wave 2") == ()


def test_a_batch_whose_members_are_refused_while_it_is_there_is_not_taken_for_empty(
    scripted: Callable[..., ScriptedServer],
) -> None:
    server = scripted(Vanishing(is_deleted=False).answer)
    with Client(Connection("key", "secret", server.url)) as client, pytest.raises(Refused):
        Directory(client).batch_of("another tag")
