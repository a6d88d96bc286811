"""The worker on a clock that is turned: what would have run in days that are played in a moment.

Jobs wait by the database's own clock; here each is given its time by the turned one, once, when it is first seen. It is tried
again after its waits and given up like any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text

from core.jobs.failures import give_up, what_and_where
from core.jobs.handlers import USUAL_PATIENCE, WORK, Work
from core.kernel.db import Database

# Priority 1 says that a job has its time by the turned clock.
_SEEN = text(
    "UPDATE pgqueuer SET priority = 1, execute_after = CAST(:now AS timestamptz) + (execute_after - created) WHERE priority = 0"
)
_READY = text(
    "SELECT id, entrypoint, payload, attempts FROM pgqueuer WHERE priority = 1 AND execute_after <= :now ORDER BY id LIMIT 500"
)
_DONE = text("DELETE FROM pgqueuer WHERE id = ANY(:ids)")
_AGAIN = text("UPDATE pgqueuer SET attempts = attempts + 1, execute_after = :at WHERE id = :id")


class TurnedClock:
    """Stands still until it is turned: `moment` is set."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment that it was turned to."""
        return self.moment


class TurnedWorker:
    """One worker without a process. `services`: what handlers get; `left_out`: whether a job of this kind is dropped."""

    def __init__(
        self, database: Database, services: Any, *, work: Work = WORK, left_out: Callable[[str], bool] | None = None
    ) -> None:
        self._database, self._services, self._work = database, services, work
        self._left_out = left_out or (lambda _job: False)
        # What failed: (job, error) for each attempt, and what was given up in words.
        self.failed: list[tuple[str, Exception]] = []
        self.given_up: list[str] = []

    async def start(self, names: Iterable[str]) -> None:
        """Start what runs by the clock, each once however often it would have run."""
        async with self._database.unit() as uow:
            for name in names:
                await uow.enqueue(name, {}, key=name)

    async def once(self) -> bool:
        """Do what is due at this moment; whether there was anything."""
        now = {"now": self._database.now()}
        async with self._database.unit() as uow:
            await uow.session.execute(_SEEN, now)
            ready = (await uow.session.execute(_READY, now)).all()
        done = [job.id for job in ready if self._left_out(job.entrypoint) or await self._take(job)]
        if done:
            async with self._database.unit() as uow:
                await uow.session.execute(_DONE, {"ids": done})
        return bool(ready)

    async def _take(self, job: Any) -> bool:
        """Run a job as the worker does; whether it is over, by success or by being given up."""
        patience = self._work.patience.get(job.entrypoint, USUAL_PATIENCE)
        try:
            await self._work.handlers[job.entrypoint](self._services, json.loads(job.payload))
        except Exception as error:  # noqa: BLE001 - as the worker does
            self.failed.append((job.entrypoint, error))
            attempt = job.attempts + 1
            if attempt >= patience.attempts:
                await self._give_up(job, attempt, error)
                return True
            async with self._database.unit() as uow:
                await uow.session.execute(_AGAIN, {"at": self._database.now() + patience.wait(attempt), "id": job.id})
            return False
        return True

    async def _give_up(self, job: Any, attempts: int, error: Exception) -> None:
        why = what_and_where(error)
        self.given_up.append(f"{self._database.now():%d/%m/%y}: gave up {job.entrypoint} {job.payload!r}: {why}")
        await give_up(
            self._database,
            job_id=job.id,
            job=job.entrypoint,
            payload=json.loads(job.payload),
            attempts=attempts,
            error=why,
            now=self._database.now(),
        )
