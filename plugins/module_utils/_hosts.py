# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host of a batch is called: a name that C(--limit) can take. Pure."""

from __future__ import annotations

import re
import typing as t
import unicodedata

#: Names that mean something else to C(--limit). That of the group does so too.
RESERVED: t.Final = ("all", "ungrouped", "localhost")

_ACCENTS: t.Final = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")


def host_name(batch: str) -> str:
    """The name of a batch as --limit can take it; empty where it has no letter and no digit.

    Latin letters lose their accents; letters of other scripts stay, as --limit takes them.
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", batch).casefold())
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", text))
    kept = (sign if sign == "_" or unicodedata.category(sign)[0] in "LMN" else "-" for sign in text)
    return re.sub("-+", "-", "".join(kept)).strip("-")


def host_of(batch: str, group: str) -> str:
    """The host of a batch in a group; empty where its name makes none."""
    host = host_name(batch)
    return f"batch-{host}" if host in (*RESERVED, group) else host
