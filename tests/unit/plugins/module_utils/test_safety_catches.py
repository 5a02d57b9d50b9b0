# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Safety catches that hold although what stands against a call began after the plan was made."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._batches import manage_batch
from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import manage_users
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    CloudiwayError,
    FailedUsers,
    ForceNeeded,
    LostAnswer,
    NotFound,
    Refused,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import manage_migration
from ansible_collections.cloudiway.mail.plugins.module_utils._users import manage_user
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    CUT,
    Asked,
    ScriptedServer,
    Sent,
    failure,
    ok,
)
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    SOURCE,
    TARGET,
    WAVE,
    Params,
    Service,
    Work,
    batch,
    migration,
    person,
    roster,
    source,
    target,
)

#: What is done to anna, who rests when the plan is made.
CAREFUL: dict[str, Params] = {
    "delete": {"state": "absent"},
    "update": {"target_email": "else@new.example"},
}
ANNA = {
    "sourceEmail": source("anna"),
    "targetEmail": target("anna"),
    "firstName": "Anna",
    "lastName": "Adler",
    "migrationTag": "t-1",
    "sourceConnectorName": SOURCE,
    "targetConnectorName": TARGET,
}
Begin = Callable[..., ScriptedServer]


class Wakes:
    """A service with anna alone, who begins to work after so many looks at her status."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        self.written: list[str] = []
        self.lost = 0  # how many answers of writes are lost, before anything is done
        self.shown = ANNA  # what the look at her alone shows
        self.busy: str | None = None  # the call that is refused from her second status on
        self.batches = [WAVE]

    def answer(self, asked: Asked) -> Sent:
        """The answer to any request."""
        if asked.call in ("getall", "get"):
            return ok([ANNA] if asked.call == "getall" else self.shown)
        if asked.call == self.busy and self.looks < (1 if self.busy == "status" else 0):
            return failure("the database is busy")
        if asked.call == "status":
            self.looks -= 1
            if self.busy:
                return ok("NOTSTARTED")
            return ok("WORKING" if self.looks < 0 else "NOTSTARTED")
        if asked.call == "getmailhistory":
            return ok([])
        if asked.call == "batch":
            return ok(self.batches)
        if asked.call == "getusersinbatch":
            self.looks -= 1
            if self.looks < 0 and not self.batches:
                return failure("no such batch")
            return ok(["t-1"] if self.looks < 0 else [])
        self.written.append(asked.call)
        if self.lost:
            self.lost -= 1
            return CUT
        return ok()


@pytest.fixture
def do(scripted: Begin, no_pauses: None) -> Callable[..., object]:
    """Run something against a service that answers so."""

    def run(stage: Wakes, work: Callable[..., object], params: Params) -> object:
        server = scripted(stage.answer)
        with Client(Connection("key", "s3cret", server.url, timeout=2, retry_timeout=2)) as client:
            return work(client, params, False)

    return run


@pytest.mark.parametrize("call", CAREFUL)
def test_who_begins_to_work_after_the_look_is_neither_deleted_nor_retargeted(
    do: Callable[..., object], call: str
) -> None:
    stage = Wakes(looks=1)
    with pytest.raises(ForceNeeded, match=r"anna@.* as it is active \(WORKING\); force allows it"):
        do(stage, manage_user, person("anna", **CAREFUL[call]))
    assert stage.written == []
    forced = Wakes(looks=0)
    do(forced, manage_user, person("anna", **{**CAREFUL[call], "force": True}))
    assert forced.written == [call]


@pytest.mark.parametrize("call", CAREFUL)
def test_who_begins_to_work_after_a_lost_answer_is_left_alone(
    do: Callable[..., object], call: str
) -> None:
    stage = Wakes(looks=2)
    stage.lost = 1
    with pytest.raises(LostAnswer):
        do(stage, manage_user, person("anna", **CAREFUL[call]))
    assert stage.written == [call]


def test_a_list_says_whom_it_left_alone(do: Callable[..., object]) -> None:
    stage = Wakes(looks=1)
    params = {**roster(), "users": [person("anna", state="absent")]}
    with pytest.raises(
        FailedUsers, match=r"anna@.*is not to be deleted, as it is active"
    ) as caught:
        do(stage, manage_users, params)
    [failed] = caught.value.seen["failed_users"]
    assert failed["failure"]["code"] == "force_needed"
    assert stage.written == []


@pytest.mark.parametrize(("looks", "lost"), [(1, 0), (2, 1)])
def test_a_batch_that_somebody_joins_meanwhile_is_not_deleted(
    do: Callable[..., object], looks: int, lost: int
) -> None:
    stage = Wakes(looks)
    stage.lost = lost
    with pytest.raises(LostAnswer if lost else ForceNeeded) as caught:
        do(stage, manage_batch, batch(state="absent"))
    assert lost or "is not to be deleted, as it has 1 member by now" in caught.value.message
    assert stage.written == ["deletebatch"] * lost


@pytest.mark.parametrize("busy", ["status", "getmailhistory"])
@pytest.mark.parametrize("call", CAREFUL)
def test_a_look_that_is_refused_lets_nothing_through(
    do: Callable[..., object], call: str, busy: str
) -> None:
    stage = Wakes(looks=1)
    stage.busy = busy
    with pytest.raises(Refused, match="the database is busy"):
        do(stage, manage_user, person("anna", **CAREFUL[call]))
    assert stage.written == []


@pytest.mark.parametrize("looks", [0, 9])
def test_an_update_of_names_does_not_undo_what_another_run_has_retargeted(
    do: Callable[..., object], looks: int
) -> None:
    stage = Wakes(looks)
    stage.shown = {**ANNA, "targetEmail": "else@new.example"}
    renamed = person("anna", first_name="Anne", target_email=None)
    if looks:  # she rests: what is declared, and shown at first, is set
        do(stage, manage_user, renamed)
        assert stage.written == ["update"]
        return
    with pytest.raises(ForceNeeded, match=r"is not to be retargeted, as it is active"):
        do(stage, manage_user, renamed)
    assert stage.written == []


def test_a_batch_that_another_has_deleted_meanwhile_is_no_failure(
    do: Callable[..., object],
) -> None:
    class Gone(Wakes):
        def answer(self, asked: Asked) -> Sent:
            sent = super().answer(asked)
            if asked.call == "getusersinbatch":
                self.batches = []
            return failure("no such batch") if asked.call == "deletebatch" else sent

    stage = Gone(looks=1)
    do(stage, manage_batch, batch(state="absent"))
    assert stage.written == ["deletebatch"]


def test_who_is_made_beside_a_delete_keeps_nobody_from_being_started(service: Service) -> None:
    service.have("anna")
    service.have("zoe", batch="Wave 2")
    service.fault("timeout", "create", "after", seconds=1, times=None)
    news = [person(f"user{number}", batch=WAVE) for number in range(24)]  # 3 s for 8 lanes
    params = {**roster(), "users": [person("anna", state="absent"), *news]}
    with ThreadPoolExecutor(2) as both:
        made = both.submit(service.do, manage_users, params)
        time.sleep(0.5)
        # Were the delete to give its lane to a create, it would get one a second at best.
        start = migration("migrated", "Wave 2", wait=False, wait_timeout=1.5)
        service.do(manage_migration, start)
        assert not made.done()
        made.result()
    assert service.user("zoe")["starts"] == 1


@pytest.mark.parametrize("call", CAREFUL)
def test_nobody_is_started_between_the_look_and_the_call(service: Service, call: str) -> None:
    service.read_as(start_active="restart_and_record")
    service.have("anna", batch=WAVE)
    # So the start would come between the status of the second look and what follows it.
    service.fault("timeout", "getmailhistory", "after", seconds=0.4, times=None)
    service.fault("timeout", "getusersinbatch", "after", seconds=0.2, times=None)

    def tried(work: Work, params: Params) -> CloudiwayError | None:
        try:
            service.do(work, params)
        except CloudiwayError as why:
            return why
        return None

    with ThreadPoolExecutor(2) as both:
        change = both.submit(tried, manage_user, person("anna", **CAREFUL[call]))
        start = both.submit(tried, manage_migration, migration("migrated", wait=False))
        refused, failed = change.result(), start.result()
    # Whoever comes first is done; a deletion leaves nobody to start.
    if refused:
        assert isinstance(refused, ForceNeeded)
        assert failed is None
        assert service.writes == {"startbatch": 1}
    else:
        assert isinstance(failed, NotFound) == (call == "delete")
        assert service.writes == ({call: 1} if failed else {call: 1, "startbatch": 1})
    assert service.violations == []
