# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in an inventory file or its list: hosts, or a refusal in words; no traceback."""

from __future__ import annotations

import tempfile
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError, AnsibleParserError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import DATES, SWITCHES
from ansible_collections.cloudiway.mail.tests.unit.plugins.inventory.test_cloudiway_waves import (
    HEADER,
    Inventory,
)

few = settings(
    max_examples=80,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
OPTIONS = (
    *("users_file", "users", "batch_size", "wave_name", "group", "settings", "batches"),
    *("no_such_option", "strict"),
)
TEXTS = st.sampled_from(
    [
        *("", " ", "a", "Wave 1", "wave-{number}", "{number:99999d}", "{", "{}", "{0.__class__}"),
        *("users.csv", "../..", "/", "{{ 7 * 7 }}", "{% x %}", "all", "\u00fc\u4e2d", "'", "-1"),
        *("a@old.example", "a@b@c", "migrate_mails", "to_date", "2015-01-05", "05/01/2015"),
        *("source_email", "target_email", "batch", "license", "settings", "cloudiway_users"),
    ]
)
VALUES = st.recursive(
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.sampled_from([10**400, b"bytes"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.integers(), inner),
    max_leaves=6,
)
#: Values of any kind, and such as have the right shape and are wrong within it.
NAMES_OF_SETTINGS = st.sampled_from([*SWITCHES, *DATES])
SETTINGS = VALUES | st.dictionaries(NAMES_OF_SETTINGS, VALUES)
BATCHES = VALUES | st.dictionaries(
    st.sampled_from(["Wave 1", "Wave 2"]),
    VALUES | st.dictionaries(st.sampled_from(["settings", "a_variable"]), SETTINGS),
)
KINDS = {**dict.fromkeys(OPTIONS, VALUES), "settings": SETTINGS, "batches": BATCHES}
#: One or two at a time, as the first that is of a wrong type hides the others.
SHAPED = st.lists(st.sampled_from([*OPTIONS, "settings", "batches"]), max_size=2).flatmap(
    lambda names: st.fixed_dictionaries({name: KINDS[name] for name in names})
)


def parse(work: t.Callable[[Inventory], object]) -> None:
    """Read an inventory: it is there afterwards, or was refused in words and nothing of it is."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = Inventory(Path(folder))
        try:
            work(inventory)
        except AnsibleError as refusal:
            assert str(refusal).strip()
            assert not inventory.parsed.hosts
        else:
            assert inventory.parsed.hosts


@few
@given(SHAPED, st.booleans())
def test_no_value_of_an_option_makes_a_traceback(given_: dict[str, t.Any], has_list: bool) -> None:
    line = "a@old.example;a@new.example;Adler;Wave 1\n" if has_list else None
    parse(lambda inventory: inventory.parse(line, **given_))


def test_a_mapping_in_place_of_a_number_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(AnsibleError, match=r"(?s)waves\.cloudiway\.yml.*wrong type|batch_size"):
        Inventory(tmp_path).parse("a@old.example;a@new.example;Adler;\n", batch_size={})


@few
@given(st.dictionaries(NAMES_OF_SETTINGS | TEXTS, VALUES, min_size=1))
def test_no_value_of_a_setting_makes_a_traceback(wrong: dict[str, t.Any]) -> None:
    line = "a@old.example;a@new.example;Adler;Wave 1\n"
    parse(lambda inventory: inventory.parse(line, settings=wrong))
    parse(lambda inventory: inventory.parse(line, batches={"Wave 1": {"settings": wrong}}))


@few
@given(st.binary(max_size=120))
def test_no_bytes_in_a_list_make_a_traceback(content: bytes) -> None:
    def read(inventory: Inventory) -> None:
        inventory.users_file.write_bytes(HEADER.encode() + content)
        inventory.parse(None, users_file="users.csv", batch_size=2)

    parse(read)


@few
@given(st.text(st.sampled_from("ab:-{}[]'\"&*!|>%@`#? \n\t,0\u00fc"), max_size=60))
def test_no_text_in_an_inventory_file_makes_a_traceback(text: str) -> None:
    parse(lambda inventory: inventory.parse_text(f"plugin: cloudiway.mail.cloudiway_waves\n{text}"))


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_list_that_is_not_utf_8_is_refused_with_what_to_do(tmp_path: Path, encoding: str) -> None:
    inventory = Inventory(tmp_path)
    line = "\u00fc@old.example;a@new.example;Adler;Wave 1\n"
    inventory.users_file.write_bytes((HEADER + line).encode(encoding))
    with pytest.raises(AnsibleParserError, match="save it as CSV in UTF-8"):
        inventory.parse(None, users_file="users.csv")
