"""Paying towards the turns: the oldest first, for oneself or for somebody else, in full or in part.

What is paid before the turn was paid out waits in the pot `rotation`. What comes later goes straight to whoever it was owed to:
to the turn's hand, and to the reserve that had lent it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from core.daos.calendar import day_of
from core.daos.groups import find_group, require_member
from core.daos.people import people_of
from core.daos.rotation.models import DueRow, RotationRow, TurnPaymentRow
from core.daos.rotation.plan import Turn, turns_of
from core.daos.rotation.rounds import called, locked_round, owners_of
from core.daos.telling import tell, tell_member
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, IntentId, MemberId, TransferId, reference
from core.kernel.money import Money
from core.kernel.texts import text
from core.ledger.accounts import Account, member_account, pot
from core.ledger.service import KeyReused, Leg, balances, transfer

PAYMENT = "merry_payment"
# The worker pays a turn as soon as this job runs, when everything is there.
PAY_TURN = "pay-merry-turn"


@dataclass
class NothingOwed(CoreError):
    """She owes nothing in this round."""

    code = "nothing-owed"
    kind = Kind.CONFLICT


@dataclass
class MoreThanOwed(CoreError):
    """She owes less than was to be paid: `needed` in the whole round."""

    code = "more-than-turns-owe"
    kind = Kind.INVALID

    needed: Money


@dataclass(frozen=True)
class Part:
    """So much of a payment goes to this due: `ahead` into the pot, `to_hand` to the hand's owners, `to_reserve` back to it."""

    due: DueRow
    turn: Turn
    ahead: Money
    to_hand: Money
    to_reserve: Money

    @property
    def amount(self) -> Money:
        """All of it."""
        return self.ahead + self.to_hand + self.to_reserve


@dataclass(frozen=True)
class Paid:
    """A payment that was made. `owed`: what she for whom it was paid still owes by now."""

    amount: Money
    balance: Money
    owed: Money
    reference: str
    repeated: bool


async def pay(uow: UnitOfWork, *, intent: IntentId, payer: MemberId, member: MemberId, rotation: UUID, amount: Money) -> Paid:
    """Pay from the payer's balance what `member` owes in the round, the oldest turn first, once per intent.

    Somebody for whom another paid is told. Raises NotAMember, NoRound, NothingOwed, MoreThanOwed, InsufficientFunds,
    KeyReused. Locks the round.
    """
    row = await locked_round(uow, rotation, "running")
    before = await _by_intent(uow, intent)
    if before:
        return await _first_answer(uow, row, before, payer=payer, member=member, amount=amount)
    if payer != member:
        # Whoever owes may pay it, even after she has left the group.
        await require_member(uow, member=payer, group=DaoId(row.dao_id))

    parts = await allocate(uow, row=row, member=member, amount=amount)
    legs = [Leg(member_account(payer), -amount), *legs_of(DaoId(row.dao_id), parts)]
    posted = await transfer(uow, key=intent, kind=PAYMENT, legs=legs, details={"rotation": str(rotation)})
    await write_down(uow, intent=intent, payer=payer, parts=parts, posted=posted.transfer)
    if payer != member:
        await _tell_helped(uow, DaoId(row.dao_id), payer, member, amount)
    return await _outcome(uow, row, payer, member, amount=amount, posted=posted.transfer, repeated=False)


async def allocate(uow: UnitOfWork, *, row: RotationRow, member: MemberId, amount: Money | None) -> list[Part]:
    """Over which dues of hers an amount goes, the oldest turn first; None: all of them. Raises NothingOwed, MoreThanOwed.

    For `pay`, and for whoever takes a payment in by other ways; the caller holds the round's lock.
    """
    parts: list[Part] = []
    left, owed = amount, Money(0)
    for turn in await turns_of(uow, rotation=row.id):
        for due in turn.missing:
            if due.user_id != member:
                continue
            open_amount = Money.from_decimal(due.amount - due.paid)
            owed += open_amount
            now = open_amount if left is None else min(open_amount, left)
            if now:
                parts.append(part_of(due, turn, now))
                left = None if left is None else left - now
    if not owed:
        raise NothingOwed
    if left:
        raise MoreThanOwed(owed)
    return parts


def part_of(due: DueRow, turn: Turn, amount: Money) -> Part:
    """Where so much of a due goes: first what its hand is still short of, then what the reserve had lent."""
    none = Money(0)
    if turn.row.status == "waiting":
        return Part(due, turn, amount, none, none)
    gap = Money.from_decimal(due.amount - due.covered - (due.paid - due.repaid))
    to_hand = min(gap, amount)
    return Part(due, turn, none, to_hand, amount - to_hand)


