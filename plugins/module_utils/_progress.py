# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What long work tells while it goes on: one line per change, and a heartbeat.

The lines go into a file that the action plugin of the same name follows and shows live. Where
nobody follows, nothing is written. A line names a batch, or the one user that is meant, and counts.
"""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t
from collections.abc import Mapping

from ._redaction import Redactor

#: For how many seconds no answer came, and what came instead; None while answers come.
Silence = t.Callable[[], "tuple[float, str] | None"]


class Progress:
    """Appends lines to a file; ``interval`` is the least number of seconds between heartbeats.

    secret is kept out of them: Ansible masks what a module returns, but does not know these lines.
    """

    def __init__(self, path: str | None, interval: float, secret: str = "") -> None:
        self._redactor = Redactor([secret])
        self._path = path
        self._interval = interval
        self._last = ""
        self._told_at = time.monotonic()
        self._lock = threading.Lock()
        self.began = self._told_at
        #: What a heartbeat tells: where the work is, and its outlook. From another thread.
        self.now: t.Callable[[], tuple[str, str]] = lambda: ("begins", "")

    @classmethod
    def of(cls, params: Mapping[str, t.Any]) -> Progress:
        """Build it from the options progress_file, progress_interval and consumer_secret."""
        return cls(
            params.get("progress_file"),
            params.get("progress_interval") or 0,
            params.get("consumer_secret") or "",
        )

    def tell(self, what: str, outlook: str = "") -> None:
        """Tell where the work is: at once where that changed, else as a heartbeat when it is due.

        outlook is what changes by itself as time passes: it is added, and is no change.
        """
        with self._lock:
            is_due = 0 < self._interval <= time.monotonic() - self._told_at
            if what == self._last and not is_due:
                return
            self._last = what
            self._told_at = time.monotonic()
            if self._path:
                line = f"{what}; {outlook}" if outlook else what
                text = self._redactor.clean(line).replace("\n", " ") + "\n"
                # The work goes on, whether or not it can be told of.
                with contextlib.suppress(OSError), open(self._path, "a", encoding="utf-8") as file:
                    file.write(text)

    @contextlib.contextmanager
    def alive(self, silence: Silence = lambda: None) -> t.Iterator[None]:
        """Tell what ``now`` says as often as a heartbeat is due, whatever the block waits for.

        silence says for how many seconds the service has not answered, and how.
        """
        if not (self._path and self._interval):
            yield
            return
        ended = threading.Event()
        heart = threading.Thread(target=self._beat, args=(ended, silence), daemon=True)
        heart.start()
        try:
            yield
        finally:
            ended.set()
            heart.join()

    def _beat(self, ended: threading.Event, silence: Silence) -> None:
        while not ended.wait(max(0.0, self._told_at + self._interval - time.monotonic())):
            what, outlook = self.now()
            silent = silence()
            trouble = f"no answer for {duration(silent[0])}: {silent[1]}" if silent else ""
            self.tell(what, ", ".join(filter(None, [outlook, trouble])))

    def seconds(self) -> float:
        """Seconds since the work began."""
        return time.monotonic() - self.began


def duration(seconds: float) -> str:
    """A duration as people say it: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def outlook(done: int, total: int, seconds: float) -> str:
    """How long the rest will take, if it goes on as it went; empty where that is not known."""
    if not 0 < done < total or seconds < 1:
        return ""
    return f"about {duration(max(1.0, seconds / done * (total - done)))} left"


def counted(name: str, done: int, total: int, what: str, counts: Mapping[str, int]) -> str:
    """A line of counts: how many of all are done, and how many are what. 0 is left out."""
    share = 100 * done // total if total else 100
    rest = [f"{number:,} {kind}" for kind, number in counts.items() if number]
    return ", ".join([f"{name} {share:3} %: {done:,} of {total:,} {what}", *rest])
