"""The tables of proof: payments that wait for M-Pesa's own word, and when its list of payments was read to its end."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.payments.models import MOMENT, MONEY


class UnprovenPayment(Base):
    """A payment that a confirmation told of and that is too large to be believed on its word; it is in no books.

    `outcome`: asking (M-Pesa is being asked), proven (it is in payments_received now), refuted (M-Pesa says that nothing was
    paid), unproven (M-Pesa never said that it knows it, so a person has to look), dismissed (two people have looked and found
    nothing). Whatever it is, M-Pesa's own word makes it proven. `doubted`: what speaks against it so far.
    """

    __tablename__ = "unproven_payments"
    __table_args__ = (
        UniqueConstraint("provider", "receipt"),
        CheckConstraint("outcome IN ('asking', 'proven', 'refuted', 'unproven', 'dismissed')", name="outcome"),
        CheckConstraint("(outcome = 'asking') = (next_check_at IS NOT NULL)", name="next_check_at"),
        CheckConstraint("(outcome = 'asking') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("currency = 'KES'", name="currency"),
        CheckConstraint("asked >= 0", name="asked"),
        Index("ix_unproven_payments_next_check_at", "next_check_at", postgresql_where=text("outcome = 'asking'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str]
    receipt: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(MONEY)
    currency: Mapped[str]
    account: Mapped[str]
    payer: Mapped[str]
    payer_digest: Mapped[str]
    payer_name: Mapped[str]
    merchant_request_id: Mapped[str]
    paid_at: Mapped[datetime | None] = mapped_column(MOMENT)
    received_at: Mapped[datetime] = mapped_column(MOMENT)
    # Whom it would be credited to, and is told that it waits.
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    told_at: Mapped[datetime | None] = mapped_column(MOMENT)
    asked: Mapped[int]
    next_check_at: Mapped[datetime | None] = mapped_column(MOMENT)
    outcome: Mapped[str]
    doubted: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)


class WholeList(Base):
    """M-Pesa's own list of payments was read to its end for this window, and it wasn't one that may be silent."""

    __tablename__ = "whole_lists"
    __table_args__ = (
        CheckConstraint("since < until", name="window"),
        Index("ix_whole_lists_read_at", "read_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(MOMENT)
    until: Mapped[datetime] = mapped_column(MOMENT)
    read_at: Mapped[datetime] = mapped_column(MOMENT)
