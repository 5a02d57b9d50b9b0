# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that modules share, and what Ansible's own validation cannot say about options.

The first half is tables, each documented by the fragment of the same subject. The second half is
checks: each takes the options of a module and raises InvalidInput with every fault that it finds.
"""

from __future__ import annotations

import datetime as dt
import math
import typing as t
from collections.abc import Iterable, Iterator, Mapping

from ansible.module_utils.basic import env_fallback

from ._contract import DATES, SURFACES, SWITCHES
from ._errors import InvalidInput
from ._moments import parse_moment, parse_zone
from ._roster import LICENSE_WORDS, STATES, batch_fault

Options = dict[str, dict[str, t.Any]]
Params = Mapping[str, t.Any]

#: Documented by the fragment connection.
CONNECTION: t.Final[Options] = {
    "consumer_key": {
        "type": "str",
        "required": True,
        "no_log": False,  # it names the account; the secret is the other one
        "fallback": (env_fallback, ["CLOUDIWAY_CONSUMER_KEY"]),
    },
    "consumer_secret": {
        "type": "str",
        "required": True,
        "no_log": True,
        "fallback": (env_fallback, ["CLOUDIWAY_CONSUMER_SECRET"]),
    },
    "api_url": {
        "type": "str",
        "default": "https://apps.cloudiway.com/api",
        "fallback": (env_fallback, ["CLOUDIWAY_API_URL"]),
    },
    "migration_type": {"type": "str", "choices": list(SURFACES), "default": "mail"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "float", "default": 60},
    "retry_timeout": {"type": "float", "default": 300},
    "concurrency": {"type": "int", "default": 8},
}

#: Whether a user or a batch shall exist.
EXISTENCE: t.Final = {"type": "str", "choices": list(STATES), "default": "present"}

#: One user, as cloudiway_mail_user declares it.
PERSON: t.Final[Options] = {
    "source_email": {"type": "str"},
    "target_email": {"type": "str"},
    "migration_tag": {"type": "str"},
    "first_name": {"type": "str"},
    "last_name": {"type": "str"},
    "source_connector": {"type": "str"},
    "target_connector": {"type": "str"},
    "batch": {"type": "str"},
    "license": {"type": "str", "choices": list(LICENSE_WORDS), "default": "missing"},
    "state": EXISTENCE,
    "force": {"type": "bool", "default": False},
}

#: One row of cloudiway_mail_users. Nothing has a default here: what a row leaves out is taken from
#: the option defaults. The words are checked with the rows, so that all faulty rows are named.
ROW: t.Final[Options] = {name: {"type": option["type"]} for name, option in PERSON.items()}

#: What the option defaults of cloudiway_mail_users may hold.
ROW_DEFAULTS: t.Final[Options] = {
    name: {key: value for key, value in PERSON[name].items() if key != "default"}
    for name in ("source_connector", "target_connector", "batch", "license", "state", "force")
}

#: The settings of a batch; what is left out is left as it is.
SETTINGS: t.Final[Options] = {
    **{name: {"type": "bool"} for name in SWITCHES},
    **{name: {"type": "str"} for name in DATES},
}

#: Which users a migration is about. Documented by the fragment selection.
SELECTION: t.Final[Options] = {
    "batch": {"type": "str"},
    "source_email": {"type": "str"},
    "target_email": {"type": "str"},
    "migration_tag": {"type": "str"},
    "server_timezone": {"type": "str", "default": "UTC"},
}
SELECTION_RULES: t.Final[dict[str, t.Any]] = {
    "mutually_exclusive": [
        ("batch", "source_email", "migration_tag"),
        ("target_email", "batch"),
        ("target_email", "migration_tag"),
    ],
    "required_one_of": [("batch", "source_email", "migration_tag")],
    "required_by": {"target_email": ("source_email",)},
}

#: How a module tells its progress. Documented by the fragment progress.
PROGRESS: t.Final[Options] = {
    "progress_interval": {"type": "float", "default": 30},
    "progress_file": {"type": "path"},
}

#: How long cloudiway_migration waits, how often it tries, and what its gate lets through.
WAITING: t.Final[Options] = {
    "since": {"type": "str"},
    "retries": {"type": "int", "default": 0},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 86400},
    "poll_interval": {"type": "float", "default": 30},
    "max_failed_users": {"type": "int", "default": 0},
    "max_failed_items_percent": {"type": "float", "default": 0},
    "started_tags": {"type": "list", "elements": "str", "default": []},
}


def check_batch(params: Params) -> None:
    """Raise InvalidInput unless the name of the batch, where one is given, can be one."""
    _refuse(_batch_faults(params))


def check_selection(params: Params) -> None:
    """Raise InvalidInput unless the batch can be one, and server_timezone is a time zone."""
    _refuse([*_batch_faults(params), *_zone_faults(params)])


def check_waiting(params: Params) -> None:
    """Raise InvalidInput unless since is a moment of the past and every number is in its range."""
    _refuse([*_since_faults(params), *_number_faults(params)])


def check_progress(params: Params) -> None:
    """Raise InvalidInput unless progress_interval is a number of seconds."""
    pause = params["progress_interval"]
    if not (math.isfinite(pause) and pause >= 0):
        _refuse([f"progress_interval: {pause} is not a number of seconds from 0"])


def _batch_faults(params: Params) -> Iterator[str]:
    for option in ("batch", "name"):
        name = params.get(option)
        fault = None if name is None else batch_fault(name)
        if fault:
            yield f"{option}: {fault}"


def _zone_faults(params: Params) -> Iterator[str]:
    zone = params["server_timezone"]
    try:
        parse_zone(zone)
    except ValueError as why:
        yield f"server_timezone: {zone!r}: {why}"


def _since_faults(params: Params) -> Iterator[str]:
    since = params["since"]
    if since is None:
        return
    try:
        ahead = parse_moment(since) - dt.datetime.now(dt.timezone.utc)
    except ValueError as why:
        yield f"since: {since!r}: {why}"
    else:
        if ahead >= dt.timedelta(seconds=1):  # rounding up to a full second may bring it so far
            yield f"since: {since!r} is in the future; expected a moment that has passed"


def _number_faults(params: Params) -> Iterator[str]:
    pause, longest = params["poll_interval"], params["wait_timeout"]
    if not (math.isfinite(pause) and pause > 0):
        yield f"poll_interval: {pause} is not a number of seconds above 0"
    if not (math.isfinite(longest) and longest >= 0):
        yield f"wait_timeout: {longest} is not a number of seconds from 0"
    for name in ("retries", "max_failed_users"):
        if params[name] < 0:
            yield f"{name}: {params[name]} is below 0"
    percent = params["max_failed_items_percent"]
    if not 0 <= percent <= 100:
        yield f"max_failed_items_percent: {percent} is not from 0 to 100"


def _refuse(faults: Iterable[str]) -> None:
    found = list(faults)
    if found:
        raise InvalidInput(found)
