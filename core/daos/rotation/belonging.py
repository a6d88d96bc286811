"""Coming late and leaving early, with nobody skipped or paid twice.

Two hands owe each other the same, once each. A hand that joins brings such a pair with every other hand: what it missed is
paid at once to the hands that had their turn, and they pay it back at its own turn, the last. A hand that leaves before its
turn takes away the pairs of which neither half was paid out: from then on it owes nobody, and at its turn those pay it whom
it had paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.ending import refuse_while_ending
from core.daos.groups import find_group
from core.daos.people import require_participant
from core.daos.rotation.calendar import turn_days
from core.daos.rotation.models import DueRow, HandRow, RotationRow, TurnPaymentRow
from core.daos.rotation.paying import PAYMENT, allocate, legs_of, write_down
from core.daos.rotation.payout import debts_in
from core.daos.rotation.plan import Turn, add_dues, add_turn, day, turns_of
from core.daos.rotation.rounds import (
    MOST_HANDS,
    WHOLE,
    RoundFull,
    add_hand,
    called,
    check_stake,
    hands_of,
    live_round,
    locked_round,
    owned_by,
    owners_of,
    rotation_of,
)
from core.daos.telling import tell_group
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.texts import Text, text
from core.ledger.accounts import member_account, pot
from core.ledger.service import Leg, transfer

REFUND = "merry_refund"
# Under which what was paid ahead in a round goes back for ever, when its group ends.
ENDED = "ended with its group"


@dataclass
class HasReceived(CoreError):
    """Her turn was paid: she goes on paying until the others have had theirs."""

    code = "has-received"
    kind = Kind.CONFLICT


@dataclass
class HandIsShared(CoreError):
    """The hand belongs to two: one of them can't give it up alone."""

    code = "hand-is-shared"
    kind = Kind.CONFLICT


@dataclass
class OrderIsBeingFound(CoreError):
    """Nobody can give up a hand between the draw's beginning and the plan."""

    code = "order-is-being-found"
    kind = Kind.CONFLICT


@dataclass
class BuyInChanged(CoreError):
    """What joining takes has changed since she read it: another turn was paid."""

    code = "buy-in-changed"
    kind = Kind.CONFLICT


@dataclass(frozen=True)
class BuyIn:
    """What joining a running round now takes: `missed` to pay at once, for so many turns, and the day of the new turn."""

    missed: Money
    turns: int
    day: str


async def buy_in_price(uow: UnitOfWork, *, rotation: UUID) -> BuyIn:
    """What a new hand would have to pay at once, and when its turn would be."""
    row = await rotation_of(uow, rotation)
    turns = await turns_of(uow, rotation=rotation)
    missed = [turn for turn in turns if turn.row.status == "paid" and not turn.hand.withdrawn_at]
    return BuyIn(Money.from_decimal(row.amount) * len(missed), len(missed), day(_next_day(row, turns)))


async def buy_in(uow: UnitOfWork, *, intent: IntentId, member: MemberId, rotation: UUID, expects: Money) -> BuyIn:
    """Join a running round with a hand of her own, once per intent: its turn is the last, what it missed is paid at once.

    `expects`: what she read that she would pay at once. Raises NotAMember, OnlyWatches, NoRound, BuyInChanged, TooManyHands,
    InsufficientFunds, GroupEnds. All members are told. Locks the round.
    """
    row = await locked_round(uow, rotation, "running")
    await require_participant(uow, member=member, group=DaoId(row.dao_id))
    before = await uow.session.scalar(select(HandRow).where(HandRow.id == uuid5(intent, "hand")))
    price = await buy_in_price(uow, rotation=rotation)
    if before is not None:
        return price
    await refuse_while_ending(uow, group=DaoId(row.dao_id))
    if price.missed != expects:
        raise BuyInChanged
    every = list(await uow.session.scalars(select(HandRow).where(HandRow.rotation_id == rotation).order_by(HandRow.number)))
    hands = [hand for hand in every if hand.withdrawn_at is None]
    check_stake(hands, member, WHOLE)
    if len(every) >= MOST_HANDS:
        raise RoundFull(MOST_HANDS)
    hand = await add_hand(
        uow, rotation=rotation, member=member, number=every[-1].number + 1, shared=False, identifier=uuid5(intent, "hand")
    )
    await _plan_pairs(uow, row, hand, hands)
    names = await called(uow, [member])
    group = await find_group(uow, group=DaoId(row.dao_id))
    told = text("sms-merry-joined", group=group.name, who=names[member], day=price.day)
    await tell_group(uow, group=group.id, what=told, template="merry_money")
    if price.missed:
        await _pay_missed(uow, row, hand, intent=intent, member=member, missed=price.missed)
    return price


