"""A payment: planned, posted, written down.

Planning decides under the member's lock how the money is shared and counts it at once, so that nobody else pays the same
charge; the legs follow from the plan and from nothing else. A conversation plans, posts and marks in one unit. What comes from
the paybill is planned in one unit, posted with others through the batcher, and marked in a second unit: whatever dies in
between, the plan stands under the intent and gives the same legs again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.daos.calendar import day_of
from core.daos.constitutions import rules_of
from core.daos.dues.kinds import ContributionKind, kinds_of
from core.daos.dues.sharing import share
from core.daos.dues.sources import SOURCES, owed_by, source_named
from core.daos.dues_locks import hold_dues
from core.daos.dues_models import LineRow, PaymentRow
from core.daos.ending import refuse_while_ending
from core.daos.owed import Owed, Part, Purpose, account_of
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId, TransferId
from core.kernel.money import Money
from core.ledger.accounts import Account, member_account
from core.ledger.service import KeyReused, Leg, Posting

Origin = Literal["balance", "mpesa", "recurring", "credit", "return"]
# What was hers in the group already isn't a contribution again.
KIND = {"credit": "contribution_credit", "return": "contribution_return"}
CHARGES = SOURCES[0].name


@dataclass(frozen=True)
class Line:
    """A part of a payment: its sort, where the money goes (None: her credit in the group), and what it pays."""

    sort: str
    purpose: Purpose | None
    category: str
    amount: Money
    ref: UUID | None = None
    source: str = ""
    kind: UUID | None = None


@dataclass(frozen=True)
class Payment:
    """A payment of `payer` for `member`, and how it is shared. `state`: planned, posted or void."""

    id: UUID
    intent: IntentId
    group: DaoId
    member: MemberId
    payer: MemberId
    amount: Money
    origin: Origin
    completed_at: datetime
    state: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Wanted:
    """A payment to plan: who pays how much for whom, from where, completed when."""

    intent: IntentId
    group: DaoId
    member: MemberId
    payer: MemberId
    amount: Money
    origin: Origin
    completed_at: datetime


async def plan(uow: UnitOfWork, wanted: Wanted) -> Payment:
    """Decide how the payment is shared, once per intent; the member's dues are held until the unit ends.

    Raises KeyReused when the intent stands for another payment, GroupEnds.
    """
    await hold_dues(uow, group=wanted.group, members=[wanted.member])
    known = await find_payment(uow, intent=wanted.intent)
    if known is not None:
        return _same(known, wanted)
    await refuse_while_ending(uow, group=wanted.group)
    return await write_plan(uow, wanted, await preview_lines(uow, wanted))


async def preview(uow: UnitOfWork, *, group: DaoId, member: MemberId, amount: Money) -> tuple[Line, ...]:
    """How a payment of this amount would be shared now."""
    wanted = Wanted(IntentId(UUID(int=0)), group, member, member, amount, "balance", completed_at=uow.clock.now())
    return tuple(await preview_lines(uow, wanted))


async def find_payment(uow: UnitOfWork, *, intent: IntentId) -> Payment | None:
    """The payment under this intent, as it stands."""
    wanted = select(PaymentRow).where(PaymentRow.intent == intent).execution_options(populate_existing=True)
    row = await uow.session.scalar(wanted)
    return None if row is None else _payment(row, await _lines_of(uow, row.id))


def posting_of(payment: Payment, details: Mapping[str, str] | None = None) -> Posting:
    """The one movement that carries the payment: out of one account, into each purpose once."""
    moved: Counter[Account] = Counter()
    own_in_group = member_account(payment.member, payment.group)
    if payment.origin != "return":
        moved[own_in_group if payment.origin == "credit" else member_account(payment.payer)] -= payment.amount.minor
    for line in payment.lines:
        moved[account_of(payment.group, line.purpose) if line.purpose else own_in_group] += line.amount.minor
    legs = [Leg(account, Money(minor)) for account, minor in moved.items() if minor]
    return Posting(payment.intent, KIND.get(payment.origin, "contribution"), legs, details)


async def mark_posted(uow: UnitOfWork, payment: Payment, transfer: TransferId) -> bool:
    """The money has moved: whoever keeps what it paid books it; False when somebody has marked it before.

    The caller holds the member's dues.
    """
    row = await uow.session.get_one(PaymentRow, payment.id, with_for_update=True, populate_existing=True)
    if row.state != "planned":
        return False
    row.state, row.transfer_id = "posted", transfer
    await uow.session.flush()
    for source, part in _debts(payment, transfer):
        await source_named(source).posted(uow, part)
    return True


def _debts(payment: Payment, transfer: TransferId) -> list[tuple[str, Part]]:
    """What it paid of each debt that others keep: one part each, however many lines."""
    paid: Counter[tuple[str, UUID]] = Counter()
    for line in payment.lines:
        if line.sort == "debt" and line.ref:
            paid[line.source, line.ref] += line.amount.minor
    about = (payment.payer, payment.intent, transfer, payment.completed_at)
    return [(source, Part(ref, Money(minor), *about)) for (source, ref), minor in paid.items()]


async def void(uow: UnitOfWork, payment: Payment) -> None:
    """The money didn't move: what was counted is owed again. Does nothing to a payment that isn't planned (any more)."""
    await hold_dues(uow, group=payment.group, members=[payment.member])
    row = await uow.session.get_one(PaymentRow, payment.id, with_for_update=True, populate_existing=True)
    if row.state != "planned":
        return
    row.state = "void"
    await uow.session.flush()


async def write_plan(uow: UnitOfWork, wanted: Wanted, lines: Sequence[Line]) -> Payment:
    """Write a payment with its lines. The caller holds the member's dues. Raises KeyReused."""
    row = {
        "id": uow.ids.new(),
        "dao_id": wanted.group,
        "user_id": wanted.member,
        "paid_by": wanted.payer,
        "amount": wanted.amount.as_decimal(),
        "origin": wanted.origin,
        "intent": wanted.intent,
        "completed_at": wanted.completed_at,
        "state": "planned",
        "created_at": uow.clock.now(),
    }
    new = insert(PaymentRow).values(row).on_conflict_do_nothing(index_elements=["intent"]).returning(PaymentRow.id)
    payment = await uow.session.scalar(new)
    if payment is None:
        # Somebody else's payment has taken the intent at this very moment.
        raise KeyReused
    rows = [_line_row(uow, payment, place, line) for place, line in enumerate(lines)]
    await uow.session.execute(insert(LineRow), rows)
    return _as_planned(payment, wanted, lines)


