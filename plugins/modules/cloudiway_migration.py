#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The migration of a batch or of a user: audit it, run a pass, stop it, wait for it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_migration
short_description: Brings the migration of a batch or of a user into a state
version_added: 1.0.0
description:
  - Starts audits, passes of a migration and the migration of permissions, stops them, and waits for
    their end.
  - What has been done is read from the statuses and the history of the service. So a task that has
    reached its state does nothing when it is run again, and one that was interrupted goes on from
    where the service is by then.
  - A pass has finished when the history shows its end. The newest pass has not where the user's
    status is C(STOP), or where the user is active.
  - While the status is C(ONERROR) or C(LICENSE_EXCEEDED) the user has failed, whatever passes came
    before. The history does not say how a pass ended, so those may have failed as well.
  - C(SUCCESS) means that all that could be read was read, not that every item arrived. The gate,
    O(max_failed_users) and O(max_failed_items_percent), looks at the counters.
  - C(PENDING) means that the mail system throttles. The service resumes by itself, after minutes or
    hours, and is never started again meanwhile.
  - A status that the document of the API does not know is never taken for success, and never acted
    upon.
  - While it waits, a user that is settled is not asked for again.
options:
  state:
    description:
      - What shall be.
      - V(audited) - the users have been audited, or are past it already.
      - V(started) - a pass is active.
      - V(migrated) - a pass has finished. With O(since), one that began at that moment or later;
        one that is active and began before is awaited, and followed by another.
      - V(stopped) - nothing is active.
      - V(permissions_migrated) - the permissions have been migrated. The service does so for whole
        batches only, so this needs O(batch), and for one batch at a time, so another batch's is
        awaited first. Only a status of permissions proves it. Calendars that were processed
        (C(CALENDARPOSTPROCESS_DONE)) before the task do not, since nobody says what they follow.
    type: str
    choices: [audited, started, migrated, stopped, permissions_migrated]
    required: true
  batch:
    description:
      - The name of the batch whose members are meant. One without members is an error.
      - In check mode, a batch that does not exist is taken to be created by the tasks before.
      - Exactly one of O(batch), O(source_email) and O(migration_tag) is needed.
    type: str
  since:
    description:
      - With O(state=migrated), the moment since when a pass must have begun to count.
      - In ISO 8601 with an offset from UTC, such as V(2026-03-27T22:00:00+01:00), or V(Z) for UTC.
        It must not be in the future. It is rounded up to a full second.
      - To declare the moment at which the MX record was switched makes the pass after it provably
        the complete one.
    type: str
  wait:
    description:
      - Whether to wait until the state is reached.
      - With V(false), starts what is to be started, and leaves. The gate does not fail the task
        then.
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait, in seconds. The task then fails with the code V(wait_timeout), and what
        was started goes on.
    type: float
    default: 86400
  poll_interval:
    description:
      - How long to wait between two looks at the service, in seconds.
      - The pauses grow, up to four times as long, while nothing moves.
    type: float
    default: 30
  retries:
    description:
      - How many more rounds to give to users who failed in this run, where the gate would not let
        the batch through without.
      - Users who failed before this run are started again only where the gate would not let the
        batch through as it is.
      - Does not apply to V(permissions_migrated).
    type: int
    default: 0
  max_failed_users:
    description:
      - The gate. With more failed users than this, the task fails with the code V(gate).
      - Who was let through stays so after the permissions of the batch were migrated, and is not
        started again by the next run, unless the gate would then not let the batch through.
    type: int
    default: 0
  max_failed_items_percent:
    description:
      - The gate. With more failed items than this, in percent of all items of the newest passes,
        the task fails with the code V(gate).
    type: float
    default: 0
  started_tags:
    description:
      - The migration tags that a task before this one, in the same run, has started; that is its
        RV(started_tags).
      - They count as started by this run. So users among them who failed are given another round
        only as far as O(retries) allows.
    type: list
    elements: str
    default: []
  started_at:
    description:
      - When the task of O(started_tags) began; that is the RV(started_at) of that task.
      - With it and O(started_passes), a pass of those users that history shows to have begun long
        before ends the task with the code V(clock), as for one that this task starts itself.
    type: str
  started_passes:
    description:
      - How many passes the history had of each of O(started_tags) before, by migration tag; that is
        the RV(started_passes) of the task that started them. So the pass that is awaited is told
        from earlier ones.
    type: dict
    default: {}
  return_users:
    description:
      - Whether to return all users that were meant, in RV(users).
      - With V(false), only those whom this task started, and those that are not done or lost items. For
        a batch of thousands, Ansible then has megabytes less to pass and to keep.
    type: bool
    default: true
