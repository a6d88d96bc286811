"""What the worker does for payments: send prompts, ask about them, read callbacks, and look for anything forgotten.

Each handler may run twice or stop anywhere; it opens its own units and never calls the provider inside one.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import UnitOfWork
from core.kernel.ids import IntentId
from core.kernel.money import KES, Money
from core.kernel.settings import Settings
from core.payments import operator_password, payout_jobs, pull_jobs, refund_jobs
from core.payments.asking import ASK_JOB, ask_later, claim_push, claim_question, look_again, record_answer, record_push
from core.payments.claim_questions import CLAIM_JOB, CLAIM_QUESTIONS, take_claim_question
from core.payments.claims import settle_claims
from core.payments.deposits import PUSH_JOB, STK_PUSH
from core.payments.earmarks import requeue_earmarked
from core.payments.funds import jobs as fund_jobs
from core.payments.handling import GRACE, SWEEP_SIZE, Handler, Services
from core.payments.inbox import CALLBACK_JOB
from core.payments.models import MpesaTransaction, PaymentCallback
from core.payments.outages import WATCH_JOB, watch_outages
from core.payments.outcomes import Accepted
from core.payments.ports import TransactionQuestion
from core.payments.proving import PROOF_QUESTIONS, PROVE_JOB, take_question
from core.payments.reading import process_callback
from core.payments.receiving import CLAIMS_JOB
from core.payments.settlement import OPEN
from core.payments.statements import jobs as statement_jobs
from core.payments.telling import TELL_JOB, requeue_untold, tell_credited

log = logging.getLogger(__name__)

SWEEP_JOB = "sweep-payments"


async def push_deposit(services: Services, payload: dict[str, Any]) -> None:
    """Ask the phone, at most once for ever."""
    intent = IntentId(UUID(payload["intent"]))
    async with services.database.unit() as uow:
        request = await claim_push(uow, intent=intent, callback_url=callback_url(services.settings, intent))
    if request is None:
        return

    outcome = await services.mobile_money.collect(request)

    async with services.database.unit() as uow:
        await record_push(uow, intent=intent, outcome=outcome)


async def ask_about_deposit(services: Services, payload: dict[str, Any]) -> None:
    """Put one question about a deposit that has no end yet, and tell the member when she has waited long."""
    intent, number = IntentId(UUID(payload["intent"])), int(payload["number"])
    async with services.database.unit() as uow:
        checkout = await claim_question(uow, intent=intent, number=number)
    if checkout is not None:
        outcome = await services.mobile_money.query_collection(reference=checkout)
        async with services.database.unit() as uow:
            await record_answer(uow, intent=intent, outcome=outcome)
    async with services.database.unit() as uow:
        await look_again(uow, intent=intent)


async def read_callback(services: Services, payload: dict[str, Any]) -> None:
    """Understand a stored callback."""
    callback, above = UUID(payload["callback"]), Money(services.settings.daraja.prove_above * KES.units)
    async with services.database.unit() as uow:
        await process_callback(uow, callback=callback, read_report=services.mobile_money.read_report, prove_above=above)


async def ask_about_claim(services: Services, payload: dict[str, Any]) -> None:
    """Put one question about a receipt that a member has named; the answer comes to the claim's own address."""
    claim = UUID(payload["claim"])
    async with services.database.unit() as uow:
        receipt = await take_claim_question(uow, claim=claim, number=int(payload["number"]))
    if receipt is None:
        return
    answer = await services.mobile_money.query_transaction(question_about(services.settings, claim, receipt))
    if not isinstance(answer, Accepted):
        log.warning("claim %s could not be asked about: %s", claim, type(answer).__name__)


async def ask_for_proof(services: Services, payload: dict[str, Any]) -> None:
    """Ask M-Pesa for its word about a payment that is held back; the answer comes to the payment's own address."""
    payment = UUID(payload["payment"])
    async with services.database.unit() as uow:
        receipt = await take_question(uow, payment=payment, number=int(payload["number"]))
    if receipt is None:
        return
    answer = await services.mobile_money.query_transaction(question_about(services.settings, payment, receipt))
    if not isinstance(answer, Accepted):
        log.warning("payment %s can't be asked about: %s", receipt, type(answer).__name__)


