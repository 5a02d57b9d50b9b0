# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README of the role tells of every reading, option, endpoint and fault, and of no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from cloudiway_simulator.command_line import OPTIONS
from cloudiway_simulator.faults import KINDS, Fault
from cloudiway_simulator.readings import Readings

from ansible_collections.cloudiway.mail.tests.unit.simulator.asking import Simulator

README = (Path(__file__).resolve().parents[3] / "roles/simulator/README.md").read_text("utf-8")


def _table(heading: str) -> list[list[str]]:
    """The cells of the rows under the table heading that begins with this cell."""
    _unused, _unused, rest = README.partition(f"\n| {heading} |")
    assert rest, f"no table begins with {heading}"
    rows = rest.split("\n\n")[0].split("\n")[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def _names(heading: str) -> list[str]:
    return [row[0].strip("`") for row in _table(heading)]


def test_each_reading_is_told_with_its_default_its_values_and_its_subject() -> None:
    expected = []
    for reading in fields(Readings):
        default = reading.default
        text = str(default).lower() if isinstance(default, bool) else str(default)
        values = ", ".join(f"`{value}`" for value in reading.metadata["values"])
        expected.append([f"`{reading.name}`", f"`{text}`", values, reading.metadata["says"]])
    assert _table("reading") == expected


def test_each_option_is_told() -> None:
    assert sorted(_names("option")) == sorted(OPTIONS)


def test_each_kind_of_fault_and_each_of_its_fields_is_told() -> None:
    assert _names("kind") == list(KINDS)
    assert sorted(_names("field")) == sorted(one.name for one in fields(Fault) if one.init)


def test_each_endpoint_is_told(simulator: Simulator) -> None:
    error = simulator.send("GET", "/simulator/").json["error"]
    there = re.findall(r"(?:GET|POST) /\S+?(?=,|$)", error)
    assert _names("endpoint") == there
