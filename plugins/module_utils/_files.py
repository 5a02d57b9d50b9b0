# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that others read while they are made anew: each is whole at any moment, or not there."""

from __future__ import annotations

import contextlib
import os
import re
import typing as t
from collections.abc import Iterable, Iterator

from ._errors import InvalidInput
from ._turns import take

#: What a spreadsheet takes for a formula. It looks past blanks.
FORMULA: t.Final = re.compile(r"\s*[=+\-@\t\r]")


@contextlib.contextmanager
def alone_in(folder: str) -> Iterator[None]:
    """Have a folder, made where it is missing, to oneself among all who ask so on this machine.

    Raises InvalidInput where nothing can be written there, WaitTimeout where it never gets free.
    """
    path = os.path.join(folder, ".lock")
    with _named(folder):
        os.makedirs(folder, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        take(lock, path)
        yield
    finally:
        os.close(lock)


def write_whole(path: str, parts: Iterable[str], encoding: str = "utf-8") -> None:
    """Write a text beside its place, and move it there when it is whole.

    What the encoding cannot write, such as half a character, becomes a question mark; permissions
    are what the umask leaves. Raises InvalidInput where it cannot be written.
    """
    beside = f"{path}.{os.getpid()}"
    with _named(path):
        try:
            with open(beside, "w", encoding=encoding, errors="replace", newline="") as file:
                file.writelines(parts)
            os.replace(beside, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(beside)


def text_at(path: str) -> str | None:
    """The text of a file; None where there is none. Raises InvalidInput where it cannot be read."""
    with _named(path):
        try:
            with open(path, encoding="utf-8", newline="") as file:
                return file.read()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise InvalidInput([f"{path}: is no text in UTF-8"]) from None


@contextlib.contextmanager
def _named(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as why:
        raise InvalidInput([f"{path}: {why.strerror or why}"]) from None


def folder_fault(path: t.Any) -> str | None:
    """What is wrong with the name of a folder to write to, or None."""
    if not str(path).strip():
        return "expected the path of a folder"
    if os.path.exists(path) and not os.path.isdir(path):
        return f"{path} is no folder"
    return None
