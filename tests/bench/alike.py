"""Do answers take as long for a number of nobody as for a member's? Measured, because code that looks alike may not be.

Wrong PINs from a strange program, one for each account, members' and nobody's in an order that is shuffled. Said of each way:
the medians and their ratio, and how likely such samples are if both came from the same source (Kolmogorov and Smirnov). Other
work on the machine makes both slower alike; it hides a difference rather than making one, so a quiet machine says more.
"""

from __future__ import annotations

import contextlib
import math
import random
import re
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from core.identity.access_tokens import AccessTokens
from core.identity.pins import PinGate
from core.identity.strangers import NOBODY
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.errors import CoreError
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings
from core.kernel.texts import catalogue
from core.web.api.operations import Call
from core.web.api.signing_in import login
from tests.bench.pins import SECRET, join
from tests.bench.rounds import say
from tests.bench.servers import Bench
from tests.web.api.conftest import Services

WRONG = "604718"
Attempt = Callable[[MemberId, Phone], Awaitable[None]]


class Plan(Protocol):
    @property
    def alike(self) -> int: ...


@dataclass(frozen=True)
class Compared:
    """Two samples of seconds: what their medians are, how far their distributions lie apart, how likely that is by chance."""

    members: Sequence[float]
    nobodys: Sequence[float]

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.members), statistics.median(self.nobodys)

    @property
    def distance(self) -> float:
        """The largest gap between the two cumulative distributions."""
        a, b = sorted(self.members), sorted(self.nobodys)
        return max(abs(_below(a, at) - _below(b, at)) for at in (*a, *b))

    @property
    def chance(self) -> float:
        """How often samples of one source lie as far apart (Kolmogorov's limit with Stephens' correction)."""
        root = math.sqrt(len(self.members) * len(self.nobodys) / (len(self.members) + len(self.nobodys)))
        x = (root + 0.12 + 0.11 / root) * self.distance
        found = 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * x) ** 2) for k in range(1, 101))
        return 1.0 if x < 0.2 else min(max(found, 0.0), 1.0)


def _below(ordered: Sequence[float], at: float) -> float:
    return sum(one <= at for one in ordered) / len(ordered)


async def measure(bench: Bench, plan: Plan, only: str) -> str:
    """A row for each way in."""
    vault, clock = Vault([SECRET]), SystemClock()
    database = Database(bench.database_url, clock=clock, ids=TimeOrderedIds(), vault=vault)
    hasher = PinHasher(vault)
    gate = PinGate(database, hasher)
    services = Services(Settings(), clock, vault, catalogue(), database, gate, AccessTokens(vault, clock))
    ways: dict[str, Attempt] = {"the gate of PINs": _gate(gate), "signing a program in": _sign_in(services)}
    lines = ["| what | tries of each | member ms | nobody ms | ratio | distance | by chance |", "| --- |" + " ---: |" * 6]
    try:
        for place, (name, attempt) in enumerate(ways.items()):
            if re.search(only, name):
                lines.append(_line(name, await _compare(database, hasher, attempt, place, plan.alike)))
    finally:
        await database.close()
    return "\n".join(lines)


async def _compare(database: Database, hasher: PinHasher, attempt: Attempt, place: int, tries: int) -> Compared:
    """One wrong PIN for each of so many members and so many numbers of nobody."""
    say(f"{tries} members and as many numbers of nobody ...")
    members = {f"+25474{place}{n:06}": True for n in range(tries)}
    people = {phone: MemberId(await join(database, hasher, phone)) for phone in members}
    order = [*members, *(f"+25475{place}{n:06}" for n in range(tries))]
    random.shuffle(order)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for phone in order:
        began = perf_counter()
        await attempt(people.get(phone, NOBODY), Phone(phone))
        taken[phone in people].append(perf_counter() - began)
    return Compared(taken[True], taken[False])


def _gate(gate: PinGate) -> Attempt:
    ids = TimeOrderedIds()

    async def attempt(member: MemberId, phone: Phone) -> None:
        event = str(ids.new())
        await gate.check(member=member, pin=WRONG, channel="api", event_id=event, device="program:unknown", claimed=phone)

    return attempt


def _sign_in(services: Services) -> Attempt:
    ids = TimeOrderedIds()

    async def attempt(_member: MemberId, phone: Phone) -> None:
        # Another address each time, or the limit of one address answers instead.
        call = Call(services, {"phone": phone, "pin": WRONG}, {}, {}, str(ids.new()), "bench", "en", "")
        with contextlib.suppress(CoreError):
            await login(call)

    return attempt


def _line(name: str, found: Compared) -> str:
    member, nobody = (1000 * one for one in found.medians)
    figures = f"{member:.2f} | {nobody:.2f} | {nobody / member:.3f} | {found.distance:.3f} | {found.chance:.3f}"
    return f"| {name} | {len(found.members)} | {figures} |"
