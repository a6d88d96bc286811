"""Who the members are, how they prove it, and every attempt to do so.

No PIN, code or anything that a PIN or code could be searched from without SECRET_KEYS is in these tables. Counts of wrong
guesses live here and nowhere else: losing a cache must not hand out new guesses.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
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
LANGUAGE_LIST = "language IN ('en', 'sw')"


class MemberRow(Base):
    """A person. `pin_failures` counts wrong PINs in a row on all channels together."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("phone"),
        UniqueConstraint("telegram_id"),
        CheckConstraint(LANGUAGE_LIST, name="language"),
        CheckConstraint(
            "CASE WHEN erased_at IS NULL THEN phone ~ '^[+]254[17][0-9]{8}$' ELSE phone = 'erased:' || id END", name="phone"
        ),
        CheckConstraint("char_length(name) BETWEEN 2 AND 40", name="name"),
        CheckConstraint("pin_failures >= 0", name="pin_failures"),
        CheckConstraint("(telegram_id IS NULL) = (telegram_chat IS NULL)", name="telegram"),
        CheckConstraint("(disabled_at IS NULL) = (disabled_reason IS NULL)", name="disabled"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    sealed_pin: Mapped[str] = mapped_column(Text)
    pin_failures: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    pin_locked_until: Mapped[datetime | None] = mapped_column(MOMENT)
    disabled_at: Mapped[datetime | None] = mapped_column(MOMENT)
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    # The newest version of the terms that she agreed to; all of them are in consents.
    consent_version: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None] = mapped_column(MOMENT)
    telegram_id: Mapped[int | None] = mapped_column(BigInteger)
    telegram_chat: Mapped[int | None] = mapped_column(BigInteger)
    # A PIN that was proven before this moment proves nothing any more.
    signed_out_at: Mapped[datetime | None] = mapped_column(MOMENT)
    # When she last got back in through a recovery: money can't leave for a while after it.
    recovered_at: Mapped[datetime | None] = mapped_column(MOMENT)
    # When she was last told that money waits because her SIM was swapped.
    told_of_swap_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)