def legs_of(group: DaoId, parts: Sequence[Part]) -> list[Leg]:
    """Where the parts of a payment go: one leg for each account."""
    sums: dict[Account, Money] = {}
    for part in parts:
        shares = [(pot(group, "rotation"), part.ahead), (pot(group, "reserve"), part.to_reserve)]
        owners = owners_of(part.turn.hand)
        halves = part.to_hand.split([1] * len(owners))
        shares += [(member_account(owner), half) for owner, half in zip(owners, halves, strict=True)]
        for account, share in shares:
            sums[account] = sums.get(account, Money(0)) + share
    return [Leg(account, amount) for account, amount in sums.items() if amount]


async def write_down(uow: UnitOfWork, *, intent: UUID, payer: MemberId, parts: Sequence[Part], posted: TransferId) -> None:
    """Write which dues a posted payment went to, and wake the payout of turns that are complete by now.

    Whoever had her turn and gets of it now what was missing is told.
    """
    now = uow.clock.now()
    for part in parts:
        part.due.paid += part.amount.as_decimal()
        part.due.repaid += part.to_reserve.as_decimal()
        uow.session.add(
            TurnPaymentRow(
                id=uow.ids.new(),
                due_id=part.due.id,
                payer_id=payer,
                amount=part.amount.as_decimal(),
                transfer_id=posted,
                intent=intent,
                created_at=now,
            )
        )
    await uow.session.flush()
    for turn in {part.turn.row.id: part.turn for part in parts}.values():
        if turn.row.status == "waiting" and not turn.missing and turn.row.due_on <= day_of(now):
            await uow.enqueue(PAY_TURN, {"turn": str(turn.row.id)}, key=f"{PAY_TURN} {turn.row.id}")
    await _tell_owners(uow, payer, parts)


async def owed_by(uow: UnitOfWork, *, rotation: UUID, member: MemberId, until_today: bool = True) -> Money:
    """What she owes in the round: up to the turn that comes next, or in all."""
    turns = await turns_of(uow, rotation=rotation)
    if until_today:
        waiting = [turn.row.position for turn in turns if turn.row.status == "waiting"]
        coming = min(waiting, default=len(turns))
        late = day_of(uow.clock.now())
        turns = [turn for turn in turns if turn.row.position <= coming or turn.row.due_on <= late]
    mine = [due for turn in turns for due in turn.missing if due.user_id == member]
    return sum((Money.from_decimal(due.amount - due.paid) for due in mine), Money(0))


async def _tell_helped(uow: UnitOfWork, group: DaoId, payer: MemberId, member: MemberId, amount: Money) -> None:
    names = await called(uow, [payer])
    name = (await find_group(uow, group=group)).name
    for person in await people_of(uow, group=group):
        if person.id == member:
            told = text("sms-merry-helped", group=name, who=names[payer], amount=amount)
            await tell(uow, person, told, template="merry_money")


async def _tell_owners(uow: UnitOfWork, payer: MemberId, parts: Sequence[Part]) -> None:
    """What came late for a turn that was paid out goes to its owners' accounts, and nothing else says so."""
    sums: dict[MemberId, Money] = {}
    for part in parts:
        owners = owners_of(part.turn.hand)
        for owner, half in zip(owners, part.to_hand.split([1] * len(owners)), strict=True):
            sums[owner] = sums.get(owner, Money(0)) + half
    late = {owner: amount for owner, amount in sums.items() if amount and owner != payer}
    if not late:
        return
    row = await uow.session.get_one(RotationRow, parts[0].turn.row.rotation_id)
    name, names = (await find_group(uow, group=DaoId(row.dao_id))).name, await called(uow, [payer])
    for owner, amount in late.items():
        told = text("sms-merry-late", group=name, who=names[payer], amount=amount)
        await tell_member(uow, owner, told, template="merry_money")


async def _by_intent(uow: UnitOfWork, intent: IntentId) -> list[TurnPaymentRow]:
    return list(await uow.session.scalars(select(TurnPaymentRow).where(TurnPaymentRow.intent == intent)))


async def _first_answer(
    uow: UnitOfWork, row: RotationRow, before: Sequence[TurnPaymentRow], *, payer: MemberId, member: MemberId, amount: Money
) -> Paid:
    dues = [await uow.session.get_one(DueRow, one.due_id) for one in before]
    made = sum((Money.from_decimal(one.amount) for one in before), Money(0))
    if {one.payer_id for one in before} != {payer} or {due.user_id for due in dues} != {member} or made != amount:
        raise KeyReused
    posted = TransferId(before[0].transfer_id)
    return await _outcome(uow, row, payer, member, amount=amount, posted=posted, repeated=True)


async def _outcome(
    uow: UnitOfWork, row: RotationRow, payer: MemberId, member: MemberId, *, amount: Money, posted: TransferId, repeated: bool
) -> Paid:
    own = member_account(payer)
    held = await balances(uow, [own])
    owed = await owed_by(uow, rotation=row.id, member=member)
    return Paid(amount, held[own].available, owed, reference(posted), repeated)
