# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, one or a list of them: who is meant, what is changed, what is left alone, and the cost."""

from __future__ import annotations

import signal
import threading
import time
import typing as t
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils import _parallel
from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import manage_users
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    Ambiguous,
    CloudiwayError,
    FailedUsers,
    ForceNeeded,
    InvalidInput,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._users import manage_user, user_info
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    SOURCE,
    TARGET,
    WAVE,
    Params,
    Service,
    a_pass,
    local_part,
    names_of,
    person,
    rehearsed,
    roster,
    source,
    target,
)

NAMES = ("anna", "bert", "carl")


def failed(service: Service, params: Params, check: bool = False) -> FailedUsers:
    """The failure of a list of which some users fail."""
    with pytest.raises(FailedUsers) as caught:
        service.do(manage_users, params, check)
    return caught.value


def refused(service: Service, params: Params, kind: type[CloudiwayError]) -> str:
    """The message of one user's failure, before which nothing was written, in check mode too."""
    with pytest.raises(kind) as predicted:
        service.do(manage_user, params, check=True)
    with pytest.raises(kind) as caught:
        service.do(manage_user, params)
    assert predicted.value.message == caught.value.message
    assert service.posts == 0
    return caught.value.message


def shape(service: Service) -> list[dict[str, t.Any]]:
    """What there is of users, without what two runs may not have in common."""
    return [
        {
            name: user[name]
            for name in ("source_email", "target_email", "last_name", "batch", "licensed")
        }
        for user in service.users
    ]


# New users --------------------------------------------------------------------------------------


def test_a_new_user_is_created_licensed_and_added_to_its_batch_in_this_order(
    service: Service,
) -> None:
    outcome = rehearsed(service, manage_user, person("anna", batch=WAVE))
    user = service.user("anna")
    assert (user["licensed"], user["batch"]) == (True, WAVE)
    assert user["source_connector_name"] == SOURCE
    assert outcome.result["actions"] == ["createbatch", "create", "license", "addtobatch"]
    assert outcome.result["user"] == {
        "source_email": source("anna"),
        "target_email": target("anna"),
        "first_name": "Anna",
        "last_name": "Adler",
        "source_connector": SOURCE,
        "target_connector": TARGET,
        "migration_tag": user["migration_tag"],
        "batch": WAVE,
    }
    calls = [one["call"] for one in service.journal if one["method"] == "POST"]
    assert calls.index("create") < calls.index("license") < calls.index("addtobatch")


def test_the_diff_of_a_new_user_shows_all_of_it(service: Service) -> None:
    outcome = rehearsed(service, manage_user, person("anna", batch=WAVE))
    assert outcome.before == {}
    assert outcome.after == {
        source("anna"): {
            "source_email": source("anna"),
            "target_email": target("anna"),
            "first_name": "Anna",
            "last_name": "Adler",
            "source_connector": SOURCE,
            "target_connector": TARGET,
            "license": "assigned",
            "batch": WAVE,
        }
    }


def test_new_users_cost_three_writes_each_one_for_each_batch_and_one_more_getall(
    service: Service,
) -> None:
    params = roster(*NAMES)
    params["users"] += [person("dora", batch="Wave 2"), person("emil", batch="Wave 2")]
    service.do(manage_users, params)
    assert service.requests == {
        "getall": 2,
        "batch": 1,
        "getallsourceconnectors": 1,
        "getalltargetconnectors": 1,
        "createbatch": 2,
        "create": 5,
        "license": 5,
        "addtobatch": 5,
    }
    assert service.batches == {
        WAVE: list(service.batches[WAVE]),
        "Wave 2": service.batches["Wave 2"],
    }
    assert sorted(service.batches[WAVE]) == sorted(NAMES)


def steps(service: Service) -> list[Counter[str]]:
    """How often each call was made up to each getall, and after the last of them."""
    found: list[Counter[str]] = [Counter()]
    for entry in service.journal:
        if entry["call"] == "getall":
            found.append(Counter())
        else:
            found[-1][entry["call"]] += 1
    return found


CONNECTORS_READ = {"getallsourceconnectors": 1, "getalltargetconnectors": 1}
HELD: Params = {"when": "after", "seconds": 4}


@pytest.mark.parametrize(
    ("held", "first", "last"),
    [
        ({"call": "create", "skip": 7}, 11, 1),
        ({"call": "create", "skip": 11}, 11, 1),
        ({"call": "create", "skip": 9, "times": 3}, 9, 3),
    ],
    ids=["one", "the last", "the last of each lane but one"],
)
def test_who_is_created_does_not_wait_for_a_call_whose_answer_is_long_in_coming(
    service: Service, held: Params, first: int, last: int
) -> None:
    service.have_batch(WAVE)
    params = roster(*(f"user-{number}" for number in range(8)))
    params["users"] += [person(f"other-{number}", batch="Wave 2") for number in range(4)]
    service.fault("timeout", **{"times": 1, **HELD, **held})
    outcome = service.do(manage_users, {**params, "return_users": True}, concurrency=4)
    before, while_held, afterwards = steps(service)[1:]
    assert (before["create"], before["createbatch"]) == (12, 1)
    assert while_held == {"license": first, "addtobatch": first}
    assert afterwards == {"license": last, "addtobatch": last}
    assert {len(tags) for tags in service.batches.values()} == {8, 4}
    assert all(user["licensed"] for user in service.users)
    tags = {user["migration_tag"] for user in outcome.result["users"]}
    assert tags == {user["migration_tag"] for user in service.users}


def test_who_is_created_does_not_wait_for_the_batch_of_others(service: Service) -> None:
    service.have_batch(WAVE)
    params = roster(*NAMES)
    params["users"][0]["batch"] = "Wave 2"
    service.fault("timeout", "createbatch", **HELD)
    service.do(manage_users, params, concurrency=4)
    added = [one["user"] for one in service.journal if one["call"] == "addtobatch"]
    assert added[2:] == [service.tag("anna")]
    assert service.requests == {**MADE, "getusersinbatch": 1}


