"""One turn, one call, one callback, one job = one transaction.

`Database.unit()` opens it and commits at the edge; verbs take the unit first and never commit. Jobs are enqueued through
the unit's own connection, so that a rolled-back unit leaves no job behind. Nothing calls a provider while a unit is open.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

import asyncpg  # type: ignore[import-untyped]
from pgqueuer.queries import Queries
from sqlalchemy import MetaData, Select
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached

from core.kernel.clock import Clock, Standing
from core.kernel.ids import Ids
from core.kernel.questions import Asked, Asker, Columns, Question, Row, Selected
from core.kernel.secrets import Vault

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Only = TypeVar("Only")

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
# Seconds; whoever is refused then is told to try again.
WAIT_FOR_A_CONNECTION = 3
SERVER_SETTINGS = {"application_name": "mtaa", "statement_timeout": "8s", "lock_timeout": "4s", "timezone": "UTC"}
# Connections that only read never wait for a commit.
READING_POOL_SIZE = 5
# What is asked all the time is answered at once, and what is noted needn't wait for each other.
ASKING_POOL_SIZE, NOTING_POOL_SIZE = 4, 2
# How many statements stay prepared on a connection: one that was forgotten costs a round trip and a plan whenever it comes
# again, one that is kept some 80 KiB of the server's memory. A year of whole groups has 850 different ones; of those that come,
# a fifth is forgotten with room for 100, a sixteenth with 300.
STATEMENTS, READING_STATEMENTS = 300, 500
# How many stay compiled in a process. Fewer than there are is the dearest: compiling one costs more than running it.
COMPILED = 2_000
# What PostgreSQL says where something would be written or locked, and to a savepoint outside of a transaction.
NOT_JUST_READING = frozenset({"25006", "25P01"})


class NotJustReading(Exception):
    """Something would have been written or locked in a unit that only reads; nothing was."""


class Base(DeclarativeBase):
    """Parent of every table of ours."""

    metadata = MetaData(naming_convention=NAMES)


# What a unit leaves behind, to be written after it.
Notes = list[tuple[Question, dict[str, Any]]]
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
    it's asked about; None where something may be written. `at_end`: what is done last, just before the commit, by what does it.
    `asker`: asks at less cost than the session, where no transaction has to be kept to. `told`: what it was told, by what was
    asked. `left`: what was left behind.
    """

    session: AsyncSession
    clock: Clock
    ids: Ids
    vault: Vault
    dial: str = ""
    foreseen: dict[object, Any] | None = field(default=None, repr=False)
    at_end: dict[AtEnd, list[Any]] = field(default_factory=dict, repr=False)
    asker: Asker | None = field(default=None, repr=False)
    told: dict[object, Sequence[Any]] = field(default_factory=dict, repr=False)
    left: Notes = field(default_factory=list, repr=False)

    @property
    def only_reads(self) -> bool:
        """Whether nothing can be written or locked here."""
        return self.foreseen is not None

    @property
    def would_write(self) -> bool:
        """Whether rows of the session were added, changed or deleted that no statement has written yet."""
        return bool(self.session.new or self.session.dirty or self.session.deleted)

    async def ask(self, question: Question, /, **about: Any) -> Sequence[Row]:
        """The answer's rows, by the names of their columns. What the unit has changed so far counts.

        Where nothing can be changed the same is asked once.
        """
        if self.asker is not None:
            key = _key(question, (), about)
            if key not in self.told:
                self.told[key] = await self.asker.rows(question, about)
            return self.told[key]
        if self.would_write:
            await self.session.flush()
        return (await self.session.execute(question.named, about)).mappings().all()

    async def rows(self, question: Selected[*Columns], /, **about: Any) -> Sequence[tuple[*Columns]]:
        """The answer with the session's own objects: what is changed in one is written, or refused where only is read."""
        if self.asker is None:
            question.values(about)
            found = await self.session.execute(cast("Select[*Columns]", question.named), about)
            return cast("Sequence[tuple[*Columns]]", found.all())
        key = _key(Selected.read, (question,), about)
        if key not in self.told:
            self.told[key] = [question.read(row, self._known) for row in await self.ask(question, **about)]
        return self.told[key]

    async def scalars(self, question: Selected[Only], /, **about: Any) -> list[Only]:
        """The same of a question with one object or value in each row."""
        return [found for (found,) in await self.rows(question, **about)]

    async def scalar(self, question: Selected[Only], /, **about: Any) -> Only | None:
        """The one of the first row; None when there is no row."""
        return next(iter(await self.scalars(question, **about)), None)

    def _known(self, found: Any) -> Any:
        """The session's object for this row, as if the session had read it itself."""
        make_transient_to_detached(found)
        return self.session.sync_session.merge(found, load=False)

    async def ask_together(self, asked: Sequence[Asked]) -> list[Sequence[Row]]:
        """The answers to several questions, of one moment and in one round trip; only in a unit that reads."""
        if self.asker is None:
            raise RuntimeError("a unit that may write asks one after another, under its locks")
        if len(asked) == 1:
            return [await self.asker.rows(asked[0].question, asked[0].parameters)]
        return await self.asker.rows_together(asked)

    def knows(self, question: Question, /, **about: Any) -> bool:
        """Whether the answer to this very question is laid out."""
        return _key(question, (), about) in self.told

    def lay(self, question: Question, rows: Sequence[Row], /, **about: Any) -> None:
        """Lay out the answer to this very question, for whoever asks it; nothing happens in a unit that may write."""
        if self.asker is not None:
            self.told[_key(question, (), about)] = rows

    async def leave(self, note: Question, /, **about: Any) -> None:
        """Write a note that nothing depends on: with the unit, or, where only is read, after what was read was of use.

        It may then be lost, and another's note may come before it.
        """
        if self.foreseen is None:
            await self.session.execute(note.named, about)
        else:
            self.left.append((note, about))

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


