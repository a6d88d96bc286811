"""May this chat be linked although its code came by SMS? Not while the SIM is in doubt: then the code proves the thief's phone.

The network is asked when the number is shared and answers within seconds, so mostly it has by the time the code is typed. A
SIM that was swapped within three days links nothing. While nothing is known, a first chat may be linked, which opens nothing
without the PIN, and is let go again when the answer is bad (`sim_swap`); but it doesn't take the place of a chat that was
linked before, which may be the only address that a thief doesn't hold. A number that she hasn't proven for 90 days may be
somebody else's by now: a code sent there links nothing until her PIN was typed on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.identity.addresses import tell_everywhere
from core.identity.devices import CHANNEL
from core.identity.events import record_security_event
from core.identity.idle import number_is_idle
from core.identity.members import locked
from core.identity.sim_swap import sim_swap_verdict
from core.kernel.db import UnitOfWork
from core.kernel.ids import MemberId
from core.kernel.phone import Phone
from core.kernel.texts import text


@dataclass(frozen=True)
class LinkHold:
    """Why a chat is not linked now. "sim_swapped" holds until `until`; "sim_unknown" until the network has answered.

    "number_idle" holds until she has proven her number.
    """

    reason: Literal["sim_swapped", "sim_unknown", "number_idle"]
    until: datetime | None = None


async def link_hold(uow: UnitOfWork, *, member: MemberId, telegram_id: int) -> LinkHold | None:
    """Whether linking this chat has to wait; None when it may be linked. Commit the unit also when it waits."""
    row = await locked(uow, member)
    if row.telegram_id == telegram_id:
        return None
    if await number_is_idle(uow, row):
        await record_security_event(uow, event_type="telegram_link_refused", severity="high", member=member, address=CHANNEL)
        await tell_everywhere(uow, member=member, what=text("sms-link-idle"))
        return LinkHold("number_idle")
    found = await sim_swap_verdict(uow, phone=Phone(row.phone))
    match found.verdict:
        case "not_swapped":
            return None
        case "swapped":
            await record_security_event(
                uow, event_type="telegram_link_refused", severity="high", member=member, address=CHANNEL
            )
            await tell_everywhere(uow, member=member, what=text("sms-link-refused"))
            return LinkHold("sim_swapped", found.until)
        case _:
            return LinkHold("sim_unknown") if row.telegram_id is not None else None
