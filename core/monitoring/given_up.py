"""Jobs that the worker gave up on, until an operator has dealt with each: done once more, or left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from core.kernel.db import UnitOfWork


@dataclass(frozen=True)
class GivenUp:
    """A job after its last attempt. `error`: what kind and where, never its message."""

    job_id: int
    job: str
    attempts: int
    error: str
    failed_at: datetime


async def given_up(uow: UnitOfWork, *, limit: int) -> list[GivenUp]:
    """Those that nobody has dealt with, the oldest first."""
    rows = await uow.session.execute(
        text(
            "SELECT job_id, job, attempts, error, failed_at FROM job_failures WHERE resolved_at IS NULL"
            " ORDER BY failed_at, job_id LIMIT :limit"
        ),
        {"limit": limit},
    )
    return [GivenUp(*row) for row in rows]


async def deal_with(uow: UnitOfWork, *, job_id: int, again: bool) -> bool:
    """An operator has looked: do the job once more, or leave it. False when no open one has this id."""
    resolved = await uow.session.execute(
        text("UPDATE job_failures SET resolved_at = :now WHERE job_id = :id AND resolved_at IS NULL RETURNING job, payload"),
        {"now": uow.clock.now(), "id": job_id},
    )
    row = resolved.one_or_none()
    if row is not None and again:
        await uow.enqueue(row.job, row.payload, key=f"again {job_id}")
    return row is not None