async def _plan_pairs(uow: UnitOfWork, row: RotationRow, hand: HandRow, hands: Sequence[HandRow]) -> None:
    """A turn for the new hand, and a due in each direction between it and every other; and its own."""
    turns = await turns_of(uow, rotation=row.id)
    amount = Money.from_decimal(row.amount)
    new = add_turn(uow, row, hand, len(turns) + 1, _next_day(row, turns))
    await uow.session.flush()
    for turn in turns:
        if turn.hand.withdrawn_at is None:
            add_dues(uow, turn=turn.row, hand=hand, amount=amount)
    for other in [*hands, hand]:
        add_dues(uow, turn=new, hand=other, amount=amount)
    await uow.session.flush()


async def _pay_missed(
    uow: UnitOfWork, row: RotationRow, hand: HandRow, *, intent: IntentId, member: MemberId, missed: Money
) -> None:
    """Those who had their turn get from the new hand what they had got from the others."""
    parts = [part for part in await allocate(uow, row=row, member=member, amount=None) if part.due.hand_id == hand.id]
    parts = [part for part in parts if part.turn.row.status == "paid"]
    legs = [Leg(member_account(member), -missed), *legs_of(DaoId(row.dao_id), parts)]
    posted = await transfer(uow, key=intent, kind=PAYMENT, legs=legs, details={"rotation": str(row.id)})
    await write_down(uow, intent=intent, payer=member, parts=parts, posted=posted.transfer)


def _next_day(row: RotationRow, turns: Sequence[Turn]) -> date:
    first = min(turn.row.due_on for turn in turns)
    return turn_days(frequency=row.frequency, due_day=row.due_day, begins=first, count=len(turns) + 1)[-1]


