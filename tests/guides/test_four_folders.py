# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed works where only C(meta), C(plugins), C(roles) and C(playbooks) are left of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.tests.guides.conftest import Room

FOUR = ("meta", "plugins", "roles", "playbooks")
PLACE = "ansible_collections/cloudiway/mail"

REHEARSAL = "ansible-playbook cloudiway.mail.rehearsal -e rehearsal_dir=$PWD/rehearsal"
REHEARSAL_STOP = "ansible-playbook cloudiway.mail.rehearsal_stop -e rehearsal_dir=$PWD/rehearsal"
DOCUMENTED = {
    "module": "cloudiway_migration",
    "lookup": "cloudiway_connectors",
    "inventory": "cloudiway_waves",
    "role": "cutover",
}


@pytest.fixture
def bare_room(room: Room, installed: Path, tmp_path: Path) -> Room:
    """A room in which the collection is there, but for all that is beside the four folders."""
    for folder in FOUR:
        shutil.copytree(installed / PLACE / folder, tmp_path / "four" / PLACE / folder)
    room.environment["ANSIBLE_COLLECTIONS_PATH"] = str(tmp_path / "four")
    return room


def test_a_whole_cutover_is_rehearsed_with_four_folders_installed(bare_room: Room) -> None:
    status, printed = bare_room.type(REHEARSAL)
    stopped, said = bare_room.type(REHEARSAL_STOP)
    assert (status, stopped) == (0, 0), printed + said
    assert printed.count("finished") >= 3  # one line of each wave
    assert (bare_room.folder / "rehearsal/report.html").exists()


@pytest.mark.parametrize("kind", DOCUMENTED)
def test_each_kind_is_documented_with_four_folders_installed(kind: str, bare_room: Room) -> None:
    name = f"cloudiway.mail.{DOCUMENTED[kind]}"
    status, printed = bare_room.type(f"ANSIBLE_NOCOLOR=1 ansible-doc -t {kind} {name}")
    assert status == 0, printed
    assert kind.upper() in printed
    assert name in printed
    assert "not found" not in printed
