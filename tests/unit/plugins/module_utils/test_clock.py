# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments of the history, which have no zone, and moments of ours."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._clock import (
    refuse_another_beginning,
    refuse_future,
    zone_behind,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import WrongClock
from ansible_collections.cloudiway.mail.plugins.module_utils._models import Pass, Totals

PARIS = ZoneInfo("Europe/Paris")


def told(hour: int, minute: int, zone: dt.tzinfo = PARIS) -> Pass:
    """A pass that history tells to begin and end on the night when summer time ends."""
    moment = dt.datetime(2026, 10, 25, hour, minute, tzinfo=zone)
    return Pass(moment, moment, *[Totals()] * 3)


def ours(hour: int, minute: int) -> dt.datetime:
    """A moment of that night, in UTC."""
    return dt.datetime(2026, 10, 25, hour, minute, tzinfo=dt.timezone.utc)


def test_in_the_hour_that_comes_twice_a_pass_may_have_begun_in_the_second() -> None:
    refuse_another_beginning("anna", ours(1, 30), [told(2, 30)])
    refuse_another_beginning("anna", ours(0, 30), [told(2, 30)])
    assert zone_behind([told(2, 30)], ours(1, 30)) is None


@pytest.mark.parametrize(
    ("pass_of", "started", "fits"),
    [
        (told(1, 30), ours(0, 30), r"\+01:00"),
        (told(3, 30), ours(3, 30), r"\+00:00"),
        (told(20, 30, zone=dt.timezone.utc), ours(22, 0), "-01:30"),
    ],
)
def test_the_zone_is_named_in_which_the_pass_began_when_it_was_started(
    pass_of: Pass, started: dt.datetime, fits: str
) -> None:
    with pytest.raises(WrongClock, match=f"{fits} would fit"):
        refuse_another_beginning("anna", started, [pass_of])


def test_clocks_that_differ_by_minutes_are_no_matter_of_a_zone() -> None:
    with pytest.raises(WrongClock, match=r"the clocks differ by 90 s; set this machine's"):
        refuse_another_beginning(
            "anna", ours(20, 30) + dt.timedelta(seconds=90), [told(20, 30, zone=dt.timezone.utc)]
        )
    soon = dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=90)
    with pytest.raises(WrongClock, match=r"the clocks differ by (89|90) s"):
        refuse_future("anna", [Pass(soon, soon, *[Totals()] * 3)])
    assert zone_behind([told(20, 30, zone=dt.timezone.utc)], ours(20, 32)) is None
