# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to the service: a session, retries, alternates, lanes. Knows nothing of Ansible.

Each call is tried until it is answered, for at most ``retry_timeout`` seconds from its first
fault. What a lost answer means depends on the call's row in ``_contract``: reads (and the
licence) are repeated, everything else only after a look at the state says that it did not happen.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import os
import random
import ssl
import threading
import time
import traceback
import typing as t
from collections.abc import Container, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from . import _contract as contract
from ._connection import Connection
from ._contract import SURFACES, Call, Repeat, Route, Status, status_of
from ._deadline import Awaited, adapter_with_deadline
from ._errors import (
    CloudiwayError,
    Fault,
    InvalidInput,
    NoSuchCall,
    ProtocolError,
    Refused,
    RefusedAfterwards,
    StillAtWork,
    Throttled,
    Unreachable,
)
from ._lanes import Lanes
from ._models import Connector, Fields, MailUser, Pass, Settings, address_key, tag_key
from ._parallel import MOST_AT_REST, Parallel, at_rest
from ._redaction import Redactor
from ._verdict import NotHere, TurnedAway, answer_of, as_fault
from ._wire import Arguments, Credentials, encode

try:
    import requests
except ImportError:
    #: The traceback of the failed import of requests, or None.
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

#: Seconds: the first and the longest pause between two tries, and the bounds of Retry-After.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_RETRY_AFTER = (1.0, 60.0)
#: Seconds without a sound answer that are worth a word.
_SILENCE = 5.0
#: Seconds for which the effect of a call whose answer was lost is looked for, where it must not come
#: twice: the service may act on it a moment later than the first look.
_LATE_EFFECT = 3.0
#: The most where a gateway was the one that did not wait: its time-out is not known.
_LATE_GATEWAY = 15.0
#: Seconds: the first and the longest pause between two such looks; each is twice the one before.
_LATE_PAUSE, _LONGEST_LATE_PAUSE = 0.5, 10.0
#: Seconds: how often who rests looks whether others may go on.
_GLANCE = 0.05
#: How often in a row a service that has never answered soundly may answer with what is no answer.
_STRANGE_GREETINGS = 3
_HEADERS = {
    "Accept": "application/json",
    # The length of a body is checked against Content-Length, so it must come as it is.
    "Accept-Encoding": "identity",
    "User-Agent": "ansible-collection/cloudiway.mail",
}

X = t.TypeVar("X")
Y = t.TypeVar("Y")


def _shows_no_secret(record: logging.LogRecord) -> bool:
    """Whether a record may be logged: urllib3 writes whole URLs, with the credentials of a GET."""
    return "consumerSecret" not in record.getMessage()


for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_shows_no_secret)


def _refuse_no_bundle(path: str, named: str) -> None:
    """Raise InvalidInput unless certificates can be verified with it: a file, or a folder of files."""
    file, folder = (None, path) if os.path.isdir(path) else (path, None)
    try:
        ssl.create_default_context(cafile=file, capath=folder)
    except ssl.SSLError:
        raise InvalidInput([f"{named}: {path} holds no certificate that can be read"]) from None
    except OSError as why:
        raise InvalidInput([f"{named}: {path}: {os.strerror(why.errno or 0)}"]) from None


