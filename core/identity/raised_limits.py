"""At the end of a recovery: a limit that was raised lately may have been raised by whoever held the account.

It would let him go on with the PIN alone wherever he still gets at it. So it goes back to the lowest that
was in force since then; one that she lowered stays.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from core.identity.addresses import tell_everywhere
from core.identity.factor_models import StepUpLimit
from core.identity.step_up import limit_of, set_limit
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.money import CURRENCIES, Money
from core.kernel.texts import text


async def take_back_raised(uow: UnitOfWork, *, member: MemberId, moment: datetime) -> None:
    """Put each limit that was raised after this moment back to the lowest since, and tell her."""
    since = select(StepUpLimit.currency, func.min(StepUpLimit.amount)).group_by(StepUpLimit.currency)
    since = since.where(StepUpLimit.user_id == member, StepUpLimit.set_at > moment)
    for code, amount in (await uow.session.execute(since.order_by(StepUpLimit.currency))).all():
        currency = CURRENCIES[code]
        before = await limit_of(uow, member=member, currency=currency, at=moment)
        lowest = min(before, Money.from_decimal(amount, currency))
        if lowest < await limit_of(uow, member=member, currency=currency):
            await set_limit(uow, member=member, limit=lowest)
            await tell_everywhere(uow, member=member, what=text("sms-limit-back", limit=lowest))
