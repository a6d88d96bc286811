"""Words that were said again: after a recovery an earlier yes doesn't count, and the row that holds it stays as it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.identity.models import MOMENT
from core.kernel.db import Base


class RenewedWord(Base):
    """That a member said yes again to `about`, a loan's payout, a claim, a request; it stands in the place of her first yes."""

    __tablename__ = "renewed_words"

    about: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    said_at: Mapped[datetime] = mapped_column(MOMENT, primary_key=True)
