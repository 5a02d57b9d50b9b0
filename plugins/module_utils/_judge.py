# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look at a user means for the run that awaits it: whether it is settled, and why.

Statuses and histories may lag behind each other, and behind what was accepted: what nothing explains
is borne with for a while. Pure, but for the clock.
"""

from __future__ import annotations

import datetime as dt
import time

from . import _contract as contract
from ._clock import (
    ended_since,
    has_begun_since,
    refuse_another_beginning,
    refuse_future,
    zone_behind,
)
from ._contract import Family, Phase
from ._standing import Fact, Goal, Standing
from ._starts import Options
from ._tracked import Tracked

#: For how many polls, and for how many seconds at the most, a start may show no effect and a
#: status be one that nobody knows.
GRACE_POLLS, SHORTEST_GRACE, LONGEST_GRACE = 4, 10.0, 60.0
#: How often one user is started because its pass began before ``since`` all the same.
FOLLOW_UPS = 3

_TO_DO, _FAILED = Standing.TO_DO, Standing.FAILED


def settle(one: Tracked, standing: Standing | None = None, reason: str = "") -> None:
    """Note that there is no more to wait for, and why the user is not done where it is not."""
    one.standing = standing or one.standing
    one.settled = True
    one.reason = reason or reason_of(one)


def reason_of(one: Tracked) -> str:
    """Why a settled user is not done, and what to do."""
    status = one.fact.status
    if one.standing is Standing.UNKNOWN:
        return f"its status is {status}: not known, so nothing was done about it"
    if one.standing is _TO_DO:
        return "nothing was started, as the batch holds a user whose status is not known"
    if one.standing is not _FAILED:
        return ""
    if status.name == "LICENSE_EXCEEDED":
        return (
            "the volume that its licence covers is used up: assign another licence, "
            "with license: always, then run again"
        )
    if status.family is Family.PERMISSIONS and status.phase is Phase.DONE:
        return "it has not finished a pass, and its batch went on to the permissions without it"
    return f"the status is {status}; the portal shows its log"


def is_in_a_pass(goal: Goal, fact: Fact) -> bool:
    """Whether the status says that a pass of the state goes on."""
    return fact.status.active and fact.status.family in goal.families


class Judge:
    """Judges users by what was seen of them last."""

    def __init__(self, options: Options) -> None:
        self._goal = options.goal
        self._since = options.since
        #: For how many seconds what nothing explains is borne with.
        self.grace = min(LONGEST_GRACE, max(SHORTEST_GRACE, GRACE_POLLS * options.poll_interval))

    def judge(self, one: Tracked, fact: Fact) -> None:
        """Take in what was seen of a user, and settle it where there is no more to wait for."""
        was_active = one.fact.status.active
        one.fact = fact
        one.standing = self._goal.standing(fact, self._since)
        refuse_future(one.label, fact.passes or ())
        if one.start and self._goal.start_suffices and one.standing is not Standing.UNKNOWN:
            settle(one, Standing.DONE)
            return
        # No status is active, yet history shows a pass that has not ended: one of them lags.
        odd = one.standing is Standing.ACTIVE and not fact.status.active
        odd = odd or one.standing is Standing.UNKNOWN or self._lacks_its_pass(one)
        if is_in_a_pass(self._goal, fact):
            one.active_at = dt.datetime.now(dt.timezone.utc)
        odd = odd or self._begins_early(one) or self._is_of_either_pass(one)
        if one.start:
            if not one.shows_effect:
                odd = True
            elif fact.status.family in self._goal.goes_on_to and not fact.status.active:
                one.standing = Standing.DONE
        if odd:
            self.mind_oddity(one)
        elif one.standing in (Standing.DONE, _FAILED):
            settle(one)
        else:
            one.odd_since = None
            if one.standing is _TO_DO:
                self._judge_unfinished(one, was_active)

    def _is_over(self, one: Tracked) -> bool:
        """Whether the status says that a pass has ended well."""
        status = one.fact.status
        return status.phase is Phase.DONE and status.family in self._goal.families

    def _begins_early(self, one: Tracked) -> bool:
        """Whether the newest pass began before the start: one that came before and shows late, or a
        wrong zone.
        """
        if not (one.start and one.start.moment and one.fact.passes and one.has_new_pass):
            return False
        return not has_begun_since(one.fact.passes, one.start.moment)

    def _lacks_its_pass(self, one: Tracked) -> bool:
        """Whether the status says that a pass has ended, and history does not show it yet.

        Of a pass that was under way when the run began, only its end can be looked for.
        """
        if not self._is_over(one) or not self._goal.reads_history:
            return False
        if one.start and one.start.passes is not None:
            return one.standing in (_TO_DO, Standing.DONE) and not one.has_new_pass
        if one.standing is not _TO_DO:
            return False
        return one.active_at is not None and not ended_since(one.fact.passes, one.active_at)

    def _is_of_either_pass(self, one: Tracked) -> bool:
        """Whether the newest pass is that which was under way when the run began, by a clock that is
        behind, or the one before, which ended a moment earlier.
        """
        if one.start or one.standing is not _TO_DO or not self._is_over(one) or not one.active_at:
            return False
        return not ended_since(one.fact.passes, one.active_at, skew=0.0)

    def _judge_unfinished(self, one: Tracked, was_active: bool) -> None:
        """A user that was awaited, or started, and is still (or again) to do."""
        is_ours = one.start is not None or (was_active and not one.was_stopping)
        if one.fact.status.name == "STOP" and is_ours:
            settle(one, _FAILED, "it was stopped by someone while it was awaited")
        elif one.starts > FOLLOW_UPS:
            text = f"{one.starts} calls did not bring it there; the status is {one.fact.status}"
            settle(one, _FAILED, text)

    def mind_oddity(self, one: Tracked) -> None:
        """Bear with what nothing explains, for a while; with a stop as long as it takes."""
        now = time.monotonic()
        if one.odd_since is None:
            one.odd_since = now
        is_stop = self._goal.user_call is contract.STOP_USER
        if now - one.odd_since < self.grace or (is_stop and one.standing is not Standing.UNKNOWN):
            return
        if one.start and one.start.moment and self._begins_early(one):
            refuse_another_beginning(one.label, one.start.moment, one.fact.passes or ())
        if one.standing is Standing.ACTIVE and one.start is None and not self._is_over(one):
            # History has a pass without an end, and nothing goes on: it was broken off.
            if one.fact.status.phase is Phase.FAILED:
                settle(one, _FAILED)
            else:
                one.standing, one.odd_since = _TO_DO, None
        elif self._is_of_either_pass(one) and not self._lacks_its_pass(one):
            one.odd_since = None  # another would show by now
        elif one.standing in (_TO_DO, Standing.ACTIVE) or self._lacks_its_pass(one):
            one.is_puzzling = True
            settle(one, _FAILED, self._puzzle_of(one))
        else:
            settle(one)

    def _puzzle_of(self, one: Tracked) -> str:
        status = one.fact.status
        if status.name == "STOP":
            why = "somebody stopped it, or the start is late; run again"
            return f"its start was accepted, yet the status is STOP: {why}"
        if not self._is_over(one):
            return f"its start was accepted, yet the status is still {status}"
        # Where it is known how many passes there were, one is missing: no zone hides a pass.
        is_counted = one.start is not None and one.start.passes is not None
        moment = None if is_counted else one.active_at
        zone = zone_behind(one.fact.passes, moment) if moment else None
        one.is_of_wrong_zone = zone is not None
        text = f"the status is {status}, yet history has no pass for it that has ended: "
        if zone:
            return f"{text}server_timezone is wrong, {zone} would fit; or history is late, then run again"
        return f"{text}run again, and see that server_timezone is right"
