"""A round before it runs: an official opens it, members take hands, and the hands are closed so that the order can be found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.ending import refuse_while_ending
from core.daos.groups import find_group
from core.daos.models import GroupRow
from core.daos.people import require_participant, require_role, short_name
from core.daos.rotation.models import HandRow, RotationRow
from core.daos.telling import tell_group
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.questions import Question, Selected, given
from core.kernel.texts import text

# The plan has a due for each two hands: this many fit a unit, and fewer people finish a round of a year.
MOST_HANDS = 60
FEWEST_HANDS = 2
MOST_OF_ONE = 2
SMALLEST = Money(10_00)
LARGEST = Money(500_000_00)

# A member's stake in the round, in halves of a hand.
WHOLE, HALF = 2, 1

Status = Literal["open", "drawing", "agreeing", "voting", "running", "finished", "cancelled"]


@dataclass
class RoundRuns(CoreError):
    """The group has a round that isn't over."""

    code = "round-runs"
    kind = Kind.CONFLICT


@dataclass
class NoRound(CoreError):
    """The round isn't there, or no longer where this could be done."""

    code = "no-round"
    kind = Kind.CONFLICT


@dataclass
class BadHandAmount(CoreError):
    """A hand pays from `low` to `high` shillings, in whole shillings that two people can halve."""

    code = "bad-hand-amount"
    kind = Kind.INVALID

    low: Money
    high: Money


@dataclass
class TooManyHands(CoreError):
    """A member has at most `most` hands."""

    code = "too-many-hands"
    kind = Kind.LIMITED

    most: int


@dataclass
class RoundFull(CoreError):
    """The round has as many hands as one can have."""

    code = "round-full"
    kind = Kind.LIMITED

    most: int


@dataclass
class HandTaken(CoreError):
    """This half isn't free any more, or it is her own other half."""

    code = "hand-taken"
    kind = Kind.CONFLICT


@dataclass
class TooFewHands(CoreError):
    """A round needs at least `fewest` hands, and no half without its other half."""

    code = "too-few-hands"
    kind = Kind.CONFLICT

    fewest: int


@dataclass(frozen=True)
class HalfHand:
    """A hand of which half is still free, and who has the other half."""

    id: UUID
    number: int
    owner: str


async def open_round(uow: UnitOfWork, *, intent: IntentId, official: MemberId, group: DaoId, amount: Money) -> UUID:
    """Open a round by the group's rules of today, once per intent; members are asked to take hands. Locks the group.

    amount: what each hand pays at each turn. Raises NotAMember, NotYourRole, BadHandAmount, RoundRuns, GroupEnds.
    """
    await require_role(uow, member=official, group=group)
    if not SMALLEST <= amount <= LARGEST or amount.minor % 100:
        raise BadHandAmount(SMALLEST, LARGEST)
    await uow.session.get_one(GroupRow, group, with_for_update={"key_share": True})
    known = await uow.session.scalar(select(RotationRow).where(RotationRow.intent == intent))
    if known is not None:
        return known.id
    if await live_round(uow, group=group) is not None:
        raise RoundRuns
    await refuse_while_ending(uow, group=group)

    row = await _new_round(uow, intent=intent, official=official, group=group, amount=amount)
    found = await find_group(uow, group=group)
    what = text("sms-merry-open", group=found.name, amount=amount, dialled=dial_to(uow, found.code, "merry"))
    await tell_group(uow, group=group, what=what, template="merry", but=[official])
    return row.id


