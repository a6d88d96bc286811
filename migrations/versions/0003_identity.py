"""Members, their consents and devices, every attempt to log in, codes by SMS, and what safety should see."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003_identity"
down_revision = "0002_notifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sealed_pin", sa.Text(), nullable=False),
        sa.Column("pin_failures", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("pin_locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("telegram_chat", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('en', 'sw')", name=op.f("ck_members_language")),
        sa.CheckConstraint("phone ~ '^[+]254[17][0-9]{8}$'", name=op.f("ck_members_phone")),
        sa.CheckConstraint("(disabled_at IS NULL) = (disabled_reason IS NULL)", name=op.f("ck_members_disabled")),
        sa.CheckConstraint("(telegram_id IS NULL) = (telegram_chat IS NULL)", name=op.f("ck_members_telegram")),
        sa.CheckConstraint("char_length(name) BETWEEN 2 AND 40", name=op.f("ck_members_name")),
        sa.CheckConstraint("pin_failures >= 0", name=op.f("ck_members_pin_failures")),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.UniqueConstraint("phone", name="uq_members_phone"),
        sa.UniqueConstraint("telegram_id", name="uq_members_telegram_id"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('en', 'sw')", name=op.f("ck_consents_language")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_consents_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.UniqueConstraint("user_id", "version", name="uq_consents_user_id_version"),
    )
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("attempt_result", sa.Text(), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("location", JSONB(), nullable=True),
        sa.Column("device_fingerprint", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("tries_left", sa.SmallInteger(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "attempt_result IN ('success', 'failed_password', 'failed_not_found', 'account_locked')",
            name=op.f("ck_login_attempts_attempt_result"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_login_attempts_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_login_attempts"),
    )
    op.create_index("ix_login_attempts_created_at", "login_attempts", ["created_at"])
    op.create_index("ix_login_attempts_identifier", "login_attempts", ["identifier", "created_at"])
    op.create_index("ix_login_attempts_ip_address", "login_attempts", ["ip_address", "created_at"])
    op.create_index("ix_login_attempts_user_id", "login_attempts", ["user_id", "created_at"])
    op.create_index(
        "uq_login_attempts_channel_event_id",
        "login_attempts",
        ["channel", "event_id"],
        unique=True,
        postgresql_where=sa.text("event_id IS NOT NULL"),
    )
    op.create_table(
        "otp_challenges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("requester", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_failure_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("attempts >= 0 AND failures >= attempts", name=op.f("ck_otp_challenges_counts")),
        sa.CheckConstraint("consumed_at IS NULL OR superseded_at IS NULL", name=op.f("ck_otp_challenges_ended_once")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_otp_challenges_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_otp_challenges"),
    )
    op.create_index("ix_otp_challenges_created_at", "otp_challenges", ["created_at"])
    op.create_index("ix_otp_challenges_phone", "otp_challenges", ["phone", "created_at"])
    op.create_index("ix_otp_challenges_subject", "otp_challenges", ["purpose", "subject", "created_at"])
    op.create_index(
        "uq_otp_challenges_open",
        "otp_challenges",
        ["purpose", "subject"],
        unique=True,
        postgresql_where=sa.text("consumed_at IS NULL AND superseded_at IS NULL"),
    )
    op.create_table(
        "password_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_password_history_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_password_history"),
    )
    op.create_index("ix_password_history_user_id", "password_history", ["user_id", "created_at"])
    op.create_table(
        "security_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("location", JSONB(), nullable=True),
        sa.Column("details", JSONB(), nullable=True),
        sa.Column("resolved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("event_type <> ''", name=op.f("ck_security_events_event_type")),
        sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name=op.f("ck_security_events_severity")),
        sa.CheckConstraint(
            "NOT resolved OR (resolved_by IS NOT NULL AND resolved_at IS NOT NULL)", name=op.f("ck_security_events_resolved")
        ),
        sa.ForeignKeyConstraint(["resolved_by"], ["members.id"], name="fk_security_events_resolved_by"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_security_events_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_security_events"),
    )
    op.create_index("ix_security_events_created_at", "security_events", ["created_at"])
    op.create_index(
        "ix_security_events_open",
        "security_events",
        ["severity", "created_at"],
        postgresql_where=sa.text("NOT resolved"),
    )
    op.create_index("ix_security_events_user_id", "security_events", ["user_id", "created_at"])
    op.create_table(
        "user_devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_name", sa.Text(), nullable=True),
        sa.Column("device_fingerprint", sa.Text(), nullable=False),
        sa.Column("device_type", sa.Text(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=True),
        sa.Column("os", sa.Text(), nullable=True),
        sa.Column("trusted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("last_ip_address", sa.Text(), nullable=True),
        sa.Column("last_location", JSONB(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trusted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "device_type IN ('mobile', 'desktop', 'tablet', 'telegram', 'program')", name=op.f("ck_user_devices_device_type")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_user_devices_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_devices"),
        sa.UniqueConstraint("user_id", "device_fingerprint", name="uq_user_devices_user_id_device_fingerprint"),
    )
    op.create_index("ix_user_devices_device_fingerprint", "user_devices", ["device_fingerprint"])
    op.create_table(
        "otp_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("tries_left", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('right', 'wrong', 'expired', 'locked')", name=op.f("ck_otp_attempts_verdict")),
        sa.ForeignKeyConstraint(["challenge_id"], ["otp_challenges.id"], name="fk_otp_attempts_challenge_id"),
        sa.PrimaryKeyConstraint("id", name="pk_otp_attempts"),
        sa.UniqueConstraint("purpose", "subject", "event_id", name="uq_otp_attempts_purpose_subject_event_id"),
    )
    op.create_table(
        "session_audits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("location", JSONB(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("metadata", JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "action IN ('session_created', 'session_renewed', 'session_terminated')", name=op.f("ck_session_audits_action")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["user_devices.id"], name="fk_session_audits_device_id"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_session_audits_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_session_audits"),
    )
    op.create_index("ix_session_audits_user_id", "session_audits", ["user_id", "created_at"])


def downgrade() -> None:
    for table in (
        "session_audits",
        "otp_attempts",
        "user_devices",
        "security_events",
        "password_history",
        "otp_challenges",
        "login_attempts",
        "consents",
        "members",
    ):
        op.drop_table(table)
