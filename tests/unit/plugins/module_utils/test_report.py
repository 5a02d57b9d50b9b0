# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: what it says of the service, what it keeps of earlier runs, and what it hides."""

from __future__ import annotations

import csv
import json
import typing as t
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._errors import CloudiwayError, NotFound
from ansible_collections.cloudiway.mail.plugins.module_utils._files import alone_in
from ansible_collections.cloudiway.mail.plugins.module_utils._migrations import migration_info
from ansible_collections.cloudiway.mail.plugins.module_utils._report import make_report, merged
from ansible_collections.cloudiway.mail.plugins.module_utils._waves import unread
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import KEY, SECRET
from ansible_collections.cloudiway.mail.tests.unit.support.service import (
    Params,
    Service,
    Work,
    a_pass,
    ago,
)


@pytest.fixture
def options(tmp_path: Path, service: Service) -> t.Callable[..., Params]:
    """The options of cloudiway_report, with a folder of its own."""

    def of(batch: str, **more: t.Any) -> Params:
        return {
            "batch": batch,
            "dir": str(tmp_path / "report"),
            "title": "Mailbox migration",
            "note": "",
            "switched_at": None,
            "mx_ttl": 0,
            "max_failed_users": 0,
            "max_failed_items_percent": 0.0,
            "server_timezone": "UTC",
            "api_url": service.url,
            "migration_type": "mail",
            "consumer_key": KEY,
            "consumer_secret": SECRET,
            **more,
        }

    return of


def facts(options: Params) -> t.Any:
    """What the JSON says."""
    return json.loads(Path(options["dir"], "report.json").read_text(encoding="utf-8"))


def page(options: Params) -> str:
    return Path(options["dir"], "report.html").read_text(encoding="utf-8")


def lines(options: Params) -> list[dict[str, str]]:
    """The lines of the CSV, as a spreadsheet reads them."""
    with Path(options["dir"], "report.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_items_are_counted_by_kind_over_all_passes_or_in_the_newest(
    service: Service, options: t.Callable[..., Params]
) -> None:
    passes = [
        a_pass(5, msgTotal=10, msgSuccess=8, calTotal=4, calSuccess=4, conTotal=2, conSuccess=1),
        a_pass(2, msgTotal=12, msgSuccess=1, msgIgnored=1, msgFailure=1, msgAlreadyMigrated=8),
    ]
    service.have("anna", batch="Wave 1", status="SUCCESS", passes=passes)
    wave = service.do(make_report, options("Wave 1")).result["wave"]
    assert wave["kinds"] == {
        "mail": {"moved": 9, "failed": 1, "ignored": 1, "left": 1},
        "calendar": {"moved": 4, "failed": 0, "ignored": 0, "left": 0},
        "contacts": {"moved": 1, "failed": 0, "ignored": 0, "left": 0},
    }
    assert (wave["moved"], wave["failed"], wave["left"], wave["passes"]) == (14, 1, 1, 2)
    [line] = lines(options("Wave 1"))
    assert (line["MailMoved"], line["CalendarMoved"], line["Passes"]) == ("9", "4", "2")
    assert service.posts == 0


