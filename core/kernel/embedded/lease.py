"""The shared use of one home's servers: the first process starts them, the last one out stops them.

Each holder has a shared lock on one file. A holder that is killed loses it without doing anything, and the servers run on for
the next one to attach to.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from core.kernel.embedded import accounts, layout, locks, orphans, postgres_server, redis_server
from core.kernel.embedded.daemon import LEFTOVER_SECONDS, Daemon, becomes_true, is_ending, stop, stop_stray
from core.kernel.embedded.errors import EmbeddedFailed
from core.kernel.embedded.layout import Layout

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EmbeddedServers:
    """Addresses, empty for a server that wasn't asked for.

    `database_url` is postgresql://mtaa@/mtaa?host=<folder>&port=5432: asyncpg takes it as it is, libpq and psycopg too;
    SQLAlchemy with the scheme postgresql+asyncpg. Role `mtaa` owns database `mtaa`, may create more, and is no superuser.
    `redis_url` is unix://<path>.
    """

    database_url: str
    redis_url: str


class Lease:
    """The right to use the servers until `release`. Also an async context manager that releases at its end."""

    def __init__(self, servers: EmbeddedServers, stay: _Stay) -> None:
        self.servers = servers
        self._stay = stay
        self._released = False

    async def release(self) -> None:
        """Gives the right back; the last one stops both servers and waits for their end. A second call does nothing.

        Raises:
            EmbeddedFailed: a server can't be stopped.
        """
        if self._released:
            return
        self._released = True
        await asyncio.shield(asyncio.ensure_future(self._stay.end()))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.release()


async def start(home: Path, *, postgres: bool = True, redis: bool = True) -> Lease:
    """Starts the servers of `home`, or joins those that other processes run there.

    Any number of processes may do this at once, and one process more than once. The first start of a home takes about two
    seconds. When it is cancelled, what it started is stopped again.

    Raises:
        EmbeddedFailed: says what is wrong and what to do.
    """
    work = asyncio.ensure_future(_start(home, postgres=postgres, redis=redis))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        with contextlib.suppress(EmbeddedFailed):
            await (await work).release()
        raise


async def _start(home: Path, *, postgres: bool, redis: bool) -> Lease:
    stay = _Stay(layout.prepare(home))
    async with stay.begun():
        servers = await _bring_up(stay.place, postgres=postgres, redis=redis)
    return Lease(servers, stay)


class _Stay:
    """One use of a home: a shared lock on its `lease.lock`, and the door through which one process at a time comes and goes."""

    def __init__(self, place: Layout) -> None:
        self.place = place
        self._parent = os.getppid()
        self._door = locks.open_lock(place.start_lock)
        self._use = locks.open_lock(place.lease_lock)

    @contextlib.asynccontextmanager
    async def begun(self) -> AsyncIterator[None]:
        """Alone at the door while the servers are brought up; undone when that fails."""
        try:
            async with locks.alone(self._door):
                locks.try_lock(self._use, exclusive=False)
                try:
                    yield
                except BaseException:
                    with contextlib.suppress(EmbeddedFailed):
                        await self._stop_if_last()
                    raise
        except BaseException:
            self._close()
            raise

    async def end(self) -> None:
        try:
            async with locks.alone(self._door):
                last = await self._stop_if_last()
            if not last and await self._parent_has_gone():
                async with locks.alone(self._door):
                    await self._stop_if_last()
        finally:
            self._close()

    async def _parent_has_gone(self) -> bool:
        """Whether our parent isn't there any more; one that is ending is waited for.

        Children are told of its end, and stop, as soon as its first thread is gone; only with its last one are its locks.
        """
        await becomes_true(lambda: os.getppid() != self._parent or not is_ending(self._parent), LEFTOVER_SECONDS)
        return os.getppid() != self._parent

    async def _stop_if_last(self) -> bool:
        """Turning our shared lock into an exclusive one works for the last holder only; whoever fails has none any more."""
        if not locks.try_lock(self._use, exclusive=True):
            return False
        await _stop_all(self.place)
        _log.info("the embedded servers of %s are stopped", self.place.home)
        return True

    def _close(self) -> None:
        os.close(self._use)
        os.close(self._door)


async def _bring_up(place: Layout, *, postgres: bool, redis: bool) -> EmbeddedServers:
    account = accounts.choose((place.postgres, place.redis))
    sockets = await _sockets(place, account)
    if postgres:
        await postgres_server.ensure(place, sockets, account)
    if redis:
        await redis_server.ensure(place, sockets, account)
    return EmbeddedServers(
        database_url=postgres_server.url(sockets) if postgres else "",
        redis_url=redis_server.url(sockets) if redis else "",
    )


async def _sockets(place: Layout, account: accounts.Account) -> Path:
    """The folder in use while a server runs; a fresh one otherwise.

    Where somebody swept the folder away, nobody can connect any more: what runs is stopped to be started anew.
    """
    noted = layout.sockets_in_use(place)
    if noted and noted.is_dir() and any(daemon.is_running() for daemon in _daemons(place)):
        return noted
    await _stop_all(place)
    await orphans.sweep()
    return layout.claim_sockets(place, uid=account.uid, gid=account.gid)


def _daemons(place: Layout) -> tuple[Daemon, Daemon]:
    return postgres_server.daemon(place), redis_server.daemon(place)


async def _stop_all(place: Layout) -> None:
    """The servers of this home, and those that still listen for it although the home was deleted under them."""
    postgres, redis = _daemons(place)
    await asyncio.gather(stop(postgres), stop(redis))
    noted = layout.sockets_in_use(place)
    for folder in {*layout.socket_folders(place), *([noted] if noted else [])}:
        found = await stop_stray(postgres, postgres_server.socket_file(folder))
        found |= await stop_stray(redis, redis_server.socket_file(folder))
        if found or folder == noted:
            layout.drop_sockets(place, folder)
