"""Months that are over leave the busy table: their entries move to a partition of the archive and stay part of the books.

History, audit and seals read both. The move is done in small steps that each commit, so members notice nothing, and a step
that is done again moves nothing: after an interruption it simply goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from core.kernel.db import Database, UnitOfWork

# What one step takes is what is posted in an hour: seconds of work in a busy month.
STEP = timedelta(hours=1)


async def archive(uow: UnitOfWork, since: datetime, until: datetime) -> int:
    """Move what was posted from `since` up to `until`, within one calendar month (UTC) that is over; answers the entries moved.

    The database refuses what isn't sealed yet, a month that isn't over, and to move entries before earlier ones of the same
    balance: steps are taken in order. Only whoever owns the tables may.
    """
    # Statements of members are given up after seconds; this one is waited for.
    await uow.session.execute(text("SET LOCAL statement_timeout = 0"))
    moved = await uow.session.scalar(text("SELECT ledger_archive(:since, :until)"), {"since": since, "until": until})
    return int(moved or 0)


async def archive_month(
    database: Database, month: date, *, step: timedelta = STEP, progress: Callable[[datetime, int], None] = lambda *_: None
) -> int:
    """Move a whole month, a unit for each step; `progress` is told how far it is and how many entries have moved."""
    moved = 0
    for since, until in steps(month, step):
        async with database.unit() as uow:
            moved += await archive(uow, since, until)
        progress(until, moved)
    return moved


def steps(month: date, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """The month of this day (UTC) from its beginning to its end, a step at a time."""
    since = datetime(month.year, month.month, 1, tzinfo=UTC)
    end = (since + timedelta(days=31)).replace(day=1)
    while since < end:
        until = min(since + step, end)
        yield since, until
        since = until
