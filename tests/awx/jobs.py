# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out the jobs of a L(controller) as AWX does, but for the container around them.

Each gets a private data directory laid out as AWX lays it, with C(ansible-runner) to run it, and
finds the credential in its environment as AWX's own code renders the injectors.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from awx_plugins.interfaces._temporary_private_api import ManagedCredentialType
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

from ansible_collections.cloudiway.mail.tests.awx.controller import Controller
from ansible_collections.cloudiway.mail.tests.awx.refusals import Facts
from ansible_collections.cloudiway.mail.tests.unit.support.short_path import short_path_to

CHECKOUT = Path(__file__).resolve().parents[2]
COLLECTIONS = CHECKOUT / "build/link/ansible_collections"
RUNNER = (sys.executable, "-m", "ansible_runner")
LIMIT = 400.0  # seconds for one job; many times what it takes


@dataclass
class Run:
    """What became of a job, or of a slice of one."""

    template: str
    folder: Path
    hosts: list[str]
    status: int
    environment: Facts
    #: What AWX keeps of the environment, and shows.
    shown_environment: Facts = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What it printed."""
        return (self.folder / "artifacts/1/stdout").read_text(encoding="utf-8")

    @property
    def events(self) -> list[Facts]:
        """What AWX shows of each task."""
        found = sorted(
            (self.folder / "artifacts/1/job_events").glob("*-*.json"),
            key=lambda path: int(path.name.split("-")[0]),
        )
        return [json.loads(path.read_text(encoding="utf-8")) for path in found]

    @property
    def artifacts(self) -> Facts:
        """What it hands on to the jobs that follow in a workflow."""
        [stats] = [one for one in self.events if one["event"] == "playbook_on_stats"]
        handed: Facts = stats["event_data"].get("artifact_data", {})
        return handed

    @property
    def changed(self) -> dict[str, int]:
        """How many tasks have changed something, by host."""
        [stats] = [one for one in self.events if one["event"] == "playbook_on_stats"]
        counts: dict[str, int] = stats["event_data"]["changed"]
        return counts


class Jobs:
    """The part of AWX that runs things, for one controller."""

    def __init__(self, controller: Controller, folder: Path) -> None:
        self.controller = controller
        self.folder = folder
        self.runs: list[Run] = []
        self.groups: Facts = {}
        self.variables: dict[str, Facts] = {}
        for name in ("home", "tmp", "jobs"):
            (folder / name).mkdir()
        self._temporary = short_path_to(folder / "tmp", self)
        controller.run_job = self.run
        controller.fill_inventory = self.fill

    @property
    def surroundings(self) -> dict[str, str]:
        """What a process of AWX finds in its environment, before anything is injected."""
        return {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "LANG": "C.UTF-8",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self._temporary),
        }

    def fill(self, source: Facts) -> bool:
        """Read the file of waves of a project, as an update of an inventory source does."""
        project = self.controller.one("projects", source["source_project"])
        file = Path(project["scm_url"]) / source["source_path"]
        done = subprocess.run(
            (sys.executable, "-m", "ansible", "inventory", "-i", file, "--list", "--export"),
            env={
                **self.surroundings,
                "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS.parent),
                "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            },
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if done.returncode:
            return False
        self.groups = json.loads(done.stdout)
        self.variables = self.groups.pop("_meta")["hostvars"]
        return True

    def run(self, job: Facts) -> bool:
        """Run a job; where it is dealt into slices, one after the other."""
        template = self.controller.one("job_templates", job["job_template"])
        for source in self.controller.find("inventory_sources", inventory=template["inventory"]):
            if source["update_on_launch"] and not self.fill(source):
                return False
        asked = job.get("job_slice_count") or template["job_slice_count"]
        slices = max(min(asked, len(self.variables)), 1)
        runs = [self.run_slice(job, number, slices) for number in range(1, slices + 1)]
        return not any(run.status for run in runs)

    def run_slice(self, job: Facts, number: int = 1, slices: int = 1) -> Run:
        """Run one of the slices of a job: hosts are dealt to them in the order of their names."""
        template = self.controller.one("job_templates", job["job_template"])
        folder = self.folder / f"jobs/{len(self.runs) + 1}"
        for name in ("inventory", "env", "requirements_collections"):
            (folder / name).mkdir(parents=True)
        project = self.controller.one("projects", template["project"])
        shutil.copytree(project["scm_url"], folder / "project")
        (folder / "requirements_collections/ansible_collections").symlink_to(COLLECTIONS)
        hosts = sorted(self.variables)[number - 1 :: slices]
        self._write_inventory(folder / "inventory/hosts", hosts)
        environment, shown, arguments = self._inject(template, folder)
        self._write(folder / "env/envvars", environment)
        self._write(folder / "env/passwords", {})
        self._write(folder / "env/settings", {"idle_timeout": 0, "job_timeout": 0})
        self._write(folder / "env/extravars", None, self._extra_vars(template, job))
        self._write(folder / "env/cmdline", None, self._command_line(template, job, arguments))
        done = subprocess.run(
            (*RUNNER, "run", folder, "--ident", "1", "--quiet", "--playbook", template["playbook"]),
            env=self.surroundings,
            stdin=subprocess.DEVNULL,
            timeout=LIMIT,
            check=False,
        )
        run = Run(template["name"], folder, hosts, done.returncode, environment, shown)
        self.runs.append(run)
        return run

    def _write(self, path: Path, told: object, text: str = "") -> None:
        path.write_text(text or json.dumps(told), encoding="utf-8")
        path.chmod(0o400)

    def _write_inventory(self, path: Path, hosts: list[str]) -> None:
        """The hosts of a slice and their groups, from a script."""
        groups = {
            name: {**group, "hosts": [host for host in group["hosts"] if host in hosts]}
            for name, group in self.groups.items()
            if "hosts" in group
        }
        known = {"hostvars": {host: self.variables[host] for host in hosts}}
        told = json.dumps({"all": {"hosts": []}, **groups, "_meta": known})
        path.write_text(f"#! /usr/bin/env python3\nprint({told!r})\n", encoding="utf-8")
        path.chmod(0o500)

    def _inject(self, template: Facts, folder: Path) -> tuple[Facts, Facts, list[str]]:
        environment: Facts = {
            "ANSIBLE_COLLECTIONS_PATH": str(folder / "requirements_collections"),
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "AWX_PRIVATE_DATA_DIR": str(folder),
            "MAX_EVENT_RES": "700000",
            "JOB_ID": "1",
        }
        shown = dict(environment)
        arguments: list[str] = []
        for one in self.controller.list_attached("job_templates", template["id"], "credentials"):
            about = self.controller.one("credential_types", one["credential_type"])
            kind = ManagedCredentialType(
                namespace="custom",
                name=about["name"],
                kind=about["kind"],
                inputs=about["inputs"],
                injectors=about["injectors"],
            )
            secret = self.controller.objects["credentials"][one["id"]]["inputs"]
            inject_credential(kind, Credential(secret), environment, shown, arguments, str(folder))
        return environment, shown, arguments

    def _extra_vars(self, template: Facts, job: Facts) -> str:
        """Those of the template may be templates themselves; answers, and what jobs hand on, never."""
        survey = self.controller.survey("job_templates", template["id"])
        suggested = {
            question["variable"]: question["default"]
            for question in survey.get("spec", [])
            if question.get("default", "") != ""
        }
        answers = {
            **suggested,
            **job["extra_vars"],
            "awx_job_id": 1,
            "awx_job_template_name": template["name"],
        }
        own = {name: value for name, value in self._own(template).items() if name not in answers}
        lines = [f"{name}: {json.dumps(value)}" for name, value in own.items()]
        return "\n".join([*lines, *_inert(answers)])

    def _own(self, template: Facts) -> Facts:
        own: Facts = json.loads(template["extra_vars"]) if template["extra_vars"] != "---" else {}
        return own

    def _command_line(self, template: Facts, job: Facts, arguments: list[str]) -> str:
        options = ["-u", "root"]
        options += ["--check"] if template["job_type"] == "check" else []
        options += ["--diff"] if template["diff_mode"] else []
        options += ["-l", job["limit"]] if job.get("limit") else []
        return shlex.join([*options, *arguments])


def _inert(answers: Facts) -> Iterator[str]:
    """Lines of YAML whose texts are never templated."""
    for name, value in answers.items():
        mark = "!unsafe " if isinstance(value, str) else ""
        yield f"{name}: {mark}{json.dumps(value)}"


def walk(controller: Controller, workflow: str) -> list[t.Any]:
    """The nodes of a workflow whose every node went well, from the first to the last."""
    nodes = controller.find(
        "workflow_job_template_nodes",
        workflow_job_template=controller.named("workflow_job_templates", workflow)["id"],
    )
    follows = {
        node["id"]: controller.list_attached(
            "workflow_job_template_nodes", node["id"], "success_nodes"
        )
        for node in nodes
    }
    followers = {one["id"] for after in follows.values() for one in after}
    [here] = [node for node in nodes if node["id"] not in followers]
    path = [here]
    while follows[path[-1]["id"]]:
        [after] = follows[path[-1]["id"]]
        path.append(after)
    return path
