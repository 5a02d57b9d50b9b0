# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What answers the engine in these tests: a simulator, or a server that follows a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ansible_collections.cloudiway.mail.tests.unit.support import patience
from ansible_collections.cloudiway.mail.tests.unit.support.fixtures import one_simulator, service
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import ScriptedServer, Step

__all__ = ["one_simulator", "service"]


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
    """Pauses between two tries that are as good as none, and one look after a lost answer."""
    patience.shorten_pauses(monkeypatch)
    patience.look_once(monkeypatch)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of proxies and certificates is not for the tests."""
    patience.go_straight(monkeypatch)
