"""How often whom has asked lately, and answers kept for whoever asks the same thing again. Both live for a day at most."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.web.models import MOMENT


class RequestCount(Base):
    """Requests of one subject within one window of time. An address or a number is named by a keyed digest only."""

    __tablename__ = "request_counts"
    __table_args__ = (
        CheckConstraint("requests > 0", name="requests"),
        Index("ix_request_counts_window_start", "window_start"),
    )

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    window_start: Mapped[datetime] = mapped_column(MOMENT, primary_key=True)
    requests: Mapped[int] = mapped_column(Integer)


class RememberedAnswer(Base):
    """The answer to a write under its idempotency key, written with what it did. The body is sealed: it may hold a key."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        UniqueConstraint("user_id", "route", "key_digest"),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    route: Mapped[str] = mapped_column(Text)
    key_digest: Mapped[str] = mapped_column(Text)
    body_digest: Mapped[str] = mapped_column(Text)
    status: Mapped[int] = mapped_column(SmallInteger)
    sealed_answer: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
