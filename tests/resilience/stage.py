# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a test plays: a simulator, an inventory, and real C(ansible-playbook) processes.

A user of the tests is named by the local part of its source address: ``anna`` migrates from
anna@old.example to anna@new.example. ``fails`` always fails; see CAST.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
import typing as t
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.cloudiway.mail.tests.unit.support.doors import Doors
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET, leaks
from ansible_collections.cloudiway.mail.tests.unit.support.short_path import short_path_to

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = CHECKOUT / "roles/simulator/files/cloudiway_simulator"
HOOKS = Path(__file__).resolve().parent / "hooks"
AUTH = {"consumerKey": KEY, "consumerSecret": SECRET}
#: Simulated seconds in a second: a pass takes 0.1 s at the least, and 3 s at the most.
SPEED = 1500
#: Who has which trouble.
CAST = ("--failing", "fails@old.example", "--failing", "once@old.example=1")
#: What a careless client gets away with in the service, but not here: it is recorded.
TRUSTING = {
    "start_active": "restart_and_record",
    "permissions_overlap": "accept_and_record",
    "duplicate_create": "accept",
    "duplicate_batch": "accept_and_record",
}
#: The variables of a cutover that goes through all phases in one run.
ALL_PHASES: dict[str, object] = {
    "cutover_settings": {"migrate_trash": True, "from_date": "2020-05-01"},
    "cutover_prestage_until": "2026-01-31",
    "cutover_switch_tasks": str(HOOKS / "switch.yml"),
}
CUTOVER, STOP = "cloudiway.mail.cutover", "cloudiway.mail.stop"
#: With which Ansible ends when it was interrupted.
INTERRUPTED = 99
#: Seconds in which a worker has handed over a line that was seen.
_AFTER_A_LINE = 0.5
#: How often Ctrl-C is pressed at most.
INTERRUPTS = 3
#: Seconds for one play; many times what it takes.
LIMIT = 150.0
#: Seconds for what ends by itself after a play, as Ansible's own guard of an async task does.
GRACE = 10.0

Facts = dict[str, t.Any]

#: What an export cannot write into a list is a warning of ours; all others are complaints of Ansible.
_COMPLAINT = re.compile(
    r"^\[(?:DEPRECATION )?WARNING\](?!: \d+ (?:users?|names?) .*left out)|^\[ERROR\]: .*traceback",
    re.MULTILINE,
)
_RECAP = re.compile(r"^(\S+)\s+: (ok=.*)$", re.MULTILINE)


