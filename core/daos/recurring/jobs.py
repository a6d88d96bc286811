"""What the worker does for standing payments: look every minute, and tend each one that is due in units of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from core.daos.recurring.running import due_recurring, tend_recurring
from core.kernel.db import Database

LOOK_JOB, TEND_JOB = "look-at-recurring", "tend-recurring"
AT_ONCE = 500
# Each step is a unit: notice, try, hear; more than these at one moment would be a circle.
MOST_STEPS = 40


class Services(Protocol):
    """What the handlers need."""

    @property
    def database(self) -> Database: ...


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]


async def look_at_recurring(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Queue every standing payment for which something is due."""
    async with services.database.unit() as uow:
        for recurring in await due_recurring(uow, limit=AT_ONCE):
            await uow.enqueue(TEND_JOB, {"recurring": str(recurring)}, key=f"{TEND_JOB} {recurring}")


async def tend(services: Services, payload: dict[str, Any]) -> None:
    """Do what is due for one, step by step."""
    for _ in range(MOST_STEPS):
        async with services.database.unit() as uow:
            if not await tend_recurring(uow, recurring=UUID(payload["recurring"])):
                return


JOBS: dict[str, Handler] = {LOOK_JOB: look_at_recurring, TEND_JOB: tend}
REGULARLY = {LOOK_JOB: "* * * * *"}