class Client:
    """Speaks to the service. Use as a context manager; safe to call from several threads."""

    def __init__(self, connection: Connection) -> None:
        """Make no connection yet. Raises InvalidInput where no CA bundle is what should be one."""
        self.connection = connection
        self._credentials = Credentials(connection.consumer_key, connection.consumer_secret)
        self._redactor = Redactor([connection.consumer_secret, connection.consumer_key])
        surface = SURFACES[connection.migration_type]
        self._root = f"{connection.root}/{surface}"
        self._awaited = Awaited()
        self._adapter = adapter_with_deadline(connection.concurrency, self._awaited)
        verify: bool | str = connection.validate_certs
        if verify and connection.ca_path:
            verify = connection.ca_path
        with requests.Session() as session:  # proxies and CA bundles by environment
            way = session.merge_environment_settings(self._root, {}, True, verify, None)
        self._way: dict[str, t.Any] = dict(way)
        is_plain = self._root.startswith("http:")  # to loopback
        bundle = self._way["verify"]
        if isinstance(bundle, str) and bundle == verify:
            _refuse_no_bundle(bundle, "ca_path")
        elif isinstance(bundle, str) and not is_plain:  # else nothing is verified with it
            _refuse_no_bundle(bundle, "the CA bundle that the environment names")
        if is_plain:
            self._way["proxies"] = {}  # a proxy would get the secret in clear
        self._blank = requests.Request("GET", self._root, _HEADERS).prepare()
        self._routes: dict[str, Route] = {}
        self._spelling: dict[str, str] = {}
        self._lanes = Lanes(connection.concurrency)
        self._pool = ThreadPoolExecutor(2 * connection.concurrency + MOST_AT_REST)
        #: Set when the run ends: nothing is waited for any more.
        self.closing = threading.Event()
        self._sound_at: float | None = None  # monotonic; when an answer last was one
        self._answers = itertools.count(1)
        self._made_at = time.monotonic()
        self._trouble = ""
        #: How many sound answers came.
        self.answers = 0
        self._down: Fault | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End what waits, be it for an answer, and close the connections."""
        self.closing.set()
        self._lanes.close()
        self._awaited.give_up()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._adapter.close()

    # Reads ----------------------------------------------------------------------------------

    def users(self, sources: Container[str] | None = None) -> list[MailUser]:
        """All users (2.1), or those with these source addresses, by address_key."""

        def read(plain: Iterable[Fields]) -> list[MailUser]:
            users = (MailUser.read(one, self._spelled) for one in plain)
            if sources is None:
                return list(users)
            return [user for user in users if address_key(user.source_email) in sources]

        return self._read(contract.GETALL, {}, read)

    def tag_of(self, source_email: str, target_email: str) -> str:
        """The migration tag of a user (2.2). Raises Refused; that does not prove absence."""
        pair = {"sourceEmail": source_email, "targetEmail": target_email}
        return self._spelled(self._read(contract.MIGRATIONTAG, pair, _tag_of_somebody))

    def user(self, tag: str) -> MailUser:
        """One user (2.3), with its tag. Raises Refused."""
        plain = self._read(contract.GET, {contract.TAG: tag}, lambda plain: plain)
        return MailUser.read({**plain, "migrationtag": self._spelled(tag)})

    def status(self, tag: str) -> Status:
        """The status of a user (2.7). Raises Refused."""
        return self._read(contract.STATUS, {contract.TAG: tag}, status_of)

    def history(self, tag: str, zone: dt.tzinfo) -> tuple[Pass, ...]:
        """The passes of a user (2.8), the oldest first; zone is the server's. Raises Refused."""
        passes = self._read(
            contract.HISTORY,
            {contract.TAG: tag},
            lambda plain: [Pass.read(one, zone) for one in plain if Pass.has_begun(one)],
        )
        return tuple(sorted(passes, key=lambda one: one.start))

    def batches(self) -> list[str]:
        """The names of the batches (2.13)."""
        return self._read(contract.BATCHES, {}, list)

    def members(self, batch: str) -> list[str]:
        """The migration tags of the users in a batch (2.21). Raises Refused."""
        tags = self._read(contract.MEMBERS, {contract.BATCH: batch}, list)
        return list(map(self._spelled, tags))

    def connectors(self, side: str) -> list[Connector]:
        """The connectors of a side, source or target (2.22, 2.23)."""
        call = {"source": contract.SOURCE_CONNECTORS, "target": contract.TARGET_CONNECTORS}[side]
        return self._read(call, {}, lambda plain: [Connector.read(one) for one in plain])

    def settings(self, batch: str) -> Settings:
        """The settings of a batch (2.26). Raises Refused."""
        return self._read(contract.GET_SETTINGS, {contract.BATCH: batch}, Settings.read)

    def as_shown(self, tag: str) -> str:
        """A tag that somebody declares, as the service has spelled it, if it has."""
        return self._spelling.get(tag_key(tag), tag)

    def _spelled(self, tag: str) -> str:
        """A tag in the spelling in which the service showed it first: nothing else compares them."""
        return self._spelling.setdefault(tag_key(tag), tag)

    def _read(self, call: Call, arguments: Arguments, build: t.Callable[[t.Any], Y]) -> Y:
        return self._until_answered(call, lambda: build(self._try_routes(call, arguments)), None)

    # Writes ---------------------------------------------------------------------------------

    def send(self, call: Call, arguments: Arguments, happened: t.Callable[[], bool]) -> None:
        """Make a call that changes something.

        happened looks at the state and says whether the call's effect is there: asked after a
        lost answer, and after a refusal of a call that sets or makes (another run may have been
        faster). Raises Refused, or a Fault that says whether it may have been done.
        """
        try:
            self._until_answered(call, lambda: self._try_routes(call, arguments), happened)
        except Refused as why:
            if call.repeat not in (Repeat.SET, Repeat.MAKE):
                raise
            try:
                is_there = happened()
            except CloudiwayError:
                raise why from None  # what the service said weighs more than a look that failed
            if not is_there:
                raise

    # Many at once ---------------------------------------------------------------------------

    def begin(self, work: t.Callable[[X], Y], items: t.Iterable[X]) -> Parallel[X, Y]:
        """Begin work for every item, as many at once as there are lanes."""
        return Parallel(
            work,
            items,
            self._pool,
            self.connection.concurrency,
            self.closing,
            lambda: self._lanes.held_until,
        )

    def each(self, work: t.Callable[[X], Y], items: t.Iterable[X]) -> list[Y | CloudiwayError]:
        """Do work for every item, as many at once as there are lanes; results in order.

        A CloudiwayError of one item takes the place of its result.
        """
        return self.begin(work, items).results()

    def all(self, work: t.Callable[[X], Y], items: t.Iterable[X]) -> list[Y]:
        """As each, but the first CloudiwayError is raised."""
        results = []
        for result in self.each(work, items):
            if isinstance(result, CloudiwayError):
                raise result
            results.append(result)
        return results

    # One call, until it is answered ---------------------------------------------------------

    def _until_answered(
        self, call: Call, attempt: t.Callable[[], Y], happened: t.Callable[[], bool] | None
    ) -> Y | t.Any:
        patience = _Patience(self.connection.retry_timeout)
        doubt: Fault | None = None
        began = 0.0  # when the newest try was sent
        while True:
            try:
                with self._lanes.one(patience.is_short):
                    outage = self._down
                    if outage:
                        break
                    if self.closing.is_set():
                        raise Unreachable("it was not asked for, as the run ends")
                    began = time.monotonic()
                    result = attempt()
            except Fault as fault:
                self._trouble = fault.message
                if fault.may_have_acted and happened:
                    doubt = fault
                pause = patience.after(fault, began)
                if fault.http_status in (429, 503):
                    hold = _asked_for(fault) or min(pause or 0.0, _FIRST_PAUSE)
                    self._lanes.slower(began, hold)
                if pause is None or self._is_stranger(patience):
                    self._mind_outage(patience, fault)
                    raise self._given_up(call, fault, doubt) from None
                if self._rest(pause, patience.sent):
                    raise self._given_up(call, fault, doubt) from None
            except Refused as why:
                self._note_answer()
                self._lanes.faster()
                if doubt is not None and call.repeat is Repeat.LICENSE:
                    raise self._refused_afterwards(call, doubt, why) from None
                raise
            else:
                self._note_answer()
                self._lanes.faster()
                return result
            if doubt is not None and happened is not None and call.repeat is not Repeat.LICENSE:
                if self._look(call, happened, doubt, patience):
                    return None
                doubt = None
        raise self._given_up(call, outage, doubt)

    def _rest(self, seconds: float, since: float) -> bool:
        """Wait without a lane; whether the run ends.

        Others go on once the service has answered soundly since then. So of one that goes down, little
        more is asked than what was under way, and as much again.
        """
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            if self._sound_at and self._sound_at > since:
                with at_rest():
                    return self.closing.wait(left)
            if self.closing.wait(min(left, _GLANCE)):
                return True
        return self.closing.is_set()

    def _note_answer(self) -> None:
        self._sound_at = time.monotonic()
        self._trouble = ""
        self.answers = next(self._answers)

    def silence(self) -> tuple[float, str] | None:
        """For how many seconds no sound answer came, and what came last; None while they come."""
        trouble = self._trouble
        seconds = time.monotonic() - (self._sound_at or self._made_at)
        return (seconds, trouble) if trouble and seconds >= _SILENCE else None

    def _look(
        self, call: Call, happened: t.Callable[[], bool], doubt: Fault, patience: _Patience
    ) -> bool:
        """Whether a call whose answer was lost can be seen to have happened.

        Where what is left of retry_timeout does not suffice to be as good as sure that nothing comes
        any more, the call stays in doubt.
        """
        wanted = _late_effect(call, doubt, self.connection.timeout)
        granted = min(wanted, max(_LATE_EFFECT, patience.left))
        ends = time.monotonic() + granted
        pause = _LATE_PAUSE
        try:
            while not happened():
                rest = ends - time.monotonic()
                if rest <= 0:
                    break
                if self._rest(min(pause, rest), patience.sent):
                    raise doubt
                pause = min(2 * pause, _LONGEST_LATE_PAUSE)
            else:
                return True
        except CloudiwayError:
            raise self._given_up(call, doubt, doubt) from None
        if granted < wanted:
            raise self._given_up(call, doubt, doubt)
        return False

    def _is_stranger(self, patience: _Patience) -> bool:
        """Whether this is no service at all: it never answered soundly, only with HTML and such."""
        return self._sound_at is None and patience.strange >= _STRANGE_GREETINGS

    def _mind_outage(self, patience: _Patience, fault: Fault) -> None:
        """Where nobody was answered in all that time, the next in line need not try as long.

        Nor within a time-out: a short retry_timeout alone does not make one fault an outage.
        """
        silent = min(patience.began, time.monotonic() - self.connection.timeout)
        if self._sound_at is None or self._sound_at < silent:
            kind = Throttled if isinstance(fault, Throttled) else Unreachable
            what = "asks to wait" if kind is Throttled else "does not answer"
            why = f"not tried, as the service {what} ({fault.message})"
            self._down = kind(why, http_status=fault.http_status)
            self._lanes.release()

    def _refused_afterwards(self, call: Call, doubt: Fault, why: Refused) -> CloudiwayError:
        """What is known of a call that was refused after its answer had been lost: no more than that."""
        if isinstance(why, TurnedAway):
            return self._given_up(call, doubt, doubt)
        message = self._redactor.clean(
            f"{call}: {doubt.message}; made again, it was refused: {why.message}; "
            "whether it was done is not known"
        )
        return RefusedAfterwards(message, call=call.name, http_status=why.http_status)

    def _given_up(self, call: Call, fault: Fault, doubt: Fault | None) -> Fault:
        last = fault if doubt is None or fault.may_have_acted else doubt
        known = "it was not done"
        if call.repeat is Repeat.READ:
            known = "nothing was read"
        elif last.may_have_acted:
            known = "whether it was done is not known: look again, or run again"
        what = last.message
        if isinstance(last, Unreachable) and self._sound_at is None:
            what += f" (is api_url right? {self.connection.api_url})"
        message = self._redactor.clean(f"{call}: {what}; {known}")
        return type(last)(message, call=call.name, http_status=last.http_status)

    # One try --------------------------------------------------------------------------------

    def _try_routes(self, call: Call, arguments: Arguments) -> t.Any:
        """Try the call's routes: the next one on 404 or 405, and the one that worked at first."""
        routes = list(call.routes)
        if call.name in self._routes:
            routes = [self._routes[call.name]]
        status, reason = None, None
        for at, route in enumerate(routes):
            try:
                answer = self._exchange(call, route, arguments)
            except NotHere as elsewhere:
                status = elsewhere.http_status
                continue
            except Refused as refusal:
                # Only where the credentials go is in doubt between routes that are the same else.
                other = routes[at + 1] if at + 1 < len(routes) else None
                reason = type(refusal)(
                    self._redactor.clean(refusal.message),
                    call=call.name,
                    http_status=refusal.http_status,
                )
                if other and (other.method, other.path) == (route.method, route.path):
                    continue
                raise reason from None
            except Fault:
                if reason and call.repeat is Repeat.READ:
                    break  # what was said weighs more than a way that leads nowhere
                raise
            self._routes[call.name] = route
            return answer
        if reason:
            raise reason  # the call is there, and what the service said of it weighs more than a 404
        raise NoSuchCall(
            f"{call}: HTTP {status}: no such call at {self._root}; is api_url right?",
            call=call.name,
            http_status=status,
        )

    def _exchange(self, call: Call, route: Route, arguments: Arguments) -> t.Any:
        request = encode(call, route, arguments, self._credentials)
        prepared = self._blank.copy()  # preparing each anew would take a fifth of all its work
        prepared.method = request.method
        query = f"?{request.query}" if request.query else ""
        prepared.url = f"{self._blank.url}/{request.path}{query}"
        if request.body is not None:
            prepared.headers["Content-Type"] = "application/json"
            prepared.prepare_body(request.body, None)
        timeout = self.connection.timeout
        response = None
        whole = False
        try:
            response = self._adapter.send(prepared, timeout=timeout, **self._way)
            echoes = [text for text in arguments.values() if isinstance(text, str)]
            answer = answer_of(call, response, echoes)
            whole = True
            return answer
        except CloudiwayError as why:
            whole = isinstance(why, (Refused, NotHere, Throttled)) or why.http_status == 503
            raise
        except (requests.RequestException, HTTPException, OSError) as why:
            failure = as_fault(why, timeout)
            failure.call = call.name
            raise failure from None
        finally:
            # A connection is used again only after an answer that was read to its end.
            if response is not None and whole:
                response.raw.release_conn()
            elif response is not None:
                response.raw.close()


