"""What the worker does for safety: looks for attacks every minute, and tells members what concerns their account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from uuid import UUID

from core.identity.pin_news import TELL_OF_PINS, tell_pin_news
from core.identity.ports import SimSwapInsights
from core.identity.recovery_finish import OPEN_RECOVERY, open_recovery
from core.identity.sim_swap import ASK_SIM_SWAP, claim_check, record_asked
from core.identity.waiting_changes import look_at_changes
from core.identity.waiting_time import LOOK_AT_CHANGES
from core.identity.watch import watch
from core.kernel.db import Database

WATCH = "watch-attempts"


class Services(Protocol):
    """What these jobs need from outside."""

    @property
    def database(self) -> Database: ...
    @property
    def sim_swap(self) -> SimSwapInsights: ...


async def watch_attempts(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Look for attacks among the newest attempts and codes."""
    async with services.database.unit() as uow:
        await watch(uow)


async def tell_of_pins(services: Services, payload: dict[str, Any]) -> None:
    """Tell a member that too many wrong PINs closed a door of hers."""
    async with services.database.unit() as uow:
        await tell_pin_news(uow, payload)


async def tell_recovery_is_open(services: Services, payload: dict[str, Any]) -> None:
    """Tell a member that she can choose a new PIN now."""
    async with services.database.unit() as uow:
        await open_recovery(uow, recovery=UUID(payload["id"]))


async def settle_changes(services: Services, payload: dict[str, Any]) -> None:
    """Put a member's changes in force that have waited long enough, and remind her of others."""
    async with services.database.unit() as uow:
        await look_at_changes(uow, payload)


async def ask_network(services: Services, payload: dict[str, Any]) -> None:
    """Ask whether a SIM was swapped. If the worker dies in between it is asked twice, which costs a shilling or two."""
    check = UUID(payload["id"])
    async with services.database.unit() as uow:
        phone = await claim_check(uow, check)
    if phone is None:
        return
    outcome = await services.sim_swap.ask(phone)
    async with services.database.unit() as uow:
        await record_asked(uow, check=check, outcome=outcome)


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {
    WATCH: watch_attempts,
    TELL_OF_PINS: tell_of_pins,
    OPEN_RECOVERY: tell_recovery_is_open,
    ASK_SIM_SWAP: ask_network,
    LOOK_AT_CHANGES: settle_changes,
}
REGULARLY = {WATCH: "* * * * *"}
