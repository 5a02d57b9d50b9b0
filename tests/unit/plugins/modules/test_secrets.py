# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service echoes, no module shows the secret: in no success, failure, diff or warning."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS
from ansible_collections.cloudiway.mail.plugins.module_utils._redaction import MASK
from ansible_collections.cloudiway.mail.tests.unit.support.echoes import (
    ALL_WRITINGS,
    FAILURES,
    IN_ADDRESS,
    TASKS,
    answers,
    failing,
)
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import (
    KEY,
    SECRET,
    everything,
    leaks,
)
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import ScriptedServer, Step

Play = Callable[..., dict[str, t.Any]]

#: The modules that tell how far they are.
FOLLOWED = ("cloudiway_mail_users", "cloudiway_migration")

every_task = pytest.mark.parametrize("task", TASKS)


@pytest.fixture
def show(play: Play) -> Callable[..., dict[str, t.Any]]:
    """Runs a task against a service; searches its result for the secret, and gives it."""

    def run(task: str, server: ScriptedServer, **more: t.Any) -> dict[str, t.Any]:
        module, options = TASKS[task]
        connection = {"consumer_key": KEY, "consumer_secret": SECRET, "api_url": server.url}
        patience = {"timeout": 2, "retry_timeout": 0}
        result = play(module, {**connection, **patience, **options, **more})
        assert SECRET in unquoted(server)
        assert not leaks(json.dumps(result))
        assert not leaks(everything(result))
        for file in Path().rglob("*.*"):
            assert not leaks(file.read_text(encoding="utf-8"))
        return result

    return run


def unquoted(server: ScriptedServer) -> str:
    """All that a server was sent, in clear."""
    sent = [[one.query, one.body] for one in server.asked]
    return "\n".join(map(everything, sent))


@every_task
@pytest.mark.parametrize("status", ["SUCCESS", "NOTSTARTED", "WORKING", ALL_WRITINGS])
def test_no_success_shows_what_the_service_echoes(
    task: str, status: str, show: Play, tmp_path: Path
) -> None:
    lines = tmp_path / "progress"
    more = {"progress_file": str(lines)} if TASKS[task][0] in FOLLOWED else {}
    with ScriptedServer(answers(ALL_WRITINGS, IN_ADDRESS, status)) as server:
        show(task, server, **more)
    assert not leaks(lines.read_text(encoding="utf-8") if lines.exists() else "")


@pytest.mark.parametrize("task", ["the users", "the batches", "updating a user"])
def test_what_else_the_service_says_stays_readable(task: str, show: Play) -> None:
    with ScriptedServer(answers(f"before {SECRET} after", "x", "SUCCESS")) as server:
        result = show(task, server)
    assert f"before {MASK} after" in everything(result)
    assert "jane@old.example" in everything(result)


@every_task
@pytest.mark.parametrize("kind", ["a refusal", "a value of another kind"])
def test_no_task_shows_what_the_service_echoes_when_a_call_of_it_fails(
    task: str, kind: str, show: Play
) -> None:
    for call in calls_of(task, show):
        fail(task, call, kind, show)


@pytest.mark.parametrize("kind", FAILURES)
def test_no_call_shows_what_the_service_echoes_in_whatever_way_it_fails(
    kind: str, show: Play, tasks_by_call: dict[str, str]
) -> None:
    for call, task in tasks_by_call.items():
        fail(task, call, kind, show)


def fail(task: str, call: str, kind: str, show: Play) -> None:
    """Run a task, of which a call fails in this way."""
    with ScriptedServer({**reserved(task), call: [failing(kind)]}) as server:
        show(task, server)
    assert call in server.calls()


_tasks_by_call: dict[str, str] = {}


@pytest.fixture
def tasks_by_call(show: Play) -> dict[str, str]:
    """Every call, and a task that makes it; found out once."""
    if not _tasks_by_call:
        for task in TASKS:
            for call in calls_of(task, show):
                _tasks_by_call.setdefault(call, task)
    every = {call.routes[0].path.rpartition("/")[2].lower() for call in CALLS.values()}
    assert set(_tasks_by_call) == every
    return _tasks_by_call


def calls_of(task: str, show: Play) -> Iterator[str]:
    """The calls that a task makes where nothing fails."""
    with ScriptedServer(reserved(task)) as server:
        show(task, server)
    yield from dict.fromkeys(server.calls())


def reserved(task: str) -> dict[str, list[Step]]:
    """Answers that echo nothing, of a service that has to be asked for everything."""
    status = "WORKING" if task.startswith("stopping") else "NOTSTARTED"
    return answers("Ada", "ada", status, is_talkative=False)
