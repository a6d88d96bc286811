"""Codes by SMS: what exactly a code approves, what it costs, and what all of them may cost."""

from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0011_codes"
down_revision = "0010_watch"
branch_labels = None
depends_on = None

SHILLINGS = sa.Numeric(18, 4)
FIRST_BUDGET = {
    "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
    "sms_price": Decimal("0.80"),
    "hourly": Decimal(400),
    "daily": Decimal(4000),
    "source": "Africa's Talking, SMS within Kenya: KES 0.80; ours: at most 500 codes an hour and 5,000 a day",
}


def upgrade() -> None:
    op.add_column("otp_challenges", sa.Column("bound_digest", sa.Text))
    op.add_column("otp_challenges", sa.Column("sms_id", sa.Uuid))
    op.create_index(
        "ix_sms_delivery_log_codes", "sms_delivery_log", ["created_at"], postgresql_where=sa.text("template = 'otp'")
    )
    budgets = op.create_table(
        "code_budgets",
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sms_price", SHILLINGS, nullable=False),
        sa.Column("hourly", SHILLINGS, nullable=False),
        sa.Column("daily", SHILLINGS, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_code_budgets")),
        sa.CheckConstraint("sms_price > 0 AND sms_price <> 'NaN'", name=op.f("ck_code_budgets_sms_price")),
        sa.CheckConstraint("hourly >= 0 AND daily >= hourly AND daily <> 'NaN'", name=op.f("ck_code_budgets_budgets")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_code_budgets_source")),
    )
    op.bulk_insert(budgets, [FIRST_BUDGET])
    op.execute("DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mtaa_app') THEN"
               " GRANT SELECT, INSERT, UPDATE, DELETE ON code_budgets TO mtaa_app; END IF; END $$")  # fmt: skip


def downgrade() -> None:
    op.drop_table("code_budgets")
    op.drop_index("ix_sms_delivery_log_codes", "sms_delivery_log")
    op.drop_column("otp_challenges", "sms_id")
    op.drop_column("otp_challenges", "bound_digest")
