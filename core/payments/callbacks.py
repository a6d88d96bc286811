"""Callbacks from M-Pesa: kept exactly as they came, then understood.

Nobody signs them, they come once, twice, late or never, so storing asks no questions and answers always; a job reads them
afterwards. Money moves only when the intent, the amount and a new receipt fit together. Everything else is put aside where
somebody can see it.
"""

from __future__ import annotations

import hashlib
import logging
import re
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.payments.models import MpesaTransaction, PaymentCallback
from core.payments.outcomes import Reason
from core.payments.results import NOT_REACHED, Failed, NotProof, Paid, meaning
from core.payments.settlement import OPEN, PAID, lock_deposit, settle_failed, settle_paid
from core.payments.stk_callback import Malformed, StkResult, read_stk_callback
from core.payments.telling import NO_ANSWER, tell_uncertain

log = logging.getLogger(__name__)

CALLBACK_JOB = "read-payment-callback"
INTENT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
LONGEST_FOREIGN = 64
# How much each kind of mismatch worries whoever watches; what isn't listed is merely odd.
SEVERITY = {
    "amount-mismatch": "high",
    "checkout-mismatch": "high",
    "second-receipt": "high",
    "receipt-reused": "critical",
    "never-sent": "high",
    "failure-after-success": "high",
}


async def store_stk_callback(uow: UnitOfWork, *, intent: str, body: bytes, remote: str) -> bool:
    """Keep a callback and have it read after the commit; True when it is new. Anything at all may be in it.

    The same body for the same intent again only counts up. intent: the path's last segment, as it came.
    """
    now, callback = uow.clock.now(), uow.ids.new()
    digest = hashlib.sha256(body).hexdigest()
    kept = insert(PaymentCallback).values(
        id=callback, intent=_writable(intent), body=body, digest=digest, remote=_writable(remote), received_at=now
    )
    again = kept.on_conflict_do_update(
        index_elements=["intent", "digest"], set_={"times_received": PaymentCallback.times_received + 1}
    ).returning(PaymentCallback.id, PaymentCallback.processed_at)
    found = (await uow.session.execute(again)).one()

    if found.processed_at is None:
        await uow.enqueue(CALLBACK_JOB, {"callback": str(found.id)}, key=f"{CALLBACK_JOB} {found.id}")
    return bool(found.id == callback)


async def process_callback(uow: UnitOfWork, *, callback: UUID) -> str | None:
    """Understand a stored callback and act on it, once. Returns its outcome; None when there is no such callback."""
    stored = await _lock_callback(uow, callback)
    if stored is None or stored.outcome is not None:
        return None if stored is None else stored.outcome

    outcome = await _act(uow, stored)

    stored.outcome, stored.processed_at = outcome, uow.clock.now()
    log.info("callback %s for %s: %s", stored.id, stored.intent, outcome)
    return outcome


async def _act(uow: UnitOfWork, stored: PaymentCallback) -> str:
    row = await lock_deposit(uow, UUID(stored.intent)) if INTENT.fullmatch(stored.intent) else None
    result = read_stk_callback(stored.body)
    doubt = await _doubt(uow, row, result)
    if doubt is not None or row is None or isinstance(result, Malformed):
        return await _put_aside(uow, stored, row, doubt or "unknown-intent")
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


async def checkout_taken(uow: UnitOfWork, checkout_request_id: str) -> bool:
    """Whether some deposit has this CheckoutRequestID already. Held until the unit ends, so that two can't take it."""
    await _hold(uow, f"checkout {checkout_request_id}")
    taken = select(MpesaTransaction.id).where(MpesaTransaction.checkout_request_id == checkout_request_id)
    return await uow.session.scalar(taken) is not None


async def _paid(uow: UnitOfWork, stored: PaymentCallback, row: MpesaTransaction, result: StkResult) -> str:
    if result.receipt is None or result.amount is None:
        row.attention = "paid-without-receipt" if row.status in OPEN else row.attention
        return await _put_aside(uow, stored, row, "no-receipt" if result.receipt is None else "no-amount")
    if result.amount != row.amount:
        row.attention = "amount-mismatch" if row.status in OPEN else row.attention
        return await _put_aside(uow, stored, row, "amount-mismatch")
    if row.status in PAID:
        same = row.mpesa_receipt_number == result.receipt
        return "repeated" if same else await _put_aside(uow, stored, row, "second-receipt")
    if await _receipt_taken(uow, result.receipt):
        return await _put_aside(uow, stored, row, "receipt-reused")

    _record(uow, row, stored, result)
    row.result_code, row.result_desc = result.result_code, result.description
    await settle_paid(uow, row, receipt=result.receipt, paid_at=result.paid_at)
    return "credited"


async def _failed(uow: UnitOfWork, stored: PaymentCallback, row: MpesaTransaction, result: StkResult, reason: Reason) -> str:
    if row.status in PAID:
        # A success is never taken back by a callback; but one of the two is false, and somebody should find out which.
        row.attention = "contradicted"
        await _report(uow, stored, row, "failure-after-success")
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


async def _receipt_taken(uow: UnitOfWork, receipt: str) -> bool:
    """Whether a receipt was used before. Two callbacks with one receipt wait for each other here."""
    await _hold(uow, f"receipt {receipt}")
    taken = select(MpesaTransaction.id).where(MpesaTransaction.mpesa_receipt_number == receipt)
    return await uow.session.scalar(taken) is not None


async def _put_aside(uow: UnitOfWork, stored: PaymentCallback, row: MpesaTransaction | None, why: str) -> str:
    await _report(uow, stored, row, why)
    return f"quarantined: {why}"


async def _report(uow: UnitOfWork, stored: PaymentCallback, row: MpesaTransaction | None, why: str) -> None:
    """Let whoever watches over safety see a callback that doesn't fit."""
    await record_security_event(
        uow,
        event_type="payment_callback_doubted",
        severity=SEVERITY.get(why, "medium"),
        member=None if row is None else MemberId(row.user_id),
        address=stored.remote,
        details={"callback": str(stored.id), "intent": stored.intent, "why": why},
    )
    log.warning("callback %s for %s doubted: %s", stored.id, stored.intent, why)


def _record(uow: UnitOfWork, row: MpesaTransaction, stored: PaymentCallback, result: StkResult) -> None:
    row.callback_received, row.callback_at, row.callback_data = True, stored.received_at, result.shown()
    row.updated_at = uow.clock.now()


async def _lock_callback(uow: UnitOfWork, callback: UUID) -> PaymentCallback | None:
    row = select(PaymentCallback).where(PaymentCallback.id == callback).with_for_update()
    found: PaymentCallback | None = await uow.session.scalar(row)
    return found


async def _hold(uow: UnitOfWork, name: str) -> None:
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _writable(segment: str) -> str:
    """A path segment as PostgreSQL can keep it; an intent of ours in its one spelling."""
    if INTENT.fullmatch(segment):
        return segment.lower()
    return quote(segment, safe=":._-", errors="replace")[:LONGEST_FOREIGN]
