"""Finding the order of turns: by a draw that anybody can check, by a list that everybody agrees to, or as a vote gave it.

The draw is a commit-reveal: everybody is shown the hash of a seed before the first number is added, and the seed afterwards.
Which seed it is stays sealed until then, and the database lets neither the hash nor the result be changed (decision 0019).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from core.daos.dialling import dial_to
from core.daos.groups import find_group
from core.daos.models import MembershipRow
from core.daos.people import people_of, require_role
from core.daos.rotation.draw import SEED_BYTES, commitment_of, draw
from core.daos.rotation.models import ConsentRow, DrawNumberRow, HandRow, RotationRow
from core.daos.rotation.plan import start_round
from core.daos.rotation.rounds import (
    NoRound,
    Status,
    all_owners,
    hands_of,
    locked_round,
    owned_by,
    owners_of,
    ready_hands,
    rotation_of,
)
from core.daos.telling import tell, tell_group
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Selected, given
from core.kernel.secrets import random_below
from core.kernel.texts import text

# How long members may add numbers to a draw.
DRAW_TIME = timedelta(hours=24)
AFTER_HANDS: dict[str, Status] = {"draw": "drawing", "agreed": "agreeing", "vote": "voting"}
# A round has fewer than a hundred hands, those that were withdrawn included.
LONGEST_HAND = 3
ADDED = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass
class NotInRound(CoreError):
    """She has no hand in this round."""

    code = "not-in-round"
    kind = Kind.FORBIDDEN


@dataclass
class BadDrawNumber(CoreError):
    """A number for the draw has one to twelve digits."""

    code = "bad-draw-number"
    kind = Kind.INVALID


@dataclass
class NumberStands(CoreError):
    """She has added a number already."""

    code = "number-stands"
    kind = Kind.CONFLICT


@dataclass
class BadOrder(CoreError):
    """An order names each hand once; `hands` are all there are."""

    code = "bad-order"
    kind = Kind.INVALID

    hands: str


@dataclass
class OrderChanged(CoreError):
    """The order isn't any more the one that she read."""

    code = "order-changed"
    kind = Kind.CONFLICT


@dataclass
class HandsChanged(CoreError):
    """Somebody who has a hand belongs to the group no more, or the hands aren't those of which the order was made."""

    code = "hands-changed"
    kind = Kind.CONFLICT


# Whose the hands are, in the order of the turns.
Owners = tuple[tuple[MemberId, ...], ...]


@dataclass(frozen=True)
class DrawProof:
    """What was published of a draw. `seed` and `order` are there once it is over. `numbers`: by label, sorted."""

    round_name: str
    commitment: str
    draw_at: datetime
    numbers: dict[str, str]
    seed: str | None
    order: list[int]


async def close_hands(uow: UnitOfWork, *, official: MemberId, rotation: UUID) -> RotationRow:
    """No more hands: the order is found next, in the way that the round began with. All are told of a draw.

    Raises NotAMember, NotYourRole, NoRound, TooFewHands. Locks the round.
    """
    row = await locked_round(uow, rotation, "open")
    await require_role(uow, member=official, group=DaoId(row.dao_id))
    await ready_hands(uow, rotation=rotation)
    row.status = AFTER_HANDS[row.order_by]
    if row.order_by == "draw":
        await _commit(uow, row)
    await uow.session.flush()
    return row


async def _commit(uow: UnitOfWork, row: RotationRow) -> None:
    """Choose the seed, seal it, and show its hash to everybody."""
    seed = f"{random_below(2 ** (8 * SEED_BYTES)):0{2 * SEED_BYTES}x}"
    row.commitment, row.draw_at = commitment_of(seed), uow.clock.now() + DRAW_TIME
    row.sealed_seed = uow.vault.seal(seed.encode(), context=f"draw {row.id}")
    group = await find_group(uow, group=DaoId(row.dao_id))
    told = text("sms-merry-draw", group=group.name, commitment=row.commitment, at=row.draw_at)
    await tell_group(uow, group=group.id, what=told, template="merry_draw", until=row.draw_at)


