# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, licences, membership and settings, as the API shows them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from cloudiway_simulator.mailbox import Scenario
from cloudiway_simulator.records import Connectors, Person, User

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import PERSON, Simulator

ANNA = "anna@old.example"
UNTOUCHED = {
    "shouldMigrateMails": True,
    "shouldMigrateTrash": False,
    "shouldMigrateCalendars": True,
    "shouldMigrateContacts": True,
    "shouldMigrateNotes": True,
    "shouldMigrateTasks": True,
    "shouldMigrateJournals": False,
    "shouldConvertEmailAddresses": False,
    "shouldConvertX500": False,
    "fromDate": None,
    "toDate": None,
}


def _tag(simulator: Simulator) -> str:
    pair = {name: PERSON[name] for name in ("sourceEmail", "targetEmail")}
    tag = simulator.ask("migrationtag", **pair).value
    assert isinstance(tag, str)
    return tag


def test_a_created_user_is_found_by_its_pair_of_addresses_whatever_their_case(
    simulator: Simulator,
) -> None:
    assert simulator.ask("create", **PERSON).value == "User created"
    found = simulator.ask(
        "migrationtag", sourceEmail="ANNA@old.example", targetEmail="anna@NEW.example"
    )
    shown = {name: PERSON[name] for name in list(PERSON)[:4]}
    assert simulator.ask("get", tag=found.value).value == {**shown, "migrationTag": found.value}
    assert simulator.ask("get", tag=found.value.upper()).value["migrationTag"] == found.value
    assert simulator.ask("getall").value == [{**shown, "migrationTag": found.value}]


def test_tags_depend_on_the_seed_the_surface_and_the_pair_alone(
    simulate: Callable[..., Simulator],
) -> None:
    tags = []
    for _unused in range(2):
        simulator = simulate()
        simulator.ask("create", **PERSON)
        tags.append(_tag(simulator))
    assert tags[0] == tags[1]
    simulator = simulate()
    simulator.ask("create", surface="archivemailusers", **PERSON)
    pair = {name: PERSON[name] for name in ("sourceEmail", "targetEmail")}
    archived = simulator.ask("migrationtag", surface="archivemailusers", **pair).value
    simulator = simulate(Scenario(seed="other"))
    simulator.ask("create", **PERSON)
    assert len({tags[0], archived, _tag(simulator)}) == 3


def test_a_user_who_is_made_again_after_a_delete_has_a_new_tag(simulator: Simulator) -> None:
    simulator.ask("create", **PERSON)
    first = _tag(simulator)
    assert simulator.ask("delete", tag=first).value == "User deleted"
    assert first in simulator.ask("delete", tag=first).refusal
    simulator.ask("create", **PERSON)
    assert _tag(simulator) != first


