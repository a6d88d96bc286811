"""The plan of a round: whose turn is when, and what each owner owes at each turn. It is written whole when the round starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from core.daos.calendar import day_of
from core.daos.groups import find_group
from core.daos.people import people_of
from core.daos.rotation.calendar import NOTICE, turn_days
from core.daos.rotation.models import DueRow, HandRow, RotationRow, TurnRow
from core.daos.rotation.rounds import all_owners, called, hand_owners, owners_of
from core.daos.telling import tell_each
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import DaoId
from core.kernel.money import Money
from core.kernel.questions import Selected, given
from core.kernel.texts import text

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Turn:
    """A turn as the code works with it: the row, its hand, and the dues of it."""

    row: TurnRow
    hand: HandRow
    dues: tuple[DueRow, ...]

    @property
    def expected(self) -> Money:
        """What all hands owe at this turn, the one that is paid included."""
        return total(due.amount for due in self.dues)

    @property
    def received(self) -> Money:
        """What has been paid towards it."""
        return total(due.paid for due in self.dues)

    @property
    def missing(self) -> list[DueRow]:
        """The dues that aren't paid in full."""
        return [due for due in self.dues if due.paid < due.amount]


async def start_round(
    uow: UnitOfWork, *, row: RotationRow, hands: Sequence[HandRow], order: Sequence[int], because: str
) -> None:
    """Write the whole plan, and tell each owner when her turn is. The caller holds the round's lock and has checked `order`."""
    now = uow.clock.now()
    by_number = {hand.number: hand for hand in hands}
    days = turn_days(frequency=row.frequency, due_day=row.due_day, begins=day_of(now + NOTICE), count=len(order))
    turns = [add_turn(uow, row, by_number[number], place, day) for place, (number, day) in enumerate(zip(order, days), 1)]  # noqa: B905
    row.status, row.started_at, row.proposed, row.because = "running", now, list(order), because
    await uow.session.flush()
    for turn in turns:
        for hand in hands:
            add_dues(uow, turn=turn, hand=hand, amount=Money.from_decimal(row.amount))
    await uow.session.flush()
    await _tell_plan(uow, row, turns, {hand.id: hand for hand in hands})


def add_turn(uow: UnitOfWork, row: RotationRow, hand: HandRow, position: int, day: date) -> TurnRow:
    """Write a turn of the plan."""
    turn = TurnRow(id=uow.ids.new(), rotation_id=row.id, position=position, hand_id=hand.id, due_on=day, status="waiting")
    uow.session.add(turn)
    return turn


def add_dues(uow: UnitOfWork, *, turn: TurnRow, hand: HandRow, amount: Money) -> list[DueRow]:
    """Write what a hand owes at a turn: a row for each of its owners."""
    owners = owners_of(hand)
    rows = [
        DueRow(
            id=uow.ids.new(),
            turn_id=turn.id,
            hand_id=hand.id,
            user_id=owner,
            amount=part.as_decimal(),
            paid=NOTHING,
            covered=NOTHING,
            repaid=NOTHING,
        )
        for owner, part in zip(owners, amount.split([1] * len(owners)), strict=True)
    ]
    uow.session.add_all(rows)
    return rows


async def _tell_plan(uow: UnitOfWork, row: RotationRow, turns: Sequence[TurnRow], hands: dict[UUID, HandRow]) -> None:
    """Everybody hears the first turns and her own; the whole order is on the screen of the round."""
    group = await find_group(uow, group=DaoId(row.dao_id))
    names = await called(uow, all_owners(hands.values()))
    order = ", ".join(f"{turn.position} {hand_owners(hands[turn.hand_id], names)}" for turn in turns)
    news = []
    for person in await people_of(uow, group=group.id):
        mine = [turn for turn in turns if person.id in owners_of(hands[turn.hand_id])]
        days = ", ".join(day(turn.due_on) for turn in mine)
        key = "sms-merry-plan" if mine else "sms-merry-plan-others"
        about = {"begins": day(turns[0].due_on), "order": order, "group": group.name}
        news.append((person, text(key, **about, **({"days": days} if mine else {}))))
    await tell_each(uow, news, template="merry_plan")


@foreseeable
async def turns_of(uow: UnitOfWork, *, rotation: UUID, only: Collection[UUID] | None = None) -> list[Turn]:
    """The turns of a round in their order, or some of them, with their dues by number of hand."""
    if only is not None and not only:
        return []
    rows = [row for row in await uow.rows(TURNS, rotation=rotation) if only is None or row[0].id in only]
    dues: dict[UUID, list[DueRow]] = {}
    for due in await uow.scalars(DUES, rotation=rotation) if rows else ():
        dues.setdefault(due.turn_id, []).append(due)
    return [Turn(turn, hand, tuple(dues.get(turn.id, ()))) for turn, hand in rows]


TURNS = Selected(
    select(TurnRow, HandRow)
    .join(HandRow, HandRow.id == TurnRow.hand_id)
    .where(TurnRow.rotation_id == given("rotation"))
    .order_by(TurnRow.position)
    .execution_options(populate_existing=True)
)
DUES = Selected(
    select(DueRow)
    .join(HandRow, HandRow.id == DueRow.hand_id)
    .join(TurnRow, TurnRow.id == DueRow.turn_id)
    .where(TurnRow.rotation_id == given("rotation"))
    .order_by(HandRow.number, DueRow.id)
    .execution_options(populate_existing=True)
)


def total(amounts: Iterable[Decimal]) -> Money:
    """Amounts of the database, added up."""
    return sum((Money.from_decimal(amount) for amount in amounts), Money(0))


def day(when: date) -> str:
    """As people read it: 5/12/26."""
    return f"{when.day}/{when.month}/{when:%y}"
