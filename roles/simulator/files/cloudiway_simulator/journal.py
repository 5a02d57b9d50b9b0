# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked of the service: counts, the ordered journal, and the log on disk."""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime, timezone
from typing import NamedTuple, TextIO

REMEMBERED = 100_000


class Entry(NamedTuple):
    """One request to a surface. `user` is a tag, or the source address of a create."""

    number: int
    time: float  # seconds since the epoch
    surface: str
    method: str
    call: str
    user: str
    batch: str
    outcome: str


class Journal:
    """Every request to a surface. Nothing in it is taken from a query string or body, but for the
    user and the batch."""

    def __init__(self, log: TextIO | None) -> None:
        self._log = log
        self._number = 0
        self.posts = 0
        self.by_call: Counter[str] = Counter()
        self.entries: deque[Entry] = deque(maxlen=REMEMBERED)

    def note(
        self,
        moment: float,
        surface: str,
        method: str,
        call: str,
        user: str,
        batch: str,
        outcome: str,
    ) -> Entry:
        """Write one request down."""
        self._number += 1
        self.by_call[call] += 1
        self.posts += method == "POST"
        entry = Entry(self._number, moment, surface, method, call, user, batch, outcome)
        self.entries.append(entry)
        self._tell(entry)
        return entry

    def amend(self, entry: Entry, moment: float, outcome: str) -> None:
        """Write down what came of a request after all; the log has a second line for it."""
        amended = entry._replace(outcome=outcome)
        if entry in self.entries:
            self.entries[self.entries.index(entry)] = amended
        self._tell(amended._replace(time=moment))

    def _tell(self, entry: Entry) -> None:
        if self._log is not None:
            subject = " ".join(filter(None, (entry.user, entry.batch))) or "-"
            words = (stamp(entry.time), entry.surface, entry.method, entry.call, subject)
            self._log.write(" ".join((*words, entry.outcome)).replace("\n", " ") + "\n")

    def reset(self) -> None:
        """Count from nothing again, and forget the entries."""
        self._number = self.posts = 0
        self.by_call.clear()
        self.entries.clear()


def stamp(moment: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC, with milliseconds."""
    text = datetime.fromtimestamp(moment, timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
