"""Loans of a group to its members: asked for, vouched for, decided, paid out and repaid."""

import sqlalchemy as sa
from alembic import op

revision = "0056_loans"
down_revision = "0028_group_ground"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)

# What was agreed stays; a loan goes from asked to running to its end, never back.
FORWARD = """
CREATE FUNCTION loans_forward_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.dao_id, NEW.user_id, NEW.principal, NEW.currency, NEW.rate, NEW.method, NEW.months, NEW.intent, NEW.asked_at)
     IS DISTINCT FROM
     (OLD.id, OLD.dao_id, OLD.user_id, OLD.principal, OLD.currency, OLD.rate, OLD.method, OLD.months, OLD.intent, OLD.asked_at)
     OR OLD.started_on IS NOT NULL AND (NEW.started_on, NEW.transfer_id) IS DISTINCT FROM (OLD.started_on, OLD.transfer_id) THEN
    RAISE EXCEPTION 'what was agreed for loan % can not change', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
      ('asked', 'running'), ('asked', 'rejected'), ('asked', 'withdrawn'), ('asked', 'expired'),
      ('running', 'repaid'), ('running', 'written_off')) THEN
    RAISE EXCEPTION 'loan % can not go from % to %', OLD.id, OLD.status, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
# Whoever writes a repayment has locked the loan, so the sum is whole.
NO_MORE_THAN_LENT = """
CREATE FUNCTION loan_repayments_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(principal) FROM loan_repayments WHERE loan_id = NEW.loan_id)
     > (SELECT principal FROM loans WHERE id = NEW.loan_id) THEN
    RAISE EXCEPTION 'loan % can not get back more than was lent', NEW.loan_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""
ONCE = ("loan_decisions", "loan_repayments", "loan_notices", "loan_funding_decisions")


def upgrade() -> None:
    _create_loans()
    _create_pledges()
    _create_decisions()
    _create_repayments()
    _create_notices()
    _create_fundings()
    for function in (FORWARD, NO_MORE_THAN_LENT):
        op.execute(function)
    op.execute("CREATE TRIGGER loans_forward BEFORE UPDATE ON loans FOR EACH ROW EXECUTE FUNCTION loans_forward_only()")
    op.execute(
        "CREATE TRIGGER loan_repayments_sum AFTER INSERT ON loan_repayments"
        " FOR EACH ROW EXECUTE FUNCTION loan_repayments_within()"
    )
    for table in ONCE:
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change('what was decided or paid stays as it was written')"
        )


