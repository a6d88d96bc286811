"""A month that is over moves to the archive, and nobody who asks the books can tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import MemberId, TransferId
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, Account, treasury
from core.ledger.archive import archive, archive_month, open_month, steps
from core.ledger.history import balance_at, period, statement
from core.ledger.reading import entries, recorded
from core.ledger.seals import prove
from core.ledger.service import Leg, balance, hold, reverse, settle, transfer
from core.monitoring.audit import audit
from core.monitoring.invariants import INVARIANTS

from .books import forget_archive, new_id, seal_everything, shillings
from .bulk import fill, pages_read, post_more

A_DAY = timedelta(days=1)
# About the application's own tables, which the bulk loader leaves alone.
NOT_THE_BOOKS = {
    "completed deposits equal their transfers",
    "contributions equal their transfers",
    "shared payments equal their transfers",
}


def months_ago(count: int) -> date:
    """The first day of a month before this one; the archive goes by the server's clock, not by the tests'."""
    day = SystemClock().now().date().replace(day=1)
    for _ in range(count):
        day = (day - A_DAY).replace(day=1)
    return day


FIRST, SECOND = months_ago(3), months_ago(2)


def noon(month: date, day: int) -> datetime:
    return datetime(month.year, month.month, day, 12, tzinfo=UTC)


@pytest.fixture
async def books(db: Database, empty_database: str) -> AsyncIterator[tuple[Database, Account]]:
    """Four days of two months of the past and today, sealed; the treasury of a group was there all the time."""
    connection = await asyncpg.connect(empty_database)
    dao = await fill(connection, transfers=60, members=5, at=noon(FIRST, 2))
    for at in (noon(FIRST, 20), noon(SECOND, 3), noon(SECOND, 28)):
        await post_more(connection, dao, transfers=60, at=at)
    await post_more(connection, dao, transfers=60)
    await connection.close()
    await seal_everything(db, size=50)
    yield db, treasury(dao)
    await forget_archive(empty_database)


async def archived(db: Database, month: date) -> int:
    return await archive_month(db, month, step=timedelta(days=7))


async def held_in(db: Database) -> tuple[int, int]:
    """Entries in the busy table and in the archive."""
    async with db.unit() as uow:
        counted = "SELECT (SELECT count(*) FROM ledger_entries), (SELECT count(*) FROM ledger_entries_archive)"
        return tuple((await uow.session.execute(text(counted))).one())


async def told(db: Database, group: Account) -> list[object]:
    """Everything that the books tell about this account and about a transfer of the first month."""
    moments = [
        noon(month, day) + timedelta(hours=hours) for month in (FIRST, SECOND) for day in (2, 20, 28) for hours in (-1, 0, 1)
    ]
    async with db.unit() as uow:
        first = (await uow.session.scalars(text("SELECT id FROM ledger_transfers ORDER BY posted_at, id"))).first()
        return [
            [await balance_at(uow, group, moment) for moment in moments],
            [await period(uow, group, since=since, until=until) for since, until in pairwise(moments)],
            await statement(uow, group, limit=500),
            await statement(uow, group, limit=7, before=33),
            await entries(uow, group, limit=1000),
            await balance(uow, group),
            await recorded(uow, first),
            await prove(uow, first),
            (await uow.session.execute(text("SELECT * FROM user_balances ORDER BY id"))).all(),
            (await uow.session.execute(text("SELECT * FROM dao_treasuries ORDER BY id"))).all(),
        ]


async def content(db: Database) -> bool:
    findings = {finding.name: finding for finding in await audit(db)}
    assert set(findings) == {invariant.name for invariant in INVARIANTS}
    assert findings["each entry carries the running balance"].examined == sum(await held_in(db))
    assert findings["what was sealed is as it was"].examined > 3
    return all(finding.ok for name, finding in findings.items() if name not in NOT_THE_BOOKS)


async def test_month_when_archived_is_told_proven_and_audited_as_before(books: tuple[Database, Account]) -> None:
    db, group = books
    before, all_of_them = await told(db, group), await held_in(db)
    assert await content(db)

    moved = [await archived(db, FIRST), await archived(db, SECOND)]

    assert moved == [240, 240]
    assert all_of_them == (600, 0)
    assert await held_in(db) == (120, 480)
    assert await told(db, group) == before
    assert await content(db)


async def shown(connection: asyncpg.Connection) -> list[list[asyncpg.Record]]:
    """What the two views say of everybody."""
    return [await connection.fetch(f"SELECT * FROM {view} ORDER BY id") for view in ("user_balances", "dao_treasuries")]


async def test_views_when_nothing_moved_since_the_archived_month_show_what_they_showed(
    db: Database, empty_database: str
) -> None:
    connection = await asyncpg.connect(empty_database)
    await fill(connection, transfers=20, members=2, at=noon(FIRST, 2))
    await seal_everything(db)
    before = await shown(connection)

    try:
        await archived(db, FIRST)
        after = await shown(connection)
    finally:
        await connection.close()
        await forget_archive(empty_database)

    assert after == before
    assert after[1][0]["updated_at"] == noon(FIRST, 2)


END_OF_FIRST = datetime(SECOND.year, SECOND.month, 1, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("turn", [noon(FIRST, 3), END_OF_FIRST], ids=["of an hour", "of a month"])
async def test_months_when_the_clock_was_set_back_across_the_end_are_archived_all_the_same(
    db: Database, empty_database: str, turn: datetime
) -> None:
    """A server's clock may be set back by a second just then: entries with later numbers have earlier times."""
    connection = await asyncpg.connect(empty_database)
    dao = await fill(connection, transfers=20, members=2, at=turn - 3 * A_SECOND)
    for ago in (-1, 1, -3):
        await post_more(connection, dao, transfers=20, at=turn - ago * A_SECOND)
    await seal_everything(db, size=10)
    before = await told(db, treasury(dao))

    try:
        moved = [await archive_month(db, month, step=timedelta(hours=1)) for month in (FIRST, SECOND)]
        closings = await connection.fetch("SELECT month, seq FROM ledger_openings ORDER BY balance_id, month")
        assert sum(moved) == 160
        assert await held_in(db) == (0, 160)
        assert await told(db, treasury(dao)) == before
        assert await content(db)
        assert all(former["seq"] < later["seq"] for former, later in pairwise(closings) if former["month"] < later["month"])
    finally:
        await connection.close()
        await forget_archive(empty_database)


