# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in a list of users or in an option: no traceback, every fault, nothing written."""

from __future__ import annotations

import csv
import functools
import importlib
import io
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.tests.unit.plugins.conftest import Service

Play = Callable[..., dict[str, t.Any]]
Fields = dict[str, str]

LIST = "cloudiway_mail_users"
DOMAINS = ["new.example"]
DEFAULTS = {"source_connector": "Exchange", "target_connector": "Microsoft 365", "batch": "Wave 1"}
COLUMNS = ("FirstName", "LastName", "SourceEmail", "TargetEmail", "BatchName", "License")

#: What is wrong with a row, by what its fault says.
SPOILED: dict[str, Fields] = {
    "source_email is missing": {"SourceEmail": " "},
    "target_email is missing": {"TargetEmail": ""},
    "source_email: 'ada{n}' is no e-mail address": {"SourceEmail": "ada{n}"},
    "target_email: 'a{n}@b@new.example' is no e-mail address": {
        "TargetEmail": "a{n}@b@new.example"
    },
    "target_email: 'a {n}@new.example' is no e-mail address": {"TargetEmail": "a {n}@new.example"},
    "target_email: '@{n}.new.example' is no e-mail address": {"TargetEmail": "@{n}.new.example"},
    "target_email: 'a{n}@other.example' is in none of target_domains": {
        "TargetEmail": "a{n}@other.example"
    },
    "license: 'perhaps' is none of missing, always, never": {"License": "perhaps"},
    "batch: ": {"BatchName": "Wave 1 "},
    "source_email 'U0@Old.example' is that of line ": {"SourceEmail": "U0@Old.example"},
    "target_email 'u0@NEW.example' is that of line ": {"TargetEmail": "u0@NEW.example"},
}
CELL = st.text('Az ,;"\n\t\u00fc\u4e2d{%', max_size=8)


def few(examples: int) -> settings:
    """So many examples, the same in every run; the fixtures may be shared among them."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],  # a play takes too long to look for a shorter one
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


# Lists of users -----------------------------------------------------------------------------------


class Sheet(t.NamedTuple):
    """A list of users as somebody's spreadsheet writes it, and what is wrong with it, by lines."""

    content: bytes
    faults: dict[int, str]


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Any sheet that can be read, with faulty rows in any places but the first."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    out = io.StringIO()
    style: t.Any = {
        "delimiter": draw(st.sampled_from(",;")),
        "lineterminator": end,
        "quoting": draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])),
    }
    writer = csv.writer(out, **style)
    columns = draw(st.permutations(COLUMNS))
    writer.writerow(columns)
    faults = {}
    for number in range(draw(st.integers(1, 12))):
        if draw(st.booleans()):
            writer.writerow(draw(st.sampled_from([[], ["", " "], [""] * 8])))
        row = {
            "FirstName": draw(CELL),
            "LastName": draw(CELL),
            "SourceEmail": f"u{number}@old.example",
            "TargetEmail": f"u{number}@new.example",
        }
        spoiled = number and draw(st.none() | st.sampled_from(sorted(SPOILED)))
        if spoiled:
            faults[_line(out)] = spoiled.format(n=number)
            row |= {name: cell.format(n=number) for name, cell in SPOILED[spoiled].items()}
        writer.writerow([row.get(column, "") for column in columns])
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return Sheet((mark + out.getvalue()).encode(), faults)


def _line(out: io.StringIO) -> int:
    """The line that would come next, as an editor counts."""
    text = out.getvalue().replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n") + 1


@few(80)
@given(sheet=sheets())
def test_every_faulty_row_of_a_list_is_named_with_its_line_and_no_other(
    sheet: Sheet, play: Play, service: Service, tmp_path: Path
) -> None:
    service.have()
    result = play(LIST, {**service.connection, **listed(tmp_path, sheet.content)}, check=True)
    if not sheet.faults:
        assert "failed" not in result, result["msg"]
        return
    faults = result["failure"]["faults"]
    assert result["failure"]["code"] == "invalid_input"
    assert len(faults) == len(sheet.faults)
    for fault, (line, words) in zip(faults, sheet.faults.items(), strict=True):
        assert fault.startswith(f"line {line}: {words}")
    assert not service.requests


