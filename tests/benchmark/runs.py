# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is run: each way to do a piece of work, once, and what it must ask the server for."""

from __future__ import annotations

import functools
import sys
import typing as t
import zipfile
from collections.abc import Callable
from pathlib import Path

from ansible_collections.cloudiway.mail.tests.benchmark import roster
from ansible_collections.cloudiway.mail.tests.benchmark.stage import (
    EMPTY,
    Run,
    Server,
    Stage,
    Task,
    against,
    module,
)

#: Seconds from a request to its answer.
LATENCY = 0.02
#: Requests under way at once, of the modules and of the bare client.
CONCURRENCY = 16
#: How many users are new, in how many batches; for how many the loop of uri is timed.
NEW, NEW_BATCHES, LOOPED = 1_000, 10, 20
#: How many users are unchanged, and in how many batches.
MANY, MOST = (10_000, 100), (50_000, 500)
#: How many users the polled batch has.
POLLED = 5_000
#: How many tasks a longer play has beyond the first.
MORE = 10

_CONNECTORS = {"source_connector": roster.SOURCE, "target_connector": roster.TARGET}

#: What the module for one user imports that is not of this collection.
_LIBRARIES = "ansible.module_utils.basic, requests"

_PLUGINS = Path(__file__).absolute().parents[2] / "plugins"

Act = Callable[[Stage], Run]


def _writes(users: int, batches: int) -> dict[str, int]:
    """The fewest writes that make new users."""
    return {"createbatch": batches, "create": users, "license": users, "addtobatch": users}


def _empty(tasks: int, stage: Stage) -> Run:
    return stage.play(f"empty-{tasks}", [EMPTY] * tasks)


def _single(tasks: int, stage: Stage) -> Run:
    """The module for one user, with nothing to do; without latency, as it is the start that counts."""

    def play(server: Server) -> Run:
        person, batch = roster.person(0), roster.batch(0)
        task = module(
            "cloudiway_mail_user", server, source_email=person["sourceEmail"], batch=batch
        )
        return stage.play(f"single-{tasks}", [task] * tasks)

    calls = {"getall": tasks, "batch": tasks, "getusersinbatch": tasks}
    return against(play, calls, 0, users=1, batches=1)


def _import(names: str, stage: Stage) -> Run:
    return stage.run("import", (sys.executable, "-c", f"import {names}"))


def _pack(archive: Path) -> None:
    """Pack the modules and what they import."""
    names = _PLUGINS.relative_to(_PLUGINS.parents[3])
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for folder in ("modules", "module_utils"):
            for path in (_PLUGINS / folder).glob("*.py"):
                packed.write(path, names / folder / path.name)
            packed.writestr(str(names / folder / "__init__.py"), "")
        for package in (names, *names.parents[:-1]):
            packed.writestr(str(package / "__init__.py"), "")


def _import_ours(stage: Stage) -> Run:
    """Import the module for one user too, from an archive of its source, as Ansible ships it."""
    archive = stage.folder / "ours.zip"
    _pack(archive)
    words = (
        f"import {_LIBRARIES}, sys",
        "import concurrent.futures.thread, difflib, html",
        f"sys.path.insert(0, {str(archive)!r})",
        "import ansible_collections.cloudiway.mail.plugins.modules.cloudiway_mail_user",
    )
    return stage.run("import", (sys.executable, "-c", "\n".join(words)))


def _bare(latency: float, stage: Stage) -> Run:
    return against(
        lambda server: stage.bare(server, NEW, NEW_BATCHES, CONCURRENCY),
        _writes(NEW, NEW_BATCHES),
        latency,
    )


def _list(users: int, batches: int, stage: Stage, server: Server) -> Run:
    path = stage.folder / "users.csv"
    roster.write_csv(path, users, batches)
    task = module(
        "cloudiway_mail_users",
        server,
        users_file=str(path),
        defaults=_CONNECTORS,
        concurrency=CONCURRENCY,
    )
    return stage.play("list", [task])


