"""Paying a turn out to its hand: once, when everything came, or as the round's rule for a shortfall says.

The turn's row is the word about it: who holds the round's lock and finds it waiting pays it, in the same unit. So neither a
crash nor a second worker pays twice, and no date is moved on before the money was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import Date, case, exists, literal, or_, select

from core.daos.calendar import day_of
from core.daos.groups import find_group
from core.daos.people import people_of
from core.daos.rotation.calendar import ends
from core.daos.rotation.models import DueRow, RotationRow, SwapRow, TurnRow
from core.daos.rotation.paying import Part, legs_of, part_of, write_down
from core.daos.rotation.plan import Turn, turns_of
from core.daos.rotation.rounds import NoRound, called, hand_owners, locked_round, owners_of
from core.daos.rotation.sending import send_on
from core.daos.telling import SHORT_GROUP, tell_each
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, MemberId, TransferId
from core.kernel.money import Money
from core.kernel.questions import Question
from core.kernel.texts import text
from core.ledger.accounts import Account, member_account, pot
from core.ledger.service import Leg, balances, transfer

PAYOUT = "merry_payout"
# Under which a turn's one transfer stands for ever.
PAID_OUT = "paid out"
# So many names of those who are missing stand in a message; the screen of the round has them all.
NAMES_TOLD = 6


@dataclass
class Sums:
    """What a payout does: to each account, which dues the reserve covers, and which of the payee's own it settles."""

    to: dict[Account, Money] = field(default_factory=dict)
    covered: dict[UUID, Money] = field(default_factory=dict)
    netted: dict[MemberId, list[Part]] = field(default_factory=dict)

    def add(self, account: Account, amount: Money) -> None:
        self.to[account] = self.to.get(account, Money(0)) + amount


async def due_turns(uow: UnitOfWork, *, limit: int = 100) -> list[UUID]:
    """Turns of running rounds that are to be paid out by now, the oldest first. `is_time` has the last word on each.

    Those that still wait for somebody are left out here, or many of them would keep the others from being looked at.
    """
    today = day_of(uow.clock.now())
    missing = exists().where(DueRow.turn_id == TurnRow.id, DueRow.hand_id != TurnRow.hand_id, DueRow.paid < DueRow.amount)
    patience = RotationRow.grace_days + case((RotationRow.shortfall == "wait", RotationRow.wait_days), else_=0)
    found = (
        select(TurnRow.id)
        .join(RotationRow, RotationRow.id == TurnRow.rotation_id)
        .where(RotationRow.status == "running", TurnRow.status == "waiting", TurnRow.due_on <= today)
        .where(or_(~missing, TurnRow.due_on < literal(today, Date) - patience))
        .order_by(TurnRow.due_on, TurnRow.id)
        .limit(limit)
    )
    return list(await uow.session.scalars(found))


async def pay_turn(uow: UnitOfWork, *, turn: UUID) -> bool:
    """Pay the turn out if its time has come; False when it hasn't, or when it was paid before. Locks the round.

    All members are told the amount, who got it, and who is missing.
    """
    rotation = await uow.session.scalar(select(TurnRow.rotation_id).where(TurnRow.id == turn))
    try:
        row = await locked_round(uow, rotation, "running") if rotation else None
    except NoRound:
        return False
    if row is None:
        return False
    turns = await turns_of(uow, rotation=row.id)
    wanted = next(one for one in turns if one.row.id == turn)
    if wanted.row.status == "paid" or not is_time(row, wanted, uow.clock.now()):
        return False
    await _pay(uow, row, wanted, turns)
    return True


def is_time(row: RotationRow, turn: Turn, now: datetime) -> bool:
    """Whether a turn is to be paid out now: on its day when all is there, else when the rule for a shortfall says so."""
    if turn.row.due_on > day_of(now):
        return False
    if not _missing_from_others(turn):
        return True
    patience = row.grace_days + (row.wait_days if row.shortfall == "wait" else 0)
    return now > ends(turn.row.due_on, days=patience)


def _missing_from_others(turn: Turn) -> list[DueRow]:
    return [due for due in turn.missing if due.hand_id != turn.hand.id]


async def _pay(uow: UnitOfWork, row: RotationRow, turn: Turn, turns: Sequence[Turn]) -> None:
    group, late = DaoId(row.dao_id), _missing_from_others(turn)
    sums = await _sums(uow, row, turn, turns)
    owners = [member_account(owner) for owner in owners_of(turn.hand)]
    paid_out = sum((sums.to.get(owner, Money(0)) for owner in owners), Money(0))
    for due in turn.dues:
        # Nobody owes a turn of her own: what its hand didn't pay in is not paid out either.
        if due.hand_id == turn.hand.id:
            due.amount = due.paid
        due.covered += sums.covered.get(due.id, Money(0)).as_decimal()
    await _lapse_swaps(uow, turn.row.id)
    if turn.expected:
        await _tell_all(uow, group, turn, len(turns), amount=paid_out, late=late)
    posted = await _move(uow, turn, sums)
    if row.pays_to == "phone":
        brought = {owner: sums.to.get(member_account(owner)) for owner in owners_of(turn.hand)}
        await send_on(uow, turn=turn.row.id, brought=brought)
    out = turn.received + sum(sums.covered.values(), Money(0))
    await _close(uow, row, turn, turns, amount=out, posted=posted)


