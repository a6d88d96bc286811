"""Tables of recurring payments: what a member has asked for, and each of its due dates.

The database holds one run for each due date, and what must hold of the counters (migration 0044).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)


class RecurringRow(Base):
    """A member's standing payment to a group. Due dates are counted from `start_date`; `next_number` is the next one's number.

    `failed_attempts`: in a row. `last_payment_date`: the due date of the last payment. `look_at`: when something is to be done.
    """

    __tablename__ = "recurring_payments"
    __table_args__ = (
        UniqueConstraint("intent"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("currency = 'KES'", name="currency"),
        CheckConstraint("frequency IN ('daily', 'weekly', 'biweekly', 'monthly', 'quarterly', 'yearly')", name="frequency"),
        CheckConstraint('"interval" >= 1', name="interval"),
        CheckConstraint("next_number >= 0 AND (max_payments IS NULL OR max_payments >= 1)", name="counts"),
        CheckConstraint("payment_method IN ('wallet', 'mpesa', 'card')", name="payment_method"),
        CheckConstraint("next_payment_date >= start_date", name="start_date"),
        CheckConstraint("last_payment_date IS NULL OR next_payment_date > last_payment_date", name="next_payment_date"),
        CheckConstraint(
            "least(total_payments, successful_payments, failed_attempts) >= 0"
            " AND successful_payments + failed_attempts <= total_payments",
            name="counters",
        ),
        CheckConstraint("max_payments IS NULL OR successful_payments <= max_payments", name="max_payments"),
        CheckConstraint("NOT is_paused OR (paused_at IS NOT NULL AND paused_reason IS NOT NULL)", name="paused"),
        CheckConstraint("is_active OR (cancelled_at IS NOT NULL AND cancelled_reason IS NOT NULL)", name="cancelled"),
        CheckConstraint("notify_days_before BETWEEN 0 AND 30", name="notify_days_before"),
        Index("ix_recurring_payments_user_id", "user_id"),
        Index("ix_recurring_payments_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    frequency: Mapped[str] = mapped_column(Text)
    interval: Mapped[int]
    start_date: Mapped[datetime] = mapped_column(MOMENT)
    next_payment_date: Mapped[datetime] = mapped_column(MOMENT)
    end_date: Mapped[datetime | None] = mapped_column(MOMENT)
    max_payments: Mapped[int | None]
    is_active: Mapped[bool]
    is_paused: Mapped[bool]
    paused_at: Mapped[datetime | None] = mapped_column(MOMENT)
    paused_reason: Mapped[str | None] = mapped_column(Text)
    total_payments: Mapped[int]
    successful_payments: Mapped[int]
    failed_attempts: Mapped[int]
    last_payment_id: Mapped[UUID | None]
    last_payment_date: Mapped[datetime | None] = mapped_column(MOMENT)
    last_failure_date: Mapped[datetime | None] = mapped_column(MOMENT)
    last_failure_reason: Mapped[str | None] = mapped_column(Text)
    payment_method: Mapped[str] = mapped_column(Text)
    payment_method_details: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    notify_on_success: Mapped[bool]
    notify_on_failure: Mapped[bool]
    notify_before_payment: Mapped[bool]
    notify_days_before: Mapped[int]
    details: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
    cancelled_at: Mapped[datetime | None] = mapped_column(MOMENT)
    cancelled_reason: Mapped[str | None] = mapped_column(Text)
    intent: Mapped[UUID]
    next_number: Mapped[int]
    look_at: Mapped[datetime | None] = mapped_column(MOMENT)


class RunRow(Base):
    """One due date. `state`: waiting, prompted (M-Pesa was asked and hasn't answered), paid, missed.

    `tries`: how often it was tried; each try has an intent that follows from the run and its number. `payment_id`: what paid
    it, a contribution's intent or a deposit's id; no two runs have the same.
    """

    __tablename__ = "recurring_runs"
    __table_args__ = (
        UniqueConstraint("recurring_id", "number"),
        UniqueConstraint("recurring_id", "due_at"),
        UniqueConstraint("payment_id"),
        CheckConstraint("state IN ('waiting', 'prompted', 'paid', 'missed')", name="state"),
        CheckConstraint("(state = 'paid') = (payment_id IS NOT NULL)", name="payment_id"),
        CheckConstraint("number >= 0 AND tries >= 0 AND (state <> 'prompted' OR tries > 0)", name="tries"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recurring_id: Mapped[UUID] = mapped_column(ForeignKey("recurring_payments.id"))
    number: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(MOMENT)
    state: Mapped[str] = mapped_column(Text)
    tries: Mapped[int]
    next_try_at: Mapped[datetime] = mapped_column(MOMENT)
    payment_id: Mapped[UUID | None]
    noticed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
