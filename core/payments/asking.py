"""Sending the prompt, and asking about it until its end is known.

A prompt is marked as sent, and that committed, before it is sent: whoever finds the mark never sends again, because nobody
can say whether the phone rings. In the same transaction the first question is scheduled, and each question schedules the
next before it is put, so that no deposit is ever left without somebody who looks at it again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from core.identity.events import record_security_event
from core.kernel.db import UnitOfWork
from core.kernel.ids import IntentId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.payments.callbacks import checkout_taken
from core.payments.deposits import PROMPT_LIFE, hold_phone
from core.payments.evidence import may_be_from
from core.payments.models import MpesaTransaction, PaymentReceived
from core.payments.outcomes import Accepted, Failed, Outcome, Pending, Succeeded, Taken, Unknown
from core.payments.ports import CollectRequest
from core.payments.pulling import LIST_IS_BEHIND, list_was_whole
from core.payments.receiving import CLOCKS_APART, RINGING
from core.payments.results import SUCCESS
from core.payments.settlement import OPEN, lock_deposit, settle_failed
from core.payments.telling import WAITING, tell_uncertain

log = logging.getLogger(__name__)

ASK_JOB = "ask-about-deposit"
# Time since the prompt was sent. Practice: most end within a minute, stragglers within the hour; the sandbox of Safaricom
# allows five questions a minute, so the first ones are apart.
QUESTIONS = (
    timedelta(seconds=20),
    timedelta(seconds=45),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    *(timedelta(days=day) for day in range(1, 8)),
)
# When a member who has heard nothing is told that we don't know either.
PATIENCE = timedelta(minutes=2)
# From when on a prompt that nobody answered may be ended by M-Pesa's whole list.
LONG_AGO = timedelta(hours=1)


async def claim_push(uow: UnitOfWork, *, intent: IntentId, callback_url: str) -> CollectRequest | None:
    """Mark a deposit as sent and return what to send; None when it must not be sent (any more).

    The request may be sent only after the unit has committed.
    """
    row = await lock_deposit(uow, intent)
    if row is None or row.status != "pending":
        return None
    await hold_phone(uow, row.phone_number)
    now = uow.clock.now()
    if now - row.created_at >= PROMPT_LIFE:
        # A prompt that pops up long after she hung up frightens more than it helps.
        await settle_failed(uow, row, code="late", description="not sent in time", reason="not-sent")
        return None

    row.status, row.sent_at, row.updated_at = "processing", now, now
    await _schedule(uow, row, now)

    return CollectRequest(
        intent=intent,
        phone=Phone(row.phone_number),
        amount=Money.from_decimal(row.amount),
        reference=row.account_reference or "",
        description=row.transaction_desc or "",
        callback_url=callback_url,
    )


async def record_push(uow: UnitOfWork, *, intent: IntentId, outcome: Taken) -> None:
    """Write down how the request was answered. The callback may have come before."""
    row = await lock_deposit(uow, intent)
    if row is None:
        return
    row.updated_at = uow.clock.now()
    match outcome:
        case Accepted():
            row.answer = "accepted"
            await _attach(uow, row, outcome)
        case Failed(code, description, reason):
            row.answer = "rejected"
            await settle_failed(uow, row, code=code, description=description, reason=reason)
        case Unknown(reason):
            row.answer = "unknown"
            log.warning("deposit %s may or may not have been sent: %s", row.id, reason)


async def claim_question(uow: UnitOfWork, *, intent: IntentId, number: int) -> str | None:
    """Take question `number` about a deposit and schedule the next; returns the CheckoutRequestID to ask about.

    None: it has ended, this question was taken before, or there is no id to ask by; then only `look_again` is due.
    """
    row = await lock_deposit(uow, intent)
    if row is None or row.status != "processing" or row.retry_count != number:
        return None
    now = uow.clock.now()
    row.retry_count, row.last_retry_at, row.updated_at = number + 1, now, now
    await _schedule(uow, row, now)
    return row.checkout_request_id


async def record_answer(uow: UnitOfWork, *, intent: IntentId, outcome: Outcome) -> None:
    """Write down what a question brought. A proven failure ends the deposit; "paid" without a receipt credits nothing."""
    row = await lock_deposit(uow, intent)
    if row is None or row.status not in OPEN:
        return
    match outcome:
        case Succeeded():
            _note(uow, row, code=SUCCESS, description="paid")
            row.attention = "paid-without-receipt"
            log.warning("deposit %s is said to be paid, but its receipt has not come", row.id)
        case Failed(code, description, reason):
            _note(uow, row, code=code, description=description)
            await settle_failed(uow, row, code=code, description=description, reason=reason)
        case Unknown(reason, code):
            if code:
                _note(uow, row, code=code, description=reason)
            log.warning("no certain answer about deposit %s: %s", row.id, reason)
        case Pending():
            pass


async def look_again(uow: UnitOfWork, *, intent: IntentId) -> None:
    """Tell a member who has waited long enough that we don't know yet; or end a deposit that was provably never paid."""
    row = await lock_deposit(uow, intent)
    if row is None or row.status not in OPEN or row.sent_at is None:
        return
    waited = uow.clock.now() - row.sent_at
    if waited >= LONG_AGO and await _was_never_paid(uow, row, row.sent_at):
        code = row.result_code or "not-in-list"
        await settle_failed(uow, row, code=code, description="not in M-Pesa's list of payments", reason="expired")
    elif waited >= PATIENCE:
        await tell_uncertain(uow, row, WAITING)


