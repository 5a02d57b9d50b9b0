# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer means, or that none came: a value, a refusal, or a fault of the way."""

from __future__ import annotations

import os
import ssl
import typing as t
from collections.abc import Collection
from http.client import HTTPException

from ._contract import Call
from ._errors import (
    CloudiwayError,
    Insecure,
    InvalidInput,
    LostAnswer,
    ProtocolError,
    Redirected,
    Refused,
    StillAtWork,
    Throttled,
    Unreachable,
)
from ._wire import decode

if t.TYPE_CHECKING:
    import requests

#: Bytes. The list of 50,000 users has about 15 million.
LARGEST_BODY = 256 * 1024 * 1024
_CHUNK = 64 * 1024


class TurnedAway(Refused):
    """A refusal without hasError (401, 403): of what stands before the service, or of its door.

    It says nothing about users and batches.
    """


class NotHere(CloudiwayError):
    """404 or 405 without hasError: the call has another path."""


def answer_of(call: Call, response: requests.Response, echoes: Collection[str]) -> t.Any:
    """Read an answer to its end: what it carries; echoes are texts of the request.

    Raises Refused, NotHere, or a Fault.
    """
    return _judged(call, response, _body_of(response), echoes)


def _body_of(response: requests.Response) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ProtocolError("the answer is compressed, which was not asked for")
    source: t.Any = response.raw._original_response  # alone gives at once what there is by now
    pieces: list[bytes] = []
    size = 0
    while True:
        piece = source.read1(_CHUNK)
        if not piece:
            break
        size += len(piece)
        if size > LARGEST_BODY:
            raise ProtocolError(f"the answer is larger than {LARGEST_BODY} bytes")
        pieces.append(piece)
    source.close()
    return b"".join(pieces)


def _judged(call: Call, response: requests.Response, body: bytes, echoes: Collection[str]) -> t.Any:
    """What an answer means, by its HTTP status first, and by its body."""
    status = response.status_code
    if status == 429:
        wait = _retry_after(response)
        raise Throttled("HTTP 429: too many requests", http_status=status, retry_after=wait)
    if status == 503:
        wait = _retry_after(response)
        raise LostAnswer("HTTP 503: not available", http_status=status, retry_after=wait)
    try:
        answer = decode(call, body, length=_length(response), echoes=echoes)
    except Refused as refusal:
        raise Refused(refusal.message, call=call.name, http_status=status) from None
    except ProtocolError as why:
        if status < 300:
            raise ProtocolError(why.message, call=call.name, http_status=status) from None
    else:
        if status < 300:
            return answer
    if 300 <= status < 400:
        raise Redirected(f"HTTP {status}: a redirect, not followed", http_status=status)
    if status in (404, 405):
        raise NotHere("", http_status=status)
    if status in (504, 524, 598):  # the two others are what some gateways say for it
        raise StillAtWork(f"HTTP {status}", http_status=status)
    if status >= 500 or status == 408:
        raise LostAnswer(f"HTTP {status}", http_status=status)
    raise TurnedAway(f"HTTP {status}, not from the service itself", http_status=status)


def _length(response: requests.Response) -> int | None:
    """Content-Length; None where there is none. Raises ProtocolError where it is no number."""
    text = response.headers.get("Content-Length", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ProtocolError("the answer does not say its length in a number")
    return int(text)


def _retry_after(response: requests.Response) -> float | None:
    """Retry-After in seconds; None where there is none, or where it is a date."""
    text = response.headers.get("Retry-After", "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def as_fault(why: BaseException, timeout: float) -> CloudiwayError:
    """What an exception of requests means, where no answer came within timeout seconds.

    Its own text is dropped: it may hold the URL.
    """
    import requests  # here, so that a module can say that requests is missing

    causes = list(_causes(why))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Insecure(f"the certificate does not verify: {cause.verify_message}")
    of_system = [one for one in causes if isinstance(one, OSError)]
    system = next(
        (one for one in of_system if not isinstance(one, requests.RequestException)), None
    )
    errno = system.errno if system else None
    # What is wrong here is not ridden out: nothing was sent, and waiting mends nothing.
    if isinstance(why, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return InvalidInput(["the proxy that the environment names is none that can be used"])
    reason = os.strerror(errno) if errno and errno > 0 else ""
    if isinstance(why, requests.ConnectTimeout):
        return Unreachable(f"no connection within {timeout:g} s")
    if isinstance(why, requests.ReadTimeout) or isinstance(system, TimeoutError):
        return StillAtWork(f"no answer within {timeout:g} s")
    names = {type(one).__name__ for one in causes}
    if "NameResolutionError" in names or "gaierror" in names:
        return Unreachable("the name of the host is not known")
    if isinstance(why, HTTPException):
        return ProtocolError("the answer is cut short")
    # A connection that is cut after the request was sent is the proxy's fault too, as requests says it.
    if isinstance(why, requests.exceptions.ProxyError) and _is_before_sending(causes, names):
        return Unreachable(f"no connection through the proxy {reason}".rstrip())
    if isinstance(why, requests.exceptions.SSLError):
        return LostAnswer("TLS failed")  # at its beginning, or when the request had been sent
    if "NewConnectionError" in names:
        return Unreachable(f"no connection: {reason or 'refused'}")
    return LostAnswer(f"the connection was cut: {reason or 'no answer came'}")


def _is_before_sending(causes: t.Sequence[BaseException], names: t.Collection[str]) -> bool:
    """Whether the way through a proxy ended before there was a connection to the service."""
    was_refused = any(str(one).startswith("Tunnel connection failed") for one in causes)
    return was_refused or "NewConnectionError" in names or "ConnectTimeoutError" in names


def _causes(why: BaseException) -> t.Iterator[BaseException]:
    """An exception and all that it was made from."""
    waiting, seen = [why], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        linked = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [each for each in linked if isinstance(each, BaseException)]
