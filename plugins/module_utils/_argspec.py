# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that modules share: tables, each documented by the fragment of the same subject."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible.module_utils.basic import env_fallback

from ._contract import DATES, SURFACES, SWITCHES
from ._roster import LICENSE_WORDS, STATES

Options = dict[str, dict[str, t.Any]]
Params = Mapping[str, t.Any]

#: Documented by the fragment connection. The credentials are needed, but Ansible would not say that
#: the environment may have them: Connection.of does.
CONNECTION: t.Final[Options] = {
    "consumer_key": {
        "type": "str",
        "no_log": False,  # it names the account; the secret is the other one
        "fallback": (env_fallback, ["CLOUDIWAY_CONSUMER_KEY"]),
    },
    "consumer_secret": {
        "type": "str",
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

#: What a gate lets through.
GATE: t.Final[Options] = {
    "max_failed_users": {"type": "int", "default": 0},
    "max_failed_items_percent": {"type": "float", "default": 0},
}

#: How long cloudiway_migration waits, how often it tries, and what its gate lets through.
WAITING: t.Final[Options] = {
    "since": {"type": "str"},
    "retries": {"type": "int", "default": 0},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 86400},
    "poll_interval": {"type": "float", "default": 30},
    **GATE,
    "started_tags": {"type": "list", "elements": "str", "default": []},
    "started_at": {"type": "str"},
    # Said, as Ansible takes what is called so for a password.
    "started_passes": {"type": "dict", "default": {}, "no_log": False},
}
