"""The inbox of Telegram's updates: each is remembered before it is acknowledged, so a second delivery changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)


class TelegramUpdate(Base):
    """One update. `lane` is the person whose updates run one after another; the payload is wiped once it was handled.

    An update that was given up counts as handled and has its `problem`: the kind of error, never its words.
    """

    __tablename__ = "telegram_updates"
    __table_args__ = (
        Index("ix_telegram_updates_waiting", "lane", "received_at", "update_id", postgresql_where=text("handled_at IS NULL")),
        Index("ix_telegram_updates_received_at", "received_at"),
    )

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    lane: Mapped[int] = mapped_column(BigInteger)
    sealed_payload: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(MOMENT)
    handled_at: Mapped[datetime | None] = mapped_column(MOMENT)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    problem: Mapped[str | None] = mapped_column(Text)
