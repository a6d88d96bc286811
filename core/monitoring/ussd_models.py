"""How each USSD session ended, for whoever pays for them: figures and names of screens, never what was typed or shown."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base


class UssdSession(Base):
    """One session that the gateway has reported as ended. `session` is a keyed digest of its name, `cost` in KES.

    steps: the screens in the order in which she came to them; the task is the flow of the last that isn't home.
    """

    __tablename__ = "ussd_sessions"
    __table_args__ = (
        CheckConstraint("status IN ('Success', 'Incomplete', 'Failed', 'unknown')", name="status"),
        CheckConstraint("cost >= 0 AND cost < 'NaN'::numeric", name="cost"),
        CheckConstraint("duration_ms >= 0 AND hops >= 0", name="figures"),
        UniqueConstraint("session"),
        Index("ix_ussd_sessions_ended_at", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(Text)
    network: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    duration_ms: Mapped[int | None] = mapped_column(BigInteger)
    hops: Mapped[int | None] = mapped_column(Integer)
    task: Mapped[str | None] = mapped_column(Text)
    last_step: Mapped[str | None] = mapped_column(Text)
    steps: Mapped[list[Any]] = mapped_column(JSONB)
    dao_id: Mapped[UUID | None]
    ended_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
