"""Accounts elsewhere that sign a member in, and the ways to them that are underway. Tokens are sealed, secrets are digests."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.identity.models import MOMENT
from core.kernel.db import Base

PROVIDER_LIST = "provider IN ('google', 'telegram')"
CONNECTED = text("disconnected_at IS NULL")


class OAuthConnection(Base):
    """An account at a provider that speaks for a member. `provider_user_id` is the provider's own id, never an e-mail.

    An account speaks for one member at a time, and a member has one at each provider.
    """

    __tablename__ = "oauth_connections"
    __table_args__ = (
        CheckConstraint(PROVIDER_LIST, name="provider"),
        CheckConstraint("provider_user_id <> ''", name="provider_user_id"),
        Index("uq_oauth_connections_account", "provider", "provider_user_id", unique=True, postgresql_where=CONNECTED),
        Index("uq_oauth_connections_member", "user_id", "provider", unique=True, postgresql_where=CONNECTED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    provider: Mapped[str] = mapped_column(Text)
    provider_user_id: Mapped[str] = mapped_column(Text)
    provider_email: Mapped[str | None] = mapped_column(Text)
    provider_username: Mapped[str | None] = mapped_column(Text)
    access_token: Mapped[str | None] = mapped_column(Text)
    refresh_token: Mapped[str | None] = mapped_column(Text)
    token_expires_at: Mapped[datetime | None] = mapped_column(MOMENT)
    scope: Mapped[str | None] = mapped_column(Text)
    profile_data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    last_synced_at: Mapped[datetime | None] = mapped_column(MOMENT)
    connected_at: Mapped[datetime] = mapped_column(MOMENT)
    disconnected_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)


class OAuthRequest(Base):
    """One way to a provider and back, good once. `flow_digest` binds it to the program that began it.

    `session_id` is the session that links an account; without one it signs in. A Mini App's data that was used is here too,
    so that it isn't used again.
    """

    __tablename__ = "oauth_requests"
    __table_args__ = (
        UniqueConstraint("state_digest"),
        CheckConstraint(PROVIDER_LIST, name="provider"),
        Index("ix_oauth_requests_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("member_sessions.id"))
    state_digest: Mapped[str] = mapped_column(Text)
    flow_digest: Mapped[str] = mapped_column(Text)
    sealed_secrets: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    used_at: Mapped[datetime | None] = mapped_column(MOMENT)
