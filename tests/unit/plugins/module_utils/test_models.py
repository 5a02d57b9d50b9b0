# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service tells becomes users, passes, settings and connectors, or is refused."""

from __future__ import annotations

import datetime as dt
import json
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import (
    CALLS,
    DATES,
    SWITCHES,
    Phase,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import ProtocolError
from ansible_collections.cloudiway.mail.plugins.module_utils._models import (
    Connector,
    MailUser,
    Pass,
    Settings,
    Totals,
    address_key,
    iso,
    same_address,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._wire import (
    Credentials,
    decode,
    encode,
)
from ansible_collections.cloudiway.mail.tests.unit.plugins.module_utils.vectors.answers import (
    ANSWERS,
)

some = settings(max_examples=200, deadline=None, database=None, derandomize=True)

UTC = dt.timezone.utc
EAST = dt.timezone(dt.timedelta(hours=2))
WEST = dt.timezone(-dt.timedelta(hours=9, minutes=30))


HOUR, NO_TIME = dt.timedelta(hours=1), dt.timedelta()


class SummerTime(dt.tzinfo):
    """An hour ahead of UTC; two from April to September."""

    def utcoffset(self, dt: dt.datetime | None) -> dt.timedelta:
        return HOUR + self.dst(dt)

    def dst(self, dt: dt.datetime | None) -> dt.timedelta:
        return HOUR if dt is not None and 4 <= dt.month <= 9 else NO_TIME

    def tzname(self, dt: dt.datetime | None) -> str:
        return f"test {self.dst(dt)}"


# Whatever JSON may carry in place of what is expected.
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(
        ["\ud800", "", " ", "SUCCESS", "6", "a@b.example", "2015-01-05", "01/01/0001"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=3,
)


# Users ----------------------------------------------------------------------------------------


def test_the_user_of_the_sample_is_read_with_a_tag_without_blanks() -> None:
    user = MailUser.read(decode(CALLS["get"], ANSWERS["2.3"].encode()))
    assert user == MailUser(
        source_email="mySource@mydomain.com",
        target_email="myTarget@myDomain.com",
        first_name="John",
        last_name="Doe",
        tag="c0d9b808-965e-4d80-9230-xxxxxxxxxxxxxxxx",
        source_connector=None,
        target_connector=None,
        status=None,
        licensed=None,
    )
    assert user.label == "mySource@mydomain.com"


@pytest.mark.parametrize("respell", [str.lower, str.upper, str.title, str.swapcase])
def test_a_user_is_read_whatever_the_case_of_the_names_and_values_keep_theirs(
    respell: t.Callable[[str], str],
) -> None:
    shown = {
        "firstname": "aDa",
        "lastName": "BYRON",
        "sourceEmail": " Ada@Old.example ",
        "targetEmail": "Ada@New.example",
        "migrationTag": "aB-1 ",
        "sourceConnectorName": "GooGle",
        "targetConnectorName": "Office 365",
        "status": "Working",
    }
    answer = {"hasError": False, "response": [{respell(k): v for k, v in shown.items()}]}
    (plain,) = decode(CALLS["getall"], json.dumps(answer).encode())
    user = MailUser.read(plain)
    assert (user.first_name, user.last_name) == ("aDa", "BYRON")
    assert (user.source_email, user.target_email) == ("Ada@Old.example", "Ada@New.example")
    assert user.tag == "aB-1"
    assert (user.source_connector, user.target_connector) == ("GooGle", "Office 365")
    assert user.status is not None
    assert user.status.name == "WORKING"


def test_what_an_answer_does_not_show_of_a_user_is_none_and_no_empty_text() -> None:
    user = MailUser.read({"sourceemail": "a@b.example", "targetemail": None, "migrationtag": " "})
    assert user == MailUser(source_email="a@b.example")
    assert MailUser.read({"sourceemail": "a@b.example", "firstname": ""}).first_name == ""


@pytest.mark.parametrize(
    "plain", [{}, {"sourceemail": None}, {"sourceemail": ""}, {"sourceemail": " \t"}]
)
def test_a_user_without_a_source_address_is_none(plain: dict[str, t.Any]) -> None:
    with pytest.raises(ProtocolError):
        MailUser.read({"firstname": "Ada", **plain})


@pytest.mark.parametrize("field", ["sourceemail", "targetemail", "firstname", "migrationtag"])
@pytest.mark.parametrize("value", [5, True, 1.5, ["a@b.example"], {"a": "b"}])
def test_a_user_with_something_else_in_place_of_a_text_is_refused(
    field: str, value: object
) -> None:
    with pytest.raises(ProtocolError, match=field):
        MailUser.read({"sourceemail": "a@b.example", field: value})


@pytest.mark.parametrize(
    ("value", "name", "phase"),
    [
        ("SUCCESS", "SUCCESS", Phase.DONE),
        (" pending ", "PENDING", Phase.THROTTLED),
        (6, "PENDING", Phase.THROTTLED),
        ("6", "PENDING", Phase.THROTTLED),
        (0, "UNKNOWN", Phase.UNKNOWN),
        (99, "99", Phase.UNKNOWN),
        ("MOVED", "MOVED", Phase.UNKNOWN),
        ("\ud800", "?", Phase.UNKNOWN),
    ],
)
@pytest.mark.parametrize("field", ["status", "migrationstatus"])
def test_a_status_that_comes_with_a_user_is_read_by_name_and_by_code(
    field: str, value: object, name: str, phase: Phase
) -> None:
    status = MailUser.read({"sourceemail": "a@b.example", field: value}).status
    assert status is not None
    assert (status.name, status.phase) == (name, phase)


@pytest.mark.parametrize("value", [None, "", "  ", True, False, 4.0, ["SUCCESS"], {"a": 1}])
def test_what_is_no_status_is_not_taken_for_one(value: object) -> None:
    assert MailUser.read({"sourceemail": "a@b.example", "status": value}).status is None


def test_a_status_that_is_null_does_not_hide_one_under_the_other_name() -> None:
    plain = {"sourceemail": "a@b.example", "status": None, "migrationstatus": "SUCCESS"}
    status = MailUser.read(plain).status
    assert status is not None
    assert status.phase is Phase.DONE


def test_a_licence_is_shown_only_by_true_or_false() -> None:
    assert MailUser.read({"sourceemail": "a@b.example", "haslicense": True}).licensed is True
    assert MailUser.read({"sourceemail": "a@b.example", "haslicense": False}).licensed is False
    for value in (None, "true", 1, ["true"]):
        assert MailUser.read({"sourceemail": "a@b.example", "haslicense": value}).licensed is None


USER_FIELDS = [
    *("sourceemail", "targetemail", "firstname", "lastname", "migrationtag", "status"),
    *(
        "sourceconnectorname",
        "sourceconnector",
        "targetconnectorname",
        "haslicense",
        "migrationstatus",
    ),
]


@some
@given(
    st.dictionaries(st.sampled_from(USER_FIELDS), ANYTHING),
    st.none() | st.just("a@b.example"),
)
def test_no_user_whatever_raises_anything_but_a_protocol_error_and_each_can_be_written(
    plain: dict[str, t.Any], source: str | None
) -> None:
    if source:
        plain["sourceemail"] = source
    try:
        user = MailUser.read(plain)
    except ProtocolError as error:
        error.message.encode()
    else:
        assert user.source_email
        repr(user).encode()
        for text in (user.label, user.first_name, user.tag, user.status and user.status.name):
            (text or "").encode()


def test_addresses_compare_without_case_and_without_blanks_around_them() -> None:
    assert same_address("Ada@Old.example", " ada@OLD.EXAMPLE ")
    assert same_address("\u00c9mile@old.example", "\u00e9mile@old.example")
    assert address_key(" Ada@Old.Example") == "ada@old.example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@old.example", "ada@new.example"),
        ("stra\u00dfe@old.example", "strasse@old.example"),
        ("\ufb01n@old.example", "fin@old.example"),
        ("ad a@old.example", "ada@old.example"),
        ("ada@old.example", None),
        ("ada@old.example", ""),
    ],
)
def test_addresses_that_differ_in_more_than_case_are_two_mailboxes(
    one: str, other: str | None
) -> None:
    assert not same_address(one, other)


