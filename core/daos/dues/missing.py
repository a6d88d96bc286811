"""Telling of members who have missed as many contributions as the rules allow: they may be suspended, which people decide."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from core.daos.calendar import is_night
from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.dues.charges import Charge
from core.daos.dues.standing import late_charges
from core.daos.dues_models import ReminderRow
from core.daos.groups import find_group
from core.daos.people import OFFICIALS, Person, people_of, short_name
from core.daos.telling import tell, tell_group
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.texts import text

# As a reminder of the charge with which it became so many.
STAGE = "missed"
# As much of both names as leaves the rest of an SMS readable.
GROUP, NAME = 20, 18


async def tell_of_missed(uow: UnitOfWork, *, group: DaoId) -> int:
    """Tell her, and the officials, once for each time it comes to so many; returns how many are new. Safe to repeat."""
    if is_night(uow.clock.now()):
        return 0
    most = (await rules_of(uow, group=group)).missed_until_suspended
    people = {person.id: person for person in await people_of(uow, group=group)}
    reached = {member: late[most - 1] for member, late in (await _late(uow, group)).items() if len(late) >= most}
    new = await _ours(uow, {member: charge.id for member, charge in reached.items() if member in people})
    for member in new:
        await _tell(uow, group, people[member], most)
    return len(new)


async def _late(uow: UnitOfWork, group: DaoId) -> dict[MemberId, list[Charge]]:
    """What each is late with, the oldest first."""
    found: dict[MemberId, list[Charge]] = {}
    for charge, _ in await late_charges(uow, group=group):
        found.setdefault(charge.member, []).append(charge)
    return found


async def _ours(uow: UnitOfWork, reached: Mapping[MemberId, UUID]) -> list[MemberId]:
    """Put these on record; those that nobody else did."""
    now = uow.clock.now()
    rows = [{"id": uow.ids.new(), "charge_id": one, "stage": STAGE, "created_at": now} for one in reached.values()]
    if not rows:
        return []
    new = insert(ReminderRow).on_conflict_do_nothing(index_elements=["charge_id", "stage"])
    written = set(await uow.session.scalars(new.returning(ReminderRow.charge_id), rows))
    return [member for member, charge in reached.items() if charge in written]


async def _tell(uow: UnitOfWork, group: DaoId, person: Person, count: int) -> None:
    found = await find_group(uow, group=group)
    about = {"in_group": found.name[:GROUP], "count": count}
    own = text("missed-yours", dialled=dial_to(uow, found.code, "contribute"), **about)
    await tell(uow, person, own, template="missed")
    theirs = text("missed-theirs", by_short=short_name(person.name)[:NAME], dialled=dial_to(uow, found.code, "people"), **about)
    await tell_group(uow, group=group, what=theirs, template="missed", roles=OFFICIALS, but=[person.id])
