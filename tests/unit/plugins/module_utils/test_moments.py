# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates, moments and zones as users write them."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils._moments import (
    parse_date,
    parse_moment,
    parse_zone,
)

UTC = dt.timezone.utc
some = settings(max_examples=200, deadline=None, database=None, derandomize=True)


@some
@given(st.dates(min_value=dt.date(1900, 1, 1)))
def test_every_iso_date_is_read_as_itself(date: dt.date) -> None:
    assert parse_date(date.isoformat()) == date


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_date_means_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    "text",
    ["01/05/2015", "2015-02-29", "2015-1-5", "20150105", "2015-W01-1", "2015-01-05T00:00:00", "x"],
)
def test_what_is_no_iso_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        parse_date(text)


def test_a_year_that_the_service_takes_for_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="a year from 1900"):
        parse_date("0001-01-01")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-27T21:00:00Z",
        "2026-03-27T21:00:00z",
        "2026-03-27T21:00Z",
        "2026-03-27T22:00:00+01:00",
        "2026-03-27T22:00:00+0100",
        "2026-03-27T22:00:00+01",
        "2026-03-27T17:30:00-03:30",
        "2026-03-27 21:00:00+00:00",  # how YAML hands over a moment without quotes
        "2026-03-27 21:00:00 +00:00",
        "2026-03-27T21:00:00.000Z",
        "2026-03-27T20:59:59.000000001Z",
        "2026-03-27T20:59:59,5Z",  # as `date -Ins` has it
    ],
)
def test_a_moment_is_read_in_utc_and_rounded_up_to_a_full_second(text: str) -> None:
    assert parse_moment(text) == dt.datetime(2026, 3, 27, 21, tzinfo=UTC)
    assert parse_moment(text).tzinfo is UTC


MICROSECONDS = st.integers(-(10**15), 10**16).map(lambda each: dt.timedelta(microseconds=each))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda each: dt.timezone(dt.timedelta(minutes=each)))


@some
@given(MICROSECONDS, OFFSETS, st.sampled_from("T "))
def test_every_moment_is_rounded_up_by_less_than_a_second(
    since: dt.timedelta, zone: dt.timezone, between: str
) -> None:
    moment = (dt.datetime(1970, 1, 1, tzinfo=UTC) + since).astimezone(zone)
    read = parse_moment(moment.isoformat(between))
    assert read.microsecond == 0
    assert dt.timedelta(0) <= read - moment < dt.timedelta(seconds=1)


@pytest.mark.parametrize("text", ["2026-03-27T22:00:00", "2026-03-27 22:00:00"])
def test_a_moment_without_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected an offset from UTC"):
        parse_moment(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-03-27",
        "22:00:00Z",
        "2026-03-27T22:00:00+01:00 or so",
        "2026-02-30T22:00:00Z",
        "2026-03-27T24:00:00Z",
        "2026-03-27T23:59:60Z",
        "2026-03-27T22:00:00+15:00",
        "2026-03-27T22:00:00+01:99",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.5Z",
        "9999-12-31T23:59:59-01:00",
        "\u0662026-03-27T22:00:00Z",
    ],
)
def test_what_is_no_moment_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|there is no such"):
        parse_moment(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("UTC", 0),
        ("utc", 0),
        ("GMT", 0),
        ("Z", 0),
        ("+02:00", 2),
        ("+0200", 2),
        ("+2", 2),
        ("UTC+2", 2),
        ("UTC+02:00", 2),
        ("-03:30", -3.5),
        ("+14:00", 14),
    ],
)
def test_utc_and_offsets_need_no_time_zone_database(
    text: str, hours: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoneinfo, "ZoneInfo", None)
    assert parse_zone(text).utcoffset(None) == dt.timedelta(hours=hours)


def test_a_name_of_the_time_zone_database_knows_summer_time() -> None:
    zone = parse_zone("Europe/Paris")
    assert dt.datetime(2026, 1, 1, tzinfo=zone).utcoffset() == dt.timedelta(hours=1)
    assert dt.datetime(2026, 7, 1, tzinfo=zone).utcoffset() == dt.timedelta(hours=2)


@pytest.mark.parametrize(
    "text", ["", "Mars/Base", "Europe", "../etc/passwd", "/etc/passwd", "\0", "\ud800", "tzdata.zi"]
)
def test_what_is_no_zone_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected UTC, an offset such as \+02:00 \(in quotes\)"):
        parse_zone(text)


@pytest.mark.parametrize("text", ["+15:00", "+02:75", "+99"])
def test_an_offset_that_no_place_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="between -14:00 and"):
        parse_zone(text)


def test_a_slip_in_the_name_of_a_zone_is_pointed_out() -> None:
    with pytest.raises(ValueError, match=r"did you mean Europe/Paris\?"):
        parse_zone("europe/paris")


def test_no_abbreviation_is_suggested_in_place_of_another() -> None:
    with pytest.raises(ValueError, match=r"such as Europe/Paris$"):
        parse_zone("CEST")


def test_a_missing_time_zone_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_zone(key: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", no_such_zone)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    with pytest.raises(ValueError, match="tzdata"):
        parse_zone("Europe/Paris")
