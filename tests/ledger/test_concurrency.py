"""Many connections at once, on purpose in each other's way. Any deadlock, error or lost shilling fails the test."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterable

import pytest

from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.ledger.accounts import MPESA_UTILITY, MPESA_WORKING, SUSPENSE, Account, member_account, treasury
from core.ledger.service import InsufficientFunds, KeyReused, Leg, Posted, balance, balances, entries, transfer

from .books import deposit, new_id, picture, shillings

TASKS = 32


def someone() -> Account:
    return member_account(MemberId(new_id()))


@pytest.fixture
async def db(empty_database: str, clock, vault: Vault) -> AsyncIterator[Database]:
    """A connection for every task."""
    database = Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=vault, pool_size=TASKS)
    yield database
    await database.close()


async def move(db: Database, giver: Account, taker: Account, amount: Money, key: object = None) -> Posted | str:
    """One transfer in a unit of its own; refusals come back by name."""
    async with db.unit() as uow:
        try:
            return await transfer(uow, key=key or new_id(), kind="gift", legs=[Leg(giver, -amount), Leg(taker, amount)])
        except (InsufficientFunds, KeyReused) as refused:
            return refused.code


async def at_once(moves: Iterable[Coroutine[None, None, Posted | str]]) -> list[Posted | str]:
    """All of them, as many at a time as there are connections."""
    places = asyncio.Semaphore(TASKS)

    async def in_turn(move: Coroutine[None, None, Posted | str]) -> Posted | str:
        async with places:
            return await move

    return await asyncio.gather(*(in_turn(move) for move in moves))


async def test_transfer_when_one_key_is_sent_by_all_at_once_posts_once(db: Database) -> None:
    amina, juma, key = someone(), someone(), new_id()
    await deposit(db, amina, shillings(100))

    answers = await at_once(move(db, amina, juma, shillings(100), key) for _ in range(TASKS))

    assert all(isinstance(answer, Posted) for answer in answers)
    assert Counter(answer.repeated for answer in answers) == {False: 1, True: TASKS - 1}
    assert len({answer.transfer for answer in answers}) == 1
    async with db.unit() as uow:
        assert (await balance(uow, juma)).available == shillings(100)


async def test_transfer_when_one_key_races_with_other_contents_posts_one_of_them(db: Database) -> None:
    amina, key = someone(), new_id()
    others = [someone() for _ in range(TASKS)]
    await deposit(db, amina, shillings(1000))

    answers = await at_once(move(db, amina, other, shillings(1), key) for other in others)

    assert Counter(answer if isinstance(answer, str) else "posted" for answer in answers) == {
        "posted": 1,
        "key-reused": TASKS - 1,
    }
    async with db.unit() as uow:
        assert (await balance(uow, amina)).available == shillings(999)


async def test_transfer_when_all_take_from_one_balance_never_takes_what_is_not_there(db: Database) -> None:
    amina = someone()
    await deposit(db, amina, shillings(100))

    answers = await at_once(move(db, amina, someone(), shillings(7)) for _ in range(TASKS))

    assert Counter(answer if isinstance(answer, str) else "posted" for answer in answers) == {
        "posted": 14,
        "insufficient-funds": TASKS - 14,
    }
    async with db.unit() as uow:
        assert (await balance(uow, amina)).available == shillings(2)


async def test_transfer_when_money_runs_in_opposite_directions_does_not_lock_up(db: Database) -> None:
    amina, juma = someone(), someone()
    await deposit(db, amina, shillings(100))
    await deposit(db, juma, shillings(100))

    answers = await at_once(move(db, *((amina, juma) if n % 2 else (juma, amina)), shillings(1)) for n in range(TASKS * 4))

    assert all(isinstance(answer, Posted) for answer in answers)
    async with db.unit() as uow:
        held = await balances(uow, [amina, juma])
        assert len(await entries(uow, amina, limit=1000)) == TASKS * 4 + 1
    assert [each.available for each in held.values()] == [shillings(100), shillings(100)]


async def test_transfer_when_rows_are_missing_on_both_sides_creates_each_once(db: Database) -> None:
    """System accounts may go negative, so both rows of each transfer are new, met in both orders."""
    here, there = MPESA_WORKING, SUSPENSE

    answers = await at_once(move(db, *((here, there) if n % 2 else (there, here)), shillings(1)) for n in range(TASKS))

    assert all(isinstance(answer, Posted) for answer in answers)
    assert len((await picture(db))["ledger_balances"]) == 2
    async with db.unit() as uow:
        assert (await balance(uow, here)).available == shillings(0)


async def test_transfer_when_a_whole_group_contributes_at_once_adds_up(db: Database) -> None:
    group, people = treasury(DaoId(new_id())), [someone() for _ in range(TASKS)]
    for person in people:
        await deposit(db, person, Money(1050))

    await at_once(move(db, person, group, Money(1050)) for person in people)

    async with db.unit() as uow:
        assert (await balance(uow, group)).available == Money(1050 * TASKS)
        lines = await entries(uow, group, limit=TASKS)
    assert [line.after for line in lines] == [Money(1050 * n) for n in range(TASKS, 0, -1)]


async def test_transfer_when_money_goes_around_in_circles_is_conserved(db: Database) -> None:
    ring = [someone() for _ in range(5)]
    for person in ring:
        await deposit(db, person, shillings(20))

    answers = await at_once(
        move(db, ring[n % 5], ring[(n + hop) % 5], shillings(3 + n % 4)) for n in range(TASKS * 2) for hop in (1, 2)
    )

    assert {answer for answer in answers if isinstance(answer, str)} <= {"insufficient-funds"}
    async with db.unit() as uow:
        held = await balances(uow, [*ring, MPESA_UTILITY])
    assert sum(held[person].available.minor for person in ring) == 100 * 100
    assert all(held[person].available >= shillings(0) for person in ring)


@pytest.mark.parametrize("outcome", ["commits", "rolls back"])
async def test_transfer_when_the_same_key_is_still_being_posted_waits_for_its_end(db: Database, outcome: str) -> None:
    amina, key, posted, go_on = someone(), new_id(), asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with db.unit() as uow:
            await transfer(uow, key=key, kind="gift", legs=[Leg(MPESA_UTILITY, -Money(5)), Leg(amina, Money(5))])
            posted.set()
            await go_on.wait()
            if outcome == "rolls back":
                raise RuntimeError("power cut")

    before = asyncio.create_task(first())
    await posted.wait()
    after = asyncio.create_task(move(db, MPESA_UTILITY, amina, Money(5), key))
    # However long it is given, the second one can't have an answer yet.
    finished, _ = await asyncio.wait([after], timeout=0.3)
    go_on.set()
    await asyncio.gather(before, return_exceptions=True)
    answer = await after

    assert not finished
    assert isinstance(answer, Posted)
    assert answer.repeated == (outcome == "commits")
    async with db.unit() as uow:
        assert (await balance(uow, amina)).available == Money(5)