def test_who_was_long_in_coming_does_not_wait_for_the_next_who_is(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_parallel, "_STALLED", 0.5)
    service.fault("timeout", "create", skip=5, when="after", seconds=1.5)
    service.fault("timeout", "license", skip=4, when="after", seconds=5)
    params = roster(*(f"user-{number}" for number in range(6)), batch=None)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as thread:
        doing = thread.submit(service.do, manage_users, params, concurrency=4)
        while service.requests.get("license", 0) < 6:
            assert time.monotonic() - began < 4.5
            time.sleep(0.05)
        doing.result(10)
    assert steps(service)[2:] == [{"license": 5}, {"license": 1}]


def test_who_is_created_does_not_wait_for_others_whose_creation_is_in_doubt(
    service: Service,
) -> None:
    service.fault("cut", "create", times=2)
    service.do(manage_users, roster(*(f"user-{number}" for number in range(6))), concurrency=2)
    created = [one["time"] for one in service.journal if one["call"] == "create"]
    assert created[5] - created[0] < 1 < created[6] - created[0]
    assert len(created) == 8
    assert all(user["licensed"] for user in service.users)


def test_who_needs_no_more_than_to_be_created_holds_nobody_up_either(service: Service) -> None:
    params = roster("anna", batch=None)
    params["users"] += [person(f"plain-{number}", license="never") for number in range(5)]
    service.fault("timeout", "create", skip=5, **HELD)
    outcome = service.do(manage_users, {**params, "return_users": True}, concurrency=2)
    assert steps(service)[1:] == [{"create": 6, **CONNECTORS_READ}, {"license": 1}, {}]
    assert all(user["migration_tag"] for user in outcome.result["users"])


def test_nobody_is_listed_anew_while_a_batch_is_held_up_that_others_do_not_need(
    service: Service,
) -> None:
    service.have(*NAMES)
    service.fault("timeout", "createbatch", **HELD)
    params = roster(*NAMES, batch="Wave 2")
    params["users"][0]["batch"] = WAVE
    service.do(manage_users, params)
    assert service.requests["getall"] == 1
    assert {name: sorted(users) for name, users in service.batches.items()} == {
        WAVE: ["anna"],
        "Wave 2": ["bert", "carl"],
    }


def test_who_is_looked_up_before_another_is_created_is_not_looked_up_again(
    service: Service,
) -> None:
    service.read_as(getall_tags=False)
    service.fault("timeout", "create", skip=2, **HELD)
    service.do(manage_users, roster(*NAMES), concurrency=4)
    assert service.requests["migrationtag"] == 3
    assert sorted(service.batches[WAVE]) == sorted(NAMES)


def test_who_needs_no_new_tag_does_not_wait_for_those_of_others(service: Service) -> None:
    service.have("bert", "carl")
    service.fault("timeout", "getall", skip=1, when="after", seconds=2)
    service.do(manage_users, roster(*NAMES))
    times = {name: [one["time"] for one in service.journal if one["call"] == name] for name in MADE}
    assert (
        times["addtobatch"][1] - times["getall"][1]
        < 1
        < times["addtobatch"][2] - times["getall"][1]
    )


def test_tags_that_are_not_listed_are_looked_up_at_once_for_those_who_are_only_created(
    service: Service,
) -> None:
    service.read_as(getall_tags=False)
    service.fault("timeout", "migrationtag", when="after", seconds=0.5, times=None)
    users = [person(f"plain-{number}", license="never") for number in range(8)]
    began = time.monotonic()
    outcome = service.do(manage_users, {"users": users, "return_users": True})
    assert time.monotonic() - began < 3
    assert all(user["migration_tag"] for user in outcome.result["users"])
    assert service.requests["migrationtag"] == 8


def test_where_new_users_cannot_be_listed_all_who_needed_it_are_told_why(service: Service) -> None:
    service.have_batch(WAVE)
    params = roster(*NAMES)
    params["users"][0]["batch"] = "Wave 2"
    service.fault("timeout", "createbatch", **HELD)
    service.fault("html", "getall", skip=1, times=1)
    with pytest.raises(FailedUsers) as caught:
        service.do(manage_users, params, retry_timeout=0, concurrency=4)
    assert len(caught.value.seen["failed_users"]) == 3
    assert all("getall" in one["failure"]["message"] for one in caught.value.seen["failed_users"])


