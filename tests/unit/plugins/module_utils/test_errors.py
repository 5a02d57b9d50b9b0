# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every failure has a code of its own, and no text of a failure shows a secret."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.cloudiway.mail.plugins.module_utils import _errors
from ansible_collections.cloudiway.mail.plugins.module_utils._contract import CALLS
from ansible_collections.cloudiway.mail.plugins.module_utils._errors import (
    CloudiwayError,
    Fault,
    InvalidInput,
    LostAnswer,
    ProtocolError,
    Redactor,
    Redirected,
    Refused,
    Throttled,
    Unreachable,
    Unsettled,
)
from ansible_collections.cloudiway.mail.plugins.module_utils._wire import decode

CODES = {
    "InvalidInput": "invalid_input",
    "Refused": "refused",
    "NotFound": "not_found",
    "Unreachable": "unreachable",
    "Throttled": "throttled",
    "LostAnswer": "lost_answer",
    "ProtocolError": "protocol",
    "Redirected": "redirect",
    "Insecure": "insecure",
    "NoSuchCall": "no_such_call",
    "ForceNeeded": "force_needed",
    "NotApplied": "not_applied",
    "GateNotPassed": "gate",
    "WaitTimeout": "wait_timeout",
    "WrongClock": "clock",
    "FailedUsers": "failed_users",
}
# Failures in between, which nothing raises.
STEMS = {"CloudiwayError", "Fault", "Unsettled"}


def kinds(root: type[CloudiwayError]) -> set[type[CloudiwayError]]:
    """The class and all classes of the tree below it."""
    below = [kind for kind in root.__subclasses__() if kind.__module__ == _errors.__name__]
    return {root}.union(*(kinds(kind) for kind in below))


def test_every_failure_has_the_code_that_playbooks_branch_on() -> None:
    found = {kind.__name__: kind.code for kind in kinds(CloudiwayError)}
    assert {name: code for name, code in found.items() if name not in STEMS} == CODES
    assert len(set(CODES.values())) == len(CODES)


def test_every_code_is_explained_in_the_table_at_the_head_of_the_file() -> None:
    explained = re.findall(r"^([a-z_]+) {2,}\S", _errors.__doc__ or "", re.M)
    assert explained[0] == "code"
    assert sorted(explained[1:]) == sorted(CODES.values())


def test_a_failure_tells_its_code_its_message_its_call_and_its_http_status() -> None:
    assert Refused("no license", call="start", http_status=200).failure() == {
        "code": "refused",
        "message": "no license",
        "call": "start",
        "http_status": 200,
    }
    assert str(Refused("no license")) == "no license"
    assert Refused("no license").failure()["call"] is None


def test_faulty_input_is_told_with_every_fault_at_once() -> None:
    error = InvalidInput(["line 2: no address", "line 7: no licence word"])
    assert error.failure()["faults"] == ["line 2: no address", "line 7: no licence word"]
    assert error.failure()["code"] == "invalid_input"
    for fault in error.faults:
        assert fault in str(error)
    assert "2 faults" in str(error)
    assert str(InvalidInput(["line 2: no address"])) == "line 2: no address"


def test_only_what_was_sent_without_an_answer_to_it_may_have_been_acted_upon() -> None:
    acted = {kind for kind in kinds(Fault) if t.cast(type[Fault], kind).may_have_acted}
    assert acted == kinds(LostAnswer) == {LostAnswer, ProtocolError, Redirected}
    assert kinds(Fault) == {Fault, Unreachable, Throttled, *acted}


def test_a_fault_keeps_the_seconds_that_the_service_asked_to_wait() -> None:
    assert Throttled("patience", http_status=429, retry_after=7.0).retry_after == 7.0
    assert LostAnswer("cut").retry_after is None


def test_work_that_did_not_end_well_keeps_what_was_seen_last() -> None:
    seen = {"users": ["a"]}
    for kind in kinds(Unsettled) - {Unsettled}:
        error = t.cast(type[Unsettled], kind)("three users failed", seen)
        assert error.seen == {"users": ["a"]}
        assert error.failure()["message"] == "three users failed"
    seen["summary"] = []
    assert error.seen == {"users": ["a"]}


# Secrets --------------------------------------------------------------------------------------

SECRETS = [
    "abc/def+ghi&jkl=mno%pqr",
    "abcdef ghijkl",
    "abc'defghi",
    'abc"defghi',
    "abc'def\"ghi",
    "abc\\defghi",
    "abcdef\u00e9\u00fc\u4e2d\U0001f600ghi",
    "/+&=%'\" \\\u00e9\u00df",
    "A/b+C=d%2Fe%zz",
    "~abc!def*(ghi)",
    "abc???>>>ghi",  # its base64 has both + and /
    "abcdef\tghi\njkl",
    "abcdef",
]


def _lower_hex(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda escape: escape[0].lower(), text)


WRITTEN: dict[str, t.Callable[[str], str]] = {
    "in clear": str,
    "URL-encoded": lambda secret: quote(secret, safe=""),
    "URL-encoded but for slashes": quote,
    "form-encoded": quote_plus,
    "URL-encoded in small letters": lambda secret: _lower_hex(quote(secret, safe="")),
    "form-encoded in small letters": lambda secret: _lower_hex(quote_plus(secret)),
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "in JSON": json.dumps,
    "in JSON with its letters": lambda secret: json.dumps(secret, ensure_ascii=False),
    "by repr": repr,
    "by ascii": ascii,
    "by repr in a dictionary": lambda secret: repr({"consumerSecret": secret}),
}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("way", WRITTEN)
def test_a_secret_is_gone_in_whatever_way_it_is_written(way: str, secret: str) -> None:
    written = WRITTEN[way](secret)
    shown = Redactor([secret]).clean(f"before {written} and {written} after")
    assert written.strip("\"'") not in shown
    assert "abc" not in shown
    assert "ghi" not in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert shown.count("********") == 2


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40),
    st.sampled_from(sorted(WRITTEN)),
)
def test_any_secret_is_gone_in_whatever_way_it_is_written(secret: str, way: str) -> None:
    written = WRITTEN[way](secret)
    shown = Redactor([secret]).clean(f"<{written}>")
    assert written not in shown
    assert "********" in shown
    # What is left: the mask, and what the way of writing puts around a secret.
    around = len(WRITTEN[way]("")) + 2
    padding = 2 if way.startswith("in base64") else 0
    assert len(shown) <= len("********") + around + padding


def test_a_text_without_a_secret_stays_as_it_is() -> None:
    text = "https://apps.cloudiway.com/api/mailusers/getall?consumerKey=%2Fx ******** \u00e9"
    assert Redactor(["abc/def+ghi"]).clean(text) == text
    assert Redactor([]).clean(text) == text


@pytest.mark.parametrize("secret", ["", "a", "ab", "s", "mail", "=", "%", "12345"])
def test_a_secret_too_short_to_be_told_from_other_text_leaves_it_alone(secret: str) -> None:
    text = "user ab12345@mail.example has no licence (status=3, 100%)"
    assert Redactor([secret]).clean(text) == text


def test_several_secrets_are_gone_even_where_one_is_a_part_of_another() -> None:
    for secrets in (["key-123", "key-123-and-more"], ["key-123-and-more", "key-123"]):
        shown = Redactor(secrets).clean("key-123-and-more, key-123; key%2D123-and-more")
        assert shown.startswith("********, ********; ")
        assert "and-more" not in shown.partition(";")[0]


# What the service echoes: an answer that is none, with the secret somewhere in it.
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
