# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a test sets AWX up: a stand-in of AWX, a simulator of Cloudiway, and a repository of users."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ansible_collections.cloudiway.mail.tests.awx.controller import Controller
from ansible_collections.cloudiway.mail.tests.awx.front import TOKEN, Front, front
from ansible_collections.cloudiway.mail.tests.awx.jobs import CHECKOUT, Jobs, Run
from ansible_collections.cloudiway.mail.tests.awx.refusals import Facts
from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    Simulator,
    end_processes,
    run_as_typed,
    simulator,
)
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET

AWX_COLLECTIONS = CHECKOUT / "build/awx"
LINK = CHECKOUT / "build/link"
SETUP = (
    *(sys.executable, "-m", "ansible", "playbook"),
    *("cloudiway.mail.awx_setup", "-e", "@awx.yml"),
)
LIMIT = 500.0  # seconds for one command; many times what it takes

WAVES = """
plugin: cloudiway.mail.cloudiway_waves
users_file: users.csv
settings: {migrate_mails: true, migrate_contacts: true}
"""
#: A name that Ansible would take for a template, were it let.
ANNA = "{{ 7 * 7 }}"
USERS = f"""FirstName,LastName,SourceEmail,TargetEmail,BatchName
{ANNA},Adler,anna@old.example,anna@new.example,Pilot
Ben,Adler,ben@old.example,ben@new.example,Pilot
Carl,Adler,carl@old.example,carl@new.example,Wave 1
Dora,Adler,dora@old.example,dora@new.example,Wave 2
"""
OWN = """
awx_organization: Contoso
awx_galaxy_credentials: [Ansible Galaxy]
awx_execution_environment: Cloudiway
awx_execution_environment_image: registry.example/cloudiway-ee:1
awx_extra_vars:
  cutover_source_connector: Exchange
  cutover_target_connector: Microsoft 365
  cutover_poll_interval: 0.2
"""


class Place:
    """AWX and all around it."""

    def __init__(self, folder: Path, service: Simulator, server: Front, jobs: Jobs) -> None:
        self.folder = folder
        self.service = service
        self.server = server
        self.awx = server.controller
        self.jobs = jobs
        self.repository = folder / "repository"
        self.repository.mkdir()
        self.have(USERS)
        (self.repository / "waves.cloudiway.yml").write_text(WAVES, encoding="utf-8")
        (folder / "awx.yml").write_text(
            OWN + f"awx_repository_url: {self.repository}\n", encoding="utf-8"
        )

    def have(self, users: str) -> None:
        """Have this list in the repository."""
        (self.repository / "users.csv").write_text(users, encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """What the shell of an engineer has."""
        return {
            **self.jobs.surroundings,
            "ANSIBLE_CONFIG": str(CHECKOUT / "tests/ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join((str(LINK), str(AWX_COLLECTIONS))),
            "ANSIBLE_HOME": str(self.folder / "home/ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "CONTROLLER_HOST": self.server.url,
            "CONTROLLER_OAUTH_TOKEN": TOKEN,
            "CLOUDIWAY_API_URL": self.service.url,
            "CLOUDIWAY_CONSUMER_KEY": KEY,
            "CLOUDIWAY_CONSUMER_SECRET": SECRET,
        }

    def do(
        self, *command: str | Path, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as the engineer does; what it printed is all in C(stdout)."""
        found = self.environment if environment is None else environment
        return run_as_typed(command, self.folder, found, LIMIT)

    def set_up(self, *arguments: str) -> str:
        """Run awx_setup to its good end, and say what it printed; writes are counted anew."""
        self.server.writes.clear()
        done = self.do(*SETUP, *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def set_up_wrongly(self, *arguments: str) -> str:
        """Run awx_setup, which does not take something, and say what it printed."""
        self.server.writes.clear()
        done = self.do(*SETUP, *arguments)
        assert done.returncode == 2, done.stdout
        return done.stdout

    def job(self, template: str, **asked: object) -> Facts:
        """A job of a template, whose name is without what all names begin with."""
        found = self.awx.named("job_templates", f"Cloudiway {template}")
        return {"extra_vars": {}, **asked, "job_template": found["id"]}

    def run(self, template: str, **asked: object) -> Run:
        """Run such a job, with what it asks for."""
        self.service.count_anew()
        self.jobs.run(self.job(template, **asked))
        return self.jobs.runs[-1]

    def clear(self) -> None:
        """End what a rehearsal has left running."""
        end_processes(f"HOME={self.jobs.surroundings['HOME']}".encode())


def changed(text: str) -> int:
    """How many tasks of a play on one host have changed something, by its recap."""
    [count] = re.findall(r"^localhost .*changed=([0-9]+)", text, re.MULTILINE)
    return int(count)


@contextlib.contextmanager
def place(folder: Path, *arguments: str) -> Iterator[Place]:
    """A place with nothing in it yet, for as long as the block takes; arguments are the simulator's."""
    controller = Controller()
    jobs = Jobs(controller, folder)
    with simulator(*arguments) as service, front(controller) as server:
        made = Place(folder, service, server, jobs)
        try:
            yield made
        finally:
            made.clear()