async def _new_round(uow: UnitOfWork, *, intent: IntentId, official: MemberId, group: DaoId, amount: Money) -> RotationRow:
    rules = await rules_of(uow, group=group)
    newest = await uow.session.scalar(select(func.max(RotationRow.number)).where(RotationRow.dao_id == group))
    row = RotationRow(
        id=uow.ids.new(),
        dao_id=group,
        number=(newest or 0) + 1,
        amount=amount.as_decimal(),
        frequency=rules.frequency,
        due_day=rules.due_day,
        order_by=rules.rotation_order,
        shortfall=rules.rotation_shortfall,
        wait_days=rules.rotation_wait_days,
        grace_days=rules.grace_days,
        netting=rules.rotation_netting,
        pays_to=rules.rotation_payout,
        status="open",
        opened_by=official,
        intent=intent,
        created_at=uow.clock.now(),
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def take_hand(uow: UnitOfWork, *, member: MemberId, rotation: UUID, half: bool = False) -> HandRow:
    """Take a hand of an open round, or one half of a hand whose other half somebody else may take.

    Raises NotAMember, OnlyWatches, NoRound, TooManyHands, RoundFull. Locks the round.
    """
    row = await locked_round(uow, rotation, "open")
    await require_participant(uow, member=member, group=DaoId(row.dao_id))
    hands = await hands_of(uow, rotation=rotation)
    check_stake(hands, member, HALF if half else WHOLE)
    if len(hands) >= MOST_HANDS:
        raise RoundFull(MOST_HANDS)
    number = max((hand.number for hand in hands), default=0) + 1
    return await add_hand(uow, rotation=rotation, member=member, number=number, shared=half)


async def add_hand(
    uow: UnitOfWork, *, rotation: UUID, member: MemberId, number: int, shared: bool, identifier: UUID | None = None
) -> HandRow:
    """Write a hand; whether she may is the caller's question."""
    hand = HandRow(
        id=identifier or uow.ids.new(),
        rotation_id=rotation,
        number=number,
        user_id=member,
        partner_id=None,
        shared=shared,
        created_at=uow.clock.now(),
    )
    uow.session.add(hand)
    await uow.session.flush()
    return hand


async def take_other_half(uow: UnitOfWork, *, member: MemberId, hand: UUID) -> HandRow:
    """Take the free half of somebody's hand. Locks the round.

    Raises NotAMember, OnlyWatches, NoRound, HandTaken, TooManyHands.
    """
    rotation = await uow.session.scalar(select(HandRow.rotation_id).where(HandRow.id == hand))
    if rotation is None:
        raise HandTaken
    row = await locked_round(uow, rotation, "open")
    await require_participant(uow, member=member, group=DaoId(row.dao_id))
    hands = await hands_of(uow, rotation=rotation)
    wanted = next((one for one in hands if one.id == hand), None)
    if wanted is None or not wanted.shared or wanted.partner_id is not None or wanted.user_id == member:
        raise HandTaken
    check_stake(hands, member, HALF)
    wanted.partner_id = member
    await uow.session.flush()
    return wanted


async def give_back_hands(uow: UnitOfWork, *, member: MemberId, rotation: UUID) -> int:
    """Give back all her hands of an open round; of a shared one the other owner keeps her half. Returns how many it were."""
    await locked_round(uow, rotation, "open")
    mine = owned_by(await hands_of(uow, rotation=rotation), member)
    for hand in mine:
        if hand.partner_id is None:
            await uow.session.delete(hand)
        else:
            hand.user_id = hand.partner_id if hand.user_id == member else hand.user_id
            hand.partner_id = None
    await uow.session.flush()
    return len(mine)


async def cancel_round(uow: UnitOfWork, *, official: MemberId, rotation: UUID) -> None:
    """Call off a round that doesn't run yet; no money has moved in it. Raises NotAMember, NotYourRole, NoRound."""
    row = await locked_round(uow, rotation, "open", "drawing", "agreeing", "voting")
    await require_role(uow, member=official, group=DaoId(row.dao_id))
    row.status, row.ended_at = "cancelled", uow.clock.now()
    await uow.session.flush()
    name = (await find_group(uow, group=DaoId(row.dao_id))).name
    await tell_group(uow, group=DaoId(row.dao_id), what=text("sms-merry-cancelled", group=name), template="merry")


async def ready_hands(uow: UnitOfWork, *, rotation: UUID) -> list[HandRow]:
    """The hands, when they can go round. Raises TooFewHands: too few, or a half without its other half."""
    hands = await hands_of(uow, rotation=rotation)
    if len(hands) < FEWEST_HANDS or any(hand.shared and hand.partner_id is None for hand in hands):
        raise TooFewHands(FEWEST_HANDS)
    return hands


async def locked_round(uow: UnitOfWork, rotation: UUID, *statuses: Status) -> RotationRow:
    """The round, locked until the unit ends: whatever changes it queues up here. Raises NoRound for another status."""
    found = select(RotationRow).where(RotationRow.id == rotation).with_for_update()
    row = (await uow.session.execute(found.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None or row.status not in statuses:
        raise NoRound
    return row


@foreseeable
async def live_round(uow: UnitOfWork, *, group: DaoId) -> RotationRow | None:
    """The group's round that isn't over, if there is one."""
    return await uow.scalar(LIVE_ROUND, group=group)


LIVE_ROUND = Selected(
    select(RotationRow).where(RotationRow.dao_id == given("group"), RotationRow.status.not_in(("finished", "cancelled")))
)


@foreseeable
async def hands_of(uow: UnitOfWork, *, rotation: UUID) -> list[HandRow]:
    """The hands of a round by number, without those that were withdrawn."""
    return await uow.scalars(HANDS, rotation=rotation)


async def rotation_of(uow: UnitOfWork, rotation: UUID) -> RotationRow:
    """The round's row. Raises NoResultFound."""
    if not uow.only_reads:
        return await uow.session.get_one(RotationRow, rotation)
    row = await uow.scalar(ROTATION, rotation=rotation)
    if row is None:
        raise NoResultFound
    return row


ROTATION = Selected(select(RotationRow).where(RotationRow.id == given("rotation")))
HANDS = Selected(
    select(HandRow)
    .where(HandRow.rotation_id == given("rotation"), HandRow.withdrawn_at.is_(None))
    .order_by(HandRow.number)
    .execution_options(populate_existing=True)
)
# Everybody who ever had a hand of the round, by name.
OWNERS = Question("""
    SELECT m.id, m.name FROM members m WHERE m.id IN (
      SELECT h.user_id FROM rotation_hands h WHERE h.rotation_id = :rotation
      UNION ALL SELECT h.partner_id FROM rotation_hands h WHERE h.rotation_id = :rotation)
""")


async def owners_called(uow: UnitOfWork, *, rotation: UUID) -> dict[UUID, str]:
    """How each owner of a hand of the round is called on a small screen."""
    return {one["id"]: short_name(one["name"]) for one in await uow.ask(OWNERS, rotation=rotation)}


async def free_halves(uow: UnitOfWork, *, member: MemberId, rotation: UUID) -> list[HalfHand]:
    """Hands of others that she could take the other half of."""
    hands = await hands_of(uow, rotation=rotation)
    free = [hand for hand in hands if hand.shared and hand.partner_id is None and hand.user_id != member]
    names = await owners_called(uow, rotation=rotation) if free else {}
    return [HalfHand(hand.id, hand.number, names[hand.user_id]) for hand in free]


def owned_by(hands: Sequence[HandRow], member: UUID) -> list[HandRow]:
    """Those of the hands that are hers, whole or half."""
    return [hand for hand in hands if member in (hand.user_id, hand.partner_id)]


def owners_of(hand: HandRow) -> list[MemberId]:
    """Whose hand it is: one or two."""
    return [MemberId(one) for one in (hand.user_id, hand.partner_id) if one is not None]


def all_owners(hands: Iterable[HandRow]) -> list[MemberId]:
    """Everybody who owns one of the hands, each once, by number of hand."""
    return list(dict.fromkeys(owner for hand in hands for owner in owners_of(hand)))


@foreseeable
async def called(uow: UnitOfWork, members: Iterable[UUID]) -> dict[UUID, str]:
    """How each of them is called on a small screen: "J. MWANGI"."""
    wanted = set(members)
    if not wanted:
        return {}
    found = select(MemberRow.id, MemberRow.name).where(MemberRow.id.in_(wanted))
    return {member: short_name(name) for member, name in await uow.session.execute(found)}


def hand_owners(hand: HandRow, names: dict[UUID, str]) -> str:
    """The owner or both: "J. MWANGI" or "J. MWANGI/A. OTIENO"."""
    return "/".join(names[owner] for owner in owners_of(hand))


def check_stake(hands: Sequence[HandRow], member: UUID, more: int) -> None:
    """Whether she may have so many halves more. Raises TooManyHands."""
    stake = sum(HALF if hand.shared else WHOLE for hand in owned_by(hands, member))
    if stake + more > MOST_OF_ONE * WHOLE:
        raise TooManyHands(MOST_OF_ONE)
