"""The whole of an import: the file written down, its rows matched, and what is left over for a person.

Each step is a unit of its own; broken off anywhere, the same file again or the hourly job goes on. Payments that M-Pesa neither
made nor denied for three days, at a time of which its statement shows everything, were not made: their money goes back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.kernel.db import Database, UnitOfWork
from core.kernel.money import Money
from core.ledger.service import BrokenPosting
from core.payments.models import MpesaTransaction
from core.payments.outcomes import Failed
from core.payments.payout_models import Payout
from core.payments.payout_settlement import lock_payout, settle_payout_failed
from core.payments.statement_models import ImportedStatement, StatedRow
from core.payments.statements.coverage import Span, spans
from core.payments.statements.importing import STEP, begin_import, finish_import, in_steps, store_rows
from core.payments.statements.known import match_known
from core.payments.statements.matching import leave_refused, match_new_payments, match_row
from core.payments.statements.rows import StatementFile

log = logging.getLogger(__name__)

# Hours are the longest that Safaricom has been seen to hold a payment in its queue; days are beyond doubt.
SURELY_UNMADE = timedelta(days=3)
MOST_AT_ONCE = 2000
# New payments of one unit: as many as the books post in one call without holding up others for long.
TOGETHER = 100

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Sum:
    """The rows of one kind and state, how many and how much (signed, as M-Pesa's account moved)."""

    kind: str
    state: str
    rows: int
    amount: Money


@dataclass(frozen=True)
class Difference:
    """A row that a person has to look at. `line` is the row's in the file that told it first."""

    row: UUID
    receipt: str
    kind: str
    amount: Money
    why: str
    age: timedelta


@dataclass(frozen=True)
class Imported:
    """What came of a file. `again`: it was imported before. `new`: rows that no earlier file had told."""

    file: UUID
    again: bool
    rows: int
    new: int
    released: int


def _silent(_word: str) -> None:
    """For whoever doesn't wait at a screen."""


async def import_statement(
    database: Database, file: StatementFile, *, name: str, shortcode: str, said: str = "", progress: Progress = _silent
) -> Imported:
    """Write a file down and match every row that isn't yet. Raises BadStatement before anything is written."""
    async with database.unit() as uow:
        begun = await begin_import(uow, file, name=name, shortcode=shortcode, said=said)
    new = 0
    for step in [] if begun.finished else in_steps(file.rows):
        async with database.unit() as uow:
            new += await store_rows(uow, file=begun.id, rows=step)
        progress(f"{step[-1][1].receipt}: rows written down")
    async with database.unit() as uow:
        await finish_import(uow, file=begun.id)
    await match_rows(database, progress=progress)
    released = await release_unmade(database)
    return Imported(begun.id, begun.finished, len(file.rows), new, released)


async def match_rows(database: Database, *, progress: Progress = _silent) -> int:
    """Look at every row that is new or open; returns how many were looked at."""
    async with database.unit() as uow:
        known = await match_known(uow)
        rows = await undecided(uow)
    known += await _match_new(database, rows, progress)
    if rows:
        async with database.unit() as uow:
            rows = await undecided(uow)
    for place, row in enumerate(rows, 1):
        await _match_one(database, row)
        if place % STEP == 0:
            progress(f"{place:,} of {len(rows):,} rows matched")
    return known + len(rows)


async def _match_one(database: Database, row: UUID) -> None:
    """Decide one row; what the database refuses for ever stays open and doesn't keep the others from being decided."""
    try:
        async with database.unit() as uow:
            await match_row(uow, row=row)
    except (IntegrityError, BrokenPosting):
        log.exception("row %s of the statement can't be booked", row)
        async with database.unit() as uow:
            await leave_refused(uow, row=row)


async def _match_new(database: Database, rows: Sequence[UUID], progress: Progress) -> int:
    """Take in what is plainly new, many in a unit; returns how many. What doesn't go through is left to be taken one by one."""
    matched = 0
    for start in range(0, len(rows), TOGETHER):
        try:
            async with database.unit() as uow:
                matched += await match_new_payments(uow, rows=rows[start : start + TOGETHER])
        except (DBAPIError, BrokenPosting) as problem:
            log.warning("rows of the statement are taken one by one: %s", type(problem).__name__)
        progress(f"{min(start + TOGETHER, len(rows)):,} of {len(rows):,} rows looked through, {matched:,} were new payments")
    return matched


async def undecided(uow: UnitOfWork) -> Sequence[UUID]:
    """The rows that have to be looked at, in the order in which each finds what it refers to."""
    order = func.array_position(text("ARRAY['payment', 'payout', 'reversal', 'charge', 'own', 'other']"), StatedRow.kind)
    rows = select(StatedRow.id).where(StatedRow.state.in_(("new", "open"))).order_by(order, StatedRow.at, StatedRow.id)
    return (await uow.session.scalars(rows)).all()


async def release_unmade(database: Database) -> int:
    """Give back the money of payments that M-Pesa's statements prove not to have been made; returns how many."""
    async with database.unit() as uow:
        doubtful = await _unmade(uow, await spans(uow))
    released = 0
    for payout in doubtful:
        async with database.unit() as uow:
            released += await _release(uow, payout)
    return released


async def sums(uow: UnitOfWork, *, file: UUID) -> list[Sum]:
    """What the rows of a file's time came to, by kind and state; those that an earlier file had told as well."""
    row = await uow.session.get_one(ImportedStatement, file)
    grouped = (
        select(StatedRow.kind, StatedRow.state, func.count(), func.sum(StatedRow.amount))
        .where(StatedRow.at.between(row.first_at, row.last_at))
        .group_by(StatedRow.kind, StatedRow.state)
        .order_by(StatedRow.kind, StatedRow.state)
    )
    return [
        Sum(kind, state, rows, Money.from_decimal(amount)) for kind, state, rows, amount in await uow.session.execute(grouped)
    ]


async def differences(uow: UnitOfWork, *, limit: int = 200) -> list[Difference]:
    """The rows that are open, the oldest first."""
    rows = select(StatedRow).where(StatedRow.state == "open").order_by(StatedRow.at, StatedRow.line).limit(limit)
    now = uow.clock.now()
    return [
        Difference(row.id, row.receipt, row.kind, Money.from_decimal(row.amount), row.outcome or "", now - row.at)
        for row in await uow.session.scalars(rows)
    ]


async def _unmade(uow: UnitOfWork, covered: Sequence[Span]) -> list[UUID]:
    """Payments out that may have been made, at a time that is covered until days after they were first asked for."""
    sent = (
        select(MpesaTransaction.id, MpesaTransaction.sent_at)
        .join(Payout, Payout.id == MpesaTransaction.id)
        .where(Payout.books == "held", MpesaTransaction.status == "processing", MpesaTransaction.sent_at.is_not(None))
        .order_by(MpesaTransaction.id)
        .limit(MOST_AT_ONCE)
    )
    return [
        row.id
        for row in await uow.session.execute(sent)
        if any(span.since < row.sent_at and span.until >= row.sent_at + SURELY_UNMADE for span in covered)
    ]


async def _release(uow: UnitOfWork, payout: UUID) -> bool:
    """Release unless some row that isn't explained yet could be this payment."""
    found = await lock_payout(uow, payout)
    if found is None or found.row.status != "processing" or found.payout.books != "held":
        return False
    could_be = select(StatedRow.id).where(
        StatedRow.kind.in_(("payout", "other")),
        StatedRow.state.in_(("new", "open")),
        StatedRow.amount == -Decimal(found.row.amount),
        StatedRow.at >= found.row.sent_at,
    )
    if await uow.session.scalar(could_be.limit(1)) is not None:
        return False
    failed = Failed("statement", "M-Pesa's statement doesn't have it", "not-sent")
    await settle_payout_failed(uow, found.row, found.payout, failed=failed)
    log.warning("payout %s isn't in M-Pesa's statement: its money goes back", payout)
    return True
