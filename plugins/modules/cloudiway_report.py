#!/usr/bin/python
# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report of the waves of a migration, for people and for spreadsheets."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudiway_report
short_description: Writes a report of the waves of a migration
version_added: 1.0.0
description:
  - Reads how the migration of a batch stands, and writes C(report.html), C(report.csv) and
    C(report.json) about all waves that the folder knows.
  - The page needs no other file and no network. It shows how far the mailboxes of each wave are,
    what its gate says, what was moved, when passes ran, which mailboxes need a person and why, and
    a list of all mailboxes to search and sort.
  - The other waves are those that earlier runs have read for the same account. Each says when that
    was. One that is no longer on the service leaves the report.
  - Where the batch cannot be read, the report is written all the same, since it is wanted most when
    something is wrong. The page says why, and shows what was known before. Then the task fails.
  - Several tasks and plays may write into one folder at once on one machine. Each file is whole at
    any moment.
  - It costs what M(cloudiway.mail.cloudiway_migration_info) does, and one request more; two where
    the gate would let the batch through after O(switched_at), as it must have no end date then.
options:
  batch:
    description:
      - The name of the batch.
    type: str
    required: true
  dir:
    description:
      - The folder to write to. It is made where it is missing.
      - The files name people and their addresses. Whoever may read them there, the umask says.
    type: path
    required: true
  title:
    description:
      - What the page is called.
    type: str
    default: Mailbox migration
  note:
    description:
      - What else the page says of the wave, such as what a play is about to do with it.
    type: str
    default: ""
  switched_at:
    description:
      - The moment at which the MX record was switched, in ISO 8601 with an offset or C(Z).
      - With it, the gate is about passes that began since.
    type: str
  mx_ttl:
    description:
      - For how many seconds after O(switched_at) senders may have used the old MX record. The gate
        is about passes that began after that.
    type: int
    default: 0
  max_failed_users:
    description:
      - How many users may have failed for the gate to let the wave through.
    type: int
    default: 0
  max_failed_items_percent:
    description:
      - What share of the items in the newest passes may have failed for the gate to let the wave
        through, in percent.
    type: float
    default: 0
  server_timezone:
    description:
      - The time zone in which the service writes the history of passes. Its moments come without
        one.
      - V(UTC), an offset from UTC such as V(+02:00), or a name of the IANA time zone database such
        as V(Europe/Paris). Quote an offset, since YAML reads V(+10:00) as a number.
      - Names need the time zone database of the machine on which the module runs, or the Python
        package C(tzdata) there.
    type: str
    default: UTC
extends_documentation_fragment:
  - cloudiway.mail.connection
  - cloudiway.mail.attributes.files
attributes:
  diff_mode:
    description: Shows what changes.
    support: N/A
    details:
      - The report is made anew each time, with its time. So it never counts as a change.
seealso:
  - module: cloudiway.mail.cloudiway_migration_info
  - module: cloudiway.mail.cloudiway_export
author:
  - The cloudiway.mail contributors !UNKNOWN
"""

EXAMPLES = r"""
- name: Report how a batch stands
  cloudiway.mail.cloudiway_report:
    batch: Wave 1
    dir: /srv/reports
  register: report

- name: Say what a person has to do
  ansible.builtin.debug:
    msg: "{{ item.source_email }}: {{ item.reason }} {{ item.next }}"
  loop: "{{ report.people }}"
  loop_control:
    label: "{{ item.source_email }}"

- name: Report after the switch, with what the gate may let through
  cloudiway.mail.cloudiway_report:
    batch: Wave 1
    dir: /srv/reports
    title: Fabrikam moves to Microsoft 365
    switched_at: "2026-03-27T22:00:00+01:00"
    mx_ttl: 3600
    max_failed_users: 2
    server_timezone: Europe/Paris
"""

RETURN = r"""
files:
  description: The paths of the three files; in check mode, where they would be.
  returned: success, and when the batch cannot be read
  type: dict
  contains:
    html:
      description: The page.
      returned: always
      type: str
      sample: /srv/reports/report.html
    csv:
      description: All mailboxes, in UTF-8 with a mark at its beginning. No cell is a formula.
      returned: always
      type: str
      sample: /srv/reports/report.csv
    json:
      description: All facts, a line for each mailbox.
      returned: always
      type: str
      sample: /srv/reports/report.json