def test_ctrl_c_ends_at_once_what_reads_who_is_there(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.fault("timeout", "getall", seconds=5)
    main = threading.get_ident()
    interrupt = threading.Timer(0.5, lambda: signal.pthread_kill(main, signal.SIGINT))
    interrupt.start()
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            service.do(manage_users, roster(*NAMES))
    finally:
        interrupt.cancel()  # what ends too early is not to interrupt the next test
    assert time.monotonic() - began < 3
    assert service.requests["getall"] == 1


def test_nobody_is_listed_before_the_end_of_a_pause_that_the_service_asks_for(
    service: Service,
) -> None:
    service.fault("429", "create", skip=2, retry_after=3)
    service.do(manage_users, roster(*NAMES), concurrency=4)
    assert service.requests == {**MADE, "create": 4}


def test_where_nobody_was_created_nobody_is_listed(service: Service) -> None:
    service.fault("429", "create", times=None)
    with pytest.raises(FailedUsers):
        service.do(manage_users, roster(*NAMES), retry_timeout=0)
    assert service.requests["getall"] == 1


def test_where_new_users_cannot_be_listed_while_one_is_held_up_nobody_is_listed_again(
    service: Service,
) -> None:
    service.fault("html", "getall", skip=1, times=1)
    service.fault("timeout", "create", skip=2, **HELD)
    with pytest.raises(FailedUsers) as caught:
        service.do(manage_users, roster(*NAMES), retry_timeout=0, concurrency=4)
    summary = caught.value.seen["summary"]
    assert (summary["created"], summary["licensed"], summary["failed"]) == (3, 0, 3)
    assert service.requests["getall"] == 2


def test_with_nothing_to_do_a_list_costs_one_getall_one_batch_list_and_one_call_a_batch(
    service: Service,
) -> None:
    service.have(*NAMES, batch=WAVE)
    service.have("dora", batch="Wave 2")
    service.have("emil", batch="not declared")
    service.count_anew()
    params = roster(*NAMES)
    params["users"].append(person("dora", batch="Wave 2"))
    assert not service.do(manage_users, params).changed
    assert service.requests == {"getall": 1, "batch": 1, "getusersinbatch": 2}


def test_where_getall_brings_no_tags_it_costs_one_look_up_for_each_declared_user(
    service: Service,
) -> None:
    service.read_as(getall_tags=False)
    service.have(*NAMES, "stranger", batch=WAVE)
    service.count_anew()
    assert not service.do(manage_users, roster(*NAMES)).changed
    assert service.requests == {"getall": 1, "batch": 1, "getusersinbatch": 1, "migrationtag": 3}


#: What it costs to make three users in a new batch.
MADE = {
    "getall": 2,
    "batch": 1,
    "getallsourceconnectors": 1,
    "getalltargetconnectors": 1,
    "createbatch": 1,
    "create": 3,
    "license": 3,
    "addtobatch": 3,
}


def test_where_getall_brings_no_tags_a_new_user_costs_one_look_up_more(service: Service) -> None:
    service.read_as(getall_tags=False)
    service.have("stranger")
    service.count_anew()
    service.do(manage_users, roster(*NAMES))
    assert service.requests == {**MADE, "migrationtag": 3}


def test_where_getall_brings_tags_and_no_targets_new_users_cost_no_look_up(
    service: Service,
) -> None:
    service.read_as(getall_targets=False)
    result = service.do(manage_users, {**roster(*NAMES), "return_users": True}).result
    assert service.requests == MADE
    tags = sorted(map(service.tag, NAMES))
    for shown in (result["users"], result["changed_users"]):
        assert sorted(user["migration_tag"] for user in shown) == tags
        assert names_of(shown) == sorted(NAMES)


def test_users_without_a_batch_cost_nothing_about_batches(service: Service) -> None:
    service.have(*NAMES)
    service.have_batch("Wave 1", "Wave 2")
    service.count_anew()
    assert not service.do(manage_users, roster(*NAMES, batch=None)).changed
    assert service.requests == {"getall": 1}


def test_a_whole_list_is_made_and_is_there_the_second_time(service: Service) -> None:
    service.have("stranger")
    outcome = rehearsed(service, manage_users, roster(*NAMES))
    assert sorted(service.batches[WAVE]) == sorted(NAMES)
    assert outcome.result["summary"] == {
        "declared": 3,
        "created": 3,
        "updated": 0,
        "licensed": 3,
        "added": 3,
        "deleted": 0,
        "unchanged": 0,
        "failed": 0,
    }
    assert names_of(outcome.result["changed_users"]) == list(NAMES)
    assert outcome.result["changed_users"][0] == {
        "source_email": source("anna"),
        "target_email": target("anna"),
        "migration_tag": service.tag("anna"),
        "batch": WAVE,
        "actions": ["create", "license", "addtobatch"],
    }
    assert outcome.result["batches_changed"] == [WAVE]
    assert "users" not in outcome.result


def test_users_are_returned_only_when_asked_for(service: Service) -> None:
    service.have("anna", batch=WAVE)
    outcome = service.do(manage_users, roster("anna", "bert", return_users=True))
    assert names_of(outcome.result["users"]) == ["anna", "bert"]
    assert [one["migration_tag"] for one in outcome.result["users"]] == [
        service.tag("anna"),
        service.tag("bert"),
    ]


def test_a_list_in_a_file_is_the_same_as_a_list_of_options(
    service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "users.csv"
    path.write_text(
        "FirstName;LastName;SourceEmail;TargetEmail;BatchName;License\n"
        "Anna;Adler;anna@old.example;anna@new.example;Wave & 1;\n"
        "Bert;Adler;bert@old.example;bert@new.example;;never\n"
    )
    params = roster(
        users=None,
        users_file=str(path),
        defaults={"source_connector": SOURCE, "target_connector": TARGET},
    )
    rehearsed(service, manage_users, params)
    made = {(one["first_name"], one["batch"], one["licensed"]) for one in service.users}
    assert made == {("Anna", WAVE, True), ("Bert", None, False)}


@pytest.mark.parametrize("content", [None, "SourceEmail;TargetEmail\nada;ada@new.example\n"])
def test_what_is_wrong_with_a_file_is_told_with_its_whole_path(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    if content:
        Path("users.csv").write_text(content)
    with pytest.raises(InvalidInput) as caught:
        service.do(manage_users, roster(users=None, users_file="users.csv"))
    [fault] = caught.value.faults
    assert str(caught.value) == f"users_file {tmp_path}/users.csv: {fault}"
    assert "users.csv" not in fault


def test_one_user_and_a_list_of_one_do_the_same(service: Service) -> None:
    service.have("anna", last_name="Old", licensed=False)
    service.do(manage_user, person("anna", batch=WAVE))
    one = (shape(service), service.writes)
    service.clear()
    service.have("anna", last_name="Old", licensed=False)
    service.do(manage_users, roster("anna"))
    assert (shape(service), service.writes) == one


# Who is meant -----------------------------------------------------------------------------------


def test_a_user_is_known_by_its_source_address_whatever_its_case(service: Service) -> None:
    service.have("anna")
    params = person("anna", source_email="ANNA@Old.Example", target_email="anna@NEW.example")
    outcome = rehearsed(service, manage_user, params)
    assert not outcome.changed
    assert outcome.result["user"]["migration_tag"] == service.tag("anna")


def test_where_several_have_the_source_address_the_pair_tells_them_apart(
    service: Service,
) -> None:
    service.have("anna")
    service.have("anna", target_email="other@new.example")
    first, second = service.users
    params = person("anna", target_email="OTHER@new.example", batch=WAVE)
    outcome = rehearsed(service, manage_user, params)
    assert outcome.result["user"]["migration_tag"] == second["migration_tag"]
    assert service.state["batches"] == {WAVE: [second["migration_tag"]]}
    assert first["batch"] is None


def test_where_several_have_the_declared_pair_that_one_fails_and_nothing_is_done_about_it(
    service: Service,
) -> None:
    one, other = [*service.have("anna"), *service.have("anna")]
    with pytest.raises(FailedUsers, match=f"2 users migrate .* tags {one}, {other}") as caught:
        service.do(manage_users, roster("anna", "bert"))
    [failed] = caught.value.seen["failed_users"]
    assert (failed["source_email"], failed["failure"]["code"]) == (source("anna"), "ambiguous")
    assert service.batches == {WAVE: ["bert"]}
    by_tag = person("anna", migration_tag=other, state="absent")
    assert service.do(manage_user, by_tag).result["actions"] == ["delete"]
    service.do(manage_users, roster("anna", "bert"))
    assert [user["batch"] for user in service.users] == [WAVE, WAVE]
    assert service.users[0]["migration_tag"] == one


def test_where_several_have_the_source_address_another_pair_is_a_new_user(
    service: Service,
) -> None:
    service.have("anna")
    service.have("anna", target_email="other@new.example")
    rehearsed(service, manage_user, person("anna", target_email="third@new.example"))
    assert len(service.users) == 3


@pytest.mark.parametrize("tags", [True, False])
def test_the_pair_tells_users_apart_even_where_getall_shows_no_target_addresses(
    service: Service, tags: bool
) -> None:
    service.have("anna")
    service.have("anna", target_email="other@new.example")
    service.read_as(getall_targets=False, getall_tags=tags)
    second = service.users[1]["migration_tag"]
    params = person("anna", target_email="other@new.example", batch=WAVE)
    rehearsed(service, manage_user, params)
    assert service.state["batches"] == {WAVE: [second]}


def test_a_target_address_that_getall_does_not_show_is_compared_all_the_same(
    service: Service,
) -> None:
    service.read_as(getall_targets=False)
    service.have("anna")
    rehearsed(service, manage_user, person("anna", target_email="other@new.example"))
    assert service.users[0]["target_email"] == "other@new.example"


def test_where_neither_tags_nor_targets_are_listed_a_changed_target_is_not_guessed_at(
    service: Service,
) -> None:
    service.read_as(getall_targets=False, getall_tags=False)
    service.have("anna")
    params = person("anna", target_email="other@new.example")
    message = refused(service, params, CloudiwayError)
    assert "anna@old.example: is on the server, but its migration tag cannot be learnt" in message
    assert message.endswith("give migration_tag")


def test_a_migration_tag_names_a_user_whose_addresses_are_to_change(service: Service) -> None:
    [tag] = service.have("anna")
    params = person("ida", migration_tag=tag, target_email="ida@new.example")
    outcome = rehearsed(service, manage_user, params)
    assert outcome.result["actions"] == ["update"]
    assert outcome.before == {
        "ida@old.example": {
            "first_name": "Anna",
            "source_email": "anna@old.example",
            "target_email": "anna@new.example",
        }
    }
    [user] = service.users
    assert (user["source_email"], user["migration_tag"]) == ("ida@old.example", tag)


@pytest.mark.parametrize("tags", [True, False])
def test_a_migration_tag_that_nobody_has_is_bad_input(service: Service, tags: bool) -> None:
    service.read_as(getall_tags=tags)
    service.have("anna")
    service.count_anew()
    message = refused(service, person("anna", migration_tag="no-such-tag"), InvalidInput)
    assert message == "anna@old.example: no user has the migration tag no-such-tag"


# What is changed --------------------------------------------------------------------------------


def test_names_are_compared_as_they_are_written(service: Service) -> None:
    service.have("anna")
    outcome = rehearsed(service, manage_user, person("anna", last_name="ADLER"))
    assert outcome.before == {source("anna"): {"last_name": "Adler"}}
    assert outcome.after == {source("anna"): {"last_name": "ADLER"}}


def test_what_is_not_declared_is_left_as_it_is(service: Service) -> None:
    service.have("anna")
    params = person("anna", first_name=None, last_name=None)
    assert not rehearsed(service, manage_user, params).changed


def test_an_update_sends_all_six_fields(service: Service) -> None:
    service.have("anna", source_connector_name="Google Workspace")
    params = person("anna", first_name=None, last_name="New", source_connector="Google Workspace")
    rehearsed(service, manage_user, params)
    user = service.user("anna")
    assert {name: user[name] for name in user if name.endswith(("_name", "_email"))} == {
        "first_name": "Anna",
        "last_name": "New",
        "source_email": source("anna"),
        "target_email": target("anna"),
        "source_connector_name": "Google Workspace",
        "target_connector_name": TARGET,
    }


def test_a_connector_that_is_neither_declared_nor_shown_refuses_an_update(
    service: Service,
) -> None:
    service.have("anna")
    params = person("anna", last_name="New", source_connector=None, target_connector=None)
    message = refused(service, params, InvalidInput)
    for name in ("source_connector", "target_connector"):
        assert f"{name} is needed to update the user, as the service does not show it" in message


@pytest.mark.parametrize("reading", ["getall_connectors", "get_connectors"])
def test_a_connector_that_the_service_shows_need_not_be_declared_for_an_update(
    service: Service, reading: str
) -> None:
    service.have("anna", source_connector_name="Google Workspace")
    service.read_as(**{reading: True})
    params = person("anna", last_name="New", source_connector=None, target_connector=None)
    rehearsed(service, manage_user, params)
    assert service.user("anna")["source_connector_name"] == "Google Workspace"
    assert service.user("anna")["last_name"] == "New"


def test_a_connector_that_is_not_shown_is_not_compared(service: Service) -> None:
    service.have("anna", source_connector_name="Google Workspace")
    assert not rehearsed(service, manage_user, person("anna")).changed


def test_a_connector_that_is_shown_is_compared(service: Service) -> None:
    service.have("anna", source_connector_name="Google Workspace")
    service.read_as(getall_connectors=True)
    outcome = rehearsed(service, manage_user, person("anna"))
    assert outcome.before == {source("anna"): {"source_connector": "Google Workspace"}}
    assert service.user("anna")["source_connector_name"] == SOURCE


# Safety catches: retargeting and deleting ---------------------------------------------------------

ACTIVE = ("WORKINGINAGENT", "GET_SITES_WORKING", "EXPORTINPROGRESS")  # these move by no clock
DONE: list[Params] = [
    {"status": "SUCCESS", "passes": [a_pass(3)]},
    {"status": "STOP", "passes": [a_pass(3)]},
    {"status": "AUDIT_DONE", "passes": [a_pass(3)]},
    {"status": "MAILPERMISSIONS_DONE"},
    {"status": "SUCCESS"},
    *({"status": one} for one in ("ONERROR", "STOP", "LICENSE_EXCEEDED")),  # history tells nothing
]


@pytest.mark.parametrize("facts", [*({"status": one} for one in ACTIVE), *DONE])
@pytest.mark.parametrize("options", [{"target_email": "x@new.example"}, {"last_name": "New"}])
def test_a_user_that_is_active_or_migrated_is_not_retargeted_without_force(
    service: Service, facts: Params, options: Params
) -> None:
    service.have("anna", **facts)
    service.count_anew()
    message = refused(service, person("anna", **options), ForceNeeded)
    assert message.startswith("anna@old.example: is not to be retargeted (")
    assert message.endswith("; force allows it")
    outcome = rehearsed(service, manage_user, person("anna", **options, force=True))
    assert outcome.result["actions"] == ["update"]


def test_a_name_can_be_changed_at_any_time_where_the_connectors_are_shown(
    service: Service,
) -> None:
    service.read_as(getall_connectors=True)
    service.have("anna", status="SUCCESS", passes=[a_pass(3)])
    assert rehearsed(service, manage_user, person("anna", last_name="New")).changed


@pytest.mark.parametrize(
    "facts", [{"status": "NOTSTARTED"}, {"status": "AUDIT_DONE"}, {"status": "AUDIT_ERROR"}]
)
def test_a_user_that_was_never_migrated_is_retargeted(service: Service, facts: Params) -> None:
    service.have("anna", **facts)
    rehearsed(service, manage_user, person("anna", target_email="x@new.example"))
    assert service.users[0]["target_email"] == "x@new.example"


def test_an_unknown_status_is_no_leave_to_retarget(service: Service) -> None:
    service.have("anna", status="UNKNOWN")
    service.count_anew()
    message = refused(service, person("anna", target_email="x@new.example"), ForceNeeded)
    assert "its status UNKNOWN is not known" in message


@pytest.mark.parametrize(
    "facts", [*({"status": one} for one in ACTIVE), *DONE, {"status": "UNKNOWN"}]
)
def test_a_user_that_is_active_or_migrated_is_not_deleted_without_force(
    service: Service, facts: Params
) -> None:
    service.have("anna", **facts)
    service.count_anew()
    message = refused(service, person("anna", state="absent"), ForceNeeded)
    assert message.startswith("anna@old.example: is not to be deleted")
    outcome = rehearsed(service, manage_user, person("anna", state="absent", force=True))
    assert outcome.result["actions"] == ["delete"]
    assert service.users == []


def test_one_user_who_is_declared_by_tag_and_by_address_is_a_fault_of_the_list(
    service: Service,
) -> None:
    [tag] = service.have("anna")
    service.count_anew()
    rows = [
        {"migration_tag": tag, "batch": WAVE},
        {**person("anna", batch="Wave 2")},
    ]
    with pytest.raises(InvalidInput, match="is the same user of the service as") as caught:
        service.do(manage_users, roster(users=rows))
    assert len(caught.value.faults) == 1
    assert service.writes == {}


def test_a_user_that_is_at_rest_is_deleted(service: Service) -> None:
    service.have("anna", "bert", batch=WAVE)
    outcome = rehearsed(service, manage_user, person("anna", state="absent"))
    assert names_of(service.users) == ["bert"]
    assert outcome.before[source("anna")]["target_email"] == target("anna")
    assert outcome.after == {}


def test_the_absent_may_be_declared_by_source_address_alone(service: Service) -> None:
    service.have("anna")
    params = {**dict.fromkeys(person("anna")), "source_email": source("anna"), "state": "absent"}
    params.update(license="missing", force=False)
    rehearsed(service, manage_user, params)
    assert service.users == []


def test_who_is_not_there_is_absent_already(service: Service) -> None:
    service.have("bert")
    assert not rehearsed(service, manage_user, person("anna", state="absent")).changed


def test_the_safety_catch_of_one_user_does_not_stop_the_others(service: Service) -> None:
    service.have("anna", status="WORKINGINAGENT")
    params = roster("bert")
    params["users"].insert(0, person("anna", target_email="x@new.example", batch=WAVE))
    predicted = failed(service, params, check=True)
    assert service.posts == 0
    failure = failed(service, params)
    assert predicted.message == failure.message
    assert [one["failure"]["code"] for one in failure.seen["failed_users"]] == ["force_needed"]
    assert service.batches == {WAVE: ["bert"]}


# Licences -----------------------------------------------------------------------------------------


def licence_calls(service: Service, name: str = "anna") -> int:
    """How often a licence was assigned to a user."""
    return int(service.user(name)["license_calls"])


def test_who_is_in_its_declared_batch_is_taken_to_have_a_licence(service: Service) -> None:
    service.have("anna", batch=WAVE, licensed=False)
    assert not rehearsed(service, manage_user, person("anna", batch=WAVE)).changed
    assert licence_calls(service) == 0


def test_who_is_not_yet_in_its_declared_batch_gets_a_licence_first(service: Service) -> None:
    service.have("anna", licensed=False)
    service.have_batch(WAVE)
    outcome = rehearsed(service, manage_user, person("anna", batch=WAVE))
    assert outcome.result["actions"] == ["license", "addtobatch"]
    assert outcome.before == {source("anna"): {"batch": None}}
    assert outcome.after == {source("anna"): {"license": "assigned", "batch": WAVE}}


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "AUDIT_DONE"},
        {"status": "SUCCESS"},
        {"status": "LICENSE_EXCEEDED"},
        {"status": "WORKINGINAGENT"},
        {"status": "STOP", "passes": [a_pass(3)]},
        {"status": "ONERROR", "passes": [a_pass(3, "ONERROR")]},
    ],
)
def test_who_was_ever_audited_or_migrated_is_taken_to_have_a_licence(
    service: Service, facts: Params
) -> None:
    service.have("anna", **facts)
    rehearsed(service, manage_user, person("anna", batch=WAVE))
    assert licence_calls(service) == 0


