# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A room in which a guide is worked through: an empty folder, a service, and nothing set up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.guides.substitutes import INSTALL, typed
from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    CHECKOUT,
    GRACE,
    PROGRAM,
    end_processes,
    processes,
    run_as_typed,
)

#: What the guides export. They open the service of the room.
KEY, SECRET = "your-consumer-key", "your-consumer-secret"
#: Who has which trouble: Kurt's first pass fails, Emmy loses three mails in each of hers.
CAST = ("--failing", "kurt@old.example.com=1", "--item-failures", "emmy@old.example.com=3")
#: Simulated seconds in a second, and how often a play looks (seconds): all that is not as in a
#: reader's room. Ansible finds the variable beside the inventory.
SPEED, LOOKS = 1500, "cutover_poll_interval: 0.2\n"
#: Seconds for one block: many times what it takes.
LIMIT = 300.0

# What one block exports, the next one has.
_SCRIPT = """\
set -euo pipefail
. "$HOME/exported"
{}
export -p > "$HOME/exported"
"""


@dataclass
class Room:
    """The folder, and what the commands that are typed in it find in their environment."""

    folder: Path
    environment: dict[str, str]

    def type(self, command: str) -> tuple[int, str]:
        """Type a block of commands; gives the exit status and all that was printed."""
        script = _SCRIPT.format(typed(command))
        done = run_as_typed(("bash", "-c", script), self.folder, self.environment, LIMIT)
        return done.returncode, done.stdout


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection, as it is shipped."""
    folder = tmp_path_factory.mktemp("archive")
    tree = CHECKOUT / "build/tree/ansible_collections/cloudiway/mail"
    command = ("ansible-galaxy", "collection", "build", str(tree), "--output-path", str(folder))
    subprocess.run(command, env=_bare(folder), check=True, capture_output=True)
    [built] = folder.glob("*.tar.gz")
    return built


@pytest.fixture(scope="session")
def installed(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the collection is installed, for guides that do not say how that is done."""
    folder = tmp_path_factory.mktemp("installed")
    command = typed(INSTALL).replace('"$ARCHIVE"', str(archive)).split()
    subprocess.run(
        (*command, "-p", str(folder)), env=_bare(folder), check=True, capture_output=True
    )
    return folder


@pytest.fixture
def installed_room(room: Room, installed: Path) -> Room:
    """A room in which the collection is there."""
    room.environment["ANSIBLE_COLLECTIONS_PATH"] = str(installed)
    return room


@pytest.fixture
def room(tmp_path: Path, archive: Path) -> Iterator[Room]:
    """An empty folder, and a service that knows nobody. No guide leaves a process behind."""
    home, folder = tmp_path / "home", tmp_path / "folder"
    for new in (home, folder, folder / "group_vars"):
        new.mkdir()
    (home / "exported").touch()
    (folder / "group_vars/all.yml").write_text(LOOKS, encoding="utf-8")
    environment = {**_bare(home), "ARCHIVE": str(archive), "CHECKOUT": str(CHECKOUT)}
    with subprocess.Popen(
        (sys.executable, str(PROGRAM), "--speed", str(SPEED), "--idle-exit", "600", *CAST),
        env={"CLOUDIWAY_CONSUMER_KEY": KEY, "CLOUDIWAY_CONSUMER_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as service:
        assert service.stdout
        url = json.loads(service.stdout.readline())["url"]
        try:
            yield Room(folder, {**environment, "CLOUDIWAY_API_URL": url})
        finally:
            service.terminate()
    mark = f"HOME={home}".encode()
    deadline = time.monotonic() + GRACE
    while processes(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    behind = processes(mark)
    end_processes(mark)
    assert not behind


def _bare(home: Path) -> dict[str, str]:
    """The environment of somebody who has set up nothing."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home)}
