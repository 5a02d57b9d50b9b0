# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What C(ansible-builder) finds in the collection, and what it makes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from ansible_collections.cloudiway.mail.tests.awx.jobs import CHECKOUT

COLLECTIONS = CHECKOUT / "build/link"
LIMIT = 120.0  # seconds


def build(*arguments: str | Path, folder: Path) -> str:
    """Run C(ansible-builder) to its good end; what it printed."""
    done = subprocess.run(
        (Path(sys.executable).with_name("ansible-builder"), *arguments),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_image_gets_what_the_modules_import_and_what_the_system_must_have(
    tmp_path: Path,
) -> None:
    printed = build("introspect", COLLECTIONS, folder=tmp_path)
    found = yaml.safe_load(printed)
    from_here = "  # from collection cloudiway.mail"
    [requests] = [
        line
        for line in (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line.startswith("requests")
    ]
    assert found["python"] == [requests + from_here]
    assert found["system"] == [f"ca-certificates{from_here}", f"tzdata{from_here}"]


def test_an_image_with_the_collection_can_be_described(tmp_path: Path) -> None:
    wanted = {"collections": [{"name": "cloudiway.mail"}]}
    definition = {
        "version": 3,
        "images": {"base_image": {"name": "registry.example/awx-ee:24.6.1"}},
        "dependencies": {"galaxy": wanted},
    }
    (tmp_path / "execution-environment.yml").write_text(
        yaml.safe_dump(definition), encoding="utf-8"
    )
    build("create", folder=tmp_path)
    asked = yaml.safe_load(
        (tmp_path / "context/_build/requirements.yml").read_text(encoding="utf-8")
    )
    assert asked == wanted
    # Containerfile or Dockerfile, by what there is to build it with.
    [recipe] = (tmp_path / "context").glob("*file")
    assert "introspect" in recipe.read_text(encoding="utf-8")
