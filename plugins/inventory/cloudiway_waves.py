# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of users becomes an inventory: each batch of users is a host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cloudiway_waves
short_description: Makes a list of users batches, and each batch a host
version_added: 1.0.0
author:
  - The cloudiway.mail contributors !UNKNOWN
description:
  - Reads the users of a migration from a CSV file, as the portal of Cloudiway imports it, or from
    the inventory file itself, and makes a host of every batch of users. So C(--limit), C(serial),
    forks and the recap of a play are about batches.
  - Users who name a batch are in that batch. Users who name none are dealt, in their order, into
    waves of O(batch_size) users. Rows that are appended leave all others in the batches where they
    are.
  - The name of the host is that of the batch in lower case, without accents, and with a hyphen in
    place of blanks and of the signs that mean something to C(--limit). So the batch
    C(Équipe Ventes & Co) is the host C(equipe-ventes-co). Batches whose names differ in nothing
    else are refused, since most often one batch is meant. As C(all), C(ungrouped), C(localhost) and
    the name of the group mean something else to C(--limit), the host of a batch of such a name has
    C(batch-) before it.
  - The whole list is checked before any host is made. All faulty rows are named together, with
    their lines.
  - Makes no request to Cloudiway, and needs no credentials.
options:
  plugin:
    description: Marks the file as one for this plugin.
    type: str
    required: true
    choices:
      - cloudiway.mail.cloudiway_waves
  users_file:
    description:
      - A CSV file of users in UTF-8, separated by commas or semicolons. A relative path begins at
        the folder of the inventory file.
      - The columns are C(SourceEmail) and C(TargetEmail), and where wanted C(FirstName),
        C(LastName), C(BatchName), C(SourceConnectorName), C(TargetConnectorName) and C(License)
        (V(missing), V(always) or V(never)). C(SourceRecipientType) and C(TargetRecipientType) are
        ignored.
      - Exactly one of O(users_file) and O(users) is needed.
    type: str
  users:
    description:
      - The users themselves, each by the names of the options of
        M(cloudiway.mail.cloudiway_mail_user).
    type: list
    elements: dict
  batch_size:
    description:
      - Users who name no batch are dealt into waves of this many. Without it they are a fault.
    type: int
  wave_name:
    description:
      - The names of the waves into which users are dealt. C({number}) is replaced by the number of
        the wave, from 1 on, and C({number:03d}) by the same with three digits at least.
      - No user may name a batch that has the name of such a wave.
    type: str
    default: "wave-{number:02d}"
  group:
    description:
      - The group of the hosts. The playbooks of this collection are about the default, so another is for playbooks of
        your own.
    type: str
    default: cloudiway_batches
  settings:
    description:
      - The settings of all batches, by the names of the options of
        M(cloudiway.mail.cloudiway_batch_settings).
    type: dict
    default: {}
  batches:
    description:
      - What is special to a batch, by the name of the batch (not of its host).
      - C(settings) is merged over O(settings). Anything else becomes a variable of the host, such
        as C(cutover_mx_switched_at).
    type: dict
    default: {}
notes:
  - The name of the inventory file must end in C(.cloudiway.yml) or C(.cloudiway.yaml).
  - Every host has the variables C(cloudiway_batch) (the name of the batch), C(cloudiway_users) (its
    users, by the names of the options of M(cloudiway.mail.cloudiway_mail_user), without the batch
    and without what is blank), C(cloudiway_settings), C(ansible_connection) (V(local)) and
    C(ansible_python_interpreter) (that of Ansible itself).
  - What the list says of users is never templated. O(settings) and the variables in O(batches) may
    hold templates.
  - Ansible only warns of an inventory that it cannot read, and goes on without it. Set
    C(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true), or C(any_unparsed_is_failed = true) in the
    section C([inventory]) of C(ansible.cfg), to stop there.
  - Where the inventory is a folder, keep the CSV file out of it, since Ansible tries to read every
    file in it as an inventory.
seealso:
  - module: cloudiway.mail.cloudiway_mail_users
  - module: cloudiway.mail.cloudiway_batch_settings
