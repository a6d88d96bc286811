"""Treasuries: requests and their approvals, objections, the padlock's draws; payments out that a treasury pays; the view."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.ledger_holds import rights
from migrations.treasury import guards, view

revision = "0050_treasury"
down_revision = "0053_governance"
branch_labels = None
depends_on = None

TABLES = ("padlock_draws", "treasury_steps", "treasury_objections", "treasury_approvals", "treasury_requests")


def upgrade() -> None:
    create_tables()
    for function in guards.FUNCTIONS.values():
        op.execute(function)
    for trigger in guards.TRIGGERS:
        op.execute(trigger)
    op.add_column("withdrawals", sa.Column("dao_id", sa.Uuid))
    op.create_index("ix_withdrawals_dao_id", "withdrawals", ["dao_id"], postgresql_where=sa.text("dao_id IS NOT NULL"))
    op.execute(view.WITH_RULES)
    op.get_bind().exec_driver_sql(rights.GRANT)


def create_tables() -> None:
    op.create_table(
        "treasury_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposer", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=38, scale=18), nullable=False),
        sa.Column("fee_amount", sa.Numeric(precision=38, scale=18), nullable=False),
        sa.Column("charge_amount", sa.Numeric(precision=38, scale=18), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=True),
        sa.Column("payee_phone", sa.Text(), nullable=True),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("mandate", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("spend", sa.Text(), nullable=False),
        sa.Column("signers", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("padlocks", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("objectors", sa.Integer(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=False),
        sa.Column("needs_vote", sa.Boolean(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("hold_transfer", sa.Uuid(), nullable=True),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("told", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(path = 'petty') = (needed = 0)", name=op.f("ck_treasury_requests_needed")),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_treasury_requests_amount")),
        sa.CheckConstraint(
            "category IN ('supplies', 'services', 'welfare', 'project', 'refund', 'fees', 'other')",
            name=op.f("ck_treasury_requests_category"),
        ),
        sa.CheckConstraint("currency = 'KES'", name=op.f("ck_treasury_requests_currency")),
        sa.CheckConstraint(
            "least(fee_amount, charge_amount) >= 0 AND greatest(fee_amount, charge_amount) <> 'NaN'",
            name=op.f("ck_treasury_requests_fees"),
        ),
        sa.CheckConstraint("path IN ('usual', 'emergency', 'petty')", name=op.f("ck_treasury_requests_path")),
        sa.CheckConstraint(
            "payee_id IS NULL OR payee_id <> proposer OR path <> 'petty'", name=op.f("ck_treasury_requests_petty_to_others")
        ),
        sa.CheckConstraint("status <> 'paid' OR paid_at IS NOT NULL", name=op.f("ck_treasury_requests_paid_at")),
        sa.CheckConstraint(
            "status IN ('open', 'waiting', 'paying', 'paid', 'failed', 'rejected', 'expired', 'withdrawn', 'void', 'stopped')",
            name=op.f("ck_treasury_requests_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('paying', 'failed') OR payout_id IS NOT NULL", name=op.f("ck_treasury_requests_payout")
        ),
        sa.CheckConstraint(
            "status NOT IN ('waiting', 'paying', 'paid') OR NOT needs_vote OR proposal_id IS NOT NULL",
            name=op.f("ck_treasury_requests_vote"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('waiting', 'paying', 'paid', 'failed') OR"
            " (approved_at IS NOT NULL AND due_at IS NOT NULL AND hold_transfer IS NOT NULL)",
            name=op.f("ck_treasury_requests_approved"),
        ),
        sa.CheckConstraint("(payee_id IS NULL) <> (payee_phone IS NULL)", name=op.f("ck_treasury_requests_payee")),
        sa.CheckConstraint("(report IS NULL) = (reported_at IS NULL)", name=op.f("ck_treasury_requests_report")),
        sa.CheckConstraint("char_length(payee_name) BETWEEN 1 AND 40", name=op.f("ck_treasury_requests_payee_name")),
        sa.CheckConstraint("char_length(reason) BETWEEN 2 AND 40", name=op.f("ck_treasury_requests_reason")),
        sa.CheckConstraint("delay_minutes >= 0", name=op.f("ck_treasury_requests_delay_minutes")),
        sa.CheckConstraint("needed <= cardinality(signers)", name=op.f("ck_treasury_requests_signers")),
        sa.CheckConstraint("number > 0", name=op.f("ck_treasury_requests_number")),
        sa.CheckConstraint("objectors > 0", name=op.f("ck_treasury_requests_objectors")),
        sa.CheckConstraint(
            "octet_length(digest) = 64 AND octet_length(mandate) = 64 AND octet_length(spend) = 64",
            name=op.f("ck_treasury_requests_digests"),
        ),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_treasury_requests_dao_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["members.id"], name=op.f("fk_treasury_requests_payee_id")),
        sa.ForeignKeyConstraint(["proposer"], ["members.id"], name=op.f("fk_treasury_requests_proposer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_requests")),
        sa.UniqueConstraint("dao_id", "number", name=op.f("uq_treasury_requests_dao_id_number")),
        sa.UniqueConstraint("hold_transfer", name=op.f("uq_treasury_requests_hold_transfer")),
        sa.UniqueConstraint("payout_id", name=op.f("uq_treasury_requests_payout_id")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_treasury_requests_proposal_id")),
    )
    op.create_index(
        "ix_treasury_requests_unfinished",
        "treasury_requests",
        ["status", "due_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('open', 'waiting', 'paying', 'failed')"),
    )
    op.create_index("ix_treasury_requests_payee_id", "treasury_requests", ["payee_id"], unique=False)
    op.create_index("ix_treasury_requests_dao_id", "treasury_requests", ["dao_id", "created_at"], unique=False)
    op.create_index("ix_treasury_requests_proposer", "treasury_requests", ["proposer"], unique=False)
    op.create_table(
        "treasury_approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity IN ('official', 'padlock')", name=op.f("ck_treasury_approvals_capacity")),
        sa.CheckConstraint("verdict IN ('approved', 'rejected')", name=op.f("ck_treasury_approvals_verdict")),
        sa.ForeignKeyConstraint(["request_id"], ["treasury_requests.id"], name=op.f("fk_treasury_approvals_request_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_treasury_approvals_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_approvals")),
        sa.UniqueConstraint("request_id", "user_id", name=op.f("uq_treasury_approvals_request_id_user_id")),
    )
    op.create_index("ix_treasury_approvals_user_id", "treasury_approvals", ["user_id"], unique=False)
    op.create_table(
        "treasury_objections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["treasury_requests.id"], name=op.f("fk_treasury_objections_request_id")),
        sa.ForeignKeyConstraint(["user_id"], ["members.id"], name=op.f("fk_treasury_objections_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_objections")),
        sa.UniqueConstraint("request_id", "user_id", name=op.f("uq_treasury_objections_request_id_user_id")),
    )
    op.create_index("ix_treasury_objections_user_id", "treasury_objections", ["user_id"], unique=False)
    op.create_table(
        "treasury_steps",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["treasury_requests.id"], name=op.f("fk_treasury_steps_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_steps")),
    )
    op.create_index("ix_treasury_steps_request_id", "treasury_steps", ["request_id"], unique=False)
    op.create_table(
        "padlock_draws",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dao_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("candidates", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "extract(day FROM quarter) = 1 AND extract(month FROM quarter) IN (1, 4, 7, 10)",
            name=op.f("ck_padlock_draws_quarter"),
        ),
        sa.CheckConstraint("holder = ANY (candidates)", name=op.f("ck_padlock_draws_holder")),
        sa.CheckConstraint("number > 0", name=op.f("ck_padlock_draws_number")),
        sa.CheckConstraint("octet_length(seed) = 64", name=op.f("ck_padlock_draws_seed")),
        sa.ForeignKeyConstraint(["dao_id"], ["daos.id"], name=op.f("fk_padlock_draws_dao_id")),
        sa.ForeignKeyConstraint(["holder"], ["members.id"], name=op.f("fk_padlock_draws_holder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_padlock_draws")),
        sa.UniqueConstraint("dao_id", "quarter", "number", name=op.f("uq_padlock_draws_dao_id_quarter_number")),
    )
    op.create_index("ix_padlock_draws_holder", "padlock_draws", ["holder"], unique=False)


def downgrade() -> None:
    """Only while no treasury has paid out: the books would keep what nothing explains any more."""
    op.execute(view.WITHOUT_RULES)
    op.drop_index("ix_withdrawals_dao_id", "withdrawals")
    op.drop_column("withdrawals", "dao_id")
    for table in TABLES:
        op.drop_table(table)
    for function in guards.FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")
