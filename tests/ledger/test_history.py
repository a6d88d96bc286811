"""Looking back: the same answers as if every entry were read one by one, by one query and few look-ups."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event, text

from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import CUSD, Money
from core.ledger.accounts import MPESA_UTILITY, Account, Bucket, member_account, treasury
from core.ledger.history import balance_at, period, statement
from core.ledger.reading import Balance
from core.ledger.service import balance, hold, release

from .books import deposit, new_id, shillings
from .bulk import fill, pages_read

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
A_BLINK = timedelta(microseconds=1)
NOTHING = Balance(Money(0), Money(0), Money(0))


@contextmanager
def counted(db: Database) -> Any:
    """The statements that the database is asked in this block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", note)


async def live(db: Database) -> Account:
    """Deposits with holds in between, some let go."""
    amina = member_account(MemberId(new_id()))
    for turn in range(6):
        await deposit(db, amina, shillings(100 + turn))
        async with db.unit() as uow:
            bucket = Bucket.LOCKED if turn % 2 else Bucket.PENDING
            held = await hold(uow, intent=new_id(), kind="hold", account=amina, amount=shillings(10), bucket=bucket)
        if turn % 3 == 0:
            async with db.unit() as uow:
                await release(uow, key=new_id(), hold=held.transfer, kind="let go")
    await deposit(db, amina, Money(5, CUSD))
    return amina


async def moments(db: Database, account: Account) -> list[tuple[datetime, Balance]]:
    """When each entry of the account's shillings was booked and what it had then, added up here."""
    query = text(
        "SELECT e.posted_at, e.bucket::text, e.amount FROM ledger_entries e JOIN ledger_balances b ON b.id = e.balance_id"
        " WHERE b.user_id = :member AND b.currency = 'KES' ORDER BY e.seq"
    )
    held, seen = {"available": 0, "pending": 0, "locked": 0}, []
    async with db.unit() as uow:
        for at, bucket, amount in await uow.session.execute(query, {"member": account.member}):
            held[bucket] += int(amount * 100)
            seen.append((at, Balance(*(Money(minor) for minor in held.values()))))
    # Entries of one transfer share a moment: what counts is what the last of them left.
    return list(dict(seen).items())


async def test_balance_at_when_asked_for_every_moment_is_what_the_entries_say(db: Database) -> None:
    amina = await live(db)
    history = await moments(db, amina)

    async with db.unit() as uow:
        at = [await balance_at(uow, amina, moment) for moment, _ in history]
        just_before = [await balance_at(uow, amina, moment - A_BLINK) for moment, _ in history]
        now = await balance(uow, amina)

    assert len(history) > 10
    assert at == [held for _, held in history]
    assert just_before == [NOTHING, *(held for _, held in history[:-1])]
    assert at[-1] == now


async def test_balance_at_when_the_account_did_not_exist_is_nothing(db: Database) -> None:
    amina, nobody = await live(db), member_account(MemberId(new_id()))

    async with db.unit() as uow:
        assert await balance_at(uow, amina, BEGINNING) == NOTHING
        assert await balance_at(uow, nobody, BEGINNING) == NOTHING


async def test_balance_at_when_the_balance_row_lies_tells_what_the_entries_say(db: Database) -> None:
    amina = await live(db)
    (moment, held) = (await moments(db, amina))[-1]
    async with db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("UPDATE ledger_balances SET available = 1, locked = 2 WHERE kind = 'member'"))

    async with db.unit() as uow:
        assert await balance_at(uow, amina, moment) == held


async def test_period_when_it_lies_within_the_history_opens_and_closes_with_what_was_there(db: Database) -> None:
    amina = await live(db)
    history = await moments(db, amina)
    (since, _), (until, _) = history[3], history[8]

    async with db.unit() as uow:
        found = await period(uow, amina, since=since, until=until)
        page = await statement(uow, amina, limit=500, before=found.last + 1, first=found.first)
        empty = await period(uow, amina, since=BEGINNING, until=BEGINNING + A_BLINK)
        nobody = await period(uow, member_account(MemberId(new_id())), since=since, until=until)

    assert (found.opening, found.closing) == (history[2][1], history[7][1])
    assert len(page.lines) == found.lines
    assert {line.posted_at for line in page.lines} == {moment for moment, _ in history[3:8]}
    moved = sum(line.amount.minor for line in page.lines)
    assert found.closing.total.minor - found.opening.total.minor == moved
    assert [(each.opening, each.closing, each.lines) for each in (empty, nobody)] == [(NOTHING, NOTHING, 0)] * 2


