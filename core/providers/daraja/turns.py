"""Requests take turns, so that a rush of ours is a queue here and not a wall of refusals there ("Spike Arrest", HTTP 429).

A bucket of tokens, kept as the moment up to which turns are given away: after a rest as many at once as a second has turns,
then one each step. Each process has its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

# Whoever would wait longer is better off to be tried again later: nothing was sent, and everybody can know that.
LONGEST_WAIT = 10.0


class Turns:
    """So many requests a minute, in the order in which they came; 0 a minute: whenever they come."""

    def __init__(
        self,
        per_minute: int,
        *,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._step = 60 / per_minute if per_minute else 0.0
        # What may go at once after a rest, in seconds of turns: those of a second, at least one.
        self._ahead = max(1.0 - self._step, 0.0)
        self._now, self._sleep = now, sleep
        self._given_until = 0.0

    async def take(self) -> bool:
        """Wait for a turn; False, and at once, where it would take longer than ten seconds."""
        now = self._now()
        mine = max(self._given_until, now)
        wait = mine - self._ahead - now
        if wait > LONGEST_WAIT:
            return False
        self._given_until = mine + self._step
        if wait > 0:
            await self._sleep(wait)
        return True