def question_about(settings: Settings, about: UUID, receipt: str) -> TransactionQuestion:
    """What became of this receipt, to be answered to the address of whatever wants to know."""
    address = f"{settings.pay_url}/status/{about}"
    return TransactionQuestion(receipt=receipt, result_url=f"{address}/result", timeout_url=f"{address}/timeout")


async def decide_claims(services: Services, payload: dict[str, Any]) -> None:
    """Decide the claims of a receipt that has been reported."""
    async with services.database.unit() as uow:
        await settle_claims(uow, receipt=payload["receipt"])


async def tell_of_deposit(services: Services, payload: dict[str, Any]) -> None:
    """Tell of a deposit that was credited."""
    async with services.database.unit() as uow:
        await tell_credited(uow, transaction=UUID(payload["transaction"]))


async def sweep(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Put back into the queue whatever should have been looked at by now."""
    async with services.database.unit() as uow:
        await requeue_callbacks(uow)
        await requeue_deposits(uow)
        await requeue_earmarked(uow, older_than=uow.clock.now() - GRACE)
        await requeue_untold(uow, older_than=uow.clock.now() - GRACE)
        await CLAIM_QUESTIONS.requeue(uow, overdue=GRACE)
        await PROOF_QUESTIONS.requeue(uow, overdue=GRACE)


async def watch_for_outages(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Put an outage of M-Pesa on record, or its end."""
    async with services.database.unit() as uow:
        await watch_outages(uow)


async def requeue_callbacks(uow: UnitOfWork) -> None:
    """Callbacks that nobody has read."""
    overdue = uow.clock.now() - GRACE
    unread = (
        select(PaymentCallback.id)
        .where(PaymentCallback.processed_at.is_(None), PaymentCallback.received_at < overdue)
        .order_by(PaymentCallback.received_at)
        .limit(SWEEP_SIZE)
    )
    for callback in await uow.session.scalars(unread):
        log.warning("callback %s was not read in time", callback)
        await uow.enqueue(CALLBACK_JOB, {"callback": str(callback)}, key=f"{CALLBACK_JOB} {callback}")


async def requeue_deposits(uow: UnitOfWork) -> None:
    """Deposits that should have been sent or asked about."""
    overdue = uow.clock.now() - GRACE
    forgotten = (
        select(MpesaTransaction.id, MpesaTransaction.status, MpesaTransaction.retry_count)
        .where(MpesaTransaction.status.in_(OPEN), MpesaTransaction.transaction_type == STK_PUSH)
        .where(MpesaTransaction.next_check_at < overdue)
        .order_by(MpesaTransaction.next_check_at)
        .limit(SWEEP_SIZE)
    )
    for deposit, status, asked in (await uow.session.execute(forgotten)).all():
        log.warning("deposit %s (%s) was not looked at in time", deposit, status)
        if status == "pending":
            await uow.enqueue(PUSH_JOB, {"intent": str(deposit)}, key=f"{PUSH_JOB} {deposit}")
        else:
            await ask_later(uow, intent=IntentId(deposit), number=asked)


def callback_url(settings: Settings, intent: IntentId) -> str:
    """Where M-Pesa reports the outcome of this deposit."""
    return f"{settings.pay_url}/stk/{intent}"


JOBS: dict[str, Handler] = {
    PUSH_JOB: push_deposit,
    ASK_JOB: ask_about_deposit,
    CALLBACK_JOB: read_callback,
    SWEEP_JOB: sweep,
    **operator_password.JOBS,
    **payout_jobs.JOBS,
    **statement_jobs.JOBS,
    **fund_jobs.JOBS,
    **refund_jobs.JOBS,
    CLAIM_JOB: ask_about_claim,
    CLAIMS_JOB: decide_claims,
    TELL_JOB: tell_of_deposit,
    PROVE_JOB: ask_for_proof,
    **pull_jobs.JOBS,
    WATCH_JOB: watch_for_outages,
}
# Run regularly by the worker, in cron's notation.
REGULARLY = {
    SWEEP_JOB: "* * * * *",
    **pull_jobs.REGULARLY,
    WATCH_JOB: "* * * * *",
    **operator_password.REGULARLY,
    **payout_jobs.REGULARLY,
    **statement_jobs.REGULARLY,
    **fund_jobs.REGULARLY,
    **refund_jobs.REGULARLY,
}
