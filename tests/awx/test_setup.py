# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook awx_setup: what it makes, that it makes it once, and what it says where it cannot."""

from __future__ import annotations

import json
import re
import sys

import yaml

from ansible_collections.cloudiway.mail.tests.awx.jobs import CHECKOUT, walk
from ansible_collections.cloudiway.mail.tests.awx.place import LINK, Place, changed
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET, leaks

TEMPLATES = {
    "Cloudiway rehearse": "cloudiway.mail.rehearsal",
    "Cloudiway validate": "cloudiway.mail.cutover",
    "Cloudiway prestage": "cloudiway.mail.cutover",
    "Cloudiway delta": "cloudiway.mail.delta",
    "Cloudiway declare the switch": "cloudiway.mail.declare_switch",
    "Cloudiway final": "cloudiway.mail.final",
    "Cloudiway permissions": "cloudiway.mail.final",
    "Cloudiway status": "cloudiway.mail.status",
}

#: What ansible-core 2.21 says of a lookup and a result of awx.awx, and how to silence it: not ours to mend.
OF_OTHERS = re.compile(
    r"from 'ansible\.module_utils\._text' is deprecated|result key 'finished' of type str"
    "|can be disabled by setting"
)


class Lenient(yaml.SafeLoader):
    """Reads a file of Ansible."""


Lenient.add_constructor("!unsafe", lambda loader, node: node.value)


def test_all_that_is_missing_is_named_at_once(bare: Place) -> None:
    environment = {
        name: value
        for name, value in bare.environment.items()
        if not name.startswith(("CLOUDIWAY_", "CONTROLLER_"))
    }
    environment["ANSIBLE_COLLECTIONS_PATH"] = str(LINK)
    command = (sys.executable, "-m", "ansible", "playbook", "cloudiway.mail.awx_setup")
    done = bare.do(*command, environment=environment)
    assert done.returncode == 2
    for missing in (
        "The collection awx.awx is not installed",
        "ansible-galaxy collection install awx.awx:24.6.1",
        *("awx_organization", "awx_repository_url", "CONTROLLER_HOST"),
        *("CLOUDIWAY_CONSUMER_KEY", "CLOUDIWAY_CONSUMER_SECRET", "CONTROLLER_OAUTH_TOKEN"),
    ):
        assert missing in done.stdout
    assert bare.server.writes == []


WRONG = {
    "awx_organisation=Contoso": "no variable of this collection; did you mean awx_organization?",
    "awx_execution_enviroment=Ours": "did you mean awx_execution_environment?",
    "awx_organisations=Contoso": "playbooks/vars/awx_setup.yml of the collection has them all",
    "awx_inventory_file=waves.yml": "awx_inventory_file: the name of the file of waves ends in",
    "awx_slices=0": "awx_slices: expected a whole number from 1 on",
    "awx_approval_timeout=1h": "awx_approval_timeout: expected a whole number of seconds",
    "awx_report_dir=reports": "awx_report_dir: expected an absolute path",
    "awx_galaxy_credentials=Ansible": "awx_galaxy_credentials: expected a list of names",
    "awx_extra_vars=retries": "awx_extra_vars: expected variables and their values",
    "awx_execution_environment=": "say how the image of awx_execution_environment_image is called",
    "awx_name=": "awx_name: say with what the names in AWX begin",
}


def test_what_is_misspelt_or_impossible_is_named_at_once(bare: Place) -> None:
    # Whoever runs the playbook as a job of AWX has these as well.
    of_awx = ("awx_job_id=1", "awx_project_scm_branch=main", "awx_project_revision=0123abc")
    options = [piece for given in (*WRONG, *of_awx) for piece in ("-e", given)]
    done = bare.set_up_wrongly(*options)
    assert [words for words in WRONG.values() if words not in done] == []
    assert not [given for given in of_awx if given.partition("=")[0] in done]
    assert bare.server.writes == []


def test_no_variable_has_a_name_that_awx_gives_to_its_jobs() -> None:
    told = (CHECKOUT / "playbooks/vars/awx_setup.yml").read_text(encoding="utf-8")
    of_awx = re.compile(yaml.load(told, Loader=Lenient)["awx_given_to_jobs"])
    names = re.findall(r"^(awx_\w+):", told, re.MULTILINE)
    assert len(names) > 20
    assert [name for name in names if of_awx.match(name)] == []


def test_check_mode_tells_what_would_be_made_of_nothing_and_makes_none_of_it(bare: Place) -> None:
    told = bare.set_up("--check")
    assert changed(told) == 1
    for thing in ("organizations: Contoso", "projects: Cloudiway waves", *TEMPLATES):
        assert thing in told
    assert bare.server.writes == []


def test_names_that_another_organization_has_are_refused(ready: Place) -> None:
    told = ready.set_up_wrongly("-e", "awx_organization=Fabrikam")
    assert "awx_name: the organisation Contoso has 'Cloudiway batches' already" in told
    assert "awx_execution_environment: the organisation Contoso has 'Cloudiway' already" in told
    assert ready.server.writes == []


