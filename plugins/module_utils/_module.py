# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module starts, does its work, and exits or fails: the same for every module."""

from __future__ import annotations

import gc
import typing as t
from collections.abc import Iterable, Iterator

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ._argspec import CONNECTION, Options, Params
from ._client import REQUESTS_IMPORT_ERROR, Client
from ._connection import Connection
from ._errors import CloudiwayError, InvalidInput
from ._plan import Outcome
from ._redaction import MASK, SHORTEST_SECRET, Redactor, is_maskable

#: How many more objects than were freed make Python look for cycles among them: the lists make
#: millions, and hardly a cycle. The 700 of Python itself cost a seventh of the whole time.
_GARBAGE: t.Final = 50_000

_SHORT: t.Final = (
    f"consumer_secret has fewer than {SHORTEST_SECRET} characters: too few to mask it in what the"
    " service says, without masking pieces of all else"
)

#: The work of a module: a client, the options and whether it is check mode (and what the options
#: declare, where run is told how to read that), to an outcome.
Work = t.Callable[..., Outcome]
#: Looks at the options alone. Raises InvalidInput.
Check = t.Callable[[Params], object]


class Module(t.Protocol):
    """What is used of AnsibleModule, which comes without types."""

    params: Params
    check_mode: bool
    no_log_values: set[str]
    _diff: bool

    def warn(self, warning: str) -> None:
        """Have Ansible print a warning."""

    def exit_json(self, **result: t.Any) -> t.NoReturn:
        """Hand over the result, and end."""

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        """Hand over why it failed, and end."""

    def spare_a_short_secret(self) -> None:
        """As MaskingModule has it."""


class MaskingModule(AnsibleModule):
    """Masks the secret in whatever failure.

    Where an option that has options of its own is none of the kind, Ansible's validation fails
    before it has gathered what is to be masked, and would show all that the module was given.
    """

    params: Params
    no_log_values: set[str]

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        secret = str(self.params.get("consumer_secret") or "")
        if secret and not is_maskable(secret):
            self.spare_a_short_secret()
        elif secret and secret != MASK:
            self.no_log_values.add(secret)
        super().fail_json(msg, **result)
        raise AssertionError("not reached: the module has ended")

    def spare_a_short_secret(self) -> None:
        """Keep Ansible from masking a secret that is too short to be told from other text.

        It masks it wherever it stands: one of a single letter would spoil every word, and what the
        next task takes from the result.
        """
        self.no_log_values.discard(self.params["consumer_secret"])
        self.params = {**self.params, "consumer_secret": MASK}


def run(
    options: Options, work: Work, *checks: Check, declare: Check | None = None, **rules: t.Any
) -> t.NoReturn:
    """Be a module that does this work.

    options are the module's own, beside those of the connection; checks say what Ansible's own
    validation cannot; declare is a check whose result is handed on to the work, so that what takes
    long to read is read once; rules are AnsibleModule's (required_one_of and the like).
    """
    gc.set_threshold(_GARBAGE)
    options = {**CONNECTION, **options}
    try:
        module: Module = MaskingModule(argument_spec=options, supports_check_mode=True, **rules)
    except _TRIPS:
        _refuse_kinds(options)
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    params = module.params
    # Which may be missing; Connection.of says so.
    key, secret = (params[name] or "" for name in ("consumer_key", "consumer_secret"))
    if secret and not is_maskable(secret):
        module.spare_a_short_secret()
        module.warn(_SHORT)
    redactor = Redactor([secret])
    with Unrevealing(secret, key):
        try:
            readers = [Connection.of, declare] if declare else [Connection.of]
            read = _checked(params, [*readers, *checks])
            with Client(read[0]) as client:
                outcome = work(client, params, module.check_mode, *read[1 : len(readers)])
        except CloudiwayError as why:
            failed = {**why.seen, "msg": why.message, "failure": why.failure()}
            module.fail_json(**redactor.clean_all(failed))
    _leave(module, outcome, redactor)


#: What Ansible's own validation lets out: it takes false for a mapping that has options of its own,
#: and an integer for a float, be it as large as it likes.
_TRIPS: t.Final = (OverflowError, TypeError)


def _refuse_kinds(options: Options) -> t.NoReturn:
    """Fail, naming the options over which Ansible's validation trips."""
    raw = {
        name: {"type": "raw", "no_log": option.get("no_log", False)}
        for name, option in options.items()
    }
    module: Module = MaskingModule(argument_spec=raw, supports_check_mode=True)
    faults = [
        f"{name}: is not of the type {option['type']}, or too large"
        for name, option in options.items()
        if module.params[name] is not None and _trips(option, module.params[name])
    ]
    why = InvalidInput(faults)
    module.fail_json(msg=why.message, failure=why.failure())


def _trips(option: dict[str, t.Any], value: t.Any) -> bool:
    try:
        ArgumentSpecValidator({"it": option}).validate({"it": value})
    except _TRIPS:
        return True
    return False


def _checked(params: Params, checks: Iterable[Check]) -> list[t.Any]:
    """What each check makes of the options. Raises InvalidInput with the faults of all together."""
    results: list[t.Any] = []
    refusals: list[InvalidInput] = []
    for check in checks:
        try:
            results.append(check(params))
        except InvalidInput as why:
            refusals.append(why)
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise InvalidInput([fault for why in refusals for fault in why.located()])
    return results


def _leave(module: Module, outcome: Outcome, redactor: Redactor) -> t.NoReturn:
    for warning in outcome.warnings:
        module.warn(redactor.clean(warning))
    result = dict(outcome.result)
    if module._diff:
        result["diff"] = {"before": outcome.before, "after": outcome.after}
    module.exit_json(changed=outcome.changed, **redactor.clean_all(result))


class Unrevealing:
    """Takes secrets out of an exception that nobody expected, and lets it pass on.

    Ansible shows such an exception as it is, and knows a secret only as it was typed, not as a
    URL or a Python literal writes it.
    """

    def __init__(self, *secrets: str) -> None:
        self._redactor = Redactor(secrets)

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        for one in _linked(error):
            one.args = tuple(self._cleaned(argument) for argument in one.args)

    def _cleaned(self, argument: t.Any) -> t.Any:
        text = argument if isinstance(argument, str) else repr(argument)
        clean = self._redactor.clean(text)
        return argument if clean == text else clean


def _linked(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and those that it was raised from or while handling."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]