async def withdraw_hands(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Money:
    """Take her hands out of the group's round, so that she can leave; returns what she gets back at once.

    In a round that doesn't run yet she gives them back. Raises HasReceived, HandIsShared,
    OrderIsBeingFound. Locks the round. At most one ledger
    call, as the last thing.
    """
    live = await live_round(uow, group=group)
    if live is None:
        return Money(0)
    row = await locked_round(uow, live.id, "open", "drawing", "agreeing", "voting", "running")
    mine = owned_by(await hands_of(uow, rotation=row.id), member)
    if not mine:
        return Money(0)
    if any(hand.partner_id is not None for hand in mine):
        raise HandIsShared
    if row.status == "open":
        for hand in mine:
            await uow.session.delete(hand)
        await uow.session.flush()
        return Money(0)
    if row.status != "running":
        # The hands were published with the draw or the list: the officials call it off, or she waits for the plan.
        raise OrderIsBeingFound
    return await _withdraw(uow, row, member, mine)


async def _withdraw(uow: UnitOfWork, row: RotationRow, member: MemberId, mine: Sequence[HandRow]) -> Money:
    turns = await turns_of(uow, rotation=row.id)
    own = {hand.id for hand in mine}
    if any(turn.hand.id in own and turn.row.status == "paid" for turn in turns):
        raise HasReceived
    now = uow.clock.now()
    for hand in mine:
        hand.withdrawn_at = now
    gone = []
    waiting = {turn.hand.id for turn in turns if turn.row.status == "waiting"}
    for turn in turns:
        for due in turn.dues if turn.row.status == "waiting" else ():
            # Either half of a pair with a hand of hers, where the other hand's turn hasn't been paid.
            hers, theirs = due.hand_id in own, turn.hand.id in own
            if hers or (theirs and due.hand_id in waiting):
                gone.append(due)
    await _tell_withdrawn(uow, DaoId(row.dao_id), member)
    returned = await _give_back(uow, row, gone, key=uuid5(row.id, f"withdrawn {member} {now.isoformat()}"))
    return returned.get(member, Money(0))


async def end_round(uow: UnitOfWork, *, group: DaoId) -> None:
    """End the group's round where no turn was paid yet, because the group ends; whoever paid ahead has it back.

    Of a round with turns that were paid the others are owed theirs, so it goes on to its end. Locks the round. At most one
    ledger call, as the last thing.
    """
    live = await live_round(uow, group=group)
    if live is None:
        return
    row = await locked_round(uow, live.id, "open", "drawing", "agreeing", "voting", "running")
    turns = await turns_of(uow, rotation=row.id)
    if any(turn.row.status == "paid" for turn in turns):
        return
    row.status, row.ended_at = "cancelled", uow.clock.now()
    await uow.session.flush()
    await _give_back(uow, row, [due for turn in turns for due in turn.dues], key=uuid5(row.id, ENDED))


async def _give_back(uow: UnitOfWork, row: RotationRow, gone: Sequence[DueRow], *, key: UUID) -> dict[UUID, Money]:
    """These dues are owed no more; what was paid towards them goes back to their owners, who get so much each."""
    back: dict[UUID, Money] = defaultdict(lambda: Money(0))
    for due in gone:
        back[due.user_id] += Money.from_decimal(due.paid)
    returned = {user: amount for user, amount in back.items() if amount}
    refunded = [due for due in gone if due.paid]
    given = sum(returned.values(), Money(0))
    takes = {due.id: due.paid for due in refunded}
    for due in gone:
        due.amount, due.paid = due.paid * 0, due.paid * 0
    await uow.session.flush()
    if given:
        legs = [Leg(pot(DaoId(row.dao_id), "rotation"), -given)]
        legs += [Leg(member_account(MemberId(user)), amount) for user, amount in returned.items()]
        posted = await transfer(uow, key=key, kind=REFUND, legs=legs, details={"rotation": str(row.id)})
        for due in refunded:
            uow.session.add(
                TurnPaymentRow(
                    id=uow.ids.new(),
                    due_id=due.id,
                    payer_id=due.user_id,
                    amount=-takes[due.id],
                    transfer_id=posted.transfer,
                    intent=key,
                    created_at=uow.clock.now(),
                )
            )
        await uow.session.flush()
    return returned


async def _tell_withdrawn(uow: UnitOfWork, group: DaoId, member: MemberId) -> None:
    names = await called(uow, [member])
    name = (await find_group(uow, group=group)).name
    await tell_group(uow, group=group, what=text("sms-merry-left", group=name, person=names[member]), template="merry_money")


async def may_not_leave_because(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> Text | None:
    """Why the merry-go-round keeps her in the group, if it does: she owes others, or her hand is still hers with somebody."""
    owed = (await debts_in(uow, group=group)).get(member)
    if owed:
        return text("leave-merry-debt", amount=owed)
    live = await live_round(uow, group=group)
    if live is None:
        return None
    mine = owned_by(await hands_of(uow, rotation=live.id), member)
    if live.status == "running":
        turns = await turns_of(uow, rotation=live.id)
        if any(turn.row.status == "paid" and member in owners_of(turn.hand) for turn in turns):
            rest = [due for turn in turns for due in turn.missing if due.user_id == member and due.hand_id != turn.hand.id]
            if rest:
                return text("leave-merry-received")
    if any(hand.partner_id is not None for hand in mine):
        return text("leave-merry-shared")
    return text("leave-merry-order") if mine and live.status in ("drawing", "agreeing", "voting") else None


async def if_she_left_today(uow: UnitOfWork, *, member: MemberId, group: DaoId) -> list[tuple[Text, Money]]:
    """What leaving today would bring and take in the merry-go-round: back at once, and later at her turn."""
    live = await live_round(uow, group=group)
    if live is None or live.status != "running":
        return []
    turns = await turns_of(uow, rotation=live.id)
    own = {hand.id for hand in owned_by(await hands_of(uow, rotation=live.id), member)}
    if any(turn.hand.id in own and turn.row.status == "paid" for turn in turns):
        return []
    ahead = [due.paid for turn in turns for due in turn.dues if turn.row.status == "waiting" and due.user_id == member]
    given = [due.paid for turn in turns for due in turn.dues if turn.row.status == "paid" and due.hand_id in own]
    lines = [
        (text("leave-merry-back"), sum(map(Money.from_decimal, ahead), Money(0))),
        (text("leave-merry-later"), sum(map(Money.from_decimal, given), Money(0))),
    ]
    return [(what, amount) for what, amount in lines if amount]
