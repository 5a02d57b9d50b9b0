# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests are written, and answers are read, as the API document and the design lay down."""

from __future__ import annotations

import json
import string
import sys
import time
import typing as t
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils import _contract
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import ProtocolError, Refused
from ansible_collections.cloudiway.mail.plugins.module_utils._wire import (
    Credentials,
    Request,
    decode,
    encode,
)
from ansible_collections.cloudiway.mail.tests.unit.plugins.module_utils.vectors.answers import (
    ANSWERS,
    BROKEN,
    FAILURE,
    READ,
)
from ansible_collections.cloudiway.mail.tests.unit.plugins.module_utils.vectors.calls import (
    BASE,
    BODY_SLIPS,
    JOURNALS,
    REQUESTS,
    SAMPLES,
    URL_SLIPS,
)
from ansible_collections.cloudiway.mail.tests.unit.plugins.module_utils.vectors.sent import (
    BATCH,
    CONTENT,
    KEYS,
    SENT,
    WRITE,
    Json,
)

CALLS = _contract.CALLS
BY_SECTION = {call.section: call for call in CALLS.values()}

some = settings(max_examples=200, deadline=None, database=None, derandomize=True)
many = settings(max_examples=700, deadline=None, database=None, derandomize=True)


# Requests: all of them ------------------------------------------------------------------------

SENT_IDS = [f"{name}-{number}" for name, number, *_unused in SENT]


def sent(name: str, arguments: Json, number: int = 0, keys: Json | None = None) -> Request:
    keys = keys or KEYS
    credentials = Credentials(keys["consumerKey"], keys["consumerSecret"])
    return encode(CALLS[name], CALLS[name].routes[number], arguments, credentials)


