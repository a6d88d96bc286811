"""What the worker does for the proof of funds: every hour it judges what it knows and asks M-Pesa again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.payments.funds.proofs import begin_proof, judge_again, record_asked
from core.payments.handling import Handler, Services
from core.payments.ports import BalanceQuestion

PROVE_JOB, JUDGE_JOB = "prove-funds", "judge-funds"


async def prove_funds(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Ask what M-Pesa holds; nothing where it doesn't tell, or nobody may ask it."""
    if not services.mobile_money.capabilities.tells_balance or not services.settings.daraja.initiator:
        return
    async with services.database.unit() as uow:
        proof = await begin_proof(uow)
    where = f"{services.settings.pay_url}/balance/{proof}"
    question = BalanceQuestion(result_url=f"{where}/result", timeout_url=f"{where}/timeout")

    outcome = await services.mobile_money.ask_balance(question)

    async with services.database.unit() as uow:
        await record_asked(uow, proof=proof, outcome=outcome)


async def judge_funds(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Judge the answers, and freeze withdrawals or let them go on."""
    async with services.database.unit() as uow:
        await judge_again(uow, gap_lasts=timedelta(hours=services.settings.funds_gap_hours))


JOBS: dict[str, Handler] = {PROVE_JOB: prove_funds, JUDGE_JOB: judge_funds}
# Run regularly by the worker, in cron's notation: an answer takes seconds.
REGULARLY = {PROVE_JOB: "7 * * * *", JUDGE_JOB: "12,42 * * * *"}
