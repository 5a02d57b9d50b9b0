# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to a running simulator, written from the API document, and the doors to it."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

if TYPE_CHECKING:
    import io

    from cloudiway_simulator.service import Service

KEY, SECRET = "the-key", "s3cret/+ &=\u00fc"
PERSON = {
    "firstName": "Anna",
    "lastName": "Adler",
    "sourceEmail": "anna@old.example",
    "targetEmail": "anna@new.example",
    "sourceConnectorName": "Exchange",
    "targetConnectorName": "Microsoft 365",
}

# Call: method, path, and where its example shows the credentials. Written a second time, by hand.
SHAPES = {
    "getall": ("GET", "getall", "query"),
    "migrationtag": ("GET", "migrationtag", "query"),
    "get": ("GET", "{tag}/get", "query"),
    "start": ("POST", "start", "top"),
    "stop": ("POST", "stop", "top"),
    "audit": ("POST", "audit", "top"),
    "status": ("GET", "{tag}/status", "query"),
    "getmailhistory": ("GET", "{tag}/getmailhistory", "query"),
    "license": ("POST", "license", "top"),
    "create": ("POST", "create", "auth"),
    "delete": ("POST", "delete", "top"),
    "update": ("POST", "update", "auth with tag"),
    "batch": ("GET", "batch", "query"),
    "addtobatch": ("POST", "addtobatch", "auth with tag"),
    "removefrombatch": ("POST", "removefrombatch", "top"),
    "startbatch": ("POST", "startbatch", "auth"),
    "stopbatch": ("POST", "stopbatch", "auth"),
    "createbatch": ("POST", "createbatch", "auth"),
    "deletebatch": ("POST", "deletebatch", "auth"),
    "batchaudit": ("POST", "batchaudit", "auth"),
    "getusersinbatch": ("GET", "getusersinbatch", "query"),
    "getallsourceconnectors": ("GET", "getallsourceconnectors", "query"),
    "getalltargetconnectors": ("GET", "getalltargetconnectors", "query"),
    "startpermissionmigrationbybatch": ("POST", "startpermissionmigrationbybatch", "auth"),
    "setmailglobalsettingsbybatch": ("POST", "setmailglobalsettingsbybatch", "batch"),
    "getmailglobalsettingsbybatch": ("GET", "getmailglobalsettingsbybatch", "query"),
}


@dataclass(frozen=True)
class Ask:
    """One request to a surface, still to be sent, and still to be spoilt."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any] | None

    @classmethod
    def of(cls, call: str, **fields: Any) -> Ask:
        """The request of a call as the document's example shows it; `tag` is the migration tag."""
        method, path, place = SHAPES[call]
        tag = fields.pop("tag", None)
        credentials = {"consumerKey": KEY, "consumerSecret": SECRET}
        if place == "query":
            return cls(method, path.format(tag=tag), {**credentials, **fields}, None)
        tagged = credentials if tag is None else {**credentials, "migrationTag": tag}
        if place == "top":
            return cls(method, path, {}, {**tagged, **fields})
        if place.startswith("auth"):
            return cls(method, path, {}, {"auth": tagged, **fields})
        batch = {"auth": credentials, "batchName": fields.pop("batchName")}
        return cls(method, path, {}, {**fields, "batch": batch})


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def value(self) -> Any:
        """What a success carries."""
        answer = self.json
        assert answer["hasError"] is False, answer
        return answer["response"]

    @property
    def refusal(self) -> str:
        """What a failure says."""
        answer = self.json
        assert answer["hasError"] is True, answer
        return cast(str, answer["response"])


@dataclass
class Simulator:
    """A running simulator, and the doors to it."""

    service: Service
    port: int
    log: io.StringIO

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send anything to any path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def put(self, ask: Ask, surface: str = "mailusers") -> Answer:
        """Send a request to a surface."""
        query = f"?{urlencode(ask.query)}" if ask.query else ""
        body = None if ask.body is None else json.dumps(ask.body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        return self.send(ask.method, f"/api/{surface}/{ask.path}{query}", body, headers)

    def ask(self, call: str, surface: str = "mailusers", **fields: Any) -> Answer:
        """Make a call as the document shows it."""
        return self.put(Ask.of(call, **fields), surface)

    def control(self, path: str, told: dict[str, Any] | None = None) -> Any:
        """Ask a control endpoint: by POST where something is told, else by GET."""
        answer = self.send(*self.controlling(path, told))
        assert answer.status == 200, answer.text
        return answer.json

    @staticmethod
    def controlling(path: str, told: dict[str, Any] | None) -> tuple[str, str, bytes | None]:
        if told is None:
            return "GET", f"/simulator/{path}", None
        return "POST", f"/simulator/{path}", json.dumps(told).encode()

    def read_as(self, **readings: object) -> None:
        """Read the document in another way from now on."""
        self.control("readings", readings)

    def advance(self, seconds: float) -> None:
        """Let so many simulated seconds go by."""
        self.control("clock", {"advance": seconds})

    def have(self, *addresses: str, batch: str | None = None, **facts: Any) -> list[str]:
        """Have licensed users with these source addresses and facts; their tags."""
        known = self.control("state")["mailusers"]
        new = [
            {
                "source_email": address,
                "target_email": address.replace("old", "new"),
                "licensed": True,
                **({} if batch is None else {"batch": batch}),
                **facts,
            }
            for address in addresses
        ]
        self.control("state", {"mailusers": {**known, "users": known["users"] + new}})
        told = self.control("state")["mailusers"]["users"]
        tags = {user["source_email"]: user["migration_tag"] for user in told}
        return [tags[address] for address in addresses]

    def user(self, address: str = "anna@old.example") -> dict[str, Any]:
        """Everything about a user, by source address."""
        users = self.control("state")["mailusers"]["users"]
        [user] = [one for one in users if one["source_email"] == address]
        return cast("dict[str, Any]", user)

    def status(self, tag: str) -> str:
        """The status of a user, as the API tells it."""
        return cast(str, self.ask("status", tag=tag).value)

    def raw(self, sent: bytes) -> bytes:
        """Send bytes, and read all that comes until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(sent)
            pieces = []
            while piece := connection.recv(65536):
                pieces.append(piece)
            return b"".join(pieces)
