"""A year, day by day: who does what at which hour, what the worker does between, and the books at midnight."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from core.daos.calendar import at_hour
from core.jobs.turned import TurnedClock
from core.kernel.db import Database
from core.kernel.secrets import Vault
from core.ledger.batcher import Batcher, connector
from core.payments.outages import begin_outage, end_outage

from . import belonging, books, dues, lending, merry, pots, treasury, votes
from .chama import ALL, PACES, Chama
from .talk import Telephones, telephones
from .world import SeededIds, World, seeded_codes

# Every dated row that the migrations bring (fees, tariffs, budgets) is in force by then.
FIRST_DAY = date(2026, 12, 1)
# The hours at which the clock is turned to, beside midnight: what is due by then is done, however often it would have run.
ACTING, MEETING, SEALING = 10, 14, 20
OUTAGE = 15
# All that there are, of web, bot and worker together, stay prepared.
STATEMENTS = 4_000
Say = Callable[[str], None]


def _silent(_line: str) -> None:
    """For whoever doesn't watch."""


@dataclass
class Year:
    """Groups by their numbers, of so many members, for so many days."""

    world: World
    telephones: Telephones
    numbers: Sequence[int]
    members: int
    days: int
    # Whether something happens every day, as in the short year; otherwise each kind of group keeps its own calendar.
    daily: bool = False
    say: Say = _silent
    chamas: list[Chama] = field(default_factory=list)
    played: int = 0
    began: float = field(default_factory=time.monotonic)

    async def play(self, folder: Path) -> dict[str, Any]:
        """All of it; the figures. Raises AssertionError at the first midnight at which the books aren't exact."""
        await self.world.until(at_hour(self.world.today, ACTING))
        for number in self.numbers:
            kind = ALL[(number - 1) % len(ALL)]
            pace = 1 if self.daily else PACES[kind]
            chama = Chama(self.world, number, kind, self.members, self._random(number), pace)
            await self.telephones.register(chama)
            await chama.found()
            await dues.begin(chama)
            self.chamas.append(chama)
        await self.world.work()
        self.say(f"{len(self.numbers)} groups founded in {self.seconds:.0f} s")
        for number in range(1, self.days + 1):
            await self._day(number)
        return await self._end(folder)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def _random(self, number: int) -> Random:
        return Random(f"{self.world.random.random()} {number}")

    async def _day(self, number: int) -> None:
        world = self.world
        await world.until(at_hour(world.today + timedelta(days=1), 0), ticking=False)
        money = await books.midnight(world)
        await world.until(at_hour(world.today, ACTING))
        await self._outage(number)
        for chama in self.chamas:
            if chama.acts_on(number):
                await self._act(chama, number)
        await self._votes(number)
        if belonging.meets(number):
            for chama in self.chamas:
                world.clock.moment = at_hour(world.today, MEETING)
                await belonging.meeting(chama, number)
            await world.work()
        await world.until(at_hour(world.today, SEALING))
        self.played = number
        if number % 30 == 0:
            checks = await books.full_audit(world)
            self.say(f"day {number}: {checks} checks clean, {money}, {self.seconds:.0f} s")
        elif number % 5 == 0:
            self.say(f"day {number}: {money}, {sum(world.jobs.values()):,} jobs, {self.seconds:.0f} s")

    async def _act(self, chama: Chama, number: int) -> None:
        chama.day = number
        await chama.look()
        for plot in (dues, pots, lending, merry, treasury, votes, belonging):
            await self._goes_on(plot.day(chama), number)
        await self.world.work()
        await self._goes_on(self.telephones.day(chama), number)
        await self.world.work()
        chama.since = number

    async def _goes_on(self, part: Awaitable[None], number: int) -> None:
        """What went wrong is told at the end, with all else that did: a year isn't begun anew for each."""
        try:
            await part
        except Exception as problem:  # noqa: BLE001 - whatever it was
            self.world.surprises.append(f"day {number}: {type(problem).__name__}: {problem}")
            self.say(self.world.surprises[-1])

    async def _votes(self, number: int) -> None:
        """Whoever has something to vote on, or to object to, doesn't wait for the next meeting."""
        waiting: dict[Any, list[Any]] = {}
        for row in await self.world.rows(votes.WAITING):
            waiting.setdefault(row.dao_id, []).append(row)
        for chama in self.chamas:
            if chama.since < number and votes.is_new(chama, waiting.get(chama.id, [])):
                await chama.look()
                await votes.go_on(chama, number)
        await self.world.work()

    async def _outage(self, number: int) -> None:
        """M-PESA is out for two days; fines wait."""
        async with self.world.unit() as uow:
            if number == OUTAGE:
                await begin_outage(uow, began_at=uow.clock.now(), reason="Safaricom says so", by="operator")
                self.world.counts["an outage is put on record"] += 1
            if number == OUTAGE + 2:
                await end_outage(uow, ended_at=uow.clock.now(), by="operator")

    async def _end(self, folder: Path) -> dict[str, Any]:
        """The last evening, the whole audit, and every group's seals."""
        await self.world.until(at_hour(self.world.today + timedelta(days=1), SEALING))
        await books.midnight(self.world)
        checks = await books.full_audit(self.world)
        seals = await books.seals_hold(self.world, self.chamas, folder)
        self.world.counts["the whole audit is clean"] += 1
        self.world.counts["a receipt is sent as a picture"] = self.world.chat.pictures
        self.world.counts["a group's seals are checked by the members' script"] += seals
        return {
            "days": self.played,
            "checks": checks,
            "seals": seals,
            "jobs": sum(self.world.jobs.values()),
            "seconds": self.seconds,
        }


@asynccontextmanager
async def opened(
    url: str, redis_url: str, *, seed: int, carried: int = 1, part: str = ""
) -> AsyncIterator[tuple[World, Telephones]]:
    """A world on an empty database, with everything random drawn from the seed; of a year's parts each draws its own."""
    drawn = f"{seed} {part}"
    random, clock = Random(drawn), TurnedClock(at_hour(FIRST_DAY, 0))
    ids, vault = SeededIds(clock, Random(f"ids {drawn}")), Vault(["test-key-that-is-long-enough-0123456789"])
    database = Database(url, clock=clock, ids=ids, vault=vault, pool_size=5, statements=STATEMENTS)
    with seeded_codes(Random(f"codes {drawn}")):
        async with Batcher(connector(url), clock=clock, ids=ids) as batcher:
            world = World(database, clock, random, vault, batcher, url, carried=carried)
            async with telephones(world, redis_url) as phones:
                yield world, phones
    await database.close()