class foreseeable(Generic[Given, Answer]):  # noqa: N801 - read as a decorator
    """Decorator of a verb that reads: in a unit that can't write it asks the same at most once, and not what was foreseen.

    A unit that may write asks anew each time, since what it was told before it had its locks may not be so any more.
    """

    def __init__(self, verb: Callable[Concatenate[UnitOfWork, Given], Awaitable[Answer]]) -> None:
        self._verb = verb
        update_wrapper(self, verb)

    async def __call__(self, uow: UnitOfWork, *args: Given.args, **about: Given.kwargs) -> Answer:
        if uow.foreseen is None:
            return await self._verb(uow, *args, **about)
        key = _key(self, args, about)
        if key not in uow.foreseen:
            uow.foreseen[key] = await self._verb(uow, *args, **about)
        found: Answer = uow.foreseen[key]
        # Whoever asked may sort it, or add to it, for herself.
        return copy(found) if isinstance(found, list | dict | set) else found

    def is_foreseen(self, uow: UnitOfWork, /, *args: object, **about: object) -> bool:
        """Whether the answer to the very same question is laid out."""
        return uow.foreseen is not None and _key(self, args, about) in uow.foreseen

    def foresee(self, uow: UnitOfWork, answer: Answer, /, *args: object, **about: object) -> None:
        """Lay out the answer to the very same question; nothing happens in a unit that may write."""
        if uow.foreseen is not None:
            uow.foreseen[_key(self, args, about)] = answer


def _key(asks: object, args: Sequence[object], about: Mapping[str, object]) -> object:
    return asks, tuple(map(_hashable, args)), tuple((name, _hashable(about[name])) for name in sorted(about))


def _hashable(asked: object) -> object:
    if isinstance(asked, list):
        return tuple(asked)
    return frozenset(asked) if isinstance(asked, set) else asked


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
        self,
        url: str,
        *,
        clock: Clock,
        ids: Ids,
        vault: Vault,
        pool_size: int = POOL_SIZE,
        dial: str = USSD_CODE,
        statements: int = STATEMENTS,
    ) -> None:
        self._clock, self._ids, self.vault, self._dial = clock, ids, vault, dial
        self.engine = _engine(url, pool_size=pool_size, statements=statements)
        # There each statement is a transaction of its own, which saves BEGIN and COMMIT; at READ COMMITTED it sees no less.
        self.reading_engine = _engine(
            url,
            pool_size=READING_POOL_SIZE,
            isolation_level="AUTOCOMMIT",
            statements=max(statements, READING_STATEMENTS),
            default_transaction_read_only="on",
        )
        self._asker = Asker(url, connections=ASKING_POOL_SIZE, default_transaction_read_only="on", **SERVER_SETTINGS)
        self._scribe = Asker(url, connections=NOTING_POOL_SIZE, **SERVER_SETTINGS)

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
    async def reading(self, left: Notes | None = None) -> AsyncIterator[UnitOfWork]:
        """A unit that can only read: one round trip for each statement. Raises NotJustReading for anything that would write.

        left: gets what the unit leaves behind, for `note`, once it has ended well.
        """
        session = AsyncSession(self.reading_engine, expire_on_commit=False)
        # All that it reads is of one moment: what was asked as of now is asked for the same now again.
        clock = Standing(self._clock.now())
        uow = UnitOfWork(session, clock, self._ids, self.vault, self._dial, foreseen={}, asker=self._asker)
        try:
            yield uow
            if session.in_transaction():  # which is as soon as anything was asked of it, or added to it
                await session.commit()
        except (DBAPIError, asyncpg.PostgresError) as problem:
            # Through the session, or through the asker.
            if getattr(getattr(problem, "orig", problem), "sqlstate", None) in NOT_JUST_READING:
                raise NotJustReading from problem
            raise
        finally:
            if session.in_transaction():
                await asyncio.shield(asyncio.create_task(session.close()))
        if left is not None:
            left += uow.left

    async def note(self, left: Notes) -> None:
        """Write what units that only read have left behind; what can't be written is lost."""
        try:
            for note, about in left:
                await self._scribe.rows(note, about)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
            log.warning("a note was lost: %s", type(problem).__name__)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
        await self.reading_engine.dispose()
        await self._asker.close()
        await self._scribe.close()


def _engine(
    url: str, *, pool_size: int, isolation_level: IsolationLevel = "READ COMMITTED", statements: int, **settings: str
) -> AsyncEngine:
    """A pool of connections. `statements`: how many stay prepared on each; a new one costs a round trip of its own."""
    where = async_url(url)
    role = {"role": str(where.query["role"])} if "role" in where.query else {}
    return create_async_engine(
        where.difference_update_query(["role"]),
        pool_size=pool_size,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=WAIT_FOR_A_CONNECTION,
        pool_recycle=1800,
        hide_parameters=True,
        isolation_level=isolation_level,
        query_cache_size=COMPILED,
        connect_args={
            "timeout": 5,
            "prepared_statement_cache_size": statements,
            "server_settings": {
                **SERVER_SETTINGS,
                **settings,
                **role,
            },
        },
    )
