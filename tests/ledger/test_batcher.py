"""Many postings through one connection: each with its own answer, whatever happens to the others or to the connection."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, Account, member_account, treasury
from core.ledger.batcher import Batcher, Connect, OutcomeUnknown, connector
from core.ledger.posting import post_all
from core.ledger.postings import POST, POST_BATCH, POST_PLAIN
from core.ledger.service import BrokenPosting, InsufficientFunds, KeyReused, Leg, Posted, Posting, balance
from core.monitoring.audit import audit

from .books import deposit, new_id, picture, shillings

TASKS = 32


class Watched:
    """Opens a batcher's connections; counts its calls and does what a broken network does, when told."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self.opened, self.sizes, self.cuts = 0, [], []
        self.short_ways = 0

    async def __call__(self) -> WatchedConnection:
        self.opened += 1
        return WatchedConnection(self, await self._connect())

    async def tried(self, size: int, call) -> bool:
        """The short way: it counts as sent when it posted, and is cut in the same places."""
        posted = await self.sent(size, call)
        if not posted:
            self.sizes.pop()
        self.short_ways += posted
        return posted

    async def sent(self, size: int, call):
        self.sizes.append(size)
        cut = self.cuts.pop(0) if self.cuts else None
        if cut == "before":
            call.close()
            raise ConnectionResetError
        if cut == "mid-word":
            call.close()
            raise asyncpg.InternalClientError
        answer = await call
        if cut == "after":
            raise ConnectionResetError
        return answer


class WatchedConnection:
    """One of them."""

    def __init__(self, watched: Watched, connection: asyncpg.Connection) -> None:
        self._watched, self._connection = watched, connection

    def is_closed(self) -> bool:
        return self._connection.is_closed()

    async def close(self, timeout: float) -> None:
        await self._connection.close(timeout=timeout)

    async def fetch(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        assert statement == POST_BATCH
        return await self._watched.sent(len(arguments[1]), self._connection.fetch(statement, *arguments))

    async def fetchval(self, statement: str, *arguments: object) -> bool:
        assert statement == POST_PLAIN
        return await self._watched.tried(len(arguments[1]), self._connection.fetchval(statement, *arguments))

    async def fetchrow(self, statement: str, *arguments: object) -> asyncpg.Record:
        assert statement == POST
        return await self._watched.sent(1, self._connection.fetchrow(statement, *arguments))


@pytest.fixture
def wire(empty_database: str) -> Watched:
    return Watched(connector(empty_database))


@pytest.fixture
async def batcher(wire: Watched, clock) -> AsyncIterator[Batcher]:
    async with Batcher(wire, clock=clock, ids=TimeOrderedIds()) as running:
        yield running


def someone() -> Account:
    return member_account(MemberId(new_id()))


def gift(giver: Account, taker: Account, amount: int, **more: object) -> Posting:
    return Posting(
        more.pop("key", None) or new_id(), "gift", [Leg(giver, shillings(-amount)), Leg(taker, shillings(amount))], **more
    )


async def at_once(batcher: Batcher, postings: list[Posting]) -> list[Posted | BaseException]:
    return await asyncio.gather(*(batcher.post(posting) for posting in postings), return_exceptions=True)


async def free(db: Database, account: Account) -> Money:
    async with db.unit() as uow:
        return (await balance(uow, account)).available


async def in_order(db: Database) -> bool:
    return all(finding.ok for finding in await audit(db))


async def test_batcher_when_a_whole_group_pays_at_once_posts_all_in_few_calls(
    db: Database, batcher: Batcher, wire: Watched
) -> None:
    group, people = treasury(DaoId(new_id())), [someone() for _ in range(100)]
    await at_once(batcher, [gift(MPESA_UTILITY, person, 10) for person in people])
    wire.sizes.clear()

    answers = await at_once(batcher, [gift(person, group, 10) for person in people])

    assert all(isinstance(answer, Posted) and not answer.repeated for answer in answers)
    assert len({answer.transfer for answer in answers}) == 100
    assert await free(db, group) == shillings(1000)
    assert wire.sizes == [100]
    assert await in_order(db)


@pytest.mark.parametrize(("number", "sizes"), [(1, [1]), (2, [1, 1]), (3, [3])])
async def test_batcher_when_few_wait_uses_the_function_for_one(
    db: Database, batcher: Batcher, wire: Watched, number: int, sizes: list[int]
) -> None:
    await at_once(batcher, [gift(MPESA_UTILITY, someone(), 1) for _ in range(number)])

    assert wire.sizes == sizes


async def test_batcher_when_a_county_pays_at_once_prepares_one_batch_while_another_is_posted(
    db: Database, batcher: Batcher, wire: Watched
) -> None:
    group, people = treasury(DaoId(new_id())), [someone() for _ in range(300)]
    await at_once(batcher, [gift(MPESA_UTILITY, person, 10) for person in people])

    answers = await at_once(batcher, [gift(person, group, 10) for person in people])

    assert all(isinstance(answer, Posted) and not answer.repeated for answer in answers)
    assert wire.opened == 2
    assert max(wire.sizes) <= 128
    assert await free(db, group) == shillings(3000)
    assert await in_order(db)


async def test_batcher_when_one_who_waits_gives_up_answers_the_others(db: Database, batcher: Batcher) -> None:
    amina, key = someone(), new_id()
    asked = [asyncio.create_task(batcher.post(gift(MPESA_UTILITY, amina, 5, key=key))) for _ in range(3)]
    await asyncio.sleep(0)
    asked[0].cancel()

    answers = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(answer) for answer in answers] == [asyncio.CancelledError, Posted, Posted]
    assert await free(db, amina) == shillings(5)


