# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: what the simulator is told, its announcement, its detachment, its end."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, TextIO

from .clock import Clock
from .control import Control
from .http_front import Front
from .journal import Journal
from .mailbox import EVERY_PASS, Scenario
from .readings import Readings, UnknownReading
from .records import Connector, Connectors
from .service import Credentials, Service

KEY, SECRET = "CLOUDIWAY_CONSUMER_KEY", "CLOUDIWAY_CONSUMER_SECRET"
DEFAULT_SOURCES = ("Exchange=Exchange 2016", "Google Workspace=Google")
DEFAULT_TARGETS = ("Microsoft 365=Office 365", "Exchange Online=Office 365")
LOOK_EVERY = 1.0  # seconds between two looks at how long it has been idle


def main(arguments: Sequence[str]) -> int:
    """Serve until told to end, or until idle for too long; the exit code."""
    parser = _parser()
    said = parser.parse_args(arguments)
    credentials = Credentials(os.environ.get(KEY, ""), os.environ.get(SECRET, ""))
    if not credentials.key or not credentials.secret:
        parser.error(f"the environment must have {KEY} and {SECRET}")
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _end)
    try:
        readings = Readings().with_changes(dict(said.reading))
        connectors = _connectors(said)
        log = _log(said.log)
        front = Front(said.port)
        unsaid = _unsaid(said.announce)
    except (UnknownReading, OSError, OverflowError, ValueError) as bad:
        parser.error(str(bad))
    url = f"http://127.0.0.1:{front.port}/api"
    if said.detach:
        child = os.fork()
        if child:
            return _announce(url, child, said.announce, unsaid)
        _leave_caller()
    else:
        _announce(url, os.getpid(), said.announce, unsaid)
    return _serve(said, front, url, credentials, connectors, readings, log)


def _serve(
    said: argparse.Namespace,
    front: Front,
    url: str,
    credentials: Credentials,
    connectors: Connectors,
    readings: Readings,
    log: TextIO | None,
) -> int:
    service = Service(
        credentials,
        Clock(said.speed),
        _scenario(said),
        connectors,
        readings,
        Journal(log),
        said.latency_ms / 1000,
    )
    front.serve(Control(service, url).answer)
    while not said.idle_exit or front.idle_seconds() < said.idle_exit:
        time.sleep(min(LOOK_EVERY, said.idle_exit or LOOK_EVERY))
    return 0


def _log(path: str | None) -> TextIO | None:
    """The log, a line of which is on disk as soon as it is written."""
    return None if path is None else open(path, "a", encoding="utf-8", buffering=1)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _unsaid(path: str | None) -> str | None:
    """An empty file beside that of the announcement. Raises OSError while nothing is detached yet."""
    if path is None:
        return None
    folder = Path(path).resolve().parent
    if not folder.is_dir():
        raise NotADirectoryError(f"--announce {path}: there is no folder {folder}")
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as partial:
        return partial.name


def _announce(url: str, pid: int, path: str | None, unsaid: str | None) -> int:
    """Say where it listens, on standard output and in a file that is never half written."""
    line = json.dumps({"url": url, "pid": pid})
    if path is not None and unsaid is not None:
        Path(unsaid).write_text(line + "\n", encoding="utf-8")
        os.replace(unsaid, path)
    print(line, flush=True)
    return 0


def _leave_caller() -> None:
    """Go on in a session of its own, which the caller's Ctrl-C does not reach, with no terminal."""
    os.setsid()
    os.chdir("/")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


# -- what the command line says ---------------------------------------------------------------


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _failing(text: str) -> tuple[str, int]:
    address, equals, passes = text.partition("=")
    return address.lower(), int(passes) if equals else EVERY_PASS


def _item_failures(text: str) -> tuple[str, int]:
    address, items = _pair(text)
    return address.lower(), int(items)


def _speed(text: str) -> float:
    speed = float(text)
    if speed <= 0:
        raise argparse.ArgumentTypeError("the speed is more than 0")
    return speed


