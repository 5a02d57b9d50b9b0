# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of AWX 24.6: its objects in memory, and what may be done to them."""

from __future__ import annotations

import copy
import threading
import typing as t
from collections.abc import Callable, Mapping

from ansible_collections.cloudiway.mail.tests.awx.kinds import (
    ASKED_OF_JOBS,
    KINDS,
    UNIFIED,
)
from ansible_collections.cloudiway.mail.tests.awx.refusals import (
    Facts,
    Refusal,
    check_answers,
    check_credential,
    check_fields,
    check_injectors,
    check_inputs,
    check_survey,
)

ENCRYPTED = "$encrypted$"
PAGE = 25

#: Carries a job out, and says whether it went well.
Runner = Callable[[Facts], bool]


class Controller:
    """Everything AWX keeps. Objects are told apart by their kind's endpoint and their id."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, Facts]] = {kind: {} for kind in KINDS}
        self.attached: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[tuple[str, int], Facts] = {}
        self.secrets: dict[int, Facts] = {}
        self.run_job: Runner = lambda job: True
        self.fill_inventory: Runner = lambda source: True
        self.threads: list[threading.Thread] = []
        self._last = 0
        galaxy = {"fields": [{"id": "url", "label": "URL", "type": "string"}], "required": ["url"]}
        about = {"name": "Ansible Galaxy", "kind": "galaxy", "inputs": galaxy}
        kind = self._keep("credential_types", about)
        self._keep("credentials", {"name": "Ansible Galaxy", "credential_type": kind})

    # Looking -----------------------------------------------------------------------------------

    def one(self, kind: str, number: int) -> Facts:
        """An object as AWX shows it."""
        if kind not in self.objects or number not in self.objects[kind]:
            raise Refusal({"detail": "Not found."}, 404)
        return self._shown(kind, number)

    def find(self, kind: str, **wanted: t.Any) -> list[Facts]:
        """The objects that have these fields, in the order in which they were made."""
        kinds = UNIFIED if kind == "unified_job_templates" else (kind,)
        found = [self._shown(one, number) for one in kinds for number in self.objects[one]]
        for name in wanted:
            if found and not any(name in one for one in found):
                raise Refusal({"detail": f"{kind} has no field named '{name}'"})
        return sorted(
            (
                one
                for one in found
                if all(str(one.get(name)) == str(value) for name, value in wanted.items())
            ),
            key=lambda one: t.cast(int, one["id"]),
        )

    def named(self, kind: str, name: str) -> Facts:
        """The only object of this name."""
        [found] = self.find(kind, name=name)
        return found

    def _shown(self, kind: str, number: int) -> Facts:
        shown = copy.deepcopy(self.objects[kind][number])
        if kind == "credentials":
            about = self.objects["credential_types"][shown["credential_type"]]["inputs"]
            hidden = {field["id"] for field in about.get("fields", []) if field.get("secret")}
            for name in hidden & set(shown["inputs"]):
                shown["inputs"][name] = ENCRYPTED
        if kind == "job_templates":
            project = self.objects["projects"].get(shown["project"], {})
            shown["organization"] = project.get("organization")
        if shown.get("organization"):
            about = self.objects["organizations"][shown["organization"]]
            shown["summary_fields"]["organization"] = {"id": about["id"], "name": about["name"]}
        if kind == "workflow_job_template_nodes" and shown["unified_job_template"]:
            shown["related"]["unified_job_template"] = self._place_of(shown["unified_job_template"])
        return shown

    def _place_of(self, unified: int) -> str:
        [kind] = [kind for kind in UNIFIED if unified in self.objects[kind]]
        return f"/api/v2/{kind}/{unified}/"

    # Making and changing -----------------------------------------------------------------------

    def make(self, kind: str, given: Facts) -> Facts:
        """Make an object, or refuse to."""
        check_fields(KINDS[kind], given, is_new=True)
        fields = {
            name: copy.deepcopy(given.get(name, field.default))
            for name, field in KINDS[kind].fields.items()
        }
        self._check(kind, fields)
        return self._shown(kind, self._keep(kind, fields))

    def change(self, kind: str, number: int, given: Facts) -> Facts:
        """Change fields of an object, or refuse to."""
        before = self.objects[kind][number]
        check_fields(KINDS[kind], given, is_new=False)
        given = copy.deepcopy(
            {name: value for name, value in given.items() if name in KINDS[kind].fields}
        )
        if kind == "credentials" and "inputs" in given:
            kept = before["inputs"]
            given["inputs"] = {
                name: kept[name] if value == ENCRYPTED else value
                for name, value in given["inputs"].items()
            }
        if kind == "credential_types" and given.get("inputs", before["inputs"]) != before["inputs"]:
            check_inputs(given["inputs"])
            if given["inputs"] != before["inputs"] and self.find(
                "credentials", credential_type=number
            ):
                raise Refusal(
                    {"detail": "Modifications to inputs are not allowed for types in use"}, 403
                )
        self._check(kind, {**before, **given}, number)
        before.update(given)
        return self._shown(kind, number)

    def _keep(self, kind: str, fields: Mapping[str, t.Any]) -> int:
        self._last += 1
        url = f"/api/v2/{kind}/{self._last}/"
        doors = (*KINDS[kind].attached, *KINDS[kind].doors)
        unsaid = {name: copy.deepcopy(field.default) for name, field in KINDS[kind].fields.items()}
        self.objects[kind][self._last] = {
            **KINDS[kind].shown,
            **unsaid,
            **fields,
            "id": self._last,
            "type": KINDS[kind].type,
            "url": url,
            "related": {door: f"{url}{door}/" for door in doors},
            "summary_fields": {},
        }
        return self._last

    def _check(self, kind: str, fields: Facts, number: int = 0) -> None:
        """Refuse what contradicts other objects, or a rule of this kind."""
        for name, field in KINDS[kind].fields.items():
            if field.refers_to and fields[name] is not None:
                kinds = (
                    UNIFIED if field.refers_to == "unified_job_templates" else (field.refers_to,)
                )
                if not any(fields[name] in self.objects[one] for one in kinds):
                    raise Refusal({name: [f'Invalid pk "{fields[name]}" - object does not exist.']})
        same = {name: fields[name] for name in KINDS[kind].unique if name in fields}
        if same and any(one["id"] != number for one in self.find(kind, **same)):
            raise Refusal(
                {"__all__": [f"{KINDS[kind].type} with this {', '.join(same)} already exists."]}
            )
        rule = getattr(self, f"_check_{KINDS[kind].type}", None)
        if rule:
            rule(fields)

    def _check_credential_type(self, fields: Facts) -> None:
        check_inputs(fields["inputs"])
        check_injectors(fields["injectors"], fields["inputs"])

    def _check_credential(self, fields: Facts) -> None:
        about = self.objects["credential_types"][fields["credential_type"]]
        check_credential(fields["inputs"], about["inputs"])
        if fields["organization"] is None:
            raise Refusal({"detail": "Missing 'user', 'team', or 'organization'."})

    def _check_project(self, fields: Facts) -> None:
        if fields["scm_type"] and not fields["scm_url"]:
            raise Refusal({"scm_url": ["SCM URL is required."]})

    def _check_inventory_source(self, fields: Facts) -> None:
        if fields["source"] == "scm" and fields["source_project"] is None:
            raise Refusal({"source_project": ["Project required for scm type sources."]})

    def _check_job_template(self, fields: Facts) -> None:
        if fields["project"] is None:
            raise Refusal({"project": ["This field is required."]})
        if not fields["playbook"]:
            raise Refusal({"playbook": ["Must select playbook for project."]})
        project = self.objects["projects"][fields["project"]]
        # No repository of the tests has a playbook, and of others AWX knows only where this is set.
        if not project["allow_override"]:
            raise Refusal({"playbook": ["Playbook not found for project."]})
        if fields["inventory"] is None and not fields["ask_inventory_on_launch"]:
            raise Refusal(
                {"inventory": ["Job Template must provide 'inventory' or allow prompting."]}
            )

    def _check_workflow_job_template_node(self, fields: Facts) -> None:
        # Approvals and other workflows ask for nothing that the tests say to a node.
        template = self.objects["job_templates"].get(fields["unified_job_template"], {})
        for name in ASKED_OF_JOBS:
            if fields.get(name) is not None and not template.get(f"ask_{name}_on_launch"):
                raise Refusal({name: ["Field is not configured to prompt on launch."]})

    # Lists and doors below an object -----------------------------------------------------------

    def attach(self, kind: str, number: int, name: str, other: int, *, remove: bool) -> None:
        """Attach another object to a list of this one, or take it out."""
        attached = self.attached.setdefault((kind, number, name), [])
        if other not in self.objects[KINDS[kind].attached[name]]:
            raise Refusal({"detail": "Not found."}, 404)
        if remove:
            attached.remove(other)
            return
        if KINDS[kind].attached[name] == kind and number in self._behind(kind, other):
            raise Refusal({"Error": "Cycle detected."})
        if name == "credentials" and self._kind_of(other) in map(self._kind_of, attached):
            raise Refusal({"error": "Cannot assign multiple credentials of one type."})
        attached.append(other)

    def _behind(self, kind: str, number: int) -> set[int]:
        """An object and all that its lists lead to."""
        behind = {number}
        for name in KINDS[kind].attached:
            for other in self.attached.get((kind, number, name), []):
                behind |= self._behind(kind, other)
        return behind

    def _kind_of(self, credential: int) -> t.Any:
        return self.objects["credentials"][credential]["credential_type"]

    def list_attached(self, kind: str, number: int, name: str) -> list[Facts]:
        """The objects of a list of this one."""
        there = self.attached.get((kind, number, name), [])
        return [self._shown(KINDS[kind].attached[name], other) for other in there]

    def survey(self, kind: str, number: int) -> Facts:
        """The survey of a template; empty where it has none."""
        return copy.deepcopy(self.surveys.get((kind, number), {}))

    def set_survey(self, kind: str, number: int, spec: Facts) -> None:
        """Give a template a survey, or refuse it."""
        check_survey(spec)
        self.surveys[kind, number] = copy.deepcopy(spec)

    def make_approval(self, node: int, given: Facts) -> Facts:
        """Make a node one that waits for a person."""
        made = self.make("workflow_approval_templates", given)
        self.objects["workflow_job_template_nodes"][node]["unified_job_template"] = made["id"]
        return made

    def update(self, kind: str, number: int) -> Facts:
        """Fetch a project, or fill an inventory from a source."""
        updates = {"projects": "project_updates", "inventory_sources": "inventory_updates"}[kind]
        return self._carry_out(
            self.objects[updates][self._keep(updates, {})],
            lambda: kind == "projects" or self.fill_inventory(self.one(kind, number)),
        )

    def launch(self, number: int, given: Facts) -> Facts:
        """Launch a job of a template, with answers to its survey and what it asks for beside that."""
        template = self.one("job_templates", number)
        for name in set(given) - {"extra_vars"}:
            if not template.get(f"ask_{name}_on_launch"):
                raise Refusal({name: ["Field is not configured to prompt on launch."]})
        answers = given.get("extra_vars", {})
        check_answers(self.survey("job_templates", number), answers)
        job = self._keep("jobs", {**given, "extra_vars": answers, "job_template": number})
        return self._carry_out(
            self.objects["jobs"][job], lambda: self.run_job(self.one("jobs", job))
        )

    def _carry_out(self, work: Facts, do: Callable[[], bool]) -> Facts:
        """Begin something that goes on by itself; what it shows now."""
        work.update(status="running", failed=False, finished=None, elapsed=0.0, started="now")
        if "jobs" in work["url"]:
            work["event_processing_finished"] = False

        def carry_out() -> None:
            went_well = False
            try:
                went_well = do()
            finally:
                work.update(status="successful" if went_well else "failed", failed=not went_well)
                work.update(finished="then", event_processing_finished=True)

        before = copy.deepcopy(work)
        thread = threading.Thread(target=carry_out)
        self.threads.append(thread)
        thread.start()
        return before
