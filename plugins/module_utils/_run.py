# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of cloudiway_migration: start whom there is to start, look until all are settled.

A settled user is never asked for again. Nothing is started twice: a user is started once, and
again only as a retry round says, or where its pass turns out to have begun before ``since``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import time
from collections.abc import Sequence

from . import _contract as contract
from ._client import Client
from ._clock import refuse_future
from ._contract import Phase, Repeat
from ._directory import Directory
from ._errors import CloudiwayError, Refused
from ._judge import Judge, is_in_a_pass, settle
from ._models import Pass
from ._progress import Progress, counted, outlook
from ._standing import Fact, Standing
from ._starts import Options, objections, to_start
from ._tracked import Start, Tracked
from ._turns import to_start_turn
from ._wait import Look, wait
from ._watch import Watch

#: Seconds: the pauses between two looks for the effect of a call that was accepted.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
_LICENSE_HINT = "; where the licence is missing, cloudiway_mail_user with license: always gives it"


_TO_DO, _FAILED = Standing.TO_DO, Standing.FAILED


class Run:
    """Starts, looks, and keeps what was seen."""

    #: Who is not settled at once: a status that nobody knows may be a passing one.
    open_ends = frozenset({Standing.ACTIVE, Standing.UNKNOWN})

    def __init__(
        self,
        client: Client,
        directory: Directory,
        options: Options,
        tracked: list[Tracked],
        progress: Progress,
    ) -> None:
        self.tracked = tracked
        self.started: dict[str, Tracked] = {}
        self.began = dt.datetime.now(dt.timezone.utc)
        self._client = client
        self._directory = directory
        self._options = options
        self._goal = options.goal
        self._judge = Judge(options)
        self._watch = Watch(client, directory, options.zone)
        self._progress = progress
        progress.now = self._line
        self._rounds = options.retries
        self._settled_before = 0

    def can_begin(self) -> bool:
        """Whether those who are to be started would be at once."""
        return True

    def mind_clock(self) -> None:
        """Raise WrongClock where the newest pass of somebody lies in the future."""
        for one in self.tracked:
            refuse_future(one.label, one.fact.passes or ())

    # Start ----------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start whom the plan starts; settle whom there is nothing to wait for."""
        starting = to_start(self.tracked, self._options)
        chosen = {one.tag for one in starting}
        for one in self.tracked:
            one.of_this_run = (
                one.standing is Standing.ACTIVE or one.tag in self._options.started_tags
            )
            one.was_stopping = (
                one.fact.status.name == "STOPPING" and one.tag not in self._options.started_tags
            )
            if one.standing is Standing.ACTIVE and is_in_a_pass(self._goal, one.fact):
                one.active_at = self.began
            if one.tag in self._options.started_tags and self._is_to_be_seen(one):
                self._note_handed_on(one)
            elif one.standing not in self.open_ends and one.tag not in chosen:
                settle(one)
        self._settled_before = sum(one.settled for one in self.tracked)
        self._start(starting)
        self._tell()

    def _start(self, starting: Sequence[Tracked]) -> None:
        if not starting:
            return
        self._await_since()
        if self._options.batch is not None and len(starting) == len(self.tracked):
            self._start_batch(starting)
        else:
            self._start_each(starting)
        if self._goal.gated:  # only then there is a turn to keep
            self._await_effect(starting)

    def _await_since(self) -> None:
        """``since`` is rounded up to a full second: no pass of ours may begin before it."""
        if self._options.since:
            left = self._options.since - dt.datetime.now(dt.timezone.utc)
            time.sleep(max(0.0, left.total_seconds()))

    def _start_batch(self, starting: Sequence[Tracked]) -> None:
        moment = dt.datetime.now(dt.timezone.utc)
        try:
            self._client.send(
                self._goal.batch_call,
                {contract.BATCH: self._options.batch},
                lambda: self._shows(self._client.all(self._took, starting)),
            )
        except Refused:
            if self._goal.user_call is None:
                raise
            # One user may stand against the whole batch; the others need not suffer for it. Or it has
            # been started meanwhile, by somebody else or by a call of ours whose answer was lost.
            self._start_each(self._unmoved(starting))
            return
        for one in starting:
            self._note_start(one, moment)
            self.started[one.tag] = one

    def _shows(self, took: Sequence[bool]) -> bool:
        """Whether a call for the batch happened; a member may come to rest without having been stopped."""
        return all(took) if self._goal.batch_call is contract.STOP_BATCH else any(took)

    def _unmoved(self, users: Sequence[Tracked]) -> list[Tracked]:
        """Those whose status is still what it was; the others are on their way, and awaited."""
        statuses = self._watch.all_statuses([one.tag for one in users])
        for one, status in zip(users, statuses):
            one.settled = False
            if status != one.fact.status:
                self._note_another_start(one)
                one.fact = Fact(status, one.fact.passes)
        return [one for one in users if one.standing is not Standing.ACTIVE]

    def _start_each(self, starting: Sequence[Tracked]) -> None:
        for result in self._client.each(self._start_one, starting):
            if isinstance(result, CloudiwayError):
                raise result

    def _start_one(self, one: Tracked) -> None:
        moment = dt.datetime.now(dt.timezone.utc)
        call = self._goal.user_call or self._goal.batch_call
        try:
            self._client.send(call, {contract.TAG: one.tag}, lambda: self._took(one))
        except Refused as why:
            one.of_this_run = True
            if self._is_on_its_way(one):
                self._note_another_start(one)
                return
            hint = _LICENSE_HINT if call.repeat is Repeat.START else ""
            settle(one, _FAILED, f"{call} was refused: {why.message}{hint}")
        else:
            self._note_start(one, moment)
            self.started[one.tag] = one

    def _note_start(self, one: Tracked, moment: dt.datetime) -> None:
        # After an earlier pass, which history may show late, its moment proves nothing.
        known = None if one.active_at else moment
        self._note(one, Start(known, one.fact.status, one.fact.pass_count))

    def _note_another_start(self, one: Tracked) -> None:
        """Note that somebody else was faster: the user is awaited, and its pass may show late."""
        if self._goal.reads_history:
            self._note(one, Start(None, None, one.fact.pass_count))
        else:
            self._expect(one)

    def _is_to_be_seen(self, one: Tracked) -> bool:
        """Whether what another task has started is yet to show: its effect, or its pass."""
        if one.standing is Standing.ACTIVE:
            return self._goal.reads_history
        before = self._options.started_passes.get(one.tag)
        if one.standing is Standing.DONE and self._goal.reads_history and before is not None:
            return len(one.fact.passes or ()) <= before  # it is another pass that is done
        return one.standing in (_TO_DO, _FAILED)

    def _note_handed_on(self, one: Tracked) -> None:
        """Note a start that another task made, and handed on."""
        # It may not show yet: a failure that was there before it looks the same.
        status = one.fact.status if one.standing in (_TO_DO, _FAILED) else None
        passes = self._options.started_passes.get(one.tag)
        if passes is None and status:
            passes = one.fact.pass_count
        self._note(one, Start(self._options.started_at, status, passes))

    def _note(self, one: Tracked, start: Start) -> None:
        one.start = start
        one.starts += 1
        self._expect(one)

    def _expect(self, one: Tracked) -> None:
        one.standing, one.settled, one.of_this_run = Standing.ACTIVE, False, True
        one.odd_since = None

    def _await_effect(self, starting: Sequence[Tracked]) -> None:
        """Keep the turn until whoever looks next sees it: a status may lag behind what was accepted.

        One user speaks for all, as they were accepted together. Its pass, where it shows by then,
        shows a zone that is ahead, even if nobody stays to see it end: that one would let a pass from
        before ``since`` count. One that is behind is told from a late history by who waits.
        """
        accepted = [one for one in starting if one.start and one.standing is Standing.ACTIVE]
        if not accepted:
            return
        began = time.monotonic()
        ends = began + min(self._judge.grace, self._options.wait_timeout)
        pause = SHORTEST_PAUSE
        # Whom a look says nothing of may have been deleted, or be back where it was at once.
        telling = [one for one in accepted if not self._says_little(one)]
        for speaker in itertools.cycle(telling or accepted):
            if self._is_on_its_way(speaker):
                break
            left = ends - time.monotonic()
            if left <= 0:
                for one in accepted:  # they have been borne with
                    one.odd_since = began
                return
            time.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)
        if self._goal.reads_history:
            passes = self._watch.histories([speaker.tag])[speaker.tag]
            if not isinstance(passes, Refused):
                refuse_future(speaker.label, passes)

    def _says_little(self, _one: Tracked) -> bool:
        """Whether a user may show nothing, although the call that was for it has happened."""
        return False

    def _is_on_its_way(self, one: Tracked) -> bool:
        """Whether a start can be seen to have happened; one who has been deleted is not."""
        try:
            return self._took(one)
        except Refused:
            return False

    def _took(self, one: Tracked) -> bool:
        """Whether a start (or stop) whose answer was lost can be seen to have happened."""
        status = self._client.status(one.tag)
        if self._goal.batch_call is contract.STOP_BATCH:
            return not status.active or status.name == "STOPPING"
        if status.active or status != one.fact.status:
            return True  # whatever it is now: who was stopped, or whom nobody knows, stays so
        return one.fact.passes is not None and len(self._watch.history(one.tag)) > len(
            one.fact.passes
        )

    # Look -----------------------------------------------------------------------------------

    def wait(self) -> None:
        """Look until all are settled. Raises TimedOut, WrongClock, or a Fault."""
        wait(
            self._look,
            poll_interval=self._options.poll_interval,
            wait_timeout=self._options.wait_timeout,
        )

    def _look(self) -> Look:
        waiting = [one for one in self.tracked if not one.settled]
        facts = self._watch.track(self._goal, [(one.tag, one.user) for one in waiting])
        moved = any(one.fact.status != fact.status for one, fact in zip(waiting, facts))
        for one, fact in zip(waiting, facts):
            self._judge.judge(one, fact)
        self._start_again([one for one in waiting if not one.settled and self._is_to_start(one)])
        if all(one.settled for one in self.tracked):
            self._retry()
        self._tell()
        settled = [one.settled for one in self.tracked]
        return Look(all(settled), moved or any(one.settled for one in waiting))

    def _tell(self) -> None:
        """Tell where the run is."""
        self._progress.tell(*self._line())

    def _line(self) -> tuple[str, str]:
        """Where the run is, and its outlook."""
        waiting = [one for one in self.tracked if not one.settled]
        bad = [one for one in self.tracked if one.settled and one.standing is not Standing.DONE]
        throttled = sum(one.fact.status.phase is Phase.THROTTLED for one in waiting)
        settled = len(self.tracked) - len(waiting)
        passes = [
            one.newest for one in self.tracked if one.settled and one.of_this_run and one.newest
        ]
        items = sum(one.items.success for one in passes)
        counts = {
            "under way": len(waiting) - throttled,
            "throttled": throttled,
            "failed": len(bad),
            "items moved": items,
        }
        name = f"{self._options.batch or self.tracked[0].label} {self._goal.name}{self._aside()}"
        seconds = self._progress.seconds()
        views = [
            _rate(items, passes),
            outlook(
                settled - self._settled_before, len(self.tracked) - self._settled_before, seconds
            ),
        ]
        line = counted(name, settled, len(self.tracked), "settled", counts)
        return line, ", ".join(filter(None, views))

    def _aside(self) -> str:
        """What is said of the whole run beside its name."""
        return ""

    def _is_to_start(self, one: Tracked) -> bool:
        return one.standing is _TO_DO and one.odd_since is None

    # Retry ----------------------------------------------------------------------------------

    def _retry(self) -> None:
        """Start the failed users of this run once more, where the gate would not pass."""
        bad = [one for one in self.tracked if one.standing in (_FAILED, Standing.UNKNOWN)]
        again = [one for one in bad if one.of_this_run and _can_be_retried(one)]
        if self._rounds <= 0 or not again or self._goal.user_call is None:
            return
        if not self._goal.gated or not objections(self.tracked, len(bad), self._options):
            return
        if any(one.of_this_run and one.fact.status.name == "STOP" for one in bad):
            return  # somebody wants them to stand still
        self._rounds -= 1
        self._start_again(again)

    def _start_again(self, users: Sequence[Tracked]) -> None:
        """Start users while the run waits, unless another run was faster: then they are awaited."""
        if not users:
            return
        account, options = self._client.connection.account, self._options
        with contextlib.ExitStack() as until_begun:
            if self._goal.gated:  # a stop comes before all others
                turn = to_start_turn(account, options.batch, options.wait_timeout)
                until_begun.enter_context(turn)
            self._start(self._unmoved(users))


def _rate(items: int, passes: Sequence[Pass]) -> str:
    """How many items were moved in a second, from the first beginning of these passes on."""
    if not items:
        return ""
    first = min(one.start for one in passes)
    seconds = (dt.datetime.now(dt.timezone.utc) - first).total_seconds()
    return f"{items / seconds:,.0f} items/s" if seconds > 1 else ""


def _can_be_retried(one: Tracked) -> bool:
    status = one.fact.status
    if one.standing is not _FAILED or one.is_puzzling:  # a start may yet show: none on top of it
        return False
    return status.name not in ("STOP", "LICENSE_EXCEEDED")
