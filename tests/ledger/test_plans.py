"""Posting never scans a table, whatever is known about it: not while it is empty, not large, not before it is analysed.

A plan is made once for a connection's life. One that was right for ten rows and stayed would lock the treasury's row for
seconds a year later. The server's own counters tell; whatever functions and guards the tables have are looked at.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import asyncpg
import pytest

from core.kernel.clock import SystemClock
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import CUSD, Money
from core.ledger.accounts import FX, MPESA_UTILITY, Account, Bucket, member_account, pot, treasury
from core.ledger.postings import (
    POST,
    POST_BATCH,
    POST_PLAIN,
    batch_arguments,
    is_plain,
    plain_arguments,
    single_arguments,
)
from core.ledger.service import Leg, Posting

from .books import new_id, shillings
from .bulk import fill

BOOKS = (
    *("ledger_balances", "ledger_transfers", "ledger_entries", "ledger_resolutions", "ledger_rejections"),
    *("ledger_seals", "ledger_openings"),
)
# PostgreSQL keeps to a prepared statement's first plans for five executions and may settle on a generic one afterwards.
PAST_THE_CUSTOM_PLANS = 7
Post = Callable[[asyncpg.Connection, Sequence[Posting]], Awaitable[list[tuple[str, UUID | None]]]]


async def one_by_one(connection: asyncpg.Connection, postings: Sequence[Posting]) -> list[tuple[str, UUID | None]]:
    now = SystemClock().now()
    rows = [await connection.fetchrow(POST, *single_arguments(each, transfer=new_id(), now=now)) for each in postings]
    return [(row["status"], row["transfer"]) for row in rows]


async def together(connection: asyncpg.Connection, postings: Sequence[Posting]) -> list[tuple[str, UUID | None]]:
    arguments = batch_arguments(postings, transfers=[new_id() for _ in postings], now=SystemClock().now())
    return [(row["status"], row["transfer"]) for row in await connection.fetch(POST_BATCH, *arguments)]


async def the_short_way(connection: asyncpg.Connection, postings: Sequence[Posting]) -> list[tuple[str, UUID | None]]:
    """Those about which nothing is in doubt together; otherwise as a batch."""
    transfers = [new_id() for _ in postings]
    if all(map(is_plain, postings)):
        arguments = plain_arguments(postings, transfers=transfers, now=SystemClock().now())
        if await connection.fetchval(POST_PLAIN, *arguments):
            return [("posted", transfer) for transfer in transfers]
    return await together(connection, postings)


def moved(kind: str, *legs: tuple[Account, Money] | tuple[Account, Money, Bucket], **more: object) -> Posting:
    return Posting(new_id(), kind, [Leg(*leg) for leg in legs], **more)  # type: ignore[arg-type]


async def live_a_day(connection: asyncpg.Connection, post: Post, dao: DaoId) -> None:
    """Everything that the books can do: each way in, each way out, each refusal, old owners and new ones."""
    amina, juma, group = member_account(MemberId(new_id())), member_account(MemberId(new_id())), treasury(dao)
    one, now = shillings(1), SystemClock().now()
    deposits = [moved("deposit", (MPESA_UTILITY, shillings(-50)), (each, shillings(50))) for each in (amina, juma, amina)]
    assert [status for status, _ in await post(connection, deposits)] == ["posted"] * 3

    saved = [moved("contribution", (each, -one), (group, one)) for each in (amina, juma, amina)]
    for _ in range(2):
        posted = await post(connection, [Posting(new_id(), each.kind, each.legs) for each in saved])
        assert [status for status, _ in posted] == ["posted"] * 3

    paid = [
        moved("contribution", (amina, -one), (group, one)),
        moved("split", (amina, shillings(-3)), (juma, one), (pot(dao, "welfare"), one), (group, one)),
        moved("swap", (amina, -one), (FX, one), (FX, Money(-9, CUSD)), (amina, Money(9, CUSD))),
        *(hold_of(amina, one, expires_at=now) for _ in range(3)),
        deposits[0],
        Posting(deposits[1].key, "other", deposits[1].legs),
        moved("too much", (juma, shillings(-900)), (amina, shillings(900))),
        moved("nobody", (member_account(MemberId(new_id())), -one), (amina, one)),
    ]
    answers = await post(connection, paid)
    assert [status for status, _ in answers] == [*["posted"] * 6, "repeated", "reused", "short", "short"]

    settled, released, expired = (transfer for _, transfer in answers[3:6])
    ends = [
        moved("paid", (amina, -one, Bucket.LOCKED), (juma, Money(60)), (amina, Money(40)), step="post", ref=settled),
        moved("let go", (amina, -one, Bucket.LOCKED), (amina, one), step="void", ref=released),
        moved("expiry", (amina, -one, Bucket.LOCKED), (amina, one), step="expire", ref=expired),
        moved("again", (amina, -one, Bucket.LOCKED), (amina, one), step="void", ref=settled),
        moved("back", (amina, one), (group, -one), step="reverse", ref=answers[0][1]),
        moved("back again", (amina, one), (group, -one), step="reverse", ref=answers[0][1]),
    ]
    assert [status for status, _ in await post(connection, ends)] == [*["posted"] * 3, "resolved", "posted", "reversed"]


def hold_of(account: Account, amount: Money, expires_at: datetime) -> Posting:
    return moved("hold", (account, -amount), (account, amount, Bucket.LOCKED), step="pending", expires_at=expires_at)


async def scans(connection: asyncpg.Connection) -> dict[str, int]:
    """How often each table of the books was read from end to end, and how often by an index."""
    await connection.execute("SELECT pg_stat_force_next_flush()")
    await connection.execute("SELECT pg_stat_clear_snapshot()")
    rows = await connection.fetch(
        "SELECT relname, seq_scan, idx_scan FROM pg_stat_user_tables WHERE schemaname = 'public' AND relname = ANY ($1)", BOOKS
    )
    assert len(rows) == len(BOOKS)
    return {row["relname"]: row["seq_scan"] for row in rows} | {"by an index": sum(row["idx_scan"] for row in rows)}


async def scanned_by(connection: asyncpg.Connection, work: Callable[[], Awaitable[None]]) -> dict[str, int]:
    """Which tables were scanned by this work, and how often."""
    before = await scans(connection)
    await work()
    after = await scans(connection)
    assert after.pop("by an index") > before["by an index"]
    return {table: times - before[table] for table, times in after.items() if times != before[table]}


@asynccontextmanager
async def without_autovacuum(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Nobody analyses the tables behind the test's back."""
    for table in BOOKS:
        await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    try:
        yield
    finally:
        for table in BOOKS:
            await connection.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")


