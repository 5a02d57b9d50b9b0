# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are lost, before or after the service acted: nothing is left out, nothing doubled.

The simulator accepts a second user of the same pair and a second batch of the same name, and starts
who is active, so that a mistake shows (invariants 4 and 6).
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._batches import manage_batch
from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import manage_users
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import FailedUsers, LostAnswer
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import manage_migration
from ansible_collections.cloudiway.mail.plugins.module_utils._settings import manage_settings
from ansible_collections.cloudiway.mail.plugins.module_utils._users import manage_user
from ansible_collections.cloudiway.mail.tests.unit.support import patience
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    CUT,
    ScriptedServer,
    ok,
    page,
)
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Params,
    Service,
    Work,
    a_pass,
    ago,
    batch,
    migration,
    names_of,
    person,
    roster,
    source,
    target,
    wanted,
)

MIGRATED: Params = {"status": "SUCCESS", "passes": [a_pass(5)]}
WRITE_SETTINGS = "setmailglobalsettingsbybatch"
PERMISSIONS = "startpermissionmigrationbybatch"


@dataclass(frozen=True, eq=False)
class Case:
    """A task that makes a call, and what there is before it."""

    call: str
    work: Work
    params: Params
    have: dict[str, Params] = field(default_factory=dict)
    also: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.call, self.also)))


def alone(name: str, state: str, **options: t.Any) -> Params:
    """A migration of one user."""
    return migration(state, batch=None, source_email=source(name), **options)


MEMBER: Params = {"batch": WAVE}
BOTH = {"anna": MEMBER, "bert": MEMBER}
BUSY = {"batch": WAVE, "status": "WORKINGINAGENT"}
DONE = {**MEMBER, **MIGRATED}
CASES = (
    Case("create", manage_users, roster("anna", "bert")),
    Case("create", manage_user, person("anna"), {"bert": {}}, "alone"),
    Case("createbatch", manage_users, roster("anna", "bert")),
    Case("createbatch", manage_batch, batch(), also="alone"),
    Case("license", manage_users, roster("anna", "bert")),
    Case("addtobatch", manage_users, roster("anna", "bert")),
    Case("addtobatch", manage_batch, batch(users=[source("anna")]), {"anna": {}}, "by address"),
    Case(
        "removefrombatch", manage_users, roster("anna"), {"anna": {"batch": "Wave 0", **MIGRATED}}
    ),
    Case("removefrombatch", manage_batch, batch(users=[], exclusive=True), BOTH, "exclusive"),
    Case("update", manage_user, person("anna", last_name="New"), {"anna": {}}),
    Case("delete", manage_user, person("anna", state="absent"), {"anna": {}, "bert": {}}),
    Case("deletebatch", manage_batch, batch(state="absent", force=True), BOTH),
    Case(WRITE_SETTINGS, manage_settings, wanted(migrate_trash=True, to_date="2026-01-05"), BOTH),
    Case(
        WRITE_SETTINGS,
        manage_settings,
        wanted(migrate_trash=True, reapply=True),
        {"anna": {**MEMBER, "settings": {"should_migrate_trash": True}}, "bert": MEMBER},
        "again",
    ),
    Case("startbatch", manage_migration, migration("migrated"), BOTH),
    Case(
        "startbatch",
        manage_migration,
        migration("migrated", since=ago(hours=1)),
        {"anna": DONE, "bert": DONE},
        "since",
    ),
    Case(
        "startbatch",
        manage_migration,
        migration("started"),
        {"anna": DONE, "bert": DONE},
        "started",
    ),
    Case("start", manage_migration, migration("migrated"), {"anna": MEMBER, "bert": DONE}),
    Case("start", manage_migration, alone("anna", "migrated"), {"anna": {}}, "alone"),
    Case("start", manage_migration, alone("anna", "started"), {"anna": MIGRATED}, "started"),
    Case(
        "start",
        manage_migration,
        migration("migrated"),
        {"anna": DONE, "once": {**MEMBER, "status": "ONERROR", "passes": [a_pass(5, "ONERROR")]}},
        "of who had failed",
    ),
    Case("audit", manage_migration, alone("anna", "audited"), {"anna": {}}),
    Case("batchaudit", manage_migration, migration("audited"), BOTH),
    Case("stop", manage_migration, migration("stopped"), {"anna": BUSY, "bert": MEMBER}),
    Case("stopbatch", manage_migration, migration("stopped"), {"anna": BUSY, "bert": BUSY}),
    Case(
        PERMISSIONS,
        manage_migration,
        migration("permissions_migrated"),
        {"anna": DONE, "bert": DONE},
    ),
)
FAULTS: dict[str, Params] = {
    "cut before": {"kind": "cut", "when": "before"},
    "cut after": {"kind": "cut", "when": "after"},
    "500 before": {"kind": "status", "when": "before", "status": 500},
    "503 after": {"kind": "status", "when": "after", "status": 503},
    "429 twice": {"kind": "429", "when": "before", "times": 2},
    "time-out after": {"kind": "timeout", "when": "after", "seconds": 0.5},
    "truncated after": {"kind": "truncated", "when": "after"},
    "cut after, twice": {"kind": "cut", "when": "after", "times": 2},
}
#: What may differ: a licence is simply assigned again.
FACTS = ("source_email", "target_email", "last_name", "batch", "licensed", "status", "settings")
TALLIES = ("starts", "audits", "permission_runs")


