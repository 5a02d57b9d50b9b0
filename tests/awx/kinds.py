# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of AWX 24.6 that a set-up is about, as data: their fields, and what each shows unasked.

What AWX shows of a field that nobody set is what C(awx.awx) compares with; a wrong default here
would hide, or invent, a change of the second run.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field


class Required:
    """Stands for the default of a field that has none."""


@dataclass(frozen=True)
class Field:
    """One field: what it may hold, and what it shows where nobody set it."""

    holds: type | tuple[type, ...]
    default: t.Any = Required
    refers_to: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of object. C(unique) names what no two of them share."""

    type: str
    fields: Mapping[str, Field]
    unique: tuple[str, ...] = ("name",)
    #: Lists of other objects that are attached to one, by their endpoint.
    attached: Mapping[str, str] = field(default_factory=dict)
    #: What AWX shows, takes without a word and does not heed.
    shown: Mapping[str, t.Any] = field(default_factory=dict)
    #: Doors below an object that are no lists.
    doors: tuple[str, ...] = ()


def _to(kind: str, default: t.Any = None) -> Field:
    nothing = () if default is Required else (type(None),)
    return Field((int, *nothing), default, refers_to=kind)


TEXT = Field(str, "")
NAME = Field(str)
FLAG = Field(bool, False)
COUNT = Field(int, 0)
NO_TEXT = Field((str, type(None)), None)
NO_COUNT = Field((int, type(None)), None)
PLAIN: Mapping[str, Field] = {"name": NAME, "description": TEXT}
VARIABLES = Field(str, "---")

ASKED_OF_JOBS = (
    *("diff_mode", "variables", "limit", "tags", "skip_tags", "job_type", "verbosity"),
    *("inventory", "credential", "execution_environment", "forks", "instance_groups"),
    *("job_slice_count", "labels", "timeout", "scm_branch"),
)
ASKED_OF_WORKFLOWS = (
    *("variables", "limit", "tags", "skip_tags", "inventory", "labels", "scm_branch"),
)


def _asks(names: tuple[str, ...]) -> dict[str, Field]:
    return {f"ask_{name}_on_launch": FLAG for name in names}


KINDS: dict[str, Kind] = {
    "organizations": Kind(
        "organization",
        {
            **PLAIN,
            "max_hosts": COUNT,
            "custom_virtualenv": NO_TEXT,
            "default_environment": _to("execution_environments"),
        },
        attached={"galaxy_credentials": "credentials"},
    ),
    "execution_environments": Kind(
        "execution_environment",
        {
            **PLAIN,
            "image": NAME,
            "organization": _to("organizations"),
            "credential": _to("credentials"),
            "pull": Field(str, "", choices=("", "always", "missing", "never")),
        },
        shown={"managed": False},
    ),
    "credential_types": Kind(
        "credential_type",
        {
            **PLAIN,
            "kind": Field(str, choices=("cloud", "net")),
            "inputs": Field(dict, {}),
            "injectors": Field(dict, {}),
        },
        shown={"managed": False, "namespace": None},
    ),
    "credentials": Kind(
        "credential",
        {
            **PLAIN,
            "organization": _to("organizations"),
            "credential_type": _to("credential_types", Required),
            "inputs": Field(dict, {}),
        },
        unique=("name", "organization", "credential_type"),
        shown={"managed": False, "kind": None, "cloud": True, "kubernetes": False},
    ),
    "projects": Kind(
        "project",
        {
            **PLAIN,
            "local_path": TEXT,
            "scm_type": Field(str, "", choices=("", "git", "svn", "insights", "archive")),
            "scm_url": TEXT,
            "scm_branch": TEXT,
            "scm_refspec": TEXT,
            "scm_clean": FLAG,
            "scm_track_submodules": FLAG,
            "scm_delete_on_update": FLAG,
            "credential": _to("credentials"),
            "timeout": COUNT,
            "organization": _to("organizations"),
            "scm_update_on_launch": FLAG,
            "scm_update_cache_timeout": COUNT,
            "allow_override": FLAG,
            "custom_virtualenv": NO_TEXT,
            "default_environment": _to("execution_environments"),
            "signature_validation_credential": _to("credentials"),
        },
        unique=("name", "organization"),
        shown={"scm_revision": "", "status": "successful"},
        doors=("update",),
    ),
    "inventories": Kind(
        "inventory",
        {
            **PLAIN,
            "organization": _to("organizations", Required),
            "kind": Field(str, "", choices=("", "smart", "constructed")),
            "host_filter": NO_TEXT,
            "variables": TEXT,
            "prevent_instance_group_fallback": FLAG,
        },
        unique=("name", "organization"),
        shown={"total_hosts": 0, "has_inventory_sources": False},
    ),
    "inventory_sources": Kind(
        "inventory_source",
        {
            **PLAIN,
            "source": Field(str, choices=("scm", "ec2", "gce", "azure_rm", "vmware", "openstack")),
            "source_path": TEXT,
            "source_vars": TEXT,
            "source_project": _to("projects"),
            "scm_branch": TEXT,
            "credential": _to("credentials"),
            "enabled_var": TEXT,
            "enabled_value": TEXT,
            "host_filter": TEXT,
            "overwrite": FLAG,
            "overwrite_vars": FLAG,
            "custom_virtualenv": NO_TEXT,
            "timeout": COUNT,
            "verbosity": Field(int, 1),
            "limit": TEXT,
            "execution_environment": _to("execution_environments"),
            "inventory": _to("inventories", Required),
            "update_on_launch": FLAG,
            "update_cache_timeout": COUNT,
        },
        unique=("name", "inventory"),
        shown={"status": "never updated"},
        doors=("update",),
    ),
    "job_templates": Kind(
        "job_template",
        {
            **PLAIN,
            "job_type": Field(str, "run", choices=("run", "check")),
            "inventory": _to("inventories"),
            "project": _to("projects"),
            "playbook": TEXT,
            "scm_branch": TEXT,
            "forks": COUNT,
            "limit": TEXT,
            "verbosity": COUNT,
            "extra_vars": VARIABLES,
            "job_tags": TEXT,
            "force_handlers": FLAG,
            "skip_tags": TEXT,
            "start_at_task": TEXT,
            "timeout": COUNT,
            "use_fact_cache": FLAG,
            "execution_environment": _to("execution_environments"),
            "host_config_key": TEXT,
            **_asks(ASKED_OF_JOBS),
            "survey_enabled": FLAG,
            "become_enabled": FLAG,
            "diff_mode": FLAG,
            "allow_simultaneous": FLAG,
            "custom_virtualenv": NO_TEXT,
            "job_slice_count": Field(int, 1),
            "webhook_service": Field(str, "", choices=("", "github", "gitlab")),
            "webhook_credential": _to("credentials"),
            "prevent_instance_group_fallback": FLAG,
        },
        unique=("name", "organization"),
        attached={"credentials": "credentials"},
        shown={"organization": None, "status": "never updated"},  # that of the project
        doors=("launch", "survey_spec"),
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        {
            **PLAIN,
            "extra_vars": VARIABLES,
            "organization": _to("organizations"),
            "survey_enabled": FLAG,
            "allow_simultaneous": FLAG,
            **_asks(ASKED_OF_WORKFLOWS),
            "inventory": _to("inventories"),
            "limit": NO_TEXT,
            "scm_branch": NO_TEXT,
            "job_tags": NO_TEXT,
            "skip_tags": NO_TEXT,
            "webhook_service": Field(str, "", choices=("", "github", "gitlab")),
            "webhook_credential": _to("credentials"),
        },
        unique=("name", "organization"),
        doors=("survey_spec",),
    ),
    "workflow_job_template_nodes": Kind(
        "workflow_job_template_node",
        {
            "extra_data": Field(dict, {}),
            "inventory": _to("inventories"),
            "scm_branch": NO_TEXT,
            "job_type": NO_TEXT,
            "job_tags": NO_TEXT,
            "skip_tags": NO_TEXT,
            "limit": NO_TEXT,
            "diff_mode": Field((bool, type(None)), None),
            "verbosity": NO_COUNT,
            "execution_environment": _to("execution_environments"),
            "forks": NO_COUNT,
            "job_slice_count": NO_COUNT,
            "timeout": NO_COUNT,
            "workflow_job_template": _to("workflow_job_templates", Required),
            "unified_job_template": _to("unified_job_templates"),
            "all_parents_must_converge": FLAG,
            "identifier": NAME,
        },
        unique=("identifier", "workflow_job_template"),
        attached={
            f"{outcome}_nodes": "workflow_job_template_nodes"
            for outcome in ("success", "failure", "always")
        },
        shown={"type": "workflow_job_template_node"},
        doors=("create_approval_template",),
    ),
    "workflow_approval_templates": Kind(
        "workflow_approval_template", {**PLAIN, "timeout": COUNT}, unique=()
    ),
    "project_updates": Kind("project_update", {}, unique=()),
    "inventory_updates": Kind("inventory_update", {}, unique=()),
    "jobs": Kind("job", {}, unique=()),
}

#: What C(unified_job_templates) lists.
UNIFIED = (
    *("projects", "inventory_sources", "job_templates", "workflow_job_templates"),
    "workflow_approval_templates",
)
