#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is migrated for the users of a batch."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_batch_settings
short_description: Manages the settings of the users in a batch
version_added: 1.0.0
description:
  - Makes sure that the users in a batch have the given settings, which say what is migrated.
  - Only what is given is compared and changed. The service replaces all settings with every write,
    so the module reads them first, and writes back those that were not given as they were.
  - After a write the settings are read back. The task fails with the code V(not_applied) where they
    are not what was asked for.
  - The service keeps the settings with the users who are in the batch at the moment of the write.
    It shows those of the batch, and not whether a user who came later has them. So after the
    members changed the settings must be written again, with O(reapply).
options:
  batch:
    description:
      - The name of the batch. It must exist.
      - In check mode, one that does not is taken to be created by the tasks before.
    type: str
    required: true
  migrate_mails:
    description:
      - Whether to migrate mails.
    type: bool
  migrate_trash:
    description:
      - Whether to migrate the trash.
    type: bool
  migrate_calendars:
    description:
      - Whether to migrate calendars.
    type: bool
  migrate_contacts:
    description:
      - Whether to migrate contacts.
    type: bool
  migrate_tasks:
    description:
      - Whether to migrate tasks.
    type: bool
  migrate_notes:
    description:
      - Whether to migrate notes.
    type: bool
  migrate_journals:
    description:
      - Whether to migrate journals.
    type: bool
  convert_email_addresses:
    description:
      - Whether to convert e-mail addresses.
    type: bool
  convert_x500:
    description:
      - Whether to convert X500 addresses.
    type: bool
  from_date:
    description:
      - The date from which items are migrated, as C(YYYY-MM-DD).
      - An empty string clears it.
    type: str
  to_date:
    description:
      - The date up to which items are migrated, as C(YYYY-MM-DD).
      - An empty string clears it.
      - Must not be before O(from_date).
    type: str
  reapply:
    description:
      - Whether to write the settings even where those that are shown are equal, so that users who
        were put into the batch after the last write get them too.
      - Such a write cannot be told from doing nothing, so it alone does not make the task report a
        change. RV(written) tells.
    type: bool
    default: false
extends_documentation_fragment:
  - cloudiway.mail.connection
  - cloudiway.mail.attributes
seealso:
  - module: cloudiway.mail.cloudiway_batch
  - module: cloudiway.mail.cloudiway_batch_info
  - module: cloudiway.mail.cloudiway_mail_users
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: Migrate the older mail first, and nothing else
  cloudiway.mail.cloudiway_batch_settings:
    batch: Wave 1
    migrate_mails: true
    migrate_trash: false
    migrate_calendars: false
    migrate_contacts: false
    migrate_tasks: false
    migrate_notes: false
    migrate_journals: false
    to_date: "2026-03-01"

- name: Then all that is left
  cloudiway.mail.cloudiway_batch_settings:
    batch: Wave 1
    migrate_calendars: true
    migrate_contacts: true
    to_date: ""

- name: Declare the users
  cloudiway.mail.cloudiway_mail_users:
    users_file: "{{ playbook_dir }}/users.csv"
  register: declared

- name: Give the settings to those who are new in a batch
  cloudiway.mail.cloudiway_batch_settings:
    batch: Wave 1
    migrate_mails: true
    migrate_calendars: true
    reapply: "{{ 'Wave 1' in declared.batches_changed }}"
"""

RETURN = r"""
batch:
  description: The name of the batch.
  returned: success
  type: str
  sample: Wave 1
settings:
  description: All settings as they are after the task, or in check mode would be.
  returned: success
  type: dict
  contains:
    migrate_mails:
      description: Whether mails are migrated.
      returned: always
      type: bool
      sample: true
    migrate_trash:
      description: Whether the trash is migrated.
      returned: always
      type: bool
      sample: false
    migrate_calendars:
      description: Whether calendars are migrated.
      returned: always
      type: bool
      sample: true
    migrate_contacts:
      description: Whether contacts are migrated.
      returned: always
      type: bool
      sample: true
    migrate_tasks:
      description: Whether tasks are migrated.
      returned: always
      type: bool
      sample: false
    migrate_notes:
      description: Whether notes are migrated.
      returned: always
      type: bool
      sample: false
    migrate_journals:
      description: Whether journals are migrated.
      returned: always
      type: bool
      sample: false
    convert_email_addresses:
      description: Whether e-mail addresses are converted.
      returned: always
      type: bool
      sample: false
    convert_x500:
      description: Whether X500 addresses are converted.
      returned: always
      type: bool
      sample: false
    from_date:
      description: The date from which items are migrated; an empty string where there is none.
      returned: always
      type: str
      sample: "2015-01-05"
    to_date:
      description: The date up to which items are migrated; an empty string where there is none.
      returned: always
      type: str
      sample: ""
written:
  description: Whether the settings were written, or in check mode would be.
  returned: success
  type: bool
  sample: true
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

from ansible_collections.cloudiway.mail.plugins.module_utils._argspec import SETTINGS
from ansible_collections.cloudiway.mail.plugins.module_utils._checks import check_batch
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run
from ansible_collections.cloudiway.mail.plugins.module_utils._settings import (
    manage_settings,
    wanted_of,
)


def main() -> None:
    run(
        {
            "batch": {"type": "str", "required": True},
            **SETTINGS,
            "reapply": {"type": "bool", "default": False},
        },
        manage_settings,
        check_batch,
        wanted_of,
    )


if __name__ == "__main__":
    main()
