"""Whether we were away for so long that taps were lost: then whoever was in the middle of something is shown where she is.

Telegram keeps what was written for a day, but a tap for 150 seconds only (by the source of its Bot API server). The moment of
our last look is a note that all processes share, so that one of several that starts anew is no absence.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.notes import Notes

log = logging.getLogger(__name__)

TAPS_LAST = timedelta(seconds=150)
# So long before we went away somebody may have looked at a screen that she means to go on with.
LOOKED_AT = timedelta(hours=1)
NOTED_EVERY = timedelta(seconds=10)
BEAT_SECONDS = 20.0
REMEMBERED_SECONDS = 86_400
NOTE = "looked"
ShowAgain = Callable[[datetime], Awaitable[None]]


class Presence:
    """Knows when we last heard Telegram. show_again: what is done after an absence that began at this moment."""

    def __init__(self, *, notes: Notes, now: Callable[[], datetime], show_again: ShowAgain) -> None:
        self._notes, self._now, self._show_again = notes, now, show_again
        self._last: datetime | None = None
        self._noted: datetime | None = None
        self._returning: asyncio.Task[None] | None = None

    async def seen(self) -> None:
        """We hear Telegram now, and what it had for us is in the inbox."""
        last = self._last or await self._remembered()
        now = self._last = self._now()
        if last is not None and now - last >= TAPS_LAST and not self._is_returning:
            log.warning("taps of the last %d seconds may be lost", int((now - last).total_seconds()))
            self._returning = asyncio.create_task(self._return(last))
        elif not self._is_returning:
            await self._note(now)

    async def beat(self) -> None:
        """Where nothing else says so: as long as we live, until cancelled."""
        while True:
            await self.seen()
            await asyncio.sleep(BEAT_SECONDS)

    async def finish(self) -> None:
        """Leave what isn't shown yet to the next process, which will find the absence still there."""
        if self._returning is not None:
            self._returning.cancel()
            await asyncio.gather(self._returning, return_exceptions=True)

    @property
    def _is_returning(self) -> bool:
        return self._returning is not None and not self._returning.done()

    async def _return(self, since: datetime) -> None:
        try:
            await self._show_again(since)
        except Exception as problem:  # noqa: BLE001 - a courtesy: whoever isn't shown her screen finds it when she writes
            log.warning("open screens could not all be shown again: %s", type(problem).__name__)
        await self._note(self._now())

    async def _remembered(self) -> datetime | None:
        found = await self._notes.get(NOTE)
        return datetime.fromisoformat(found) if found else None

    async def _note(self, now: datetime) -> None:
        if self._noted is None or now - self._noted >= NOTED_EVERY:
            await self._notes.set(NOTE, now.isoformat(), seconds=REMEMBERED_SECONDS)
            self._noted = now
