# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connectors, as the lookup gives them; its options are resolved by Ansible itself."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleError, AnsibleLookupError, AnsibleOptionsError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.cloudiway.mail.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.cloudiway.mail.plugins.lookup import cloudiway_connectors
from ansible_collections.cloudiway.mail.tests.unit.plugins.conftest import Service
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import (
    KEY,
    SECRET,
    WRITINGS,
    everything,
    leaks,
)
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    ScriptedServer,
    Sent,
    failure,
    ok,
    raw,
)

Look = Callable[..., list[list[dict[str, str]]]]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Runs the lookup with terms, variables and options, after Ansible has learnt its options."""
    for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "API_URL"):
        monkeypatch.delenv(f"CLOUDIWAY_{name}", raising=False)
    own = yaml.safe_load(cloudiway_connectors.DOCUMENTATION)["options"]
    halves = [
        yaml.safe_load(half)["options"]
        for half in (ModuleDocFragment.DOCUMENTATION, ModuleDocFragment.PLUGIN)
    ]
    shared = {name: {**option, **halves[1][name]} for name, option in halves[0].items()}
    constants.config.initialize_plugin_configuration_definitions(
        "lookup", "cloudiway_connectors", {**shared, **own}
    )

    def run(
        *terms: Any, variables: dict[str, Any] | None = None, **options: Any
    ) -> list[list[dict[str, str]]]:
        lookup = cloudiway_connectors.LookupModule(templar=Templar(DataLoader()))
        lookup._load_name = "cloudiway_connectors"
        return lookup.run(list(terms), variables=variables, **options)

    return run


def test_there_is_one_list_for_each_term(look: Look, service: Service) -> None:
    sources, targets = look("source", "target", **service.connection)
    assert {"name": "Google Workspace", "type": "Google"} in sources
    assert {"name": "Microsoft 365", "type": "Office 365"} in targets
    assert look("target", **service.connection) == [targets]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"name": "Exchange"}, ["Exchange"]),
        ({"name": "EXCHANGE"}, ["Exchange"]),
        ({"name": "Exch"}, []),
        ({"type": "google"}, ["Google Workspace"]),
        ({"name": "Exchange", "type": "Google"}, []),
    ],
)
def test_filters_compare_the_whole_text_without_case(
    filters: dict[str, str], names: list[str], look: Look, service: Service
) -> None:
    [found] = look("source", **filters, **service.connection)
    assert [one["name"] for one in found] == names


def test_options_come_from_variables(look: Look, service: Service) -> None:
    # As from a vault; up to ansible-core 2.18 a text of the inventory is a template.
    variables = {f"cloudiway_{name}": wrap_var(value) for name, value in service.connection.items()}
    assert look("source", variables=variables)[0]


def test_options_come_from_the_environment(
    look: Look, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in service.connection.items():
        monkeypatch.setenv(f"CLOUDIWAY_{name.upper()}", value)
    assert look("source")[0]


def test_what_is_said_in_the_lookup_comes_first(look: Look, service: Service) -> None:
    variables = {"cloudiway_api_url": "http://127.0.0.1:9/api", "cloudiway_retry_timeout": 0}
    assert look("source", variables=variables, **service.connection)[0]
    with pytest.raises(AnsibleLookupError, match="no connection"):
        look("source", variables=variables, consumer_key=KEY, consumer_secret=SECRET)


def test_all_faults_are_named_at_once_and_nobody_is_asked(look: Look, service: Service) -> None:
    wrong = {**service.connection, "timeout": 0, "concurrency": 0}
    with pytest.raises(AnsibleOptionsError) as caught:
        look("source", "Target", "sideways", **wrong)
    for word in ("'Target'", "'sideways'", "timeout", "concurrency"):
        assert word in str(caught.value)
    assert not service.requests


def test_nothing_to_list_is_a_fault(look: Look, service: Service) -> None:
    with pytest.raises(AnsibleOptionsError, match="source, target or both"):
        look(**service.connection)


def test_a_missing_secret_is_named_with_the_variable_that_may_have_it(look: Look) -> None:
    with pytest.raises(AnsibleError, match=r"consumer_secret: .* CLOUDIWAY_CONSUMER_SECRET"):
        look("source", consumer_key=KEY)


def test_an_option_that_does_not_exist_is_refused(look: Look, service: Service) -> None:
    with pytest.raises(AnsibleOptionsError, match=r"naem: no option; known are .*name, type"):
        look("source", naem="Exchange", **service.connection)
    assert not service.requests


def test_a_missing_requests_is_named(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudiway_connectors, "REQUESTS_IMPORT_ERROR", "no requests")
    with pytest.raises(AnsibleLookupError, match=r"required Python library \(requests\)"):
        look("source", consumer_key=KEY, consumer_secret=SECRET)


#: The secret in every way of writing, one after the other.
ECHO = " / ".join(f"{way}: {write(SECRET)}" for way, write in WRITINGS.items())


def test_no_list_shows_the_secret_that_a_service_echoes(look: Look) -> None:
    connectors = [{"name": "Exchange", "type": ECHO}, {"name": ECHO, "type": "Google"}]
    with ScriptedServer({"*": [ok(connectors)]}) as server:
        [found] = look("source", **_connection(server))
    assert not leaks(everything(found))
    assert found[0]["name"] == "Exchange"
    assert "in clear: ********" in found[0]["type"]


@pytest.mark.parametrize(
    "answer",
    [failure(ECHO), ok({ECHO: ECHO}), ok([ECHO]), raw(403, ECHO.encode()), raw(500, ECHO.encode())],
)
def test_no_error_shows_the_secret_that_a_service_echoes(look: Look, answer: Sent) -> None:
    with ScriptedServer({"*": [answer]}) as server, pytest.raises(AnsibleLookupError) as caught:
        look("source", **_connection(server))
    assert not leaks("".join(traceback.format_exception(caught.value)))
    assert not leaks(f"{caught.value} {vars(caught.value)} {caught.value.__context__!r}")


def _connection(server: ScriptedServer) -> dict[str, Any]:
    secrets = {"consumer_key": KEY, "consumer_secret": SECRET}
    return {**secrets, "api_url": server.url, "retry_timeout": 0}