def test_an_update_replaces_everything_but_the_tag_and_moves_the_pair(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    new = {
        **PERSON,
        "lastName": "Berg",
        "sourceEmail": "berg@old.example",
        "sourceConnectorName": "Google Workspace",
    }
    assert simulator.ask("update", tag=tag, **new).value == "User updated"
    user = simulator.user("berg@old.example")
    assert user["migration_tag"] == tag
    assert (user["last_name"], user["source_connector_name"]) == ("Berg", "Google Workspace")
    assert simulator.ask("migrationtag", sourceEmail=ANNA, targetEmail="anna@new.example").refusal
    assert simulator.ask("create", **PERSON).value  # the old pair is free again


def test_the_list_of_users_shows_what_has_changed_since_it_was_last_asked_for(
    simulate: Callable[..., Simulator],
) -> None:
    simulator = simulate(getall_statuses=True, getall_licenses=True)
    [tag] = simulator.have(ANNA, licensed=False)

    def listed() -> list[object]:
        [user] = simulator.ask("getall").value
        return [user["lastName"], user["licensed"], user["status"]]

    assert listed() == ["", False, "NOTSTARTED"]
    simulator.ask("update", tag=tag, **PERSON)
    simulator.ask("license", tag=tag)
    assert listed() == ["Adler", True, "NOTSTARTED"]
    simulator.ask("start", tag=tag)
    assert listed() == ["Adler", True, "SCHEDULED"]
    simulator.advance(86_400)
    assert listed() == ["Adler", True, "SUCCESS"]


def test_an_update_to_a_pair_that_another_user_has_is_refused(simulator: Simulator) -> None:
    _unused, tag = simulator.have(ANNA, "bert@old.example")
    assert "already" in simulator.ask("update", tag=tag, **PERSON).refusal
    assert simulator.user("bert@old.example")["migration_tag"] == tag


def test_retargeting_and_deleting_an_active_user_is_recorded(simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA)
    simulator.ask("start", tag=tag)
    assert simulator.ask("update", tag=tag, **{**PERSON, "firstName": "Ann"}).value
    assert simulator.control("state")["mailusers"]["violations"] == []
    assert simulator.ask("update", tag=tag, **{**PERSON, "targetEmail": "a@new.example"}).value
    assert simulator.ask("delete", tag=tag).value
    violations = simulator.control("state")["mailusers"]["violations"]
    assert [one["kind"] for one in violations] == ["update_active", "delete_active"]


def test_a_license_may_be_assigned_again_and_each_time_is_counted(simulator: Simulator) -> None:
    simulator.ask("create", **PERSON)
    tag = _tag(simulator)
    for _unused in range(2):
        assert simulator.ask("license", tag=tag).value == "License assigned"
    user = simulator.user()
    assert (user["licensed"], user["license_calls"]) == (True, 2)


@pytest.mark.parametrize("call", ["start", "audit"])
def test_nothing_starts_for_a_user_without_a_license(call: str, simulator: Simulator) -> None:
    [tag] = simulator.have(ANNA, licensed=False)
    assert "license" in simulator.ask(call, tag=tag).refusal
    assert simulator.status(tag) == "NOTSTARTED"


@pytest.mark.parametrize("call", ["startbatch", "batchaudit"])
def test_a_batch_with_a_member_without_a_license_starts_nobody(
    call: str, simulator: Simulator
) -> None:
    tags = simulator.have(ANNA, "bert@old.example", batch="Wave")
    tags += simulator.have("carl@old.example", batch="Wave", licensed=False)
    assert "carl@old.example" in simulator.ask(call, batchName="Wave").refusal
    assert [simulator.status(tag) for tag in tags] == ["NOTSTARTED"] * 3


def test_batches_are_listed_in_the_order_of_their_making(simulator: Simulator) -> None:
    for name in ("b", "a", "c & d"):
        assert simulator.ask("createbatch", batchName=name).value == f"Batch {name} created"
    assert simulator.ask("batch").value == ["b", "a", "c & d"]
    assert "already" in simulator.ask("createbatch", batchName="a").refusal
    assert simulator.ask("deletebatch", batchName="a").value == "Batch a deleted"
    assert simulator.ask("batch").value == ["b", "c & d"]


def test_a_batch_with_members_is_not_deleted(simulator: Simulator) -> None:
    simulator.have(ANNA, batch="Wave")
    assert "has users" in simulator.ask("deletebatch", batchName="Wave").refusal


def test_members_come_in_the_order_in_which_they_were_added(simulator: Simulator) -> None:
    anna, bert = simulator.have(ANNA, "bert@old.example")
    simulator.ask("createbatch", batchName="Wave")
    for tag in (bert, anna, bert):
        answer = simulator.ask("addtobatch", tag=tag, batchName="Wave")
        assert answer.value == "User added to batch Wave"
    assert simulator.ask("getusersinbatch", batchName="Wave").value == [bert, anna]


def test_a_user_leaves_its_batch_by_removal_and_by_its_end(simulator: Simulator) -> None:
    anna, bert = simulator.have(ANNA, "bert@old.example", batch="Wave")
    assert simulator.ask("removefrombatch", tag=anna).value == "User removed from batch"
    assert "in no batch" in simulator.ask("removefrombatch", tag=anna).refusal
    simulator.ask("delete", tag=bert)
    assert simulator.ask("getusersinbatch", batchName="Wave").value == []


def test_settings_are_set_on_the_members_of_the_moment(simulator: Simulator) -> None:
    anna, bert, carl = simulator.have(ANNA, "bert@old.example", "carl@old.example")
    simulator.ask("createbatch", batchName="Wave")
    assert simulator.ask("getmailglobalsettingsbybatch", batchName="Wave").value == UNTOUCHED
    simulator.ask("addtobatch", tag=bert, batchName="Wave")
    simulator.ask("addtobatch", tag=anna, batchName="Wave")
    simulator.ask(
        "setmailglobalsettingsbybatch",
        batchName="Wave",
        FromDate="01/05/2015",
        ShouldMigrateNotes=True,
    )
    simulator.ask("addtobatch", tag=carl, batchName="Wave")
    written = {
        **dict.fromkeys(UNTOUCHED, False),
        "shouldMigrateNotes": True,
        "fromDate": "2015-01-05T00:00:00",
        "toDate": None,
    }
    assert simulator.ask("getmailglobalsettingsbybatch", batchName="Wave").value == written
    for tag in (bert, anna):
        simulator.ask("removefrombatch", tag=tag)
    assert simulator.ask("getmailglobalsettingsbybatch", batchName="Wave").value == UNTOUCHED


def test_a_refused_settings_write_changes_nothing(simulator: Simulator) -> None:
    simulator.have(ANNA, batch="Wave")
    bad: dict[str, Any] = {"ShouldMigrateTrash": True, "FromDate": ""}
    assert simulator.ask("setmailglobalsettingsbybatch", batchName="Wave", **bad).refusal
    assert simulator.ask("getmailglobalsettingsbybatch", batchName="Wave").value == UNTOUCHED


def test_an_account_may_have_no_connectors(simulate: Callable[..., Simulator]) -> None:
    simulator = simulate(connectors=Connectors((), ()))
    assert simulator.ask("getallsourceconnectors").value == []
    assert simulator.ask("getalltargetconnectors").value == []
    assert "no source connector" in simulator.ask("create", **PERSON).refusal


def test_fifty_thousand_users_are_listed_quickly(simulator: Simulator) -> None:
    tenant = simulator.service.tenants["mailusers"]
    for number in range(50_000):
        names = (f"u{number}@old.example", f"u{number}@new.example", "Exchange", "Microsoft 365")
        tenant.add(User(Person(f"tag-{number}", "U", str(number), *names)))
    assert len(simulator.ask("getall").value) == 50_000
    began = time.monotonic()
    body = simulator.ask("getall").body
    assert time.monotonic() - began < 2  # seconds; the first listing costs more than the later
    assert body.count(b"migrationTag") == 50_000