#: How each case ends when nothing is lost, as far as that was tried.
UNDISTURBED: dict[Case, dict[str, t.Any]] = {}


#: Seconds: of patience, where the fault is a lack of it and where it is none.
IMPATIENT, PATIENT = 0.3, 10


def ending(
    service: Service, case: Case, disturb: Callable[[], None], timeout: float = PATIENT
) -> dict[str, t.Any]:
    """How it ends."""
    service.clear()
    service.read_as(
        duplicate_create="accept",
        duplicate_batch="accept_and_record",
        start_active="restart_and_record",
        permissions_overlap="accept_and_record",
    )
    for name, facts in case.have.items():
        service.have(name, **facts)
    disturb()
    outcome = service.do(case.work, case.params, timeout=timeout, retry_timeout=8)
    service.control("faults/reset", {})  # whatever is yet to be acted upon is
    service.control("clock", {"advance": 100_000})  # whatever is under way comes to its end
    users = sorted(service.users, key=lambda user: str(user["source_email"]))
    return {
        "changed": outcome.changed,
        "users": [{name: user[name] for name in (*FACTS, *TALLIES)} for user in users],
        "batches": {name: sorted(tags) for name, tags in service.batches.items()},
        "violations": service.violations,
    }


def ending_undisturbed(service: Service, case: Case) -> dict[str, t.Any]:
    """How it ends when nothing is lost; tried once."""
    if case not in UNDISTURBED:
        UNDISTURBED[case] = ending(service, case, lambda: None)
        assert service.writes[case.call] >= 1
        assert UNDISTURBED[case]["violations"] == []
    return UNDISTURBED[case]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.usefixtures("no_pauses")
