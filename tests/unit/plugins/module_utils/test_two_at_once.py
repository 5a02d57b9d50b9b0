# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at the same time: each looks before the other has done anything, yet nothing is doubled.

The service of these tests accepts what is done twice. It keeps its answers back, so that both runs
would see that there is something to do.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import manage_users
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import manage_migration
from ansible_collections.cloudiway.mail.plugins.module_utils._turns import QUEUES, turns
from ansible_collections.cloudiway.mail.plugins.module_utils._users import manage_user
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Params,
    Service,
    Work,
    migration,
    names_of,
    person,
    roster,
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


def test_many_subjects_take_no_more_than_the_queues_there_are_and_never_wait_for_each_other() -> (
    None
):
    names = [f"wave {number}" for number in range(20 * QUEUES)]

    def work(subjects: list[str]) -> int:
        with turns("a test", ("account",), subjects):
            return len(subjects)

    with ThreadPoolExecutor(8) as all_at_once:
        done = list(all_at_once.map(work, [names, names[::-1], names[::2], names[1:]] * 5))
    assert sum(done) == 5 * (len(names) * 2 + len(names[::2]) + len(names[1:]))