async def test_batcher_when_more_wait_than_a_batch_takes_sends_several(db: Database, wire: Watched, clock) -> None:
    async with Batcher(wire, clock=clock, ids=TimeOrderedIds(), largest_batch=8, longest_queue=10) as batcher:
        answers = await at_once(batcher, [gift(MPESA_UTILITY, someone(), 1) for _ in range(40)])

    assert all(isinstance(answer, Posted) for answer in answers)
    assert max(wire.sizes) <= 8
    assert sum(wire.sizes) == 40


async def test_batcher_when_one_key_is_sent_by_all_at_once_asks_once(db: Database, batcher: Batcher, wire: Watched) -> None:
    amina, key = someone(), new_id()

    answers = await at_once(batcher, [gift(MPESA_UTILITY, amina, 5, key=key) for _ in range(TASKS)])

    assert Counter(answer.repeated for answer in answers) == {False: 1, True: TASKS - 1}
    assert sum(wire.sizes) == 1
    assert await free(db, amina) == shillings(5)


async def test_batcher_when_a_key_comes_with_two_contents_posts_one_and_refuses_the_other(
    db: Database, batcher: Batcher
) -> None:
    amina, juma, key = someone(), someone(), new_id()

    answers = await at_once(
        batcher,
        [gift(MPESA_UTILITY, amina, 5, key=key), gift(MPESA_UTILITY, amina, 6, key=key), gift(MPESA_UTILITY, juma, 1)],
    )

    assert [type(answer) for answer in answers] == [Posted, KeyReused, Posted]
    assert await free(db, amina) == shillings(5)


async def test_batch_when_money_is_short_for_some_posts_the_others(db: Database, batcher: Batcher) -> None:
    amina, juma = someone(), someone()
    await deposit(db, amina, shillings(100))

    answers = await at_once(batcher, [gift(amina, juma, 7) for _ in range(TASKS)])

    assert Counter(type(answer) for answer in answers) == {Posted: 14, InsufficientFunds: TASKS - 14}
    assert {answer.needed for answer in answers if isinstance(answer, InsufficientFunds)} == {shillings(7)}
    assert (await free(db, amina), await free(db, juma)) == (shillings(2), shillings(98))
    assert await in_order(db)


async def test_batch_when_two_without_a_shilling_would_pay_each_other_refuses_both(db: Database, batcher: Batcher) -> None:
    amina, juma = someone(), someone()
    for account in (amina, juma):
        await deposit(db, account, shillings(1))

    answers = await at_once(
        batcher, [gift(amina, juma, 50), gift(juma, amina, 50), gift(MPESA_UTILITY, someone(), 1), gift(amina, juma, 1)]
    )

    assert [type(answer) for answer in answers] == [InsufficientFunds, InsufficientFunds, Posted, Posted]


async def test_batch_when_one_is_wrong_in_itself_harms_no_other(db: Database, batcher: Batcher) -> None:
    amina = someone()
    # A pot that no chart knows; single amounts are right, so Python lets it pass.
    wrong = gift(MPESA_UTILITY, Account("pot", dao=DaoId(new_id()), name="casino"), 1)

    answers = await at_once(batcher, [gift(MPESA_UTILITY, amina, 1), wrong, gift(MPESA_UTILITY, amina, 2)])
    alone = await at_once(batcher, [gift(MPESA_UTILITY, Account("system", name="nowhere"), 1)])

    assert [type(answer) for answer in answers] == [Posted, BrokenPosting, Posted]
    assert isinstance(alone[0], BrokenPosting)
    assert await free(db, amina) == shillings(3)


