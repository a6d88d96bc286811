"""Going back a release and forward again: the books keep what both releases know, to the byte, and take new postings at each."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.ledger.accounts import MPESA_UTILITY, Bucket, member_account
from core.ledger.archive import archive, steps
from core.ledger.postings import single_arguments
from core.ledger.service import Leg, Posting, expire_due
from core.monitoring.audit import audit
from tests.conftest import ROOT, Servers, recreate

from .books import new_id, seal_everything, shillings
from .bulk import fill

BEFORE_HOLDS, WITH_HOLDS, WITH_SEALS = "0006_jobs", "0007_ledger_holds", "0008_ledger_seals"
# Before holds there were no steps, references and ends of time.
ARGUMENTS = {BEFORE_HOLDS: 13, WITH_HOLDS: 16, WITH_SEALS: 16}
AMINA, JUMA = member_account(MemberId(new_id())), member_account(MemberId(new_id()))
# What both releases know.
CONTENT = (
    "SELECT id, kind, user_id, dao_id, name, currency, available, pending, locked, seq FROM ledger_balances",
    "SELECT id, key, fingerprint, kind, details, legs, event_at, posted_at FROM ledger_transfers",
    "SELECT transfer_id, leg, balance_id, seq, bucket, currency, amount, after, posted_at FROM ledger_entries",
    "SELECT id, user_id, available_balance, locked_balance, total_balance FROM user_balances",
)


def alembic(url: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", *command],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        check=False,
        capture_output=True,
        text=True,
    )


async def go(url: str, command: str, to: str) -> None:
    done = await asyncio.to_thread(alembic, url, command, to)
    assert done.returncode == 0, done.stderr


async def content(url: str) -> list[list[tuple[object, ...]]]:
    connection = await asyncpg.connect(url)
    found = [sorted((tuple(row) for row in await connection.fetch(query)), key=repr) for query in CONTENT]
    await connection.close()
    return found


async def post(url: str, release: str, legs: list[Leg], **more: object) -> UUID:
    """As the release of that time posts."""
    number, transfer = ARGUMENTS[release], new_id()
    arguments = single_arguments(Posting(new_id(), "gift", legs, **more), transfer=transfer, now=SystemClock().now())
    connection = await asyncpg.connect(url)
    call = f"SELECT status FROM ledger_post({', '.join(f'${n}' for n in range(1, number + 1))})"
    assert await connection.fetchval(call, *arguments[:number]) == "posted"
    await connection.close()
    return transfer


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(["k" * 40]))
    try:
        yield database
    finally:
        await database.close()


async def test_books_when_taken_back_and_forward_again_are_the_same_to_the_byte(servers: Servers) -> None:
    """One history through the releases, since each way there takes seconds. The later ones bring other capabilities' tables."""
    url = await recreate(servers.database_url, f"mtaa_back_{os.getpid()}")
    await go(url, "upgrade", WITH_SEALS)
    connection = await asyncpg.connect(url)
    await fill(connection, transfers=20, members=4, at=datetime(2026, 8, 5, tzinfo=UTC))
    await post(url, WITH_SEALS, [Leg(MPESA_UTILITY, shillings(-50)), Leg(AMINA, shillings(50))])
    async with opened(url) as database:
        await seal_everything(database)
    before = await content(url)

    # Nothing is held: back to before holds, where that release goes on posting.
    await go(url, "downgrade", BEFORE_HOLDS)
    assert await content(url) == before
    await post(url, BEFORE_HOLDS, [Leg(AMINA, shillings(-1)), Leg(JUMA, shillings(1))])
    before = await content(url)
    await go(url, "upgrade", WITH_SEALS)
    assert await content(url) == before

    # Something is held: before seals, but not before holds, which would forget it.
    aside = [Leg(AMINA, shillings(-5)), Leg(AMINA, shillings(5), Bucket.LOCKED)]
    held = await post(url, WITH_SEALS, aside, step="pending", expires_at=SystemClock().now())
    before = await content(url)
    await go(url, "downgrade", WITH_HOLDS)
    assert await content(url) == before
    await post(url, WITH_HOLDS, [Leg(JUMA, Money(-50)), Leg(AMINA, Money(50))])
    before = await content(url)
    await go(url, "upgrade", WITH_SEALS)
    assert await content(url) == before

    # A month is archived: not before seals.
    async with opened(url) as database:
        await seal_everything(database)
        async with database.unit() as uow:
            assert await archive(uow, *next(steps(date(2026, 8, 1), timedelta(days=31)))) == 40
    before = await content(url)
    refused = await asyncio.to_thread(alembic, url, "downgrade", WITH_HOLDS)
    assert "entries are archived" in refused.stderr
    assert await content(url) == before
    await connection.close()

    await go(url, "upgrade", "head")
    assert await content(url) == before
    async with opened(url) as database:
        async with database.unit() as uow:
            assert await expire_due(uow) == [held]
        await seal_everything(database)
        # What `fill` calls contributions was nobody's; all that concerns the books is in order.
        wrong = [finding.name for finding in await audit(database) if not finding.ok]
        assert wrong == ["contributions equal their transfers", "shared payments equal their transfers"]
