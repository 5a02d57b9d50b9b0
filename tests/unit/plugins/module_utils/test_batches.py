# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches: made, filled, emptied and removed, and no user lost on the way."""

from __future__ import annotations

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._batches import (
    batch_info,
    manage_batch,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    ForceNeeded,
    InvalidInput,
    NotFound,
    Throttled,
)
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Service,
    batch,
    names_of,
    rehearsed,
    source,
    target,
)


def test_a_batch_is_made_once(service: Service) -> None:
    outcome = rehearsed(service, manage_batch, batch())
    assert service.batches == {WAVE: []}
    assert (outcome.before, outcome.after) == ({}, {"name": WAVE})
    assert outcome.result == {"batch": {"name": WAVE, "users": []}, "added": [], "removed": []}


def test_a_batch_that_is_there_costs_two_requests(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.count_anew()
    outcome = service.do(manage_batch, batch())
    assert service.requests == {"batch": 1, "getusersinbatch": 1}
    assert [one["migration_tag"] for one in outcome.result["batch"]["users"]] == [
        service.tag("anna")
    ]


def test_a_batch_is_made_with_its_members_by_address_or_tag(service: Service) -> None:
    service.have("anna", "bert", "carl")
    params = batch(users=["ANNA@old.example", service.tag("bert")])
    outcome = rehearsed(service, manage_batch, params)
    assert sorted(service.batches[WAVE]) == ["anna", "bert"]
    assert outcome.result["added"] == [source("anna"), source("bert")]
    assert outcome.after == {"name": WAVE, "users": [source("anna"), source("bert")]}
    assert names_of(outcome.result["batch"]["users"]) == ["anna", "bert"]


def test_members_are_added_and_none_is_removed(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.have("bert")
    outcome = rehearsed(service, manage_batch, batch(users=[source("bert")]))
    assert sorted(service.batches[WAVE]) == ["anna", "bert"]
    assert outcome.before == {"name": WAVE, "users": [source("anna")]}
    assert outcome.after == {"name": WAVE, "users": [source("anna"), source("bert")]}


def test_exclusive_removes_the_other_members(service: Service) -> None:
    service.have("anna", "bert", "carl", batch=WAVE)
    params = batch(users=[source("bert")], exclusive=True)
    outcome = rehearsed(service, manage_batch, params)
    assert service.batches == {WAVE: ["bert"]}
    assert outcome.result["removed"] == [source("anna"), source("carl")]
    assert len(service.users) == 3


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("capitals", [True, False])
def test_a_tag_in_capitals_is_the_same_tag(service: Service, listed: bool, capitals: bool) -> None:
    service.read_as(getall_tags=listed, member_tags="capitals")
    service.have("anna", "bert", "carl", batch=WAVE)
    tags = [service.tag(name) for name in ("anna", "bert")]
    users = [tag.upper() if capitals else tag for tag in tags] + [source("carl")]
    outcome = service.do(manage_batch, batch(users=users, exclusive=True))
    assert (outcome.changed, service.writes) == (False, {})
    rehearsed(service, manage_batch, batch(users=users[:1], exclusive=True))
    assert service.batches == {WAVE: ["anna"]}
    assert service.writes == {"removefrombatch": 2}


def test_exclusive_with_nobody_empties_the_batch(service: Service) -> None:
    service.have("anna", batch=WAVE)
    rehearsed(service, manage_batch, batch(users=[], exclusive=True))
    assert service.batches == {WAVE: []}


def test_exclusive_without_members_that_are_declared_removes_nobody(service: Service) -> None:
    service.have("anna", batch=WAVE)
    assert not rehearsed(service, manage_batch, batch(exclusive=True)).changed
    assert service.batches == {WAVE: ["anna"]}


@pytest.mark.parametrize("reading", ["move", "refuse"])
def test_a_member_of_another_batch_is_moved(service: Service, reading: str) -> None:
    service.read_as(batch_move=reading)
    service.have("anna", "bert", batch="Wave 0")
    outcome = rehearsed(service, manage_batch, batch(users=[source("anna")]))
    assert service.batches == {"Wave 0": ["bert"], WAVE: ["anna"]}
    assert (outcome.result["added"], outcome.result["removed"]) == ([source("anna")], [])


def test_a_member_that_is_declared_twice_is_added_once(service: Service) -> None:
    service.have("anna")
    params = batch(users=[source("anna"), "ANNA@old.example", service.tag("anna")])
    outcome = rehearsed(service, manage_batch, params)
    assert outcome.result["added"] == [source("anna")]
    assert service.writes == {"createbatch": 1, "addtobatch": 1}


def test_a_member_that_is_not_on_the_server_is_bad_input_and_all_are_named(
    service: Service,
) -> None:
    service.have("anna")
    service.count_anew()
    params = batch(users=[source("anna"), "bret@old.example", "no-such-tag"])
    with pytest.raises(InvalidInput) as caught:
        service.do(manage_batch, params)
    assert caught.value.faults == [
        "users: 'bret@old.example' is not a user of the service; cloudiway_mail_user makes one",
        "users: 'no-such-tag' is not a user of the service; cloudiway_mail_user makes one",
    ]
    assert service.posts == 0


def test_in_check_mode_a_member_that_is_not_there_may_come_from_the_tasks_before(
    service: Service,
) -> None:
    outcome = service.do(manage_batch, batch(users=["bret@old.example"]), check=True)
    assert outcome.changed
    assert outcome.result["added"] == ["bret@old.example"]
    assert outcome.after["users"] == ["bret@old.example"]
    assert "taken to be created by the tasks before" in outcome.warnings[0]
    assert service.posts == 0


def test_in_check_mode_a_batch_that_gains_only_such_a_member_is_changed_too(
    service: Service,
) -> None:
    service.have("anna", batch=WAVE)
    params = batch(users=[source("anna"), "bret@old.example"])
    outcome = service.do(manage_batch, params, check=True)
    assert outcome.changed
    assert outcome.after["users"] == [source("anna"), "bret@old.example"]


def test_a_source_address_of_several_users_does_not_name_a_member(service: Service) -> None:
    service.have("anna")
    service.have("anna", target_email="other@new.example")
    with pytest.raises(NotFound, match="2 users have this source address") as caught:
        service.do(manage_batch, batch(users=[source("anna")]))
    assert caught.value.code == "ambiguous"
    assert service.batches == {}


def test_a_failure_tells_whether_something_was_changed_before_it(service: Service) -> None:
    service.have("anna")
    params = batch(users=[source("anna")])
    service.fault("429", "createbatch")
    service.fault("429", "addtobatch")
    for changed in (False, True):
        with pytest.raises(Throttled) as caught:
            service.do(manage_batch, params, retry_timeout=0)
        assert caught.value.seen == {"changed": changed}
    assert service.batches == {WAVE: []}


def test_a_batch_without_members_is_removed(service: Service) -> None:
    service.have_batch(WAVE, "Wave 2")
    outcome = rehearsed(service, manage_batch, batch(state="absent"))
    assert service.batches == {"Wave 2": []}
    assert (outcome.before, outcome.after) == ({"name": WAVE, "users": []}, {})
    assert outcome.result["batch"] is None


def test_a_batch_with_members_is_not_removed_without_force(service: Service) -> None:
    service.have("anna", "bert", batch=WAVE)
    service.count_anew()
    with pytest.raises(ForceNeeded, match="'Wave & 1' has 2 members; force empties it first"):
        service.do(manage_batch, batch(state="absent"), check=True)
    with pytest.raises(ForceNeeded, match="deletes no user"):
        service.do(manage_batch, batch(state="absent"))
    assert service.posts == 0


def test_force_empties_a_batch_first_and_deletes_no_user(service: Service) -> None:
    service.have("anna", "bert", batch=WAVE)
    outcome = rehearsed(service, manage_batch, batch(state="absent", force=True))
    assert service.batches == {}
    assert names_of(service.users) == ["anna", "bert"]
    assert outcome.result["removed"] == [source("anna"), source("bert")]


def test_a_batch_that_is_not_there_is_absent_already(service: Service) -> None:
    service.have("anna", batch="Wave 2")
    assert not rehearsed(service, manage_batch, batch(state="absent", force=True)).changed
    assert service.batches == {"Wave 2": ["anna"]}


@pytest.mark.parametrize("tags", [True, False])
def test_batches_are_shown_with_members_and_settings(service: Service, tags: bool) -> None:
    service.have("anna", "bert", batch=WAVE, settings={"to_date": "2026-01-05"})
    service.have_batch("Wave 2")
    service.read_as(getall_tags=tags)
    service.count_anew()
    first, second = service.do(batch_info, {}).result["batches"]
    assert first["name"] == WAVE
    assert first["users"] == [
        {
            "migration_tag": service.tag(name),
            "source_email": source(name),
            "target_email": target(name),
        }
        for name in ("anna", "bert")
    ]
    assert first["settings"]["to_date"] == "2026-01-05"
    assert (second["name"], second["users"]) == ("Wave 2", [])
    assert service.posts == 0


def test_only_what_is_asked_for_is_read(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.have_batch("Wave 2")
    service.count_anew()
    params = {"name": WAVE, "members": False, "settings": False}
    assert service.do(batch_info, params).result == {"batches": [{"name": WAVE}]}
    assert service.requests == {"batch": 1}
    assert service.do(batch_info, {**params, "name": "no such"}).result == {"batches": []}
