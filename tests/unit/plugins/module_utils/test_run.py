# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of cloudiway_migration against a service whose every answer is laid down beforehand."""

from __future__ import annotations

import datetime as dt
import time
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils import (
    _client,
    _judge,
    _permission_run,
    _run,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    CloudiwayError,
    GateNotPassed,
    LostAnswer,
    NotApplied,
    Refused,
    WaitTimeout,
    WrongClock,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import manage_migration
from ansible_collections.cloudiway.mail.plugins.module_utils._plan import Outcome
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    CUT,
    Asked,
    ScriptedServer,
    Sent,
    failure,
    ok,
)
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    ago,
    migration,
    source,
    target,
)

STARTS = ("start", "startbatch", "audit", "batchaudit", "stop", "stopbatch")


class Backstage:
    """A batch of users, each of whom shows one status after the other, one a look; the last stays.

    A ``+`` after a status adds a pass to the history when it is first shown. What follows a start
    is a list of its own, and so is what follows the next.
    """

    def __init__(self, **shown: list[str]) -> None:
        self.shown = {name: list(statuses) for name, statuses in shown.items()}
        self.after: dict[str, list[list[str]]] = {}
        self.passes: dict[str, int] = dict.fromkeys(shown, 0)
        self.spoilt: dict[str, list[Sent]] = {}
        self.deaf = False  # whether a spoilt call does not act
        self.lists_statuses = False
        self.begins = dt.timedelta()  # of a pass, from now
        self.first: list[tuple[dt.timedelta, dt.timedelta]] = []  # the first passes, from now
        self.moves = 1  # how many items a pass has
        self.goes_on = False  # whether the newest pass has no end yet
        self.asked: list[str] = []

    def starts(self, *calls: str) -> int:
        """How often one of these calls was made, or any that starts or stops."""
        return sum(call.partition(" ")[0] in (calls or STARTS) for call in self.asked)

    def answer(self, asked: Asked) -> Sent:
        """The answer to any request."""
        call = asked.call
        name = (asked.body or {}).get("migrationTag") or asked.path.split("/")[-2]
        self.asked.append(f"{call} {name}" if name in self.shown else call)
        if call == "getall":
            return ok([self._listed(name) for name in self.shown])
        if call == "getusersinbatch":
            return ok(list(self.shown) if asked.query["batchName"] == WAVE else [])
        if call == "batch":
            return ok([WAVE])
        if call == "status":
            return ok(self._show(name))
        if call == "getmailhistory":
            passes = [self._pass(number) for number in range(self.passes[name])]
            if passes and self.goes_on:
                passes[-1]["endDateTime"] = None
            return ok(passes)
        spoilt = self.spoilt.get(call) or self.spoilt.get(f"{call} {name}")
        if spoilt and self.deaf:
            return spoilt.pop(0)
        for one in [name] if name in self.shown else list(self.shown):
            if self.after.get(one):
                self.shown[one] = self.after[one].pop(0)
        return spoilt.pop(0) if spoilt else ok()

    def _listed(self, name: str) -> dict[str, str]:
        listed = {
            "sourceEmail": source(name),
            "targetEmail": target(name),
            "migrationTag": name,
        }
        return {**listed, "status": self._show(name)} if self.lists_statuses else listed

    def _show(self, name: str) -> str:
        statuses = self.shown[name]
        if statuses[0].endswith("+"):
            self.passes[name] += 1
            statuses[0] = statuses[0].rstrip("+")
        return statuses.pop(0) if len(statuses) > 1 else statuses[0]

    def _pass(self, number: int) -> dict[str, object]:
        usual = self.begins + dt.timedelta(seconds=number)
        now = dt.datetime.now(dt.timezone.utc)
        moments = self.first[number] if number < len(self.first) else (usual, usual)
        begin, end = (f"{now + moment:%d/%m/%Y %H:%M:%S}" for moment in moments)
        moved = {"msgTotal": self.moves, "msgSuccess": self.moves}
        return {"startDateTime": begin, "endDateTime": end, **moved}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that shows no effect is borne with for a moment only."""
    monkeypatch.setattr(_judge, "SHORTEST_GRACE", 0.2)
    monkeypatch.setattr(_run, "SHORTEST_PAUSE", 0.01)
    monkeypatch.setattr(_permission_run, "REFUSED_FOR", 0.0)


@pytest.fixture
def run(scripted: Callable[..., ScriptedServer], no_pauses: None) -> Callable[..., Outcome]:
    """Brings the users of a backstage to a state."""

    def do(stage: Backstage, state: str, check: bool = False, **options: t.Any) -> Outcome:
        server = scripted(stage.answer)
        connection = Connection("key", "s3cret", server.url, timeout=2, retry_timeout=2)
        params = migration(state, **{"wait_timeout": 3.0, "poll_interval": 0.01, **options})
        with Client(connection) as client:
            return manage_migration(client, params, check)

    return do


Do = Callable[..., Outcome]


def outcomes(outcome: Outcome) -> dict[str, str]:
    """Where each user stands in the end."""
    return {user["migration_tag"]: user["outcome"] for user in outcome.result["users"]}


def outcome_of(error: CloudiwayError) -> dict[str, str]:
    """Where each user who is not done stands at a failure."""
    return {user["migration_tag"]: user["outcome"] for user in error.seen["users"]}


def reasons(error: CloudiwayError) -> dict[str, str]:
    """Why who is not done is not."""
    return {user["migration_tag"]: user["reason"] for user in error.seen["users"]}


def test_throttling_is_waited_out_and_nothing_is_started_again(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["SCHEDULED", "WORKING", "PENDING", "PENDING", "WORKING", "SUCCESS+"]]
    assert outcomes(run(stage, "migrated")) == {"anna": "done"}
    assert stage.starts() == 1


@pytest.mark.parametrize(
    "after", [["WORKING", "SUCCESS", "SUCCESS+"], ["PREPROCESSING_DONE", "WORKING", "SUCCESS+"]]
)
def test_a_history_that_lags_behind_the_status_starts_nobody_again(
    run: Do, after: list[str]
) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [after]
    assert outcomes(run(stage, "migrated")) == {"anna": "done"}
    assert stage.starts() == 1


def test_a_pass_that_history_never_shows_is_reported_and_not_begun_again(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["WORKING", "SUCCESS"]]
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated", retries=2)
    assert "history has no pass for it that has ended: run again" in reasons(caught.value)["anna"]
    assert stage.starts() == 1


@pytest.mark.parametrize("names", [["anna"], ["anna", "bert"]])
def test_a_lost_start_that_shows_late_is_not_sent_again(
    run: Do, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_client, "_late_effect", lambda *_of: 3.0)
    monkeypatch.setattr(_client, "_LATE_PAUSE", 0.02)
    stage = Backstage(**{name: ["NOTSTARTED"] for name in names}, zoe=["SUCCESS+"])
    stage.after = {name: [["NOTSTARTED"] * 3 + ["WORKING", "SUCCESS+"]] for name in names}
    stage.spoilt["start anna"] = [CUT]
    assert set(outcomes(run(stage, "migrated")).values()) == {"done"}
    assert stage.starts() == len(names)


def test_a_status_that_nobody_knows_is_borne_for_a_while(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["SCHEDULED", "POLISHING", "POLISHING", "SUCCESS+"]]
    assert outcomes(run(stage, "migrated", poll_interval=0.1)) == {"anna": "done"}
    assert stage.starts() == 1


@pytest.mark.parametrize("state", ["migrated", "audited", "started", "stopped"])
def test_a_status_that_nobody_knows_and_that_stays_is_never_acted_upon(run: Do, state: str) -> None:
    stage = Backstage(anna=["POLISHING"])
    if state == "stopped":
        assert outcomes(run(stage, state)) == {"anna": "unknown"}
    else:
        with pytest.raises(GateNotPassed) as caught:
            run(stage, state, retries=3)
        assert "its status is POLISHING: not known, so nothing was done" in caught.value.message
    assert stage.starts() == 0


def test_a_status_that_becomes_unknown_for_good_after_the_start_is_no_success(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["WORKING", "POLISHING"]]
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated", retries=2)
    assert reasons(caught.value) == {
        "anna": "its status is POLISHING: not known, so nothing was done about it"
    }
    assert stage.starts() == 1


def test_a_status_that_lags_behind_the_start_starts_nobody_twice(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["NOTSTARTED", "NOTSTARTED", "WORKING", "SUCCESS+"]]
    assert outcomes(run(stage, "migrated", poll_interval=0.05)) == {"anna": "done"}
    assert stage.starts() == 1


def test_a_start_that_never_shows_any_effect_is_a_failure_in_the_end(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated")
    reason = "its start was accepted, yet the status is still NOTSTARTED"
    assert reasons(caught.value) == {"anna": reason}
    assert stage.starts() == 1


def test_a_start_without_any_effect_is_borne_with_once(
    run: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_judge, "SHORTEST_GRACE", 1.0)
    began = time.monotonic()
    with pytest.raises(GateNotPassed, match="its start was accepted"):
        run(Backstage(anna=["NOTSTARTED"]), "migrated")
    assert 1.0 <= time.monotonic() - began < 1.8


def test_who_is_stopped_between_the_task_that_starts_and_the_one_that_waits_is_named_so(
    run: Do,
) -> None:
    stage = Backstage(anna=["STOP"])
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated", started_tags=["anna"], started_passes={"anna": 0})
    reason = "its start was accepted, yet the status is STOP: somebody stopped it, or the start is late; run again"
    assert reasons(caught.value) == {"anna": reason}
    assert stage.starts() == 0


def test_a_failure_that_was_there_before_the_start_is_not_taken_for_its_result(run: Do) -> None:
    stage = Backstage(anna=["ONERROR"])
    stage.passes["anna"] = 1
    stage.after["anna"] = [["ONERROR", "ONERROR", "WORKING", "SUCCESS+"]]
    assert outcomes(run(stage, "migrated", poll_interval=0.05)) == {"anna": "done"}
    assert stage.starts() == 1


def test_who_is_stopped_by_someone_while_awaited_fails_and_is_not_started_again(
    run: Do,
) -> None:
    stage = Backstage(anna=["WORKING", "WORKING", "STOPPING", "STOP+"])
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated", retries=3)
    assert reasons(caught.value) == {"anna": "it was stopped by someone while it was awaited"}
    assert stage.starts() == 0


def test_who_is_stopped_by_someone_after_our_start_fails_and_is_not_started_again(
    run: Do,
) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["WORKING", "STOPPING", "STOP+"]]
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated", retries=3)
    assert "stopped by someone" in reasons(caught.value)["anna"]
    assert stage.starts() == 1


def test_a_look_after_a_start_never_uses_the_list_made_before_it(run: Do) -> None:
    class HistoryIsAhead(Backstage):
        def answer(self, asked: Asked) -> Sent:
            sent = super().answer(asked)
            if asked.call in STARTS:
                self.passes = {"anna": 1, "bert": 1}
            return sent

    stage = HistoryIsAhead(anna=["AUDIT_DONE"], bert=["AUDIT_DONE"])
    stage.lists_statuses = True
    stage.after = {"anna": [["ONERROR+"]], "bert": [["ONERROR+"]]}
    with pytest.raises(GateNotPassed):
        run(stage, "migrated")


def test_where_one_user_stands_against_the_whole_batch_the_others_are_started_alone(
    run: Do,
) -> None:
    stage = Backstage(anna=["NOTSTARTED"], bert=["NOTSTARTED"])
    stage.deaf = True
    stage.spoilt = {"startbatch": [failure("no licence")], "start bert": [failure("no licence")]}
    stage.after = {"anna": [["WORKING", "SUCCESS+"]]}
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated")
    assert stage.starts() == 3
    assert list(reasons(caught.value)) == ["bert"]
    assert "start was refused: no licence; where the licence is missing" in caught.value.message


def test_an_audit_that_is_under_way_is_awaited_before_the_pass_and_predicted_as_a_change(
    run: Do,
) -> None:
    stage = Backstage(anna=["AUDIT_WORKING"])
    assert run(stage, "migrated", check=True).changed
    stage = Backstage(anna=["AUDIT_WORKING", "AUDIT_WORKING", "AUDIT_DONE"])
    stage.after["anna"] = [["WORKING", "SUCCESS+"]]
    assert run(stage, "migrated").changed
    assert stage.starts() == 1


@pytest.mark.parametrize("state", ["started", "permissions_migrated"])
def test_what_is_awaited_before_the_start_is_predicted_as_a_change(run: Do, state: str) -> None:
    busy = "AUDIT_WORKING" if state == "started" else "WORKING"
    stage = Backstage(anna=[busy], bert=[busy])
    predicted = run(stage, state, check=True)
    stage = Backstage(anna=[busy, busy, "AUDIT_DONE"], bert=[busy, busy, "AUDIT_DONE"])
    end = ["WORKING"] if state == "started" else ["MAILPERMISSIONS_DONE"]
    stage.after = {"anna": [end[:]], "bert": [end[:]]}
    real = run(stage, state)
    assert (predicted.changed, predicted.before, predicted.after) == (
        real.changed,
        real.before,
        real.after,
    )


def test_an_active_pass_is_predicted_to_be_enough(run: Do) -> None:
    for status in ("WORKING", "PENDING", "SCHEDULED"):
        assert not run(Backstage(anna=[status]), "migrated", check=True).changed


def test_who_is_being_stopped_when_the_run_begins_is_started_once_it_has_stopped(
    run: Do,
) -> None:
    stage = Backstage(anna=["STOPPING", "STOPPING", "STOP+"])
    stage.after["anna"] = [["WORKING", "SUCCESS+"]]
    assert outcomes(run(stage, "migrated")) == {"anna": "done"}
    assert stage.starts() == 1


@pytest.mark.parametrize("acted", [True, False])
def test_a_lost_start_of_a_batch_is_looked_for_before_it_is_repeated(run: Do, acted: bool) -> None:
    stage = Backstage(anna=["SUCCESS"], bert=["SUCCESS"])
    stage.deaf = not acted
    stage.spoilt = {"startbatch": [CUT]}
    stage.after = {"anna": [["SUCCESS+"]], "bert": [["SUCCESS+"]]}
    run(stage, "migrated")
    assert stage.starts() == (1 if acted else 2)


@pytest.mark.parametrize("rests", [{}, {"zoe": ["WORKING"]}], ids=["batch", "user"])
@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("migrated", "POLISHING"),
        ("started", "POLISHING"),
        ("audited", "POLISHING"),
        ("migrated", "STOP"),
        ("audited", "STOP"),
    ],
)
def test_a_lost_start_is_not_sent_again_where_the_status_is_another_one(
    run: Do, rests: dict[str, list[str]], state: str, shown: str
) -> None:
    # A status that nobody knows is never acted upon, and whom somebody has stopped is to stand still.
    stage = Backstage(anna=["NOTSTARTED"], **rests)
    stage.after["anna"] = [[shown]]
    stage.spoilt = {call: [CUT] for call in ("start", "startbatch", "audit", "batchaudit")}
    with pytest.raises((GateNotPassed, WaitTimeout)) as caught:
        run(stage, state, wait_timeout=1.0)
    assert outcome_of(caught.value)["anna"] == ("failed" if shown == "STOP" else "unknown")
    assert stage.starts() == 1


def test_a_user_whose_pass_keeps_beginning_too_early_is_not_started_for_ever(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.begins = dt.timedelta(seconds=-50)
    stage.after["anna"] = [["WORKING", "SUCCESS+"] for _unused in range(20)]
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated", since=ago(seconds=20))
    assert "calls did not bring it there; the status is SUCCESS" in reasons(caught.value)["anna"]
    assert stage.starts() == 4


def test_permissions_that_are_refused_for_a_while_are_asked_for_again(run: Do) -> None:
    stage = Backstage(anna=["SUCCESS"], bert=["SUCCESS"])
    stage.deaf = True
    stage.spoilt = {"startpermissionmigrationbybatch": [failure("one at a time")] * 3}
    done = ["MAILPERMISSIONS_WORKING", "MAILPERMISSIONS_DONE"]
    stage.after = {"anna": [done[:]], "bert": [done[:]]}
    outcome = run(stage, "permissions_migrated")
    assert outcomes(outcome) == {"anna": "done", "bert": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 4


def test_permissions_that_are_always_refused_fail_with_the_words_of_the_service(run: Do) -> None:
    stage = Backstage(anna=["SUCCESS"])
    stage.deaf = True
    stage.spoilt = {"startpermissionmigrationbybatch": [failure("nothing to migrate")] * 50}
    with pytest.raises(Refused, match="nothing to migrate"):
        run(stage, "permissions_migrated")
    assert stage.starts("startpermissionmigrationbybatch") == 5


def test_permissions_are_asked_for_again_for_some_time_however_often_they_are_refused(
    run: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_permission_run, "REFUSED_FOR", 1.0)
    stage = Backstage(anna=["SUCCESS"])
    stage.deaf = True
    stage.spoilt = {"startpermissionmigrationbybatch": [failure("one at a time")] * 6}
    stage.after = {"anna": [["MAILPERMISSIONS_DONE"]]}
    assert outcomes(run(stage, "permissions_migrated")) == {"anna": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 7


def test_permissions_are_begun_in_turn_until_their_effect_shows(run: Do) -> None:
    stage = Backstage(cleo=["MAILPERMISSIONS_DONE"], anna=["SUCCESS"], bert=["ONERROR"])
    stage.after["anna"] = [["SUCCESS"] * 4 + ["MAILPERMISSIONS_SCHEDULED", "MAILPERMISSIONS_DONE"]]
    run(stage, "permissions_migrated", wait=False)
    assert stage.shown["anna"] == ["MAILPERMISSIONS_DONE"]
    assert stage.starts("startpermissionmigrationbybatch") == 1


def test_a_pass_that_somebody_has_begun_is_no_sign_of_permissions_whose_answer_was_lost(
    run: Do,
) -> None:
    stage = Backstage(anna=["SUCCESS"] + ["WORKING"] * 3 + ["SUCCESS"], bert=["SUCCESS"])
    stage.deaf = True
    stage.spoilt = {"startpermissionmigrationbybatch": [CUT]}
    stage.after = {name: [["MAILPERMISSIONS_DONE"]] for name in ("anna", "bert")}
    outcome = run(stage, "permissions_migrated")
    assert outcomes(outcome) == {"anna": "done", "bert": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 2


def test_permissions_whose_answer_was_lost_are_not_asked_for_again_on_a_status_nobody_knows(
    run: Do,
) -> None:
    stage = Backstage(anna=["SUCCESS"])
    stage.spoilt = {"startpermissionmigrationbybatch": [CUT]}
    stage.after = {"anna": [["POLISHING"] * 3 + ["MAILPERMISSIONS_DONE"]]}
    outcome = run(stage, "permissions_migrated", poll_interval=0.05)
    assert outcomes(outcome) == {"anna": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 1


def test_an_effect_that_never_shows_is_awaited_for_a_while(run: Do) -> None:
    stage = Backstage(anna=["SUCCESS"])
    began = time.monotonic()
    run(stage, "permissions_migrated", wait=False)
    assert 0.2 <= time.monotonic() - began < 2
    assert stage.starts("startpermissionmigrationbybatch") == 1


def test_waiting_for_another_batch_does_not_list_all_users_at_every_look(run: Do) -> None:
    stage = Backstage(anna=["SUCCESS"])
    stage.deaf = True
    stage.spoilt = {"startpermissionmigrationbybatch": [failure("one at a time")] * 4}
    stage.after = {"anna": [["MAILPERMISSIONS_DONE"]]}
    run(stage, "permissions_migrated")
    assert stage.starts("getall") <= 2


class BesideAnotherBatch(Backstage):
    """Cleo and Dora are in a batch of their own, and Dora's permissions are refused company."""

    def answer(self, asked: Asked) -> Sent:
        others = ["cleo", "dora"]
        if asked.call == "batch":
            return ok([WAVE, "Wave 2"])
        if asked.call == "getusersinbatch":
            is_ours = asked.query["batchName"] == WAVE
            return ok([name for name in self.shown if (name in others) != is_ours])
        if asked.call == "startpermissionmigrationbybatch" and len(self.shown["dora"]) > 1:
            self.asked.append(asked.call)
            return failure("one at a time")
        return super().answer(asked)


