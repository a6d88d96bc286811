"""Many connections at once, on purpose in each other's way. Any deadlock, error or lost shilling fails the test."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from functools import partial

import pytest
from sqlalchemy import text

from core.kernel.db import Database, UnitOfWork
from core.kernel.errors import CoreError
from core.kernel.ids import DaoId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.ledger.accounts import MPESA_UTILITY, MPESA_WORKING, SUSPENSE, Account, member_account, treasury
from core.ledger.service import (
    InsufficientFunds,
    KeyReused,
    Leg,
    Posted,
    balance,
    balances,
    entries,
    expire_due,
    hold,
    release,
    reverse,
    settle,
    transfer,
)
from core.monitoring.audit import audit

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


async def outcome(db: Database, verb: Callable[[UnitOfWork], Awaitable[Posted]]) -> Posted | str:
    """One call in a unit of its own; refusals come back by name."""
    async with db.unit() as uow:
        try:
            return await verb(uow)
        except CoreError as refused:
            return refused.code


def winners(answers: list[Posted | str]) -> Counter[str]:
    return Counter(answer if isinstance(answer, str) else "posted" for answer in answers)


async def deadlocks(db: Database) -> int:
    async with db.unit() as uow:
        return await uow.session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


async def test_reverse_when_all_take_one_transfer_back_at_once_happens_once(db: Database) -> None:
    amina = someone()
    paid = await deposit(db, amina, shillings(100))
    await deposit(db, amina, shillings(900))

    back = [partial(reverse, key=new_id(), transfer=paid.transfer, kind="mistake") for _ in range(TASKS)]
    answers = await at_once(outcome(db, each) for each in back)

    assert winners(answers) == {"posted": 1, "already-reversed": TASKS - 1}
    async with db.unit() as uow:
        assert (await balance(uow, amina)).available == shillings(900)


async def test_hold_when_settled_released_and_expired_at_once_ends_exactly_once(db: Database, clock) -> None:
    """Several rounds, because who wins is chance; payees are new, so rows are created in the middle of it."""
    amina, before = someone(), await deadlocks(db)
    await deposit(db, amina, shillings(100))
    for _ in range(4):
        held = await outcome(
            db, partial(hold, intent=new_id(), kind="payout", account=amina, amount=shillings(10), expires_at=clock.now())
        )
        juma = someone()
        ways = [
            lambda uow, held=held, juma=juma: settle(
                uow, key=new_id(), hold=held.transfer, to=[(juma, shillings(4))], kind="paid"
            ),
            lambda uow, held=held: release(uow, key=new_id(), hold=held.transfer, kind="let go"),
        ]

        async def expire() -> str:
            async with db.unit() as uow:
                return "expired" if await expire_due(uow) else "nothing due"

        tried = [outcome(db, ways[n % 2]) for n in range(TASKS - 4)] + [expire() for _ in range(4)]
        answers = winners(await at_once(tried))

        assert answers["posted"] + answers["expired"] == 1
        assert answers["hold-resolved"] == TASKS - 4 - answers["posted"]
        async with db.unit() as uow:
            assert (await balance(uow, amina)).locked == shillings(0)

    assert await deadlocks(db) == before
    findings = await audit(db)
    assert [finding for finding in findings if not finding.ok] == []


async def test_holds_when_all_reach_for_the_same_money_never_set_aside_what_is_not_there(db: Database) -> None:
    amina = someone()
    await deposit(db, amina, shillings(100))

    tried = [partial(hold, intent=new_id(), kind="payout", account=amina, amount=shillings(7)) for _ in range(TASKS)]
    answers = await at_once(outcome(db, each) for each in tried)

    assert winners(answers) == {"posted": 14, "insufficient-funds": TASKS - 14}
    async with db.unit() as uow:
        held = await balance(uow, amina)
    assert (held.available, held.locked) == (shillings(2), shillings(98))


async def test_key_when_it_is_refused_and_posted_at_once_has_one_answer_for_ever(db: Database) -> None:
    """The same key asks for what is there and for what isn't: whichever comes first stands, the other is told so."""
    amina, juma, key = someone(), someone(), new_id()
    await deposit(db, amina, shillings(100))

    answers = winners(await at_once(move(db, amina, juma, shillings(1 if n % 2 else 1000), key) for n in range(TASKS)))

    assert answers in (
        {"posted": TASKS // 2, "key-reused": TASKS // 2},
        {"insufficient-funds": TASKS // 2, "key-reused": TASKS // 2},
    )
    again = await move(db, amina, juma, shillings(1), key)
    assert again == "key-reused" if "insufficient-funds" in answers else isinstance(again, Posted) and again.repeated
