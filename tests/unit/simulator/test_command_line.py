# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process: what it takes, what it announces, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cloudiway_simulator.command_line import OPTIONS

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import KEY, SECRET
from ansible_collections.cloudiway.mail.tests.unit.support.leaks import leaks

PACKAGE = Path(__file__).resolve().parents[3] / "roles/simulator/files/cloudiway_simulator"
ENVIRONMENT = {"CLOUDIWAY_CONSUMER_KEY": KEY, "CLOUDIWAY_CONSUMER_SECRET": SECRET}
PATIENCE = 30  # seconds

Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begins simulators from a folder that is not theirs, and ends those that are left."""
    begun = []

    def run(*options: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(PACKAGE), *options],
            env={"PATH": os.environ["PATH"], **ENVIRONMENT, **environment},
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return process

    yield run
    for process in begun:
        process.kill()
        process.communicate()


def _announced(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    announced = json.loads(process.stdout.readline())
    assert isinstance(announced, dict)
    return announced


def _ask(announced: dict[str, Any], method: str, path: str, body: str | None = None) -> Any:
    where = re.fullmatch(r"http://(127\.0\.0\.1:\d+)/api", announced["url"])
    assert where is not None
    connection = http.client.HTTPConnection(where[1], timeout=PATIENCE)
    try:
        connection.request(method, path, body)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def _query(path: str) -> str:
    return f"/api/mailusers/{path}?{urlencode({'consumerKey': KEY, 'consumerSecret': SECRET})}"


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and ") Z " in state.read_text())


def _wait_until_gone(pid: int) -> None:
    end = time.monotonic() + PATIENCE
    while _is_there(pid):
        assert time.monotonic() < end, f"{pid} does not end"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_announces_itself_and_a_signal_ends_it_cleanly(
    number: signal.Signals, begin: Begin
) -> None:
    process = begin()
    announced = _announced(process)
    assert announced["pid"] == process.pid
    assert _ask(announced, "GET", "/health")["pid"] == process.pid
    process.send_signal(number)
    rest = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest) == (0, ("", ""))


def test_a_signal_right_after_the_announcement_ends_it_cleanly(begin: Begin) -> None:
    process = begin()
    _announced(process)
    process.terminate()
    assert process.wait(timeout=PATIENCE) == 0


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_it_does_not_start_without_credentials(name: str, begin: Begin) -> None:
    out, error = begin(**{name: ""}).communicate(timeout=PATIENCE)
    assert out == ""
    assert "CLOUDIWAY_CONSUMER_KEY and CLOUDIWAY_CONSUMER_SECRET" in error


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--reading", "lists=xml"], "json, printed"),
        (["--reading", "no_such=1"], "settings_omitted"),
        (["--reading", "lists"], "NAME=VALUE"),
        (["--speed", "0"], "more than 0"),
        (["--connectors", "/nowhere.json"], "/nowhere.json"),
        (["--port", "70000"], "65535"),
        (["--announce", "/nowhere/simulator.json"], "there is no folder /nowhere"),
        (["--host", "0.0.0.0"], "--host"),
        (["--consumer-secret", "x"], "--consumer-secret"),
        (["--failing", "a@b.example=often"], "--failing"),
    ],
    ids=str,
)
def test_what_it_does_not_understand_is_refused_by_name(
    options: list[str], named: str, begin: Begin
) -> None:
    process = begin(*options)
    out, error = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (2, "")
    assert named in error
    assert "Traceback" not in error


def test_a_port_that_is_taken_is_named(begin: Begin) -> None:
    port = _announced(begin())["url"].split(":")[2].split("/")[0]
    process = begin("--port", port)
    _unused, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "in use" in error


def test_detached_it_outlives_its_caller_in_a_session_of_its_own(
    begin: Begin, tmp_path: Path
) -> None:
    # It must end even where this test does not get as far as ending it.
    options = ("--detach", "--idle-exit", "20", "--announce", str(tmp_path / "announced"))
    process = begin(*options)
    out, error = process.communicate(timeout=PATIENCE)  # its pipes are closed: nothing holds them
    assert (process.returncode, error) == (0, "")
    announced = json.loads(out)
    pid = announced["pid"]
    try:
        assert json.loads((tmp_path / "announced").read_text()) == announced
        assert pid != process.pid
        assert os.getsid(pid) == pid
        assert _ask(announced, "GET", "/health")["pid"] == pid
    finally:
        os.kill(pid, signal.SIGTERM)
    _wait_until_gone(pid)


def test_the_announcement_leaves_no_other_file(begin: Begin, tmp_path: Path) -> None:
    _announced(begin("--announce", str(tmp_path / "announced")))
    assert [path.name for path in tmp_path.iterdir()] == ["announced"]


def test_where_it_cannot_announce_itself_nothing_goes_on_detached(begin: Begin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = begin(
        "--detach", "--port", str(port), "--idle-exit", "9", "--announce", "/nowhere/simulator.json"
    )
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    socket.create_server(("127.0.0.1", port)).close()


def test_it_ends_itself_when_nobody_asks_for_long_enough(begin: Begin) -> None:
    process = begin("--idle-exit", "1.5")
    announced = _announced(process)
    began = time.monotonic()
    for _unused in range(4):
        time.sleep(0.4)
        _ask(announced, "GET", "/health")
    assert process.wait(timeout=PATIENCE) == 0
    assert time.monotonic() - began > 4 * 0.4 + 1.4


def test_the_log_has_a_line_for_each_request_and_never_the_secret(
    begin: Begin, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    announced = _announced(begin("--log", str(log)))
    _ask(announced, "GET", _query("getall"))
    _ask(announced, "GET", _query("nobody/status"))
    _ask(announced, "POST", _query("start"), json.dumps({"consumerSecret": SECRET}))
    text = log.read_text(encoding="utf-8")
    assert [line.split(" ")[3] for line in text.splitlines()] == ["getall", "status", "start"]
    assert "consumerSecret" not in text
    assert not leaks(text, SECRET)


def test_connectors_come_from_a_file_and_then_from_the_command_line(
    begin: Begin, tmp_path: Path
) -> None:
    told = {"source": [{"name": "S", "type": "T"}], "target": [{"name": "U", "type": "V"}]}
    (tmp_path / "connectors.json").write_text(json.dumps(told))
    options = ["--connectors", str(tmp_path / "connectors.json")]
    announced = _announced(begin(*options, "--target-connector", "Microsoft 365=Office 365"))
    sources = _ask(announced, "GET", _query("getallsourceconnectors"))["response"]
    targets = _ask(announced, "GET", _query("getalltargetconnectors"))["response"]
    assert sources == told["source"]
    assert targets == [{"name": "Microsoft 365", "type": "Office 365"}]
    announced = _announced(begin("--source-connector", "A=B", "--source-connector", "C=D=E"))
    sources = _ask(announced, "GET", _query("getallsourceconnectors"))["response"]
    assert sources == [{"name": "A", "type": "B"}, {"name": "C", "type": "D=E"}]


def test_a_file_of_connectors_of_another_form_is_refused(begin: Begin, tmp_path: Path) -> None:
    (tmp_path / "connectors.json").write_text('{"source": ["S"]}')
    process = begin("--connectors", str(tmp_path / "connectors.json"))
    _unused, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert '"name"' in error


def test_troubles_readings_and_speed_come_from_the_command_line(begin: Begin) -> None:
    fails, exceeds, audit_fails, throttles = (f"{name}@old.example" for name in "feat")
    announced = _announced(
        begin(
            *("--failing", f"{fails}=1"),
            *("--failing", "never@old.example"),
            *("--license-exceeded", exceeds),
            *("--audit-failing", audit_fails),
            *("--item-failures", f"{throttles}=2"),
            *("--throttled-percent", "100"),
            *("--seed", "a seed"),
            *("--speed", "1000000"),
            *("--reading", "status_form=code"),
            *("--latency-ms", "50"),
        )
    )
    users: list[dict[str, Any]] = [
        {"source_email": address, "target_email": "x@y.example", "status": status}
        for address, status in (
            (fails, "SCHEDULED"),
            (exceeds, "SCHEDULED"),
            (audit_fails, "AUDIT"),
            (throttles, "PENDING"),
            ("never@old.example", "SCHEDULED"),
        )
    ]
    users[4]["passes"] = [{"start": "2024-07-01", "end": "2024-07-01", "outcome": "ONERROR"}] * 3
    _ask(announced, "POST", "/simulator/state", json.dumps({"mailusers": {"users": users}}))
    time.sleep(0.1)
    told = _ask(announced, "GET", "/simulator/state")["mailusers"]["users"]
    statuses = [user["status"] for user in told]
    assert statuses == ["ONERROR", "LICENSE_EXCEEDED", "AUDIT_ERROR", "SUCCESS", "ONERROR"]
    assert told[3]["passes"][0]["counters"]["msgFailure"] == 2
    began = time.monotonic()
    path = _query(f"{told[3]['migration_tag']}/status")
    assert _ask(announced, "GET", path)["response"] == 4
    assert time.monotonic() - began >= 0.05


def test_help_names_every_option(begin: Begin) -> None:
    process = begin("--help")
    out, _unused = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert all(option in out for option in OPTIONS)
