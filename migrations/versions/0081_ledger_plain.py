"""Guards that do less for each row, and a short way for many postings about which nothing is in doubt."""

import importlib.util
from pathlib import Path
from types import ModuleType

from alembic import op

from migrations.ledger_holds import posting as held
from migrations.ledger_holds import rights
from migrations.ledger_lean import guards as before
from migrations.ledger_plain import guards, posting
from migrations.ledger_seals import sealing

revision = "0081_ledger_plain"
down_revision = "0080_told_after"
branch_labels = None
depends_on = None

# What the application's role may call.
CALLABLE = (*held.SIGNATURES, *sealing.SIGNATURES, "ledger_content(bigint, bigint)", "ledger_seal_hash(ledger_seals)")


def upgrade() -> None:
    op.execute(f"DROP TRIGGER {guards.GROWING} ON ledger_balances")
    for statement in (guards.ENTRIES, guards.BALANCES, posting.POST_PLAIN):
        _run(statement)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {posting.PLAIN} FROM PUBLIC")
    _grant((*CALLABLE, posting.PLAIN))


def _run(statement: str) -> None:
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.get_bind().exec_driver_sql(statement.replace("{schema}", schema))


def _grant(signatures: tuple[str, ...]) -> None:
    op.execute("DROP FUNCTION grant_application_rights")
    _run(rights.grant_rights("{schema}", signatures))
    op.execute("REVOKE EXECUTE ON FUNCTION grant_application_rights FROM PUBLIC")
    _run(rights.GRANT)


def downgrade() -> None:
    _grant(CALLABLE)
    op.execute(f"DROP FUNCTION {posting.PLAIN}")
    for statement in (before.ENTRIES, before.BALANCES):
        _run(statement)
    _run(next(trigger for trigger in _forgotten().TRIGGERS if guards.GROWING in trigger))


def _forgotten() -> ModuleType:
    """Migration 0078, whose trigger comes back."""
    spec = importlib.util.spec_from_file_location("forgotten", Path(__file__).with_name("0078_lost_and_forgotten.py"))
    if spec is None or spec.loader is None:
        raise ImportError("migration 0078 is not where it was")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