async def test_period_when_it_ends_before_it_begins_is_a_bug(db: Database) -> None:
    async with db.unit() as uow:
        with pytest.raises(ValueError):
            await period(uow, MPESA_UTILITY, since=BEGINNING, until=BEGINNING - A_BLINK)


async def test_statement_when_entries_arrive_between_pages_has_each_line_once(db: Database) -> None:
    amina = await live(db)
    async with db.unit() as uow:
        everything = (await statement(uow, amina, limit=500)).lines
    lines, before = [], None
    while True:
        async with db.unit() as uow:
            page = await statement(uow, amina, limit=4, before=before)
        lines += page.lines
        if page.older is None:
            break
        before = page.older
        await deposit(db, amina, shillings(1))

    assert tuple(lines) == everything
    assert [line.seq for line in lines] == list(range(len(lines), 0, -1))
    assert lines[-1].kind == "deposit"
    running = dict.fromkeys(Bucket, 0)
    for line in reversed(lines):
        running[line.bucket] += line.amount.minor
        assert line.after == Money(running[line.bucket])


async def test_statement_when_its_last_page_is_full_says_that_it_is_the_last(db: Database) -> None:
    amina = member_account(MemberId(new_id()))
    for _ in range(4):
        await deposit(db, amina, shillings(1))

    async with db.unit() as uow:
        first = await statement(uow, amina, limit=2)
        second = await statement(uow, amina, limit=2, before=first.older)
        nothing = await statement(uow, member_account(MemberId(new_id())), limit=2)

    assert (first.older, second.older, len(second.lines)) == (3, None, 2)
    assert (nothing.lines, nothing.older) == ((), None)


@pytest.mark.parametrize("limit", [0, 501])
async def test_statement_when_the_page_has_no_good_size_is_a_bug(db: Database, limit: int) -> None:
    async with db.unit() as uow:
        with pytest.raises(ValueError):
            await statement(uow, MPESA_UTILITY, limit=limit)


async def test_history_when_asked_is_one_query_each(db: Database) -> None:
    amina = await live(db)

    for ask in (
        lambda uow: balance_at(uow, amina, BEGINNING + timedelta(days=9999)),
        lambda uow: period(uow, amina, since=BEGINNING, until=BEGINNING + timedelta(days=9999)),
        lambda uow: statement(uow, amina, limit=3),
    ):
        async with db.unit() as uow:
            await uow.session.connection()
            with counted(db) as asked:
                await ask(uow)
        assert len(asked) == 1


@pytest.fixture(params=["never analysed", "analysed"])
async def large(
    request: pytest.FixtureRequest, db: Database, empty_database: str
) -> AsyncIterator[tuple[asyncpg.Connection, Account]]:
    """One treasury with 10,000 entries among 40,000, and nothing known about the tables, or all of it."""
    connection = await asyncpg.connect(empty_database)
    for table in ("ledger_entries", "ledger_transfers", "ledger_balances"):
        await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
    group = treasury(await fill(connection, transfers=20_000, members=100))
    if request.param == "analysed":
        await connection.execute("ANALYZE")
    yield connection, group
    for table in ("ledger_entries", "ledger_transfers", "ledger_balances"):
        await connection.execute(f"ALTER TABLE {table} RESET (autovacuum_enabled)")
    await connection.close()


async def test_history_when_the_account_has_thousands_of_entries_reads_few_pages(
    large: tuple[asyncpg.Connection, Account], db: Database
) -> None:
    connection, group = large
    found = "SELECT id FROM ledger_balances WHERE kind = 'treasury' AND dao_id = $1"
    balance_id = await connection.fetchval(found, group.dao)
    table_pages = await connection.fetchval("SELECT pg_relation_size('ledger_entries') / 8192")

    read = {
        "position": await pages_read(connection, f"SELECT ledger_position({balance_id}, now() - interval '1 s', true)"),
        "balance": await pages_read(connection, f"SELECT * FROM ledger_balance_after({balance_id}, 5000)"),
        "lines": await pages_read(connection, f"SELECT * FROM ledger_lines({balance_id}, NULL, 1, 20)"),
        "older lines": await pages_read(connection, f"SELECT * FROM ledger_lines({balance_id}, 5000, 1, 20)"),
    }

    # 14 halvings of 10,000; one look-up for each bucket; one page of lines that lie close together.
    assert table_pages > 400
    assert read["position"] < 100
    assert max(read["balance"], read["lines"], read["older lines"]) < 60
