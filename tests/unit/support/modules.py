# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules as Ansible runs them, only in this process, and everything that one of them says."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import logging
import syslog
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings

PACKAGE = "ansible_collections.cloudiway.mail.plugins.modules"

Result = dict[str, t.Any]


@dataclass(frozen=True)
class Ran:
    """What came of a module."""

    #: As Ansible gets it.
    result: Result
    #: All that it printed, and wrote into the logs of the system and of Python at every level.
    said: str


def run_module(name: str, options: Mapping[str, t.Any], **of_ansible: t.Any) -> Ran:
    """Run a module with options, and with what Ansible tells every module, such as check_mode."""
    module = importlib.import_module(f"{PACKAGE}.{name}")
    told = {f"_ansible_{one}": value for one, value in of_ansible.items()}
    packed = json.dumps({"ANSIBLE_MODULE_ARGS": {**options, **told}}).encode()
    printed = io.StringIO()
    with _listening(printed) as logged, pytest.MonkeyPatch.context() as patch:
        patch.setattr(basic, "_ANSIBLE_ARGS", packed)
        patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        # What is kept for the life of a process, for here many modules share one.
        patch.setattr(warnings, "_global_warnings", type(warnings._global_warnings)())
        with pytest.raises(SystemExit):
            module.main()
    result: Result = json.loads(printed.getvalue())
    return Ran(result, printed.getvalue() + logged.getvalue())


@contextlib.contextmanager
def _listening(printed: io.StringIO) -> Iterator[io.StringIO]:
    """Take in what is printed, and what goes anywhere else, which is given."""
    logged = io.StringIO()
    ear = logging.StreamHandler(logged)
    root = logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(logged),
        ):
            patch.setattr(syslog, "syslog", lambda *said: logged.write(f"{said[-1]}\n"))
            yield logged
    finally:
        root.setLevel(level)
        root.removeHandler(ear)
