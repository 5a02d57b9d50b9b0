# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The export: read back by the inventory plugin and compared with the server, it changes nothing."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.cloudiway.mail.plugins.inventory.cloudiway_waves import hosts_of
from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import manage_users
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import ForceNeeded
from ansible_collections.cloudiway.mail.plugins.module_utils._export import export
from ansible_collections.cloudiway.mail.plugins.module_utils._settings import manage_settings
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import SECRET
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    Params,
    Service,
    a_pass,
    wanted,
)

Hosts = dict[str, dict[str, t.Any]]

ODD_NAMES = (
    "Anna",
    "{{ 7 * 7 }}",
    "{% raw %}",
    'quoted "twice"',
    "semi;colon, comma",
    "two\nlines",
    "two\r\nlines",
    "=1+1",
    "\u202eturned",
    "Zoë 🐝",
    "'",
    "null",
    "0123",
    "#",
)
UNEXACT_NAMES = (" before", "after ", "\u00a0", "nul\0")


@pytest.fixture
def folder(tmp_path: Path) -> Params:
    """The options of cloudiway_export."""
    return {"dir": str(tmp_path / "adopted"), "force": False, "consumer_secret": SECRET}


def hosts(folder: Params) -> Hosts:
    """What the inventory plugin makes of the files."""
    path = Path(folder["dir"], "waves.cloudiway.yml")
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    defaults: dict[str, t.Any] = {
        "users_file": None,
        "users": None,
        "batch_size": None,
        "wave_name": "wave-{number:02d}",
        "group": "cloudiway_batches",
        "settings": {},
        "batches": {},
        "plugin": None,
    }
    return hosts_of({**defaults, **given}, given, folder["dir"])


def would_change(service: Service, of: Hosts) -> list[str]:
    """The batches for which provision or configure would change something."""
    found = []
    for host in of.values():
        users = {
            "users": host["cloudiway_users"],
            "users_file": None,
            "defaults": {"batch": host["cloudiway_batch"]},
            "create_batches": True,
            "target_domains": None,
            "return_users": False,
            "progress_interval": 0,
            "progress_file": None,
        }
        settings = wanted(**{**host["cloudiway_settings"], "batch": host["cloudiway_batch"]})
        for work, params in ((manage_users, users), (manage_settings, settings)):
            outcome = service.do(work, params, check=True)
            if outcome.changed:
                found.append(f"{host['cloudiway_batch']}: {outcome.before} {outcome.after}")
    return found


@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"getall_connectors": True},
        {"get_connectors": True},
        {"getall_tags": False, "getall_targets": False},
        {"getall_statuses": True, "getall_licenses": True},
        {"field_case": "lower", "tag_blanks": True, "lists": "printed"},
    ],
    ids=str,
)
def test_what_is_exported_changes_nothing_whatever_the_service_shows(
    readings: dict[str, t.Any], service: Service, folder: Params
) -> None:
    service.have("anna", "ben", batch="Wave 1", passes=[a_pass(3)], status="SUCCESS")
    service.have("carl", batch="Wave 2", licensed=False, settings={"to_date": "2026-01-31"})
    service.have("dora", "emil", batch="Wave 3", settings={"should_migrate_trash": True})
    service.have_batch("Nobody")
    service.read_as(**readings)
    outcome = service.do(export, folder)
    assert outcome.result["summary"] == {
        "batches": 3,
        "users": 5,
        "without_batch": 0,
        "left_out": 0,
    }
    assert [host["cloudiway_batch"] for host in hosts(folder).values()] == [
        "Wave 1",
        "Wave 2",
        "Wave 3",
    ]
    assert would_change(service, hosts(folder)) == []
    assert service.posts == 0


def test_odd_names_come_back_as_they_are(service: Service, folder: Params) -> None:
    for number, name in enumerate(ODD_NAMES):
        batch = f"Wave {number} {name}".replace("\r", "").replace("\n", "-")
        service.have(f"user{number}", batch=batch, first_name=name)
    service.do(export, folder)
    of = hosts(folder)
    users = [user for host in of.values() for user in host["cloudiway_users"]]
    assert [user["first_name"] for user in users] == list(ODD_NAMES)
    assert would_change(service, of) == []


