"""A new PIN in place of the old one: by the member who proved the old one, or at the end of a recovery.

Her last PINs may not come back: password_history keeps them sealed as they were, so whoever asks compares with the same
care as at the door. Every address of hers is told, because it may not have been her.
"""

from __future__ import annotations

from sqlalchemy import select, update

from core.identity.addresses import tell_everywhere
from core.identity.doors import DISABLED_BY_PINS, open_foreign_door
from core.identity.events import record_security_event
from core.identity.members import locked
from core.identity.models import PasswordHistory, UserDevice
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import text

# PCI DSS 4.0 (8.3.7): not the same as any of the last four. The PIN at hand is one of them.
REMEMBERED_PINS = 4


async def previous_pins(uow: UnitOfWork, *, member: MemberId) -> list[str]:
    """The sealed hashes of her last PINs, the one in use first."""
    newest = select(PasswordHistory.password_hash).where(PasswordHistory.user_id == member)
    order = PasswordHistory.created_at.desc(), PasswordHistory.id.desc()
    return list(await uow.session.scalars(newest.order_by(*order).limit(REMEMBERED_PINS)))


async def change_pin(uow: UnitOfWork, *, member: MemberId, sealed_pin: str, channel: str) -> None:
    """The member, who has just proven her old PIN, chooses another. Devices that she trusted have to earn it again."""
    await replace_pin(uow, member=member, sealed_pin=sealed_pin)
    mine = update(UserDevice).where(UserDevice.user_id == member, UserDevice.trusted.is_(True))
    await uow.session.execute(mine.values(trusted=False, trusted_at=None, updated_at=uow.clock.now()))
    await record_security_event(
        uow, event_type="pin_changed", severity="medium", member=member, address=channel, details={"channel": channel}
    )
    await tell_everywhere(uow, member=member, what=text("sms-pin-changed"))


async def replace_pin(uow: UnitOfWork, *, member: MemberId, sealed_pin: str) -> None:
    """Put the new PIN in place: all counts of wrong ones start anew. The seal is bound to the member."""
    row = await locked(uow, member)
    row.sealed_pin, row.updated_at = sealed_pin, uow.clock.now()
    row.pin_failures, row.pin_locked_until = 0, None
    if row.disabled_reason == DISABLED_BY_PINS:
        row.disabled_at = row.disabled_reason = None
    await open_foreign_door(uow, str(member))
    uow.session.add(PasswordHistory(id=uow.ids.new(), user_id=member, password_hash=sealed_pin, created_at=uow.clock.now()))
    await uow.session.flush()
