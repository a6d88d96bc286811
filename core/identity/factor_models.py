"""What a member has to prove besides her PIN, what she has proven, and what codes by SMS may cost.

Secrets are sealed under SECRET_KEYS, codes are kept as keyed digests: a copy of these tables proves nothing.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, DateTime, Numeric, Text
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
