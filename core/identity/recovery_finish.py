"""The end of a recovery: after the waiting time, on the phone or chat that asked, she chooses a new PIN.

Everything that was proven with the old one is dead then, and money can't leave for a while: if it wasn't her after all, she
has time to say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core.identity.addresses import tell_everywhere
from core.identity.device_list import move_phone, phone_was_proven
from core.identity.devices import unlink_telegram
from core.identity.events import record_security_event
from core.identity.former_chats import hear_no_more
from core.identity.members import find, locked
from core.identity.models import MemberRow
from core.identity.pin_change import replace_pin
from core.identity.raised_limits import take_back_raised
from core.identity.recovery import (
    WAIT,
    WAIT_FOR_MORE,
    Recovery,
    RecoveryOver,
    as_recovery,
    is_from,
    pending_row,
)
from core.identity.recovery_models import AccountRecovery
from core.identity.recovery_news import tell_of_recovery
from core.identity.registration import AlreadyRegistered
from core.identity.signing_out import revoke_everything
from core.identity.sim_swap import FRESH, ask_sim_swap, sim_swap_verdict
from core.identity.two_factor import forget_younger
from core.identity.waiting_changes import stop_changes
from core.identity.waiting_time import WAITS
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.texts import text

OPEN_RECOVERY = "open-recovery"
LOOK_AGAIN = timedelta(minutes=10)
# This product's own rule: nothing for a day, then a little for two more (security notes, 1.5).
NOTHING_FOR, LITTLE_FOR = timedelta(hours=24), timedelta(hours=48)
LITTLE_A_DAY = Money(1_000_00)


@dataclass
class RecoveryNotOpen(CoreError):
    """It isn't time yet: contacts are missing, or the waiting time isn't over."""

    code = "recovery-not-open"
    kind = Kind.CONFLICT


@dataclass
class RecoveryElsewhere(CoreError):
    """It was asked for on another phone or chat, and has to be finished there."""

    code = "recovery-elsewhere"
    kind = Kind.FORBIDDEN


async def opens_at(uow: UnitOfWork, row: AccountRecovery) -> datetime | None:
    """When a new PIN may be chosen; None while confirmations are missing.

    A SIM that was swapped lately holds it until that is 72 hours ago; while the network hasn't answered it is 72 hours, too.
    """
    if row.confirmed_at is None:
        return None
    usual = row.confirmed_at + (WAIT_FOR_MORE if row.new_phone or row.app_lost else WAIT)
    # Before it opens an answer of the last days says enough; to open it takes one of the last hour.
    since = usual - FRESH if uow.clock.now() >= usual - FRESH else row.created_at
    found = await sim_swap_verdict(uow, phone=await _phone_of(uow, row), since=since)
    match found.verdict:
        case "not_swapped":
            return usual
        case "swapped" if found.until is not None:
            return max(usual, found.until)
        case _:
            return row.confirmed_at + WAIT_FOR_MORE


async def _phone_of(uow: UnitOfWork, row: AccountRecovery) -> Phone:
    """The number whose SIM is in play."""
    if row.new_phone:
        return Phone(row.new_phone)
    if uow.only_reads and (whose := await find(uow, MemberId(row.user_id))) is not None:
        return whose.phone
    return Phone((await uow.session.get_one(MemberRow, row.user_id)).phone)


async def recovery_opens_at(uow: UnitOfWork, *, recovery: UUID) -> datetime | None:
    """As opens_at, for a recovery that waits; None when it doesn't wait any more."""
    row = await uow.session.get(AccountRecovery, recovery)
    return await opens_at(uow, row) if row is not None and row.status == "pending" else None


async def was_asked_from(uow: UnitOfWork, *, recovery: UUID, device: str) -> bool:
    """Whether it was asked for on this phone or chat account."""
    row = await uow.session.get(AccountRecovery, recovery)
    return row is not None and is_from(uow, row, device)


async def require_open(uow: UnitOfWork, *, recovery: UUID, device: str) -> Recovery:
    """The recovery, ours until the unit ends. Raises RecoveryOver, RecoveryElsewhere, RecoveryNotOpen."""
    return as_recovery(await _open_row(uow, recovery, device))


