"""Tables of the Telegram group chats that belong to savings groups."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)


class GroupChatRow(Base):
    """The one chat of a group. `board_message` shows who has paid; `shown` is the digest of what it says now."""

    __tablename__ = "group_chats"
    __table_args__ = (Index("uq_group_chats_chat", "chat", unique=True),)

    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"), primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(Text)
    linked_by: Mapped[UUID]
    linked_at: Mapped[datetime] = mapped_column(MOMENT)
    board_message: Mapped[int | None] = mapped_column(BigInteger)
    shown: Mapped[str | None] = mapped_column(Text)
    # Nobody changes the board before this moment, whichever process it is.
    next_edit_at: Mapped[datetime] = mapped_column(MOMENT)
    # The place that the next change has booked in the pace of all chats.
    slot_at: Mapped[datetime | None] = mapped_column(MOMENT)


class GroupChatToken(Base):
    """An official's way to bring us into her group's chat: only the digest of the token, for a short while, once."""

    __tablename__ = "group_chat_tokens"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    used_at: Mapped[datetime | None] = mapped_column(MOMENT)


class BoardName(Base):
    """A member who wants her name on the board in her group's chat. Without a row she is only counted."""

    __tablename__ = "board_names"
    __table_args__ = (PrimaryKeyConstraint("dao_id", "user_id"),)

    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID]
    agreed_at: Mapped[datetime] = mapped_column(MOMENT)
