"""Sending a payment, and asking about it until its end is known.

That it may be out is written down, and committed, before M-Pesa is asked; in the same transaction the first question is
scheduled, and each question schedules the next before it is put. A request without a clear answer is never sent again: only
one that certainly never reached M-Pesa, or that M-Pesa certainly turned away unprocessed, is repeated, and one whose worker
died before it could write down any answer; always under the first name, under which M-Pesa pays once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.payments.breaker import note_payout_taken, payouts_stopped
from core.payments.models import MpesaTransaction
from core.payments.outcomes import Accepted, Failed, Taken, Unknown
from core.payments.payout_models import Payout, Withdrawal
from core.payments.payout_settlement import lock_payout, settle_payout_failed
from core.payments.ports import PayoutRequest, TransactionQuestion
from core.payments.withdrawal_telling import WAITING, tell_withdrawal_waits
from core.payments.withdrawals import OPEN, PAY_JOB

log = logging.getLogger(__name__)

ASK_JOB = "ask-about-payout"
# Why M-Pesa wasn't asked, or turned away without looking: these pass, so the payment stays in the queue.
PASSING = frozenset({"not-sent", "busy"})
# Time since the payment was first sent. Most results come within seconds; the queue of Safaricom can hold one for hours.
QUESTIONS = (
    *(timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)),
    *(timedelta(hours=3), timedelta(hours=6), timedelta(hours=12)),
    *(timedelta(days=day) for day in range(1, 8)),
)
# Waits before a payment that was turned away is sent again; the last is repeated.
SENDING_AGAIN = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 300, 900, 1800))
# While payouts are stopped, each one looks so often whether they go on.
STOPPED_PAUSE = timedelta(minutes=1)
# What couldn't be sent for so long goes back to the member's balance.
LONGEST_QUEUE = timedelta(hours=24)
UNRESOLVED = "unresolved"
# When an operator is to know of a payment without a certain end; it is asked about all the same.
A_PERSON_LOOKS = timedelta(hours=1)
# When a member who has heard nothing is told that we don't know either.
PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True)
class Addresses:
    """Where M-Pesa reports about one payment: its result, and the answers about it."""

    result: str
    timeout: str
    answer: str
    answer_timeout: str


@dataclass(frozen=True)
class DoubtfulPayout:
    """A payment that a person has to look at, and why (`attention`)."""

    payout: UUID
    phone: Phone
    amount: Money
    status: str
    attention: str


async def claim_payout(uow: UnitOfWork, *, payout: UUID, sending: int, addresses: Addresses) -> PayoutRequest | None:
    """Mark a payment as sent and return what to send; None when it must not be sent (any more).

    sending: how often it was sent before; a claim is given once for each. The request may be sent only after the unit has
    committed.
    """
    found = await lock_payout(uow, payout)
    if found is None or found.payout.sendings != sending:
        return None
    row, now = found.row, uow.clock.now()
    if row.status not in OPEN or row.answer in ("accepted", "unknown"):
        return None

    # Nobody wrote down how the last request was answered: its worker died, before or after M-Pesa had it.
    found.payout.in_doubt |= row.status == "processing" and row.answer is None
    if (stopped := await payouts_stopped(uow)) is not None:
        await _wait_in_queue(uow, row, found.payout, reason=stopped)
        return None

    found.payout.sendings += 1
    row.status, row.answer, row.updated_at = "processing", None, now
    row.sent_at = row.sent_at or now
    await _schedule(uow, row, now)

    return PayoutRequest(
        payout=row.originator_conversation_id or "",
        phone=Phone(row.phone_number),
        amount=Money.from_decimal(row.amount),
        remarks=row.transaction_desc or "Withdrawal",
        result_url=addresses.result,
        timeout_url=addresses.timeout,
    )


async def _wait_in_queue(uow: UnitOfWork, row: MpesaTransaction, payout: Payout, *, reason: str) -> None:
    """Nothing is sent while payouts are stopped. What has waited for a day comes back, unless it may have been paid."""
    now = uow.clock.now()
    if now - row.created_at >= LONGEST_QUEUE and not payout.in_doubt:
        await settle_payout_failed(uow, row, payout, failed=Failed("payouts-stopped", reason, "not-sent"))
        return
    if row.status == "pending":
        row.next_check_at = now + STOPPED_PAUSE
    payload = {"payout": str(row.id), "sending": payout.sendings}
    # A name of its own: the job that runs now still holds the usual one.
    await uow.enqueue(PAY_JOB, payload, after=STOPPED_PAUSE, key=f"{PAY_JOB} {row.id} {payout.sendings} {now.isoformat()}")
    log.warning("payout %s waits: payouts are stopped (%s)", row.id, reason)


async def record_payout(uow: UnitOfWork, *, payout: UUID, outcome: Taken) -> None:
    """Write down how the request was answered. The result may have come before."""
    found = await lock_payout(uow, payout)
    if found is None:
        return
    row = found.row
    row.updated_at = uow.clock.now()
    # Before the books: whoever needs both takes them in this order.
    await note_payout_taken(uow, outcome)
    match outcome:
        case Accepted(reference):
            row.answer, row.conversation_id = "accepted", row.conversation_id or reference or None
        case Failed(code, description, reason):
            row.answer = "rejected"
            await _turned_away(uow, row, found.payout, outcome)
            log.info("payout %s was turned away: %s, code %s, %s", row.id, reason, code, description)
        case Unknown(reason):
            row.answer = "unknown"
            log.warning("payout %s may or may not have been sent: %s", row.id, reason)


async def claim_payout_question(
    uow: UnitOfWork, *, payout: UUID, number: int, addresses: Addresses, pays_once: bool
) -> TransactionQuestion | None:
    """Take question `number` about a payment and schedule the next; None when it has ended or was asked before.

    pays_once: the provider pays nothing for a second request under the same name.
    """
    found = await lock_payout(uow, payout)
    if found is None or found.row.status != "processing" or found.row.retry_count != number:
        return None
    row, now = found.row, uow.clock.now()
    row.retry_count, row.last_retry_at, row.updated_at = number + 1, now, now
    if now - (row.sent_at or now) >= A_PERSON_LOOKS and row.answer != "rejected":
        row.attention = row.attention or UNRESOLVED
    await _schedule(uow, row, now)
    if row.answer == "rejected":
        # M-Pesa has never taken it, so it has nothing to say about it; it is sent again instead.
        return None
    if row.answer is None and number >= 1 and pays_once:
        # The worker died around the request, and no result has come. Under its first name it can be paid only once.
        await _send(uow, row.id, found.payout.sendings)
    return question_about(row, addresses)


def question_about(row: MpesaTransaction, addresses: Addresses) -> TransactionQuestion:
    """What to ask about a payment: by its receipt once there is one, by its name until then."""
    named = {"receipt": row.mpesa_receipt_number} if row.mpesa_receipt_number else {"payout": row.originator_conversation_id}
    return TransactionQuestion(
        result_url=addresses.answer, timeout_url=addresses.answer_timeout, **{key: value or "" for key, value in named.items()}
    )


async def send_payout_again(uow: UnitOfWork, *, payout: UUID) -> bool:
    """Have a payment without a certain end sent once more, under its first name, as an operator has decided.

    Under that name M-Pesa pays once, so this is for a request of which M-Pesa knows nothing. False when there is no such
    payment, or it has ended, was accepted, or is on its way into M-Pesa's hands anyway.
    """
    found = await lock_payout(uow, payout)
    if found is None or found.row.status != "processing" or found.row.answer not in ("unknown", None):
        return False
    found.row.answer, found.row.updated_at = None, uow.clock.now()
    await _send(uow, payout, found.payout.sendings)
    return True


async def doubtful_payouts(uow: UnitOfWork) -> list[DoubtfulPayout]:
    """Payments that a person has to look at, oldest first."""
    rows = (
        select(MpesaTransaction)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(MpesaTransaction.attention.is_not(None))
        .order_by(MpesaTransaction.created_at)
    )
    return [
        DoubtfulPayout(row.id, Phone(row.phone_number), Money.from_decimal(row.amount), row.status, row.attention or "")
        for row in await uow.session.scalars(rows)
    ]


async def look_at_payout(uow: UnitOfWork, *, payout: UUID) -> None:
    """Tell a member who has waited long enough that M-Pesa hasn't confirmed yet."""
    found = await lock_payout(uow, payout)
    if found is None or found.row.status not in OPEN:
        return
    if (await uow.session.get_one(Withdrawal, found.payout.withdrawal_id)).dao_id is not None:
        return
    if uow.clock.now() - found.row.created_at >= PATIENCE:
        await tell_withdrawal_waits(uow, found.payout.withdrawal_id, WAITING)


