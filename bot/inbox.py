"""Works through the inbox: people side by side, each person's updates strictly in order.

An update that fails is tried again a few times and then given up with one calm sentence, so that it never blocks its person
for ever. What this process holds when it is told to stop is finished; what it doesn't hold waits for the next one.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from telegram.error import TelegramError

from bot.calls import ChatClosed, NotDelivered
from bot.channel import TelegramChannel
from bot.presence import LOOKED_AT
from core.dialogue.holding import Overloaded
from core.kernel.db import Database
from core.kernel.logs import turn
from core.web.telegram_inbox import StoredUpdate, finish_update, forget_updates, silent_lanes, take_update, waiting_lanes
from core.web.telegram_lanes import Lane, Lanes

log = logging.getLogger(__name__)

# Each may need two connections for a moment; together they leave some of the pool's fifteen.
MOST_LANES = 12
# News come by notification; this is for what was missed, and for lanes that another process left behind.
LOOK_SECONDS = 1.0
# A crashed turn's claim on a session lasts ten seconds; together these pauses outlast it.
PAUSES_SECONDS = (0.3, 1.0, 2.0, 4.0, 6.0)
TRIES_WHEN_BUSY = len(PAUSES_SECONDS) + 1
TRIES_WHEN_BROKEN = 3
FINISH_SECONDS = 20.0
FORGET_SECONDS = 3600.0


class Unmanageable(Exception):
    """There's no point in trying to handle this update."""


