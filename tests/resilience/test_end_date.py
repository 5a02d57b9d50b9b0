# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pass that began since the switch, but with an end date, is never taken for the final one.

It leaves newer mail behind, and history does not tell it from one that does not. It comes about
where the MX record is switched, then a delta runs, and then only the switch is declared.
"""

from __future__ import annotations

import datetime as dt
import time

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    CUTOVER,
    HOOKS,
    Facts,
    Stage,
    a_pass,
    now,
)
from ansible_collections.cloudiway.mail.tests.resilience.tap import Moment, tapped

NAMES = ["anna", "ben"]
SETTINGS = "setmailglobalsettingsbybatch"
END_DATE = "2026-01-31"
DAY = dt.timedelta(days=1)


def declared(switch: str) -> str:
    """The argument that declares the switch."""
    return f"--extra-vars=cutover_mx_switched_at={switch}"


def switched_before_a_delta(stage: Stage, **variables: object) -> str:
    """Have a batch whose delta began after the switch, which is not declared yet; its moment."""
    variables = variables or {"cutover_prestage_until": END_DATE}
    stage.have({"wave-01": NAMES}, cutover_audit=False, **variables)
    passes = [a_pass(5), a_pass(1)]
    settings: Facts = {"to_date": END_DATE}
    stage.service.have({"wave-01": NAMES}, status="SUCCESS", passes=passes, settings=settings)
    return (dt.datetime.now(dt.timezone.utc) - dt.timedelta(hours=2)).isoformat(timespec="seconds")


def killed(stage: Stage, moment: Moment, *arguments: str) -> None:
    """Start the cutover, and kill it at this request."""
    with tapped(stage.service.url, moment) as tap:
        play = stage.start(CUTOVER, *arguments, CLOUDIWAY_API_URL=tap.url)
        while not tap.closed.wait(0.1):
            assert play.is_running(), f"it ended before {moment}:\n{play.text}"
        play.kill()


def end_dates(stage: Stage) -> set[str | None]:
    """The end dates of the users' settings."""
    return {user["settings"]["to_date"] for user in stage.service.state["users"]}


def starts(stage: Stage) -> set[int]:
    """How often the users' passes were started."""
    return {user["starts"] for user in stage.service.state["users"]}


def finishes(stage: Stage, *arguments: str, passes: int = 1) -> None:
    """Run to the end: one pass follows the delta, and nothing is left to a run after that."""
    stage.play(CUTOVER, *arguments)
    ends_with(stage, passes)
    assert stage.play(CUTOVER, *arguments).changed == 0
    assert stage.service.writes == {}


def ends_with(stage: Stage, passes: int) -> None:
    """See that all is over, after so many passes, the last of them without an end date."""
    assert stage.ended("wave-01")["state"] == "finished"
    assert starts(stage) == {passes}
    assert end_dates(stage) == {None}
    assert {user["permission_runs"] for user in stage.service.state["users"]} == {1}
    assert stage.service.state["violations"] == []


@pytest.mark.parametrize(
    "moment",
    [
        Moment(1, SETTINGS),
        Moment(2, SETTINGS, acted_upon=False),
    ],
    ids=str,
)
def test_a_run_that_is_killed_once_it_has_lifted_the_end_date_is_followed_by_the_final_pass(
    moment: Moment, stage: Stage
) -> None:
    switch = switched_before_a_delta(stage)
    killed(stage, moment, declared(switch))
    finishes(stage, declared(switch))


def test_the_end_date_of_the_settings_is_lifted_as_one_of_its_own(stage: Stage) -> None:
    switch = switched_before_a_delta(stage, cutover_settings={"to_date": END_DATE})
    stage.play(CUTOVER, "--tags=configure", declared(switch))
    finishes(stage, declared(switch))


def test_permissions_alone_wait_for_the_final_pass(stage: Stage) -> None:
    switch = switched_before_a_delta(stage)
    stage.play(CUTOVER, "--tags=configure", declared(switch))
    configured = stage.play(CUTOVER, "--tags=configure", declared(switch))
    assert (configured.changed, stage.service.writes) == (0, {})
    stage.play(CUTOVER, "--tags=permissions", declared(switch))
    assert (stage.ended("wave-01")["state"], stage.service.writes) == ("final_to_do", {})
    finishes(stage, declared(switch))


