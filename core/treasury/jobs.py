"""What the worker does for treasuries: pays what is due, tells the groups, and looks every minute for anything forgotten.

Each request is looked at in a unit of its own; every handler may run twice or stop anywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId
from core.payments.group_payouts import GROUP_NEWS_JOB, GROUP_PAYOUT_JOB, find_group_payout
from core.treasury.approving import proceed
from core.treasury.mandate import mandate_of
from core.treasury.models import TreasuryRequest
from core.treasury.padlock import TELL_PADLOCK_JOB
from core.treasury.paying import pay, payout_ended, request_of_payout, what_voids
from core.treasury.requests import PAY_JOB, TELL_JOB, close, lock_request
from core.treasury.telling import tell_padlock, tell_request

SWEEP_JOB = "look-after-treasuries"
AT_ONCE = 500
log = logging.getLogger(__name__)


class Services(Protocol):
    """What these jobs need from outside."""

    @property
    def database(self) -> Database: ...


async def pay_request(services: Services, payload: dict[str, Any]) -> None:
    """Pay a request whose wait is over."""
    async with services.database.unit() as uow:
        await pay(uow, request=UUID(payload["request"]))


async def note_payout(services: Services, payload: dict[str, Any]) -> None:
    """Write down how a payment to an M-PESA number has ended."""
    async with services.database.unit() as uow:
        await payout_ended(uow, payout=UUID(payload["payout"]))


async def tell_of_payout(services: Services, payload: dict[str, Any]) -> None:
    """Tell a group what happened to a payment to an M-PESA number after it had ended."""
    async with services.database.unit() as uow:
        payout = UUID(payload["payout"])
        request = await request_of_payout(uow, payout=payout)
        if request is not None:
            await tell_request(uow, request=request, what=f"{payload['what']} {payout}")


async def tell(services: Services, payload: dict[str, Any]) -> None:
    """Tell a group what happened to a request."""
    async with services.database.unit() as uow:
        await tell_request(uow, request=UUID(payload["request"]), what=str(payload["what"]))


async def tell_of_padlock(services: Services, payload: dict[str, Any]) -> None:
    """Tell a group who holds its padlock."""
    async with services.database.unit() as uow:
        await tell_padlock(uow, draw=UUID(payload["draw"]))


async def look_after(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """End what is void or over, pay what is due, and set aside what only waited for money or a vote."""
    async with services.database.unit() as uow:
        unfinished = await _unfinished(uow)
    for request in unfinished:
        await _in_its_own_unit(services, request)


async def _in_its_own_unit(services: Services, request: UUID) -> None:
    try:
        async with services.database.unit() as uow:
            await look_at(uow, request=request)
    except CoreError as refused:
        log.info("treasury request %s waits: %s", request, refused.code)


async def look_at(uow: UnitOfWork, *, request: UUID) -> None:
    """Do for one request what time or others have made due. Raises TreasuryLimit, TreasuryShort."""
    row = await lock_request(uow, request)
    match row.status:
        case "waiting" if row.due_at is not None and row.due_at <= uow.clock.now():
            await pay(uow, request=request)
        case "open" | "waiting" | "failed":
            await _end_or_go_on(uow, row)
        case "paying" if row.payout_id is not None:
            found = await find_group_payout(uow, payout=row.payout_id)
            if found is not None and found.books != "held":
                await payout_ended(uow, payout=row.payout_id)


async def _end_or_go_on(uow: UnitOfWork, row: TreasuryRequest) -> None:
    void = await what_voids(uow, row, await mandate_of(uow, group=DaoId(row.dao_id), keep=True))
    if void is not None:
        await close(uow, row, "void", because=void)
    elif uow.clock.now() >= row.expires_at:
        await close(uow, row, "expired")
    else:
        await proceed(uow, row)


async def _unfinished(uow: UnitOfWork) -> list[UUID]:
    """The requests that could have something due: those that the longest wasn't looked at first."""
    rows = select(TreasuryRequest.id).where(TreasuryRequest.status.in_(("open", "waiting", "paying", "failed")))
    return list(
        await uow.session.scalars(rows.order_by(TreasuryRequest.due_at.nulls_last(), TreasuryRequest.id).limit(AT_ONCE))
    )


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {
    PAY_JOB: pay_request,
    GROUP_PAYOUT_JOB: note_payout,
    GROUP_NEWS_JOB: tell_of_payout,
    TELL_JOB: tell,
    TELL_PADLOCK_JOB: tell_of_padlock,
    SWEEP_JOB: look_after,
}
# Run regularly by the worker, in cron's notation.
REGULARLY = {SWEEP_JOB: "* * * * *"}
