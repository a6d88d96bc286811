"""What the worker does for refunds: ask M-Pesa to undo a payment, and again while no answer comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from core.payments.handling import GRACE, SWEEP_SIZE, Handler, Services
from core.payments.refunds import SEND_JOB, RefundAddresses, claim_refund, record_refund, requeue_refunds

SWEEP_JOB = "sweep-refunds"


async def send_refund(services: Services, payload: dict[str, Any]) -> None:
    """Ask M-Pesa to undo the payment."""
    refund = UUID(payload["refund"])
    base = f"{services.settings.pay_url}/reversal/{refund}"
    addresses = RefundAddresses(f"{base}/result", f"{base}/timeout")
    async with services.database.unit() as uow:
        request = await claim_refund(uow, refund=refund, sending=int(payload["sending"]), addresses=addresses)
    if request is None:
        return

    outcome = await services.mobile_money.refund(request)

    async with services.database.unit() as uow:
        await record_refund(uow, refund=refund, outcome=outcome)


async def sweep_refunds(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Put back into the queue whatever should have been asked by now."""
    async with services.database.unit() as uow:
        await requeue_refunds(uow, overdue=uow.clock.now() - GRACE, at_most=SWEEP_SIZE)


JOBS: dict[str, Handler] = {SEND_JOB: send_refund, SWEEP_JOB: sweep_refunds}
# Run regularly by the worker, in cron's notation.
REGULARLY = {SWEEP_JOB: "*/5 * * * *"}