def test_without_a_declared_batch_creation_is_the_mark(service: Service) -> None:
    rehearsed(service, manage_user, person("anna"))
    assert licence_calls(service) == 1
    service.have("bert", licensed=False)
    assert not rehearsed(service, manage_user, person("bert")).changed
    assert licence_calls(service, "bert") == 0


def test_a_licence_that_the_service_shows_to_be_missing_is_assigned(service: Service) -> None:
    service.read_as(getall_licenses=True)
    service.have("anna", batch=WAVE, licensed=False)
    service.have("bert", licensed=False)
    assert rehearsed(service, manage_user, person("anna", batch=WAVE)).changed
    assert rehearsed(service, manage_user, person("bert")).changed
    assert (licence_calls(service), licence_calls(service, "bert")) == (1, 1)


def test_a_licence_that_the_service_shows_is_not_assigned_again(service: Service) -> None:
    service.read_as(getall_licenses=True)
    service.have("anna", licensed=True)
    outcome = rehearsed(service, manage_user, person("anna", batch=WAVE))
    assert outcome.result["actions"] == ["createbatch", "addtobatch"]


def test_never_assigns_none(service: Service) -> None:
    outcome = rehearsed(service, manage_user, person("anna", batch=WAVE, license="never"))
    assert outcome.result["actions"] == ["createbatch", "create", "addtobatch"]
    assert licence_calls(service) == 0


