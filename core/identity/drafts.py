"""Unfinished tasks: kept in the turn that reaches them, taken away in the turn that ends them, good for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from core.identity.draft_models import DraftRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import MemberId

# As long as a lasting chat remembers where she is. What is older is begun anew: fees and dues have changed meanwhile.
LASTS = timedelta(days=1)


KEPT = ("screen", "state", "intent", "channel", "updated_at")
# Built once, since building them is dearer than asking.
_NEW = insert(DraftRow)
_KEEP = _NEW.on_conflict_do_update(index_elements=["user_id"], set_={name: _NEW.excluded[name] for name in KEPT})
_HERS = delete(DraftRow).where(DraftRow.user_id == bindparam("member"))
_HERS_OF_THIS = _HERS.where((DraftRow.intent == bindparam("about")) | DraftRow.intent.is_(None))


@dataclass(frozen=True)
class Draft:
    """Where she stopped: the screen, and the conversation's own state of it as plain JSON."""

    screen: str
    state: Mapping[str, Any]


async def keep_draft(uow: UnitOfWork, *, member: MemberId, draft: Draft, intent: UUID | None, channel: str) -> None:
    """Remember this instead of what she had begun before."""
    what = {
        "user_id": member,
        "screen": draft.screen,
        "state": dict(draft.state),
        "intent": intent,
        "channel": channel,
        "updated_at": uow.clock.now(),
    }
    # By way of the connection: one row needs none of what a session does for many.
    await (await uow.session.connection()).execute(_KEEP, what)


@foreseeable
async def draft_of(uow: UnitOfWork, *, member: MemberId) -> Draft | None:
    """What she has begun within the last day and neither finished nor dropped, on whichever channel."""
    since = uow.clock.now() - LASTS
    found = select(DraftRow).where(DraftRow.user_id == member, DraftRow.updated_at > since)
    row = await uow.session.scalar(found)
    return None if row is None else Draft(row.screen, row.state)


async def drop_draft(uow: UnitOfWork, *, member: MemberId, intent: UUID | None) -> None:
    """It's over. With an intent, only what is about the very same: meanwhile she may have begun something else elsewhere."""
    connection = await uow.session.connection()
    if intent is None:
        await connection.execute(_HERS, {"member": member})
    else:
        await connection.execute(_HERS_OF_THIS, {"member": member, "about": intent})
