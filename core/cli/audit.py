"""`mtaa audit`: recompute the books from their entries and say of each invariant whether it holds."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from core.app import addresses
from core.kernel.clock import SystemClock, local_time
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.logs import redact
from core.kernel.secrets import Vault
from core.kernel.settings import Settings
from core.ledger.deadlines import Overdue, overdue
from core.ledger.seals import newest_seal, waiting
from core.monitoring.attention import tasks
from core.monitoring.audit import audit as check_books

# The worker looks every minute: what waits for this long, nobody will give back.
FORGOTTEN = timedelta(hours=1)


HOUR = 3600


@asynccontextmanager
async def open_books(settings: Settings) -> AsyncIterator[Database]:
    """The database, for an operator's command."""
    async with addresses(settings) as where:
        database = Database(where.owner_url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(settings.secret_keys))
        try:
            yield database
        finally:
            await database.close()


async def audit(settings: Settings) -> int:
    """Print each invariant with its figure and where it is broken, the end of the chain of seals and what waits for people.

    1 when an invariant doesn't hold; what waits for a person is work, not a fault. 2 when the books couldn't be asked.
    """
    try:
        return await _audit(settings)
    except (OSError, TimeoutError, SQLAlchemyError) as problem:
        print(f"the books can't be asked: {redact(str(problem)).splitlines()[0]}", file=sys.stderr)
        return 2


async def _audit(settings: Settings) -> int:
    async with open_books(settings) as database:
        findings = await check_books(database, progress=_say)
        async with database.unit() as uow:
            newest, unsealed = await newest_seal(uow), await waiting(uow)
            waiting_for_people = await tasks(uow)
            late, now = await overdue(uow), uow.clock.now()
    for finding in findings:
        print(f"{'ok  ' if finding.ok else 'FAIL'} {finding.name}: {finding.figure}")
        for place in finding.places:
            print(f"     at {place}")
    if newest:
        print(f"newest seal: {newest.number:,} {newest.hash.hex()}")
    print(f"waiting for a seal: {unsealed:,}")
    for task in waiting_for_people:
        print(f"look {task.kind} {task.name}: {task.why}, {task.amount or ''} {task.age.total_seconds() / HOUR:,.1f} h")
    forgotten = late.since is not None and now - late.since > FORGOTTEN
    print(f"{'FAIL ' if forgotten else ''}holds past their end: {_late(late)}")
    return 0 if all(finding.ok for finding in findings) and not forgotten else 1


def _late(late: Overdue) -> str:
    return f"{late.holds:,}" + (f", the oldest since {local_time(late.since)}" if late.since else "")


def _say(word: str) -> None:
    """Progress goes beside the result, so that the result can be kept."""
    print(word, file=sys.stderr, flush=True)