def _new(stage: Stage) -> Run:
    looks = {"getall": 2, "batch": 1, "getallsourceconnectors": 1, "getalltargetconnectors": 1}
    return against(
        lambda server: _list(NEW, NEW_BATCHES, stage, server),
        {**looks, **_writes(NEW, NEW_BATCHES)},
        LATENCY,
    )


def _unchanged(users: int, batches: int, stage: Stage) -> Run:
    return against(
        lambda server: _list(users, batches, stage, server),
        {"getall": 1, "batch": 1, "getusersinbatch": batches},
        LATENCY,
        users=users,
        batches=batches,
    )


def _polled(stage: Stage) -> Run:
    """A batch whose every user is asked for once, and found settled."""

    def play(server: Server) -> Run:
        task = module(
            "cloudiway_migration",
            server,
            batch=roster.batch(0),
            state="audited",
            return_users=False,
            concurrency=CONCURRENCY,
        )
        return stage.play("polled", [task])

    calls = {"getusersinbatch": 1, "getall": 1, "status": POLLED}
    return against(play, calls, LATENCY, users=POLLED, batches=1, statuses="AUDIT_DONE")


def _looped(stage: Stage) -> Run:
    """New users by the module that everybody has: a loop for each call, one getall for the tags."""
    calls = {**_writes(LOOPED, 1), "getall": 1}
    return against(lambda server: stage.play("looped", _uri_tasks(server)), calls, LATENCY)


def _uri_tasks(server: Server) -> list[Task]:
    keys = {"consumerKey": roster.KEY, "consumerSecret": roster.SECRET}
    tag, batch = "{{ item.migrationTag }}", roster.batch(0)
    everybody = "{{ everybody.json.response }}"

    def post(call: str, body: dict[str, t.Any], loop: object = None) -> Task:
        url = f"{server.url}/mailusers/{call}"
        words = {"url": url, "method": "POST", "body_format": "json", "body": body}
        task: Task = {"name": call, "ansible.builtin.uri": words}
        if loop:
            task |= {"loop": loop, "loop_control": {"label": "{{ item.sourceEmail }}"}}
        return task

    people = [roster.person(number) for number in range(LOOPED)]
    fields = {name: f"{{{{ item.{name} }}}}" for name in people[0]}
    query = "&".join(f"{name}={value}" for name, value in keys.items())
    getall = {"url": f"{server.url}/mailusers/getall?{query}"}
    return [
        post("createbatch", {"auth": keys, "batchName": batch}),
        post("create", {"auth": keys, **fields}, people),
        {"name": "getall", "ansible.builtin.uri": getall, "register": "everybody"},
        post("license", {**keys, "migrationTag": tag}, everybody),
        post("addtobatch", {"auth": {**keys, "migrationTag": tag}, "batchName": batch}, everybody),
    ]


#: What is run.
RUNS: t.Final[dict[str, Act]] = {
    "empty": functools.partial(_empty, 1),
    "empty beside lists": functools.partial(_empty, 1),
    "single": functools.partial(_single, 1),
    "more empty": functools.partial(_empty, 1 + MORE),
    "more single": functools.partial(_single, 1 + MORE),
    "import": functools.partial(_import, "ansible.module_utils.basic"),
    "import requests": functools.partial(_import, _LIBRARIES),
    "import ours": _import_ours,
    "bare": functools.partial(_bare, LATENCY),
    "new": _new,
    "bare without latency": functools.partial(_bare, 0),
    "many": functools.partial(_unchanged, *MANY),
    "most": functools.partial(_unchanged, *MOST),
    "polled": _polled,
    "looped": _looped,
}
#: The order of a round: what is compared runs at about the same time, what is short several times.
ROUND: t.Final = (
    *(5 * ("empty", "single")),
    *("more empty", "more single"),
    *(3 * ("import", "import requests", "import ours")),
    *("bare", "new", "bare without latency"),
    *("empty beside lists", "many", "empty beside lists", "most", "empty beside lists"),
    *("polled", "looped"),
)
