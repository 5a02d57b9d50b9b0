# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible's own validation cannot say about options.

Each check takes the options of a module and raises InvalidInput with every fault that it finds.
"""

from __future__ import annotations

import datetime as dt
import typing as t
from collections.abc import Iterable, Iterator

from ._errors import InvalidInput
from ._moments import LONGEST, parse_moment, parse_zone
from ._roster import batch_fault, text_fault

if t.TYPE_CHECKING:
    from ._argspec import Params


def check_batch(params: Params) -> None:
    """Raise InvalidInput unless the name of the batch, where one is given, can be one."""
    refuse(_batch_faults(params))


def check_selection(params: Params) -> None:
    """Raise InvalidInput unless batch or user can be one, and server_timezone is a time zone."""
    faults = [*_batch_faults(params), *_user_faults(params), *_zone_faults(params)]
    if params["batch"] is None and not (params["source_email"] or params["migration_tag"]):
        faults.append("source_email, migration_tag: what is given is empty; name a user or a batch")
    refuse(faults)


def check_user(params: Params) -> None:
    """Raise InvalidInput unless what a user is looked for by can be sent."""
    refuse(_user_faults(params))


def check_waiting(params: Params) -> None:
    """Raise InvalidInput unless moments are of the past and every number is in its range."""
    refuse([*_moment_faults(params), *_number_faults(params)])


def check_progress(params: Params) -> None:
    """Raise InvalidInput unless progress_interval is a number of seconds."""
    pause = params["progress_interval"]
    if not 0 <= pause <= LONGEST:
        refuse([f"progress_interval: {pause} is not a number of seconds from 0 to a year"])


def _batch_faults(params: Params) -> Iterator[str]:
    for option in ("batch", "name"):
        name = params.get(option)
        fault = None if name is None else batch_fault(name)
        if fault:
            yield f"{option}: {fault}"


def _user_faults(params: Params) -> Iterator[str]:
    for option in ("source_email", "target_email", "migration_tag"):
        fault = text_fault(params.get(option) or "")
        if fault:
            yield f"{option}: {fault}"


def _zone_faults(params: Params) -> Iterator[str]:
    zone = params["server_timezone"]
    try:
        parse_zone(zone)
    except ValueError as why:
        yield f"server_timezone: {zone!r}: {why}"


def _moment_faults(params: Params) -> Iterator[str]:
    for option in ("since", "started_at"):
        moment = params[option]
        if moment is None:
            continue
        try:
            ahead = parse_moment(moment) - dt.datetime.now(dt.timezone.utc)
        except ValueError as why:
            yield f"{option}: {moment!r}: {why}"
        else:
            if ahead >= dt.timedelta(seconds=1):  # rounding up to a full second may bring it so far
                yield f"{option}: {moment!r} is in the future; expected a moment that has passed"


def _number_faults(params: Params) -> Iterator[str]:
    for tag, count in params["started_passes"].items():
        if not isinstance(count, int) or count < 0:
            yield f"started_passes: {tag}: {count!r} is not a number of passes"
    pause, longest = params["poll_interval"], params["wait_timeout"]
    if not 0 < pause <= LONGEST:
        yield f"poll_interval: {pause} is not a number of seconds above 0 and up to a year"
    if not 0 <= longest <= LONGEST:
        yield f"wait_timeout: {longest} is not a number of seconds from 0 to a year"
    if params["retries"] < 0:
        yield f"retries: {params['retries']} is below 0"
    yield from gate_faults(params)


def gate_faults(params: Params) -> Iterator[str]:
    """What is wrong with the limits of the gate."""
    if params["max_failed_users"] < 0:
        yield f"max_failed_users: {params['max_failed_users']} is below 0"
    percent = params["max_failed_items_percent"]
    if not 0 <= percent <= 100:
        yield f"max_failed_items_percent: {percent} is not from 0 to 100"


def refuse(faults: Iterable[str]) -> None:
    """Raise InvalidInput where there is a fault."""
    found = list(faults)
    if found:
        raise InvalidInput(found)
