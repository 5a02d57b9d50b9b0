# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at the same time: each looks before the other has done anything, yet nothing is doubled.

The service of these tests accepts what is done twice. It keeps its answers back, so that both runs
would see that there is something to do.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._batches import manage_batch
from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import manage_users
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import FailedUsers, WaitTimeout
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import manage_migration
from ansible_collections.cloudiway.mail.plugins.module_utils._turns import (
    QUEUES,
    to_start_turn,
    turns,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._users import manage_user
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Params,
    Service,
    Work,
    a_pass,
    batch,
    migration,
    names_of,
    person,
    roster,
    simulator,
    source,
)

#: Seconds for which an answer is kept back.
HELD = 0.4


@pytest.fixture
def service(service: Service) -> Service:
    """A service that accepts everything twice."""
    service.read_as(duplicate_create="accept", start_active="restart_and_record")
    return service


def run_twice(service: Service, work: Work, params: Params, held: str) -> list[bool]:
    """Run the same twice at once, while the answers to a call are kept back; who has changed."""
    service.fault("timeout", held, "after", seconds=HELD, times=None)
    with ThreadPoolExecutor(2) as both:
        runs = [both.submit(service.do, work, params) for _unused in range(2)]
        return sorted(run.result().changed for run in runs)


@pytest.mark.parametrize(
    ("work", "params"),
    [(manage_users, roster("anna", "bert")), (manage_user, person("anna", batch=WAVE))],
    ids=["list", "one"],
)
def test_who_is_declared_by_two_runs_at_once_is_created_once(
    service: Service, work: Work, params: Params
) -> None:
    assert run_twice(service, work, params, "getall") == [False, True]
    names = names_of(service.users)
    assert len(names) == len(set(names)) == service.writes["create"]


@pytest.mark.parametrize("state", ["audited", "migrated"])
@pytest.mark.parametrize("batch", [WAVE, None])
def test_who_is_to_be_started_by_two_runs_at_once_is_started_once(
    service: Service, state: str, batch: str | None
) -> None:
    service.have("anna", batch=WAVE)
    names: Params = {} if batch else {"source_email": source("anna")}
    params = migration(state, batch, wait=False, **names)
    assert run_twice(service, manage_migration, params, "status") == [False, True]
    assert service.violations == []
    [user] = service.users
    assert user["starts"] + user["audits"] == 1


def together(service: Service, held: str, *runs: tuple[Work, Params]) -> None:
    """Do several things at once, while the answers to a call are kept back."""
    service.fault("timeout", held, "after", seconds=HELD, times=None)
    with ThreadPoolExecutor(len(runs)) as all_at_once:
        for run in [all_at_once.submit(service.do, work, params) for work, params in runs]:
            run.result()


def test_who_is_in_the_lists_of_two_runs_for_other_batches_is_created_once(
    service: Service,
) -> None:
    lists = [roster("anna", "bert"), roster("bert", "carl", batch="Wave 2")]
    together(service, "getall", *((manage_users, params) for params in lists))
    assert sorted(names_of(service.users)) == ["anna", "bert", "carl"]


def test_a_batch_that_several_runs_need_is_made_once(service: Service) -> None:
    service.read_as(duplicate_batch="accept_and_record")
    service.have("carl")
    runs: list[tuple[Work, Params]] = [
        (manage_users, roster("anna")),
        (manage_users, roster("bert")),
        (manage_batch, batch(users=[source("carl")])),
    ]
    together(service, "batch", *runs)
    assert service.violations == []
    assert service.writes["createbatch"] == 1
    assert sorted(service.batches[WAVE]) == ["anna", "bert", "carl"]


@pytest.mark.parametrize("state", ["audited", "migrated"])
def test_a_member_and_its_batch_are_started_once_by_two_runs_at_once(
    service: Service, state: str
) -> None:
    service.have("anna", "bert", batch=WAVE)
    one = migration(state, None, wait=False, source_email=source("anna"))
    together(
        service,
        "status",
        (manage_migration, one),
        (manage_migration, migration(state, wait=False)),
    )
    assert service.violations == []
    assert [user["starts"] + user["audits"] for user in service.users] == [1, 1]


def test_who_fails_is_retried_once_by_two_runs_that_wait_for_it(service: Service) -> None:
    service.have("once", "anna", batch=WAVE)
    params = migration("migrated", retries=1)
    together(service, "status", (manage_migration, params), (manage_migration, params))
    assert service.violations == []
    assert service.user("once")["starts"] == 2