def query_of(request: Request) -> Json:
    pairs = parse_qsl(request.query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def body_of(request: Request) -> t.Any:
    assert request.body is not None
    return json.loads(request.body)


def test_every_way_of_every_call_is_in_the_list_of_what_is_sent() -> None:
    ways = [(call.name, number) for call in CALLS.values() for number in range(len(call.routes))]
    assert [tuple(sent[:2]) for sent in SENT] == ways


@pytest.mark.parametrize(
    ("name", "number", "arguments", "method", "path", "query", "body"), SENT, ids=SENT_IDS
)
def test_a_call_sends_its_fields_and_the_credentials_where_the_document_puts_them_and_no_more(
    name: str,
    number: int,
    arguments: Json,
    method: str,
    path: str,
    query: Json | None,
    body: Json | None,
) -> None:
    request = sent(name, arguments, number)
    assert (request.method, request.path) == (method, path)
    assert (query_of(request) if request.query else None) == query
    assert (body_of(request) if request.body is not None else None) == body


@pytest.mark.parametrize(("name", "number", "arguments"), [row[:3] for row in SENT], ids=SENT_IDS)
def test_a_call_with_a_field_too_many_or_too_few_is_a_slip_that_is_not_sent(
    name: str, number: int, arguments: Json
) -> None:
    with pytest.raises(ValueError, match="password"):
        sent(name, {**arguments, "password": "x"}, number)
    for field in set(arguments) - {"FromDate", "ToDate"}:
        with pytest.raises(ValueError, match=field):
            sent(name, {key: arguments[key] for key in arguments if key != field}, number)


@pytest.mark.parametrize("cleared", [None, ""])
def test_a_date_can_be_left_out_or_be_cleared_by_null_or_by_an_empty_text(
    cleared: str | None,
) -> None:
    without = {key: CONTENT[key] for key in CONTENT if key not in ("FromDate", "ToDate")}
    name = "setmailglobalsettingsbybatch"
    assert body_of(sent(name, {**BATCH, **without})) == {**without, "batch": WRITE["batch"]}
    request = sent(name, {**BATCH, **without, "ToDate": cleared})
    assert body_of(request) == {**without, "ToDate": cleared, "batch": WRITE["batch"]}


AWKWARD = [
    "a b",
    "a&b=c",
    "a+b",
    "a/b?c#d",
    "100%",
    "%2F",
    'O\'Neil "x"',
    "\u00e9\u4e2d\U0001f600",
    "a\\b",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_values_and_credentials_arrive_as_they_are_in_a_query_and_in_a_body(text: str) -> None:
    keys = {"consumerKey": text, "consumerSecret": text[::-1]}
    request = sent("getusersinbatch", {"batchName": text}, keys=keys)
    assert query_of(request) == {**keys, "batchName": text}
    assert request.query.isascii()
    assert not set(request.query) & set(" +#/?\"'")
    request = sent("createbatch", {"batchName": text}, keys=keys)
    assert body_of(request) == {"auth": keys, "batchName": text}


def test_a_tag_cannot_reach_beyond_its_place_in_the_path() -> None:
    assert sent("status", {"migrationTag": "a/b?c=d#e f"}).path == "a%2Fb%3Fc%3Dd%23e%20f/status"


@pytest.mark.parametrize("row", SENT, ids=SENT_IDS)
def test_neither_a_request_nor_the_credentials_show_the_secret_when_they_are_printed(
    row: tuple[str, int, Json, str, str, Json | None, Json | None],
) -> None:
    keys = {"consumerKey": "k", "consumerSecret": "s3cr3t-s3cr3t"}
    request = sent(row[0], row[2], row[1], keys)
    shown = f"{request!r} {request} {Credentials(**_snake(keys))!r} {Credentials(**_snake(keys))}"
    assert "s3cr3t" not in shown


def _snake(keys: Json) -> Json:
    return {"consumer_key": keys["consumerKey"], "consumer_secret": keys["consumerSecret"]}


# Requests: the samples ------------------------------------------------------------------------


def mended(text: str, slip: tuple[str, str] | None) -> str:
    """The text with its slip mended, which must be there."""
    if slip is None:
        return text
    assert text.count(slip[0]) == 1
    return text.replace(*slip)


@pytest.mark.parametrize("section", REQUESTS)
def test_a_sample_request_is_sent_as_it_is_printed(section: str) -> None:
    number, keys, arguments = SAMPLES[section]
    request = sent(BY_SECTION[section].name, arguments, number, keys)
    head, brace, rest = REQUESTS[section].partition("{")
    url = "".join(head.removesuffix("Body \n\n").removesuffix("Body \n\n ").split())
    address, _unused, query = mended(url, URL_SLIPS.get(section)).partition("?")
    assert BASE + request.path == address
    assert query_of(request) if query else not request.query
    assert dict(parse_qsl(query)) == (query_of(request) if query else {})
    assert request.method == ("POST" if brace or section == "2.3" else "GET")
    if brace:
        printed = json.loads(mended(brace + rest, BODY_SLIPS.get(section)))
        added = JOURNALS if section == "2.25" else {}
        assert body_of(request) == {**printed, **added}


@pytest.mark.parametrize("section", BODY_SLIPS)
def test_a_sample_request_with_a_slip_is_no_json_as_it_is_printed(section: str) -> None:
    _unused, brace, rest = REQUESTS[section].partition("{")
    with pytest.raises(ValueError, match=r"line \d+ column \d+"):
        json.loads(brace + rest)


# Answers: the samples -------------------------------------------------------------------------


def read(name: str, body: str | bytes) -> t.Any:
    return decode(CALLS[name], body.encode() if isinstance(body, str) else body)


def outcome(name: str, body: str | bytes) -> tuple[t.Any, Refused | ProtocolError | None]:
    """What a body carries, and why it was not read; anything else that is raised gets through."""
    try:
        return read(name, body), None
    except (Refused, ProtocolError) as error:
        return None, error


def test_every_sample_answer_is_expected_to_be_read_or_to_be_refused() -> None:
    assert list(ANSWERS) == [f"2.{number}" for number in range(1, 27)]
    assert set(READ) | set(BROKEN) == set(ANSWERS)
    assert not set(READ) & set(BROKEN)


@pytest.mark.parametrize("section", READ)
def test_a_sample_answer_is_read_as_it_is_printed(section: str) -> None:
    body = ANSWERS[section].encode()
    assert decode(BY_SECTION[section], body) == READ[section]
    assert decode(BY_SECTION[section], body, length=len(body)) == READ[section]


@pytest.mark.parametrize("section", BROKEN)
def test_a_sample_answer_that_is_broken_in_print_is_refused(section: str) -> None:
    with pytest.raises(ProtocolError):
        decode(BY_SECTION[section], ANSWERS[section].encode())


@pytest.mark.parametrize("section", BROKEN)
def test_a_sample_answer_that_is_broken_in_print_is_read_once_it_is_mended(section: str) -> None:
    _unused, slips, carried = BROKEN[section]
    body = ANSWERS[section]
    for slip in slips:
        body = body.replace(*slip)
    assert decode(BY_SECTION[section], body.encode()) == carried


@pytest.mark.parametrize("call", CALLS.values(), ids=str)
def test_the_failure_that_the_document_prints_is_a_refusal_whatever_the_call(
    call: _contract.Call,
) -> None:
    with pytest.raises(Refused) as caught:
        decode(call, FAILURE.encode())
    assert caught.value.message == "ErrorString"
    assert caught.value.call == call.name


@pytest.mark.parametrize("name", ["getall", "get", "getmailhistory", "batch", "getusersinbatch"])
@pytest.mark.parametrize("section", [section for section in READ if READ[section] is None])
def test_a_sample_success_of_a_call_without_a_value_is_none_for_a_call_with_one(
    section: str, name: str
) -> None:
    with pytest.raises(ProtocolError):
        read(name, ANSWERS[section])


# Answers: failures ----------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["response", "error", "message", "Response", "ERROR", "Message"])
@pytest.mark.parametrize("flag", ["hasError", "HasError", "haserror", "HASERROR"])
def test_a_failure_has_its_text_under_response_error_or_message(field: str, flag: str) -> None:
    with pytest.raises(Refused) as caught:
        read("start", json.dumps({flag: True, field: "No license, \u201csorry\u201d"}))
    assert caught.value.message == "No license, \u201csorry\u201d"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"hasError":True": User not found}', "User not found"),
        ('{"hasError":True": "User not found"}', "User not found"),
        ('{"hasError":true, "response": User not found}', "User not found"),
        ('{"hasError":true, User not found}', "User not found"),
        ('{ "hasError" : True , "error" : User not found }', "User not found"),
        ('{"response": User not found, "hasError":true}', "User not found"),
        ('{"hasError":true,\n "message": "a\nb"}', "a\nb"),
        ('{"hasError":true,"response":null,"error":"why"}', "why"),
        ('{"hasError":true,"response":"","message":"why"}', "why"),
        ('{"hasError":true,"response":" ","message":"why"}', "why"),
        ('{"hasError":true,"response":["x"],"error":"why"}', "why"),
    ],
)
def test_a_failure_is_told_in_the_words_of_the_service(body: str, text: str) -> None:
    with pytest.raises(Refused) as caught:
        read("getall", body)
    assert caught.value.message == text


