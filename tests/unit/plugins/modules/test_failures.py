# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How modules fail: every fault named at once, nothing written, and no secret in what is shown."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.cloudiway.mail.plugins.module_utils import _module
from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._redaction import MASK
from ansible_collections.cloudiway.mail.tests.unit.plugins.conftest import Service
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import (
    KEY,
    SECRET,
    everything,
    leaks,
)

Play = Callable[..., dict[str, Any]]

JANE = {"source_email": "jane@old.example", "target_email": "jane@new.example"}
CONNECTORS = {"source_connector": "Exchange", "target_connector": "Microsoft 365"}

#: Of each module: options with which it has something to do, and options that are wrong in several
#: ways with the first word of each fault.
MODULES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "cloudiway_mail_user": (
        {**JANE, **CONNECTORS},
        {"source_email": "jane", "target_email": "jane@"},
        ["source_email", "target_email"],
    ),
    "cloudiway_mail_users": (
        {"users": [{**JANE, **CONNECTORS}]},
        {
            "users": [{**JANE, "license": "perhaps"}, {"source_email": "x@y.example"}],
            "progress_interval": "nan",
        },
        ["users[0]", "users[1]", "progress_interval"],
    ),
    "cloudiway_batch": (
        {"name": "Wave 1"},
        {"name": "Wave 1 ", "timeout": 0},
        ["timeout", "name"],
    ),
    "cloudiway_batch_settings": (
        {"batch": "Wave 1", "migrate_mails": False},
        {"batch": "", "from_date": "05/01/2015", "to_date": "2015-02-30"},
        ["batch", "from_date", "to_date"],
    ),
    "cloudiway_migration": (
        {"batch": "Wave 1", "state": "migrated"},
        {
            "batch": "\n",
            "state": "migrated",
            "since": "now",
            "retries": -1,
            "progress_interval": -1,
        },
        ["batch", "since", "retries", "progress_interval"],
    ),
    "cloudiway_mail_user_info": (
        {},
        {"timeout": -1, "retry_timeout": -1},
        ["timeout", "retry_timeout"],
    ),
    "cloudiway_batch_info": (
        {},
        {"ca_path": "/no/such/file", "concurrency": 65},
        ["ca_path", "concurrency"],
    ),
    "cloudiway_migration_info": (
        {"batch": "Wave 1"},
        {"batch": "Wave 1", "timeout": 0, "server_timezone": "Mars/Base"},
        ["timeout", "server_timezone"],
    ),
    "cloudiway_report": (
        {"batch": "Wave 1", "dir": "."},
        {
            "batch": " ",
            "dir": __file__,
            "switched_at": "now",
            "mx_ttl": -1,
            "max_failed_users": -1,
            "max_failed_items_percent": 101,
        },
        ["batch", "dir", "switched_at", "mx_ttl", "max_failed_users", "max_failed_items_percent"],
    ),
    "cloudiway_export": (
        {"dir": "."},
        {"dir": __file__, "timeout": 0},
        ["timeout", "dir"],
    ),
}

every_module = pytest.mark.parametrize("name", MODULES)


@every_module
def test_a_missing_requests_is_named_as_ansible_users_know_it(
    name: str, play: Play, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_module, "REQUESTS_IMPORT_ERROR", "Traceback: no requests")
    result = play(name, {**service.connection, **MODULES[name][0]})
    assert result["failed"] is True
    assert "Failed to import the required Python library (requests)" in result["msg"]
    assert not service.requests


@every_module
def test_missing_credentials_are_named_together(name: str, play: Play, service: Service) -> None:
    result = play(name, {"api_url": service.url, **MODULES[name][0]})
    assert result["failed"] is True
    faults = result["failure"]["faults"]
    assert [fault.partition(": ")[0] for fault in faults] == ["consumer_key", "consumer_secret"]
    for fault, variable in zip(faults, ("CLOUDIWAY_CONSUMER_KEY", "CLOUDIWAY_CONSUMER_SECRET")):
        assert variable in fault


