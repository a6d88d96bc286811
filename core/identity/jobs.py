"""What the worker does by the clock for safety: looks for attacks every minute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from core.identity.watch import watch
from core.kernel.db import Database

WATCH = "watch-attempts"


class Services(Protocol):
    """What these jobs need from outside."""

    @property
    def database(self) -> Database: ...


async def watch_attempts(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Look for attacks among the newest attempts and codes."""
    async with services.database.unit() as uow:
        await watch(uow)


Handler = Callable[[Any, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {WATCH: watch_attempts}
REGULARLY = {WATCH: "* * * * *"}