BUSY = ["MAILPERMISSIONS_WORKING"] * 12


def test_a_refusal_is_waited_out_where_the_first_of_the_other_batch_is_not_at_it(run: Do) -> None:
    stage = BesideAnotherBatch(
        anna=["SUCCESS"], cleo=["SUCCESS"], dora=[*BUSY, "MAILPERMISSIONS_DONE"]
    )
    stage.after["anna"] = [["MAILPERMISSIONS_DONE"]]
    assert outcomes(run(stage, "permissions_migrated")) == {"anna": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 2
    # Once it is known who is at it, nobody else is asked for until that has ended.
    assert stage.asked.count("status cleo") == 3
    assert stage.asked.count("status dora") == 13


def test_permissions_wait_for_a_batch_that_was_made_meanwhile(run: Do) -> None:
    class MadeLater(BesideAnotherBatch):
        def answer(self, asked: Asked) -> Sent:
            if asked.call == "batch" and not self.starts("startpermissionmigrationbybatch"):
                return ok([WAVE])
            if asked.call == "getall":  # who was made meanwhile is not in it either
                return ok([self._listed("anna")])
            return super().answer(asked)

    stage = MadeLater(anna=["SUCCESS"], cleo=["SUCCESS"], dora=[*BUSY, "MAILPERMISSIONS_DONE"])
    stage.after["anna"] = [["MAILPERMISSIONS_DONE"]]
    assert outcomes(run(stage, "permissions_migrated")) == {"anna": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 2


def test_permissions_are_not_started_for_a_status_that_became_unknown_meanwhile(run: Do) -> None:
    stage = BesideAnotherBatch(
        anna=["SUCCESS", "POLISHING"],
        cleo=["MAILPERMISSIONS_WORKING"] * 3 + ["MAILPERMISSIONS_DONE"],
        dora=["MAILPERMISSIONS_DONE"],
    )
    with pytest.raises(GateNotPassed):
        run(stage, "permissions_migrated")
    assert stage.starts("startpermissionmigrationbybatch") == 0


def test_permissions_that_wait_for_another_batch_begin_beside_one_who_has_them(run: Do) -> None:
    stage = BesideAnotherBatch(
        anna=["MAILPERMISSIONS_DONE"],
        bert=["WORKING", "WORKING", "SUCCESS"],
        cleo=["SUCCESS"],
        dora=[*BUSY, "MAILPERMISSIONS_DONE"],
    )
    stage.after = {name: [["MAILPERMISSIONS_DONE"]] for name in ("anna", "bert")}
    assert outcomes(run(stage, "permissions_migrated")) == {"anna": "done", "bert": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 2


def test_permissions_that_another_run_has_begun_meanwhile_are_not_begun_again(run: Do) -> None:
    stage = BesideAnotherBatch(
        anna=["SUCCESS", "MAILPERMISSIONS_WORKING", "MAILPERMISSIONS_DONE"],
        bert=["ONERROR"],
        cleo=[*BUSY, "MAILPERMISSIONS_DONE"],
        dora=["SUCCESS"],
    )
    outcome = run(stage, "permissions_migrated", max_failed_users=1)
    assert outcomes(outcome) == {"anna": "done", "bert": "failed"}
    assert stage.starts("startpermissionmigrationbybatch") == 0


def test_a_retry_that_is_refused_as_somebody_was_faster_is_awaited(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["ONERROR"], ["WORKING", "WORKING", "SUCCESS+"]]
    stage.spoilt["start anna"] = [failure("it is under way already")]
    assert outcomes(run(stage, "migrated", retries=1)) == {"anna": "done"}


@pytest.mark.parametrize("first", ["MAILPERMISSIONS_DONE", "CALENDARPOSTPROCESS_WORKING"])
def test_another_batch_whose_first_user_is_through_with_it_is_awaited(run: Do, first: str) -> None:
    stage = BesideAnotherBatch(anna=["SUCCESS"], cleo=[first], dora=[*BUSY, "MAILPERMISSIONS_DONE"])
    stage.after["anna"] = [["MAILPERMISSIONS_DONE"]]
    assert outcomes(run(stage, "permissions_migrated")) == {"anna": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 1


def test_nobody_is_asked_for_once_settled(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"], bert=["NOTSTARTED"])
    stage.after = {
        "anna": [["WORKING", "SUCCESS+"]],
        "bert": [["WORKING"] * 12 + ["SUCCESS+"]],
    }
    run(stage, "migrated")
    # Before the start; WORKING, when anna shows for both that they have begun; SUCCESS.
    assert stage.asked.count("status anna") == 3
    assert stage.asked.count("getmailhistory anna") == 3
    assert stage.asked.count("status bert") == 14


def test_with_statuses_in_the_list_a_look_at_many_is_one_request(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"], bert=["NOTSTARTED"])
    stage.lists_statuses = True
    stage.after = {
        "anna": [["WORKING"] * 3 + ["SUCCESS+"]],
        "bert": [["WORKING"] * 2 + ["SUCCESS+"]],
    }
    run(stage, "migrated")
    assert stage.starts("getall") == 4
    assert stage.starts("status") == 1  # of one, to see that the start has come through


def test_when_the_time_is_up_the_last_state_is_handed_back(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["PENDING"]]
    with pytest.raises(WaitTimeout) as caught:
        run(stage, "migrated", wait_timeout=0.1)
    assert caught.value.seen["users"][0]["status"] == "PENDING"
    assert caught.value.seen["started_tags"] == ["anna"]
    assert caught.value.seen["summary"]["throttled"] == 1


def test_a_heartbeat_comes_between_two_looks_that_are_far_apart(run: Do, tmp_path: Path) -> None:
    stage = Backstage(anna=["PENDING", "PENDING", "SUCCESS+"])
    told = tmp_path / "told"
    heartbeats = {"progress_file": str(told), "progress_interval": 0.1}
    run(stage, "migrated", poll_interval=0.5, **heartbeats)
    lines = told.read_text(encoding="utf-8").splitlines()
    assert sum("1 throttled" in line for line in lines) > 4
    assert stage.asked.count("status anna") == 3


@pytest.mark.parametrize(
    ("slow", "told"),
    [
        ("status", "migrated: first look at 30 users"),
        ("start", "migrated   3 %: 1 of 31 settled, 30 under way"),
        ("getmailhistory", "migrated   0 %: 0 of 30 settled, 30 under way"),
    ],
)
def test_heartbeats_come_while_many_answers_are_awaited(
    run: Do, tmp_path: Path, slow: str, told: str
) -> None:
    class Slow(Backstage):
        def answer(self, asked: Asked) -> Sent:
            if asked.call == slow:
                time.sleep(0.05)
            return super().answer(asked)

    names = [f"user{number}" for number in range(30)]
    stage = Slow(**{name: ["NOTSTARTED"] for name in names})
    stage.after = {name: [["SUCCESS+"]] for name in names}
    if slow == "start":  # somebody is there already, so the others are started one by one
        stage.shown["zoe"] = ["SUCCESS+"]
        stage.passes["zoe"] = 0
    lines = tmp_path / "lines"
    run(stage, "migrated", progress_file=str(lines), progress_interval=0.05)
    assert lines.read_text(encoding="utf-8").count(f"{WAVE} {told}") > 2


def test_when_the_service_goes_away_the_last_state_is_handed_back(run: Do) -> None:
    class GoesAway(Backstage):
        def answer(self, asked: Asked) -> Sent:
            is_seen = self.starts("startbatch") and self.asked.count("status anna") > 2
            return CUT if is_seen else super().answer(asked)

    stage = GoesAway(anna=["NOTSTARTED"])
    stage.after["anna"] = [["WORKING"]]
    with pytest.raises(LostAnswer) as caught:
        run(stage, "migrated", wait_timeout=60)
    assert caught.value.failure()["code"] != WaitTimeout("").failure()["code"]
    assert caught.value.seen["users"][0]["status"] == "WORKING"
    assert caught.value.seen["started_tags"] == ["anna"]
    assert caught.value.seen["changed"]


def test_a_pass_that_lies_in_the_future_shuts_the_door_whoever_started_it(run: Do) -> None:
    stage = Backstage(anna=["WORKING", "SUCCESS+"])
    stage.begins = dt.timedelta(hours=2)
    with pytest.raises(WrongClock, match=r"\+02:00 would fit"):
        run(stage, "migrated", started_tags=["anna"])


def test_a_start_refused_because_somebody_was_faster_is_awaited_like_ours(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED", "WORKING", "SUCCESS+"], bert=["SUCCESS"])
    stage.passes["bert"] = 1
    stage.spoilt["start anna"] = [failure("is active")]
    stage.deaf = True
    outcome = run(stage, "migrated")
    assert outcomes(outcome) == {"anna": "done", "bert": "done"}
    assert not outcome.changed


def test_a_pass_that_history_shows_under_way_is_not_started_over(run: Do) -> None:
    stage = Backstage(anna=["SUCCESS"])
    stage.passes["anna"], stage.goes_on = 1, True
    with pytest.raises(GateNotPassed):
        run(stage, "migrated", since=ago(hours=1))
    assert stage.starts() == 0


def test_a_stop_that_is_refused_fails_and_speaks_of_no_licence(run: Do) -> None:
    stage = Backstage(anna=["WORKING"], bert=["SUCCESS"])
    stage.spoilt["stop anna"] = [failure("not now")]
    stage.deaf = True
    with pytest.raises(NotApplied, match="stop was refused: not now") as caught:
        run(stage, "stopped")
    assert "licen" not in caught.value.message


def test_a_stop_without_an_effect_is_awaited_to_the_end(run: Do) -> None:
    stage = Backstage(anna=["WORKING"])
    with pytest.raises(WaitTimeout):
        run(stage, "stopped", wait_timeout=0.6)
    assert stage.starts() == 1


def test_calendars_that_follow_permissions_by_themselves_are_no_reason_to_start_again(
    run: Do,
) -> None:
    stage = Backstage(anna=["SUCCESS"])
    stage.after["anna"] = [
        ["MAILPERMISSIONS_WORKING", "CALENDARPOSTPROCESS_WORKING", "CALENDARPOSTPROCESS_DONE"]
    ]
    assert outcomes(run(stage, "permissions_migrated")) == {"anna": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 1


def went_on(anna: str = "MAILPERMISSIONS_DONE", bert: str = "MAILPERMISSIONS_DONE") -> Backstage:
    """A batch after its cutover: Anna has a pass, Bert had failed and was let through."""
    stage = Backstage(anna=[anna], bert=[bert])
    stage.passes["anna"] = 1
    return stage


def test_who_failed_and_was_let_through_is_not_started_in_the_run_after_the_permissions(
    run: Do,
) -> None:
    stage = went_on()
    outcome = run(stage, "migrated", since=ago(hours=1), max_failed_users=1)
    assert outcomes(outcome) == {"anna": "done", "bert": "failed"}
    assert outcome.result["summary"]["gate"] == "passed"
    assert "its batch went on to the permissions without it" in outcome.result["users"][1]["reason"]
    assert stage.starts() == 0


def test_who_was_let_through_is_started_where_the_gate_no_longer_lets_it(run: Do) -> None:
    stage = went_on()
    stage.after["bert"] = [["WORKING", "SUCCESS+"]]
    outcome = run(stage, "migrated", since=ago(hours=1))
    assert outcomes(outcome) == {"anna": "done", "bert": "done"}
    assert stage.starts("start") == 1


def test_after_a_later_switch_everybody_is_started_whatever_the_gate_lets_through(
    run: Do,
) -> None:
    stage = Backstage(anna=["MAILPERMISSIONS_DONE"], bert=["MAILPERMISSIONS_DONE"])
    stage.after = {name: [["WORKING", "SUCCESS+"]] for name in ("anna", "bert")}
    outcome = run(stage, "migrated", since=ago(hours=1), max_failed_users=2)
    assert outcomes(outcome) == {"anna": "done", "bert": "done"}
    assert stage.starts("startbatch") == 1


@pytest.mark.parametrize("status", ["NOTSTARTED", "SUCCESS", "AUDIT_DONE"])
def test_who_joins_a_batch_after_its_permissions_is_not_taken_as_let_through(
    run: Do, status: str
) -> None:
    stage = went_on(bert=status)
    stage.after["bert"] = [["WORKING", "SUCCESS+"]]
    run(stage, "migrated", since=ago(hours=1), max_failed_users=1)
    assert stage.starts("start") == 1


@pytest.mark.parametrize(
    "status",
    ["ONERROR", "LICENSE_EXCEEDED", "STOP", "NOTSTARTED", "AUDIT_DONE", "AUDIT_ERROR"],
)
def test_permissions_are_not_migrated_again_for_who_was_let_through_without_a_pass(
    run: Do, status: str
) -> None:
    stage = went_on(bert=status)
    outcome = run(stage, "permissions_migrated", max_failed_users=1)
    assert outcomes(outcome) == {"anna": "done", "bert": "failed"}
    assert stage.starts("startpermissionmigrationbybatch") == 0


def test_permissions_are_migrated_again_for_who_has_joined_since(run: Do) -> None:
    stage = went_on(bert="SUCCESS")
    stage.after = {name: [["MAILPERMISSIONS_DONE"]] for name in ("anna", "bert")}
    outcome = run(stage, "permissions_migrated", max_failed_users=1)
    assert outcomes(outcome) == {"anna": "done", "bert": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 1


@pytest.mark.parametrize("status", ["CALENDARPOSTPROCESS_DONE", "CALENDARPOSTPROCESS_ERROR"])
def test_calendars_that_were_processed_before_do_not_prove_that_permissions_were_migrated(
    run: Do, status: str
) -> None:
    stage = Backstage(anna=[status])
    stage.after["anna"] = [["MAILPERMISSIONS_WORKING", "MAILPERMISSIONS_DONE"]]
    assert outcomes(run(stage, "permissions_migrated")) == {"anna": "done"}
    assert stage.starts("startpermissionmigrationbybatch") == 1


def test_who_is_deleted_while_awaited_is_named_and_the_others_go_on(run: Do) -> None:
    class Leaves(Backstage):
        def answer(self, asked: Asked) -> Sent:
            sent = super().answer(asked)
            is_gone = self.asked.count("status anna") > 2 and self.asked[-1] == "status anna"
            return failure("no such user") if is_gone else sent

    stage = Leaves(anna=["NOTSTARTED"], bert=["NOTSTARTED"])
    stage.after = {"anna": [["WORKING"]], "bert": [["WORKING"] * 5 + ["SUCCESS+"]]}
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated", retries=2)
    assert reasons(caught.value) == {
        "anna": "its status is refused (no such user): not known, so nothing was done about it"
    }
    assert caught.value.seen["summary"]["done"] == 1
    assert stage.starts() == 1


def test_a_service_that_refuses_everything_while_it_is_awaited_is_no_matter_of_the_users(
    run: Do,
) -> None:
    class Locked(Backstage):
        def answer(self, asked: Asked) -> Sent:
            sent = super().answer(asked)
            looks = sum(call.startswith("status") for call in self.asked)
            # Both before the start, one of them to see that it has come through, and both again.
            return failure("wrong secret") if looks > 5 else sent

    stage = Locked(anna=["NOTSTARTED"], bert=["NOTSTARTED"])
    stage.after = {"anna": [["WORKING"]], "bert": [["WORKING"]]}
    with pytest.raises(Refused, match="wrong secret") as caught:
        run(stage, "migrated")
    assert [user["status"] for user in caught.value.seen["users"]] == ["WORKING", "WORKING"]


def test_what_is_awaited_for_an_earlier_task_may_have_begun_long_before_this_one(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED", "WORKING", "SUCCESS+"])
    stage.begins = -dt.timedelta(minutes=20)
    outcome = run(stage, "migrated", started_tags=["anna"])
    assert outcomes(outcome) == {"anna": "done"}
    assert stage.starts() == 0


def test_a_rate_counts_from_the_beginning_of_the_passes(run: Do, tmp_path: Path) -> None:
    stage = Backstage(anna=["WORKING", "SUCCESS+"])
    stage.begins = -dt.timedelta(seconds=1000)
    stage.moves = 5000
    told = tmp_path / "told"
    run(stage, "migrated", progress_file=str(told))
    assert (
        told.read_text(encoding="utf-8").splitlines()[-1].endswith("5,000 items moved; 5 items/s")
    )


@pytest.mark.parametrize("gone", ["getall", "getusersinbatch", "status"])
def test_where_not_even_a_first_look_succeeds_the_result_has_its_usual_form(
    run: Do, gone: str
) -> None:
    class Gone(Backstage):
        def answer(self, asked: Asked) -> Sent:
            return CUT if asked.call == gone else super().answer(asked)

    with pytest.raises(LostAnswer) as caught:
        run(Gone(anna=["NOTSTARTED"]), "migrated")
    assert caught.value.seen["summary"]["users"] == 0
    assert caught.value.seen["users"] == caught.value.seen["started_tags"] == []
    assert caught.value.seen["changed"] is False


def test_what_was_seen_comes_with_a_clock_that_is_found_wrong_at_the_first_look(run: Do) -> None:
    stage = Backstage(anna=["SUCCESS+"])
    stage.begins = dt.timedelta(hours=2)
    with pytest.raises(WrongClock, match=r"anna@old\.example: .*\+02:00 would fit") as caught:
        run(stage, "migrated")
    summary = caught.value.seen["summary"]
    assert (summary["users"], summary["done"]) == (1, 1)


def test_a_heartbeat_says_so_while_the_service_does_not_answer(
    run: Do, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(Backstage):
        def answer(self, asked: Asked) -> Sent:
            sent = super().answer(asked)
            return CUT if 2 < self.asked.count("status anna") < 5 else sent

    monkeypatch.setattr(_client, "_SILENCE", 0.0)
    for pause in ("_FIRST_PAUSE", "_LONGEST_PAUSE"):
        monkeypatch.setattr(_client, pause, 0.4)
    stage = Away(anna=["NOTSTARTED"])
    stage.after["anna"] = [["WORKING"] * 6 + ["SUCCESS+"]]
    told = tmp_path / "told"
    run(stage, "migrated", progress_file=str(told), progress_interval=0.05)
    lines = told.read_text(encoding="utf-8").splitlines()
    silent = [line for line in lines if "no answer for 0 s: the connection was cut" in line]
    assert len(silent) > 2
    assert "no answer" not in lines[-1]


@pytest.mark.parametrize(
    ("state", "batch"), [("migrated", WAVE), ("audited", WAVE), ("migrated", None)]
)
def test_a_start_that_shows_late_is_not_sent_again_by_a_run_that_comes_after(
    run: Do, state: str, batch: str | None
) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [["NOTSTARTED"] * 3 + ["SCHEDULED"]]
    who = {} if batch else {"source_email": source("anna")}
    changed = [run(stage, state, batch=batch, wait=False, **who).changed for _run in range(2)]
    assert changed == [True, False]
    assert stage.starts() == 1


def test_a_wrong_zone_is_found_though_nobody_waits_for_the_pass_to_end(run: Do) -> None:
    stage = Backstage(anna=["NOTSTARTED"], bert=["NOTSTARTED"])
    stage.begins = dt.timedelta(hours=2)
    stage.after["anna"] = [["NOTSTARTED", "WORKING+"]]
    with pytest.raises(WrongClock, match=r"\+02:00 would fit") as caught:
        run(stage, "migrated", wait=False)
    assert caught.value.seen["started_tags"] == ["anna", "bert"]


def test_a_zone_that_is_behind_is_named_by_the_run_that_waits_for_what_another_started(
    run: Do,
) -> None:
    stage = Backstage(anna=["WORKING", "WORKING", "SUCCESS+"])
    stage.begins = -dt.timedelta(hours=1)
    with pytest.raises(WrongClock, match=r"anna@old\.example: .*-01:00 would fit") as caught:
        run(stage, "migrated", since=ago(seconds=30), started_tags=["anna"])
    assert caught.value.failure()["code"] == "clock"
    assert stage.starts() == 0


@pytest.mark.parametrize(("zone", "passes"), [(-1, 0), (-1, 1), (2, 1)])
def test_what_another_task_started_and_handed_on_proves_the_zone_as_well(
    run: Do, zone: int, passes: int
) -> None:
    stage = Backstage(anna=["WORKING", "WORKING", "SUCCESS+"])
    stage.passes["anna"] = passes
    stage.first = [(-dt.timedelta(days=2), -dt.timedelta(days=2))] * passes
    stage.begins = dt.timedelta(hours=zone)
    handed = {"started_at": ago(minutes=1), "started_passes": {"anna": passes}}
    with pytest.raises(WrongClock, match=rf"\{zone:+03}:00 would fit"):
        run(stage, "migrated", started_tags=["anna"], **handed)
    assert stage.starts() == 0


@pytest.mark.parametrize("handed", [True, False])
def test_the_pass_that_is_awaited_is_not_taken_for_one_that_came_before(
    run: Do, handed: bool
) -> None:
    stage = Backstage(anna=["WORKING", "SUCCESS", "SUCCESS", "SUCCESS+"])
    stage.passes["anna"] = 1
    stage.first = [(-dt.timedelta(hours=1), -dt.timedelta(hours=1))]
    handed_on = {"started_at": ago(minutes=1), "started_passes": {"anna": 1}} if handed else {}
    outcome = run(stage, "migrated", started_tags=["anna"], **handed_on)
    assert len(outcome.result["users"][0]["passes"]) == (2 if handed else 1)
    assert stage.starts() == 0


def test_a_pass_that_shows_late_is_not_told_by_the_counters_of_the_one_before(run: Do) -> None:
    stage = Backstage(anna=["SUCCESS", "SUCCESS", "SUCCESS+"])
    stage.passes["anna"] = 1
    stage.first = [(-dt.timedelta(hours=1), -dt.timedelta(hours=1))]
    handed_on = {"started_at": ago(minutes=1), "started_passes": {"anna": 1}}
    outcome = run(stage, "migrated", started_tags=["anna"], **handed_on)
    assert len(outcome.result["users"][0]["passes"]) == 2
    assert stage.starts() == 0


def test_a_pass_that_never_shows_is_no_success_by_the_one_before(run: Do) -> None:
    stage = Backstage(anna=["ONERROR"])
    stage.passes["anna"] = 1
    stage.first = [(-dt.timedelta(hours=1), -dt.timedelta(hours=1))]
    stage.after["anna"] = [["WORKING", "SUCCESS"]]
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "migrated")
    assert "history has no pass for it that has ended: run again" in reasons(caught.value)["anna"]


def test_a_history_that_keeps_the_newest_pass_alone_shows_the_one_that_was_started(run: Do) -> None:
    class KeepsOne(Backstage):
        def _pass(self, number: int) -> dict[str, object]:
            self.first = [(dt.timedelta(), dt.timedelta())] if self.starts() else self.first
            return super()._pass(0)

    stage = KeepsOne(anna=["ONERROR"])
    stage.passes["anna"] = 1
    stage.first = [(-dt.timedelta(hours=1), -dt.timedelta(hours=1))]
    stage.after["anna"] = [["WORKING", "SUCCESS"]]
    assert outcomes(run(stage, "migrated")) == {"anna": "done"}


@pytest.mark.parametrize("handed", [True, False])
def test_an_earlier_pass_that_shows_late_is_no_wrong_zone(run: Do, handed: bool) -> None:
    stage = Backstage(anna=["NOTSTARTED"])
    stage.first = [(-dt.timedelta(minutes=20), -dt.timedelta(minutes=20))]
    after = ["WORKING", "SUCCESS+", "SUCCESS", "SUCCESS+"]
    if handed:
        stage.shown["anna"] = after
        handed_on = {"started_at": ago(seconds=1), "started_passes": {"anna": 0}}
        outcome = run(stage, "migrated", started_tags=["anna"], **handed_on)
    else:
        stage.after["anna"] = [after]
        outcome = run(stage, "migrated")
    assert len(outcome.result["users"][0]["passes"]) == 2


def test_a_history_that_is_late_is_no_wrong_zone_where_its_passes_were_counted(run: Do) -> None:
    stage = Backstage(anna=["SUCCESS"])
    stage.passes["anna"] = 1
    stage.first = [(-dt.timedelta(hours=1), -dt.timedelta(hours=1))]
    stage.after["anna"] = [["WORKING", "SUCCESS"]]
    with pytest.raises(GateNotPassed, match="history has no pass for it that has ended"):
        run(stage, "migrated", since=ago(seconds=5))
    assert stage.starts() == 1


def test_whom_a_look_says_nothing_of_does_not_keep_the_turn_where_another_shows_the_start(
    run: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_judge, "SHORTEST_GRACE", 20.0)

    class LosesAnna(Backstage):
        def answer(self, asked: Asked) -> Sent:
            sent = super().answer(asked)
            is_hers = self.asked[-1] in ("status anna", "getmailhistory anna")
            return failure("no such user") if is_hers and self.starts() else sent

    stage = LosesAnna(anna=["NOTSTARTED"], bert=["NOTSTARTED"])
    stage.after["bert"] = [["WORKING"]]
    began = time.monotonic()
    run(stage, "migrated", wait=False)
    assert time.monotonic() - began < 3


# What lags, and what happens meanwhile ----------------------------------------------------------


@pytest.mark.parametrize("since", [None, "long ago"])
def test_who_was_under_way_when_the_run_began_is_not_started_where_history_lags(
    run: Do, since: str | None
) -> None:
    stage = Backstage(anna=["WORKING", "SUCCESS", "SUCCESS", "SUCCESS+"])
    if since:
        stage.passes["anna"], stage.first = 1, [(-dt.timedelta(days=2), -dt.timedelta(days=2))]
        since = ago(days=1)
    outcome = run(stage, "migrated", started_tags=["anna"], since=since)
    assert outcomes(outcome) == {"anna": "done"}
    assert stage.starts() == 0


@pytest.mark.parametrize("ended", [10, 50, 70])
def test_who_was_under_way_is_not_started_where_a_pass_that_has_just_ended_is_the_newest_yet(
    run: Do, ended: int
) -> None:
    stage = Backstage(anna=["WORKING"] * 2 + ["SUCCESS"] * 3 + ["SUCCESS+"])
    stage.passes["anna"] = 1
    stage.first = [(-dt.timedelta(seconds=ended + 5), -dt.timedelta(seconds=ended))]
    assert outcomes(run(stage, "migrated", since=ago(seconds=8))) == {"anna": "done"}
    assert stage.starts() == 0


def test_an_active_pass_that_ends_by_a_clock_that_is_behind_is_followed_by_another_too(
    run: Do,
) -> None:
    stage = Backstage(anna=["WORKING"] * 2 + ["SUCCESS+"])
    stage.first = [(dt.timedelta(seconds=-60), dt.timedelta(seconds=-30))]
    stage.after["anna"] = [["WORKING", "SUCCESS+"]]
    assert outcomes(run(stage, "migrated", since=ago(seconds=20))) == {"anna": "done"}
    assert stage.starts() == 1


def test_an_active_pass_that_began_too_early_is_followed_by_another(run: Do) -> None:
    stage = Backstage(anna=["WORKING", "SUCCESS+"])
    stage.first = [(-dt.timedelta(hours=2), dt.timedelta())]
    stage.after["anna"] = [["WORKING", "SUCCESS+"]]
    assert outcomes(run(stage, "migrated", since=ago(hours=1))) == {"anna": "done"}
    assert stage.starts() == 1


def test_an_earlier_pass_that_history_shows_late_is_no_matter_of_the_clock(run: Do) -> None:
    stage = Backstage(anna=["WORKING", "ONERROR"])
    stage.after["anna"] = [["SCHEDULED", "WORKING+", "SUCCESS+"]]
    stage.begins = -dt.timedelta(minutes=20)
    outcome = run(stage, "migrated", retries=1)
    assert outcomes(outcome) == {"anna": "done"}
    assert stage.starts() == 1


@pytest.mark.parametrize("is_lost", [False, True])
def test_who_was_started_by_somebody_when_the_batch_was_refused_is_awaited(
    run: Do, is_lost: bool
) -> None:
    stage = Backstage(anna=["NOTSTARTED"], bert=["NOTSTARTED"])
    stage.spoilt["startbatch"] = [CUT, failure("is active")] if is_lost else [failure("is active")]
    stage.after["bert"] = [["PENDING", "PENDING", "SUCCESS+"]]
    stage.after["anna"] = [["WORKING", "SUCCESS+"]] if is_lost else [["NOTSTARTED"]]
    if not is_lost:
        stage.after["anna"].append(["WORKING", "SUCCESS+"])
    outcome = run(stage, "migrated")
    assert outcomes(outcome) == {"anna": "done", "bert": "done"}
    assert stage.starts("start") == (0 if is_lost else 1)
    assert "start bert" not in stage.asked


@pytest.mark.parametrize("after", [["WORKING"], ["WORKING"] * 3, []])
@pytest.mark.parametrize("refused", ["startbatch", "start anna"])
def test_who_was_started_by_somebody_faster_is_not_started_again_where_history_lags(
    run: Do, after: list[str], refused: str
) -> None:
    stage = Backstage(anna=["NOTSTARTED"], bert=["SUCCESS+"])
    if refused == "startbatch":
        stage = Backstage(anna=["NOTSTARTED"])
    stage.after["anna"] = [[*after, *["SUCCESS"] * 3, "SUCCESS+"], ["SUCCESS+"]]
    stage.spoilt[refused] = [failure("it is under way already")]
    assert set(outcomes(run(stage, "migrated")).values()) == {"done"}
    assert (stage.starts(), stage.passes["anna"]) == (1, 1)


@pytest.mark.parametrize("refused", ["startbatch", "start anna"])
def test_who_was_audited_by_somebody_when_the_start_was_refused_is_started_then(
    run: Do, refused: str
) -> None:
    stage = Backstage(anna=["AUDIT_DONE"], bert=["SUCCESS+"])
    if refused == "startbatch":
        stage = Backstage(anna=["AUDIT_DONE"])
    stage.after["anna"] = [["AUDIT_WORKING"] * 3 + ["AUDIT_DONE"], ["WORKING", "SUCCESS+"]]
    stage.spoilt[refused] = [failure("it is under way already")]
    assert set(outcomes(run(stage, "migrated")).values()) == {"done"}
    assert stage.starts() == 2


def test_nobody_is_retried_in_a_batch_that_somebody_has_stopped(run: Do) -> None:
    stage = Backstage(anna=["WORKING", "ONERROR"], bert=["WORKING", "WORKING", "STOPPING", "STOP+"])
    with pytest.raises(GateNotPassed, match="stopped by someone"):
        run(stage, "migrated", retries=3)
    assert stage.starts() == 0


def test_who_is_deleted_before_the_start_does_not_keep_the_others_from_it(run: Do) -> None:
    class Leaves(Backstage):
        def answer(self, asked: Asked) -> Sent:
            sent = super().answer(asked)
            is_gone = self.starts() and self.asked[-1] in ("status anna", "start anna")
            return failure("no such user") if is_gone else sent

    stage = Leaves(anna=["NOTSTARTED"], bert=["NOTSTARTED"], zoe=["SUCCESS+"])
    stage.after["bert"] = [["WORKING", "SUCCESS+"]]
    outcome = run(stage, "migrated", max_failed_users=1)
    assert outcomes(outcome) == {"anna": "failed", "bert": "done", "zoe": "done"}


@pytest.mark.parametrize(
    ("status", "starts"), [("AUDIT_DONE", 1), ("NOTSTARTED", 1), ("PRE_PROCESSING_ERROR", 0)]
)
def test_who_has_a_pass_that_was_broken_off_can_still_be_brought_there(
    run: Do, status: str, starts: int
) -> None:
    stage = Backstage(anna=[status])
    stage.passes["anna"], stage.goes_on = 1, True
    stage.after["anna"] = [["WORKING"]]
    with pytest.raises(GateNotPassed if not starts else WaitTimeout):
        run(stage, "migrated", wait_timeout=1)
    assert stage.starts() == starts


@pytest.mark.parametrize("waits", [True, False])
def test_permissions_of_a_batch_with_a_user_whom_nobody_knows_are_not_awaited_without_end(
    run: Do, tmp_path: Path, waits: bool
) -> None:
    told = tmp_path / "told"
    bert = ["WORKING", "WORKING", "SUCCESS"] if waits else ["SUCCESS"]
    anna = ["SUCCESS", "POLISHING"] if waits else ["POLISHING"]
    stage = Backstage(anna=anna, bert=bert)
    assert run(Backstage(anna=anna, bert=bert), "permissions_migrated", check=True).changed is waits
    with pytest.raises(GateNotPassed) as caught:
        run(stage, "permissions_migrated", progress_file=str(told))
    assert reasons(caught.value) == {
        "anna": "its status is POLISHING: not known, so nothing was done about it",
        "bert": "nothing was started, as the batch holds a user whose status is not known",
    }
    assert stage.asked.count("startpermissionmigrationbybatch") == 0
    if waits:
        assert "(its own passes are under way)" in told.read_text(encoding="utf-8")
    assert "another batch" not in told.read_text(encoding="utf-8")


@pytest.mark.parametrize("started", [[], ["anna"]])
def test_a_status_that_nobody_knows_at_the_first_look_is_borne_for_a_while_too(
    run: Do, started: list[str]
) -> None:
    stage = Backstage(anna=["POLISHING", "POLISHING", "WORKING", "SUCCESS+"])
    outcome = run(stage, "migrated", started_tags=started, poll_interval=0.05)
    assert outcomes(outcome) == {"anna": "done"}
    assert stage.starts() == 0


@pytest.mark.parametrize("lost", [CUT, failure("not now")])
def test_a_stop_that_did_not_come_about_is_not_taken_as_done_for_one_who_rests(
    run: Do, lost: Sent
) -> None:
    class Stoppable(Backstage):
        def answer(self, asked: Asked) -> Sent:
            if asked.call == "stopbatch" and self.starts("stopbatch"):
                self.shown["bert"] = ["STOPPING", "STOP"]
            return super().answer(asked)

    stage = Stoppable(anna=["WORKING", "SUCCESS"], bert=["WORKING"])
    stage.deaf, stage.spoilt["stopbatch"] = True, [lost]
    if lost is CUT:
        run(stage, "stopped", wait_timeout=2)
        assert stage.starts("stopbatch") == 2
    else:
        with pytest.raises(WaitTimeout):
            run(stage, "stopped", wait_timeout=0.5)
        assert "stop bert" in stage.asked
