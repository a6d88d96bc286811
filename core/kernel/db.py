"""One turn, one call, one callback, one job = one transaction.

`Database.unit()` opens it and commits at the edge; verbs take the unit first and never commit. Jobs are enqueued through
the unit's own connection, so that a rolled-back unit leaves no job behind. Nothing calls a provider while a unit is open.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pgqueuer.queries import Queries
from sqlalchemy import MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.engine.url import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from core.kernel.clock import Clock
from core.kernel.ids import Ids
from core.kernel.secrets import Vault

# Every constraint has a name that a migration can refer to.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Posting is flush-bound: more connections than a few per core only lengthen the lock queue.
POOL_SIZE = 10
POOL_OVERFLOW = 5
STATEMENT_TIMEOUT = "8s"
LOCK_TIMEOUT = "4s"


class Base(DeclarativeBase):
    """Parent of every table of ours."""

    metadata = MetaData(naming_convention=NAMES)


class _UnitDriver:
    """Lets PgQueuer's own enqueue statement run inside a unit's transaction.

    Going through SQLAlchemy matters: its asyncpg transaction starts at its first statement, so a statement on the raw
    connection before that would commit on its own.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        result = await self._connection.exec_driver_sql(query, tuple(args))
        return [dict(row) for row in result.mappings()]


@dataclass
class UnitOfWork:
    """An open transaction with the clock, the ids and the keys that belong to it."""

    session: AsyncSession
    clock: Clock
    ids: Ids
    vault: Vault

    async def enqueue(
        self, job: str, payload: Mapping[str, Any], *, after: timedelta | None = None, key: str | None = None
    ) -> None:
        """Have the worker run `job` once this unit has committed, `after` a delay.

        A second enqueue with the same `key` while the first still waits or runs changes nothing.
        """
        await self.enqueue_all(job, [payload], after=after, keys=[key])

    async def enqueue_all(
        self,
        job: str,
        payloads: Sequence[Mapping[str, Any]],
        *,
        after: timedelta | None = None,
        keys: Sequence[str | None] | None = None,
    ) -> None:
        """Many of one kind in one statement, taken up in this order; `keys` as in enqueue, one for each."""
        if not payloads:
            return
        queries = Queries(_UnitDriver(await self.session.connection()))  # type: ignore[arg-type]
        many = len(payloads)
        bodies: list[bytes | None] = [json.dumps(payload).encode() for payload in payloads]
        await queries.enqueue([job] * many, bodies, [0] * many, [after] * many, list(keys or [None] * many), on_conflict="skip")


def async_url(url: str) -> URL:
    """The address as SQLAlchemy's asyncpg dialect wants it, from `postgres://` or `postgresql://`."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+asyncpg")


def as_role(url: str, role: str) -> str:
    """The address for connections that take on this role's rights as they begin, and can do no more; none: as they log in.

    Understood by asyncpg, to which it is a setting of the session, and by `Database`.
    """
    return str(make_url(url).update_query_dict({"role": role}).render_as_string(hide_password=False)) if role else url


class Database:
    """The pool of connections and the opener of units."""

    def __init__(self, url: str, *, clock: Clock, ids: Ids, vault: Vault, pool_size: int = POOL_SIZE) -> None:
        self._clock, self._ids, self.vault = clock, ids, vault
        where = async_url(url)
        role = {"role": str(where.query["role"])} if "role" in where.query else {}
        self.engine: AsyncEngine = create_async_engine(
            where.difference_update_query(["role"]),
            pool_size=pool_size,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=3,
            pool_recycle=1800,
            hide_parameters=True,
            connect_args={
                "timeout": 5,
                "server_settings": {
                    "application_name": "mtaa",
                    "statement_timeout": STATEMENT_TIMEOUT,
                    "lock_timeout": LOCK_TIMEOUT,
                    "timezone": "UTC",
                    **role,
                },
            },
        )

    def now(self) -> datetime:
        """The moment by the clock of its units."""
        return self._clock.now()

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; commit when the block ends, roll back when it raises."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield UnitOfWork(session, self._clock, self._ids, self.vault)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
