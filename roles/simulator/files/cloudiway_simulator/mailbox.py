# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a source mailbox holds and how it behaves: a function of the seed and its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from .settings import Settings

SMALLEST, LARGEST = 200, 20_000  # messages in a mailbox
ARRIVALS = (1, 25)  # messages that arrive between two passes
FIRST_PASS_ONLY = 1  # a mailbox that fails by percentage fails so many passes
EVERY_PASS = -1


@dataclass(frozen=True)
class Scenario:
    """What the command line says of the mailboxes; addresses are in lower case."""

    seed: str = "0"
    throttled_percent: float = 0
    failing_percent: float = 0
    failing: Mapping[str, int] = field(default_factory=dict)  # address: so many first passes
    license_exceeded: frozenset[str] = frozenset()
    item_failures: Mapping[str, int] = field(default_factory=dict)  # address: items in each pass
    audit_failing: frozenset[str] = frozenset()

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox of an address; always the same for the same seed."""
        address = address.lower()
        chance = Random(f"{self.seed} {address}")
        messages = int(SMALLEST * (LARGEST / SMALLEST) ** chance.random())
        by_percentage = FIRST_PASS_ONLY if chance.uniform(0, 100) < self.failing_percent else 0
        return Mailbox(
            address=address,
            seed=self.seed,
            messages=messages,
            appointments=messages // chance.randint(5, 50),
            contacts=chance.randint(0, 400),
            unreadable=chance.choice((0, 0, 0, 1, 2)),
            days=chance.randint(365, 3650),
            throttled=chance.uniform(0, 100) < self.throttled_percent,
            failing=self.failing.get(address, by_percentage),
            license_exceeded=address in self.license_exceeded,
            item_failures=self.item_failures.get(address, 0),
            audit_fails=address in self.audit_failing,
        )


@dataclass(frozen=True)
class Mailbox:
    """One source mailbox."""

    address: str
    seed: str
    messages: int
    appointments: int
    contacts: int
    unreadable: int  # messages that every pass reads and ignores
    days: int  # its messages are spread evenly over so many days, up to today
    throttled: bool
    failing: int  # so many first passes fail; EVERY_PASS for all
    license_exceeded: bool
    item_failures: int  # so many messages fail in each pass
    audit_fails: bool

    def fails(self, earlier_passes: int) -> bool:
        """Whether the pass after so many others ends in ONERROR."""
        return self.failing == EVERY_PASS or earlier_passes < self.failing

    def arrived(self, earlier_passes: int) -> int:
        """How many messages have come in since the first pass."""
        return sum(
            Random(f"{self.seed} {self.address} {number}").randint(*ARRIVALS)
            for number in range(1, earlier_passes + 1)
        )

    def in_reach(self, settings: Settings, today: date, earlier_passes: int) -> dict[str, int]:
        """How many messages, appointments and contacts a pass with these settings looks at."""
        oldest = today - timedelta(days=self.days)
        first = max(settings.from_date or oldest, oldest)
        last = min(settings.to_date or today, today)
        share = max(0, (last - first).days) / self.days
        messages = int(self.messages * share)
        if last == today:
            messages += self.arrived(earlier_passes)
        return {
            "msg": messages if settings.should_migrate_mails else 0,
            "cal": int(self.appointments * share) if settings.should_migrate_calendars else 0,
            "con": self.contacts if settings.should_migrate_contacts else 0,
        }
