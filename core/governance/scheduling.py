"""When the worker looks at a proposal again. Each job is only a wish: the sweep finds what no job came for."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from core.governance.calendar import REMINDED_BEFORE
from core.kernel.db import UnitOfWork

CLOSE_JOB = "close-vote"
WAKE_JOB = "wake-proposal"
NOTICE_JOB = "tell-proposal"
EXECUTE_JOB = "carry-out-proposal"
SWEEP_JOB = "sweep-proposals"


async def close_at(uow: UnitOfWork, *, proposal: UUID, moment: datetime) -> None:
    """Count the votes then, and remind those who haven't voted on the last morning."""
    await _at(uow, CLOSE_JOB, {"proposal": str(proposal)}, moment, key=f"{CLOSE_JOB} {proposal}")
    remind_at = moment - REMINDED_BEFORE
    if remind_at > uow.clock.now():
        await tell_soon(uow, proposal=proposal, notice="reminder", moment=remind_at)


async def count_soon(uow: UnitOfWork, *, proposal: UUID, moment: datetime) -> None:
    """See whether the result can still change."""
    await _at(uow, CLOSE_JOB, {"proposal": str(proposal)}, moment, key=f"count-vote {proposal}")


async def wake_at(uow: UnitOfWork, *, proposal: UUID, moment: datetime) -> None:
    """Let it open or lapse then."""
    await _at(uow, WAKE_JOB, {"proposal": str(proposal)}, moment, key=f"{WAKE_JOB} {proposal}")


async def execute_at(uow: UnitOfWork, *, proposal: UUID, moment: datetime) -> None:
    """Carry out what was decided then."""
    await _at(uow, EXECUTE_JOB, {"proposal": str(proposal)}, moment, key=f"{EXECUTE_JOB} {proposal}")


async def tell_soon(uow: UnitOfWork, *, proposal: UUID, notice: str, moment: datetime | None = None) -> None:
    """Tell the group."""
    payload = {"proposal": str(proposal), "notice": notice}
    await _at(uow, NOTICE_JOB, payload, moment or uow.clock.now(), key=f"{NOTICE_JOB} {proposal} {notice}")


async def _at(uow: UnitOfWork, job: str, payload: dict[str, str], moment: datetime, *, key: str) -> None:
    await uow.enqueue(job, payload, after=max(moment - uow.clock.now(), timedelta()), key=key)
