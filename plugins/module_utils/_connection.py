# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the service is and how to speak to it, checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ._contract import SURFACES
from ._errors import InvalidInput
from ._moments import LONGEST
from ._redaction import secret_fault


@dataclass(frozen=True)
class Connection:
    """Where the service is and how to speak to it; durations in seconds."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    api_url: str = "https://apps.cloudiway.com/api"
    migration_type: str = "mail"
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 60
    retry_timeout: float = 300
    concurrency: int = 8

    @classmethod
    def of(cls, options: t.Mapping[str, t.Any]) -> Connection:
        """Build a connection from options of these names. Raises InvalidInput, all at once."""
        given = {
            name: options[name]
            for name in cls.__dataclass_fields__
            if options.get(name)
            not in (None, "")  # AWX injects what is left blank as an empty text
        }
        faults = [
            f"{name}: is needed, as an option or in the environment as CLOUDIWAY_{name.upper()}"
            for name in ("consumer_key", "consumer_secret")
            if not given.setdefault(name, "")
        ]
        faults += [
            f"{name}: {fault}"
            for name in ("consumer_key", "consumer_secret")
            if (fault := secret_fault(given[name]))
        ]
        connection = cls(**given)
        faults += connection._faults()
        if faults:
            raise InvalidInput(faults)
        return connection

    @property
    def root(self) -> str:
        """The URL in one form, however it was typed: without a slash at its end."""
        parts = urlsplit(self.api_url.strip())
        return parts._replace(netloc=parts.netloc.lower()).geturl().rstrip("/")

    @property
    def account(self) -> tuple[str, str, str]:
        """Whose users these are, for those who take turns with them."""
        parts = urlsplit(self.root)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
        host = (parts.hostname or "").rstrip(".")
        return f"{host}:{port}{parts.path}", self.consumer_key, self.migration_type

    def _faults(self) -> t.Iterator[str]:
        yield from _url_faults(self.api_url)
        if self.migration_type not in SURFACES:
            yield f"migration_type: {self.migration_type!r} is none of {', '.join(SURFACES)}"
        if self.ca_path is not None and not os.path.exists(self.ca_path):
            yield f"ca_path: {self.ca_path!r} does not exist"
        if not 0 < self.timeout <= LONGEST:
            yield f"timeout: {self.timeout} is not a number of seconds above 0 and up to a year"
        if not 0 <= self.retry_timeout <= LONGEST:
            yield f"retry_timeout: {self.retry_timeout} is not a number of seconds from 0 to a year"
        if not 1 <= self.concurrency <= 64:
            yield f"concurrency: {self.concurrency} is not from 1 to 64"


def _url_faults(url: str) -> t.Iterator[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port_is_sound = parts.port != 0
    except ValueError:
        yield "api_url: is not a URL"
        return
    if parts.username or parts.password:
        yield "api_url: must not hold credentials; use consumer_key and consumer_secret"
    elif parts.scheme not in ("http", "https") or not port_is_sound or not _can_be_asked(url):
        yield f"api_url: {url!r} is not like https://apps.cloudiway.com/api"
    elif parts.query or parts.fragment:
        yield "api_url: must have no query and no fragment"
    elif parts.scheme == "http" and not _is_loopback(host):
        yield f"api_url: plain http would send the secret in clear to {host}; use https"


def _can_be_asked(url: str) -> bool:
    """Whether a request can be made of it: its host is none for the libraries, or a name for DNS."""
    import requests  # here, so that a module can say that requests is missing

    try:
        prepared = requests.Request("GET", url).prepare()
        host = urlsplit(prepared.url or "").hostname or ""
        return bool(host.encode("idna")) and bool(url.encode("utf-8"))
    except (requests.RequestException, UnicodeError):
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