async def requeue_payouts(uow: UnitOfWork, *, overdue: datetime, at_most: int) -> None:
    """Put back into the queue payments that should have been sent or asked about before `overdue`."""
    forgotten = (
        select(MpesaTransaction, Payout.sendings)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(MpesaTransaction.status.in_(OPEN), MpesaTransaction.next_check_at < overdue)
        .order_by(MpesaTransaction.next_check_at)
        .limit(at_most)
    )
    for row, sendings in (await uow.session.execute(forgotten)).all():
        log.warning("payout %s (%s) was not looked at in time", row.id, row.status)
        if row.status == "pending" or row.answer == "rejected":
            await _send(uow, row.id, sendings)
        if row.status == "processing":
            await _ask(uow, row)


async def _turned_away(uow: UnitOfWork, row: MpesaTransaction, payout: Payout, refusal: Failed) -> None:
    """Certainly not processed: sent again a little later when that may pass, over when it won't."""
    waited = uow.clock.now() - row.created_at
    if refusal.reason in PASSING and row.status in OPEN and (payout.in_doubt or waited < LONGEST_QUEUE):
        wait = SENDING_AGAIN[min(payout.sendings, len(SENDING_AGAIN)) - 1]
        await _send(uow, row.id, payout.sendings, after=wait)
        return
    if payout.in_doubt:
        # This request was refused; the one before it may have been paid. Only M-Pesa's word about the payment can end it.
        row.answer = "unknown"
        return
    await settle_payout_failed(uow, row, payout, failed=refusal)


async def _send(uow: UnitOfWork, payout: UUID, sendings: int, *, after: timedelta | None = None) -> None:
    payload = {"payout": str(payout), "sending": sendings}
    await uow.enqueue(PAY_JOB, payload, after=after, key=f"{PAY_JOB} {payout} {sendings}")


async def _schedule(uow: UnitOfWork, row: MpesaTransaction, now: datetime) -> None:
    row.next_check_at = next((row.sent_at + age for age in QUESTIONS if row.sent_at and row.sent_at + age > now), None)
    if row.next_check_at is None:
        row.attention = row.attention or UNRESOLVED
        log.error("payout %s has no certain end after %d questions", row.id, row.retry_count)
        return
    await _ask(uow, row, after=row.next_check_at - now)


async def _ask(uow: UnitOfWork, row: MpesaTransaction, *, after: timedelta | None = None) -> None:
    payload = {"payout": str(row.id), "number": row.retry_count}
    await uow.enqueue(ASK_JOB, payload, after=after, key=f"{ASK_JOB} {row.id} {row.retry_count}")
