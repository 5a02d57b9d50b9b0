#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the migration of a batch or of a user stands."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_migration_info
short_description: Shows how the migration of a batch or of a user stands
version_added: 1.0.0
description:
  - Shows statuses, the history of passes and the counters of items, user by user and in total.
  - It costs two requests for each user, and one with O(history=false), beside the list of users and
    that of the members. Where the service lists users with their statuses, it costs one less.
options:
  history:
    description:
      - Whether to ask for the history of passes.
      - With V(false), RV(users[].passes) is empty, and all counters are 0.
    type: bool
    default: true
extends_documentation_fragment:
  - cloudiway.mail.selection
  - cloudiway.mail.connection
  - cloudiway.mail.attributes.info
seealso:
  - module: cloudiway.mail.cloudiway_migration
  - module: cloudiway.mail.cloudiway_batch_info
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: See how a batch stands
  cloudiway.mail.cloudiway_migration_info:
    batch: Wave 1
    server_timezone: Europe/Paris
  register: wave

- name: Say it
  ansible.builtin.debug:
    msg: "{{ wave.summary.done }} of {{ wave.summary.users }} users are done"

- name: Name the mailboxes that lost items
  ansible.builtin.debug:
    msg: "{{ item.source_email }}: {{ item.totals.mail.failure }} mails failed"
  loop: "{{ wave.users | selectattr('totals.mail.failure', 'gt', 0) }}"
  loop_control:
    label: "{{ item.source_email }}"

- name: See the status of one user only
  cloudiway.mail.cloudiway_migration_info:
    source_email: jane.doe@old.example.com
    history: false
"""

RETURN = r"""
users:
  description: The users that were meant, in the order of the service.
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
      description: The address to migrate from; null where the service does not show it.
      returned: always
      type: str
      sample: jane.doe@old.example.com
    target_email:
      description: The address to migrate to; null where the service does not show it.
      returned: always
      type: str
      sample: jane.doe@new.example.com
    status:
      description: The status, as in the appendix of the document of the API.
      returned: always
      type: str
      sample: SUCCESS
    phase:
      description:
        - How far the status is, one of V(idle), V(queued), V(working), V(throttled), V(done),
          V(failed) and V(unknown).
        - V(throttled) is C(PENDING). The mail system wants a pause, and the service resumes by
          itself. Do not start it again.
      returned: always
      type: str
      sample: done
    passes:
      description: The passes of the history, the oldest first.
      returned: always
      type: list
      elements: dict
      contains:
        start:
          description: When the pass began, in ISO 8601 and UTC.
          returned: always
          type: str
          sample: "2026-03-27T21:00:05Z"
        end:
          description: When the pass ended, in ISO 8601 and UTC; null while it runs.
          returned: always
          type: str
          sample: "2026-03-27T21:42:10Z"
        mail:
          description: Counters of mails, as RV(users[].totals.mail).
          returned: always
          type: dict
          sample:
            {total: 3, read: 3, success: 3, ignored: 0, failure: 0,
             already_migrated: 0, delta: 0}
        calendar:
          description: Counters of calendar items, likewise.
          returned: always
          type: dict
          sample:
            {total: 0, read: 0, success: 0, ignored: 0, failure: 0,
             already_migrated: 0, delta: 0}
        contacts:
          description: Counters of contacts, likewise.
          returned: always
          type: dict
          sample:
            {total: 0, read: 0, success: 0, ignored: 0, failure: 0,
             already_migrated: 0, delta: 0}
    totals:
      description: Counters of the newest pass that has ended; all 0 where there is none.
      returned: always
      type: dict
      contains:
        mail:
          description: Counters of mails.
          returned: always
          type: dict
          contains:
            total:
              description: Items that there are.
              returned: always
              type: int
              sample: 3
            read:
              description: Items that were read.
              returned: always
              type: int
              sample: 3
            success:
              description: Items that were migrated.
              returned: always
              type: int
              sample: 3
            ignored:
              description: Items that were left out.
              returned: always
              type: int
              sample: 0
            failure:
              description: Items that failed.
              returned: always
              type: int
              sample: 0
            already_migrated:
              description: Items that earlier passes have migrated.
              returned: always
              type: int
              sample: 0
            delta:
              description: Items that are in none of these counters, and so are left to do.
              returned: always
              type: int
              sample: 0
        calendar:
          description: Counters of calendar items, likewise.
          returned: always
          type: dict
          sample:
            {total: 0, read: 0, success: 0, ignored: 0, failure: 0,
             already_migrated: 0, delta: 0}
        contacts:
          description: Counters of contacts, likewise.
          returned: always
          type: dict
          sample:
            {total: 0, read: 0, success: 0, ignored: 0, failure: 0,
             already_migrated: 0, delta: 0}
    delta:
      description:
        - Items of all kinds that the newest pass has left to do; total less success, ignored,
          failed and already migrated, and at least 0.
      returned: always
      type: int
      sample: 0
    outcome:
      description:
        - What came of it, one of V(done), V(failed), V(active), V(pending) and V(unknown).
      returned: always
      type: str
      sample: done
    reason:
      description: Why the user is not done; null where there is nothing to say.
      returned: always
      type: str
      sample: null
summary:
  description: The same for all users together.
  returned: success
  type: dict
  contains:
    batch:
      description: The name of the batch; null for one user.
      returned: always
      type: str
      sample: Wave 1
    state:
      description: The state that was asked for; null where none was.
      returned: always
      type: str
      sample: migrated
    users:
      description: Users.
      returned: always
      type: int
      sample: 20
    done:
      description: Users that are done.
      returned: always
      type: int
      sample: 20
    active:
      description: Users that the service works on, or will.
      returned: always
      type: int
      sample: 0
    throttled:
      description: Users among the active that the mail system throttles.
      returned: always
      type: int
      sample: 0
    failed:
      description: Users that failed.
      returned: always
      type: int
      sample: 0
    unknown:
      description: Users with a status that the document of the API does not know.
      returned: always
      type: int
      sample: 0
    not_started:
      description: Users for whom nothing has begun.
      returned: always
      type: int
      sample: 0
    items_total:
      description: Items of all kinds in the newest passes.
      returned: always
      type: int
      sample: 48211
    items_success:
      description: Items that were migrated.
      returned: always
      type: int
      sample: 48190
    items_ignored:
      description: Items that were left out.
      returned: always
      type: int
      sample: 21
    items_failed:
      description: Items that failed.
      returned: always
      type: int
      sample: 0
    items_failed_percent:
      description: Items that failed, in percent of all items.
      returned: always
      type: float
      sample: 0.0
    delta:
      description: Items that are left to do.
      returned: always
      type: int
      sample: 0
    gate:
      description:
        - Whether the gate let the users through, V(passed) or V(failed); null where nobody asked
          it.
      returned: always
      type: str
      sample: passed
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
    SELECTION,
    SELECTION_RULES,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._checks import check_selection
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import migration_info
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run


def main() -> None:
    run(
        {**SELECTION, "history": {"type": "bool", "default": True}},
        migration_info,
        check_selection,
        **SELECTION_RULES,
    )


if __name__ == "__main__":
    main()
