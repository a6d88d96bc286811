"""The round as members see it: whose turn is next, the whole order, who has paid, and what is theirs in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.daos.calendar import day_of
from core.daos.groups import require_member
from core.daos.people import OFFICIALS, short_name
from core.daos.rotation.calendar import NOTICE, turn_days
from core.daos.rotation.paying import owed_by
from core.daos.rotation.plan import Turn, day, turns_of
from core.daos.rotation.rounds import Status, all_owners, called, hand_owners, hands_of, owners_called, owners_of, rotation_of
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Question, Row


@dataclass
class UnknownHand(CoreError):
    """The round has no hand of this number."""

    code = "unknown-hand"
    kind = Kind.NOT_FOUND


@dataclass(frozen=True)
class RoundView:
    """The group's round for one member. `hands`: the numbers of all hands, `mine`: of hers; `official`: she acts for the group.

    `turn`, `turns`, `who`, `day`: the turn that comes next; `agreed`: whether she agreed to the `proposed` order.
    """

    id: UUID
    number: int
    status: Status
    amount: Money
    order_by: str
    hands: tuple[int, ...]
    mine: tuple[int, ...]
    official: bool
    turn: int = 0
    turns: int = 0
    who: str = ""
    day: str = ""
    proposed: tuple[int, ...] = ()
    agreed: bool = False
    draw_at: datetime | None = None


@dataclass(frozen=True)
class OrderLine:
    """A turn in the list of all: its place, the number of its hand, its day, whose it is, and whether it was paid."""

    id: UUID
    position: int
    hand: int
    day: str
    who: str
    paid: bool
    mine: bool


@dataclass(frozen=True)
class Missing:
    """Somebody who hasn't paid a turn in full; `received`: her own turn was paid already."""

    member: MemberId
    name: str
    amount: Money
    received: bool


