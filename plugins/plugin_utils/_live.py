# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows what a module tells while it works. Speaks to nobody but the module and the display.

The module appends lines to a file; a thread follows it. That needs the module to run where the
play runs, as batches-as-hosts do. Anywhere else, and under async, the module works just the same,
only in silence.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import typing as t

from ansible import constants
from ansible.utils.display import Display

from ._brief import BriefAction

display = Display()

#: Seconds between two looks into the file.
_EVERY = 0.25


class LiveAction(BriefAction):
    """An action that runs the module of its own name."""

    _supports_check_mode = True
    _supports_async = True

    def run(
        self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None
    ) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        if self._can_follow():
            result.update(self._followed(task_vars))
        else:
            result.update(
                self._execute_module(task_vars=task_vars, wrap_async=bool(self._task.async_val))
            )
        return result

    def _can_follow(self) -> bool:
        """Whether the module writes where we can read, and may be shown at all."""
        task = self._task
        is_here = self._connection.transport == "local" and not task.become
        return is_here and not (task.async_val or task.no_log or self._play_context.no_log)

    def _followed(self, task_vars: dict[str, t.Any] | None) -> dict[str, t.Any]:
        handle, path = tempfile.mkstemp(prefix="cloudiway_", dir=constants.DEFAULT_LOCAL_TMP)
        os.close(handle)
        follower = Follower(path, str((task_vars or {}).get("inventory_hostname", "")))
        try:
            follower.start()
            arguments = {**self._task.args, "progress_file": path}
            ran: dict[str, t.Any] = self._execute_module(module_args=arguments, task_vars=task_vars)
        finally:
            follower.stop()
            os.unlink(path)
        return ran


class Follower(threading.Thread):
    """Shows the lines of a file as they come, each with the host that it is about."""

    def __init__(self, path: str, host: str) -> None:
        super().__init__(daemon=True)
        self._path = path
        self._host = host
        self._play = os.getppid()
        self._ended = threading.Event()

    def run(self) -> None:
        with open(self._path, encoding="utf-8") as file:
            part = ""
            while True:
                was_last = self._ended.is_set()
                part += file.read()
                *lines, part = part.split("\n")
                for line in lines:
                    display.display(f"[{self._host}] {line}", color=constants.COLOR_VERBOSE)
                if was_last:
                    return
                self._end_with_the_play()
                self._ended.wait(_EVERY)

    def _end_with_the_play(self) -> None:
        """End this worker and its module where the play is gone, killed or hung up.

        Nobody else would, and the next run would find the module of this one still making users or
        starting passes beside it. From ansible-core 2.19 on a worker leads a session of its own;
        before, it is of the play's group, which is left alone where something else leads it.
        """
        if os.getppid() != self._play and os.getpgrp() in (os.getpid(), self._play):
            os.killpg(os.getpgrp(), signal.SIGTERM)

    def stop(self) -> None:
        """Show what is left, and end."""
        self._ended.set()
        self.join()
