"""Deposits that were paid straight to a group: handed over to whoever keeps the groups, once each.

The money is the member's own from the moment it arrives; passing it on is a contribution like any other. If that can't be
done (she has left the group, say) it stays hers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.payments.deposits import deposit_of
from core.payments.models import MpesaTransaction
from core.payments.settlement import TO_GROUP_JOB
from core.payments.telling import tell_member, tell_paid

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Earmarked:
    """A deposit for a group: who paid how much, what the fee took, what is left to pass on, and M-Pesa's receipt.

    `completed_at`: when M-Pesa says that it was paid, or when we heard of it where it says nothing.
    """

    id: UUID
    member: MemberId
    group: DaoId
    amount: Money
    fee: Money
    credited: Money
    receipt: str
    completed_at: datetime


async def find_earmarked(uow: UnitOfWork, *, transaction: UUID) -> Earmarked | None:
    """A deposit that is still to be passed on; None when that was done, or there is nothing to pass on."""
    row = await uow.session.get(MpesaTransaction, transaction, populate_existing=True)
    return _earmarked(row) if row is not None else None


async def claim_earmarked(uow: UnitOfWork, *, transaction: UUID) -> Earmarked | None:
    """Take a deposit to pass it on in this very unit; None when that was done, or there is nothing to pass on."""
    row = await uow.session.get(MpesaTransaction, transaction, with_for_update=True, populate_existing=True)
    found = _earmarked(row) if row is not None else None
    if row is None or found is None:
        return None
    row.passed_on_at = uow.clock.now()
    await uow.session.flush()
    return found


def _earmarked(row: MpesaTransaction) -> Earmarked | None:
    if row.status != "completed" or row.for_dao is None or row.passed_on_at is not None:
        return None
    deposit = deposit_of(row)
    return Earmarked(
        id=row.id,
        member=deposit.member,
        group=DaoId(row.for_dao),
        amount=deposit.amount,
        fee=deposit.fee,
        credited=deposit.credited,
        receipt=deposit.receipt or "",
        completed_at=row.transaction_date or row.updated_at,
    )


async def tell_passed_on(uow: UnitOfWork, passed: Earmarked, *, group: str, total: Money) -> None:
    """It has reached the group: amount, fee, M-Pesa receipt and what the group has now."""
    facts: dict[str, Any] = {"amount": passed.amount, "fee": passed.fee, "credited": passed.credited, "receipt": passed.receipt}
    await tell_member(
        uow,
        passed.member,
        "sms-deposit-to-group",
        in_chat="chat-deposit-to-group",
        group=group,
        total=total,
        **facts,
    )


async def tell_kept(uow: UnitOfWork, kept: Earmarked) -> None:
    """It could not be passed on, so it is on her own balance, and she is told as of any deposit."""
    row = await uow.session.get_one(MpesaTransaction, kept.id)
    await tell_paid(uow, row, late=True)


async def requeue_earmarked(uow: UnitOfWork, *, older_than: datetime) -> None:
    """Put back into the queue what should have been passed on by now."""
    forgotten = (
        select(MpesaTransaction.id)
        .where(MpesaTransaction.for_dao.is_not(None), MpesaTransaction.passed_on_at.is_(None))
        .where(MpesaTransaction.status == "completed", MpesaTransaction.updated_at < older_than)
        .order_by(MpesaTransaction.updated_at)
        .limit(MOST_AT_ONCE)
    )
    for transaction in await uow.session.scalars(forgotten):
        await uow.enqueue(TO_GROUP_JOB, {"transaction": str(transaction)}, key=f"{TO_GROUP_JOB} {transaction}")