@pytest.mark.parametrize("post", [one_by_one, together, the_short_way], ids=["single", "batch", "plain"])
async def test_posting_when_tables_are_empty_or_large_or_analysed_reads_by_indexes_only(
    empty_database: str, post: Post
) -> None:
    """One connection lives through all of it with the plans of its first minute; at each stage a new one comes besides."""
    old = await asyncpg.connect(empty_database)
    dao = DaoId(new_id())

    async def days(connection: asyncpg.Connection) -> None:
        for _ in range(PAST_THE_CUSTOM_PLANS):
            await live_a_day(connection, post, dao)

    async def look(stage: str) -> None:
        new = await asyncpg.connect(empty_database)
        assert await scanned_by(old, lambda: days(old)) == {}, f"{stage}, by an old connection"
        assert await scanned_by(new, lambda: days(new)) == {}, f"{stage}, by a new connection"
        await new.close()

    async with without_autovacuum(old):
        await look("empty")
        dao = await fill(old, transfers=40_000, members=10_000, at_once=20_000)
        await look("large, not analysed")
        await old.execute("ANALYZE " + ", ".join(BOOKS))
        await look("large, analysed")
    await old.close()


async def test_scan_when_somebody_makes_one_is_noticed(empty_database: str) -> None:
    """Or the test above could not fail."""
    connection = await asyncpg.connect(empty_database)

    async def careless() -> None:
        await live_a_day(connection, one_by_one, DaoId(new_id()))
        await connection.fetch("SELECT sum(amount) FROM ledger_entries")

    found = await scanned_by(connection, careless)
    await connection.close()

    assert found == {"ledger_entries": 1}
