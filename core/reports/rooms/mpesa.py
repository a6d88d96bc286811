"""What is paid in from M-PESA, and withdrawn to it."""

from __future__ import annotations

from collections.abc import Sequence

from core.identity.members import BY_PHONE, PHONE
from core.kernel.money import KES, Money
from core.kernel.questions import Asked
from core.payments.account_numbers import read_phone
from core.payments.breaker import MPESA, STOPPED
from core.payments.fees import MPESA_DEPOSIT, MPESA_WITHDRAWAL, SCHEDULE
from core.payments.funds.freezing import FROZEN
from core.payments.funds.proofs import NEWEST
from core.payments.tariffs import B2C, BUSINESS_PAYS, PAYBILL, REGISTERED, TARIFF
from core.payments.withdrawal_limits import LIMITS, limits_about
from core.payments.withdrawals import KNOWN_PAYEE
from core.reports.rooms.here import Here


def deposit(here: Here) -> Sequence[Asked]:
    """What it costs."""
    return [SCHEDULE.about(category=MPESA_DEPOSIT, currency=KES.code, moment=here.now)]


def price(here: Here) -> Sequence[Asked]:
    """What M-PESA takes for sending money, and we."""
    fee = SCHEDULE.about(category=MPESA_WITHDRAWAL, currency=KES.code, moment=here.now)
    return [fee, TARIFF.about(operation=B2C, plan=REGISTERED, at=here.now)]


def prices(here: Here) -> Sequence[Asked]:
    """The same, and what paying in costs."""
    return [*price(here), *deposit(here), TARIFF.about(operation=PAYBILL, plan=BUSINESS_PAYS, at=here.now)]


def funds(_here: Here) -> Sequence[Asked]:
    """What M-PESA holds, by the last comparison, and whether anything is paid now."""
    return [NEWEST.about(), FROZEN.about()]


def whom(here: Here) -> Sequence[Asked]:
    """Whose number she has typed."""
    phone = read_phone(here.answer) if isinstance(here.answer, str) else None
    return [BY_PHONE.about(it=phone)] if phone else []


def withdrawal(here: Here) -> Sequence[Asked]:
    """How much she may withdraw; what this amount costs, who is paid, and whether anything is paid now."""
    limits = LIMITS.about(**limits_about(here.member, here.now))
    if not isinstance(here.answer, Money):
        return [limits]
    phone = PHONE.about(member=here.member)
    return [
        limits,
        *price(here),
        phone,
        KNOWN_PAYEE.about(phone=phone),
        FROZEN.about(),
        STOPPED.about(provider=MPESA),
    ]
