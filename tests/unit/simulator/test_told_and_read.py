# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator tells is what the collection reads, under every reading of the document.

The two were written from the document apart, and meet here without a socket between them.
"""

from __future__ import annotations

import datetime as dt
import typing as t
from collections.abc import Mapping
from dataclasses import fields

import pytest
from cloudiway_simulator.answers import SUCCESS, Scribe
from cloudiway_simulator.progress import COUNTERS
from cloudiway_simulator.progress import Pass as ToldPass
from cloudiway_simulator.readings import Readings
from cloudiway_simulator.records import Connector as ToldConnector
from cloudiway_simulator.records import Person, User
from cloudiway_simulator.settings import DATES, FLAGS
from cloudiway_simulator.settings import Settings as ToldSettings
from cloudiway_simulator.statuses import CODES
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS, SWITCHES, Value
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    ProtocolError,
    Refused,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._models import (
    Connector,
    MailUser,
    Pass,
    Settings,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._wire import decode

some = settings(max_examples=150, deadline=None, database=None, derandomize=True)

#: The readings of how an answer is written; the others are of what a call does.
WRITTEN = (
    *("success_text", "lists", "field_case", "failure_field", "status_form", "tag_blanks"),
    *("getall_tags", "getall_targets", "getall_statuses", "getall_connectors", "getall_licenses"),
    *("get_connectors", "settings_mails_field", "unset_date"),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAME = TEXT.filter(bool)
#: What a list in curly quotes can hold, and what says nothing of another hasError.
CURLED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u201c\u201d"))
TAG = st.text("0123456789abcdef-", min_size=1, max_size=36)
ADDRESS = st.builds("{}@{}.example".format, *2 * [st.text("aA.+'#&%/=?{}\u00fc\u4e2d", min_size=1)])
PEOPLE = st.builds(Person, TAG, TEXT, TEXT, ADDRESS, ADDRESS, NAME, NAME)
USERS = st.builds(User, person=PEOPLE, licensed=st.booleans(), status=st.sampled_from([*CODES]))
MOMENTS = st.integers(946_684_800, 4_102_444_799)  # seconds of this century
PASSES = st.builds(
    ToldPass,
    MOMENTS,
    MOMENTS | st.none(),
    st.just("SUCCESS"),
    st.fixed_dictionaries({name: st.integers(0, 10**9) for name in COUNTERS}),
)
DAYS = st.none() | st.dates(min_value=dt.date(1900, 1, 1))
SETTINGS = st.builds(
    ToldSettings, **dict.fromkeys(FLAGS, st.booleans()), **dict.fromkeys(DATES, DAYS)
)


@st.composite
def readings(draw: st.DrawFn) -> Readings:
    """Any of the readings of how an answer is written."""
    values = {one.name: one.metadata["values"] for one in fields(Readings)}
    drawn: Mapping[str, object] = {name: draw(st.sampled_from(values[name])) for name in WRITTEN}
    return Readings().with_changes(drawn)


def read(name: str, told: str) -> t.Any:
    """What is read of an answer, with and without a byte order mark, whole and not cut short."""
    body = told.encode()
    value = decode(CALLS[name], body, length=len(body))
    assert decode(CALLS[name], b"\xef\xbb\xbf" + body) == value
    return value


@some
@given(readings(), st.lists(USERS, max_size=4))
def test_users(way: Readings, told: list[User]) -> None:
    users = [MailUser.read(one) for one in read("getall", Scribe(way).users(told))]
    for user, one in zip(users, told, strict=True):
        person = one.person
        assert user.source_email == person.source_email
        assert user.target_email == (person.target_email if way.getall_targets else None)
        assert (user.first_name, user.last_name) == (person.first_name, person.last_name)
        assert user.tag == (person.migration_tag if way.getall_tags else None)
        names = (person.source_connector_name, person.target_connector_name)
        assert (user.source_connector, user.target_connector) == (
            names if way.getall_connectors else (None, None)
        )
        assert (user.status.name if user.status else None) == (
            one.status if way.getall_statuses else None
        )
        assert user.licensed == (one.licensed if way.getall_licenses else None)


@some
@given(readings(), USERS)
def test_one_user_the_tag_and_the_status(way: Readings, told: User) -> None:
    person = told.person
    user = MailUser.read(read("get", Scribe(way).user(told)))
    assert (user.source_email, user.target_email) == (person.source_email, person.target_email)
    assert user.tag == person.migration_tag
    assert user.source_connector == (person.source_connector_name if way.get_connectors else None)
    assert read("migrationtag", Scribe(way).tag(person.migration_tag)) == person.migration_tag
    status = read("status", Scribe(way).status(told))
    assert status == (told.status if way.status_form == "name" else str(CODES[told.status]))


@some
@given(readings(), st.lists(CURLED, max_size=4))
def test_the_names_of_batches(way: Readings, names: list[str]) -> None:
    assert read("batch", Scribe(way).names(names)) == names


@some
@given(readings(), st.lists(USERS, max_size=4))
def test_the_members_of_a_batch(way: Readings, told: list[User]) -> None:
    tags = read("getusersinbatch", Scribe(way).members(told))
    assert tags == [one.person.migration_tag for one in told]


@some
@given(readings(), st.lists(st.builds(ToldConnector, NAME, TEXT), max_size=4))
def test_connectors(way: Readings, told: list[ToldConnector]) -> None:
    for call in ("getallsourceconnectors", "getalltargetconnectors"):
        found = [Connector.read(one) for one in read(call, Scribe(way).connectors(told))]
        assert [(one.name, one.type) for one in found] == [tuple(one) for one in told]


@some
@given(
    readings(),
    st.sampled_from(["UTC", "+05:30", "-11:00", "+14:00"]),
    st.lists(PASSES, max_size=3),
)
def test_the_history(way: Readings, zone: str, told: list[ToldPass]) -> None:
    there = way.with_changes({"server_timezone": zone})
    passes = [
        Pass.read(one, there.zone) for one in read("getmailhistory", Scribe(there).history(told))
    ]
    for one, other in zip(passes, told, strict=True):
        assert one.start.timestamp() == other.start
        assert (one.end.timestamp() if one.end else None) == other.end
        for prefix, kind in (("msg", one.mail), ("cal", one.calendar), ("con", one.contacts)):
            for count in ("total", "read", "success", "ignored", "failure"):
                assert getattr(kind, count) == other.counters[prefix + count.capitalize()]
        assert one.mail.already_migrated == other.counters["msgAlreadyMigrated"]


@some
@given(readings(), SETTINGS)
def test_settings(way: Readings, told: ToldSettings) -> None:
    found = Settings.read(read("getmailglobalsettingsbybatch", Scribe(way).settings(told)))
    assert found.dates == {name: getattr(told, name) for name in DATES}
    for name in FLAGS:
        option = name.removeprefix("should_")
        assert found.switches[option] == getattr(told, name)
    assert len(found.switches) == len(FLAGS) == len(SWITCHES)


@some
@given(readings(), st.sampled_from(sorted(SUCCESS)), st.text("aZ 7&+#%/'\u00fc\u4e2d,:\n"))
def test_a_success_without_a_value(way: Readings, call: str, batch: str) -> None:
    assert read(call, Scribe(way).success(call, batch)) is None


@some
@given(readings(), st.sampled_from(sorted(SUCCESS)), TEXT)
def test_a_success_that_tells_of_a_batch_with_any_name_is_no_refusal(
    way: Readings, call: str, batch: str
) -> None:
    try:
        assert read(call, Scribe(way).success(call, batch)) is None
    except ProtocolError:  # with quotes or braces unquoted, its end cannot be told
        assert way.success_text == "printed"
        assert set(batch) & set('{}"')


@some
@given(readings(), st.sampled_from(sorted(CALLS)), TEXT)
def test_a_failure_is_one_for_every_call_and_keeps_its_text(
    way: Readings, call: str, text: str
) -> None:
    with pytest.raises(Refused) as caught:
        read(call, Scribe(way).failure(text))
    assert caught.value.failure()["code"] == "refused"
    if way.failure_field == "printed":  # blanks, quotes and commas about it are not the text's own
        text = text.strip().strip(' ",')
    assert caught.value.message == (text if text.strip() else "the service gave no reason")


@some
@given(st.data(), readings())
def test_no_answer_that_is_cut_short_or_too_long_is_a_success(
    data: st.DataObject, way: Readings
) -> None:
    scribe = Scribe(way)
    user, batch = data.draw(USERS), data.draw(st.text('ab{}[]"\\,: \u201c\u201d'))
    call, told = data.draw(
        st.sampled_from(
            [
                ("getall", scribe.users([user])),
                ("get", scribe.user(user)),
                ("status", scribe.status(user)),
                ("migrationtag", scribe.tag(user.person.migration_tag)),
                ("batch", scribe.names([batch])),
                ("getusersinbatch", scribe.members([user])),
                ("startbatch", scribe.success("startbatch", batch)),
                ("removefrombatch", scribe.success("removefrombatch", batch)),
            ]
        )
    )
    body = told.encode()
    for end in range(len(body)):
        with pytest.raises(ProtocolError):
            decode(CALLS[call], body[:end])
    for wrong in (len(body) - 1, len(body) + 1, 0):
        with pytest.raises(ProtocolError):
            decode(CALLS[call], body, length=wrong)


def test_every_call_that_carries_a_value_is_read_here() -> None:
    carried = {call.name for call in CALLS.values() if call.value is not Value.NOTHING}
    assert carried == {
        *("getall", "get", "migrationtag", "status", "batch", "getusersinbatch"),
        *("getallsourceconnectors", "getalltargetconnectors", "getmailhistory"),
        "getmailglobalsettingsbybatch",
    }
