"""What was answered to a message whose work was committed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.identity.models import MOMENT
from core.kernel.db import Base


class AnsweredTurn(Base):
    """One turn that wrote something, by the message that it answered, written in the unit that it did so in.

    began_with: the mark of the conversation as the message found it. sealed_state: the conversation as it was left, with the
    reply; None where the reply was to be seen only once.
    """

    __tablename__ = "answered_turns"
    __table_args__ = (
        Index("ix_answered_turns_answered_at", "answered_at"),
        Index("ix_answered_turns_began_with", "began_with"),
        Index("ix_answered_turns_user_id", "user_id"),
    )

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    event: Mapped[str] = mapped_column(Text, primary_key=True)
    turn: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[UUID | None]
    began_with: Mapped[str] = mapped_column(Text)
    sealed_state: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(MOMENT)
