"""Money in by M-Pesa: dated fees, transactions, the fees charged, and an inbox of raw callbacks."""

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0004_payments"
down_revision = "0003_identity"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
# Earlier than any deposit can be: the first schedule has always been valid.
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)

# What has happened to money is never undone by an update: a row only moves forward, and what was agreed stays as agreed.
FORWARD_ONLY = """
CREATE FUNCTION mpesa_transactions_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.user_id, NEW.transaction_type, NEW.amount, NEW.fee_amount, NEW.fee_percentage)
     IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.transaction_type, OLD.amount, OLD.fee_amount, OLD.fee_percentage) THEN
    RAISE EXCEPTION 'what was agreed for M-Pesa transaction % can not change', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.mpesa_receipt_number IS NOT NULL AND NEW.mpesa_receipt_number IS DISTINCT FROM OLD.mpesa_receipt_number
     OR OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at THEN
    RAISE EXCEPTION 'M-Pesa transaction % can not be sent or receipted twice', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.status = 'completed' AND NEW.status NOT IN ('completed', 'reversed')
     OR OLD.status = 'reversed' AND NEW.status <> 'reversed'
     OR OLD.status IN ('failed', 'cancelled') AND NEW.status IN ('pending', 'processing')
     OR OLD.status = 'processing' AND NEW.status = 'pending' THEN
    RAISE EXCEPTION 'M-Pesa transaction % can not go from % to %', OLD.id, OLD.status, NEW.status
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
FORWARD_ONLY_TRIGGER = """
CREATE TRIGGER mpesa_transactions_forward_only BEFORE UPDATE ON mpesa_transactions
FOR EACH ROW EXECUTE FUNCTION mpesa_transactions_forward_only();
"""


def upgrade() -> None:
    fee_schedules()
    mpesa_transactions()
    transaction_fees()
    payment_callbacks()


def fee_schedules() -> None:
    table = op.create_table(
        "fee_schedules",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("basis_points", sa.Integer, nullable=False),
        sa.Column("minimum", MONEY, nullable=False),
        sa.Column("maximum", MONEY),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("valid_to", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_fee_schedules"),
        sa.UniqueConstraint("category", "currency", "valid_from", name="uq_fee_schedules_category_currency_valid_from"),
        sa.CheckConstraint("basis_points BETWEEN 0 AND 10000", name="ck_fee_schedules_basis_points"),
        sa.CheckConstraint(
            "minimum >= 0 AND minimum <> 'NaN' AND (maximum IS NULL OR maximum >= minimum)", name="ck_fee_schedules_bounds"
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ck_fee_schedules_dates"),
    )
    # 2.5 % of an M-Pesa deposit, without a floor or a ceiling.
    op.bulk_insert(
        table,
        [
            {
                "id": UUID("019a0000-0000-7000-8000-000000000001"),
                "category": "mpesa_deposit",
                "currency": "KES",
                "basis_points": 250,
                "minimum": 0,
                "maximum": None,
                "valid_from": BEGINNING,
                "valid_to": None,
            }
        ],
    )


def mpesa_transactions() -> None:
    op.create_table(
        "mpesa_transactions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("payment_transaction_id", sa.String),
        sa.Column("transaction_type", sa.String, nullable=False),
        sa.Column("phone_number", sa.String, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("account_reference", sa.String),
        sa.Column("transaction_desc", sa.String),
        sa.Column("merchant_request_id", sa.String),
        sa.Column("checkout_request_id", sa.String),
        sa.Column("conversation_id", sa.String),
        sa.Column("originator_conversation_id", sa.String),
        sa.Column("mpesa_receipt_number", sa.String),
        sa.Column("transaction_date", MOMENT),
        sa.Column("result_code", sa.String),
        sa.Column("result_desc", sa.String),
        sa.Column("balance", MONEY),
        sa.Column("callback_data", JSONB),
        sa.Column("callback_received", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("callback_at", MOMENT),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("failure_reason", sa.String),
        sa.Column("retry_count", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_retry_at", MOMENT),
        sa.Column("ip_address", sa.String),
        sa.Column("user_agent", sa.String),
        sa.Column("metadata", JSONB),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("fee_amount", MONEY, nullable=False),
        sa.Column("fee_percentage", sa.Numeric(5, 4), nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("chat_id", sa.BigInteger),
        sa.Column("sent_at", MOMENT),
        sa.Column("answer", sa.String),
        sa.Column("next_check_at", MOMENT),
        sa.Column("attention", sa.String),
        sa.Column("told", ARRAY(sa.String), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("id", name="pk_mpesa_transactions"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_mpesa_transactions_user_id"),
        sa.UniqueConstraint("checkout_request_id", name="uq_mpesa_transactions_checkout_request_id"),
        sa.UniqueConstraint("mpesa_receipt_number", name="uq_mpesa_transactions_mpesa_receipt_number"),
        sa.CheckConstraint(
            "transaction_type IN ('stk_push', 'b2c', 'c2b', 'reversal', 'balance_query')",
            name="ck_mpesa_transactions_transaction_type",
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'processing', 'completed', 'failed', 'reversed', 'cancelled')",
            name="ck_mpesa_transactions_status",
        ),
        # M-Pesa takes whole shillings. NaN sorts above every number, so it is outside these bounds.
        sa.CheckConstraint(
            "transaction_type <> 'stk_push' OR (amount BETWEEN 1 AND 250000 AND amount = trunc(amount))",
            name="ck_mpesa_transactions_amount",
        ),
        sa.CheckConstraint("fee_amount BETWEEN 0 AND amount", name="ck_mpesa_transactions_fee_amount"),
        sa.CheckConstraint("currency = 'KES'", name="ck_mpesa_transactions_currency"),
        sa.CheckConstraint("channel IN ('ussd', 'telegram')", name="ck_mpesa_transactions_channel"),
        sa.CheckConstraint("channel <> 'telegram' OR chat_id IS NOT NULL", name="ck_mpesa_transactions_chat_id"),
        sa.CheckConstraint("answer IN ('accepted', 'rejected', 'unknown')", name="ck_mpesa_transactions_answer"),
        sa.CheckConstraint("status <> 'completed' OR mpesa_receipt_number IS NOT NULL", name="ck_mpesa_transactions_receipt"),
        sa.CheckConstraint(
            "NOT callback_received OR (callback_data IS NOT NULL AND callback_at IS NOT NULL)",
            name="ck_mpesa_transactions_callback",
        ),
        sa.CheckConstraint("status <> 'processing' OR sent_at IS NOT NULL", name="ck_mpesa_transactions_sent_at"),
        # Nothing waits without somebody or something that will look at it again.
        sa.CheckConstraint(
            "status NOT IN ('pending', 'processing') OR next_check_at IS NOT NULL OR attention IS NOT NULL",
            name="ck_mpesa_transactions_next_check_at",
        ),
    )
    op.create_index("ix_mpesa_transactions_user_id", "mpesa_transactions", ["user_id", "created_at"])
    op.create_index("ix_mpesa_transactions_phone_number", "mpesa_transactions", ["phone_number", "created_at"])
    op.create_index(
        "ix_mpesa_transactions_next_check_at",
        "mpesa_transactions",
        ["next_check_at"],
        postgresql_where=sa.text("status IN ('pending', 'processing')"),
    )
    op.execute(FORWARD_ONLY)
    op.execute(FORWARD_ONLY_TRIGGER)


def transaction_fees() -> None:
    op.create_table(
        "transaction_fees",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("transaction_id", sa.Uuid),
        sa.Column("transaction_type", sa.String, nullable=False),
        sa.Column("fee_type", sa.String, nullable=False),
        sa.Column("fee_category", sa.String, nullable=False),
        sa.Column("base_amount", MONEY, nullable=False),
        sa.Column("fee_amount", MONEY, nullable=False),
        sa.Column("fee_percentage", sa.Numeric(5, 4)),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("paid_by", sa.Uuid),
        sa.Column("dao_id", sa.Uuid),
        sa.Column("collected_by", sa.String, nullable=False),
        sa.Column("platform_revenue", MONEY, nullable=False),
        sa.Column("dao_revenue", MONEY, nullable=False),
        sa.Column("protocol_revenue", MONEY, nullable=False),
        sa.Column("description", sa.String),
        sa.Column("metadata", JSONB),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_transaction_fees"),
        sa.ForeignKeyConstraint(["paid_by"], ["members.id"], name="fk_transaction_fees_paid_by"),
        sa.UniqueConstraint("transaction_id", "fee_type", name="uq_transaction_fees_transaction_id_fee_type"),
        sa.CheckConstraint(
            "transaction_type IN ('wallet', 'vault', 'escrow', 'payment')", name="ck_transaction_fees_transaction_type"
        ),
        sa.CheckConstraint(
            "fee_type IN ('platform_fee', 'gas_fee', 'network_fee', 'service_fee', 'performance_fee')",
            name="ck_transaction_fees_fee_type",
        ),
        sa.CheckConstraint("collected_by IN ('platform', 'dao', 'protocol')", name="ck_transaction_fees_collected_by"),
        sa.CheckConstraint(
            "fee_amount >= 0 AND fee_amount <> 'NaN' AND fee_amount = platform_revenue + dao_revenue + protocol_revenue",
            name="ck_transaction_fees_shares",
        ),
    )
    op.create_index("ix_transaction_fees_fee_category", "transaction_fees", ["fee_category", "created_at"])
    op.create_index("ix_transaction_fees_paid_by", "transaction_fees", ["paid_by"])


def payment_callbacks() -> None:
    op.create_table(
        "payment_callbacks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("intent", sa.String, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("remote", sa.String, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("times_received", sa.Integer, nullable=False, server_default="1"),
        sa.Column("processed_at", MOMENT),
        sa.Column("outcome", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_payment_callbacks"),
        sa.UniqueConstraint("intent", "digest", name="uq_payment_callbacks_intent_digest"),
        sa.CheckConstraint("(processed_at IS NULL) = (outcome IS NULL)", name="ck_payment_callbacks_outcome"),
    )
    op.create_index(
        "ix_payment_callbacks_received_at",
        "payment_callbacks",
        ["received_at"],
        postgresql_where=sa.text("processed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("payment_callbacks")
    op.drop_table("transaction_fees")
    op.drop_table("mpesa_transactions")
    op.execute("DROP FUNCTION mpesa_transactions_forward_only()")
    op.drop_table("fee_schedules")
