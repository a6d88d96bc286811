"""Unfinished tasks: kept in the turn that reaches them, taken away in the turn that ends them, good for a day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.identity.draft_models import DraftRow
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.ids import MemberId
from core.kernel.questions import Question

# As long as a lasting chat remembers where she is. What is older is begun anew: fees and dues have changed meanwhile.
LASTS = timedelta(days=1)


_KEEP = Question("""
    INSERT INTO drafts (user_id, screen, state, intent, channel, updated_at)
    VALUES (:member, :screen, CAST(:state AS jsonb), CAST(:intent AS uuid), :channel, :now)
    ON CONFLICT (user_id) DO UPDATE SET screen = excluded.screen, state = excluded.state, intent = excluded.intent,
      channel = excluded.channel, updated_at = excluded.updated_at
""")
_DROP = Question("""
    DELETE FROM drafts WHERE user_id = :member AND (CAST(:intent AS uuid) IS NULL OR intent IS NULL OR intent = :intent)
""")


@dataclass(frozen=True)
class Draft:
    """Where she stopped: the screen, and the conversation's own state of it as plain JSON."""

    screen: str
    state: Mapping[str, Any]


async def keep_draft(uow: UnitOfWork, *, member: MemberId, draft: Draft, intent: UUID | None, channel: str) -> None:
    """Remember this instead of what she had begun before."""
    await uow.leave(
        _KEEP,
        member=member,
        screen=draft.screen,
        state=json.dumps(draft.state),
        intent=intent,
        channel=channel,
        now=uow.clock.now(),
    )


@foreseeable
async def draft_of(uow: UnitOfWork, *, member: MemberId) -> Draft | None:
    """What she has begun within the last day and neither finished nor dropped, on whichever channel."""
    since = uow.clock.now() - LASTS
    found = select(DraftRow).where(DraftRow.user_id == member, DraftRow.updated_at > since)
    row = await uow.session.scalar(found)
    return None if row is None else Draft(row.screen, row.state)


async def drop_draft(uow: UnitOfWork, *, member: MemberId, intent: UUID | None) -> None:
    """It's over. With an intent, only what is about the very same: meanwhile she may have begun something else elsewhere."""
    await uow.leave(_DROP, member=member, intent=intent)
