# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the benchmark plays: a server of its own for each run, and whole processes against it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import typing as t
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ansible_collections.cloudiway.mail.tests.benchmark import roster
from ansible_collections.cloudiway.mail.tests.benchmark.server import STORY

_LIBRARY = Path(__file__).resolve().parent / "library"
_PACKAGE = "ansible_collections.cloudiway.mail.tests.benchmark"
#: Seconds after which a process is ended; no run takes a tenth of it.
_LIMIT = 300

Task = dict[str, t.Any]


class WentWrong(Exception):
    """A run that did not do what it was to do: its time says nothing."""


@dataclass(frozen=True)
class Run:
    """A process and its children that ran to their end, and what that cost."""

    seconds: float
    #: Seconds of processor time, of all of them together.
    cpu: float
    #: Bytes: the most that the largest of them had in memory.
    memory: int
    #: What the server was asked meanwhile, and the seconds of processor time that this took it.
    requests: int = 0
    server_cpu: float = 0


class Server:
    """A server process. Use as a context manager."""

    def __init__(self, latency: float, **options: object) -> None:
        words = [f"--{name}={value}" for name, value in {"latency": latency, **options}.items()]
        self._process = subprocess.Popen(
            (sys.executable, "-m", f"{_PACKAGE}.server", *words),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = 0

    def __enter__(self) -> Server:
        said = self._process.stdout.readline() if self._process.stdout else ""
        if not said:
            raise WentWrong("the server does not start")
        self.port = int(said)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.terminate()
        self._process.communicate()

    @property
    def url(self) -> str:
        """What modules are given as api_url."""
        return f"http://127.0.0.1:{self.port}/api"

    def story(self) -> dict[str, t.Any]:
        """What it was asked until now, and what that cost it."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}{STORY}", timeout=30) as answer:
            told: dict[str, t.Any] = json.load(answer)
        return told


class Stage:
    """A folder for the plays, and what all of them have in common."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        host = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        inventory = {"all": {"hosts": {"benchmark": host}}}
        self._inventory = folder / "inventory.json"
        self._inventory.write_text(json.dumps(inventory), encoding="utf-8")

    def play(self, name: str, tasks: list[Task]) -> Run:
        """Let ansible-playbook play these tasks. Raises WentWrong where they fail."""
        play = {"name": name, "hosts": "benchmark", "gather_facts": False, "tasks": tasks}
        playbook = self.folder / f"{name}.json"
        playbook.write_text(json.dumps([play]), encoding="utf-8")
        words = ("ansible-playbook", "-i", str(self._inventory), str(playbook))
        return self.run(name, words, {"ANSIBLE_LIBRARY": str(_LIBRARY), "NO_PROXY": "127.0.0.1"})

    def run(
        self, name: str, words: tuple[str, ...], settings: Mapping[str, str] | None = None
    ) -> Run:
        """Run a program to its end. Raises WentWrong where that is not a good one."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as said:
            began = time.monotonic()
            process = subprocess.Popen(
                words,
                env=os.environ | (settings or {}),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            patience = threading.Timer(_LIMIT, process.kill)
            patience.start()
            _pid, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - began
            patience.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise WentWrong(f"{name} failed, see {log}")
        return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)

    def bare(self, server: Server, users: int, batches: int, connections: int) -> Run:
        """Let the bare client make new users; the seconds are those of its requests alone."""
        numbers = {"users": users, "batches": batches, "connections": connections}
        words = [f"--{name}={value}" for name, value in numbers.items()]
        client = (sys.executable, "-m", f"{_PACKAGE}.bare", str(server.port), *words)
        run = self.run("bare", client)
        said = (self.folder / "bare.log").read_text(encoding="utf-8")
        return replace(run, seconds=float(said))


def against(
    act: Callable[[Server], Run], calls: Mapping[str, int], latency: float, **options: object
) -> Run:
    """Run against a server of its own. Raises WentWrong unless it got exactly these calls."""
    with Server(latency, **options) as server:
        before = server.story()
        run = act(server)
        story = server.story()
    if story["refused"] or story["calls"] != calls:
        raise WentWrong(f"expected {calls}, got {story['calls']}, refused {story['refused']}")
    return replace(
        run,
        requests=sum(calls.values()),
        server_cpu=story["cpu_seconds"] - before["cpu_seconds"],
    )


#: A task with the empty module.
EMPTY: t.Final[Task] = {"name": "empty", "empty": {}}


def module(name: str, server: Server, **options: object) -> Task:
    """A task with one of the collection's modules."""
    keys = {"consumer_key": roster.KEY, "consumer_secret": roster.SECRET}
    return {
        "name": name,
        f"cloudiway.mail.{name}": {**keys, "api_url": server.url, **options},
    }
