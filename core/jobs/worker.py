"""The worker: takes jobs from PostgreSQL and runs their handlers, at least once each.

A job is tried again with growing waits, then kept as a dead letter. What a worker held when it died is picked up by another
once its heartbeat is overdue. When the database goes away the worker waits for it; when it's told to stop, it takes nothing
new and finishes what it holds.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from pgqueuer import PgQueuer
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.models import Context, Job, Schedule
from pgqueuer.executors import AbstractEntrypointExecutor, EntrypointExecutorParameters

from core.jobs.failures import PICKS_BEYOND_ATTEMPTS, give_up, times_picked, what_and_where
from core.jobs.handlers import USUAL_PATIENCE, WORK, Handler, Patience, Services, Work
from core.kernel.logs import turn

# A job whose worker hasn't been heard of for this long is taken by another.
HEARTBEAT = timedelta(seconds=30)
AT_ONCE, BATCH = 20, 10
# New jobs announce themselves; jobs that wait for another attempt, or whose worker died, are found by looking.
LOOK_AGAIN = timedelta(seconds=2)
POOL = (2, 6)
RECONNECT_SECONDS, CLOSE_SECONDS = 1.0, 5.0
# A job taken up this long after its time may have been begun before, by a worker that died.
SUSPICIOUS = timedelta(seconds=1)
KILLER = "begun again and again without ever ending: it may take its worker down"
# What PostgreSQL's absence looks like from here.
DATABASE_GONE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    FailingListenerError,
)

log = logging.getLogger(__name__)


async def run_worker(
    services: Services, *, stop: asyncio.Event | None = None, work: Work = WORK, heartbeat: timedelta = HEARTBEAT
) -> None:
    """Run jobs until `stop` is set (for ever without one), then finish those at hand."""
    stop = stop or asyncio.Event()
    log.info("worker started with %d kinds of jobs", len(work.handlers))
    while not stop.is_set():
        try:
            await _run_until(stop, services, work, heartbeat)
        except DATABASE_GONE as gone:
            log.warning("the database is out of reach, trying again: %s", what_and_where(gone))
            await _pause(stop)
        except Exception:
            # A lost connection has been seen to end in odd errors of its driver; and before the migrations ran there is
            # no queue yet. Neither gets better by ending the process.
            log.exception("the queue can't be read, trying again")
            await _pause(stop)
    log.info("worker stopped")


async def _pause(stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)


async def _run_until(stop: asyncio.Event, services: Services, work: Work, heartbeat: timedelta) -> None:
    pool = await _open_pool(services.database_url)
    queue = PgQueuer.from_asyncpg_pool(pool)
    _register(queue, services, work)
    # The library ends its own event on every failure; ours says only that the process is to stop.
    watch = asyncio.create_task(_pass_on(stop, queue.shutdown))
    try:
        await queue.run(
            dequeue_timeout=LOOK_AGAIN,
            batch_size=BATCH,
            max_concurrent_tasks=AT_ONCE,
            shutdown_on_listener_failure=True,
            heartbeat_timeout=heartbeat,
            # Its statistics grow by the second and nobody reads them.
            log_aggregation_interval=timedelta(0),
        )
    finally:
        watch.cancel()
        await _close(pool)


async def _open_pool(url: str) -> asyncpg.Pool:
    smallest, largest = POOL
    name = {"application_name": "mtaa worker"}
    return await asyncpg.create_pool(
        url, min_size=smallest, max_size=largest, timeout=5, command_timeout=30, server_settings=name
    )


async def _pass_on(stop: asyncio.Event, shutdown: asyncio.Event) -> None:
    await stop.wait()
    shutdown.set()


async def _close(pool: asyncpg.Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
    except DATABASE_GONE:
        pool.terminate()


def _register(queue: PgQueuer, services: Services, work: Work) -> None:
    for name, handler in work.handlers.items():
        kind = Kind(name, handler, work.patience.get(name, USUAL_PATIENCE))
        # A job is held rather than deleted when the library can't write down what became of it.
        queue.entrypoint(name, executor_factory=_executor(kind, services), on_failure="hold")(_never_called)
    for name, expression in work.regularly.items():
        queue.schedule(name, expression)(_tick(name, services))


async def _never_called(job: Job) -> None:
    raise NotImplementedError(f"{job.entrypoint} runs through its executor")


def _tick(name: str, services: Services) -> Callable[[Schedule], Awaitable[None]]:
    """Enqueue the job rather than run it here: it is then tried again and given up like any other."""

    async def enqueue(_schedule: Schedule) -> None:
        async with services.database.unit() as uow:
            await uow.enqueue(name, {}, key=name)

    return enqueue


@dataclass(frozen=True)
class Kind:
    """A sort of job."""

    name: str
    handler: Handler
    patience: Patience


def _executor(kind: Kind, services: Services) -> Callable[[EntrypointExecutorParameters], AbstractEntrypointExecutor]:
    def build(parameters: EntrypointExecutorParameters) -> AbstractEntrypointExecutor:
        return Executor(parameters, kind, services)

    return build


class Executor(AbstractEntrypointExecutor):
    """Runs one job, and decides what follows when it raises."""

    def __init__(self, parameters: EntrypointExecutorParameters, kind: Kind, services: Services) -> None:
        super().__init__(parameters)
        self._kind, self._services = kind, services

    async def execute(self, job: Job, context: Context) -> None:  # noqa: ARG002 - the library's shape
        """Run the job to its end. Raises RetryRequested.

        The library takes a cancelled job for a finished one and deletes it, and it cancels what runs whenever it loses the
        database: so a cancellation isn't passed on to the job.
        """
        running = asyncio.create_task(self._attempt(job))
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({running})
        wait = running.result()
        if wait is not None:
            raise RetryRequested(delay=wait, reason="see the worker's log")

    async def _attempt(self, job: Job) -> timedelta | None:
        """Run the handler; returns the wait before the next attempt, or None when there's none."""
        with turn(f"{self._kind.name} {job.id}"):
            error = await self._run(job)
            if error is None:
                return None
            attempt = job.attempts + 1
            if error != KILLER and attempt < self._kind.patience.attempts:
                return self._kind.patience.wait(attempt)
            return await self._give_up(job, attempt, error)

    async def _run(self, job: Job) -> str | None:
        """Run the handler; returns what went wrong, or None."""
        try:
            if await self._kills_workers(job):
                return KILLER
            async with asyncio.timeout(self._kind.patience.at_most.total_seconds()):
                await self._kind.handler(self._services, read_payload(job))
        except Exception as error:
            log.exception("attempt %d of job %s failed", job.attempts + 1, self._kind.name)
            return what_and_where(error)
        return None

    async def _kills_workers(self, job: Job) -> bool:
        """Whether this job was begun far more often than it was heard of again."""
        if job.updated - job.execute_after < SUSPICIOUS:
            return False
        begun = await times_picked(self._services.database, job_id=job.id)
        return begun > self._kind.patience.attempts + PICKS_BEYOND_ATTEMPTS

    async def _give_up(self, job: Job, attempt: int, error: str) -> timedelta | None:
        try:
            await give_up(
                self._services.database,
                job_id=job.id,
                job=self._kind.name,
                payload=readable(job),
                attempts=attempt,
                error=error,
                now=self._services.clock.now(),
            )
        except Exception:
            log.exception("job %s can't be given up", self._kind.name)
            return self._kind.patience.longest_wait
        return None


def read_payload(job: Job) -> dict[str, Any]:
    """What the job was enqueued with."""
    payload: dict[str, Any] = json.loads(job.payload or b"{}")
    return payload


def readable(job: Job) -> dict[str, Any]:
    """What the job was enqueued with, as far as it can be read: a dead letter has to be possible for every job."""
    try:
        payload = read_payload(job)
    except ValueError:
        return {}
    return payload if isinstance(payload, dict) else {}
