"""How a member gets back in: whom she chose to vouch for her, each recovery that was asked for, and who confirmed it.

A recovery only ever goes from pending to used, expired or cancelled; a trigger of the database sees to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.identity.models import MOMENT
from core.kernel.db import Base

ContactStatus = Literal["asked", "accepted", "declined", "removed"]
RecoveryType = Literal["password_reset", "account_unlock", "number_change"]
RecoveryStatus = Literal["pending", "used", "expired", "cancelled"]


class RecoveryContact(Base):
    """Somebody whom a member asked to vouch for her, and what he said. He counts from `counts_from` until `leaves_at`."""

    __tablename__ = "recovery_contacts"
    __table_args__ = (
        CheckConstraint("status IN ('asked', 'accepted', 'declined', 'removed')", name="status"),
        CheckConstraint("user_id <> contact_id", name="another"),
        CheckConstraint("status <> 'accepted' OR answered_at IS NOT NULL", name="answered"),
        Index(
            "uq_recovery_contacts_open",
            "user_id",
            "contact_id",
            unique=True,
            postgresql_where=text("status IN ('asked', 'accepted')"),
        ),
        Index("ix_recovery_contacts_contact_id", "contact_id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    status: Mapped[ContactStatus] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
    counts_from: Mapped[datetime] = mapped_column(MOMENT, server_default=text("now()"))
    leaves_at: Mapped[datetime | None] = mapped_column(MOMENT)


class AccountRecovery(Base):
    """One recovery. `token` is a keyed digest of the phone or chat account that asked: only from there can it be finished.

    needed: confirmations that it takes. confirmed_at: when the last of these came. new_phone: the number that is to be hers.
    app_lost: her authenticator and its backup codes are lost as well, and go off when it is finished.
    """

    __tablename__ = "account_recovery"
    __table_args__ = (
        UniqueConstraint("token"),
        CheckConstraint("recovery_type IN ('password_reset', 'account_unlock', 'number_change')", name="recovery_type"),
        CheckConstraint("method = 'sms_and_contacts'", name="method"),
        CheckConstraint("status IN ('pending', 'used', 'expired', 'cancelled')", name="status"),
        CheckConstraint("(status = 'used') = (used_at IS NOT NULL)", name="used"),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        CheckConstraint("status <> 'used' OR confirmed_at IS NOT NULL", name="confirmed"),
        CheckConstraint("(recovery_type = 'number_change') = (new_phone IS NOT NULL)", name="new_phone"),
        CheckConstraint("needed >= 2", name="needed"),
        Index("uq_account_recovery_pending", "user_id", unique=True, postgresql_where=text("status = 'pending'")),
        Index("uq_account_recovery_new_phone", "new_phone", unique=True, postgresql_where=text("status = 'pending'")),
        Index("ix_account_recovery_user_id", "user_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    recovery_type: Mapped[RecoveryType] = mapped_column(Text)
    token: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    ip_address: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    status: Mapped[RecoveryStatus] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    used_at: Mapped[datetime | None] = mapped_column(MOMENT)
    cancelled_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    needed: Mapped[int] = mapped_column(SmallInteger)
    confirmed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    new_phone: Mapped[str | None] = mapped_column(Text)
    app_lost: Mapped[bool] = mapped_column(server_default=false())
    cancelled_by: Mapped[str | None] = mapped_column(Text)


class RecoveryConfirmation(Base):
    """What a contact said about a recovery, once, with his own PIN."""

    __tablename__ = "recovery_confirmations"
    __table_args__ = (
        UniqueConstraint("recovery_id", "contact_id"),
        CheckConstraint("verdict IN ('confirmed', 'refused')", name="verdict"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recovery_id: Mapped[UUID] = mapped_column(ForeignKey("account_recovery.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    verdict: Mapped[Literal["confirmed", "refused"]] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
