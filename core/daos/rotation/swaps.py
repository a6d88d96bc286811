"""Exchanging two turns that are still to come: every owner of both hands agrees with her own PIN."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from core.daos.calendar import day_of
from core.daos.groups import find_group
from core.daos.people import people_of
from core.daos.rotation.models import HandRow, RotationRow, SwapConsentRow, SwapRow
from core.daos.rotation.order import NotInRound
from core.daos.rotation.plan import Turn, day, turns_of
from core.daos.rotation.rounds import called, hand_owners, locked_round, owners_called, owners_of, rotation_of
from core.daos.telling import SHORT_GROUP, tell, tell_group
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.questions import Selected, given
from core.kernel.texts import text

ASKED_FOR = timedelta(hours=72)

Answer = Literal["waiting", "done", "refused"]


@dataclass
class NoSwap(CoreError):
    """Only two turns of different hands whose days are still to come can be exchanged."""

    code = "no-swap"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class SwapAsked:
    """A swap that waits for somebody: who has which turn now."""

    id: UUID
    turn_a: int
    day_a: str
    who_a: str
    turn_b: int
    day_b: str
    who_b: str


async def ask_swap(
    uow: UnitOfWork, *, intent: IntentId, member: MemberId, rotation: UUID, mine: UUID, other: UUID
) -> SwapAsked:
    """Ask to exchange her turn `mine` for `other`, once per intent; her own PIN is her consent. The others are asked.

    Raises NoRound, NotInRound, NoSwap. Locks the round.
    """
    row = await locked_round(uow, rotation, "running")
    first, second = await _pair(uow, row, mine, other)
    if member not in owners_of(first.hand):
        raise NotInRound
    known = await uow.session.scalar(select(SwapRow).where(SwapRow.intent == intent))
    if known is not None:
        return await _as_asked(uow, known.id, first, second)
    _check(uow, first, second)
    now = uow.clock.now()
    swap = SwapRow(
        id=uow.ids.new(),
        rotation_id=rotation,
        turn_a=mine,
        turn_b=other,
        hand_a=first.hand.id,
        hand_b=second.hand.id,
        asked_by=member,
        status="open",
        intent=intent,
        created_at=now,
        expires_at=now + ASKED_FOR,
    )
    uow.session.add(swap)
    await uow.session.flush()
    uow.session.add(SwapConsentRow(swap_id=swap.id, user_id=member, created_at=now))
    await uow.session.flush()
    asked = await _as_asked(uow, swap.id, first, second)
    owners = {*owners_of(first.hand), *owners_of(second.hand)} - {member}
    await _ask(uow, DaoId(row.dao_id), asked, owners=owners, until=swap.expires_at)
    return asked


async def answer_swap(uow: UnitOfWork, *, member: MemberId, swap: UUID, agrees: bool) -> Answer:
    """Agree or refuse. When the last owner agrees the turns are exchanged, and all members are told.

    Raises NoRound, NotInRound, NoSwap (over, too late, or one of the hands has another turn by now). Locks the round.
    """
    rotation = await uow.session.scalar(select(SwapRow.rotation_id).where(SwapRow.id == swap))
    if rotation is None:
        raise NoSwap
    row = await locked_round(uow, rotation, "running")
    found = await uow.session.get_one(SwapRow, swap, populate_existing=True)
    first, second = await _pair(uow, row, found.turn_a, found.turn_b)
    owners = {*owners_of(first.hand), *owners_of(second.hand)}
    # Looked at first: after another swap the one who was asked has another turn, but is still in the round.
    same_hands = (found.hand_a, found.hand_b) == (first.hand.id, second.hand.id)
    if found.status != "open" or found.expires_at <= uow.clock.now() or not same_hands:
        raise NoSwap
    if member not in owners:
        raise NotInRound
    _check(uow, first, second)
    if not agrees:
        found.status = "refused"
        await uow.session.flush()
        return "refused"
    agreed = set(await uow.session.scalars(select(SwapConsentRow.user_id).where(SwapConsentRow.swap_id == swap)))
    if member not in agreed:
        uow.session.add(SwapConsentRow(swap_id=swap, user_id=member, created_at=uow.clock.now()))
        await uow.session.flush()
    if not agreed | {member} >= owners:
        return "waiting"
    await _exchange(uow, row, found, first, second)
    return "done"


async def swaps_for(uow: UnitOfWork, *, member: MemberId, rotation: UUID) -> list[SwapAsked]:
    """The swaps that wait for her answer."""
    left = await uow.scalars(UNANSWERED, rotation=rotation, member=member, now=uow.clock.now())
    turns = await turns_of(uow, rotation=rotation, only=[one for swap in left for one in (swap.turn_a, swap.turn_b)])
    places = {turn.row.id: turn for turn in turns}
    pairs = [(swap.id, places[swap.turn_a], places[swap.turn_b]) for swap in left]
    hers = [one for one in pairs if member in _owners(*one[1:]) and _can(uow, *one[1:])]
    names = await owners_called(uow, rotation=rotation) if hers else {}
    return [_between(swap, first, second, names) for swap, first, second in hers]


UNANSWERED = Selected(
    select(SwapRow)
    .where(SwapRow.rotation_id == given("rotation"), SwapRow.status == "open", SwapRow.expires_at > given("now"))
    .where(SwapRow.id.not_in(select(SwapConsentRow.swap_id).where(SwapConsentRow.user_id == given("member"))))
    .order_by(SwapRow.created_at)
)


async def two_turns(uow: UnitOfWork, *, rotation: UUID, mine: UUID, other: UUID) -> SwapAsked:
    """Two turns as a swap of them would be asked. Raises NoSwap."""
    row = await rotation_of(uow, rotation)
    first, second = await _pair(uow, row, mine, other)
    _check(uow, first, second)
    return _between(rotation, first, second, await owners_called(uow, rotation=rotation))


async def swappable(uow: UnitOfWork, *, rotation: UUID) -> list[Turn]:
    """The turns that are still to come."""
    now = day_of(uow.clock.now())
    return [one for one in await turns_of(uow, rotation=rotation) if one.row.status == "waiting" and one.row.due_on > now]


async def _pair(uow: UnitOfWork, row: RotationRow, first: UUID, second: UUID) -> tuple[Turn, Turn]:
    found = {turn.row.id: turn for turn in await turns_of(uow, rotation=row.id, only=[first, second])}
    if len(found) != 2:  # noqa: PLR2004 - a pair
        raise NoSwap
    return found[first], found[second]


def _check(uow: UnitOfWork, first: Turn, second: Turn) -> None:
    if not _can(uow, first, second):
        raise NoSwap


def _can(uow: UnitOfWork, first: Turn, second: Turn) -> bool:
    """Still to come, both, and no hand that was withdrawn: its turn belongs to those who owe it."""
    now = day_of(uow.clock.now())
    to_come = all(turn.row.status == "waiting" and turn.row.due_on > now for turn in (first, second))
    return to_come and not any(turn.hand.withdrawn_at for turn in (first, second)) and first.hand.id != second.hand.id


async def _exchange(uow: UnitOfWork, row: RotationRow, swap: SwapRow, first: Turn, second: Turn) -> None:
    """The days and what was paid stay with the turns; only who is paid changes."""
    swap.status = "done"
    first.row.hand_id, second.row.hand_id = second.hand.id, first.hand.id
    others = select(SwapRow).where(SwapRow.rotation_id == row.id, SwapRow.status == "open", SwapRow.id != swap.id)
    touched = {first.row.id, second.row.id}
    for other in await uow.session.scalars(others):
        if touched & {other.turn_a, other.turn_b}:
            other.status = "lapsed"
    await uow.session.flush()
    asked = await _as_asked(uow, swap.id, first, second)
    group = await find_group(uow, group=DaoId(row.dao_id))
    told = text(
        "sms-merry-swapped",
        group=group.name,
        turn=asked.turn_a,
        who=asked.who_b,
        other_turn=asked.turn_b,
        other=asked.who_a,
    )
    await tell_group(uow, group=group.id, what=told, template="merry_money")


def _owners(first: Turn, second: Turn) -> list[MemberId]:
    return [*owners_of(first.hand), *owners_of(second.hand)]


async def _as_asked(uow: UnitOfWork, swap: UUID, first: Turn, second: Turn) -> SwapAsked:
    return _between(swap, first, second, await called(uow, _owners(first, second)))


def _between(swap: UUID, first: Turn, second: Turn, names: dict[UUID, str]) -> SwapAsked:
    def has(hand: HandRow) -> str:
        return hand_owners(hand, names)

    return SwapAsked(
        swap,
        *(first.row.position, day(first.row.due_on), has(first.hand)),
        *(second.row.position, day(second.row.due_on), has(second.hand)),
    )


async def _ask(uow: UnitOfWork, group: DaoId, asked: SwapAsked, *, owners: set[MemberId], until: datetime) -> None:
    name = (await find_group(uow, group=group)).name
    told = text(
        "sms-merry-swap-asked",
        in_group=name[:SHORT_GROUP],
        who=asked.who_a,
        turn=asked.turn_a,
        day=asked.day_a,
        other_turn=asked.turn_b,
        other_day=asked.day_b,
    )
    for person in await people_of(uow, group=group):
        if person.id in owners:
            await tell(uow, person, told, template="merry", until=until)
