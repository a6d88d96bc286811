"""The ledger's benchmark: ours, with all guards on, beside a bare posting function and pgbench's TPC-B, on one server.

Singles are called by pgbench, ours as the bare one, so that both have the same client. The batcher is called as the product
calls it, from Python. "hot": every transfer credits one treasury; otherwise giver and taker are drawn from all members.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import uvloop

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.garbage import never_collect_again
from core.kernel.ids import TimeOrderedIds
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.ledger.batcher import Batcher, connector
from core.ledger.postings import Posting
from core.ledger.service import Leg, transfer
from tests.bench import pgbench, reference
from tests.bench.accounts import MEMBER_PREFIX, TREASURY, fund, member, open_accounts
from tests.bench.load import Load, closed_loop
from tests.bench.machine import Meter
from tests.bench.rounds import Contender, Sample, percentiles, say
from tests.bench.servers import Bench

AMOUNT, TAKEN = Money(100_50), Money(-100_50)
REFERENCE = {False: "reference uncontended, 8", True: "reference hot, 8"}
IN_FLIGHT = (1, 8, 32, 256)
# Title of a column, and how its number is written.
FIGURES = {
    "fsyncs each": ".4f",
    "WAL B each": ",.0f",
    "stored B each": ",.0f",
    "server CPU µs": ",.0f",
    "client CPU µs": ",.0f",
}

POST = """
SELECT status FROM ledger_post(uuidv7(), uuidv7(), '\\x{fingerprint}'::bytea, 'bench', NULL, now(), {legs})
"""
LEGS = """ARRAY['member', '{kind}'], ARRAY[{giver}, {user}]::uuid[], ARRAY[NULL, {dao}]::uuid[], ARRAY[NULL, NULL]::text[],
  ARRAY['KES', 'KES'], ARRAY['available', 'available'], ARRAY[-100.50, 100.50]"""


@dataclass(frozen=True)
class Work:
    """What a contender did in one round: all of it, and the measured part of it."""

    all: int
    rate: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Tables:
    """Where a contender keeps what it writes, and which of them has one row per transfer."""

    transfers: str
    all: tuple[str, ...]


OURS = Tables("ledger_transfers", ("ledger_transfers", "ledger_entries"))
BARE = Tables("reference.transfer", ("reference.transfer", "reference.entry"))


def our_script(members: int, *, hot: bool) -> str:
    """Our posting function as a pgbench script; what the Python face hands over is written out."""
    name = f"('{MEMBER_PREFIX}' || lpad({{}}::text, 12, '0'))"
    giver, taker = name.format(":giver"), "NULL" if hot else name.format(":taker")
    legs = LEGS.format(kind="treasury" if hot else "member", giver=giver, user=taker, dao=f"'{TREASURY}'" if hot else "NULL")
    draw = f"\\set giver random(1, {members})\n"
    if not hot:
        draw += f"\\set taker 1 + (:giver + random(0, {members} - 2)) % {members}\n"
    return draw + " ".join(POST.format(fingerprint="00" * 32, legs=legs).split()) + ";\n"


class LedgerBench:
    """Everything that competes, on books of `members` members."""

    def __init__(self, bench: Bench, *, members: int, scale: int) -> None:
        self._bench, self._members, self._scale = bench, members, scale

    async def prepare(self) -> None:
        say(f"opening {self._members:,} accounts in both books, and pgbench's tables of scale {self._scale} ...")
        async with self._database() as database:
            await open_accounts(database, self._members)
        connection = await asyncpg.connect(self._bench.database_url)
        await connection.execute(reference.SCHEMA)
        await connection.execute(reference.ACCOUNTS.format(members=self._members))
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CREATE DATABASE tpcb")
        await connection.close()
        await pgbench.fill(self._bench, "tpcb", self._scale)

    def contenders(self) -> list[Contender]:
        found = [Contender("pgbench TPC-B, 8", self._tpcb, REFERENCE[False])]
        for hot in (False, True):
            where = "hot" if hot else "uncontended"
            bare = (reference.HOT if hot else reference.UNCONTENDED).format(members=self._members)
            ours = our_script(self._members, hot=hot)
            for clients in (1, 8, 32):
                found.append(Contender(f"reference {where}, {clients}", self._script(bare, clients, BARE), REFERENCE[hot]))
            for clients in (1, 8, 32):
                found.append(Contender(f"single post {where}, {clients}", self._script(ours, clients, OURS), REFERENCE[hot]))
            found.append(Contender(f"unit of work {where}, 8 (Python)", self._face(8, hot=hot), REFERENCE[hot]))
            for waiting in IN_FLIGHT:
                found.append(
                    Contender(f"batcher {where}, {waiting} in flight", self._batched(waiting, hot=hot), REFERENCE[hot])
                )
        return found

    def _script(self, script: str, clients: int, tables: Tables) -> Callable[[float], Awaitable[tuple[Sample, float]]]:
        async def work(seconds: float) -> Work:
            run = await pgbench.run(self._bench, script=script, clients=clients, seconds=seconds)
            return Work(run.done, run.rate, run.p50, run.p99)

        return self._measured(work, tables)

    async def _tpcb(self, seconds: float) -> tuple[Sample, float]:
        async def work(seconds: float) -> Work:
            run = await pgbench.run(self._bench, script=None, clients=8, seconds=seconds, database="tpcb")
            return Work(run.done, run.rate, run.p50, run.p99)

        return await self._measured(work, None)(seconds)

    def _face(self, callers: int, *, hot: bool) -> Callable[[float], Awaitable[tuple[Sample, float]]]:
        """A transfer in a unit of its own, through SQLAlchemy: what one turn of the conversation does."""

        async def work(seconds: float) -> Work:
            async with self._database() as database:

                async def post(_caller: int) -> bool:
                    async with database.unit() as uow:
                        await transfer(uow, key=uow.ids.new(), kind="bench", legs=self.legs(hot=hot))
                    return True

                load = await closed_loop(post, callers=callers, seconds=seconds)
            return Work(load.all, load.rate, *percentiles(load.latencies))

        return self._measured(work, OURS)

    def _batched(self, waiting: int, *, hot: bool) -> Callable[[float], Awaitable[tuple[Sample, float]]]:
        """Through a process's one batcher, so many callers at once."""

        async def load(seconds: float) -> Load:
            ids = TimeOrderedIds()
            never_collect_again()
            async with Batcher(connector(self._bench.database_url), clock=SystemClock(), ids=ids) as batcher:

                async def post(_caller: int) -> bool:
                    await batcher.post(Posting(ids.new(), "bench", self.legs(hot=hot)))
                    return True

                return await closed_loop(post, callers=waiting, seconds=seconds)

        async def work(seconds: float) -> Work:
            # On a loop like the worker's, which is the product's process with a batcher.
            done = await asyncio.to_thread(uvloop.run, load(seconds))
            return Work(done.all, done.rate, *percentiles(done.latencies))

        return self._measured(work, OURS)

    def legs(self, *, hot: bool) -> list[Leg]:
        """One transfer: from anybody to the treasury, or to anybody else."""
        giver = random.randint(1, self._members)
        taker = fund() if hot else member(1 + (giver + random.randint(0, self._members - 2)) % self._members)
        return [Leg(member(giver), TAKEN), Leg(taker, AMOUNT)]

    def _measured(
        self, work: Callable[[float], Awaitable[Work]], tables: Tables | None
    ) -> Callable[[float], Awaitable[tuple[Sample, float]]]:
        """The work with what it cost the server. Raises RuntimeError when less was stored than was answered."""

        async def run(seconds: float) -> tuple[Sample, float]:
            connection = await asyncpg.connect(self._bench.database_url)
            before = await _look(connection, tables)
            meter = Meter((self._bench.postmaster,))
            done = await work(seconds)
            usage = meter.read()
            await asyncio.sleep(0.2)  # Connections report their figures as they end.
            after = await _look(connection, tables)
            await connection.close()
            if tables and after["rows"] - before["rows"] != done.all:
                raise RuntimeError(f"{done.all} answered, but {after['rows'] - before['rows']} stored")
            each = {name: (after[name] - before[name]) / done.all for name in ("fsyncs each", "WAL B each", "stored B each")}
            if tables is None:
                del each["stored B each"]
            cpu = {"server CPU µs": usage.server / done.rate * 1e6, "client CPU µs": usage.clients / done.rate * 1e6}
            return Sample(done.rate, done.p50, done.p99, each | cpu), usage.foreign

        return run

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[Database]:
        database = Database(self._bench.database_url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(["bench" * 8]))
        try:
            yield database
        finally:
            await database.close()


async def _look(connection: asyncpg.Connection, tables: Tables | None) -> dict[str, float]:
    return {
        "fsyncs each": float(await connection.fetchval("SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'")),
        "WAL B each": float(await connection.fetchval("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")),
        "stored B each": float(
            sum([await connection.fetchval("SELECT pg_total_relation_size($1::text)", one) for one in tables.all])
            if tables
            else 0
        ),
        "rows": await connection.fetchval(f"SELECT count(*) FROM {tables.transfers}") if tables else 0,
    }
