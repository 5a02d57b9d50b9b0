# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator in a process of its own, and modules that are run as Ansible runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cloudiway.mail.tests.unit.support.doors import Doors
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET
from ansible_collections.cloudiway.mail.tests.unit.support.modules import Result, run_module

CHECKOUT = Path(__file__).resolve().parents[3]


class Service(Doors):
    """A running simulator, with exactly the users that a test gives it."""

    @property
    def connection(self) -> dict[str, str]:
        """The options that every module needs."""
        return {"consumer_key": KEY, "consumer_secret": SECRET, "api_url": self.url}

    def have(self, *users: dict[str, Any], batches: tuple[str, ...] = ()) -> None:
        """Have these users and batches, and nothing else; requests are counted from here."""
        state = {"users": list(users), "batches": {name: [] for name in batches}}
        self.control("state", {"mailusers": state, "archivemailusers": {}})
        self.count_anew()

    def users(self) -> list[dict[str, Any]]:
        """The users with all that is known of them."""
        users: list[dict[str, Any]] = self.state["users"]
        return users

    @property
    def posts(self) -> int:
        """How many requests were POSTs."""
        posts: int = self.control("requests")["posts"]
        return posts


@pytest.fixture(scope="session")
def running_service() -> Iterator[Service]:
    """The simulator of all tests of the session."""
    program = CHECKOUT / "roles/simulator/files/cloudiway_simulator"
    with subprocess.Popen(
        (sys.executable, str(program), "--port", "0", "--speed", "1000", "--idle-exit", "600"),
        env={"CLOUDIWAY_CONSUMER_KEY": KEY, "CLOUDIWAY_CONSUMER_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield Service(json.loads(process.stdout.readline())["url"])
        process.terminate()


@pytest.fixture
def service(running_service: Service) -> Service:
    """A simulator with nobody in it."""
    running_service.control("faults/reset", {})
    running_service.have()
    return running_service


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Runs a module with options, in an empty folder; gives its result, as Ansible gets it."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "API_URL"):
        monkeypatch.delenv(f"CLOUDIWAY_{name}", raising=False)

    def run(
        name: str, options: dict[str, Any], *, check: bool = False, diff: bool = True
    ) -> Result:
        return run_module(name, options, check_mode=check, diff=diff).result

    return run
