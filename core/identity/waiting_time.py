"""From when a change of who hears of her recovery, or vouches for it, is in force.

Phone and PIN together can ask for such a change, and a code by SMS comes to that very phone: it proves nothing more. So the
change waits, she is told at once and again a day before at every address, and any of them can stop it. Only her authenticator
proves more, and one that was set up a moment ago may be the thief's own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.identity.addresses import tell_everywhere
from core.identity.events import record_security_event
from core.identity.former_chats import tell_former_chats
from core.identity.two_factor import has_two_factor_since
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.texts import text

# Three days: as long as a swapped SIM is doubted and a new number waits (security notes, 1.8; decision 0009), and longer than
# anybody keeps a phone or a SIM unnoticed for a day. Told again when one of them is left.
WAITS = timedelta(hours=72)
REMINDED = timedelta(hours=24)
LOOK_AT_CHANGES = "look-at-changes"


async def in_force_from(uow: UnitOfWork, *, member: MemberId) -> datetime:
    """When a change that she asks for now counts: now, where an authenticator of at least three days has proven it."""
    now = uow.clock.now()
    return now if await has_two_factor_since(uow, member=member, moment=now - WAITS) else now + WAITS


async def announce(uow: UnitOfWork, *, member: MemberId, what: str, at: datetime) -> None:
    """Tell her of a change that waits until `at`, and have it looked at a day before and then. `what` picks the words."""
    await tell_of_change(uow, member=member, what=what, at=at)
    await record_security_event(uow, event_type="change_waits", severity="medium", member=member, details={"what": what})
    for moment in (at - REMINDED, at):
        await look_again(uow, member=member, at=moment)


async def tell_of_change(uow: UnitOfWork, *, member: MemberId, what: str, at: datetime) -> None:
    """Tell every address of hers, and the chats that spoke for her until lately."""
    await tell_everywhere(uow, member=member, what=text("change-waits", what=what, at=at))
    await tell_former_chats(uow, member=member, what=text("former-change-waits", at=at))


async def look_again(uow: UnitOfWork, *, member: MemberId, at: datetime) -> None:
    """Have the worker look at her changes at this moment."""
    await uow.enqueue(LOOK_AT_CHANGES, {"member": str(member), "at": at.isoformat()}, after=at - uow.clock.now())
