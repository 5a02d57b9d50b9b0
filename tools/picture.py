# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the picture of the report that the README shows: of a rehearsal, and of nothing made up.

In that rehearsal one mailbox fails each time and another loses items, so that the gate of their wave
does not let it through while the other waves are finished.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

from arrange import BUILD, CHECKOUT, lay_link
from chromium import MISSING, chromium, program

FOLDER = BUILD / "picture"
PICTURE = CHECKOUT / "docs/images/report.png"
WIDTH, HEIGHT = 1280, 1292
TROUBLES = (
    "--failing",
    "laszlo.girard@fabrikam.example",
    "--item-failures",
    "lina.szabo@fabrikam.example=3",
)


def play(playbook: str, **variables: object) -> int:
    """Play a playbook of the collection; its words go to the terminal."""
    told = json.dumps({"rehearsal_dir": str(FOLDER), **variables})
    command = ("ansible-playbook", f"cloudiway.mail.{playbook}", "--extra-vars", told)
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode


def arguments() -> list[str]:
    """What the simulator of this rehearsal is told: the connectors of every rehearsal, and troubles."""
    return [
        *("--source-connector", "Exchange=mail system"),
        *("--target-connector", "Microsoft 365=mail system"),
        *TROUBLES,
    ]


def main() -> int:
    """Rehearse, take the picture, and end the simulator."""
    if not program():
        print(MISSING)
        return 1
    lay_link()
    report = FOLDER / "report.html"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(report)
    play("rehearsal", rehearsal_simulator_arguments=arguments())  # fails, as the gate is to
    play("rehearsal_stop")
    with chromium() as page:
        page.look_like(WIDTH, height=HEIGHT)
        page.open(report)
        page.shoot(PICTURE)
    print(f"{PICTURE.relative_to(CHECKOUT)}: {PICTURE.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