async def preview_lines(uow: UnitOfWork, wanted: Wanted) -> list[Line]:
    """How this payment would be shared now."""
    rules = await rules_of(uow, group=wanted.group)
    owed = await owed_by(uow, group=wanted.group, member=wanted.member, at=wanted.completed_at)
    paid, left = share(wanted.amount, owed, rules.order, at=wanted.completed_at)
    lines = [_paying(debt, part) for debt, part in paid]
    # Credit that isn't needed stays credit.
    return lines if wanted.origin == "credit" or not left else [*lines, await _rest(uow, wanted, paid, left)]


def _paying(debt: Owed, part: Money) -> Line:
    sort = "charge" if debt.source == CHARGES else "debt"
    return Line(sort, debt.purpose, debt.category, part, debt.ref, debt.source, debt.kind)


async def _rest(uow: UnitOfWork, wanted: Wanted, paid: Sequence[tuple[Owed, Money]], left: Money) -> Line:
    """What is left over: more for a kind that only asks for a least amount, else credit, else a gift where nothing is asked."""
    today = day_of(uow.clock.now())
    kinds = await kinds_of(uow, group=wanted.group)
    if not kinds:
        return Line("gift", "treasury", "contribution", left)
    minimum = [kind for kind in kinds if kind.on(today).mode == "minimum"]
    touched = {debt.kind for debt, _ in paid}
    takes: ContributionKind | None = next((kind for kind in minimum if kind.id in touched), None)
    if takes is None and len(minimum) == len(kinds):
        takes = minimum[0]
    if takes is None:
        return Line("credit", None, "credit", left)
    category = "welfare" if takes.purpose == "welfare" else "contribution"
    return Line("more", takes.purpose, category, left, kind=takes.id)


def _same(known: Payment, wanted: Wanted) -> Payment:
    if (known.group, known.member, known.payer, known.amount) != (wanted.group, wanted.member, wanted.payer, wanted.amount):
        raise KeyReused
    return known


async def _lines_of(uow: UnitOfWork, payment: UUID) -> tuple[Line, ...]:
    rows = await uow.session.scalars(select(LineRow).where(LineRow.payment_id == payment).order_by(LineRow.place))
    return tuple(
        Line(
            sort=row.sort,
            purpose=row.purpose,  # type: ignore[arg-type]
            category=row.category,
            amount=Money.from_decimal(row.amount),
            ref=row.charge_id or row.ref,
            source=row.source or (CHARGES if row.charge_id else ""),
            kind=row.kind_id,
        )
        for row in rows
    )


def _line_row(uow: UnitOfWork, payment: UUID, place: int, line: Line) -> dict[str, Any]:
    return {
        "id": uow.ids.new(),
        "payment_id": payment,
        "place": place,
        "sort": line.sort,
        "purpose": line.purpose,
        "category": line.category,
        "charge_id": line.ref if line.sort == "charge" else None,
        "kind_id": line.kind,
        "source": line.source if line.sort == "debt" else None,
        "ref": line.ref if line.sort == "debt" else None,
        "amount": line.amount.as_decimal(),
    }


def _payment(row: PaymentRow, lines: tuple[Line, ...]) -> Payment:
    return Payment(
        id=row.id,
        intent=IntentId(row.intent),
        group=DaoId(row.dao_id),
        member=MemberId(row.user_id),
        payer=MemberId(row.paid_by),
        amount=Money.from_decimal(row.amount),
        origin=row.origin,  # type: ignore[arg-type]
        completed_at=row.completed_at,
        state=row.state,
        lines=lines,
    )


def _as_planned(payment: UUID, wanted: Wanted, lines: Sequence[Line]) -> Payment:
    return Payment(
        id=payment,
        intent=wanted.intent,
        group=wanted.group,
        member=wanted.member,
        payer=wanted.payer,
        amount=wanted.amount,
        origin=wanted.origin,
        completed_at=wanted.completed_at,
        state="planned",
        lines=tuple(lines),
    )
