# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lays the checkout where Ansible looks for a collection: once as a copy, once as a link.

The copy holds what the project consists of and nothing else, for the tools that read every file
they find. The link is for whatever only runs the collection, and never needs to be laid again.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
BUILD = CHECKOUT / "build"
PLACE = Path("ansible_collections", "cloudiway", "mail")
COPY = BUILD / "tree" / PLACE
LINK = BUILD / "link" / PLACE


def files_of(checkout: Path) -> list[Path]:
    """Every file of the project, relative to its top: what C(.gitignore) does not leave out.

    Git is not asked, so an unpacked archive does as well as a clone; C(.gitignore) keeps to names
    and to paths from the top for this.
    """
    lines = (checkout / ".gitignore").read_text(encoding="utf-8").splitlines()
    left_out = [".git", *(line for line in lines if line and not line.startswith("#"))]
    return sorted(_walk(checkout, Path(), left_out))


def _walk(checkout: Path, folder: Path, left_out: list[str]) -> Iterator[Path]:
    for entry in os.scandir(checkout / folder):
        path = folder / entry.name
        if any(_matches(path, pattern) for pattern in left_out):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(checkout, path, left_out)
        else:
            yield path


def _matches(path: Path, pattern: str) -> bool:
    if pattern.startswith("/"):
        return fnmatch.fnmatchcase(f"/{path.as_posix()}", pattern)
    return fnmatch.fnmatchcase(path.name, pattern)


def lay_copy() -> None:
    """Copy the project afresh."""
    shutil.rmtree(COPY, ignore_errors=True)
    copy_to(COPY)


def copy_to(place: Path) -> None:
    """Copy the project; times are kept, so that tools which cache by them may."""
    for path in files_of(CHECKOUT):
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / path, target, follow_symlinks=False)


def lay_link() -> None:
    """Point the place of the collection at the checkout, by a path that survives moving it."""
    if not LINK.is_symlink():
        LINK.parent.mkdir(parents=True, exist_ok=True)
        LINK.symlink_to(os.path.relpath(CHECKOUT, LINK.parent))


if __name__ == "__main__":
    lay_copy()
    lay_link()
