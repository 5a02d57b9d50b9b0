#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The batches, as the service shows them."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_batch_info
short_description: Lists batches, their members and their settings
version_added: 1.0.0
description:
  - Lists the batches on the service, all of them or one.
  - No batch of that name is no error. The list is empty then.
  - It costs one request for the list, and two for each batch; less where members or settings are
    not asked for. Members cost one more for all users, whom they are named by; where the service
    does not list tags, one for each member.
options:
  name:
    description:
      - Only the batch of this name.
    type: str
  members:
    description:
      - Whether to ask for the members.
    type: bool
    default: true
  settings:
    description:
      - Whether to ask for the settings.
    type: bool
    default: true
extends_documentation_fragment:
  - cloudiway.mail.connection
  - cloudiway.mail.attributes.info
seealso:
  - module: cloudiway.mail.cloudiway_batch
  - module: cloudiway.mail.cloudiway_batch_settings
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: List the names of all batches
  cloudiway.mail.cloudiway_batch_info:
    members: false
    settings: false
  register: all

- name: Show them
  ansible.builtin.debug:
    msg: "{{ all.batches | map(attribute='name') }}"

- name: See one batch
  cloudiway.mail.cloudiway_batch_info:
    name: Wave 1
  register: wave

- name: Count its members
  ansible.builtin.debug:
    msg: "{{ wave.batches[0].users | length }} members"
  when: wave.batches
"""

RETURN = r"""
batches:
  description: The batches, in the order of the service.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the batch.
      returned: always
      type: str
      sample: Wave 1
    users:
      description: The members.
      returned: when O(members=true)
      type: list
      elements: dict
      contains:
        migration_tag:
          description: The migration tag.
          returned: always
          type: str
          sample: 94102641-0000-4000-8000-000000000001
        source_email:
          description: The address to migrate from; null where the service does not show it.
          returned: always
          type: str
          sample: jane.doe@old.example.com
        target_email:
          description: The address to migrate to; null where the service does not show it.
          returned: always
          type: str
          sample: jane.doe@new.example.com
    settings:
      description:
        - The settings, as RV(cloudiway.mail.cloudiway_batch_settings#module:settings).
        - Null where the batch has no members to keep them, and the service shows none.
      returned: when O(settings=true)
      type: dict
      sample:
        migrate_mails: true
        migrate_trash: false
        migrate_calendars: true
        migrate_contacts: true
        migrate_tasks: false
        migrate_notes: false
        migrate_journals: false
        convert_email_addresses: false
        convert_x500: false
        from_date: "2015-01-05"
        to_date: ""
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

from ansible_collections.cloudiway.mail.plugins.module_utils._batches import batch_info
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run


def main() -> None:
    run(
        {
            "name": {"type": "str"},
            "members": {"type": "bool", "default": True},
            "settings": {"type": "bool", "default": True},
        },
        batch_info,
    )


if __name__ == "__main__":
    main()
