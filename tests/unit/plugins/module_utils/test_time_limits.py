# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No call waits for longer than it was told to, wherever the service falls silent."""

from __future__ import annotations

import socket
import time
import typing as t
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS, Call
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    Fault,
    LostAnswer,
    Unreachable,
)
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    ScriptedServer,
    Sent,
    ok,
)

Begin = Callable[..., ScriptedServer]
#: Seconds that a call is told to wait, and in which it has to end; it would else last for minutes.
TIMEOUT, SOON = 0.3, 3.0


def asked(url: str, call: Call, kind: type[Fault]) -> Fault:
    """Make a call that is not answered; its failure, which comes in time."""
    settings = Connection(KEY, SECRET, url, timeout=TIMEOUT, retry_timeout=0)
    arguments: dict[str, t.Any] = dict.fromkeys(call.fields, "x")
    began = time.monotonic()
    with Client(settings) as client, pytest.raises(kind) as caught:
        client.send(call, arguments, lambda: False)
    assert time.monotonic() - began < SOON
    return caught.value


@pytest.fixture
def full() -> Iterator[str]:
    """The URL of a service whose queue of connections is full, so that it takes no more."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _unused in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        for one in waiting:
            one.close()


@pytest.mark.parametrize("call", CALLS.values(), ids=str)
def test_a_call_that_gets_no_answer_is_lost_after_the_timeout(scripted: Begin, call: Call) -> None:
    failure = asked(scripted(ok().after(1)).url, call, LostAnswer)
    assert f"no answer within {TIMEOUT:g} s" in failure.message


@pytest.mark.parametrize("call", CALLS.values(), ids=str)
def test_a_call_that_gets_no_connection_is_given_up_after_the_timeout(
    full: str, call: Call
) -> None:
    failure = asked(full, call, Unreachable)
    assert f"no connection within {TIMEOUT:g} s" in failure.message


@pytest.mark.parametrize("call", CALLS.values(), ids=str)
def test_an_answer_that_trickles_from_its_first_byte_is_lost_after_the_timeout(
    scripted: Begin, call: Call
) -> None:
    trickle = replace(ok("x" * 100), pace=0.05, slow_head=True)
    failure = asked(scripted(trickle).url, call, LostAnswer)
    assert f"no answer within {TIMEOUT:g} s" in failure.message


def test_a_service_that_never_shakes_hands_is_given_up_after_the_timeout(scripted: Begin) -> None:
    url = scripted(Sent()).url.replace("http:", "https:")
    asked(url, CALLS["batch"], Fault)


def test_a_connection_goes_on_after_an_answer_that_came_only_just_in_time(scripted: Begin) -> None:
    server = scripted(ok([]).after(0.25), ok([]).after(0.25), ok([]))
    with Client(Connection(KEY, SECRET, server.url, timeout=0.5, retry_timeout=0)) as client:
        assert [client.batches() for _unused in range(3)] == [[], [], []]
    assert server.connections == 1
