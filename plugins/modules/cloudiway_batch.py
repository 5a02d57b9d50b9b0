#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch of users, and who is in it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_batch
short_description: Manages a batch of users and its members
version_added: 1.0.0
description:
  - Makes sure that a batch exists, and has the given members; or that it does not exist.
  - A user is in one batch at most. A member that is in another batch is taken out of it first.
  - Members must exist already. M(cloudiway.mail.cloudiway_mail_users) declares users and puts them
    into batches in one go, and assigns licences before it does.
options:
  name:
    description:
      - The name of the batch. Names compare with case.
    type: str
    required: true
  state:
    description:
      - Whether the batch shall exist.
      - A batch that has members is deleted only with O(force).
    type: str
    choices: [present, absent]
    default: present
  users:
    description:
      - The members, as source addresses or migration tags. Addresses compare without case.
      - Users that are not on the service are a fault, all of them are named, and nothing is
        written. In check mode they are taken to be created by the tasks before, and a warning names
        them.
      - Where left out, members are neither added nor removed. With an empty list and O(exclusive),
        all are removed.
    type: list
    elements: str
  exclusive:
    description:
      - Whether to remove members that are not in O(users). They stay on the service, in no batch.
      - Needs O(users).
    type: bool
    default: false
  force:
    description:
      - Whether to delete a batch that has members. They are taken out of it first. No user is
        deleted.
    type: bool
    default: false
extends_documentation_fragment:
  - cloudiway.mail.connection
  - cloudiway.mail.attributes
seealso:
  - module: cloudiway.mail.cloudiway_batch_info
  - module: cloudiway.mail.cloudiway_batch_settings
  - module: cloudiway.mail.cloudiway_mail_users
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: Create a batch, or leave it as it is
  cloudiway.mail.cloudiway_batch:
    name: Wave 1

- name: Put two users into it, and leave its other members where they are
  cloudiway.mail.cloudiway_batch:
    name: Wave 1
    users:
      - jane.doe@old.example.com
      - 94102641-0000-4000-8000-000000000001

- name: Have exactly these members
  cloudiway.mail.cloudiway_batch:
    name: Pilot
    users:
      - jane.doe@old.example.com
      - john.smith@old.example.com
    exclusive: true

- name: Delete a batch, and leave its members without one
  cloudiway.mail.cloudiway_batch:
    name: Wave 1
    state: absent
    force: true
"""

RETURN = r"""
batch:
  description: The batch as it is after the task, or in check mode would be; null where absent.
  returned: success
  type: dict
  contains:
    name:
      description: The name of the batch.
      returned: always
      type: str
      sample: Wave 1
    users:
      description: The members.
      returned: always
      type: list
      elements: dict
      contains:
        migration_tag:
          description: The migration tag.
          returned: always
          type: str
          sample: 94102641-0000-4000-8000-000000000001
        source_email:
          description:
            - The address to migrate from.
            - Null where nobody had to ask for it, since O(users) was not given, or where the
              service does not show it.
          returned: always
          type: str
          sample: jane.doe@old.example.com
added:
  description: Who was put into the batch, by source address, or by tag where that is not known.
  returned: success
  type: list
  elements: str
  sample: [jane.doe@old.example.com]
removed:
  description: Who was taken out of the batch, by source address, or by tag where that is not known.
  returned: success
  type: list
  elements: str
  sample: []
failure:
  description: What went wrong, in a form that a playbook can branch on.
  returned: failure, but for what Ansible itself refuses, such as an option that is missing
  type: dict
  contains:
    code:
      description:
        - The kind of failure, by what is known of what was done.
        - V(invalid_input) - options, rows or files are wrong. Nothing was written.
        - V(not_found), V(ambiguous) - what was named is not there, or cannot be told from others.
        - V(force_needed) - a safety catch holds, and O(ignore:force) would release it.
        - V(refused) - the service said no. It was not done.
        - V(unreachable), V(throttled), V(no_such_call), V(insecure) - the request did not arrive,
          was turned away, or was not sent. It was not done.
        - V(lost_answer), V(protocol), V(redirect) - the request was sent, and no answer came that
          says whether it was done. Run again, since every run looks before it acts.
        - V(not_applied) - the service said yes, yet what reads back is not what was asked for.
        - V(gate), V(wait_timeout), V(clock) - a migration ended badly, not in time, or at a moment
          that cannot be. See M(cloudiway.mail.cloudiway_migration).
        - V(failed_users) - some users of a list failed. See M(cloudiway.mail.cloudiway_mail_users).
      returned: always
      type: str
      sample: invalid_input
    message:
      description: What went wrong, in words.
      returned: always
      type: str
      sample: "source_email: 'jane' is no e-mail address; expected name@domain"
    call:
      description: The call of the API that failed; null where none did.
      returned: always
      type: str
      sample: null
    http_status:
      description: The HTTP status of the answer; null where there was none.
      returned: always
      type: int
      sample: null
    faults:
      description: Every fault of the input.
      returned: when C(code) is V(invalid_input)
      type: list
      elements: str
      sample: ["source_email: 'jane' is no e-mail address; expected name@domain"]
"""

from ansible_collections.cloudiway.mail.plugins.module_utils._argspec import EXISTENCE
from ansible_collections.cloudiway.mail.plugins.module_utils._batches import manage_batch
from ansible_collections.cloudiway.mail.plugins.module_utils._checks import check_batch
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run


def main() -> None:
    run(
        {
            "name": {"type": "str", "required": True},
            "state": EXISTENCE,
            "users": {"type": "list", "elements": "str"},
            "exclusive": {"type": "bool", "default": False},
            "force": {"type": "bool", "default": False},
        },
        manage_batch,
        check_batch,
        required_if=[("exclusive", True, ("users",))],
    )


if __name__ == "__main__":
    main()
