"""A payment to us goes back to its payer by M-Pesa's own reversal, once two people have said so.

The money is set aside first, so that nobody spends it meanwhile. M-Pesa undoes a payment once however often it is asked, and
says so, so a request whose answer got lost is simply repeated. What it refuses for certain comes back to whoever had it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.ledger.accounts import MPESA_REFUNDS, SUSPENSE
from core.ledger.service import Leg, find_posted, recorded, reverse, transfer
from core.payments.correction_models import Correction
from core.payments.inbox import ReadReport, intent_of, put_aside
from core.payments.models import PaymentCallback, PaymentReceived
from core.payments.outcomes import Accepted, Failed, Succeeded, Taken
from core.payments.ports import RefundRequest
from core.payments.reports import RefundReport, Unreadable
from core.payments.reversing import Undone, set_aside, undo_payment

if TYPE_CHECKING:
    from core.payments.correction_acts import Subject

log = logging.getLogger(__name__)

RESULT, TIMEOUT = "reversal-result", "reversal-timeout"
SEND_JOB = "send-refund"
HELD, RELEASED = "mpesa_refund_set_aside", "mpesa_refund_released"
# Waits before M-Pesa is asked again, since the request before; after the last a person looks.
AGAIN = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 360, 1440))
REMARKS = "Payment returned"


@dataclass(frozen=True)
class RefundAddresses:
    """Where M-Pesa reports about one refund."""

    result: str
    timeout: str


async def begin_refund(uow: UnitOfWork, row: Correction, subject: Subject) -> None:
    """Set the money aside and have M-Pesa asked. The payment's rows are held and found to be refundable."""
    payment = await uow.session.get_one(PaymentReceived, subject.row)
    if payment.transaction_id is None:
        payment.reversed_at = uow.clock.now()
        legs = [Leg(SUSPENSE, -subject.amount), Leg(MPESA_REFUNDS, subject.amount)]
    else:
        posted = await find_posted(uow, payment.transaction_id)
        if posted is None:
            raise LookupError(f"payment {payment.receipt} has no transfer")
        legs = set_aside(await recorded(uow, posted))
    await uow.enqueue(SEND_JOB, {"refund": str(row.id), "sending": 0}, key=f"{SEND_JOB} {row.id} 0")
    await transfer(uow, key=row.id, kind=HELD, legs=legs, details={"receipt": row.subject})


async def claim_refund(uow: UnitOfWork, *, refund: UUID, sending: int, addresses: RefundAddresses) -> RefundRequest | None:
    """Mark a refund as asked for and return what to ask; None when it is over, or was asked so often already."""
    row = await _lock(uow, refund)
    if row is None or row.state != "sent" or row.sendings != sending:
        return None
    now = uow.clock.now()
    row.sendings = sending + 1
    row.next_check_at = now + AGAIN[sending] if sending < len(AGAIN) else None
    if row.next_check_at is None:
        row.attention = "unresolved"
        log.error("refund %s of %s has no certain end after %d requests", row.id, row.subject, row.sendings)
    else:
        await _send(uow, row, after=row.next_check_at - now)
    amount = Money.from_decimal(row.amount)
    return RefundRequest(row.subject, amount, REMARKS, result_url=addresses.result, timeout_url=addresses.timeout)


async def record_refund(uow: UnitOfWork, *, refund: UUID, outcome: Taken) -> None:
    """Write down how the request was taken. One that never left us or was turned away is repeated with the next question."""
    row = await _lock(uow, refund)
    if row is None or row.state != "sent":
        return
    if isinstance(outcome, Accepted):
        row.reference = outcome.reference or None
        return
    log.warning("refund %s of %s: %s", row.id, row.subject, outcome)
    if isinstance(outcome, Failed) and outcome.reason not in ("not-sent", "busy") and row.sendings == 1:
        await _failed(uow, row, outcome.code)


async def read_refund_report(uow: UnitOfWork, stored: PaymentCallback, read_report: ReadReport) -> str:
    """Act on how a refund ended; returns what came of it."""
    if stored.kind == TIMEOUT:
        return "not-proof"
    intent = intent_of(stored)
    row = None if intent is None else await _lock(uow, intent)
    if row is None or row.kind != "refund" or row.approved_at is None:
        return await put_aside(uow, stored, None, "unknown-intent")
    said = read_report("refund", stored.body)
    doubt = _doubt(row, said)
    if doubt or not isinstance(said, RefundReport):
        return await put_aside(uow, stored, None, doubt or "not-about-a-refund")
    return await _take(uow, stored, row, said)


def _doubt(row: Correction, said: object) -> str:
    if isinstance(said, Unreadable):
        return said.reason
    if not isinstance(said, RefundReport):
        return "not-about-a-refund"
    if said.receipt and said.receipt != row.subject:
        return "receipt-mismatch"
    # Each request has a name of its own, and the answer to an earlier one is as good.
    is_ours = row.reference is None or said.reference == row.reference or row.sendings > 1
    return "" if is_ours else "conversation-mismatch"


async def _take(uow: UnitOfWork, stored: PaymentCallback, row: Correction, said: RefundReport) -> str:
    amount = Money.from_decimal(row.amount)
    match said.outcome:
        case Succeeded(receipt, told, at):
            if told is not None and told != amount:
                return await put_aside(uow, stored, None, "amount-mismatch")
            return await undo_payment(uow, Undone(row.subject, receipt or "", amount, "refund", at))
        case Failed(reason="already-done"):
            return await undo_payment(uow, Undone(row.subject, "", amount, "refund"))
        case Failed(code):
            return await _failed(uow, row, code) if row.state == "sent" else "repeated"
        case _:
            return "not-proof"


async def _failed(uow: UnitOfWork, row: Correction, code: str) -> str:
    """M-Pesa won't: everybody has again what was set aside."""
    row.state, row.ended_at, row.next_check_at, row.outcome = "failed", uow.clock.now(), None, f"M-Pesa refused: {code}"
    row.attention = None
    payment = await uow.session.scalar(select(PaymentReceived).where(PaymentReceived.receipt == row.subject).with_for_update())
    if payment is not None and payment.transaction_id is None:
        payment.reversed_at = None
    held = await find_posted(uow, row.id)
    if held is None:
        raise LookupError(f"refund {row.id} has set nothing aside")
    await uow.session.flush()
    await reverse(uow, key=uuid5(row.id, "release"), transfer=held, kind=RELEASED, details={"receipt": row.subject})
    log.error("refund %s of %s was refused: %s", row.id, row.subject, code)
    return "released"


async def requeue_refunds(uow: UnitOfWork, *, overdue: datetime, at_most: int) -> None:
    """Put back into the queue refunds that should have been asked about before `overdue`."""
    forgotten = select(Correction).where(Correction.state == "sent", Correction.next_check_at < overdue).order_by(Correction.id)
    for row in await uow.session.scalars(forgotten.limit(at_most)):
        log.warning("refund %s was not looked at in time", row.id)
        await _send(uow, row)


async def _send(uow: UnitOfWork, row: Correction, *, after: timedelta | None = None) -> None:
    payload = {"refund": str(row.id), "sending": row.sendings}
    await uow.enqueue(SEND_JOB, payload, after=after, key=f"{SEND_JOB} {row.id} {row.sendings}")


async def _lock(uow: UnitOfWork, refund: UUID) -> Correction | None:
    row = select(Correction).where(Correction.id == refund).with_for_update().execution_options(populate_existing=True)
    found: Correction | None = await uow.session.scalar(row)
    return found
