"""The tables of what depends on a date: M-Pesa's tariffs, taxes within fees, and how much a member may withdraw.

Nothing here is code: a new tariff is a new row that begins on its day, and what was quoted before that day stays as it was.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.payments.models import MOMENT, MONEY


class MpesaTariff(Base):
    """What Safaricom takes for one movement whose amount lies between `lowest` and `highest`, whole shillings, both counted.

    `operation`: b2c (to a phone) or c2b (to our paybill). `plan`: the tariff that the paybill is on. The charge is what the
    customer pays beside the amount and what the business is charged.
    """

    __tablename__ = "mpesa_tariffs"
    __table_args__ = (
        UniqueConstraint("operation", "plan", "lowest", "valid_from"),
        CheckConstraint("operation IN ('b2c', 'c2b')", name="operation"),
        CheckConstraint("lowest >= 1 AND highest >= lowest AND highest <> 'NaN'", name="band"),
        CheckConstraint(
            "customer_charge >= 0 AND business_charge >= 0 AND customer_charge <> 'NaN' AND business_charge <> 'NaN'",
            name="charges",
        ),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    operation: Mapped[str]
    plan: Mapped[str]
    lowest: Mapped[Decimal] = mapped_column(MONEY)
    highest: Mapped[Decimal] = mapped_column(MONEY)
    customer_charge: Mapped[Decimal] = mapped_column(MONEY)
    business_charge: Mapped[Decimal] = mapped_column(MONEY)
    valid_from: Mapped[datetime] = mapped_column(MOMENT)
    valid_to: Mapped[datetime | None] = mapped_column(MOMENT)
    source: Mapped[str]


class TaxRate(Base):
    """A tax that is contained in the fees of a category: 1500 basis points on the net fee are 15/115 of what is charged."""

    __tablename__ = "tax_rates"
    __table_args__ = (
        UniqueConstraint("tax", "category", "valid_from"),
        CheckConstraint("basis_points BETWEEN 0 AND 10000", name="basis_points"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tax: Mapped[str]
    category: Mapped[str]
    basis_points: Mapped[int]
    valid_from: Mapped[datetime] = mapped_column(MOMENT)
    valid_to: Mapped[datetime | None] = mapped_column(MOMENT)
    source: Mapped[str]


class WithdrawalLimit(Base):
    """How much a member of a tier may withdraw: at least, at once, in a day and in a month of East Africa Time."""

    __tablename__ = "withdrawal_limits"
    __table_args__ = (
        UniqueConstraint("tier", "currency", "valid_from"),
        CheckConstraint(
            "minimum > 0 AND at_once >= minimum AND per_day >= at_once AND per_month >= per_day AND per_month <> 'NaN'",
            name="order",
        ),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tier: Mapped[str]
    currency: Mapped[str]
    minimum: Mapped[Decimal] = mapped_column(MONEY)
    at_once: Mapped[Decimal] = mapped_column(MONEY)
    per_day: Mapped[Decimal] = mapped_column(MONEY)
    per_month: Mapped[Decimal] = mapped_column(MONEY)
    valid_from: Mapped[datetime] = mapped_column(MOMENT)
    valid_to: Mapped[datetime | None] = mapped_column(MOMENT)
    source: Mapped[str]


class MemberTier(Base):
    """Which limits hold for a member from a moment on. Who has no row here is of the tier that registration gives."""

    __tablename__ = "member_tiers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), primary_key=True)
    valid_from: Mapped[datetime] = mapped_column(MOMENT, primary_key=True)
    tier: Mapped[str]
    reason: Mapped[str]
