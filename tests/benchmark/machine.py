# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine that the benchmark runs on, and what it runs with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def processor() -> str:
    """The name of the processor, as the system tells it."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def machine() -> dict[str, str]:
    """What the figures depend on."""
    return {
        "processor": processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "python": platform.python_version(),
        "ansible-core": version("ansible-core"),
        "requests": version("requests"),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def sentence(facts: dict[str, str]) -> str:
    """The same in words."""
    return (
        f"{facts['processor']}, {facts['cores']} cores, Python {facts['python']}, "
        f"ansible-core {facts['ansible-core']}, requests {facts['requests']}, "
        f"load {facts['load']} before it began"
    )