def test_another_organization_can_have_names_of_its_own(bare: Place) -> None:
    names = ("awx_organization", "awx_name", "awx_execution_environment")
    bare.set_up(*(piece for name in names for piece in ("-e", f"{name}=Fabrikam")))
    kinds = bare.awx.objects.values()
    made = {str(one["name"]) for kind in kinds for one in kind.values() if "name" in one}
    assert {name for name in made if not name.startswith("Fabrikam")} == {"Ansible Galaxy"}


def test_it_makes_all_once_and_then_nothing_but_what_awx_hides(bare: Place) -> None:
    first = bare.set_up()
    made = {template["name"]: template["playbook"] for template in bare.awx.find("job_templates")}
    assert made == TEMPLATES
    warnings = [line for line in first.splitlines() if "WARNING]" in line]
    assert [line for line in warnings if not OF_OTHERS.search(line)] == []
    second = bare.set_up()
    assert bare.server.writes == ["PATCH credentials"]
    assert changed(second) == 1
    # That one, too, where the secret shall stay; and check mode writes nothing.
    assert changed(bare.set_up("--check", "-e", '{"awx_update_secrets": false}')) == 0
    assert bare.server.writes == []
    told = first + second + json.dumps([bare.awx.find(kind) for kind in bare.awx.objects])
    assert not leaks(told)


def test_the_credential_holds_the_secret_and_its_type_puts_it_where_the_modules_look(
    ready: Place,
) -> None:
    credential = ready.awx.named("credentials", "Cloudiway account")
    assert credential["inputs"]["consumer_secret"] == "$encrypted$"
    kept = ready.awx.objects["credentials"][credential["id"]]["inputs"]
    assert (kept["consumer_key"], kept["consumer_secret"]) == (KEY, SECRET)
    injectors = ready.awx.one("credential_types", credential["credential_type"])["injectors"]
    assert injectors == {
        "env": {
            "CLOUDIWAY_CONSUMER_KEY": "{{ consumer_key }}",
            "CLOUDIWAY_CONSUMER_SECRET": "{{ consumer_secret }}",
            "CLOUDIWAY_API_URL": "{{ api_url }}",
        }
    }


def test_what_does_not_reach_the_service_has_no_credential(ready: Place) -> None:
    with_it = {
        template["name"].removeprefix("Cloudiway ")
        for template in ready.awx.find("job_templates")
        if ready.awx.list_attached("job_templates", template["id"], "credentials")
    }
    assert with_it == {"validate", "prestage", "delta", "final", "permissions", "status"}


def test_every_required_question_suggests_an_answer(ready: Place) -> None:
    questions = [
        question
        for template in ready.awx.find("job_templates")
        for question in ready.awx.survey("job_templates", template["id"]).get("spec", [])
    ]
    assert len(questions) >= len(TEMPLATES)
    assert [one["variable"] for one in questions if one["required"] and one["default"] == ""] == []


def test_whatever_depends_on_the_switch_can_be_told_when_it_was(ready: Place) -> None:
    told = {
        template["name"].removeprefix("Cloudiway ")
        for template in ready.awx.find("job_templates")
        for question in ready.awx.survey("job_templates", template["id"]).get("spec", [])
        if question["variable"] == "switched_at"
    }
    assert told == {"declare the switch", "final", "permissions", "status"}


def test_the_workflow_stops_for_a_person_just_before_the_switch_is_declared(ready: Place) -> None:
    path = [node["identifier"] for node in walk(ready.awx, "Cloudiway cut over")]
    assert path == [
        *("validate", "prestage", "delta", "approval"),
        *("declare the switch", "final", "permissions", "status"),
    ]
    [approval] = ready.awx.find("workflow_job_template_nodes", identifier="approval")
    waits = ready.awx.one("workflow_approval_templates", approval["unified_job_template"])
    assert "MX record" in waits["name"]
    for node in ready.awx.find("workflow_job_template_nodes"):
        [template] = ready.awx.find("unified_job_templates", id=node["unified_job_template"])
        assert node["identifier"] == "approval" or template["name"].endswith(node["identifier"])


def test_the_inventory_is_filled_from_the_file_of_waves_and_before_each_job(ready: Place) -> None:
    [source] = ready.awx.find("inventory_sources")
    assert (source["source"], source["source_path"]) == ("scm", "waves.cloudiway.yml")
    assert source["update_on_launch"]
    assert source["overwrite"]
    assert source["overwrite_vars"]
    assert sorted(ready.jobs.variables) == ["pilot", "wave-1", "wave-2"]


def test_a_workflow_keeps_to_its_limit_whatever_templates_are_dealt_into(ready: Place) -> None:
    may = {
        node["identifier"]: node["job_slice_count"]
        for node in ready.awx.find("workflow_job_template_nodes")
        if node["job_slice_count"] is not None
    }
    assert may == {"prestage": 1, "delta": 1, "final": 1}
    job = ready.job("prestage", limit="wave-1")
    assert ready.jobs.run({**job, "job_slice_count": may["prestage"]})
    # What would become of it else.
    assert not ready.jobs.run({**job, "job_slice_count": 3})


def test_permissions_are_never_dealt_into_slices(ready: Place) -> None:
    may = {
        template["name"].removeprefix("Cloudiway ")
        for template in ready.awx.find("job_templates")
        if template["ask_job_slice_count_on_launch"]
    }
    assert may == {"prestage", "delta", "final"}
