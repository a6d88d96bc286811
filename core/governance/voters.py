"""Who may vote: decided once, when something is proposed, and never again for it.

An observer only watches; whoever it is about doesn't judge herself; the group's rules say how long she must belong and how many
contributions she may have missed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Protocol

from core.daos.dues.standing import missed as missed_dues
from core.daos.people import Person, participants_of
from core.daos.rules import Rules
from core.governance.matters import Expulsion, Matter, WelfareClaim, WriteOff
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId


class Missed(Protocol):
    """How many contributions each of these members has missed; who isn't named has missed none."""

    async def __call__(self, uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId]) -> Mapping[MemberId, int]: ...


# Whoever keeps what members owe at set times adds the function that counts it, in one line.
MISSED: tuple[Missed, ...] = (missed_dues,)


async def eligible(uow: UnitOfWork, *, group: DaoId, rules: Rules, matter: Matter) -> list[Person]:
    """The members who may vote on this, in the order of joining."""
    joined_by = uow.clock.now() - timedelta(days=rules.voter_days)
    people = await participants_of(uow, group=group)
    missed = await _missed(uow, group, [person.id for person in people])
    return [
        person
        for person in people
        if person.joined_at <= joined_by
        and missed.get(person.id, 0) <= rules.voter_missed
        and not (isinstance(matter, Expulsion | WriteOff | WelfareClaim) and matter.member == person.id)
    ]


async def _missed(uow: UnitOfWork, group: DaoId, members: Collection[MemberId]) -> dict[MemberId, int]:
    found: dict[MemberId, int] = {}
    for count in MISSED:
        for member, times in (await count(uow, group=group, members=members)).items():
            found[member] = found.get(member, 0) + times
    return found
