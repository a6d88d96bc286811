"""What a member has saved in a group: paid in for purposes that stay hers, since she last left.

Fines, welfare and a round's collection are no savings. Loans, votes and leaving ask here. It stands on the tables alone, so
that whoever keeps a debt that payments are shared over may ask too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, or_, select

from core.daos.departed import FOREVER
from core.daos.dues_models import LineRow, PaymentRow
from core.daos.owed import Purpose
from core.daos.people_models import Departure
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money

# Paid for these it is still hers; the other purposes spend it.
SAVED: tuple[Purpose, ...] = ("treasury", "loans", "shares")


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
    sums: dict[UUID, Decimal] = {member: Decimal(0) for member in members}
    for member, amount in await uow.session.execute(paid):
        sums[member] += amount
    return {MemberId(member): Money.from_decimal(amount) for member, amount in sums.items()}


async def saved_for(uow: UnitOfWork, *, group: DaoId, purpose: Purpose) -> Money:
    """What all members together have saved for this purpose and not got back when they left."""
    settled = (
        select(func.max(Departure.settled_at))
        .where(Departure.dao_id == group, Departure.user_id == PaymentRow.user_id)
        .correlate(PaymentRow)
        .scalar_subquery()
    )
    paid = (
        select(func.sum(LineRow.amount))
        .join(PaymentRow, PaymentRow.id == LineRow.payment_id)
        .where(PaymentRow.dao_id == group, PaymentRow.state == "posted")
        .where(LineRow.category == "contribution", LineRow.purpose == purpose)
        .where(or_(settled.is_(None), PaymentRow.created_at > settled))
    )
    return Money.from_decimal(await uow.session.scalar(paid) or Decimal(0))