class Consent(Base):
    """That a member agreed to a version of the terms, in which language and where."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("user_id", "version"), CheckConstraint(LANGUAGE_LIST, name="language"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    version: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    accepted_at: Mapped[datetime] = mapped_column(MOMENT)


class PasswordHistory(Base):
    """Earlier PINs, sealed as they were, so that none is chosen twice."""

    __tablename__ = "password_history"
    __table_args__ = (Index("ix_password_history_user_id", "user_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    password_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class ForeignPins(Base):
    """Wrong PINs in a row from devices that aren't the member's own. `subject` is her id, or a stranger's hidden name.

    Numbers of nobody are counted alike, so that the answers don't tell who is a member.
    """

    __tablename__ = "foreign_pins"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    locked_until: Mapped[datetime | None] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)


class LoginAttempt(Base):
    """One PIN that was tried, written before it is checked. `identifier` is the phone number where it is known.

    `ip_address` names the channel when the gateway doesn't tell an address.
    """

    __tablename__ = "login_attempts"
    __table_args__ = (
        CheckConstraint(
            "attempt_result IN ('success', 'failed_password', 'failed_not_found', 'account_locked')", name="attempt_result"
        ),
        Index("ix_login_attempts_created_at", "created_at"),
        Index("ix_login_attempts_user_id", "user_id", "created_at"),
        Index("ix_login_attempts_identifier", "identifier", "created_at"),
        Index("ix_login_attempts_ip_address", "ip_address", "created_at"),
        Index(
            "uq_login_attempts_channel_event_id",
            "channel",
            "event_id",
            unique=True,
            postgresql_where=text("event_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    identifier: Mapped[str] = mapped_column(Text)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    ip_address: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    attempt_result: Mapped[str] = mapped_column(Text)
    failure_reason: Mapped[str | None] = mapped_column(Text)
    location: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    device_fingerprint: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    channel: Mapped[str] = mapped_column(Text)
    # A gateway may deliver the same keystrokes twice: the event is counted once and answered the same.
    event_id: Mapped[str | None] = mapped_column(Text)
    tries_left: Mapped[int | None] = mapped_column(SmallInteger)
    finished_at: Mapped[datetime | None] = mapped_column(MOMENT)


class WrongPinMark(Base):
    """That a wrong PIN of one of 1,024 buckets was typed for some account within an hour; forgotten after the next."""

    __tablename__ = "wrong_pin_marks"
    __table_args__ = (
        CheckConstraint("bucket BETWEEN 0 AND 1023", name="bucket"),
        Index("ix_wrong_pin_marks_began_at", "began_at", "bucket"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bucket: Mapped[int] = mapped_column(SmallInteger)
    account: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class SecurityEvent(Base):
    """Something that whoever watches over safety should be able to see."""

    __tablename__ = "security_events"
    __table_args__ = (
        CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name="severity"),
        CheckConstraint("event_type <> ''", name="event_type"),
        CheckConstraint("NOT resolved OR (resolved_by IS NOT NULL AND resolved_at IS NOT NULL)", name="resolved"),
        Index("ix_security_events_created_at", "created_at"),
        Index("ix_security_events_user_id", "user_id", "created_at"),
        Index("ix_security_events_open", "severity", "created_at", postgresql_where=text("NOT resolved")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    event_type: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    ip_address: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    location: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    resolved: Mapped[bool] = mapped_column(server_default=false())
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(MOMENT)
    notes: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class UserDevice(Base):
    """A phone, a Telegram account or a program that speaks for a member. One handset may serve several members."""

    __tablename__ = "user_devices"
    __table_args__ = (
        UniqueConstraint("user_id", "device_fingerprint"),
        CheckConstraint("device_type IN ('mobile', 'desktop', 'tablet', 'telegram', 'program')", name="device_type"),
        Index("ix_user_devices_device_fingerprint", "device_fingerprint"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    device_name: Mapped[str | None] = mapped_column(Text)
    device_fingerprint: Mapped[str] = mapped_column(Text)
    device_type: Mapped[str | None] = mapped_column(Text)
    browser: Mapped[str | None] = mapped_column(Text)
    os: Mapped[str | None] = mapped_column(Text)
    trusted: Mapped[bool] = mapped_column(server_default=false())
    last_ip_address: Mapped[str | None] = mapped_column(Text)
    last_location: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    last_used_at: Mapped[datetime | None] = mapped_column(MOMENT)
    trusted_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    updated_at: Mapped[datetime] = mapped_column(MOMENT)
    revoked_at: Mapped[datetime | None] = mapped_column(MOMENT)
    # Until when a chat that was let go is told of changes that wait, and may stop them.
    heard_until: Mapped[datetime | None] = mapped_column(MOMENT)


class SessionAudit(Base):
    """The life of a sign-in: a Telegram account that was linked or let go, later a token that was issued."""

    __tablename__ = "session_audits"
    __table_args__ = (
        CheckConstraint("action IN ('session_created', 'session_renewed', 'session_terminated')", name="action"),
        Index("ix_session_audits_user_id", "user_id", "created_at"),
        Index("ix_session_audits_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID | None]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    action: Mapped[str] = mapped_column(Text)
    ip_address: Mapped[str] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    location: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_devices.id"))
    facts: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSONB)
    created_at: Mapped[datetime] = mapped_column(MOMENT)


class OtpChallenge(Base):
    """A code that was sent. `attempts` are wrong guesses of this code, `failures` those in a row over all codes.

    `failures` is carried from code to code of the same purpose and subject, so asking for a new code buys no new guesses.
    `bound_digest` is a keyed digest of what exactly the code approves: of an amount and its payee, where money moves.
    """

    __tablename__ = "otp_challenges"
    __table_args__ = (
        CheckConstraint("attempts >= 0 AND failures >= attempts", name="counts"),
        CheckConstraint("consumed_at IS NULL OR superseded_at IS NULL", name="ended_once"),
        Index("ix_otp_challenges_subject", "purpose", "subject", "created_at"),
        Index("ix_otp_challenges_phone", "phone", "created_at"),
        Index("ix_otp_challenges_created_at", "created_at"),
        Index(
            "uq_otp_challenges_open",
            "purpose",
            "subject",
            unique=True,
            postgresql_where=text("consumed_at IS NULL AND superseded_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    requester: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    code_digest: Mapped[str] = mapped_column(Text)
    bound_digest: Mapped[str | None] = mapped_column(Text)
    # Its row in the delivery log, where the cost stands.
    sms_id: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    failures: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    last_failure_at: Mapped[datetime | None] = mapped_column(MOMENT)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)
    consumed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    superseded_at: Mapped[datetime | None] = mapped_column(MOMENT)


class OtpAttempt(Base):
    """One guess of a code, so that the same event is counted once and answered the same."""

    __tablename__ = "otp_attempts"
    __table_args__ = (
        UniqueConstraint("purpose", "subject", "event_id"),
        Index("ix_otp_attempts_created_at", "created_at"),
        Index("ix_otp_attempts_challenge_id", "challenge_id"),
        CheckConstraint("verdict IN ('right', 'wrong', 'expired', 'locked', 'used')", name="verdict"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    challenge_id: Mapped[UUID | None] = mapped_column(ForeignKey("otp_challenges.id"))
    purpose: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(Text)
    tries_left: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(MOMENT)
