"""What the worker does about what members owe: open it, fine what is late, use credit, remind.

A look over all groups queues one job for each that asks for contributions; each step of it is a unit of its own, may run twice
or stop anywhere, and finds what is still to do from the rows alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from core.daos.dues.by_rule import follow_constitution
from core.daos.dues.credit import CREDIT_JOB, queue_credit_in, use_credit
from core.daos.dues.fines import RETURN_JOB, judge_fines, judge_outages
from core.daos.dues.missing import tell_of_missed
from core.daos.dues.opening import open_charges
from core.daos.dues.reminders import remind
from core.daos.dues.waivers import return_unjust
from core.daos.dues_models import KindRow
from core.daos.ending import is_ending
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import DaoId, MemberId

LOOK_JOB, TEND_JOB = "look-at-dues", "tend-dues"
MISSED_JOB, MISSED_IN_JOB = "look-at-missed", "tell-of-missed"


class Services(Protocol):
    """What the handlers need."""

    @property
    def database(self) -> Database: ...


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]


async def look_at_dues(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Queue every group that asks for contributions, or did."""
    async with services.database.unit() as uow:
        await _queue_each(uow, TEND_JOB)


async def look_at_missed(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - as above
    """Queue every group for a look at who has missed too many."""
    async with services.database.unit() as uow:
        await _queue_each(uow, MISSED_IN_JOB)


async def _queue_each(uow: UnitOfWork, job: str) -> None:
    groups = list(await uow.session.scalars(select(KindRow.dao_id).distinct()))
    payloads = [{"group": str(group)} for group in groups]
    await uow.enqueue_all(job, payloads, keys=[f"{job} {group}" for group in groups])


async def tend_dues(services: Services, payload: dict[str, Any]) -> None:
    """Do for one group what is due by now, in this order."""
    group = DaoId(UUID(payload["group"]))
    async with services.database.reading() as uow:
        if await is_ending(uow, group=group):
            return
    for step in (_open, _fine, _remind):
        async with services.database.unit() as uow:
            await step(uow, group)


async def tell_missed(services: Services, payload: dict[str, Any]) -> None:
    """Tell of those in one group who have missed as many contributions as its rules allow."""
    group = DaoId(UUID(payload["group"]))
    async with services.database.unit() as uow:
        if not await is_ending(uow, group=group):
            await tell_of_missed(uow, group=group)


async def _open(uow: UnitOfWork, group: DaoId) -> None:
    await follow_constitution(uow, group=group)
    await open_charges(uow, group=group)
    await queue_credit_in(uow, group=group)


async def _fine(uow: UnitOfWork, group: DaoId) -> None:
    await judge_outages(uow, group=group)
    await judge_fines(uow, group=group)


async def _remind(uow: UnitOfWork, group: DaoId) -> None:
    await remind(uow, group=group)


async def pay_from_credit(services: Services, payload: dict[str, Any]) -> None:
    """Pay what a member owes out of her credit."""
    group, member = DaoId(UUID(payload["group"])), MemberId(UUID(payload["member"]))
    async with services.database.unit() as uow:
        await use_credit(uow, group=group, member=member, at=datetime.fromisoformat(payload["at"]))


async def return_fine(services: Services, payload: dict[str, Any]) -> None:
    """Give back what was paid of an unjust fine."""
    async with services.database.unit() as uow:
        await return_unjust(uow, fine=UUID(payload["charge"]))


JOBS: dict[str, Handler] = {
    LOOK_JOB: look_at_dues,
    TEND_JOB: tend_dues,
    MISSED_JOB: look_at_missed,
    MISSED_IN_JOB: tell_missed,
    CREDIT_JOB: pay_from_credit,
    RETURN_JOB: return_fine,
}
# Often enough that 09:00 is 09:00; what was missed is looked at once a day, at half past nine there.
REGULARLY = {LOOK_JOB: "*/5 * * * *", MISSED_JOB: "30 6 * * *"}
