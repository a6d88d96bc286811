"""One turn, one call, one callback, one job = one transaction.

`Database.unit()` opens it and commits at the edge; verbs take the unit first and never commit. Jobs are enqueued through
the unit's own connection, so that a rolled-back unit leaves no job behind. Nothing calls a provider while a unit is open.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from pgqueuer.queries import Queries
from sqlalchemy import MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from core.kernel.clock import Clock
from core.kernel.ids import Ids
from core.kernel.secrets import Vault

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

# Every constraint has a name that a migration can refer to.
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Where nobody says otherwise, as in the settings.
USSD_CODE = "*384*77#"
# Posting is flush-bound: more connections than a few per core only lengthen the lock queue.
POOL_SIZE = 10
POOL_OVERFLOW = 5
STATEMENT_TIMEOUT = "8s"
LOCK_TIMEOUT = "4s"
# Connections that only read never wait for a commit.
READING_POOL_SIZE = 5
READING_STATEMENTS = 500
# What PostgreSQL says where something would be written or locked, and to a savepoint outside of a transaction.
NOT_JUST_READING = frozenset({"25006", "25P01"})


class NotJustReading(Exception):
    """Something would have been written or locked in a unit that only reads; nothing was."""


class Base(DeclarativeBase):
    """Parent of every table of ours."""

    metadata = MetaData(naming_convention=NAMES)


# Does, in one go, all that was left to it.
AtEnd = Callable[["UnitOfWork", list[Any]], Awaitable[None]]


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
    """An open transaction with the clock, the ids and the keys that belong to it.

    `dial`: the code that a phone dials to reach us. `foreseen`: answers of verbs that are known already, by the verb and what
    it's asked about; only where nothing is written. `at_end`: what is done last, just before the commit, by what does it.
    """

    session: AsyncSession
    clock: Clock
    ids: Ids
    vault: Vault
    dial: str = ""
    foreseen: dict[object, Any] | None = field(default=None, repr=False)
    at_end: dict[AtEnd, list[Any]] = field(default_factory=dict, repr=False)

    def leave_to_the_end(self, act: AtEnd, what: Any) -> None:
        """Have `act` do this, together with whatever else is left to it, once everything else of this unit is written.

        For what locks rows that everybody needs: so they are locked for the commit alone. Not from within a savepoint, which
        could be rolled back without it. Raises NotJustReading in a unit that only reads.
        """
        if self.foreseen is not None:
            raise NotJustReading
        if self.session.in_nested_transaction():
            raise RuntimeError("what is left to the end must not depend on a savepoint")
        self.at_end.setdefault(act, []).append(what)

    async def finish(self) -> None:
        """Write what isn't yet, then do what was left to the end."""
        if not self.at_end:
            return
        await self.session.flush()
        for act, what in self.at_end.items():
            await act(self, what)

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


class foreseeable(Generic[Asked, Answer]):  # noqa: N801 - read as a decorator
    """Decorator of a verb that reads: in a unit where its answer was foreseen, it doesn't ask the database again."""

    def __init__(self, verb: Callable[Concatenate[UnitOfWork, Asked], Awaitable[Answer]]) -> None:
        self._verb = verb
        update_wrapper(self, verb)

    async def __call__(self, uow: UnitOfWork, *args: Asked.args, **about: Asked.kwargs) -> Answer:
        if uow.foreseen and (key := self._key(about)) in uow.foreseen:
            found: Answer = uow.foreseen[key]
            return found
        return await self._verb(uow, *args, **about)

    def foresee(self, uow: UnitOfWork, answer: Answer, /, **about: object) -> None:
        """Lay out the answer to the very same question; nothing happens in a unit that may write."""
        if uow.foreseen is not None:
            uow.foreseen[self._key(about)] = answer

    def _key(self, about: Mapping[str, object]) -> object:
        return self, tuple(sorted(about.items()))


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
    """The pools of connections and the opener of units."""

    def __init__(
        self, url: str, *, clock: Clock, ids: Ids, vault: Vault, pool_size: int = POOL_SIZE, dial: str = USSD_CODE
    ) -> None:
        self._clock, self._ids, self.vault, self._dial = clock, ids, vault, dial
        self.engine = _engine(url, pool_size=pool_size)
        # There each statement is a transaction of its own, which saves BEGIN and COMMIT; at READ COMMITTED it sees no less.
        self.reading_engine = _engine(
            url,
            pool_size=READING_POOL_SIZE,
            isolation_level="AUTOCOMMIT",
            statements=READING_STATEMENTS,
            default_transaction_read_only="on",
        )

    def now(self) -> datetime:
        """The moment by the clock of its units."""
        return self._clock.now()

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; commit when the block ends, roll back when it raises."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            uow = UnitOfWork(session, self._clock, self._ids, self.vault, self._dial)
            yield uow
            await uow.finish()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A unit that can only read: one round trip for each statement. Raises NotJustReading for anything that would write."""
        try:
            async with AsyncSession(self.reading_engine, expire_on_commit=False) as session, session.begin():
                yield UnitOfWork(session, self._clock, self._ids, self.vault, self._dial, foreseen={})
        except DBAPIError as problem:
            if getattr(problem.orig, "sqlstate", None) in NOT_JUST_READING:
                raise NotJustReading from problem
            raise

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
        await self.reading_engine.dispose()


def _engine(
    url: str, *, pool_size: int, isolation_level: IsolationLevel = "READ COMMITTED", statements: int = 100, **settings: str
) -> AsyncEngine:
    """A pool of connections. `statements`: how many stay prepared on each; a new one costs a round trip of its own."""
    where = async_url(url)
    role = {"role": str(where.query["role"])} if "role" in where.query else {}
    return create_async_engine(
        where.difference_update_query(["role"]),
        pool_size=pool_size,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=3,
        pool_recycle=1800,
        hide_parameters=True,
        isolation_level=isolation_level,
        connect_args={
            "timeout": 5,
            "prepared_statement_cache_size": statements,
            "server_settings": {
                "application_name": "mtaa",
                "statement_timeout": STATEMENT_TIMEOUT,
                "lock_timeout": LOCK_TIMEOUT,
                "timezone": "UTC",
                **settings,
                **role,
            },
        },
    )