wave:
  description: The batch in numbers.
  returned: success, and when the batch cannot be read
  type: dict
  contains:
    batch:
      description: The name of the batch.
      returned: always
      type: str
      sample: Wave 1
    read_at:
      description: When it was read, in ISO 8601 and UTC; null where it could not be.
      returned: always
      type: str
      sample: "2026-03-28T06:00:00Z"
    trouble:
      description: Why it could not be read; null where it was.
      returned: always
      type: str
      sample: null
    note:
      description: What O(note) says.
      returned: always
      type: str
      sample: ready to switch
    gate:
      description: The gate of the wave.
      returned: always
      type: dict
      contains:
        verdict:
          description:
            - V(passed), V(failed), or V(open) while somebody has yet to finish a pass, while after
              O(switched_at) the batch has an end date, or where nobody is there or could be read.
          returned: always
          type: str
          sample: passed
        text:
          description: The same in words.
          returned: always
          type: str
          sample: 20 of 20 have a finished pass
    mailboxes:
      description: Mailboxes.
      returned: always
      type: int
      sample: 20
    passes:
      description: Passes of all mailboxes.
      returned: always
      type: int
      sample: 41
    stages:
      description:
        - How many mailboxes are how far. The keys are V(complete) (migrated, and its permissions
          too), V(migrated), V(working), V(queued), V(throttled), V(audited), V(not_started),
          V(stopped), V(unknown) and V(failed).
      returned: always
      type: dict
      sample:
        {complete: 0, migrated: 20, working: 0, queued: 0, throttled: 0, audited: 0,
         not_started: 0, stopped: 0, unknown: 0, failed: 0}
    need_a_person:
      description: Mailboxes that go no further by themselves.
      returned: always
      type: int
      sample: 0
    moved:
      description: Items of all kinds that were moved in all passes.
      returned: always
      type: int
      sample: 48190
    failed:
      description: Items that failed in the newest passes that have ended.
      returned: always
      type: int
      sample: 0
    ignored:
      description: Items that the newest passes have left out.
      returned: always
      type: int
      sample: 21
    left:
      description: Items that the newest passes have left to do.
      returned: always
      type: int
      sample: 0
    kinds:
      description: The same by kind.
      returned: always
      type: dict
      contains:
        mail:
          description: Mails.
          returned: always
          type: dict
          sample: {moved: 48000, failed: 0, ignored: 0, left: 0}
        calendar:
          description: Calendar items.
          returned: always
          type: dict
          sample: {moved: 150, failed: 0, ignored: 0, left: 0}
        contacts:
          description: Contacts.
          returned: always
          type: dict
          sample: {moved: 40, failed: 0, ignored: 0, left: 0}
people:
  description: The first 20 mailboxes that need a person. The files have all.
  returned: success, and when the batch cannot be read
  type: list
  elements: dict
  contains:
    source_email:
      description: The address to migrate from; null where the service does not show it.
      returned: always
      type: str
      sample: jane.doe@old.example.com
    migration_tag:
      description: The migration tag.
      returned: always
      type: str
      sample: 94102641-0000-4000-8000-000000000001
    status:
      description: The status, as in the appendix of the document of the API.
      returned: always
      type: str
      sample: ONERROR
    reason:
      description: Why the mailbox needs a person.
      returned: always
      type: str
      sample: The newest pass has failed.
    next:
      description: What that person does next.
      returned: always
      type: str
      sample: See its log in the portal.
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

from ansible_collections.cloudiway.mail.plugins.module_utils._argspec import GATE
from ansible_collections.cloudiway.mail.plugins.module_utils._checks import check_selection
from ansible_collections.cloudiway.mail.plugins.module_utils._module import run
from ansible_collections.cloudiway.mail.plugins.module_utils._report import (
    check_report,
    make_report,
)


def main() -> None:
    run(
        {
            "batch": {"type": "str", "required": True},
            "dir": {"type": "path", "required": True},
            "title": {"type": "str", "default": "Mailbox migration"},
            "note": {"type": "str", "default": ""},
            "switched_at": {"type": "str"},
            "mx_ttl": {"type": "int", "default": 0},
            "server_timezone": {"type": "str", "default": "UTC"},
            **GATE,
        },
        make_report,
        check_selection,
        check_report,
    )


if __name__ == "__main__":
    main()
