"""M-Pesa's outages on record: from when to when, and who said so."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0045_outages"
down_revision = "0044_recurring"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mpesa_outages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("source IN ('operator', 'automatic')", name=op.f("ck_mpesa_outages_source")),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_mpesa_outages_ended_at")),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_mpesa_outages_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mpesa_outages")),
    )
    op.create_index(
        "uq_mpesa_outages_open", "mpesa_outages", ["provider"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index("ix_mpesa_outages_ended_at", "mpesa_outages", ["ended_at"])
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_table("mpesa_outages")
