"""What a member has begun on some channel and not finished: one thing at a time, the newest."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.identity.models import MOMENT
from core.kernel.db import Base


class DraftRow(Base):
    """The screen that she is on, and in `state` what the conversation needs to show it again; never a PIN, code or its hash.

    intent: the command that her confirm screen is about, so that what was done elsewhere takes its own draft away and no other.
    """

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_updated_at", "updated_at"),)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    screen: Mapped[str] = mapped_column(Text)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    intent: Mapped[UUID | None]
    channel: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
