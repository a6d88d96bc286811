"""A worker in this process, with handlers of the test's own, on the real queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from core.jobs.handlers import Handler, Patience, Work
from core.jobs.worker import run_worker
from core.kernel.clock import SystemClock
from core.kernel.db import Database

SOON = timedelta(milliseconds=50)
QUICK = Patience(attempts=3, first_wait=SOON, longest_wait=SOON, at_most=timedelta(seconds=10))


@dataclass
class Bench:
    """Services for the worker, and what its handlers noted."""

    database: Database
    database_url: str
    clock: Any = field(default_factory=SystemClock)
    seen: list[Any] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def enqueue(self, job: str, payload: dict[str, Any] | None = None) -> None:
        async with self.database.unit() as uow:
            await uow.enqueue(job, payload or {})

    async def query(self, sql: str) -> list[dict[str, Any]]:
        async with self.database.unit() as uow:
            return [dict(row) for row in (await uow.session.execute(text(sql))).mappings()]

    async def execute(self, sql: str) -> None:
        async with self.database.unit() as uow:
            await uow.session.execute(text(sql))

    async def count(self, table: str, where: str = "true") -> int:
        (row,) = await self.query(f"SELECT count(*) AS n FROM {table} WHERE {where}")
        return int(row["n"])

    async def until(self, condition: Any) -> None:
        """Wait until an async condition holds; the test's own timeout is the limit."""
        async with asyncio.timeout(60):
            while not await condition():
                await asyncio.sleep(0.05)

    async def until_empty(self) -> None:
        async def empty() -> bool:
            return await self.count("pgqueuer") == 0

        await self.until(empty)

    @asynccontextmanager
    async def worker(
        self, handlers: dict[str, Handler], *, patience: Patience = QUICK, regularly: dict[str, str] | None = None, **given: Any
    ) -> AsyncIterator[asyncio.Task[None]]:
        work = Work(handlers, regularly or {}, dict.fromkeys(handlers, patience))
        self.stop = asyncio.Event()
        running = asyncio.create_task(run_worker(self, stop=self.stop, work=work, **given))  # type: ignore[arg-type]
        try:
            yield running
        finally:
            self.stop.set()
            async with asyncio.timeout(30):
                await running