@pytest.mark.parametrize(
    "body",
    [
        '{"hasError":true}',
        '{"hasError":true,"response":null}',
        '{"hasError":true,"response":"  "}',
        '{"hasError":True":}',
    ],
)
def test_a_failure_without_a_reason_has_a_text_all_the_same(body: str) -> None:
    with pytest.raises(Refused) as caught:
        read("start", body)
    assert caught.value.message.strip()


# Answers: what is none ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"true",
        b"[]",
        b"{}",
        b'"User scheduled"',
        b'<html><body>{"hasError":false}</body></html>',
        b"Service unavailable",
        b'{"Message":"An error has occurred."}',
        b'{"response":"User scheduled"}',
        b'{"hasError":"false","response":"x"}',
        b'{"hasError":0,"response":"x"}',
        b'{"hasError":null,"response":"x"}',
        b'{"hasErrors":false,"response":"x"}',
        b'{"hasError":falsehood, User scheduled}',
        b'{"hasError":false,"response":"x"',
        b'{"hasError":false,"response":"x"} trailing',
        b'{"hasError":false,"response":"x"}{"hasError":false,"response":"x"}',
        b'{"hasError":false,"response":"x"}}',
        b'{"inner":{"hasError":false,"response":"x"}}',
        b'{"inner":{"hasError":false, User scheduled}}',
        b'{{"hasError":false, User scheduled}}',
        b'{User scheduled, {"hasError":false}}',
        b'[{"hasError":false}]',
        b"\xff\xfe{\x00}\x00",
        '{"hasError":false}'.encode("utf-16"),
        b'{"hasError":false,"response":"\xe9"}',
    ],
)
def test_what_is_no_complete_answer_is_never_a_success(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        read("start", body)


@pytest.mark.parametrize(
    "body",
    [
        '{"hasError":true,"hasError":false,"response":"x"}',
        '{"hasError":false,"hasError":true,"response":"x"}',
        '{"hasError":true,"HasError":false,"response":"x"}',
        '{"HasError":false,"hasError":true,"response":"x"}',
        '{"hasError":true,"has\\u0045rror":false,"response":"x"}',
        '{"hasError":true,"hasError":false, User scheduled}',
        '{"hasError":false,"hasError":true, User scheduled}',
    ],
)
def test_an_answer_that_says_both_that_it_failed_and_that_it_did_not_is_never_a_success(
    body: str,
) -> None:
    with pytest.raises((ProtocolError, Refused)) as caught:
        read("start", body)
    assert caught.value.call == "start"


@pytest.mark.parametrize(
    ("name", "response"),
    [
        ("getall", "null"),
        ("getall", "{}"),
        ("getall", '"text"'),
        ("getall", "[1]"),
        ("getall", "[null]"),
        ("migrationtag", '"  "'),
        ("migrationtag", "5"),
        ("migrationtag", '["a"]'),
        ("get", "null"),
        ("get", "[]"),
        ("get", '"text"'),
        ("status", "null"),
        ("status", '""'),
        ("status", "true"),
        ("status", "2.0"),
        ("status", "1e3"),
        ("status", "NaN"),
        ("status", "1" * 5000),
        ("status", "[2]"),
        ("status", "{}"),
        ("getmailhistory", "null"),
        ("getmailhistory", "{}"),
        ("getmailhistory", '[{"startDateTime":"x"},7]'),
        ("batch", "null"),
        ("batch", '"wave"'),
        ("batch", "5"),
        ("batch", "[true]"),
        ("batch", "[null]"),
        ("batch", '[["wave"]]'),
        ("batch", '{"wave":1}'),
        ("getusersinbatch", "null"),
        ("getusersinbatch", '[""]'),
        ("getusersinbatch", '["a"," "]'),
        ("getusersinbatch", "{\u201c\u201d}"),
        ("getusersinbatch", '{"a",""}'),
        ("getusersinbatch", '{a,"  ",}'),
        ("getallsourceconnectors", "null"),
        ("getallsourceconnectors", '["Google"]'),
        ("getmailglobalsettingsbybatch", "null"),
        ("getmailglobalsettingsbybatch", "[]"),
    ],
)
def test_a_value_of_another_kind_than_the_call_carries_is_no_answer(
    name: str, response: str
) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(name, f'{{"hasError":false,"response":{response}}}')
    assert caught.value.call == name


@pytest.mark.parametrize("difference", [-40, -1, 1, 1000])
def test_an_answer_of_another_length_than_its_header_said_is_none(difference: int) -> None:
    for body in (b'{"hasError":false,"response":"WORKING"}', b'{"hasError":true,"error":"why"}'):
        with pytest.raises(ProtocolError):
            decode(CALLS["status"], body, length=max(0, len(body) + difference))


def test_the_length_of_a_header_counts_bytes_and_the_mark_at_the_start() -> None:
    body = b"\xef\xbb\xbf" + '{"hasError":false,"response":["\u00e9\u4e2d"]}'.encode()
    assert decode(CALLS["batch"], body, length=len(body)) == ["\u00e9\u4e2d"]


# Answers: what is let pass --------------------------------------------------------------------


@pytest.mark.parametrize("section", READ)
def test_a_byte_order_mark_and_blanks_around_an_answer_change_nothing(section: str) -> None:
    call, body = BY_SECTION[section], ANSWERS[section].encode()
    for wrapped in (b"\xef\xbb\xbf" + body, b"\r\n " + body + b"\r\n", b"\xef\xbb\xbf\n" + body):
        assert decode(call, wrapped) == READ[section]
    assert decode(call, body.replace(b"\n", b"\r\n")) == READ[section]


@pytest.mark.parametrize("section", READ)
@pytest.mark.parametrize("respell", [str.lower, str.upper, str.capitalize, str.swapcase])
def test_names_of_fields_are_read_whatever_their_case(
    section: str, respell: t.Callable[[str], str]
) -> None:
    body = ANSWERS[section]
    for field in ("hasError", "response", "firstName", "sourceEmail", "migrationTag", "toDate"):
        body = body.replace(f'"{field}"', f'"{respell(field)}"')
    assert decode(BY_SECTION[section], body.encode()) == READ[section]


def test_values_keep_their_case() -> None:
    assert read("batch", '{"hasError":false,"response":["Wave A","wave a"]}') == [
        "Wave A",
        "wave a",
    ]
    assert read("migrationtag", '{"hasError":false,"response":"aBcD"}') == "aBcD"
    assert read("get", '{"hasError":false,"response":{"FirstName":"ADA"}}') == {"firstname": "ADA"}


def test_migration_tags_are_stripped_of_blanks_and_batch_names_are_not() -> None:
    body = '{"hasError":false,"response":[" a-1 ","\\tb-2\\n"]}'
    assert read("getusersinbatch", body) == ["a-1", "b-2"]
    assert read("batch", body) == [" a-1 ", "\tb-2\n"]
    assert read("getusersinbatch", '{"hasError":false,"response":{\u201c a-1 \u201d, "b-2 "}}') == [
        "a-1",
        "b-2",
    ]


@pytest.mark.parametrize(
    ("response", "status"), [('"WORKING"', "WORKING"), ('" 6 "', "6"), ("6", "6"), ("0", "0")]
)
def test_a_status_is_a_name_or_a_code(response: str, status: str) -> None:
    assert read("status", f'{{"hasError":false,"response":{response}}}') == status


@pytest.mark.parametrize(
    "response",
    [
        "null",
        "5",
        "[]",
        '{"a":1}',
        "NaN",
        "1e999",
        "9" * 5000,
        '"a\nb"',
    ],
)
def test_a_call_without_a_value_succeeds_whatever_stands_under_response(response: str) -> None:
    assert read("start", f'{{"hasError":false,"response":{response}}}') is None


def test_a_call_without_a_value_needs_no_response() -> None:
    assert read("start", '{"hasError":false}') is None
    assert read("start", '{"HASERROR" : false , "extra": [1, {"hasError": true}]}') is None


def test_a_lone_surrogate_that_no_output_can_write_is_replaced() -> None:
    surrogate = '"wave \\ud800"'
    assert read("batch", f'{{"hasError":false,"response":[{surrogate}]}}') == ["wave ?"]
    assert read("batch", f'{{"hasError":false,"response":{{{surrogate}}}}}') == ["wave ?"]
    assert read("status", f'{{"hasError":false,"response":{surrogate}}}') == "wave ?"
    with pytest.raises(Refused) as caught:
        read("start", f'{{"hasError":true,"response":{surrogate}}}')
    assert caught.value.message == "wave ?"


# Answers: lists in print ----------------------------------------------------------------------

LETTERS = st.characters(categories=["L", "N"])
PLAIN = st.one_of(LETTERS, st.sampled_from(" &'()+-./:;@#%_!?*=<>|~$^`"))


def _bare(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=1, max_size=12).map(str.strip).filter(bool)


def _is_another_value(name: str) -> bool:
    """Whether a name that is printed bare is what JSON writes for something else: true, 1.50, -0."""
    try:
        return str(json.loads(name)) != name
    except ValueError:
        return False


BARE = _bare(PLAIN).filter(lambda name: not _is_another_value(name)).map(lambda name: (name, name))
CURLED = st.text(st.one_of(PLAIN, st.sampled_from(",[]\t\n")), max_size=12).map(
    lambda name: (name, f"\u201c{name}\u201d")
)
STRAIGHT = st.text(st.one_of(PLAIN, st.sampled_from(",[]\t\n")), max_size=12).map(
    lambda name: (name, json.dumps(name))
)
BLANK = st.sampled_from(["", " ", "\n", " \r\n\t "])


@st.composite
def printed_lists(
    draw: st.DrawFn, items: st.SearchStrategy[tuple[str, str]]
) -> tuple[list[str], str]:
    """A list of names, and a body that carries it as the document prints lists."""
    chosen = draw(st.lists(items, max_size=6))
    text = ",".join(draw(BLANK) + printed + draw(BLANK) for _unused, printed in chosen)
    trailing = draw(st.booleans())
    if chosen and trailing:
        text += "," + draw(BLANK)
    opening, closing = draw(st.sampled_from([("{", "}"), ("[", "]")]))
    flag, colon = (
        draw(st.sampled_from(["hasError", "HasError"])),
        draw(st.sampled_from([":", " : "])),
    )
    value = f'"response"{colon}{draw(BLANK)}{opening}{text}{closing}'
    body = f'{{"{flag}"{colon}false,{draw(BLANK)}{value}{draw(BLANK)}}}'
    return [name for name, _unused in chosen], body


def test_batches_that_are_named_by_years_are_read_where_names_are_printed_bare() -> None:
    assert read("batch", '{"hasError":false,"response":[2026, 2027]}') == ["2026", "2027"]


@some
@given(printed_lists(st.one_of(BARE, CURLED, STRAIGHT)))
def test_a_list_of_names_is_read_in_every_form_that_is_printed(
    printed: tuple[list[str], str],
) -> None:
    names, body = printed
    assert read("batch", body) == names


@some
@given(st.lists(st.text(), max_size=6), st.booleans(), st.sampled_from([None, 2]))
def test_a_list_of_names_in_strict_json_carries_every_name(
    names: list[str], ascii_only: bool, indent: int | None
) -> None:
    body = json.dumps(
        {"hasError": False, "response": names}, ensure_ascii=ascii_only, indent=indent
    )
    assert read("batch", body) == names


@some
@given(printed_lists(st.text(string.hexdigits + "-", min_size=1).map(lambda tag: (tag, tag))))
def test_a_list_of_bare_tags_is_read_as_it_is_printed(printed: tuple[list[str], str]) -> None:
    tags, body = printed
    assert read("getusersinbatch", body) == tags


@pytest.mark.parametrize(
    "name", ['24" wave', '"x"', "a{b", "a}b", "a}", "{", "a{b}c", '"}', "a\\b", "hasError", "]"]
)
@pytest.mark.parametrize("wrap", ["{%s}", "{%s, B}", "{A, %s,}", "[%s]", "[%s, B,]"])
def test_quotes_and_braces_in_a_name_in_quotes_are_its_own(name: str, wrap: str) -> None:
    others = wrap.replace("%s", "")
    expected = [*("A" if "A" in others else ""), name, *("B" if "B" in others else "")]
    for printed in (f"\u201c{name}\u201d", json.dumps(name)):
        body = '{"hasError":false,"response":%s}' % (wrap % printed)
        assert read("batch", body) == expected


@pytest.mark.parametrize("empty", ["[]", "{}", "{ }", "[ ]", "{\n\n}"])
@pytest.mark.parametrize("name", ["batch", "getusersinbatch"])
def test_an_empty_list_is_empty_in_every_form(name: str, empty: str) -> None:
    assert read(name, f'{{"hasError":false, "response": {empty}}}') == []


@pytest.mark.parametrize(
    "response",
    [
        "{A,,B}",
        "{,}",
        "{,A}",
        "{A,,}",
        "{\u201cA\u201d \u201cB\u201d}",
        "{\u201cA\u201dB}",
        "{\u201cA}",
        "{A\u201d}",
        '{"A" "B"}',
        '{"A}',
        '{A"}',
        "{{A}}",
        "{[A]}",
        "{A]",
        "[A}",
        "A, B",
        "{A}, {B}",
        "{A} B",
        '{A}, "more": {B}',
    ],
)
def test_a_list_with_a_slip_that_no_sample_shows_is_refused(response: str) -> None:
    with pytest.raises(ProtocolError):
        read("batch", f'{{"hasError":false,"response":{response}}}')


@pytest.mark.parametrize("name", ["getall", "get", "migrationtag", "status", "getmailhistory"])
def test_only_names_and_tags_are_read_from_a_printed_list(name: str) -> None:
    with pytest.raises(ProtocolError):
        read(name, '{"hasError":false,"response":{A, B}}')


@pytest.mark.parametrize("field", ["error", "message", "batches"])
def test_a_printed_list_is_read_under_response_only(field: str) -> None:
    with pytest.raises(ProtocolError):
        read("batch", f'{{"hasError":false,"{field}":{{A, B}}}}')


# Answers: what holds for all of them ----------------------------------------------------------

KIND_OF_BODY: dict[str, st.SearchStrategy[t.Any]] = {
    "start": st.recursive(
        st.none() | st.booleans() | st.integers() | st.text('ab{}[]"\\,: \u201c\u201d\u00e9'),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("ab}"), inner, max_size=3)
        ),
        max_leaves=4,
    ),
    "batch": st.lists(st.text('ab{}[]"\\,: \u201c\u201d\u00e9', max_size=6), max_size=4),
    "getusersinbatch": st.lists(st.text("ab-", min_size=1, max_size=6), max_size=4),
    "migrationtag": st.text('ab{}"\\,', min_size=1, max_size=9),
    "status": st.text('ab{}"\\,', min_size=1, max_size=9) | st.integers(),
    "getall": st.lists(st.dictionaries(st.text("ab}"), st.text('ab}"'), max_size=2), max_size=2),
    "get": st.dictionaries(st.text('ab}"'), st.text('ab}"'), max_size=3),
}


