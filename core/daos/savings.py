"""What a member has saved in a group: paid in for purposes that stay hers, less what she took out.

Fines, welfare and a round's collection are no savings. Loans, votes and leaving ask here. It stands on the tables alone, so
that whoever keeps a debt that payments are shared over may ask too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from core.daos.departed import FOREVER
from core.daos.dues_models import LineRow, PaymentRow, SavingsTakenRow
from core.daos.owed import Purpose
from core.daos.people_models import Departure
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId, TransferId
from core.kernel.money import Money

# Paid for these it is still hers; the other purposes spend it.
SAVED: tuple[Purpose, ...] = ("treasury", "loans", "shares")


async def savings_of(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Money:
    """What she has put in for savings and not taken out."""
    return (await savings_in(uow, group=group, members=[member]))[member]


async def savings_in(
    uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId], until: datetime | None = None
) -> dict[MemberId, Money]:
    """The savings of each of these members, as they are or as they were just before `until`."""
    moment = until or FOREVER
    # What she got back when she left counts no more.
    settled = (
        select(func.max(Departure.settled_at))
        .where(Departure.dao_id == group, Departure.user_id == PaymentRow.user_id, Departure.settled_at < moment)
        .correlate(PaymentRow)
        .scalar_subquery()
    )
    paid = (
        select(PaymentRow.user_id, func.sum(LineRow.amount))
        .join(LineRow, LineRow.payment_id == PaymentRow.id)
        .where(PaymentRow.dao_id == group, PaymentRow.user_id.in_(members), PaymentRow.state == "posted")
        .where(PaymentRow.created_at < moment)
        .where(LineRow.category == "contribution", LineRow.purpose.in_(SAVED))
        .where(or_(settled.is_(None), PaymentRow.created_at > settled))
        .group_by(PaymentRow.user_id)
    )
    gone = (
        select(func.max(Departure.settled_at))
        .where(Departure.dao_id == group, Departure.user_id == SavingsTakenRow.user_id, Departure.settled_at < moment)
        .correlate(SavingsTakenRow)
        .scalar_subquery()
    )
    taken = (
        select(SavingsTakenRow.user_id, func.sum(SavingsTakenRow.amount))
        .where(SavingsTakenRow.dao_id == group, SavingsTakenRow.user_id.in_(members))
        .where(SavingsTakenRow.created_at < moment)
        .where(or_(gone.is_(None), SavingsTakenRow.created_at > gone))
        .group_by(SavingsTakenRow.user_id)
    )
    sums: dict[UUID, Decimal] = {member: Decimal(0) for member in members}
    for member, amount in await uow.session.execute(paid):
        sums[member] += amount
    for member, amount in await uow.session.execute(taken):
        sums[member] -= amount
    return {MemberId(member): Money.from_decimal(amount) for member, amount in sums.items()}


async def record_taken(uow: UnitOfWork, *, group: DaoId, member: MemberId, amount: Money, why: str, posted: TransferId) -> None:
    """She has taken so much of her savings out, by this transfer; once for each transfer."""
    row = {
        "id": uow.ids.new(),
        "dao_id": group,
        "user_id": member,
        "amount": amount.as_decimal(),
        "why": why,
        "transfer_id": posted,
        "created_at": uow.clock.now(),
    }
    new = insert(SavingsTakenRow).values(row)
    await uow.session.execute(new.on_conflict_do_nothing(index_elements=["transfer_id", "user_id"]))
