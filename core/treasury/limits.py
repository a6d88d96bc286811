"""How much may leave a treasury: a day, in any seven days, from petty cash in a week, and what must remain.

Days and weeks are East Africa's; the petty cash begins anew on Monday. What is set aside or on its way counts as spent, so that
many requests at once can't each fit into the same limit. All of it is counted under one lock for each treasury.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from core.daos.rules import Rules
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId
from core.kernel.money import KES, Money
from core.ledger.accounts import treasury
from core.ledger.service import balance
from core.treasury.models import TreasuryRequest

WEEK = timedelta(days=7)
SPENT = ("waiting", "paying", "paid")
ON_ITS_WAY = ("paying", "paid")
Limit = Literal["day", "week", "petty"]
TOTAL = TreasuryRequest.amount + TreasuryRequest.fee_amount + TreasuryRequest.charge_amount


@dataclass
class TreasuryShort(CoreError):
    """The treasury has `available`; what is asked needs `needed`, and `reserve` must remain."""

    code = "treasury-short"
    kind = Kind.CONFLICT

    available: Money
    needed: Money
    reserve: Money


@dataclass
class TreasuryLimit(CoreError):
    """More than the group lets out. `period`: day, week (any seven days), or petty (petty cash of this week).

    `needed`: what was to leave, fees included.
    """

    code = "treasury-limit"
    kind = Kind.LIMITED

    period: Limit
    limit: Money
    left: Money
    needed: Money


@dataclass(frozen=True)
class Spent:
    """What has left, or is on its way: today, in the last seven days, and of this week's petty cash."""

    day: Money
    week: Money
    petty: Money

    def left(self, rules: Rules) -> dict[Limit, Money]:
        """What may still leave, never below nothing."""
        gone: dict[Limit, Money] = {
            "day": rules.daily_limit - self.day,
            "week": rules.weekly_limit - self.week,
            "petty": rules.petty_cash - self.petty,
        }
        return {limit: max(left, Money(0)) for limit, left in gone.items()}


async def spent(uow: UnitOfWork, *, group: DaoId, but: UUID | None = None, sent: bool = False) -> Spent:
    """What counts against the limits now, one request left out. sent: only what was paid out, by the time of its payment."""
    now = uow.clock.now()
    moment = TreasuryRequest.sent_at if sent else func.coalesce(TreasuryRequest.sent_at, TreasuryRequest.approved_at)
    petty = moment >= monday(now), TreasuryRequest.path == "petty"
    sums = select(_sum(moment >= midnight(now)), _sum(moment > now - WEEK), _sum(*petty)).where(
        TreasuryRequest.dao_id == group, TreasuryRequest.status.in_(ON_ITS_WAY if sent else SPENT)
    )
    if but is not None:
        sums = sums.where(TreasuryRequest.id != but)
    return Spent(*(Money.from_decimal(one or Decimal(0)) for one in (await uow.session.execute(sums)).one()))


def _sum(*counted: ColumnElement[bool]) -> ColumnElement[Decimal]:
    return func.sum(TOTAL).filter(*counted)


async def check_limits(
    uow: UnitOfWork, *, group: DaoId, rules: Rules, total: Money, petty: bool, but: UUID | None = None, sent: bool = False
) -> None:
    """Whether `total` may leave. Take `one_at_a_time` first where something is written. Raises TreasuryLimit."""
    left = (await spent(uow, group=group, but=but, sent=sent)).left(rules)
    limits: dict[Limit, Money] = {"petty": rules.petty_cash, "day": rules.daily_limit, "week": rules.weekly_limit}
    for period, limit in limits.items():
        if total > left[period] and (period != "petty" or petty):
            raise TreasuryLimit(period, limit, left[period], total)


async def check_balance(uow: UnitOfWork, *, group: DaoId, rules: Rules, total: Money) -> None:
    """Whether the treasury has it, and its reserve besides. Raises TreasuryShort."""
    held = await balance(uow, treasury(group), KES)
    if held.available - total < rules.reserve:
        raise TreasuryShort(held.available, total, rules.reserve)


def midnight(moment: datetime) -> datetime:
    """When this day began in East Africa."""
    return moment.astimezone(EAST_AFRICA).replace(hour=0, minute=0, second=0, microsecond=0)


def monday(moment: datetime) -> datetime:
    """When this week began in East Africa."""
    day = midnight(moment)
    return day - timedelta(days=day.weekday())
