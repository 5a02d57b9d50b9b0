# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run to permissions: a whole batch begins at once, and waits until no other batch is at it (2.24)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property

from ._contract import Phase
from ._errors import Refused
from ._judge import settle
from ._permissions import OtherBatches
from ._run import Run
from ._standing import Fact, Standing, has_permissions
from ._starts import mind_left_behind, to_start
from ._tracked import Tracked
from ._turns import to_begin_permissions, to_start_turn
from ._wait import Look

#: How often permissions may be refused, and for how many seconds, with no other batch to be seen at
#: it, until that is final.
REFUSALS, REFUSED_FOR = 5, 300.0


class PermissionRun(Run):
    """Waits for its turn, begins, then looks as any run does."""

    #: Nothing is begun beside a status that nobody knows, passing or not.
    open_ends = frozenset({Standing.ACTIVE})

    _waits = False
    _refusals = 0
    _refused_since = 0.0

    @cached_property
    def _others(self) -> OtherBatches:
        own = [one.tag for one in self.tracked]
        return OtherBatches(self._directory, self._watch, self._options.batch, own)

    def can_begin(self) -> bool:
        """Whether they would be begun at once."""
        if any(one.fact.status.active for one in self.tracked):
            return False
        return not self._others.are_at_it(thoroughly=False)

    def _aside(self) -> str:
        return f" ({self._what_it_waits_for()})" if self._waits else ""

    def _what_it_waits_for(self) -> str:
        if self._others.is_seen:
            return "another batch is at it"
        if any(one.fact.status.active for one in self.tracked):
            return "its own passes are under way"
        return "the service has refused it, and is asked again"

    # Begin ----------------------------------------------------------------------------------

    def _start(self, starting: Sequence[Tracked]) -> None:
        if not starting:
            return
        self._waits = True
        # They begin all together, with those who had nothing to wait for.
        for one in self.tracked:
            one.settled = one.settled and one.standing is Standing.UNKNOWN
        self._begin_in_turn()

    def _begin_in_turn(self) -> None:
        """Start the permissions of the batch, unless another batch is at it."""
        statuses = [one.fact.status for one in self.tracked]
        if any(status.active or status.phase is Phase.UNKNOWN for status in statuses):
            return  # one that became unknown meanwhile is not acted upon either
        # Two plays must not both see that nobody is at it.
        account = self._client.connection.account
        with to_begin_permissions(account, self._options.wait_timeout):
            self._look_and_begin()

    def _look_and_begin(self) -> None:
        if self._others.are_at_it(thoroughly=self._refusals > 0):
            self._refusals = 0
            return
        try:
            self._start_batch(self.tracked)
        except Refused:
            # It may have been faster than our look. The service says no in words we cannot read.
            now = time.monotonic()
            self._refused_since = self._refused_since if self._refusals else now
            self._refusals += 1
            if self._refusals >= REFUSALS and now - self._refused_since >= REFUSED_FOR:
                raise
        else:
            self._waits = False
            self._await_effect(self.tracked)

    def _took(self, one: Tracked) -> bool:
        # A pass that somebody has begun meanwhile is no sign of it; what nobody knows may be.
        status = self._client.status(one.tag)
        families = self._goal.families | self._goal.goes_on_to
        is_its = status.family in families or status.phase is Phase.UNKNOWN
        return status != one.fact.status and is_its

    def _says_little(self, one: Tracked) -> bool:
        # One who was left behind, or is done, may show nothing.
        return has_permissions(one.fact) or one.fact.status.name in self._goal.left_behind

    # Look, while it waits -------------------------------------------------------------------

    def _look(self) -> Look:
        return self._look_before() if self._waits else super()._look()

    def _look_before(self) -> Look:
        """Look whether they can begin, or have been begun by another run meanwhile."""
        if self._others.is_still_at_it():
            return Look(settled=False, moved=False)
        account, options = self._client.connection.account, self._options
        waiting = [one for one in self.tracked if not one.settled]
        # Between the look at the members and the call no other run begins anything for them.
        with to_start_turn(account, options.batch, options.wait_timeout):
            facts = self._watch.track(self._goal, [(one.tag, one.user) for one in waiting])
            moved = any(one.fact.status != fact.status for one, fact in zip(waiting, facts))
            for one, fact in zip(waiting, facts):
                self._judge_before(one, fact)
            mind_left_behind(self.tracked, self._goal)
            if any(one.settled for one in self.tracked):
                self._settle_without()
            elif any(one.standing is Standing.UNKNOWN for one in self.tracked):
                pass  # it is borne with for a while
            elif to_start(self.tracked, options):
                self._begin_in_turn()
            else:
                self._leave_to_others()
        self._tell()
        return Look(all(one.settled for one in self.tracked), moved)

    def _judge_before(self, one: Tracked, fact: Fact) -> None:
        """Take in what was seen of a user while its batch waits; settle whom nobody knows for long."""
        one.fact, one.standing = fact, self._goal.standing(fact, None)
        if one.standing is Standing.UNKNOWN:
            self._judge.mind_oddity(one)
        else:
            one.odd_since = None

    def _settle_without(self) -> None:
        """The batch holds a user whose status is not known: wait for those who are active, no more."""
        for one in self.tracked:
            if not one.settled and one.standing is not Standing.ACTIVE:
                settle(one)

    def _leave_to_others(self) -> None:
        """Nobody is left to begin, as another run has: wait for those who are active, and begin none."""
        self._waits = False
        for one in self.tracked:
            if one.standing is not Standing.ACTIVE:
                settle(one)
