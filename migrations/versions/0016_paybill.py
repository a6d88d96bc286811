"""Money in by paybill: account numbers, one row per receipt whoever reports it, claims, and callbacks of several kinds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from migrations.ledger_holds import rights

revision = "0016_paybill"
down_revision = "0015_second_factor"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)

# A payment is proven money: only what was unknown may be filled in, and what was credited stays credited.
RECEIVED_FINAL = """
CREATE FUNCTION payments_received_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'payment % can not be forgotten', OLD.receipt USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.id, NEW.provider, NEW.receipt, NEW.amount, NEW.currency, NEW.received_at)
     IS DISTINCT FROM (OLD.id, OLD.provider, OLD.receipt, OLD.amount, OLD.currency, OLD.received_at) THEN
    RAISE EXCEPTION 'payment % can not become another one', OLD.receipt USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.transaction_id IS NOT NULL AND NEW.transaction_id IS DISTINCT FROM OLD.transaction_id
     OR OLD.suspense_reason IS DISTINCT FROM NEW.suspense_reason THEN
    RAISE EXCEPTION 'payment % can not be credited twice', OLD.receipt USING ERRCODE = 'check_violation';
  END IF;
  IF NOT NEW.sources @> OLD.sources THEN
    RAISE EXCEPTION 'who reported payment % can not be forgotten', OLD.receipt USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
RECEIVED_FINAL_TRIGGER = """
CREATE TRIGGER payments_received_final BEFORE UPDATE OR DELETE ON payments_received
FOR EACH ROW EXECUTE FUNCTION payments_received_final();
"""

# A collection is completed by a payment that was received, for exactly its amount. Looked at when the unit commits, since the
# two rows name each other.
COMPLETED_IS_RECEIVED = """
CREATE FUNCTION mpesa_transactions_completed_is_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM payments_received p
    WHERE p.transaction_id = NEW.id AND p.receipt = NEW.mpesa_receipt_number AND p.amount = NEW.amount
  ) THEN
    RAISE EXCEPTION 'M-Pesa transaction % has no payment that proves it', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
"""
COMPLETED_IS_RECEIVED_TRIGGER = """
CREATE CONSTRAINT TRIGGER mpesa_transactions_completed_is_received AFTER INSERT OR UPDATE ON mpesa_transactions
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (NEW.status = 'completed' AND NEW.transaction_type IN ('stk_push', 'c2b'))
EXECUTE FUNCTION mpesa_transactions_completed_is_received();
"""
# What was credited before there was this table was reported by its callback.
EARLIER_PAYMENTS = """
INSERT INTO payments_received (id, provider, receipt, amount, currency, account, payer, payer_digest,
  payer_name, paid_at, received_at, sources, transaction_id)
SELECT gen_random_uuid(), 'mpesa', mpesa_receipt_number, amount, currency, coalesce(account_reference, ''), '', '', '',
  transaction_date, coalesce(callback_at, updated_at), '{stk}', id
FROM mpesa_transactions WHERE transaction_type = 'stk_push' AND status IN ('completed', 'reversed');
"""
# Checks of before 0007 were named twice over by the naming convention.
OLD_CHANNEL = "ck_mpesa_transactions_ck_mpesa_transactions_channel"
OLD_KEY, NEW_KEY = "uq_payment_callbacks_intent_digest", "uq_payment_callbacks_kind_intent_digest"


def upgrade() -> None:
    callback_kinds()
    transactions()
    payment_accounts()
    payments_received()
    payment_claims()
    suspense_decisions()
    for statement in (
        *(EARLIER_PAYMENTS, RECEIVED_FINAL, RECEIVED_FINAL_TRIGGER),
        *(COMPLETED_IS_RECEIVED, COMPLETED_IS_RECEIVED_TRIGGER),
    ):
        op.execute(statement)
    op.get_bind().exec_driver_sql(rights.GRANT)


