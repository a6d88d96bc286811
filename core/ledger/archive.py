"""Months that are over leave the busy table: their entries move to a partition of the archive and stay part of the books.

History, audit and seals read both. The move is done in small steps that each commit, so members notice nothing, and a step
that is done again moves nothing: after an interruption it simply goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from core.kernel.db import Database, UnitOfWork

BETWEEN_LOOKS = 0.1
# What one step takes is what is posted in an hour: seconds of work in a busy month.
STEP = timedelta(hours=1)


async def open_month(uow: UnitOfWork, month: date) -> None:
    """Make room in the archive for the month of this day, if anything was posted in it, while others read and post.

    The database refuses a month that isn't over. Only whoever owns the tables may.
    """
    await uow.session.execute(text("SELECT ledger_archive_open(:month)"), {"month": month})


async def readers_end(database: Database, waiting: Callable[[int], None] = lambda _: None) -> None:
    """Wait until every transaction has ended that has read the books and hasn't yet, however long that takes.

    `waiting` is told for how many, once and whenever they become fewer.

    One that goes on wouldn't look into a part of the archive that was added after its first look, and would miss what moved.
    """
    async with database.unit() as uow:
        readers = set(await uow.session.scalars(_READERS))
    while readers:
        waiting(len(readers))
        left = readers
        while left == readers:
            await asyncio.sleep(BETWEEN_LOOKS)
            async with database.unit() as uow:
                left = readers & set(await uow.session.scalars(_READERS))
        readers = left


async def archive(uow: UnitOfWork, since: datetime, until: datetime) -> int:
    """Move what was posted from `since` up to `until`, within one calendar month (UTC) that is over; answers the entries moved.

    The month was opened by `open_month`, and whoever read the books then has ended since (`readers_end`). The database
    refuses what isn't sealed yet, a month that isn't over, and to move entries before earlier ones of the same balance: steps
    are taken in order. Only whoever owns the tables may.
    """
    # Statements of members are given up after seconds; this one is waited for.
    await uow.session.execute(text("SET LOCAL statement_timeout = 0"))
    moved = await uow.session.scalar(text("SELECT ledger_archive(:since, :until)"), {"since": since, "until": until})
    return int(moved or 0)


async def archive_month(
    database: Database,
    month: date,
    *,
    step: timedelta = STEP,
    progress: Callable[[datetime, int], None] = lambda *_: None,
    waiting: Callable[[int], None] = lambda _: None,
) -> int:
    """Move a whole month, a unit for each step; `progress` is told how far it is and how many entries have moved.

    Before the first one it waits for whoever is reading the books; `waiting` is told for how many.
    """
    moved = 0
    async with database.unit() as uow:
        await open_month(uow, month)
    await readers_end(database, waiting)
    for since, until in steps(month, step):
        async with database.unit() as uow:
            moved += await archive(uow, since, until)
        progress(until, moved)
    return moved


_READERS = text("""
SELECT virtualtransaction FROM pg_locks
WHERE relation = 'ledger_entries_archive'::regclass AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")


def steps(month: date, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """The month of this day (UTC) from its beginning to its end, a step at a time."""
    since = datetime(month.year, month.month, 1, tzinfo=UTC)
    end = (since + timedelta(days=31)).replace(day=1)
    while since < end:
        until = min(since + step, end)
        yield since, until
        since = until
