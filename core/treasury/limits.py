"""How much may leave a treasury: a day, in any seven days, from petty cash in a week, and what must remain.

Days and weeks are East Africa's; the petty cash begins anew on Monday. What is set aside or on its way counts as spent, so that
many requests at once can't each fit into the same limit. All of it is counted under one lock for each treasury.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, func, select

from core.daos.rules import Rules
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId
from core.kernel.money import KES, Money
from core.kernel.questions import Selected, given
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
    (sums,) = await uow.rows(SENT_SUMS if sent else SPENT_SUMS, group=group, but=but, **since(uow.clock.now()))
    return Spent(*(Money.from_decimal(one or Decimal(0)) for one in sums))


def since(now: datetime) -> dict[str, datetime]:
    """From when on is counted what left today, in the last seven days, and of this week's petty cash."""
    return {"day": midnight(now), "week": now - WEEK, "monday": monday(now)}


def _sums(moment: ColumnElement[datetime | None], statuses: Sequence[str]) -> Selected[Any, Any, Any]:
    petty = moment >= given("monday"), TreasuryRequest.path == "petty"
    return Selected(
        select(_sum(moment >= given("day")), _sum(moment > given("week")), _sum(*petty))
        .where(TreasuryRequest.dao_id == given("group"), TreasuryRequest.status.in_(statuses))
        .where(TreasuryRequest.id.is_distinct_from(given("but", Uuid())))
    )


def _sum(*counted: ColumnElement[bool]) -> ColumnElement[Decimal]:
    return func.sum(TOTAL).filter(*counted)


SPENT_SUMS = _sums(func.coalesce(TreasuryRequest.sent_at, TreasuryRequest.approved_at), SPENT)
SENT_SUMS = _sums(TreasuryRequest.sent_at.expression, ON_ITS_WAY)


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
