# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a mailbox is, what its gate says, and what a person has to do about it."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import (
    STATUSES,
    Phase,
    status_of,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._models import Pass, Totals
from ansible_collections.cloudiway.mail.plugins.module_utils._remedies import remedy_for
from ansible_collections.cloudiway.mail.plugins.module_utils._standing import (
    Fact,
    Gate,
    at_large,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._tracked import Tracked
from ansible_collections.cloudiway.mail.plugins.module_utils._waves import (
    STAGES,
    stage_of,
    verdict,
)

NOON = dt.datetime(2026, 3, 27, 12, tzinfo=dt.timezone.utc)
HOUR = dt.timedelta(hours=1)


def a_pass(begin: dt.datetime = NOON, mail: Totals | None = None) -> Pass:
    return Pass(begin, begin + HOUR, mail or Totals(10, 10, 10), Totals(), Totals())


def tracked(status: str, *passes: Pass) -> Tracked:
    fact = Fact(status_of(status), passes)
    return Tracked(status, None, fact, at_large(fact))


@pytest.mark.parametrize(
    ("status", "passes", "stage"),
    [
        ("NOTSTARTED", (), "not_started"),
        ("AUDIT", (), "queued"),
        ("AUDIT_WORKING", (), "working"),
        ("AUDIT_DONE", (), "audited"),
        ("AUDIT_DONE", (a_pass(),), "migrated"),
        ("AUDIT_ERROR", (), "failed"),
        ("SCHEDULED", (), "queued"),
        ("WORKING", (a_pass(),), "working"),
        ("PENDING", (), "throttled"),
        ("SUCCESS", (a_pass(),), "migrated"),
        ("ONERROR", (a_pass(),), "failed"),
        ("STOP", (), "stopped"),
        ("LICENSE_EXCEEDED", (a_pass(),), "failed"),
        ("MAILPERMISSIONS_WORKING", (a_pass(),), "working"),
        ("MAILPERMISSIONS_DONE", (a_pass(),), "complete"),
        ("MAILPERMISSIONS_ERROR", (a_pass(),), "failed"),
        ("SOMETHING_NEW", (), "unknown"),
    ],
)
def test_a_stage_says_how_far_a_mailbox_is(
    status: str, passes: tuple[Pass, ...], stage: str
) -> None:
    assert stage_of(Fact(status_of(status), passes)) == stage


@pytest.mark.parametrize("status", STATUSES, ids=str)
def test_every_status_has_a_stage_and_whoever_failed_a_remedy(status: object) -> None:
    known = status_of(str(status))
    assert stage_of(Fact(known)) in STAGES
    remedy = remedy_for(known, None, 0)
    needy = known.phase in (Phase.FAILED, Phase.UNKNOWN) or known.name == "STOP"
    assert (remedy is not None) is needy
    if remedy:
        assert remedy.reason.endswith(".")
        assert remedy.next.endswith(".")


def test_items_that_failed_or_were_left_need_a_person_but_not_while_a_pass_runs() -> None:
    lossy, clean = Totals(total=5, success=3, failure=2), Totals(total=5, success=3)
    for newest, left, word in ((lossy, 0, "not be moved"), (clean, 2, "left items behind")):
        remedy = remedy_for(status_of("SUCCESS"), newest, left)
        assert remedy
        assert word in remedy.reason
        assert remedy_for(status_of("PENDING"), newest, left) is None
    assert remedy_for(status_of("SUCCESS"), clean, 0) is None
    assert remedy_for(status_of("NOTSTARTED"), None, 0) is None


def test_a_gate_passes_where_all_have_a_finished_pass() -> None:
    found = verdict(
        [tracked("SUCCESS", a_pass()), tracked("STOP", a_pass(), a_pass())], None, Gate()
    )
    assert found == {"verdict": "passed", "text": "2 of 2 have a finished pass"}


def test_a_gate_is_open_while_somebody_lacks_a_pass_since_the_switch() -> None:
    wave = [tracked("SUCCESS", a_pass(NOON - HOUR)), tracked("SUCCESS", a_pass(NOON))]
    assert verdict(wave, None, Gate())["verdict"] == "passed"
    found = verdict(wave, NOON, Gate())
    assert found["verdict"] == "open"
    assert found["text"] == "1 of 2 still lack a finished pass since the switch"
    assert verdict([], None, Gate())["verdict"] == "open"


def test_a_gate_fails_on_more_failed_users_or_items_than_were_allowed() -> None:
    lossy = a_pass(mail=Totals(total=100, read=100, success=98, failure=2))
    wave = [tracked("SUCCESS", lossy), tracked("ONERROR")]
    assert verdict(wave, None, Gate(1, 2.0))["verdict"] == "passed"
    assert "1 user failed" in verdict(wave, None, Gate(0, 2.0))["text"]
    assert "2.00 % of the items failed" in verdict(wave, None, Gate(1, 1.9))["text"]