# Passes ---------------------------------------------------------------------------------------

BEGUN = {"startdatetime": "23/10/2018 14:45:00"}
WHOLE = {**BEGUN, "enddatetime": "23/10/2018 14:45:46"}


def test_the_passes_of_the_sample_are_read_once_its_last_brace_is_there() -> None:
    plains = decode(CALLS["getmailhistory"], ANSWERS["2.8"].encode() + b"}")
    first, second = (Pass.read(plain, UTC) for plain in plains)
    assert first == Pass(
        start=dt.datetime(2018, 10, 23, 14, 45, 0, tzinfo=UTC),
        end=dt.datetime(2018, 10, 23, 14, 45, 46, tzinfo=UTC),
        mail=Totals(total=2, read=2, success=2),
        calendar=Totals(),
        contacts=Totals(),
    )
    assert second.mail == Totals(total=3, already_migrated=2)
    assert (first.delta, second.delta) == (0, 1)
    assert second.result() == {
        "start": "2018-10-23T14:50:35Z",
        "end": "2018-10-23T14:50:48Z",
        "mail": {
            "total": 3,
            "read": 0,
            "success": 0,
            "ignored": 0,
            "failure": 0,
            "already_migrated": 2,
            "delta": 1,
        },
        "calendar": dict.fromkeys(first.calendar.result(), 0),
        "contacts": dict.fromkeys(first.contacts.result(), 0),
    }