def _create_loans() -> None:
    op.create_table(
        "loans",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("principal", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("rate", sa.Integer, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("intent", sa.Uuid, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("started_on", sa.Date),
        sa.Column("transfer_id", sa.Uuid),
        sa.Column("ended_at", MOMENT),
        sa.Column("because", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loans")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_loans_dao_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_loans_user_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_loans_transfer_id")),
        sa.UniqueConstraint("intent", name=op.f("uq_loans_intent")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_loans_transfer_id")),
        sa.CheckConstraint("principal > 0 AND principal <> 'NaN'", name=op.f("ck_loans_principal")),
        sa.CheckConstraint("rate BETWEEN 0 AND 2000", name=op.f("ck_loans_rate")),
        sa.CheckConstraint("method IN ('reducing', 'flat')", name=op.f("ck_loans_method")),
        sa.CheckConstraint("months BETWEEN 1 AND 36", name=op.f("ck_loans_months")),
        sa.CheckConstraint(
            "status IN ('asked', 'running', 'repaid', 'rejected', 'withdrawn', 'expired', 'written_off')",
            name=op.f("ck_loans_status"),
        ),
        sa.CheckConstraint("(started_on IS NULL) = (transfer_id IS NULL)", name=op.f("ck_loans_started")),
        sa.CheckConstraint(
            "status NOT IN ('running', 'repaid', 'written_off') OR started_on IS NOT NULL", name=op.f("ck_loans_paid_out")
        ),
        sa.CheckConstraint("(status IN ('asked', 'running')) = (ended_at IS NULL)", name=op.f("ck_loans_ended")),
    )
    op.create_index("ix_loans_user_id", "loans", ["user_id"])
    live = sa.text("status IN ('asked', 'running')")
    op.create_index("uq_loans_live", "loans", ["dao_id", "user_id"], unique=True, postgresql_where=live)


def _create_pledges() -> None:
    op.create_table(
        "loan_pledges",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_pledges")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_loan_pledges_loan_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_loan_pledges_user_id")),
        sa.UniqueConstraint("loan_id", "user_id", name=op.f("uq_loan_pledges_loan_id_user_id")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_loan_pledges_amount")),
        sa.CheckConstraint("status IN ('asked', 'accepted', 'refused', 'released')", name=op.f("ck_loan_pledges_status")),
    )
    op.create_index("ix_loan_pledges_user_id", "loan_pledges", ["user_id"])


def _create_decisions() -> None:
    op.create_table(
        "loan_decisions",
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("agrees", sa.Boolean, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("loan_id", "question", "user_id", name=op.f("pk_loan_decisions")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_loan_decisions_loan_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_loan_decisions_user_id")),
        sa.CheckConstraint("question IN ('payout', 'recovery')", name=op.f("ck_loan_decisions_question")),
    )


def _create_repayments() -> None:
    op.create_table(
        "loan_repayments",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("interest", AMOUNT, nullable=False),
        sa.Column("principal", AMOUNT, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("transfer_id", sa.Uuid),
        sa.Column("intent", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_repayments")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_loan_repayments_loan_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_loan_repayments_user_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_loan_repayments_transfer_id")),
        sa.UniqueConstraint("intent", "user_id", name=op.f("uq_loan_repayments_intent_user_id")),
        sa.CheckConstraint(
            "interest >= 0 AND principal >= 0 AND amount > 0 AND amount <> 'NaN'", name=op.f("ck_loan_repayments_parts")
        ),
        sa.CheckConstraint("amount = interest + principal", name=op.f("ck_loan_repayments_amount")),
        sa.CheckConstraint("source IN ('balance', 'savings')", name=op.f("ck_loan_repayments_source")),
        sa.CheckConstraint("(source = 'balance') = (transfer_id IS NOT NULL)", name=op.f("ck_loan_repayments_moved")),
    )
    op.create_index("ix_loan_repayments_loan_id", "loan_repayments", ["loan_id"])
    op.create_index("ix_loan_repayments_user_id", "loan_repayments", ["user_id"])


def _create_notices() -> None:
    op.create_table(
        "loan_notices",
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("loan_id", "due", "stage", name=op.f("pk_loan_notices")),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name=op.f("fk_loan_notices_loan_id")),
    )


def _create_fundings() -> None:
    op.create_table(
        "loan_fundings",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid, nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("intent", sa.Uuid, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("transfer_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_fundings")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_loan_fundings_dao_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_loan_fundings_user_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["ledger_transfers.id"], name=op.f("fk_loan_fundings_transfer_id")),
        sa.UniqueConstraint("intent", name=op.f("uq_loan_fundings_intent")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_loan_fundings_amount")),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_loan_fundings_direction")),
        sa.CheckConstraint("status IN ('asked', 'done', 'rejected', 'expired')", name=op.f("ck_loan_fundings_status")),
        sa.CheckConstraint("(status = 'done') = (transfer_id IS NOT NULL)", name=op.f("ck_loan_fundings_done")),
    )
    still = sa.text("status = 'asked'")
    op.create_index("uq_loan_fundings_open", "loan_fundings", ["dao_id"], unique=True, postgresql_where=still)
    op.create_table(
        "loan_funding_decisions",
        sa.Column("funding_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("agrees", sa.Boolean, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("funding_id", "user_id", name=op.f("pk_loan_funding_decisions")),
        sa.ForeignKeyConstraint(["funding_id"], ["loan_fundings.id"], name=op.f("fk_loan_funding_decisions_funding_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_loan_funding_decisions_user_id")),
    )


def downgrade() -> None:
    tables = (
        "loan_funding_decisions",
        "loan_fundings",
        "loan_notices",
        "loan_repayments",
        "loan_decisions",
        "loan_pledges",
        "loans",
    )
    for table in tables:
        op.drop_table(table)
    op.execute("DROP FUNCTION loan_repayments_within()")
    op.execute("DROP FUNCTION loans_forward_only()")
