# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stretches of a cutover: for each call that the roles make, the phases that come to it.

Who is declared is anna and ben, and the batch is WAVE.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.cloudiway.mail.tests.faults.rows import BOTH, DONE, MEMBER, NEW, ROWS, Task
from ansible_collections.cloudiway.mail.tests.unit.support.service import Params, ago, person

#: What neither role ever does.
NEVER: t.Final = ("stop", "delete", "stopbatch", "deletebatch")


@dataclass(frozen=True)
class Stretch:
    """A phase, and the state of the service before it, which is that of a row of the matrix."""

    phase: str
    before: Task
    #: Of the role.
    variables: Params = field(default_factory=dict)


def _stretch(
    call: str, phase: str, have: dict[str, Params] | None = None, **variables: t.Any
) -> Stretch:
    row = ROWS[call]
    return Stretch(phase, row if have is None else replace(row, have=have), variables)


RENAMED: t.Final = [person(name, last_name="New") for name in ("anna", "ben")]
AUDITED: t.Final[Params] = {**MEMBER, "status": "AUDIT_DONE"}

STRETCHES: t.Final[dict[str, Stretch]] = {
    "getall": _stretch("getall", "provision"),
    "migrationtag": _stretch("migrationtag", "provision"),
    "get": _stretch("get", "provision", cutover_users=RENAMED),
    "start": _stretch("start", "prestage", {"anna": MEMBER, "ben": DONE["ben"]}),
    "audit": _stretch("audit", "audit", {"anna": MEMBER, "ben": AUDITED}),
    "status": _stretch("status", "prestage"),
    "getmailhistory": _stretch("getmailhistory", "delta", cutover_delta_since=ago(hours=1)),
    "license": _stretch("license", "provision"),
    "create": _stretch("create", "provision"),
    "update": _stretch("update", "provision", NEW, cutover_users=RENAMED),
    "batch": _stretch("batch", "provision"),
    "addtobatch": _stretch("addtobatch", "provision"),
    "removefrombatch": _stretch(
        "removefrombatch", "provision", {**BOTH, "cleo": MEMBER}, cutover_undeclared="remove"
    ),
    "startbatch": _stretch("startbatch", "prestage"),
    "createbatch": _stretch("createbatch", "provision"),
    "batchaudit": _stretch("batchaudit", "audit"),
    "getusersinbatch": _stretch("getusersinbatch", "provision"),
    "getallsourceconnectors": _stretch("getallsourceconnectors", "provision"),
    "getalltargetconnectors": _stretch("getalltargetconnectors", "provision"),
    "startpermissionmigrationbybatch": _stretch(
        "startpermissionmigrationbybatch",
        "permissions",
        DONE,
        cutover_mx_switched_at=ago(hours=6),
    ),
    "setmailglobalsettingsbybatch": _stretch(
        "setmailglobalsettingsbybatch", "configure", cutover_settings={"migrate_trash": True}
    ),
    "getmailglobalsettingsbybatch": _stretch("getmailglobalsettingsbybatch", "configure"),
}

PHASES: t.Final = tuple(dict.fromkeys(stretch.phase for stretch in STRETCHES.values()))
