"""Counts of requests and remembered answers of the HTTP API."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0022_api"
down_revision = "0021_withdrawals"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "request_counts",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("window_start", MOMENT, nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.CheckConstraint("requests > 0", name=op.f("ck_request_counts_requests")),
        sa.PrimaryKeyConstraint("subject", "window_start", name="pk_request_counts"),
    )
    op.create_index("ix_request_counts_window_start", "request_counts", ["window_start"])
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key_digest", sa.Text(), nullable=False),
        sa.Column("body_digest", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("sealed_answer", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_idempotency_keys_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_keys"),
        sa.UniqueConstraint("user_id", "route", "key_digest", name="uq_idempotency_keys_user_id_route_key_digest"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"])
    op.create_index("ix_member_sessions_expires_at", "member_sessions", ["expires_at"])
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_index("ix_member_sessions_expires_at", "member_sessions")
    op.drop_index("ix_refresh_tokens_expires_at", "refresh_tokens")
    for table in ("idempotency_keys", "request_counts"):
        op.drop_table(table)
