# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module of the collection promises: check mode, diff mode, idempotence."""

from __future__ import annotations


class ModuleDocFragment:
    # For modules that change something.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Predicts what would change, and changes nothing.
    support: full
    details:
      - The state is read and the plan is made as always; then the plan is not applied.
      - Nothing that writes is sent to the service. RV(ignore:changed) and RV(ignore:diff) are those
        that the real run will return.
  diff_mode:
    description: Shows what changes, or in check mode would change.
    support: full
    details:
      - The diff is the plan. It holds only what changes, and no secret.
  idempotent:
    description: Run again with the same options, it changes nothing and reports no change.
    support: full
    details:
      - What the service does not show cannot be compared. Such a fact never makes a task report a
        change on every run.
  platform:
    description: The platforms on which the module can run.
    support: full
    platforms: posix
  action_group:
    description: Set the defaults of all modules of the collection at once with
      C(group/cloudiway.mail.cloudiway) in C(module_defaults).
    support: full
    membership: [cloudiway.mail.cloudiway]
notes:
  - All state is kept by the service. On the machine on which it runs, the module leaves nothing but
    empty files in the folder for temporary files, by which tasks take turns, a bounded number for
    each account.
  - It speaks to the service from the machine on which it runs, most often the controller. Use
    C(connection=local) or C(delegate_to=localhost).
"""

    # For modules that read only; to be used instead of the above.
    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Does the same in check mode.
    support: full
    details:
      - The module only reads.
  diff_mode:
    description: Shows what changes.
    support: N/A
    details:
      - The module only reads.
  idempotent:
    description: Run again with the same options, it changes nothing and reports no change.
    support: full
    details:
      - The module only reads.
  platform:
    description: The platforms on which the module can run.
    support: full
    platforms: posix
  action_group:
    description: Set the defaults of all modules of the collection at once with
      C(group/cloudiway.mail.cloudiway) in C(module_defaults).
    support: full
    membership: [cloudiway.mail.cloudiway]
notes:
  - It speaks to the service from the machine on which it runs, most often the controller. Use
    C(connection=local) or C(delegate_to=localhost).
"""

    # For modules that read from the service and write files; diff_mode is said by each.
    FILES = r"""
options: {}
attributes:
  check_mode:
    description: Predicts what would change, and changes nothing.
    support: full
    details:
      - It reads from the service as always, and writes no file.
  idempotent:
    description: Run again with the same options, it changes nothing and reports no change.
    support: full
    details:
      - Nothing is ever changed on the service.
  platform:
    description: The platforms on which the module can run.
    support: full
    platforms: posix
  action_group:
    description: Set the defaults of all modules of the collection at once with
      C(group/cloudiway.mail.cloudiway) in C(module_defaults).
    support: full
    membership: [cloudiway.mail.cloudiway]
notes:
  - The files are written on the machine on which the module runs, most often the controller. Use
    C(connection=local) or C(delegate_to=localhost).
"""
