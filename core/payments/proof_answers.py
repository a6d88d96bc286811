"""What M-Pesa answers about a payment that is held back until it is proven: its word credits it, or speaks against it."""

from __future__ import annotations

from datetime import datetime

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.payments.breaker import note_answer
from core.payments.inbox import ReadReport, put_aside
from core.payments.models import PaymentCallback
from core.payments.outcomes import Failed, Succeeded, Unknown
from core.payments.proof_models import UnprovenPayment
from core.payments.proving import doubt, lock_unproven, refute
from core.payments.receiving import take_in
from core.payments.reports import AnswerReport, Unreadable
from core.payments.sources import Payment


async def read_proof_answer(uow: UnitOfWork, stored: PaymentCallback, held: UnprovenPayment, read_report: ReadReport) -> str:
    """Act on M-Pesa's answer about a held payment; returns its outcome."""
    said = read_report("answer", stored.body)
    if not isinstance(said, AnswerReport):
        return await put_aside(uow, stored, held.user_id, said.reason if isinstance(said, Unreadable) else "unreadable")
    if said.receipt and said.receipt != held.receipt:
        return await put_aside(uow, stored, held.user_id, "another-receipt")
    if await note_answer(uow, said.outcome):
        return "operator-refused"
    return await _act(uow, stored, held, said)


async def _act(uow: UnitOfWork, stored: PaymentCallback, held: UnprovenPayment, said: AnswerReport) -> str:
    match said.outcome:
        case Succeeded(receipt=str(receipt), amount=Money() as amount, at=at) if said.payer:
            return await _paid(uow, stored, held, _payment(held, said, receipt, amount, at))
        case Succeeded() if not said.payer:
            # Money that we paid out, or moved between our own accounts, is no payment to us.
            return await _against(uow, held, "not-a-payment-to-us")
        case Failed():
            return await _refuted(uow, held)
        case Unknown(code=str(code)) if code:
            return await _against(uow, held, "unknown-to-mpesa")
        case _:
            return "not-proof"


def _payment(held: UnprovenPayment, said: AnswerReport, receipt: str, amount: Money, at: datetime | None) -> Payment:
    return Payment(
        receipt=receipt,
        amount=amount,
        source="status",
        payer=said.payer,
        payer_digest=held.payer_digest,
        payer_name=said.payer_name,
        paid_at=at or held.paid_at,
    )


async def _paid(uow: UnitOfWork, stored: PaymentCallback, held: UnprovenPayment, payment: Payment) -> str:
    taken = await take_in(uow, payment)
    return taken.outcome if taken.doubt is None else await put_aside(uow, stored, held.user_id, taken.doubt)


async def _against(uow: UnitOfWork, held: UnprovenPayment, why: str) -> str:
    """M-Pesa may not know yet what it will know in a minute, so this ends nothing; but somebody should see it."""
    row = await lock_unproven(uow, held.id)
    if row is not None and row.outcome == "asking":
        await doubt(uow, row, why)
    return "not-proof"


async def _refuted(uow: UnitOfWork, held: UnprovenPayment) -> str:
    row = await lock_unproven(uow, held.id)
    if row is None or row.outcome != "asking":
        return "repeated"
    await refute(uow, row)
    return "refuted"