def test_permissions_that_two_runs_wait_to_begin_are_begun_once() -> None:
    with simulator("--speed", "100") as slow:  # permissions take 3.3 s
        slow.read_as(
            start_active="restart_and_record",
            permissions_overlap="accept_and_record",
            getall_statuses=False,
        )
        slow.have("anna", "bert", batch=WAVE, status="SUCCESS", passes=[a_pass(5)])
        slow.have("dora", batch="Wave 2", status="MAILPERMISSIONS_WORKING")
        params = migration("permissions_migrated", wait_timeout=20)
        together(slow, "batch", (manage_migration, params), (manage_migration, params))
        assert slow.violations == []
        assert [user["permission_runs"] for user in slow.users] == [1, 1, 0]


@contextlib.contextmanager
def somebody_begins(service: Service) -> Iterator[None]:
    """Another play is about to start the batch of the tests, for as long as the block takes."""
    with to_start_turn(service.connection().account, WAVE, 1):
        yield


def test_a_turn_that_does_not_come_is_a_failure_when_the_time_is_up(service: Service) -> None:
    service.have("anna", batch=WAVE)
    with somebody_begins(service), pytest.raises(WaitTimeout, match="still has its turn") as caught:
        service.do(manage_migration, migration("migrated", wait_timeout=0.2))
    assert caught.value.seen["changed"] is False
    assert service.writes == {}


def test_a_wait_for_a_turn_shows_in_the_heartbeats(service: Service, tmp_path: Path) -> None:
    told = tmp_path / "told"
    params = migration("migrated", progress_file=str(told), progress_interval=0.05)
    with somebody_begins(service), pytest.raises(WaitTimeout):
        service.do(manage_migration, {**params, "wait_timeout": 0.3})
    line = f"{WAVE} migrated: waits for another play to start its users"
    assert told.read_text(encoding="utf-8").splitlines()[:2] == [line, line]


def test_nobody_waits_for_a_turn_any_more_when_the_run_ends(service: Service) -> None:
    service.have(*(names := ("anna", "bert", "carl")))
    params = {"users": [{"source_email": source(name), "state": "absent"} for name in names]}
    client = Client(service.connection(concurrency=2))
    with client, ThreadPoolExecutor(2) as threads, somebody_begins(service):
        removing = threads.submit(manage_users, client, params, check_mode=False)
        time.sleep(HELD)
        assert not removing.done()
        threads.submit(client.close).result(2)
        with pytest.raises(FailedUsers, match="as the run ends"):
            removing.result(2)
    assert service.writes == {}


def test_others_are_made_while_a_turn_is_awaited(service: Service) -> None:
    service.have(*(names := ("anna", "bert", "carl")))
    params = roster("dora", "emil", batch=None)
    absent = [{"source_email": source(name), "state": "absent"} for name in names]
    with ThreadPoolExecutor(1) as thread:
        with somebody_begins(service):
            users = {"users": absent + params["users"]}
            making = thread.submit(service.do, manage_users, users, concurrency=2)
            began = time.monotonic()
            while service.requests.get("create", 0) < 2:
                assert time.monotonic() - began < 3
                time.sleep(0.05)
            assert "delete" not in service.requests
        making.result(10)
    assert sorted(names_of(service.users)) == ["dora", "emil"]


def test_a_single_user_gets_its_turn_though_there_is_always_a_batch_under_way() -> None:
    account, begun = ("url", "key", "mail"), []

    def begin(batch: str | None) -> None:
        with to_start_turn(account, batch, 10):
            begun.append(batch)

    with ThreadPoolExecutor(2) as others:
        with to_start_turn(account, WAVE, 1):
            waiting = [others.submit(begin, None)]
            time.sleep(HELD)
            waiting.append(others.submit(begin, "Wave 2"))
            time.sleep(HELD)
        for one in waiting:
            one.result()
    assert begun == [None, "Wave 2"]


def test_a_stop_waits_for_no_turn(service: Service) -> None:
    service.have("anna", batch=WAVE, status="PENDING")
    with somebody_begins(service):
        outcome = service.do(manage_migration, migration("stopped", wait_timeout=5))
    assert outcome.changed


def test_where_a_file_system_knows_no_locks_the_work_is_done_without(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_handle: int, _kind: int) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", none)
    assert service.do(manage_users, roster("anna")).changed


def test_many_subjects_take_no_more_than_the_queues_there_are_and_never_wait_for_each_other() -> (
    None
):
    names = [f"wave {number}" for number in range(20 * QUEUES)]

    def work(subjects: list[str]) -> int:
        with turns("a test", ("url", "key", "mail"), subjects):
            return len(subjects)

    with ThreadPoolExecutor(8) as all_at_once:
        done = list(all_at_once.map(work, [names, names[::-1], names[::2], names[1:]] * 5))
    assert sum(done) == 5 * (len(names) * 2 + len(names[::2]) + len(names[1:]))
