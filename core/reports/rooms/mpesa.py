"""What is paid in from M-PESA, and withdrawn to it."""

from __future__ import annotations

from collections.abc import Sequence

from core.kernel.money import KES
from core.kernel.questions import Asked
from core.payments.breaker import MPESA, STOPPED
from core.payments.fees import MPESA_DEPOSIT, MPESA_WITHDRAWAL, SCHEDULE
from core.payments.funds.freezing import FROZEN
from core.payments.withdrawal_limits import LIMITS, limits_about
from core.reports.rooms.here import Here


def deposit(here: Here) -> Sequence[Asked]:
    """What it costs."""
    return [SCHEDULE.about(category=MPESA_DEPOSIT, currency=KES.code, moment=here.now)]


def withdrawal(here: Here) -> Sequence[Asked]:
    """How much she may withdraw, what it costs, and whether anything is paid now."""
    return [
        LIMITS.about(**limits_about(here.member, here.now)),
        SCHEDULE.about(category=MPESA_WITHDRAWAL, currency=KES.code, moment=here.now),
        FROZEN.about(),
        STOPPED.about(provider=MPESA),
    ]