@st.composite
def successes(draw: st.DrawFn) -> tuple[str, bytes]:
    """A call, and a body that is strict JSON and says that it succeeded."""
    name = draw(st.sampled_from(sorted(KIND_OF_BODY)))
    answer = {"hasError": False, "response": draw(KIND_OF_BODY[name])}
    if draw(st.booleans()):
        answer = dict(reversed(answer.items()))
    text = json.dumps(
        answer, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1]))
    )
    return name, draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()


def refuse_every_cut(name: str, body: bytes) -> None:
    for end in range(len(body)):
        for length in (None, len(body)):
            with pytest.raises(ProtocolError):
                decode(CALLS[name], body[:end], length=length)


@pytest.mark.parametrize("section", READ)
def test_a_sample_answer_that_is_cut_short_anywhere_is_refused(section: str) -> None:
    refuse_every_cut(BY_SECTION[section].name, ANSWERS[section].encode())


@pytest.mark.parametrize("section", BROKEN)
def test_a_mended_sample_that_is_cut_short_anywhere_is_refused(section: str) -> None:
    body = ANSWERS[section]
    for slip in BROKEN[section][1]:
        body = body.replace(*slip)
    refuse_every_cut(BY_SECTION[section].name, body.encode())


@some
@given(successes())
def test_a_success_in_strict_json_that_is_cut_short_anywhere_is_refused(
    success: tuple[str, bytes],
) -> None:
    name, body = success
    if outcome(name, body)[1] is None:  # a tag or a status of blanks is none
        refuse_every_cut(name, body)


