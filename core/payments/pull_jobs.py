"""What the worker does with M-Pesa's list of payments: read it to its end, a long one in several jobs.

Every payment is taken in in a unit of its own, and what the list has told before is skipped, so a part may be read twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from core.kernel.db import UnitOfWork
from core.payments.handling import Handler, Services
from core.payments.outcomes import Unknown
from core.payments.ports import StatementPage
from core.payments.pulling import (
    EVERY_MINUTES,
    Window,
    doubt_emptiness,
    doubt_silence,
    note_whole_list,
    take_line,
    unknown_lines,
    wanted_window,
    within_reach,
)

log = logging.getLogger(__name__)

PULL_JOB = "pull-payments"
# A job may run for a minute. So many seconds are for reading; the rest is for what is at hand when they are over: one page that
# M-Pesa is slow to send, with a new token, and one payment.
READING = 20.0


@dataclass(frozen=True)
class Part:
    """Where a job takes the list up. number: how many jobs were before it; is_whole: none of their pages may be silent."""

    window: Window
    page: int = 0
    number: int = 0
    is_whole: bool = True

    def written(self) -> dict[str, Any]:
        """As the queue keeps it."""
        window = {"since": self.window.since.isoformat(), "until": self.window.until.isoformat()}
        return {**window, "page": self.page, "number": self.number, "is_whole": self.is_whole}


async def pull_payments(services: Services, payload: dict[str, Any]) -> None:
    """Read M-Pesa's own list of payments for what no callback told us, when something is stuck or an hour is over.

    payload: empty, or the part with which another job goes on.
    """
    hours = services.mobile_money.capabilities.statement_hours
    if hours is None:
        return
    async with services.database.unit() as uow:
        part = _taken_up(uow, payload, hours=hours) if payload else await _first(uow, hours=hours)
    if part is not None:
        await _read(services, part)


async def _first(uow: UnitOfWork, *, hours: int) -> Part | None:
    window = await wanted_window(uow, hours=hours)
    return None if window is None else Part(window)


def _taken_up(uow: UnitOfWork, payload: dict[str, Any], *, hours: int) -> Part | None:
    """The part that was left over; from its first page when time has made the window shorter, since then the pages moved."""
    asked = Window(datetime.fromisoformat(payload["since"]), datetime.fromisoformat(payload["until"]))
    window = within_reach(asked, now=uow.clock.now(), hours=hours)
    if window is None:
        return None
    page = int(payload["page"]) if window == asked else 0
    return Part(window, page, int(payload["number"]), bool(payload["is_whole"]))


async def _read(services: Services, part: Part) -> None:
    """Take in the list, page by page, to its end or until this job has had its time; then another goes on."""
    until = monotonic() + READING
    while True:
        window = part.window
        found = await services.mobile_money.statement(since=window.since, until=window.until, page=part.page)
        if isinstance(found, Unknown):
            return await _leave_unread(services, found)
        part = replace(part, is_whole=part.is_whole and not found.is_doubtful)
        if not await _take_page(services, window, found, until):
            return await _go_on_later(services, part)
        if found.next_page is None or found.next_page <= part.page:
            return await _end(services, part)
        part = replace(part, page=found.next_page)
        if monotonic() >= until:
            return await _go_on_later(services, part)


async def _take_page(services: Services, window: Window, found: StatementPage, until: float) -> bool:
    """Take in what a page of the list tells, one payment at least; whether that was all of it."""
    async with services.database.unit() as uow:
        if found.is_doubtful:
            await doubt_emptiness(uow, window)
        new = await unknown_lines(uow, found.lines)
    for left, line in zip(reversed(range(len(new))), new, strict=True):
        async with services.database.unit() as uow:
            await take_line(uow, line)
        if left and monotonic() >= until:
            return False
    return True


async def _go_on_later(services: Services, part: Part) -> None:
    """Have another job read the rest. Its number is in its key: this job still holds its own."""
    after = replace(part, number=part.number + 1)
    window = part.window
    async with services.database.unit() as uow:
        key = f"{PULL_JOB} {window.since.isoformat()} {window.until.isoformat()} {after.number}"
        await uow.enqueue(PULL_JOB, after.written(), key=key)


async def _end(services: Services, part: Part) -> None:
    """The list was read to its end; unless it is one that may be silent, that is remembered."""
    if part.is_whole:
        async with services.database.unit() as uow:
            await note_whole_list(uow, part.window)


async def _leave_unread(services: Services, found: Unknown) -> None:
    log.warning("M-Pesa's list of payments can't be read: %s", found.reason)
    async with services.database.unit() as uow:
        await doubt_silence(uow, found.reason)


JOBS: dict[str, Handler] = {PULL_JOB: pull_payments}
# Run regularly by the worker, in cron's notation.
REGULARLY = {PULL_JOB: f"*/{EVERY_MINUTES} * * * *"}