extends_documentation_fragment:
  - cloudiway.mail.selection
  - cloudiway.mail.progress
  - cloudiway.mail.connection
  - cloudiway.mail.attributes
notes:
  - A pass that this task started, but that history shows to begin in the future, or long before it
    was started, means that O(server_timezone) is wrong. The task fails with the code V(clock) and
    names the time zone that would fit.
  - Where the service refuses to start a user, or reports C(LICENSE_EXCEEDED), the user may lack a
    licence. O(cloudiway.mail.cloudiway_mail_user#module:license=always) assigns one.
seealso:
  - module: cloudiway.mail.cloudiway_migration_info
  - module: cloudiway.mail.cloudiway_batch
  - module: cloudiway.mail.cloudiway_mail_user
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: Audit a batch
  cloudiway.mail.cloudiway_migration:
    batch: Wave 1
    state: audited

- name: Run the first pass, and let one mailbox and one item of a thousand fail
  cloudiway.mail.cloudiway_migration:
    batch: Wave 1
    state: migrated
    retries: 2
    max_failed_users: 1
    max_failed_items_percent: 0.1

- name: Run the pass that follows the switch of the MX record, unless it has been run
  cloudiway.mail.cloudiway_migration:
    batch: Wave 1
    state: migrated
    since: "2026-03-27T22:00:00+01:00"
    server_timezone: Europe/Paris

- name: Start a batch in the evening and leave
  cloudiway.mail.cloudiway_migration:
    batch: Wave 2
    state: started
    wait: false
  register: evening

- name: Wait for it, up to twelve hours
  cloudiway.mail.cloudiway_migration:
    batch: Wave 2
    state: migrated
    started_tags: "{{ evening.started_tags }}"
    started_at: "{{ evening.started_at }}"
    started_passes: "{{ evening.started_passes }}"
    wait_timeout: 43200
    poll_interval: 60

- name: Stop one user
  cloudiway.mail.cloudiway_migration:
    source_email: jane.doe@old.example.com
    state: stopped

- name: Migrate the permissions of a batch once all its mailboxes are there
  cloudiway.mail.cloudiway_migration:
    batch: Wave 1
    state: permissions_migrated
"""

RETURN = r"""
users:
  description:
    - The users that were meant, in the order of the service.
    - With O(return_users=false) only those whom the task started, or in check mode would start, and
      those that are not done or lost items.
    - In a failure only those that are not done or lost items, since a batch may have thousands.
  returned: success, and failure once the users have been looked at
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
  returned: success, and failure once the users have been looked at
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
started_tags:
  description:
    - The migration tags of the users whom this task started, or in check mode would start.
  returned: success, and failure once the users have been looked at
  type: list
  elements: str
  sample: [94102641-0000-4000-8000-000000000001]
started_passes:
  description:
    - How many passes the history had of each of these users before, by migration tag; without those
      whose history was not asked for.
  returned: success, and failure once the users have been looked at
  type: dict
  sample: {94102641-0000-4000-8000-000000000001: 0}
started_at:
  description: When this task began, in ISO 8601 and UTC.
  returned: success, and failure once the users have been looked at
  type: str
  sample: "2026-03-27T21:00:00Z"
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
    SELECTION,
    SELECTION_RULES,
    WAITING,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._checks import (
    check_progress,
    check_selection,
    check_waiting,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import manage_migration
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run


def main() -> None:
    states = ["audited", "started", "migrated", "stopped", "permissions_migrated"]
    run(
        {
            "state": {"type": "str", "choices": states, "required": True},
            "return_users": {"type": "bool", "default": True},
            **SELECTION,
            **WAITING,
            **PROGRESS,
        },
        manage_migration,
        check_selection,
        check_waiting,
        check_progress,
        required_if=[("state", "permissions_migrated", ("batch",))],
        **SELECTION_RULES,
    )


if __name__ == "__main__":
    main()
