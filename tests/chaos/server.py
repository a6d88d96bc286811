"""A PostgreSQL of our own that may be killed and started again, any number of times."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from core.kernel.embedded import Lease, layout, postgres_server, start
from core.kernel.embedded.cluster import SUPERUSER
from core.kernel.embedded.daemon import Daemon
from tests.conftest import run_migrations

TEMPLATE = "books_template"


class OwnServer:
    """The server of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lease: Lease | None = None
        self._books = 0

    @property
    def daemon(self) -> Daemon:
        return postgres_server.daemon(layout.prepare(self.home))

    @property
    def sockets(self) -> Path:
        assert self._lease is not None
        return Path(parse_qs(urlsplit(self._lease.servers.database_url).query)["host"][0])

    def url(self, database: str) -> str:
        return postgres_server.url(self.sockets).replace("/mtaa?", f"/{database}?")

    async def start(self) -> None:
        """Start it, or start it again after it was killed."""
        former, self._lease = self._lease, await start(self.home, redis=False)
        if former:
            await former.release()

    async def stop(self) -> None:
        if self._lease:
            await self._lease.release()
            self._lease = None

    async def prepare(self) -> None:
        """Make the books that each round gets a copy of."""
        await self.command(f"CREATE DATABASE {TEMPLATE} OWNER mtaa")
        await asyncio.to_thread(run_migrations, self.url(TEMPLATE))

    async def fresh_books(self, *, safe: bool = True) -> str:
        """The name of a new database with empty books. `safe=False`: it says "committed" before that is true."""
        if self._books:
            await self.command(f"DROP DATABASE books{self._books} WITH (FORCE)")
        self._books += 1
        name = f"books{self._books}"
        await self.command(f"CREATE DATABASE {name} OWNER mtaa TEMPLATE {TEMPLATE}")
        if not safe:
            await self.command(f"ALTER DATABASE {name} SET synchronous_commit = off")
        return name

    async def command(self, statement: str) -> None:
        """Run one statement as the server's owner."""
        connection = await self.connect(SUPERUSER, "postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def connect(self, user: str, database: str) -> asyncpg.Connection:
        where = {"host": str(self.sockets), "port": postgres_server.PORT}
        return await asyncpg.connect(**where, user=user, database=database, ssl=False, timeout=30)

    async def kill(self) -> None:
        """SIGKILL to the server and everything it forked, and wait until nothing of it is left."""
        head = self.daemon.pid()
        assert head is not None
        for pid in (head, *children(head)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        await self.gone()

    async def gone(self) -> None:
        """Wait until the server has ended."""
        async with asyncio.timeout(60):
            while self.daemon.is_running() or self.daemon.pid():
                await asyncio.sleep(0.01)


def children(parent: int) -> list[int]:
    """The processes that this one forked."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
