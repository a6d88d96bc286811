"""Documents and pictures that somebody asked for take their turn in the chat, at the pace that all processes share.

They let what is urgent pass, as what goes to many does. A job that comes before its turn puts itself off until then, with the
moment that it has booked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.kernel.db import Database, UnitOfWork
from core.notifications.pacing import pause, slot_for
from core.notifications.ports import Outcome, Rejected


class TryAgain(Exception):
    """The chat can't be reached at this moment."""


async def has_turn(uow: UnitOfWork, job: str, payload: Mapping[str, Any], *, pieces: int = 1) -> bool:
    """Whether this job may send its pieces into `payload["chat"]` now; if not, it comes again by itself when it may."""
    chat, now = int(payload["chat"]), uow.clock.now()
    booked = datetime.fromisoformat(payload["slot"]) if "slot" in payload else None
    slot = await slot_for(uow, chat=chat, is_broadcast=True, booked=booked)
    if slot > now:
        await uow.enqueue(job, {**payload, "slot": slot.isoformat()}, after=slot - now)
        return False
    for _ in range(pieces - 1):
        # They go together; whoever comes next waits for all of them.
        await slot_for(uow, chat=chat, is_broadcast=False, booked=None)
    return True


async def went(database: Database, *, chat: int, outcome: Outcome) -> None:
    """What became of a piece: a pause that Telegram asks for counts for everybody. Raises TryAgain where that makes sense."""
    if not isinstance(outcome, Rejected):
        return
    if outcome.after is not None:
        async with database.unit() as uow:
            await pause(uow, chat=chat, until=uow.clock.now() + outcome.after)
    if outcome.retry:
        raise TryAgain
