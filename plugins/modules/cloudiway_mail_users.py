#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole list of users of a mail migration, in one pass."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_mail_users
short_description: Manages a whole list of users of a mail migration
version_added: 1.0.0
description:
  - Does for a list of users what M(cloudiway.mail.cloudiway_mail_user) does for one, and asks for
    the state of all of them at once. With nothing to do, it costs one request for all users, one
    for the list of batches and one for each declared batch. Where the service lists users without
    their migration tags, it costs one more for each declared user.
  - The connectors of users that are to be created or changed must be there. To see that costs two
    more requests.
  - The list is either given as O(users), or read from a CSV file, O(users_file), with the headers
    of the import of Cloudiway's portal.
  - The whole list is checked before anything is written. All faults are reported together, each
    with the line of the file or the place in the list.
  - The failure of one user does not stop the others. The task fails at the end, and names those
    that failed, RV(failed_users). Run it again when the cause is gone.
  - Users on the service that are not in the list are left alone.
options:
  users:
    description:
      - The users.
      - Exactly one of O(users) and O(users_file) is needed.
      - What a user leaves out is taken from O(defaults).
      - No two users may have the same source address. No two may have the same target address
        either, unless both say O(users[].force).
    type: list
    elements: dict
    suboptions:
      source_email:
        description:
          - The address of the mailbox to migrate from.
          - Needed unless O(users[].migration_tag) is given.
        type: str
      target_email:
        description:
          - The address of the mailbox to migrate to.
          - Needed unless O(users[].migration_tag) is given, or the user shall be absent.
        type: str
      migration_tag:
        description:
          - The migration tag of a user that exists.
        type: str
      first_name:
        description:
          - The first name of the user.
        type: str
      last_name:
        description:
          - The last name of the user.
        type: str
      source_connector:
        description:
          - The name of the connector to migrate from. Needed to create the user.
        type: str
      target_connector:
        description:
          - The name of the connector to migrate to. Needed to create the user.
        type: str
      batch:
        description:
          - The name of the batch that the user shall be in. Where left out, it stays where it is.
        type: str
      license:
        description:
          - When to assign a licence to the user, one of V(missing), V(always) and V(never). See
            M(cloudiway.mail.cloudiway_mail_user).
          - V(missing) where neither this nor O(defaults) says otherwise.
        type: str
      state:
        description:
          - Whether the user shall exist, V(present) or V(absent).
          - V(present) where neither this nor O(defaults) says otherwise.
        type: str
      force:
        description:
          - Whether to retarget or delete the user although it is active or has been migrated.
          - V(false) where neither this nor O(defaults) says otherwise.
        type: bool
  users_file:
    description:
      - The path of a CSV file with the users, on the machine on which the module runs.
      - Its first line has the headers, in any order and case. C(SourceEmail) and C(TargetEmail) are
        needed. C(FirstName), C(LastName), C(BatchName), C(SourceConnectorName),
        C(TargetConnectorName) and C(License) are read where they are there. C(SourceRecipientType)
        and C(TargetRecipientType), which the portal knows and the API does not, are ignored. Every
        other header is a fault.
      - Cells are separated by C(,) or C(;). The file is UTF-8, with or without a byte order mark.
      - An empty cell is one that was left out, and is taken from O(defaults).
    type: path
  defaults:
    description:
      - What applies to every user who leaves it out.
    type: dict
    suboptions:
      source_connector:
        description:
          - The name of the connector to migrate from.
        type: str
      target_connector:
        description:
          - The name of the connector to migrate to.
        type: str
      batch:
        description:
          - The name of the batch.
        type: str
      license:
        description:
          - When to assign a licence. See M(cloudiway.mail.cloudiway_mail_user).
        type: str
        choices: [missing, always, never]
      state:
        description:
          - Whether the users shall exist.
        type: str
        choices: [present, absent]
      force:
        description:
          - Whether to retarget or delete users although they are active or have been migrated.
        type: bool
  create_batches:
    description:
      - Whether to create batches that do not exist yet.
      - With V(false) a user in such a batch is a fault, and nothing is written.
    type: bool
    default: true
  target_domains:
    description:
      - The domains that target addresses may have. Any other is a fault, and nothing is written.
      - Guards against mail that is sent to the wrong company by a slip in the list.
      - Where left out, every domain will do. Domains compare without case.
    type: list
    elements: str
  return_users:
    description:
      - Whether to return all users of the list, RV(users), and not only those that changed or
        failed.
    type: bool
    default: false
extends_documentation_fragment:
  - cloudiway.mail.progress
  - cloudiway.mail.connection
  - cloudiway.mail.attributes
seealso:
  - module: cloudiway.mail.cloudiway_mail_user
  - module: cloudiway.mail.cloudiway_mail_user_info
  - plugin: cloudiway.mail.cloudiway_waves
    plugin_type: inventory
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: Declare the users of a CSV file
  cloudiway.mail.cloudiway_mail_users:
    users_file: "{{ playbook_dir }}/users.csv"
    defaults:
      source_connector: Google Workspace
      target_connector: Microsoft 365
    target_domains:
      - new.example.com
  register: result

- name: Say what was done
  ansible.builtin.debug:
    msg: "{{ result.summary.created }} created, {{ result.summary.updated }} updated"

