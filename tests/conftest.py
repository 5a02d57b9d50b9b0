# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the checkout importable as C(ansible_collections.cloudiway.mail), wherever it lies."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent

PACKAGES: dict[str, list[str]] = {
    "ansible_collections": [],
    "ansible_collections.cloudiway": [],
    "ansible_collections.cloudiway.mail": [str(CHECKOUT)],
}


def _collection_is_known() -> bool:
    """Whether C(ansible-test units) runs, which brings a loader of its own."""
    try:
        return importlib.util.find_spec("ansible_collections.cloudiway.mail") is not None
    except ModuleNotFoundError:
        return False


def _lay_namespace() -> None:
    """Put the three packages above the plugins into place; what is below them is found on disk."""
    for name, path in PACKAGES.items():
        package = types.ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package
        if "." in name:
            parent, child = name.rsplit(".", 1)
            setattr(sys.modules[parent], child, package)


if not _collection_is_known():
    _lay_namespace()
