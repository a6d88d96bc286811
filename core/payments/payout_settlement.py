"""How a payment out ends, in one place for results, answers and requests that were turned away.

Every function expects the row locked by `lock_payout`, so that whatever arrives at the same time waits and then sees what was
decided. Held money leaves when M-Pesa has proven that it paid, and comes back only when it has proven that it didn't. Should
it report a payment after it had denied it, nothing is taken from the member by a machine: the shilling that left is booked
against suspense and a person looks into it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import select

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId, TransferId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_RECOVERED, MPESA_UTILITY, SUSPENSE
from core.ledger.service import Leg, release, settle, transfer
from core.payments.charging import fee_legs, record_network_fee, record_our_fee
from core.payments.fees import MPESA_WITHDRAWAL
from core.payments.models import MpesaTransaction
from core.payments.outcomes import Failed, Succeeded
from core.payments.payout_charges import note_charge
from core.payments.payout_models import Payout, Withdrawal
from core.payments.withdrawal_telling import tell_withdrawal_ended

log = logging.getLogger(__name__)

RELEASE = "mpesa_withdrawal_release"
# The same of what a treasury pays.
GROUP_PAYOUT, GROUP_RELEASE = "treasury_payout", "treasury_release"
# Done by whoever keeps the treasuries: writes down how the payment that it asked for has ended, and tells the group.
GROUP_PAYOUT_JOB = "group-payout-ended"
# Done by the same: tells the group what happened to a payment after it had ended (came-back, recovered).
GROUP_NEWS_JOB = "group-payout-news"
AFTER_RELEASE = "mpesa_withdrawal_after_release"
# These mean that our own account, credentials or money are the trouble: every member will meet them until somebody acts.
OUR_TROUBLE = frozenset({"our-funds", "refused"})


@dataclass(frozen=True)
class Locked:
    """A payment's two rows, held until the unit ends."""

    row: MpesaTransaction
    payout: Payout


