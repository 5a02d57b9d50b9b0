# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a release of what is committed: version, change log, archive, commit and tag, in that order.

The archive is read by galaxy-importer before anything is committed: what Galaxy would complain of
is no release.

Nothing leaves this machine: pushing the tag and publishing the archive are two commands that are
printed. Where a step fails, git is put back as it was.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import yaml
from arrange import BUILD, CHECKOUT, COPY, files_of, lay_copy

GALAXY = Path("galaxy.yml")
CHANGES = Path("changelogs/changelog.yaml")
FRAGMENTS = Path("changelogs/fragments")
IMPORTER = Path(__file__).with_name("importer.py")
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class Refused(Exception):
    """Why no release can be made, in words."""


def run(*command: str, folder: Path = CHECKOUT) -> str:
    """Run a command and give what it printed. Raises Refused where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{' '.join(command)}:\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def refuse_unclean(status: str) -> None:
    """Raise Refused where C(git status --porcelain) lists anything."""
    if status.strip():
        raise Refused(f"the tree is not clean; commit or remove first:\n{status.rstrip()}")


def refuse_strangers(known: list[str]) -> None:
    """Raise Refused where a file would be taken for one of the project's that git does not have.

    Git may be told elsewhere than in C(.gitignore) to say nothing of a file.
    """
    strangers = {path.as_posix() for path in files_of(CHECKOUT)}.difference(known)
    if strangers:
        names = "\n".join(sorted(strangers))
        raise Refused(f"git says nothing of these, and the archive would hold them:\n{names}")


def refuse_version(version: str, released: list[str]) -> None:
    """Raise Refused unless the version is one, and newer than all that were released."""
    if not VERSION.fullmatch(version):
        raise Refused(f"{version or 'nothing'} is no version; say for example VERSION=1.2.0")
    newest = max(released, key=_parts, default="")
    if newest and _parts(version) <= _parts(newest):
        raise Refused(f"{version} is not newer than {newest}, which was released")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def released_versions(checkout: Path) -> list[str]:
    """The versions that the change log has."""
    changes = yaml.safe_load((checkout / CHANGES).read_text(encoding="utf-8"))
    return list((changes or {}).get("releases") or {})


def set_version(galaxy: str, version: str) -> str:
    """The text of galaxy.yml with this version. Raises Refused where it has no line for one."""
    text, number = re.subn(r"(?m)^version: .*$", f"version: {version}", galaxy)
    if number != 1:
        raise Refused(f"{GALAXY} has {number} lines that begin with version:")
    return text


def make_archive(version: str) -> Path:
    """Build the archive from a copy that holds the project and nothing else."""
    lay_copy()
    built = run(
        "ansible-galaxy", "collection", "build", str(COPY), "--output-path", str(BUILD), "--force"
    )
    archive = BUILD / f"cloudiway-mail-{version}.tar.gz"
    if not archive.exists():
        raise Refused(f"no {archive.name} came of it:\n{built}")
    return archive


def undone(work: Callable[[], Path]) -> Path:
    """Do the work; where it is refused or cut off, put git back as it was."""
    before = run("git", "rev-parse", "HEAD").strip()
    try:
        return work()
    except (Refused, OSError, KeyboardInterrupt):
        run("git", "reset", "--quiet", "--hard", before)
        run("git", "clean", "--quiet", "--force", "-d", "changelogs", "CHANGELOG.rst")
        raise


def release(version: str) -> Path:
    """Make the release, and give its archive. Raises Refused."""
    refuse_unclean(run("git", "status", "--porcelain"))
    refuse_strangers(run("git", "ls-files", "-z").split("\0"))
    refuse_version(version, released_versions(CHECKOUT))
    if not any((CHECKOUT / FRAGMENTS).glob("*.yml")):
        raise Refused(f"{FRAGMENTS} is empty: say what changes")

    def work() -> Path:
        galaxy = CHECKOUT / GALAXY
        galaxy.write_text(
            set_version(galaxy.read_text(encoding="utf-8"), version), encoding="utf-8"
        )
        run("antsibull-changelog", "release", "--version", version)
        archive = make_archive(version)
        run(sys.executable, str(IMPORTER), str(archive))
        run("git", "add", "--all")
        run("git", "commit", "--quiet", "--message", f"Release {version}")
        run("git", "tag", "--annotate", "--message", f"Release {version}", version)
        return archive

    return undone(work)


def main() -> int:
    """Release the version in the argument."""
    version = " ".join(sys.argv[1:])
    try:
        archive = release(version).relative_to(CHECKOUT)
    except Refused as why:
        print(f"No release: {why}", file=sys.stderr)
        return 1
    print(f"{archive} is built, committed and tagged. To publish it:")
    print(f"  git push --follow-tags\n  ansible-galaxy collection publish {archive}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
