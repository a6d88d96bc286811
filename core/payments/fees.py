"""What a transaction costs: dated rows, never code.

A fee is a percentage in basis points, rounded half to even on the cent, then kept between a minimum and a maximum. The row
that began last and is valid at the moment asked for decides; a currency without any is a mistake of ours, not free of charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.kernel.db import UnitOfWork
from core.kernel.money import EXACT, Currency, Money
from core.kernel.questions import Question, Row

MPESA_DEPOSIT = "mpesa_deposit"
MPESA_WITHDRAWAL = "mpesa_withdrawal"
# 250 basis points are the fraction 0.0250.
FRACTION_DIGITS = 4


class NoFeeSchedule(Exception):
    """No row of fee_schedules covers this kind of transaction at this moment."""


@dataclass(frozen=True)
class Fee:
    """What is charged, and the percentage as a fraction (0.0250 = 2.5 %)."""

    amount: Money
    percentage: Decimal


@dataclass(frozen=True)
class Shares:
    """Whose revenue a fee is; the three add up to it exactly."""

    platform: Money
    dao: Money
    protocol: Money


async def shares_of(uow: UnitOfWork, *, category: str, fee: Money, at: datetime, of_group: bool = False) -> Shares:
    """How the schedule that is valid `at` that moment shares a fee out. Raises NoFeeSchedule.

    of_group: a group's own transaction; without a group its share is the platform's.
    """
    schedule = await _schedule(uow, category, fee.currency, at)
    platform, dao = schedule["platform_share"], schedule["dao_share"]
    weights = (platform, dao) if of_group else (platform + dao, 0)
    return Shares(*fee.split([*weights, schedule["protocol_share"]]))


async def fee_for(uow: UnitOfWork, *, category: str, amount: Money, at: datetime) -> Fee:
    """The fee on `amount` by the schedule that is valid `at` that moment. Raises NoFeeSchedule."""
    schedule = await _schedule(uow, category, amount.currency, at)
    fee = max(amount.percent(schedule["basis_points"]), Money.from_decimal(schedule["minimum"], amount.currency))
    if schedule["maximum"] is not None:
        fee = min(fee, Money.from_decimal(schedule["maximum"], amount.currency))
    # A minimum can't take more than there is.
    return Fee(min(fee, amount), Decimal(schedule["basis_points"]).scaleb(-FRACTION_DIGITS, EXACT))


SCHEDULE = Question("""
    SELECT basis_points, minimum, maximum, platform_share, dao_share, protocol_share FROM fee_schedules
    WHERE category = :category AND currency = :currency AND valid_from <= :moment AND (valid_to IS NULL OR valid_to > :moment)
    ORDER BY valid_from DESC LIMIT 1
""")


async def _schedule(uow: UnitOfWork, category: str, currency: Currency, at: datetime) -> Row:
    """Asked once a unit: a screen that takes an amount and the one that confirms it quote for the same moment."""
    asked, known = (SCHEDULE, category, currency.code, at), uow.session.info
    if asked not in known:
        known[asked] = await _find_schedule(uow, category, currency, at)
    found: Row = known[asked]
    return found


async def _find_schedule(uow: UnitOfWork, category: str, currency: Currency, at: datetime) -> Row:
    found = await uow.ask(SCHEDULE, category=category, currency=currency.code, moment=at)
    if not found:
        raise NoFeeSchedule(f"{category} in {currency.code}")
    return found[0]
