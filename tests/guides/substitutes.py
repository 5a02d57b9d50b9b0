# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader types, and a test cannot: each line, and what is typed in its place.

Whatever is not listed here is typed as it stands in the guide.
"""

from __future__ import annotations

#: The collection comes from where it was built, not from a place that has to be reached.
INSTALL = "ansible-galaxy collection install cloudiway.mail"

IN_PLACE_OF = {
    INSTALL: 'ansible-galaxy collection install --offline "$ARCHIVE"',
    # Requests is there; this says so, or fails.
    "python3 -m pip install ansible-core requests": 'python3 -c "import ansible, requests"',
    # A rehearsal in the checkout leaves the developer's own alone.
    "make rehearsal": 'make --silent -C "$CHECKOUT" rehearsal ARGS="-e rehearsal_dir=$PWD/rehearsal"',
    "make rehearsal-stop": (
        'make --silent -C "$CHECKOUT" rehearsal-stop ARGS="-e rehearsal_dir=$PWD/rehearsal"'
    ),
    # Nobody is there to end it.
    "python3 roles/simulator/files/cloudiway_simulator --seed july --throttled-percent 5": (
        'python3 "$CHECKOUT/roles/simulator/files/cloudiway_simulator" --idle-exit 1'
    ),
    # A reader has a password.
    "export ANSIBLE_VAULT_PASSWORD_FILE=~/.vault-password": (
        "export ANSIBLE_VAULT_PASSWORD_FILE=~/.vault-password; echo pass > ~/.vault-password"
    ),
    # It may be what runs this test; and what it builds, others read meanwhile.
    "make test": 'make --silent --dry-run -C "$CHECKOUT" test > /dev/null',
    "make docs": 'make --silent --dry-run -C "$CHECKOUT" docs > /dev/null',
}

#: What is named in a sentence and not worked through: it measures for minutes, and rewrites the README.
MENTIONED = ("make bench",)


def typed(text: str) -> str:
    """The lines of a command, with those in their place that cannot be typed here."""
    return "\n".join(IN_PLACE_OF.get(line.strip(), line) for line in text.splitlines())
