"""Months are archived whatever the server's clock did; entries' numbers begin at 1; treasuries' view looks into the archive."""

from alembic import op

from migrations.ledger_clocks import archive, guards
from migrations.ledger_plain import guards as before
from migrations.treasury import view

revision = "0092_ledger_clocks"
down_revision = "0089_turns_unchecked"
branch_labels = None
depends_on = None

IN_THE_BOOKS, IN_HISTORY = "FROM ledger_entries", "FROM ledger_history"


def upgrade() -> None:
    for statement in (guards.ENTRIES, archive.OPEN, archive.MOVE, view.WITH_RULES.replace(IN_THE_BOOKS, IN_HISTORY)):
        _run(statement)


def downgrade() -> None:
    for statement in (before.ENTRIES, archive.MOVE_AS_BEFORE, view.WITH_RULES):
        _run(statement)
    op.execute("DROP FUNCTION ledger_archive_open")


def _run(statement: str) -> None:
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.get_bind().exec_driver_sql(statement.replace("{schema}", schema))
