# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connectors of an account: what it can migrate from, and what to."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cloudiway_connectors
short_description: Lists the connectors of a Cloudiway account
version_added: 1.0.0
description:
  - Lists the source or the target connectors of a Cloudiway account, each with its name and type.
  - Users name the connectors that they are migrated from and to, see
    M(cloudiway.mail.cloudiway_mail_user).
options:
  _terms:
    description:
      - Which connectors to list, V(source), V(target) or both, one after the other.
    type: list
    elements: str
    choices: [source, target]
    required: true
  name:
    description:
      - Only connectors of this name. The whole name is compared, without case.
    type: str
  type:
    description:
      - Only connectors of this type. The whole type is compared, without case.
    type: str
extends_documentation_fragment:
  - cloudiway.mail.connection
  - cloudiway.mail.connection.plugin
notes:
  - The lookup runs on the controller, in the environment of C(ansible-playbook) itself. The
    C(environment) keyword of a play or task does not reach it.
  - The result is one list for each term, so that C(lookup) with one term
    gives the list of its connectors, be they none, one or many.
seealso:
  - module: cloudiway.mail.cloudiway_mail_user
  - module: cloudiway.mail.cloudiway_mail_users
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: Show what can be migrated from
  ansible.builtin.debug:
    msg: "{{ lookup('cloudiway.mail.cloudiway_connectors', 'source') }}"
    # [{"name": "Google Workspace", "type": "Google"}, {"name": "Exchange", "type": "Exchange"}]

- name: Make sure that a connector is there before anything is written
  ansible.builtin.assert:
    that: target_connector in (connectors | map(attribute='name'))
    fail_msg: "{{ target_connector }} is none of {{ connectors | map(attribute='name') | join(', ') }}"
  vars:
    target_connector: Microsoft 365
    connectors: "{{ lookup('cloudiway.mail.cloudiway_connectors', 'target') }}"

- name: Take the only source connector of a type
  ansible.builtin.set_fact:
    source_connector: "{{ found.name }}"
  vars:
    found: "{{ lookup('cloudiway.mail.cloudiway_connectors', 'source', type='google') | first }}"

- name: Both sides at once, of another account
  ansible.builtin.debug:
    msg: "{{ sources | length }} source and {{ targets | length }} target connectors"
  vars:
    cloudiway_consumer_key: "{{ vault_other_key }}"
    cloudiway_consumer_secret: "{{ vault_other_secret }}"
    both: "{{ query('cloudiway.mail.cloudiway_connectors', 'source', 'target') }}"
    sources: "{{ both[0] }}"
    targets: "{{ both[1] }}"
"""

RETURN = r"""
_raw:
  description: For each term, the list of its connectors, in the order of the service.
  type: list
  elements: list
  sample:
    - - name: Google Workspace
        type: Google
      - name: Exchange
        type: Exchange
"""

import typing as t
from collections.abc import Sequence

from ansible.errors import AnsibleLookupError, AnsibleOptionsError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.lookup import LookupBase

from ansible_collections.cloudiway.mail.plugins.module_utils._argspec import CONNECTION
from ansible_collections.cloudiway.mail.plugins.module_utils._client import (
    REQUESTS_IMPORT_ERROR,
    Client,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    CloudiwayError,
    InvalidInput,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._models import Connector
from ansible_collections.cloudiway.mail.plugins.module_utils._module import Unrevealing
from ansible_collections.cloudiway.mail.plugins.module_utils._redaction import Redactor

SIDES = ("source", "target")


class LookupModule(LookupBase):
    def run(
        self,
        terms: Sequence[t.Any],
        variables: dict[str, t.Any] | None = None,
        **kwargs: t.Any,
    ) -> list[list[dict[str, str]]]:
        if REQUESTS_IMPORT_ERROR:
            raise AnsibleLookupError(missing_required_lib("requests"))
        self.set_options(var_options=self._templated(variables or {}), direct=kwargs)
        options = self.get_options()
        key, secret = (options[name] or "" for name in ("consumer_key", "consumer_secret"))
        with Unrevealing(secret, key):
            try:
                _check(terms, options, kwargs)
                with Client(Connection.of(options)) as client:
                    found = [self._chosen(client.connectors(str(side))) for side in terms]
            except InvalidInput as why:
                raise AnsibleOptionsError(why.message) from None
            except CloudiwayError as why:
                raise AnsibleLookupError(why.message) from None
        shown: list[list[dict[str, str]]] = Redactor([secret]).clean_all(found)
        return shown

    def _templated(self, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """The variables that are options, with their templates resolved: nobody else does so."""
        names = (f"cloudiway_{option}" for option in CONNECTION)
        return {
            name: self._templar.template(variables[name]) for name in names if name in variables
        }

    def _chosen(self, connectors: list[Connector]) -> list[dict[str, str]]:
        name, kind = self.get_option("name"), self.get_option("type")
        return [
            {"name": one.name, "type": one.type}
            for one in connectors
            if _fits(name, one.name) and _fits(kind, one.type)
        ]


def _fits(wanted: str | None, shown: str) -> bool:
    return wanted is None or wanted.casefold() == shown.casefold()


def _check(terms: Sequence[t.Any], options: dict[str, t.Any], given: dict[str, t.Any]) -> None:
    """Raise InvalidInput with every fault of the terms, of what was given, and of the connection."""
    faults = [f"{term!r} is neither source nor target" for term in terms if term not in SIDES]
    if not terms:
        faults.append("name what to list: source, target or both")
    known = ", ".join(options)
    faults += [f"{name}: no option; known are {known}" for name in given if name not in options]
    try:
        Connection.of(options)
    except InvalidInput as why:
        faults += why.faults
    if faults:
        raise InvalidInput(faults)
