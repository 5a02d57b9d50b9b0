#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on the service, as a list of users and an inventory to go on from."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_export
short_description: Writes what is on the service as a list of users and an inventory
version_added: 1.0.0
description:
  - Reads all users, batches, members and settings of the account, and writes C(users.csv) and
    C(waves.cloudiway.yml), an inventory for the plugin P(cloudiway.mail.cloudiway_waves#inventory).
    So a project that was begun in the portal goes on from files.
  - A cutover with these files provisions and configures nothing, as they say what there is.
  - Users in no batch are in C(users-without-batch.csv), which the inventory does not read. Give them
    a batch, and put their lines into C(users.csv).
  - What a list cannot declare is left out and named in RV(left_out) and in a warning. Such are two
    users with one source or target address, and batches whose names make no host or the same host.
    A batch with such members has C(cutover_undeclared=keep), so that they stay as they are.
  - It costs a request for all users, one for the list of batches, and two for each batch. Where the
    service does not list target addresses or connectors, it costs one more for each user.
options:
  dir:
    description:
      - The folder to write to. It is made where it is missing.
      - The files name people and their addresses. Whoever may read them there, the umask says.
    type: path
    required: true
  force:
    description:
      - Whether files that are there and say something else are written anew. What was changed in
        them by hand is lost then.
    type: bool
    default: false
extends_documentation_fragment:
  - cloudiway.mail.connection
  - cloudiway.mail.attributes.files
attributes:
  diff_mode:
    description: Shows what changes.
    support: full
    details:
      - The diff names the files that change, with their numbers of lines and their digests.
notes:
  - The list is for programs, so its cells are as the service has them. To look at it in a
    spreadsheet, have it import every column as text, for a name may look like a formula.
seealso:
  - plugin: cloudiway.mail.cloudiway_waves
    plugin_type: inventory
  - module: cloudiway.mail.cloudiway_report
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: Adopt what was begun in the portal
  cloudiway.mail.cloudiway_export:
    dir: /srv/migration
  register: adopted

- name: Say what has to be looked at
  ansible.builtin.debug:
    msg: "{{ item.source_email }}: {{ item.reason }}"
  loop: "{{ adopted.left_out }}"
  loop_control:
    label: "{{ item.source_email }}"

- name: Write it anew, whatever was changed in the files
  cloudiway.mail.cloudiway_export:
    dir: /srv/migration
    force: true
"""

RETURN = r"""
files:
  description: The paths of the files; in check mode, where they would be.
  returned: success
  type: dict
  contains:
    users:
      description: The list of users who are in a batch.
      returned: always
      type: str
      sample: /srv/migration/users.csv
    inventory:
      description: The inventory, which reads the list.
      returned: always
      type: str
      sample: /srv/migration/waves.cloudiway.yml
    without_batch:
      description: The list of users who are in no batch; only its header where there are none.
      returned: always
      type: str
      sample: /srv/migration/users-without-batch.csv
summary:
  description: How many there are of what.
  returned: success
  type: dict
  contains:
    batches:
      description: Batches that become hosts.
      returned: always
      type: int
      sample: 3
    users:
      description: Users in them.
      returned: always
      type: int
      sample: 60
    without_batch:
      description: Users in no batch.
      returned: always
      type: int
      sample: 0
    left_out:
      description: Users that cannot be declared.
      returned: always
      type: int
      sample: 0
left_out:
  description: The first 20 users that cannot be declared.
  returned: success
  type: list
  elements: dict
  contains:
    migration_tag:
      description: The migration tag; null where the service does not show it.
      returned: always
      type: str
      sample: 94102641-0000-4000-8000-000000000001
    source_email:
      description: The address to migrate from; null where the service does not show it.
      returned: always
      type: str
      sample: jane.doe@old.example.com
    batch:
      description: The batch that the user is in; null where it is in none.
      returned: always
      type: str
      sample: Wave 1
    reason:
      description: Why it cannot be declared.
      returned: always
      type: str
      sample: target_email is missing
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

from ansible_collections.cloudiway.mail.plugins.module_utils._export import check_export, export
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run


def main() -> None:
    run(
        {
            "dir": {"type": "path", "required": True},
            "force": {"type": "bool", "default": False},
        },
        export,
        check_export,
    )


if __name__ == "__main__":
    main()