def callback_kinds() -> None:
    op.add_column("payment_callbacks", sa.Column("kind", sa.String, nullable=False, server_default="stk"))
    op.create_unique_constraint(op.f(NEW_KEY), "payment_callbacks", ["kind", "intent", "digest"])
    op.drop_constraint(op.f(OLD_KEY), "payment_callbacks", type_="unique")


def transactions() -> None:
    table = "mpesa_transactions"
    op.add_column(table, sa.Column("paid_by", sa.Uuid))
    op.add_column(table, sa.Column("for_dao", sa.Uuid))
    op.add_column(table, sa.Column("passed_on_at", MOMENT))
    op.create_foreign_key(op.f("fk_mpesa_transactions_paid_by"), table, "members", ["paid_by"], ["id"])
    op.drop_constraint(op.f(OLD_CHANNEL), table, type_="check")
    op.create_check_constraint(op.f("ck_mpesa_transactions_channel"), table, "channel IN ('ussd', 'telegram', 'paybill')")
    op.create_check_constraint(
        op.f("ck_mpesa_transactions_amount_c2b"), table, "transaction_type <> 'c2b' OR (amount > 0 AND amount <> 'NaN')"
    )
    op.create_check_constraint(op.f("ck_mpesa_transactions_passed_on_at"), table, "passed_on_at IS NULL OR for_dao IS NOT NULL")
    op.create_index(op.f("ix_mpesa_transactions_account_reference"), table, ["account_reference"])
    op.create_index(op.f("ix_mpesa_transactions_merchant_request_id"), table, ["merchant_request_id"])
    op.create_index(
        op.f("ix_mpesa_transactions_not_passed_on"),
        table,
        ["updated_at"],
        postgresql_where=sa.text("for_dao IS NOT NULL AND passed_on_at IS NULL AND status = 'completed'"),
    )


def payment_accounts() -> None:
    op.create_table(
        "payment_accounts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("number", sa.String, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment_accounts"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_payment_accounts_user_id"),
        sa.UniqueConstraint("number", name="uq_payment_accounts_number"),
        sa.UniqueConstraint("user_id", "dao_id", name="uq_payment_accounts_user_id_dao_id", postgresql_nulls_not_distinct=True),
        sa.CheckConstraint("number ~ '^[1-9][0-9]{6}$'", name=op.f("ck_payment_accounts_number")),
    )


