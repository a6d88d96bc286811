"""Ending a group by its members' vote: nothing new begins, what is open is ended, and when nothing waits it is shared out.

What is left is shared out in core/daos/sharing_out.py; a group that is closed stands for a while in the lists of its members.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from core.daos.ending import GroupEnds
from core.daos.ending_models import DissolutionPartRow, DissolutionRow
from core.daos.groups import locked_group
from core.daos.models import GroupRow
from core.daos.telling import tell_group
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.texts import text

END_JOB = "end-group"
TEMPLATE = "group_ends"
# A group that was closed stands so long in the list of those who were in it.
SHOWN_FOR = timedelta(days=60)
# M-Pesa gives back a payment that came to nobody, and so long one looks whether it has.
COMES_LATE = timedelta(days=365)


@dataclass(frozen=True)
class Closed:
    """A group that has ended: when, by which vote, and what she got."""

    group: DaoId
    name: str
    because: str
    at: datetime
    amount: Money


async def begin_ending(uow: UnitOfWork, *, group: DaoId, because: str) -> None:
    """What a vote that passed calls: nothing new from now on; the worker ends what is open. All are told. Locks the group.

    because: names the vote. Raises UnknownGroup, GroupEnds (another vote has decided it before).
    """
    name = (await locked_group(uow, group)).name
    row = {"dao_id": group, "because": because, "started_at": uow.clock.now(), "sharings": 0}
    new = insert(DissolutionRow).values(row).on_conflict_do_nothing(index_elements=["dao_id"])
    if await uow.session.scalar(new.returning(DissolutionRow.dao_id)) is None:
        raise GroupEnds
    await tell_group(uow, group=group, what=text("sms-group-ends", group=name, because=because), template=TEMPLATE)
    await uow.enqueue(END_JOB, {"group": str(group)}, key=f"{END_JOB} {group}")


async def ending_groups(uow: UnitOfWork) -> list[DaoId]:
    """Groups that end, and those that have ended within a year: money may still come to them late."""
    lately = or_(DissolutionRow.closed_at.is_(None), DissolutionRow.closed_at > uow.clock.now() - COMES_LATE)
    found = select(DissolutionRow.dao_id).where(lately).order_by(DissolutionRow.started_at)
    return [DaoId(group) for group in await uow.session.scalars(found)]


@foreseeable
async def closed_for(uow: UnitOfWork, *, member: MemberId) -> list[Closed]:
    """The groups of hers that have ended lately, the newest first, with all that she got of each."""
    since = uow.clock.now() - SHOWN_FOR
    found = (
        select(DissolutionRow, GroupRow.name, DissolutionPartRow.amount)
        .join(GroupRow, GroupRow.id == DissolutionRow.dao_id)
        .join(DissolutionPartRow, DissolutionPartRow.dao_id == DissolutionRow.dao_id)
        .where(DissolutionPartRow.user_id == member, DissolutionRow.closed_at > since)
        .order_by(DissolutionRow.closed_at.desc(), DissolutionPartRow.number)
    )
    closed: dict[DaoId, Closed] = {}
    for row, name, amount in await uow.session.execute(found):
        assert row.closed_at is not None  # noqa: S101 - the question asks for it
        group, got = DaoId(row.dao_id), Money.from_decimal(amount)
        before = closed[group].amount if group in closed else Money(0)
        closed[group] = Closed(group, name, row.because, row.closed_at, before + got)
    return list(closed.values())