class Simulator(Doors):
    """A running simulator, and what somebody does in the portal meanwhile."""

    def user(self, name: str) -> Facts:
        """Everything about one user."""
        [user] = [one for one in self.state["users"] if one["source_email"] == source(name)]
        return t.cast(Facts, user)

    def have(self, batches: Mapping[str, list[str]], **facts: object) -> None:
        """Have these batches (by host) of licensed users, with these facts, and nothing else."""
        users = [
            {
                **person(name),
                "batch": batch_of(host),
                "licensed": True,
                "source_connector_name": "Exchange",
                "target_connector_name": "Microsoft 365",
                **facts,
            }
            for host, names in batches.items()
            for name in names
        ]
        self.control("state", {"mailusers": {"users": users}})
        self.count_anew()

    def call(self, name: str, fields: Facts) -> None:
        """Make a call behind the back of a play, as someone in the portal does."""
        request = urllib.request.Request(
            f"{self.url}/mailusers/{name}",
            json.dumps(fields).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert json.load(answer)["hasError"] is False


@contextlib.contextmanager
def simulator(*arguments: str, speed: float = SPEED, **readings: str) -> Iterator[Simulator]:
    """Run a simulator for as long as the block takes; arguments are of its command line."""
    options = [f"--reading={name}={value}" for name, value in {**TRUSTING, **readings}.items()]
    with subprocess.Popen(
        (
            *(sys.executable, str(PROGRAM), "--speed", str(speed), "--idle-exit", "600"),
            *CAST,
            *options,
            *arguments,
        ),
        env={"CLOUDIWAY_CONSUMER_KEY": KEY, "CLOUDIWAY_CONSUMER_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            yield Simulator(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


@dataclass(frozen=True)
class Line:
    """A line that a play printed, and when (monotonic seconds)."""

    text: str
    came_at: float


class Play:
    """A process of C(ansible-playbook), or of another command that runs plays, as it goes on."""

    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.lines: list[Line] = []
        self._mark = f"HOME={environment['HOME']}".encode()
        self._terminal, other_end = pty.openpty()  # to a pipe, Python writes late
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=other_end,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(other_end)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with open(self._terminal, encoding="utf-8") as lines, contextlib.suppress(OSError):
            for line in lines:  # until nobody has the other end any more: an error
                self.lines.append(Line(line.rstrip("\n"), time.monotonic()))

    @property
    def text(self) -> str:
        """All that was printed by now."""
        return "\n".join(line.text for line in self.lines)

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def until(self, pattern: str, seconds: float = LIMIT) -> None:
        """Wait for a line that has this pattern, while it runs."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.text, re.MULTILINE):
            assert self.is_running(), f"it ended without {pattern!r}:\n{self.text}"
            assert time.monotonic() < deadline, f"no {pattern!r} in {seconds} s:\n{self.text}"
            time.sleep(0.02)

    def lose(self, signum: int) -> None:
        """End the play's own process by a signal, and no other."""
        os.kill(self._process.pid, signum)
        self._end()

    def is_gone(self) -> bool:
        """Whether nothing of it runs any more: no worker and no module."""
        return not processes(self._mark)

    def interrupt(self) -> None:
        """Press Ctrl-C: what a terminal sends to the process group in its foreground.

        Not at the very moment of a line: a worker that is ended while it hands one over keeps the lock
        of Ansible's queue, for which Ansible then waits until Ctrl-C is pressed again; and that is not
        its usual end.
        """
        time.sleep(_AFTER_A_LINE)
        os.killpg(self._process.pid, signal.SIGINT)

    def interrupt_until_it_ends(self) -> None:
        """Press Ctrl-C, and again where the play goes on to another task, as a person would.

        Python loses an interrupt that comes while it runs a hook of fork(), as it does for each task
        ("Exception ignored"), and Ansible does not see it.
        """
        deadline = time.monotonic() + LIMIT
        for _time in range(INTERRUPTS):
            self.interrupt()
            tasks = self._tasks
            while self.is_running() and self._tasks == tasks and time.monotonic() < deadline:
                time.sleep(0.02)
            if not self.is_running():
                return

    @property
    def _tasks(self) -> int:
        return sum(line.text.startswith("TASK [") for line in self.lines)

    def kill(self) -> None:
        """Kill the play, its workers (which are no longer of its group) and their modules."""
        self._process.kill()
        end_processes(self._mark)
        self._end()

    def finish(self, status: int | None = 0, seconds: float = LIMIT) -> Play:
        """Wait for its end, which is to have this exit status, if any; checks what every output owes."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"not done after {seconds} s:\n{self.text}") from None
        self._end()
        assert status in (None, self._process.returncode), (
            f"{self._process.returncode}: {self.text}"
        )
        assert not _COMPLAINT.search(self.text), self.text
        assert not leaks(self.text)
        return self

    def _end(self) -> None:
        self._process.wait(10)
        self._reader.join(10)

    # What it said -----------------------------------------------------------------------------

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """The counts of the last lines, by host."""
        return {
            host: {name: int(count) for name, _is, count in (one.partition("=") for one in counts)}
            for host, counts in ((host, rest.split()) for host, rest in _RECAP.findall(self.text))
        }

    @property
    def changed(self) -> int:
        """How many tasks have changed something, on all hosts."""
        assert self.recap, self.text
        return sum(counts["changed"] for counts in self.recap.values())

    def progress(self, host: str = "") -> list[Line]:
        """The lines of progress, of one host or of all."""
        return [
            line for line in self.lines if re.match(rf"\[{host or '[^]]+'}\] .* %: ", line.text)
        ]


def processes(mark: bytes) -> list[int]:
    """The processes that have this in their environment."""
    found = Path("/proc").glob("[0-9]*/environ")
    return [int(path.parent.name) for path in found if mark in _settings(path)]


def _settings(environ: Path) -> list[bytes]:
    try:
        return environ.read_bytes().split(b"\0")
    except OSError:
        return []  # it ended meanwhile, or is another user's


def end_processes(mark: bytes) -> None:
    """Kill the processes that have this in their environment, and those they start meanwhile."""
    while found := processes(mark):
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


class Stage:
    """A folder with an inventory of batches, a simulator, and the plays of both."""

    def __init__(self, folder: Path, service: Simulator) -> None:
        self.folder = folder
        self.service = service
        for name in ("home", "tmp"):
            (folder / name).mkdir()
        self._temporary = short_path_to(folder / "tmp", self)

    @property
    def environment(self) -> dict[str, str]:
        """What a play finds in its environment, and nothing else."""
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self._temporary),
            "ANSIBLE_CONFIG": str(CHECKOUT / "tests/ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "home/ansible"),
            "ANSIBLE_ASYNC_DIR": str(self.folder / "home/async"),
            "ANSIBLE_NOCOLOR": "1",
            "CLOUDIWAY_API_URL": self.service.url,
            "CLOUDIWAY_CONSUMER_KEY": KEY,
            "CLOUDIWAY_CONSUMER_SECRET": SECRET,
        }

    def have(self, batches: Mapping[str, list[str]], **variables: object) -> None:
        """Write the inventory: hosts and the names of their users. The batch of wave-01 is "Wave 01"."""
        hosts = {
            host: {
                "cloudiway_batch": batch_of(host),
                "cloudiway_users": [person(one) for one in names],
            }
            for host, names in batches.items()
        }
        common = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "cutover_source_connector": "Exchange",
            "cutover_target_connector": "Microsoft 365",
            "cutover_poll_interval": 0.2,
            "cutover_failure_tasks": str(HOOKS / "failed.yml"),
            "cutover_end_tasks": str(HOOKS / "ended.yml"),
            **variables,
        }
        inventory = {"cloudiway_batches": {"hosts": hosts, "vars": common}}
        (self.folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")

    def write(self, name: str, plays: list[Facts]) -> str:
        """Write a playbook; its path."""
        path = self.folder / name
        path.write_text(json.dumps(plays), encoding="utf-8")
        return str(path)

    def start(self, playbook: str, *arguments: str, **environment: str) -> Play:
        """Start a play and go on."""
        command = [sys.executable, "-m", "ansible", "playbook", "-i", "inventory.json", playbook]
        return Play([*command, *arguments], self.folder, {**self.environment, **environment})

    def play(self, playbook: str, *arguments: str, status: int = 0, **environment: str) -> Play:
        """Play to the end; requests are counted from its beginning."""
        self.service.count_anew()
        return self.start(playbook, *arguments, **environment).finish(status)

    def ended(self, host: str) -> Facts:
        """What the hook at the end was told of a batch."""
        return self._left(f"ended-{host}.json")

    def failed(self, host: str) -> Facts:
        """What the hook on failure was told of a batch."""
        return self._left(f"failed-{host}.json")

    def clear(self) -> None:
        """See that no play has left a process behind; end those that have been."""
        mark = f"HOME={self.environment['HOME']}".encode()
        deadline = time.monotonic() + GRACE
        while (behind := processes(mark)) and time.monotonic() < deadline:
            time.sleep(0.1)
        end_processes(mark)
        assert behind == []

    def _left(self, name: str) -> Facts:
        left: Facts = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return left


@contextlib.contextmanager
def staged(folder: Path, *arguments: str, speed: float = SPEED) -> Iterator[Stage]:
    """A stage, with a simulator that has nobody in it; no play leaves a process behind."""
    with simulator(*arguments, speed=speed) as service:
        stage = Stage(folder, service)
        try:
            yield stage
        finally:
            stage.clear()


def end_state(service: Simulator) -> Facts:
    """What is to be the same however a cutover was disturbed on its way."""
    state = service.state
    for user in state["users"]:
        # To assign a licence again is harmless; whether it is there is compared.
        del user["license_calls"]
        for one in user["passes"]:
            del one["start"], one["end"]
    state["users"].sort(key=lambda user: str(user["source_email"]))
    state["batches"] = {name: sorted(tags) for name, tags in state["batches"].items()}
    return state


def went_through_all_phases_once(state: Facts) -> None:
    """See that it is the end of a whole cutover, which nobody disturbed."""
    assert state["violations"] == []
    for user in state["users"]:
        assert (user["audits"], user["starts"], user["permission_runs"]) == (1, 2, 1)
        assert [one["outcome"] for one in user["passes"]] == ["SUCCESS", "SUCCESS"]
        assert user["licensed"]
        assert user["settings"]["from_date"] == "2020-05-01"


def run_as_typed(
    command: Sequence[str | Path], folder: Path, environment: Mapping[str, str], limit: float
) -> subprocess.CompletedProcess[str]:
    """Run a command for at most so many seconds; all that it printed is in C(stdout)."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=limit,
        check=False,
    )


def source(name: str) -> str:
    """The source address of a user of the tests."""
    return f"{name}@old.example"


def batch_of(host: str) -> str:
    """The name of the batch that is a host."""
    return host.replace("-", " ").title()


def person(name: str) -> Facts:
    """How a user of the tests is declared."""
    return {
        "source_email": source(name),
        "target_email": f"{name}@new.example",
        "first_name": name.title(),
        "last_name": "Adler",
    }


def a_pass(hours_ago: float) -> Facts:
    """A pass of a minute that succeeded, as the simulator takes it in."""
    start = dt.datetime.now(dt.timezone.utc) - dt.timedelta(hours=hours_ago)
    end = start + dt.timedelta(minutes=1)
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "outcome": "SUCCESS",
        "counters": {},
    }


def now() -> str:
    """The moment, in ISO 8601, in full seconds."""
    return dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
