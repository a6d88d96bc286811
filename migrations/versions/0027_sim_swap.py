"""Whether a SIM was swapped: each question to the network and its answer, and when a member was told of a hold."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0027_sim_swap"
down_revision = "0026_my_data"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("members", sa.Column("told_of_swap_at", MOMENT, nullable=True))
    op.create_table(
        "sim_swap_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("swapped_at", MOMENT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'asked', 'answered', 'failed')", name=op.f("ck_sim_swap_checks_status")),
        sa.CheckConstraint("verdict IN ('swapped', 'not_swapped')", name=op.f("ck_sim_swap_checks_verdict")),
        sa.CheckConstraint(
            "(status = 'answered') = (verdict IS NOT NULL AND answered_at IS NOT NULL)",
            name=op.f("ck_sim_swap_checks_answered"),
        ),
        sa.CheckConstraint("swapped_at IS NULL OR verdict = 'swapped'", name=op.f("ck_sim_swap_checks_swapped_at")),
        sa.PrimaryKeyConstraint("id", name="pk_sim_swap_checks"),
    )
    op.create_index(
        "uq_sim_swap_checks_request_id",
        "sim_swap_checks",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )
    op.create_index("ix_sim_swap_checks_phone", "sim_swap_checks", ["phone", "created_at"])
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_table("sim_swap_checks")
    op.drop_column("members", "told_of_swap_at")