def test_every_counter_of_a_pass_is_read_into_its_place() -> None:
    counters = ["Total", "Read", "Success", "Ignored", "Failure", "AlreadyMigrated"]
    plain = {
        f"{kind}{counter}".lower(): 10 * row + column
        for row, kind in enumerate(["msg", "cal", "con"], start=1)
        for column, counter in enumerate(counters)
    }
    found = Pass.read({**WHOLE, **plain}, UTC)
    assert found.mail == Totals(10, 11, 12, 13, 14, 15)
    assert found.calendar == Totals(20, 21, 22, 23, 24, 25)
    assert found.contacts == Totals(30, 31, 32, 33, 34, 35)
    assert found.items == Totals(60, 63, 66, 69, 72, 75)


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        (UTC, "2018-10-23T14:45:00Z"),
        (EAST, "2018-10-23T12:45:00Z"),
        (WEST, "2018-10-24T00:15:00Z"),
        (SummerTime(), "2018-10-23T13:45:00Z"),
    ],
    ids=["UTC", "+02:00", "-09:30", "winter"],
)
def test_history_is_in_the_zone_of_the_server(zone: dt.tzinfo, start: str) -> None:
    found = Pass.read(BEGUN, zone)
    assert iso(found.start) == found.result()["start"] == start
    assert found.start.tzinfo is not None


def test_a_zone_with_summer_time_counts_as_it_was_at_that_moment() -> None:
    summer = Pass.read({"startdatetime": "23/07/2018 14:45:00"}, SummerTime())
    assert iso(summer.start) == "2018-07-23T12:45:00Z"


def test_day_and_month_of_history_are_in_the_order_of_the_document() -> None:
    assert Pass.read({"startdatetime": "02/03/2018 00:00:00"}, UTC).start == dt.datetime(
        2018, 3, 2, tzinfo=UTC
    )


@pytest.mark.parametrize("end", [None, "", "  ", "01/01/0001 00:00:00", "31/12/9999 23:59:59"])
@pytest.mark.parametrize("zone", [UTC, EAST, WEST], ids=["UTC", "+02:00", "-09:30"])
def test_a_pass_whose_end_is_not_set_is_still_running(end: str | None, zone: dt.tzinfo) -> None:
    found = Pass.read({**BEGUN, "enddatetime": end}, zone)
    assert found.end is None
    assert found.result()["end"] is None
    assert Pass.read(BEGUN, zone).end is None


@pytest.mark.parametrize(
    "text",
    [
        "2018-10-23T14:45:00",
        "10/23/2018 14:45:00",
        "23/10/2018",
        "23/10/18 14:45:00",
        "23/10/2018 24:00:00",
        "23/10/2018 14:45:61",
        "31/02/2018 14:45:00",
        "23/10/2018 14:45:00 PM",
        "23/10/2018T14:45:00Z",
        "yesterday",
        1540305900,
        True,
        ["23/10/2018 14:45:00"],
    ],
)
def test_a_moment_that_is_not_written_as_the_document_prints_it_is_refused(text: object) -> None:
    with pytest.raises(ProtocolError, match="startdatetime"):
        Pass.read({"startdatetime": text}, UTC)
    with pytest.raises(ProtocolError, match="enddatetime"):
        Pass.read({**BEGUN, "enddatetime": text}, UTC)


