"""M-Pesa's statement beside our books: its files and rows, what M-Pesa undid, and fees that were given back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.ledger_holds import rights

revision = "0033_reconciliation"
down_revision = "0030_safety"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
ACCOUNTS = {
    "mpesa_transit": "Between the paybill's accounts and the bank: -200 means that 200 left M-Pesa or is on its way; "
    "above zero is the operator's own money that was brought in",
    "mpesa_refunds": "Set aside for payments that are being sent back to their payers",
    "write_offs": "What the operator bears of mistakes: below zero, a cost",
    "protocol_fees": "The protocol's share of the fees: revenue",
}
CHART = "INSERT INTO ledger_chart (kind, name, meaning) VALUES ('system', :name, :meaning) ON CONFLICT DO NOTHING"
# What M-Pesa told stays as it was told; only what an earlier variant of the file didn't tell may be filled in.
ROWS_FINAL = """
CREATE FUNCTION statement_rows_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a row of the statement can not be forgotten' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.id, NEW.file_id, NEW.receipt, NEW.account, NEW.kind, NEW.amount, NEW.nth, NEW.balance, NEW.at, NEW.created_at)
     IS DISTINCT FROM (OLD.id, OLD.file_id, OLD.receipt, OLD.account, OLD.kind, OLD.amount, OLD.nth, OLD.balance, OLD.at,
       OLD.created_at) THEN
    RAISE EXCEPTION 'a row of the statement can not become another one' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
     (('new', 'matched'), ('new', 'open'), ('open', 'matched'), ('open', 'explained'))
     OR OLD.booked IS NOT NULL AND NEW.booked IS DISTINCT FROM OLD.booked THEN
    RAISE EXCEPTION 'a row of the statement can not be decided twice' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
