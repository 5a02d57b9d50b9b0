# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options with which a module tells its progress, so that it can be shown live."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  progress_interval:
    description:
      - While the task works, its progress is shown live, a line for each change. This is after how
        many seconds a line is shown although nothing has changed; V(0) for never.
      - Progress is shown where the task runs on the controller itself, as it does for batches as
        hosts. It is not shown with C(async), with C(become) and with C(no_log).
      - Where the output goes into a pipe or a file, Python holds it back unless
        C(PYTHONUNBUFFERED=1) is set.
    type: float
    default: 30
  progress_file:
    description:
      - A file to which the lines of progress are appended. Without it, nothing is written.
      - Meant for the action plugin that shows the progress, which sets it.
    type: path
"""
