"""What a withdrawal costs, before anybody confirms it: what arrives, our fee, M-Pesa's charge, and what leaves.

A member names what is to arrive on her phone; the two fees come on top, so that what leaves is always their sum. More than
M-Pesa moves at once is sent in parts; each part carries its own charge and its share of our fee, so that a part that fails
gives back exactly what belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.money import KES, Money
from core.payments.deposits import WholeShillingsOnly
from core.payments.fees import MPESA_WITHDRAWAL, fee_for
from core.payments.tariffs import B2C, REGISTERED, mpesa_charge

# Safaricom: one B2C payment is 10 to 250,000 whole shillings (B2C page).
LEAST_PART = Money(10_00)
MOST_PART = Money(250_000_00)


@dataclass
class WithdrawalTooSmall(CoreError):
    """Less than M-Pesa sends."""

    code = "withdrawal-too-small"
    kind = Kind.INVALID
    low: Money


@dataclass(frozen=True)
class Part:
    """One payment: what arrives, our share of the fee, M-Pesa's charge as the tariff foretells it."""

    amount: Money
    fee: Money
    charge: Money

    @property
    def total(self) -> Money:
        """What leaves her balance for this payment."""
        return self.amount + self.fee + self.charge


@dataclass(frozen=True)
class WithdrawalQuote:
    """What a withdrawal comes to. `percentage`: our fee's, as a fraction of the amount."""

    parts: tuple[Part, ...]
    percentage: Decimal

    @property
    def amount(self) -> Money:
        """What arrives on the phone."""
        return _sum(part.amount for part in self.parts)

    @property
    def fee(self) -> Money:
        """What we take."""
        return _sum(part.fee for part in self.parts)

    @property
    def charge(self) -> Money:
        """What M-Pesa takes, by its tariff."""
        return _sum(part.charge for part in self.parts)

    @property
    def total(self) -> Money:
        """What leaves her balance."""
        return self.amount + self.fee + self.charge


async def quote_withdrawal(uow: UnitOfWork, *, amount: Money, at: datetime | None = None) -> WithdrawalQuote:
    """What it costs now, or did `at` an earlier moment that was shown already, to have `amount` arrive.

    Raises WithdrawalTooSmall, WholeShillingsOnly.
    """
    if amount.currency != KES:
        raise TypeError("M-Pesa pays Kenyan shillings")
    if amount < LEAST_PART:
        raise WithdrawalTooSmall(LEAST_PART)
    if amount.minor % KES.units:
        raise WholeShillingsOnly

    when = at or uow.clock.now()
    fee = await fee_for(uow, category=MPESA_WITHDRAWAL, amount=amount, at=when)
    amounts = split_amount(amount)
    fees = fee.amount.split([one.minor for one in amounts])
    charges = [await mpesa_charge(uow, operation=B2C, plan=REGISTERED, amount=one, at=when) for one in amounts]

    parts = (Part(one, share, charge.total) for one, share, charge in zip(amounts, fees, charges, strict=True))
    return WithdrawalQuote(tuple(parts), fee.percentage)


def split_amount(amount: Money) -> list[Money]:
    """As few payments as M-Pesa's limits allow, the largest first; none is below what M-Pesa sends."""
    full, rest = divmod(amount.minor, MOST_PART.minor)
    amounts = [MOST_PART] * full + ([Money(rest)] if rest else [])
    short = LEAST_PART - amounts[-1]
    if full and short.minor > 0:
        # 250,005 would leave 5 for the second payment, which M-Pesa refuses: the one before gives what is missing.
        amounts[-2:] = [amounts[-2] - short, LEAST_PART]
    return amounts


async def most_withdrawable(uow: UnitOfWork, *, available: Money, at: datetime | None = None) -> Money:
    """The largest whole amount that can arrive when this much is available, fees and all; nothing if even the least can't.

    Fees never fall as the amount grows. So whatever is left after the fees of too large an amount can be paid for, and more
    than what is left after the fees of that can't; between the two it is halved.
    """
    low = await _after_fees(uow, available, of=available, at=at)
    high = await _after_fees(uow, available, of=low, at=at)
    while low < high:
        middle = Money((low.minor + high.minor) // 2 // KES.units * KES.units) + Money(KES.units)
        affordable = (await quote_withdrawal(uow, amount=middle, at=at)).total <= available
        low, high = (middle, high) if affordable else (low, middle - Money(KES.units))
    return low


async def _after_fees(uow: UnitOfWork, available: Money, *, of: Money, at: datetime | None) -> Money:
    """What is left in whole shillings when the fees of another amount are taken; nothing when M-Pesa doesn't send so little."""
    whole = Money(of.minor // KES.units * KES.units)
    if whole < LEAST_PART:
        return Money(0)
    quote = await quote_withdrawal(uow, amount=whole, at=at)
    left = (available - quote.fee - quote.charge).minor // KES.units * KES.units
    return Money(left) if left >= LEAST_PART.minor else Money(0)


def _sum(amounts: Iterable[Money]) -> Money:
    return sum(amounts, Money(0))
