"""Who dies when, and what goes wrong at M-Pesa."""

from __future__ import annotations

import asyncio
import copy
import random
from dataclasses import dataclass

from core.sandbox.mischief import BAD_DAY
from tests.simulation.town import Town


@dataclass(frozen=True)
class Dangers:
    """How many seconds on average between two random kills; after which shares of the payments a server is killed.

    most_a_second: payments at most, so that few of them don't pass before anything can go wrong; None for as many as there can be.
    """

    kill_seconds: float
    servers_at: tuple[tuple[float, str], ...]
    most_a_second: float | None = None


SHORT = Dangers(2.0, ((0.35, "PostgreSQL"), (0.6, "Redis")), most_a_second=7)
LONG = Dangers(12.0, tuple((0.05 + number * 0.09, ("PostgreSQL", "Redis", "PostgreSQL")[number % 3]) for number in range(10)))


def bad_day(seed: int) -> dict[str, object]:
    """The dice of the sandbox: its bad day, and forged confirmations of large sums.

    Not played: a forger who knows a prompt's secret address, its id, its amount and its moment. He would have to be M-Pesa.
    """
    rates = copy.deepcopy(BAD_DAY)
    rates["daraja.callback"]["forge_success"] = 0.0
    rates["daraja.confirmation"]["forge"] = 0.01
    return {"seed": seed, "rates": rates}


async def kill_now_and_then(town: Town, chance: random.Random, dangers: Dangers) -> None:
    """One of our processes dies, again and again; whoever is dead is started again at once.

    Only time in which all of them are up counts: on a slow machine they would otherwise die before they have begun.
    """
    elapsed, due = 0.0, chance.expovariate(1 / dangers.kill_seconds)
    while True:
        await asyncio.sleep(0.1)
        town.ours.revive()
        elapsed += 0.1 if town.ours.are_up else 0
        if elapsed >= due:
            town.ours.kill_one()
            elapsed, due = 0.0, chance.expovariate(1 / dangers.kill_seconds)
