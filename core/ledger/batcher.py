"""Many postings from one process in few calls, for money movements that are a unit of their own.

The batcher sends whatever queued while its previous call was in flight, without any timer: alone, a posting goes out at once;
in a rush, hundreds share one statement and one flush of the log, and while the database works on some over one connection,
this process prepares others for a second one. An answered posting is committed. A call whose outcome is
unknown (the connection broke) is sent again under the same keys until there is an answer. It is not for verbs that write rows
of their own beside the money: those post inside their unit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]

from core.kernel.clock import Clock
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import Ids, TransferId
from core.ledger.postings import (
    POST,
    POST_BATCH,
    POST_PLAIN,
    BrokenPosting,
    Posted,
    Posting,
    batch_arguments,
    is_plain,
    outcome,
    plain_arguments,
    single_arguments,
)

log = logging.getLogger(__name__)

# Beyond a hundred or two a larger batch is hardly cheaper per posting and everybody in it waits longer.
LARGEST_BATCH = 128
# So many wait before the second connection is worth a call of its own: a smaller rush is better off in one batch.
RUSH = 64
# Up to this many go faster through the function for one.
FEW = 2
# Sixteen full batches: what waits longer than that is better refused at the door than queued.
LONGEST_QUEUE = 2048
FIRST_WAIT = 0.05
LONGEST_WAIT = 2.0
# About a quarter of a minute in all.
MOST_ATTEMPTS = 12
STATEMENT_SECONDS = 8

Answer = Posted | CoreError | BrokenPosting
Connect = Callable[[], Awaitable[asyncpg.Connection]]
# The database is away, is going away, or has broken a circle of locks: all are over, or unknown, and safe to ask again.
# InternalClientError is how asyncpg says that the server hung up just as it began to speak.
TRY_AGAIN = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
# What is asked is wrong in itself, and stays so.
WRONG = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)


@dataclass
class OutcomeUnknown(CoreError):
    """The database could not be asked for so long that nobody knows. Ask again under the same key, later."""

    code = "outcome-unknown"
    kind = Kind.UNAVAILABLE


@dataclass
class _Waiting:
    """A posting and everybody who waits for its answer, each with a future of her own: giving up takes nobody else with it."""

    posting: Posting
    answers: list[asyncio.Future[Answer]] = field(default_factory=list, repr=False)

    def answer(self) -> asyncio.Future[Answer]:
        """One more that waits."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.answers.append(answer)
        return answer


def connector(url: str) -> Connect:
    """Opens connections of the batcher's own, each statement its own transaction. url: as in DATABASE_URL."""

    async def connect() -> asyncpg.Connection:
        settings = {"application_name": "mtaa-batcher", "timezone": "UTC"}
        return await asyncpg.connect(url, timeout=5, command_timeout=STATEMENT_SECONDS, server_settings=settings)

    return connect


async def ask_many(
    connection: Any, postings: Sequence[Posting], *, transfers: Sequence[TransferId], now: datetime
) -> list[Answer]:
    """Post on this connection: all the short way together or, when there is any doubt about one, each with its own answer."""
    if all(map(is_plain, postings)):
        arguments = plain_arguments(postings, transfers=transfers, now=now)
        if await connection.fetchval(POST_PLAIN, *arguments):
            return [Posted(transfer, repeated=False) for transfer in transfers]
    arguments = batch_arguments(postings, transfers=transfers, now=now)
    return [outcome(row) for row in await connection.fetch(POST_BATCH, *arguments)]


