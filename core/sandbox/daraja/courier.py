"""Takes callbacks to the application, well or badly.

Each is sent once, as Safaricom does: who misses one has to ask. What goes wrong on the way is armed at a place of the fault
catalogue and may be meant for one phone.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp

from core.sandbox.world import World

_PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Letter:
    """A callback: where its faults are armed (`daraja.result`), whose it is, and who writes down how it was received."""

    where: str
    phone: str
    url: str
    body: dict[str, Any]
    note: Callable[[int | str], None]


class Courier:
    def __init__(self, world: World) -> None:
        self._world = world
        self._delivered = asyncio.Event()

    async def deliver(self, letter: Letter) -> None:
        """Bring a letter, in whatever way it was told to go wrong; returns after its first copy."""
        faults, where, phone = self._world.faults, letter.where, letter.phone
        if faults.take(where, "lose", phone=phone):
            letter.note("lost")
            return
        if late := faults.take(where, "delay", phone=phone):
            await self._world.clock.sleep(late.seconds_or(30))
        if held := faults.take(where, "reorder", phone=phone):
            await self._let_another_pass(held.seconds_or(5))
        times = 2 if faults.take(where, "double", phone=phone) else 1
        again = faults.take(where, "late_duplicate", phone=phone)
        await asyncio.gather(*(self.send(letter) for _ in range(times)))
        if again:
            self._world.errands.run(self._send_later(letter, again.seconds_or(1)))

    async def send(self, letter: Letter) -> None:
        """Bring one copy and write down what was answered."""
        outcome: int | str = "unreachable"
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            outcome, _ = await self.post(letter.url, letter.body, seconds=_PATIENCE_SECONDS)
        letter.note(outcome)
        delivered, self._delivered = self._delivered, asyncio.Event()
        delivered.set()

    async def post(self, url: str, body: dict[str, Any], *, seconds: float) -> tuple[int, Any]:
        """HTTP status and JSON of the answer, if it was any. Raises what aiohttp raises."""
        limit = aiohttp.ClientTimeout(total=seconds)
        async with self._world.http.post(url, json=body, timeout=limit, allow_redirects=False) as response:
            content = await response.read()
            try:
                return response.status, json.loads(content)
            except ValueError:
                return response.status, None

    async def _send_later(self, letter: Letter, seconds: float) -> None:
        await self._world.clock.sleep(seconds)
        await self.send(letter)

    async def _let_another_pass(self, seconds: float) -> None:
        waiting = [
            asyncio.create_task(self._delivered.wait()),
            asyncio.create_task(self._world.clock.sleep(seconds)),
        ]
        _, unfinished = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
