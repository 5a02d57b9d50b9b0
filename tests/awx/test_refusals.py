# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in of AWX refuses what AWX refuses; a set-up that passes here would otherwise prove little."""

from __future__ import annotations

import copy
import typing as t

import pytest

from ansible_collections.cloudiway.mail.tests.awx.controller import Controller
from ansible_collections.cloudiway.mail.tests.awx.refusals import Facts, Refusal

FIELD = {"id": "key", "label": "Key", "type": "string"}
TYPE = {
    "name": "Ours",
    "kind": "cloud",
    "inputs": {"fields": [FIELD], "required": ["key"]},
    "injectors": {"env": {"OUR_KEY": "{{ key }}"}},
}
QUESTION = {
    "question_name": "How many?",
    "variable": "count",
    "type": "integer",
    "required": True,
    "default": 1,
    "min": 0,
    "max": 5,
}


@pytest.fixture
def awx() -> Controller:
    """One with an organisation, a project whose playbooks are anyone's, and an inventory."""
    awx = Controller()
    organization = awx.make("organizations", {"name": "Contoso"})["id"]
    about = {"name": "waves", "organization": organization}
    awx.make("projects", {**about, "scm_type": "git", "scm_url": "there", "allow_override": True})
    awx.make("inventories", about)
    return awx


def template(awx: Controller, **more: t.Any) -> Facts:
    """What makes a job template."""
    return {
        "name": "ours",
        "playbook": "cloudiway.mail.cutover",
        "project": awx.named("projects", "waves")["id"],
        "inventory": awx.named("inventories", "waves")["id"],
        **more,
    }


def survey(**more: t.Any) -> Facts:
    """A survey of one question."""
    return {"name": "", "description": "", "spec": [{**QUESTION, **more}]}


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("kind", "ssh"),
        ("injectors", {"env": {"ANSIBLE_CONFIG": "{{ key }}"}}),
        ("injectors", {"env": {"PATH": "{{ key }}"}}),
        ("injectors", {"env": {"OUR KEY": "{{ key }}"}}),
        ("injectors", {"env": {"OUR_KEY": "{{ kye }}"}}),
        ("injectors", {"env": {"OUR_KEY": "{{ key"}}),
        ("injectors", {"env": {"OUR_KEY": None}}),
        ("injectors", {"environment": {}}),
        ("inputs", {"fields": [{**FIELD, "hidden": True}]}),
        ("inputs", {"fields": [FIELD, FIELD]}),
        ("inputs", {"fields": [{"id": "key"}]}),
        ("inputs", {"fields": [{**FIELD, "type": "text"}]}),
        ("inputs", {"fields": [{**FIELD, "type": "boolean", "secret": True}]}),
        ("inputs", {"fields": [FIELD], "required": ["secret"]}),
        ("color", "red"),
    ],
)
def test_a_credential_type_that_awx_does_not_take_is_refused(
    awx: Controller, part: str, changed: object
) -> None:
    awx.make("credential_types", {**copy.deepcopy(TYPE), "name": "Good"})
    with pytest.raises(Refusal) as refused:
        awx.make("credential_types", {**copy.deepcopy(TYPE), part: changed})
    assert part in refused.value.body


def test_a_credential_shows_no_secret_and_takes_its_mark_for_it(awx: Controller) -> None:
    secret = {"fields": [{**FIELD, "secret": True}]}
    kind = awx.make("credential_types", {**copy.deepcopy(TYPE), "inputs": secret})["id"]
    organization = awx.named("organizations", "Contoso")["id"]
    about = {"name": "ours", "organization": organization, "credential_type": kind}
    made = awx.make("credentials", {**about, "inputs": {"key": "s3cret"}})
    assert made["inputs"] == {"key": "$encrypted$"}
    awx.change("credentials", made["id"], {"inputs": made["inputs"]})
    assert awx.objects["credentials"][made["id"]]["inputs"] == {"key": "s3cret"}
    with pytest.raises(Refusal):
        awx.change("credentials", made["id"], {"inputs": {"kye": "s3cret"}})


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "number"},
        {"default": "1"},
        {"default": True},
        {"min": "0"},
        {"required": "yes"},
        {"variable": None},
        {"type": "multiplechoice", "default": "a"},
        {"type": "multiplechoice", "choices": ["a", "b"], "default": "c"},
        {"hint": "how many"},
    ],
)
def test_a_survey_that_awx_does_not_take_is_refused(awx: Controller, changed: Facts) -> None:
    number = awx.make("job_templates", template(awx))["id"]
    awx.set_survey("job_templates", number, survey())
    with pytest.raises(Refusal) as refused:
        awx.set_survey("job_templates", number, survey(**changed))
    assert "error" in refused.value.body


def test_a_question_that_comes_twice_is_refused(awx: Controller) -> None:
    number = awx.make("job_templates", template(awx))["id"]
    with pytest.raises(Refusal, match="duplicated"):
        awx.set_survey("job_templates", number, {**survey(), "spec": [QUESTION, QUESTION]})


@pytest.mark.parametrize(
    "launch",
    [
        {"extra_vars": {"count": 6}},
        {"extra_vars": {"count": "2"}},
        {"extra_vars": {"count": 2, "cutover_phases": "final"}},
        {"limit": "pilot"},
    ],
)
def test_a_launch_that_awx_does_not_take_is_refused(awx: Controller, launch: Facts) -> None:
    number = awx.make("job_templates", template(awx))["id"]
    awx.set_survey("job_templates", number, survey())
    with pytest.raises(Refusal):
        awx.launch(number, launch)


def test_a_required_answer_that_nobody_gives_is_missed(awx: Controller) -> None:
    number = awx.make("job_templates", template(awx))["id"]
    question = {name: value for name, value in QUESTION.items() if name != "default"}
    awx.set_survey("job_templates", number, {**survey(), "spec": [question]})
    with pytest.raises(Refusal, match="value missing"):
        awx.launch(number, {})


def test_a_playbook_that_the_project_does_not_show_is_refused(awx: Controller) -> None:
    project = awx.named("projects", "waves")["id"]
    awx.change("projects", project, {"allow_override": False})
    with pytest.raises(Refusal, match="Playbook not found"):
        awx.make("job_templates", template(awx))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"job_type": "dry"}, "job_type"),
        ({"forks": "5"}, "forks"),
        ({"diff_mode": 1}, "diff_mode"),
        ({"inventory": 9999}, "inventory"),
        ({"inventory": None}, "inventory"),
        ({"ask_everything_on_launch": True}, "ask_everything_on_launch"),
        ({"name": ""}, "name"),
    ],
)
def test_a_job_template_that_awx_does_not_take_is_refused(
    awx: Controller, changed: Facts, named: str
) -> None:
    with pytest.raises(Refusal) as refused:
        awx.make("job_templates", template(awx, **changed))
    assert named in refused.value.body


def test_names_are_taken_once(awx: Controller) -> None:
    awx.make("job_templates", template(awx))
    with pytest.raises(Refusal, match="already exists"):
        awx.make("job_templates", template(awx))


def test_a_workflow_that_runs_in_a_circle_is_refused(awx: Controller) -> None:
    workflow = awx.make("workflow_job_templates", {"name": "all"})["id"]
    first, second = (
        awx.make(
            "workflow_job_template_nodes", {"workflow_job_template": workflow, "identifier": name}
        )["id"]
        for name in ("first", "second")
    )
    nodes = "workflow_job_template_nodes"
    awx.attach(nodes, first, "success_nodes", second, remove=False)
    with pytest.raises(Refusal, match="Cycle"):
        awx.attach(nodes, second, "success_nodes", first, remove=False)
