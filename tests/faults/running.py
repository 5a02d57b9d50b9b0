# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task of a cell, which is searched for the secret; and what is to be the same in the end."""

from __future__ import annotations

import functools
import tempfile
import typing as t
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS, Repeat
from ansible_collections.cloudiway.mail.tests.faults.columns import Strike
from ansible_collections.cloudiway.mail.tests.faults.gate import Gate
from ansible_collections.cloudiway.mail.tests.faults.rows import (
    MIGRATION,
    ROWS,
    USERS,
    Task,
    call_of,
)
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import (
    KEY,
    SECRET,
    everything,
    leaks,
)
from ansible_collections.cloudiway.mail.tests.unit.support.modules import run_module
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    Params,
    Service,
    local_part,
)

#: What a careless client gets away with in this service; the end tells of it.
TRUSTING: t.Final[Params] = {
    "duplicate_create": "accept",
    "duplicate_batch": "accept_and_record",
    "start_active": "restart_and_record",
    "permissions_overlap": "accept_and_record",
}
#: The modules that tell how far they are.
FOLLOWED = (USERS, MIGRATION)
#: Calls that must not be made once more than without a fault.
ONCE: t.Final = (
    "create",
    "createbatch",
    "start",
    "startbatch",
    "audit",
    "batchaudit",
    "startpermissionmigrationbybatch",
)
#: The codes that say: it was not done.
NOT_DONE = ("unreachable", "throttled")
GONE = "not tried, as the service"
UNKNOWN = "whether it was done is not known: look again, or run again"
#: A licence that was refused, and may be there; and what to do then.
REFUSED_AFTERWARDS = "made again, it was refused"
WAY_ON = (
    "if the portal shows that the user has a licence, run once with license: never for that user"
)
#: Seconds of retry_timeout: less than a fault that stays.
SHORT: t.Final = 0.2
#: Simulated seconds in which whatever is under way comes to its end.
LONG: t.Final = 1_000_000

End = tuple[Params, dict[tuple[str, str], int]]


def prepare(service: Service, task: Task) -> None:
    """Have the state before a task."""
    service.clear()
    service.read_as(**TRUSTING, **task.readings)
    for name, facts in task.have.items():
        service.have(name, **facts)
    service.count_anew()


def run(service: Service, task: Task, **connection: t.Any) -> Params:
    """Run a task; its result. connection has options of the connection.

    Nothing that it says shows a piece of the secret (invariant 3): all that is printed or logged
    at the highest verbosity, invocation, warnings and diff with it; the result that is read from
    that; and the lines of progress.
    """
    keys = {"consumer_key": KEY, "consumer_secret": SECRET, "api_url": service.url}
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines"
        follow: Params = {}
        if task.module in FOLLOWED:
            follow = {"progress_file": str(lines), "progress_interval": 0.05}
        options = {**keys, **follow, **task.options, **connection}
        ran = run_module(task.module, options, diff=True, verbosity=4)
        told = lines.read_text(encoding="utf-8") if lines.exists() else ""
    assert "consumer_secret" in ran.said
    assert not leaks(ran.said)
    assert not leaks(everything(ran.result))
    assert not leaks(told)
    return ran.result


def run_again(service: Service, task: Task) -> Params:
    """Run a task that has failed once more; the result.

    Where a licence is refused then, do as the message says: look into the portal, and run once more.
    """
    again = run(service, task)
    if not again.get("failed") or task.readings.get("license_again") != "refuse":
        return again
    for one in failures(again):
        assert (one["call"], one["code"]) == ("license", "refused"), one
        assert one["message"].endswith(WAY_ON), one
    users = [
        {**user, "license": "never"}
        if service.user(local_part(user["source_email"]))["licensed"]
        else user
        for user in task.options["users"]
    ]
    return run(service, replace(task, options={**task.options, "users": users}))


def strike_for_good(service: Service, door: Gate, call: str, strike: Strike, skip: int) -> None:
    """Strike a call from now on, after so many requests of it; or shut the door."""
    if strike.kind:
        service.control("faults", {**strike.told, "call": call, "times": None, "skip": skip})
    else:
        door.shut()


