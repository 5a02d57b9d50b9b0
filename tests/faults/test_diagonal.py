# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A diagonal of the matrix, with every call and every fault in it, as plays of ansible-playbook.

They are played at -vvvv with --diff and a log. All that they print (which Play.finish searches),
log and leave, and all that the service knows, is searched for the secret: for each fault in one
play that fails or rides it out, and in one of the same task that succeeds (invariant 3).
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS
from ansible_collections.cloudiway.mail.tests.faults.columns import STRIKES, Strike, diagonal
from ansible_collections.cloudiway.mail.tests.faults.gate import Gate
from ansible_collections.cloudiway.mail.tests.faults.rows import ROWS
from ansible_collections.cloudiway.mail.tests.faults.running import (
    SHORT,
    code_of,
    end_of,
    prepare,
    see_that_nothing_shows_it,
    strike_for_good,
    strikes,
    undisturbed,
    while_struck,
)
from ansible_collections.cloudiway.mail.tests.resilience.stage import Facts, Simulator, Stage
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import everything, leaks
from ansible_collections.cloudiway.mail.tests.unit.support.service import Service

#: Both results, as nothing folds or escapes them; the search for the secret unpacks them.
RESULTS = "{{ {'struck': struck, 'again': again} | to_json | b64encode }}"
DIAGONAL = diagonal(CALLS)


def test_the_diagonal_has_every_call_and_every_fault() -> None:
    assert {call for call, _strike in DIAGONAL} == set(CALLS)
    assert [strike.name for _call, strike in DIAGONAL] == [strike.name for strike in STRIKES]


def played(stage: Stage, call: str, strike: Strike, door: Gate) -> dict[str, Facts]:
    """Play the task of a call while that is struck, and again when it is not; both results."""
    task, url = ROWS[call], stage.service.url
    options = {"timeout": strike.timeout, "retry_timeout": SHORT, "api_url": door.url}
    module = f"cloudiway.mail.{task.module}"
    tasks: list[Facts] = [
        {module: {**task.options, **options}, "register": "struck", "ignore_errors": True},
        {
            "ansible.builtin.uri": {
                "url": url.removesuffix("/api") + "/simulator/faults/reset",
                "method": "POST",
                "body_format": "json",
                "body": {},
            }
        },
        {module: {**task.options, "api_url": url}, "register": "again"},
        {"ansible.builtin.debug": {"msg": f"RESULTS {RESULTS}"}},
    ]
    stage.have({"wave-01": []})
    play = {"hosts": "cloudiway_batches", "gather_facts": False, "tasks": tasks}
    playbook = stage.write("struck.json", [play])
    text = stage.start(playbook, "-vvvv", "--diff", ANSIBLE_LOG_PATH="log").finish().text
    [packed] = re.findall(r'"msg": "RESULTS ([A-Za-z0-9+/=]+)"', text)
    results: dict[str, Facts] = json.loads(base64.b64decode(packed))
    return results


@pytest.mark.parametrize(("call", "strike"), DIAGONAL, ids=str)
def test_a_play_that_is_struck_says_what_is_known_and_ends_well_the_second_time(
    service: Service, door: Gate, tmp_path: Path, call: str, strike: Strike
) -> None:
    clean = undisturbed(service, call)
    prepare(service, ROWS[call])
    strike_for_good(service, door, call, strike, ROWS[call].skip)
    stage = Stage(tmp_path, Simulator(service.url))
    results = played(stage, call, strike, door)
    stage.clear()
    assert (tmp_path / "log").is_file()
    see_that_nothing_shows_it(tmp_path)
    assert not leaks(everything([service.state, service.journal]))
    struck = results["struck"]
    if struck.get("failed"):
        code_of(call, strike, struck, while_struck(service))
    assert strikes(service, call, strike) if strike.kind else struck.get("failed")
    assert not results["again"].get("failed")
    assert end_of(service) == clean
