"""Asking M-Pesa about a receipt that a member has named and nobody has told us of, at growing intervals, to an end.

The answer comes as a callback to the claim's own address. It proves a payment to us and is taken in like any other; the claim
is decided after that, when the payment is known.
"""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.breaker import note_answer
from core.payments.inbox import ReadReport, put_aside
from core.payments.models import PaymentCallback, PaymentClaim
from core.payments.outcomes import Failed, Succeeded
from core.payments.receipt_questions import PAUSES, Questions
from core.payments.receiving import take_in
from core.payments.reports import AnswerReport, Report, Unreadable
from core.payments.sources import Payment
from core.payments.telling import tell_member

log = logging.getLogger(__name__)

CLAIM_JOB = "ask-about-claim"
CLAIM_QUESTIONS = Questions(PaymentClaim, CLAIM_JOB, "claim", "claim")


async def take_claim_question(uow: UnitOfWork, *, claim: UUID, number: int) -> str | None:
    """Take question `number` about a claim and schedule the next; returns the receipt to ask about.

    After the last one the claim ends as unknown and its member is told. None: it has ended, or this question was taken.
    """
    row = await uow.session.get(PaymentClaim, claim, with_for_update=True, populate_existing=True)
    if row is None or row.outcome != "asking" or row.asked != number:
        return None
    row.asked, row.updated_at = number + 1, uow.clock.now()
    if number >= len(PAUSES):
        row.outcome, row.next_check_at = "unknown", None
        await tell_member(uow, MemberId(row.user_id), "claim-unknown", receipt=row.receipt)
        return None
    await CLAIM_QUESTIONS.ask_later(uow, row, after=PAUSES[number])
    return row.receipt


async def read_claim_answer(uow: UnitOfWork, stored: PaymentCallback, claim: PaymentClaim, read_report: ReadReport) -> str:
    """Act on M-Pesa's answer about a claimed receipt; returns its outcome."""
    return await _act(uow, stored, claim, read_report("answer", stored.body))


async def _act(uow: UnitOfWork, stored: PaymentCallback, claim: PaymentClaim, said: Report) -> str:
    if not isinstance(said, AnswerReport):
        return await put_aside(uow, stored, claim.user_id, said.reason if isinstance(said, Unreadable) else "unreadable")
    if said.receipt and said.receipt != claim.receipt:
        return await put_aside(uow, stored, claim.user_id, "another-receipt")
    if await note_answer(uow, said.outcome):
        return "operator-refused"
    match said.outcome:
        case Failed():
            return await _failed(uow, claim)
        case Succeeded(receipt=str(receipt), amount=Money() as amount, at=at):
            return await _paid(uow, stored, claim, _payment(said, receipt, amount, at))
        case _:
            return "not-proof"


async def _paid(uow: UnitOfWork, stored: PaymentCallback, claim: PaymentClaim, payment: Payment) -> str:
    if not payment.payer:
        # Money that we paid out, or moved between our own accounts.
        return await put_aside(uow, stored, claim.user_id, "not-a-payment-to-us")
    taken = await take_in(uow, payment)
    return taken.outcome if taken.doubt is None else await put_aside(uow, stored, claim.user_id, taken.doubt)


def _payment(said: AnswerReport, receipt: str, amount: Money, at: datetime | None) -> Payment:
    return Payment(receipt=receipt, amount=amount, source="status", payer=said.payer, payer_name=said.payer_name, paid_at=at)


async def find_claim(uow: UnitOfWork, claim: UUID | None) -> PaymentClaim | None:
    """The claim of this id, if there is one."""
    return None if claim is None else await uow.session.get(PaymentClaim, claim)


async def _failed(uow: UnitOfWork, claim: PaymentClaim) -> str:
    """M-Pesa says that this transaction didn't happen."""
    if claim.outcome != "asking":
        return "repeated"
    claim.outcome, claim.next_check_at, claim.updated_at = "unknown", None, uow.clock.now()
    await tell_member(uow, MemberId(claim.user_id), "claim-unknown", receipt=claim.receipt)
    return "failed"
