"""The table of M-Pesa's outages: from when to when nobody could pay, and who said so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)


class OutageRow(Base):
    """An interval in which M-Pesa didn't work; `ended_at` is empty while it lasts. `source`: an operator or our own watch."""

    __tablename__ = "mpesa_outages"
    __table_args__ = (
        CheckConstraint("source IN ('operator', 'automatic')", name="source"),
        CheckConstraint("ended_at > began_at", name="ended_at"),
        CheckConstraint("btrim(reason) <> ''", name="reason"),
        Index("uq_mpesa_outages_open", "provider", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_mpesa_outages_ended_at", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
    source: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[str] = mapped_column(Text)
    closed_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