@pytest.mark.parametrize(
    "wrong",
    [{"details": {"note": "\x00"}}, {"details": {"note": "\ud800"}}, {"kind": "gi\x00ft"}],
    ids=["no character", "half a character", "no kind"],
)
async def test_batch_when_one_can_not_even_be_written_down_harms_no_other(
    db: Database, batcher: Batcher, wrong: dict[str, object]
) -> None:
    """The call fails before the books have looked at any: nobody else may be told that her money's fate is unknown."""
    amina = someone()
    broken = replace(gift(MPESA_UTILITY, amina, 1), **wrong)

    answers = await at_once(batcher, [*(gift(MPESA_UTILITY, amina, 1) for _ in range(4)), broken])
    alone = await at_once(batcher, [replace(broken, key=new_id())])

    assert [type(answer) for answer in [*answers, *alone]] == [Posted] * 4 + [BrokenPosting] * 2
    assert await free(db, amina) == shillings(4)


async def test_batch_when_refused_for_somebody_unknown_leaves_no_row(db: Database, batcher: Batcher) -> None:
    await deposit(db, someone(), shillings(1))
    before = await picture(db)

    answers = await at_once(batcher, [gift(someone(), someone(), 1) for _ in range(4)])

    assert {type(answer) for answer in answers} == {InsufficientFunds}
    assert await picture(db) == before


@pytest.mark.parametrize("number", [1, 20])
@pytest.mark.parametrize("cut", ["before", "mid-word", "after"])
async def test_batcher_when_the_connection_breaks_posts_once_all_the_same(
    db: Database, batcher: Batcher, wire: Watched, number: int, cut: str
) -> None:
    """Cut after the commit, nobody knows of it: the same keys go again and find what stands."""
    amina = someone()
    wire.cuts = [cut, cut]

    answers = await at_once(batcher, [gift(MPESA_UTILITY, amina, 1) for _ in range(number)])

    assert all(isinstance(answer, Posted) for answer in answers)
    assert wire.opened == 3
    assert await free(db, amina) == shillings(number)
    assert await in_order(db)


async def test_batcher_when_its_backend_is_ended_goes_on(db: Database, batcher: Batcher) -> None:
    amina = someone()
    await batcher.post(gift(MPESA_UTILITY, amina, 1))
    async with db.unit() as uow:
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'mtaa-batcher'"
        assert await uow.session.scalar(text(ended)) >= 1

    answers = await at_once(batcher, [gift(MPESA_UTILITY, amina, 1) for _ in range(9)])

    assert all(isinstance(answer, Posted) for answer in answers)
    assert await free(db, amina) == shillings(10)


async def test_batcher_when_the_database_stays_away_says_that_nobody_knows(
    db: Database, clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody_there() -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("core.ledger.batcher.FIRST_WAIT", 0.001)
    monkeypatch.setattr("core.ledger.batcher.LONGEST_WAIT", 0.001)
    async with Batcher(nobody_there, clock=clock, ids=TimeOrderedIds()) as batcher:
        answers = await at_once(batcher, [gift(MPESA_UTILITY, someone(), 1) for _ in range(3)])

    assert {type(answer) for answer in answers} == {OutcomeUnknown}


async def test_batcher_when_it_closes_sends_what_waits(db: Database, wire: Watched, clock) -> None:
    amina = someone()
    async with Batcher(wire, clock=clock, ids=TimeOrderedIds()) as batcher:
        sent = [asyncio.create_task(batcher.post(gift(MPESA_UTILITY, amina, 1))) for _ in range(5)]
        await asyncio.sleep(0)

    assert all(isinstance(answer, Posted) for answer in await asyncio.gather(*sent))
    assert await free(db, amina) == shillings(5)


async def test_batchers_when_many_meet_singles_in_opposite_directions_never_lock_up(
    empty_database: str, db: Database, clock
) -> None:
    """Batches of two processes and single postings over the same few rows, some of them short, some rows still missing."""
    ring = [someone() for _ in range(6)]
    for person in ring[:4]:
        await deposit(db, person, shillings(50))
    async with (
        Batcher(connector(empty_database), clock=clock, ids=TimeOrderedIds()) as one,
        Batcher(connector(empty_database), clock=clock, ids=TimeOrderedIds()) as other,
    ):

        async def single(posting: Posting) -> object:
            async with db.unit() as uow:
                return (await post_all(uow, [posting]))[0]

        moves = [gift(ring[n % 6], ring[(n * 5 + 1) % 6], 1 + n % 20) for n in range(180) if n % 6 != (n * 5 + 1) % 6]
        ways = [one.post, other.post, single]
        answers = await asyncio.gather(*(ways[n % 3](move) for n, move in enumerate(moves)), return_exceptions=True)

    assert {type(answer) for answer in answers} <= {Posted, InsufficientFunds}
    assert sum([(await free(db, person)).minor for person in ring]) == 200_00
    async with db.unit() as uow:
        deadlocks = await uow.session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
    assert deadlocks == 0
    assert await in_order(db)