@pytest.mark.parametrize("start", [None, "", " ", "01/01/0001 00:00:00"])
def test_a_pass_without_a_start_is_refused(start: str | None) -> None:
    with pytest.raises(ProtocolError):
        Pass.read({**WHOLE, "startdatetime": start}, UTC)
    with pytest.raises(ProtocolError):
        Pass.read({"enddatetime": WHOLE["enddatetime"]}, UTC)


@pytest.mark.parametrize("value", ["2", 2.0, True, [], {}, float("nan"), float("inf")])
def test_a_counter_that_is_no_whole_number_is_refused(value: object) -> None:
    with pytest.raises(ProtocolError, match="calfailure"):
        Pass.read({**WHOLE, "calfailure": value}, UTC)


COUNTS = st.integers(0, 50)
TOTALS = st.builds(Totals, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)


@some
@given(TOTALS)
def test_the_delta_is_what_a_pass_left_to_do_and_never_below_zero(totals: Totals) -> None:
    settled = totals.success + totals.ignored + totals.failure + totals.already_migrated
    assert totals.delta == max(totals.total - settled, 0)
    assert totals.result()["delta"] == totals.delta


@pytest.mark.parametrize(
    ("totals", "delta"),
    [
        (Totals(total=10), 10),
        (Totals(total=10, read=10), 10),
        (Totals(total=10, success=4, ignored=3, failure=2, already_migrated=1), 0),
        (Totals(total=10, success=4, ignored=2, failure=2, already_migrated=1), 1),
        (Totals(total=2, success=2, already_migrated=2), 0),
    ],
)
def test_the_delta_leaves_out_what_was_migrated_ignored_or_failed(
    totals: Totals, delta: int
) -> None:
    assert totals.delta == delta


@some
@given(TOTALS, TOTALS, TOTALS)
def test_a_kind_of_items_that_was_counted_twice_hides_nothing_of_another_kind(
    mail: Totals, calendar: Totals, contacts: Totals
) -> None:
    found = Pass(dt.datetime(2018, 10, 23, tzinfo=UTC), None, mail, calendar, contacts)
    assert found.delta == mail.delta + calendar.delta + contacts.delta
    assert found.items == mail + calendar + contacts


PASS_FIELDS = ["startdatetime", "enddatetime", "msgtotal", "calread", "conalreadymigrated"]
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda at: dt.timezone(dt.timedelta(minutes=at)))
MOMENTS = st.datetimes().map(lambda at: f"{at:%d/%m/}{at.year:04}{at: %H:%M:%S}")


@some
@given(st.dictionaries(st.sampled_from(PASS_FIELDS), ANYTHING), MOMENTS, MOMENTS | ANYTHING, ZONES)
def test_no_pass_whatever_raises_anything_but_a_protocol_error_when_it_is_read_and_shown(
    plain: dict[str, t.Any], start: str, end: t.Any, zone: dt.tzinfo
) -> None:
    try:
        found = Pass.read({"startdatetime": start, "enddatetime": end, **plain}, zone)
    except ProtocolError as error:
        error.message.encode()
    else:
        json.dumps(found.result()).encode()
        assert found.start.astimezone(UTC)
        assert found.delta >= 0


# Settings -------------------------------------------------------------------------------------

ALL_FALSE = dict.fromkeys(SWITCHES, False)
NO_DATES: dict[str, dt.date | None] = dict.fromkeys(DATES, None)
OF_THE_SAMPLE = Settings(
    switches={**ALL_FALSE, "migrate_mails": True, "migrate_notes": True},
    dates={"from_date": dt.date(2015, 1, 5), "to_date": dt.date(2017, 1, 5)},
)


def test_the_settings_of_the_sample_are_read() -> None:
    found = Settings.read(decode(CALLS["getmailglobalsettingsbybatch"], ANSWERS["2.26"].encode()))
    assert found == OF_THE_SAMPLE
    assert found.result() == {
        "migrate_mails": True,
        "migrate_trash": False,
        "migrate_calendars": False,
        "migrate_contacts": False,
        "migrate_tasks": False,
        "migrate_notes": True,
        "migrate_journals": False,
        "convert_email_addresses": False,
        "convert_x500": False,
        "from_date": "2015-01-05",
        "to_date": "2017-01-05",
    }