@some
@given(printed_lists(st.one_of(BARE, CURLED, STRAIGHT)))
def test_a_printed_list_that_is_cut_short_anywhere_is_refused(
    printed: tuple[list[str], str],
) -> None:
    refuse_every_cut("batch", printed[1].encode())


@some
@given(
    st.sampled_from(['"response": ', "", '"message": "']),
    st.text('ab{}[]"\\,: \u201c\u201d\u2018\u2019\n', max_size=30),
)
def test_a_printed_success_that_is_cut_short_anywhere_is_refused(label: str, text: str) -> None:
    body = f'{{"hasError":false, {label}{text}}}'.encode()
    if outcome("start", body)[1] is None:
        refuse_every_cut("start", body)


@pytest.mark.parametrize(
    "response",
    [
        '"a\\"}"',
        '"a}"',
        '["}"]',
        '["a", "}"]',
        '{"}": null}',
        '{"a": "}"}',
        'null, "message": "a}"',
    ],
)
def test_a_brace_in_a_text_does_not_stand_for_the_end_of_an_answer_that_is_cut_short(
    response: str,
) -> None:
    whole = f'{{"hasError": false, "response": {response}}}'
    assert read("startbatch", whole) is None
    refuse_every_cut("startbatch", whole.encode())


FRAGMENTS = st.sampled_from(
    [
        *'{}[],:"\\ \n\t',
        *("\u201c", "\u201d", "\u2018", "\ufeff", "\x00", "\u2028", "\U0001f600"),
        *(
            '"hasError":',
            '"HASERROR" : ',
            '"response":',
            '"error":',
            '"message":',
            '"hasError":True":',
        ),
        *("true", "false", "null", "True", "NaN", "-Infinity", "1e999", "-0", "1" * 5000, "1.5"),
        *('"\\ud800"', '"\\udc00"', '""', '"a"', "a", "\\u", "{}", "[]", "<html>", "ErrorString"),
    ]
)
SOUP = st.lists(FRAGMENTS, max_size=14).map("".join)
BODIES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    SOUP.map(str.encode),
    SOUP.map(lambda soup: f"{{{soup}}}".encode()),
    SOUP.map(lambda soup: f'{{"hasError":false,"response":{soup}}}'.encode()),
    SOUP.map(lambda soup: f'{{"hasError":false,"response":{{{soup}}}}}'.encode()),
    SOUP.map(lambda soup: f'{{"hasError":false,"response":[{soup}]}}'.encode()),
    SOUP.map(lambda soup: f'{{"hasError":true,"response":{soup}}}'.encode()),
)


