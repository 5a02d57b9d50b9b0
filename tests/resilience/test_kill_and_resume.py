# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Invariant 5: a cutover that is killed at any request, and then run again, ends as one that was not.

The service of these tests accepts a second user of the same pair, and a start of who is active,
so whatever is done twice can be seen.
"""

from __future__ import annotations

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import (
    ALL_PHASES,
    CUTOVER,
    Facts,
    Play,
    Stage,
    end_state,
    staged,
    went_through_all_phases_once,
)
from ansible_collections.cloudiway.mail.tests.resilience.tap import Moment, tapped

NAMES = ["anna", "ben", "cleo"]

#: Where the run is cut off. Several users are worked on at once, so "create-2" is any of them.
WRITES = [
    Moment(1, "createbatch"),
    Moment(2, "create"),
    Moment(1, "license"),
    Moment(1, "addtobatch"),
    Moment(1, "setmailglobalsettingsbybatch", acted_upon=False),
    Moment(1, "setmailglobalsettingsbybatch"),
    Moment(1, "batchaudit"),
    Moment(1, "startbatch", acted_upon=False),
    Moment(1, "startbatch"),
    Moment(2, "setmailglobalsettingsbybatch"),
    Moment(2, "startbatch"),
    Moment(1, "startpermissionmigrationbybatch", acted_upon=False),
    Moment(1, "startpermissionmigrationbybatch"),
]
#: In hundredths of the requests of a whole run: mostly reads, before all, and while passes run.
SHARES = (5, 50, 80, 95)


def rehearse(stage: Stage) -> None:
    """Declare one batch, and a cutover that goes through all phases in one run."""
    stage.have({"wave-01": NAMES}, **ALL_PHASES)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, int]:
    """How a run ends that nobody disturbs, and how many requests it takes."""
    with staged(tmp_path_factory.mktemp("whole")) as stage:
        rehearse(stage)
        stage.play(CUTOVER)
        assert stage.ended("wave-01")["state"] == "finished"
        return end_state(stage.service), stage.service.control("requests")["total"]


def killed_at(stage: Stage, moment: Moment) -> Play:
    """Start the cutover, and kill it at this request."""
    with tapped(stage.service.url, moment) as tap:
        play = stage.start(CUTOVER, CLOUDIWAY_API_URL=tap.url)
        while not tap.closed.wait(0.1):
            assert play.is_running(), f"it ended before {moment}:\n{play.text}"
        play.kill()
    assert "PLAY RECAP" not in play.text
    return play


def ends_like(stage: Stage, whole_state: Facts) -> None:
    """Run again, which ends as one undisturbed run does."""
    stage.play(CUTOVER)
    assert stage.ended("wave-01")["state"] == "finished"
    assert {user["license_calls"] for user in stage.service.state["users"]} <= {1, 2}
    assert end_state(stage.service) == whole_state


def test_an_undisturbed_run_goes_through_everything_once(whole: tuple[Facts, int]) -> None:
    state, _requests = whole
    assert [user["source_email"] for user in state["users"]] == [
        f"{one}@old.example" for one in NAMES
    ]
    went_through_all_phases_once(state)


@pytest.mark.parametrize("moment", WRITES, ids=str)
def test_killed_at_a_write_and_run_again_it_ends_as_if_undisturbed(
    moment: Moment, stage: Stage, whole: tuple[Facts, int]
) -> None:
    rehearse(stage)
    killed_at(stage, moment)
    ends_like(stage, whole[0])


@pytest.mark.parametrize("share", SHARES)
def test_killed_along_the_way_and_run_again_it_ends_as_if_undisturbed(
    share: int, stage: Stage, whole: tuple[Facts, int]
) -> None:
    state, requests = whole
    rehearse(stage)
    killed_at(stage, Moment(requests * share // 100))
    ends_like(stage, state)


def test_killed_again_and_again_it_still_ends_as_if_undisturbed(
    stage: Stage, whole: tuple[Facts, int]
) -> None:
    rehearse(stage)
    for moment in (
        Moment(2, "create"),
        Moment(1, "setmailglobalsettingsbybatch"),
        Moment(1, "startbatch"),
    ):
        killed_at(stage, moment)
    ends_like(stage, whole[0])
    # Nor is anything left to a run after that; and so wherever the state is the same.
    assert stage.play(CUTOVER).changed == 0
    assert stage.service.writes == {}


@pytest.mark.parametrize("moment", [Moment(1, "startbatch"), Moment(3, "start")], ids=str)
def test_killed_beside_a_mailbox_that_fails_the_others_get_as_many_passes_as_undisturbed(
    moment: Moment, stage: Stage, whole: tuple[Facts, int]
) -> None:
    stage.have({"wave-01": [*NAMES, "fails"]}, cutover_max_failed_users=1, **ALL_PHASES)
    killed_at(stage, moment)
    stage.play(CUTOVER)
    assert stage.ended("wave-01")["text"].startswith("finished, but for 1 who failed")
    state = end_state(stage.service)
    *others, fails = state["users"]
    assert others == whole[0]["users"]
    assert (fails["licensed"], len(state["users"]), state["violations"]) == (True, 4, [])


def test_a_member_that_had_just_joined_when_the_run_was_killed_gets_the_settings_of_the_others(
    stage: Stage,
) -> None:
    settings = {"cutover_settings": {"migrate_trash": True}, "cutover_prestage_until": "2026-01-31"}
    stage.have({"wave-01": NAMES[:2]}, **settings)
    stage.play(CUTOVER, "--tags=provision,configure")
    stage.have({"wave-01": NAMES}, **settings)
    killed_at(stage, Moment(1, "addtobatch"))
    assert not stage.service.user("cleo")["settings"]["should_migrate_trash"]
    stage.play(CUTOVER)
    kept = [stage.service.user(name)["settings"] for name in NAMES]
    assert kept[0]["should_migrate_trash"]
    assert kept[0]["to_date"] == "2026-01-31"
    assert kept[1:] == kept[:1] * 2
    assert [stage.service.user(name)["starts"] for name in NAMES] == [1, 1, 1]
