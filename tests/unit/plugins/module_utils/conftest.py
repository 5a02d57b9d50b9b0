# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What answers the engine in these tests: a simulator, or a server that follows a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils import _client
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import ScriptedServer, Step
from ansible_collections.cloudiway.mail.tests.unit.support.service import CAST, Service, simulator


@pytest.fixture(scope="session")
def one_simulator() -> Iterator[Service]:
    """The simulator of all tests of the session."""
    with simulator(*CAST) as service:
        yield service


@pytest.fixture
def service(one_simulator: Service) -> Service:
    """A simulator with nobody in it, which reads the document in its default way."""
    one_simulator.clear()
    return one_simulator


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedServer]]:
    """Begins servers that answer from a script, by call; ends them with the test."""
    with ExitStack() as servers:

        def begin(*everything: Step, **by_call: list[Step]) -> ScriptedServer:
            script = {**by_call, **({"*": list(everything)} if everything else {})}
            return servers.enter_context(ScriptedServer(script))

        yield begin


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between two tries that are as good as none."""
    monkeypatch.setattr(_client, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(_client, "_LONGEST_PAUSE", 0.05)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of proxies and certificates is not for the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
