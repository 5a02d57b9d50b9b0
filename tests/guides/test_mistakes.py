# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes that somebody new makes: each leads to a message that says what to do.

Real plays are made, so mistakes that are found together are made together. Those of single modules,
of the list of users and of the inventory are in the unit tests of each.
"""

from __future__ import annotations

import pytest

from ansible_collections.cloudiway.mail.tests.guides.conftest import KEY, SECRET, Room

FILES = {
    "users.csv": (
        "SourceEmail,TargetEmail,BatchName\nada@old.example.com,ada@new.example.com,Pilot\n"
    ),
    "waves.cloudiway.yml": "plugin: cloudiway.mail.cloudiway_waves\nusers_file: users.csv\n",
    "bare.cloudiway.yml": "users_file: users.csv\n",
    "waves.yml": "plugin: cloudiway.mail.cloudiway_waves\nusers_file: users.csv\n",
    "broken.cloudiway.yml": "plugin: cloudiway.mail.cloudiway_waves\nuser_file: users.csv\n",
    "two.yml": (
        "cloudiway_batches: {hosts: {one: {cloudiway_users: [], cloudiway_setings: {}},"
        " two: {cloudiway_users: [], cutover_mx_tll: 300}}}\n"
    ),
    "report.yml": (
        "- {hosts: two, connection: local, gather_facts: false, roles: [cloudiway.mail.report],"
        " vars: {report_dir: reports}}\n"
    ),
    "shadow/requests.py": 'raise ImportError("it is not installed")\n',
}
WITH_KEY = f"export CLOUDIWAY_CONSUMER_KEY={KEY}; "
WITH_BOTH = f"{WITH_KEY}export CLOUDIWAY_CONSUMER_SECRET={SECRET}; "
CUTOVER = "ansible-playbook -i waves.cloudiway.yml cloudiway.mail.cutover "
CONNECTORS = "-e cutover_source_connector=Exchange -e 'cutover_target_connector=\"Microsoft 365\"' "

MISSPELT = (
    "-e cutover_mx_switchd_at=2026-03-27T22:00:00Z -e report_titel=Moves -e cutover_poll_every=9"
    " -e cutover_prestage_until=31/01/2026 -e cutover_poll_interval=0 -e cutover_server_timezone=CET+1"
    " -e cutover_switch_tasks=mx.yml -e cutover_delta_since=yesterday -e cutover_source_connector=Exchnage"
    " -e cutover_report_dir=users.csv"
)
NO_MOMENTS = "-e cutover_mx_switched_at=2026-03-27 -e cutover_delta_since=2026-02-30T22:00:00Z"
#: The playbooks that are nothing without an inventory.
OVER_BATCHES = ("cutover", "delta", "final", "status", "stop")
#: A playbook, what is given to it, and what is meant.
MISSPELT_ELSEWHERE = (
    ("delta", "delta_sinc", "delta_since"),
    ("final", "swiched_at", "switched_at"),
    ("status", "report_dri", "report_dir"),
    ("declare_switch", "switchde_at", "switched_at"),
    ("export", "exprt_dir", "export_dir"),
    ("rehearsal", "user_file", "users_file"),
    ("rehearsal", "rehearsal_batch_siz", "rehearsal_batch_size"),
)
OF_NO_BATCH = "-a 'batch=Pilto state=migrated'"

#: What is typed, and pieces of what is said of it.
MISTAKES: dict[str, tuple[str, list[str]]] = {
    "variables": (
        f"{WITH_BOTH}{CUTOVER} {MISSPELT}",
        [
            "cutover_mx_switchd_at: no variable of this collection; did you mean cutover_mx_switched_at?",
            "report_titel: no variable of this collection; did you mean report_title?",
            "cutover_poll_every: no variable of this collection; did you mean cutover_poll_interval?",
            "ansible-doc --type role cloudiway.mail.cutover lists all",
            "cutover_prestage_until: '31/01/2026': expected a date as YYYY-MM-DD",
            "cutover_poll_interval: 0.0 is not a number of seconds above 0",
            "cutover_server_timezone: 'CET+1': expected UTC, an offset such as +02:00",
            "mx.yml; give its absolute path",
            "/users.csv is no folder; give the path of one, or of none that is there yet",
            "cutover_delta_since: 'yesterday': expected a moment in ISO 8601 with an offset from UTC",
            "source_connector: 'Exchnage' is not there; there is 'Exchange', 'Google Workspace'",
            "target_connector is needed to create the user; set cutover_target_connector",
        ],
    ),
    "phase": (
        f"{WITH_BOTH}{CUTOVER} -e cutover_phases=prestge -e cutover_license=allways",
        ["one or more of: validate, provision", "Got no match for: prestge", "missing, always"],
    ),
    "moment": (
        f"{WITH_BOTH}{CUTOVER} {CONNECTORS} {NO_MOMENTS}",
        [
            "cutover_mx_switched_at: '2026-03-27': expected a moment in ISO 8601 with an offset from UTC",
            "cutover_delta_since: '2026-02-30T22:00:00Z': there is no such day or time of day",
        ],
    ),
    "moment of the switch": (
        "ansible-playbook cloudiway.mail.declare_switch -e switched_at=27/03/2026",
        ["switched_at: '27/03/2026': expected a moment in ISO 8601 with an offset from UTC"],
    ),
    "switch that lies ahead": (
        "ansible-playbook cloudiway.mail.declare_switch -e switched_at=2126-03-27T22:00:00Z",
        ["switched_at: this moment lies ahead; declare it once it has passed"],
    ),
    "time to live": (
        f"{WITH_BOTH}{CUTOVER} {CONNECTORS} -e cutover_mx_ttl=-5",
        ["cutover_mx_ttl: -5 s is below 0"],
    ),
    "domain": (
        f"{WITH_BOTH}{CUTOVER} {CONNECTORS} -e cutover_target_domains=new.example",
        ["'ada@new.example.com' is in none of target_domains (new.example)"],
    ),
    "no credentials": (
        CUTOVER,
        [
            "consumer_key: is needed, as an option or in the environment as CLOUDIWAY_CONSUMER_KEY",
            "in the environment as CLOUDIWAY_CONSUMER_SECRET",
        ],
    ),
    "wrong secret": (
        f"{WITH_KEY}export CLOUDIWAY_CONSUMER_SECRET=of-another-account; {CUTOVER}",
        ["The consumer key or the consumer secret is wrong"],
    ),
    "URL without https": (
        f"{WITH_BOTH}export CLOUDIWAY_API_URL=apps.cloudiway.com; {CUTOVER}",
        ["api_url: 'apps.cloudiway.com' is not like https://apps.cloudiway.com/api"],
    ),
    "URL of another place": (
        f"{WITH_BOTH}export CLOUDIWAY_API_URL=$CLOUDIWAY_API_URL/v2; {CUTOVER}",
        ["no such call at http://127.0.0.1:", "is api_url right?"],
    ),
    "no requests": (
        f'{WITH_BOTH}export PYTHONPATH="$PWD/shadow"; {CUTOVER}',
        ["Failed to import the required Python library (requests) on"],
    ),
    **{
        f"no inventory to {playbook}": (
            f"{WITH_BOTH}ansible-playbook cloudiway.mail.{playbook}",
            ["no host in the group cloudiway_batches: give an inventory with -i"],
        )
        for playbook in OVER_BATCHES
    },
    **{
        f"misspelt variable {name} of {playbook}": (
            f"{WITH_BOTH}ansible-playbook -i waves.cloudiway.yml cloudiway.mail.{playbook} -e {name}=x",
            [f"{name}: no variable of this collection; did you mean {meant}?"],
        )
        for playbook, name, meant in MISSPELT_ELSEWHERE
    },
    "misspelt variable of the role report": (
        f"{WITH_BOTH}ansible-playbook -i two.yml report.yml -e report_titel=Moves",
        ["report_titel: no variable of this collection; did you mean report_title?"],
    ),
    "misspelt variable of an inventory of one's own": (
        f"{WITH_BOTH}ansible-playbook -i two.yml cloudiway.mail.cutover --limit one",
        ["cloudiway_setings: no variable of this collection; did you mean cloudiway_settings?"],
    ),
    "misspelt variable of the second batch": (
        f"{WITH_BOTH}ansible-playbook -i two.yml cloudiway.mail.status",
        ["cutover_mx_tll: no variable of this collection; did you mean cutover_mx_ttl?"],
    ),
    "inventory of another name": (
        f"{WITH_BOTH}ansible-playbook -i waves.yml cloudiway.mail.cutover",
        ["must end in .cloudiway.yml or .cloudiway.yaml; rename it", "give an inventory with -i"],
    ),
    "inventory of no plugin": (
        f"{WITH_BOTH}ansible-playbook -i bare.cloudiway.yml cloudiway.mail.cutover",
        ["ends in .cloudiway.yml and which says 'plugin: cloudiway.mail.cloudiway_waves'"],
    ),
    "option of the inventory": (
        f"{WITH_BOTH}ansible-playbook -i broken.cloudiway.yml cloudiway.mail.cutover",
        ["- user_file: no option of this plugin", "warnings above say why it could not be read"],
    ),
    "list to rehearse": (
        "ansible-playbook cloudiway.mail.rehearsal -e users_file=user.csv",
        ["users_file: there is no file", "/user.csv; give the path of a CSV of users"],
    ),
    "batch": (
        f"{WITH_BOTH}ansible localhost -m cloudiway.mail.cloudiway_migration {OF_NO_BATCH}",
        ["there is no batch 'Pilto'; there is none"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_leads_to_a_message_that_says_what_to_do(
    mistake: str, installed_room: Room
) -> None:
    room = installed_room
    command, words = MISTAKES[mistake]
    for name, text in FILES.items():
        (room.folder / name).parent.mkdir(exist_ok=True)
        (room.folder / name).write_text(text, encoding="utf-8")
    status, printed = room.type(command)
    assert status != 0, printed
    assert "Traceback" not in printed
    told = " ".join(printed.split())
    assert [piece for piece in words if piece not in told] == [], printed


#: Names that somebody may have for something else, each like one of ours.
THEIRS = (
    *(
        "report_date",
        "report_name",
        "report_time",
        "report_dir_mode",
        "export_date",
        "export_format",
    ),
    *("users", "user_files", "users_filter", "switched", "switched_on", "default_user"),
)


def test_a_name_that_is_like_one_of_ours_may_be_somebodys_own(installed_room: Room) -> None:
    given = " ".join(f"-e {name}=x" for name in THEIRS)
    status, printed = installed_room.type(f"ansible-playbook cloudiway.mail.declare_switch {given}")
    assert status == 0, printed


def test_a_tag_that_is_no_phase_is_answered_with_the_phases(installed_room: Room) -> None:
    room = installed_room
    for name in ("users.csv", "waves.cloudiway.yml"):
        (room.folder / name).write_text(FILES[name], encoding="utf-8")
    status, printed = room.type(f"{WITH_BOTH}{CUTOVER} --tags prestge")
    assert status == 0, printed
    assert "nothing was done, as no phase is chosen; they are validate, provision" in printed
