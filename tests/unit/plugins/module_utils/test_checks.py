# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the options that say whose migration is meant."""

from __future__ import annotations

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._checks import check_selection
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
