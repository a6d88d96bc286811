"""What USSD sessions cost, by task and by group, and where people drop off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from core.kernel.db import UnitOfWork
from core.monitoring.ussd_models import UssdSession

STATUSES = ("Success", "Incomplete", "Failed")
# A step that closed the session ends with this; the PIN that a task waits for is a step of its own.
CLOSED = ":end"


@dataclass(frozen=True)
class Ended:
    """What the gateway says of a session, with nothing in it that anybody typed or read."""

    session: str
    network: str
    status: str
    cost: Decimal | None
    duration_ms: int | None
    hops: int | None


@dataclass(frozen=True)
class Cost:
    """What sessions of one kind cost: how many, KES in all (an unknown cost counts nothing), hops and seconds on average."""

    name: str
    sessions: int
    total: Decimal
    hops: Decimal
    seconds: Decimal


@dataclass(frozen=True)
class Step:
    """How many sessions came to a step of a task, and how many of them ended there without closing."""

    name: str
    reached: int
    left: int


def task_of(steps: Sequence[str]) -> str | None:
    """The flow of the last step that isn't home."""
    flows = [step.partition(".")[0] for step in steps if step.partition(".")[0] != "home"]
    return flows[-1].removesuffix(CLOSED) if flows else None


async def record_end(uow: UnitOfWork, ended: Ended, *, steps: Sequence[str], group: UUID | None) -> None:
    """Note how a session ended, once: a repeated event changes nothing. It is unsigned, so nothing else depends on it."""
    row = insert(UssdSession).values(
        id=uow.ids.new(),
        session=ended.session,
        network=ended.network,
        status=ended.status if ended.status in STATUSES else "unknown",
        cost=ended.cost,
        duration_ms=ended.duration_ms,
        hops=ended.hops,
        task=task_of(steps),
        last_step=steps[-1] if steps else None,
        steps=list(steps),
        dao_id=group,
        ended_at=uow.clock.now(),
    )
    await uow.session.execute(row.on_conflict_do_nothing(index_elements=["session"]))


_COSTS = """
SELECT {name} AS name, count(*) AS sessions, coalesce(sum(cost), 0) AS total, round(coalesce(avg(hops), 0), 1) AS hops,
       round(coalesce(avg(duration_ms), 0) / 1000, 1) AS seconds
FROM ussd_sessions s LEFT JOIN daos d ON d.id = s.dao_id
WHERE s.ended_at >= :since GROUP BY 1 ORDER BY total DESC, sessions DESC, 1
"""
_BY = {
    "task": "coalesce(s.task, '-')",
    "group": "coalesce(d.code, '-')",
    "network": "s.network",
    "status": "s.status",
}
_FUNNEL = """
WITH walked AS (
  SELECT s.id, s.last_step, step, min(place) AS place
  FROM ussd_sessions s, jsonb_array_elements_text(s.steps) WITH ORDINALITY w(step, place)
  WHERE s.ended_at >= :since AND s.task = :task AND split_part(step, '.', 1) IN ('home', :task, :task || '\\:end')
  GROUP BY s.id, s.last_step, step
)
SELECT step, count(*) AS reached, count(*) FILTER (WHERE step = last_step AND step NOT LIKE '%\\:end') AS left_here
FROM walked GROUP BY step ORDER BY avg(place), step
"""


async def costs(uow: UnitOfWork, *, by: str, since: datetime) -> list[Cost]:
    """What sessions have cost since, by "task", "group" (its code), "network" or "status"; the dearest first."""
    rows = await uow.session.execute(text(_COSTS.format(name=_BY[by])), {"since": since})
    return [Cost(*row) for row in rows]


async def funnel(uow: UnitOfWork, *, task: str, since: datetime) -> list[Step]:
    """The steps of a task in the order in which people come to them, with how many stopped at each."""
    rows = await uow.session.execute(text(_FUNNEL), {"since": since, "task": task})
    return [Step(*row) for row in rows]