"""

EXAMPLES = r"""
# Users are dealt into wave-001, wave-002 and so on, but for those whose row names the batch Pilot.
# Mail of before 2020 stays behind, yet the pilot brings all; the first wave has been switched.
plugin: cloudiway.mail.cloudiway_waves
users_file: users.csv
batch_size: 200
wave_name: "wave-{number:03d}"
settings:
  migrate_mails: true
  migrate_calendars: true
  migrate_contacts: true
  from_date: "2020-01-01"
batches:
  Pilot:
    settings:
      from_date: ""
    cutover_max_failed_users: 2
  wave-001:
    cutover_mx_switched_at: "2026-03-27T22:00:00+01:00"

# Less will do: the column BatchName then says which batches there are.
# To try it: ansible-inventory -i migration.cloudiway.yml --graph
#
#   plugin: cloudiway.mail.cloudiway_waves
#   users_file: users.csv

# No other file is needed for a few users.
#
#   plugin: cloudiway.mail.cloudiway_waves
#   users:
#     - source_email: ada@old.example
#       target_email: ada@new.example
#       batch: Pilot
#     - source_email: grace@old.example
#       target_email: grace@new.example
#       batch: Pilot
#       license: always
"""

import datetime as dt
import os
import re
import sys
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ansible.errors import AnsibleParserError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin

from ansible_collections.cloudiway.mail.plugins.module_utils._contract import DATES, SWITCHES
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import InvalidInput
from ansible_collections.cloudiway.mail.plugins.module_utils._hosts import RESERVED, host_of
from ansible_collections.cloudiway.mail.plugins.module_utils._moments import parse_date
from ansible_collections.cloudiway.mail.plugins.module_utils._roster import (
    Row,
    batch_fault,
    deal,
    list_rows,
    people,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._users_file import read_users_file

# How a text is marked as one that is never templated, and how as one that may be.
_inert: Callable[[str], str]
_plain: Callable[[str], str]
try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19, every text is templated that is not marked unsafe
    from ansible.utils.unsafe_proxy import wrap_var

    _inert = wrap_var
    _plain = str
else:  # since then, none is that is not marked as trusted; a text made anew has no mark
    _inert = "".join
    _plain = trust_as_template

Options = Mapping[str, t.Any]

SUFFIXES: t.Final = (".cloudiway.yml", ".cloudiway.yaml")
#: What the host of a batch is called by its variables. An override may not name them.
BATCH: t.Final = "cloudiway_batch"
USERS: t.Final = "cloudiway_users"
SETTINGS: t.Final = "cloudiway_settings"
#: How many names of batches a message shows.
SHOWN: t.Final = 10

#: The line that says for which plugin a file is, and in how many bytes it is looked for.
_PLUGIN_LINE: t.Final = re.compile(rb"""^plugin:\s*["']?cloudiway\.mail\.cloudiway_waves\b""", re.M)
_HEAD: t.Final = 65536
_VARIABLE: t.Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER: t.Final = re.compile(r"\{number(?::0[1-9]d)?\}")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of the list: its name, its rows, and whether they were dealt into it."""

    name: str
    rows: list[Row]
    dealt: bool

    @property
    def origin(self) -> str:
        """Where its first user stands."""
        return self.rows[0][0]


class InventoryModule(BaseInventoryPlugin):
    """The plugin, as Ansible finds it."""

    NAME = "cloudiway.mail.cloudiway_waves"

    def verify_file(self, path: str) -> bool:
        """Whether the file is one for this plugin, by its name.

        Raises AnsibleParserError where it names the plugin, and has the name of another's.
        """
        if not super().verify_file(path):
            return False
        fits = path.endswith(SUFFIXES)
        if not fits and path.endswith((".yml", ".yaml")) and _names_plugin(path):
            raise AnsibleParserError(
                f"{path}: the name of a file for {self.NAME} must end in {' or '.join(SUFFIXES)};"
                " rename it"
            )
        return fits

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Add the batches of a file to the inventory. Raises AnsibleParserError with all faults."""
        super().parse(inventory, loader, path, cache)
        try:
            given = self._read_config_data(path)
        except (
            TypeError
        ) as why:  # where a number is due and a mapping comes, ansible-core 2.18 lets it out
            raise AnsibleParserError(f"{path}: an option is of a wrong type: {why}") from None
        options = self.get_options()
        try:
            hosts = hosts_of(options, given, os.path.dirname(os.path.abspath(path)))
        except InvalidInput as why:
            file = options["users_file"]
            where = f"{path}, users_file {file}" if file else path
            # Ansible before 2.19 makes one paragraph of a warning; the bullets keep faults apart.
            faults = why.message.replace("\n", "\n- ")
            raise AnsibleParserError(f"{where}: {faults}") from None
        for host in hosts:
            known = inventory.hosts.get(host)
            if known is not None and USERS in known.vars:
                raise AnsibleParserError(f"{path}: {host} is a batch of another inventory file too")
        group = inventory.add_group(options["group"])
        for host, variables in hosts.items():
            inventory.add_host(host, group=group)
            for name, value in variables.items():
                inventory.set_variable(host, name, value)


