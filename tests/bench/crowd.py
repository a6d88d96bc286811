"""Many phones at once, and one hop in ten arrives twice: is every screen the one that this phone, at this place, must be shown?

Each phone has an account number and an amount of its own, so a screen of somebody else's, or of another hop, can't pass. What is
answered with "busy" or "too slow" is counted apart: it's no wrong screen, and no right one.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import PinHasher, Vault
from core.kernel.texts import catalogue, text
from core.payments.account_numbers import account_number, spaced
from tests.bench.phones import connected, new_session
from tests.bench.pins import SECRET
from tests.bench.rounds import percentiles, say
from tests.bench.servers import Bench
from tests.members import enrol

PHONES, FEWER = 200, 32
TWICE = 0.1
ACCOUNT = catalogue().say("en", text("account-menu"), short=True)
NOT_NOW = tuple(catalogue().say("en", text(key), short=True) for key in ("ussd-busy", "ussd-slow"))


class Plan(Protocol):
    @property
    def crowd(self) -> float: ...


@dataclass(frozen=True)
class Caller:
    """A member, by what her screens must show and nobody else's may."""

    number: str
    account: str
    amount: int

    def walk(self, chance: random.Random) -> list[tuple[str, str]]:
        """The hops of one session without a PIN, each with what its screen must show."""
        confirm, amount = f"Deposit KES {self.amount:,} to your account\n", f"2*{self.amount}"
        deposit = [("", "1 Balance"), ("2", self.account), (amount, confirm), (f"{amount}*2", "END Cancelled")]
        code = [("", "1 Balance"), ("4", "9 Start a group"), ("4*8", "code"), ("4*8*0", "9 Start a group")]
        account = [("", "1 Balance"), ("5", ACCOUNT), ("5*0", "1 Balance"), ("5*0*2", self.account)]
        dialled = [(amount, confirm), (f"{amount}*0", self.account)]
        return chance.choice([deposit, code, account, dialled])


@dataclass
class Seen:
    """What a crowd was shown. `wrong` holds the screens themselves."""

    counts: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def note(self, screens: Sequence[str], expected: str) -> bool:
        """Whether the session can go on."""
        self.counts["hops"] += 1
        self.counts["twice"] += len(screens) > 1
        if any(words in screen for screen in screens for words in NOT_NOW):
            self.counts["not now"] += 1
            return False
        if len(set(screens)) > 1 or expected not in screens[0]:
            self.wrong.append(f"not {expected!r}: {screens}")
            return False
        return True


async def settle(database_url: str, callers: int) -> list[Caller]:
    """So many members, who never type a PIN here."""
    vault = Vault([SECRET])
    database = Database(database_url, clock=SystemClock(), ids=TimeOrderedIds(), vault=vault)
    sealed, people = await PinHasher(vault).hash("248163", owner="nobody"), []
    for place in range(callers):
        number, amount = f"+2547200{place:05}", 1000 + 7 * place
        async with database.unit() as uow:
            member = await enrol(uow, number, sealed_pin=sealed)
            people.append(Caller(number, spaced(await account_number(uow, member=member)), amount))
    await database.close()
    return people


async def dial(callers: Sequence[Caller], port: int, *, seconds: float, seed: int = 1) -> Seen:
    """All of them at once, session after session, for so long."""
    numbers = [one.number for one in callers]
    first, second = await connected(numbers, port), await connected(numbers, port)
    seen, end = Seen(), perf_counter() + seconds

    async def live(place: int) -> None:
        chance = random.Random(seed * 1_000 + place)
        while perf_counter() < end:
            session = new_session()
            for typed, expected in callers[place].walk(chance):
                phones = [first[place], second[place]] if chance.random() < TWICE else [first[place]]
                asked = perf_counter()
                screens = await asyncio.gather(*(phone.hop(session, typed) for phone in phones))
                seen.latencies.append(perf_counter() - asked)
                if not seen.note(screens, expected):
                    break

    await asyncio.gather(*(live(place) for place in range(len(callers))))
    for phone in (*first, *second):
        phone.close()
    return seen


async def measure(bench: Bench, plan: Plan, only: str) -> str:
    """What crowds of two sizes were shown, and how quickly, by one web process and by as many as there are cores."""
    from tests.bench.ussd import our_web

    say(f"registering {PHONES} members ...")
    callers = await settle(bench.database_url, PHONES)
    lines = [
        "| processes | phones | seconds | hops | arrived twice | wrong | busy or slow | p50 ms | p99 ms |",
        "| ---: " * 9 + "|",
    ]
    for processes in sorted({1, os.cpu_count() or 1}):
        async with our_web(bench.database_url, bench.redis_url, processes=processes) as web:
            for many in (FEWER, PHONES):
                await dial(callers[:many], web.port, seconds=min(plan.crowd, 2))  # until everything is warm
                seen = await dial(callers[:many], web.port, seconds=plan.crowd, seed=2)
                if seen.wrong:
                    raise RuntimeError(f"{len(seen.wrong)} wrong screens, the first {seen.wrong[0]}")
                lines.append(_line(processes, many, plan.crowd, seen))
    return "\n".join(lines)


def _line(processes: int, many: int, seconds: float, seen: Seen) -> str:
    middle, late = percentiles(seen.latencies)
    counts = [seen.counts["hops"], seen.counts["twice"], len(seen.wrong), seen.counts["not now"]]
    cells = [str(processes), str(many), f"{seconds:g}", *(f"{count:,}" for count in counts), f"{middle:,.1f}", f"{late:,.1f}"]
    return f"| {' | '.join(cells)} |"
