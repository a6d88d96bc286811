"""The same books with less work: guards on kept plans instead of CHECKs that are read anew, and a short way for two legs."""

import importlib.util
from pathlib import Path
from types import ModuleType

from alembic import op

from migrations.ledger_holds import guards as held
from migrations.ledger_holds import posting as before
from migrations.ledger_lean import guards, posting

revision = "0020_ledger_lean"
down_revision = "0019_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, checks in guards.CHECKS.items():
        for name in checks:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.execute("DROP TRIGGER balances_keep_their_owner ON ledger_balances")
    for statement in (
        *(guards.ENTRIES, guards.TRANSFERS, guards.BALANCES, guards.OWNERS, guards.HAVE_OWNER, guards.KEEP_OWNER),
        posting.POST,
    ):
        _run(statement)


def _run(statement: str) -> None:
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    op.get_bind().exec_driver_sql(statement.replace("{schema}", schema))


def downgrade() -> None:
    first, seals = _version("0001_ledger"), _version("0008_ledger_seals")
    for table, checks in guards.CHECKS.items():
        for name, condition in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.execute("DROP TRIGGER balances_keep_their_owner ON ledger_balances")
    op.execute("DROP TRIGGER balances_have_an_owner ON ledger_balances")
    op.execute("DROP FUNCTION ledger_guard_owners")
    _run(next(trigger for trigger in first.TRIGGERS if "balances_keep_their_owner" in trigger))
    for statement, condition, more in seals.STRICTER:
        _replace(statement.replace(condition, f"{condition}      {more}\n"))
    for statement in (held.BALANCES, before.POST):
        _replace(statement)


def _replace(statement: str) -> None:
    _run(statement if "CREATE OR REPLACE" in statement else statement.replace("CREATE ", "CREATE OR REPLACE ", 1))


def _version(name: str) -> ModuleType:
    """An earlier migration, whose guards come back."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(f"migration {name} is not where it was")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
