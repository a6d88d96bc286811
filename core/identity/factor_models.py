"""What a member has to prove besides her PIN, what she has proven, and what codes by SMS may cost.

Secrets are sealed under SECRET_KEYS, codes are kept as keyed digests: a copy of these tables proves nothing.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)
SHILLINGS = Numeric(18, 4)


class CodeBudget(Base):
    """What codes by SMS may cost from a moment on, in KES; `source` says where the figures come from."""

    __tablename__ = "code_budgets"
    __table_args__ = (
        CheckConstraint("sms_price > 0 AND sms_price <> 'NaN'", name="sms_price"),
        CheckConstraint("hourly >= 0 AND daily >= hourly AND daily <> 'NaN'", name="budgets"),
        CheckConstraint("source <> ''", name="source"),
    )

    valid_from: Mapped[datetime] = mapped_column(MOMENT, primary_key=True)
    sms_price: Mapped[Decimal] = mapped_column(SHILLINGS)
    hourly: Mapped[Decimal] = mapped_column(SHILLINGS)
    daily: Mapped[Decimal] = mapped_column(SHILLINGS)
    source: Mapped[str] = mapped_column(Text)


class TwoFactorAuth(Base):
    """A member's authenticator and her backup codes; while `enabled` is false, at most one that she is setting up.

    `secret` is sealed, `backup_codes` are keyed digests of those that are left. `last_step` is the newest time step of which
    a code was taken: none of it or before it is taken again. `failures` counts wrong codes in a row.
    """

    __tablename__ = "two_factor_auth"
    __table_args__ = (
        UniqueConstraint("user_id"),
        # An e-mail address is told what happens, but proves nothing.
        CheckConstraint("method IN ('totp', 'sms')", name="method"),
        CheckConstraint(
            "NOT enabled OR (method = 'totp' AND secret IS NOT NULL) OR (method = 'sms' AND phone_number IS NOT NULL)",
            name="enabled_with_means",
        ),
        CheckConstraint("enabled = (enabled_at IS NOT NULL AND disabled_at IS NULL)", name="enabled_at"),
        CheckConstraint("jsonb_typeof(backup_codes) = 'array'", name="backup_codes"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    method: Mapped[str] = mapped_column(Text)
    enabled: Mapped[bool] = mapped_column(server_default=false())
    secret: Mapped[str | None] = mapped_column(Text)
    backup_codes: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    phone_number: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    last_used_at: Mapped[datetime | None] = mapped_column(MOMENT)
    enabled_at: Mapped[datetime | None] = mapped_column(MOMENT)
    disabled_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
    begun_at: Mapped[datetime | None] = mapped_column(MOMENT)
    confirmed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    locked_until: Mapped[datetime | None] = mapped_column(MOMENT)


class StepUp(Base):
    """That a member proved more than her PIN for one action, or that it was within what goes without.

    `digest` is keyed and covers everything that she approved. What went without counts against her limit of the day.
    """

    __tablename__ = "step_ups"
    __table_args__ = (
        UniqueConstraint("user_id", "intent"),
        CheckConstraint("method IN ('totp', 'backup_code', 'sms', 'within_limit')", name="method"),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount"),
        CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="currency"),
        CheckConstraint("method <> 'within_limit' OR (amount IS NOT NULL AND used_at IS NOT NULL)", name="within_limit"),
        CheckConstraint("(method = 'within_limit') = (expires_at IS NULL)", name="expires_at"),
        Index("ix_step_ups_within_limit", "user_id", "currency", "used_at", postgresql_where=text("method = 'within_limit'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    intent: Mapped[UUID]
    action: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(38, 18))
    currency: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    proven_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime | None] = mapped_column(MOMENT)
    used_at: Mapped[datetime | None] = mapped_column(MOMENT)


class StepUpLimit(Base):
    """How much a member lets go in 24 hours with her PIN alone, from a moment on; the newest row is in force."""

    __tablename__ = "step_up_limits"
    __table_args__ = (
        CheckConstraint("amount >= 0 AND amount <> 'NaN'", name="amount"),
        Index("ix_step_up_limits_user_id", "user_id", "currency", "set_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[Decimal] = mapped_column(Numeric(38, 18))
    currency: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(MOMENT)
