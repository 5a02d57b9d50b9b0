# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret is gone from a text in whatever way it is written there, and other text stays."""

from __future__ import annotations

import json
import time
import typing as t
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils._connection import Connection
from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    InvalidInput,
    ProtocolError,
    Refused,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._redaction import (
    LONGEST_SECRET,
    MASK,
    SHORTEST_SECRET,
    Redactor,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._wire import decode
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import SECRET, WRITINGS, leaks

SECRETS = [
    SECRET,
    "abc/def+ghi&jkl=mno%pqr",
    "abcdef ghijkl",
    "abc'defghi",
    'abc"defghi',
    "abc'def\"ghi",
    "abc\\defghi",
    "abc\\\\def\\nghi",
    "abcdef\u00e9\u00fc\u4e2d\U0001f600ghi",
    "/+&=%'\" \\\u00e9\u00df",
    "A/b+C=d%2Fe%zz",
    "~abc!def*(ghi)",
    "abc???>>>ghi",  # its base64 has both + and /
    "abcdef\tghi\njkl",
    "abcdef",
]


# What finds a leak --------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WRITINGS)
def test_the_search_finds_a_secret_in_whatever_way_it_is_written(way: str) -> None:
    assert leaks(f"before {WRITINGS[way](SECRET)} after")


@pytest.mark.parametrize("way", WRITINGS)
def test_the_search_finds_a_piece_of_a_secret(way: str) -> None:
    piece = SECRET[3:19]
    assert leaks(f"before {WRITINGS[way](piece)} after")


def test_the_search_finds_nothing_where_nothing_is() -> None:
    assert not leaks(f"https://apps.cloudiway.com/api?consumerSecret={MASK} s3cret/%20 dGVzdHM+")


# What takes it out --------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("way", WRITINGS)
def test_a_secret_is_gone_in_whatever_way_it_is_written(way: str, secret: str) -> None:
    written = WRITINGS[way](secret)
    shown = Redactor([secret]).clean(f"before: {written} and {written} :after")
    assert not leaks(shown, secret)
    assert shown.startswith("before: ")
    assert shown.endswith(" :after")
    assert shown.count(MASK) == 2


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40).filter(
        lambda secret: len(secret.strip()) >= SHORTEST_SECRET
    ),
    st.sampled_from([way for way in WRITINGS if way not in ("in small letters", "in capitals")]),
)
def test_any_secret_is_gone_in_whatever_way_it_is_written(secret: str, way: str) -> None:
    written = WRITINGS[way](secret)
    shown = Redactor([secret]).clean(f"<{written}>")
    assert MASK in shown
    assert written not in shown


def test_a_secret_is_gone_from_all_of_a_result_and_from_the_names_in_it() -> None:
    result = {
        f"user {SECRET}": [{"name": quote(SECRET)}, (json.dumps(SECRET), 7, None, True)],
        "fine": {"it": "stays"},
    }
    clean = Redactor([SECRET]).clean_all(result)
    assert not leaks(repr(clean))
    assert clean["fine"] == {"it": "stays"}
    assert clean[f"user {MASK}"][0] == {"name": MASK}
    assert clean[f"user {MASK}"][1][1:] == [7, None, True]


def test_a_result_without_a_secret_is_handed_on_as_it_is() -> None:
    result = {"users": [{"name": "Anna"}], "count": 7}
    assert Redactor([SECRET]).clean_all(result) is result


def test_a_text_without_a_secret_stays_as_it_is() -> None:
    text = "https://apps.cloudiway.com/api/mailusers/getall?consumerKey=%2Fx ******** \u00e9"
    assert Redactor(["abc/def+ghi"]).clean(text) == text
    assert Redactor([]).clean(text) == text


@pytest.mark.parametrize("secret", ["", "a", "ab", "s", "mail", "=", "%", "12345", "   12345   "])
def test_a_secret_too_short_to_be_told_from_other_text_leaves_it_alone(secret: str) -> None:
    text = "user ab   12345   @mail.example has no licence (status=3, 100%)"
    assert Redactor([secret]).clean(text) == text


@pytest.mark.parametrize(
    ("secret", "word"),
    [("x" * (LONGEST_SECRET + 1), f"more than {LONGEST_SECRET}"), ("abcdef\ud800", "half a char")],
)
def test_credentials_that_no_request_can_carry_are_refused_and_not_shown(
    secret: str, word: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        Connection.of({"consumer_key": secret, "consumer_secret": secret})
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "consumer_key",
        "consumer_secret",
    ]
    assert all(word in fault and secret not in fault for fault in caught.value.faults)


