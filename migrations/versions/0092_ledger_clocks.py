"""Months are archived whatever the server's clock did; nothing is written under numbers that are sealed or no numbers at all.

The view of treasuries looks into the archive too.
"""

from alembic import op

from migrations.ledger_clocks import archive, guards
from migrations.treasury import view

revision = "0092_ledger_clocks"
down_revision = "0091_answered_turns"
branch_labels = None
depends_on = None

IN_THE_BOOKS, IN_HISTORY = "FROM ledger_entries", "FROM ledger_history"


def upgrade() -> None:
    for statement in (*guards.NOW, archive.OPEN, archive.MOVE, view.WITH_RULES.replace(IN_THE_BOOKS, IN_HISTORY)):
        _run(statement)
    op.execute("REVOKE EXECUTE ON FUNCTION ledger_archive_open FROM PUBLIC")


def downgrade() -> None:
    for statement in (*guards.BEFORE, archive.MOVE_AS_BEFORE, view.WITH_RULES):
        _run(statement)
    op.execute("DROP FUNCTION ledger_archive_open")


def _run(statement: str) -> None:
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.get_bind().exec_driver_sql(statement.replace("{schema}", schema))
