"""How often one number may dial: 20 sessions in ten minutes (security notes, threat U11), one each half a minute.

A number is one member, so a group that passes a handset round has as many dials as it has SIMs, and a treasurer who records
a meeting from one SIM does it within a session. The count stands in the number's own session, which is claimed by one hop at
a time: where it can't be read, the hop is refused as busy. Emptied Redis forgets it, as it may any limit of floods: it guards
our capacity. What guards accounts, PINs and codes, is counted in PostgreSQL.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.dialogue.turn import Incoming, Input, Kind
from core.identity.events import record_security_event
from core.identity.members import find_by_phone
from core.kernel.db import Database
from core.kernel.phone import masked

WITHIN = timedelta(minutes=10)
DIALS, TOLD = "dials", "told_of_dials"


def minutes_to_wait(memory: dict[str, Any], inputs: Sequence[Input], *, most: int, now: datetime) -> int:
    """0 when this goes on, or begins a session that may begin; which is counted. Otherwise the minutes until one may.

    A session that may not begin is forgotten, so that no later hop of it goes on, and isn't counted: whoever keeps trying is
    let in as soon as anybody else would be.
    """
    if not most or not inputs or inputs[0].kind is not Kind.START:
        return 0
    at, window = int(now.timestamp()), int(WITHIN.total_seconds())
    lately = [one for one in memory.get(DIALS, []) if one > at - window]
    if len(lately) < most:
        memory[DIALS] = [*lately, at]
        return 0
    memory[DIALS] = lately
    memory.pop("session", None)
    return max(1, math.ceil((int(lately[-most]) + window - at) / 60))


async def note_flood(database: Database, memory: dict[str, Any], incoming: Incoming) -> None:
    """Let operators see it, once in ten minutes for each number."""
    now = int(database.now().timestamp())
    if incoming.phone is None or memory.get(TOLD, 0) > now - WITHIN.total_seconds():
        return
    async with database.unit() as uow:
        member = await find_by_phone(uow, incoming.phone)
        await record_security_event(
            uow,
            event_type="too_many_dials",
            severity="medium",
            member=member.id if member else None,
            address=incoming.channel.name,
            details={} if member else {"phone": masked(incoming.phone)},
        )
    memory[TOLD] = now