def test_a_gate_is_about_passes_since_no_sender_uses_the_old_mx_record(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have(
        "anna", batch="Wave 1", status="SUCCESS", passes=[a_pass(1, msgTotal=1, msgSuccess=1)]
    )
    switched = ago(hours=2)
    told = options("Wave 1", switched_at=switched)
    assert service.do(make_report, told).result["wave"]["gate"]["verdict"] == "passed"
    told = options("Wave 1", switched_at=switched, mx_ttl=5400)
    assert service.do(make_report, told).result["wave"]["gate"]["verdict"] == "open"


def test_no_pass_since_the_switch_is_the_final_one_while_there_is_an_end_date(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have(
        "anna",
        batch="Wave 1",
        status="SUCCESS",
        passes=[a_pass(1)],
        settings={"to_date": "2026-01-31"},
    )
    gate = service.do(make_report, options("Wave 1", switched_at=ago(hours=2))).result["wave"][
        "gate"
    ]
    assert gate["verdict"] == "open"
    assert gate["text"].startswith("it has an end date, so no pass since the switch is the final")
    assert service.do(make_report, options("Wave 1")).result["wave"]["gate"]["verdict"] == "passed"


def test_a_report_costs_a_request_more_than_a_look_and_two_where_the_gate_may_let_through(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 1", status="SUCCESS", passes=[a_pass(1)])

    def cost(work: Work, params: Params) -> int:
        service.count_anew()
        service.do(work, params)
        return sum(service.requests.values())

    look = cost(migration_info, options("Wave 1", history=True))
    assert cost(make_report, options("Wave 1")) == look + 1
    assert cost(make_report, options("Wave 1", switched_at=ago(minutes=1))) == look + 1
    assert cost(make_report, options("Wave 1", switched_at=ago(hours=2))) == look + 2


def test_waves_that_others_have_read_stay_until_the_service_has_them_no_more(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 10")
    service.have("ben", batch="Wave 9")
    for name in ("Wave 10", "Wave 9"):
        service.do(make_report, options(name))
    told = options("Wave 9")
    assert [wave["batch"] for wave in facts(told)["waves"]] == ["Wave 9", "Wave 10"]
    assert "anna@old.example" in page(told)
    service.clear()
    service.have("ben", batch="Wave 9")
    service.do(make_report, told)
    assert [wave["batch"] for wave in facts(told)["waves"]] == ["Wave 9"]
    assert "anna@old.example" not in page(told)


def test_a_wave_that_cannot_be_read_fails_and_is_shown_as_it_was(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 1")
    told = options("Wave 1")
    service.do(make_report, told)
    service.fault("status", "getusersinbatch", status=500, times=None)
    with pytest.raises(CloudiwayError) as caught:
        service.do(make_report, told, retry_timeout=0)
    assert caught.value.seen["wave"]["trouble"] == caught.value.message
    assert "anna@old.example" in page(told)
    assert "Could not be read" in page(told)
    assert (
        page(told).count(" 1 wave could not be read.") == 2
    )  # in the headline, and who needs a person


def test_a_wave_that_there_is_not_is_named_and_others_stay(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 1")
    service.do(make_report, options("Wave 1"))
    with pytest.raises(NotFound):
        service.do(make_report, options("nowhere"))
    assert "there is no batch" in page(options("nowhere"))
    assert "anna@old.example" in page(options("nowhere"))


def test_reports_of_two_accounts_do_not_mix(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 1")
    service.have("ben", batch="Wave 2")
    service.do(make_report, options("Wave 1", consumer_key="another"))
    told = options("Wave 2")
    service.do(make_report, told)
    assert [wave["batch"] for wave in facts(told)["waves"]] == ["Wave 2"]


@pytest.mark.parametrize("there", ["", "{", "[]", '{"format": 0}', '{"waves": 7}'])
def test_a_file_that_is_no_report_is_written_anew(
    there: str, service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 1")
    told = options("Wave 1")
    Path(told["dir"]).mkdir()
    Path(told["dir"], "report.json").write_text(there, encoding="utf-8")
    service.do(make_report, told)
    assert [wave["batch"] for wave in facts(told)["waves"]] == ["Wave 1"]


def test_who_writes_waits_for_others_and_keeps_what_they_have_written(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 1")
    service.have("ben", batch="Wave 2")
    told = options("Wave 1")
    service.do(make_report, told)
    written = Path(told["dir"], "report.json")
    before = written.read_text(encoding="utf-8")
    with ThreadPoolExecutor(1) as another:
        with alone_in(told["dir"]):
            waiting = another.submit(service.do, make_report, options("Wave 2"))
            with pytest.raises(NotYet):
                waiting.result(timeout=1)
            assert written.read_text(encoding="utf-8") == before
        waiting.result(timeout=30)
    assert [wave["batch"] for wave in facts(told)["waves"]] == ["Wave 1", "Wave 2"]


def test_no_cell_of_the_csv_is_a_formula_and_no_name_is_markup(
    service: Service, options: t.Callable[..., Params]
) -> None:
    names = ["=cmd|'/c calc'!a1", "+1", "-2+3", "@sum(a1)", " \t=1", "</script><b>"]
    service.have(*names, batch="=1+1")
    told = options("=1+1", note="<i>note</i>")
    service.do(make_report, told)
    for line in lines(told):
        assert line["BatchName"] == "'=1+1"
        assert line["SourceEmail"].lstrip()[0] in "'<"
    assert "<b>" not in page(told).split("<body>")[1].split("<script>")[0].replace(
        "<b>Next:</b>", ""
    )
    assert "<i>note" not in page(told)
    assert page(told).count("</script>") == 2


def test_no_secret_and_no_key_are_in_the_files(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 1")
    told = options("Wave 1")
    service.do(make_report, told)
    for file in Path(told["dir"]).iterdir():
        text = file.read_text(encoding="utf-8")
        assert SECRET not in text
        assert KEY not in text


def test_in_check_mode_nothing_is_written(
    service: Service, options: t.Callable[..., Params]
) -> None:
    service.have("anna", batch="Wave 1")
    outcome = service.do(make_report, options("Wave 1"), check=True)
    assert outcome.result["wave"]["mailboxes"] == 1
    assert not Path(options("Wave 1")["dir"]).exists()


def test_names_are_in_the_order_of_their_numbers() -> None:
    names = ["Wave 10", "wave 9", "Pilot", "10", "9", "9" * 5000]
    waves = [unread({"batch": name}, None) for name in names]
    order = [wave["batch"] for wave in merged(waves[1:], waves[0], None)]
    assert order == ["9", "10", "9" * 5000, "Pilot", "wave 9", "Wave 10"]
