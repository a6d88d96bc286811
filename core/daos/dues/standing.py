"""Who has paid, who is late and why; what one member owes; what she has put in. Reads only.

Every member of a group sees who has paid, by name; amounts of others and phone numbers stay out. Late is who still misses
something of a contribution after its days of grace, outages not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select

from core.daos.calendar import day_of
from core.daos.dues.charges import JOINING, Charge, charge_of, open_charges_of
from core.daos.dues.credit import credit_of
from core.daos.dues.kinds import kinds_of
from core.daos.dues.lateness import DAY, Terms, late_from
from core.daos.dues.paying import CHARGES
from core.daos.dues.sources import SOURCES, owed_by
from core.daos.dues_models import ChargeRow, KindRow, LineRow, PaymentRow
from core.daos.groups import require_member
from core.daos.owed import Owed
from core.daos.people import people_of
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import Text
from core.payments.outages import outages_since

State = Literal["paid", "part", "due", "late"]


@dataclass(frozen=True)
class Standing:
    """One member in one period: paid, part (not all, not late), due (nothing yet), late. `since`: since when she is late."""

    member: MemberId
    name: str
    state: State
    since: datetime | None = None


@dataclass(frozen=True)
class Board:
    """A period of one kind: who has paid. `paid` and `expected` are sums over all members; waived counts as settled."""

    kind: UUID
    name: Text | str
    day: date
    standings: tuple[Standing, ...]
    paid: Money
    expected: Money


@dataclass(frozen=True)
class Dues:
    """What a member owes a group: her open charges, her debts of other sorts (loans), her credit, what is left to pay."""

    charges: tuple[Charge, ...]
    credit: Money
    total: Money
    debts: tuple[Owed, ...] = ()


@foreseeable
async def owes_in(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
    """Whether she has something to pay to the group now."""
    return bool((await dues_of(uow, group=group, member=member)).total)


async def dues_of(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Dues:
    """What she owes, the oldest first, and her credit."""
    charges = await open_charges_of(uow, group=group, member=member)
    credit = await credit_of(uow, group=group, member=member)
    owed = await owed_by(uow, group=group, member=member, at=uow.clock.now())
    debts = tuple(one for one in owed if one.source != CHARGES)
    missing = [charge.missing.minor for charge in charges] + [debt.missing.minor for debt in debts]
    total = Money(sum(missing)) - credit
    return Dues(tuple(charges), credit, max(total, Money(0)), debts)


async def owes(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Money:
    """What is left for her to pay now."""
    return (await dues_of(uow, group=group, member=member)).total


async def owed_in(uow: UnitOfWork, *, group: DaoId) -> dict[MemberId, Money]:
    """What each member who owes anything owes, of every sort, before her credit."""
    owed: dict[MemberId, Money] = defaultdict(lambda: Money(0))
    for charge in await open_charges_of(uow, group=group):
        owed[charge.member] += charge.missing
    for source in SOURCES:
        everybody = await source.everybody(uow, group=group, at=uow.clock.now()) if source.name != CHARGES else {}
        for member, debts in everybody.items():
            owed[member] += Money(sum(one.missing.minor for one in debts))
    return {member: amount for member, amount in owed.items() if amount}


async def fines_paid(uow: UnitOfWork, *, group: DaoId, since: datetime) -> Money:
    """All that the group has got in fines since then, less what it gave back of them. What joining costs is no fine."""
    return Money.from_decimal(await uow.scalar(FINES, group=group, since=since) or Decimal(0))


_JOINING = select(ChargeRow.id).where(ChargeRow.dao_id == given("group"), ChargeRow.why["given"].astext == JOINING)
FINES = Selected(
    select(func.sum(LineRow.amount))
    .join(PaymentRow, PaymentRow.id == LineRow.payment_id)
    .where(PaymentRow.dao_id == given("group"), PaymentRow.state == "posted", PaymentRow.created_at >= given("since"))
    .where(LineRow.category == "fines", LineRow.purpose == "treasury", LineRow.charge_id.not_in(_JOINING))
)


async def boards(uow: UnitOfWork, *, viewer: MemberId, group: DaoId) -> list[Board]:
    """The newest period of each kind that was opened, for a member of the group. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    return await open_boards(uow, group=group)


