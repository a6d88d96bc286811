"""Accounts elsewhere that sign members in, and the ways to their providers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.ledger_holds import rights

revision = "0024_oauth"
down_revision = "0023_only_forward"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PROVIDERS = "provider IN ('google', 'telegram')"


def upgrade() -> None:
    op.create_table(
        "oauth_connections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_user_id", sa.Text(), nullable=False),
        sa.Column("provider_email", sa.Text(), nullable=True),
        sa.Column("provider_username", sa.Text(), nullable=True),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("token_expires_at", MOMENT, nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("profile_data", JSONB(), nullable=True),
        sa.Column("last_synced_at", MOMENT, nullable=True),
        sa.Column("connected_at", MOMENT, nullable=False),
        sa.Column("disconnected_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(PROVIDERS, name=op.f("ck_oauth_connections_provider")),
        sa.CheckConstraint("provider_user_id <> ''", name=op.f("ck_oauth_connections_provider_user_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_oauth_connections_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_oauth_connections"),
    )
    live = sa.text("disconnected_at IS NULL")
    for name, columns in (("account", ["provider", "provider_user_id"]), ("member", ["user_id", "provider"])):
        op.create_index(f"uq_oauth_connections_{name}", "oauth_connections", columns, unique=True, postgresql_where=live)
    op.create_table(
        "oauth_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("state_digest", sa.Text(), nullable=False),
        sa.Column("flow_digest", sa.Text(), nullable=False),
        sa.Column("sealed_secrets", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.CheckConstraint(PROVIDERS, name=op.f("ck_oauth_requests_provider")),
        sa.ForeignKeyConstraint(["session_id"], ["member_sessions.id"], name="fk_oauth_requests_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_oauth_requests"),
        sa.UniqueConstraint("state_digest", name="uq_oauth_requests_state_digest"),
    )
    op.create_index("ix_oauth_requests_created_at", "oauth_requests", ["created_at"])
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    for table in ("oauth_requests", "oauth_connections"):
        op.drop_table(table)
