"""At the end of a simulation: what is still being read is waited for, what is lost isn't waited for without end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulation.simulate import MOST_ROUNDS, VAIN_ROUNDS, catch_up


@dataclass
class Slow:
    """A town that reads so many payments in each round. idle: whether it was done by then, round by round."""

    reads: Iterable[int]
    idles: Iterable[bool]
    known: int = 0
    turned: list[int] = field(default_factory=list)
    rounds: int = 0

    def __post_init__(self) -> None:
        entries = [SimpleNamespace(kind="paybill", receipt=f"R{one}") for one in range(5)]
        entries.append(SimpleNamespace(kind="payout", receipt="OUT"))
        self.mpesa = SimpleNamespace(book=SimpleNamespace(entries=entries))
        self.clock = SimpleNamespace(now=lambda: datetime(2026, 11, 23, 9, 20, tzinfo=UTC))

    async def fetch(self, _query: str) -> list[dict[str, str]]:
        return [{"receipt": f"R{one}"} for one in range(self.known)]

    async def turn(self, seconds: int) -> None:
        self.turned.append(seconds)

    async def regular_jobs(self) -> None:
        return

    async def idle(self, _seconds: float) -> bool:
        self.known += next(self.reads)  # type: ignore[call-overload]
        self.rounds += 1
        return bool(next(self.idles))  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("reads", "idles", "rounds", "turns", "rested"),
    [
        ([], [], 0, 0, True),
        ([2, 2, 1], [False, False, True], 3, 1, True),
        ([0, 0, 2, 3], [True] * 4, 4, 4, True),
        ([1, 0, 0, 0], [True, False, False, False], 4, 2, False),
        ([0] * VAIN_ROUNDS, [True] * VAIN_ROUNDS, VAIN_ROUNDS, VAIN_ROUNDS, True),
    ],
    ids=["nothing", "slow", "late", "stuck", "lost"],
)
async def test_catch_up(reads: list[int], idles: list[bool], rounds: int, turns: int, rested: bool) -> None:
    town: Any = Slow(iter(reads), iter(idles), known=0 if reads else 5)

    said: list[str] = []
    assert await catch_up(town, said.append) is rested

    assert (town.rounds, len(town.turned), len(said)) == (rounds, turns, rounds)
    assert all(seconds == 41 * 60 for seconds in town.turned)
    assert rounds < MOST_ROUNDS
