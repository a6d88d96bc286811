"""Sends what a turn brought a member on to the M-PESA number that she registered with, by itself.

The turn is paid into her account first, in one unit for everybody, since M-Pesa is in no unit of ours. A row written there
remembers what is to go on, and it ends once: sent, as a withdrawal like any that she asks for herself, with its limits, its
holds, its price taken from the amount and its own way to an end; or kept in her account, of which she is told with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import select

from core.daos.groups import find_group
from core.daos.rotation.models import RotationRow, SendingRow, TurnRow
from core.daos.telling import tell_member
from core.identity.models import MemberRow
from core.kernel.db import UnitOfWork
from core.kernel.ids import DaoId, IntentId, MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.texts import text
from core.ledger.accounts import member_account
from core.ledger.service import balance
from core.payments.withdrawal_holds import withdrawal_hold
from core.payments.withdrawal_limits import WithdrawalAboveLimit, WithdrawalBelowLimit
from core.payments.withdrawal_quotes import most_withdrawable
from core.payments.withdrawals import WithdrawalShort, start_withdrawal

SEND_TURN = "send-turn"
LOOK_AGAIN = timedelta(minutes=1)
# The network says within seconds whether a SIM was swapped; whoever it says nothing about asks for her money herself.
PATIENCE = timedelta(hours=1)
# Why money waits, in the words of the message.
HELD = {"recovered": "recovered", "recovered_little": "recovered", "sim_swapped": "sim", "sim_unknown": "unchecked"}


@dataclass(frozen=True)
class _Ended:
    """It is decided. `kept`: why so much of it as is still `there` stays in her account; None when it was sent."""

    kept: str | None
    there: Money


async def send_on(uow: UnitOfWork, *, turn: UUID, brought: Mapping[MemberId, Money | None]) -> None:
    """Write down what is to go on to M-PESA, with the unit that pays the turn. `brought`: what it brought each owner."""
    now = uow.clock.now()
    for member, amount in brought.items():
        if not amount:
            continue
        row = SendingRow(id=uuid5(turn, f"sent to {member}"), turn_id=turn, user_id=member, amount=amount.as_decimal())
        row.status, row.look_at, row.created_at = "waiting", now, now
        uow.session.add(row)
        await uow.session.flush()
        await uow.enqueue(SEND_TURN, {"sending": str(row.id)}, key=f"{SEND_TURN} {row.id}")


async def due_sendings(uow: UnitOfWork, *, limit: int = 100) -> list[UUID]:
    """What is to be looked at by now, the longest waiting first."""
    due = select(SendingRow.id).where(SendingRow.look_at <= uow.clock.now()).order_by(SendingRow.look_at).limit(limit)
    return list(await uow.session.scalars(due))


async def send_turn(uow: UnitOfWork, *, sending: UUID) -> bool:
    """Decide about one: send it, keep it, or look again soon. False when nothing was to be decided. Locks the row."""
    row = await uow.session.get(SendingRow, sending, with_for_update=True, populate_existing=True)
    now = uow.clock.now()
    if row is None or row.look_at is None or row.look_at > now:
        return False
    found = await _tried(uow, row)
    if found is None:
        row.look_at = now + LOOK_AGAIN
    else:
        row.status, row.reason = "kept" if found.kept else "sent", found.kept
        row.look_at, row.ended_at = None, now
        if found.kept and found.there:
            await _tell_kept(uow, row, found.there)
    await uow.session.flush()
    return True


async def _tried(uow: UnitOfWork, row: SendingRow) -> _Ended | None:
    """Send it, unless something keeps it here; None when that can't be said yet."""
    member = MemberId(row.user_id)
    owner = await uow.session.get_one(MemberRow, member)
    # What she has spent meanwhile isn't there to be sent, and nothing but the turn's money is.
    brought = Money.from_decimal(row.amount)
    there = min(brought, (await balance(uow, member_account(member))).available)
    if owner.disabled_at is not None or owner.erased_at is not None:
        return _Ended("closed", there)
    amount = await most_withdrawable(uow, available=there)
    if not amount:
        return _Ended("spent", Money(0)) if there < brought else _Ended("small", there)
    held = await withdrawal_hold(uow, member=member, amount=amount)
    if held is not None:
        waits = held.reason == "sim_unknown" and uow.clock.now() < row.created_at + PATIENCE
        return None if waits else _Ended(HELD[held.reason], there)
    return await _sent(uow, row, owner, amount, there)


async def _sent(uow: UnitOfWork, row: SendingRow, owner: MemberRow, amount: Money, there: Money) -> _Ended | None:
    """None when she was quicker and spent some of it: what is left is another amount."""
    try:
        async with uow.session.begin_nested():
            await start_withdrawal(
                uow,
                intent=IntentId(row.id),
                member=MemberId(owner.id),
                phone=Phone(owner.phone),
                amount=amount,
                language=owner.language,
                channel="ussd",
            )
    except WithdrawalShort:
        return None
    except WithdrawalBelowLimit:
        return _Ended("small", there)
    except WithdrawalAboveLimit:
        return _Ended("limit", there)
    return _Ended(None, there)


async def _tell_kept(uow: UnitOfWork, row: SendingRow, there: Money) -> None:
    groups = select(RotationRow.dao_id).join(TurnRow, TurnRow.rotation_id == RotationRow.id).where(TurnRow.id == row.turn_id)
    group = await find_group(uow, group=DaoId((await uow.session.scalars(groups)).one()))
    what = text("sms-merry-kept", group=group.name, amount=there, reason=row.reason)
    await tell_member(uow, MemberId(row.user_id), what, template="merry_kept")