async def _was_never_paid(uow: UnitOfWork, row: MpesaTransaction, sent_at: datetime) -> bool:
    """Whether M-Pesa's whole list of the time in which this prompt could be answered has no payment for it.

    A payment in the list would have ended the deposit, unless it was known before and nobody told what was typed for it.
    Whatever says that it was paid, or looks odd, is for a person.
    """
    if row.attention not in (None, "unresolved") or await _may_be_paid_by_another(uow, row, sent_at):
        return False
    return await list_was_whole(uow, since=sent_at - CLOCKS_APART, until=sent_at + RINGING + LIST_IS_BEHIND)


async def _may_be_paid_by_another(uow: UnitOfWork, row: MpesaTransaction, sent_at: datetime) -> bool:
    """Whether a payment of no known account came while the prompt rang, of its amount and perhaps from its phone."""
    came = select(PaymentReceived).where(
        PaymentReceived.amount == row.amount,
        PaymentReceived.account == "",
        or_(PaymentReceived.transaction_id.is_(None), PaymentReceived.assigned_by.is_not(None)),
        func.coalesce(PaymentReceived.paid_at, PaymentReceived.received_at).between(sent_at - CLOCKS_APART, sent_at + RINGING),
    )
    return any(may_be_from(row.phone_number, payment) for payment in await uow.session.scalars(came))


def next_question(sent_at: datetime, now: datetime) -> datetime | None:
    """When to ask next; None after the last time. What was missed while nobody worked is not caught up on."""
    return next((sent_at + age for age in QUESTIONS if sent_at + age > now), None)


async def _schedule(uow: UnitOfWork, row: MpesaTransaction, now: datetime) -> None:
    due = next_question(row.sent_at or now, now)
    row.next_check_at = due
    if due is None:
        row.attention = row.attention or "unresolved"
        log.error("deposit %s has no certain end after %d questions", row.id, row.retry_count)
        return
    await ask_later(uow, intent=IntentId(row.id), number=row.retry_count, after=due - now)


async def ask_later(uow: UnitOfWork, *, intent: IntentId, number: int, after: timedelta | None = None) -> None:
    """Put question `number` about a deposit, `after` a delay."""
    payload = {"intent": str(intent), "number": number}
    await uow.enqueue(ASK_JOB, payload, after=after, key=f"{ASK_JOB} {intent} {number}")


def _note(uow: UnitOfWork, row: MpesaTransaction, *, code: str, description: str) -> None:
    """Keep what the provider said last, for whoever looks into it."""
    at = uow.clock.now().isoformat()
    row.details = {**(row.details or {}), "answer": {"code": code, "description": description, "at": at}}


async def _attach(uow: UnitOfWork, row: MpesaTransaction, accepted: Accepted) -> None:
    """Remember M-Pesa's ids. A callback that came first should have brought the same; if not, somebody forged it."""
    checkout = accepted.reference
    if row.checkout_request_id == checkout:
        return
    taken = await checkout_taken(uow, checkout)
    if taken or row.checkout_request_id is not None:
        await record_security_event(
            uow,
            event_type="payment_ids_contradict",
            severity="high",
            member=MemberId(row.user_id),
            details={"intent": str(row.id), "taken": str(taken)},
        )
        log.error("deposit %s: M-Pesa's answer contradicts an earlier callback", row.id)
    if not taken and row.status in OPEN:
        row.merchant_request_id, row.checkout_request_id = accepted.second_reference, checkout
