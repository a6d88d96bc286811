"""Money out of a group's treasury to an M-PESA number: the machinery of a withdrawal, paid from a hold of the treasury.

Whoever keeps the treasuries has set the money aside under a hold without an end of time; from here on it is settled or released
by what M-Pesa proves, and by nothing else. Each attempt has a hold and a payment of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId, TransferId, reference
from core.kernel.money import KES, Money
from core.kernel.phone import Phone
from core.payments.models import MpesaTransaction
from core.payments.payout_models import Payout, Withdrawal
from core.payments.payout_settlement import GROUP_NEWS_JOB, GROUP_PAYOUT_JOB
from core.payments.withdrawal_quotes import MOST_PART, Part, quote_withdrawal
from core.payments.withdrawals import B2C, PAY_JOB

__all__ = [
    "GROUP_NEWS_JOB",
    "GROUP_PAYOUT_JOB",
    "GroupPayout",
    "GroupPayoutTooLarge",
    "find_group_payout",
    "quote_group_payout",
    "start_group_payout",
]


@dataclass
class GroupPayoutTooLarge(CoreError):
    """M-Pesa sends `high` at once, and a group's payment is one."""

    code = "group-payout-too-large"
    kind = Kind.LIMITED

    high: Money


@dataclass(frozen=True)
class GroupPayout:
    """A payment as it stands. `books`: held, paid, released or paid-after-release; `receipt`: M-Pesa's, once it is paid."""

    id: UUID
    books: str
    receipt: str | None
    payee: str | None
    reason: str | None


async def quote_group_payout(uow: UnitOfWork, *, amount: Money, at: datetime | None = None) -> Part:
    """What it costs now, or did `at` an earlier moment, to have `amount` arrive on an M-PESA number.

    Raises WithdrawalTooSmall, WholeShillingsOnly, GroupPayoutTooLarge.
    """
    if amount > MOST_PART:
        raise GroupPayoutTooLarge(MOST_PART)
    [part] = (await quote_withdrawal(uow, amount=amount, at=at)).parts
    return part


async def start_group_payout(
    uow: UnitOfWork,
    *,
    payout: UUID,
    group: DaoId,
    asked_by: MemberId,
    language: str,
    phone: Phone,
    amount: Money,
    quoted_at: datetime,
    held: TransferId,
) -> None:
    """Have M-Pesa pay `amount` to the number from what is held, once the caller's unit has committed.

    payout: the payment's id, new for each attempt. held: holds the amount and both fees as they were at `quoted_at`.
    """
    now = uow.clock.now()
    quote = await quote_withdrawal(uow, amount=amount, at=quoted_at)
    part = await quote_group_payout(uow, amount=amount, at=quoted_at)
    agreed = Withdrawal(
        id=uow.ids.new(),
        user_id=asked_by,
        dao_id=group,
        phone_number=phone,
        amount=amount.as_decimal(),
        fee_amount=part.fee.as_decimal(),
        fee_percentage=quote.percentage,
        charge_amount=part.charge.as_decimal(),
        currency=KES.code,
        quoted_at=quoted_at,
        channel="ussd",
        language=language,
        told=[],
        created_at=now,
    )
    uow.session.add(agreed)
    sent = MpesaTransaction(
        id=payout,
        user_id=asked_by,
        transaction_type=B2C,
        phone_number=phone,
        amount=amount.as_decimal(),
        transaction_desc=f"Group payment {reference(payout)}",
        originator_conversation_id=str(uow.ids.new()),
        status="pending",
        created_at=now,
        updated_at=now,
        next_check_at=now,
        currency=KES.code,
        fee_amount=part.fee.as_decimal(),
        fee_percentage=quote.percentage,
        channel="ussd",
        language=language,
        told=[],
    )
    uow.session.add(sent)
    await uow.session.flush()
    row = Payout(id=payout, withdrawal_id=agreed.id, part=1, charge_amount=part.charge.as_decimal(), hold_transfer=held)
    row.books, row.sendings, row.charge_questions = "held", 0, 0
    uow.session.add(row)
    await uow.session.flush()
    await uow.enqueue(PAY_JOB, {"payout": str(payout)}, key=f"{PAY_JOB} {payout}")


async def find_group_payout(uow: UnitOfWork, *, payout: UUID) -> GroupPayout | None:
    """The payment as it stands; None when there is none of this id."""
    rows = (
        select(
            Payout.id, Payout.books, MpesaTransaction.mpesa_receipt_number, Payout.payee_name, MpesaTransaction.failure_reason
        )
        .join(MpesaTransaction, MpesaTransaction.id == Payout.id)
        .where(Payout.id == payout)
    )
    found = (await uow.session.execute(rows)).one_or_none()
    return None if found is None else GroupPayout(*found)
