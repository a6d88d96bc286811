"""The audit of the books: every invariant, recomputed from the entries, with its figure.

It reads one consistent moment of the database while members go on, writes nothing and repairs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.kernel.db import Database
from core.monitoring.invariants import INVARIANTS, Invariant


@dataclass(frozen=True)
class Finding:
    """What one invariant came to: `figure` for people ("0 of 1,204 entries wrong"), and the two numbers in it."""

    name: str
    figure: str
    ok: bool
    examined: int
    wrong: int


async def audit(database: Database) -> list[Finding]:
    """Check every invariant at one and the same moment, in the order of INVARIANTS."""
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # The pool's limit protects members from slow questions; an audit is one on purpose.
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        findings = await examine(connection)
        await connection.rollback()
    return findings


async def examine(connection: AsyncConnection) -> list[Finding]:
    """Check every invariant as this connection's transaction sees the books."""
    return [await _check(connection, invariant) for invariant in INVARIANTS]


async def _check(connection: AsyncConnection, invariant: Invariant) -> Finding:
    examined, wrong = (await connection.execute(text(invariant.query))).one()
    figure = f"{wrong:,} of {examined:,} {invariant.things} wrong"
    return Finding(invariant.name, figure, ok=wrong == 0, examined=examined, wrong=wrong)
