"""A closed loop: so many callers, each of whom asks again as soon as it's answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter

WARM_SECONDS = 0.5


@dataclass
class Load:
    """What a closed loop did. `all` counts the warm-up too, which costs the server as much; the rest leaves it out."""

    all: int = 0
    took: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.took


async def closed_loop(ask: Callable[[int], Awaitable[bool]], *, callers: int, seconds: float) -> Load:
    """Load `ask(caller)` for so long. It answers whether it was served; what was turned away counts as refused."""
    load = Load()
    begin = perf_counter() + WARM_SECONDS
    end = begin + seconds

    async def call(caller: int) -> None:
        while (asked := perf_counter()) < end:
            served = await ask(caller)
            answered = perf_counter()
            load.all += 1
            if begin <= answered <= end:
                if served:
                    load.latencies.append(answered - asked)
                else:
                    load.refused += 1

    await asyncio.gather(*(call(caller) for caller in range(callers)))
    load.took = seconds
    return load
