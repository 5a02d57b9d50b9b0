# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has galaxy-importer read the archive, as Galaxy does before it takes one; a warning is an error.

The argument is the archive.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

from arrange import BUILD, CHECKOUT
from outcome import Outcome
from quiet import run_quietly

ENVIRONMENT = CHECKOUT / ".venv/importer"
FOLDER = BUILD / "importer"
LOG = FOLDER / "log"
LIMIT = 900.0  # seconds

# All that it can look at without a container, and as strict as it can be.
STRICTLY = {
    "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
    "GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER": "true",
    "GALAXY_IMPORTER_RUN_ANSIBLE_DOC": "true",
    "GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "true",
    "GALAXY_IMPORTER_RUN_FLAKE8": "false",  # ruff does it, with longer lines
}
# What it ends with where it comes to its end, and what it says of each plugin, role and playbook.
SUCCESS = "Importer processing completed successfully"
LOADING = re.compile(r"^Loading (?!complete)", re.MULTILINE)
COMPLAINT = re.compile(r"^(?:WARNING|ERROR|CRITICAL)\b.*", re.MULTILINE)


def complaints(said: str) -> list[str]:
    """What it complains of; all that it said, where it did not come to its end."""
    found = COMPLAINT.findall(said)
    return found if found or SUCCESS in said else [said]


def main() -> int:
    """Let it read the archive, and count what it found in there."""
    start = time.monotonic()
    archive = Path(*sys.argv[1:]).resolve()
    home = FOLDER / "home"
    home.mkdir(parents=True, exist_ok=True)
    # What leads Ansible to the checkout would have it read that in place of the archive.
    mine = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    path = os.pathsep.join((str(ENVIRONMENT / "bin"), os.environ["PATH"]))
    with LOG.open("w", encoding="utf-8") as words:
        wrong = run_quietly(
            (str(ENVIRONMENT / "bin/python"), "-m", "galaxy_importer.main", str(archive)),
            words,
            FOLDER,
            mine | STRICTLY | {"HOME": str(home), "PATH": path},
            LIMIT,
        )
    said = LOG.read_text(encoding="utf-8")
    found = complaints(said) or ([wrong] if wrong else [])
    print("".join(f"{line}\n" for line in found), end="")
    loaded = len(LOADING.findall(said))
    outcome = Outcome("importer", loaded, len(found), time.monotonic() - start)
    return outcome.conclude("plugins, roles and playbooks")


if __name__ == "__main__":
    sys.exit(main())
