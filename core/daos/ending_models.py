"""Tables of groups that their members end: since when, and what each member got of what was left."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)


class DissolutionRow(Base):
    """That a group ends by its members' vote. `sharings`: how often it shared out; what comes late is shared again."""

    __tablename__ = "dissolutions"
    __table_args__ = (
        CheckConstraint("sharings >= 0", name="sharings"),
        CheckConstraint("(sharings > 0) = (closed_at IS NOT NULL)", name="closed_at"),
    )

    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"), primary_key=True)
    because: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(MOMENT)
    sharings: Mapped[int]
    closed_at: Mapped[datetime | None] = mapped_column(MOMENT)


class DissolutionPartRow(Base):
    """A member's part of one sharing, once: amount = part - owed + back + credit.

    put_in: the weight by which it was shared; owed: her dues, taken from it; back: her part of all dues that were taken so.
    """

    __tablename__ = "dissolution_parts"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("amount = part - owed + back + credit AND amount <> 'NaN'", name="amount"),
        CheckConstraint("put_in >= 0 AND part >= 0 AND owed BETWEEN 0 AND part AND back >= 0 AND credit >= 0", name="parts"),
        Index("ix_dissolution_parts_user_id", "user_id"),
        Index("ix_dissolution_parts_transfer_id", "transfer_id"),
    )

    dao_id: Mapped[UUID] = mapped_column(ForeignKey("dissolutions.dao_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    put_in: Mapped[Decimal] = mapped_column(AMOUNT)
    part: Mapped[Decimal] = mapped_column(AMOUNT)
    owed: Mapped[Decimal] = mapped_column(AMOUNT)
    back: Mapped[Decimal] = mapped_column(AMOUNT)
    credit: Mapped[Decimal] = mapped_column(AMOUNT)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
