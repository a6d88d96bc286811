"""Corrections by two people, reports of the operator, and prices that are never edited."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.ledger_holds import rights

revision = "0035_corrections"
down_revision = "0034_proof_of_funds"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
# What was asked for stays; the two people are written once and for ever; a state only goes forward.
CORRECTIONS_FINAL = """
CREATE FUNCTION corrections_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a correction can not be forgotten' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.id, NEW.kind, NEW.subject, NEW.amount, NEW.member_id, NEW.against, NEW.reason, NEW.requested_by, NEW.requested_at)
     IS DISTINCT FROM (OLD.id, OLD.kind, OLD.subject, OLD.amount, OLD.member_id, OLD.against, OLD.reason, OLD.requested_by,
       OLD.requested_at)
     OR OLD.approved_by IS NOT NULL
       AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at) THEN
    RAISE EXCEPTION 'a correction stays as it was asked for and approved' USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
     (('requested', 'sent'), ('requested', 'done'), ('requested', 'withdrawn'), ('sent', 'done'), ('sent', 'failed')) THEN
    RAISE EXCEPTION 'a correction can not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
CORRECTIONS_FINAL_TRIGGER = """
CREATE TRIGGER corrections_final BEFORE UPDATE OR DELETE ON corrections FOR EACH ROW EXECUTE FUNCTION corrections_final();
"""
# A report goes from draft to the archive and never back, and what was published says for ever what it said.
REPORTS_FORWARD = """
CREATE FUNCTION financial_reports_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  steps constant text[] := '{draft,pending_review,approved,published,archived}';
BEGIN
  IF TG_OP = 'DELETE' AND OLD.status NOT IN ('published', 'archived') THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'DELETE' OR array_position(steps, NEW.status) < array_position(steps, OLD.status)
     OR OLD.status IN ('published', 'archived') AND to_jsonb(NEW) - ARRAY['status', 'updated_at', 'notes']
       IS DISTINCT FROM to_jsonb(OLD) - ARRAY['status', 'updated_at', 'notes'] THEN
    RAISE EXCEPTION 'a report that was published stays as it was' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
REPORTS_FORWARD_TRIGGER = """
CREATE TRIGGER financial_reports_forward BEFORE UPDATE OR DELETE ON financial_reports
FOR EACH ROW EXECUTE FUNCTION financial_reports_forward();
"""
# A price that was valid once may have been agreed to: it can only be given an end.
PRICES_FINAL = """
CREATE FUNCTION prices_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'valid_to' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' OR OLD.valid_to IS NOT NULL THEN
    RAISE EXCEPTION 'a row of % stays as it is: add one that begins later', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
