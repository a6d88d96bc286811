"""What members left unfinished, and how USSD sessions ended and what they cost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.ledger_holds import rights

revision = "0064_ussd"
down_revision = "0062_telegram"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("screen", sa.Text(), nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.Column("intent", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_updated_at", "drafts", ["updated_at"])
    op.create_table(
        "ussd_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cost", sa.Numeric(18, 4), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("hops", sa.Integer(), nullable=True),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("last_step", sa.Text(), nullable=True),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.CheckConstraint("status IN ('Success', 'Incomplete', 'Failed', 'unknown')", name=op.f("ck_ussd_sessions_status")),
        sa.CheckConstraint("cost >= 0 AND cost < 'NaN'::numeric", name=op.f("ck_ussd_sessions_cost")),
        sa.CheckConstraint("duration_ms >= 0 AND hops >= 0", name=op.f("ck_ussd_sessions_figures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ussd_sessions")),
        sa.UniqueConstraint("session", name=op.f("uq_ussd_sessions_session")),
    )
    op.create_index("ix_ussd_sessions_ended_at", "ussd_sessions", ["ended_at"])
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_table("ussd_sessions")
    op.drop_table("drafts")
