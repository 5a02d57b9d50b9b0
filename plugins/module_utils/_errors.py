# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as a tree of exceptions.

Every failure has a code that a playbook can branch on. The codes say what is known:

============== ======================================================================
code           meaning
============== ======================================================================
invalid_input  an option, a row or a file is wrong; nothing was written
refused        the service said no (hasError); not done
not_found      what was named is not on the server; nothing was written
ambiguous      several users fit what was named, or it cannot be told; nothing was written
unreachable    no connection within retry_timeout, or not tried after others had no answer; not done
throttled      429 for longer than retry_timeout, or not tried after others had that; not done
lost_answer    sent, but no answer came; done or not, look again
protocol       an answer came that is none (HTML, cut short); done or not, look again
redirect       the service redirects, which is not followed; done or not, look again
insecure       the certificate does not verify; not sent
no_such_call   the service knows none of the call's paths (404 or 405); not done
force_needed   a safety catch holds; nothing was written for that user or batch
not_applied    the service said yes, yet what reads back is not what was asked
gate           users or items failed beyond what the gate allows
wait_timeout   wait_timeout passed; the last state seen is returned
clock          history is in another time zone than server_timezone says
failed_users   some users of a list failed; each is named with its own failure
============== ======================================================================
"""

from __future__ import annotations

import typing as t


class CloudiwayError(Exception):
    """The root: a failure with a code and a message; call and HTTP status where there are any."""

    code = "error"

    def __init__(
        self, message: str, *, call: str | None = None, http_status: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.call = call
        self.http_status = http_status
        #: What was done and seen before the failure, for the module's result.
        self.seen: dict[str, t.Any] = {}

    def failure(self) -> dict[str, t.Any]:
        """The failure as modules return it: code, message, call, http_status."""
        return {
            "code": self.code,
            "message": self.message,
            "call": self.call,
            "http_status": self.http_status,
        }


class InvalidInput(CloudiwayError):
    """Options, rows or files are wrong. All faults are named at once, before the first write.

    ``faults`` has all of them, the message the first SHOWN, after where they are.
    """

    code = "invalid_input"
    SHOWN = 50

    def __init__(self, faults: t.Sequence[str], where: str = "") -> None:
        self.faults = list(faults)
        self._where = f"{where}: " if where else ""
        lines = [f"{len(faults)} faults in the input:"] if len(faults) > 1 else []
        lines += faults[: self.SHOWN]
        if len(faults) > self.SHOWN:
            lines.append(f"and {len(faults) - self.SHOWN} more")
        super().__init__(self._where + "\n".join(lines))

    def located(self) -> list[str]:
        """The faults, each with where it is, to stand among others."""
        return [self._where + fault for fault in self.faults]

    def failure(self) -> dict[str, t.Any]:
        return {**super().failure(), "faults": self.faults}


class NotFound(CloudiwayError):
    """A user or batch that was named is not on the server."""

    code = "not_found"


class Ambiguous(NotFound):
    """Several users fit, or it cannot be told whether one does."""

    code = "ambiguous"


class ForceNeeded(CloudiwayError):
    """A safety catch: the message says what would happen, and that force allows it."""

    code = "force_needed"


class NotApplied(CloudiwayError):
    """The service accepted a write, yet a read afterwards shows another state."""

    code = "not_applied"


class Refused(CloudiwayError):
    """The service answered with hasError: a definite no, whatever the HTTP status."""

    code = "refused"


class NoSuchCall(CloudiwayError):
    """404 or 405 on every path that the document gives for the call."""

    code = "no_such_call"


class Insecure(CloudiwayError):
    """A certificate that does not verify; nothing was sent."""

    code = "insecure"


class Fault(CloudiwayError):
    """A failure of the way to the service. It is ridden out for retry_timeout seconds."""

    #: Whether the service may have acted on the request although no answer came.
    may_have_acted = False

    def __init__(
        self,
        message: str,
        *,
        call: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, call=call, http_status=http_status)
        #: Seconds that the service asked to wait, where it did.
        self.retry_after = retry_after


class Unreachable(Fault):
    """No connection could be made; the request was not sent."""

    code = "unreachable"


class Throttled(Fault):
    """HTTP 429: the service did not act, and asks for patience."""

    code = "throttled"


class LostAnswer(Fault):
    """The request was sent and no answer came (cut connection, time-out, 5xx)."""

    code = "lost_answer"
    may_have_acted = True


class StillAtWork(LostAnswer):
    """No answer within the time-out, here or at a gateway (504): it may yet be acted upon."""


class RefusedAfterwards(LostAnswer):
    """Its answer was lost, and made again it was refused: because it was done, or because not."""


class ProtocolError(LostAnswer):
    """An answer came that is none: HTML, a body cut short, text that no sample shows."""

    code = "protocol"


class Redirected(ProtocolError):
    """A redirect. It is never followed: the credentials would go along."""

    code = "redirect"


class Unsettled(CloudiwayError):
    """Work that was done in part, or whose end did not come."""

    def __init__(self, message: str, seen: t.Mapping[str, t.Any] | None = None) -> None:
        super().__init__(message)
        self.seen = dict(seen or {})


class GateNotPassed(Unsettled):
    """More users or items failed than max_failed_users and max_failed_items_percent allow."""

    code = "gate"


class WaitTimeout(Unsettled):
    """wait_timeout seconds passed before everything was settled."""

    code = "wait_timeout"


class WrongClock(Unsettled):
    """A pass begins at a moment that only another server_timezone explains."""

    code = "clock"


class FailedUsers(Unsettled):
    """Some users of a list failed; the others were done."""

    code = "failed_users"