def _names_plugin(path: str) -> bool:
    with open(path, "rb") as file:
        return _PLUGIN_LINE.search(file.read(_HEAD)) is not None


def hosts_of(options: Options, given: Options, folder: str) -> dict[str, dict[str, t.Any]]:
    """The hosts and their variables. given is the file as it is, options has the defaults too.

    folder is where a relative users_file begins. Raises InvalidInput with all faults.
    """
    faults = [
        f"{name}: no option of this plugin; known are {', '.join(options)}"
        for name in given
        if name not in options
    ]
    wave_faults = list(_wave_faults(options))
    settings, overrides = options["settings"] or {}, _overrides(options)
    faults += [*wave_faults, *_group_faults(options["group"]), *_settings_faults(settings)]
    for name, special in overrides.items():
        faults += [f"batches: {name}: {fault}" for fault in _override_faults(special)]
    rows, found = _rows(options, folder)
    faults += found
    # Where it is not known how to deal, the batches that users name are looked at all the same.
    known = str if wave_faults or options["batch_size"] is None else (str, type(None))
    usable = [row for row in rows if isinstance(row[1].get("batch"), known)]
    batches = _batches(usable, options)
    hosts, found = _hosts(batches, options["group"])
    faults += found
    if rows and len(usable) == len(rows):
        faults += _unmatched(overrides, [batch.name for batch in batches])
    if faults:
        raise InvalidInput(faults)
    return {
        host: _variables(batch, settings, overrides.get(batch.name, {}))
        for host, batch in hosts.items()
    }


def _wave_faults(options: Options) -> Iterator[str]:
    size, name = options["batch_size"], options["wave_name"]
    if size is not None and size < 1:
        yield f"batch_size: {size} is less than 1"
    around = _NUMBER.split(name)
    if len(around) != 2 or re.search("[{}]", "".join(around)):
        yield (
            f"wave_name: {str(name)!r} holds not just one {{number}}; expected a name such as"
            " wave-{number:02d}"
        )
    else:
        fault = batch_fault(name.format(number=1))
        if fault:
            yield f"wave_name: {fault}"


def _group_faults(group: str) -> Iterator[str]:
    if not _VARIABLE.fullmatch(group) or group in RESERVED:
        yield f"group: {str(group)!r} is no name for a group; expected letters, digits and _"


def _settings_faults(settings: t.Any) -> Iterator[str]:
    if not isinstance(settings, Mapping):
        yield "settings: expected a mapping of settings"
        return
    for name, value in settings.items():
        if name not in SWITCHES and name not in DATES:
            yield f"settings: {name}: no setting; known are {', '.join([*SWITCHES, *DATES])}"
        elif isinstance(value, str) and "{{" in value:
            continue  # what a template comes to is seen when the batch is configured
        elif name in SWITCHES:
            try:
                boolean(value)
            except TypeError:
                yield f"settings: {name}: expected true or false, not {value!r}"
        else:
            try:
                parse_date(str(_written(value)))
            except ValueError as why:
                yield f"settings: {name}: {str(value)!r}: {why}"


def _overrides(options: Options) -> dict[str, t.Any]:
    """What is special to each batch. YAML reads the name of a batch named 7 as a number."""
    return {str(name): special or {} for name, special in (options["batches"] or {}).items()}