def see_that_nothing_shows_it(folder: Path) -> None:
    """Search all files in a folder for the secret."""
    for path in folder.rglob("*"):
        if path.is_file():
            assert not leaks(path.read_text(encoding="utf-8", errors="replace")), path


def end_state(service: Service) -> Params:
    """What is to be the same as without a fault, when all that is under way has ended."""
    service.control("clock", {"advance": LONG})
    state = service.state
    for user in state["users"]:
        del user["migration_tag"]
        # To assign a licence again is harmless; that it is there is compared.
        del user["license_calls"]
        for one in user["passes"]:
            del one["start"], one["end"]
    state["users"].sort(key=lambda user: str(user["source_email"]))
    state["batches"] = {name: sorted(names) for name, names in service.batches.items()}
    return state


def acted_upon(journal: Iterable[Params]) -> Counter[tuple[str, str]]:
    """How often each call was acted upon, for each user or batch, by the service's own journal."""
    return Counter(
        (entry["call"], entry["user"] or entry["batch"])
        for entry in journal
        if entry["method"] == "POST" and entry["outcome"].split(",")[0] == "ok"
    )


def strikes(service: Service, call: str, strike: Strike) -> int:
    """How many requests of a call were struck, by the service's own journal."""
    return sum(
        entry["call"] == call and strike.outcome in entry["outcome"] for entry in service.journal
    )


def pause_after(journal: Iterable[Params], strike: Strike) -> float:
    """Seconds from the request that was struck to its repetition, by the service's own journal."""
    rest = iter(journal)
    struck = next(entry for entry in rest if strike.outcome in entry["outcome"])
    about = ("call", "user", "batch")
    again = next(entry for entry in rest if all(entry[one] == struck[one] for one in about))
    return float(again["time"] - struck["time"])


def while_struck(service: Service) -> list[Params]:
    """The journal up to the last request that was struck; nothing, where none came as far."""
    journal = service.journal
    while journal and "fault: " not in journal[-1]["outcome"]:
        journal.pop()
    return journal


def made_once(service: Service) -> dict[tuple[str, str], int]:
    """The same, of the calls that make or start something."""
    return {one: count for one, count in acted_upon(service.journal).items() if one[0] in ONCE}


@functools.cache
def undisturbed(service: Service, row: str) -> End:
    """How the task of a row ends when nothing strikes, and what it made."""
    task = ROWS[row]
    prepare(service, task)
    result = run(service, task)
    assert not result.get("failed"), result
    assert service.requests[CALLS[call_of(row)].routes[0].path.rpartition("/")[2]] > task.skip
    return end_state(service), made_once(service)


def end_of(service: Service) -> End:
    """How it ended, and what was made."""
    return end_state(service), made_once(service)


def failures(result: Params) -> list[Params]:
    """Why a task failed: its own failure, or those of the users that it names."""
    if result["failure"]["code"] == "failed_users":
        return [one["failure"] for one in result["failed_users"]]
    return [result["failure"]]


def code_of(call: str, strike: Strike, result: Params, journal: Iterable[Params]) -> str:
    """The code with which a task failed; sees that what it says is so, by the journal until then.

    Other calls fail too where connections are refused, or where a silence was so long that the
    service was taken to be gone.
    """
    why = failures(result)
    for one in why:
        is_gone = not strike.kind or GONE in one["message"]
        code, words = strike.code, UNKNOWN
        if REFUSED_AFTERWARDS in one["message"]:
            code, words = "lost_answer", WAY_ON
        assert (one["call"], one["code"]) == (call, code) or is_gone, why
        if CALLS[one["call"]].repeat is Repeat.READ:
            words = "nothing was read"
        elif one["code"] in NOT_DONE:
            words = "it was not done"
            assert call not in {name for name, _whom in acted_upon(journal)}
        assert one["message"].endswith(words), why
    return " and ".join(sorted({one["code"] for one in why}))
