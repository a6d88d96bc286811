"""The tables of what all processes must know alike about a provider: its access token, and whether payouts are stopped."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base
from core.payments.models import MOMENT


class ProviderToken(Base):
    """The one access token of an account, sealed. `holder` is whoever renews it until `held_until`."""

    __tablename__ = "provider_tokens"
    __table_args__ = (
        CheckConstraint("(token IS NULL) = (good_until IS NULL)", name="token"),
        CheckConstraint("(holder IS NULL) = (held_until IS NULL)", name="holder"),
    )

    account: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str | None]
    good_until: Mapped[datetime | None] = mapped_column(MOMENT)
    holder: Mapped[str | None]
    held_until: Mapped[datetime | None] = mapped_column(MOMENT)


class PayoutBreaker(Base):
    """Whether payouts by a provider are stopped.

    `failures` counts answers in a row that said nothing or refused everybody. `stopped_until` None while stopped: until an
    operator says otherwise. `reason` is a word for the operator.
    """

    __tablename__ = "payout_breakers"
    __table_args__ = (
        CheckConstraint("failures >= 0", name="failures"),
        CheckConstraint("(stopped_at IS NULL) = (reason IS NULL)", name="reason"),
        CheckConstraint("stopped_until IS NULL OR stopped_at IS NOT NULL", name="stopped_until"),
    )

    provider: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    stopped_at: Mapped[datetime | None] = mapped_column(MOMENT)
    stopped_until: Mapped[datetime | None] = mapped_column(MOMENT)
    reason: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