def test_always_assigns_each_time_and_does_not_count_as_a_change(service: Service) -> None:
    service.have("anna", batch=WAVE)
    params = person("anna", batch=WAVE, license="always")
    predicted = service.do(manage_user, params, check=True)
    assert service.posts == 0
    for expected in (1, 2):
        outcome = service.do(manage_user, params)
        assert (outcome.changed, outcome.result["actions"]) == (False, [])
        assert outcome.before == outcome.after == predicted.after
        assert licence_calls(service) == expected


def test_always_counts_where_the_licence_is_known_to_be_missing(service: Service) -> None:
    params = person("anna", batch=WAVE, license="always")
    assert service.do(manage_user, params).result["actions"][-2:] == ["license", "addtobatch"]
    service.read_as(getall_licenses=True)
    service.change("anna", licensed=False)
    assert service.do(manage_user, params).result["actions"] == ["license"]


@pytest.mark.parametrize("call", ["create", "license", "addtobatch", "createbatch"])
def test_an_interrupted_run_is_made_good_by_the_next(service: Service, call: str) -> None:
    """As if it had been killed: no call after the first of this name is made."""
    service.fault("status", "POST", times=None, skip=_posts_before(service, call))
    with pytest.raises(CloudiwayError):
        service.do(manage_users, roster(*NAMES), retry_timeout=0, concurrency=1)
    service.control("faults/reset", {})
    assert service.do(manage_users, roster(*NAMES)).changed
    assert sorted(names_of(service.users)) == sorted(NAMES)
    assert [(one["licensed"], one["batch"]) for one in service.users] == [(True, WAVE)] * 3
    assert not service.do(manage_users, roster(*NAMES)).changed