async def _open_row(uow: UnitOfWork, recovery: UUID, device: str) -> AccountRecovery:
    row = await pending_row(uow, recovery)
    if not is_from(uow, row, device):
        raise RecoveryElsewhere
    opens = await opens_at(uow, row)
    if opens is None or opens > uow.clock.now():
        raise RecoveryNotOpen
    return row


async def finish_recovery(uow: UnitOfWork, *, recovery: UUID, device: str, sealed_pin: str, channel: str) -> None:
    """Give the account its new PIN, and its new number if that is what was asked.

    `sealed_pin` is bound to the member and was checked like any new PIN. Her old and new addresses are all told. Raises what
    require_open raises, and AlreadyRegistered when the new number has become another member's meanwhile.
    """
    row = await _open_row(uow, recovery, device)
    member = MemberId(row.user_id)
    account = await locked(uow, member)
    # Before anything is let go, so that the old number and the old chat hear of it too.
    await tell_of_recovery(uow, row, "done")
    await unlink_telegram(uow, member=member)
    await revoke_everything(uow, member=member, reason="recovery")
    await hear_no_more(uow, member=member)
    await _forget_app(uow, row, member)
    await take_back_raised(uow, member=member, moment=row.created_at - WAITS)
    await replace_pin(uow, member=member, sealed_pin=sealed_pin)
    # What waits was asked for with the old PIN.
    await stop_changes(uow, member=member, by="recovery")
    now = uow.clock.now()
    if row.new_phone is None:
        await phone_was_proven(uow, member=member, phone=Phone(account.phone))
    else:
        await _take_number(uow, account, Phone(row.new_phone), channel)
    account.recovered_at = account.updated_at = row.used_at = now
    row.status = "used"
    await uow.session.flush()
    details = {"recovery": str(row.id), "type": row.recovery_type}
    await record_security_event(
        uow, event_type="recovery_finished", severity="high", member=member, address=channel, details=details
    )


async def _forget_app(uow: UnitOfWork, row: AccountRecovery, member: MemberId) -> None:
    """Turn her authenticator off if she said that it is lost.

    One that came shortly before goes in any case: it may be the thief's, and would keep her out of all that takes more than
    the PIN.
    """
    kept_if_before = None if row.app_lost else row.created_at - WAITS
    if await forget_younger(uow, member=member, moment=kept_if_before):
        await tell_everywhere(uow, member=member, what=text("sms-two-factor-off"))


async def _take_number(uow: UnitOfWork, account: MemberRow, number: Phone, channel: str) -> None:
    """Raises AlreadyRegistered when somebody registered with this number while the recovery waited."""
    old = Phone(account.phone)
    try:
        async with uow.session.begin_nested():
            account.phone = number
            await uow.session.flush()
    except IntegrityError:
        raise AlreadyRegistered from None
    await move_phone(uow, member=MemberId(account.id), old=old, new=number, channel=channel)


async def open_recovery(uow: UnitOfWork, *, recovery: UUID) -> None:
    """Tell her that she can choose a new PIN now, or look again later when that has moved; the network is asked on the way."""
    try:
        row = await pending_row(uow, recovery)
    except RecoveryOver:
        return
    if row.confirmed_at is None:
        return
    await ask_sim_swap(uow, phone=await _phone_of(uow, row), why="recovery")
    opens, now = await opens_at(uow, row), uow.clock.now()
    if opens is not None and opens > now:
        # While the answer is on its way it looks like three days; it comes within minutes.
        await uow.enqueue(OPEN_RECOVERY, {"id": str(row.id)}, after=min(opens - now, LOOK_AGAIN))
        return
    await tell_of_recovery(uow, row, "open")


async def withdrawals_held_until(uow: UnitOfWork, member: MemberId) -> datetime | None:
    """Until when no money may leave her account, because it was recovered a short while ago; None when it may."""
    return await _ends(uow, member, NOTHING_FOR)


async def withdrawals_capped(uow: UnitOfWork, member: MemberId) -> tuple[Money, datetime] | None:
    """After that, how much may leave in a day, and until when that holds; None when there is no such limit (any more)."""
    until = await _ends(uow, member, NOTHING_FOR + LITTLE_FOR)
    return (LITTLE_A_DAY, until) if until is not None else None


async def _ends(uow: UnitOfWork, member: MemberId, after: timedelta) -> datetime | None:
    recovered = (await uow.session.get_one(MemberRow, member)).recovered_at
    if recovered is None or recovered + after <= uow.clock.now():
        return None
    return recovered + after
