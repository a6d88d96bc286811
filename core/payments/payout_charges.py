"""What M-Pesa really charged for a payment, booked from its own word and never from the tariff.

The tariff foretells the charge so that a member can agree to it; M-Pesa tells the real one in its answer about a transaction
or in its statement. It doesn't come out of the account that pays but accrues on one of its own. What she paid stays as agreed:
the difference is ours, and stands between mpesa_charges and mpesa_recovered.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import and_, or_, select, text

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.ledger.accounts import MPESA_CHARGES, MPESA_CHARGES_PAID
from core.ledger.service import Leg, transfer
from core.payments.models import MpesaTransaction
from core.payments.payout_models import Payout

log = logging.getLogger(__name__)

CHARGE = "mpesa_charge"
BOOK_JOB, ASK_JOB = "book-payout-charge", "ask-payout-charge"
# In the words of its index, which then finds them.
NOT_TOLD = "real_charge IS NULL AND charge_questions < 3 AND books IN ('paid', 'paid-after-release')"
# When M-Pesa is asked what it charged, counted from the question before; after the last the statement has to tell.
QUESTIONS = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))


async def note_charge(uow: UnitOfWork, row: MpesaTransaction, payout: Payout, *, charge: Money | None, source: str) -> None:
    """Remember the real charge of a paid payment and have it booked; when nobody has said it, have M-Pesa asked.

    The first word counts. source: result, answer or statement. Expects the payment's rows locked.
    """
    if payout.real_charge is not None:
        if charge is not None and charge.as_decimal() != payout.real_charge:
            row.attention = row.attention or "charge-contradicted"
            log.error("payout %s: the %s tells a charge of %s, booked were %s", row.id, source, charge, payout.real_charge)
        return
    if charge is None:
        await _ask_later(uow, payout)
        return
    payout.real_charge, payout.charge_source = charge.as_decimal(), source
    await uow.enqueue(BOOK_JOB, {"payout": str(row.id)}, key=f"{BOOK_JOB} {row.id}")


async def charge_in_statement(uow: UnitOfWork, *, receipt: str, charge: Money) -> bool:
    """What M-Pesa's statement says that the payment of this receipt cost us; False when no payment out has it."""
    rows = (
        select(MpesaTransaction, Payout)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(MpesaTransaction.mpesa_receipt_number == receipt)
        .with_for_update()
    )
    found = (await uow.session.execute(rows)).one_or_none()
    if found is None:
        return False
    await note_charge(uow, found[0], found[1], charge=charge, source="statement")
    return True


async def book_charge(uow: UnitOfWork, *, payout: UUID) -> None:
    """Book the charge that was remembered, once. A charge of nothing leaves no entry."""
    row = select(Payout).where(Payout.id == payout, Payout.real_charge.is_not(None)).with_for_update()
    found = await uow.session.scalar(row)
    if found is None or found.charge_booked_at is not None:
        return
    found.charge_booked_at = uow.clock.now()
    await uow.session.flush()
    charge, said = Money.from_decimal(found.real_charge or Decimal(0)), {"source": found.charge_source or ""}
    if charge:
        legs = [Leg(MPESA_CHARGES, -charge), Leg(MPESA_CHARGES_PAID, charge)]
        await transfer(uow, key=charge_key(payout), kind=CHARGE, legs=legs, details={"payout": str(payout), **said})


async def requeue_charges(uow: UnitOfWork, *, at_most: int) -> None:
    """Put back into the queue charges that are known and not booked."""
    known = select(Payout.id).where(Payout.real_charge.is_not(None), Payout.charge_booked_at.is_(None)).limit(at_most)
    for payout in await uow.session.scalars(known):
        await uow.enqueue(BOOK_JOB, {"payout": str(payout)}, key=f"{BOOK_JOB} {payout}")


async def requeue_charge_questions(uow: UnitOfWork, *, grace: timedelta, at_most: int) -> None:
    """Put back into the queue questions about charges that should have been put by now, counted from when it was paid."""
    now = uow.clock.now()
    due = [
        and_(
            Payout.charge_questions == number,
            MpesaTransaction.updated_at < now - grace - sum(QUESTIONS[: number + 1], timedelta()),
        )
        for number in range(len(QUESTIONS))
    ]
    lost = (
        select(Payout)
        .join(MpesaTransaction, MpesaTransaction.id == Payout.id)
        .where(text(NOT_TOLD), MpesaTransaction.status == "completed", or_(*due))
        .order_by(Payout.id)
        .limit(at_most)
    )
    for payout in list(await uow.session.scalars(lost)):
        await _ask(uow, payout, after=None)


async def claim_charge_question(uow: UnitOfWork, *, payout: UUID, number: int) -> MpesaTransaction | None:
    """The payment to ask about, once for each number; None when its charge is known or was asked for before."""
    rows = (
        select(MpesaTransaction, Payout)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(MpesaTransaction.id == payout)
        .with_for_update()
    )
    found = (await uow.session.execute(rows)).one_or_none()
    if found is None or found[1].real_charge is not None or found[1].charge_questions != number:
        return None
    row: MpesaTransaction = found[0]
    found[1].charge_questions = number + 1
    await _ask_later(uow, found[1])
    return row


async def _ask_later(uow: UnitOfWork, payout: Payout) -> None:
    if payout.charge_questions < len(QUESTIONS):
        await _ask(uow, payout, after=QUESTIONS[payout.charge_questions])


async def _ask(uow: UnitOfWork, payout: Payout, *, after: timedelta | None) -> None:
    number = payout.charge_questions
    payload = {"payout": str(payout.id), "number": number}
    await uow.enqueue(ASK_JOB, payload, after=after, key=f"{ASK_JOB} {payout.id} {number}")


def charge_key(payout: UUID) -> UUID:
    """The key of the transfer that books a payment's charge."""
    return uuid5(payout, "charge")
