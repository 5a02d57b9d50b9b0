# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX 24.6 refuses, each with its status and words of its own: the reason for a stand-in that is strict."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

import jinja2
import jinja2.sandbox

from ansible_collections.cloudiway.mail.tests.awx.kinds import Field, Kind, Required

Facts = dict[str, t.Any]

NAME_OF_FIELD = re.compile(r"[a-zA-Z_]+[a-zA-Z0-9_]*")
ABOUT_FIELD = {
    *("id", "label", "type", "format", "secret", "multiline", "help_text", "choices"),
    *("default", "ask_at_runtime"),
}
ONLY_OF_TEXTS = {"choices", "multiline", "format", "secret"}
#: Names of the environment that belong to AWX.
BLOCKED = {
    *("VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "INVENTORY_SOURCE_ID"),
    *("INVENTORY_UPDATE_ID", "AD_HOC_COMMAND_ID", "REST_API_URL", "REST_API_TOKEN"),
    *("MAX_EVENT_RES", "CALLBACK_QUEUE", "CALLBACK_CONNECTION", "CACHE", "JOB_CALLBACK_DEBUG"),
    *("INVENTORY_HOSTVARS", "AWX_HOST", "PROJECT_REVISION", "SUPERVISOR_CONFIG_PATH"),
}
ANSWERS: dict[str, type] = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": float,
}
ABOUT_QUESTION = {
    *("question_name", "question_description", "variable", "type", "required", "default"),
    *("min", "max", "choices", "new_question"),
}


class Refusal(Exception):
    """A request that AWX does not carry out."""

    def __init__(self, body: Facts, status: int = 400) -> None:
        super().__init__(f"{status}: {body}")
        self.body = body
        self.status = status


def check_fields(kind: Kind, given: Mapping[str, t.Any], *, is_new: bool) -> None:
    """Refuse fields that are missing, of the wrong type, or (unlike AWX, which drops them) unknown."""
    for name, value in given.items():
        if name in kind.shown:
            continue
        if name not in kind.fields:
            raise Refusal({name: [f"{kind.type} has no such field"]})
        _check_value(name, kind.fields[name], value)
    missing = [
        name
        for name, field in kind.fields.items()
        if field.default is Required and given.get(name, "" if is_new else True) in ("", None)
    ]
    if missing:
        raise Refusal({name: ["This field is required."] for name in missing})


def _check_value(name: str, field: Field, value: t.Any) -> None:
    # A bool is an int to Python, and none to AWX.
    is_stray = isinstance(value, bool) and field.holds not in (bool, (bool, type(None)))
    if is_stray or not isinstance(value, field.holds):
        raise Refusal({name: [f"Incorrect type: {value!r}"]})
    if field.choices and value not in field.choices:
        raise Refusal({name: [f'"{value}" is not a valid choice.']})


def check_inputs(inputs: Facts) -> None:
    """Refuse the inputs of a credential type; name the type of each field, as AWX does."""
    if stray := set(inputs) - {"fields", "required"}:
        raise Refusal({"inputs": [f"Additional properties are not allowed: {sorted(stray)}"]})
    seen: set[str] = set()
    for field in inputs.get("fields", []):
        name = field.get("id", "")
        if stray := set(field) - ABOUT_FIELD:
            raise Refusal({"inputs": [f"Additional properties are not allowed: {sorted(stray)}"]})
        if not NAME_OF_FIELD.fullmatch(name) or not field.get("label"):
            raise Refusal({"inputs": ["'id' and 'label' are required properties"]})
        if name == "tower" or name in seen:
            raise Refusal({"inputs": [f"field IDs must be unique, and not reserved ({name})"]})
        seen.add(name)
        if field.setdefault("type", "string") not in ("string", "boolean"):
            raise Refusal({"inputs": [f"{field['type']} is not one of string, boolean"]})
        if field["type"] != "string" and ONLY_OF_TEXTS & set(field):
            raise Refusal({"inputs": [f"not allowed for {field['type']} type ({name})"]})
    if stray := set(inputs.get("required", [])) - seen:
        raise Refusal({"inputs": [f"required fields are not defined: {sorted(stray)}"]})


