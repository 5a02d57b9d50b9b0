# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say which users' migrations are meant, and how to read their history."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  batch:
    description:
      - The name of the batch whose members are meant.
      - Exactly one of O(batch), O(source_email) and O(migration_tag) is needed.
    type: str
  source_email:
    description:
      - The source address of the one user that is meant. Addresses compare without case.
      - Exactly one of O(batch), O(source_email) and O(migration_tag) is needed.
    type: str
  target_email:
    description:
      - The target address of the user, beside O(source_email).
      - Needed where several users have the same source address, or where the service does not list
        target addresses.
    type: str
  migration_tag:
    description:
      - The migration tag of the one user that is meant.
      - Exactly one of O(batch), O(source_email) and O(migration_tag) is needed.
    type: str
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
"""
