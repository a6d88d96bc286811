"""`python -m tests.monitoring.bench --entries 2000000`: how fast the books are sealed, audited, archived and looked back into.

On embedded servers of its own, with fsync, synchronous_commit and all guards on. Nothing here passes or fails by the clock.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import asyncpg
from sqlalchemy import text

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.ledger.accounts import treasury
from core.ledger.archive import archive_month
from core.ledger.history import balance_at, period, statement
from core.ledger.seals import seal
from core.monitoring.audit import audit
from core.monitoring.coherence import look
from tests.bench.machine import describe, today
from tests.bench.servers import bench_servers
from tests.ledger.bulk import fill, post_more

MEMBERS = 5000
# Days of two months ago among which the transfers are spread.
DAYS = 20


async def timed(what: Callable[[], Awaitable[Any]]) -> tuple[float, Any]:
    begun = perf_counter()
    result = await what()
    return perf_counter() - begun, result


def say(what: str, seconds: float, entries: int = 0) -> None:
    print(f"{what:<48}{seconds:>10.2f} s" + (f"{entries / seconds:>12,.0f} entries/s" if entries else ""), flush=True)


async def load(connection: asyncpg.Connection, entries: int) -> Any:
    """Half of the entries are two months old, half are new."""
    month = (SystemClock().now().replace(day=1) - timedelta(days=40)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    each = entries // 4 // DAYS
    dao = await fill(connection, transfers=each, members=MEMBERS, at=month)
    for day in range(1, DAYS):
        await post_more(connection, dao, transfers=each, at=month + timedelta(days=day))
    await post_more(connection, dao, transfers=entries // 4)
    await connection.execute("VACUUM ANALYZE")
    return dao, month


async def seal_all(database: Database) -> None:
    more = True
    while more:
        async with database.unit() as uow:
            more = (await seal(uow)).more


async def audited(database: Database) -> None:
    """Times each part by when the next one begins; the parts of the seals run beside the others."""
    begun = last = perf_counter()
    at: str | None = None

    def progress(word: str) -> None:
        nonlocal last, at
        if word.startswith("check"):
            if at:
                print(f"  {at:<66}{perf_counter() - last:>8.2f} s", flush=True)
            last, at = perf_counter(), word
        elif word.split()[1] == word.split()[3]:
            print(f"  all seals, begun with the first check{'':<29}{perf_counter() - begun:>8.2f} s", flush=True)

    wrong = [finding.name for finding in await audit(database, progress=progress) if not finding.ok]
    print(f"  not in order, as the loader leaves the application's own tables empty: {wrong}")


async def looked_back(database: Database, dao: Any, month: datetime) -> None:
    group, times = treasury(dao), 200
    for name, ask in {
        "balance at a moment": lambda uow: balance_at(uow, group, month + timedelta(days=7, hours=5)),
        "period of a week": lambda uow: period(uow, group, since=month + timedelta(days=3), until=month + timedelta(days=10)),
        "page of 20 lines, long ago": lambda uow: statement(uow, group, limit=20, before=1000),
    }.items():
        took = []
        for _ in range(times):
            async with database.unit() as uow:
                await uow.session.execute(text("SELECT 1"))
                took.append((await timed(lambda ask=ask, uow=uow: ask(uow)))[0])
        took.sort()
        print(
            f"{name:<48}{took[times // 2] * 1000:>10.2f} ms (p50) {took[int(times * 0.99)] * 1000:>8.2f} ms (p99)", flush=True
        )


async def measure(entries: int) -> None:
    print(f"# {today()}: {describe()}")
    async with bench_servers() as servers:
        print(f"PostgreSQL {servers.version}; {entries:,} entries, half of them in each of two balances\n")
        connection = await asyncpg.connect(servers.database_url)
        vault = Vault(["bench-key-that-is-long-enough-0123456789"])
        database = Database(servers.database_url, clock=SystemClock(), ids=TimeOrderedIds(), vault=vault)
        took, (dao, month) = await timed(lambda: load(connection, entries))
        say("loading, all guards on", took, entries)
        took, _ = await timed(lambda: seal_all(database))
        say("sealing", took, entries)
        took, _ = await timed(lambda: audited(database))
        say("audit, everything", took, entries)
        async with database.unit() as uow:
            took, sample = await timed(lambda: look(uow))
        say(f"hourly look ({sample.balances} balances, {sample.entries:,} entries)", took)
        await looked_back(database, dao, month)
        took, moved = await timed(lambda: archive_month(database, month.astimezone(UTC).date()))
        say(f"archiving a month ({moved:,} entries)", took, moved)
        await connection.execute("VACUUM ANALYZE ledger_entries")
        took, _ = await timed(lambda: audited(database))
        say("audit, half of it in the archive", took, entries)
        await looked_back(database, dao, month)
        await database.close()
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.monitoring.bench", description=__doc__)
    parser.add_argument("--entries", type=int, default=2_000_000)
    asyncio.run(measure(parser.parse_args().entries))


if __name__ == "__main__":
    main()
