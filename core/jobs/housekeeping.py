"""Keeps the queue's own tables small, so that taking the next job stays quick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import text

from core.kernel.db import Database

TIDY_UP = "tidy-up"
TAKE_UP_HELD = "take-up-held-jobs"
# Long enough to look into what went wrong last week.
KEEP_LOG = timedelta(days=14)
# Telegram delivers an update again for a day; what was handled is remembered twice as long.
KEEP_UPDATES = timedelta(days=2)


class Services(Protocol):
    """What this needs from outside."""

    @property
    def database(self) -> Database: ...


async def tidy_up(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Forget the log of old jobs and Telegram's old updates."""
    async with services.database.unit() as uow:
        # The queue's log is written with the database's own time.
        old = text("DELETE FROM pgqueuer_log WHERE created < now() - CAST(:keep AS interval)")
        await uow.session.execute(old, {"keep": KEEP_LOG})
        handled = text("DELETE FROM telegram_updates WHERE handled_at < :before")
        await uow.session.execute(handled, {"before": uow.clock.now() - KEEP_UPDATES})


async def take_up_held(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - as above
    """Put jobs back that were held because the database was away when their end was to be written down."""
    waiting = "SELECT FROM pgqueuer other WHERE other.dedupe_key = held.dedupe_key AND other.status IN ('queued', 'picked')"
    back = text(
        "UPDATE pgqueuer held SET status = 'queued', execute_after = now(), updated = now(), attempts = attempts + 1"
        f" WHERE status = 'failed' AND NOT EXISTS ({waiting})"
    )
    async with services.database.unit() as uow:
        await uow.session.execute(back)


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {TIDY_UP: tidy_up, TAKE_UP_HELD: take_up_held}
REGULARLY = {TIDY_UP: "17 * * * *", TAKE_UP_HELD: "* * * * *"}
