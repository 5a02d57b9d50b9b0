# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secret is in nothing that plays print or leave, at any verbosity, whatever the service echoes.

That a play's own output is free of it is seen by Play.finish.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    CUTOVER,
    HOOKS,
    Facts,
    Play,
    Simulator,
    Stage,
    simulator,
)
from ansible_collections.cloudiway.mail.tests.unit.support.echoes import (
    ALL_WRITINGS,
    FAILURES,
    IN_ADDRESS,
    TASKS,
    answers,
    failing,
)
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import leaks
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    ScriptedServer,
    Step,
)

LOOKUP = "{{ lookup('cloudiway.mail.cloudiway_connectors', 'source', 'target') }}"
WAVES = """\
plugin: cloudiway.mail.cloudiway_waves
users:
  - {source_email: jane@old.example, target_email: jane@new.example, batch: Wave 1}
"""
ENDS: dict[str, dict[str, list[Step]]] = {
    "well": answers(ALL_WRITINGS, IN_ADDRESS, "SUCCESS"),
    "refused": {**answers("Ada", "ada", "NOTSTARTED"), "*": [failing("a refusal")]},
    "not understood": {"*": [failing("a value of another kind")]},
}


def texts_left(folder: Path) -> str:
    """All that plays have left in files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def play_against(
    server: ScriptedServer, folder: Path, playbook: str, *arguments: str, status: int
) -> Play:
    """Play at the highest verbosity against a hostile service."""
    stage = Stage(folder, Simulator(server.url))
    (folder / "inventory.json").write_text('{"all": {}}', encoding="utf-8")
    (folder / "waves.cloudiway.yml").write_text(WAVES, encoding="utf-8")
    inventory = "--inventory=waves.cloudiway.yml"
    play = stage.start(playbook, inventory, "-vvvv", "--diff", *arguments, ANSIBLE_LOG_PATH="log")
    play.finish(status)
    stage.clear()
    assert not leaks(texts_left(folder))
    return play


@pytest.mark.parametrize("end", ENDS)
def test_no_module_and_no_lookup_shows_it_in_a_play(end: str, tmp_path: Path) -> None:
    patience = {"timeout": 5, "retry_timeout": 0}
    tasks: list[Facts] = [
        {"name": name, f"cloudiway.mail.{module}": {**options, **patience}}
        for name, (module, options) in TASKS.items()
    ]
    tasks.append({"name": "the connectors", "ansible.builtin.debug": {"msg": LOOKUP}})
    for task in tasks:
        task["ignore_errors"] = True
    plays = [{"hosts": "cloudiway_batches", "gather_facts": False, "tasks": tasks}]
    (tmp_path / "play.json").write_text(json.dumps(plays), encoding="utf-8")
    with ScriptedServer(ENDS[end]) as server:
        play = play_against(server, tmp_path, "play.json", status=0)
    assert play.recap["wave-1"]["ok"] == len(tasks)
    assert "********" in play.text


def test_no_lookup_shows_it_in_whatever_way_its_call_fails(tmp_path: Path) -> None:
    look = "{{ lookup('cloudiway.mail.cloudiway_connectors', 'source') }}"
    tasks: list[Facts] = [
        {
            "name": kind,
            "ansible.builtin.debug": {"msg": look},
            "vars": {"cloudiway_retry_timeout": 0},
            "ignore_errors": True,
        }
        for kind in FAILURES
    ]
    plays = [{"hosts": "cloudiway_batches", "gather_facts": False, "tasks": tasks}]
    (tmp_path / "play.json").write_text(json.dumps(plays), encoding="utf-8")
    steps = [failing(kind) for kind in FAILURES]
    with ScriptedServer({"getallsourceconnectors": steps}) as server:
        play = play_against(server, tmp_path, "play.json", status=0)
    assert server.calls() == ["getallsourceconnectors"] * len(FAILURES)
    assert play.recap["wave-1"]["ignored"] == len(FAILURES)


def test_an_inventory_of_which_every_row_is_wrong_does_not_show_it(tmp_path: Path) -> None:
    rows = "SourceEmail,TargetEmail,BatchName\nnobody,jane@new.example,Wave 1\n"
    (tmp_path / "users.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "waves.cloudiway.yml").write_text(
        "plugin: cloudiway.mail.cloudiway_waves\nusers_file: users.csv\n", encoding="utf-8"
    )
    stage = Stage(tmp_path, Simulator("http://127.0.0.1:9/api"))
    command = (sys.executable, "-m", "ansible", "inventory", "-i", "waves.cloudiway.yml", "--list")
    done = subprocess.run(
        (*command, "-vvvv"),
        cwd=tmp_path,
        env={**stage.environment, "ANSIBLE_LOG_PATH": "log"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    stage.clear()
    assert "line 2" in done.stderr
    assert not leaks(done.stdout + done.stderr)
    assert not leaks(texts_left(tmp_path))


@pytest.mark.parametrize("end", ["well", "refused"])
def test_the_role_shows_it_nowhere(end: str, tmp_path: Path) -> None:
    facts = {
        "cutover_source_connector": "Exchange",
        "cutover_target_connector": "Microsoft 365",
        "cutover_poll_interval": 0.2,
        "cutover_wait_timeout": 2,
        "cutover_failure_tasks": str(HOOKS / "failed.yml"),
        "cutover_end_tasks": str(HOOKS / "ended.yml"),
        "cutover_report_dir": str(tmp_path / "report"),
    }
    with ScriptedServer(ENDS[end]) as server:
        play = play_against(
            server, tmp_path, CUTOVER, f"--extra-vars={json.dumps(facts)}", status=2
        )
    assert play.recap["wave-1"]["failed"] == 1


def test_a_whole_cutover_and_the_log_of_the_simulator_show_it_nowhere(tmp_path: Path) -> None:
    log = tmp_path / "simulator.log"
    with simulator("--log", str(log)) as service:
        stage = Stage(tmp_path, service)
        stage.have(
            {"wave-01": ["anna", "fails"]},
            cutover_report_dir=str(tmp_path / "report"),
            cutover_mx_switched_at="2026-01-01T00:00:00Z",
            cutover_max_failed_users=1,
        )
        service.control(
            "faults", {"kind": "status", "call": "create", "when": "after", "status": 500}
        )
        stage.play(CUTOVER, "-vvvv", "--diff")
        stage.clear()
        told = json.dumps([service.state, service.journal])
    assert not leaks(told)
    assert not leaks(texts_left(tmp_path))
    assert re.search("createbatch", log.read_text(encoding="utf-8"))
