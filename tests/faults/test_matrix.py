# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: every call of the API, struck by everything that can befall it.

Invariants 3, 4 and 6: nothing is lost, nothing is done twice, who fails says what is known, and
nothing shows the secret: running.run searches all that the modules of each cell say, at the highest
verbosity and with a diff. What ansible-playbook makes of it at -vvvv is searched in test_diagonal,
where each fault and each call has one play, and for the roles in test_cutover. Echoes of the secret
are no part of this matrix, as a service that is struck does not make them: tests/unit has them, for
each call in each way to fail.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable

import pytest
import requests

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS
from ansible_collections.cloudiway.mail.tests.faults.columns import PATIENT, STRIKES, Strike
from ansible_collections.cloudiway.mail.tests.faults.conftest import CELL
from ansible_collections.cloudiway.mail.tests.faults.gate import Gate
from ansible_collections.cloudiway.mail.tests.faults.rows import ROWS, call_of
from ansible_collections.cloudiway.mail.tests.faults.running import (
    SHORT,
    code_of,
    end_of,
    pause_after,
    prepare,
    run,
    run_again,
    strikes,
    undisturbed,
)
from ansible_collections.cloudiway.mail.tests.faults.table import RIDDEN_OUT
from ansible_collections.cloudiway.mail.tests.unit.support import patience
from ansible_collections.cloudiway.mail.tests.unit.support.service import Params, Service

#: Seconds of retry_timeout: more than a single fault takes.
ENDURING = 30.0


class Blow:
    """A strike at the call of a row: once, or for as long as its task runs."""

    def __init__(self, service: Service, door: Gate, row: str, strike: Strike, lasts: bool) -> None:
        self._service = service
        self._door = door
        self._task = ROWS[row]
        self._call = call_of(row)
        self._strike = strike
        self._lasts = lasts
        self._made = 0
        self._refused = 0
        self._send = requests.adapters.HTTPAdapter.send

    def run(self) -> Params:
        """Run the task of the row under it; the result. Sees that it has struck."""
        task = self._task
        options: Params = {"timeout": PATIENT, "retry_timeout": SHORT if self._lasts else ENDURING}
        prepare(self._service, task)
        with pytest.MonkeyPatch.context() as patch:
            if not self._strike.kind or self._strike.timeout != PATIENT:
                # With one lane, requests come in the order in which they are sent.
                options["concurrency"] = 1
                patch.setattr(requests.adapters.HTTPAdapter, "send", self._sender())
            if not self._strike.kind:
                result = run(self._service, task, **options, api_url=self._door.url)
                count = self._refused
            else:
                times = None if self._lasts else 1
                told = {"call": self._call, "times": times, "skip": task.skip}
                self._service.control("faults", {**self._strike.told, **told})
                result = run(self._service, task, **options)
                self._service.control("faults/reset", {})
                count = strikes(self._service, self._call, self._strike)
        assert count >= 1 if self._lasts else count == 1
        if self._strike.wait and not self._lasts:
            assert pause_after(self._service.journal, self._strike) >= self._strike.wait
        return result

    def _sender(self) -> Callable[..., requests.Response]:
        """Sending as requests does it, but for what is struck."""

        def send(
            adapter: t.Any, request: requests.PreparedRequest, **options: t.Any
        ) -> requests.Response:
            self._made += self._is_meant(request)
            turn = self._made - self._task.skip
            is_struck = self._is_meant(request) and (turn >= 1 if self._lasts else turn == 1)
            if self._strike.kind:
                timeout = self._strike.timeout if is_struck else PATIENT
                return self._send(adapter, request, **{**options, "timeout": timeout})
            return self._through_the_door(is_struck, adapter, request, options)

        return send

    def _is_meant(self, request: requests.PreparedRequest) -> bool:
        return (request.url or "").partition("?")[0].endswith(f"/{self._call}")

    def _through_the_door(
        self, is_struck: bool, adapter: t.Any, request: requests.PreparedRequest, options: Params
    ) -> requests.Response:
        """Send a request by the door, which is shut before the one that is struck."""
        if is_struck:
            self._door.shut()
        try:
            return self._send(adapter, request, **options)
        except requests.ConnectionError:
            self._refused += 1
            raise
        finally:
            if is_struck and not self._lasts:
                self._door.open()


def test_every_call_of_the_contract_has_its_row_and_no_other() -> None:
    assert {call_of(row) for row in ROWS} == set(CALLS)


def is_left_in_doubt(row: str, strike: Strike) -> bool:
    """Whether one lost answer is enough for a task to fail: no call shows whether there is a licence."""
    is_refused = row == "license, refused again"
    return is_refused and strike.when == "after" and bool(strike.code)


@pytest.mark.parametrize("strike", STRIKES, ids=str)
@pytest.mark.parametrize("row", ROWS)
def test_a_call_that_is_struck_loses_nothing_and_does_nothing_twice(
    service: Service,
    door: Gate,
    row: str,
    strike: Strike,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if strike.when != "late":
        patience.look_once(monkeypatch)
    record_property(CELL, json.dumps([row, strike.name, "-"]))
    clean = undisturbed(service, row)

    once = Blow(service, door, row, strike, lasts=False).run()
    assert bool(once.get("failed")) == is_left_in_doubt(row, strike), once
    if once.get("failed"):
        assert code_of(call_of(row), strike, once, service.journal) == "lost_answer"
        again = run_again(service, ROWS[row])
        assert not again.get("failed"), again
    assert end_of(service) == clean

    lasting = Blow(service, door, row, strike, lasts=True).run()
    what = RIDDEN_OUT
    if lasting.get("failed"):
        what = code_of(call_of(row), strike, lasting, service.journal)
        again = run_again(service, ROWS[row])
        assert not again.get("failed"), again
    assert end_of(service) == clean
    record_property(CELL, json.dumps([row, strike.name, what]))
