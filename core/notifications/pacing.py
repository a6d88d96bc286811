"""How fast we may speak in Telegram's chats, counted in PostgreSQL so that all processes count together.

Telegram takes about thirty messages a second from a bot, one a second in a chat, and twenty a minute in a group's chat. News of
money and safety have a share of the thirty of their own, and so has what goes to many. Only the former may book a place in a
chat ahead of time: so a receipt never waits behind a broadcast. Where Telegram says how long to wait, everybody waits in that
chat, and nobody elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import BigInteger, CheckConstraint, DateTime, PrimaryKeyConstraint, Text, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base, Database, UnitOfWork

MOMENT = DateTime(timezone=True)
Lane = Literal["chat", "share"]


@dataclass(frozen=True)
class Pace:
    """One message each `step`; after a rest so many more at once as `ahead` has steps."""

    step: timedelta
    ahead: timedelta


# Together 24 + 6 in any second.
URGENT = Pace(timedelta(milliseconds=50), timedelta(milliseconds=150))
BROADCAST = Pace(timedelta(milliseconds=200), timedelta(0))
PRIVATE = Pace(timedelta(seconds=1), timedelta(seconds=4))
# At most 20 in any minute: 1 + 2 at once, and 16 more.
IN_GROUP = Pace(timedelta(seconds=3.6), timedelta(seconds=7.2))
URGENT_SHARE, BROADCAST_SHARE = 1, 2


class ChatPace(Base):
    """When the next message may go, by chat and by share of the whole; and until when a chat is paused."""

    __tablename__ = "chat_pace"
    __table_args__ = (PrimaryKeyConstraint("lane", "number"), CheckConstraint("lane IN ('chat', 'share')", name="lane"))

    lane: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(BigInteger)
    next_at: Mapped[datetime] = mapped_column(MOMENT)
    paused_until: Mapped[datetime | None] = mapped_column(MOMENT)


async def slot_for(uow: UnitOfWork, *, chat: int, is_broadcast: bool, booked: datetime | None) -> datetime:
    """When this message may be sent; at once when that isn't in the future. Keep what it says as `booked` for the next time.

    Whoever gets a moment that has come has to send then. Locks one row for each share and chat until the unit ends.
    """
    now = uow.clock.now()
    paused = await paused_until(uow, chat=chat)
    if paused is not None and paused > now:
        return paused
    if not is_broadcast:
        return booked or max(await _book(uow, "share", URGENT_SHARE, URGENT), await _book(uow, "chat", chat, _of(chat)))
    slot = booked if booked is not None and booked > now else None
    if booked is None:
        slot = await _book(uow, "share", BROADCAST_SHARE, BROADCAST)
    if slot is not None and slot > now:
        return slot
    # It takes a place in the chat only when there is one now; who is in a hurry may have taken those to come.
    free = await _free_at(uow, chat)
    return await _book(uow, "chat", chat, _of(chat)) if free <= now else free


async def pause(uow: UnitOfWork, *, chat: int, until: datetime) -> None:
    """Telegram said how long to wait in this chat."""
    row = insert(ChatPace).values(lane="chat", number=chat, next_at=uow.clock.now(), paused_until=until)
    later = {"paused_until": func.greatest(ChatPace.paused_until, until)}
    await uow.session.execute(row.on_conflict_do_update(index_elements=["lane", "number"], set_=later))


async def paused_until(uow: UnitOfWork, *, chat: int) -> datetime | None:
    """Until when nothing goes into this chat, if that was said."""
    hers = ChatPace.lane == "chat", ChatPace.number == chat
    return await uow.session.scalar(select(ChatPace.paused_until).where(*hers))


class Pauses:
    """The same for the process that answers people: each question in a unit of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seconds(self, chat: int) -> float:
        """How long this chat is paused from now on; 0 when it isn't."""
        async with self._database.unit() as uow:
            until = await paused_until(uow, chat=chat)
            return max((until - uow.clock.now()).total_seconds(), 0.0) if until else 0.0

    async def pause(self, chat: int, seconds: float) -> None:
        """Telegram said to wait so long."""
        async with self._database.unit() as uow:
            await pause(uow, chat=chat, until=uow.clock.now() + timedelta(seconds=seconds))


def _of(chat: int) -> Pace:
    return IN_GROUP if chat < 0 else PRIVATE


async def _book(uow: UnitOfWork, lane: Lane, number: int, pace: Pace) -> datetime:
    """The next moment of this lane, which is ours from here on (the generic cell rate algorithm)."""
    now = uow.clock.now()
    row = insert(ChatPace).values(lane=lane, number=number, next_at=now - pace.ahead + pace.step)
    after = func.greatest(ChatPace.next_at, now - pace.ahead) + pace.step
    booked = row.on_conflict_do_update(index_elements=["lane", "number"], set_={"next_at": after})
    next_at: datetime = (await uow.session.scalars(booked.returning(ChatPace.next_at))).one()
    return next_at - pace.step


async def _free_at(uow: UnitOfWork, chat: int) -> datetime:
    hers = select(ChatPace.next_at).where(ChatPace.lane == "chat", ChatPace.number == chat).with_for_update()
    return await uow.session.scalar(hers) or uow.clock.now()
