"""The embedded servers of a bench, in a home of their own that is removed at the end, with a database built by the migrations."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from core.kernel.embedded import binaries, layout, postgres_server, start
from tests.conftest import recreate, run_migrations

# What makes an answer mean "it is on the disk". Any other value, and the figures are not those of a ledger.
SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "data_checksums": "on"}


@dataclass(frozen=True)
class Bench:
    """A running pair of servers and the database to measure on."""

    database_url: str
    redis_url: str
    sockets: Path
    programs: Path
    postmaster: int
    version: str

    @property
    def database(self) -> str:
        return urlsplit(self.database_url).path.lstrip("/")

    @property
    def pgbench(self) -> tuple[str, ...]:
        """The program with the arguments that reach the database."""
        return (str(self.programs / "pgbench"), "-h", str(self.sockets), "-U", "mtaa")


@asynccontextmanager
async def bench_servers() -> AsyncIterator[Bench]:
    """Servers for one bench. Raises RuntimeError when a setting is not the safe one."""
    home = Path(tempfile.mkdtemp(prefix="mtaa-bench-"))
    try:
        async with await start(home) as lease:
            url = await recreate(lease.servers.database_url, "bench")
            await asyncio.to_thread(run_migrations, url)
            version = await _check(url)
            sockets = Path(parse_qs(urlsplit(url).query)["host"][0])
            pid = postgres_server.daemon(layout.prepare(home)).pid()
            yield Bench(url, lease.servers.redis_url, sockets, binaries.find_postgres()[1], pid or 0, version)
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _check(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        for name, value in SAFE.items():
            found = await connection.fetchval(f"SHOW {name}")
            if found != value:
                raise RuntimeError(f"{name} is {found}: this would measure something else")
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()
