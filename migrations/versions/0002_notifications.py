"""Delivery logs of SMS, e-mail and chat, and the live messages that news are written into."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002_notifications"
down_revision = "0001_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_delivery_log",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Uuid(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("provider_message_id", sa.BigInteger(), nullable=True),
        sa.Column("fallback_phone", sa.Text(), nullable=True),
        sa.Column("fallback_message", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("doubts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'superseded')",
            name=op.f("ck_chat_delivery_log_status"),
        ),
        sa.CheckConstraint("(fallback_phone IS NULL) = (fallback_message IS NULL)", name=op.f("ck_chat_delivery_log_fallback")),
        sa.PrimaryKeyConstraint("id", name="pk_chat_delivery_log"),
    )
    op.create_index("ix_chat_delivery_log_created_at", "chat_delivery_log", ["created_at"])
    op.create_index(
        "ix_chat_delivery_log_open",
        "chat_delivery_log",
        ["created_at"],
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    )
    op.create_index(
        "ix_chat_delivery_log_ref", "chat_delivery_log", ["ref", "position"], postgresql_where=sa.text("ref IS NOT NULL")
    )
    op.create_table(
        "email_delivery_log",
        sa.Column("to_email", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("provider_message_id", sa.Text(), nullable=True),
        sa.Column("metadata", JSONB(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clicked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_body", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("doubts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "sealed_body IS NULL OR status IN ('pending', 'sending')", name=op.f("ck_email_delivery_log_sealed_while_open")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'sent', 'delivered', 'failed', 'bounced', 'unknown')",
            name=op.f("ck_email_delivery_log_status"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_email_delivery_log"),
    )
    op.create_index("ix_email_delivery_log_created_at", "email_delivery_log", ["created_at"])
    op.create_index(
        "ix_email_delivery_log_open",
        "email_delivery_log",
        ["created_at"],
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    )
    op.create_index("ix_email_delivery_log_user_id", "email_delivery_log", ["user_id", "created_at"])
    op.create_table(
        "live_messages",
        sa.Column("ref", sa.Uuid(), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_live_messages"),
    )
    op.create_table(
        "sms_delivery_log",
        sa.Column("to_phone", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("provider_message_id", sa.Text(), nullable=True),
        sa.Column("cost", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("metadata", JSONB(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_message", sa.Text(), nullable=True),
        sa.Column("send_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("only_once", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("doubts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(delivered_at IS NOT NULL) = (status = 'delivered')", name=op.f("ck_sms_delivery_log_delivered_at")
        ),
        sa.CheckConstraint("cost >= 0 AND cost < 'NaN'::numeric", name=op.f("ck_sms_delivery_log_cost")),
        sa.CheckConstraint(
            "sealed_message IS NULL OR status IN ('pending', 'sending')", name=op.f("ck_sms_delivery_log_sealed_while_open")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'sending', 'sent', 'delivered', 'failed', 'unknown')",
            name=op.f("ck_sms_delivery_log_status"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sms_delivery_log"),
    )
    op.create_index("ix_sms_delivery_log_created_at", "sms_delivery_log", ["created_at"])
    op.create_index(
        "ix_sms_delivery_log_open",
        "sms_delivery_log",
        ["created_at"],
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    )
    op.create_index("ix_sms_delivery_log_user_id", "sms_delivery_log", ["user_id", "created_at"])
    op.create_index(
        "uq_sms_delivery_log_provider_message_id",
        "sms_delivery_log",
        ["provider", "provider_message_id"],
        unique=True,
        postgresql_where=sa.text("provider_message_id IS NOT NULL"),
    )


def downgrade() -> None:
    for table in ("sms_delivery_log", "live_messages", "email_delivery_log", "chat_delivery_log"):
        op.drop_table(table)
