"""Tables of the welfare kitty: what members paid in, what they claimed, and what the officials said to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)

Benefit = Literal["bereavement", "hospital", "birth", "wedding"]
BENEFITS: tuple[Benefit, ...] = ("bereavement", "hospital", "birth", "wedding")


class WelfarePaymentRow(Base):
    """What a member paid into the kitty, once per intent."""

    __tablename__ = "welfare_payments"
    __table_args__ = (
        UniqueConstraint("intent"),
        UniqueConstraint("transfer_id"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        Index("ix_welfare_payments_dao_id", "dao_id", "user_id"),
        Index("ix_welfare_payments_user_id", "user_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transfers.id"))
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class WelfareClaimRow(Base):
    """A claim. Who gets how much for what stands from the beginning; only how it ended is written later.

    `needed`: so many officials have to approve; zero: the members' vote decides. `because`: how it was decided.
    """

    __tablename__ = "welfare_claims"
    __table_args__ = (
        UniqueConstraint("intent"),
        UniqueConstraint("transfer_id"),
        UniqueConstraint("dao_id", "number"),
        Index("uq_welfare_claims_open", "dao_id", "user_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_welfare_claims_user_id", "user_id"),
        CheckConstraint("kind IN ('bereavement', 'hospital', 'birth', 'wedding')", name="kind"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("status IN ('open', 'paid', 'refused', 'lapsed')", name="status"),
        CheckConstraint("(status = 'paid') = (transfer_id IS NOT NULL)", name="transfer_id"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("char_length(reason) <= 60", name="reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    number: Mapped[int]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[Benefit] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    reason: Mapped[str] = mapped_column(Text)
    needed: Mapped[int]
    status: Mapped[str] = mapped_column(Text)
    because: Mapped[str | None] = mapped_column(Text)
    intent: Mapped[UUID]
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)


class WelfareDecisionRow(Base):
    """What an official said to a claim, with a PIN; once."""

    __tablename__ = "welfare_decisions"

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("welfare_claims.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    approves: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
