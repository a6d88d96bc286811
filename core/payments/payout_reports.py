"""What M-Pesa reports about a payment out, weighed against what we know ourselves.

Nobody signs a report, so it moves money only when the payment that its address names, our secret name for it, the amount and a
new receipt all fit together. Everything else is put aside where somebody can see it; what proves nothing is asked about.
"""

from __future__ import annotations

import logging

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.payments.breaker import note_answer, note_payout_ended
from core.payments.inbox import ReadReport, hold_name, intent_of, put_aside, report
from core.payments.models import MpesaTransaction, PaymentCallback, PaymentReceived
from core.payments.outcomes import Failed, Outcome, Pending, Succeeded, Unknown
from core.payments.payout_charges import note_charge
from core.payments.payout_settlement import Locked, lock_payout, settle_payout_failed, settle_payout_paid
from core.payments.reports import AnswerReport, PayoutReport, Report, Topic, Unreadable

log = logging.getLogger(__name__)

RESULT, RESULT_TIMEOUT = "b2c-result", "b2c-timeout"
ANSWER, ANSWER_TIMEOUT = "status-result", "status-timeout"
TOPICS: dict[str, Topic] = {RESULT: "payout", RESULT_TIMEOUT: "payout", ANSWER: "answer", ANSWER_TIMEOUT: "answer"}


async def read_payout_report(uow: UnitOfWork, stored: PaymentCallback, read_report: ReadReport) -> str:
    """Act on a payment's result or on an answer about it; returns what came of it, a word or two for the operator.

    read_report: the provider's.
    """
    said = read_report(TOPICS[stored.kind], stored.body)
    payout = intent_of(stored)
    found = None if payout is None else await lock_payout(uow, payout)
    if found is None:
        return await put_aside(uow, stored, None, "unknown-intent")
    if stored.kind in (RESULT_TIMEOUT, ANSWER_TIMEOUT):
        # "We couldn't queue or answer in time" is not "we didn't pay": the questions that are due anyway will tell.
        return "not-proof"
    doubt = _doubt(found.row, said)
    if doubt is not None or not isinstance(said, PayoutReport | AnswerReport):
        return await put_aside(uow, stored, found.row.user_id, doubt or "not-about-a-payout")

    if isinstance(said, PayoutReport):
        _record(uow, found.row, stored, said)
    return await _take(uow, stored, found, said.outcome)


def _doubt(row: MpesaTransaction, said: Report) -> str | None:
    """Why this report can't belong to this payment, if so."""
    if isinstance(said, Unreadable):
        return said.reason
    if row.sent_at is None:
        return "never-sent"
    if isinstance(said, PayoutReport):
        if said.payout != row.originator_conversation_id:
            return "name-mismatch"
        known = row.conversation_id
        return "conversation-mismatch" if known and said.reference and said.reference != known else None
    if isinstance(said, AnswerReport) and isinstance(said.outcome, Succeeded | Failed):
        # An answer about something else names something else; one that names nothing can't be told apart from a forged one.
        named = said.payout == row.originator_conversation_id or (
            bool(said.receipt) and said.receipt == row.mpesa_receipt_number
        )
        return None if named else "name-mismatch"
    return None


async def _take(uow: UnitOfWork, stored: PaymentCallback, found: Locked, outcome: Outcome) -> str:
    match outcome:
        case Succeeded():
            return await _paid(uow, stored, found, outcome)
        case Failed():
            return await _failed(uow, stored, found, outcome)
        case Pending():
            return "pending"
        case Unknown(reason, code):
            log.warning("payout %s: %s %s proves nothing", found.row.id, code, reason)
            is_answer = stored.kind == ANSWER
            return "operator-refused" if is_answer and await note_answer(uow, outcome) else "not-proof"


async def _paid(uow: UnitOfWork, stored: PaymentCallback, found: Locked, paid: Succeeded) -> str:
    row = found.row
    if paid.receipt is None or paid.amount is None:
        # Said to be paid, but not by which receipt: the next answer has to tell.
        return await put_aside(uow, stored, row.user_id, "no-receipt" if paid.receipt is None else "no-amount")
    if paid.amount != Money.from_decimal(row.amount):
        row.attention = row.attention or "amount-mismatch"
        return await put_aside(uow, stored, row.user_id, "amount-mismatch")
    if row.status == "completed":
        if row.mpesa_receipt_number != paid.receipt:
            return await put_aside(uow, stored, row.user_id, "second-receipt")
        if paid.fee is not None:
            await note_charge(uow, row, found.payout, charge=paid.fee, source="answer")
        found.payout.payee_name = found.payout.payee_name or paid.party or None
        return "repeated"
    if await _receipt_taken(uow, paid.receipt):
        return await put_aside(uow, stored, row.user_id, "receipt-reused")

    row.result_code = row.result_code or "0"
    # Before the books: whoever needs both takes them in this order.
    await note_payout_ended(uow, paid)
    source = "answer" if stored.kind == ANSWER else "result"
    await settle_payout_paid(uow, row, found.payout, paid=paid, source=source)
    return "paid"


async def _failed(uow: UnitOfWork, stored: PaymentCallback, found: Locked, failed: Failed) -> str:
    row = found.row
    if row.status == "completed":
        # A success is never taken back by a report; but one of the two is false, and somebody should find out which.
        row.attention = "contradicted"
        await report(uow, stored, row.user_id, "failure-after-success")
        return "ignored-after-success"
    if found.payout.books != "held":
        return "repeated"
    await note_payout_ended(uow, failed)
    await settle_payout_failed(uow, row, found.payout, failed=failed)
    return "released"


async def _receipt_taken(uow: UnitOfWork, receipt: str) -> bool:
    """Whether a receipt was used before, in or out. Two reports with one receipt wait for each other here."""
    await hold_name(uow, f"receipt {receipt}")
    out = select(MpesaTransaction.id).where(MpesaTransaction.mpesa_receipt_number == receipt)
    came_in = select(PaymentReceived.id).where(PaymentReceived.receipt == receipt)
    return await uow.session.scalar(out.union_all(came_in).limit(1)) is not None


def _record(uow: UnitOfWork, row: MpesaTransaction, stored: PaymentCallback, said: PayoutReport) -> None:
    row.callback_received, row.callback_at = True, stored.received_at
    row.conversation_id = row.conversation_id or said.reference or None
    row.callback_data = {"callback": str(stored.id), "outcome": type(said.outcome).__name__.lower()}
    row.updated_at = uow.clock.now()