def _posts_before(service: Service, call: str) -> int:
    """How many POSTs a sound run makes up to the first of a call."""
    service.do(manage_users, roster(*NAMES), concurrency=1)
    posts = [one["call"] for one in service.journal if one["method"] == "POST"]
    service.clear()
    return posts.index(call) + 1


# Batches ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", ["move", "refuse"])
def test_a_user_in_another_batch_is_moved(service: Service, reading: str) -> None:
    service.read_as(batch_move=reading)
    service.have("anna", "bert", batch="Wave 0")
    outcome = rehearsed(service, manage_user, person("anna", batch=WAVE, license="never"))
    assert service.batches == {"Wave 0": ["bert"], WAVE: ["anna"]}
    assert outcome.result["actions"] == ["createbatch", "removefrombatch", "addtobatch"]
    assert outcome.before == {source("anna"): {"batch": "Wave 0"}}
    assert outcome.after == {source("anna"): {"batch": WAVE}}


def test_a_move_changes_both_batches(service: Service) -> None:
    service.have("anna", batch="Wave 0", status="SUCCESS")
    outcome = rehearsed(service, manage_users, roster("anna"))
    assert outcome.result["batches_changed"] == ["Wave 0", WAVE]


def test_without_a_declared_batch_a_user_stays_where_it_is(service: Service) -> None:
    service.have("anna", batch=WAVE)
    assert not rehearsed(service, manage_user, person("anna")).changed
    assert service.batches == {WAVE: ["anna"]}


def test_batches_are_told_apart_by_case(service: Service) -> None:
    service.have("anna", batch="wave & 1", status="SUCCESS")
    rehearsed(service, manage_user, person("anna", batch=WAVE))
    assert service.batches == {"wave & 1": [], WAVE: ["anna"]}


def test_a_batch_is_made_only_where_somebody_joins_it(service: Service) -> None:
    params = roster("anna", batch=None)
    params["users"].append(person("bert", batch="Wave 9", state="absent"))
    rehearsed(service, manage_users, params)
    assert service.batches == {}


def test_without_create_batches_a_batch_that_is_not_there_is_bad_input(service: Service) -> None:
    service.have("carl", batch=WAVE)
    service.have_batch("Wave 2")
    params = roster("anna", create_batches=False)
    params["users"] += [person("bert", batch="Wave 3"), person("dora", batch="Wave 2")]
    with pytest.raises(InvalidInput) as caught:
        service.do(manage_users, params)
    assert caught.value.faults == [
        "users[1]: bert@old.example: there is no batch 'Wave 3', and create_batches is false"
    ]
    assert service.posts == 0


# Bad input is named at once, before the first write -------------------------------------------------


def test_connectors_are_checked_before_the_first_write_and_those_that_exist_are_named(
    service: Service,
) -> None:
    params = roster(*NAMES)
    params["users"][0]["source_connector"] = "Exchnage"
    params["users"][2]["target_connector"] = "exchange online"
    with pytest.raises(InvalidInput) as caught:
        service.do(manage_users, params)
    first, second = caught.value.faults
    assert first.startswith("users[0]: anna@old.example: source_connector: 'Exchnage' is not there")
    assert first.endswith("; there is 'Exchange', 'Google Workspace'")
    assert second.startswith("users[2]: carl@old.example: target_connector: 'exchange online' is")
    assert second.endswith("; there is 'Microsoft 365', 'Exchange Online'")
    assert service.posts == 0


def test_connectors_are_not_asked_for_where_nobody_is_created_or_gets_another(
    service: Service,
) -> None:
    service.have("anna")
    service.count_anew()
    params = person("anna", last_name="New", source_connector="Exchnage")
    service.do(manage_user, person("anna"))
    assert "getallsourceconnectors" not in service.requests
    service.read_as(getall_connectors=True)
    with pytest.raises(InvalidInput, match="'Exchnage' is not there"):
        service.do(manage_user, params)


def test_a_connector_of_an_update_that_is_not_shown_is_checked_before_it_is_sent(
    service: Service,
) -> None:
    service.have("anna", "bert")
    params = roster("anna", "bert", batch=None)
    params["users"][0]["last_name"] = "New"
    params["users"][1].update(last_name="New", source_connector="Exchnage")
    service.count_anew()
    with pytest.raises(InvalidInput, match="'Exchnage' is not there"):
        service.do(manage_users, params)
    assert service.posts == 0


