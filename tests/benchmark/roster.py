# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is migrated in the benchmark: the same people for the server, the plays and the bare client."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

KEY, SECRET = "benchmark", "not-a-secret-9f3c"
SOURCE, TARGET = "Exchange on premises", "Microsoft 365"

Fields = dict[str, str]


def person(number: int) -> Fields:
    """The six fields of a user, by their names in the document (2.10)."""
    return {
        "firstName": f"Given{number:05}",
        "lastName": f"Family{number:05}",
        "sourceEmail": f"given.family.{number:05}@old.example.com",
        "targetEmail": f"given.family.{number:05}@new.example.com",
        "sourceConnectorName": SOURCE,
        "targetConnectorName": TARGET,
    }


def tag(number: int) -> str:
    """The migration tag of a user."""
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def batch(number: int) -> str:
    """The name of a batch."""
    return f"Wave {number:03}"


def batch_of(number: int, users: int, batches: int) -> str:
    """The batch of a user, where so many users are dealt into so many batches of one size."""
    return batch(number * batches // users)


def write_csv(path: Path, users: int, batches: int) -> None:
    """Write the list of users as the portal imports it."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("FirstName", "LastName", "SourceEmail", "TargetEmail", "BatchName"))
        rows.writerows(_rows(users, batches))


def _rows(users: int, batches: int) -> Iterator[tuple[str, ...]]:
    for number in range(users):
        one = person(number)
        names = (one[name] for name in ("firstName", "lastName", "sourceEmail", "targetEmail"))
        yield (*names, batch_of(number, users, batches))
