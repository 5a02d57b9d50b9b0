# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One small cutover, told under every way to read the document: it ends the same everywhere."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._batches import manage_batch
from ansible_collections.cloudiway.mail.plugins.module_utils._bulk import manage_users
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import (
    manage_migration,
    migration_info,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._settings import manage_settings
from ansible_collections.cloudiway.mail.plugins.module_utils._users import manage_user
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Params,
    Service,
    a_pass,
    ago,
    batch,
    migration,
    person,
    rehearsed,
    roster,
    source,
    target,
    wanted,
)

#: Every reading that the simulator offers, with every value but the default.
VALUES: dict[str, tuple[object, ...]] = {
    "get_method": ("POST", "both"),
    "get_post_credentials": ("query", "body"),
    "license_path": ("tag", "both"),
    "settings_write_path": ("plain", "both"),
    "settings_read_path": ("plain", "both"),
    "wrong_path_status": (405,),
    "success_text": ("printed",),
    "lists": ("printed",),
    "field_case": ("lower", "pascal"),
    "failure_field": ("error", "message", "printed"),
    "failure_http_status": (400, 401, 404, 405, 500, 504),
    "getall_tags": (False,),
    "getall_targets": (False,),
    "getall_statuses": (True,),
    "getall_connectors": (True,),
    "getall_licenses": (True,),
    "get_connectors": (True,),
    "status_form": ("code", "code_text"),
    "tag_blanks": (True,),
    "member_tags": ("capitals",),
    "bom": (True,),
    "framing": ("chunked",),
    "settings_omitted": ("keep",),
    "settings_mails_field": ("ShouldMigratedMails",),
    "date_clearing": ("null", "empty"),
    "unset_date": ("missing", "minvalue"),
    "batch_move": ("refuse",),
    "duplicate_create": ("accept",),
    "duplicate_batch": ("accept_and_record",),
    "license_again": ("refuse",),
    "migrationtag_missing": ("null",),
    "start_active": ("restart_and_record",),
    "permissions_overlap": ("accept_and_record",),
    "history_running": ("shown",),
    "history_failed": ("hidden",),
    "server_timezone": ("+02:00", "-05:30", "Asia/Tokyo"),
}
#: What is hard only together.
COMBINED: tuple[Params, ...] = (
    {},
    {"get_method": "POST", "get_post_credentials": "query", "getall_tags": False},
    {"get_method": "POST", "get_post_credentials": "body", "wrong_path_status": 405, "bom": True},
    {"getall_tags": False, "getall_targets": False, "migrationtag_missing": "null"},
    {"getall_tags": False, "member_tags": "capitals"},
    {"getall_targets": False, "get_method": "POST", "tag_blanks": True, "lists": "printed"},
    {
        "success_text": "printed",
        "lists": "printed",
        "failure_field": "printed",
        "failure_http_status": 500,
        "framing": "chunked",
        "bom": True,
        "tag_blanks": True,
    },
    {
        "license_path": "tag",
        "settings_write_path": "plain",
        "settings_read_path": "plain",
        "wrong_path_status": 405,
        "failure_http_status": 404,
    },
    {"date_clearing": "empty", "unset_date": "minvalue", "settings_omitted": "keep"},
    {
        "getall_statuses": True,
        "member_tags": "capitals",
        "getall_connectors": True,
        "getall_licenses": True,
        "status_form": "code",
        "field_case": "pascal",
        "history_running": "shown",
    },
    {"getall_statuses": True, "getall_tags": False, "status_form": "code_text"},
    {"history_running": "shown", "history_failed": "hidden", "server_timezone": "+05:45"},
)
ALONE = [{name: value} for name, values in VALUES.items() for value in values]
#: Readings that are there to make a mistake show.
TELLTALES: Params = {
    "duplicate_create": "accept",
    "duplicate_batch": "accept_and_record",
    "start_active": "restart_and_record",
    "permissions_overlap": "accept_and_record",
}
NAMES = ("anna", "bert", "once")


def test_every_reading_that_the_simulator_offers_is_told(service: Service) -> None:
    offered = service.control("readings", {})
    assert set(offered) == set(VALUES)
    for name, values in VALUES.items():
        assert offered[name] not in values


def told(readings: Params) -> str:
    """The name of a test of these readings."""
    return ", ".join(f"{name}={value}" for name, value in readings.items()) or "defaults"


@pytest.mark.parametrize("readings", [*COMBINED, *ALONE], ids=told)
def test_a_cutover_ends_the_same_however_the_document_is_read(
    service: Service, readings: Params
) -> None:
    service.read_as(**{**TELLTALES, **readings})
    service.have("stranger", batch="Wave 0")
    zone = str(readings.get("server_timezone", "UTC"))

    def settle(state: str, **options: t.Any) -> Params:
        params = migration(state, server_timezone=zone, **options)
        return rehearsed(service, manage_migration, params).result

    # the users and their batch
    listed = rehearsed(service, manage_users, roster(*NAMES))
    assert listed.result["summary"]["created"] == 3
    rehearsed(service, manage_user, person("bert", last_name="Berg", batch=WAVE))
    rehearsed(service, manage_batch, batch(users=[service.tag(name) for name in NAMES]))
    # what is migrated
    rehearsed(service, manage_settings, wanted(migrate_trash=True, to_date="2026-01-05"))
    # audit, pre-stage (of which one pass fails), delta, permissions
    settle("audited")
    failed = {"max_failed_users": 1}
    assert settle("migrated", **failed)["summary"]["failed"] == 1
    assert settle("migrated")["summary"]["done"] == 3
    rehearsed(service, manage_settings, wanted(to_date=""))
    for user in service.users:
        service.change(user["source_email"].partition("@")[0], passes=[a_pass(5)])
    assert settle("migrated", since=ago(hours=1))["summary"]["done"] == 3
    assert settle("permissions_migrated")["summary"]["done"] == 3

    assert [
        (user["source_email"], user["target_email"], user["last_name"], user["batch"])
        for user in sorted(service.users, key=lambda user: str(user["source_email"]))
        if user["batch"] == WAVE
    ] == [
        (source("anna"), target("anna"), "Adler", WAVE),
        (source("bert"), target("bert"), "Berg", WAVE),
        (source("once"), target("once"), "Adler", WAVE),
    ]
    for user in service.users:
        if user["batch"] == WAVE:
            assert user["status"] == "MAILPERMISSIONS_DONE"
            assert user["licensed"]
            assert user["settings"]["should_migrate_trash"] is True
            assert user["settings"]["should_migrate_calendars"] is True
            assert user["settings"]["to_date"] is None
            starts = 3 if user["source_email"] == source("once") else 2
            tallies = ("license_calls", "audits", "starts", "permission_runs")
            assert [user[name] for name in tallies] == [1, 1, starts, 1]
    assert len(service.users) == 4
    assert service.violations == []
    stranger = service.user("stranger")
    assert (stranger["starts"], stranger["batch"]) == (0, "Wave 0")
    shown = service.do(migration_info, migration("migrated", server_timezone=zone)).result
    assert shown["summary"]["items_success"] > 0