class Inbox:
    """The consumer of one bot's updates. `pauses`: seconds between the tries of one update."""

    def __init__(
        self,
        *,
        database: Database,
        channel: TelegramChannel,
        bot_id: int,
        pauses: tuple[float, ...] = PAUSES_SECONDS,
    ) -> None:
        self._database, self._channel, self._bot_id, self._pauses = database, channel, bot_id, pauses
        self._lanes = Lanes(database, bot_id=bot_id)
        self._working: dict[int, asyncio.Task[bool]] = {}
        self._stopping = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Handle updates until told to stop; then finish what is being worked on."""
        forgetting = asyncio.create_task(self._forget_regularly())
        stopping = asyncio.create_task(self._pass_on(stop))
        try:
            while not stop.is_set():
                await self._look()
        finally:
            self._stopping.set()
            await self._finish()
            for task in (forgetting, stopping):
                task.cancel()
            await self._lanes.close()

    async def show_again(self, since: datetime) -> None:
        """After an absence that began then: show whoever was in the middle of something, and silent since, where she is."""
        async with self._database.unit() as uow:
            lanes = await silent_lanes(uow, bot_id=self._bot_id, since=since - LOOKED_AT, until=since)
        for lane in lanes:
            async with self._lanes.hold(lane) as held:
                if held is not None:
                    await self._show_again(lane, since)

    async def _show_again(self, lane: int, since: datetime) -> None:
        try:
            await self._channel.show_again(lane, event=f"{self._bot_id}:away {since.isoformat()}")
        except (ChatClosed, NotDelivered, Overloaded) as problem:
            log.info("an open screen was not shown again: %s", type(problem).__name__)

    async def _pass_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stopping.set()
        self._lanes.news.set()

    async def _look(self) -> None:
        """Give every waiting lane a worker, then wait for news."""
        self._lanes.news.clear()
        try:
            await self._lanes.listen()
            await self._start_waiting()
        except Exception as problem:  # noqa: BLE001 - a database that is away comes back; nothing is lost meanwhile
            log.warning("the inbox can't be read: %s", type(problem).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_SECONDS)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._lanes.news.wait(), LOOK_SECONDS)

    async def _start_waiting(self) -> None:
        room = MOST_LANES - len(self._working)
        if room <= 0:
            return
        async with self._database.unit() as uow:
            lanes = await waiting_lanes(uow, bot_id=self._bot_id, but=list(self._working), limit=room)
        for lane in lanes:
            task = asyncio.create_task(self._work(lane))
            self._working[lane] = task
            task.add_done_callback(lambda done, lane=lane: self._worked(lane, done))  # type: ignore[misc]

    def _worked(self, lane: int, done: asyncio.Task[bool]) -> None:
        del self._working[lane]
        if done.cancelled():
            return
        if (problem := done.exception()) is not None:
            log.warning("a lane was left: %s", type(problem).__name__)
        elif done.result():
            # Something may have come in after its last look. A lane that another process holds isn't worth a hurry.
            self._lanes.news.set()

    async def _work(self, lane: int) -> bool:
        """Handle what waits in this lane; False when another process is at it."""
        async with self._lanes.hold(lane) as held:
            if held is None:
                return False
            while not self._stopping.is_set() and held.is_held:
                if not await self._handle_next(lane, held):
                    break
        return True

    async def _handle_next(self, lane: int, held: Lane) -> bool:
        """Handle the lane's oldest update, trying again as long as that makes sense; False when nothing waits."""
        async with self._database.unit() as uow:
            found = await take_update(uow, bot_id=self._bot_id, lane=lane)
        if found is None:
            return False
        with turn(f"telegram {found.update_id}"):
            problem = await self._try(found)
            if problem is None:
                await self._finished(found)
            elif self._is_hopeless(found, problem):
                await self._give_up(found, problem)
            elif held.is_held:
                await self._pause(found.attempts)
        return True

    async def _try(self, found: StoredUpdate) -> Exception | None:
        if found.payload is None:
            return Unmanageable("it was sealed under a key that is gone")
        if found.attempts > TRIES_WHEN_BUSY:
            return Unmanageable("whoever tries it seems to die of it")
        try:
            await self._channel.handle(found.payload, event=f"{found.bot_id}:{found.update_id}")
        except Exception as problem:  # noqa: BLE001 - judged by the caller
            # Where, but not what: an exception's words may quote what somebody typed.
            place = "".join(traceback.format_tb(problem.__traceback__)[-3:])
            log.warning("attempt %d failed with %s at\n%s", found.attempts, type(problem).__name__, place)
            return problem
        return None

    @staticmethod
    def _is_hopeless(found: StoredUpdate, problem: Exception) -> bool:
        passing = isinstance(problem, Overloaded | NotDelivered)
        unmanageable = isinstance(problem, Unmanageable)
        return unmanageable or found.attempts >= (TRIES_WHEN_BUSY if passing else TRIES_WHEN_BROKEN)

    async def _pause(self, attempts: int) -> None:
        """Wait a little longer each time. Told to stop, leave the update to the next process."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), self._pauses[min(attempts, len(self._pauses)) - 1])

    async def _give_up(self, found: StoredUpdate, problem: Exception) -> None:
        log.error("an update was given up after %d attempts: %s", found.attempts, type(problem).__name__)
        await self._finished(found, problem=type(problem).__name__)
        if found.payload is None or isinstance(problem, NotDelivered):
            return
        try:
            await self._channel.apologise(found.payload, key="bot-busy" if isinstance(problem, Overloaded) else "bot-failed")
        except (ChatClosed, NotDelivered, TelegramError, LookupError, TypeError, ValueError):
            log.warning("nobody could be told")

    async def _finished(self, found: StoredUpdate, *, problem: str | None = None) -> None:
        async with self._database.unit() as uow:
            await finish_update(uow, bot_id=found.bot_id, update_id=found.update_id, problem=problem)

    async def _finish(self) -> None:
        """Let the workers end the update that each has in hand; what takes too long is done again later."""
        running: Iterable[asyncio.Task[bool]] = list(self._working.values())
        if not running:
            return
        _done, late = await asyncio.wait(running, timeout=FINISH_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _forget_regularly(self) -> None:
        while True:
            try:
                async with self._database.unit() as uow:
                    await forget_updates(uow)
            except Exception as problem:  # noqa: BLE001 - house-keeping waits for better times
                log.warning("old updates stay for now: %s", type(problem).__name__)
            await asyncio.sleep(FORGET_SECONDS)
