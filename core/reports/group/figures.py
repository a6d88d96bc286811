"""What a group's statement says: what it held, what came in and went out and what for, and who owes what.

Everything is read from the books' entries. What moves between the group's own accounts is neither income nor expense.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import text as sql

from core.daos.dues.charges import open_charges_of
from core.daos.groups import find_group, require_member
from core.daos.loans.reading import loans_of_group, standings_of
from core.daos.muhuri import newest_muhuri
from core.daos.people import people_of, short_name
from core.daos.rotation.payout import debts_in
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import KES, Money

Span = Literal["month", "last_month", "year"]
ZERO = Money(0, KES)


@dataclass(frozen=True)
class Period:
    """A statement's days, both included (East Africa Time)."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, datetime.min.time(), tzinfo=EAST_AFRICA)

    @property
    def until(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), datetime.min.time(), tzinfo=EAST_AFRICA)


@dataclass(frozen=True)
class Debt:
    """What somebody owes the group, by the name that others may read, and how much of it is late."""

    name: str
    owed: Money
    late: Money


@dataclass(frozen=True)
class GroupStatement:
    """A group's period: `held` is what each account has at its end; `income` and `expenses` are by kind of movement."""

    name: str
    period: Period
    opening: Money
    closing: Money
    held: Mapping[str, Money]
    income: Mapping[str, Money]
    expenses: Mapping[str, Money]
    debts: tuple[Debt, ...]
    seal: str


def span_of(span: Span, today: date) -> Period:
    """The days that a word stands for, on this day."""
    first = today.replace(day=1)
    match span:
        case "month":
            return Period(first, today)
        case "last_month":
            last = first - timedelta(days=1)
            return Period(last.replace(day=1), last)
        case "year":
            return Period(today.replace(month=1, day=1), today)


async def group_statement(uow: UnitOfWork, *, viewer: MemberId, group: DaoId, period: Period) -> GroupStatement:
    """The group's statement, for one of its members. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    lines = await _lines(uow, group, period)
    moved = _sums(line for line in lines if line.within)
    held = _sums(replace(line, kind=line.account) for line in lines)
    seal = await newest_muhuri(uow, group=group)
    return GroupStatement(
        name=(await find_group(uow, group=group)).name,
        period=period,
        opening=sum((line.amount for line in lines if not line.within), start=ZERO),
        closing=sum(held.values(), start=ZERO),
        held={"treasury": held.pop("treasury", ZERO), **{name: amount for name, amount in held.items() if amount}},
        income={kind: amount for kind, amount in moved.items() if amount > ZERO},
        expenses={kind: -amount for kind, amount in moved.items() if amount < ZERO},
        debts=await _debts(uow, group),
        seal=seal.code if seal else "",
    )


@dataclass(frozen=True)
class _Line:
    """What movements of one kind did to one account, before the period or within it."""

    account: str
    kind: str
    within: bool
    amount: Money


async def _lines(uow: UnitOfWork, group: DaoId, period: Period) -> list[_Line]:
    asked: dict[str, Any] = {"group": group, "since": period.since, "until": period.until}
    rows = await uow.session.execute(_LINES, asked)
    return [_Line(row.account, row.kind, row.within, Money.from_decimal(row.amount)) for row in rows]


def _sums(lines: Iterable[_Line]) -> dict[str, Money]:
    """The lines' amounts by kind, in the order of the kinds' names."""
    sums: dict[str, Money] = {}
    for line in sorted(lines, key=lambda line: line.kind):
        sums[line.kind] = sums.get(line.kind, ZERO) + line.amount
    return sums


async def _debts(uow: UnitOfWork, group: DaoId) -> tuple[Debt, ...]:
    """Who owes for loans that run, for contributions and fines that are due and for turns that were paid, the largest first."""
    owed: dict[MemberId, Money] = defaultdict(lambda: ZERO)
    late: dict[MemberId, Money] = defaultdict(lambda: ZERO)
    names = {person.id: person.name for person in await people_of(uow, group=group)}
    loans = await loans_of_group(uow, group=group, statuses=("running",))
    for loan, stands in zip(loans, await standings_of(uow, loans), strict=True):
        names[loan.borrower] = loan.name
        owed[loan.borrower] += stands.payoff
        late[loan.borrower] += stands.arrears
    for charge in await open_charges_of(uow, group=group):
        if charge.due_at <= uow.clock.now() and charge.member in names:
            owed[charge.member] += charge.missing
            late[charge.member] += charge.missing
    for member, amount in (await debts_in(uow, group=group)).items():
        if member in names:
            owed[member] += amount
            late[member] += amount
    found = [Debt(short_name(names[member]), amount, late[member]) for member, amount in owed.items()]
    return tuple(sorted(found, key=lambda debt: (-debt.owed.minor, debt.name)))


# By when things happened: a payment that M-Pesa told of after midnight belongs to the day on which it was made.
_LINES = sql("""
SELECT coalesce(b.name, b.kind) AS account, t.kind, t.event_at >= :since AS within, sum(e.amount) AS amount
FROM ledger_balances b
JOIN ledger_history e ON e.balance_id = b.id
JOIN ledger_transfers t ON t.id = e.transfer_id AND t.event_at < :until
WHERE b.dao_id = :group AND b.kind IN ('treasury', 'pot') AND b.currency = 'KES'
GROUP BY 1, 2, 3
UNION ALL
-- What a shared payment brought back of a loan is a repayment, and no contribution.
SELECT 'loans', moved.kind, t.event_at >= :since, sum(moved.amount)
FROM contribution_payments p
JOIN contribution_lines n ON n.payment_id = p.id AND n.source = 'loans'
JOIN ledger_transfers t ON t.id = p.transfer_id AND t.event_at < :until
CROSS JOIN LATERAL (VALUES (t.kind, -n.amount), ('loan_repayment', n.amount)) moved (kind, amount)
WHERE p.dao_id = :group
GROUP BY 1, 2, 3
""")
