# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every failure has a code of its own, which says what is known."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.cloudiway.mail.plugins.module_utils import _errors
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    CloudiwayError,
    Fault,
    InvalidInput,
    LostAnswer,
    ProtocolError,
    Redirected,
    Refused,
    RefusedAfterwards,
    StillAtWork,
    Throttled,
    Unreachable,
    Unsettled,
)

CODES = {
    "InvalidInput": "invalid_input",
    "Refused": "refused",
    "NotFound": "not_found",
    "Ambiguous": "ambiguous",
    "Unreachable": "unreachable",
    "Throttled": "throttled",
    "LostAnswer": "lost_answer",
    "ProtocolError": "protocol",
    "Redirected": "redirect",
    "Insecure": "insecure",
    "NoSuchCall": "no_such_call",
    "ForceNeeded": "force_needed",
    "NotApplied": "not_applied",
    "GateNotPassed": "gate",
    "WaitTimeout": "wait_timeout",
    "WrongClock": "clock",
    "FailedUsers": "failed_users",
}
# Failures that playbooks need not tell from the one whose code they have; the client does.
VARIETIES = {"StillAtWork": "lost_answer", "RefusedAfterwards": "lost_answer"}
# Failures in between, which nothing raises.
STEMS = {"CloudiwayError", "Fault", "Unsettled"}


def kinds(root: type[CloudiwayError]) -> set[type[CloudiwayError]]:
    """The class and all classes of the tree below it."""
    below = [kind for kind in root.__subclasses__() if kind.__module__ == _errors.__name__]
    return {root}.union(*(kinds(kind) for kind in below))


def test_every_failure_has_the_code_that_playbooks_branch_on() -> None:
    found = {kind.__name__: kind.code for kind in kinds(CloudiwayError)}
    assert {name: code for name, code in found.items() if name not in STEMS} == {
        **CODES,
        **VARIETIES,
    }
    assert len(set(CODES.values())) == len(CODES)


def test_every_code_is_explained_in_the_table_at_the_head_of_the_file() -> None:
    explained = re.findall(r"^([a-z_]+) {2,}\S", _errors.__doc__ or "", re.M)
    assert explained[0] == "code"
    assert sorted(explained[1:]) == sorted(CODES.values())


def test_a_failure_tells_its_code_its_message_its_call_and_its_http_status() -> None:
    assert Refused("no license", call="start", http_status=200).failure() == {
        "code": "refused",
        "message": "no license",
        "call": "start",
        "http_status": 200,
    }
    assert str(Refused("no license")) == "no license"
    assert Refused("no license").failure()["call"] is None


def test_faulty_input_is_told_with_every_fault_at_once() -> None:
    error = InvalidInput(["line 2: no address", "line 7: no licence word"])
    assert error.failure()["faults"] == ["line 2: no address", "line 7: no licence word"]
    assert error.failure()["code"] == "invalid_input"
    for fault in error.faults:
        assert fault in str(error)
    assert "2 faults" in str(error)
    assert str(InvalidInput(["line 2: no address"])) == "line 2: no address"


def test_only_what_was_sent_without_an_answer_to_it_may_have_been_acted_upon() -> None:
    acted = {kind for kind in kinds(Fault) if t.cast(type[Fault], kind).may_have_acted}
    assert (
        acted
        == kinds(LostAnswer)
        == {
            LostAnswer,
            StillAtWork,
            RefusedAfterwards,
            ProtocolError,
            Redirected,
        }
    )
    assert kinds(Fault) == {Fault, Unreachable, Throttled, *acted}


def test_a_fault_keeps_the_seconds_that_the_service_asked_to_wait() -> None:
    assert Throttled("patience", http_status=429, retry_after=7.0).retry_after == 7.0
    assert LostAnswer("cut").retry_after is None


def test_work_that_did_not_end_well_keeps_what_was_seen_last() -> None:
    seen = {"users": ["a"]}
    for kind in kinds(Unsettled) - {Unsettled}:
        error = t.cast(type[Unsettled], kind)("three users failed", seen)
        assert error.seen == {"users": ["a"]}
        assert error.failure()["message"] == "three users failed"
    seen["summary"] = []
    assert error.seen == {"users": ["a"]}