@pytest.mark.parametrize("short", ["k", "  12345  "])
def test_a_short_key_or_secret_is_no_fault(short: str) -> None:
    connection = Connection.of({"consumer_key": short, "consumer_secret": short})
    assert (connection.consumer_key, connection.consumer_secret) == (short, short)


def test_several_secrets_are_gone_even_where_one_is_a_part_of_another() -> None:
    for secrets in (["key-123", "key-123-and-more"], ["key-123-and-more", "key-123"]):
        shown = Redactor(secrets).clean("key-123-and-more, key-123; key%2D123-and-more")
        assert shown == f"{MASK}, {MASK}; {MASK}"


def test_a_text_four_times_as_long_takes_about_four_times_as_long() -> None:
    secret = "/+&=%\"'\u00fc \\" * (LONGEST_SECRET // 10)
    redactor = Redactor([secret])
    redactor.clean(secret)  # makes the pattern

    def seconds(length: int) -> float:
        text = f"{'user anna+x@old.example/%20; ' * length}{json.dumps(secret)}"
        began = time.process_time()
        shown = redactor.clean(text)
        spent = time.process_time() - began
        assert shown.endswith(f'; "{MASK}"')
        return spent

    assert seconds(20_000) < 12 * seconds(5_000)


def test_backslashes_before_other_signs_do_not_multiply_the_ways_to_read_a_text() -> None:
    secret = 'a\\"' * 14 + "Z"
    redactor = Redactor([secret])
    cut_short = json.dumps(secret)[1:-2]
    redactor.clean(cut_short[:20])
    began = time.process_time()
    assert redactor.clean(cut_short) == cut_short
    assert time.process_time() - began < 1
    for depth in range(3):
        written = secret
        for _time in range(depth):
            written = json.dumps(written)[1:-1]
        assert redactor.clean(f"<{written}>") == f"<{MASK}>"


# What the service echoes ---------------------------------------------------------------------------

# Answers that are none, with the secret somewhere in them.
ECHOES: dict[str, t.Callable[[str], str]] = {
    "HTML": lambda secret: f"<html>Bad request: {secret}</html>",
    "escaped HTML": lambda secret: f"<html>{quote(secret)} '{secret}' \"</html>",
    "JSON without hasError": lambda secret: json.dumps({"Message": "bad body", "Body": secret}),
    "JSON with an escaped body": lambda secret: json.dumps({"Body": json.dumps({"a": secret})}),
    "no JSON": lambda secret: f"{{'quoted', \"quoted\", {secret}}}",
    "a wrong value": lambda secret: json.dumps({"hasError": False, "response": {secret: secret}}),
    "a wrong name": lambda secret: json.dumps({secret: secret, "hasError": False, "response": 7}),
    "text": lambda secret: f"upstream said: {secret}",
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("echo", ECHOES)
def test_an_answer_that_is_none_and_echoes_the_secret_shows_no_piece_of_it(
    echo: str, secret: str
) -> None:
    pieces = {secret[at : at + 6] for at in range(len(secret) - 5)} | {"abc", "ghi"}
    for before in range(70):
        body = ECHOES[echo](secret)
        body = body[0] + " " * before + body[1:]
        with pytest.raises(ProtocolError) as caught:
            decode(CALLS["getall"], body.encode())
        shown = Redactor([secret]).clean(str(caught.value))
        assert not [piece for piece in pieces if piece in shown]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_refusal_that_echoes_the_secret_shows_no_piece_of_it(secret: str) -> None:
    for body in (
        json.dumps({"hasError": True, "response": f"bad secret '{secret}'"}),
        json.dumps({"hasError": True, "error": json.dumps({"consumerSecret": secret})}),
        f'{{"hasError":True": {json.dumps(secret)}}}',
        f'{{"hasError":true, "response": Bad request ?consumerSecret={quote(secret, safe="")}}}',
    ):
        with pytest.raises(Refused) as caught:
            decode(CALLS["start"], body.encode())
        shown = Redactor([secret]).clean(str(caught.value))
        assert "abc" not in shown
        assert "ghi" not in shown
        assert secret not in shown