async def open_boards(uow: UnitOfWork, *, group: DaoId) -> list[Board]:
    """The same for the group's own chat."""
    newest = (
        select(ChargeRow.kind_id, func.max(ChargeRow.period).label("period"))
        .where(ChargeRow.dao_id == group, ChargeRow.sort == "contribution")
        .group_by(ChargeRow.kind_id)
        .subquery()
    )
    rows = (
        select(ChargeRow)
        .join(newest, (newest.c.kind_id == ChargeRow.kind_id) & (newest.c.period == ChargeRow.period))
        .join(KindRow, KindRow.id == ChargeRow.kind_id)
        .where(ChargeRow.dao_id == group)
        .order_by(KindRow.created_at, ChargeRow.kind_id, ChargeRow.id)
        .execution_options(populate_existing=True)
    )
    charges = [charge_of(row) for row in await uow.session.scalars(rows)]
    return await _as_boards(uow, group, charges)


async def board(uow: UnitOfWork, *, group: DaoId, kind: UUID, day: date) -> Board | None:
    """One period of one kind, for the group's own board; None when it isn't opened."""
    rows = select(ChargeRow).where(ChargeRow.kind_id == kind, ChargeRow.period == day, ChargeRow.dao_id == group)
    found = await _as_boards(uow, group, [charge_of(row) for row in await uow.session.scalars(rows.order_by(ChargeRow.id))])
    return found[0] if found else None


async def next_due(uow: UnitOfWork, *, group: DaoId) -> date | None:
    """The first day from tomorrow on when the group's first kind is due; None when it asks for nothing."""
    kinds = await kinds_of(uow, group=group)
    tomorrow = day_of(uow.clock.now()) + DAY
    return kinds[0].next_day(tomorrow) if kinds else None


async def missed(uow: UnitOfWork, *, group: DaoId, members: Collection[MemberId]) -> dict[MemberId, int]:
    """How many contributions each of them still misses past grace: what counts for a vote or a suspension."""
    counts = dict.fromkeys(members, 0)
    for charge, _ in await late_charges(uow, group=group):
        if charge.member in counts:
            counts[charge.member] += 1
    return counts


async def late_charges(uow: UnitOfWork, *, group: DaoId) -> list[tuple[Charge, datetime]]:
    """Every contribution that is late, with the moment since which it is."""
    now = uow.clock.now()
    past = [one for one in await open_charges_of(uow, group=group) if one.sort == "contribution" and one.due_at < now]
    if not past:
        return []
    outages = [(one.began_at, one.ended_at) for one in await outages_since(uow, past[0].due_at - DAY)]
    since = [(one, _late_since(one, outages)) for one in past]
    return [(one, at) for one, at in since if at is not None and at < now]


async def _as_boards(uow: UnitOfWork, group: DaoId, charges: list[Charge]) -> list[Board]:
    late = {charge.id: since for charge, since in await late_charges(uow, group=group)}
    people = {person.id: person for person in await people_of(uow, group=group)}
    periods: dict[tuple[UUID | None, date], list[Charge]] = {}
    for charge in charges:
        periods.setdefault((charge.kind, charge.day), []).append(charge)
    return [_board(found, late, {one: person.name for one, person in people.items()}) for found in periods.values()]


def _board(charges: list[Charge], late: dict[UUID, datetime], names: dict[MemberId, str]) -> Board:
    first = charges[0]
    assert first.kind is not None  # noqa: S101 - a contribution has a kind
    standings = [_standing(one, late.get(one.id), names[one.member]) for one in charges if one.member in names]
    return Board(
        kind=first.kind,
        name=first.name,
        day=first.day,
        standings=tuple(sorted(standings, key=lambda one: (one.state == "paid", one.name))),
        paid=Money(sum((one.paid + one.waived).minor for one in charges)),
        expected=Money(sum(one.amount.minor for one in charges)),
    )


def _standing(charge: Charge, late: datetime | None, name: str) -> Standing:
    if not charge.missing:
        return Standing(charge.member, name, "paid")
    if late is not None:
        return Standing(charge.member, name, "late", late)
    return Standing(charge.member, name, "part" if charge.paid else "due")


def _late_since(charge: Charge, outages: list[tuple[datetime, datetime | None]]) -> datetime | None:
    return late_from(charge.due_at, grace_days=Terms.kept(charge.terms).grace_days, outages=outages)
