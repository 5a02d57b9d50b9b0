# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook stop: everything that is active in the chosen batches, and nothing else."""

from __future__ import annotations

import time

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import AUTH, CUTOVER, STOP, Stage

WAVES = {"wave-01": ["anna", "ben"], "wave-02": ["cleo", "dora"]}
AT_WORK = {"SCHEDULED", "WORKING", "PENDING"}


def test_stop_ends_what_is_active_in_the_chosen_batches_and_the_cutover_goes_on(
    slow_stage: Stage,
) -> None:
    service = slow_stage.service
    slow_stage.have(WAVES)
    service.have(WAVES)
    left = ("--extra-vars=cutover_wait=false", "--extra-vars=cutover_audit=false")
    slow_stage.play(CUTOVER, *left)
    assert {slow_stage.ended(host)["state"] for host in WAVES} == {"under_way"}

    stopping = slow_stage.play(STOP, "--limit=wave-01")
    assert (stopping.changed, service.writes) == (1, {"stopbatch": 1})
    assert {service.user(name)["status"] for name in WAVES["wave-01"]} == {"STOP"}
    assert {service.user(name)["status"] for name in WAVES["wave-02"]} <= AT_WORK

    again = slow_stage.play(STOP, "--limit=wave-01")
    assert (again.changed, service.writes) == (0, {})

    going_on = slow_stage.start(CUTOVER, *left[1:])
    while going_on.is_running():
        service.control("clock", {"advance": 100})
        time.sleep(0.5)
    going_on.finish()
    assert {slow_stage.ended(host)["state"] for host in WAVES} == {"ready_to_switch"}
    # Whoever was stopped is started anew; whoever was not is awaited.
    assert {name: service.user(name)["starts"] for names in WAVES.values() for name in names} == {
        "anna": 2,
        "ben": 2,
        "cleo": 1,
        "dora": 1,
    }


def test_stop_in_check_mode_says_what_it_would_stop_and_stops_nobody(slow_stage: Stage) -> None:
    slow_stage.have(WAVES)
    slow_stage.service.have(WAVES, status="WORKING")
    play = slow_stage.play(STOP, "--check")
    assert (play.changed, slow_stage.service.writes) == (2, {})


def test_stop_stops_the_batch_that_the_cutover_is_about(slow_stage: Stage) -> None:
    slow_stage.have({"wave-01": WAVES["wave-01"]}, cutover_batch="Wave 02")
    slow_stage.service.have(WAVES, status="WORKING")
    slow_stage.play(STOP)
    assert {slow_stage.service.user(name)["status"] for name in WAVES["wave-01"]} <= AT_WORK
    assert {slow_stage.service.user(name)["status"] for name in WAVES["wave-02"]} == {"STOP"}


def test_stop_tells_every_batch_before_it_waits_for_one(slow_stage: Stage) -> None:
    slow_stage.have(WAVES)
    slow_stage.service.have(WAVES, status="WORKING")  # and a stop takes a second
    slow_stage.play(STOP, "--forks=1")
    calls = [entry["call"] for entry in slow_stage.service.journal]
    first, second = (number for number, call in enumerate(calls) if call == "stopbatch")
    # Between the two is the look at the second batch, and no more.
    assert calls[first + 1 : second].count("status") == len(WAVES["wave-02"])
    assert {user["status"] for user in slow_stage.service.state["users"]} == {"STOP"}


def test_stop_passes_over_batches_that_are_yet_to_be_made(slow_stage: Stage) -> None:
    slow_stage.have(WAVES)
    slow_stage.service.have({"wave-02": WAVES["wave-02"]}, status="WORKING")
    play = slow_stage.play(STOP)
    assert slow_stage.service.writes == {"stopbatch": 1}
    assert "nothing to stop: there is no batch 'Wave 01'" in play.text
    assert {slow_stage.service.user(name)["status"] for name in WAVES["wave-02"]} == {"STOP"}


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["run", "check mode"])
def test_stop_fails_where_there_is_nobody_in_any_of_the_batches(
    slow_stage: Stage, check: tuple[str, ...]
) -> None:
    slow_stage.have(WAVES, cutover_batch="Wave 2")  # for "Wave 02"
    slow_stage.service.have(WAVES, status="WORKING")
    for _is_there in (False, True):
        play = slow_stage.play(STOP, *check, status=2)
        assert slow_stage.service.writes == {}
        assert "none of the batches has users, so nobody was stopped" in play.text
        slow_stage.service.call("createbatch", {"auth": AUTH, "batchName": "Wave 2"})
        slow_stage.service.count_anew()


def test_stop_fails_where_the_service_refuses_it(slow_stage: Stage) -> None:
    slow_stage.have(WAVES)
    slow_stage.service.have(WAVES, status="WORKING")
    slow_stage.play(STOP, status=2, CLOUDIWAY_CONSUMER_KEY="another")
    assert slow_stage.service.writes == {}
