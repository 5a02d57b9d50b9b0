# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether history is told in the zone that server_timezone names: 2.8 has stamps without a zone.

A pass that lies in the future, or began before it was started, means another zone. Pure, but for
the clock.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from ._errors import WrongClock
from ._models import Pass, iso

#: Seconds by which the server's clock may differ from ours.
CLOCK_SKEW = 60.0
#: Seconds by which two zones can differ: from -12:00 to +14:00.
_FARTHEST = 26 * 3600.0
#: Seconds: half of the least by which they differ. What is nearer is no matter of a zone.
_NEAREST = 450.0


def refuse_future(label: str, passes: Sequence[Pass]) -> None:
    """Raise WrongClock where the newest pass begins or ends in the future, whoever started it."""
    moments = [moment for one in passes[-1:] for moment in (one.start, one.end) if moment]
    ahead = max(moments, default=_now()) - _now()
    if ahead.total_seconds() > CLOCK_SKEW:
        # Seen soon after it was written, the moment is ahead by the offset that is missing.
        missing = ahead.total_seconds()
        quarters = math.ceil((_offset(moments[0]) + missing - CLOCK_SKEW) / 900)
        raise WrongClock(
            f"{label}: history has {iso(max(moments))}, which lies in the future: "
            f"{_what_is_wrong(missing, quarters)}"
        )


def has_begun_since(passes: Sequence[Pass], moment: dt.datetime) -> bool:
    """Whether the newest pass began at or after a moment of ours, as far as clocks agree."""
    return _after(moment, passes[-1].start) >= -CLOCK_SKEW


def refuse_another_beginning(label: str, started: dt.datetime, passes: Sequence[Pass]) -> None:
    """Raise WrongClock where the newest pass, which was started then, began before that."""
    if not passes or has_begun_since(passes, started):
        return
    begins = passes[-1].start
    after = _after(started, begins)
    raise WrongClock(
        f"{label}: its pass was started at {iso(started)}, and history says {iso(begins)}: "
        f"{_what_is_wrong(after, round((_offset(begins) + after) / 900))}"
    )


def ended_since(
    passes: Sequence[Pass] | None, moment: dt.datetime, skew: float = CLOCK_SKEW
) -> bool:
    """Whether the newest pass has ended at or after a moment of ours, as far as clocks agree."""
    end = passes[-1].end if passes else None
    return end is not None and _after(moment, end) >= -skew


def zone_behind(passes: Sequence[Pass] | None, moment: dt.datetime) -> str | None:
    """The zone in which the newest pass went on at this moment; None where no zone explains it.

    The pass was seen then, or started, and has ended before that as server_timezone reads it.
    """
    end = passes[-1].end if passes else None
    behind = -_after(moment, end) if end else 0.0
    if end is None or not _NEAREST < behind <= _FARTHEST:
        return None
    return _zone_name(math.floor((_offset(end) - behind + CLOCK_SKEW) / 900))


def _what_is_wrong(seconds: float, quarters: int) -> str:
    """What to mend where history is that far off; no zone is off by less than some minutes."""
    if abs(seconds) < _NEAREST:
        return f"the clocks differ by {abs(seconds):.0f} s; set this machine's, or the service's"
    return f"server_timezone is wrong; {_zone_name(quarters)} would fit"


def _after(moment: dt.datetime, told: dt.datetime) -> float:
    """Seconds from a moment of ours to one of the history: of an hour that comes twice, the later."""
    return max((one - moment).total_seconds() for one in (told, told.replace(fold=1)))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


def _offset(moment: dt.datetime) -> float:
    """Seconds by which the zone of a moment is ahead of UTC."""
    return (moment.utcoffset() or dt.timedelta()).total_seconds()


def _zone_name(quarters: int) -> str:
    """The name of the zone that is so many quarters of an hour ahead of UTC: +02:00."""
    minutes = 15 * max(-56, min(56, quarters))
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