async def add_number(uow: UnitOfWork, *, member: MemberId, rotation: UUID, number: str) -> bool:
    """Add her number to the draw; it stands. True when it was the last one, and the draw was made.

    Raises NoRound (also after the time), NotInRound, BadDrawNumber, NumberStands. Locks the round.
    """
    row = await locked_round(uow, rotation, "drawing")
    hands = await hands_of(uow, rotation=rotation)
    if not owned_by(hands, member):
        raise NotInRound
    if ADDED.fullmatch(number) is None:
        raise BadDrawNumber
    if row.draw_at is None or uow.clock.now() >= row.draw_at:
        raise NoRound
    added = await _numbers(uow, rotation)
    if member in added:
        raise NumberStands
    uow.session.add(DrawNumberRow(rotation_id=rotation, user_id=member, number=number, created_at=uow.clock.now()))
    await uow.session.flush()
    if len(added) + 1 < len(all_owners(hands)):
        return False
    await _reveal(uow, row)
    return True


async def reveal_draw(uow: UnitOfWork, *, rotation: UUID) -> None:
    """Make the draw when its time is over: for the worker. Does nothing twice."""
    try:
        row = await locked_round(uow, rotation, "drawing")
    except NoRound:
        return
    if row.draw_at is not None and uow.clock.now() >= row.draw_at:
        await _reveal(uow, row)


async def _reveal(uow: UnitOfWork, row: RotationRow) -> None:
    if row.sealed_seed is None:
        raise LookupError("a draw without a seed")
    hands = await hands_of(uow, rotation=row.id)
    seed = uow.vault.open(row.sealed_seed, context=f"draw {row.id}").decode()
    numbers, name = await _labelled(uow, row.id, hands), await _round_name(uow, row)
    order = draw(round_name=name, seed=seed, numbers=numbers, hands=[hand.number for hand in hands])
    # Together, since the database lets nobody touch the one once the other is there.
    row.seed, row.drawn = seed, order
    await start_round(uow, row=row, hands=hands, order=order, because=f"draw {name}")


async def propose_order(uow: UnitOfWork, *, official: MemberId, rotation: UUID, order: Sequence[int]) -> None:
    """Propose an order to agree to; what was agreed to another one is forgotten. The owners are asked.

    Raises NotAMember, NotYourRole, NoRound, BadOrder. Locks the round.
    """
    row = await locked_round(uow, rotation, "agreeing")
    await require_role(uow, member=official, group=DaoId(row.dao_id))
    hands = await hands_of(uow, rotation=rotation)
    _check(order, hands)
    if row.proposed == list(order):
        return
    row.proposed = list(order)
    await uow.session.execute(delete(ConsentRow).where(ConsentRow.rotation_id == rotation))
    await uow.session.flush()
    group = await find_group(uow, group=DaoId(row.dao_id))
    owners = set(all_owners(hands))
    what = text("sms-merry-agree", group=group.name, dialled=dial_to(uow, group.code, "merry"))
    for person in await people_of(uow, group=group.id):
        if person.id in owners:
            await tell(uow, person, what, template="merry")


async def agree(uow: UnitOfWork, *, member: MemberId, rotation: UUID, order: Sequence[int]) -> bool:
    """Agree to the order as she read it. True when she was the last one, and the round runs.

    Raises NoRound, NotInRound, OrderChanged. Locks the round.
    """
    row = await locked_round(uow, rotation, "agreeing")
    hands = await hands_of(uow, rotation=rotation)
    if not owned_by(hands, member):
        raise NotInRound
    if not row.proposed or list(order) != row.proposed:
        raise OrderChanged
    agreed = await agreed_by(uow, rotation=rotation)
    if member not in agreed:
        agreed.add(member)
        uow.session.add(ConsentRow(rotation_id=rotation, user_id=member, agreed_order=row.proposed, created_at=uow.clock.now()))
        await uow.session.flush()
    if not agreed >= set(all_owners(hands)):
        return False
    await start_round(uow, row=row, hands=hands, order=row.proposed, because="agreed by every hand")
    return True


