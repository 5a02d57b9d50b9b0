# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and addresses arrive and come back as they are, in query strings and in bodies."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils._batches import (
    batch_info,
    manage_batch,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._settings import manage_settings
from ansible_collections.cloudiway.mail.plugins.module_utils._users import manage_user
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    Service,
    batch,
    person,
    rehearsed,
    wanted,
)

NAMES = [
    "Wave 1 & 2",
    "a+b c++",
    "100 % #1 ?x=1&y=2",
    "%41%2F%",
    "/",
    "../..",
    "a/b\\c",
    "'single' \"double\"",
    "{braces} [brackets]",
    "\u201ccurly\u201d quotes",
    "Gr\u00f6\u00dfe \u4e2d\u6587 \U0001f600",
    "e\u0301 decomposed",
    ";,:@!$*()~|<>^`",
    "{{ 7 * 7 }}",
    "null",
]
ADDRESSES = [
    "o'hara+x&y=z#1%2F/w@old.example",
    "!$*=?^_`{|}~-.@old.example",
    "gr\u00f6\u00dfe@b\u00fccher.example",
    "\u5c71\u7530@\u4f8b\u3048.jp",
    '"a\\"b"@old.example',
    "%41@old.example",
]
#: The list of users without tags, so that each is looked up by its addresses in a query string.
TAGLESS = {"getall_tags": False}


def arrive(service: Service, name: str, address: str) -> None:
    """Make a batch of that name, of a user with that address, and look whether both are there."""
    declared = person("x", batch=name, source_email=address, target_email=f"{address}.new")
    declared |= {"first_name": name, "last_name": name}
    outcome = rehearsed(service, manage_user, declared)
    [user] = service.users
    assert (user["source_email"], user["target_email"]) == (address, f"{address}.new")
    assert (user["first_name"], user["last_name"], user["batch"]) == (name, name, name)
    assert outcome.result["user"]["batch"] == name
    rehearsed(service, manage_settings, wanted(batch=name, migrate_trash=True))
    assert service.users[0]["settings"]["should_migrate_trash"] is True
    # Who is in it is asked for by its name in a query string.
    [shown] = service.do(batch_info, {"name": name}).result["batches"]
    assert shown["name"] == name
    rehearsed(service, manage_batch, batch(name, users=[], exclusive=True))
    assert list(service.state["batches"].values()) == [[]]
    rehearsed(service, manage_batch, batch(name, state="absent"))
    assert service.state["batches"] == {}


@pytest.mark.parametrize("readings", [{}, TAGLESS], ids=["", "tagless"])
@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_batch_arrives_as_it_is(
    name: str, readings: dict[str, t.Any], service: Service
) -> None:
    service.read_as(**readings)
    arrive(service, name, "x@old.example")


@pytest.mark.parametrize("readings", [{}, TAGLESS], ids=["", "tagless"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_arrives_as_it_is(
    address: str, readings: dict[str, t.Any], service: Service
) -> None:
    service.read_as(**readings)
    arrive(service, "Wave 1", address)


@settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.text("aZ0 &+#%/\\'\"?=;,.:@{}[]<>|~^`$!*()\u00fc\u00df\u4e2d\U0001f600", min_size=1).filter(
        lambda name: name == name.strip()
    ),
    st.text("aZ0&+#%/'?={}|~^`$!*.\u00fc\u00df\u4e2d\U0001f600", min_size=1, max_size=40),
    st.booleans(),
)
def test_any_name_and_any_address_arrive_as_they_are(
    service: Service, name: str, local: str, tagless: bool
) -> None:
    service.clear()
    service.read_as(**(TAGLESS if tagless else {}))
    arrive(service, name, f"{local}@old.example")
