#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users of a mail migration, as the service shows them."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_mail_user_info
short_description: Lists users of a mail migration
version_added: 1.0.0
description:
  - Lists the users on the service, all of them or those that fit every option that is given.
  - Nobody fitting is no error. The list is empty then.
options:
  source_email:
    description:
      - Only users with this source address. Addresses compare without case.
    type: str
  target_email:
    description:
      - Only users with this target address.
    type: str
  migration_tag:
    description:
      - Only the user with this migration tag.
    type: str
  batch:
    description:
      - Only members of this batch.
    type: str
extends_documentation_fragment:
  - cloudiway.mail.connection
  - cloudiway.mail.attributes.info
seealso:
  - module: cloudiway.mail.cloudiway_mail_user
  - module: cloudiway.mail.cloudiway_migration_info
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: List all users
  cloudiway.mail.cloudiway_mail_user_info:
  register: everyone

- name: List the members of a batch
  cloudiway.mail.cloudiway_mail_user_info:
    batch: Wave 1
  register: wave

- name: Show their addresses
  ansible.builtin.debug:
    msg: "{{ wave.users | map(attribute='source_email') | sort }}"

- name: Look whether a user is there
  cloudiway.mail.cloudiway_mail_user_info:
    source_email: jane.doe@old.example.com
  register: jane
  failed_when: jane.users | length != 1
"""

RETURN = r"""
users:
  description: The users.
  returned: success
  type: list
  elements: dict
  contains:
    migration_tag:
      description: The migration tag.
      returned: always
      type: str
      sample: 94102641-0000-4000-8000-000000000001
    source_email:
      description: The address to migrate from.
      returned: always
      type: str
      sample: jane.doe@old.example.com
    target_email:
      description: The address to migrate to; null where the service does not show it.
      returned: always
      type: str
      sample: jane.doe@new.example.com
    first_name:
      description: The first name; null where the service does not show it.
      returned: always
      type: str
      sample: Jane
    last_name:
      description: The last name; null where the service does not show it.
      returned: always
      type: str
      sample: Doe
    source_connector:
      description: The connector to migrate from; null where the service does not show it.
      returned: always
      type: str
      sample: Google Workspace
    target_connector:
      description: The connector to migrate to; null where the service does not show it.
      returned: always
      type: str
      sample: Microsoft 365
    batch:
      description: The batch that the user is in; null where it is in none.
      returned: always
      type: str
      sample: Wave 1
    status:
      description:
        - The status, as in the appendix of the document of the API.
        - Null where the service does not show it in its list of users. To ask for it user by user
          is what M(cloudiway.mail.cloudiway_migration_info) does.
      returned: always
      type: str
      sample: NOTSTARTED
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

from ansible_collections.cloudiway.mail.plugins.module_utils._checks import check_user
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run
from ansible_collections.cloudiway.mail.plugins.module_utils._users import user_info


def main() -> None:
    run(
        {
            "source_email": {"type": "str"},
            "target_email": {"type": "str"},
            "migration_tag": {"type": "str"},
            "batch": {"type": "str"},
        },
        user_info,
        check_user,
    )


if __name__ == "__main__":
    main()
