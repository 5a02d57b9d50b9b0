# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bare client: the writes that make new users, with http.client over keep-alive connections.

It knows beforehand what to send, looks at nothing but that the answer says no error, and is as
fast as Python and its threads allow: what the collection is compared with.
"""

from __future__ import annotations

import argparse
import http.client
import json
import threading
import time
from collections.abc import Iterator

from ansible_collections.cloudiway.mail.tests.benchmark import roster
from ansible_collections.cloudiway.mail.tests.benchmark.server import SURFACE

_KEYS = {"consumerKey": roster.KEY, "consumerSecret": roster.SECRET}
_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity"}

Request = tuple[str, bytes]


def stages(users: int, batches: int) -> Iterator[list[list[Request]]]:
    """Chains of requests: those of a stage may go side by side, those of a chain may not."""
    named = [
        ("createbatch", {"auth": _KEYS, "batchName": roster.batch(at)}) for at in range(batches)
    ]
    made = [("create", {"auth": _KEYS, **roster.person(at)}) for at in range(users)]
    yield [[(name, json.dumps(body).encode())] for name, body in [*named, *made]]
    yield [
        [
            ("license", json.dumps({**_KEYS, "migrationTag": roster.tag(at)}).encode()),
            ("addtobatch", json.dumps(_joining(at, users, batches)).encode()),
        ]
        for at in range(users)
    ]


def _joining(at: int, users: int, batches: int) -> dict[str, object]:
    auth = {**_KEYS, "migrationTag": roster.tag(at)}
    return {"auth": auth, "batchName": roster.batch_of(at, users, batches)}


class Lane(threading.Thread):
    """One connection: takes the next chain as long as there is one."""

    def __init__(
        self, connection: http.client.HTTPConnection, chains: Iterator[list[Request]]
    ) -> None:
        super().__init__()
        self._connection = connection
        self._chains = chains

    def run(self) -> None:
        for chain in self._chains:  # next() of a list's iterator is one step for all threads
            for call, body in chain:
                self._connection.request("POST", SURFACE + call, body, _HEADERS)
                answer = json.loads(self._connection.getresponse().read())
                if answer["hasError"]:
                    raise SystemExit(f"{call}: {answer['response']}")


def main() -> None:
    """Make the users; the seconds that it took are the one line that is printed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("port", type=int)
    options.add_argument("--users", type=int, required=True)
    options.add_argument("--batches", type=int, required=True)
    options.add_argument("--connections", type=int, required=True)
    given = options.parse_args()
    work = list(stages(given.users, given.batches))
    connections = [
        http.client.HTTPConnection("127.0.0.1", given.port) for _at in range(given.connections)
    ]
    began = time.monotonic()
    for stage in work:
        chains = iter(stage)
        lanes = [Lane(connection, chains) for connection in connections]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
    print(time.monotonic() - began)


if __name__ == "__main__":
    main()
