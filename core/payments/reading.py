"""Which reader understands which kind of callback, and reading a stored one exactly once."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from uuid import UUID

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.payments import payout_reports, refunds
from core.payments.c2b import CONFIRMATION, read_confirmation
from core.payments.callbacks import STK, read_stk
from core.payments.claim_questions import find_claim, read_claim_answer
from core.payments.funds import proofs
from core.payments.inbox import ReadReport, intent_of, lock_callback
from core.payments.models import PaymentCallback
from core.payments.proof_answers import read_proof_answer
from core.payments.proof_models import UnprovenPayment

log = logging.getLogger(__name__)


async def read_answer(uow: UnitOfWork, stored: PaymentCallback, read_report: ReadReport) -> str:
    """Act on M-Pesa's answer about a transaction: one that a member claims, one that must be proven, or a payment out."""
    intent = intent_of(stored)
    claim = await find_claim(uow, intent)
    held = None if intent is None or claim is not None else await uow.session.get(UnprovenPayment, intent)
    if claim is None and held is None:
        return await payout_reports.read_payout_report(uow, stored, read_report)
    if stored.kind == payout_reports.ANSWER_TIMEOUT:
        # Not answered in time is no answer: the next question is due anyway.
        return "not-proof"
    if claim is not None:
        return await read_claim_answer(uow, stored, claim, read_report)
    assert held is not None  # noqa: S101 - one of the two is there
    return await read_proof_answer(uow, stored, held, read_report)


Reader = Callable[[UnitOfWork, PaymentCallback, ReadReport], Awaitable[str]]
# A reader acts on a body and returns the outcome, a word or two for the operator; it never raises for what is in the body.
READERS: Mapping[str, Reader] = {
    STK: read_stk,
    CONFIRMATION: read_confirmation,
    **dict.fromkeys(payout_reports.TOPICS, payout_reports.read_payout_report),
    **dict.fromkeys((proofs.RESULT, proofs.TIMEOUT), proofs.read_balance_report),
    **dict.fromkeys((refunds.RESULT, refunds.TIMEOUT), refunds.read_refund_report),
    payout_reports.ANSWER: read_answer,
    payout_reports.ANSWER_TIMEOUT: read_answer,
}


async def process_callback(
    uow: UnitOfWork, *, callback: UUID, read_report: ReadReport, prove_above: Money | None = None
) -> str | None:
    """Understand a stored callback and act on it, once. Returns its outcome; None when there is no such callback.

    read_report: the provider's, for the kinds that are read in its words. prove_above: what is confirmed beyond this is held
    until it is proven; None: whatever is confirmed is believed.
    """
    stored = await lock_callback(uow, callback)
    if stored is None or stored.outcome is not None:
        return None if stored is None else stored.outcome

    reader = partial(read_confirmation, prove_above=prove_above) if stored.kind == CONFIRMATION else READERS[stored.kind]
    outcome = await reader(uow, stored, read_report)

    stored.outcome, stored.processed_at = outcome, uow.clock.now()
    log.info("callback %s (%s) for %s: %s", stored.id, stored.kind, stored.intent or "anything", outcome)
    return outcome
