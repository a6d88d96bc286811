"""What share-outs take of what a group has earned; objections to fines, and charges that are given back by two officials."""

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import rights

revision = "0068_share_returns"
down_revision = "0067_dissolution"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "share_out_returns",
        sa.Column("share_out_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("share_out_id", "name", name=op.f("pk_share_out_returns")),
        sa.ForeignKeyConstraint(["share_out_id"], ["share_outs.id"], name=op.f("fk_share_out_returns_share_out_id")),
        sa.CheckConstraint("name IN ('loan_interest', 'fines')", name=op.f("ck_share_out_returns_name")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_share_out_returns_amount")),
    )
    op.execute(
        "CREATE TRIGGER share_out_returns_stay BEFORE UPDATE OR DELETE ON share_out_returns"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('what a share-out took stays')"
    )
    _objections_and_refunds()
    # Nothing ever wrote it.
    op.drop_table("savings_taken")
    op.get_bind().exec_driver_sql(rights.GRANT)


def _objections_and_refunds() -> None:
    op.create_table(
        "charge_objections",
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("charge_id", name=op.f("pk_charge_objections")),
        sa.ForeignKeyConstraint(["charge_id"], ["contribution_charges.id"], name=op.f("fk_charge_objections_charge_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_charge_objections_user_id")),
    )
    op.create_index("ix_charge_objections_user_id", "charge_objections", ["user_id"])
    op.execute(
        "CREATE TRIGGER charge_objections_stay BEFORE UPDATE OR DELETE ON charge_objections"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('an objection stays')"
    )
    op.create_table(
        "charge_refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("intent", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_refunds")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_charge_refunds_dao_id")),
        sa.ForeignKeyConstraint(["charge_id"], ["contribution_charges.id"], name=op.f("fk_charge_refunds_charge_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["members.id"], name=op.f("fk_charge_refunds_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_charge_refunds_decided_by")),
        sa.UniqueConstraint("intent", name=op.f("uq_charge_refunds_intent")),
        sa.CheckConstraint("char_length(btrim(reason)) BETWEEN 2 AND 100", name=op.f("ck_charge_refunds_reason")),
        sa.CheckConstraint("status IN ('asked', 'done', 'refused', 'expired')", name=op.f("ck_charge_refunds_status")),
        sa.CheckConstraint(
            "(status IN ('done', 'refused')) = (decided_by IS NOT NULL)", name=op.f("ck_charge_refunds_decided_by")
        ),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_charge_refunds_decided_at")),
    )
    still = sa.text("status = 'asked'")
    op.create_index("uq_charge_refunds_open", "charge_refunds", ["charge_id"], unique=True, postgresql_where=still)
    op.create_index("ix_charge_refunds_dao_id", "charge_refunds", ["dao_id"], postgresql_where=still)
    op.execute(
        "CREATE TRIGGER charge_refunds_stay BEFORE UPDATE OR DELETE ON charge_refunds"
        " FOR EACH ROW WHEN (OLD.status <> 'asked') EXECUTE FUNCTION refuse_change('what was decided stays')"
    )


def downgrade() -> None:
    op.drop_table("charge_refunds")
    op.drop_table("charge_objections")
    op.create_table(
        "savings_taken",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_savings_taken_amount")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_savings_taken_dao_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_savings_taken_transfer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_savings_taken_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savings_taken")),
        sa.UniqueConstraint("transfer_id", "user_id", name=op.f("uq_savings_taken_transfer_id_user_id")),
    )
    op.create_index("ix_savings_taken_dao_id", "savings_taken", ["dao_id", "user_id"], unique=False)
    op.execute(
        "CREATE TRIGGER savings_taken_stay BEFORE UPDATE OR DELETE ON savings_taken"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change('what was taken out stays taken')"
    )
    op.drop_table("share_out_returns")
    op.get_bind().exec_driver_sql(rights.GRANT)
