# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a surface holds of connectors and users, and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .progress import Pass, Run
from .settings import Settings


class Refused(Exception):
    """A call that the service answers with hasError; the text says why."""


class Connector(NamedTuple):
    """A source or target mail system, as 2.22 and 2.23 show it."""

    name: str
    type: str


@dataclass(frozen=True)
class Connectors:
    """The connectors of the account; both surfaces have the same."""

    source: tuple[Connector, ...]
    target: tuple[Connector, ...]


class Person(NamedTuple):
    """What create and update carry of a user, and the tag."""

    migration_tag: str
    first_name: str
    last_name: str
    source_email: str
    target_email: str
    source_connector_name: str
    target_connector_name: str

    @property
    def pair(self) -> tuple[str, str]:
        """By which `migrationtag` finds the user; addresses compare without case."""
        return self.source_email.lower(), self.target_email.lower()


@dataclass
class User:
    """One user, with the tallies that tests compare."""

    person: Person
    batch: str | None = None
    settings: Settings = Settings()
    licensed: bool = False
    status: str = "NOTSTARTED"  # what it was when nothing was under way
    run: Run | None = None
    passes: list[Pass] = field(default_factory=list)
    license_calls: int = 0
    starts: int = 0
    audits: int = 0
    permission_runs: int = 0