def check_injectors(injectors: Facts, inputs: Facts) -> None:
    """Refuse the injectors of a credential type: their names, and templates that do not render."""
    if stray := set(injectors) - {"env", "extra_vars", "file"}:
        raise Refusal({"injectors": [f"Additional properties are not allowed: {sorted(stray)}"]})
    namespace = {field["id"]: "EXAMPLE" for field in inputs.get("fields", [])}
    sandbox = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    for where, templates in injectors.items():
        for name, template in templates.items():
            if not isinstance(template, str):
                raise Refusal({"injectors": [f"{name}: {template!r} is not of type 'string'"]})
            if where != "file" and not NAME_OF_FIELD.fullmatch(name):
                raise Refusal({"injectors": [f"{name} does not match any of the regexes"]})
            if where == "env" and (name.startswith("ANSIBLE_") or name in BLOCKED):
                raise Refusal({"injectors": [f"Environment variable {name} is not allowed"]})
            try:
                sandbox.from_string(template).render(namespace)
            except jinja2.TemplateError as error:
                raise Refusal(
                    {"injectors": [f"{name} uses an undefined field ({error})"]}
                ) from error


def check_credential(inputs: Facts, type_inputs: Facts) -> None:
    """Refuse inputs of a credential that its type does not know."""
    fields = {field["id"]: field for field in type_inputs.get("fields", [])}
    for name, value in inputs.items():
        if name not in fields:
            raise Refusal({"inputs": [f"Additional properties are not allowed ('{name}')"]})
        if not isinstance(value, bool if fields[name]["type"] == "boolean" else str):
            raise Refusal({"inputs": [f"{name}: {value!r} is of the wrong type"]})


def check_survey(spec: Facts) -> None:
    """Refuse a survey; each fault under C(error), with the number of its question."""
    for name, holds in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(spec.get(name), holds):
            raise Refusal({"error": f"'{name}' missing from survey spec, or of the wrong type"})
    if not spec["spec"]:
        raise Refusal({"error": "'spec' doesn't contain any items."})
    seen: set[str] = set()
    for number, question in enumerate(spec["spec"]):
        if fault := _fault_of_question(question, seen):
            raise Refusal({"error": f"survey question {number}: {fault}"})
        seen.add(question["variable"])


def _is_a(kind: type, value: object) -> bool:
    """Whether a value is of a kind; true is no integer."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _fault_of_question(question: Facts, seen: set[str]) -> str:
    if stray := set(question) - ABOUT_QUESTION:
        return f"nothing knows {sorted(stray)}"
    for name in ("type", "question_name", "variable", "required"):
        if not isinstance(question.get(name), bool if name == "required" else str):
            return f"'{name}' missing, or of the wrong type"
    if question["variable"] in seen:
        return f"'variable' '{question['variable']}' duplicated"
    if question["type"] not in ANSWERS:
        return f"'{question['type']}' is not one of the allowed question types"
    default = question.get("default", "")
    if default != "" and not _is_a(ANSWERS[question["type"]], default):
        return f"default value {default!r} expected to be {ANSWERS[question['type']].__name__}"
    if not all(_is_a(int, question.get(end, 0)) for end in ("min", "max")):
        return "the limits are expected to be integers"
    if question["type"].startswith("multi") and default not in question.get("choices", []):
        return "default choice must be answered from the choices listed"
    return ""


def check_answers(spec: Facts, answers: Facts) -> None:
    """Refuse a launch whose required answers are missing, or that answers what nobody asked."""
    questions = {question["variable"]: question for question in spec.get("spec", [])}
    if stray := set(answers) - set(questions):
        raise Refusal({"extra_vars": [f"Variables {sorted(stray)} are not allowed on launch."]})
    for name, question in questions.items():
        answer = answers.get(name, question.get("default", ""))
        if question["required"] and answer == "":
            raise Refusal({"variables_needed_to_start": [f"'{name}' value missing"]})
        if answer != "" and not _is_a(ANSWERS[question["type"]], answer):
            raise Refusal({"variables_needed_to_start": [f"Value {answer!r} for '{name}'"]})
        if question["type"] == "integer" and not (
            question.get("min", answer) <= answer <= question.get("max", answer)
        ):
            raise Refusal(
                {"variables_needed_to_start": [f"'{name}' value {answer} is out of range"]}
            )
        if question["type"] == "multiplechoice" and answer not in question["choices"]:
            raise Refusal({"variables_needed_to_start": [f"Value {answer} for '{name}' expected"]})
