# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the documentation as HTML: the guides, and a page of each plugin and role. A warning is an error.

No network is needed. What the pages link to in Ansible's own documentation is listed here, in place
of the index that Sphinx would download.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zlib

from arrange import BUILD, lay_copy
from outcome import Outcome

DOCS = BUILD / "docs"
PAGES = DOCS / "rst"
HTML = DOCS / "html"
INVENTORY = DOCS / "ansible.inv"

ANSIBLE = "https://docs.ansible.com/ansible/latest"
#: The labels of Ansible's documentation that pages refer to: where each leads, and its title.
LABELS = {
    "action_plugins": ("plugins/action.html", "Action plugins"),
    "ansible_configuration_settings": (
        "reference_appendices/config.html",
        "Ansible configuration settings",
    ),
    "common_return_values": (
        "reference_appendices/common_return_values.html",
        "Common return values",
    ),
}

#: The settings of Sphinx, as the docsites of collections have them.
SETTINGS = {
    "project": "cloudiway.mail",
    "copyright": "the cloudiway.mail contributors",
    "html_title": "cloudiway.mail",
    "html_theme": "sphinx_ansible_theme",
    "pygments_style": "ansible",
    "highlight_language": "YAML+Jinja",
    "default_role": "any",
    "nitpicky": "1",
}

CONF = """\
extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
intersphinx_mapping = {{"ansible": ({site!r}, {inventory!r})}}
"""


def write_inventory() -> None:
    """Write the labels as Sphinx keeps them (version 2 of its inventories)."""
    lines = [f"{name} std:label -1 {page} {title}\n" for name, (page, title) in LABELS.items()]
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: latest\n"
    head += "# The remainder of this file is compressed using zlib.\n"
    INVENTORY.write_bytes(head.encode() + zlib.compress("".join(lines).encode()))


def says(*command: str) -> str:
    """Run one of the two steps; gives all that it said where it failed, or an empty text."""
    done = subprocess.run(
        command,
        cwd=DOCS,
        env=os.environ | {"ANSIBLE_COLLECTIONS_PATH": str(BUILD / "tree"), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout or f"exit status {done.returncode}\n" if done.returncode else ""


def write_pages() -> str:
    """Let antsibull-docs write a page of everything; gives what is wrong."""
    return says(
        *("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"),
        *("--dest-dir", str(PAGES), "cloudiway.mail"),
    )


def build_html() -> str:
    """Let Sphinx make HTML of the pages; gives what is wrong."""
    write_inventory()
    conf = CONF.format(site=ANSIBLE, inventory=str(INVENTORY))
    (DOCS / "conf.py").write_text(conf, encoding="utf-8")
    settings = [word for name, value in SETTINGS.items() for word in ("-D", f"{name}={value}")]
    options = ("--quiet", "--fail-on-warning", "--keep-going", "--conf-dir", str(DOCS))
    return says("sphinx-build", *options, *settings, str(PAGES), str(HTML))


def main() -> int:
    """Build it afresh, and count its pages."""
    start = time.monotonic()
    lay_copy()
    shutil.rmtree(DOCS, ignore_errors=True)
    PAGES.mkdir(parents=True, mode=0o755)
    wrong = write_pages() or build_html()
    if wrong:
        print(wrong, end="")
    else:
        print(f"  {HTML / 'index.html'}")
    pages = len(list(HTML.rglob("*.html"))) if not wrong else 0
    return Outcome("docs", pages, 1 if wrong else 0, time.monotonic() - start).conclude("pages")


if __name__ == "__main__":
    sys.exit(main())