async def test_month_when_the_clock_stood_in_it_long_after_it_was_archived_takes_that_too(
    books: tuple[Database, Account], empty_database: str
) -> None:
    db, group = books
    await archived(db, FIRST)
    await archived(db, SECOND)
    connection = await asyncpg.connect(empty_database)
    await post_more(connection, group.dao, transfers=20, at=noon(FIRST, 15))
    await connection.close()
    await seal_everything(db)

    moved = [await archived(db, month) for month in (FIRST, SECOND)]

    assert moved == [40, 0]
    assert await content(db)


async def test_month_when_archived_goes_on_into_new_postings(books: tuple[Database, Account]) -> None:
    db, group = books
    await archived(db, FIRST)
    await archived(db, SECOND)
    async with db.unit() as uow:
        (member, held), *_ = (
            await uow.session.execute(text("SELECT user_id, available FROM ledger_balances WHERE kind = 'member'"))
        ).all()
    someone = Account("member", member=MemberId(member))
    numbers = await last_number(db, group)
    async with db.unit() as uow:
        await transfer(uow, key=new_id(), kind="gift", legs=[Leg(someone, shillings(-1)), Leg(group, shillings(1))])
    await seal_everything(db)

    assert held > 1
    assert await last_number(db, group) == numbers + 1
    assert await content(db)


async def last_number(db: Database, account: Account) -> int:
    async with db.unit() as uow:
        return (await statement(uow, account, limit=1)).lines[0].seq


async def test_transfers_when_archived_can_still_be_settled_and_taken_back(books: tuple[Database, Account]) -> None:
    """A hold of a month ago, and a mistake of a month ago. Their clock is the server's, so they are moved back by hand."""
    db, group = books
    async with db.unit() as uow:
        held = await hold(uow, intent=new_id(), kind="hold", account=group, amount=shillings(10))
    async with db.unit() as uow:
        wrong = await transfer(
            uow, key=new_id(), kind="wrong",
            legs=[Leg(group, shillings(-5)), Leg(treasury(group.dao.__class__(int=group.dao.int ^ 1)), shillings(5))],
        )  # fmt: skip
    await seal_everything(db)
    async with db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        moved = (
            f"INSERT INTO ledger_entries_archive SELECT transfer_id, balance_id, seq, posted_at, bucket, leg, currency, amount,"
            f" after FROM ledger_entries WHERE transfer_id IN ('{held.transfer}', '{wrong.transfer}')"
        )
        await uow.session.execute(text("CREATE TABLE a_month PARTITION OF ledger_entries_archive DEFAULT"))
        await uow.session.execute(text(moved))
        gone = f"DELETE FROM ledger_entries WHERE transfer_id IN ('{held.transfer}', '{wrong.transfer}')"
        await uow.session.execute(text(gone))

    async with db.unit() as uow:
        before = await balance(uow, group)
        await settle(
            uow, key=new_id(), hold=held.transfer, to=[(Account("system", name="mpesa_utility"), shillings(4))], kind="paid"
        )
    async with db.unit() as uow:
        await reverse(uow, key=new_id(), transfer=wrong.transfer, kind="mistake")
    async with db.unit() as uow:
        after = await balance(uow, group)

    assert (before.locked, after.locked) == (shillings(10), Money(0))
    assert after.available - before.available == shillings(6 + 5)


async def test_month_when_archiving_was_interrupted_goes_on_and_moves_nothing_twice(books: tuple[Database, Account]) -> None:
    db, group = books
    before = await told(db, group)
    since, until = next(steps(FIRST, 5 * A_DAY))

    async with db.unit() as uow:
        await open_month(uow, FIRST)
    async with db.unit() as uow:
        first = await archive(uow, since, until)
    moved = [await archived(db, FIRST), await archived(db, FIRST)]

    assert (first, moved) == (120, [120, 0])
    assert await told(db, group) == before
    assert await content(db)


