"""Seals over what was posted, looking back by look-ups, and an archive for months that are over.

Rows get the number of the transaction that wrote them. Those from before this migration get small numbers in the order in
which they were posted, so that the first blocks are no larger than later ones.
"""

import importlib.util
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa
from alembic import op

from migrations.ledger_holds import guards, posting, rights
from migrations.ledger_seals import archive, reading, sealing

revision = "0008_ledger_seals"
down_revision = "0007_ledger_holds"
branch_labels = None
depends_on = None

# Which column tells in what order the rows of a table were written.
NUMBERED = {"ledger_transfers": "posted_at", "ledger_rejections": "rejected_at", "ledger_chart": "name"}
NUMBER_OLD_ROWS = """
UPDATE {table} SET xact = least(old.n / 500, ledger_xact(pg_current_xact_id()))
FROM (SELECT ctid AS place, row_number() OVER (ORDER BY {order}) AS n FROM {table}) old WHERE {table}.ctid = old.place
"""
IN_THE_BOOKS, IN_HISTORY = "FROM ledger_entries", "FROM ledger_history"
FUNCTIONS = (
    *("ledger_seal(timestamptz, integer, integer)", "ledger_seal_hash(ledger_seals)", "ledger_content(bigint, bigint)"),
    *("ledger_adopt()", "ledger_archive(timestamptz, timestamptz)", "ledger_position(bigint, timestamptz, boolean)"),
    *("ledger_balance_after(bigint, bigint)", "ledger_lines(bigint, bigint, bigint, bigint)"),
)
TRIGGERS = (
    *(("chart_has_its_transaction", "ledger_chart"), ("entries_leave_for_the_archive", "ledger_entries")),
    ("entries_are_final", "ledger_entries"),
)
GUARDS = ("ledger_guard_seals", "ledger_guard_leaving", "ledger_guard_archive")
# What the guards of the entries, the transfers and the refusals look at besides, and the condition that it follows.
STRICTER = (
    (guards.ENTRIES, "IS DISTINCT FROM fresh.currency\n", archive.NEW_NUMBER),
    (guards.TRANSFERS, "FROM ledger_rejections r WHERE r.key = fresh.key) IS NOT NULL\n", sealing.OWN_NUMBER),
    (guards.REJECTIONS, "FROM ledger_transfers t WHERE t.key = fresh.key) IS NOT NULL\n", sealing.OWN_NUMBER),
)


def upgrade() -> None:
    op.execute(sealing.XACT.format(offset=0))
    for table, order in NUMBERED.items():
        _number(table, order)
    _create_indexes()
    _create_seals()
    for statement in (*archive.TABLES, *sealing.EVERYTHING, *archive.EVERYTHING, *reading.EVERYTHING):
        _run(statement)
    _look_into(IN_HISTORY)
    for statement, condition, more in STRICTER:
        _replace(statement.replace(condition, f"{condition}      {more}\n"))
    for signature in FUNCTIONS[:5]:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")
    _grant((*posting.SIGNATURES, *sealing.SIGNATURES, "ledger_content(bigint, bigint)", "ledger_seal_hash(ledger_seals)"))


def _run(statement: str) -> None:
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.get_bind().exec_driver_sql(statement.replace("{schema}", schema))


def _number(table: str, order: str) -> None:
    op.add_column(table, sa.Column("xact", sa.BigInteger))
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    op.execute(NUMBER_OLD_ROWS.format(table=table, order=order))
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    op.alter_column(table, "xact", nullable=False, server_default=sa.text("ledger_xact(pg_current_xact_id())"))


def _create_indexes() -> None:
    op.create_index(op.f("ix_ledger_transfers_xact"), "ledger_transfers", ["xact"])
    op.create_index(op.f("ix_ledger_rejections_xact"), "ledger_rejections", ["xact"])
    # Rows lie in the order of their time for ever, so a summary of each few pages finds a month.
    op.create_index(op.f("ix_ledger_transfers_posted_at"), "ledger_transfers", ["posted_at"], postgresql_using="brin")
    op.create_index(
        op.f("ix_ledger_entries_aside"), "ledger_entries", ["balance_id", "bucket", "seq"],
        postgresql_where=sa.text("bucket <> 'available'"),
    )  # fmt: skip


def _create_seals() -> None:
    op.create_table(
        "ledger_seals",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
        sa.Column("transfers", sa.BigInteger, nullable=False),
        sa.Column("entries", sa.BigInteger, nullable=False),
        sa.Column("rejections", sa.BigInteger, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_seals")),
        sa.UniqueConstraint("upto", name=op.f("uq_ledger_seals_upto")),
        sa.CheckConstraint("upto > since", name=op.f("ck_ledger_seals_upto")),
    )


def _look_into(where: str) -> None:
    """Let what looks back at entries look into the archive too, or no longer."""
    for statement in (guards.STEP_IS_RIGHT, _first().USER_BALANCES, _first().DAO_TREASURIES):
        _replace(statement.replace(IN_THE_BOOKS, where))


def _replace(statement: str) -> None:
    """Run a statement that creates something, whether or not it says that it may replace it."""
    _run(statement if "CREATE OR REPLACE" in statement else statement.replace("CREATE ", "CREATE OR REPLACE ", 1))


def _grant(signatures: tuple[str, ...]) -> None:
    op.execute("DROP FUNCTION grant_application_rights")
    _run(rights.grant_rights("{schema}", signatures))
    op.execute("REVOKE EXECUTE ON FUNCTION grant_application_rights FROM PUBLIC")
    _run(rights.GRANT)


def downgrade() -> None:
    """Only while nothing is archived: the archive is a part of the books."""
    if op.get_bind().exec_driver_sql("SELECT EXISTS (SELECT FROM ledger_entries_archive)").scalar_one():
        raise RuntimeError("entries are archived; they can't be forgotten")
    _look_into(IN_THE_BOOKS)
    for statement, _, _ in STRICTER:
        _replace(statement)
    for name, table in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute(f"CREATE TRIGGER entries_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries"
               f" FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse({guards.FINAL})")  # fmt: skip
    _grant(posting.SIGNATURES)
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    op.execute("DROP VIEW ledger_history")
    for table in ("ledger_entries_archive", "ledger_openings", "ledger_seals"):
        op.drop_table(table)
    for name in GUARDS:
        op.execute(f"DROP FUNCTION {name}")
    op.drop_index(op.f("ix_ledger_entries_aside"), "ledger_entries")
    op.drop_index(op.f("ix_ledger_transfers_posted_at"), "ledger_transfers")
    for table in NUMBERED:
        op.drop_column(table, "xact")
    op.execute("DROP FUNCTION ledger_xact")


def _first() -> ModuleType:
    """Migration 0001, which made the views."""
    spec = importlib.util.spec_from_file_location("first", Path(__file__).with_name("0001_ledger.py"))
    if spec is None or spec.loader is None:
        raise ImportError("migration 0001 is not where it was")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