def _connectors(said: argparse.Namespace) -> Connectors:
    sources = list(map(_pair, DEFAULT_SOURCES))
    targets = list(map(_pair, DEFAULT_TARGETS))
    if said.connectors != "default":
        told = json.loads(Path(said.connectors).read_text(encoding="utf-8"))
        try:
            sources = [(one["name"], one["type"]) for one in told["source"]]
            targets = [(one["name"], one["type"]) for one in told["target"]]
        except (KeyError, TypeError):
            shape = '{"source": [{"name": "", "type": ""}], "target": [...]}'
            raise ValueError(f"{said.connectors} is not of the form {shape}") from None
    return Connectors(
        tuple(Connector(*one) for one in said.source_connector or sources),
        tuple(Connector(*one) for one in said.target_connector or targets),
    )


def _scenario(said: argparse.Namespace) -> Scenario:
    return Scenario(
        seed=said.seed,
        throttled_percent=said.throttled_percent,
        failing_percent=said.failing_percent,
        failing=dict(said.failing),
        license_exceeded=frozenset(said.license_exceeded),
        item_failures=dict(said.item_failures),
        audit_failing=frozenset(said.audit_failing),
    )


# Option: what argparse is told of it.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--port": {"type": int, "default": 0, "help": "0 (the default): any that is free"},
    "--speed": {"type": _speed, "default": 600.0, "help": "simulated seconds in a second"},
    "--latency-ms": {"type": float, "default": 0.0, "help": "held back from every answer"},
    "--connectors": {"default": "default", "metavar": "FILE", "help": "JSON: source, target"},
    "--source-connector": {"action": "append", "type": _pair, "metavar": "NAME=TYPE"},
    "--target-connector": {"action": "append", "type": _pair, "metavar": "NAME=TYPE"},
    "--seed": {"default": "0", "help": "chooses the mailboxes, their sizes and their troubles"},
    "--throttled-percent": {"type": float, "default": 0.0, "help": "mailboxes that throttle"},
    "--failing-percent": {
        "type": float,
        "default": 0.0,
        "help": "mailboxes whose first pass fails",
    },
    "--failing": {
        "action": "append",
        "type": _failing,
        "default": [],
        "metavar": "ADDRESS[=N]",
        "help": "the first N passes of this mailbox fail; all without N",
    },
    "--license-exceeded": {
        "action": "append",
        "type": str.lower,
        "default": [],
        "metavar": "ADDRESS",
        "help": "the passes of this mailbox end in LICENSE_EXCEEDED",
    },
    "--item-failures": {
        "action": "append",
        "type": _item_failures,
        "default": [],
        "metavar": "ADDRESS=N",
        "help": "N messages of this mailbox fail in each pass",
    },
    "--audit-failing": {
        "action": "append",
        "type": str.lower,
        "default": [],
        "metavar": "ADDRESS",
        "help": "the audits of this mailbox end in AUDIT_ERROR",
    },
    "--reading": {
        "action": "append",
        "type": _pair,
        "default": [],
        "metavar": "NAME=VALUE",
        "help": "how the document is read; see the README",
    },
    "--idle-exit": {
        "type": float,
        "default": 0.0,
        "metavar": "SECONDS",
        "help": "end when no request came for so long; 0 (the default): never",
    },
    "--detach": {"action": "store_true", "help": "go on in the background, and return"},
    "--log": {"metavar": "FILE", "help": "a line for every request; never a secret"},
    "--announce": {"metavar": "FILE", "help": "write the announced line there too"},
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cloudiway_simulator",
        description="A local stand-in of the Cloudiway MAIL REST API, on 127.0.0.1.",
        epilog=f"The credentials that it takes come from {KEY} and {SECRET}.",
        allow_abbrev=False,
    )
    for option, told in OPTIONS.items():
        parser.add_argument(option, **told)
    return parser
