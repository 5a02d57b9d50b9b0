# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""While a module is packed, Python looks for no garbage; afterwards it does as before."""

from __future__ import annotations

import gc
import typing as t
from collections.abc import Iterator

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.cloudiway.mail.plugins.action import (
    cloudiway_mail_user,
    cloudiway_mail_users,
    cloudiway_migration,
)

ACTIONS = [
    pytest.param(action.ActionModule, id=action.__name__.rpartition(".")[2])
    for action in (cloudiway_mail_user, cloudiway_mail_users, cloudiway_migration)
]


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.enable()
    yield
    if not was_enabled:
        gc.disable()


def packed(action: type[ActionBase], pack: t.Callable[..., object]) -> object:
    """What packing a module comes to where Ansible's own packing is this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ActionBase, "_configure_module", pack)
        told = action(*[None] * 6)  # which it does not look at
        return told._configure_module("a_module", module_args={}, task_vars=None)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_module_is_packed_without_looking_for_garbage(action: type[ActionBase]) -> None:
    def pack(self: ActionBase, *given: object, **named: object) -> object:
        return gc.isenabled(), given, named

    named: dict[str, t.Any] = {"module_args": {}, "task_vars": None}
    assert packed(action, pack) == (False, ("a_module",), named)
    assert gc.isenabled()


def test_garbage_is_looked_for_again_where_packing_fails() -> None:
    def pack(self: ActionBase, *given: object, **named: object) -> object:
        raise ValueError("not packed")

    with pytest.raises(ValueError, match="not packed"):
        packed(cloudiway_mail_user.ActionModule, pack)
    assert gc.isenabled()


def test_where_nobody_looks_for_garbage_nobody_does_afterwards() -> None:
    def pack(self: ActionBase, *given: object, **named: object) -> object:
        return None

    gc.disable()
    packed(cloudiway_mail_user.ActionModule, pack)
    assert not gc.isenabled()
