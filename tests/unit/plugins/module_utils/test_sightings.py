# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read before a list is planned, and what need not wait for what."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import manage_users
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    Asked,
    ScriptedServer,
    Sent,
    ok,
)
from ansible_collections.cloudiway.mail.tests.unit.support.service import WAVE, roster, source


def test_members_are_read_while_the_list_of_all_users_is_on_its_way(
    scripted: Callable[..., ScriptedServer],
) -> None:
    members_are_asked_for = threading.Event()

    def answer(asked: Asked) -> Sent:
        if asked.call == "getall":
            assert members_are_asked_for.wait(5)
            user = {"sourceEmail": source("anna"), "migrationTag": "anna", "firstName": "Anna"}
            return ok([user])
        if asked.call == "batch":
            return ok([WAVE])
        members_are_asked_for.set()
        return ok(["anna"])

    server = scripted(answer)
    params = roster("anna")
    params["users"][0] = {"source_email": source("anna"), "migration_tag": "anna", "batch": WAVE}
    with Client(Connection("key", "a secret", server.url, timeout=2, retry_timeout=0)) as client:
        outcome = manage_users(client, params, False)
    assert not outcome.changed
    assert sorted(asked.call for asked in server.asked) == ["batch", "getall", "getusersinbatch"]
