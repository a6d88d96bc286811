"""Kinds of contributions, what each member owes and why, payments and how each was shared, waivers, reminders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.dues import guards
from migrations.ledger_holds import rights

revision = "0043_dues"
down_revision = "0041_meetings"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contribution_kinds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("intent", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "purpose IN ('treasury', 'welfare', 'rotation', 'shares', 'project', 'loans')",
            name=op.f("ck_contribution_kinds_purpose"),
        ),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_at IS NULL)", name=op.f("ck_contribution_kinds_ended")),
        sa.CheckConstraint("follows IN ('contribution', 'welfare')", name=op.f("ck_contribution_kinds_follows")),
        sa.CheckConstraint("char_length(name) BETWEEN 2 AND 30", name=op.f("ck_contribution_kinds_name")),
        sa.ForeignKeyConstraint(["created_by"], ["members.id"], name=op.f("fk_contribution_kinds_created_by")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_contribution_kinds_dao_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["members.id"], name=op.f("fk_contribution_kinds_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_kinds")),
        sa.UniqueConstraint("intent", name=op.f("uq_contribution_kinds_intent")),
    )
    op.create_index("ix_contribution_kinds_dao_id", "contribution_kinds", ["dao_id"], unique=False)
    op.create_index(
        "uq_contribution_kinds_follows",
        "contribution_kinds",
        ["dao_id", "follows"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "contribution_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("paid_by", sa.Uuid(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("intent", sa.Uuid(), nullable=False),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("(state = 'posted') = (transfer_id IS NOT NULL)", name=op.f("ck_contribution_payments_transfer_id")),
        sa.CheckConstraint("amount > 0 OR origin = 'return'", name=op.f("ck_contribution_payments_return")),
        sa.CheckConstraint("amount >= 0 AND amount <> 'NaN'", name=op.f("ck_contribution_payments_amount")),
        sa.CheckConstraint(
            "origin IN ('balance', 'mpesa', 'recurring', 'credit', 'return')", name=op.f("ck_contribution_payments_origin")
        ),
        sa.CheckConstraint("state IN ('planned', 'posted', 'void')", name=op.f("ck_contribution_payments_state")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_contribution_payments_dao_id")),
        sa.ForeignKeyConstraint(["paid_by"], ["members.id"], name=op.f("fk_contribution_payments_paid_by")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_contribution_payments_transfer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_contribution_payments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_payments")),
        sa.UniqueConstraint("intent", name=op.f("uq_contribution_payments_intent")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_contribution_payments_transfer_id")),
    )
    op.create_index(
        "ix_contribution_payments_dao_id", "contribution_payments", ["dao_id", "user_id", "completed_at"], unique=False
    )
    op.create_index(
        "ix_contribution_payments_planned",
        "contribution_payments",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index("ix_contribution_payments_user_id", "contribution_payments", ["user_id"], unique=False)
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
    op.create_table(
        "contribution_charges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=True),
        sa.Column("kind_version", sa.Integer(), nullable=True),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("paid", AMOUNT, server_default="0", nullable=False),
        sa.Column("waived", AMOUNT, server_default="0", nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("why", postgresql.JSONB(), nullable=False),
        sa.Column("fines_for", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("judged_at", MOMENT, nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("intent", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("(sort = 'contribution') = (kind_id IS NOT NULL)", name=op.f("ck_contribution_charges_kind_id")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_contribution_charges_amount")),
        sa.CheckConstraint(
            "purpose IN ('treasury', 'welfare', 'rotation', 'shares', 'project', 'loans')",
            name=op.f("ck_contribution_charges_purpose"),
        ),
        sa.CheckConstraint("sort IN ('contribution', 'fine')", name=op.f("ck_contribution_charges_sort")),
        sa.CheckConstraint("(fines_for IS NULL) = (step IS NULL)", name=op.f("ck_contribution_charges_step")),
        sa.CheckConstraint("paid >= 0 AND waived >= 0 AND paid + waived <= amount", name=op.f("ck_contribution_charges_paid")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_contribution_charges_dao_id")),
        sa.ForeignKeyConstraint(["fines_for"], ["contribution_charges.id"], name=op.f("fk_contribution_charges_fines_for")),
        sa.ForeignKeyConstraint(["kind_id"], ["contribution_kinds.id"], name=op.f("fk_contribution_charges_kind_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["members.id"], name=op.f("fk_contribution_charges_opened_by")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_contribution_charges_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_charges")),
        sa.UniqueConstraint("intent", name=op.f("uq_contribution_charges_intent")),
    )
    op.create_index(
        "ix_contribution_charges_open",
        "contribution_charges",
        ["dao_id", "user_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("paid + waived < amount"),
    )
    op.create_index("ix_contribution_charges_user_id", "contribution_charges", ["user_id", "dao_id", "due_at"], unique=False)
    op.create_index(
        "ix_contribution_charges_unjudged",
        "contribution_charges",
        ["dao_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("sort = 'contribution' AND judged_at IS NULL"),
    )
    op.create_index("uq_contribution_charges_fine", "contribution_charges", ["fines_for", "step"], unique=True)
    op.create_index("uq_contribution_charges_period", "contribution_charges", ["kind_id", "user_id", "period"], unique=True)
    op.create_table(
        "contribution_kind_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("amount_mode", sa.Text(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.Date(), nullable=True),
        sa.Column("dates", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_contribution_kind_versions_amount")),
        sa.CheckConstraint(
            "amount_mode IN ('fixed', 'minimum', 'per_member')", name=op.f("ck_contribution_kind_versions_amount_mode")
        ),
        sa.CheckConstraint(
            "frequency IN ('weekly', 'biweekly', 'monthly', 'dates')", name=op.f("ck_contribution_kind_versions_frequency")
        ),
        sa.CheckConstraint(
            "from_day >= (created_at AT TIME ZONE 'Africa/Nairobi')::date", name=op.f("ck_contribution_kind_versions_from_day")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_contribution_kind_versions_version")),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_contribution_kind_versions_decided_by")),
        sa.ForeignKeyConstraint(["kind_id"], ["contribution_kinds.id"], name=op.f("fk_contribution_kind_versions_kind_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_kind_versions")),
        sa.UniqueConstraint("kind_id", "version", name=op.f("uq_contribution_kind_versions_kind_id_version")),
    )
    op.create_table(
        "contribution_member_amounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount >= 0 AND amount <> 'NaN'", name=op.f("ck_contribution_member_amounts_amount")),
        sa.CheckConstraint(
            "from_day >= (created_at AT TIME ZONE 'Africa/Nairobi')::date", name=op.f("ck_contribution_member_amounts_from_day")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["members.id"], name=op.f("fk_contribution_member_amounts_decided_by")),
        sa.ForeignKeyConstraint(["kind_id"], ["contribution_kinds.id"], name=op.f("fk_contribution_member_amounts_kind_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_contribution_member_amounts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_member_amounts")),
        sa.UniqueConstraint(
            "kind_id", "user_id", "from_day", name=op.f("uq_contribution_member_amounts_kind_id_user_id_from_day")
        ),
    )
    op.create_table(
        "charge_waivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.Column("intent", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_charge_waivers_amount")),
        sa.CheckConstraint("char_length(btrim(reason)) BETWEEN 2 AND 100", name=op.f("ck_charge_waivers_reason")),
        sa.ForeignKeyConstraint(["charge_id"], ["contribution_charges.id"], name=op.f("fk_charge_waivers_charge_id")),
        sa.ForeignKeyConstraint(["waived_by"], ["members.id"], name=op.f("fk_charge_waivers_waived_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_waivers")),
        sa.UniqueConstraint("intent", name=op.f("uq_charge_waivers_intent")),
    )
    op.create_index("ix_charge_waivers_charge_id", "charge_waivers", ["charge_id"], unique=False)
    op.create_table(
        "contribution_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=True),
        sa.Column("kind_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("ref", sa.Uuid(), nullable=True),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.CheckConstraint("(sort = 'charge') = (charge_id IS NOT NULL)", name=op.f("ck_contribution_lines_charge_id")),
        sa.CheckConstraint("(sort = 'credit') = (purpose IS NULL)", name=op.f("ck_contribution_lines_credit")),
        sa.CheckConstraint(
            "(sort = 'debt') = (source IS NOT NULL AND ref IS NOT NULL)", name=op.f("ck_contribution_lines_source")
        ),
        sa.CheckConstraint(
            "amount <> 0 AND amount <> 'NaN' AND (amount > 0 OR sort = 'charge')", name=op.f("ck_contribution_lines_amount")
        ),
        sa.CheckConstraint(
            "purpose IN ('treasury', 'welfare', 'rotation', 'shares', 'project', 'loans')",
            name=op.f("ck_contribution_lines_purpose"),
        ),
        sa.CheckConstraint("sort IN ('charge', 'debt', 'more', 'gift', 'credit')", name=op.f("ck_contribution_lines_sort")),
        sa.ForeignKeyConstraint(["charge_id"], ["contribution_charges.id"], name=op.f("fk_contribution_lines_charge_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["contribution_kinds.id"], name=op.f("fk_contribution_lines_kind_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["contribution_payments.id"], name=op.f("fk_contribution_lines_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_lines")),
        sa.UniqueConstraint("payment_id", "place", name=op.f("uq_contribution_lines_payment_id_place")),
    )
    op.create_index("ix_contribution_lines_charge_id", "contribution_lines", ["charge_id"], unique=False)
    op.create_table(
        "due_reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "stage IN ('before', 'evening', 'today', 'late', 'week1', 'week2', 'week3')", name=op.f("ck_due_reminders_stage")
        ),
        sa.ForeignKeyConstraint(["charge_id"], ["contribution_charges.id"], name=op.f("fk_due_reminders_charge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_reminders")),
        sa.UniqueConstraint("charge_id", "stage", name=op.f("uq_due_reminders_charge_id_stage")),
    )
    op.add_column("contributions", sa.Column("paid_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_contributions_paid_by"), "contributions", "members", ["paid_by"], ["id"])
    for statement in guards.statements():
        op.execute(statement)
    for statement in guards.BACKFILL:
        op.execute(statement)
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_constraint(op.f("fk_contributions_paid_by"), "contributions", type_="foreignkey")
    op.drop_column("contributions", "paid_by")
    op.drop_table("due_reminders")
    op.drop_table("contribution_lines")
    op.drop_table("charge_waivers")
    op.drop_table("contribution_member_amounts")
    op.drop_table("contribution_kind_versions")
    op.drop_table("contribution_charges")
    op.drop_table("savings_taken")
    op.drop_table("contribution_payments")
    op.drop_table("contribution_kinds")
    for function in guards.FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")
