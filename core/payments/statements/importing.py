"""Writing a statement file down: once for its bytes, each row once whichever files tell it, all in steps that may break off.

Files of several variants overlap and say the same row in different words, so a row is known by its receipt, account, kind
and signed amount, and among rows that are alike in these by its place. What an earlier file didn't tell is filled in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core.kernel.db import UnitOfWork
from core.kernel.money import Money
from core.payments.inbox import hold_name
from core.payments.sources import PROVIDER
from core.payments.statement_models import ImportedStatement, StatedRow
from core.payments.statements.rows import BadStatement, StatementFile, StatementRow

# As many as one statement of the database takes in well under a second.
STEP = 500
FILLED_IN = ("party", "party_digest", "party_name", "typed", "linked")


@dataclass(frozen=True)
class Import:
    """A file's row. `finished`: all of it was written down before."""

    id: UUID
    finished: bool


async def begin_import(uow: UnitOfWork, file: StatementFile, *, name: str, shortcode: str, said: str = "") -> Import:
    """Write the file down, or find that it was before. shortcode: ours. said: whose file the operator says that it is.

    Raises BadStatement for somebody else's file, or one that nobody says whose it is.
    """
    whose = file.shortcode or said
    if not whose:
        raise BadStatement(
            f"the file doesn't say whose it is: if it is that of {shortcode}, say so with --shortcode {shortcode}"
        )
    if shortcode != whose or said not in {"", shortcode}:
        raise BadStatement(f"this is the statement of shortcode {whose}, ours is {shortcode}")
    if not file.rows:
        raise BadStatement("nothing in the file was completed")
    await hold_name(uow, f"statement {file.digest}")
    known = select(ImportedStatement).where(ImportedStatement.digest == file.digest, ImportedStatement.provider == PROVIDER)
    found = await uow.session.scalar(known.with_for_update())
    if found is not None:
        return Import(found.id, found.finished_at is not None)
    row = _file(uow, file, name=name, shortcode=shortcode)
    uow.session.add(row)
    await uow.session.flush()
    return Import(row.id, finished=False)


async def store_rows(uow: UnitOfWork, *, file: UUID, rows: Sequence[tuple[int, StatementRow]]) -> int:
    """Write rows down, each with its place among those that are alike; returns how many were new."""
    # One writer at a time: two files that overlap would wait for each other's rows in a circle.
    await hold_name(uow, "rows of the statement")
    now = uow.clock.now()
    values = [_values(uow, file, nth, row, now) for nth, row in rows]
    adding = insert(StatedRow).values(values)
    filled = {name: func.coalesce(func.nullif(getattr(StatedRow, name), ""), adding.excluded[name]) for name in FILLED_IN}
    told = adding.on_conflict_do_update(index_elements=["receipt", "account", "kind", "amount", "nth"], set_=filled)
    kept = set(await uow.session.scalars(told.returning(StatedRow.id)))
    return len(kept & {value["id"] for value in values})


async def finish_import(uow: UnitOfWork, *, file: UUID) -> None:
    """All rows of the file are written down."""
    row = await uow.session.get_one(ImportedStatement, file, with_for_update=True)
    row.finished_at = row.finished_at or uow.clock.now()


def in_steps(rows: Sequence[StatementRow], *, step: int = STEP) -> Iterator[list[tuple[int, StatementRow]]]:
    """The rows with their places, as many at once as a unit takes."""
    seen: Counter[Any] = Counter()
    placed = []
    for row in rows:
        alike = row.receipt, row.account, row.kind, row.amount.minor
        seen[alike] += 1
        placed.append((seen[alike], row))
    for start in range(0, len(placed), step):
        yield placed[start : start + step]


def _file(uow: UnitOfWork, file: StatementFile, *, name: str, shortcode: str) -> ImportedStatement:
    accounts = {
        account: {"opening": _written(kept.opening), "closing": _written(kept.closing)}
        for account, kept in file.accounts.items()
    }
    return ImportedStatement(
        id=uow.ids.new(),
        provider=PROVIDER,
        digest=file.digest,
        name=name,
        variant=file.variant,
        shortcode=shortcode,
        rows=len(file.rows),
        skipped=file.skipped,
        accounts=accounts,
        first_at=min(row.at for row in file.rows),
        last_at=max(row.at for row in file.rows),
        imported_at=uow.clock.now(),
    )


def _written(amount: Money) -> str:
    return f"{amount.as_decimal():f}"


def _values(uow: UnitOfWork, file: UUID, nth: int, row: StatementRow, now: datetime) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("receipt", "account", "kind", "line", "at", "details", *FILLED_IN)}
    amounts = {"amount": row.amount.as_decimal(), "balance": row.balance.as_decimal()}
    return {"id": uow.ids.new(), "file_id": file, "nth": nth, "state": "new", "created_at": now, **told, **amounts}
