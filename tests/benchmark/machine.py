# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine that the benchmark runs on, and what it runs with."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


def processor() -> str:
    """The name of the processor, as the system tells it."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


@dataclass(frozen=True)
class Machine:
    """What the figures depend on."""

    processor: str
    cores: int
    python: str
    ansible_core: str
    requests: str
    #: The average of the minute before anything was run.
    load: float

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, Python {self.python}, "
            f"ansible-core {self.ansible_core}, requests {self.requests}, "
            f"load {self.load:.1f} before it began"
        )


def machine() -> Machine:
    """This machine, as it is now."""
    return Machine(
        processor(),
        len(os.sched_getaffinity(0)),
        platform.python_version(),
        version("ansible-core"),
        version("requests"),
        round(os.getloadavg()[0], 1),
    )
