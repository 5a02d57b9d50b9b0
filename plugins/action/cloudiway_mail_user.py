# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of this name, which begins sooner for it."""

from __future__ import annotations

from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.cloudiway.mail.plugins.plugin_utils._brief import BriefAction


class ActionModule(BriefAction, NormalAction):
    """The action of cloudiway_mail_user: that of a module that has none."""
