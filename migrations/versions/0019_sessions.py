"""Sign-ins of programs, their refresh tokens and keys; the phone as a device of every member that there is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.ledger_holds import rights

revision = "0019_sessions"
down_revision = "0018_providers"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
END_REASONS = "('logout', 'security', 'expired')"
PERMISSIONS = '["profile:read", "balances:read", "statement:read", "groups:read", "devices:read"]'
PHONES = """
INSERT INTO user_devices (id, user_id, device_fingerprint, device_type, trusted, trusted_at, created_at, updated_at)
SELECT gen_random_uuid(), m.id, 'phone:' || m.phone, 'mobile', true, m.created_at, m.created_at, m.created_at FROM members m
ON CONFLICT (user_id, device_fingerprint) DO NOTHING
"""


def upgrade() -> None:
    op.add_column("members", sa.Column("signed_out_at", MOMENT))
    _create_sessions()
    _create_refresh_tokens()
    _create_api_keys()
    op.execute(PHONES)
    op.get_bind().exec_driver_sql(rights.GRANT)


def _create_sessions() -> None:
    op.create_table(
        "member_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("methods", JSONB(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("authenticated_at", MOMENT, nullable=False),
        sa.Column("stepped_up_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name=op.f("ck_member_sessions_ended")),
        sa.CheckConstraint(f"ended_reason IN {END_REASONS}", name=op.f("ck_member_sessions_ended_reason")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_member_sessions_expires_at")),
        sa.CheckConstraint("jsonb_typeof(methods) = 'array'", name=op.f("ck_member_sessions_methods")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_member_sessions_user_id"),
        sa.ForeignKeyConstraint(["device_id"], ["user_devices.id"], name="fk_member_sessions_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_member_sessions"),
    )
    live = sa.text("ended_at IS NULL")
    op.create_index("ix_member_sessions_live", "member_sessions", ["user_id", "created_at"], postgresql_where=live)
    op.create_index("ix_member_sessions_device_id", "member_sessions", ["device_id"])


def _create_refresh_tokens() -> None:
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", MOMENT, nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name=op.f("ck_refresh_tokens_revoked")),
        sa.CheckConstraint(f"revoked_reason IN {END_REASONS}", name=op.f("ck_refresh_tokens_revoked_reason")),
        sa.CheckConstraint("(replaced_by IS NULL) = (replaced_at IS NULL)", name=op.f("ck_refresh_tokens_replaced")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_refresh_tokens_user_id"),
        sa.ForeignKeyConstraint(["device_id"], ["user_devices.id"], name="fk_refresh_tokens_device_id"),
        sa.ForeignKeyConstraint(["session_id"], ["member_sessions.id"], name="fk_refresh_tokens_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_refresh_tokens_token_hash"),
        sa.UniqueConstraint("replaced_by", name="uq_refresh_tokens_replaced_by"),
    )
    live = sa.text("replaced_by IS NULL AND revoked_at IS NULL")
    op.create_index("uq_refresh_tokens_live", "refresh_tokens", ["session_id"], unique=True, postgresql_where=live)
    op.create_index("ix_refresh_tokens_user_id", "refresh_tokens", ["user_id", "created_at"])


def _create_api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("key_prefix", sa.Text(), nullable=False),
        sa.Column("permissions", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("rate_limit", sa.Integer(), server_default=sa.text("1000"), nullable=False),
        sa.Column("ip_whitelist", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("last_used_ip", sa.Text(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            f"jsonb_typeof(permissions) = 'array' AND permissions <@ '{PERMISSIONS}'::jsonb",
            name=op.f("ck_api_keys_permissions"),
        ),
        sa.CheckConstraint("jsonb_typeof(ip_whitelist) = 'array'", name=op.f("ck_api_keys_ip_whitelist")),
        sa.CheckConstraint("rate_limit BETWEEN 1 AND 10000", name=op.f("ck_api_keys_rate_limit")),
        sa.CheckConstraint("char_length(key_prefix) = 8", name=op.f("ck_api_keys_key_prefix")),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 40", name=op.f("ck_api_keys_name")),
        sa.CheckConstraint(
            "expires_at > created_at AND expires_at <= created_at + interval '366 days'", name=op.f("ck_api_keys_expires_at")
        ),
        sa.CheckConstraint("revoked_reason IS NULL OR revoked_at IS NOT NULL", name=op.f("ck_api_keys_revoked")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_api_keys_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
    )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id", "created_at"])


def downgrade() -> None:
    for table in ("api_keys", "refresh_tokens", "member_sessions"):
        op.drop_table(table)
    op.drop_column("members", "signed_out_at")
