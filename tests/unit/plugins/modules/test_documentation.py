# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of a module says is what the module takes, does and returns."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.cloudiway.mail.plugins.doc_fragments import connection
from ansible_collections.cloudiway.mail.plugins.module_utils import _errors, _module
from ansible_collections.cloudiway.mail.plugins.module_utils._users import declared_user

PLUGINS = Path(_module.__file__).parents[1]
PACKAGE = "ansible_collections.cloudiway.mail.plugins"
NAMES = sorted(path.stem for path in (PLUGINS / "modules").glob("cloudiway_*.py"))

#: Modules that never report a change.
UNCHANGING = {name for name in NAMES if name.endswith("_info")} | {"cloudiway_report"}

#: How Ansible calls what it takes for granted.
UNSAID = {"type": "str", "required": False, "default": None}


def module(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.modules.{name}")


def documentation(name: str) -> dict[str, Any]:
    """A module's documentation with its fragments, put together as Ansible does."""
    own: dict[str, Any] = yaml.safe_load(module(name).DOCUMENTATION)
    for reference in own["extends_documentation_fragment"]:
        _unused, _unused, fragment, half = (*reference.split("."), "documentation")[:4]
        source = importlib.import_module(f"{PACKAGE}.doc_fragments.{fragment}").ModuleDocFragment
        shared = yaml.safe_load(getattr(source, half.upper()))
        own["options"] = {**shared.get("options", {}), **own["options"]}
        own["attributes"] = {**shared.get("attributes", {}), **own.get("attributes", {})}
    return own


def spec(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a module hands to AnsibleModule."""
    given: dict[str, Any] = {}

    def record(**arguments: Any) -> None:
        given.update(arguments)
        raise SystemExit

    monkeypatch.setattr(_module, "MaskingModule", record)
    with pytest.raises(SystemExit):
        module(name).main()
    return given


def told(option: Mapping[str, Any], inner: str) -> dict[str, Any]:
    """What an option is, in the same words for its documentation and its specification."""
    facts = {**UNSAID, **{name: option[name] for name in UNSAID if name in option}}
    facts["choices"] = list(option.get("choices", []))
    facts["elements"] = option.get("elements")
    facts[inner] = {name: told(each, inner) for name, each in option.get(inner, {}).items()}
    facts["inner"] = facts.pop(inner)
    return facts


def tasks(text: str) -> Iterator[dict[str, Any]]:
    """All tasks of an example, also those of its plays and blocks."""

    def within(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for item in items:
            yield item
            for part in ("tasks", "block", "rescue", "always"):
                yield from within(item.get(part, []))

    return within(yaml.safe_load(text))


def test_there_are_ten_modules() -> None:
    assert len(NAMES) == 10


def test_the_least_python_that_is_documented_is_that_of_the_sanity_tests() -> None:
    shared = yaml.safe_load(connection.ModuleDocFragment.DOCUMENTATION)["requirements"]
    config = yaml.safe_load((PLUGINS.parent / "tests/config.yml").read_text(encoding="utf-8"))
    least = config["modules"]["python_requires"].removeprefix(">=")
    assert shared == [f"Python {least} or newer", "requests"]


@pytest.mark.parametrize("name", NAMES)
def test_the_options_are_documented_as_they_are(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    documented = {
        option: told(each, "suboptions") for option, each in documentation(name)["options"].items()
    }
    specified = spec(name, monkeypatch)["argument_spec"]
    assert documented == {option: told(each, "options") for option, each in specified.items()}


@pytest.mark.parametrize("name", NAMES)
def test_an_option_taken_from_the_environment_says_so(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    documented = {
        option: re.findall(r"E\((\w+)\)", " ".join(each["description"]))
        for option, each in documentation(name)["options"].items()
    }
    specified = spec(name, monkeypatch)["argument_spec"]
    assert documented == {
        option: each["fallback"][1] if "fallback" in each else []
        for option, each in specified.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_check_mode_is_supported_and_said_to_be(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    attributes = documentation(name)["attributes"]
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] == ("N/A" if name in UNCHANGING else "full")
    assert attributes["action_group"]["membership"] == ["cloudiway.mail.cloudiway"]
    assert spec(name, monkeypatch)["supports_check_mode"] is True


@pytest.mark.parametrize("name", NAMES)
def test_the_secret_is_masked_by_ansible_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert spec(name, monkeypatch)["argument_spec"]["consumer_secret"]["no_log"] is True


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_use_documented_options_with_legal_values(name: str) -> None:
    uses = [
        (key.removeprefix("cloudiway.mail."), value or {})
        for task in tasks(module(name).EXAMPLES)
        for key, value in task.items()
        if key.startswith("cloudiway.mail.")
    ]
    assert [used for used, _options in uses].count(name) >= 2
    for used, options in uses:
        documented = documentation(used)["options"]
        for option, value in options.items():
            choices = documented[option].get("choices")
            assert choices is None or value in choices


@pytest.mark.parametrize("name", NAMES)
def test_every_code_of_a_failure_is_documented(name: str) -> None:
    def codes(kind: type[_errors.CloudiwayError]) -> set[str]:
        return {kind.code}.union(*map(codes, kind.__subclasses__()))

    failure = yaml.safe_load(module(name).RETURN)["failure"]["contains"]
    said = set(re.findall(r"V\((\w+)\)", " ".join(failure["code"]["description"])))
    assert said == codes(_errors.CloudiwayError) - {"error"}


def test_the_zone_is_documented_in_the_same_words_everywhere() -> None:
    options = [documentation(name)["options"] for name in NAMES]
    said = [each["server_timezone"] for each in options if "server_timezone" in each]
    assert len(said) == 3
    assert all(one == said[0] for one in said)


@pytest.mark.parametrize("option", ["license", "state"])
def test_the_role_names_what_a_user_may_say(option: str) -> None:
    text = (PLUGINS / "../roles/cutover/meta/argument_specs.yml").read_text(encoding="utf-8")
    users = yaml.safe_load(text)["argument_specs"]["main"]["options"]["cutover_users"]
    said = re.findall(r"V\((\w+)\)", users["options"][option]["description"])
    assert said == documentation("cloudiway_mail_user")["options"][option]["choices"]


def test_a_failure_is_documented_in_the_same_words_everywhere() -> None:
    said = [yaml.safe_load(module(name).RETURN)["failure"] for name in NAMES]
    assert all(one == said[0] for one in said)


def test_the_sample_of_a_failure_is_what_a_module_says() -> None:
    sample = {
        name: each["sample"]
        for name, each in yaml.safe_load(module(NAMES[0]).RETURN)["failure"]["contains"].items()
    }
    with pytest.raises(_errors.InvalidInput) as caught:
        declared_user({"source_email": "jane"})
    assert caught.value.failure() == sample