ROWS_FINAL_TRIGGER = """
CREATE TRIGGER statement_rows_final BEFORE UPDATE OR DELETE ON statement_rows
FOR EACH ROW EXECUTE FUNCTION statement_rows_final();
"""
REVERSALS_FINAL = """
CREATE FUNCTION payment_reversals_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.id, NEW.original, NEW.direction, NEW.amount, NEW.books, NEW.transaction_id, NEW.payment_id)
     IS DISTINCT FROM (OLD.id, OLD.original, OLD.direction, OLD.amount, OLD.books, OLD.transaction_id, OLD.payment_id)
     OR OLD.receipt <> '' AND NEW.receipt <> OLD.receipt THEN
    RAISE EXCEPTION 'that % was undone stays as it is', OLD.original USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
REVERSALS_FINAL_TRIGGER = """
CREATE TRIGGER payment_reversals_final BEFORE UPDATE OR DELETE ON payment_reversals
FOR EACH ROW EXECUTE FUNCTION payment_reversals_final();
"""
# Checks of before 0007 were named twice over by the naming convention.
OLD_SHARES = "ck_transaction_fees_ck_transaction_fees_shares"
SHARES = "fee_amount >= 0 AND fee_amount <> 'NaN' AND fee_amount = platform_revenue + dao_revenue + protocol_revenue"
SHARES_NOW = (
    "(reverses IS NULL AND fee_amount >= 0 OR reverses IS NOT NULL AND fee_amount <= 0)"
    " AND fee_amount <> 'NaN' AND fee_amount = platform_revenue + dao_revenue + protocol_revenue"
)
TAX = "tax_amount BETWEEN 0 AND fee_amount"
TAX_NOW = "tax_amount BETWEEN least(0, fee_amount) AND greatest(0, fee_amount)"


def upgrade() -> None:
    for name, meaning in ACCOUNTS.items():
        op.execute(sa.text(CHART).bindparams(name=name, meaning=meaning))
    statement_files()
    statement_rows()
    payment_reversals()
    op.add_column("payments_received", sa.Column("reversed_at", MOMENT))
    fees_given_back()
    for statement in (ROWS_FINAL, ROWS_FINAL_TRIGGER, REVERSALS_FINAL, REVERSALS_FINAL_TRIGGER):
        op.execute(statement)
    op.get_bind().exec_driver_sql(rights.GRANT)


def statement_files() -> None:
    op.create_table(
        "statement_files",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("variant", sa.String, nullable=False),
        sa.Column("shortcode", sa.String, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("skipped", sa.Integer, nullable=False),
        sa.Column("accounts", JSONB, nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_statement_files"),
        sa.UniqueConstraint("provider", "digest", name="uq_statement_files_provider_digest"),
    )
    op.create_index("ix_statement_files_first_at", "statement_files", ["first_at"])


def statement_rows() -> None:
    table = "statement_rows"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("receipt", sa.String, nullable=False),
        sa.Column("account", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("balance", MONEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("details", "party", "party_digest", "party_name")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("typed", "linked", "state")),
        sa.Column("outcome", sa.String),
        sa.Column("booked", sa.Uuid),
        sa.Column("decided_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_statement_rows"),
        sa.ForeignKeyConstraint(["file_id"], ["statement_files.id"], name="fk_statement_rows_file_id"),
        sa.UniqueConstraint(
            *("receipt", "account", "kind", "amount", "nth"), name="uq_statement_rows_receipt_account_kind_amount_nth"
        ),
        sa.CheckConstraint(
            "kind IN ('payment', 'payout', 'charge', 'reversal', 'own', 'other')", name=op.f("ck_statement_rows_kind")
        ),
        sa.CheckConstraint("amount <> 0 AND amount <> 'NaN' AND balance <> 'NaN'", name=op.f("ck_statement_rows_amount")),
        sa.CheckConstraint("nth >= 1", name=op.f("ck_statement_rows_nth")),
        sa.CheckConstraint("state IN ('new', 'matched', 'open', 'explained')", name=op.f("ck_statement_rows_state")),
        sa.CheckConstraint("(state = 'new') = (decided_at IS NULL)", name=op.f("ck_statement_rows_decided_at")),
        sa.CheckConstraint("state = 'new' OR outcome IS NOT NULL", name=op.f("ck_statement_rows_outcome")),
    )
    undecided = sa.text("state IN ('new', 'open')")
    op.create_index("ix_statement_rows_undecided", table, ["at"], postgresql_where=undecided)
    op.create_index("ix_statement_rows_at", table, ["at"])
    op.create_index("ix_statement_rows_file_id", table, ["file_id"])


def payment_reversals() -> None:
    table = "payment_reversals"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("original", sa.String, nullable=False),
        sa.Column("receipt", sa.String, nullable=False),
        sa.Column("direction", sa.String, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("books", sa.String, nullable=False),
        sa.Column("attention", sa.String),
        sa.Column("transaction_id", sa.Uuid),
        sa.Column("payment_id", sa.Uuid),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment_reversals"),
        sa.ForeignKeyConstraint(["transaction_id"], ["mpesa_transactions.id"], name="fk_payment_reversals_transaction_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments_received.id"], name="fk_payment_reversals_payment_id"),
        sa.UniqueConstraint("original", name="uq_payment_reversals_original"),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_payment_reversals_direction")),
        sa.CheckConstraint("books IN ('returned', 'suspense', 'refund')", name=op.f("ck_payment_reversals_books")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_payment_reversals_amount")),
        sa.CheckConstraint("transaction_id IS NOT NULL OR payment_id IS NOT NULL", name=op.f("ck_payment_reversals_of_what")),
        sa.CheckConstraint("attention IS NULL OR books = 'suspense'", name=op.f("ck_payment_reversals_attention")),
    )
    known = sa.text("receipt <> ''")
    op.create_index("uq_payment_reversals_receipt", table, ["receipt"], unique=True, postgresql_where=known)
    op.create_index("ix_payment_reversals_transaction_id", table, ["transaction_id"])
    op.create_index("ix_payment_reversals_payment_id", table, ["payment_id"])


def fees_given_back() -> None:
    """A fee that is given back is a row of its own, below zero, that names the first."""
    table = "transaction_fees"
    op.add_column(table, sa.Column("reverses", sa.Uuid))
    op.create_foreign_key("fk_transaction_fees_reverses", table, table, ["reverses"], ["id"])
    op.create_unique_constraint("uq_transaction_fees_reverses", table, ["reverses"])
    op.drop_constraint(op.f(OLD_SHARES), table, type_="check")
    op.drop_constraint(op.f("ck_transaction_fees_tax_amount"), table, type_="check")
    op.create_check_constraint(op.f("ck_transaction_fees_shares"), table, SHARES_NOW)
    op.create_check_constraint(op.f("ck_transaction_fees_tax_amount"), table, TAX_NOW)


def downgrade() -> None:
    """Only while no statement was imported and nothing was undone: what M-Pesa told stays."""
    known = "SELECT EXISTS (SELECT FROM statement_files) OR EXISTS (SELECT FROM payment_reversals)"
    if op.get_bind().exec_driver_sql(known).scalar_one():
        raise RuntimeError("statements were imported; they can't be forgotten")
    for name in ("shares", "tax_amount"):
        op.drop_constraint(op.f(f"ck_transaction_fees_{name}"), "transaction_fees", type_="check")
    op.create_check_constraint(op.f(OLD_SHARES), "transaction_fees", SHARES)
    op.create_check_constraint(op.f("ck_transaction_fees_tax_amount"), "transaction_fees", TAX)
    op.drop_column("transaction_fees", "reverses")
    op.drop_column("payments_received", "reversed_at")
    for table in ("payment_reversals", "statement_rows", "statement_files"):
        op.drop_table(table)
    for function in ("payment_reversals_final", "statement_rows_final"):
        op.execute(f"DROP FUNCTION {function}()")