@every_module
def test_credentials_may_come_from_the_environment(
    name: str, play: Play, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUDIWAY_CONSUMER_KEY", KEY)
    monkeypatch.setenv("CLOUDIWAY_CONSUMER_SECRET", SECRET)
    monkeypatch.setenv("CLOUDIWAY_API_URL", service.url)
    service.have(batches=("Wave 1",))
    result = play(name, MODULES[name][0], check=True)
    assert "failed" not in result, result["msg"]
    assert service.requests


@every_module
def test_every_fault_is_named_at_once_and_nobody_is_asked(
    name: str, play: Play, service: Service
) -> None:
    _good, faulty, words = MODULES[name]
    result = play(name, {**service.connection, **faulty})
    failure = result["failure"]
    assert failure["code"] == "invalid_input"
    assert len(failure["faults"]) == len(words)
    for fault, word in zip(failure["faults"], words, strict=True):
        assert fault.startswith(word)
        assert fault in result["msg"]
    assert not service.requests


@every_module
def test_faults_of_the_connection_and_of_the_rest_are_named_together(
    name: str, play: Play, service: Service
) -> None:
    faulty = {"consumer_secret": "", "api_url": "http://apps.example.com/api"}
    result = play(name, {**service.connection, **MODULES[name][1], **faulty})
    faults = " / ".join(result["failure"]["faults"])
    for word in ("consumer_secret", "api_url", *MODULES[name][2]):
        assert word in faults


@every_module
def test_a_wrong_secret_is_refused_and_not_shown(name: str, play: Play, service: Service) -> None:
    connection = {**service.connection, "consumer_key": "wr0ng/ k3y"}
    result = play(name, {**connection, **MODULES[name][0]})
    assert result["failure"]["code"] == "refused"
    assert result["failure"]["call"]
    assert not leaks(json.dumps(result) + json.dumps(result, ensure_ascii=False))


@every_module
@pytest.mark.parametrize("secret", ["e", " e ", "o", "char"])
def test_a_secret_too_short_to_be_masked_spoils_no_word_of_others(
    secret: str, name: str, play: Play, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: warned.append(text))
    result = play(name, {**service.connection, **MODULES[name][1], "consumer_secret": secret})
    assert "consumer_secret" not in result["msg"]
    assert "*" not in result["msg"]
    # From ansible-core 2.21 on, a module tells how it was invoked only where that is asked for.
    told = result.get("invocation", {"module_args": {"consumer_secret": MASK}})
    assert told["module_args"]["consumer_secret"] == MASK
    assert ["fewer than 6 characters" in text for text in warned] == [True]


@every_module
def test_check_mode_sends_no_post(name: str, play: Play, service: Service) -> None:
    service.have(batches=("Wave 1",))
    result = play(name, {**service.connection, **MODULES[name][0]}, check=True)
    assert "failed" not in result, result["msg"]
    assert service.requests
    assert service.posts == 0


@every_module
def test_a_service_that_is_not_there_is_no_traceback(name: str, play: Play) -> None:
    nowhere = {"api_url": "http://127.0.0.1:9/api", "consumer_key": KEY, "consumer_secret": SECRET}
    result = play(name, {**nowhere, "retry_timeout": 0, **MODULES[name][0]})
    assert result["failure"]["code"] == "unreachable"
    assert result["failure"]["http_status"] is None
    assert not leaks(json.dumps(result))


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError])
def test_an_exception_that_nobody_expected_passes_on_without_the_secret(
    kind: type[Exception], play: Play, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(_client: Client) -> None:
        try:
            raise OSError(f"http://host/?consumerSecret={quote(SECRET, safe='')}")
        except OSError as why:
            raise kind(f"no way with {SECRET!r}", {"secret": SECRET}) from why

    monkeypatch.setattr(Client, "batches", burst)
    with pytest.raises(kind) as caught:
        play("cloudiway_batch", {**service.connection, "name": "Wave 1"})
    shown = "".join(traceback.format_exception(caught.value))
    assert "no way with" in shown
    assert not leaks(shown)


@pytest.mark.parametrize(
    ("since", "word"),
    [
        ("2026-03-27T22:00:00", "offset"),
        ("yesterday", "ISO 8601"),
        ("2999-01-01T00:00:00Z", "in the future"),
    ],
)
def test_since_must_be_a_moment_that_has_passed(
    since: str, word: str, play: Play, service: Service
) -> None:
    options = {"batch": "Wave 1", "state": "migrated", "since": since}
    [fault] = play("cloudiway_migration", {**service.connection, **options})["failure"]["faults"]
    assert fault.startswith(f"since: {since!r}")
    assert word in fault


def test_all_numbers_out_of_range_are_named(play: Play, service: Service) -> None:
    wrong = {
        "poll_interval": 0,
        "wait_timeout": -1,
        "retries": -1,
        "max_failed_users": -1,
        "max_failed_items_percent": 100.5,
    }
    options = {"batch": "Wave 1", "state": "migrated", **wrong}
    faults = play("cloudiway_migration", {**service.connection, **options})["failure"]["faults"]
    assert sorted(fault.split(":")[0] for fault in faults) == sorted(wrong)


@pytest.mark.parametrize("name", ["poll_interval", "wait_timeout", "max_failed_items_percent"])
@pytest.mark.parametrize("number", ["nan", "inf"])
def test_a_number_that_is_none_is_refused(
    name: str, number: str, play: Play, service: Service
) -> None:
    options = {"batch": "Wave 1", "state": "migrated", name: number}
    [fault] = play("cloudiway_migration", {**service.connection, **options})["failure"]["faults"]
    assert fault.startswith(f"{name}: {number}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"defaults": False},
        {"defaults": 7},
        {"timeout": 10**400},
        {"defaults": True, "timeout": 10**400},
        {"users": False},
        {"users": [False]},
        {"users": [{}, 7]},
    ],
    ids=str,
)
def test_a_value_over_which_ansible_itself_trips_is_named_and_makes_no_traceback(
    wrong: dict[str, Any], play: Play, service: Service
) -> None:
    result = play("cloudiway_mail_users", {**service.connection, "users": [], **wrong})
    assert result["failed"] is True
    assert all(name in result["msg"] for name in wrong)
    assert not service.requests


