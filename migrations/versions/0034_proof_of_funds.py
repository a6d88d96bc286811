"""Proof of funds: what M-Pesa holds against what the books say, and withdrawals frozen while a gap lasts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.ledger_holds import rights

revision = "0034_proof_of_funds"
down_revision = "0033_reconciliation"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    proofs()
    freezes()
    op.get_bind().exec_driver_sql(rights.GRANT)


def proofs() -> None:
    op.create_table(
        "funds_proofs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("problem", sa.String),
        sa.Column("reference", sa.String),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("held_at", MOMENT),
        sa.Column("accounts", JSONB),
        sa.Column("held", MONEY),
        sa.Column("booked", MONEY),
        sa.Column("could_come", MONEY, nullable=False, server_default="0"),
        sa.Column("could_leave", MONEY, nullable=False, server_default="0"),
        sa.Column("unexplained", MONEY),
        sa.Column("judged_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_funds_proofs"),
        sa.CheckConstraint("status IN ('asked', 'answered', 'failed')", name=op.f("ck_funds_proofs_status")),
        sa.CheckConstraint("(status = 'failed') = (problem IS NOT NULL)", name=op.f("ck_funds_proofs_problem")),
        sa.CheckConstraint(
            "(status = 'answered') = (num_nonnulls(held_at, held, booked, unexplained) = 4)",
            name=op.f("ck_funds_proofs_answered"),
        ),
        sa.CheckConstraint("could_come >= 0 AND could_leave >= 0", name=op.f("ck_funds_proofs_could")),
    )
    answered = sa.text("status = 'answered'")
    op.create_index("ix_funds_proofs_held_at", "funds_proofs", ["held_at"], postgresql_where=answered)
    op.create_index("ix_funds_proofs_asked_at", "funds_proofs", ["asked_at"])


def freezes() -> None:
    op.create_table(
        "funds_freezes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("proof_id", sa.Uuid, nullable=False),
        sa.Column("gap", MONEY, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("thawed_at", MOMENT),
        sa.Column("thawed_by", sa.Uuid),
        sa.Column("reason", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_funds_freezes"),
        sa.ForeignKeyConstraint(["proof_id"], ["funds_proofs.id"], name="fk_funds_freezes_proof_id"),
        sa.ForeignKeyConstraint(["thawed_by"], ["members.id"], name="fk_funds_freezes_thawed_by"),
        sa.CheckConstraint("gap <> 0 AND gap <> 'NaN'", name=op.f("ck_funds_freezes_gap")),
        sa.CheckConstraint("(thawed_at IS NULL) = (reason IS NULL)", name=op.f("ck_funds_freezes_thawed")),
        sa.CheckConstraint("thawed_by IS NULL OR btrim(reason) <> ''", name=op.f("ck_funds_freezes_reason")),
    )
    still = sa.text("thawed_at IS NULL")
    op.create_index("uq_funds_freezes_open", "funds_freezes", [sa.text("(true)")], unique=True, postgresql_where=still)


def downgrade() -> None:
    op.drop_table("funds_freezes")
    op.drop_table("funds_proofs")
