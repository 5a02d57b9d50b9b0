# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts and variables an inventory file comes to, and which files are refused. Invariant 8."""

from __future__ import annotations

import random
import re
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.inventory.manager import InventoryManager, split_host_pattern
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.inventory import cloudiway_waves
from ansible_collections.cloudiway.mail.plugins.inventory.cloudiway_waves import InventoryModule
from ansible_collections.cloudiway.mail.plugins.module_utils._hosts import host_name

HEADER = "SourceEmail;TargetEmail;LastName;BatchName\n"


class Inventory:
    """A folder with an inventory file and its list of users, and what the plugin makes of them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "migration.cloudiway.yml"
        self.users_file = folder / "users.csv"
        self.parsed = InventoryData()

    def parse(self, csv: str | None = None, **options: t.Any) -> InventoryData:
        """Write the files, with the lines of csv below the header, and read them."""
        if csv is not None:
            self.users_file.write_text(HEADER + csv, encoding="utf-8")
            options = {"users_file": "users.csv", **options}
        return self.parse_text(
            yaml.safe_dump({"plugin": InventoryModule.NAME, **options}, sort_keys=False)
        )

    def parse_text(self, text: str) -> InventoryData:
        self.file.write_text(text, encoding="utf-8")
        documented = yaml.safe_load(cloudiway_waves.DOCUMENTATION)["options"]
        constants.config.initialize_plugin_configuration_definitions(
            "inventory", InventoryModule.NAME, documented
        )
        plugin = InventoryModule()
        plugin._load_name = InventoryModule.NAME
        plugin._redirected_names = [InventoryModule.NAME]
        assert plugin.verify_file(str(self.file))
        plugin.parse(self.parsed, DataLoader(), str(self.file))
        self.parsed.reconcile_inventory()
        return self.parsed

    def faults(self, csv: str | None = None, **options: t.Any) -> list[str]:
        """The faults for which the plugin refuses the files."""
        with pytest.raises(AnsibleParserError) as caught:
            self.parse(csv, **options)
        assert not self.parsed.hosts
        where, _unused, told = str(caught.value).partition(": ")
        assert where == str(self.file) + (", users_file users.csv" if csv is not None else "")
        first, *more = told.split("\n- ")
        if more:
            assert first == f"{len(more)} faults in the input:"
        return more or [first]


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    return Inventory(tmp_path)


def rows(batches: str) -> str:
    """A line of the CSV for each letter, in the batch of that letter; a dot has none."""
    return "".join(
        f"u{at}@old.example;u{at}@new.example;;{'' if letter == '.' else letter}\n"
        for at, letter in enumerate(batches)
    )


def sources(parsed: InventoryData) -> dict[str, list[str]]:
    return {
        name: [user["source_email"].partition("@")[0] for user in host.vars["cloudiway_users"]]
        for name, host in parsed.hosts.items()
    }


def variables(parsed: InventoryData, host: str) -> dict[str, t.Any]:
    return dict(parsed.hosts[host].vars)


# --- hosts


def test_each_batch_is_a_host_of_the_group_with_its_users_and_settings(
    inventory: Inventory,
) -> None:
    parsed = inventory.parse(
        "ada@old.example;ada@new.example;Lovelace;Wave 1\n"
        "grace@old.example;grace@new.example;;Pilot\n"
        "alan@old.example;alan@new.example;;Wave 1\n",
        settings={"migrate_mails": True},
    )
    assert [host.name for host in parsed.groups["cloudiway_batches"].get_hosts()] == [
        "wave-1",
        "pilot",
    ]
    told = variables(parsed, "wave-1")
    assert told.pop("inventory_file", None) == told.pop("inventory_dir", None)
    assert told == {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "cloudiway_batch": "Wave 1",
        "cloudiway_settings": {"migrate_mails": True},
        "cloudiway_users": [
            {
                "source_email": "ada@old.example",
                "target_email": "ada@new.example",
                "last_name": "Lovelace",
            },
            {"source_email": "alan@old.example", "target_email": "alan@new.example"},
        ],
    }


def test_users_may_be_given_in_the_file_itself_and_the_group_be_named(inventory: Inventory) -> None:
    ada = {"source_email": "ada@old.example", "target_email": "ada@new.example", "force": True}
    parsed = inventory.parse(group="migration_7", users=[{**ada, "batch": 7}])
    assert [host.name for host in parsed.groups["migration_7"].get_hosts()] == ["7"]
    assert variables(parsed, "7")["cloudiway_users"] == [ada]
    assert variables(parsed, "7")["cloudiway_batch"] == "7"


def test_users_without_a_batch_are_dealt_and_numbered_by_themselves(inventory: Inventory) -> None:
    parsed = inventory.parse(rows("A.A..."), batch_size=2)
    assert sources(parsed) == {
        "a": ["u0", "u2"],
        "wave-01": ["u1", "u3"],
        "wave-02": ["u4", "u5"],
    }


def test_rows_that_are_appended_leave_the_others_where_they_are(tmp_path: Path) -> None:
    chance = random.Random(7)
    for at in range(30):
        first, more = ("".join(chance.choices("AB..", k=chance.randint(1, 9))) for _unused in "12")
        folder = tmp_path / str(at)
        folder.mkdir()
        before = sources(Inventory(folder).parse(rows(first), batch_size=2))
        after = sources(Inventory(folder).parse(rows(first + more), batch_size=2))
        assert list(after)[: len(before)] == list(before)
        assert all(after[host][: len(users)] == users for host, users in before.items())


def test_a_wave_can_be_named_otherwise(inventory: Inventory) -> None:
    parsed = inventory.parse(rows(".."), batch_size=1, wave_name="Zürich {number:03d}/2")
    assert {host.name: host.vars["cloudiway_batch"] for host in parsed.hosts.values()} == {
        "zurich-001-2": "Zürich 001/2",
        "zurich-002-2": "Zürich 002/2",
    }


def test_a_path_is_taken_from_the_inventory_file_or_is_absolute(
    inventory: Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "lists"
    elsewhere.mkdir()
    (elsewhere / "u.csv").write_text(HEADER + rows("A"))
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(elsewhere))
    for path in ("lists/u.csv", str(elsewhere / "u.csv"), "~/u.csv"):
        inventory.parsed = InventoryData()
        assert sources(inventory.parse(users_file=path)) == {"a": ["u0"]}


@pytest.mark.parametrize(
    ("name", "fits"),
    [("a.cloudiway.yml", True), ("a.cloudiway.yaml", True), ("cloudiway.yml", False)],
)
def test_only_files_of_its_own_ending_are_its_own(tmp_path: Path, name: str, fits: bool) -> None:
    (tmp_path / name).write_text("plugin: x")
    assert InventoryModule().verify_file(str(tmp_path / name)) is fits
    assert InventoryModule().verify_file(str(tmp_path / "absent" / name)) is False


def test_a_file_that_names_the_plugin_and_ends_otherwise_is_told_how_to_end(tmp_path: Path) -> None:
    file = tmp_path / "waves.yml"
    file.write_text("# ours\nplugin: cloudiway.mail.cloudiway_waves\nusers_file: u.csv\n")
    with pytest.raises(AnsibleParserError, match=r"waves.yml: .* must end in \.cloudiway\.yml"):
        InventoryModule().verify_file(str(file))
    (tmp_path / "hosts.yml").write_text(
        "all:\n  vars:\n    plugin: cloudiway.mail.cloudiway_waves\n"
    )
    assert InventoryModule().verify_file(str(tmp_path / "hosts.yml")) is False


# --- names of hosts and --limit


@pytest.mark.parametrize(
    ("batch", "host"),
    [
        ("Wave 1", "wave-1"),
        ("Équipe Ventes & Co", "equipe-ventes-co"),
        ("Straße, Nord!", "strasse-nord"),
        ("&!~@ [a:b] *?", "a-b"),
        ("~other.*", "other"),
        ("@/etc/hosts", "etc-hosts"),
        ("--limit=all", "limit-all"),
        ("wave[0]", "wave-0"),
        ("10.0.0.1", "10-0-0-1"),
        ("::1", "1"),
        ("under_score", "under_score"),
        ("{{ 1 + 1 }}", "1-1"),
        ("営業部", "営業部"),
        ("が", "が"),
        ("ЁЛКА", "ёлка"),
        ("हिन्दी", "हिन्दी"),
        ("Łódź", "łodz"),
        ("Int\u0301", "int"),
        ("②", "2"),
        ("all", "batch-all"),
        ("Ungrouped", "batch-ungrouped"),
        ("LOCALHOST", "batch-localhost"),
        ("Cloudiway_Batches", "batch-cloudiway_batches"),
    ],
)
def test_limit_finds_a_batch_by_the_name_of_its_host_and_nothing_else(
    inventory: Inventory, batch: str, host: str
) -> None:
    parsed = inventory.parse(rows("38") + f'a@old.example;a@new.example;;"{batch}"\n')
    told = {host.vars["cloudiway_batch"]: name for name, host in parsed.hosts.items()}
    assert told[batch] == host
    manager = InventoryManager(DataLoader())
    manager._inventory = parsed
    manager.subset(host)
    assert [found.name for found in manager.get_hosts("cloudiway_batches")] == [host]


@given(st.text(min_size=1, max_size=12))
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_the_name_of_a_host_never_means_anything_to_limit(batch: str) -> None:
    host = host_name(batch)
    assert split_host_pattern(host) == ([host] if host else [])
    assert not set(host) & set(" \t\n,:;&!~@*?[]{}()<>|'\"\\/.#=%$")
    assert not host.startswith("-")
    assert host_name(host) == host


def test_batches_that_would_be_one_host_are_refused_with_both_lines(inventory: Inventory) -> None:
    csv = "a@o;a@n;;Wave 1\nb@o;b@n;;Wave 2\nc@o;c@n;;wave-1\nd@o;d@n;;WAVE 1\n"
    assert inventory.faults(csv) == [
        f"line {line}: batch: {name!r} and 'Wave 1' (line 2) would both be the host wave-1;"
        " expected the same name, or names further apart"
        for line, name in ((4, "wave-1"), (5, "WAVE 1"))
    ]


def test_a_name_without_letter_or_digit_is_refused(inventory: Inventory) -> None:
    assert inventory.faults("a@o;a@n;;🚀\nb@o;b@n;;&!\n") == [
        "line 2: batch: '🚀' makes no name for a host; expected a letter or a digit in it",
        "line 3: batch: '&!' makes no name for a host; expected a letter or a digit in it",
    ]


@pytest.mark.parametrize("csv", ["a@o;a@n;;\nb@o;b@n;;Wave-01\n", "b@o;b@n;;Wave-01\na@o;a@n;;\n"])
def test_a_batch_with_the_name_of_a_wave_is_refused(inventory: Inventory, csv: str) -> None:
    line = 2 + csv.splitlines().index("b@o;b@n;;Wave-01")
    [fault] = inventory.faults(csv, batch_size=1)
    assert fault == (
        f"line {line}: batch: 'Wave-01' is the name of a wave into which users are dealt; expected"
        " another name, or another wave_name"
    )


def test_a_batch_that_another_inventory_file_has_too_is_refused(
    inventory: Inventory, tmp_path: Path
) -> None:
    inventory.parse(rows("A"))
    inventory.file = tmp_path / "other.cloudiway.yml"
    with pytest.raises(AnsibleParserError, match="a is a batch of another inventory file too"):
        inventory.parse(rows("A"))


def test_a_host_that_has_variables_already_is_no_other_batch(inventory: Inventory) -> None:
    inventory.parsed.add_host("a")
    inventory.parsed.set_variable("a", "cutover_mx_ttl", 60)
    parsed = inventory.parse(rows("A"))
    assert variables(parsed, "a")["cutover_mx_ttl"] == 60
    assert sources(parsed) == {"a": ["u0"]}


# --- settings and variables


def test_what_is_special_to_a_batch_is_merged_over_what_is_general(inventory: Inventory) -> None:
    parsed = inventory.parse(
        rows("A7."),
        batch_size=5,
        settings={"migrate_mails": True, "from_date": "2020-01-01"},
        batches={
            "A": {"settings": {"from_date": ""}, "cutover_max_failed_users": 2},
            7: {"ansible_python_interpreter": "/usr/bin/python3"},
            "wave-01": None,
        },
    )
    assert {name: host.vars["cloudiway_settings"] for name, host in parsed.hosts.items()} == {
        "a": {"migrate_mails": True, "from_date": ""},
        "7": {"migrate_mails": True, "from_date": "2020-01-01"},
        "wave-01": {"migrate_mails": True, "from_date": "2020-01-01"},
    }
    assert variables(parsed, "a")["cutover_max_failed_users"] == 2
    assert "settings" not in variables(parsed, "a")
    assert "cutover_max_failed_users" not in variables(parsed, "7")
    assert variables(parsed, "7")["ansible_python_interpreter"] == "/usr/bin/python3"


def test_dates_and_moments_that_yaml_reads_as_such_are_handed_on_in_iso_8601(
    inventory: Inventory,
) -> None:
    inventory.users_file.write_text(HEADER + rows("A"))
    parsed = inventory.parse_text(
        "{plugin: cloudiway.mail.cloudiway_waves, users_file: users.csv,"
        " settings: {from_date: 2020-01-05}, batches: {A: {settings: {to_date: 2026-12-31},"
        " cutover_mx_switched_at: 2026-03-27T22:00:00+01:00, stages: [{on: 2026-01-02}]}}}"
    )
    told = variables(parsed, "a")
    assert told["cloudiway_settings"] == {"from_date": "2020-01-05", "to_date": "2026-12-31"}
    assert told["cutover_mx_switched_at"] == "2026-03-27T22:00:00+01:00"
    assert list(told["stages"][0].values()) == ["2026-01-02"]


def trusted(template: str) -> str:
    """A text that Ansible templates, as one of a playbook."""
    try:
        from ansible.template import trust_as_template
    except ImportError:  # before ansible-core 2.19 every text is
        return template
    return t.cast("str", trust_as_template(template))


def test_the_list_is_never_templated_and_what_stands_beside_it_is(inventory: Inventory) -> None:
    csv = "a@o;a@n;{{ 1 + 1 }};{% set x = 1 %}x\nb@o;b@n;{# gone #};{% set x = 1 %}x\n"
    parsed = inventory.parse(
        csv,
        settings={"from_date": "{{ 1000 + 1000 }}-01-01"},
        batches={"{% set x = 1 %}x": {"sum": "{{ 2 + 2 }}"}},
    )
    [host] = parsed.hosts
    templar = Templar(DataLoader(), variables=variables(parsed, host))

    def comes_to(expression: str) -> t.Any:
        return templar.template(trusted("{{ " + expression + " }}"))

    assert comes_to("cloudiway_users | map(attribute='last_name') | list") == [
        "{{ 1 + 1 }}",
        "{# gone #}",
    ]
    assert comes_to("cloudiway_users[0].last_name") == "{{ 1 + 1 }}"
    assert comes_to("cloudiway_batch") == "{% set x = 1 %}x"
    assert comes_to("cloudiway_settings.from_date") == "2000-01-01"
    assert int(comes_to("sum")) == 4


def test_users_of_a_yaml_list_are_never_templated_either(inventory: Inventory) -> None:
    user = {"source_email": "a@o", "target_email": "a@n", "batch": "{{ 1 + 1 }}"}
    parsed = inventory.parse(users=[{**user, "first_name": "{{ 1 + 1 }}"}])
    templar = Templar(DataLoader(), variables=variables(parsed, "1-1"))
    first_name = trusted("{{ cloudiway_users[0].first_name }} {{ cloudiway_batch }}")
    assert templar.template(first_name) == "{{ 1 + 1 }} {{ 1 + 1 }}"


# --- what is refused


def test_every_fault_of_the_file_and_of_the_list_is_named_at_once(inventory: Inventory) -> None:
    faults = inventory.faults(
        "ada;ada@new.example;;Wave 1\ng@old.example;g@new.example;;wave 1\n"
        "l@old.example;l@new.example;;\nm@old.example;l@new.example;;Wave 1\n",
        userfile="x",
        batch_size=0,
        wave_name="wave",
        group="all",
        settings={"migrate_mail": True, "migrate_trash": 3, "from_date": "soon"},
        batches={
            "Wave 1": {"settings": {"to_date": 1}, "a b": 1, "cloudiway_users": [], "Setings": {}},
            "B": 3,
        },
    )
    assert [re.split("; |, (?:or|and) ", fault)[0] for fault in faults] == [
        "userfile: no option of this plugin",
        "batch_size: 0 is less than 1",
        "wave_name: 'wave' holds not just one {number}",
        "group: 'all' is no name for a group",
        "settings: migrate_mail: no setting",
        "settings: migrate_trash: expected true or false, not 3",
        "settings: from_date: 'soon': expected a date as YYYY-MM-DD",
        "batches: Wave 1: settings: to_date: '1': expected a date as YYYY-MM-DD",
        "batches: Wave 1: 'a b' is no name for a variable",
        "batches: Wave 1: cloudiway_users comes from the list of users and from settings",
        "batches: Wave 1: Setings: did you mean settings? If it is one of your own, give it another name",
        "batches: B: expected a mapping of settings and variables",
        "line 2: source_email: 'ada' is no e-mail address",
        "line 5: target_email 'l@new.example' is that of line 4 already",
        "line 3: batch: 'wave 1' and 'Wave 1' (line 2) would both be the host wave-1",
    ]


def test_who_mistypes_a_name_is_told_which_there_are(inventory: Inventory) -> None:
    option, variable = inventory.faults(rows("A"), batchsize=20, batches={"A": {"no-good": 1}})
    assert option == (
        "batchsize: no option of this plugin; known are plugin, users_file, users, batch_size,"
        " wave_name, group, settings, batches"
    )
    assert variable == (
        "batches: A: 'no-good' is no name for a variable; expected letters, digits and _"
    )


def test_users_whose_batch_is_not_known_are_named_in_one_fault(inventory: Inventory) -> None:
    [fault] = inventory.faults(rows("." * 12 + "A"))
    assert fault.startswith("line 2, line 3, ")
    assert ", line 11 and 2 more: no batch; expected one for each user, or batch_size" in fault


def test_something_special_to_a_batch_that_nobody_is_in_is_refused(inventory: Inventory) -> None:
    assert inventory.faults(rows("A."), batch_size=1, batches={"a": {}, "wave-02": {}}) == [
        "batches: no user is in a batch 'a'; the batches are A, wave-01",
        "batches: no user is in a batch 'wave-02'; the batches are A, wave-01",
    ]


@pytest.mark.parametrize(
    "wave_name",
    [
        "",
        "w",
        "{}",
        "{number",
        "{number}{number}",
        "{number:2d}",
        "{number:x}",
        "{number}{a}",
        "{number.real}",
        "{number!r}",
        "{0}",
        "{{number}}",
    ],
)
def test_a_wave_name_without_just_one_number_is_refused(
    inventory: Inventory, wave_name: str
) -> None:
    [fault] = inventory.faults(rows("."), batch_size=1, wave_name=wave_name)
    assert fault.startswith(f"wave_name: {wave_name!r} holds not just one {{number}}")


def test_a_wave_name_that_no_batch_can_have_is_refused(inventory: Inventory) -> None:
    [fault] = inventory.faults(rows("."), batch_size=1, wave_name=" w{number}")
    assert fault == "wave_name: ' w1' begins or ends with a blank"


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({}, "users_file, users: expected exactly one of them"),
        ({"users": []}, "users: there is no user"),
        ({"users": ["ada@old.example"]}, "users[0]: 'ada@old.example' is no mapping"),
        (
            {"users": [{"source_email": "a@b", "target_email": "c@d", "batch": ["x"]}]},
            "users[0]: batch: expected a text, not ['x']",
        ),
    ],
)
def test_a_list_that_is_none_is_refused(
    inventory: Inventory, options: dict[str, t.Any], fault: str
) -> None:
    [told] = inventory.faults(**options)
    assert told.startswith(fault)


def test_a_list_in_two_places_is_refused(inventory: Inventory) -> None:
    assert inventory.faults(rows("A"), users=[]) == [
        "users_file, users: expected exactly one of them"
    ]


def test_a_users_file_that_is_not_there_is_named(inventory: Inventory) -> None:
    with pytest.raises(AnsibleParserError, match=r"absent\.csv: cannot be read: No such file"):
        inventory.parse(users_file="absent.csv")


@pytest.mark.parametrize("options", [{"batch_size": "many"}, {"users": {"a": 1}}, {"settings": 3}])
def test_an_option_of_a_wrong_type_is_refused(
    inventory: Inventory, options: dict[str, t.Any]
) -> None:
    with pytest.raises(AnsibleError, match=next(iter(options))):
        inventory.parse(**options)


def test_many_faults_are_cut_short(inventory: Inventory) -> None:
    with pytest.raises(AnsibleParserError) as caught:
        inventory.parse("x;y;;A\n" * 100)
    first, *shown, last = str(caught.value).splitlines()
    assert first.endswith(": 200 faults in the input:")
    assert len(shown) == 50
    assert last == "- and 150 more"
