# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium without a window, told what to do over a pipe, as its DevTools protocol has it."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import typing as t
from collections.abc import Iterator
from pathlib import Path

#: How the program is called; CHROMIUM in the environment goes first.
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "Chromium is missing: install it (Debian: apt-get install chromium), or say where it is with"
    " CHROMIUM=/path/to/chromium"
)
#: Seconds within which every answer comes.
PATIENCE = 60

#: Puts two pipes where Chromium looks for them, and becomes Chromium.
LAUNCH = """
import fcntl, os, sys
pipes = [fcntl.fcntl(int(pipe), fcntl.F_DUPFD, 10) for pipe in sys.argv[1:3]]
for place, pipe in zip((3, 4), pipes):
    os.dup2(pipe, place)
os.execv(sys.argv[3], sys.argv[3:])
"""

Answer = dict[str, t.Any]


def program() -> str | None:
    """The path of Chromium; None where it is missing."""
    return shutil.which(os.environ.get("CHROMIUM", "")) or next(
        filter(None, map(shutil.which, NAMES)), None
    )


class Page:
    """One tab."""

    def __init__(self, told: t.TextIO, says: t.TextIO) -> None:
        self._told = told
        self._says = says
        self._numbers = itertools.count(1)
        self._session: str | None = None
        #: What the page asked the network for, beside itself.
        self.requested: list[str] = []
        #: What went wrong in the page: exceptions, and what the policy has refused.
        self.complaints: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")
        self.ask("Performance.enable", timeDomain="threadTicks")

    def ask(self, method: str, **parameters: t.Any) -> Answer:
        """Send a command and give its answer; what happens meanwhile is kept."""
        number = next(self._numbers)
        message: Answer = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._told.write(json.dumps(message) + "\0")
        self._told.flush()
        while True:
            said = self._hear()
            if said.get("id") == number:
                assert "error" not in said, f"{method}: {said['error']}"
                answer: Answer = said["result"]
                return answer

    def _hear(self) -> Answer:
        """The next message. Each ends with a NUL, which is no end of a line to Python."""
        text = ""
        while not text.endswith("\0"):
            part = self._says.read(1)
            assert part, "Chromium has ended"
            text += part
        said: Answer = json.loads(text[:-1])
        self._note(said)
        return said

    def _note(self, said: Answer) -> None:
        happened = said.get("params", {})
        match said.get("method"):
            case "Network.requestWillBeSent":
                self.requested.append(happened["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(happened["exceptionDetails"]))
            case "Log.entryAdded":
                self.complaints.append(happened["entry"]["text"])
            case "Page.javascriptDialogOpening":
                self.complaints.append("a dialogue was opened")

    def look_like(self, width: int, scheme: str = "light", height: int = 900) -> None:
        """Be so many pixels wide, and light or dark."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.ask("Emulation.setEmulatedMedia", media="", features=[feature])

    def open(self, path: Path) -> None:
        """Open a file and wait until it is whole."""
        self.requested.clear()
        self.ask("Page.navigate", url=path.resolve().as_uri())
        self.wait_for("document.readyState === 'complete' && location.protocol === 'file:'")

    def wait_for(self, condition: str) -> None:
        """Wait until an expression of JavaScript is true."""
        self.run(
            f"new Promise(done => {{ const look = () => ({condition}) ? done(true)"
            " : setTimeout(look, 10); look(); })"
        )

    def run(self, expression: str) -> t.Any:
        """The value of an expression of JavaScript, awaited where it is a promise."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    @property
    def worked(self) -> float:
        """Seconds of a processor that the page has taken since it was opened."""
        metrics = self.ask("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    def press(self, key: str, text: str = "") -> None:
        """Press and let go a key of the keyboard, by its name in the DOM."""
        code = {"Tab": 9, "Enter": 13}.get(key, 0)
        more = {"text": text} if text else {}
        for kind in ("keyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                **(more if kind == "keyDown" else {}),
            )

    def shoot(self, path: Path) -> None:
        """Take a picture of what fits the window."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shot = self.ask("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def print(self, path: Path) -> None:
        """Print the page as PDF."""
        path.parent.mkdir(parents=True, exist_ok=True)
        sheets = self.ask("Page.printToPDF", printBackground=False, preferCSSPageSize=True)
        path.write_bytes(base64.b64decode(sheets["data"]))


@contextlib.contextmanager
def chromium() -> Iterator[Page]:
    """Run Chromium for as long as the block takes. Fails where it is missing."""
    found = program()
    assert found, MISSING
    hears, tells = os.pipe()
    listens, says = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [found, "--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        command += [
            "--no-first-run",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
        ]
        command += ["--disable-background-networking", "--disable-component-update", "about:blank"]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, str(hears), str(says), *command],
            pass_fds=(hears, says),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(hears)
        os.close(says)
        try:
            with (
                open(tells, "w", encoding="utf-8") as told,
                open(listens, encoding="utf-8") as heard,
            ):
                yield Page(told, heard)
        finally:
            process.terminate()
            process.wait(PATIENCE)
