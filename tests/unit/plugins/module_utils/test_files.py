# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that others read meanwhile: whole at any moment, and one writer at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._errors import InvalidInput
from ansible_collections.cloudiway.mail.plugins.module_utils._files import (
    alone_in,
    folder_fault,
    text_at,
    write_whole,
)


def test_a_writing_that_breaks_off_leaves_the_old_text_and_nothing_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "report.html"
    write_whole(str(path), ["old"])

    def breaks_off() -> Iterator[str]:
        yield "new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(str(path), breaks_off())
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_who_may_read_a_file_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(str(tmp_path / "file"), ["text"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


def count_up(folder: str, times: int) -> None:
    """Read a number, and write the next one, many times."""
    path = os.path.join(folder, "number")
    for _time in range(times):
        with alone_in(folder):
            write_whole(path, [str(int(text_at(path) or 0) + 1)])


def test_of_several_writers_none_loses_what_another_has_written(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "on the way"
    with ThreadPoolExecutor(3) as writers:
        list(writers.map(lambda _one: count_up(str(folder), 50), range(3)))
    assert text_at(str(folder / "number")) == "150"


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="file"), alone_in(str(tmp_path / "file")):
        pass
    with pytest.raises(InvalidInput, match="nowhere/file"):
        write_whole(str(tmp_path / "nowhere/file"), ["text"])


def test_a_file_that_is_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match=r"report\.json: is no text in UTF-8"):
        text_at(str(path))


@pytest.mark.parametrize("name", ["", "  "])
def test_a_folder_without_a_name_is_none(name: str, tmp_path: Path) -> None:
    assert folder_fault(name) == "expected the path of a folder"
    assert folder_fault(str(tmp_path)) is None
