# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server shows of the declared users: at no more cost than the plan needs to know."""

from __future__ import annotations

import datetime as dt
import operator
import typing as t
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ._client import Client
from ._contract import UNFINISHED, Family, Phase, Status
from ._directory import Directory
from ._errors import CloudiwayError, NotFound
from ._models import FIELDS, MailUser, same_address
from ._roster import Person

#: The options that describe one user.
PERSON_OPTIONS: t.Final = (*FIELDS, "migration_tag", "batch", "license", "state", "force")
ADDRESSES: t.Final = ("source_email", "target_email")
CONNECTORS: t.Final = ("source_connector", "target_connector")


@dataclass(frozen=True)
class Activity:
    """What a user is doing and has done, as far as status (2.7) and history (2.8) tell."""

    status: Status
    has_passes: bool

    @property
    def hands_off(self) -> str | None:
        """Why the user must not be retargeted or deleted; None where nothing stands against it."""
        if self.status.phase is Phase.UNKNOWN:
            return f"its status {self.status} is not known"
        if self.status.active:
            return f"it is active ({self.status})"
        if self.has_passes:
            return "it has been migrated"
        if self.status.name in UNFINISHED:
            return f"it has been in a pass, which did not finish ({self.status})"
        return None

    @property
    def proves_license(self) -> bool:
        """Whether the user has ever been audited or migrated, which takes a licence."""
        worked = self.status.active or self.status.phase is Phase.DONE
        return worked or self.has_passes or self.status.name == "LICENSE_EXCEEDED"


@dataclass(frozen=True)
class Sighting:
    """A declared user, and what the server shows of it."""

    person: Person
    user: MailUser | None = None
    #: The batch that the user is in; None where it is in none, or where nobody needs to know.
    batch: str | None = None
    activity: Activity | None = None
    #: Set where the user could not be told from others.
    trouble: CloudiwayError | None = None

    @property
    def subject(self) -> str:
        """How plans, diffs and messages name the user."""
        person = self.person
        return person.source_email or (self.user and self.user.label) or person.migration_tag or ""

    @cached_property
    def differing(self) -> list[str]:
        """The fields that are declared and shown otherwise. What is not shown is not compared."""
        return [] if self.user is None else _differing(self.person, self.user)

    @property
    def retargeted(self) -> list[str]:
        """The addresses and connectors that an update changes, or may change without our seeing."""
        if self.user is None or not self.differing:
            return []
        moved = [name for name in self.differing if name in (*ADDRESSES, *CONNECTORS)]
        return moved + _unseen(self.user, CONNECTORS)


def observe(
    client: Client, directory: Directory, declared: Sequence[Person], with_targets: bool = False
) -> list[Sighting]:
    """Look at the server, at no more than the plan for these users needs to know.

    That is the target of each user too, where it is to be compared with target_domains.
    """
    _read_what_matters(
        client, directory, {person.batch for person in declared if joins_batch(person)}
    )
    found = client.each(lambda person: _match(directory, person), declared)
    sightings = [
        Sighting(person, trouble=user)
        if isinstance(user, CloudiwayError)
        else Sighting(person, user, _batch_now(directory, person, user))
        for person, user in zip(declared, found)
    ]
    sightings = _looked_at(
        client,
        sightings,
        lambda sight: _needs_fields(sight) or (with_targets and _lacks_target(sight)),
        _with_fields,
    )
    return _looked_at(client, sightings, _needs_activity, _with_activity)


def _read_what_matters(
    client: Client, directory: Directory, batches: Collection[str | None]
) -> None:
    """Read the users, and beside them who is in these batches.

    Others are read only for who is not there. One long answer and many short ones, none of which
    needs another, are not awaited one after the other.
    """
    if not batches:
        directory.load()
        return
    users = client.begin(lambda load: load(), [directory.load])
    directory.read_members(name for name in directory.batches if name in batches)
    [lost] = users.results()
    if lost:
        raise lost


def _looked_at(
    client: Client,
    sightings: Sequence[Sighting],
    needs: t.Callable[[Sighting], bool],
    look: t.Callable[[Client, Sighting], Sighting],
) -> list[Sighting]:
    """Look closer at those who need it; a look that fails becomes the user's trouble."""
    asked = [at for at, sight in enumerate(sightings) if needs(sight)]
    seen = list(sightings)
    for at, found in zip(asked, client.each(lambda at: look(client, sightings[at]), asked)):
        if isinstance(found, CloudiwayError):
            found = replace(sightings[at], trouble=found)
        seen[at] = found
    return seen


