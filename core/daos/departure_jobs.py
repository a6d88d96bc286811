"""The worker's part for those who go: ends notices, and pays what is owed as soon as the group has it."""

from __future__ import annotations

import logging
from typing import Any, Protocol
from uuid import UUID

from core.daos.leaving import due_notices, end_notice, find_departure, open_departures, settle_departure
from core.daos.rotation.belonging import withdraw_hands
from core.daos.shares.cycles import pay_back
from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.ledger.service import InsufficientFunds

SETTLE_OPEN, END_NOTICES = "settle-open-departures", "end-notices"
AT_ONCE = 200

log = logging.getLogger(__name__)


class Services(Protocol):
    """What these jobs need from outside."""

    @property
    def database(self) -> Database: ...


async def settle(services: Services, payload: dict[str, Any]) -> None:
    """Pay one departure; when the group has too little, the sweep tries again."""
    await _settle(services, UUID(payload["id"]))


async def settle_open(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Pay all that can be paid by now."""
    async with services.database.unit() as uow:
        waiting = await open_departures(uow, limit=AT_ONCE)
    for departure in waiting:
        await _settle(services, departure)


async def end_notices(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Let those go whose notice has ended, each in a unit of her own."""
    async with services.database.unit() as uow:
        due = await due_notices(uow, limit=AT_ONCE)
    for group, member in due:
        try:
            async with services.database.unit() as uow:
                await end_notice(uow, group=group, member=member)
        except CoreError as refusal:
            log.warning("a notice could not end: %s", refusal.code)


async def _settle(services: Services, departure: UUID) -> None:
    try:
        # Each moves money at most once, so each has a unit of its own; what is done already does nothing again.
        for step in (give_hands_up, give_shares_up, settle_departure):
            async with services.database.unit() as uow:
                await step(uow, departure=departure)
    except InsufficientFunds:
        # The whole unit is undone, the refusal too, so it is asked afresh next time.
        log.info("departure %s waits for money", departure)
    except CoreError as refusal:
        log.info("departure %s waits: %s", departure, refusal.code)


async def give_hands_up(uow: UnitOfWork, *, departure: UUID) -> None:
    """Her hands leave the merry-go-round; raises what keeps them in it."""
    gone = await find_departure(uow, departure=departure)
    if not gone.settled:
        await withdraw_hands(uow, member=gone.member, group=gone.group)


async def give_shares_up(uow: UnitOfWork, *, departure: UUID) -> None:
    """What she paid for shares comes back; raises InsufficientFunds, ShareOutIsOpen."""
    gone = await find_departure(uow, departure=departure)
    if not gone.settled:
        await pay_back(uow, member=gone.member, group=gone.group)
