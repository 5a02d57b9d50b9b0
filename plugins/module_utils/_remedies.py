# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which mailboxes need a person, why, and what that person does next. Pure.

What mends itself is not here: a mailbox that is throttled resumes, one that is active goes on.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ._contract import Family, Phase, Status
from ._models import Totals


@dataclass(frozen=True)
class Remedy:
    """Why a mailbox needs a person, and what to do next."""

    reason: str
    next: str


_AGAIN: t.Final = "run the cutover again"

#: By the name of a status, for those that say more than that their family failed.
_OF_STATUS: t.Final = {
    "LICENSE_EXCEEDED": Remedy(
        "The volume that its licence covers is used up.",
        f"Assign another licence (license: always) or leave old mail out (from_date), then {_AGAIN}.",
    ),
    "STOP": Remedy(
        "Somebody has stopped it.",
        f"Where that is over, {_AGAIN}: what was moved is not moved twice.",
    ),
    "PRE_PROCESSING_ERROR": Remedy(
        "The service could not prepare it.",
        f"See its log in the portal; check that both mailboxes are there and open, then {_AGAIN}.",
    ),
}
#: By family, for statuses whose phase is FAILED.
_OF_FAMILY: t.Final = {
    Family.MAIL: Remedy(
        "The newest pass has failed.",
        f"See its log in the portal; check both mailboxes and connectors, then {_AGAIN}.",
    ),
    Family.AUDIT: Remedy(
        "The audit has failed.",
        f"Check that the source mailbox is there and that its connector may read it, then {_AGAIN}.",
    ),
    Family.PERMISSIONS: Remedy(
        "Its mail is moved; its permissions could not be.",
        "See its log in the portal; check that those whom it trusts are migrated, then run the "
        "phase permissions again.",
    ),
}
_OTHER_FAILURE: t.Final = Remedy(
    "A step beside its mail has failed.", f"See its log in the portal, then {_AGAIN}."
)
_UNKNOWN: t.Final = Remedy(
    "The service shows a status that its document does not know.",
    "Look it up in the portal; nothing is done about it until its status is known.",
)
_ITEMS_FAILED: t.Final = Remedy(
    "Items could not be moved.",
    "See in the portal which; move by hand those that matter, or let the gate pass so many "
    "(cutover_max_failed_items_percent).",
)
_ITEMS_LEFT: t.Final = Remedy(
    "The newest pass has ended and left items behind.",
    "Let another pass run; where as many are left then, see its log in the portal.",
)


def remedy_for(status: Status, newest: Totals | None, left: int) -> Remedy | None:
    """What a person has to do for a mailbox; None where nobody has to do anything.

    newest are the counters of all kinds in its newest pass that has ended, left what that pass has
    left to do; both count only while nothing is under way.
    """
    if status.active:
        return None
    if status.phase is Phase.UNKNOWN:
        return _UNKNOWN
    if status.name in _OF_STATUS:
        return _OF_STATUS[status.name]
    if status.phase is Phase.FAILED:
        return _OF_FAMILY.get(status.family, _OTHER_FAILURE)
    if newest and newest.failure:
        return _ITEMS_FAILED
    return _ITEMS_LEFT if newest and left else None