"""
PRICES = ("fee_schedules", "mpesa_tariffs", "tax_rates", "withdrawal_limits")
REPORT_TYPES = "'income_statement', 'balance_sheet', 'cash_flow', 'daily', 'monthly', 'quarterly', 'annual', 'audit', 'tax'"


def upgrade() -> None:
    corrections()
    financial_reports()
    for statement in (
        *(CORRECTIONS_FINAL, CORRECTIONS_FINAL_TRIGGER, PRICES_FINAL),
        *(REPORTS_FORWARD, REPORTS_FORWARD_TRIGGER),
    ):
        op.execute(statement)
    for table in PRICES:
        op.execute(
            f"CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION prices_final()"
        )
    op.get_bind().exec_driver_sql(rights.GRANT)


def corrections() -> None:
    table = "corrections"
    people = ("requested_by", "approved_by", "withdrawn_by", "member_id")
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("member_id", sa.Uuid),
        sa.Column("against", sa.String),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("requested_by", sa.Uuid, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.Uuid),
        sa.Column("approved_at", MOMENT),
        sa.Column("withdrawn_by", sa.Uuid),
        sa.Column("ended_at", MOMENT),
        sa.Column("sendings", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reference", sa.String),
        sa.Column("next_check_at", MOMENT),
        sa.Column("attention", sa.String),
        sa.Column("outcome", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        *(sa.ForeignKeyConstraint([one], ["members.id"], name=f"fk_corrections_{one}") for one in people),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_corrections_{name}")) for name, rule in RULES.items()),
    )
    still = sa.text("state IN ('requested', 'sent')")
    op.create_index("uq_corrections_open", table, ["subject"], unique=True, postgresql_where=still)
    op.create_index("ix_corrections_subject", table, ["subject"])


RULES = {
    "kind": "kind IN ('refund', 'recover', 'write-off', 'reassign', 'book')",
    "state": "state IN ('requested', 'sent', 'done', 'failed', 'withdrawn')",
    "reason": "btrim(reason) <> ''",
    "two_people": "approved_by <> requested_by",
    "approved_at": "(approved_by IS NULL) = (approved_at IS NULL)",
    "approved": "state IN ('requested', 'withdrawn') OR approved_by IS NOT NULL",
    "withdrawn": "(state = 'withdrawn') = (withdrawn_by IS NOT NULL)",
    "ended_at": "(state IN ('requested', 'sent')) = (ended_at IS NULL)",
    "amount": "amount <> 0 AND amount <> 'NaN'",
    "next_check_at": "state <> 'sent' OR next_check_at IS NOT NULL OR attention IS NOT NULL",
}
REPORT_RULES = {
    "report_type": f"report_type IN ({REPORT_TYPES})",
    "period": "period_end > period_start",
    "fiscal_quarter": "fiscal_quarter BETWEEN 1 AND 4",
    "report_format": "report_format IN ('pdf', 'json', 'csv', 'xlsx')",
    "generated_by": "generated_by IN ('ai', 'manual', 'system', 'accountant')",
    "status": "status IN ('draft', 'pending_review', 'approved', 'published', 'archived')",
    "version": "version >= 1",
    "net_profit": "net_profit = total_revenue - total_expenses",
    "equity": "total_assets = total_liabilities + equity",
}


def financial_reports() -> None:
    table = "financial_reports"
    sums = ("total_revenue", "total_expenses", "net_profit", "total_assets", "total_liabilities", "equity")
    people = ("user_id", "generated_by_user_id", "reviewed_by", "approved_by")
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("dao_id", sa.Uuid),
        sa.Column("user_id", sa.Uuid),
        sa.Column("report_type", sa.String, nullable=False),
        sa.Column("period_start", MOMENT, nullable=False),
        sa.Column("period_end", MOMENT, nullable=False),
        sa.Column("fiscal_year", sa.Integer),
        sa.Column("fiscal_quarter", sa.Integer),
        sa.Column("report_data", JSONB, nullable=False),
        sa.Column("report_url", sa.String),
        sa.Column("report_format", sa.String, nullable=False, server_default="json"),
        *(sa.Column(name, MONEY) for name in sums),
        sa.Column("ai_summary", sa.String),
        sa.Column("ai_recommendations", JSONB),
        sa.Column("anomalies_detected", JSONB),
        sa.Column("generated_by", sa.String),
        sa.Column("generated_by_user_id", sa.Uuid),
        sa.Column("generated_at", MOMENT, nullable=False),
        sa.Column("status", sa.String, nullable=False, server_default="draft"),
        sa.Column("reviewed_by", sa.Uuid),
        sa.Column("reviewed_at", MOMENT),
        sa.Column("approved_by", sa.Uuid),
        sa.Column("approved_at", MOMENT),
        sa.Column("published_at", MOMENT),
        sa.Column("notes", sa.String),
        sa.Column("tags", JSONB),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("metadata", JSONB),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_financial_reports"),
        *(sa.ForeignKeyConstraint([one], ["members.id"], name=f"fk_financial_reports_{one}") for one in people),
        sa.UniqueConstraint(
            *("report_type", "dao_id", "user_id", "period_start", "version"),
            name="uq_financial_reports_once",
            postgresql_nulls_not_distinct=True,
        ),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_financial_reports_{name}")) for name, rule in REPORT_RULES.items()),
    )
    op.create_index("ix_financial_reports_dao_id", table, ["dao_id", "period_start"])
    op.create_index("ix_financial_reports_period_start", table, ["report_type", "period_start"])


def downgrade() -> None:
    """Only while nothing was corrected: who decided what stays on record."""
    if op.get_bind().exec_driver_sql("SELECT EXISTS (SELECT FROM corrections)").scalar_one():
        raise RuntimeError("there are corrections; they can't be forgotten")
    for table in PRICES:
        op.execute(f"DROP TRIGGER {table}_final ON {table}")
    op.execute("DROP FUNCTION prices_final()")
    op.drop_table("financial_reports")
    op.drop_table("corrections")
    for function in ("corrections_final", "financial_reports_forward"):
        op.execute(f"DROP FUNCTION {function}()")
