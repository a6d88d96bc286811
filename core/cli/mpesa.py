"""`mtaa mpesa …`: what an operator does once or seldom with the M-Pesa account."""

from __future__ import annotations

import sys

from core.app import addresses, open_services
from core.kernel.phone import NotAPhone, parse_phone
from core.kernel.settings import Settings
from core.payments.breaker import payouts_stopped, resume_payouts
from core.payments.outcomes import Accepted, Taken


async def register_paybill(settings: Settings) -> int:
    """Have Safaricom report payments to the paybill to PUBLIC_URL; 1 when it refuses."""
    where = f"{settings.callback_url}/pay/{settings.callback_token}/c2b"
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
    where = f"{settings.callback_url}/pay/{settings.callback_token}/c2b/confirmation"
    async with addresses(settings), open_services(settings) as services:
        outcome = await services.mobile_money.register_statement(nominated_phone=nominated, callback_url=where)
    return _told("Pull", outcome)


async def payouts(settings: Settings, *, resume: bool) -> int:
    """Say whether payouts are stopped, or let them go on; 1 when they are stopped."""
    async with addresses(settings), open_services(settings) as services, services.database.unit() as uow:
        if resume:
            print("payouts go on" if await resume_payouts(uow) else "payouts weren't stopped")
            return 0
        reason = await payouts_stopped(uow)
        print("payouts are sent" if reason is None else f"payouts are stopped: {reason}; mtaa payouts --resume lets them go on")
        return 0 if reason is None else 1


def _told(what: str, outcome: Taken) -> int:
    if isinstance(outcome, Accepted):
        print(f"ok: Safaricom has registered {what}")
        return 0
    print(f"FAIL: {what}: {outcome}", file=sys.stderr)
    return 1
