"""What the worker does by the clock for the books: every minute it gives back what was held longer than it should be."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from core.kernel.db import Database
from core.ledger.holds import MOST_AT_ONCE, expire_due

log = logging.getLogger(__name__)

EXPIRE = "expire-holds"
# A job is given a minute; what is left is for the next one.
MOST_ROUNDS = 40


class Services(Protocol):
    """What this needs from outside."""

    @property
    def database(self) -> Database: ...


async def expire_holds(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """End the holds whose time is up, a batch to a unit. Stopped anywhere, the next one goes on."""
    for _ in range(MOST_ROUNDS):
        async with services.database.unit() as uow:
            ended = await expire_due(uow, at_most=MOST_AT_ONCE)
        if ended:
            log.info("%d holds expired", len(ended))
        if len(ended) < MOST_AT_ONCE:
            return


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {EXPIRE: expire_holds}
REGULARLY = {EXPIRE: "* * * * *"}
