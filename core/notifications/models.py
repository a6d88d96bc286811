"""What was said to whom, and what became of it.

One row for each SMS, e-mail and chat message, written in the transaction that decides to speak. The row carries the state
of the delivery, so that a worker which dies in the middle leaves behind what it knew. A code is never in `message`: its
real text is sealed beside it and wiped as soon as the message is on its way or given up.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, Numeric, SmallInteger, Text, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.db import Base

# An unknown outcome may have reached the person; it is told apart from a failure because it isn't simply sent again.
SMS_STATUSES = ("pending", "sending", "sent", "delivered", "failed", "unknown")
EMAIL_STATUSES = ("pending", "sending", "sent", "delivered", "failed", "bounced", "unknown")
CHAT_STATUSES = ("pending", "sending", "sent", "failed", "unknown", "superseded")
# A message in one of these may still be sent.
OPEN = ("pending", "sending")

MOMENT = DateTime(timezone=True)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The CHECK that keeps a column to a closed list."""
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({quoted})"


class Delivery:
    """What every message's row has: who it was for, how far it got, and how often that was tried.

    `doubts` counts sends whose outcome nobody knows. `claimed_at` is when a worker last began to send.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    doubts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    claimed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    sent_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class SmsDelivery(Delivery, Base):
    """One SMS. `cost` is in KES; `sealed_message` exists only while a code waits to be sent."""

    __tablename__ = "sms_delivery_log"
    __table_args__ = (
        CheckConstraint(one_of("status", SMS_STATUSES), name="status"),
        CheckConstraint("cost >= 0 AND cost < 'NaN'::numeric", name="cost"),
        CheckConstraint(f"sealed_message IS NULL OR {one_of('status', OPEN)}", name="sealed_while_open"),
        CheckConstraint("(delivered_at IS NOT NULL) = (status = 'delivered')", name="delivered_at"),
        Index("ix_sms_delivery_log_created_at", "created_at"),
        Index("ix_sms_delivery_log_user_id", "user_id", "created_at"),
        Index("ix_sms_delivery_log_open", "created_at", postgresql_where=text(one_of("status", OPEN))),
        # What codes cost is asked before each of them.
        Index("ix_sms_delivery_log_codes", "created_at", postgresql_where=text("template = 'otp'")),
        Index(
            "uq_sms_delivery_log_provider_message_id",
            "provider",
            "provider_message_id",
            unique=True,
            postgresql_where=text("provider_message_id IS NOT NULL"),
        ),
    )

    to_phone: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    template: Mapped[str | None] = mapped_column(Text)
    provider: Mapped[str | None] = mapped_column(Text)
    provider_message_id: Mapped[str | None] = mapped_column(Text)
    cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    # The attribute can't be called metadata: SQLAlchemy keeps that name for itself.
    facts: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB)
    delivered_at: Mapped[datetime | None] = mapped_column(MOMENT)
    sealed_message: Mapped[str | None] = mapped_column(Text)
    # A code that arrives after its time only confuses, and a second copy of it only costs.
    send_before: Mapped[datetime | None] = mapped_column(MOMENT)
    only_once: Mapped[bool] = mapped_column(server_default=false())


class EmailDelivery(Delivery, Base):
    """One e-mail. `sealed_body` exists only while it waits to be sent."""

    __tablename__ = "email_delivery_log"
    __table_args__ = (
        CheckConstraint(one_of("status", EMAIL_STATUSES), name="status"),
        CheckConstraint(f"sealed_body IS NULL OR {one_of('status', OPEN)}", name="sealed_while_open"),
        Index("ix_email_delivery_log_created_at", "created_at"),
        Index("ix_email_delivery_log_user_id", "user_id", "created_at"),
        Index("ix_email_delivery_log_open", "created_at", postgresql_where=text(one_of("status", OPEN))),
    )

    to_email: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    template: Mapped[str | None] = mapped_column(Text)
    provider: Mapped[str | None] = mapped_column(Text)
    provider_message_id: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB)
    delivered_at: Mapped[datetime | None] = mapped_column(MOMENT)
    opened_at: Mapped[datetime | None] = mapped_column(MOMENT)
    clicked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    sealed_body: Mapped[str | None] = mapped_column(Text)


class ChatDelivery(Delivery, Base):
    """One chat message, or one new content of a live message (`ref`).

    When the chat turns out to be closed to us, `fallback_message` goes to `fallback_phone` by SMS.
    """

    __tablename__ = "chat_delivery_log"
    __table_args__ = (
        CheckConstraint(one_of("status", CHAT_STATUSES), name="status"),
        CheckConstraint("(fallback_phone IS NULL) = (fallback_message IS NULL)", name="fallback"),
        Index("ix_chat_delivery_log_ref", "ref", "position", postgresql_where=text("ref IS NOT NULL")),
        Index("ix_chat_delivery_log_created_at", "created_at"),
        Index("ix_chat_delivery_log_open", "created_at", postgresql_where=text(one_of("status", OPEN))),
    )

    # What is said later about the same thing replaces what was said before.
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    chat: Mapped[int] = mapped_column(BigInteger)
    ref: Mapped[UUID | None]
    message: Mapped[str] = mapped_column(Text)
    send_before: Mapped[datetime | None] = mapped_column(MOMENT)
    provider_message_id: Mapped[int | None] = mapped_column(BigInteger)
    fallback_phone: Mapped[str | None] = mapped_column(Text)
    fallback_message: Mapped[str | None] = mapped_column(Text)
    # What a picture beside the message shows (core.notifications.cards), where there is one.
    card: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # One of many of its kind, which lets others pass; and when its turn is, once that is known (core.notifications.pacing).
    is_broadcast: Mapped[bool] = mapped_column(server_default=false())
    slot_at: Mapped[datetime | None] = mapped_column(MOMENT)


class LiveMessage(Base):
    """Where on the screen something is shown whose outcome comes later: `ref` is what it shows (a payment, say)."""

    __tablename__ = "live_messages"
    __table_args__ = (Index("ix_live_messages_updated_at", "updated_at"),)

    ref: Mapped[UUID] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
