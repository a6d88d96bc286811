"""Money out of a group's treasury to an M-PESA number: the machinery of a withdrawal, paid from a hold of the treasury.

Whoever keeps the treasuries has set the money aside under holds without an end of time; from here on they are settled or
released by what M-Pesa proves, and by nothing else. M-Pesa sends 250,000 at once, so a larger payment goes in parts, each with
a hold, a name and an end of its own. Each attempt has new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId, TransferId, reference
from core.kernel.money import KES, Money
from core.kernel.phone import Phone
from core.payments.models import MpesaTransaction
from core.payments.payout_models import Payout, Withdrawal
from core.payments.payout_settlement import GROUP_NEWS_JOB, GROUP_PAYOUT_JOB
from core.payments.withdrawal_quotes import WithdrawalQuote, quote_withdrawal
from core.payments.withdrawals import write_payout

__all__ = [
    "GROUP_NEWS_JOB",
    "GROUP_PAYOUT_JOB",
    "GroupPayout",
    "GroupPayoutTooLarge",
    "amount_of_part",
    "find_group_payout",
    "parts_of",
    "quote_group_payout",
    "start_group_payout",
]

# Safaricom: what a number may receive in a day, and hold (M-PESA's tariff and limits, also its largest balance).
MOST_A_DAY = Money(500_000_00)


@dataclass
class GroupPayoutTooLarge(CoreError):
    """M-Pesa lets a number receive `high` in a day, and a group's payment arrives in one."""

    code = "group-payout-too-large"
    kind = Kind.LIMITED

    high: Money


@dataclass(frozen=True)
class GroupPayout:
    """A payment as it stands, over all its parts.

    books: held (while any part is), paid, released, part (some paid, the others released), paid-after-release. `paid`: what
    has arrived. `receipt`: M-Pesa's of every part that was paid.
    """

    id: UUID
    books: str
    paid: Money
    receipt: str | None
    payee: str | None
    reason: str | None


async def quote_group_payout(uow: UnitOfWork, *, amount: Money, at: datetime | None = None) -> WithdrawalQuote:
    """What it costs now, or did `at` an earlier moment, to have `amount` arrive on an M-PESA number, part by part.

    Raises WithdrawalTooSmall, WholeShillingsOnly, GroupPayoutTooLarge.
    """
    if amount > MOST_A_DAY:
        raise GroupPayoutTooLarge(MOST_A_DAY)
    return await quote_withdrawal(uow, amount=amount, at=at)


def parts_of(payout: UUID, count: int) -> list[UUID]:
    """The ids of so many parts of a payment; the first is the payment's own."""
    return [payout, *(uuid5(payout, f"part {number}") for number in range(2, count + 1))]


async def start_group_payout(
    uow: UnitOfWork,
    *,
    payout: UUID,
    group: DaoId,
    asked_by: MemberId,
    language: str,
    phone: Phone,
    quote: WithdrawalQuote,
    quoted_at: datetime,
    held: Sequence[TransferId],
) -> None:
    """Have M-Pesa pay what was quoted to the number from what is held, once the caller's unit has committed.

    payout: the payment's id, new for each attempt. held: for each part the hold of its amount and both its fees.
    """
    agreed = Withdrawal(
        id=uow.ids.new(),
        user_id=asked_by,
        dao_id=group,
        phone_number=phone,
        amount=quote.amount.as_decimal(),
        fee_amount=quote.fee.as_decimal(),
        fee_percentage=quote.percentage,
        charge_amount=quote.charge.as_decimal(),
        currency=KES.code,
        quoted_at=quoted_at,
        channel="ussd",
        language=language,
        told=[],
        created_at=uow.clock.now(),
    )
    uow.session.add(agreed)
    names = parts_of(payout, len(quote.parts))
    for number, (name, part, hold) in enumerate(zip(names, quote.parts, held, strict=True), 1):
        await write_payout(uow, agreed, number, name=name, part=part, held=hold, what=f"Group payment {reference(payout)}")


async def amount_of_part(uow: UnitOfWork, *, payout: UUID) -> Money:
    """How much one part was to bring. Raises NoResultFound."""
    return Money.from_decimal((await uow.session.get_one(MpesaTransaction, payout)).amount)


async def find_group_payout(uow: UnitOfWork, *, payout: UUID) -> GroupPayout | None:
    """The payment as it stands; None when there is none of this id. payout: its own id, or that of one of its parts."""
    whole = select(Payout.withdrawal_id).where(Payout.id == payout).scalar_subquery()
    rows = (
        select(Payout, MpesaTransaction)
        .join(MpesaTransaction, MpesaTransaction.id == Payout.id)
        .where(Payout.withdrawal_id == whole)
        .order_by(Payout.part)
        .execution_options(populate_existing=True)
    )
    parts = [(row[0], row[1]) for row in await uow.session.execute(rows)]
    if not parts:
        return None
    arrived = [sent for part, sent in parts if part.books in ("paid", "paid-after-release")]
    return GroupPayout(
        id=parts[0][0].id,
        books=_together([part.books for part, _ in parts]),
        paid=sum((Money.from_decimal(sent.amount) for sent in arrived), Money(0)),
        receipt=" ".join(sent.mpesa_receipt_number or "" for sent in arrived) or None,
        payee=next((part.payee_name for part, _ in parts if part.payee_name), None),
        reason=next((sent.failure_reason for _, sent in parts if sent.failure_reason), None),
    )


def _together(books: Sequence[str]) -> str:
    """How a payment stands whose parts stand so. While one has no certain end, neither has the whole."""
    for state in ("held", "paid-after-release"):
        if state in books:
            return state
    return books[0] if len(set(books)) == 1 else "part"
