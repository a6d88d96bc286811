"""What the worker does by the clock for the books: seals every minute, a look at a sample every hour."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from core.kernel.db import Database
from core.ledger.seals import seal
from core.monitoring.coherence import look_and_alarm

SEAL = "seal-the-books"
LOOK = "look-at-the-books"
# A job is given a minute; what is left is sealed by the next one.
MOST_ROUNDS = 50


class Services(Protocol):
    """What this needs from outside."""

    @property
    def database(self) -> Database: ...


async def seal_books(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Seal what was posted, a few blocks to a unit, until nothing waits."""
    for _ in range(MOST_ROUNDS):
        async with services.database.unit() as uow:
            made = await seal(uow)
        if not made.more:
            return


async def look_at_books(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - as above
    """Look at a sample of the books and raise the alarm when something is wrong."""
    async with services.database.unit() as uow:
        await look_and_alarm(uow)


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {SEAL: seal_books, LOOK: look_at_books}
REGULARLY = {SEAL: "* * * * *", LOOK: "41 * * * *"}
