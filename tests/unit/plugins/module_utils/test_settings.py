# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a batch: merged, written whole, read back, and compared with what was asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._client import Client
from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    InvalidInput,
    NotApplied,
    NotFound,
    ProtocolError,
    Refused,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._settings import manage_settings
from ansible_collections.cloudiway.mail.tests.unit.support.scripted import (
    ScriptedServer,
    failure,
    ok,
)
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    WAVE,
    Params,
    Service,
    rehearsed,
    wanted,
)

#: What the simulator's users have, by the names of the options.
DEFAULTS = {
    "migrate_mails": True,
    "migrate_trash": False,
    "migrate_calendars": True,
    "migrate_contacts": True,
    "migrate_tasks": True,
    "migrate_notes": True,
    "migrate_journals": False,
    "convert_email_addresses": False,
    "convert_x500": False,
    "from_date": "",
    "to_date": "",
}
READ, WRITE = "getmailglobalsettingsbybatch", "setmailglobalsettingsbybatch"


def kept(service: Service, name: str = "anna") -> Params:
    """The settings that are kept on a user."""
    settings: Params = service.user(name)["settings"]
    return settings


def test_what_is_declared_is_written_and_the_rest_is_kept(service: Service) -> None:
    service.have("anna", "bert", batch=WAVE, settings={"should_migrate_journals": True})
    outcome = rehearsed(service, manage_settings, wanted(migrate_trash=True, migrate_notes=False))
    assert outcome.before == {"migrate_trash": False, "migrate_notes": True}
    assert outcome.after == {"migrate_trash": True, "migrate_notes": False}
    for name in ("anna", "bert"):
        assert kept(service, name)["should_migrate_trash"] is True
        assert kept(service, name)["should_migrate_notes"] is False
        assert kept(service, name)["should_migrate_journals"] is True
        assert kept(service, name)["should_migrate_calendars"] is True
    assert outcome.result["settings"] == {
        **DEFAULTS,
        "migrate_journals": True,
        "migrate_trash": True,
        "migrate_notes": False,
    }


@pytest.mark.parametrize("name", [name for name in DEFAULTS if not name.endswith("_date")])
def test_every_switch_can_be_set_both_ways(service: Service, name: str) -> None:
    service.have("anna", batch=WAVE)
    for value in (not DEFAULTS[name], DEFAULTS[name]):
        outcome = rehearsed(service, manage_settings, wanted(**{name: value}))
        assert outcome.result["settings"] == {**DEFAULTS, name: value}