def payments_received() -> None:
    op.create_table(
        "payments_received",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("receipt", sa.String, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("payer", sa.String, nullable=False),
        sa.Column("payer_digest", sa.String, nullable=False),
        sa.Column("payer_name", sa.String, nullable=False),
        sa.Column("paid_at", MOMENT),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("sources", ARRAY(sa.String), nullable=False),
        sa.Column("transaction_id", sa.Uuid),
        sa.Column("suspense_reason", sa.String),
        sa.Column("assigned_by", sa.String),
        sa.Column("assigned_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_payments_received"),
        sa.ForeignKeyConstraint(["transaction_id"], ["mpesa_transactions.id"], name="fk_payments_received_transaction_id"),
        sa.UniqueConstraint("provider", "receipt", name="uq_payments_received_provider_receipt"),
        sa.UniqueConstraint("transaction_id", name="uq_payments_received_transaction_id"),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_payments_received_amount")),
        sa.CheckConstraint("currency = 'KES'", name=op.f("ck_payments_received_currency")),
        sa.CheckConstraint("cardinality(sources) > 0", name=op.f("ck_payments_received_sources")),
        # It is credited, or it is in suspense and everybody can read why.
        sa.CheckConstraint(
            "transaction_id IS NOT NULL OR suspense_reason IS NOT NULL", name=op.f("ck_payments_received_place")
        ),
        sa.CheckConstraint(
            "assigned_by IN ('source', 'claim', 'operators') AND assigned_at IS NOT NULL AND transaction_id IS NOT NULL"
            " OR assigned_by IS NULL AND assigned_at IS NULL",
            name=op.f("ck_payments_received_assigned_by"),
        ),
        sa.CheckConstraint(
            "suspense_reason IS NULL OR transaction_id IS NULL OR assigned_by IS NOT NULL",
            name=op.f("ck_payments_received_suspense_reason"),
        ),
    )
    op.create_index(
        op.f("ix_payments_received_suspense"),
        "payments_received",
        ["received_at"],
        postgresql_where=sa.text("transaction_id IS NULL"),
    )


def payment_claims() -> None:
    op.create_table(
        "payment_claims",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("receipt", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_check_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment_claims"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_payment_claims_user_id"),
        sa.UniqueConstraint("user_id", "receipt", name="uq_payment_claims_user_id_receipt"),
        sa.CheckConstraint(
            "outcome IN ('asking', 'credited', 'refused', 'elsewhere', 'unknown')", name=op.f("ck_payment_claims_outcome")
        ),
        sa.CheckConstraint("outcome <> 'asking' OR next_check_at IS NOT NULL", name=op.f("ck_payment_claims_next_check_at")),
        sa.CheckConstraint("asked >= 0", name=op.f("ck_payment_claims_asked")),
    )
    op.create_index(op.f("ix_payment_claims_receipt"), "payment_claims", ["receipt"])
    op.create_index(
        op.f("ix_payment_claims_next_check_at"),
        "payment_claims",
        ["next_check_at"],
        postgresql_where=sa.text("outcome = 'asking'"),
    )


def suspense_decisions() -> None:
    op.create_table(
        "suspense_decisions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("payment_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("proposed_by", sa.String, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.String),
        sa.Column("approved_at", MOMENT),
        sa.Column("withdrawn_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_suspense_decisions"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments_received.id"], name="fk_suspense_decisions_payment_id"),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name="fk_suspense_decisions_user_id"),
        sa.CheckConstraint("btrim(reason) <> '' AND btrim(proposed_by) <> ''", name=op.f("ck_suspense_decisions_reason")),
        sa.CheckConstraint(
            "lower(btrim(approved_by)) <> lower(btrim(proposed_by))", name=op.f("ck_suspense_decisions_two_people")
        ),
        sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_suspense_decisions_approved_at")),
    )
    op.create_index(
        op.f("uq_suspense_decisions_open"),
        "suspense_decisions",
        ["payment_id"],
        unique=True,
        postgresql_where=sa.text("approved_at IS NULL AND withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    """Only while nothing was paid by paybill: what came in stays in the books."""
    if op.get_bind().exec_driver_sql("SELECT EXISTS (SELECT FROM payments_received WHERE sources <> '{stk}')").scalar_one():
        raise RuntimeError("payments by paybill were received; they can't be forgotten")
    op.execute("DROP TRIGGER mpesa_transactions_completed_is_received ON mpesa_transactions")
    op.execute("DROP FUNCTION mpesa_transactions_completed_is_received()")
    for table in ("suspense_decisions", "payment_claims", "payments_received", "payment_accounts"):
        op.drop_table(table)
    op.execute("DROP FUNCTION payments_received_final()")
    for column in ("passed_on_at", "for_dao", "paid_by"):
        op.drop_column("mpesa_transactions", column)
    for index in ("account_reference", "merchant_request_id"):
        op.drop_index(op.f(f"ix_mpesa_transactions_{index}"), "mpesa_transactions")
    op.drop_constraint(op.f("ck_mpesa_transactions_amount_c2b"), "mpesa_transactions", type_="check")
    op.drop_constraint(op.f("ck_mpesa_transactions_channel"), "mpesa_transactions", type_="check")
    op.create_check_constraint(op.f(OLD_CHANNEL), "mpesa_transactions", "channel IN ('ussd', 'telegram')")
    op.create_unique_constraint(op.f(OLD_KEY), "payment_callbacks", ["intent", "digest"])
    op.drop_column("payment_callbacks", "kind")
