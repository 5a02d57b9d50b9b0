# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: every call of the API, struck by everything that can befall it.

Invariants 4 and 6: nothing is lost, nothing is done twice, and who fails says what is known.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS
from ansible_collections.cloudiway.mail.tests.faults.columns import STRIKES, Strike
from ansible_collections.cloudiway.mail.tests.faults.conftest import CELL
from ansible_collections.cloudiway.mail.tests.faults.gate import Gate
from ansible_collections.cloudiway.mail.tests.faults.rows import ROWS
from ansible_collections.cloudiway.mail.tests.faults.running import (
    SHORT,
    code_of,
    end_of,
    prepare,
    run,
    undisturbed,
)
from ansible_collections.cloudiway.mail.tests.faults.table import RIDDEN_OUT
from ansible_collections.cloudiway.mail.tests.unit.support.service import Params, Service

#: Seconds of retry_timeout: more than a single fault takes.
ENDURING = 30.0


@contextmanager
def struck(
    service: Service, door: Gate, call: str, strike: Strike, lasts: bool
) -> Iterator[Params]:
    """Have a call struck; gives the options of the connection with which to run the task."""
    skip = ROWS[call].skip
    options: Params = {"timeout": strike.timeout, "retry_timeout": SHORT if lasts else ENDURING}
    if strike.kind:
        times = None if lasts else 1
        service.control("faults", {**strike.told, "call": call, "times": times, "skip": skip})
        yield options
        service.control("faults/reset", {})
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.adapters.HTTPAdapter, "send", shutting(door, call, skip, lasts))
        yield {**options, "api_url": door.url, "concurrency": 1}


def shutting(door: Gate, call: str, skip: int, lasts: bool) -> Callable[..., requests.Response]:
    """Sending as requests does it, but that the gate is shut as soon as the call is made."""
    send = requests.adapters.HTTPAdapter.send
    left = [skip]

    def sending(
        adapter: t.Any, request: requests.PreparedRequest, **options: t.Any
    ) -> requests.Response:
        is_meant = (request.url or "").partition("?")[0].endswith(f"/{call}")
        if not is_meant or left[0] < 0:
            return send(adapter, request, **options)
        left[0] -= 1
        if left[0] >= 0:
            return send(adapter, request, **options)
        door.shut()
        try:
            return send(adapter, request, **options)
        finally:
            if not lasts:
                door.open()

    return sending


def test_every_call_of_the_contract_has_its_row_and_no_other() -> None:
    assert set(ROWS) == set(CALLS)


@pytest.mark.parametrize("strike", STRIKES, ids=str)
@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_is_struck_loses_nothing_and_does_nothing_twice(
    service: Service,
    door: Gate,
    call: str,
    strike: Strike,
    record_property: Callable[[str, object], None],
) -> None:
    record_property(CELL, json.dumps([call, strike.name, "-"]))
    clean = undisturbed(service, call)

    prepare(service, ROWS[call])
    with struck(service, door, call, strike, lasts=False) as options:
        once = run(service, ROWS[call], **options)
    assert not once.get("failed"), once
    assert end_of(service) == clean

    prepare(service, ROWS[call])
    with struck(service, door, call, strike, lasts=True) as options:
        lasting = run(service, ROWS[call], **options)
    what = RIDDEN_OUT
    if lasting.get("failed"):
        what = code_of(call, strike, lasting, service.journal)
        again = run(service, ROWS[call])
        assert not again.get("failed"), again
    assert end_of(service) == clean
    record_property(CELL, json.dumps([call, strike.name, what]))
