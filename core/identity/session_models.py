"""Sign-ins of programs and what keeps them alive. Tokens and keys are here as keyed digests only, never as they are.

A session is what an access token speaks for; its refresh tokens follow one another, and the database itself lets only one
of them be good at any time. A key may read what it was made for; the database knows no permission that moves money.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.identity.models import MOMENT
from core.kernel.db import Base

END_REASONS = "('logout', 'security', 'expired')"
PERMISSIONS = ("profile:read", "balances:read", "statement:read", "groups:read", "devices:read")
_ALL_PERMISSIONS = "[" + ", ".join(f'"{name}"' for name in PERMISSIONS) + "]"


class MemberSession(Base):
    """A program that is signed in. `methods` says how ("pin", "totp", "google"); without "pin" it sees nothing private.

    `stepped_up_at`: when she last proved herself for one action that changes how she proves herself; used up by it.
    """

    __tablename__ = "member_sessions"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="ended"),
        CheckConstraint(f"ended_reason IN {END_REASONS}", name="ended_reason"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
        CheckConstraint("jsonb_typeof(methods) = 'array'", name="methods"),
        Index("ix_member_sessions_live", "user_id", "created_at", postgresql_where=text("ended_at IS NULL")),
        Index("ix_member_sessions_device_id", "device_id"),
        Index("ix_member_sessions_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("user_devices.id"))
    methods: Mapped[list[str]] = mapped_column(JSONB)
    ip_address: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    authenticated_at: Mapped[datetime] = mapped_column(MOMENT)
    stepped_up_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
    ended_reason: Mapped[str | None] = mapped_column(Text)


class RefreshToken(Base):
    """One link in the chain of a session's refresh tokens. `replaced_by` is set when it was used."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("replaced_by"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked"),
        CheckConstraint(f"revoked_reason IN {END_REASONS}", name="revoked_reason"),
        CheckConstraint("(replaced_by IS NULL) = (replaced_at IS NULL)", name="replaced"),
        Index(
            "uq_refresh_tokens_live",
            "session_id",
            unique=True,
            postgresql_where=text("replaced_by IS NULL AND revoked_at IS NULL"),
        ),
        Index("ix_refresh_tokens_user_id", "user_id", "created_at"),
        Index("ix_refresh_tokens_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    token_hash: Mapped[str] = mapped_column(Text)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_devices.id"))
    ip_address: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    revoked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    replaced_by: Mapped[UUID | None]
    replaced_at: Mapped[datetime | None] = mapped_column(MOMENT)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("member_sessions.id"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class ApiKeyRow(Base):
    """A key for a program that only reads. `rate_limit` is requests an hour; an empty `ip_whitelist` means any address."""

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("key_hash"),
        CheckConstraint(
            f"jsonb_typeof(permissions) = 'array' AND permissions <@ '{_ALL_PERMISSIONS}'::jsonb", name="permissions"
        ),
        CheckConstraint("jsonb_typeof(ip_whitelist) = 'array'", name="ip_whitelist"),
        CheckConstraint("rate_limit BETWEEN 1 AND 10000", name="rate_limit"),
        CheckConstraint("char_length(key_prefix) = 8", name="key_prefix"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 40", name="name"),
        CheckConstraint("expires_at > created_at AND expires_at <= created_at + interval '366 days'", name="expires_at"),
        CheckConstraint("revoked_reason IS NULL OR revoked_at IS NOT NULL", name="revoked"),
        Index("ix_api_keys_user_id", "user_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[str] = mapped_column(Text)
    key_prefix: Mapped[str] = mapped_column(Text)
    permissions: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    rate_limit: Mapped[int] = mapped_column(Integer, server_default=text("1000"))
    ip_whitelist: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    enabled: Mapped[bool] = mapped_column(server_default=true())
    last_used_at: Mapped[datetime | None] = mapped_column(MOMENT)
    last_used_ip: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    revoked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
