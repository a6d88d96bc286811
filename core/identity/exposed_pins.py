"""A PIN that somebody wrote where others read it, such as in a group's chat: it is locked, and she is told to choose another.

Whether a number is her PIN is found out without counting it as an attempt: a group's code is six digits, too, and nobody should
be locked out for writing it. Nobody is told that a number wasn't hers, and a number that was is worth nothing from then on; so
that it's no way to try PINs, only a few numbers a day are looked at.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from core.identity.addresses import tell_everywhere
from core.identity.events import record_security_event
from core.identity.members import find_by_telegram, locked
from core.identity.models import MemberRow, SecurityEvent
from core.identity.pins import LOCKED_FOR, PinGate
from core.identity.signing_out import revoke_everything
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import text

LOOKED, EXPOSED = "pin_looked_for_in_group", "pin_exposed_in_group"
MOST_LOOKS, EVERY = 3, timedelta(hours=24)


class ExposedPins:
    """Looks at numbers that members wrote where a PIN doesn't belong."""

    def __init__(self, database: Database, gate: PinGate) -> None:
        self._database, self._gate = database, gate

    async def look(self, *, telegram: int, typed: str) -> bool:
        """Whether it is the PIN of the member with this account; if so it is locked now, and she is told. Raises Busy."""
        async with self._database.unit() as uow:
            found = await find_by_telegram(uow, telegram)
            row = await uow.session.get(MemberRow, found.id, with_for_update=True) if found else None
            if row is None or not await _may_look(uow, MemberId(row.id)):
                return False
            member, sealed = MemberId(row.id), row.sealed_pin
        if not await self._gate.is_behind(sealed, typed, member=member):
            return False
        async with self._database.unit() as uow:
            await _lock(uow, member, sealed)
        return True


async def _may_look(uow: UnitOfWork, member: MemberId) -> bool:
    """Whether another number of hers may be looked at today; it's written down."""
    looks = select(func.count()).where(
        SecurityEvent.user_id == member, SecurityEvent.event_type == LOOKED, SecurityEvent.created_at > uow.clock.now() - EVERY
    )
    if (await uow.session.scalar(looks) or 0) >= MOST_LOOKS:
        return False
    await record_security_event(uow, event_type=LOOKED, severity="low", member=member)
    return True


async def _lock(uow: UnitOfWork, member: MemberId, sealed: str) -> None:
    """Nothing happens where she has chosen another PIN meanwhile, or it is locked as long already."""
    row, until = await locked(uow, member), uow.clock.now() + LOCKED_FOR
    if row.sealed_pin != sealed or (row.pin_locked_until is not None and row.pin_locked_until >= until):
        return
    row.pin_locked_until = until
    await revoke_everything(uow, member=member, reason="exposed")
    await record_security_event(uow, event_type=EXPOSED, severity="high", member=member)
    await tell_everywhere(uow, member=member, what=text("sms-pin-exposed", until=until))
