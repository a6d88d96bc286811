"""Money out: withdrawals as agreed, the payments they are sent in, and what members pay towards M-Pesa's charge."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from migrations.ledger_holds import rights

revision = "0021_withdrawals"
down_revision = "0020_ledger_lean"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
CHART = "INSERT INTO ledger_chart (kind, name, meaning) VALUES ('system', :name, :meaning) ON CONFLICT DO NOTHING"
ACCOUNTS = {
    "mpesa_recovered": "What members paid towards Safaricom's charges for paying out: stands against mpesa_charges",
    "mpesa_charges_paid": "Mirror of the paybill's Charges Paid account: 13 means that it stands at -13 there",
}


def upgrade() -> None:
    withdrawals()
    payouts()
    one_name_for_each_payout()
    for name, meaning in ACCOUNTS.items():
        chart = sa.text(
            "INSERT INTO ledger_chart (kind, name, meaning) VALUES ('system', :name, :meaning) ON CONFLICT DO NOTHING"
        )
        op.execute(chart.bindparams(name=name, meaning=meaning))
    op.get_bind().exec_driver_sql(rights.GRANT)


def withdrawals() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("phone_number", sa.String, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("fee_amount", MONEY, nullable=False),
        sa.Column("fee_percentage", sa.Numeric(5, 4), nullable=False),
        sa.Column("charge_amount", MONEY, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("quoted_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("chat_id", sa.BigInteger),
        sa.Column("told", ARRAY(sa.String), nullable=False, server_default="{}"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawals"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_withdrawals_user_id"),
        sa.CheckConstraint("amount > 0 AND amount = trunc(amount) AND amount <> 'NaN'", name=op.f("ck_withdrawals_amount")),
        sa.CheckConstraint(
            "least(fee_amount, charge_amount) >= 0 AND greatest(fee_amount, charge_amount) <> 'NaN'",
            name=op.f("ck_withdrawals_fees"),
        ),
        sa.CheckConstraint("currency = 'KES'", name=op.f("ck_withdrawals_currency")),
        sa.CheckConstraint("channel <> 'telegram' OR chat_id IS NOT NULL", name=op.f("ck_withdrawals_chat_id")),
    )
    op.create_index("ix_withdrawals_user_id", "withdrawals", ["user_id", "created_at"])


def payouts() -> None:
    op.create_table(
        "payouts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("withdrawal_id", sa.Uuid, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("charge_amount", MONEY, nullable=False),
        sa.Column("hold_transfer", sa.Uuid, nullable=False),
        sa.Column("books", sa.String, nullable=False),
        sa.Column("sendings", sa.Integer, nullable=False, server_default="0"),
        sa.Column("in_doubt", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("payee_name", sa.String),
        sa.Column("real_charge", MONEY),
        sa.Column("charge_source", sa.String),
        sa.Column("charge_booked_at", MOMENT),
        sa.Column("charge_questions", sa.Integer, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_payouts"),
        sa.ForeignKeyConstraint(["id"], ["mpesa_transactions.id"], name="fk_payouts_id"),
        sa.ForeignKeyConstraint(["withdrawal_id"], ["withdrawals.id"], name="fk_payouts_withdrawal_id"),
        sa.UniqueConstraint("withdrawal_id", "part", name="uq_payouts_withdrawal_id_part"),
        sa.UniqueConstraint("hold_transfer", name="uq_payouts_hold_transfer"),
        sa.CheckConstraint("books IN ('held', 'paid', 'released', 'paid-after-release')", name=op.f("ck_payouts_books")),
        sa.CheckConstraint("part >= 1", name=op.f("ck_payouts_part")),
        sa.CheckConstraint("charge_amount >= 0 AND charge_amount <> 'NaN'", name=op.f("ck_payouts_charge_amount")),
        sa.CheckConstraint("(real_charge IS NULL) = (charge_source IS NULL)", name=op.f("ck_payouts_charge_source")),
        sa.CheckConstraint("real_charge >= 0 AND real_charge <> 'NaN'", name=op.f("ck_payouts_real_charge")),
        sa.CheckConstraint(
            "real_charge IS NULL OR books IN ('paid', 'paid-after-release')", name=op.f("ck_payouts_charged_when_paid")
        ),
        sa.CheckConstraint("charge_booked_at IS NULL OR real_charge IS NOT NULL", name=op.f("ck_payouts_charge_booked_at")),
    )
    op.create_index(
        "ix_payouts_charge_not_booked",
        "payouts",
        ["id"],
        postgresql_where=sa.text("real_charge IS NOT NULL AND charge_booked_at IS NULL"),
    )
    op.create_index("ix_payouts_held", "payouts", ["id"], postgresql_where=sa.text("books = 'held'"))


def one_name_for_each_payout() -> None:
    """Under which name M-Pesa knows a payout: one for ever, and of amounts that it can send."""
    op.create_unique_constraint(
        "uq_mpesa_transactions_originator_conversation_id", "mpesa_transactions", ["originator_conversation_id"]
    )
    op.create_check_constraint(
        op.f("ck_mpesa_transactions_payout"),
        "mpesa_transactions",
        "transaction_type <> 'b2c' OR (amount BETWEEN 10 AND 250000 AND amount = trunc(amount)"
        " AND originator_conversation_id IS NOT NULL)",
    )


def downgrade() -> None:
    """Only while nothing was withdrawn: the chart can't forget an account that was used."""
    op.drop_constraint(op.f("ck_mpesa_transactions_payout"), "mpesa_transactions")
    op.drop_constraint("uq_mpesa_transactions_originator_conversation_id", "mpesa_transactions")
    op.drop_table("payouts")
    op.drop_table("withdrawals")
