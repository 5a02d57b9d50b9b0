# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the integration targets with real C(ansible-playbook) processes, two at a time.

Arguments name the targets to run; without any, all of them run. As C(ansible-test integration) has
it, each target is a role in a play of its own on the host C(testhost), and is given a folder to
write to as C(output_dir).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from arrange import BUILD, CHECKOUT, lay_link
from outcome import Outcome
from quiet import run_quietly

TARGETS = CHECKOUT / "tests/integration/targets"
SCRATCH = BUILD / "integration"
LIMIT = 600.0  # seconds for one target: many times what it takes
GRACE = 2.0  # seconds for a simulator that was told to end, and does not listen any more

# Ansible's complaints are ours to mend: a target during which it warns has failed.
COMPLAINT = re.compile(r"^\[(?:DEPRECATION )?WARNING\]", re.MULTILINE)

# How the consumer secret of setup_simulator begins, in clear and in a URL.
LEAK = re.compile(r"s3cret(?:/|%2f)", re.IGNORECASE)


def all_targets() -> list[str]:
    """The names of the targets that are run for themselves."""
    return sorted(
        folder.name
        for folder in TARGETS.iterdir()
        if folder.is_dir() and not folder.name.startswith("setup_")
    )


def write_play(target: str, scratch: Path) -> Path:
    """Write the playbook that runs one target, and the inventory it runs on."""
    host = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    inventory = {"all": {"hosts": {"testhost": host}}}
    (scratch / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
    play = {
        "name": target,
        "hosts": "testhost",
        "gather_facts": True,
        "vars": {"output_dir": str(scratch / "output")},
        "roles": [target],
    }
    playbook = scratch / "play.json"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    return playbook


def left_running(home: Path) -> list[int]:
    """The processes that a target left behind, told by the home folder that only it was given."""
    mark = f"HOME={home}".encode()
    found = Path("/proc").glob("[0-9]*/environ")
    return [int(path.parent.name) for path in found if mark in _settings(path)]


def _settings(environ: Path) -> list[bytes]:
    """The environment of a process; empty where it ended meanwhile, or is another user's."""
    try:
        return environ.read_bytes().split(b"\0")
    except OSError:
        return []


def end_what_is_left(home: Path) -> int:
    """End what a target left behind, and say how many processes that was."""
    if left_running(home):
        time.sleep(GRACE)
    behind = left_running(home)
    for pid in behind:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(behind)


def play(target: str, scratch: Path, log: Path) -> str:
    """Let C(ansible-playbook) run one target; gives why that failed, or an empty text."""
    surroundings = os.environ | {
        "HOME": str(scratch / "home"),
        "ANSIBLE_INVENTORY": str(scratch / "inventory.json"),
        "ANSIBLE_ROLES_PATH": str(TARGETS),
        "ANSIBLE_NOCOLOR": "1",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    command = ("ansible-playbook", "-v", str(write_play(target, scratch)))
    with log.open("w", encoding="utf-8") as words:
        return run_quietly(command, words, scratch, surroundings, LIMIT)


def run_target(target: str) -> tuple[str, list[str]]:
    """Run one target to its end; gives all it printed, and what is wrong with it."""
    scratch = SCRATCH / target
    shutil.rmtree(scratch, ignore_errors=True)
    for folder in ("home", "output"):
        (scratch / folder).mkdir(parents=True)
    log = scratch / "log"
    failure = play(target, scratch, log)
    behind = end_what_is_left(scratch / "home")
    said = log.read_text(encoding="utf-8")
    faults = {
        failure: bool(failure),
        # Ansible runs a role without tasks, and is content.
        "it has no tasks/main.yml": not (TARGETS / target / "tasks/main.yml").exists(),
        f"it left {behind} processes running": behind > 0,
        "Ansible warned": bool(COMPLAINT.search(said)),
        "it printed the secret": bool(LEAK.search(said)),
    }
    return said, [fault for fault, found in faults.items() if found]


def passes(target: str) -> bool:
    """Run one target and print what came of it: a line, or where it failed all it said."""
    start = time.monotonic()
    said, faults = run_target(target)
    took = f"({time.monotonic() - start:.1f} s)"
    if faults:
        print(f"{said}\n  FAILED  {target} {took}: {', '.join(faults)}", flush=True)
    else:
        print(f"  ok      {target} {took}", flush=True)
    return not faults


def main() -> int:
    """Run the targets that were named, or all."""
    start = time.monotonic()
    known = all_targets()
    chosen = sys.argv[1:] or known
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        print(f"no such target: {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    lay_link()
    with ThreadPoolExecutor(max_workers=2) as two:
        verdicts = list(two.map(passes, chosen))
    passed = sum(verdicts)
    return Outcome(
        "integration", passed, len(verdicts) - passed, time.monotonic() - start
    ).conclude("targets")


if __name__ == "__main__":
    sys.exit(main())
