"""Each time that the network was asked whether a SIM was swapped, and what it answered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.identity.models import MOMENT
from core.kernel.db import Base


class SimSwapCheck(Base):
    """One question. `request_id` is the network's name for it: only an answer to a question of ours is believed.

    swapped_at: when the SIM was last swapped, where that is known and less than three months ago.
    """

    __tablename__ = "sim_swap_checks"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'asked', 'answered', 'failed')", name="status"),
        CheckConstraint("verdict IN ('swapped', 'not_swapped')", name="verdict"),
        CheckConstraint("(status = 'answered') = (verdict IS NOT NULL AND answered_at IS NOT NULL)", name="answered"),
        CheckConstraint("swapped_at IS NULL OR verdict = 'swapped'", name="swapped_at"),
        Index("uq_sim_swap_checks_request_id", "request_id", unique=True, postgresql_where=text("request_id IS NOT NULL")),
        Index("ix_sim_swap_checks_phone", "phone", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    status: Mapped[Literal["waiting", "asked", "answered", "failed"]] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[Literal["swapped", "not_swapped"] | None] = mapped_column(Text)
    swapped_at: Mapped[datetime | None] = mapped_column(MOMENT)
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    asked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT)
