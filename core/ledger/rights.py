"""What whoever is connected could do to the books past the functions that post."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from core.kernel.db import UnitOfWork


@dataclass(frozen=True)
class Rights:
    """Who asks, whether he may post, and whether he could write the books by himself, which no process needs."""

    role: str
    may_post: bool
    may_write: bool


async def rights(uow: UnitOfWork) -> Rights:
    """The rights of this unit's connection."""
    row = (await uow.session.execute(_RIGHTS)).one()
    return Rights(row.role, row.may_post, row.may_write)


_RIGHTS = text("""
SELECT current_user::text AS role,
  (SELECT bool_and(has_function_privilege(oid, 'EXECUTE')) FROM pg_proc
    WHERE proname IN ('ledger_post', 'ledger_post_plain', 'ledger_post_batch')
    AND pronamespace = current_schema()::regnamespace) AS may_post,
  (SELECT bool_or(has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')) FROM pg_class
    WHERE relname LIKE 'ledger\\_%' AND relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace) AS may_write
""")
