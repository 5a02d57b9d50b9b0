# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of this name, and shows its progress live."""

from __future__ import annotations

from ansible_collections.cloudiway.mail.plugins.plugin_utils._live import LiveAction


class ActionModule(LiveAction):
    """The action of cloudiway_migration."""
