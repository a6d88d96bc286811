"""Tables of what members owe and pay: kinds of contributions, charges with their fines, payments and how each was shared.

The database keeps what must never break (migration 0043): a charge is never paid beyond its amount and `paid` is the sum of its
lines; the lines of a payment add up to it; kinds, versions, lines, waivers are written once.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

AMOUNT = Numeric(38, 18)
MOMENT = DateTime(timezone=True)
PURPOSES = "purpose IN ('treasury', 'welfare', 'rotation', 'shares', 'project', 'loans')"


class KindRow(Base):
    """A kind of contribution: its name and where its money goes. `follows`: its amount and days are this rule's."""

    __tablename__ = "contribution_kinds"
    __table_args__ = (
        UniqueConstraint("intent"),
        CheckConstraint("char_length(name) BETWEEN 2 AND 30", name="name"),
        CheckConstraint(PURPOSES, name="purpose"),
        CheckConstraint("(ended_on IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_contribution_kinds_dao_id", "dao_id"),
        CheckConstraint("follows IN ('contribution', 'welfare')", name="follows"),
        Index("uq_contribution_kinds_follows", "dao_id", "follows", unique=True, postgresql_where=text("ended_on IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    name: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    follows: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)


class KindVersionRow(Base):
    """How much and when, from a day on; never for a day that is over."""

    __tablename__ = "contribution_kind_versions"
    __table_args__ = (
        UniqueConstraint("kind_id", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("amount_mode IN ('fixed', 'minimum', 'per_member')", name="amount_mode"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("frequency IN ('weekly', 'biweekly', 'monthly', 'dates')", name="frequency"),
        CheckConstraint("from_day >= (created_at AT TIME ZONE 'Africa/Nairobi')::date", name="from_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind_id: Mapped[UUID] = mapped_column(ForeignKey("contribution_kinds.id"))
    version: Mapped[int]
    from_day: Mapped[date] = mapped_column(Date)
    amount_mode: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    frequency: Mapped[str] = mapped_column(Text)
    day: Mapped[int]
    anchor: Mapped[date | None] = mapped_column(Date)
    dates: Mapped[list[date]] = mapped_column(ARRAY(Date))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class MemberAmountRow(Base):
    """What one member pays for a kind, from a day on, in place of the amount for all."""

    __tablename__ = "contribution_member_amounts"
    __table_args__ = (
        UniqueConstraint("kind_id", "user_id", "from_day"),
        CheckConstraint("amount >= 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("from_day >= (created_at AT TIME ZONE 'Africa/Nairobi')::date", name="from_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind_id: Mapped[UUID] = mapped_column(ForeignKey("contribution_kinds.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    from_day: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class ChargeRow(Base):
    """What a member owes for one day of a kind, or once: a fine, or what joining costs, which is a fine by its sort.

    `terms`: the rules that it stands under; `why`: its arithmetic. `judged_at`: when it was found that no further fine can come
    of it. A fine for being late names its charge (`fines_for`) and its number (`step`); one that was given has the official who
    gave it.
    """

    __tablename__ = "contribution_charges"
    __table_args__ = (
        UniqueConstraint("intent"),
        CheckConstraint("sort IN ('contribution', 'fine')", name="sort"),
        CheckConstraint("(sort = 'contribution') = (kind_id IS NOT NULL)", name="kind_id"),
        CheckConstraint("(fines_for IS NULL) = (step IS NULL)", name="step"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("paid >= 0 AND waived >= 0 AND paid + waived <= amount", name="paid"),
        CheckConstraint(PURPOSES, name="purpose"),
        Index("uq_contribution_charges_period", "kind_id", "user_id", "period", unique=True),
        Index("uq_contribution_charges_fine", "fines_for", "step", unique=True),
        Index("ix_contribution_charges_open", "dao_id", "user_id", "due_at", postgresql_where=text("paid + waived < amount")),
        Index(
            "ix_contribution_charges_unjudged",
            "dao_id",
            "due_at",
            postgresql_where=text("sort = 'contribution' AND judged_at IS NULL"),
        ),
        Index("ix_contribution_charges_user_id", "user_id", "dao_id", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    sort: Mapped[str] = mapped_column(Text)
    kind_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution_kinds.id"))
    kind_version: Mapped[int | None]
    period: Mapped[date] = mapped_column(Date)
    due_at: Mapped[datetime] = mapped_column(MOMENT)
    purpose: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    paid: Mapped[Decimal] = mapped_column(AMOUNT, default=Decimal(0), server_default="0")
    waived: Mapped[Decimal] = mapped_column(AMOUNT, default=Decimal(0), server_default="0")
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    why: Mapped[dict[str, Any]] = mapped_column(JSONB)
    fines_for: Mapped[UUID | None] = mapped_column(ForeignKey("contribution_charges.id"))
    step: Mapped[int | None]
    judged_at: Mapped[datetime | None] = mapped_column(MOMENT)
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class PaymentRow(Base):
    """A payment of a member, or for her by another (`paid_by`), and how far it is: planned, posted, or void.

    `completed_at`: when it counts as paid. An origin of `credit` or `return` moves what she had in the group already.
    """

    __tablename__ = "contribution_payments"
    __table_args__ = (
        UniqueConstraint("intent"),
        UniqueConstraint("transfer_id"),
        CheckConstraint("amount >= 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("amount > 0 OR origin = 'return'", name="return"),
        CheckConstraint("origin IN ('balance', 'mpesa', 'recurring', 'credit', 'return')", name="origin"),
        CheckConstraint("state IN ('planned', 'posted', 'void')", name="state"),
        CheckConstraint("(state = 'posted') = (transfer_id IS NOT NULL)", name="transfer_id"),
        Index("ix_contribution_payments_dao_id", "dao_id", "user_id", "completed_at"),
        Index("ix_contribution_payments_user_id", "user_id"),
        Index("ix_contribution_payments_planned", "created_at", postgresql_where=text("state = 'planned'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    paid_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    origin: Mapped[str] = mapped_column(Text)
    intent: Mapped[UUID]
    completed_at: Mapped[datetime] = mapped_column(MOMENT)
    state: Mapped[str] = mapped_column(Text)
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transfers.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class LineRow(Base):
    """A part of a payment: what it pays, and where that money goes.

    `sort`: charge, debt (kept by another `source` under `ref`), more (above the least amount of a kind), gift (to a group that
    asks for nothing), credit (kept for her next charge). Only a charge's line can be negative: it was given back.
    """

    __tablename__ = "contribution_lines"
    __table_args__ = (
        UniqueConstraint("payment_id", "place"),
        CheckConstraint("sort IN ('charge', 'debt', 'more', 'gift', 'credit')", name="sort"),
        CheckConstraint("amount <> 0 AND amount <> 'NaN' AND (amount > 0 OR sort = 'charge')", name="amount"),
        CheckConstraint("(sort = 'charge') = (charge_id IS NOT NULL)", name="charge_id"),
        CheckConstraint("(sort = 'debt') = (source IS NOT NULL AND ref IS NOT NULL)", name="source"),
        CheckConstraint("(sort = 'credit') = (purpose IS NULL)", name="credit"),
        CheckConstraint(PURPOSES, name="purpose"),
        Index("ix_contribution_lines_charge_id", "charge_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("contribution_payments.id"))
    place: Mapped[int]
    sort: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    charge_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution_charges.id"))
    kind_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution_kinds.id"))
    source: Mapped[str | None] = mapped_column(Text)
    ref: Mapped[UUID | None]
    amount: Mapped[Decimal] = mapped_column(AMOUNT)


class WaiverRow(Base):
    """So much of a charge needn't be paid, and why. Without `waived_by` the rules themselves say so."""

    __tablename__ = "charge_waivers"
    __table_args__ = (
        UniqueConstraint("intent"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("char_length(btrim(reason)) BETWEEN 2 AND 100", name="reason"),
        Index("ix_charge_waivers_charge_id", "charge_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    charge_id: Mapped[UUID] = mapped_column(ForeignKey("contribution_charges.id"))
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    reason: Mapped[str] = mapped_column(Text)
    waived_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class ReminderRow(Base):
    """That a member was reminded of a charge, once for each stage."""

    __tablename__ = "due_reminders"
    __table_args__ = (
        UniqueConstraint("charge_id", "stage"),
        CheckConstraint("stage IN ('before', 'evening', 'today', 'late', 'week1', 'week2', 'week3', 'missed')", name="stage"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    charge_id: Mapped[UUID] = mapped_column(ForeignKey("contribution_charges.id"))
    stage: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class ObjectionRow(Base):
    """That a member objects to a fine that an official gave her."""

    __tablename__ = "charge_objections"
    __table_args__ = (Index("ix_charge_objections_user_id", "user_id"),)

    charge_id: Mapped[UUID] = mapped_column(ForeignKey("contribution_charges.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class RefundRow(Base):
    """What an official asks to give back of a charge that was paid, and what another one decided. One at a time for each."""

    __tablename__ = "charge_refunds"
    __table_args__ = (
        UniqueConstraint("intent"),
        CheckConstraint("char_length(btrim(reason)) BETWEEN 2 AND 100", name="reason"),
        CheckConstraint("status IN ('asked', 'done', 'refused', 'expired')", name="status"),
        CheckConstraint("(status IN ('done', 'refused')) = (decided_by IS NOT NULL)", name="decided_by"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        Index("uq_charge_refunds_open", "charge_id", unique=True, postgresql_where=text("status = 'asked'")),
        Index("ix_charge_refunds_dao_id", "dao_id", postgresql_where=text("status = 'asked'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dao_id: Mapped[UUID] = mapped_column(ForeignKey("daos.id"))
    charge_id: Mapped[UUID] = mapped_column(ForeignKey("contribution_charges.id"))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(MOMENT)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None] = mapped_column(MOMENT)