def _override_faults(special: t.Any) -> Iterator[str]:
    if not isinstance(special, Mapping):
        yield "expected a mapping of settings and variables"
        return
    yield from _settings_faults(special.get("settings") or {})
    for name in special:
        if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
            yield f"{name!r} is no name for a variable; expected letters, digits and _"
        elif name in (BATCH, USERS, SETTINGS):
            yield f"{name} comes from the list of users and from settings, and cannot be given here"
        elif name != "settings" and get_close_matches(name.lower(), ["settings"], cutoff=0.87):
            yield f"{name}: did you mean settings? If it is one of your own, give it another name"


def _rows(options: Options, folder: str) -> tuple[list[Row], list[str]]:
    """The rows of the list, as far as it can be read, and all faults of it."""
    file, users = options["users_file"], options["users"]
    if (file is None) == (users is None):
        return [], ["users_file, users: expected exactly one of them"]
    rows: list[Row] = []
    faults: list[str] = []
    path = os.path.join(folder, os.path.expanduser(file or ""))
    try:
        rows = list_rows(users) if file is None else read_users_file(path)
        people(rows)
    except InvalidInput as why:
        faults += why.faults
    if not rows and not faults:
        faults.append("users: there is no user")
    nameless = [origin for origin, fields in rows if "batch" not in fields]
    if nameless and options["batch_size"] is None:
        faults.append(
            f"{_some(nameless)}: no batch; expected one for each user, or batch_size to deal those"
            " users into waves"
        )
    return rows, faults


def _batches(rows: list[Row], options: Options) -> list[Batch]:
    """The batches in the order of their first users, and the waves into which others are dealt."""
    batches: list[Batch] = []
    number = 0
    for name, members in deal(rows, options["batch_size"]):
        if name is None:
            number += 1
            wave = options["wave_name"].format(number=number)
            batches.append(Batch(wave, members, dealt=True))
        else:
            batches.append(Batch(name, members, dealt=False))
    return batches


def _hosts(batches: list[Batch], group: str) -> tuple[dict[str, Batch], list[str]]:
    """The batches by the names of their hosts, and what speaks against such a name."""
    hosts: dict[str, Batch] = {}
    faults: list[str] = []
    for batch in batches:
        host = host_of(batch.name, group)
        other = hosts.setdefault(host, batch)
        if not host:
            faults.append(
                f"{batch.origin}: batch: {batch.name!r} makes no name for a host; expected a letter"
                " or a digit in it"
            )
        elif other is not batch and (batch.dealt or other.dealt):
            named = other if batch.dealt else batch
            faults.append(
                f"{named.origin}: batch: {named.name!r} is the name of a wave into which users are"
                " dealt; expected another name, or another wave_name"
            )
        elif other is not batch:
            faults.append(
                f"{batch.origin}: batch: {batch.name!r} and {other.name!r} ({other.origin}) would"
                f" both be the host {host}; expected the same name, or names further apart"
            )
    return hosts, faults


def _unmatched(overrides: Options, names: list[str]) -> Iterator[str]:
    for name in overrides:
        if name not in names:
            yield f"batches: no user is in a batch {name!r}; the batches are {_some(names)}"


def _variables(batch: Batch, settings: Options, special: Options) -> dict[str, t.Any]:
    """The variables of a batch's host."""
    users = [
        {
            name: _marked(value) if isinstance(value, str) else value
            for name, value in fields.items()
            if name != "batch"
        }
        for _unused, fields in batch.rows
    ]
    own = {name: _written(value) for name, value in special.items() if name != "settings"}
    return {
        "ansible_connection": _marked("local"),
        "ansible_python_interpreter": _marked(sys.executable),
        **own,
        BATCH: _marked(batch.name),
        USERS: users,
        SETTINGS: _written({**settings, **(special.get("settings") or {})}),
    }


def _marked(text: str) -> str:
    """A text that is never templated. It is marked only where it could be a template.

    ansible-inventory shows a mark in place of each text that has one.
    """
    return _inert(text) if "{" in text else _plain(text)


def _written(value: t.Any) -> t.Any:
    """A value of a YAML file, with dates and moments, which YAML reads as such, in ISO 8601."""
    if isinstance(value, dt.date):
        return _plain(value.isoformat())
    if isinstance(value, Mapping):
        return {name: _written(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_written(one) for one in value]
    return value


def _some(names: list[str]) -> str:
    """The first of many names, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
