"""Members who pay into one treasury and to each other while the ground shakes, and a notebook of what they were told.

Each caller remembers what it asked for and what was answered. Afterwards the books must hold exactly that: everything that
was acknowledged, nothing twice, nothing that nobody asked for.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, Account, member_account, treasury
from core.ledger.batcher import Batcher, OutcomeUnknown
from core.ledger.postings import Posting
from core.ledger.service import InsufficientFunds, Leg, Posted, balances, transfer
from core.monitoring.audit import audit

MEMBERS = 12
OPENING = Money(2_000_00)
KIND = "chaos"
SINGLES, BATCHED = 6, 24
new_id = TimeOrderedIds().new
# Posts these legs under this key, and answers when that is durable.
Post = Callable[[UUID, Sequence[Leg]], Awaitable[Posted]]

# All that a killed server, a cut wire or an ended connection may look like from here. Whatever else a caller meets is a
# finding: it isn't caught.
LOST = (OutcomeUnknown, OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)
SHUTDOWN = (
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.DiskFullError,  # The last words of a server whose log has no room left.
)


def is_lost(problem: BaseException | None) -> bool:
    """Whether an error means that the connection is gone, so that nobody knows what became of the posting."""
    while problem is not None:
        if isinstance(problem, (*LOST, *SHUTDOWN)):
            return True
        problem = getattr(problem, "orig", None) or problem.__cause__
    return False


@dataclass
class Payday:
    """The group and what it was told."""

    chance: random.Random
    members: list[Account] = field(default_factory=lambda: [member_account(MemberId(new_id())) for _ in range(MEMBERS)])
    group: Account = field(default_factory=lambda: treasury(DaoId(new_id())))
    # By key: what was asked for, and which transfer it was told about.
    wishes: dict[UUID, Sequence[Leg]] = field(default_factory=dict)
    told: dict[UUID, UUID] = field(default_factory=dict)
    open: set[UUID] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)

    async def begin(self, database: Database) -> None:
        """Everybody gets the same money, and the group's row is there."""
        legs = [Leg(member, OPENING) for member in (*self.members, self.group)]
        async with database.unit() as uow:
            await transfer(uow, key=new_id(), kind="opening", legs=[Leg(MPESA_UTILITY, OPENING * -len(legs)), *legs])

    async def go_on(self, post: Post, *, callers: int, until: asyncio.Event, patient: bool = False) -> None:
        """So many callers at once until the event. The patient ones repeat what was lost, under the same key."""
        await asyncio.gather(*(self._call(post, until, patient=patient) for _ in range(callers)))

    async def _call(self, post: Post, until: asyncio.Event, *, patient: bool) -> None:
        while not until.is_set():
            key = new_id()
            self.wishes[key] = self._wish()
            while not await self.ask(post, key):
                if not patient:
                    return
                await asyncio.sleep(0.01)

    def _wish(self) -> list[Leg]:
        giver, other = self.chance.sample(self.members, 2)
        taker = self.group if self.chance.random() < 0.7 else other
        amount = Money(self.chance.randint(1, 2_000))
        return [Leg(giver, -amount), Leg(taker, amount)]

    async def ask(self, post: Post, key: UUID) -> bool:
        """Ask once; whether an answer came."""
        self.open.add(key)
        try:
            posted = await post(key, self.wishes[key])
        except InsufficientFunds:
            self.seen["refused"] += 1
        except Exception as problem:
            if not is_lost(problem):
                raise
            self.seen["lost sight of"] += 1
            return False
        else:
            self.told[key] = posted.transfer
            self.seen["found posted when asked again"] += posted.repeated
        self.open.discard(key)
        return True

    async def under_way(self, *, answers: int = 20) -> None:
        """Wait until so many have been answered, so that there is something to lose."""
        async with asyncio.timeout(30):
            while len(self.told) < answers:
                await asyncio.sleep(0.005)

    async def settle(self, post: Post) -> None:
        """Ask again for all whose fate nobody knows."""
        for key in list(self.open):
            assert await self.ask(post, key)

    async def missing(self, database: Database) -> set[UUID]:
        """What was acknowledged and isn't there, or is another transfer than was said."""
        stored = await self._stored(database)
        return {key for key, transfer_id in self.told.items() if stored.get(key) != transfer_id}

    async def problems(self, database: Database) -> list[str]:
        """All that is wrong, in words; nothing when the books hold exactly what was told, and the audit agrees."""
        stored = await self._stored(database)
        found = [f"{len(gone)} acknowledged and lost" for gone in [await self.missing(database)] if gone]
        if strange := stored.keys() - self.told.keys():
            found.append(f"{len(strange)} posted that nobody was told about")
        async with database.unit() as uow:
            held = await balances(uow, [*self.members, self.group])
        expected = self._expected()
        found += [f"{account} has {one.available}, not {expected[account]}" for account, one in held.items()
                  if one.available != expected[account]]  # fmt: skip
        return found + [f"{one.name}: {one.figure}" for one in await audit(database) if not one.ok]

    def _expected(self) -> dict[Account, Money]:
        held = dict.fromkeys([*self.members, self.group], OPENING)
        for key in self.told:
            for leg in self.wishes[key]:
                held[leg.account] += leg.amount
        return held

    async def _stored(self, database: Database) -> dict[UUID, UUID]:
        async with database.unit() as uow:
            rows = await uow.session.execute(text("SELECT key, id FROM ledger_transfers WHERE kind = :kind"), {"kind": KIND})
            return {row.key: row.id for row in rows}


def posting_in_batches(batcher: Batcher) -> Post:
    """With all others of this process, through its batcher."""

    async def post(key: UUID, legs: Sequence[Leg]) -> Posted:
        return await batcher.post(Posting(key, KIND, legs))

    return post


def posting_singly(database: Database) -> Post:
    """Each posting in a unit of its own."""

    async def post(key: UUID, legs: Sequence[Leg]) -> Posted:
        async with database.unit() as uow:
            return await transfer(uow, key=key, kind=KIND, legs=legs)

    return post


async def pay(payday: Payday, database: Database, batcher: Batcher, over: asyncio.Event, *, patient: bool) -> None:
    """Everybody at once: some in units of their own, more through the batcher, which repeats what was lost by itself."""
    await asyncio.gather(
        payday.go_on(posting_singly(database), callers=SINGLES, until=over, patient=patient),
        payday.go_on(posting_in_batches(batcher), callers=BATCHED, until=over, patient=patient),
    )
