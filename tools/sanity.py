# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs C(ansible-test sanity) over the copy of the checkout, with a home folder of its own."""

from __future__ import annotations

import ast
import configparser
import os
import re
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from pathlib import Path

from arrange import BUILD, CHECKOUT, COPY, lay_copy
from outcome import Outcome, count_cases
from quiet import run_quietly

# ansible-test keeps its own virtual environments under HOME; here they live and go with .venv.
HOME = CHECKOUT / ".venv" / "home"
LOG = BUILD / "sanity.log"
LIMIT = 1800.0  # seconds for all of them
BOOTSTRAP = "https://ci-files.testing.ansible.com/ansible-test/get-pip-{version}.py"
PATIENCE = 10.0  # seconds

# Stands in for the download, which only serves to put pip into an empty environment.
STAND_IN = "import ensurepip\nensurepip.bootstrap(upgrade=True)\n"


def bootstrap_version() -> str:
    """The version of pip whose bootstrap script this ansible-test is going to look for."""
    source = Path(sysconfig.get_path("purelib"), "ansible_test/_internal/python_requirements.py")
    found = re.search(r"\bpip='([0-9.]+)'", source.read_text(encoding="utf-8"))
    if not found:
        raise SystemExit(f"{source} does not say which bootstrap of pip it wants")
    return found[1]


def is_reachable(url: str) -> bool:
    """Whether ansible-test could download this itself."""
    request = urllib.request.Request(url, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return True
    except (urllib.error.URLError, TimeoutError):
        return False


def provide_bootstrap() -> None:
    """Where the bootstrap of pip is out of reach, put Python's own in the place it is kept."""
    version = bootstrap_version()
    kept = HOME / f".ansible/test/cache/get_pip_{version.replace('.', '_')}.py"
    if not kept.exists() and not is_reachable(BOOTSTRAP.format(version=version)):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(STAND_IN, encoding="utf-8")


def provide_pip_settings() -> None:
    """Hand on how pip is set up here: ansible-test keeps environment variables from it."""
    listed = subprocess.run(
        (sys.executable, "-m", "pip", "config", "list"),
        capture_output=True,
        text=True,
        check=True,
    )
    settings: dict[str, str] = {}
    # The environment is listed first; what it says goes before what a file says.
    for setting in reversed(listed.stdout.splitlines()):
        name, value = setting.split("=", 1)
        section, key = name.rsplit(".", 1)
        if section in ("global", ":env:"):
            settings[key] = ast.literal_eval(value)
    file = configparser.ConfigParser(interpolation=None)
    file["global"] = settings
    kept = HOME / ".config/pip/pip.conf"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)  # the address of an index may hold a password
    with kept.open("w", encoding="utf-8") as conf:
        file.write(conf)


def complaints() -> list[str]:
    """What the tests found; all that was printed, where they did not come as far as that."""
    lines = LOG.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("ERROR: ")] or lines


def main() -> int:
    """Run all sanity tests."""
    start = time.monotonic()
    lay_copy()
    provide_bootstrap()
    provide_pip_settings()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w", encoding="utf-8") as log:
        wrong = run_quietly(
            ("ansible-test", "sanity", "--venv", "--python", version, "--color", "no", "--junit"),
            log,
            COPY,
            # Said outright, or the checkout around the copy is taken for what is to be tested.
            os.environ | {"HOME": str(HOME), "ANSIBLE_TEST_CONTENT_ROOT": str(COPY)},
            LIMIT,
        )
    passed, failed = count_cases(sorted((COPY / "tests/output/junit").glob("*.xml")))
    if wrong:
        print("\n".join(complaints()))
        failed = max(failed, 1)
    return Outcome("sanity", passed, failed, time.monotonic() - start).conclude("tests")


if __name__ == "__main__":
    sys.exit(main())