def test_all_faults_of_all_rows_are_named_at_once(service: Service) -> None:
    service.have("carl")
    params = roster(*NAMES, create_batches=False)
    params["users"][0].update(source_connector=None, target_connector="Nowhere")
    params["users"][1].update(migration_tag="no-such-tag", batch=None)
    params["users"][2].update(last_name="New", source_connector=None)
    with pytest.raises(InvalidInput) as caught:
        service.do(manage_users, params)
    text = caught.value.message
    for fault in (
        "users[0]: anna@old.example: source_connector is needed to create the user",
        "users[0]: anna@old.example: target_connector: 'Nowhere' is not there",
        f"users[0]: anna@old.example: there is no batch {WAVE!r}",
        "users[1]: bert@old.example: no user has the migration tag no-such-tag",
        "users[2]: carl@old.example: source_connector is needed to update the user",
        f"users[2]: carl@old.example: there is no batch {WAVE!r}",
    ):
        assert fault in text
    assert service.posts == 0


def test_target_domains_and_doubles_are_refused_without_a_request(service: Service) -> None:
    params = roster(*NAMES, target_domains=["new.example"])
    params["users"][1]["target_email"] = "bert@elsewhere.example"
    params["users"][2]["source_email"] = "ANNA@old.example"
    with pytest.raises(InvalidInput) as caught:
        service.do(manage_users, params)
    assert len(caught.value.faults) == 2
    assert service.requests == {}


# Some fail ------------------------------------------------------------------------------------------


def test_the_failure_of_one_user_does_not_stop_the_others_and_is_named(service: Service) -> None:
    service.fault("status", "create", skip=1, times=None, status=500)
    params = roster(*NAMES)
    with pytest.raises(FailedUsers) as caught:
        service.do(manage_users, params, retry_timeout=0, concurrency=1)
    assert service.batches == {WAVE: ["anna"]}
    assert caught.value.seen["summary"]["failed"] == 2
    assert caught.value.seen["summary"]["created"] == 1
    assert names_of(caught.value.seen["failed_users"]) == ["bert", "carl"]


@pytest.mark.parametrize("call", ["create", "license", "addtobatch"])
def test_who_failed_is_named_with_the_call_and_its_reason(service: Service, call: str) -> None:
    service.have("bert", licensed=False)
    service.fault("429", call, times=1)
    with pytest.raises(FailedUsers) as caught:
        service.do(manage_users, roster(*NAMES), retry_timeout=0, concurrency=1)
    [row] = caught.value.seen["failed_users"]
    assert row["failure"]["code"] == "throttled"
    assert row["failure"]["call"] == call
    assert row["failure"]["http_status"] == 429
    assert row["origin"].startswith("users[")
    name = local_part(row["source_email"])
    assert caught.value.message.startswith(f"1 of 3 users failed:\n{row['source_email']}: {call}: ")
    others = [one for one in NAMES if one != name]
    assert sorted(service.batches[WAVE]) == others
    assert names_of(caught.value.seen["changed_users"]) == others


def test_a_batch_that_cannot_be_made_fails_its_own_users_and_no_other(service: Service) -> None:
    service.have_batch("Wave 2")
    params = roster("anna", "bert")
    params["users"].append(person("carl", batch="Wave 2"))
    service.fault("429", "createbatch", times=None)
    with pytest.raises(FailedUsers) as caught:
        service.do(manage_users, params, retry_timeout=0)
    assert service.batches == {"Wave 2": ["carl"]}
    assert names_of(caught.value.seen["failed_users"]) == ["anna", "bert"]
    calls = {row["failure"]["call"] for row in caught.value.seen["failed_users"]}
    assert calls == {"createbatch"}


def test_a_user_that_the_service_accepts_and_does_not_list_is_not_taken_as_done(
    service: Service,
) -> None:
    service.fault("html", "getall", skip=1, times=None)
    with pytest.raises(CloudiwayError, match="getall"):
        service.do(manage_users, roster("anna"), retry_timeout=0)
    assert service.batches == {WAVE: []}


def test_where_new_users_cannot_be_listed_what_was_done_is_told_and_the_others_go_on(
    service: Service,
) -> None:
    service.have("bert")
    service.fault("html", "getall", skip=1, times=None)
    with pytest.raises(FailedUsers) as caught:
        service.do(manage_users, roster("anna", "bert"), retry_timeout=0)
    assert service.batches == {WAVE: ["bert"]}
    seen = caught.value.seen
    assert seen["changed"]
    assert (seen["summary"]["created"], seen["summary"]["added"]) == (1, 1)
    [row] = seen["failed_users"]
    assert row["source_email"] == source("anna")
    assert (row["failure"]["call"], row["failure"]["code"]) == ("getall", "protocol")


# Reading ----------------------------------------------------------------------------------------------


def found(service: Service, **filters: str) -> list[str]:
    """The names of the users that the info module finds."""
    rows: list[Params] = service.do(user_info, filters).result["users"]
    return names_of(rows)


