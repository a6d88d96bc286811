"""The e-mail addresses that members gave, which of them were proven, and when each ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

MOMENT = DateTime(timezone=True)


class EmailAddress(Base):
    """An address from the code that was sent to it until it is replaced or removed; at most one open and one proven a member.

    `attempts` are wrong guesses of this code, `failures` those in a row over all codes of the member. Several members may
    share an address: it never says who somebody is. counts_from: when an address whose code was typed becomes hers.
    leaves_at: when one that she wants to remove is let go.
    """

    __tablename__ = "email_addresses"
    __table_args__ = (
        CheckConstraint("address = lower(address) AND address ~ '^[^@ ]+@[^@ ]+$'", name="address"),
        CheckConstraint("attempts >= 0 AND failures >= attempts", name="counts"),
        CheckConstraint("ended_reason IN ('superseded', 'replaced', 'removed', 'stopped')", name="ended_reason"),
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="ended_at"),
        CheckConstraint("verified_at IS NULL OR code_digest IS NULL", name="code_digest"),
        Index("ix_email_addresses_user_id", "user_id", "created_at"),
        Index("ix_email_addresses_address", "address", "created_at"),
        Index(
            "uq_email_addresses_open",
            "user_id",
            unique=True,
            postgresql_where=text("verified_at IS NULL AND ended_at IS NULL"),
        ),
        Index(
            "uq_email_addresses_verified",
            "user_id",
            unique=True,
            postgresql_where=text("verified_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    address: Mapped[str] = mapped_column(Text)
    code_digest: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    failures: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    last_failure_at: Mapped[datetime | None] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    verified_at: Mapped[datetime | None] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
    ended_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    counts_from: Mapped[datetime | None] = mapped_column(MOMENT)
    leaves_at: Mapped[datetime | None] = mapped_column(MOMENT)
