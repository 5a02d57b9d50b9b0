# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the options that say whose migration is meant."""

from __future__ import annotations

import re

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._checks import (
    check_progress,
    check_selection,
    check_waiting,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import InvalidInput

NOBODY = {
    "batch": None,
    "source_email": None,
    "target_email": None,
    "migration_tag": None,
    "server_timezone": "UTC",
}


@pytest.mark.parametrize("option", ["source_email", "migration_tag"])
def test_what_awx_hands_over_of_a_blank_field_names_nobody(option: str) -> None:
    with pytest.raises(InvalidInput, match="what is given is empty; name a user or a batch"):
        check_selection({**NOBODY, option: ""})
    check_selection({**NOBODY, option: "a@old.example", "target_email": ""})


@pytest.mark.parametrize("option", ["source_email", "target_email", "migration_tag"])
def test_half_a_character_is_refused_before_it_is_sent(option: str) -> None:
    """Until ansible-core 2.18 it comes as far as the module."""
    with pytest.raises(InvalidInput) as caught:
        check_selection({**NOBODY, "source_email": "a@old.example", option: "a\ud800"})
    [fault] = caught.value.faults
    assert fault.startswith(f"{option}: ")
    assert fault.endswith("holds half a character")
    assert fault.encode("utf-8")


WAITING: dict[str, object] = {
    "since": None,
    "started_at": None,
    "started_passes": {},
    "poll_interval": 30.0,
    "wait_timeout": 60.0,
    "retries": 0,
    "max_failed_users": 0,
    "max_failed_items_percent": 0.0,
    "server_timezone": "UTC",
}


@pytest.mark.parametrize("option", ["poll_interval", "wait_timeout"])
@pytest.mark.parametrize("seconds", [1e10, 1e308, float("inf"), float("nan"), -1.0])
def test_a_wait_that_no_system_can_keep_is_refused(option: str, seconds: float) -> None:
    check_waiting(WAITING)
    with pytest.raises(InvalidInput, match=re.escape(f"{option}: {seconds} is not a number")):
        check_waiting({**WAITING, option: seconds})


def test_so_is_a_heartbeat_that_never_comes() -> None:
    check_progress({"progress_interval": 0.0})
    with pytest.raises(InvalidInput, match=r"progress_interval: .* is not a number"):
        check_progress({"progress_interval": 1e10})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"started_at": "yesterday"}, "started_at: 'yesterday': expected a moment"),
        ({"started_at": "2999-01-01T00:00:00Z"}, "started_at: '2999-.* is in the future"),
        ({"started_passes": {"t-1": "two"}}, "started_passes: t-1: 'two' is not a number"),
        ({"started_passes": {"t-1": -1}}, "started_passes: t-1: -1 is not a number"),
    ],
)
def test_what_an_earlier_task_hands_on_is_looked_at(given: dict[str, object], fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        check_waiting({**WAITING, **given})
