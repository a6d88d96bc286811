"""`mtaa mpesa …`: what an operator does once or seldom with the M-Pesa account."""

from __future__ import annotations

import sys
from uuid import UUID

from core.app import addresses, open_services
from core.identity.members import find_by_phone
from core.kernel.clock import local_time
from core.kernel.db import UnitOfWork
from core.kernel.phone import NotAPhone, masked, parse_phone
from core.kernel.settings import Settings
from core.payments.breaker import payouts_stopped, resume_payouts
from core.payments.funds.freezing import NotFrozen, withdrawals_frozen
from core.payments.funds.freezing import thaw as thaw_withdrawals
from core.payments.funds.proofs import newest_proof
from core.payments.outcomes import Accepted, Taken
from core.payments.payouts import doubtful_payouts, send_payout_again


async def register_paybill(settings: Settings) -> int:
    """Have Safaricom report payments to the paybill to PUBLIC_URL; 1 when it refuses."""
    where = f"{settings.pay_url}/c2b"
    async with addresses(settings), open_services(settings) as services:
        outcome = await services.mobile_money.register_paybill(
            validation_url=f"{where}/validation", confirmation_url=f"{where}/confirmation"
        )
    return _told("the paybill's addresses", outcome)


async def register_pull(settings: Settings, *, phone: str) -> int:
    """Ask for the list of payments (Pull) in the name of the organisation's own number; 1 when it is refused."""
    try:
        nominated = parse_phone(phone)
    except NotAPhone:
        print("the number must be a Kenyan mobile number", file=sys.stderr)
        return 2
    where = f"{settings.pay_url}/c2b/confirmation"
    async with addresses(settings), open_services(settings) as services:
        outcome = await services.mobile_money.register_statement(nominated_phone=nominated, callback_url=where)
    return _told("Pull", outcome)


async def payouts(
    settings: Settings, *, resume: bool, send_again: str | None = None, thaw: bool = False, by: str = "", reason: str = ""
) -> int:
    """Say whether payouts are stopped and which need a person; let them go on, or send one again. 1 when something is open."""
    async with addresses(settings), open_services(settings) as services, services.database.unit() as uow:
        if send_again is not None:
            return await _send_again(uow, send_again)
        if thaw:
            return await _thaw(uow, by=by, reason=reason)
        if resume:
            print("payouts go on" if await resume_payouts(uow) else "payouts weren't stopped")
            return 0
        why, doubtful = await payouts_stopped(uow), await doubtful_payouts(uow)
        print("payouts are sent" if why is None else f"payouts are stopped: {why}; mtaa payouts --resume lets them go on")
        print("\n".join(await funds_told(uow)))
        for one in doubtful:
            print(f"{one.payout}  {one.amount}  {masked(one.phone)}  {one.status}  {one.attention}")
        return 1 if why is not None or doubtful else 0


async def funds_told(uow: UnitOfWork) -> list[str]:
    """The last comparison of what M-Pesa holds with the books, and whether withdrawals wait for a gap, as lines."""
    proof, frozen = await newest_proof(uow), await withdrawals_frozen(uow)
    if proof is None:
        return ["proof of funds: M-Pesa has never told what it holds"]
    told = f"proof of funds {local_time(proof.at)}: M-Pesa holds {proof.held}, our books {proof.booked}"
    lines = [f"{told}, difference {proof.difference}, unexplained {proof.unexplained}"]
    if frozen is not None:
        lines.append(f"withdrawals wait since {local_time(frozen.frozen_at)}: {frozen.gap} unexplained; mtaa payouts --thaw")
    return lines


async def _thaw(uow: UnitOfWork, *, by: str, reason: str) -> int:
    """Let withdrawals go on although a gap isn't explained; whoever says so has an account."""
    try:
        operator = await find_by_phone(uow, parse_phone(by))
        if operator is None or not reason.strip():
            print("say --by whom (the number of somebody with an account) and for what --reason", file=sys.stderr)
            return 2
        frozen = await thaw_withdrawals(uow, by=operator.id, reason=reason)
    except NotAPhone:
        print("the number must be a Kenyan mobile number", file=sys.stderr)
        return 2
    except NotFrozen:
        print("withdrawals don't wait for a gap")
        return 1
    print(f"withdrawals go on; {frozen.gap} is still unexplained")
    return 0


async def _send_again(uow: UnitOfWork, typed: str) -> int:
    try:
        queued = await send_payout_again(uow, payout=UUID(typed))
    except ValueError:
        queued = False
    print("it is sent again, under its first name" if queued else "there is no such payout, or it has an end or was accepted")
    return 0 if queued else 1


def _told(what: str, outcome: Taken) -> int:
    if isinstance(outcome, Accepted):
        print(f"ok: Safaricom has registered {what}")
        return 0
    print(f"FAIL: {what}: {outcome}", file=sys.stderr)
    return 1
