#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One user of a mail migration: declare it, change it, delete it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_mail_user
short_description: Manages one user of a mail migration
version_added: 1.0.0
description:
  - Makes sure that a user (a mailbox that is to be migrated) exists on the service with the given
    names, addresses and connectors, has a licence, and is in a batch; or that it does not exist.
  - A user is found by O(migration_tag) or by O(source_email). Where the service has several users
    with that source address, it is found by the pair of O(source_email) and O(target_email).
    Addresses compare without case.
  - To be deleted, a user must have the addresses that are given, both of them. One that migrates to
    another target stays as it is.
  - Only what is given is compared and changed. A field that the service does not show, as may be
    the case with connectors, cannot be compared and is not taken for changed.
  - No call of the service says whether a user has a licence. It is taken as assigned where the
    service does say so, where the user has ever been audited or migrated, or where the user is
    already in the batch that O(batch) names. A new user gets its licence before it is put into its
    batch, so that being in the batch is the mark that this was done. Without O(batch), having been
    created is the mark.
  - For more than a handful of users use M(cloudiway.mail.cloudiway_mail_users), which asks for the
    state of all of them at once.
options:
  source_email:
    description:
      - The address of the mailbox to migrate from.
      - Needed unless O(migration_tag) is given. Given together with O(migration_tag), the source
        address of that user is changed to it.
    type: str
  target_email:
    description:
      - The address of the mailbox to migrate to.
      - Needed to create the user. To name it is what makes sure that a mailbox is not sent to the
        wrong target, so leave it out only where the user exists and something else is to be
        changed.
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
      - The name of the connector to migrate from, as the
        P(cloudiway.mail.cloudiway_connectors#lookup) lookup lists them.
      - Needed to create the user. Needed for every other change of the user as well where the
        service does not show which connector the user has, since an update writes all fields.
      - One that is not there is a fault that names those that are, and nothing is written.
    type: str
  target_connector:
    description:
      - The name of the connector to migrate to.
      - Needed when O(source_connector) is.
    type: str
  batch:
    description:
      - The name of the batch that the user shall be in. It is created where it does not exist.
      - A user is in one batch at most. It is taken out of another one first.
      - Where left out, the user stays in the batch that it is in, if any.
    type: str
  license:
    description:
      - When to assign a licence to the user.
      - V(missing) assigns one where none is taken as assigned, see the description.
      - V(always) assigns one on every run. Use it once for users that somebody else has put into
        their batch, and that the service refuses to start for want of a licence.
      - V(never) assigns none.
      - Assigning a licence to a user who has one already cannot be told from doing nothing, so
        V(always) alone does not make the task report a change.
    type: str
    choices: [missing, always, never]
    default: missing
  state:
    description:
      - Whether the user shall exist.
      - Deleting a user deletes its licence and its history too.
    type: str
    choices: [present, absent]
    default: present
  force:
    description:
      - Releases two safety catches. Without it, a user that is active or has been migrated is never
        retargeted (its addresses and connectors are not changed), and is not deleted.
      - A connector that is given, but that the service does not show, counts as retargeted when the
        user is updated, since the update may change it.
    type: bool
    default: false
extends_documentation_fragment:
  - cloudiway.mail.connection
  - cloudiway.mail.attributes
seealso:
  - module: cloudiway.mail.cloudiway_mail_users
  - module: cloudiway.mail.cloudiway_mail_user_info
  - module: cloudiway.mail.cloudiway_batch
  - plugin: cloudiway.mail.cloudiway_connectors
    plugin_type: lookup
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: Migrate mailboxes
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/cloudiway.mail.cloudiway:
      consumer_key: "{{ vault_cloudiway_key }}"
      consumer_secret: "{{ vault_cloudiway_secret }}"
  tasks:
    - name: Declare a user, with a licence, in the first wave
      cloudiway.mail.cloudiway_mail_user:
        source_email: jane.doe@old.example.com
        target_email: jane.doe@new.example.com
        first_name: Jane
        last_name: Doe
        source_connector: Google Workspace
        target_connector: Microsoft 365
        batch: Wave 1

    - name: Move her to the second wave
      cloudiway.mail.cloudiway_mail_user:
        source_email: jane.doe@old.example.com
        target_email: jane.doe@new.example.com
        batch: Wave 2

    - name: Correct the target address of a user who has been migrated to the wrong one
      cloudiway.mail.cloudiway_mail_user:
        source_email: john.smith@old.example.com
        target_email: john.smith@new.example.com
        source_connector: Google Workspace
        target_connector: Microsoft 365
        force: true

    - name: Give a licence to a user whose start the service refuses
      cloudiway.mail.cloudiway_mail_user:
        migration_tag: 94102641-0000-4000-8000-000000000001
        license: always

    - name: Delete a user of the archive migration
      cloudiway.mail.cloudiway_mail_user:
        migration_type: archive
        source_email: max@old.example.com
        state: absent
"""

RETURN = r"""
user:
  description:
    - The user as it is after the task, or in check mode would be. Null where it is absent.
  returned: success
  type: dict
  contains:
    migration_tag:
      description: The migration tag; null in check mode for a user that is yet to be created.
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
      description:
        - The batch that the user is in. Null where it is in none, or where O(batch) was not given
          and so nobody asked.
      returned: always
      type: str
      sample: Wave 1
actions:
  description:
    - The calls that changed something, or in check mode would change something, in their order.
    - These are the names of the API, V(create), V(update), V(license), V(createbatch),
      V(removefrombatch), V(addtobatch) and V(delete).
  returned: success
  type: list
  elements: str
  sample: [create, license, addtobatch]
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

from ansible_collections.cloudiway.mail.plugins.module_utils._argspec import PERSON
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run
from ansible_collections.cloudiway.mail.plugins.module_utils._users import (
    declared_user,
    manage_user,
)


def main() -> None:
    run(
        PERSON,
        manage_user,
        declared_user,
        required_one_of=[("source_email", "migration_tag")],
    )


if __name__ == "__main__":
    main()
