"""One connection by which bot processes learn of new updates and keep out of each other's way.

It listens for the inbox's notification and holds one advisory lock per person whose updates this process works on. The locks
belong to the connection, not to a transaction, so none stays open while Telegram is called, and a process that dies gives
them all back. A lost connection costs nothing: what is handled twice gets the same remembered reply.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from core.kernel.db import Database
from core.web.telegram_inbox import CHANNEL

log = logging.getLogger(__name__)

KEY = "hashtextextended($1, 0)"


class Driver(Protocol):
    """What is used of asyncpg's connection."""

    def is_closed(self) -> bool: ...

    async def fetchval(self, query: str, *args: object) -> Any: ...

    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None: ...


class Lane:
    """A person's lane that this process holds."""

    def __init__(self, lanes: Lanes, connection: Driver) -> None:
        self._lanes, self._connection = lanes, connection

    @property
    def is_held(self) -> bool:
        """Whether the lock is still ours: it went with its connection."""
        return self._lanes.is_open_as(self._connection)


class Lanes:
    """The locks of this process, and `news`: set when somebody stored an update."""

    def __init__(self, database: Database, *, bot_id: int) -> None:
        self._database, self._bot_id = database, bot_id
        self._connection: AsyncConnection | None = None
        self._driver: Driver | None = None
        # The driver does one thing at a time.
        self._turn = asyncio.Lock()
        self.news = asyncio.Event()

    @asynccontextmanager
    async def hold(self, lane: int) -> AsyncIterator[Lane | None]:
        """Keep other processes out of this lane during the block; None when one of them is in it."""
        driver, locked = await self._ask("pg_try_advisory_lock", lane)
        if not locked:
            yield None
            return
        try:
            yield Lane(self, driver)
        finally:
            await self._give_back(lane, driver)

    def is_open_as(self, driver: Driver) -> bool:
        """Whether this is still the connection that the locks belong to."""
        return self._driver is driver and not driver.is_closed()

    async def listen(self) -> None:
        """Connect, when that isn't done, and hear of news from here on."""
        async with self._turn:
            await self._driven()

    async def close(self) -> None:
        """Give everything back."""
        async with self._turn:
            await self._drop()

    async def _ask(self, function: str, lane: int) -> tuple[Driver, bool]:
        async with self._turn:
            driver = await self._driven()
            try:
                answer = await driver.fetchval(f"SELECT {function}({KEY})", f"telegram {self._bot_id} {lane}")
            except BaseException:
                # Who knows what it holds now; a lock that nobody gives back would keep everybody out.
                await self._drop()
                raise
            return driver, bool(answer)

    async def _give_back(self, lane: int, driver: Driver) -> None:
        if not self.is_open_as(driver):
            return
        try:
            await self._ask("pg_advisory_unlock", lane)
        except Exception:  # noqa: BLE001 - whatever the driver raises, the remedy is the same
            log.warning("a lane could not be given back; its connection was dropped")

    async def _driven(self) -> Driver:
        if self._driver is not None and not self._driver.is_closed():
            return self._driver
        await self._drop()
        connection = await self._database.engine.connect()
        driver: Driver = (await connection.get_raw_connection()).driver_connection  # type: ignore[assignment]
        await driver.add_listener(CHANNEL, lambda *_: self.news.set())
        self._connection, self._driver = connection, driver
        return driver

    async def _drop(self) -> None:
        """Never back into the pool: it has locks and a listener on it."""
        connection, self._connection, self._driver = self._connection, None, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()
