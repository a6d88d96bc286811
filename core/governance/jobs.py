"""What the worker does for votes. Each handler may run twice or stop anywhere; the sweep finds what no job came for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, select

from core.governance.announcing import tell_notice
from core.governance.calendar import REMINDED_BEFORE
from core.governance.candidates import wake
from core.governance.closing import close_if_due
from core.governance.executing import execute_if_due
from core.governance.executions import Executions
from core.governance.models import BallotRow, NoticeRow, ProposalRow
from core.governance.scheduling import (
    CLOSE_JOB,
    EXECUTE_JOB,
    NOTICE_JOB,
    SWEEP_JOB,
    WAKE_JOB,
    close_at,
    count_soon,
    execute_at,
    tell_soon,
    wake_at,
)
from core.kernel.db import Database, UnitOfWork

SWEEP_SIZE = 200


class Services(Protocol):
    """What the handlers need. `executions`: what follows from a decision, by its kind."""

    @property
    def database(self) -> Database: ...
    @property
    def executions(self) -> Executions: ...


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]


async def close_vote(services: Services, payload: dict[str, Any]) -> None:
    """Close a vote that is due or decided."""
    async with services.database.unit() as uow:
        await close_if_due(uow, proposal=UUID(payload["proposal"]))


async def wake_proposal(services: Services, payload: dict[str, Any]) -> None:
    """Open or lapse what has waited long enough."""
    async with services.database.unit() as uow:
        await wake(uow, proposal=UUID(payload["proposal"]))


async def carry_out(services: Services, payload: dict[str, Any]) -> None:
    """Carry out what was decided."""
    async with services.database.unit() as uow:
        await execute_if_due(uow, proposal=UUID(payload["proposal"]), executions=services.executions)


async def tell_proposal(services: Services, payload: dict[str, Any]) -> None:
    """Tell the group."""
    async with services.database.unit() as uow:
        await tell_notice(uow, proposal=UUID(payload["proposal"]), notice=payload["notice"])


async def sweep(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Put back into the queue whatever should have been looked at by now."""
    async with services.database.unit() as uow:
        await requeue_due(uow)
        await requeue_decided(uow)
        await requeue_reminders(uow)
        await requeue_executions(uow, list(services.executions))


async def requeue_due(uow: UnitOfWork) -> None:
    """Votes whose time is over, and proposals that have waited long enough."""
    now = uow.clock.now()
    due = select(ProposalRow).where(
        ((ProposalRow.state == "open") & (ProposalRow.closes_at <= now))
        | (ProposalRow.state.in_(("waiting", "gathering")) & (ProposalRow.waits_until <= now))
    )
    for row in await uow.session.scalars(due.order_by(ProposalRow.id).limit(SWEEP_SIZE)):
        again = close_at if row.state == "open" else wake_at
        await again(uow, proposal=row.id, moment=now)


async def requeue_decided(uow: UnitOfWork) -> None:
    """Open votes in which enough have voted that nothing may be able to change any more."""
    cast = (
        select(func.count())
        .select_from(BallotRow)
        .where(BallotRow.proposal_id == ProposalRow.id, BallotRow.replaced_at.is_(None))
    )
    half = ProposalRow.state == "open", cast.scalar_subquery() * 2 > ProposalRow.eligible
    for proposal in await uow.session.scalars(select(ProposalRow.id).where(*half).limit(SWEEP_SIZE)):
        await count_soon(uow, proposal=proposal, moment=uow.clock.now())


async def requeue_reminders(uow: UnitOfWork) -> None:
    """Votes that close within hours and of which nobody was reminded, though they were open before."""
    now = uow.clock.now()
    told = select(NoticeRow.proposal_id).where(NoticeRow.notice == "reminder")
    wanted = select(ProposalRow.id).where(
        ProposalRow.state == "open",
        ProposalRow.closes_at > now,
        ProposalRow.closes_at <= now + REMINDED_BEFORE,
        ProposalRow.opened_at < ProposalRow.closes_at - REMINDED_BEFORE,
        ProposalRow.id.not_in(told),
    )
    for proposal in await uow.session.scalars(wanted.limit(SWEEP_SIZE)):
        await tell_soon(uow, proposal=proposal, notice="reminder")


async def requeue_executions(uow: UnitOfWork, kinds: list[str]) -> None:
    """Decisions whose time has come and that somebody can carry out."""
    now = uow.clock.now()
    due = ProposalRow.state == "passed", ProposalRow.takes_effect_at <= now, ProposalRow.kind.in_(kinds)
    wanted = select(ProposalRow.id).where(*due).order_by(ProposalRow.takes_effect_at).limit(SWEEP_SIZE)
    for proposal in await uow.session.scalars(wanted):
        await execute_at(uow, proposal=proposal, moment=now)


JOBS: dict[str, Handler] = {
    CLOSE_JOB: close_vote,
    WAKE_JOB: wake_proposal,
    NOTICE_JOB: tell_proposal,
    EXECUTE_JOB: carry_out,
    SWEEP_JOB: sweep,
}
REGULARLY = {SWEEP_JOB: "* * * * *"}
