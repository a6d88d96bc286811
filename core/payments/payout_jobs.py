"""What the worker does for withdrawals: send payments, ask about them, book what they cost, and look for anything forgotten.

Each handler may run twice or stop anywhere; it opens its own units and never calls the provider inside one.
"""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from core.kernel.settings import Settings
from core.payments.handling import GRACE, SWEEP_SIZE, Handler, Services
from core.payments.outcomes import Accepted
from core.payments.payout_charges import ASK_JOB as ASK_CHARGE_JOB
from core.payments.payout_charges import BOOK_JOB, book_charge, claim_charge_question, requeue_charge_questions, requeue_charges
from core.payments.payouts import (
    ASK_JOB,
    Addresses,
    claim_payout,
    claim_payout_question,
    look_at_payout,
    question_about,
    record_payout,
    requeue_payouts,
)
from core.payments.withdrawals import PAY_JOB

log = logging.getLogger(__name__)

SWEEP_JOB = "sweep-payouts"


async def send_payout(services: Services, payload: dict[str, Any]) -> None:
    """Ask M-Pesa to pay, once for each time that it certainly didn't take the request before."""
    payout, sending = UUID(payload["payout"]), int(payload.get("sending", 0))
    async with services.database.unit() as uow:
        request = await claim_payout(uow, payout=payout, sending=sending, addresses=addresses(services.settings, payout))
    if request is None:
        return

    outcome = await services.mobile_money.payout(request)

    async with services.database.unit() as uow:
        await record_payout(uow, payout=payout, outcome=outcome)


async def ask_about_payout(services: Services, payload: dict[str, Any]) -> None:
    """Put one question about a payment that has no end yet, and tell the member when she has waited long."""
    payout, number = UUID(payload["payout"]), int(payload["number"])
    where, pays_once = addresses(services.settings, payout), services.mobile_money.capabilities.pays_once
    async with services.database.unit() as uow:
        question = await claim_payout_question(uow, payout=payout, number=number, addresses=where, pays_once=pays_once)
    if question is not None:
        taken = await services.mobile_money.query_transaction(question)
        if not isinstance(taken, Accepted):
            log.warning("no answer can be had about payout %s: %s", payout, taken)
    async with services.database.unit() as uow:
        await look_at_payout(uow, payout=payout)


async def ask_payout_charge(services: Services, payload: dict[str, Any]) -> None:
    """Ask M-Pesa what it charged for a payment that it made."""
    payout, number = UUID(payload["payout"]), int(payload["number"])
    async with services.database.unit() as uow:
        row = await claim_charge_question(uow, payout=payout, number=number)
    if row is not None:
        await services.mobile_money.query_transaction(question_about(row, addresses(services.settings, payout)))


async def book_payout_charge(services: Services, payload: dict[str, Any]) -> None:
    """Book what M-Pesa charged for a payment."""
    async with services.database.unit() as uow:
        await book_charge(uow, payout=UUID(payload["payout"]))


async def sweep_payouts(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Put back into the queue whatever should have been looked at by now."""
    async with services.database.unit() as uow:
        await requeue_payouts(uow, overdue=uow.clock.now() - GRACE, at_most=SWEEP_SIZE)
        await requeue_charges(uow, at_most=SWEEP_SIZE)
        await requeue_charge_questions(uow, grace=GRACE, at_most=SWEEP_SIZE)


def addresses(settings: Settings, payout: UUID) -> Addresses:
    """Where M-Pesa reports about this payment."""
    base = settings.pay_url
    return Addresses(
        result=f"{base}/b2c/{payout}/result",
        timeout=f"{base}/b2c/{payout}/timeout",
        answer=f"{base}/status/{payout}/result",
        answer_timeout=f"{base}/status/{payout}/timeout",
    )


JOBS: dict[str, Handler] = {
    PAY_JOB: send_payout,
    ASK_JOB: ask_about_payout,
    ASK_CHARGE_JOB: ask_payout_charge,
    BOOK_JOB: book_payout_charge,
    SWEEP_JOB: sweep_payouts,
}
# Run regularly by the worker, in cron's notation.
REGULARLY = {SWEEP_JOB: "* * * * *"}
