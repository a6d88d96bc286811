"""Holds and reversals, refusals that are remembered, many postings at once, the chart of accounts, the application's role.

A transfer is now a step: on its own, setting money aside, ending that, or taking another one back. Code of before this
migration can go on: it calls the posting function without the new arguments.
"""

import importlib.util
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import chart, guards, posting, rights

revision = "0007_ledger_holds"
down_revision = "0006_jobs"
branch_labels = None
depends_on = None

AMOUNT = sa.Numeric(38, 18)
MOMENT = sa.DateTime(timezone=True)
OWNER = (
    "CASE kind WHEN 'member' THEN user_id IS NOT NULL AND name IS NULL"
    " WHEN 'treasury' THEN dao_id IS NOT NULL AND user_id IS NULL AND name IS NULL"
    "{pot} WHEN 'system' THEN name IS NOT NULL AND user_id IS NULL AND dao_id IS NULL"
    " ELSE false END"
)
POT = " WHEN 'pot' THEN dao_id IS NOT NULL AND name IS NOT NULL AND user_id IS NULL"
LIVED = """
SELECT EXISTS (SELECT FROM ledger_transfers WHERE step <> 'single') OR EXISTS (SELECT FROM ledger_rejections)
  OR EXISTS (SELECT FROM ledger_balances WHERE kind = 'pot')
"""
OLD_POST = "ledger_post(uuid, uuid, bytea, text, jsonb, timestamptz, text[], uuid[], uuid[], text[], text[], text[], numeric[])"


def upgrade() -> None:
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    _own_owner(POT)
    _add_steps()
    _create_resolutions()
    _create_rejections()
    _create_chart()
    op.execute(f"DROP FUNCTION {OLD_POST}")
    op.execute("DROP FUNCTION ledger_balance_id")
    for statement in (*guards.EVERYTHING, *posting.EVERYTHING):
        op.get_bind().exec_driver_sql(statement.replace("{schema}", schema))
    for signature in posting.SIGNATURES:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")
    op.get_bind().exec_driver_sql(rights.grant_rights(schema, posting.SIGNATURES))
    op.execute("REVOKE EXECUTE ON FUNCTION grant_application_rights FROM PUBLIC")
    op.get_bind().exec_driver_sql(rights.CREATE_ROLE)
    op.get_bind().exec_driver_sql(rights.GRANT)


def _own_owner(pot: str) -> None:
    op.drop_constraint(op.f("ck_ledger_balances_owner"), "ledger_balances", type_="check")
    op.create_check_constraint(op.f("ck_ledger_balances_owner"), "ledger_balances", OWNER.format(pot=pot))


def _add_steps() -> None:
    op.add_column("ledger_transfers", sa.Column("step", sa.Text, nullable=False, server_default="single"))
    op.add_column("ledger_transfers", sa.Column("ref_transfer", sa.Uuid))
    op.add_column("ledger_transfers", sa.Column("expires_at", MOMENT))
    for name, condition in (
        ("step", "step IN ('single', 'pending', 'post', 'void', 'expire', 'reverse')"),
        ("ref_transfer", "(ref_transfer IS NULL) = (step IN ('single', 'pending'))"),
        ("expires_at", "expires_at IS NULL OR step = 'pending'"),
    ):
        op.create_check_constraint(op.f(f"ck_ledger_transfers_{name}"), "ledger_transfers", condition)
    op.create_index(
        op.f("uq_ledger_transfers_reversed"), "ledger_transfers", ["ref_transfer"], unique=True,
        postgresql_where=sa.text("step = 'reverse'"),
    )  # fmt: skip
    op.create_index(
        op.f("ix_ledger_transfers_expires_at"), "ledger_transfers", ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )  # fmt: skip


def _create_resolutions() -> None:
    op.create_table(
        "ledger_resolutions",
        sa.Column("pending_transfer", sa.Uuid, nullable=False),
        sa.Column("transfer_id", sa.Uuid, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("pending_transfer", name=op.f("pk_ledger_resolutions")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_ledger_resolutions_transfer_id")),
        sa.CheckConstraint("outcome IN ('post', 'void', 'expire')", name=op.f("ck_ledger_resolutions_outcome")),
    )


def _create_rejections() -> None:
    op.create_table(
        "ledger_rejections",
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("currency", sa.Text),
        sa.Column("available", AMOUNT),
        sa.Column("needed", AMOUNT),
        sa.Column("event_at", MOMENT, nullable=False),
        sa.Column("rejected_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ledger_rejections")),
        sa.CheckConstraint("octet_length(fingerprint) = 32", name=op.f("ck_ledger_rejections_fingerprint")),
        sa.CheckConstraint(
            "CASE reason WHEN 'short' THEN currency IS NOT NULL AND coalesce(needed > available, false)"
            " WHEN 'resolved' THEN needed IS NULL WHEN 'reversed' THEN needed IS NULL ELSE false END",
            name=op.f("ck_ledger_rejections_reason"),
        ),
    )


def _create_chart() -> None:
    accounts = op.create_table(
        "ledger_chart",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("meaning", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_ledger_chart")),
        sa.CheckConstraint("kind IN ('system', 'pot')", name=op.f("ck_ledger_chart_kind")),
    )
    op.bulk_insert(accounts, [{"kind": kind, "name": name, "meaning": meaning} for kind, name, meaning in chart.ACCOUNTS])


def downgrade() -> None:
    """Only while nothing was held, reversed, refused or put into a pot: what is posted can't be forgotten."""
    if op.get_bind().exec_driver_sql(LIVED).scalar_one():
        raise RuntimeError("money was held, reversed, refused or put into a pot; that can't be forgotten")
    op.execute("DROP FUNCTION grant_application_rights")
    for signature in posting.SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("DROP FUNCTION ledger_open_balances, ledger_verdict, ledger_step_is_right")
    op.execute("DROP TRIGGER balances_are_in_the_chart ON ledger_balances")
    for table in ("ledger_chart", "ledger_rejections", "ledger_resolutions"):
        op.drop_table(table)
    op.execute("DROP FUNCTION ledger_guard_chart, ledger_guard_rejections, ledger_guard_resolutions")
    for column in ("expires_at", "ref_transfer", "step"):
        op.drop_column("ledger_transfers", column)
    _own_owner("")
    before = _first()
    for statement in (
        before.BALANCE_ID,
        before.BALANCE_IDS,
        before.ENTRIES_GUARD,
        before.TRANSFERS_GUARD,
        before.BALANCES_GUARD,
    ):
        op.execute(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.execute(before.POST)


def _first() -> ModuleType:
    """Migration 0001, whose functions come back."""
    spec = importlib.util.spec_from_file_location("first", Path(__file__).with_name("0001_ledger.py"))
    if spec is None or spec.loader is None:
        raise ImportError("migration 0001 is not where it was")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
