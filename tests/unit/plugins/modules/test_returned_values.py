# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules return is what they are documented to return: each name, each type, each null."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.cloudiway.mail.tests.unit.plugins.conftest import Service

PACKAGE = "ansible_collections.cloudiway.mail.plugins.modules"
Result = dict[str, Any]
Play = Callable[..., Result]

CONNECTORS = {"source_connector": "Exchange", "target_connector": "Microsoft 365"}
JANE = {"source_email": "jane@old.example", "target_email": "jane@new.example"}
JOHN = {"source_email": "john@old.example", "target_email": "john@new.example"}
BUSY = {"source_email": "busy@old.example", "target_email": "busy@new.example"}
WAVE = {"batch": "Wave 1", "licensed": True}

TYPES = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "dict": dict,
}
#: What Ansible itself puts into every result.
ANSIBLES = {"changed", "diff", "invocation", "failed", "msg", "exception"}

#: Modules with options. All but the info modules have something to do.
CASES: list[tuple[str, dict[str, Any]]] = [
    ("cloudiway_mail_user", {**JANE, **CONNECTORS, "batch": "Wave 2"}),
    ("cloudiway_mail_user", {**JOHN, "state": "absent"}),
    (
        "cloudiway_mail_users",
        {
            "users": [{**JANE, "batch": "Wave 2"}, {**BUSY, "target_email": "else@new.example"}],
            "defaults": CONNECTORS,
            "return_users": True,
        },
    ),
    ("cloudiway_batch", {"name": "Wave 2", "users": ["john@old.example"]}),
    ("cloudiway_batch", {"name": "Wave 1", "state": "absent", "force": True}),
    ("cloudiway_batch_settings", {"batch": "Wave 1", "to_date": "2026-01-01"}),
    ("cloudiway_migration", {"batch": "Wave 3", "state": "stopped", "poll_interval": 0.1}),
    ("cloudiway_migration", {"batch": "Wave 1", "state": "migrated", "poll_interval": 0.1}),
    ("cloudiway_migration", {**JOHN, "state": "audited", "poll_interval": 0.1}),
    ("cloudiway_migration_info", {"batch": "Wave 1"}),
    ("cloudiway_migration_info", {**JOHN, "history": False}),
    ("cloudiway_mail_user_info", {"batch": "Wave 1"}),
    ("cloudiway_batch_info", {"name": "Wave 1"}),
    ("cloudiway_report", {"batch": "Wave 1", "dir": "report"}),
    ("cloudiway_report", {"batch": "nowhere", "dir": "report"}),
    ("cloudiway_export", {"dir": "export"}),
]
#: Modules that never report a change.
UNCHANGING = {name for name, _options in CASES if name.endswith("_info")} | {"cloudiway_report"}
every_case = pytest.mark.parametrize(("name", "options"), CASES)


def documented(name: str) -> dict[str, Any]:
    text = importlib.import_module(f"{PACKAGE}.{name}").RETURN
    returned: dict[str, Any] = yaml.safe_load(text)
    return returned


def words(entry: dict[str, Any]) -> str:
    description = entry["description"]
    return description if isinstance(description, str) else " ".join(description)


def is_a(kind: str, value: Any) -> bool:
    return isinstance(value, TYPES[kind]) and isinstance(value, bool) is (kind == "bool")


def slips(entry: dict[str, Any], value: Any, place: str) -> Iterator[str]:
    """Where a value is not what its documentation says."""
    if value is None:
        if "null" not in words(entry).lower():
            yield f"{place} is null"
    elif not is_a(entry["type"], value):
        yield f"{place} is {value!r}"
    elif isinstance(value, dict) and "contains" in entry:
        yield from slips_of_all(entry["contains"], value, place)
    elif isinstance(value, list):
        for item in value:
            each = {**entry, "type": entry["elements"]}
            yield from slips(each, item, f"{place}[]")


def slips_of_all(entries: dict[str, Any], values: Result, place: str) -> Iterator[str]:
    yield from (f"{place}.{name} is not documented" for name in values.keys() - entries.keys())
    for name, entry in entries.items():
        if name in values:
            yield from slips(entry, values[name], f"{place}.{name}")
        elif entry["returned"] in ("always", "success"):
            yield f"{place}.{name} is not returned"


def run(play: Play, service: Service, name: str, options: dict[str, Any], check: bool) -> Result:
    service.have(
        {**JOHN, **WAVE, "status": "NOTSTARTED"},
        {**BUSY, **WAVE, "batch": "Wave 3", "status": "WORKING"},
    )
    return play(name, {**service.connection, **options}, check=check)


@pytest.mark.parametrize("check", [False, True], ids=["for real", "in check mode"])
@every_case
def test_every_value_is_documented(
    name: str, options: dict[str, Any], check: bool, play: Play, service: Service
) -> None:
    result = run(play, service, name, options, check)
    assert result.get("changed", False) is (name not in UNCHANGING)
    entries = documented(name)
    if "failure" in result:
        assert result["failure"]["code"] in ("failed_users", "not_found")
    else:
        del entries["failure"]
    values = {key: value for key, value in result.items() if key not in ANSIBLES}
    assert list(slips_of_all(entries, values, name)) == []


@every_case
def test_check_mode_predicts_changed_and_the_diff(
    name: str, options: dict[str, Any], play: Play, service: Service
) -> None:
    foretold = run(play, service, name, options, True)
    assert service.posts == 0
    done = run(play, service, name, options, False)
    assert foretold.get("diff") == done.get("diff")
    assert foretold.get("changed") == done.get("changed")


def test_the_diff_shows_both_sides_of_what_changes(play: Play, service: Service) -> None:
    options = {"batch": "Wave 1", "to_date": "2026-01-01", "migrate_mails": True}
    result = run(play, service, "cloudiway_batch_settings", options, False)
    assert result["diff"] == {"before": {"to_date": ""}, "after": {"to_date": "2026-01-01"}}
    again = play("cloudiway_batch_settings", {**service.connection, **options})
    assert again["diff"] == {"before": {}, "after": {}}


def test_outside_diff_mode_there_is_no_diff(play: Play, service: Service) -> None:
    result = play("cloudiway_batch", {**service.connection, "name": "Wave 1"}, diff=False)
    assert result["changed"] is True
    assert "diff" not in result


def test_what_check_mode_cannot_see_is_a_warning(
    play: Play, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: warnings.append(text))
    options = {**service.connection, "name": "Wave 9", "users": ["new@old.example"]}
    assert play("cloudiway_batch", options, check=True)["changed"] is True
    [warning] = warnings
    assert "new@old.example" in warning


def test_the_samples_are_of_their_types() -> None:
    names = {name for name, _options in CASES}
    wrong = [
        f"{name}: {slip}"
        for name in sorted(names)
        for entry, value in samples(documented(name))
        for slip in slips(entry, value, "sample")
    ]
    assert wrong == []


def samples(entries: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    for entry in entries.values():
        if "sample" in entry:
            yield entry, entry["sample"]
        yield from samples(entry.get("contains", {}))
