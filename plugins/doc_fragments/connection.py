# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say where the service is and how to speak to it."""

from __future__ import annotations


class ModuleDocFragment:
    # For modules.
    DOCUMENTATION = r"""
options:
  consumer_key:
    description:
      - The consumer key of the Cloudiway account.
      - Needed, here or in the environment variable E(CLOUDIWAY_CONSUMER_KEY).
    type: str
  consumer_secret:
    description:
      - The consumer secret of the Cloudiway account.
      - Needed, here or in the environment variable E(CLOUDIWAY_CONSUMER_SECRET).
      - The collection shows it nowhere, in no result, error, diff or log. But Ansible itself prints
        at C(-vvv) what the C(environment) keyword of a play or task sets. So set it with
        C(module_defaults), from a vault, or in the environment of C(ansible-playbook) itself.
      - Has up to 1000 characters. One with fewer than 6 is not masked in what the service says,
        since that would mask pieces of all that is shown; a warning says so.
    type: str
  api_url:
    description:
      - The URL of the API, up to and without C(/mailusers) or C(/archivemailusers).
      - Falls back to the environment variable E(CLOUDIWAY_API_URL).
      - Must be C(https://). Plain C(http://) is accepted for addresses of this machine alone, such
        as V(http://127.0.0.1:8025/api), since the secret goes along with every request.
    type: str
    default: https://apps.cloudiway.com/api
  migration_type:
    description:
      - Whether the users are those of mail migrations (V(mail)) or of archive migrations
        (V(archive)).
      - The service keeps the two apart. Both offer the same calls.
    type: str
    choices: [mail, archive]
    default: mail
  validate_certs:
    description:
      - Whether the certificate of the service must be valid.
      - With V(false), whoever sits on the way to the service can read the secret.
    type: bool
    default: true
  ca_path:
    description:
      - The path of a file or directory with the certificates of the authorities to trust, in place
        of the usual ones.
    type: path
  timeout:
    description:
      - How long to wait for the answer to one request, in seconds.
    type: float
    default: 60
  retry_timeout:
    description:
      - How long to ride out throttling (HTTP 429), faults of the service (HTTP 5xx) and of the
        network, in seconds for each call.
      - A call that creates, starts or changes something is repeated only after a look at the
        service has shown that it was not done.
      - With V(0) the first fault is final.
    type: float
    default: 300
  concurrency:
    description:
      - How many requests may be under way at once, from 1 to 64.
      - The number is lowered for a while when the service throttles.
    type: int
    default: 8
requirements:
  - Python 3.10 or newer
  - requests
"""

    # For plugins that run on the controller; to be used together with the above.
    PLUGIN = r"""
options:
  consumer_key:
    env:
      - name: CLOUDIWAY_CONSUMER_KEY
    ini:
      - section: cloudiway_mail
        key: consumer_key
    vars:
      - name: cloudiway_consumer_key
  consumer_secret:
    env:
      - name: CLOUDIWAY_CONSUMER_SECRET
    ini:
      - section: cloudiway_mail
        key: consumer_secret
    vars:
      - name: cloudiway_consumer_secret
  api_url:
    env:
      - name: CLOUDIWAY_API_URL
    ini:
      - section: cloudiway_mail
        key: api_url
    vars:
      - name: cloudiway_api_url
  migration_type:
    ini:
      - section: cloudiway_mail
        key: migration_type
    vars:
      - name: cloudiway_migration_type
  validate_certs:
    ini:
      - section: cloudiway_mail
        key: validate_certs
    vars:
      - name: cloudiway_validate_certs
  ca_path:
    ini:
      - section: cloudiway_mail
        key: ca_path
    vars:
      - name: cloudiway_ca_path
  timeout:
    ini:
      - section: cloudiway_mail
        key: timeout
    vars:
      - name: cloudiway_timeout
  retry_timeout:
    ini:
      - section: cloudiway_mail
        key: retry_timeout
    vars:
      - name: cloudiway_retry_timeout
  concurrency:
    ini:
      - section: cloudiway_mail
        key: concurrency
    vars:
      - name: cloudiway_concurrency
"""
