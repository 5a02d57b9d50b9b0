# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How lists of users are read, which of them are refused, and in whose words. Invariant 8."""

from __future__ import annotations

import tempfile
import time
import typing as t
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils._errors import InvalidInput
from ansible_collections.cloudiway.mail.plugins.module_utils._roster import (
    Person,
    deal,
    list_rows,
    people,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._users_file import read_users_file

some = settings(max_examples=200, deadline=None, database=None, derandomize=True)
Written = t.Callable[[t.Any], str]

HEADER = "FirstName,LastName,SourceEmail,TargetEmail,BatchName\n"
ADA: dict[str, t.Any] = {"source_email": "ada@old.example", "target_email": "ada@new.example"}
GRACE: dict[str, t.Any] = {"source_email": "grace@old.example", "target_email": "grace@new.example"}


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a users file and gives its path."""

    def write(content: str | bytes) -> str:
        path = tmp_path / "users.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def faults_of(action: t.Callable[[], object]) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        action()
    return caught.value.faults


def faults_of_list(*users: t.Any, **options: t.Any) -> list[str]:
    return faults_of(lambda: people(list_rows(users), **options))


def faults_of_file(path: str, **options: t.Any) -> list[str]:
    return faults_of(lambda: people(read_users_file(path, **options), **options))


# --- reading a file


def test_a_row_has_the_names_of_the_options_its_line_and_nothing_that_is_blank(
    written: Written,
) -> None:
    path = written(HEADER + " Ada ,,ada@old.example , ada@new.example,Wave 1\n")
    assert read_users_file(path) == [("line 2", {"first_name": "Ada", "batch": "Wave 1", **ADA})]


def test_every_column_is_read_and_the_recipient_types_are_ignored(written: Written) -> None:
    path = written(
        "SourceRecipientType;FirstName;LastName;SourceEmail;TargetEmail;TargetRecipientType;"
        "BatchName;SourceConnectorName;TargetConnectorName;License\n"
        "Mailbox;Ada;Lovelace;ada@old.example;ada@new.example;Mailbox;Wave 1;Google;Office;never\n"
    )
    [person] = people(read_users_file(path))
    assert person == Person(
        "line 2",
        **ADA,
        first_name="Ada",
        last_name="Lovelace",
        batch="Wave 1",
        source_connector="Google",
        target_connector="Office",
        license="never",
    )


@pytest.mark.parametrize(
    "header", ["SourceEmail,TargetEmail", " source email ,TARGET\u00a0E\u200bMAIL"]
)
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_headers_delimiters_byte_order_marks_and_line_ends_may_differ(
    written: Written, header: str, delimiter: str, mark: str, end: str
) -> None:
    lines = [header, "ada@old.example,ada@new.example", "", ",", "grace@old.example,g@new.example"]
    path = written(mark + end.join(lines).replace(",", delimiter))
    rows = read_users_file(path)
    assert [(origin, fields["source_email"]) for origin, fields in rows] == [
        ("line 2", "ada@old.example"),
        ("line 5", "grace@old.example"),
    ]


def test_the_other_delimiter_may_stand_in_a_cell(written: Written) -> None:
    path = written("SourceEmail;TargetEmail;LastName\nada@old.example;ada@new.example;King, Lady\n")
    [(_unused, fields)] = read_users_file(path)
    assert fields["last_name"] == "King, Lady"


def test_lines_are_counted_past_cells_of_several_lines_and_blank_lines(written: Written) -> None:
    path = written(
        "\n,,,,\n"
        + HEADER
        + 'Ada,"Love\r\nlace\n",ada@old.example,ada@new.example,\n\nGrace,H,grace,g@new.example,\n'
    )
    assert faults_of_file(path) == [
        "line 8: source_email: 'grace' is no e-mail address; expected name@domain"
    ]


def test_a_cell_of_several_lines_is_kept_as_it_is(written: Written) -> None:
    path = written(HEADER + 'Ada,"Love\r\nlace",ada@old.example,ada@new.example,\n')
    [(_unused, fields)] = read_users_file(path)
    assert fields["last_name"] == "Love\r\nlace"


def test_a_row_of_several_lines_is_named_by_its_first(written: Written) -> None:
    path = written(HEADER + 'Ada,"Love\n\nlace",ada,ada@new.example,\n')
    assert faults_of_file(path)[0].startswith("line 2: source_email")


def test_empty_columns_to_the_right_are_no_fault(written: Written) -> None:
    path = written("SourceEmail;TargetEmail;;\nada@old.example;ada@new.example;;;;\n")
    assert people(read_users_file(path)) == [Person("line 2", **ADA)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("Ada,L,ada@old.example,ada@new.example", "line 2: 4 cells, where the header has 5"),
        ("A,L,ada@old.example,ada@new.example,B,,x", "line 2: 7 cells, where the header has 5"),
    ],
)
def test_a_row_of_another_length_than_the_header_is_refused(
    written: Written, row: str, fault: str
) -> None:
    assert faults_of_file(written(HEADER + row)) == [fault]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the file is empty"),
        ("\n , ,\n", "the file is empty"),
        ("\ufeff", "the file is empty"),
        (HEADER, "there is no user below the header"),
        (HEADER + ",,,,\n\n", "there is no user below the header"),
        ("SourceEmail\tTargetEmail\na@b\tc@d\n", "line 1: no column is known in 'SourceEmail\\tT"),
        ("a@old.example,a@new.example\n", "line 1: no column is known in 'a@old.example,a@new"),
        ('"SourceEmail,TargetEmail\na@b,c@d\n', "line 1: no column is known"),
        ("SourceEmail\na@old.example\n", "line 1: the column TargetEmail is missing"),
        (HEADER.encode("utf-16"), "is UTF-16; save it as CSV in UTF-8"),
        (HEADER.encode("utf-16-be"), "line 1: a NUL byte"),
        (HEADER.encode() + b"A,B,a\0@old.example,a@new.example,\n", "line 2: a NUL byte"),
        (
            HEADER.encode() + b"\r\nR\xe9my,B,a@old.example,a@new.example,\n",
            "line 3: the byte 0xe9",
        ),
        (b"PK\x03\x04\x14\x00", "is an Excel workbook"),
        (bytes(range(1, 256)), "the byte 0x80 is not UTF-8"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_in_one_sentence(
    written: Written, content: str | bytes, words: str
) -> None:
    [fault] = faults_of_file(written(content))
    assert words in fault


@pytest.mark.parametrize("name", ["absent.csv", ".", "a\0b", "x" * 5000])
def test_a_file_that_cannot_be_opened_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    [fault] = faults_of_file(f"{tmp_path}/{name}")
    assert "cannot be read: " in fault
    assert not fault.endswith("None")


def test_all_faults_of_a_header_are_named_and_those_of_the_rows_below_it(written: Written) -> None:
    path = written("SourceEmail,TargetEmail,Mail,,First Name,firstname\nada,ada@new.example,,,,\n")
    faults = faults_of_file(path)
    assert [fault.partition(";")[0] for fault in faults] == [
        "line 1: unknown column 'Mail'",
        "line 1: unknown column ''",
        "line 1: the column firstname is there twice",
        "line 2: source_email: 'ada' is no e-mail address",
    ]


def test_a_quote_that_is_left_open_names_its_row_and_hides_no_other_fault(written: Written) -> None:
    path = written(HEADER + 'A,L,ada,a@new.example,\nG,"H"x,g@old.example,g@new.example,\nI,"J,\n')
    faults = faults_of_file(path)
    assert [fault.partition(":")[0] for fault in faults] == ["line 2", "line 3", "line 4"]
    assert "is a quote left open" in faults[2]


def test_a_cell_that_is_too_long_for_csv_is_a_fault_of_its_row(written: Written) -> None:
    path = written(HEADER + "A" * 200_000 + ",L,ada@old.example,ada@new.example,\n")
    [fault] = faults_of_file(path)
    assert fault.startswith("line 2: cannot be read as CSV")


def test_faults_of_rows_and_of_csv_come_together_in_the_order_of_the_lines(
    written: Written,
) -> None:
    path = written(
        HEADER
        + "A,L,ada@old.example,ada@elsewhere.example,\n"
        + "short,row\n"
        + "G,H,ADA@old.example,g@new.example,\n"
    )
    faults = faults_of_file(path, target_domains=["new.example"], defaults={"state": "gone"})
    assert faults == [
        "defaults: state: 'gone' is none of present, absent",
        "line 2: target_email: 'ada@elsewhere.example' is in none of target_domains (new.example)",
        "line 3: 2 cells, where the header has 5",
        "line 4: source_email 'ADA@old.example' is that of line 2 already",
    ]


@some
@given(st.binary(max_size=200))
def test_no_bytes_lead_to_anything_but_rows_or_named_faults(content: bytes) -> None:
    read_whatever(content)


@some
@given(st.text(alphabet='Aa;,"\r\n @.\u00e9', max_size=120))
def test_no_text_leads_to_anything_but_rows_or_named_faults(content: str) -> None:
    read_whatever(b"SourceEmail,TargetEmail\n" + content.encode())


def read_whatever(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        try:
            people(read_users_file(file.name))
        except InvalidInput as refusal:
            assert refusal.faults
            assert all(refusal.faults)


# --- reading a list


def test_what_a_user_of_a_list_leaves_empty_is_left_out() -> None:
    assert list_rows([{**ADA, "first_name": None, "last_name": " ", "batch": ""}]) == [
        ("users[0]", ADA)
    ]


def test_a_batch_that_yaml_reads_as_a_number_is_its_text() -> None:
    assert list_rows([{"batch": 7, "force": True}]) == [("users[0]", {"batch": "7", "force": True})]


def test_every_element_that_is_no_mapping_is_named() -> None:
    users: list[t.Any] = [ADA, "ada@old.example", None]
    faults = faults_of(lambda: list_rows(users))
    assert [fault.partition(":")[0] for fault in faults] == ["users[1]", "users[2]"]


# --- what makes a user


def test_a_single_user_is_named_by_the_option_alone() -> None:
    faults = faults_of(lambda: people([("", {"source_email": "ada", "target_email": "@"})]))
    assert [fault.partition(":")[0] for fault in faults] == ["source_email", "target_email"]


def test_a_single_user_that_exists_may_be_named_by_its_source_address_alone() -> None:
    [ada] = people([("", {"source_email": "ada@old.example", "target_email": None})])
    assert ada.target_email is None


def test_in_a_list_every_user_names_its_target() -> None:
    faults = faults_of(lambda: people([("line 2", {"source_email": "ada@old.example"})]))
    assert [fault.endswith("target_email is missing") for fault in faults] == [True]


def test_defaults_fill_what_a_row_leaves_out_and_nothing_else() -> None:
    rows = list_rows([{**ADA, "license": "never"}, GRACE])
    first, second = people(rows, defaults={"license": "always", "batch": "B", "force": None})
    assert (first.license, first.batch, first.force) == ("never", "B", False)
    assert (second.license, second.batch) == ("always", "B")
    assert rows == list_rows([{**ADA, "license": "never"}, GRACE])


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({}, ["source_email is missing", "target_email is missing"]),
        ({"source_email": "a@b"}, ["target_email is missing"]),
        ({"target_email": "a@b"}, ["source_email is missing"]),
        ({"target_email": "a@b", "state": "absent"}, ["source_email is missing"]),
    ],
)
def test_what_identifies_a_user_is_needed(fields: dict[str, str], faults: list[str]) -> None:
    assert faults_of_list(fields) == [f"users[0]: {fault}" for fault in faults]


@pytest.mark.parametrize(
    "fields",
    [
        {"source_email": "a@b", "target_email": "c@d"},
        {"source_email": "a@b", "state": "absent"},
        {"migration_tag": "94102641-aaaa-bbbb"},
        {"migration_tag": "94102641-aaaa-bbbb", "state": "absent"},
    ],
)
def test_no_more_than_that_is_needed(fields: dict[str, str]) -> None:
    assert len(people(list_rows([fields]))) == 1


@pytest.mark.parametrize(
    "address",
    [
        "o'hara@old.example",
        "ada&grace+x#y%z/w@old.example",
        "!$*=?^_`{|}~-.@old.example",
        "ada.@old.example",
        "\u00e9l\u00e8ve@\u00e9cole.example",
        "\u5c71\u7530@\u4f8b\u3048.jp",
        '"Ada @ home"@old.example',
        '"a\\"b"@old.example',
        "ada@localhost",
        "ada@my_domain.example",
        "ADA@OLD.EXAMPLE",
        f"{'a' * 64}@{'b' * 251}.com",
    ],
)
def test_an_address_that_some_mail_system_has_is_taken(address: str) -> None:
    [person] = people(list_rows([{**ADA, "source_email": f" {address} "}]))
    assert person.source_email == address


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "@old.example",
        "ada@",
        "ada@grace@old.example",
        "ada lovelace@old.example",
        "ada@old example",
        "ada@old..example",
        "ada@.example",
        "ada@old.example.",
        "ada@-old.example",
        "ada@old-.example",
        "ada@old.example;grace@old.example",
        "<ada@old.example>",
        "mailto:ada@old.example",
        "ada,b@old.example",
        '"ada@old.example',
        '"a"b"@old.example',
        "ada\n@old.example",
        '"a\nb"@old.example',
        "ada\u200b@old.example",
        "ada\u00a0@old.example",
        "ada\ud800@old.example",
        "ada@[127.0.0.1]",
        "a" * 310 + "@old.example",
        True,
        ["ada@old.example"],
    ],
)
def test_what_is_no_address_is_refused(address: t.Any) -> None:
    [fault] = faults_of_list({**ADA, "target_email": address})
    assert fault.startswith("users[0]: target_email: ")
    assert len(fault) < 200


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("license", "sometimes", "'sometimes' is none of missing, always, never"),
        ("state", "gone", "'gone' is none of present, absent"),
        ("state", ["absent"], "['absent'] is none of present, absent"),
        ("force", "yes", "expected true or false, not 'yes'"),
        ("force", 1, "expected true or false, not '1'"),
        ("first_name", True, "expected a text, not True"),
        ("last_name", 1.5, "expected a text, not 1.5"),
        ("source_connector", {"a": 1}, "expected a text, not {'a': 1}"),
        ("target_connector", "\ud800", "holds half a character"),
        ("migration_tag", "a b", "'a b' is no migration tag"),
        ("migration_tag", "a\tb", "'a\\tb' is no migration tag"),
        ("migration_tag", ".", "'.' is no migration tag"),
        ("migration_tag", "..", "'..' is no migration tag"),
        ("batch", "  ", "a name of blanks alone"),
        ("batch", " Wave 1", "' Wave 1' begins or ends with a blank"),
        ("batch", "Wave 1\u00a0", "'Wave 1\\xa0' begins or ends with a blank"),
        ("batch", "Wave\n1", "'Wave\\n1' holds a control character"),
        ("batch", "Wave\u2028" + "1", "'Wave\\u20281' holds a control character"),
        ("batch", 1.1, "expected a text, not 1.1"),
    ],
)
def test_a_value_that_a_field_cannot_have_is_refused(field: str, value: t.Any, words: str) -> None:
    [fault] = faults_of_list({**ADA, field: value})
    assert fault.startswith(f"users[0]: {field}: ")
    assert words in fault


def test_a_field_that_no_user_has_is_refused() -> None:
    [fault] = faults_of_list({**ADA, "mail": "x"})
    assert fault.startswith("users[0]: 'mail' is no field of a user; known are source_email, ")


def test_a_fault_of_the_defaults_is_named_once_and_by_itself() -> None:
    wrong = {"license": "free", "batch": " ", "target_email": True, "mail": "x"}
    faults = faults_of_list(ADA, GRACE, defaults=wrong, target_domains=["new.example"])
    assert [fault.partition(" ")[0] for fault in faults] == ["defaults:"] * 4


# --- users and mailboxes that are there twice


def test_a_source_that_is_there_twice_is_refused_naming_both_rows_whatever_its_case() -> None:
    again = {"source_email": "ADA@Old.Example", "target_email": "other@new.example", "force": True}
    assert faults_of_list({**ADA, "force": True}, GRACE, again) == [
        "users[2]: source_email 'ADA@Old.Example' is that of users[0] already"
    ]


def test_a_tag_that_is_there_twice_is_refused() -> None:
    assert faults_of_list({"migration_tag": "a-b"}, {"migration_tag": "a-b"}) == [
        "users[1]: migration_tag 'a-b' is that of users[0] already"
    ]


def test_two_mailboxes_go_into_one_only_with_force_for_both() -> None:
    into_one = {**GRACE, "target_email": ADA["target_email"].upper()}
    for forced in ({}, {"force": True}):
        [fault] = faults_of_list({**ADA, **forced}, into_one)
        assert fault.startswith("users[1]: target_email 'ADA@NEW.EXAMPLE' is that of users[0]")
    assert len(people(list_rows([{**ADA, "force": True}, {**into_one, "force": True}]))) == 2
    assert len(people(list_rows([ADA, into_one]), defaults={"force": True})) == 2


def test_a_user_who_is_to_go_leaves_the_target_to_another() -> None:
    users = [{**ADA, "state": "absent"}, {**ADA, "source_email": "lady@old.example"}]
    assert len(people(list_rows(users))) == 2
    assert len(people(list_rows(users[::-1]))) == 2


def test_a_row_with_another_fault_is_looked_for_twins_all_the_same() -> None:
    faults = faults_of_list({**ADA, "license": "x"}, {**ADA, "target_email": "x"})
    assert [fault.partition(" ")[0] for fault in faults] == ["users[0]:", "users[1]:", "users[1]:"]


# --- target domains


def test_a_domain_that_is_only_spelt_alike_is_another_one() -> None:
    user = {**ADA, "target_email": "ada@stra\u00dfe.example"}
    assert faults_of_list(user, target_domains=["strasse.example"])
    assert not people(list_rows([user]), target_domains=["STRA\u00dfE.example"])[0].batch


def test_only_the_given_target_domains_are_taken_whatever_their_case() -> None:
    domains = [" New.Example", "@other.example"]
    fine = [ADA, {**GRACE, "target_email": "g@OTHER.example"}, {"migration_tag": "a-b"}]
    assert len(people(list_rows(fine), target_domains=domains)) == 3
    strange = ["x@sub.new.example", "x@new.example.org", "x@example"]
    users = [{"source_email": f"{at}@o", "target_email": one} for at, one in enumerate(strange)]
    faults = faults_of_list(*users, target_domains=domains)
    assert faults == [
        f"users[{at}]: target_email: {one!r} is in none of target_domains (new.example, other.example)"
        for at, one in enumerate(strange)
    ]


def test_a_user_in_a_wrong_domain_can_still_be_made_absent() -> None:
    gone = {**ADA, "state": "absent"}
    assert len(people(list_rows([gone]), target_domains=["other.example"])) == 1


def test_an_empty_target_domain_is_refused() -> None:
    [fault] = faults_of_list(ADA, target_domains=["new.example", " "])
    assert fault == "target_domains: an empty text is no domain"


# --- very many


def test_a_message_shows_the_first_faults_and_how_many_more_there_are() -> None:
    with pytest.raises(InvalidInput) as caught:
        people(list_rows([{"source_email": "x"}] * 100))
    refusal = caught.value
    assert len(refusal.faults) == 200
    assert str(refusal) == refusal.message == refusal.failure()["message"]
    assert refusal.message.splitlines() == [
        "200 faults in the input:",
        *refusal.faults[: InvalidInput.SHOWN],
        f"and {200 - InvalidInput.SHOWN} more",
    ]


def test_the_time_grows_with_the_rows_and_not_with_their_square(written: Written) -> None:
    path = written(
        HEADER + "".join(f"F,L,u{n}@old.example,u{n}@new.example,W{n % 9}\n" for n in range(30_000))
    )
    start = time.monotonic()
    rows = read_users_file(path)
    assert len(people(rows)) == 30_000
    assert len(deal(rows, None)) == 9
    assert time.monotonic() - start < 30  # seconds; it takes half of one


# --- dealing


def dealt(batches: str, size: int | None) -> list[tuple[str | None, list[str]]]:
    """Deals one row for each letter, in the batch of that letter; a dot has none."""
    rows = [
        (f"line {at}", {} if letter == "." else {"batch": letter})
        for at, letter in enumerate(batches)
    ]
    return [(name, [origin for origin, _unused in members]) for name, members in deal(rows, size)]


def test_batches_come_in_the_order_of_their_first_users() -> None:
    assert dealt("BAB", 1) == [("B", ["line 0", "line 2"]), ("A", ["line 1"])]


def test_users_without_a_batch_are_dealt_in_order() -> None:
    assert dealt(".A..", 2) == [
        (None, ["line 0", "line 2"]),
        ("A", ["line 1"]),
        (None, ["line 3"]),
    ]


def test_without_a_size_they_are_dealt_into_one_batch() -> None:
    assert dealt(".A..", None) == [(None, ["line 0", "line 2", "line 3"]), ("A", ["line 1"])]


@some
@given(st.text("AB.", max_size=12), st.text("AB.", max_size=12), st.integers(1, 4))
def test_rows_that_are_appended_leave_the_others_where_they_are(
    first: str, appended: str, size: int
) -> None:
    before, after = dealt(first, size), dealt(first + appended, size)
    for (name, members), (name_after, members_after) in zip(before, after, strict=False):
        assert name == name_after
        assert members == members_after[: len(members)]
    assert len(after) >= len(before)
    assert sum(len(members) for _unused, members in after) == len(first + appended)