def test_users_are_found_by_address_tag_and_batch(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.have("bert", "carl", batch="Wave 2")
    service.have("dora")
    assert found(service) == ["anna", "bert", "carl", "dora"]
    assert found(service, source_email="BERT@old.example") == ["bert"]
    assert found(service, target_email="CARL@new.example") == ["carl"]
    assert found(service, migration_tag=service.tag("dora")) == ["dora"]
    assert found(service, batch="Wave 2") == ["bert", "carl"]
    assert found(service, batch="Wave 2", source_email=source("anna")) == []
    assert found(service, migration_tag="nobody") == []
    assert service.posts == 0


@pytest.mark.parametrize(("tags", "look_ups"), [(True, {}), (False, {"get": 2})])
def test_the_members_of_a_batch_cost_nothing_about_others(
    service: Service, tags: bool, look_ups: dict[str, int]
) -> None:
    service.read_as(getall_tags=tags)
    service.have("anna", "bert", batch=WAVE)
    service.have("carl", "dora", batch="Wave 2")
    service.count_anew()
    assert found(service, batch=WAVE) == ["anna", "bert"]
    assert found(service, batch=WAVE, target_email=target("bert")) == ["bert"]
    one = {"getall": 1, "batch": 1, "getusersinbatch": 1, **look_ups}
    assert service.requests == {call: 2 * times for call, times in one.items()}


@pytest.mark.parametrize("tags", [True, False])
def test_a_user_is_shown_with_its_batch_and_what_the_service_tells(
    service: Service, tags: bool
) -> None:
    service.have("anna", batch=WAVE, status="SUCCESS")
    service.read_as(getall_tags=tags)
    [row] = service.do(user_info, {}).result["users"]
    assert row == {
        "source_email": source("anna"),
        "target_email": target("anna"),
        "first_name": "Anna",
        "last_name": "Adler",
        "source_connector": None,
        "target_connector": None,
        "migration_tag": service.tag("anna"),
        "batch": WAVE,
        "status": None,
    }
    service.read_as(getall_statuses=True, getall_connectors=True)
    [row] = service.do(user_info, {}).result["users"]
    assert (row["status"], row["source_connector"]) == ("SUCCESS", SOURCE)


def test_a_tag_is_found_where_getall_shows_none(service: Service) -> None:
    service.have("anna", "bert", batch=WAVE)
    service.read_as(getall_tags=False)
    assert found(service, migration_tag=service.tag("bert")) == ["bert"]
    assert found(service, migration_tag="nobody") == []


def test_who_is_there_already_does_not_wait_for_who_is_yet_to_be_made(service: Service) -> None:
    service.have("carl", batch=WAVE)
    service.have("bert")
    service.fault("timeout", "create", "after", seconds=0.5)
    service.count_anew()
    service.do(manage_users, roster("anna", "bert"))
    calls = [entry["call"] for entry in service.journal]
    assert calls.count("addtobatch") == calls.count("getall") == 2
    listed_again = len(calls) - calls[::-1].index("getall") - 1
    assert calls.index("addtobatch") < listed_again


def test_who_migrates_to_another_target_than_the_declared_one_is_not_deleted(
    service: Service,
) -> None:
    service.have("anna")
    service.have("anna", target_email="other@new.example")
    params = person("anna", target_email="other@new.example", state="absent")
    assert service.do(manage_user, params).changed
    assert not service.do(manage_user, params).changed
    [user] = service.users
    assert user["target_email"] == target("anna")


@pytest.mark.parametrize("name", ["source_email", "target_email"])
def test_who_is_to_be_deleted_by_tag_has_the_addresses_that_are_given(
    service: Service, name: str
) -> None:
    [tag] = service.have("anna")
    params = person("anna", migration_tag=tag, state="absent", **{name: "else@some.example"})
    with pytest.raises(InvalidInput, match=f"{name} is 'anna@"):
        service.do(manage_user, params)
    assert service.posts == 0
    assert service.do(manage_user, person("anna", migration_tag=tag, state="absent")).changed


def test_of_several_with_the_source_address_none_is_retargeted_that_shows_another_target(
    service: Service,
) -> None:
    service.have("anna")
    service.have("anna", target_email="")
    with pytest.raises(Ambiguous, match="cannot be learnt with the target else@"):
        service.do(manage_user, person("anna", target_email="else@new.example"))
    assert service.posts == 0


@pytest.mark.parametrize("listed", [True, False])
def test_members_whose_tags_are_listed_in_capitals_are_neither_licensed_nor_added_again(
    service: Service, listed: bool
) -> None:
    service.read_as(getall_tags=listed, member_tags="capitals", license_again="refuse")
    service.have("anna", "bert", batch=WAVE)
    rows = [person("anna", batch=WAVE), person("bert", batch=WAVE)]
    rows[1].update(source_email=None, migration_tag=service.tag("bert").upper())
    service.count_anew()
    outcome = service.do(manage_users, {**roster(), "users": rows})
    assert (outcome.changed, service.writes) == (False, {})
    gone = {**rows[1], "batch": None, "state": "absent", "target_email": None}
    assert service.do(manage_users, {**roster(), "users": [gone]}).changed
    assert names_of(service.users) == ["anna"]


@pytest.mark.parametrize("targets", [True, False])
def test_who_is_named_by_tag_alone_migrates_into_the_target_domains_too(
    service: Service, targets: bool
) -> None:
    service.read_as(getall_targets=targets)
    service.have("anna")
    row = {**person("anna", batch=WAVE), "migration_tag": service.tag("anna")}
    row.update(source_email=None, target_email=None)
    params = {**roster(), "users": [row]}
    with pytest.raises(InvalidInput, match=r"'anna@new\.example' is in none"):
        service.do(manage_users, {**params, "target_domains": ["other.example"]})
    assert service.writes == {}
    assert service.do(manage_users, {**params, "target_domains": ["@New.example"]}).changed


def test_who_cannot_be_looked_up_for_the_target_domains_keeps_nobody_else_from_being_done(
    service: Service,
) -> None:
    service.read_as(getall_targets=False)
    service.have("anna")
    row = {**person("anna", batch=WAVE), "migration_tag": service.tag("anna")}
    row.update(source_email=None, target_email=None)
    params = {**roster("bert", target_domains=["new.example"])}
    params["users"].append(row)
    service.fault("status", "get", times=None, status=500)
    with pytest.raises(FailedUsers) as caught:
        service.do(manage_users, params, retry_timeout=0.5)
    [failed] = caught.value.seen["failed_users"]
    assert (failed["origin"], failed["failure"]["code"]) == ("users[1]", "lost_answer")
    assert names_of(service.users) == ["anna", "bert"]
    assert list(service.batches[WAVE]) == ["bert"]


@pytest.mark.parametrize("capitals", [True, False])
def test_a_user_is_found_by_a_tag_in_either_case(service: Service, capitals: bool) -> None:
    service.read_as(getall_tags=False, member_tags="capitals")
    service.have("anna", "bert", batch="Wave 2")
    tag = service.tag("anna").upper() if capitals else service.tag("anna")
    [shown] = service.do(user_info, {"migration_tag": tag}).result["users"]
    assert (shown["source_email"], shown["batch"]) == (source("anna"), "Wave 2")
    moved = {**person("anna", batch=WAVE), "migration_tag": tag, "source_email": None}
    service.read_as(batch_move="refuse")
    rehearsed(service, manage_user, moved)
    assert sorted(service.batches[WAVE]) == ["anna"]