def _tag_of_somebody(tag: str) -> str:
    """The tag, unless it is the GUID of nothing, as .NET writes it. Raises Refused then."""
    if not tag.strip("{}0- "):
        raise Refused("no user has this tag", call=contract.MIGRATIONTAG.name)
    return tag


def _spoils(call: Call) -> bool:
    """Whether a call does harm where it is acted upon after it was made anew.

    Whatever makes or starts does it twice; and a removal, which names no batch (2.15), takes the
    user out of the batch that it has joined meanwhile.
    """
    return call.repeat in (Repeat.MAKE, Repeat.START) or call is contract.REMOVE_FROM_BATCH


def _late_effect(call: Call, doubt: Fault, timeout: float) -> float:
    """For how many seconds the effect of a call is looked for whose answer was lost."""
    if not _spoils(call):
        return 0.0
    if not isinstance(doubt, StillAtWork):
        return _LATE_EFFECT
    is_of_a_gateway = doubt.http_status is not None
    return max(_LATE_EFFECT, min(timeout, _LATE_GATEWAY) if is_of_a_gateway else timeout)


def _asked_for(fault: Fault) -> float | None:
    """For how many seconds the service asks to wait, within bounds; None where it does not say."""
    if fault.retry_after is None:
        return None
    least, most = _RETRY_AFTER
    return min(max(fault.retry_after, least), most)


class _Patience:
    """How long one call has been tried, and the pause before the next try."""

    def __init__(self, retry_timeout: float) -> None:
        self._retry_timeout = retry_timeout
        #: Monotonic: when the first try that came to nothing was sent, and when that was known.
        self.sent = self.began = 0.0
        self.faults = 0
        #: How many of them, to the last, were answers that are none.
        self.strange = 0
        #: Whether the next try comes earlier than the service asks for, as there is no more time.
        self.is_short = False

    @property
    def left(self) -> float:
        """Seconds of retry_timeout that are left, since the first fault."""
        return self.began + self._retry_timeout - time.monotonic()

    def after(self, fault: Fault, sent: float) -> float | None:
        """Seconds to wait after the fault of a try; None when retry_timeout is used up."""
        self.sent = self.sent or sent
        self.began = self.began or time.monotonic()
        self.faults += 1
        self.strange = self.strange + 1 if isinstance(fault, ProtocolError) else 0
        left = self.left
        if left <= 0:
            return None
        asked = _asked_for(fault)
        if asked is not None:
            self.is_short = asked > left
            return min(asked, left)
        pause: float = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(self.faults - 1, 10))
        jittered: float = pause * random.uniform(0.5, 1.0)
        return min(jittered, left)