async def _move(uow: UnitOfWork, turn: Turn, sums: Sums) -> TransferId | None:
    """The turn's one transfer; none when nothing came."""
    legs = [Leg(account, amount) for account, amount in sums.to.items() if amount]
    if not legs:
        return None
    key = uuid5(turn.row.id, PAID_OUT)
    posted = await transfer(uow, key=key, kind=PAYOUT, legs=legs, details={"turn": str(turn.row.id)})
    for owner, parts in sums.netted.items():
        await write_down(uow, intent=uuid5(key, str(owner)), payer=owner, parts=parts, posted=posted.transfer)
    return posted.transfer


async def _close(
    uow: UnitOfWork, row: RotationRow, turn: Turn, turns: Sequence[Turn], *, amount: Money, posted: TransferId | None
) -> None:
    """All of it in one statement, since the database lets nobody touch a turn that was paid."""
    if not [one for one in turns if one.row.status == "waiting" and one.row.id != turn.row.id]:
        row.status, row.ended_at = "finished", uow.clock.now()
    turn.row.status, turn.row.paid_at = "paid", uow.clock.now()
    turn.row.amount, turn.row.transfer_id = amount.as_decimal(), posted
    await uow.session.flush()


async def _sums(uow: UnitOfWork, row: RotationRow, turn: Turn, turns: Sequence[Turn]) -> Sums:
    """Where the money of this turn goes, as sums for each account that come to nothing together."""
    group, sums = DaoId(row.dao_id), Sums()
    if row.shortfall == "reserve":
        held = (await balances(uow, [pot(group, "reserve")]))[pot(group, "reserve")].available
        for due in _missing_from_others(turn):
            lent = min(held, Money.from_decimal(due.amount - due.paid))
            held -= lent
            sums.covered[due.id] = lent
    lent = sum(sums.covered.values(), Money(0))
    sums.add(pot(group, "rotation"), -turn.received)
    sums.add(pot(group, "reserve"), -lent)

    owners = owners_of(turn.hand)
    own = {due.user_id: Money.from_decimal(due.paid) for due in turn.dues if due.hand_id == turn.hand.id}
    shared = turn.received - sum(own.values(), Money(0)) + lent
    for owner, half in zip(owners, shared.split([1] * len(owners)), strict=True):
        mine = half + own.get(owner, Money(0))
        if row.netting:
            sums.netted[owner] = _arrears(turns, owner, mine)
        kept = sum((part.amount for part in sums.netted.get(owner, ())), Money(0))
        sums.add(member_account(owner), mine - kept)
        for leg in legs_of(group, sums.netted.get(owner, ())):
            sums.add(leg.account, leg.amount)
    return sums


def _arrears(turns: Sequence[Turn], owner: UUID, at_most: Money) -> list[Part]:
    """What she still owes to turns that were paid out, as far as her own payout goes."""
    parts: list[Part] = []
    left = at_most
    for turn in turns:
        for due in turn.missing if turn.row.status == "paid" else ():
            now = min(left, Money.from_decimal(due.amount - due.paid))
            if due.user_id != owner or not now:
                continue
            parts.append(part_of(due, turn, now))
            left -= now
    return parts


async def _lapse_swaps(uow: UnitOfWork, turn: UUID) -> None:
    """A turn that was paid can't be swapped any more."""
    open_swaps = select(SwapRow).where(SwapRow.status == "open", (SwapRow.turn_a == turn) | (SwapRow.turn_b == turn))
    for swap in await uow.session.scalars(open_swaps):
        swap.status = "lapsed"


async def _tell_all(uow: UnitOfWork, group: DaoId, turn: Turn, turns: int, *, amount: Money, late: Sequence[DueRow]) -> None:
    people = await people_of(uow, group=group)
    missing = list(dict.fromkeys(due.user_id for due in late))
    names = await called(uow, [*missing, *owners_of(turn.hand)])
    said = ", ".join(names[one] for one in missing[:NAMES_TOLD])
    more = f" +{len(missing) - NAMES_TOLD}" if len(missing) > NAMES_TOLD else ""
    about = {
        "turn": turn.row.position,
        "turns": turns,
        "who": hand_owners(turn.hand, names),
        "amount": amount,
    }
    name = (await find_group(uow, group=group)).name
    if missing:
        what = text("sms-merry-paid-short", in_group=name[:SHORT_GROUP], **about, missing=said + more)
    else:
        what = text("sms-merry-paid", group=name, **about)
    await tell_each(uow, [(person, what) for person in people], template="merry_paid")


async def debts_in(uow: UnitOfWork, *, group: DaoId) -> dict[MemberId, Money]:
    """What members owe to turns of the group's rounds that were paid out already: by member, those who owe something."""
    return {MemberId(row["member"]): Money.from_decimal(row["owed"]) for row in await uow.ask(DEBTS, group=group)}


DEBTS = Question("""
    SELECT d.user_id AS member, sum(d.amount - d.paid) AS owed FROM rotation_dues d
    JOIN rotation_turns t ON t.id = d.turn_id JOIN rotations r ON r.id = t.rotation_id
    WHERE r.dao_id = :group AND t.status = 'paid' AND d.paid < d.amount GROUP BY d.user_id
""")
