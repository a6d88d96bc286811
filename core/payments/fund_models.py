"""The tables of the proof of funds: each comparison with what M-Pesa holds, and when withdrawals were frozen for a gap."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.payments.models import MOMENT, MONEY


class FundsProof(Base):
    """One comparison. `status`: asked, answered, failed (`problem` says why). `held_at`: the moment of M-Pesa's figures.

    `held`: what its utility and working accounts had then, `booked`: what our books say that they had. `could_come`,
    `could_leave`: how much more or less may be there because of what was on its way at that moment. `unexplained`: what
    of the difference that doesn't explain; looked at again as long as something was on its way. `accounts`: as M-Pesa told.
    """

    __tablename__ = "funds_proofs"
    __table_args__ = (
        CheckConstraint("status IN ('asked', 'answered', 'failed')", name="status"),
        CheckConstraint("(status = 'failed') = (problem IS NOT NULL)", name="problem"),
        CheckConstraint(
            "(status = 'answered') = (num_nonnulls(held_at, held, booked, unexplained) = 4)",
            name="answered",
        ),
        CheckConstraint("could_come >= 0 AND could_leave >= 0", name="could"),
        Index("ix_funds_proofs_held_at", "held_at", postgresql_where=text("status = 'answered'")),
        Index("ix_funds_proofs_asked_at", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    problem: Mapped[str | None]
    reference: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(MOMENT)
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT)
    held_at: Mapped[datetime | None] = mapped_column(MOMENT)
    accounts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    held: Mapped[Decimal | None] = mapped_column(MONEY)
    booked: Mapped[Decimal | None] = mapped_column(MONEY)
    could_come: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0), server_default="0")
    could_leave: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0), server_default="0")
    unexplained: Mapped[Decimal | None] = mapped_column(MONEY)
    judged_at: Mapped[datetime | None] = mapped_column(MOMENT)


class FundsFreeze(Base):
    """A time in which no withdrawal was sent because a gap had lasted. `thawed_by`: who ended it; nobody: it was explained."""

    __tablename__ = "funds_freezes"
    __table_args__ = (
        CheckConstraint("gap <> 0 AND gap <> 'NaN'", name="gap"),
        CheckConstraint("(thawed_at IS NULL) = (reason IS NULL)", name="thawed"),
        CheckConstraint("thawed_by IS NULL OR btrim(reason) <> ''", name="reason"),
        Index("uq_funds_freezes_open", text("(true)"), unique=True, postgresql_where=text("thawed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    proof_id: Mapped[UUID] = mapped_column(ForeignKey("funds_proofs.id"))
    gap: Mapped[Decimal] = mapped_column(MONEY)
    since: Mapped[datetime] = mapped_column(MOMENT)
    frozen_at: Mapped[datetime] = mapped_column(MOMENT)
    thawed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    thawed_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str | None]
