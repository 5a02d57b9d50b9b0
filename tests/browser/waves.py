# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waves of any size for the page, told as the engine reads them; the same each time."""

from __future__ import annotations

import random
import typing as t
from pathlib import Path

from ansible_collections.cloudiway.mail.plugins.module_utils._models import KINDS
from ansible_collections.cloudiway.mail.plugins.module_utils._page import page
from ansible_collections.cloudiway.mail.plugins.module_utils._waves import Mailbox, Wave

READ_AT = "2026-03-28T06:00:00Z"
#: Names that mean something to HTML, to scripts, or to how text is laid out.
HOSTILE = (
    "</script><script>document.title='taken'</script>@old.example",
    "<img src=x onerror=document.title='taken'>@old.example",
    "\"onfocus=document.title='taken' autofocus=\"@old.example",
    "<!--<script>@old.example",
    "\u202egnol.gnp@old.example",
    "محمد@مثال.example",
    "&lt;b&gt;&amp;@old.example",
    "{{ 7*7 }}\u2028@old.example",
)
#: The name of a wave, and what addresses are made of. In the last, the exclamation mark comes last.
LEFTWARD = (
    ("גל 1 (מכירות)", "דנה", "ישן.דוגמה"),
    ("الموجة 2 - المبيعات", "محمد", "قديم.مثال"),
    ("Wave 3 ירושלים!", "נועה", "old.example"),
)


def mailbox(number: int, source: str | None = None) -> Mailbox:
    """A mailbox: every tenth has failed, every fifteenth has lost items."""
    chance = random.Random(number)
    failed, lossy = number % 10 == 9, number % 15 == 14
    items = {
        kind: {"moved": chance.randrange(9000), "failed": 0, "ignored": 3, "left": 0}
        for kind in KINDS
    }
    items["mail"]["failed"] = 2 if lossy else 0
    reason = (
        "The newest pass has failed." if failed else "Items could not be moved." if lossy else None
    )
    hour, minute = chance.randrange(18, 22), chance.randrange(60)
    return {
        "source_email": source or f"person.{number:05}@old.example",
        "target_email": f"person.{number:05}@new.example",
        "migration_tag": f"tag-{number:05}",
        "status": "ONERROR" if failed else "SUCCESS",
        "phase": "failed" if failed else "done",
        "stage": "failed" if failed else "migrated",
        "passes": [
            (f"2026-03-26T{hour}:{minute:02}:00Z", f"2026-03-26T{hour + 1}:{minute:02}:30Z"),
            (f"2026-03-27T{hour}:{minute:02}:00Z", f"2026-03-27T{hour}:{minute:02}:59Z"),
        ],
        "items": items,
        "reason": reason,
        "next": "See its log in the portal." if reason else None,
    }


def wave(name: str, mailboxes: t.Iterable[Mailbox], **facts: t.Any) -> Wave:
    """A wave of these mailboxes."""
    told: t.Any = {
        "batch": name,
        "read_at": READ_AT,
        "trouble": None,
        "note": "",
        "switched_at": "2026-03-27T12:00:00Z",
        "gate": {"verdict": "failed", "text": "3 users failed, max_failed_users is 0"},
        "mailboxes": list(mailboxes),
        **facts,
    }
    whole: Wave = told
    return whole


def many(mailboxes: int, waves: int) -> list[Wave]:
    """So many mailboxes, dealt into so many waves."""
    each = mailboxes // waves
    return [
        wave(f"Wave {number + 1}", map(mailbox, range(number * each, (number + 1) * each)))
        for number in range(waves)
    ]


def lengthy() -> list[Wave]:
    """Waves whose names and texts are as long as they come, with blanks and without."""
    names = (
        "Headquarters-".ljust(200, "x"),
        "Berlin sales and " * 12,
        "\u0634\u0631\u0643\u0629" * 50,
    )
    return [
        wave(
            name,
            map(mailbox, range(20 * place, 20 * place + 20)),
            note=f"{name}: done",
            trouble=f"there is no batch '{name}'",
        )
        for place, name in enumerate(names)
    ]


def leftward() -> list[Wave]:
    """Waves and mailboxes in Hebrew and in Arabic, which are written from right to left."""
    return [
        wave(name, (mailbox(5 * number + 4, f"{who}.{number}@{domain}") for number in range(9)))
        for name, who, domain in LEFTWARD
    ]


def hostile() -> list[Wave]:
    """A wave whose every text is hostile, and one that could not be read."""
    members = [mailbox(9 + 10 * number, name) for number, name in enumerate(HOSTILE)]
    for one, name in zip(members, HOSTILE):
        one["target_email"] = one["status"] = name
    return [
        wave(HOSTILE[0], members, note=HOSTILE[1], gate={"verdict": "failed", "text": HOSTILE[2]}),
        wave(HOSTILE[3], [], trouble=HOSTILE[1]),
    ]


def written(waves: list[Wave], path: Path) -> Path:
    """Write the page about these waves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(page("Fabrikam <moves> & more", READ_AT, waves)), encoding="utf-8")
    return path