def test_the_settings_of_the_sample_are_written_in_full_with_month_before_day() -> None:
    assert OF_THE_SAMPLE.written() == {
        "FromDate": "01/05/2015",
        "ToDate": "01/05/2017",
        "ShouldMigrateMails": True,
        "ShouldMigrateTrash": False,
        "ShouldMigrateCalendars": False,
        "ShouldMigrateContacts": False,
        "ShouldMigrateTasks": False,
        "ShouldMigrateNotes": True,
        "ShouldMigrateJournals": False,
        "ShouldConvertEmailAddresses": False,
        "ShouldConvertX500": False,
    }


def test_what_is_written_is_what_the_call_takes() -> None:
    call, keys = CALLS["setmailglobalsettingsbybatch"], Credentials("key", "secret")
    for written in (OF_THE_SAMPLE.written(), Settings(ALL_FALSE, NO_DATES).written()):
        request = encode(call, call.routes[0], {"batchName": "wave 1", **written}, keys)
        sent = json.loads(request.body or b"")
        assert {name: sent[name] for name in written} == written
        assert set(sent) == {*written, "batch"}


def test_a_date_that_is_not_set_is_left_out_of_the_write() -> None:
    written = Settings(ALL_FALSE, {**NO_DATES, "to_date": dt.date(2020, 12, 31)}).written()
    assert written["ToDate"] == "12/31/2020"
    assert "FromDate" not in written
    assert Settings(ALL_FALSE, NO_DATES).result()["from_date"] == ""


@some
@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_every_date_is_written_with_two_two_and_four_digits(date: dt.date) -> None:
    written = Settings(ALL_FALSE, {**NO_DATES, "from_date": date}).written()["FromDate"]
    month, day, year = written.split("/")
    assert (len(month), len(day), len(year)) == (2, 2, 4)
    assert (int(year), int(month), int(day)) == (date.year, date.month, date.day)


def test_both_spellings_of_the_switch_for_mails_are_read_and_one_is_written() -> None:
    for field in ("shouldmigratemails", "shouldmigratedmails"):
        for value in (True, False):
            found = Settings.read({field: value})
            assert found.switches == {**ALL_FALSE, "migrate_mails": value}
    written = Settings.read({"shouldmigratedmails": True}).written()
    assert written["ShouldMigrateMails"] is True
    assert "ShouldMigratedMails" not in written


@pytest.mark.parametrize("option", SWITCHES)
def test_every_switch_is_read_from_its_own_field_and_written_back_to_it(option: str) -> None:
    field = SWITCHES[option]
    found = Settings.read({field.lower(): True, "fromdate": None})
    assert found.switches == {**ALL_FALSE, option: True}
    assert [name for name, value in found.written().items() if value is True] == [field]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2015-01-05T00:00:00", dt.date(2015, 1, 5)),
        ("2015-01-05T00:00:00.0000000", dt.date(2015, 1, 5)),
        ("2015-01-05T00:00:00Z", dt.date(2015, 1, 5)),
        ("2015-01-05", dt.date(2015, 1, 5)),
        (" 2015-12-31T00:00:00 ", dt.date(2015, 12, 31)),
        ("0001-01-01T00:00:00", None),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("option", DATES)
def test_a_date_is_read_as_iso_8601_and_the_least_one_as_none(
    option: str, text: str | None, date: dt.date | None
) -> None:
    assert Settings.read({DATES[option].lower(): text}).dates == {**NO_DATES, option: date}
    assert Settings.read({}).dates == NO_DATES


@pytest.mark.parametrize(
    "text",
    [
        "01/05/2015",
        "1/5/2015 12:00:00 AM",
        "2015-13-01T00:00:00",
        "2015-02-30",
        "2015-1-5",
        "2015-01-05junk",
        "2015-01",
        "20150105",
        "2015-W01-1",
        "never",
        5,
        True,
        ["2015-01-05"],
    ],
)
def test_a_date_that_is_no_iso_8601_is_refused(text: object) -> None:
    with pytest.raises(ProtocolError, match="todate"):
        Settings.read({"todate": text})


@pytest.mark.parametrize("value", ["true", "True", 1, 0, "", [], {}])
def test_a_switch_that_is_neither_true_nor_false_is_refused(value: object) -> None:
    with pytest.raises(ProtocolError, match="shouldmigratenotes"):
        Settings.read({"shouldmigratenotes": value})


