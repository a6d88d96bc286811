"""The sandbox's own clock: real time, plus whatever somebody wound it forward by.

Prompts that expire, sessions that idle out and retries that wait all sleep on this clock, so a test can let 150 seconds
pass at once. It stands for the outside world's time; the application has its own clock and is never moved by this one.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone

# Safaricom writes every time in East Africa Time, which knows no summer time.
EAST_AFRICA = timezone(timedelta(hours=3), "EAT")


class Clock:
    """Time for everything in the sandbox; `advance` makes sleepers wake as if the seconds had passed."""

    def __init__(self) -> None:
        self._ahead_seconds = 0.0
        self._wound = asyncio.Event()

    def wall(self) -> datetime:
        """The real time, which the application's own timestamps can be compared with."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        """The sandbox's time: never earlier than the real one."""
        return self.wall() + timedelta(seconds=self._ahead_seconds)

    def unix(self) -> int:
        return int(self.now().timestamp())

    def elapsed(self) -> float:
        """Seconds that only ever grow, for measuring how long something took or may still take."""
        return time.monotonic() + self._ahead_seconds

    def advance(self, seconds: float) -> None:
        """Let time pass at once. Everyone who sleeps looks again at what is left of the wait."""
        self._ahead_seconds += seconds
        wound, self._wound = self._wound, asyncio.Event()
        wound.set()

    async def sleep(self, seconds: float) -> None:
        await self.sleep_until(self.elapsed() + seconds)

    async def sleep_until(self, deadline: float) -> None:
        """Return once `elapsed()` has reached the deadline."""
        while (left := deadline - self.elapsed()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._wound.wait()
            except TimeoutError:
                continue
