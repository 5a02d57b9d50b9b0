# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command that is asked nothing, and keeps all that it says in a file."""

from __future__ import annotations

import subprocess
import typing as t
from collections.abc import Mapping
from pathlib import Path


def run_quietly(
    command: tuple[str, ...],
    words: t.TextIO,
    folder: Path,
    environment: Mapping[str, str],
    limit: float,
) -> str:
    """Run it in a folder for at most so many seconds; gives why it failed, or an empty text."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done after {limit:.0f} s"
    return f"exit status {done.returncode}" if done.returncode else ""