- name: Declare users in a playbook, all in one batch
  cloudiway.mail.cloudiway_mail_users:
    defaults:
      batch: Pilot
      source_connector: Exchange
      target_connector: Microsoft 365
    users:
      - source_email: jane.doe@old.example.com
        target_email: jane.doe@new.example.com
        first_name: Jane
        last_name: Doe
      - source_email: info@old.example.com
        target_email: contact@new.example.com
        license: never

- name: See what a new list would change
  cloudiway.mail.cloudiway_mail_users:
    users_file: "{{ playbook_dir }}/users-of-monday.csv"
  check_mode: true
  diff: true

- name: Carry on with the other users where some fail
  block:
    - name: Declare the users
      cloudiway.mail.cloudiway_mail_users:
        users_file: "{{ playbook_dir }}/users.csv"
      register: result
  rescue:
    - name: Stop where it was not single users that failed
      ansible.builtin.fail:
        msg: "{{ result.msg }}"
      when: result.failure.code | default('') != 'failed_users'

    - name: Name those that failed
      ansible.builtin.debug:
        msg: "{{ item.source_email }} ({{ item.origin }}): {{ item.failure.message }}"
      loop: "{{ result.failed_users }}"
      loop_control:
        label: "{{ item.source_email }}"
"""

RETURN = r"""
summary:
  description:
    - How many users there are of which kind. In check mode, how many there would be.
    - One user may count as several of created, updated, licensed and added.
  returned: success, and when some users failed
  type: dict
  contains:
    declared:
      description: Users in the list.
      returned: always
      type: int
      sample: 60
    created:
      description: Users that were created.
      returned: always
      type: int
      sample: 3
    updated:
      description: Users whose names, addresses or connectors were changed.
      returned: always
      type: int
      sample: 1
    licensed:
      description: Users that were given a licence.
      returned: always
      type: int
      sample: 3
    added:
      description: Users that were put into a batch.
      returned: always
      type: int
      sample: 3
    deleted:
      description: Users that were deleted.
      returned: always
      type: int
      sample: 0
    unchanged:
      description: Users that were as declared.
      returned: always
      type: int
      sample: 56
    failed:
      description: Users that failed.
      returned: always
      type: int
      sample: 0
changed_users:
  description: The users that were changed, in the order of the list.
  returned: success, and when some users failed
  type: list
  elements: dict
  contains:
    source_email:
      description: The address to migrate from.
      returned: always
      type: str
      sample: jane.doe@old.example.com
    target_email:
      description: The address to migrate to.
      returned: always
      type: str
      sample: jane.doe@new.example.com
    migration_tag:
      description: The migration tag; null in check mode for a user that is yet to be created.
      returned: always
      type: str
      sample: 94102641-0000-4000-8000-000000000001
    batch:
      description: The batch that the user is in; null where none was declared.
      returned: always
      type: str
      sample: Wave 1
    actions:
      description: The calls that changed the user, in their order.
      returned: always
      type: list
      elements: str
      sample: [create, license, addtobatch]
failed_users:
  description: The users that failed, in the order of the list.
  returned: success, and when some users failed
  type: list
  elements: dict
  contains:
    source_email:
      description: The address to migrate from.
      returned: always
      type: str
      sample: john.smith@old.example.com
    target_email:
      description: The address to migrate to.
      returned: always
      type: str
      sample: john.smith@new.example.com
    batch:
      description: The batch that was declared; null where none was.
      returned: always
      type: str
      sample: Wave 1
    origin:
      description: Where the user was declared.
      returned: always
      type: str
      sample: line 12
    failure:
      description: What went wrong for this user, as RV(failure).
      returned: always
      type: dict
      sample:
        code: refused
        message: "create: the target mailbox is already in use"
        call: create
        http_status: 200
batches_changed:
  description:
    - The names of the batches whose members changed.
    - Settings are kept for the users who are in a batch at the moment when they are written. So
      write those of these batches again, with
      O(cloudiway.mail.cloudiway_batch_settings#module:reapply).
  returned: success, and when some users failed
  type: list
  elements: str
  sample: [Wave 1]
users:
  description: All users of the list, each as RV(cloudiway.mail.cloudiway_mail_user#module:user).
  returned: when O(return_users=true)
  type: list
  elements: dict
  sample:
    - migration_tag: 94102641-0000-4000-8000-000000000001
      source_email: jane.doe@old.example.com
      target_email: jane.doe@new.example.com
      first_name: Jane
      last_name: Doe
      source_connector: Google Workspace
      target_connector: Microsoft 365
      batch: Wave 1
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

from ansible_collections.cloudiway.mail.plugins.module_utils._argspec import (
    PROGRESS,
    ROW,
    ROW_DEFAULTS,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import (
    declared_users,
    manage_users,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._checks import check_progress
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run


def main() -> None:
    run(
        {
            "users": {"type": "list", "elements": "dict", "options": ROW},
            "users_file": {"type": "path"},
            "defaults": {"type": "dict", "options": ROW_DEFAULTS},
            "create_batches": {"type": "bool", "default": True},
            "target_domains": {"type": "list", "elements": "str"},
            "return_users": {"type": "bool", "default": False},
            **PROGRESS,
        },
        manage_users,
        check_progress,
        declare=declared_users,
        mutually_exclusive=[("users", "users_file")],
        required_one_of=[("users", "users_file")],
    )


if __name__ == "__main__":
    main()