@many
@given(st.sampled_from(sorted(CALLS)), BODIES)
def test_no_body_whatever_raises_anything_but_a_refusal_or_a_protocol_error(
    name: str, body: bytes
) -> None:
    value, error = outcome(name, body)
    if error is None:
        answer = body.decode("utf-8-sig").strip()
        assert answer.startswith("{")
        assert answer.endswith("}")
        assert "false" in answer.lower()
        assert value is None or CALLS[name].value is not _contract.Value.NOTHING
    else:
        assert error.message.strip()
        assert error.message.encode()


@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"]
)
@pytest.mark.parametrize("more", ["", ',"more":{"hasError":false}'])
@pytest.mark.parametrize("flag", ["true", "false"])
def test_no_depth_of_nesting_raises_anything_but_a_refusal_or_a_protocol_error(
    flag: str, more: str, opening: str, closing: str
) -> None:
    limit = sys.getrecursionlimit()
    for depth in (*range(limit - 200, limit + 5), 5000, 20000):
        body = f'{{"hasError":{flag},"response":{opening * depth}1{closing * depth}{more}}}'
        for name in ("start", "batch"):
            _unused, error = outcome(name, body)
            assert error is not None or (name, flag) == ("start", "false")


@pytest.mark.parametrize(
    ("name", "response"),
    [
        ("getusersinbatch", "{" + "94102641-1234-1234-1234-123456789012,\n      " * 50_000 + "}"),
        ("batch", "{}" + " " * 50_000 + "x"),
        ("batch", "{" + " " * 50_000 + "\u201c}"),
        ("batch", "{" + "a  " * 20_000 + "\u201c}"),
        ("batch", '{"' + "\\" * 50_000 + "}"),
        ("start", "{" * 25_000 + "}" * 25_000),
        ("start", ", " * 50_000),
    ],
    ids=[
        "50,000 tags",
        "blanks before the end",
        "blanks",
        "words",
        "backslashes",
        "braces",
        "commas",
    ],
)
def test_a_long_answer_is_read_or_refused_in_time_that_grows_with_its_length(
    name: str, response: str
) -> None:
    begun = time.process_time()
    _unused, error = outcome(name, f'{{"hasError":false,"response":{response}}}')
    assert time.process_time() - begun < 1
    assert len(str(error)) < 1000


@pytest.mark.parametrize("name", ["a}b", "{a}b}c", "a}", "}", "}}x", "plain"])
def test_a_printed_success_that_ends_within_the_name_of_the_batch_is_none(name: str) -> None:
    whole = f'{{"hasError":false, "response": Batch {name} has been started.}}'.encode()
    call = CALLS["startbatch"]
    for end in range(1, len(whole)):
        for length in (None, len(whole)):
            with pytest.raises(ProtocolError):
                decode(call, whole[:end], length=length, echoes=[name])
    if name == "plain":
        assert decode(call, whole, echoes=[name]) is None
