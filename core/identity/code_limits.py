"""How many codes by SMS may go out: to one number, to numbers beside each other, for one who asks, and for how much money.

Each code costs us an SMS, and whoever earns on SMS can ask for many (SMS pumping). Every figure is counted in PostgreSQL in
the unit that sends the code, so a count that can't be read sends nothing.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select

from core.identity.factor_models import CodeBudget
from core.identity.models import OtpChallenge
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.phone import NotAPhone, Phone, parse_phone
from core.notifications.service import CODE_TEMPLATE, sms_spending

# Ours, after what others ship: allauth sends a code to a number each 30 s at most, Signal and banks each minute.
PAUSE = timedelta(seconds=60)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
# How many codes within which time: to one number, and for one who asks (he may ask for many numbers).
TO_A_NUMBER = ((3, timedelta(minutes=15)), (6, DAY))
FOR_ONE_WHO_ASKS = ((30, HOUR),)
# Pumping walks through ranges: numbers that differ in their last three digits only.
TO_A_THOUSAND, THOUSAND_DIGITS = ((100, HOUR),), 3
# From this share of a budget on, whoever watches is told (see watch).
LOW = Decimal("0.8")

Limits = tuple[tuple[int, timedelta], ...]
log = logging.getLogger(__name__)


@dataclass
class TooManyCodes(CoreError):
    """No more codes for now; `wait_minutes` until it's worth asking again, at least 1."""

    code = "too-many-codes"
    kind = Kind.LIMITED
    wait_minutes: int


@dataclass
class CodesUnavailable(CoreError):
    """No budget for codes is in force, so none is sent."""

    code = "codes-unavailable"
    kind = Kind.UNAVAILABLE


@dataclass(frozen=True)
class Budget:
    """What codes may cost, in KES: one SMS, all within an hour, all within a day."""

    price: Decimal
    hourly: Decimal
    daily: Decimal


@dataclass(frozen=True)
class BudgetUse:
    """How much of a sum is spent, in KES, within which time, and when the first of its SMS was written."""

    spent: Decimal
    most: Decimal
    price: Decimal
    within: timedelta
    oldest: datetime | None

    @property
    def is_used_up(self) -> bool:
        """Whether not even one more SMS can be paid for."""
        return self.spent + self.price > self.most

    @property
    def is_low(self) -> bool:
        """Whether it's time to tell whoever watches."""
        return self.spent >= self.most * LOW


async def budget_use(uow: UnitOfWork) -> list[BudgetUse]:
    """The hour's budget and the day's. Raises CodesUnavailable.

    What an SMS cost is known only from the carrier's answer; until then it counts with the price of the budget.
    """
    budget, used = await _budget(uow), []
    for most, within in ((budget.hourly, HOUR), (budget.daily, DAY)):
        since = uow.clock.now() - within
        spent, oldest = await sms_spending(uow, template=CODE_TEMPLATE, since=since, price=budget.price)
        used.append(BudgetUse(spent, most, budget.price, within, oldest))
    return used


async def check_limits(uow: UnitOfWork, *, phone: Phone, requester: str | None) -> None:
    """Let one more code pass, or raise NotAPhone, TooManyCodes, CodesUnavailable.

    The caller holds the number's lock; the one taken here makes the budget exact and lasts until the unit ends.
    """
    _check_destination(phone)
    await one_at_a_time(uow, "codes by SMS")
    wait = max([await _wait(uow, which, limits) for which, limits in _counted(phone, requester)], default=timedelta(0))
    wait = max(wait, await _pause_left(uow, phone), await _budget_left(uow))
    if wait:
        raise TooManyCodes(minutes(wait))


async def one_at_a_time(uow: UnitOfWork, what: str) -> None:
    """Queue up behind whoever does the same, until the end of the unit."""
    await uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def minutes(wait: timedelta) -> int:
    """Whole minutes, rounded up, at least one."""
    return max(1, math.ceil(wait / timedelta(minutes=1)))


def _check_destination(phone: Phone) -> None:
    """Kenyan mobile numbers in our own spelling only: nothing foreign, no landline, no premium or toll-free number."""
    if parse_phone(phone) != phone:
        raise NotAPhone


def _counted(phone: Phone, requester: str | None) -> list[tuple[ColumnElement[bool], Limits]]:
    beginning = phone[:-THOUSAND_DIGITS]
    beside = OtpChallenge.phone.between(beginning + "0" * THOUSAND_DIGITS, beginning + "9" * THOUSAND_DIGITS)
    counted = [(OtpChallenge.phone == phone, TO_A_NUMBER), (beside, TO_A_THOUSAND)]
    return counted if requester is None else [*counted, (OtpChallenge.requester == requester, FOR_ONE_WHO_ASKS)]


async def _pause_left(uow: UnitOfWork, phone: Phone) -> timedelta:
    last = await uow.session.scalar(select(func.max(OtpChallenge.created_at)).where(OtpChallenge.phone == phone))
    return max(last + PAUSE - uow.clock.now(), timedelta(0)) if last else timedelta(0)


async def _wait(uow: UnitOfWork, which: ColumnElement[bool], limits: Limits) -> timedelta:
    """How long until another code fits into every limit; zero when one fits now."""
    wait = timedelta(0)
    for most, within in limits:
        since = uow.clock.now() - within
        recent = select(OtpChallenge.created_at).where(which, OtpChallenge.created_at > since)
        # The one that must grow old before there is room again.
        blocking = await uow.session.scalar(recent.order_by(OtpChallenge.created_at.desc()).offset(most - 1).limit(1))
        if blocking is not None:
            wait = max(wait, blocking - since)
    return wait


async def _budget_left(uow: UnitOfWork) -> timedelta:
    """How long until another code can be paid for; zero when one can be now. Raises CodesUnavailable."""
    wait = timedelta(0)
    for use in await budget_use(uow):
        if use.is_used_up:
            log.error("codes by SMS have used up KES %s within %s: someone may be pumping", use.most, use.within)
            wait = max(wait, (use.oldest or uow.clock.now()) + use.within - uow.clock.now())
    return wait


async def _budget(uow: UnitOfWork) -> Budget:
    """The budget that began last. Raises CodesUnavailable."""
    begun = select(CodeBudget).where(CodeBudget.valid_from <= uow.clock.now())
    row = await uow.session.scalar(begun.order_by(CodeBudget.valid_from.desc()).limit(1))
    if row is None:
        log.error("no row of code_budgets is in force, so no code is sent")
        raise CodesUnavailable
    return Budget(row.sms_price, row.hourly, row.daily)


def still_closed(last_failure: datetime | None, closed_for: timedelta, now: datetime) -> timedelta:
    """How much of `closed_for` is left after the last failure."""
    return max(last_failure + closed_for - now, timedelta(0)) if last_failure else timedelta(0)