class _Line:
    """One connection, and asking over it until there is an answer."""

    def __init__(self, connect: Connect, *, clock: Clock, ids: Ids) -> None:
        self._connect, self._clock, self._ids = connect, clock, ids
        self._connection: asyncpg.Connection | None = None

    async def answers(self, postings: Sequence[Posting]) -> Sequence[Answer]:
        """Ask until there is an answer; never raises, because others wait behind."""
        wait = FIRST_WAIT
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                return await self._ask(postings)
            except TRY_AGAIN as problem:
                log.warning("posting %d again, attempt %d: %s", len(postings), attempt, type(problem).__name__)
                await self.disconnect()
            except Exception:
                log.exception("a call to post %d failed", len(postings))
                await self.disconnect()
                break
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
        return [OutcomeUnknown()] * len(postings)

    async def _ask(self, postings: Sequence[Posting]) -> list[Answer]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        if len(postings) <= FEW:
            return [await self._ask_one(self._connection, posting) for posting in postings]
        transfers = [TransferId(self._ids.new()) for _ in postings]
        try:
            return await ask_many(self._connection, postings, transfers=transfers, now=self._clock.now())
        except WRONG:
            # Not even the arrays could be read, for one of them; the call wrote nothing, and apart it can't harm the others.
            return [await self._ask_one(self._connection, posting) for posting in postings]

    async def _ask_one(self, connection: Any, posting: Posting) -> Answer:
        arguments = single_arguments(posting, transfer=self._ids.new(), now=self._clock.now())
        try:
            return outcome(await connection.fetchrow(POST, *arguments))
        except WRONG as problem:
            return BrokenPosting(str(problem))

    async def disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(*TRY_AGAIN):
            await connection.close(timeout=1)


class Batcher:
    """Posts for the whole process through two connections at most. Use it as an async context manager."""

    def __init__(
        self,
        connect: Connect,
        *,
        clock: Clock,
        ids: Ids,
        largest_batch: int = LARGEST_BATCH,
        longest_queue: int = LONGEST_QUEUE,
    ) -> None:
        self._connect, self._clock, self._ids = connect, clock, ids
        self._largest, self._room = largest_batch, asyncio.Semaphore(longest_queue)
        self._queue: list[_Waiting] = []
        self._by_key: dict[tuple[UUID, bytes], _Waiting] = {}
        self._arrived = asyncio.Event()
        self._senders: list[asyncio.Task[None]] = []
        self._closing = False

    async def __aenter__(self) -> Self:
        self._senders = [asyncio.create_task(self._send_all(least), name="ledger batcher") for least in (1, RUSH)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what still waits, then close."""
        self._closing = True
        self._arrived.set()
        await asyncio.gather(*self._senders)

    async def post(self, posting: Posting) -> Posted:
        """Post, and return once it is committed.

        Waits for room when the queue is full. Raises InsufficientFunds, KeyReused, HoldResolved, AlreadyReversed as the books
        answer; BrokenPosting; OutcomeUnknown when the database stayed away. Cancelling gives up the answer, not the posting.
        """
        same = posting.key, posting.fingerprint
        waiting = self._by_key.get(same)
        if waiting is None:
            waiting = await self._enqueue(posting, same)

        answer = await waiting.answer()

        if isinstance(answer, Posted):
            return answer if waiting.posting is posting else Posted(answer.transfer, repeated=True)
        raise _copy(answer)

    async def _enqueue(self, posting: Posting, same: tuple[UUID, bytes]) -> _Waiting:
        await self._room.acquire()
        waiting = self._by_key.get(same)
        if waiting is not None or self._closing:
            self._room.release()
            if waiting is not None:
                return waiting
            raise OutcomeUnknown
        waiting = _Waiting(posting)
        self._by_key[same] = waiting
        self._queue.append(waiting)
        self._arrived.set()
        return waiting

    async def _send_all(self, least: int) -> None:
        """Send whenever at least so many wait, and what is left at the end."""
        line = _Line(self._connect, clock=self._clock, ids=self._ids)
        while self._queue or not self._closing:
            if len(self._queue) < least and not self._closing:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            batch, self._queue = self._queue[: self._largest], self._queue[self._largest :]
            self._resolve(batch, await line.answers([waiting.posting for waiting in batch]))
            # Whoever was answered may post again at once; they belong into the next batch, not into the one after it.
            await asyncio.sleep(0)
        await line.disconnect()

    def _resolve(self, batch: Sequence[_Waiting], answers: Sequence[Answer]) -> None:
        for waiting, answer in zip(batch, answers, strict=True):
            del self._by_key[waiting.posting.key, waiting.posting.fingerprint]
            self._room.release()
            for asked in waiting.answers:
                if not asked.done():
                    asked.set_result(answer)


def _copy(refusal: CoreError | BrokenPosting) -> Exception:
    """One of its own for everybody who waits: a raised exception carries the trace of who raised it."""
    if isinstance(refusal, CoreError):
        return type(refusal)(**refusal.details())
    return BrokenPosting(*refusal.args)
