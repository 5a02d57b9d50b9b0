# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom cloudiway_migration is to start: its plan. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ._standing import Gate, Goal, Standing, has_permissions, will_be_to_do
from ._tracked import Tracked, items_failed_percent


@dataclass(frozen=True)
class Options:
    """What cloudiway_migration was asked for; durations in seconds."""

    goal: Goal
    batch: str | None = None
    since: dt.datetime | None = None
    zone: dt.tzinfo = dt.timezone.utc
    gate: Gate = field(default_factory=Gate)
    retries: int = 0
    poll_interval: float = 30.0
    wait_timeout: float = 86400.0
    #: Users that a task before this one has started: not to be started again.
    started_tags: frozenset[str] = field(default_factory=frozenset)
    #: When that task began, and how many passes the history had of each before.
    started_at: dt.datetime | None = None
    started_passes: Mapping[str, int] = field(default_factory=dict)


def objections(tracked: Sequence[Tracked], bad: int, options: Options) -> list[str]:
    """Why the gate does not let pass; items count only for the state that is about passes."""
    percent = items_failed_percent(tracked) if options.goal.reads_history else 0.0
    return options.gate.objections(bad, percent)


def mind_left_behind(tracked: Sequence[Tracked], goal: Goal) -> None:
    """Take those whom their batch has left behind as failed, not as yet to do.

    The gate of an earlier run let the others go on to their permissions, so the gate decides again.
    What proves it is a member who has reached the state and whose permissions were migrated after
    that: the service migrates those of a whole batch at once (2.24).
    """
    if any(one.standing is Standing.DONE and has_permissions(one.fact) for one in tracked):
        for one in tracked:
            if one.standing is Standing.TO_DO and one.fact.status.name in goal.left_behind:
                one.standing = Standing.FAILED


def to_start(tracked: Sequence[Tracked], options: Options) -> list[Tracked]:
    """Who is yet to do, and who failed in earlier runs where the gate minds."""
    starting = [one for one in tracked if one.standing is Standing.TO_DO]
    failed = [one for one in tracked if one.standing is Standing.FAILED]
    unknown = [one for one in tracked if one.standing is Standing.UNKNOWN]
    if objections(tracked, len(failed) + len(unknown), options):
        starting += failed
    starting = [one for one in starting if one.tag not in options.started_tags]
    if options.goal.user_call is None:
        # Permissions run for a whole batch; one that holds an unknown user is not acted upon.
        return list(tracked) if starting and not unknown else []
    return starting


def to_start_later(tracked: Sequence[Tracked], options: Options) -> list[Tracked]:
    """Users that are active with something else: they are awaited, and started then."""
    found = [
        one
        for one in tracked
        if one.standing is Standing.ACTIVE
        and one.tag not in options.started_tags
        and will_be_to_do(options.goal, one.fact, options.since)
    ]
    if options.goal.user_call is None:
        is_known = all(one.standing is not Standing.UNKNOWN for one in tracked)
        return list(tracked) if found and is_known else []
    return found
