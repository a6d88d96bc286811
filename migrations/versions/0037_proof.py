"""Large payments that wait for M-Pesa's own word, and when M-Pesa's list of payments was read to its end."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0037_proof"
down_revision = "0035_corrections"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    unproven_payments()
    whole_lists()
    op.get_bind().exec_driver_sql(rights.GRANT)


def unproven_payments() -> None:
    op.create_table(
        "unproven_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(38, 18), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("payer_digest", sa.String(), nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("merchant_request_id", sa.String(), nullable=False),
        sa.Column("paid_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("next_check_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("doubted", sa.String(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_unproven_payments"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_unproven_payments_user_id"),
        sa.UniqueConstraint("provider", "receipt", name="uq_unproven_payments_provider_receipt"),
        sa.CheckConstraint("outcome IN ('asking', 'proven', 'refuted', 'unproven')", name=op.f("ck_unproven_payments_outcome")),
        sa.CheckConstraint(
            "(outcome = 'asking') = (next_check_at IS NOT NULL)", name=op.f("ck_unproven_payments_next_check_at")
        ),
        sa.CheckConstraint("(outcome = 'asking') = (ended_at IS NULL)", name=op.f("ck_unproven_payments_ended_at")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_unproven_payments_amount")),
        sa.CheckConstraint("currency = 'KES'", name=op.f("ck_unproven_payments_currency")),
        sa.CheckConstraint("asked >= 0", name=op.f("ck_unproven_payments_asked")),
    )
    op.create_index(
        "ix_unproven_payments_next_check_at",
        "unproven_payments",
        ["next_check_at"],
        postgresql_where=sa.text("outcome = 'asking'"),
    )


def whole_lists() -> None:
    op.create_table(
        "whole_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_whole_lists"),
        sa.CheckConstraint("since < until", name=op.f("ck_whole_lists_window")),
    )
    op.create_index("ix_whole_lists_read_at", "whole_lists", ["read_at"])


def downgrade() -> None:
    op.drop_table("whole_lists")
    op.drop_table("unproven_payments")
