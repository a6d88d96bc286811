"""Requests to be forgotten: when each falls due, and what became of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)


class ErasureRequest(Base):
    """A member's wish to be forgotten; open until it is cancelled or done, and at most one open a member."""

    __tablename__ = "erasure_requests"
    __table_args__ = (
        CheckConstraint("due_at > requested_at", name="due_at"),
        CheckConstraint("cancelled_at IS NULL OR done_at IS NULL", name="ended_once"),
        Index(
            "uq_erasure_requests_open",
            "user_id",
            unique=True,
            postgresql_where=text("cancelled_at IS NULL AND done_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    requested_at: Mapped[datetime] = mapped_column(MOMENT)
    due_at: Mapped[datetime] = mapped_column(MOMENT)
    cancelled_at: Mapped[datetime | None] = mapped_column(MOMENT)
    done_at: Mapped[datetime | None] = mapped_column(MOMENT)
