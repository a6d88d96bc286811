"""The inbox of Telegram's updates: stored before they are acknowledged, handled one after another per person.

A second delivery of an update changes nothing, because bot and number together are the key. The payload, which may hold what
somebody typed, is sealed while it waits and wiped once it was handled; the key stays, so that a late repeat is recognised.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.kernel.db import UnitOfWork
from core.kernel.secrets import CannotOpen
from core.web.models import TelegramUpdate

# Bots wait for this PostgreSQL notification; it is sent when the unit that stored an update commits.
CHANNEL = "telegram_updates"
LARGEST_ID = 2**63 - 1
# Telegram keeps what it couldn't deliver for a day and starts new numbers after a week of silence.
REMEMBERED = timedelta(days=7)
# Where an update of each kind says whose it is; what has no sender belongs to its chat.
SENDERS = ("message", "edited_message", "callback_query", "my_chat_member")


class NotAnUpdate(Exception):
    """Not one of Telegram's updates: no object, or without a whole number as its `update_id`."""


@dataclass(frozen=True)
class StoredUpdate:
    """An update that waits. `payload` is None when it was sealed under a key that we no longer have.

    attempts: how often somebody began to handle it, this time included.
    """

    bot_id: int
    update_id: int
    lane: int
    attempts: int
    payload: dict[str, Any] | None = field(repr=False)


async def store_updates(uow: UnitOfWork, *, bot_id: int, updates: Sequence[Mapping[str, Any]]) -> int:
    """Remember these updates of the bot; the number of those that are new. Raises NotAnUpdate, and stores nothing then."""
    now = uow.clock.now()
    rows = [
        {
            "bot_id": bot_id,
            "update_id": update_id(one),
            "lane": lane_of(one),
            "sealed_payload": uow.vault.seal(json.dumps(one).encode(), context=_context(bot_id, update_id(one))),
            "received_at": now,
        }
        for one in updates
    ]
    if not rows:
        return 0
    stored = insert(TelegramUpdate).values(rows).on_conflict_do_nothing().returning(TelegramUpdate.update_id)
    new = len((await uow.session.scalars(stored)).all())
    if new:
        await uow.session.execute(select(func.pg_notify(CHANNEL, "")))
    return new


async def waiting_lanes(uow: UnitOfWork, *, bot_id: int, but: Sequence[int], limit: int) -> list[int]:
    """People with unhandled updates, who has waited longest first, without those in `but`."""
    query = (
        select(TelegramUpdate.lane)
        .where(TelegramUpdate.bot_id == bot_id, TelegramUpdate.handled_at.is_(None), TelegramUpdate.lane.not_in(but))
        .group_by(TelegramUpdate.lane)
        .order_by(func.min(TelegramUpdate.received_at), TelegramUpdate.lane)
        .limit(limit)
    )
    return list((await uow.session.scalars(query)).all())


async def silent_lanes(uow: UnitOfWork, *, bot_id: int, since: datetime, until: datetime) -> list[int]:
    """People who were last heard between these two moments."""
    newest = func.max(TelegramUpdate.received_at)
    query = (
        select(TelegramUpdate.lane)
        .where(TelegramUpdate.bot_id == bot_id, TelegramUpdate.received_at >= since, TelegramUpdate.lane > 0)
        .group_by(TelegramUpdate.lane)
        .having(newest <= until)
        .order_by(newest.desc(), TelegramUpdate.lane)
    )
    return list((await uow.session.scalars(query)).all())


async def take_update(uow: UnitOfWork, *, bot_id: int, lane: int) -> StoredUpdate | None:
    """The lane's oldest unhandled update, with this attempt counted; None when nothing waits."""
    oldest = (
        select(TelegramUpdate)
        .where(TelegramUpdate.bot_id == bot_id, TelegramUpdate.lane == lane, TelegramUpdate.handled_at.is_(None))
        .order_by(TelegramUpdate.received_at, TelegramUpdate.update_id)
        .limit(1)
        .with_for_update()
    )
    row = await uow.session.scalar(oldest)
    if row is None:
        return None
    row.attempts += 1
    return StoredUpdate(bot_id, row.update_id, lane, row.attempts, _opened(uow, row))


async def finish_update(uow: UnitOfWork, *, bot_id: int, update_id: int, problem: str | None = None) -> None:
    """The update was handled, or given up because of `problem` (the kind of error, never its words)."""
    await uow.session.execute(
        update(TelegramUpdate)
        .where(TelegramUpdate.bot_id == bot_id, TelegramUpdate.update_id == update_id)
        .values(handled_at=uow.clock.now(), sealed_payload=None, problem=problem)
    )


async def forget_updates(uow: UnitOfWork, *, older_than: timedelta = REMEMBERED) -> None:
    """Drop the keys of updates that can't come again."""
    old = TelegramUpdate.received_at < uow.clock.now() - older_than
    await uow.session.execute(delete(TelegramUpdate).where(old, TelegramUpdate.handled_at.is_not(None)))


def update_id(content: object) -> int:
    """The update's number. Raises NotAnUpdate."""
    found = content.get("update_id") if isinstance(content, Mapping) else None
    if type(found) is not int or not 0 <= found <= LARGEST_ID:
        raise NotAnUpdate
    return found


def lane_of(content: Mapping[str, Any]) -> int:
    """Whose updates run one after another: the sender's id, else the chat's, else one lane for all that name nobody."""
    for kind in SENDERS:
        event = content.get(kind)
        if isinstance(event, Mapping):
            return _id(event.get("from")) or _id(event.get("chat")) or 0
    return 0


def _id(content: object) -> int:
    found = content.get("id") if isinstance(content, Mapping) else None
    return found if type(found) is int and abs(found) <= LARGEST_ID else 0


def _opened(uow: UnitOfWork, row: TelegramUpdate) -> dict[str, Any] | None:
    try:
        content = uow.vault.open(row.sealed_payload or "", context=_context(row.bot_id, row.update_id))
    except CannotOpen:
        return None
    found: dict[str, Any] = json.loads(content)
    return found


def _context(bot_id: int, number: int) -> str:
    return f"telegram update {bot_id} {number}"