@dataclass(frozen=True)
class Collection:
    """How far the collection of a turn is."""

    turn: int
    who: str
    day: str
    received: Money
    expected: Money
    paid: tuple[str, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class MyTurn:
    """A turn of hers: its place and day, what she is to get when all pay, and what she got."""

    position: int
    day: str
    expected: Money
    paid: bool


# The live round, of which a group has one at most, or else the last that ran; and of its turns the one that comes next.
ROUND = Question("""
    SELECT r.id, r.number, r.status, r.amount, r.order_by, r.proposed, r.draw_at, next.position, next.due_on, next.owners,
      ARRAY(SELECT h.number FROM rotation_hands h
        WHERE h.rotation_id = r.id AND h.withdrawn_at IS NULL ORDER BY h.number) AS hands,
      ARRAY(SELECT h.number FROM rotation_hands h
        WHERE h.rotation_id = r.id AND h.withdrawn_at IS NULL AND :viewer IN (h.user_id, h.partner_id)
        ORDER BY h.number) AS mine,
      (SELECT count(*) FROM rotation_turns t WHERE t.rotation_id = r.id) AS turns,
      EXISTS (SELECT FROM rotation_consents c WHERE c.rotation_id = r.id AND c.user_id = :viewer) AS agreed
    FROM rotations r
    LEFT JOIN LATERAL (
      SELECT t.position, t.due_on, array_remove(ARRAY[o.name, p.name], NULL) AS owners
      FROM rotation_turns t JOIN rotation_hands h ON h.id = t.hand_id
      JOIN members o ON o.id = h.user_id LEFT JOIN members p ON p.id = h.partner_id
      WHERE t.rotation_id = r.id AND t.status = 'waiting' ORDER BY t.position LIMIT 1) next ON true
    WHERE r.dao_id = :group AND r.status <> 'cancelled'
    ORDER BY r.status = 'finished', r.number DESC LIMIT 1
""")


# The same round, by its id.
CURRENT = Question("""
    SELECT id FROM rotations WHERE dao_id = :group AND status <> 'cancelled'
    ORDER BY status = 'finished', number DESC LIMIT 1
""")


@foreseeable
async def round_of(uow: UnitOfWork, *, viewer: MemberId, group: DaoId) -> RoundView | None:
    """The round that isn't over, or else the last one that ran. Raises NotAMember."""
    membership = await require_member(uow, member=viewer, group=group)
    found = await uow.ask(ROUND, group=group, viewer=viewer)
    return _as_view(found[0], official=membership.role in OFFICIALS) if found else None


def _as_view(row: Row, *, official: bool) -> RoundView:
    return RoundView(
        id=row["id"],
        number=row["number"],
        status=row["status"],
        amount=Money.from_decimal(row["amount"]),
        order_by=row["order_by"],
        hands=tuple(row["hands"]),
        mine=tuple(row["mine"]),
        official=official,
        turn=row["position"] or 0,
        turns=row["turns"],
        who="/".join(short_name(name) for name in row["owners"] or ()),
        day=day(row["due_on"]) if row["due_on"] else "",
        proposed=tuple(row["proposed"] or ()),
        agreed=row["status"] == "agreeing" and row["agreed"],
        draw_at=row["draw_at"],
    )


async def order_of(uow: UnitOfWork, *, viewer: MemberId, rotation: UUID) -> list[OrderLine]:
    """The whole order, for a member of the group. Raises NotAMember."""
    await _require(uow, viewer, rotation)
    turns = await turns_of(uow, rotation=rotation)
    names = await called(uow, [owner for turn in turns for owner in owners_of(turn.hand)])
    return [
        OrderLine(
            turn.row.id,
            turn.row.position,
            turn.hand.number,
            day(turn.row.due_on),
            hand_owners(turn.hand, names),
            turn.row.status == "paid",
            viewer in owners_of(turn.hand),
        )
        for turn in turns
    ]


async def planned(uow: UnitOfWork, *, rotation: UUID, order: Sequence[int]) -> list[tuple[int, str, str]]:
    """How the turns would be if the round began now in this order: place, day, and whose. Without hands that are gone."""
    row = await rotation_of(uow, rotation)
    hands = {hand.number: hand for hand in await hands_of(uow, rotation=rotation)}
    names = await called(uow, all_owners(hands.values()))
    listed = [hands[number] for number in order if number in hands]
    begins = day_of(uow.clock.now() + NOTICE)
    days = turn_days(frequency=row.frequency, due_day=row.due_day, begins=begins, count=len(listed))
    turns = enumerate(zip(listed, days, strict=True), start=1)
    return [(place, day(when), hand_owners(hand, names)) for place, (hand, when) in turns]


async def whose_hands(uow: UnitOfWork, *, viewer: MemberId, rotation: UUID) -> list[tuple[int, str]]:
    """Every hand of the round by number with who has it, for a member of the group. Raises NotAMember."""
    await _require(uow, viewer, rotation)
    hands = await hands_of(uow, rotation=rotation)
    names = await called(uow, all_owners(hands))
    return [(hand.number, hand_owners(hand, names)) for hand in hands]


async def owner_of_hand(uow: UnitOfWork, *, rotation: UUID, number: int) -> tuple[MemberId, str]:
    """Who has the hand of this number, and how she is called; of two who share it, who owes more. Raises UnknownHand."""
    hand = next((one for one in await hands_of(uow, rotation=rotation) if one.number == number), None)
    if hand is None:
        raise UnknownHand
    owed = {owner: (await owed_by(uow, rotation=rotation, member=owner)).minor for owner in owners_of(hand)}
    owner = max(owed, key=lambda one: owed[one])
    return owner, (await owners_called(uow, rotation=rotation))[owner]


async def collection(uow: UnitOfWork, *, viewer: MemberId, rotation: UUID) -> Collection | None:
    """Who has paid the turn that comes next, or that is late; None when all were paid. Raises NotAMember."""
    await _require(uow, viewer, rotation)
    turns = await turns_of(uow, rotation=rotation)
    turn = next((one for one in turns if one.row.status == "waiting"), None)
    if turn is None:
        return None
    received = {owner for one in turns if one.row.status == "paid" for owner in owners_of(one.hand)}
    owing: dict[MemberId, Money] = {}
    for due in turn.missing:
        open_amount = Money.from_decimal(due.amount - due.paid)
        owing[MemberId(due.user_id)] = owing.get(MemberId(due.user_id), Money(0)) + open_amount
    everybody = list(dict.fromkeys(MemberId(due.user_id) for due in turn.dues))
    names = await called(uow, [*everybody, *owners_of(turn.hand)])
    return Collection(
        turn.row.position,
        hand_owners(turn.hand, names),
        day(turn.row.due_on),
        turn.received,
        turn.expected,
        tuple(names[one] for one in everybody if one not in owing),
        tuple(Missing(one, names[one], amount, one in received) for one, amount in owing.items()),
    )


async def goes_to_phone(uow: UnitOfWork, *, rotation: UUID) -> bool:
    """Whether turns of this round go on to the owners' M-PESA."""
    return (await rotation_of(uow, rotation)).pays_to == "phone"


async def my_turns(uow: UnitOfWork, *, member: MemberId, rotation: UUID) -> tuple[list[MyTurn], Money]:
    """Her turns, and what she owes by now."""
    turns = await turns_of(uow, rotation=rotation)
    mine = [turn for turn in turns if member in owners_of(turn.hand)]
    return [_my_turn(turn, member) for turn in mine], await owed_by(uow, rotation=rotation, member=member)


def _my_turn(turn: Turn, member: MemberId) -> MyTurn:
    owners = owners_of(turn.hand)
    halves = turn.expected.split([1] * len(owners))
    return MyTurn(turn.row.position, day(turn.row.due_on), halves[owners.index(member)], turn.row.status == "paid")


async def _require(uow: UnitOfWork, viewer: MemberId, rotation: UUID) -> None:
    row = await rotation_of(uow, rotation)
    await require_member(uow, member=viewer, group=DaoId(row.dao_id))