@pytest.mark.parametrize(
    "wrong",
    [
        {"users": [False]},
        {"users": "x"},
        {"users": {}},
        {"users": [{"source_email": []}]},
        {"defaults": "x"},
        {"defaults": False},
        {"timeout": 10**400},
        {"timeout": "soon"},
        {"no_such_option": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("source", ["options", "environment"])
def test_what_ansible_itself_refuses_shows_no_secret(
    source: str,
    wrong: dict[str, Any],
    play: Play,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = {**service.connection, "users": [], **wrong}
    if source == "environment":
        monkeypatch.setenv("CLOUDIWAY_CONSUMER_SECRET", options.pop("consumer_secret"))
    result = play("cloudiway_mail_users", options)
    assert result["failed"] is True
    assert not leaks(everything(result), SECRET)
    assert not service.requests


def test_dates_in_the_wrong_order_are_refused(play: Play, service: Service) -> None:
    options = {"batch": "Wave 1", "from_date": "2020-01-02", "to_date": "2020-01-01"}
    failure = play("cloudiway_batch_settings", {**service.connection, **options})["failure"]
    assert len(failure["faults"]) == 1
    assert "2020-01-02" in failure["message"]
    assert "2020-01-01" in failure["message"]


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        (
            "cloudiway_mail_user",
            {},
            "one of the following is required: source_email, migration_tag",
        ),
        ("cloudiway_mail_users", {}, "one of the following is required: users, users_file"),
        (
            "cloudiway_mail_users",
            {"users": [], "users_file": "x.csv"},
            "mutually exclusive: users|users_file",
        ),
        ("cloudiway_batch", {}, "missing required arguments: name"),
        ("cloudiway_batch", {"name": "W", "exclusive": True}, "exclusive is True but"),
        ("cloudiway_batch_settings", {}, "missing required arguments: batch"),
        ("cloudiway_migration", {"batch": "W"}, "missing required arguments: state"),
        ("cloudiway_migration", {"state": "started"}, "one of the following is required: batch"),
        (
            "cloudiway_migration",
            {"state": "started", "batch": "W", "migration_tag": "x"},
            "mutually exclusive: batch|source_email|migration_tag",
        ),
        (
            "cloudiway_migration",
            {"state": "permissions_migrated", "migration_tag": "x"},
            "state is permissions_migrated but all of the following are missing: batch",
        ),
        (
            "cloudiway_migration_info",
            {"batch": "W", "target_email": "x@y.example"},
            "mutually exclusive: target_email|batch",
        ),
        ("cloudiway_migration_info", {"target_email": "x@y.example"}, "one of the following"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    name: str, options: dict[str, Any], words: str, play: Play, service: Service
) -> None:
    result = play(name, {**service.connection, **options})
    assert result["failed"] is True
    assert words in result["msg"]
    assert not service.requests
