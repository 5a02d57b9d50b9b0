# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of the appendix, in the order of their codes, and which of them mean activity."""

from __future__ import annotations

STATUSES = (
    "UNKNOWN",
    "NOTSTARTED",
    "WORKING",
    "ONERROR",
    "SUCCESS",
    "STOP",
    "PENDING",
    "SCHEDULED",
    "STOPPING",
    "SHEDULEDINAGENT",  # so in the document
    "WORKINGINAGENT",
    "PRE_PROCESSING",
    "PRE_PROCESSING_ERROR",
    "PRE_PROCESSING_PENDING",
    "PRE_PROCESSING_WORKING",
    "MAIL_SENT",
    "AUDIT",
    "AUDIT_ERROR",
    "AUDIT_DONE",
    "AUDIT_WORKING",
    "GET_SITES",
    "GET_SITES_ERROR",
    "GET_SITES_DONE",
    "GET_SITES_WORKING",
    "LICENSE_EXCEEDED",
    "GET_GROUPS_WORKING",
    "GET_GROUPS_DONE",
    "GET_GROUPS",
    "GET_GROUPS_ERROR",
    "ARCHIVESCHEDULED",
    "EXPORTINPROGRESS",
    "GET_SITES_AGENT",
    "AUDIT_SITES_AGENT",
    "SCHEDULED_SITES_AGENT",
    "WAITING_ROOT_SITE",
    "MAILPERMISSIONS_ERROR",
    "MAILPERMISSIONS_SCHEDULED",
    "MAILPERMISSIONS_WORKING",
    "MAILPERMISSIONS_DONE",
    "CALENDARPOSTPROCESS_ERROR",
    "CALENDARPOSTPROCESS_SCHEDULED",
    "CALENDARPOSTPROCESS_WORKING",
    "CALENDARPOSTPROCESS_DONE",
    "SHAREDMBXPREPROC_ERROR",
    "SHAREDMBXPREPROC_SCHEDULED",
    "SHAREDMBXPREPROC_WORKING",
    "SHAREDMBXPREPROC_DONE",
    "SCHEDULED_FILES_AGENT",
    "MAILROOMEQUIPEMENT_ERROR",
    "MAILROOMEQUIPEMENT_SCHEDULED",
    "MAILROOMEQUIPEMENT_WORKING",
    "MAILROOMEQUIPEMENT_DONE",
    "GETEXCHANGEGUIDS_ERROR",
    "GETEXCHANGEGUIDS_SCHEDULED",
    "GETEXCHANGEGUIDS_WORKING",
    "GETEXCHANGEGUIDS_DONE",
)

CODES = {name: code for code, name in enumerate(STATUSES)}

# At rest: whatever an operator may start again. Every other status is activity.
RESTING = frozenset(
    name
    for name in STATUSES
    if name in ("UNKNOWN", "NOTSTARTED", "SUCCESS", "STOP", "ONERROR", "MAIL_SENT")
    or name.endswith(("_ERROR", "_DONE", "_EXCEEDED"))
)
