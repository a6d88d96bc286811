"""STK callbacks, understood: how one prompt ended.

Money moves only when the intent, the amount and a new receipt fit together. Everything else is put aside where somebody can
see it.
"""

from __future__ import annotations

import logging

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.payments.inbox import ReadReport, hold_name, intent_of, put_aside, report
from core.payments.models import MpesaTransaction, PaymentCallback
from core.payments.outcomes import Reason
from core.payments.receiving import take_in
from core.payments.results import NOT_REACHED, Failed, NotProof, Paid, meaning
from core.payments.settlement import OPEN, PAID, lock_deposit, settle_failed
from core.payments.sources import Payment
from core.payments.stk_callback import Malformed, StkResult, read_stk_callback
from core.payments.telling import NO_ANSWER, tell_uncertain

log = logging.getLogger(__name__)

STK = "stk"


async def read_stk(uow: UnitOfWork, stored: PaymentCallback, _read_report: ReadReport) -> str:
    """Act on an STK callback; returns its outcome."""
    intent = intent_of(stored)
    row = None if intent is None else await lock_deposit(uow, intent)
    result = read_stk_callback(stored.body)
    doubt = await _doubt(uow, row, result)
    if doubt is not None or row is None or isinstance(result, Malformed):
        return await put_aside(uow, stored, None if row is None else row.user_id, doubt or "unknown-intent")
    if row.checkout_request_id is None:
        # It came before the answer to our request, or that answer was lost.
        row.checkout_request_id, row.merchant_request_id = result.checkout_request_id, result.merchant_request_id
    match meaning(result.result_code):
        case Paid():
            return await _paid(uow, stored, row, result)
        case Failed(reason):
            return await _failed(uow, stored, row, result, reason)
        case NotProof():
            return await _not_proof(uow, stored, row, result)


async def checkout_taken(uow: UnitOfWork, checkout_request_id: str) -> bool:
    """Whether some deposit has this CheckoutRequestID already. Held until the unit ends, so that two can't take it."""
    await hold_name(uow, f"checkout {checkout_request_id}")
    taken = select(MpesaTransaction.id).where(MpesaTransaction.checkout_request_id == checkout_request_id)
    return await uow.session.scalar(taken) is not None


async def _doubt(uow: UnitOfWork, row: MpesaTransaction | None, result: StkResult | Malformed) -> str | None:
    """Why this callback can't belong to this deposit, if so."""
    if row is None:
        return "unknown-intent"
    if isinstance(result, Malformed):
        return result.reason
    if row.sent_at is None:
        return "never-sent"
    if row.checkout_request_id not in (None, result.checkout_request_id):
        return "checkout-mismatch"
    if row.checkout_request_id is None and await checkout_taken(uow, result.checkout_request_id):
        return "checkout-mismatch"
    return None


async def _paid(uow: UnitOfWork, stored: PaymentCallback, row: MpesaTransaction, result: StkResult) -> str:
    if result.receipt is None or result.amount is None:
        row.attention = "paid-without-receipt" if row.status in OPEN else row.attention
        return await put_aside(uow, stored, row.user_id, "no-receipt" if result.receipt is None else "no-amount")
    if result.amount != row.amount:
        row.attention = "amount-mismatch" if row.status in OPEN else row.attention
        return await put_aside(uow, stored, row.user_id, "amount-mismatch")
    if row.status in PAID:
        same = row.mpesa_receipt_number == result.receipt
        return "repeated" if same else await put_aside(uow, stored, row.user_id, "second-receipt")

    payment = Payment(receipt=result.receipt, amount=Money.from_decimal(result.amount), source="stk", paid_at=result.paid_at)
    taken = await take_in(uow, payment, deposit=row)
    if taken.doubt is not None:
        return await put_aside(uow, stored, row.user_id, taken.doubt)

    _record(uow, row, stored, result)
    row.result_code, row.result_desc = result.result_code, result.description
    await uow.session.flush()
    return taken.outcome


async def _failed(uow: UnitOfWork, stored: PaymentCallback, row: MpesaTransaction, result: StkResult, reason: Reason) -> str:
    if row.status in PAID:
        # A success is never taken back by a callback; but one of the two is false, and somebody should find out which.
        row.attention = "contradicted"
        await report(uow, stored, row.user_id, "failure-after-success")
        return "ignored-after-success"
    if row.status not in OPEN:
        return "repeated"

    _record(uow, row, stored, result)
    await settle_failed(uow, row, code=result.result_code, description=result.description, reason=reason)
    return "failed"


async def _not_proof(uow: UnitOfWork, stored: PaymentCallback, row: MpesaTransaction, result: StkResult) -> str:
    """Neither paid nor failed for certain: the questions that are due anyway will tell."""
    if row.status not in OPEN:
        return "ignored-not-proof"
    _record(uow, row, stored, result)
    row.result_code, row.result_desc = result.result_code, result.description
    if result.result_code == NOT_REACHED:
        await tell_uncertain(uow, row, NO_ANSWER)
    else:
        log.warning("deposit %s: result code %s is not known", row.id, result.result_code)
    return "not-proof"


def _record(uow: UnitOfWork, row: MpesaTransaction, stored: PaymentCallback, result: StkResult) -> None:
    row.callback_received, row.callback_at, row.callback_data = True, stored.received_at, result.shown()
    row.updated_at = uow.clock.now()
