"""A worker by hand: takes the jobs from the real queue and runs them, and shows the delivery logs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from core.kernel.db import Database
from core.notifications.jobs import JOBS

from .fake_senders import FakeChat, FakeEmail, FakeSms


@dataclass
class PostOffice:
    """Services for the handlers, and the worker's hands."""

    database: Database
    sms: FakeSms = field(default_factory=FakeSms)
    email: FakeEmail = field(default_factory=FakeEmail)
    chat: FakeChat = field(default_factory=FakeChat)

    async def waiting(self) -> list[tuple[str, dict[str, Any], timedelta]]:
        """The jobs in the queue: name, payload, and how long they still wait."""
        async with self.database.unit() as uow:
            rows = await uow.session.execute(
                text("SELECT entrypoint, payload, execute_after - created FROM pgqueuer ORDER BY execute_after, id")
            )
            return [(name, json.loads(payload), wait) for name, payload, wait in rows]

    async def take(self) -> tuple[str, dict[str, Any]] | None:
        """Take the next job about something to say, however long it was to wait."""
        async with self.database.unit() as uow:
            found = (
                await uow.session.execute(
                    text(
                        "DELETE FROM pgqueuer WHERE id = (SELECT id FROM pgqueuer WHERE entrypoint = ANY(:mine)"
                        " ORDER BY execute_after, id LIMIT 1) RETURNING entrypoint, payload"
                    ),
                    {"mine": list(JOBS)},
                )
            ).one_or_none()
        return (found[0], json.loads(found[1])) if found else None

    async def work(self, *, jobs: int = 50) -> int:
        """Run jobs until none is left; returns how many ran."""
        for count in range(jobs):
            job = await self.take()
            if job is None:
                return count
            await JOBS[job[0]](self, job[1])
        raise AssertionError("the queue never gets empty")

    async def work_once(self) -> str:
        job = await self.take()
        assert job is not None
        await JOBS[job[0]](self, job[1])
        return job[0]

    async def rows(self, table: str) -> list[dict[str, Any]]:
        async with self.database.unit() as uow:
            found = await uow.session.execute(text(f"SELECT * FROM {table} ORDER BY created_at, id"))
            return [dict(row) for row in found.mappings()]

    async def row(self, table: str = "sms_delivery_log") -> dict[str, Any]:
        (row,) = await self.rows(table)
        return row