def test_a_name_that_a_csv_cannot_carry_is_left_alone(service: Service, folder: Params) -> None:
    for number, name in enumerate(UNEXACT_NAMES):
        service.have(f"user{number}", batch="Wave 1", first_name=name)
    outcome = service.do(export, folder)
    assert "begin or end with a blank" in " ".join(outcome.warnings)
    users = hosts(folder)["wave-1"]["cloudiway_users"]
    assert [user.get("first_name") for user in users] == [None] * len(UNEXACT_NAMES)
    assert would_change(service, hosts(folder)) == []


def test_who_cannot_be_declared_is_named_and_kept_in_its_batch(
    service: Service, folder: Params
) -> None:
    service.have("anna", "ben", batch="Wave 1")
    service.have("anna", batch="Wave 1", target_email="other@new.example")
    service.have("carl", batch="WAVE 1")
    service.have("dora", batch="!!!")
    service.have("emil", batch="Wave 2", target_email="nowhere")
    outcome = service.do(export, folder)
    reasons = {one["source_email"]: one["reason"] for one in outcome.result["left_out"]}
    assert "already" in reasons["anna@old.example"]
    assert "same host" in reasons["carl@old.example"]
    assert "no letter" in reasons["dora@old.example"]
    assert "no e-mail address" in reasons["emil@old.example"]
    assert "4 users cannot be declared" in outcome.warnings[0]
    [host] = hosts(folder).values()
    assert [user["source_email"] for user in host["cloudiway_users"]] == [
        "anna@old.example",
        "ben@old.example",
    ]
    assert host["cutover_undeclared"] == "keep"
    assert would_change(service, hosts(folder)) == []


def test_users_in_no_batch_are_in_a_list_of_their_own(service: Service, folder: Params) -> None:
    service.have("anna", batch="Wave 1")
    service.have("ben")
    for shows_tags in (True, False):
        service.read_as(getall_tags=shows_tags)
        assert service.do(export, folder).result["summary"]["without_batch"] == 1
    text = Path(folder["dir"], "users-without-batch.csv").read_text(encoding="utf-8")
    assert text.splitlines()[1] == "Ben,Adler,ben@old.example,ben@new.example,,,,"


def test_the_settings_of_most_batches_are_said_once(service: Service, folder: Params) -> None:
    for number in range(3):
        service.have(f"user{number}", batch=f"Wave {number}")
    service.have("anna", batch="Wave 9", settings={"from_date": "2021-01-01"})
    service.do(export, folder)
    text = Path(folder["dir"], "waves.cloudiway.yml").read_text(encoding="utf-8")
    assert text.count("migrate_mails") == 1
    assert yaml.safe_load(text)["batches"] == {"Wave 9": {"settings": {"from_date": "2021-01-01"}}}


def test_what_was_edited_is_not_lost_but_with_force(service: Service, folder: Params) -> None:
    service.have("anna", batch="Wave 1")
    assert service.do(export, folder).changed
    assert not service.do(export, folder).changed
    users = Path(folder["dir"], "users.csv")
    users.write_text(users.read_text(encoding="utf-8") + "edited", encoding="utf-8")
    with pytest.raises(ForceNeeded, match=r"users\.csv would be .*force \(export_force of"):
        service.do(export, folder)
    assert "edited" in users.read_text(encoding="utf-8")
    outcome = service.do(export, {**folder, "force": True})
    assert outcome.changed
    assert list(outcome.before) == list(outcome.after) == ["users.csv"]
    assert "edited" not in users.read_text(encoding="utf-8")


def test_a_server_with_nobody_is_a_list_of_nobody(service: Service, folder: Params) -> None:
    outcome = service.do(export, folder)
    assert outcome.result["summary"]["users"] == 0
    assert yaml.safe_load(Path(folder["dir"], "waves.cloudiway.yml").read_text(encoding="utf-8"))
