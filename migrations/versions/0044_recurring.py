"""Standing payments of members to their groups, and one row for each due date."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.ledger_holds import rights

revision = "0044_recurring"
down_revision = "0043_dues"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recurring_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("start_date", MOMENT, nullable=False),
        sa.Column("next_payment_date", MOMENT, nullable=False),
        sa.Column("end_date", MOMENT, nullable=True),
        sa.Column("max_payments", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.Column("total_payments", sa.Integer(), nullable=False),
        sa.Column("successful_payments", sa.Integer(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("last_payment_id", sa.Uuid(), nullable=True),
        sa.Column("last_payment_date", MOMENT, nullable=True),
        sa.Column("last_failure_date", MOMENT, nullable=True),
        sa.Column("last_failure_reason", sa.Text(), nullable=True),
        sa.Column("payment_method", sa.Text(), nullable=False),
        sa.Column("payment_method_details", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("notify_on_success", sa.Boolean(), nullable=False),
        sa.Column("notify_on_failure", sa.Boolean(), nullable=False),
        sa.Column("notify_before_payment", sa.Boolean(), nullable=False),
        sa.Column("notify_days_before", sa.Integer(), nullable=False),
        sa.Column("metadata", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column("intent", sa.Uuid(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.Column("look_at", MOMENT, nullable=True),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_recurring_payments_amount")),
        sa.CheckConstraint("currency = 'KES'", name=op.f("ck_recurring_payments_currency")),
        sa.CheckConstraint(
            "frequency IN ('daily', 'weekly', 'biweekly', 'monthly', 'quarterly', 'yearly')",
            name=op.f("ck_recurring_payments_frequency"),
        ),
        sa.CheckConstraint("payment_method IN ('wallet', 'mpesa', 'card')", name=op.f("ck_recurring_payments_payment_method")),
        sa.CheckConstraint('"interval" >= 1', name=op.f("ck_recurring_payments_interval")),
        sa.CheckConstraint(
            "NOT is_paused OR (paused_at IS NOT NULL AND paused_reason IS NOT NULL)", name=op.f("ck_recurring_payments_paused")
        ),
        sa.CheckConstraint(
            "is_active OR (cancelled_at IS NOT NULL AND cancelled_reason IS NOT NULL)",
            name=op.f("ck_recurring_payments_cancelled"),
        ),
        sa.CheckConstraint(
            "last_payment_date IS NULL OR next_payment_date > last_payment_date",
            name=op.f("ck_recurring_payments_next_payment_date"),
        ),
        sa.CheckConstraint(
            "least(total_payments, successful_payments, failed_attempts) >= 0"
            " AND successful_payments + failed_attempts <= total_payments",
            name=op.f("ck_recurring_payments_counters"),
        ),
        sa.CheckConstraint(
            "max_payments IS NULL OR successful_payments <= max_payments", name=op.f("ck_recurring_payments_max_payments")
        ),
        sa.CheckConstraint(
            "next_number >= 0 AND (max_payments IS NULL OR max_payments >= 1)", name=op.f("ck_recurring_payments_counts")
        ),
        sa.CheckConstraint("next_payment_date >= start_date", name=op.f("ck_recurring_payments_start_date")),
        sa.CheckConstraint("notify_days_before BETWEEN 0 AND 30", name=op.f("ck_recurring_payments_notify_days_before")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_recurring_payments_dao_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_recurring_payments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring_payments")),
        sa.UniqueConstraint("intent", name=op.f("uq_recurring_payments_intent")),
    )
    op.create_index(
        "ix_recurring_payments_look_at",
        "recurring_payments",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("ix_recurring_payments_user_id", "recurring_payments", ["user_id"], unique=False)
    op.create_table(
        "recurring_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recurring_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("noticed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("(state = 'paid') = (payment_id IS NOT NULL)", name=op.f("ck_recurring_runs_payment_id")),
        sa.CheckConstraint(
            "number >= 0 AND tries >= 0 AND (state <> 'prompted' OR tries > 0)", name=op.f("ck_recurring_runs_tries")
        ),
        sa.CheckConstraint("state IN ('waiting', 'prompted', 'paid', 'missed')", name=op.f("ck_recurring_runs_state")),
        sa.ForeignKeyConstraint(["recurring_id"], ["recurring_payments.id"], name=op.f("fk_recurring_runs_recurring_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring_runs")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_recurring_runs_payment_id")),
        sa.UniqueConstraint("recurring_id", "due_at", name=op.f("uq_recurring_runs_recurring_id_due_at")),
        sa.UniqueConstraint("recurring_id", "number", name=op.f("uq_recurring_runs_recurring_id_number")),
    )
    op.get_bind().exec_driver_sql(rights.GRANT)


def downgrade() -> None:
    op.drop_table("recurring_runs")
    op.drop_table("recurring_payments")
