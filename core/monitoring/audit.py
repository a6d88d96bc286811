"""The audit of the books: every invariant, recomputed from the entries, with its figure, and every seal, hashed again.

It reads one consistent moment of the database while members go on, writes nothing and repairs nothing. Checking the seals
goes through the books once more, so it runs beside the rest, on a connection of its own that sees the same moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.kernel.clock import local_time
from core.kernel.db import Database
from core.ledger.seals import holds
from core.monitoring.invariants import CHECKS, SEALED, Check, Invariant
from core.monitoring.places import MOST, PLACES

# Sorting is done in memory up to here and on disk beyond.
WORK_MEMORY = "128MB"
# Some hundred thousand entries: a few seconds from one word of progress to the next.
BLOCKS_AT_ONCE = 100

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Finding:
    """What one invariant came to: `figure` for people ("0 of 1,204 entries wrong"), and the two numbers in it.

    `places` are the first of those that are wrong, where the invariant can name them. What can't be computed any more, because
    of what was altered, is wrong: its figure says so.
    """

    name: str
    figure: str
    ok: bool
    examined: int
    wrong: int
    places: tuple[str, ...] = ()


def _silent(_word: str) -> None:
    """For whoever doesn't wait at a screen."""


async def audit(database: Database, progress: Progress = _silent) -> list[Finding]:
    """Check every invariant at one and the same moment, in the order of INVARIANTS; `progress` is told what is being done."""
    async with _reading(database) as connection:
        moment = await connection.scalar(text("SELECT pg_export_snapshot()"))
        async with _reading(database, moment) as other:
            checked, sealed = await asyncio.gather(_check_all(connection, progress), _check_seals(other, progress))
    return [*checked, sealed]


async def examine(connection: AsyncConnection, progress: Progress = _silent) -> list[Finding]:
    """Check every invariant as this connection's transaction sees the books."""
    return [*await _check_all(connection, progress), await _check_seals(connection, progress)]


@asynccontextmanager
async def _reading(database: Database, moment: str | None = None) -> AsyncIterator[AsyncConnection]:
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        if moment:
            await connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
        # The pool's limits protect members from slow questions; an audit is one on purpose, and one that waits for itself.
        for setting in ("statement_timeout = 0", "idle_in_transaction_session_timeout = 0", f"work_mem = '{WORK_MEMORY}'"):
            await connection.execute(text(f"SET LOCAL {setting}"))
        yield connection
        await connection.rollback()


async def _check_all(connection: AsyncConnection, progress: Progress) -> list[Finding]:
    findings = []
    for number, check in enumerate(CHECKS, start=1):
        progress(f"check {number} of {len(CHECKS)}: {check.invariants[0].name}")
        findings += await _decide(connection, check)
    return findings


async def _decide(connection: AsyncConnection, check: Check) -> list[Finding]:
    for way in ("hashagg", "hashjoin", "nestloop"):
        await connection.execute(text(f"SET LOCAL enable_{way} = {'off' if check.in_order else 'on'}"))
    try:
        async with connection.begin_nested():
            numbers = iter((await connection.execute(text(check.query))).one())
    except DBAPIError as problem:
        return [_uncomputed(invariant, problem) for invariant in check.invariants]
    found = [_finding(invariant, int(next(numbers)), int(next(numbers))) for invariant in check.invariants]
    return [finding if finding.ok else await _located(connection, finding) for finding in found]


def _uncomputed(invariant: Invariant, problem: DBAPIError) -> Finding:
    """Something was altered so that the question itself fails: others are still answered."""
    return Finding(invariant.name, f"can't be computed: {str(problem.orig).splitlines()[0]}", ok=False, examined=0, wrong=1)


async def _located(connection: AsyncConnection, finding: Finding) -> Finding:
    """The finding with where it is wrong, as far as that can be told."""
    query = PLACES.get(finding.name)
    if query is None:
        return finding
    try:
        async with connection.begin_nested():
            places = await connection.scalars(text(f"SELECT * FROM ({query}) found LIMIT {MOST}"))
            return replace(finding, places=tuple(places))
    except DBAPIError:
        return finding


async def _check_seals(connection: AsyncConnection, progress: Progress) -> Finding:
    newest = await connection.scalar(text("SELECT coalesce(max(number), 0) FROM ledger_seals")) or 0
    examined, broken = 0, list[Row[Any]]()
    for first in range(1, newest + 1, BLOCKS_AT_ONCE):
        asked = {"first": first, "last": first + BLOCKS_AT_ONCE - 1}
        try:
            async with connection.begin_nested():
                blocks = (await connection.execute(_BLOCKS, asked)).all()
        except DBAPIError as problem:
            return _uncomputed(SEALED, problem)
        examined, broken = examined + len(blocks), broken + [block for block in blocks if not block.holds]
        progress(f"seals: {min(first + BLOCKS_AT_ONCE - 1, newest):,} of {newest:,} blocks hashed again")
    return replace(_finding(SEALED, examined, len(broken)), places=tuple(map(_place, broken[:MOST])))


def _place(block: Row[Any]) -> str:
    return f"block {block.number:,}, transactions {block.since:,} to {block.upto - 1:,}, sealed {local_time(block.sealed_at)}"


def _finding(invariant: Invariant, examined: int, wrong: int) -> Finding:
    figure = f"{wrong:,} of {examined:,} {invariant.things} wrong"
    return Finding(invariant.name, figure, ok=wrong == 0, examined=examined, wrong=wrong)


_BLOCKS = text(f"""
SELECT s.number, s.since, s.upto, s.sealed_at, {holds("s", "c")} AS holds
FROM ledger_seals s CROSS JOIN LATERAL ledger_content(s.since, s.upto) c
WHERE s.number BETWEEN :first AND :last ORDER BY s.number
""")