def test_a_write_costs_a_read_a_write_and_a_read(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.count_anew()
    assert service.do(manage_settings, wanted(migrate_trash=True)).result["written"]
    assert service.requests == {READ: 2, WRITE: 1}


def test_what_reads_back_equal_costs_one_read(service: Service) -> None:
    service.have("anna", batch=WAVE)
    service.count_anew()
    outcome = service.do(manage_settings, wanted(migrate_mails=True, to_date=""))
    assert (outcome.changed, outcome.result["written"]) == (False, False)
    assert outcome.result["settings"] == DEFAULTS
    assert service.requests == {READ: 1}


@pytest.mark.parametrize("unset", ["null", "missing", "minvalue"])
@pytest.mark.parametrize("clearing", ["omit", "null", "empty"])
def test_a_date_is_set_changed_kept_and_cleared(
    service: Service, clearing: str, unset: str
) -> None:
    service.read_as(date_clearing=clearing, unset_date=unset)
    service.have("anna", batch=WAVE)
    rehearsed(service, manage_settings, wanted(to_date="2026-01-05", from_date="2015-12-31"))
    assert (kept(service)["from_date"], kept(service)["to_date"]) == ("2015-12-31", "2026-01-05")
    outcome = rehearsed(service, manage_settings, wanted(to_date="2026-02-01"))
    assert outcome.before == {"to_date": "2026-01-05"}
    assert outcome.after == {"to_date": "2026-02-01"}
    assert kept(service)["from_date"] == "2015-12-31"
    outcome = rehearsed(service, manage_settings, wanted(to_date=""))
    assert outcome.after == {"to_date": ""}
    assert (kept(service)["from_date"], kept(service)["to_date"]) == ("2015-12-31", None)
    rehearsed(service, manage_settings, wanted(from_date=""))
    assert (kept(service)["from_date"], kept(service)["to_date"]) == (None, None)


@pytest.mark.parametrize(("clearing", "writes"), [("omit", 1), ("null", 2), ("empty", 3)])
def test_the_ways_to_clear_a_date_are_tried_only_as_far_as_needed(
    service: Service, clearing: str, writes: int
) -> None:
    service.read_as(date_clearing=clearing)
    service.have("anna", batch=WAVE, settings={"to_date": "2026-01-05"})
    service.count_anew()
    service.do(manage_settings, wanted(to_date=""))
    assert service.requests[WRITE] == writes


@pytest.mark.parametrize("field", ["ShouldMigrateMails", "ShouldMigratedMails"])
@pytest.mark.parametrize("omitted", ["false", "keep"])
def test_either_spelling_of_mails_is_read_whatever_an_omission_means(
    service: Service, field: str, omitted: str
) -> None:
    service.read_as(settings_mails_field=field, settings_omitted=omitted)
    service.have("anna", batch=WAVE)
    assert rehearsed(service, manage_settings, wanted(migrate_mails=False)).changed
    assert kept(service)["should_migrate_mails"] is False


def test_reapply_writes_what_reads_back_equal_and_is_no_change(service: Service) -> None:
    service.have("anna", batch=WAVE, settings={"should_migrate_trash": True})
    service.have("bert", batch=WAVE)
    service.count_anew()
    params = wanted(migrate_trash=True, reapply=True)
    predicted = service.do(manage_settings, params, check=True)
    assert service.posts == 0
    assert kept(service, "bert")["should_migrate_trash"] is False
    outcome = service.do(manage_settings, params)
    assert kept(service, "bert")["should_migrate_trash"] is True
    assert (outcome.changed, outcome.before, outcome.after) == (False, {}, {})
    assert (predicted.changed, predicted.after) == (False, {})
    assert predicted.result["written"]
    assert outcome.result["written"]


def test_reapply_with_a_change_is_a_change(service: Service) -> None:
    service.have("anna", batch=WAVE)
    outcome = service.do(manage_settings, wanted(migrate_trash=True, reapply=True))
    assert outcome.changed


def test_settings_that_nobody_keeps_are_not_taken_for_applied(service: Service) -> None:
    service.have_batch(WAVE)
    with pytest.raises(NotApplied) as caught:
        service.do(manage_settings, wanted(migrate_trash=True, to_date="2026-01-05"))
    assert caught.value.code == "not_applied"
    assert "migrate_trash reads False, not True" in caught.value.message
    assert "to_date reads '', not '2026-01-05'" in caught.value.message
    assert caught.value.message.endswith("; the batch has no members to keep settings on")


def test_settings_of_an_empty_batch_that_are_so_already_are_no_failure(service: Service) -> None:
    service.have_batch(WAVE)
    assert not rehearsed(service, manage_settings, wanted(migrate_mails=True)).changed


def test_a_service_that_accepts_and_does_not_set_is_found_out(
    scripted: Callable[..., ScriptedServer],
) -> None:
    shown = ok({"shouldMigrateMails": True, "toDate": "2026-01-05T00:00:00"})
    server = scripted(**{READ: [shown], WRITE: [ok()]}, getusersinbatch=[ok(["tag-1"])])
    with Client(Connection("k", "s", server.url)) as client, pytest.raises(NotApplied) as caught:
        manage_settings(client, wanted(migrate_mails=False, to_date=""), False)
    assert caught.value.message == (
        "settings of batch 'Wave & 1' were written, yet migrate_mails reads True, not False, "
        "to_date reads '2026-01-05', not ''"
    )
    dates = [one.body.get("ToDate", "left out") for one in server.asked if one.call == WRITE]
    assert dates == ["left out", None, ""]


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_batch_that_is_not_there_is_named(service: Service, status: int) -> None:
    service.read_as(failure_http_status=status)
    with pytest.raises(NotFound, match="there is no batch 'Wave & 1'"):
        service.do(manage_settings, wanted(migrate_trash=True))
    assert service.posts == 0


def test_in_check_mode_a_batch_that_is_not_there_is_taken_to_be_made_before(
    service: Service,
) -> None:
    outcome = service.do(manage_settings, wanted(migrate_trash=True), check=True)
    assert outcome.changed
    assert outcome.after == {"migrate_trash": True}
    assert outcome.warnings == ()
    assert not service.do(manage_settings, wanted(), check=True).changed


def test_in_check_mode_a_batch_whose_settings_cannot_be_read_as_it_is_empty_is_taken_to_be_filled(
    scripted: Callable[..., ScriptedServer],
) -> None:
    members = [ok([]), ok(["tag-1"])]
    server = scripted(**{READ: [failure("no users")]}, batch=[ok([WAVE])], getusersinbatch=members)
    with Client(Connection("k", "s", server.url)) as client:
        outcome = manage_settings(client, wanted(migrate_trash=True), True)
        assert (outcome.changed, outcome.after) == (True, {"migrate_trash": True})
        with pytest.raises(Refused, match="no users"):  # now it has a member
            manage_settings(client, wanted(migrate_trash=True), True)


def test_settings_that_cannot_be_read_are_not_written(
    scripted: Callable[..., ScriptedServer],
) -> None:
    server = scripted(**{READ: [failure("no users")]}, batch=[ok([WAVE])], getusersinbatch=[ok([])])
    with (
        Client(Connection("k", "s", server.url)) as client,
        pytest.raises(Refused, match="no users"),
    ):
        manage_settings(client, wanted(migrate_trash=True), False)
    assert WRITE not in server.calls()


def test_all_faulty_dates_are_named_before_any_request(service: Service) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.do(manage_settings, wanted(from_date="05/01/2026", to_date="2026-02-30"))
    assert [fault.partition(":")[0] for fault in caught.value.faults] == ["from_date", "to_date"]
    assert service.requests == {}


def test_a_from_date_after_the_to_date_is_refused(service: Service) -> None:
    with pytest.raises(InvalidInput, match="from_date: 2026-02-01 is after to_date: 2026-01-01"):
        service.do(manage_settings, wanted(from_date="2026-02-01", to_date="2026-01-01"))
    assert service.requests == {}


def test_a_from_date_after_the_to_date_that_is_set_already_is_refused_before_the_write(
    service: Service,
) -> None:
    service.have("anna", batch=WAVE, settings={"to_date": "2026-01-05"})
    service.count_anew()
    for check in (True, False):
        with pytest.raises(InvalidInput, match="from_date: 2026-02-01 is after to_date"):
            service.do(manage_settings, wanted(from_date="2026-02-01"), check)
    assert service.posts == 0


def test_settings_that_were_written_and_cannot_be_read_back_count_as_changed(
    service: Service,
) -> None:
    service.have("anna", batch=WAVE)
    service.fault("html", "getmailglobalsettingsbybatch", skip=1, times=None)
    with pytest.raises(ProtocolError) as caught:
        service.do(manage_settings, wanted(migrate_trash=True), retry_timeout=0)
    assert caught.value.seen == {"changed": True}
    assert service.user("anna")["settings"]["should_migrate_trash"]
