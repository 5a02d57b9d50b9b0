# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tests of what the collection is in AWX, in two processes; arguments go to pytest."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from arrange import BUILD, lay_link
from suite import run_suite

LIMIT = 1500.0  # seconds for all of them

#: The package that brings the modules of AWX 24.6.1 with a hundred other collections, none of which is wanted.
PACKAGE = "ansible >= 12.3, < 14"
WANTED = "ansible_collections/awx/awx/"
MODULES = BUILD / "awx"


def lay_modules() -> None:
    """Fetch the collection awx.awx, once."""
    if (MODULES / WANTED / "MANIFEST.json").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download")
        subprocess.run((*pip, "--no-deps", "--dest", folder, PACKAGE), check=True)
        [wheel] = Path(folder).glob("ansible-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.startswith(WANTED)]
            # The manifest comes last: with it, all is there.
            for name in sorted(names, key=lambda name: "MANIFEST" in name):
                archive.extract(name, MODULES)


def lay_all() -> None:
    """Lay the link, and those modules."""
    lay_link()
    lay_modules()


if __name__ == "__main__":
    # A module of tests sets a stand-in of AWX up once.
    sys.exit(run_suite("awx", LIMIT, share="loadfile", before=lay_all))
