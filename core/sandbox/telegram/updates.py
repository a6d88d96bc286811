"""The queue of updates and its long poll: kept until confirmed, expiring as Telegram's do, one reader at a time.

An update is on the disk before anybody can see it: its number must never be given out twice, for the bot remembers it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from core.sandbox.store import Section
from core.sandbox.telegram.answers import conflict
from core.sandbox.world import World

MESSAGE_SECONDS = 24 * 3600
CALLBACK_SECONDS = 150
LONGEST_POLL_SECONDS = 50
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_HASTY_SECONDS, _VERY_HASTY_SECONDS = 3.0, 0.5
_FIRST_UPDATE_ID = 100_000_000


@dataclass(frozen=True)
class Update:
    """Something that happened. `queue` orders it among others, `expires` is in Unix seconds."""

    id: int
    kind: str
    content: dict[str, Any]
    queue: str
    expires: float
    double: bool = False

    def wire(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.content}


class _Poll:
    """One waiting getUpdates call; `ended` with the reason why, when another call takes over."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.reason = ""

    def end(self, reason: str) -> None:
        self.reason = reason
        self.over.set()


class Updates:
    """Pending updates in order, and whoever polls for them."""

    def __init__(self, world: World, remembered: dict[str, Any]) -> None:
        self._world = world
        self._pending = [Update(**item) for item in remembered.get("updates", [])]
        self._next_id: int = remembered.get("next_update_id", _FIRST_UPDATE_ID)
        self.allowed: list[str] = remembered.get("allowed_updates", [])
        self._news = asyncio.Event()
        self._poll: _Poll | None = None
        self._last_offset: int | None = None
        self._last_poll = float("-inf")
        self.section: Section | None = None
        # The webhook listens here; it learns of each new update.
        self.on_new: Callable[[Update], None] = lambda _: None

    def dump(self) -> dict[str, Any]:
        pending = [asdict(update) for update in self._pending]
        return {"updates": pending, "next_update_id": self._next_id, "allowed_updates": self.allowed}

    @property
    def pending(self) -> list[Update]:
        """What nobody confirmed yet and what hasn't expired, oldest first."""
        now = self._world.clock.now().timestamp()
        self._pending = [update for update in self._pending if update.expires > now]
        return list(self._pending)

    async def add(self, kind: str, content: dict[str, Any], *, queue: str, lifetime: float, phone: str) -> None:
        """Something happened on this phone. Kinds that the bot didn't ask for are dropped, as Telegram does."""
        if not self._wants(kind):
            return
        if late := self._world.faults.take("telegram.update", "delay", phone=phone):
            self._world.errands.run(self._add_late(kind, content, queue, lifetime, late.seconds_or(2)))
            return
        double = self._world.faults.take("telegram.update", "double", phone=phone) is not None
        await self._append(kind, content, queue, lifetime, double=double)

    async def _add_late(self, kind: str, content: dict[str, Any], queue: str, lifetime: float, seconds: float) -> None:
        await self._world.clock.sleep(seconds)
        await self._append(kind, content, queue, lifetime, double=False)

    async def _append(self, kind: str, content: dict[str, Any], queue: str, lifetime: float, *, double: bool) -> None:
        expires = self._world.clock.now().timestamp() + lifetime
        update = Update(self._next_id, kind, content, queue, expires, double)
        self._next_id += 1
        self._pending.append(update)
        await self._saved()
        self._news.set()
        self.on_new(update)

    async def _saved(self) -> None:
        if self.section is not None:
            self.section.changed()
            await self.section.saved()

    def _wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT

    def allow(self, kinds: Any) -> None:
        """Remember which kinds the bot wants; None keeps what it said before."""
        if isinstance(kinds, list):
            self.allowed = [kind for kind in kinds if isinstance(kind, str)]
            self._changed()

    def forget(self, update: Update) -> None:
        """Delivered or given up."""
        self._pending = [kept for kept in self._pending if kept.id != update.id]
        self._changed()

    def drop_all(self) -> None:
        self._pending.clear()
        self._changed()

    def _changed(self) -> None:
        if self.section is not None:
            self.section.changed()

    async def poll(self, *, offset: int, limit: int, timeout: int) -> list[dict[str, Any]]:  # noqa: ASYNC109 - Telegram's name
        """One getUpdates call. Confirms everything before the offset. Raises Refused when a newer call takes over."""
        self._confirm(offset)
        timeout, limit = self._slowed(offset, limit, timeout)
        self.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running")
        mine = self._poll = _Poll()
        try:
            deadline = self._world.clock.elapsed() + timeout
            while not (batch := self.pending[:limit]) and self._world.clock.elapsed() < deadline:
                await self._wait(mine, deadline)
                if mine.over.is_set():
                    raise conflict(mine.reason)
        finally:
            if self._poll is mine:
                self._poll = None
        return [update.wire() for update in batch for _ in range(2 if update.double else 1)]

    def interrupt(self, reason: str) -> None:
        """End the poll that is waiting now, if any."""
        if self._poll is not None:
            self._poll.end(reason)
            self._poll = None

    async def _wait(self, mine: _Poll, deadline: float) -> None:
        self._news.clear()
        waits: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._news.wait()),
            asyncio.create_task(mine.over.wait()),
            asyncio.create_task(self._world.clock.sleep_until(deadline)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _confirm(self, offset: int) -> None:
        if offset == 0:
            return
        pending = self.pending
        kept = pending[offset:] if offset < 0 else [update for update in pending if update.id >= offset]
        if len(kept) != len(pending):
            self._pending = kept
            self._changed()

    def _slowed(self, offset: int, limit: int, timeout: int) -> tuple[int, int]:
        """A bot that asks again with the same offset at once is made to wait, as the real server does."""
        now = self._world.clock.elapsed()
        since, same = now - self._last_poll, offset == self._last_offset
        self._last_poll, self._last_offset = now, offset
        if same and since < _HASTY_SECONDS:
            timeout = max(timeout, 3)
        return timeout, 1 if same and since < _VERY_HASTY_SECONDS else limit