def listed(folder: Path, content: bytes) -> dict[str, t.Any]:
    """The options that say that the users are in a file of this content."""
    file = folder / "users.csv"
    file.write_bytes(content)
    return {"users_file": str(file), "target_domains": DOMAINS, "defaults": DEFAULTS}


SOUND = (
    b"SourceEmail,TargetEmail\nu1@old.example,u1@new.example\nu\xc3\xbc@o.example,u@new.example\n"
)
#: What may have become of a file on its way.
RUINED: dict[str, Callable[[bytes], bytes]] = {
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "UTF-16 without a mark": lambda content: content.decode().encode("utf-16-le"),
    "UTF-32": lambda content: content.decode().encode("utf-32"),
    "Latin-1": lambda content: content.decode().encode("latin-1"),
    "a code page": lambda content: content.decode().encode("cp437"),
    "a workbook": lambda content: b"PK\x03\x04" + content,
    "nothing": lambda content: b"",
    "blanks": lambda content: b" \r\n;;\n",
    "a mark alone": lambda content: b"\xef\xbb\xbf",
    "a byte that is no text": lambda content: content + b"\xff\xfe",
    "a NUL byte": lambda content: content.replace(b"u1@n", b"\0@n"),
    "no header": lambda content: content.partition(b"\n")[2],
    "a header alone": lambda content: content.partition(b"\n")[0],
    "a tab between the columns": lambda content: content.replace(b",", b"\t"),
    "a column that is missing": lambda content: content.replace(b"TargetEmail", b"License"),
    "a column that is doubled": lambda content: content.replace(b"SourceEmail", b"TargetEmail"),
    "a column that is not known": lambda content: content.replace(b"TargetEmail", b"Target"),
    "a quote that is left open": lambda content: content + b'"u3@old.example,u3@new.example\n',
}


@pytest.mark.parametrize("way", RUINED)
def test_a_list_that_was_ruined_is_refused_in_words_and_nobody_is_asked(
    way: str, play: Play, service: Service, tmp_path: Path
) -> None:
    options = {**service.connection, **listed(tmp_path, RUINED[way](SOUND))}
    result = play(LIST, options)
    assert result["failure"]["code"] == "invalid_input"
    assert all(fault.isprintable() for fault in result["failure"]["faults"])
    assert "Traceback" not in result["msg"]
    assert not service.requests
    good = play(LIST, {**options, **listed(tmp_path, SOUND)}, check=True)
    assert "failed" not in good, good["msg"]


@few(150)
@given(st.data())
def test_no_bytes_in_a_list_make_a_traceback_or_a_write(
    play: Play, service: Service, tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(SOUND)
    for _change in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content)))
        width = data.draw(st.integers(0, 3))
        content[at : at + width] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b",", b";", b"\r", b"\0", b"@"])
        )
    result = play(LIST, {**service.connection, **listed(tmp_path, bytes(content))}, check=True)
    assert result.get("failure", {"code": "invalid_input"})["code"] == "invalid_input"
    assert service.posts == 0


def test_a_list_of_100_000_rows_is_read_and_each_of_its_faults_is_named(
    play: Play, service: Service, tmp_path: Path
) -> None:
    rows = [f"u{at}@old.example,u{at}@new.example" for at in range(100_000)]
    faulty = range(0, 100_000, 1000)
    for at in faulty:
        rows[at] = f"u{at},u{at}@new.example"
    content = "\n".join(["SourceEmail,TargetEmail", *rows]).encode()
    result = play(LIST, {**service.connection, **listed(tmp_path, content)})
    named = [
        int(fault.partition(":")[0].removeprefix("line ")) for fault in result["failure"]["faults"]
    ]
    assert named == [at + 2 for at in faulty]
    assert result["msg"].startswith(f"users_file {tmp_path}/users.csv: 100 faults in the input:")
    assert len(result["msg"].splitlines()) < 60
    assert not service.requests


def test_faults_of_a_list_that_stand_among_others_say_in_which_file_they_are(
    play: Play, service: Service, tmp_path: Path
) -> None:
    options = listed(tmp_path, b"SourceEmail,TargetEmail\nada,ada@new.example\n")
    result = play(LIST, {**service.connection, **options, "api_url": "apps.example"})
    url, line = result["failure"]["faults"]
    assert url.startswith("api_url: ")
    assert line.startswith(f"users_file {tmp_path}/users.csv: line 2: source_email: ")


