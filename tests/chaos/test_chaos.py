# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cutover of 200 users, while one request in twenty goes wrong, ends as an undisturbed one does.

Beside that, all connections are cut and new ones refused for a moment, now and then.
Invariants 4 and 6. The seed of a run is in the name of its test; C(--seeds) has more of them.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.cloudiway.mail.tests.faults.gate import Gate, gate
from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    ALL_PHASES,
    Facts,
    Play,
    Simulator,
    Stage,
    end_state,
    staged,
    went_through_all_phases_once,
)

WAVES, SIZE = 2, 100
#: The share of all requests that are struck.
SHARE = 0.05
#: Seconds for which a client waits for an answer, and how late one comes that is late.
TIMEOUT, LATE = 2.0, 3.0
#: Seconds after which a request is acted upon whose connection was cut.
A_MOMENT = 1.0
#: Seconds for which nobody gets in now and then: who is cut off by that tries again within half a
#: second, and is refused. And seconds from one such time to the next.
SHUT, APART = 0.7, (8.0, 16.0)
#: Seconds for one play; many times what it takes.
LIMIT = 400.0
#: What strikes, all equally often; each before the service has acted, and after. See disturb.
KINDS: tuple[Facts, ...] = (
    {"kind": "cut"},
    {"kind": "timeout", "seconds": LATE},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 504},
    {"kind": "429", "retry_after": 1},
    {"kind": "429"},
    {"kind": "html"},
    {"kind": "truncated"},
    {"kind": "empty"},
    {"kind": "invalid_utf8"},
    {"kind": "redirect"},
    {"kind": "wrong_length", "length": "longer"},
    {"kind": "wrong_length", "length": "shorter"},
    {"kind": "trickle", "seconds": 0.02},
)


def rehearse(stage: Stage, url: str) -> str:
    """Declare the batches, and a cutover that goes through all phases, by this way; the playbook."""
    names = {
        f"wave-{wave:02}": [f"user-{wave}-{one}" for one in range(SIZE)]
        for wave in range(1, WAVES + 1)
    }
    stage.have(names, **ALL_PHASES)
    options = {"api_url": url, "timeout": TIMEOUT, "retry_timeout": 120}
    return stage.write(
        "cutover.json",
        [
            {
                "hosts": "cloudiway_batches",
                "gather_facts": False,
                "module_defaults": {"group/cloudiway.mail.cloudiway": options},
                "roles": ["cloudiway.mail.cutover"],
            }
        ],
    )


def play(stage: Stage, playbook: str) -> Play:
    """Play to the end; requests are counted from its beginning."""
    stage.service.count_anew()
    return stage.start(playbook).finish(seconds=LIMIT)


def disturb(service: Simulator, seed: int) -> None:
    """Have one request in twenty struck, by anything."""
    # 429 says that the service has not acted.
    strikes = [
        {**kind, "when": when}
        for kind in KINDS
        for when in ("before", "after")
        if (kind["kind"], when) != ("429", "after")
    ]
    strikes.append({"kind": "cut", "when": "late", "late": A_MOMENT})
    for number, strike in enumerate(strikes):
        chance = {"probability": SHARE / len(strikes), "seed": seed * len(strikes) + number}
        service.control("faults", {**strike, **chance})


@contextlib.contextmanager
def shut_now_and_then(door: Gate, seed: int) -> Iterator[list[float]]:
    """Have connections cut and refused now and then while the block lasts; the moments of that."""
    chance = random.Random(seed)
    is_over = threading.Event()
    moments: list[float] = []

    def shut_and_open() -> None:
        while not is_over.wait(chance.uniform(*APART)):
            door.shut()
            moments.append(time.monotonic())
            time.sleep(SHUT)
            door.open()

    with ThreadPoolExecutor(1) as beside:
        work = beside.submit(shut_and_open)
        try:
            yield moments
        finally:
            is_over.set()
        work.result()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """How a run ends that nobody disturbs."""
    with staged(tmp_path_factory.mktemp("whole")) as stage:
        play(stage, rehearse(stage, stage.service.url))
        return end_state(stage.service)


def test_a_cutover_in_which_one_request_in_twenty_goes_wrong_ends_as_if_none_had(
    seed: int, stage: Stage, whole: Facts
) -> None:
    with gate(stage.service.url) as door, shut_now_and_then(door, seed) as shut:
        disturb(stage.service, seed)
        began = time.monotonic()
        play(stage, rehearse(stage, door.url))
        took = time.monotonic() - began
    assert shut
    journal = stage.service.journal
    struck = [entry for entry in journal if "fault: " in entry["outcome"]]
    print(
        f"seed {seed}: {len(struck)} of {len(journal)} requests were struck; "
        f"nobody got in {len(shut)} times; {took:.0f} s"
    )
    assert SHARE / 2 < len(struck) / len(journal) < SHARE * 2
    assert {stage.ended(f"wave-{wave:02}")["state"] for wave in range(1, WAVES + 1)} == {"finished"}
    assert end_state(stage.service) == whole
    stage.service.control("faults/reset", {})
    assert play(stage, rehearse(stage, stage.service.url)).changed == 0
    assert stage.service.writes == {}


def test_the_undisturbed_cutover_does_everything_once(whole: Facts) -> None:
    assert len(whole["users"]) == WAVES * SIZE
    went_through_all_phases_once(whole)
