# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take turns with other processes of this machine, for what the service does one at a time.

A lock on a file, given back by the system when its holder ends in whatever way. It holds no
state: who runs on another machine is seen by looking at the service.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
import typing as t
from collections.abc import Iterable

#: In how many queues the subjects of a kind of work stand, which bounds the files that are left.
QUEUES: t.Final = 16


@contextlib.contextmanager
def turns(work: str, account: Iterable[str], subjects: Iterable[str]) -> t.Iterator[None]:
    """Be the only process of this machine and user that does such work on any of the subjects.

    Between the look at a subject and what is done about it nobody else's work comes.
    """
    queues = {_digest(subject.casefold())[0] % QUEUES for subject in subjects}
    with contextlib.ExitStack() as taken:
        for queue in sorted(queues):  # in one order, so that no two wait for each other
            taken.enter_context(turn(work, *account, str(queue)))
        yield


@contextlib.contextmanager
def turn(*names: str) -> t.Iterator[None]:
    """Be the only process of this machine and user that is about these names."""
    digest = _digest("\0".join(names)).hex()[:16]
    path = os.path.join(tempfile.gettempdir(), f"cloudiway_{os.getuid()}_{digest}.lock")
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except OSError:  # nowhere to lock: looking at the service has to do
        yield
        return
    with open(handle, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
