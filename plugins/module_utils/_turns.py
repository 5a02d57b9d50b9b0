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
import threading
import time
import typing as t
from collections.abc import Iterable

from ._errors import WaitTimeout
from ._parallel import at_rest

Account = tuple[str, str, str]
Turn = contextlib.AbstractContextManager[None]

#: In how many queues the subjects of a kind of work stand, which bounds the files that are left.
QUEUES: t.Final = 64
#: Seconds: how long one waits for a turn where nothing else is said, with what pause between tries.
PATIENCE, _PAUSE = 86400.0, 0.05
_NEVER: t.Final = threading.Event()


def to_make_turn(account: Account, subjects: Iterable[str]) -> Turn:
    """Be the only one who makes, changes or deletes these users and batches.

    Users are named by address or tag, batches by subject_of_batch.
    """
    return turns("users", account, subjects)


def subject_of_batch(name: str) -> str:
    """What a batch is called among the subjects of a turn: no user is called so."""
    return f"batch {name}"


@contextlib.contextmanager
def to_start_turn(
    account: Account, batch: str | None, patience: float, closing: threading.Event = _NEVER
) -> t.Iterator[None]:
    """Be the only one who starts the users of a batch, or (without one) the only one who starts.

    Whose batch a single user is in costs requests to learn, so a single one waits for all batches.
    It waits in the door, and no batch comes past it: else there might always be one under way. Raises
    WaitTimeout when patience, in seconds, is used up, and once closing is set.
    """
    own = [batch] if batch else []
    with contextlib.ExitStack() as taken:
        with turn("door", *account, patience=patience, closing=closing):
            start = turn("start", *account, shared=bool(own), patience=patience, closing=closing)
            taken.enter_context(start)
        taken.enter_context(turns("start", account, own, patience, closing))
        yield


class StartTurns:
    """The turn of who starts alone, shared by the threads of one run: taken by the first of those who
    need it at once, given back by the last. Nobody waits for it any more once closing is set.
    """

    def __init__(self, account: Account, closing: threading.Event) -> None:
        self._account = account
        self._closing = closing
        self._lock = threading.Lock()
        self._users = 0
        self._taken = contextlib.ExitStack()

    @contextlib.contextmanager
    def __call__(self) -> t.Iterator[None]:
        """Keep everybody else from starting anybody."""
        with _patiently(self._lock):
            if not self._users:
                start = to_start_turn(self._account, None, PATIENCE, self._closing)
                self._taken.enter_context(start)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._taken.close()


@contextlib.contextmanager
def _patiently(lock: threading.Lock) -> t.Iterator[None]:
    """Hold a lock. Who has to wait for it has a stand-in."""
    if not lock.acquire(blocking=False):
        with at_rest():
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def to_begin_permissions(account: Account, patience: float) -> Turn:
    """Be the only one who looks whether permissions are under way, and begins them."""
    return turn("permissions", *account, patience=patience)


@contextlib.contextmanager
def turns(
    work: str,
    account: Account,
    subjects: Iterable[str],
    patience: float = PATIENCE,
    closing: threading.Event = _NEVER,
) -> t.Iterator[None]:
    """Be the only process of this machine and user that does such work on any of the subjects.

    Between the look at a subject and what is done about it nobody else's work comes.
    """
    queues = {_digest(subject.casefold())[0] % QUEUES for subject in subjects}
    with contextlib.ExitStack() as taken:
        for queue in sorted(queues):  # in one order, so that no two wait for each other
            own = turn(work, *account, str(queue), patience=patience, closing=closing)
            taken.enter_context(own)
        yield


@contextlib.contextmanager
def turn(
    *names: str,
    shared: bool = False,
    patience: float = PATIENCE,
    closing: threading.Event = _NEVER,
) -> t.Iterator[None]:
    """Be the only process of this machine and user that is about these names, or share the turn.

    Raises WaitTimeout when patience, in seconds, is used up, and once closing is set.
    """
    digest = _digest("\0".join(names)).hex()[:16]
    path = os.path.join(tempfile.gettempdir(), f"cloudiway_{os.getuid()}_{digest}.lock")
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except OSError:  # nowhere to lock: looking at the service has to do
        yield
        return
    with open(handle, "w", encoding="utf-8"):
        take(handle, path, shared, patience, closing)
        yield


def take(
    handle: int,
    path: str,
    shared: bool = False,
    patience: float = PATIENCE,
    closing: threading.Event = _NEVER,
) -> None:
    """Lock the open file until it is closed.

    Raises WaitTimeout when patience is used up, and once closing is set.
    Where the file system knows no locks, looking at the service has to do.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    deadline = time.monotonic() + patience
    if _has_locked(handle, kind):
        return
    with at_rest():  # who need not wait keeps its lane, and the turn is the shorter for it
        while not _has_locked(handle, kind):
            if time.monotonic() >= deadline:
                raise WaitTimeout(
                    f"after {patience:g} s another process of this machine still has its turn "
                    f"({path}): run again when it has ended"
                )
            if closing.wait(_PAUSE):
                raise WaitTimeout("its turn was not waited for, as the run ends")


def _has_locked(handle: int, kind: int) -> bool:
    """Try to lock an open file; false where another process has locked it."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # the file system knows no locks
        pass
    return True


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
