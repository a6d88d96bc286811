"""What a member's own statement says: twelve months of her money, line by line and month by month, from the books' entries.

Her own money is all that her accounts hold, set aside or not. What she has saved in groups comes beside it in the chart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text as sql

from core.daos.calendar import day_of
from core.daos.groups import groups_of
from core.daos.loans.savings import saved as saved_in
from core.identity.members import find
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId, reference
from core.kernel.money import KES, Money

MONTHS = 12
ZERO = Money(0, KES)


@dataclass(frozen=True)
class Line:
    """One movement of her own money: what it was, how much came in (or, below zero, went out), what she had after it.

    `code` is the receipt's, by which anybody can check it.
    """

    at: datetime
    kind: str
    amount: Money
    after: Money
    code: str


@dataclass(frozen=True)
class Month:
    """What she had at the end of a month (or has now, in the present one): her own money, and her savings in groups."""

    first: date
    own: Money
    saved: Money


@dataclass(frozen=True)
class OwnStatement:
    """Her last twelve months. `opening` plus all lines is `closing`, which is what the books hold for her."""

    name: str
    first: date
    last: date
    opening: Money
    lines: tuple[Line, ...]
    closing: Money
    months: tuple[Month, ...]


async def own_statement(uow: UnitOfWork, *, member: MemberId) -> OwnStatement:
    """The statement of this member as of now. Raises LookupError when there is nobody (any more)."""
    who = await find(uow, member)
    if who is None:
        raise LookupError(f"no member {member}")
    today = day_of(uow.clock.now())
    starts = _starts(today)
    opening, lines = await _lines(uow, member, _midnight(starts[0]))
    return OwnStatement(
        name=who.name,
        first=starts[0],
        last=today,
        opening=opening,
        lines=lines,
        closing=lines[-1].after if lines else opening,
        months=tuple([await _month(uow, member, first, opening, lines) for first in starts]),
    )


def _starts(today: date) -> list[date]:
    """The first days of the last twelve months, this one included."""
    count = today.year * MONTHS + today.month - 1
    return [date(number // MONTHS, number % MONTHS + 1, 1) for number in range(count - MONTHS + 1, count + 1)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=EAST_AFRICA)


async def _lines(uow: UnitOfWork, member: MemberId, since: datetime) -> tuple[Money, tuple[Line, ...]]:
    """What she had at that moment, and every movement from then on, oldest first."""
    asked: dict[str, Any] = {"member": member, "since": since}
    before = await uow.session.scalar(_BEFORE, asked)
    opening = after = Money.from_decimal(before) if before else ZERO
    lines = []
    for row in await uow.session.execute(_LINES, asked):
        amount = Money.from_decimal(row.amount)
        after += amount
        lines.append(Line(row.event_at, row.kind, amount, after, reference(row.id)))
    return opening, tuple(lines)


async def _month(uow: UnitOfWork, member: MemberId, first: date, opening: Money, lines: tuple[Line, ...]) -> Month:
    end = _midnight((first + timedelta(days=31)).replace(day=1))
    own = next((line.after for line in reversed(lines) if line.at < end), opening)
    saved = ZERO
    for group in await groups_of(uow, member=member):
        saved += await saved_in(uow, group=group.id, member=member, before=end)
    return Month(first, own, saved)


_OF_HERS = """
FROM ledger_balances b
JOIN ledger_history e ON e.balance_id = b.id
JOIN ledger_transfers t ON t.id = e.transfer_id
WHERE b.user_id = :member AND b.kind = 'member' AND b.currency = 'KES'
"""
_BEFORE = sql(f"SELECT sum(e.amount) {_OF_HERS} AND t.event_at < :since")
# Setting money aside moves it between her own buckets, which is no movement to her.
_LINES = sql(
    f"""SELECT t.id, t.kind, t.event_at, sum(e.amount) AS amount {_OF_HERS} AND t.event_at >= :since
    GROUP BY t.id, t.kind, t.event_at HAVING sum(e.amount) <> 0 ORDER BY t.event_at, t.id"""
)