async def test_month_when_somebody_reads_the_books_all_the_while_waits_for_her_and_keeps_nobody_waiting(
    books: tuple[Database, Account],
) -> None:
    """An audit reads all night, and knows only the parts of the archive that were there; others must not notice."""
    db, group = books
    counted = text("SELECT count(*) FROM ledger_history")
    async with asyncio.timeout(20):
        async with db.unit() as reader:
            before = await reader.session.scalar(counted)
            waited: list[int] = []
            moving = asyncio.create_task(archive_month(db, FIRST, step=timedelta(days=7), waiting=waited.append))
            for _ in range(10):
                async with db.unit() as uow:
                    assert await balance_at(uow, group, noon(SECOND, 3))
                await asyncio.sleep(0.05)
            assert await held_in(db) == (600, 0)
            assert await reader.session.scalar(counted) == before
        moved = await moving

    assert (moved, waited) == (240, [1])
    assert await content(db)


async def test_month_when_archived_in_the_midst_of_postings_and_reversals_of_it_keeps_them_all(
    books: tuple[Database, Account],
) -> None:
    """Each reads what it takes back out of the entries or out of the archive, wherever it is just then."""
    db, group = books
    query = "SELECT id FROM ledger_transfers WHERE kind = 'contribution' AND posted_at < :until ORDER BY id"
    async with db.unit() as uow:
        posted = (await uow.session.scalars(text(query), {"until": END_OF_FIRST})).all()
        before = await last_number(db, group)

    async def undo(wrongs: Sequence[TransferId]) -> int:
        for wrong in wrongs:
            async with db.unit() as uow:
                await reverse(uow, key=new_id(), transfer=wrong, kind="mistake")
            async with db.unit() as uow:
                legs = [Leg(MPESA_UTILITY, shillings(-1)), Leg(group, shillings(1))]
                await transfer(uow, key=new_id(), kind="gift", legs=legs)
        return len(wrongs)

    archiving = archive_month(db, FIRST, step=timedelta(hours=6))
    moved, *undone = await asyncio.gather(archiving, *(undo(posted[n::4]) for n in range(4)))

    assert (moved, sum(undone)) == (240, 60)
    assert await last_number(db, group) == before + 120
    await seal_everything(db)
    assert await content(db)


async def test_months_when_taken_out_of_order_are_refused(books: tuple[Database, Account]) -> None:
    db, _ = books

    with pytest.raises(DBAPIError, match="in their order"):
        await archived(db, SECOND)

    assert await held_in(db) == (600, 0)


async def test_month_when_it_is_not_over_is_refused(books: tuple[Database, Account]) -> None:
    db, _ = books

    with pytest.raises(DBAPIError, match="that is over"):
        await archived(db, months_ago(0))


async def test_month_when_it_is_not_sealed_is_refused(db: Database, empty_database: str) -> None:
    connection = await asyncpg.connect(empty_database)
    await fill(connection, transfers=10, members=2, at=noon(FIRST, 2))
    await connection.close()

    try:
        with pytest.raises(DBAPIError, match="sealed"):
            await archived(db, FIRST)
        assert await held_in(db) == (20, 0)
    finally:
        await forget_archive(empty_database)


@pytest.mark.parametrize(
    ("month", "step", "number"),
    [(date(2026, 2, 14), A_DAY, 28), (date(2026, 12, 1), 7 * A_DAY, 5), (date(2024, 2, 1), 29 * A_DAY, 1)],
)
def test_steps_when_joined_are_the_month(month: date, step: timedelta, number: int) -> None:
    found = list(steps(month, step))

    assert len(found) == number
    assert found[0][0] == datetime(month.year, month.month, 1, tzinfo=UTC)
    assert found[-1][1].day == 1
    assert all(former[1] == later[0] for former, later in pairwise(found))


async def test_history_when_the_archive_is_never_analysed_reads_few_pages(db: Database, empty_database: str) -> None:
    """The same look-ups as in one table, in each of the archive's parts."""
    connection = await asyncpg.connect(empty_database)
    dao = await fill(connection, transfers=3000, members=5, at=noon(FIRST, 2))
    await post_more(connection, dao, transfers=3000, at=noon(SECOND, 2))
    await seal_everything(db)
    read = {}
    try:
        await archived(db, FIRST)
        await archived(db, SECOND)
        balance_id = await connection.fetchval("SELECT id FROM ledger_balances WHERE kind = 'treasury' AND dao_id = $1", dao)
        for query in (
            f"SELECT ledger_position({balance_id}, '{noon(FIRST, 3)}', true)",
            f"SELECT * FROM ledger_balance_after({balance_id}, 1000)",
            f"SELECT * FROM ledger_lines({balance_id}, 1000, 1, 20)",
        ):
            assert await connection.fetchval(query) is not None
            read[query] = await pages_read(connection, query)
    finally:
        await connection.close()
        await forget_archive(empty_database)

    # 3,000 entries: 12 halvings, each a look-up in three tables; one page of lines.
    assert max(read.values()) < 150