async def lock_payout(uow: UnitOfWork, payout: UUID) -> Locked | None:
    """The payment's rows; None when there is none of this id."""
    rows = (
        select(MpesaTransaction, Payout)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(MpesaTransaction.id == payout)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = (await uow.session.execute(rows)).one_or_none()
    return None if found is None else Locked(*found)


async def settle_payout_paid(uow: UnitOfWork, row: MpesaTransaction, payout: Payout, *, paid: Succeeded, source: str) -> None:
    """The money is on her phone. The caller has made sure that amount and receipt are right and new.

    source: who says so, result or answer.
    """
    after_release = payout.books == "released"
    row.status, row.mpesa_receipt_number, row.transaction_date = "completed", paid.receipt, paid.at
    row.failure_reason = row.next_check_at = row.attention = None
    row.updated_at = uow.clock.now()
    payout.books = "paid-after-release" if after_release else "paid"
    payout.payee_name = paid.party or payout.payee_name
    await uow.session.flush()

    await (_book_after_release(uow, row) if after_release else _book_paid(uow, row, payout))
    await note_charge(uow, row, payout, charge=paid.fee, source=source)
    await _end(uow, payout)
    log.info("payout %s completed, receipt %s", row.id, row.mpesa_receipt_number)


async def settle_payout_failed(uow: UnitOfWork, row: MpesaTransaction, payout: Payout, *, failed: Failed) -> None:
    """M-Pesa has proven that it paid nothing and won't. Does nothing to a payment that has ended already."""
    if payout.books != "held":
        return
    row.status, row.failure_reason, row.next_check_at, row.attention = "failed", failed.reason, None, None
    row.result_code, row.result_desc = failed.code, failed.description
    row.updated_at = uow.clock.now()
    payout.books = "released"
    if failed.reason in OUR_TROUBLE:
        row.attention = failed.reason
        log.error("M-Pesa doesn't pay for us: payout %s, code %s, %s", row.id, failed.code, failed.description)
    await uow.session.flush()

    withdrawal = await uow.session.get_one(Withdrawal, payout.withdrawal_id)
    kind = RELEASE if withdrawal.dao_id is None else GROUP_RELEASE
    key = uuid5(row.id, "release")
    await release(uow, key=key, hold=TransferId(payout.hold_transfer), kind=kind, details={"payout": str(row.id)})
    await _end(uow, payout)
    log.info("payout %s failed: %s, code %s", row.id, failed.reason, failed.code)


async def group_of(uow: UnitOfWork, payout: Payout) -> DaoId | None:
    """The group whose treasury pays it; None when it is a member's own money."""
    group = (await uow.session.get_one(Withdrawal, payout.withdrawal_id)).dao_id
    return None if group is None else DaoId(group)


async def have_group_told(uow: UnitOfWork, payout: UUID, what: str) -> None:
    """Have the group of a payment told what happened to it afterwards: came-back or recovered."""
    await uow.enqueue(GROUP_NEWS_JOB, {"payout": str(payout), "what": what}, key=f"{GROUP_NEWS_JOB} {payout} {what}")


async def _book_paid(uow: UnitOfWork, row: MpesaTransaction, payout: Payout) -> None:
    amount, fee, charge = (Money.from_decimal(one) for one in (row.amount, row.fee_amount, payout.charge_amount))
    withdrawal = await uow.session.get_one(Withdrawal, payout.withdrawal_id)
    group = None if withdrawal.dao_id is None else DaoId(withdrawal.dao_id)
    payer = MemberId(row.user_id) if group is None else None
    ours = await record_our_fee(
        uow,
        transaction=row.id,
        category=MPESA_WITHDRAWAL,
        base=amount,
        fee=fee,
        percentage=row.fee_percentage or None,
        payer=payer,
        agreed_at=withdrawal.quoted_at,
        group=group,
    )
    record_network_fee(uow, transaction=row.id, base=amount, fee=charge, payer=payer, group=group)
    shares = [(MPESA_UTILITY, amount), *fee_legs(ours, group), (MPESA_RECOVERED, charge)]
    await settle(
        uow,
        key=row.id,
        hold=TransferId(payout.hold_transfer),
        to=[(account, share) for account, share in shares if share],
        kind=MPESA_WITHDRAWAL if group is None else GROUP_PAYOUT,
        details={"receipt": row.mpesa_receipt_number or ""},
    )


async def _book_after_release(uow: UnitOfWork, row: MpesaTransaction) -> None:
    """She has both the cash and the balance: suspense carries it until a person has decided."""
    amount = Money.from_decimal(row.amount)
    row.attention = "paid-after-release"
    await record_security_event(
        uow,
        event_type="payout_paid_after_release",
        severity="critical",
        member=MemberId(row.user_id),
        details={"payout": str(row.id), "receipt": row.mpesa_receipt_number, "amount": str(amount)},
    )
    legs = [Leg(SUSPENSE, -amount), Leg(MPESA_UTILITY, amount)]
    await transfer(uow, key=row.id, kind=AFTER_RELEASE, legs=legs, details={"receipt": row.mpesa_receipt_number or ""})
    log.error("payout %s was paid after it had been denied and released", row.id)


async def _end(uow: UnitOfWork, payout: Payout) -> None:
    """When this was the last open payment of its withdrawal, tell the member. After the books, so the balance is right.

    A group is told by whoever keeps its treasury, in a unit of its own.
    """
    withdrawal = await uow.session.get_one(Withdrawal, payout.withdrawal_id)
    if withdrawal.dao_id is not None:
        await uow.session.flush()
        held = select(Payout.id).where(Payout.withdrawal_id == payout.withdrawal_id, Payout.books == "held").limit(1)
        if await uow.session.scalar(held) is None:
            withdrawal.ended_at = withdrawal.ended_at or uow.clock.now()
            await uow.session.flush()
        await uow.enqueue(GROUP_PAYOUT_JOB, {"payout": str(payout.id)}, key=f"{GROUP_PAYOUT_JOB} {payout.id} {payout.books}")
        return
    open_ones = select(Payout.id).where(Payout.withdrawal_id == payout.withdrawal_id, Payout.books == "held").limit(1)
    await uow.session.flush()
    if await uow.session.scalar(open_ones) is None:
        await tell_withdrawal_ended(uow, payout.withdrawal_id)
