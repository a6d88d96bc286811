"""PIN checks: the slowest thing a member asks for, on purpose. What is served, what is turned away, and how fast each.

As in the conversation whoever comes is told "busy" before her PIN is asked for while too many wait, and comes again after a
moment; what is turned away after the PIN is what that didn't foresee. Nothing is counted against either.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Protocol
from uuid import UUID

from core.identity.pins import PinGate
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.secrets import Busy, PinHasher, Vault
from tests.bench.load import WARM_SECONDS, closed_loop
from tests.bench.machine import Meter
from tests.bench.rounds import Contender, Sample, compete, percentiles, table
from tests.bench.servers import Bench
from tests.members import enrol

CALLERS = (1, 2, 32)
PIN = "248163"
SECRET = "a key for benches only, thirty-two bytes"
COMES_AGAIN_SECONDS = 0.25


class Plan(Protocol):
    @property
    def seconds(self) -> float: ...
    @property
    def wanted(self) -> int: ...
    @property
    def most(self) -> int: ...
    @property
    def patience(self) -> float: ...


async def measure(bench: Bench, plan: Plan, only: str) -> str:
    """A table of PIN checks by the number of members who wait at once, each with a right PIN."""
    async with pin_gate(bench, members=max(CALLERS)) as (gate, hasher, members):
        contenders = [
            Contender(
                f"PIN checks, {callers} waiting", _checking(bench, gate, hasher, members, callers), "PIN checks, 2 waiting"
            )
            for callers in CALLERS
        ]
        chosen = [one for one in contenders if re.search(only, one.name) or one.name == one.anchor]
        results = await compete(chosen, wanted=plan.wanted, most=plan.most, seconds=plan.seconds, patience=plan.patience)
    figures = {"busy before the PIN/s": ",.0f", "busy after it/s": ",.1f", "turned away after ms": ",.0f"}
    return table(results, unit="checks/s", figures=figures)


@asynccontextmanager
async def pin_gate(bench: Bench, *, members: int) -> AsyncIterator[tuple[PinGate, PinHasher, list[UUID]]]:
    """The real gate on the bench's database, and members who all have the same PIN."""
    vault = Vault([SECRET])
    database = Database(bench.database_url, clock=SystemClock(), ids=TimeOrderedIds(), vault=vault)
    hasher = PinHasher(vault)
    try:
        yield PinGate(database, hasher), hasher, [await join(database, hasher, f"+2547130{n:05}") for n in range(members)]
    finally:
        await database.close()


async def join(database: Database, hasher: PinHasher, phone: str) -> UUID:
    """A new member with this phone number."""
    member = MemberId(TimeOrderedIds().new())
    sealed = await hasher.hash(PIN, owner=str(member))
    async with database.unit() as uow:
        return await enrol(uow, phone, member=member, sealed_pin=sealed)


def _checking(
    bench: Bench, gate: PinGate, hasher: PinHasher, members: list[UUID], callers: int
) -> Callable[[float], Awaitable[tuple[Sample, float]]]:
    async def run(seconds: float) -> tuple[Sample, float]:
        ids, refusals, before = TimeOrderedIds(), list[float](), 0

        async def check(caller: int) -> bool:
            nonlocal before
            if hasher.is_crowded:
                before += 1
                await asyncio.sleep(COMES_AGAIN_SECONDS)
                return False
            asked = perf_counter()
            try:
                outcome = await gate.check(member=MemberId(members[caller]), pin=PIN, channel="ussd", event_id=str(ids.new()))
            except Busy:
                refusals.append(perf_counter() - asked)
                return False
            if outcome.verdict != "right":
                raise RuntimeError(f"a right PIN was called {outcome.verdict}")
            return True

        meter = Meter((bench.postmaster,))
        load = await closed_loop(check, callers=callers, seconds=seconds)
        foreign = meter.read().foreign
        whole = load.took + WARM_SECONDS
        figures = {"busy before the PIN/s": before / whole, "busy after it/s": len(refusals) / whole}
        if refusals:
            figures["turned away after ms"] = percentiles(refusals)[0]
        return Sample(load.rate, *percentiles(load.latencies), figures), foreign

    return run