def test_a_lost_answer_leaves_nothing_out_and_does_nothing_twice(
    service: Service, case: Case, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "ansible_collections.cloudiway.mail.plugins.module_utils._client._RETRY_AFTER", (0.01, 0.01)
    )
    told = FAULTS[fault]
    timeout = IMPATIENT if told["kind"] == "timeout" else PATIENT
    undisturbed = ending_undisturbed(service, case)
    struck = ending(service, case, lambda: service.fault(call=case.call, **told), timeout)
    assert struck == undisturbed
    assert [one for one in service.journal if "fault: " in one["outcome"]]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_call_that_is_acted_upon_after_the_first_look_does_nothing_twice(
    service: Service, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience.shorten_pauses(monkeypatch)
    undisturbed = ending_undisturbed(service, case)
    late: Params = {"kind": "cut", "when": "late", "late": 0.7}
    assert ending(service, case, lambda: service.fault(call=case.call, **late)) == undisturbed
    assert [one for one in service.journal if "fault: cut late" in one["outcome"]]


@pytest.mark.parametrize("kind", ["cut", "429", "status", "timeout", "trickle", "wrong_length"])
@pytest.mark.usefixtures("no_pauses")
def test_reads_that_fail_now_and_then_change_nothing_about_the_end(
    service: Service, kind: str
) -> None:
    case = Case("create", manage_users, roster("anna", "bert"), {"carl": MEMBER})
    undisturbed = ending(service, case, lambda: None)
    more: Params = {"timeout": {"seconds": 0.4}, "trickle": {"seconds": 0.004}}.get(kind, {})
    struck = ending(
        service,
        case,
        lambda: service.fault(kind, "GET", probability=0.4, seed=7, times=3, **more),
        IMPATIENT,
    )
    assert struck == undisturbed


@pytest.mark.parametrize("targets", [True, False])
@pytest.mark.parametrize("missing", ["hasError", "null"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.usefixtures("no_pauses")
def test_a_lost_answer_to_create_makes_no_second_user_whatever_the_lists_show(
    service: Service, when: str, missing: str, targets: bool
) -> None:
    service.read_as(
        duplicate_create="accept",
        migrationtag_missing=missing,
        getall_targets=targets,
        getall_tags=False,
    )
    service.have("bert")
    service.fault("cut", "create", when, times=2)
    service.do(manage_users, roster("anna", "bert"))
    assert sorted(user["source_email"] for user in service.users) == [
        source("anna"),
        source("bert"),
    ]


@pytest.mark.parametrize("targets", [True, False])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.usefixtures("no_pauses")
def test_a_user_who_shares_a_source_is_not_taken_for_one_whose_create_was_lost(
    service: Service, when: str, targets: bool
) -> None:
    service.read_as(duplicate_create="accept", getall_targets=targets)
    others = ["other@new.example", "another@new.example"]
    for other in others:
        service.have("anna", target_email=other)
    service.count_anew()
    service.fault("cut", "create", when)
    service.do(manage_user, person("anna"))
    found = sorted(str(user["target_email"]) for user in service.users)
    assert found == sorted([*others, target("anna")])
    assert service.writes["create"] == (2 if when == "before" else 1)


@pytest.mark.parametrize("tags", [True, False])
@pytest.mark.parametrize("targets", [True, False])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.usefixtures("no_pauses")
def test_after_a_lost_answer_to_delete_the_user_is_looked_for_by_what_the_lists_show(
    service: Service, when: str, targets: bool, tags: bool
) -> None:
    service.read_as(getall_targets=targets, getall_tags=tags)
    service.have("anna", "bert")
    service.count_anew()
    service.fault("cut", "delete", when)
    service.do(manage_user, person("anna", state="absent"))
    assert [user["source_email"] for user in service.users] == [source("bert")]
    assert service.writes == {"delete": 2 if when == "before" else 1}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.usefixtures("no_pauses")
def test_a_lost_delete_of_who_is_named_by_tag_alone_is_seen_through(
    service: Service, when: str
) -> None:
    service.read_as(getall_targets=False, getall_tags=False)
    service.have("anna", "bert")
    tag = service.tag("anna")
    service.count_anew()
    service.fault("cut", "delete", when)
    gone = {**person("anna", state="absent"), "source_email": None, "target_email": None}
    service.do(manage_user, {**gone, "migration_tag": tag})
    assert [user["source_email"] for user in service.users] == [source("bert")]
    assert service.writes == {"delete": 2 if when == "before" else 1}


# A licence, which nothing but the portal shows ------------------------------------------------------

WAY_ON = "if the portal shows that the user has a licence, run once with license: never"


@pytest.fixture
def miserly(service: Service) -> Service:
    """A service that refuses a licence to a user who has one."""
    service.read_as(license_again="refuse")
    return service


@pytest.mark.usefixtures("no_pauses")
def test_a_licence_refused_after_a_lost_answer_is_in_doubt_and_the_way_on_is_said(
    miserly: Service,
) -> None:
    miserly.fault("cut", "license", "after")
    with pytest.raises(LostAnswer, match=WAY_ON) as caught:
        miserly.do(manage_user, person("anna", batch=WAVE))
    assert "has a license already; whether it was done is not known" in caught.value.message
    assert (caught.value.code, caught.value.call) == ("lost_answer", "license")
    assert caught.value.seen == {"changed": True}


@pytest.mark.usefixtures("no_pauses")
def test_the_way_on_after_a_licence_that_is_refused_leads_to_where_nothing_is_left_to_do(
    miserly: Service,
) -> None:
    miserly.fault("cut", "license", "after")
    with pytest.raises(FailedUsers, match=WAY_ON):
        miserly.do(manage_users, roster("anna", "bert"))
    with pytest.raises(FailedUsers, match=WAY_ON) as caught:
        miserly.do(manage_users, roster("anna", "bert"))
    [failed] = caught.value.seen["failed_users"]
    assert failed["failure"]["code"] == "refused"
    [name] = names_of([failed])
    never = person(name, batch=WAVE, license="never")
    assert miserly.do(manage_user, never).result["actions"] == ["addtobatch"]
    assert not miserly.do(manage_users, roster("anna", "bert")).changed
    assert [(one["licensed"], one["license_calls"]) for one in miserly.users] == [(True, 1)] * 2


@pytest.mark.usefixtures("no_pauses")
def test_what_only_stands_before_the_service_says_nothing_about_a_licence(
    scripted: Callable[..., ScriptedServer],
) -> None:
    server = scripted(batch=[ok([])], license=[CUT, page(403)])
    settings = Connection(KEY, SECRET, server.url, retry_timeout=5)
    with Client(settings) as client:
        client.batches()
        with pytest.raises(LostAnswer) as caught:
            client.send(CALLS["license"], {"migrationTag": "tag-1"}, lambda: False)
    assert "403" not in caught.value.message
    assert caught.value.message.endswith(
        "whether it was done is not known: look again, or run again"
    )


@pytest.mark.usefixtures("no_pauses")
def test_many_creates_that_are_lost_at_once_are_looked_for_in_a_few_lists(service: Service) -> None:
    names = [f"user{number}" for number in range(16)]
    service.fault("cut", "create", "before", times=len(names))
    service.fault("timeout", "getall", "after", seconds=0.2, times=None)
    service.count_anew()
    service.do(manage_users, roster(*names), concurrency=len(names))
    assert sorted(names_of(service.users)) == sorted(names)
    # One before, one after, and two while all look at once: who came too late for one waits for the other.
    assert service.requests["getall"] <= 4