def test_a_hook_that_declares_an_earlier_switch_does_not_make_a_delta_the_final_pass(
    stage: Stage,
) -> None:
    switch = switched_before_a_delta(stage)
    (stage.folder / "switched-at").write_text(switch, encoding="utf-8")
    hook = f"--extra-vars=cutover_switch_tasks={HOOKS / 'switch.yml'}"
    killed(stage, Moment(1, "startbatch", acted_upon=False), hook)
    finishes(stage, hook)


def test_check_mode_foretells_what_the_lifting_takes(stage: Stage) -> None:
    switch = switched_before_a_delta(stage)
    foretold = stage.play(CUTOVER, "--check", declared(switch))
    assert stage.service.writes == {}
    assert foretold.changed == stage.play(CUTOVER, declared(switch)).changed
    ends_with(stage, 1)


def test_without_waiting_one_final_pass_is_started_and_no_more(stage: Stage) -> None:
    switch = switched_before_a_delta(stage)
    left = (declared(switch), "--extra-vars=cutover_wait=false")
    for phase in ("final", "permissions"):
        stage.play(CUTOVER, *left)
        assert stage.ended("wave-01")["text"].startswith(f"{phase} is under way")
        stage.service.control("clock", {"advance": 10_000})
    finishes(stage, *left)


def test_whoever_may_be_in_a_pass_with_an_end_date_is_given_another(slow_stage: Stage) -> None:
    service = slow_stage.service
    slow_stage.have({"wave-01": NAMES}, cutover_audit=False, cutover_prestage_until=END_DATE)
    switch = now()
    time.sleep(1)
    slow_stage.play(CUTOVER, "--extra-vars=cutover_wait=false")
    slow_stage.play(CUTOVER, "--tags=configure", declared(switch))
    service.control("clock", {"advance": 10_000})
    going_on = slow_stage.start(CUTOVER, declared(switch))
    while going_on.is_running():
        service.control("clock", {"advance": 100})
        time.sleep(0.5)
    going_on.finish()
    ends_with(slow_stage, 2)


def test_the_end_date_of_another_member_than_the_one_that_is_shown_is_lifted_too(
    stage: Stage,
) -> None:
    stage.have({"wave-01": NAMES}, cutover_audit=False)
    stage.service.have({"wave-01": NAMES}, status="SUCCESS", passes=[a_pass(5)])
    state = stage.service.control("state")
    [shown, other] = state["mailusers"]["users"]
    other["settings"]["to_date"] = END_DATE
    stage.service.control("state", {"mailusers": state["mailusers"]})
    assert end_dates(stage) == {None, END_DATE}
    assert stage.service.user("anna")["settings"] == shown["settings"]
    finishes(stage, declared(now()))


# The day that stands for a moment ---------------------------------------------------------------


def day_of(moment: dt.datetime) -> str:
    """The day that stands for a moment: one for each 10 seconds, and anew after 30 days."""
    number = int(moment.timestamp()) // 10 % (30 * 24 * 360)
    return (dt.date(2100, 1, 1) + number * DAY).isoformat()


def lifted(stage: Stage, ago: dt.timedelta, last_pass_ago: dt.timedelta) -> str:
    """Have a batch whose end date was lifted that long ago; a switch long before that."""
    moment = dt.datetime.now(dt.timezone.utc)
    settings: Facts = {"to_date": day_of(moment - ago)}
    passes = [a_pass(last_pass_ago / dt.timedelta(hours=1))]
    stage.have({"wave-01": NAMES})
    stage.service.have({"wave-01": NAMES}, status="SUCCESS", passes=passes, settings=settings)
    return (moment - 100 * DAY).isoformat(timespec="seconds")


@pytest.mark.parametrize("ago", [DAY / 100, 29 * DAY], ids=["quarter of an hour", "29 days"])
@pytest.mark.parametrize("passes", [0, 1], ids=["before the pass", "after the pass"])
def test_of_two_passes_about_the_lifting_of_the_end_date_only_the_later_is_final(
    ago: dt.timedelta, passes: int, stage: Stage
) -> None:
    minute = dt.timedelta(minutes=1)
    switch = lifted(stage, ago, ago + minute if passes else ago - minute)
    predicted = stage.play(CUTOVER, "--check", "--tags=final", declared(switch))
    assert predicted.recap["wave-01"]["changed"] == 1 + passes


def test_an_end_date_that_somebody_has_set_that_far_away_is_no_obstacle(stage: Stage) -> None:
    stage.have({"wave-01": NAMES}, cutover_audit=False, cutover_prestage_until="9999-12-31")
    stage.play(CUTOVER)
    time.sleep(1)
    finishes(stage, declared(now()), passes=2)