async def give_order(uow: UnitOfWork, *, rotation: UUID, order: Sequence[int], owners: Owners, because: str) -> None:
    """Start with the order that the members' vote gave; `because` names the vote. For governance.

    owners: whose the hands were when it was proposed. Raises NoRound, BadOrder, HandsChanged. Locks the round.
    """
    row = await locked_round(uow, rotation, "voting")
    if await owners_in(uow, rotation=rotation, order=order) != owners:
        raise HandsChanged
    hands = await hands_of(uow, rotation=rotation)
    await start_round(uow, row=row, hands=hands, order=list(order), because=because)


async def owners_in(uow: UnitOfWork, *, rotation: UUID, order: Sequence[int]) -> Owners:
    """Whose the hands are, in this order. Raises BadOrder, HandsChanged: an owner has left or was expelled."""
    row = await uow.session.get_one(RotationRow, rotation)
    hands = {hand.number: hand for hand in await hands_of(uow, rotation=rotation)}
    _check(order, list(hands.values()))
    everybody = all_owners(hands.values())
    belongs = MembershipRow.dao_id == row.dao_id, MembershipRow.status.in_(("active", "suspended"))
    inside = select(MembershipRow.user_id).where(*belongs, MembershipRow.user_id.in_(everybody))
    if set(await uow.session.scalars(inside)) != set(everybody):
        raise HandsChanged
    return tuple(tuple(owners_of(hands[number])) for number in order)


def read_order(typed: str, hands: Sequence[int]) -> list[int]:
    """An order as it is typed: numbers with anything between them, or, below ten hands, just the digits. Raises BadOrder."""
    parts = "".join(one if one.isascii() and one.isdigit() else " " for one in typed).split()
    if len(parts) == 1 and len(hands) == len(parts[0]):
        parts = list(parts[0])
    order = [int(part) for part in parts if len(part) <= LONGEST_HAND]
    if len(order) != len(parts) or sorted(order) != sorted(hands):
        raise BadOrder(" ".join(str(number) for number in sorted(hands)))
    return order


@foreseeable
async def agreed_by(uow: UnitOfWork, *, rotation: UUID) -> set[UUID]:
    """Who has agreed to the proposed order."""
    return set(await uow.session.scalars(select(ConsentRow.user_id).where(ConsentRow.rotation_id == rotation)))


async def proof_of(uow: UnitOfWork, *, rotation: UUID) -> DrawProof | None:
    """What was published of the round's draw; None when there was none."""
    row = await rotation_of(uow, rotation)
    if row.commitment is None or row.draw_at is None:
        return None
    numbers = await _labelled(uow, rotation, await uow.scalars(EVERY_HAND, rotation=rotation))
    ordered = {label: numbers[label] for label in sorted(numbers)}
    return DrawProof(await _round_name(uow, row), row.commitment, row.draw_at, ordered, row.seed, row.drawn or [])


async def _round_name(uow: UnitOfWork, row: RotationRow) -> str:
    group = await find_group(uow, group=DaoId(row.dao_id))
    return f"{group.code}-{row.number}"


async def _numbers(uow: UnitOfWork, rotation: UUID) -> dict[UUID, str]:
    return dict(await uow.rows(NUMBERS, rotation=rotation))


# With those that were withdrawn.
EVERY_HAND = Selected(select(HandRow).where(HandRow.rotation_id == given("rotation")).order_by(HandRow.number))
NUMBERS = Selected(select(DrawNumberRow.user_id, DrawNumberRow.number).where(DrawNumberRow.rotation_id == given("rotation")))


async def _labelled(uow: UnitOfWork, rotation: UUID, hands: Sequence[HandRow]) -> dict[str, str]:
    """The numbers that were added, under the label of each member's first hand."""
    return {_label(hands, member): number for member, number in (await _numbers(uow, rotation)).items()}


def _label(hands: Sequence[HandRow], member: UUID) -> str:
    first = owned_by(hands, member)[0]
    return f"{first.number}b" if first.partner_id == member else str(first.number)


def _check(order: Sequence[int], hands: Sequence[HandRow]) -> None:
    numbers = [hand.number for hand in hands]
    if sorted(order) != numbers:
        raise BadOrder(" ".join(str(number) for number in numbers))
