"""What a member has saved in a group: paid in for purposes that stay hers, since she last left.

Fines, welfare and a round's collection are no savings. Loans, votes and leaving ask here. It stands on the tables alone, so
that whoever keeps a debt that payments are shared over may ask too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from core.daos.departed import FOREVER, Whose
from core.daos.dues_models import LineRow, PaymentRow
from core.daos.owed import Purpose
from core.daos.people_models import Departure
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given

# Paid for these it is still hers; the other purposes spend it.
SAVED: tuple[Purpose, ...] = ("treasury", "loans", "shares")


async def savings_in(
    uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId], until: datetime | None = None
) -> dict[MemberId, Money]:
    """The savings of each of these members, as they are or as they were just before `until`."""
    hers = put_in(group, until or FOREVER).add_columns(PaymentRow.user_id).group_by(PaymentRow.user_id)
    sums: dict[UUID, Decimal] = {member: Decimal(0) for member in members}
    for amount, member in await uow.session.execute(hers.where(PaymentRow.user_id.in_(members))):
        sums[member] += amount
    return {MemberId(member): Money.from_decimal(amount) for member, amount in sums.items()}


def put_in(group: Whose, until: datetime) -> Select[Decimal | None]:
    """What was saved in the group before a moment and not got back: of whom is for the caller to say (`PaymentRow.user_id`)."""
    # What she got back when she left counts no more.
    settled = (
        select(func.max(Departure.settled_at))
        .where(Departure.dao_id == group, Departure.user_id == PaymentRow.user_id, Departure.settled_at < until)
        .correlate(PaymentRow)
        .scalar_subquery()
    )
    return (
        select(func.sum(LineRow.amount))
        .join(PaymentRow, PaymentRow.id == LineRow.payment_id)
        .where(PaymentRow.dao_id == group, PaymentRow.state == "posted", PaymentRow.created_at < until)
        .where(LineRow.category == "contribution", LineRow.purpose.in_(SAVED))
        .where(or_(settled.is_(None), PaymentRow.created_at > settled))
    )


async def saved_for(uow: UnitOfWork, *, group: DaoId, purpose: Purpose) -> Money:
    """What all members together have saved for this purpose and not got back when they left."""
    saved = await uow.scalar(SAVED_FOR, group=group, purpose=purpose)
    return Money.from_decimal(saved or Decimal(0))


SAVED_FOR = Selected(put_in(given("group"), FOREVER).where(LineRow.purpose == given("purpose")))