# Options ------------------------------------------------------------------------------------------

MODULES = (
    *("cloudiway_mail_user", LIST, "cloudiway_batch", "cloudiway_batch_settings"),
    *("cloudiway_migration", "cloudiway_mail_user_info", "cloudiway_batch_info"),
    "cloudiway_migration_info",
)
#: Options with which a module has something to do at once, where the fuzz does not say otherwise.
QUICK: dict[str, dict[str, t.Any]] = {
    "cloudiway_mail_user": {"source_email": "a@old.example", "target_email": "a@new.example"},
    LIST: {"users": [{"source_email": "a@old.example", "target_email": "a@new.example"}]},
    "cloudiway_batch": {"name": "Wave 1"},
    "cloudiway_batch_settings": {"batch": "Wave 1"},
    "cloudiway_migration": {"batch": "Wave 1", "state": "started", "wait": False},
    "cloudiway_migration_info": {"batch": "Wave 1"},
}
#: Where to speak to, and how long to wait: a test shall end, and speak to nobody else.
KEPT = {"consumer_key", "consumer_secret", "progress_file", "wait_timeout"}
TEXTS = st.sampled_from(
    [
        *(
            "",
            " ",
            "\n",
            "\0",
            "a\0b",
            "\ufeff",
            "\u202e",
            "'",
            '"',
            "\\",
            "{{ 7 * 7 }}",
            "{% x %}",
        ),
        *(
            "none",
            "null",
            "true",
            "-1",
            "1e999",
            "nan",
            "9" * 400,
            "0x10",
            "a@b",
            "@",
            "a@b@c",
            "%s",
        ),
        *(
            "../../etc/passwd",
            "http://127.0.0.1:9/api",
            "https://",
            "x" * 70_000,
            "\u00fc\u4e2d\U0001f600",
            "https://*.example.com/api",
            "https://a..b/api",
        ),
        *(
            "2015-01-05",
            "05/01/2015",
            "2015-02-30",
            "9999-12-31T23:59:60Z",
            "-0001-01-01",
            "Wave 1",
        ),
        *(
            "Europe/Paris",
            "+25:00",
            "../UTC",
            "/etc/localtime",
            "present",
            "absent",
            "a, b",
            "[",
            "{}",
        ),
    ]
)
#: What is said of input that is refused; of what Ansible itself refuses, too.
REFUSED = {"code": "invalid_input"}
VALUES = st.recursive(
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**30), 0.5, 1e308, float("inf"), float("nan"), -0.0]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=4,
)


@functools.cache
def options_of(name: str) -> list[str]:
    """The options of a module that may have any value here."""
    module = importlib.import_module(f"ansible_collections.cloudiway.mail.plugins.modules.{name}")
    own = yaml.safe_load(module.DOCUMENTATION)["options"]
    return sorted({*own, *CONNECTION} - KEPT)


@pytest.mark.parametrize("name", MODULES)
@few(60)
@given(data=st.data())
def test_no_value_of_an_option_makes_a_traceback_or_a_write_before_it_is_refused(
    name: str, data: st.DataObject, play: Play, service: Service
) -> None:
    service.have(batches=("Wave 1",))
    known = st.sampled_from(options_of(name))
    names = data.draw(st.lists(known, min_size=1, max_size=4, unique=True))
    fuzz = {
        one: [data.draw(ROWS)] if one == "users" and name == LIST else data.draw(VALUES)
        for one in names
    }
    patience = {"timeout": 2, "retry_timeout": 0}
    quick = dict(QUICK.get(name, {}))
    if name.startswith("cloudiway_migration") and {"source_email", "migration_tag"} & set(fuzz):
        del quick["batch"]  # else Ansible says that the two exclude each other, and we say nothing
    result = play(name, {**service.connection, **patience, **quick, **fuzz})
    if "failed" in result and result.get("failure", REFUSED)["code"] == REFUSED["code"]:
        assert result["msg"].strip()
        assert service.posts == 0


CONNECTION = (
    *("api_url", "migration_type", "validate_certs", "ca_path", "timeout", "retry_timeout"),
    "concurrency",
)
ROWS = st.dictionaries(
    st.sampled_from(["source_email", "target_email", "batch", "license", "state", "force", "x"]),
    VALUES,
)
