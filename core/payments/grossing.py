"""How much has to be deposited so that a certain amount is left after our fee."""

from __future__ import annotations

from core.kernel.db import UnitOfWork
from core.kernel.money import KES, Money
from core.payments.deposits import HIGHEST_DEPOSIT, DepositTooLarge, quote_deposit

MOST_STEPS = 100


async def deposit_that_credits(uow: UnitOfWork, *, credited: Money) -> Money:
    """The smallest whole amount of a deposit that credits at least so much today. Raises DepositTooLarge."""
    amount = _whole(credited)
    for _ in range(MOST_STEPS):
        quote = await quote_deposit(uow, amount=amount)
        missing = credited - quote.credited
        if missing.minor <= 0:
            return amount
        # What is missing is still less than what has to be added, so this comes from below and never goes too far.
        amount += _whole(missing)
    raise DepositTooLarge(HIGHEST_DEPOSIT)


def _whole(amount: Money) -> Money:
    """This many shillings, none broken off."""
    return Money(-(-amount.minor // KES.units) * KES.units)