def _match(directory: Directory, person: Person) -> MailUser | None:
    """The user that a declared one is: by tag, else by source address, else by the pair."""
    if person.migration_tag:
        found = directory.by_tag(person.migration_tag)
        return found and directory.tagged(found, person.target_email)
    if person.state == "absent":
        return directory.of_pair(person.source_email or "", person.target_email)
    return directory.by_address(person.source_email or "", person.target_email)


def joins_batch(person: Person) -> bool:
    """Whether the person is declared to be in a batch."""
    return bool(person.batch) and person.state == "present"


def _batch_now(directory: Directory, person: Person, user: MailUser | None) -> str | None:
    """The batch of a user who is declared to be in one."""
    if user is None or user.tag is None or person.batch is None or not joins_batch(person):
        return None
    if directory.is_member(user.tag, person.batch):
        return person.batch
    return directory.batch_of(user.tag)


def _needs_fields(sight: Sighting) -> bool:
    """Whether the user is to be updated, which sends all six fields, and getall lacks some."""
    person, user = sight.person, sight.user
    if user is None or sight.trouble or person.state == "absent":
        return False
    return bool(sight.differing) and bool(_unseen(user, FIELDS))


def _lacks_target(sight: Sighting) -> bool:
    """Whether nothing tells yet where a user who is to be present migrates to."""
    person, user = sight.person, sight.user
    if user is None or sight.trouble or person.state == "absent" or person.target_email:
        return False
    return user.target_email is None


def _with_fields(client: Client, sight: Sighting) -> Sighting:
    """Add the fields that the one-user read shows; the document does not say whether it does."""
    user = sight.user
    if user is None or user.tag is None:
        return sight
    shown = client.user(user.tag)
    fields = {name: getattr(shown, name) for name in _unseen(user, FIELDS)}
    return replace(sight, user=replace(user, **fields))


def _unseen(user: MailUser, names: t.Iterable[str]) -> list[str]:
    """Which of these fields the server did not show."""
    return [name for name in names if getattr(user, name) is None]


def _needs_activity(sight: Sighting) -> bool:
    """Whether the plan depends on what the user is doing or has done."""
    person, user = sight.person, sight.user
    if user is None or sight.trouble:
        return False
    if person.state == "absent":
        return not person.force
    return license_is_open(sight) or (not person.force and bool(sight.retargeted))


def license_is_open(sight: Sighting) -> bool:
    """Whether neither the server nor membership tells that the existing user has a licence."""
    person, user = sight.person, sight.user
    if user is None or person.license == "never" or user.licensed is not None:
        return False
    return bool(person.batch) and sight.batch != person.batch


def _with_activity(client: Client, sight: Sighting) -> Sighting:
    user = sight.user
    if user is None or user.tag is None:
        raise NotFound("the user's migration tag is not known")
    return replace(sight, activity=activity_of(client, user.tag, user.status))


def activity_of(client: Client, tag: str, status: Status | None = None) -> Activity:
    """Ask for a user's status, where it is not known, and history, where that matters."""
    status = status or client.status(tag)
    moved = status.phase is Phase.DONE and status.family in (Family.MAIL, Family.PERMISSIONS)
    if status.active or status.phase is Phase.UNKNOWN:
        return Activity(status, has_passes=False)
    return Activity(status, moved or bool(client.history(tag, dt.timezone.utc)))


# Compare ------------------------------------------------------------------------------------


def wanted_of(person: Person, user: MailUser) -> dict[str, str | None]:
    """The six fields after the update: declared, else as the server shows them."""
    return {
        name: getattr(user, name) if getattr(person, name) is None else getattr(person, name)
        for name in FIELDS
    }


_fields_of: t.Final = operator.attrgetter(*FIELDS)


def _differing(person: Person, user: MailUser) -> list[str]:
    found = []
    for name, declared, shown in zip(FIELDS, _fields_of(person), _fields_of(user)):
        if declared is None or shown is None or declared == shown:
            continue
        if name not in ADDRESSES or not same_address(declared, shown):
            found.append(name)
    return found
