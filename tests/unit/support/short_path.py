# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short path to a folder that lies deep, for a socket in it: the path of one has 107 bytes at most.

From ansible-core 2.21 on, a play has one in its folder for temporary files.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path


def short_path_to(folder: Path, user: object) -> Path:
    """A link to the folder, which lasts as long as its user."""
    place = tempfile.mkdtemp(prefix="cloudiway-")
    weakref.finalize(user, shutil.rmtree, place)
    link = Path(place, "to")
    link.symlink_to(folder)
    return link
