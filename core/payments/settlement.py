"""How a deposit ends, in one place for callbacks, answers and questions.

Every function here expects the row locked by `lock_deposit`, so that whatever arrives at the same time waits and then sees
what was decided. A deposit that failed may still turn out paid; one that is paid stays paid.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, Account, member_account
from core.ledger.service import Leg, transfer_last
from core.payments.charging import fee_legs, record_our_fee
from core.payments.deposits import STK_PUSH, deposit_of
from core.payments.fees import MPESA_DEPOSIT, Shares
from core.payments.models import MpesaTransaction
from core.payments.outcomes import Reason
from core.payments.results import OUR_FAULT
from core.payments.telling import CLAIMED, TELL_JOB, tell_claimed_before, tell_failed, tell_payer

log = logging.getLogger(__name__)

OPEN = ("pending", "processing")
PAID = ("completed", "reversed")
# Done by whoever keeps the groups: contributes what was paid straight to a group, and tells the member.
TO_GROUP_JOB = "pass-deposit-to-group"


async def lock_deposit(uow: UnitOfWork, intent: UUID) -> MpesaTransaction | None:
    """The deposit's row, held until the unit ends; None when there is none."""
    row = (
        select(MpesaTransaction)
        .where(MpesaTransaction.id == intent, MpesaTransaction.transaction_type == STK_PUSH)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found: MpesaTransaction | None = await uow.session.scalar(row)
    return found


async def settle_paid(
    uow: UnitOfWork, row: MpesaTransaction, *, receipt: str, paid_at: datetime | None, origin: Account = MPESA_UTILITY
) -> None:
    """Credit the member, once: the intent is the key of the transfer and the receipt is unique.

    The caller has made sure that amount and receipt are right. paid_at: M-Pesa's own time, if it told one. origin: where the
    money is in the books: what the outside mirrors, or what waited in suspense.
    """
    mark_paid(uow, row, receipt=receipt, paid_at=paid_at)
    await uow.session.flush()

    await book(uow, row, origin=origin)
    if row.paid_by is not None:
        await tell_payer(uow, row)
    await have_told(uow, [row])

    log.info("deposit %s completed, receipt %s", row.id, receipt)


def mark_paid(uow: UnitOfWork, row: MpesaTransaction, *, receipt: str, paid_at: datetime | None) -> None:
    """The row of a deposit that is paid."""
    row.status, row.mpesa_receipt_number, row.transaction_date = "completed", receipt, paid_at
    row.failure_reason = row.next_check_at = row.attention = None
    row.updated_at = uow.clock.now()


async def book(uow: UnitOfWork, row: MpesaTransaction, *, origin: Account) -> None:
    """The fee's row, and the money, which moves when all else of the unit is written."""
    shares = await _charge_fee(uow, row)
    _move_money(uow, row, row.mpesa_receipt_number or "", origin, shares)


async def have_told(uow: UnitOfWork, rows: Sequence[MpesaTransaction]) -> None:
    """Have the members told once, after the commit: of what is for a group when it has reached it."""
    for job, ids in (
        (TELL_JOB, [row.id for row in rows if row.for_dao is None]),
        (TO_GROUP_JOB, [row.id for row in rows if row.for_dao is not None]),
    ):
        await uow.enqueue_all(job, [{"transaction": str(row)} for row in ids], keys=[f"{job} {row}" for row in ids])


async def settle_failed(uow: UnitOfWork, row: MpesaTransaction, *, code: str, description: str, reason: Reason) -> None:
    """Nothing was taken. Does nothing to a deposit that has ended already.

    code, description: the provider's own, for the operator.
    """
    if row.status not in OPEN:
        return
    row.status, row.failure_reason, row.next_check_at = "failed", reason, None
    row.result_code, row.result_desc = code, description
    row.updated_at = uow.clock.now()
    if code in OUR_FAULT or (reason == "refused" and row.answer == "rejected"):
        row.attention = "our-configuration"
        log.error("M-Pesa refuses us: deposit %s, code %s, %s", row.id, code, description)

    await tell_failed(uow, row, reason)

    log.info("deposit %s failed: %s, code %s", row.id, reason, code)


async def settle_claimed(uow: UnitOfWork, row: MpesaTransaction, *, receipt: str) -> None:
    """The payment that answered this prompt was credited to its payer before, since she claimed it: nothing more comes of it.

    Not failed, for money was taken; not completed, for whoever it was meant for has none. Does nothing to one that is paid.
    """
    if row.status in PAID:
        return
    if row.status in OPEN:
        row.status = "cancelled"
    row.failure_reason, row.next_check_at, row.attention = CLAIMED, None, None
    row.updated_at = uow.clock.now()

    await tell_claimed_before(uow, row, receipt=receipt)

    log.warning("deposit %s was answered by receipt %s, which its payer had claimed", row.id, receipt)


def _move_money(uow: UnitOfWork, row: MpesaTransaction, receipt: str, origin: Account, shares: Shares) -> None:
    deposit = deposit_of(row)
    legs = [
        Leg(origin, -deposit.amount),
        Leg(member_account(MemberId(deposit.member)), deposit.credited),
        *(Leg(account, share) for account, share in fee_legs(shares, _group(row))),
    ]
    moved = [leg for leg in legs if leg.amount]
    # The mirror account goes down by what Safaricom holds for us; what went in must be what came out.
    assert sum(leg.amount.minor for leg in moved) == 0  # noqa: S101 - money crosses a border here
    # Every deposit meets at the mirror's row, so nothing that could be done before is done while it is locked.
    transfer_last(uow, key=deposit.intent, kind=MPESA_DEPOSIT, legs=moved, details={"receipt": receipt})


async def _charge_fee(uow: UnitOfWork, row: MpesaTransaction) -> Shares:
    """The fee's row, for revenue and for the member's history."""
    return await record_our_fee(
        uow,
        transaction=row.id,
        category=MPESA_DEPOSIT,
        base=Money.from_decimal(row.amount),
        fee=Money.from_decimal(row.fee_amount),
        percentage=row.fee_percentage,
        payer=MemberId(row.user_id),
        agreed_at=row.created_at,
        group=_group(row),
    )


def _group(row: MpesaTransaction) -> DaoId | None:
    return None if row.for_dao is None else DaoId(row.for_dao)