def test_a_switch_that_is_not_there_or_null_is_off_as_the_write_would_leave_it() -> None:
    assert Settings.read({"shouldmigratenotes": None}).switches == ALL_FALSE


def test_merged_settings_change_what_is_wanted_and_keep_the_rest() -> None:
    wanted: dict[str, bool | dt.date | None] = {
        "migrate_mails": False,
        "convert_x500": True,
        "to_date": dt.date(2020, 2, 29),
    }
    merged = OF_THE_SAMPLE.merged(wanted)
    assert merged.switches == {
        **ALL_FALSE,
        "migrate_mails": False,
        "migrate_notes": True,
        "convert_x500": True,
    }
    assert merged.dates == {"from_date": dt.date(2015, 1, 5), "to_date": dt.date(2020, 2, 29)}
    assert OF_THE_SAMPLE.switches["migrate_mails"] is True
    assert OF_THE_SAMPLE.merged({}) == OF_THE_SAMPLE


def test_a_date_is_cleared_by_merging_none_and_then_left_out_of_the_write() -> None:
    merged = OF_THE_SAMPLE.merged({"from_date": None})
    assert merged.dates == {"from_date": None, "to_date": dt.date(2017, 1, 5)}
    assert "FromDate" not in merged.written()
    assert merged.written()["ToDate"] == "01/05/2017"


SETTINGS = st.builds(
    Settings,
    st.fixed_dictionaries({name: st.booleans() for name in SWITCHES}),
    st.fixed_dictionaries(
        {name: st.none() | st.dates(min_value=dt.date(1980, 1, 1)) for name in DATES}
    ),
)


@some
@given(SETTINGS)
def test_what_is_written_reads_back_the_same_from_a_server_that_keeps_it(kept: Settings) -> None:
    answer: dict[str, t.Any] = {}
    for field, value in kept.written().items():
        if isinstance(value, str):
            month, day, year = value.split("/")
            value = f"{year}-{month}-{day}T00:00:00"
        answer[field[0].lower() + field[1:]] = value
    body = json.dumps({"hasError": False, "response": answer}).encode()
    assert Settings.read(decode(CALLS["getmailglobalsettingsbybatch"], body)) == kept


@some
@given(SETTINGS, SETTINGS, st.sets(st.sampled_from([*SWITCHES, *DATES])))
def test_merging_takes_what_is_wanted_from_one_side_and_all_else_from_the_other(
    old: Settings, new: Settings, chosen: set[str]
) -> None:
    everything = {**new.switches, **new.dates}
    merged = old.merged({name: everything[name] for name in chosen})
    before = {**old.switches, **old.dates}
    after = {**merged.switches, **merged.dates}
    assert after == {name: (everything if name in chosen else before)[name] for name in before}


SETTINGS_FIELDS = [*(field.lower() for field in SWITCHES.values()), "shouldmigratedmails"]


@some
@given(st.dictionaries(st.sampled_from([*SETTINGS_FIELDS, "fromdate", "todate"]), ANYTHING))
def test_no_settings_whatever_raise_anything_but_a_protocol_error(plain: dict[str, t.Any]) -> None:
    try:
        found = Settings.read(plain)
    except ProtocolError as error:
        error.message.encode()
    else:
        json.dumps({**found.result(), **found.written()}).encode()


# Connectors -----------------------------------------------------------------------------------


def test_a_connector_has_a_name_and_a_type() -> None:
    assert Connector.read({"name": "Office 365", "type": "Office365"}) == Connector(
        "Office 365", "Office365"
    )
    assert Connector.read({"name": "Office 365", "type": None}).type == ""


@pytest.mark.parametrize("plain", [{}, {"name": None}, {"name": ""}, {"name": 5}, {"name": ["a"]}])
def test_a_connector_without_a_name_is_refused(plain: dict[str, t.Any]) -> None:
    with pytest.raises(ProtocolError):
        Connector.read({"type": "Office365", **plain})


@some
@given(st.dictionaries(st.sampled_from(["name", "type"]), ANYTHING))
def test_no_connector_whatever_raises_anything_but_a_protocol_error(
    plain: dict[str, t.Any],
) -> None:
    try:
        repr(Connector.read(plain)).encode()
    except ProtocolError as error:
        error.message.encode()
