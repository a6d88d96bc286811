"""The hourly look at the books: silent about books in order, and an alarm within the hour about books that are not."""

from __future__ import annotations

import asyncio
import logging

import asyncpg
import pytest
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.ledger.accounts import member_account
from core.ledger.seals import waiting
from core.ledger.service import hold
from core.monitoring.coherence import look, look_and_alarm
from core.monitoring.jobs import LOOK, SEAL, look_at_books, seal_books
from core.web.operations import figures
from tests.jobs.bench import Bench
from tests.ledger.books import deposit, new_id, seal_everything, shillings
from tests.ledger.bulk import fill

NEWEST = "(SELECT transfer_id FROM ledger_entries ORDER BY posted_at DESC LIMIT 1)"
# What happened past every guard, and which count turns.
DAMAGE = {
    "a balance raised": ("UPDATE ledger_balances SET available = available + 1", "wrong_entries"),
    "a balance below zero": (
        "UPDATE ledger_balances SET locked = -1 WHERE kind = 'member'",
        "wrong_balances",
    ),
    "an entry deleted": ("DELETE FROM ledger_entries WHERE seq = 1", "wrong_balances"),
    "an amount altered": ("UPDATE ledger_entries SET amount = amount * 2 WHERE seq > 1", "wrong_entries"),
    "an entry without its counterpart": (f"UPDATE ledger_transfers SET legs = 3 WHERE id = {NEWEST}", "wrong_transfers"),
    "a transfer deleted": (f"DELETE FROM ledger_transfers WHERE id = {NEWEST}", "wrong_transfers"),
    "details altered": ("""UPDATE ledger_transfers SET details = '{"altered": "yes"}'""", "wrong_blocks"),
    "a guard switched off": ("ALTER TABLE ledger_entries DISABLE TRIGGER entries_agree", "missing_guards"),
    "a seal altered": ("UPDATE ledger_seals SET sealed_at = now()", "wrong_blocks"),
}


@pytest.fixture
async def books(db: Database, empty_database: str) -> Database:
    """Ten members, a group, a hold; sealed."""
    connection = await asyncpg.connect(empty_database)
    await fill(connection, transfers=200, members=10)
    await connection.close()
    amina = member_account(MemberId(new_id()))
    await deposit(db, amina, shillings(50))
    async with db.unit() as uow:
        await hold(uow, intent=new_id(), kind="hold", account=amina, amount=shillings(5))
    await seal_everything(db, size=50)
    return db


async def test_look_when_the_books_are_empty_is_content(db: Database) -> None:
    async with db.unit() as uow:
        sample = await look_and_alarm(uow)

    assert sample.ok
    assert sample.balances == 0


async def test_look_when_the_books_are_in_order_looks_at_some_of_it_and_is_silent(
    books: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with books.unit() as uow:
        sample = await look_and_alarm(uow)

    assert sample.ok, sample
    assert sample.balances >= 10
    assert sample.entries > 100
    assert sample.blocks >= 1
    assert caplog.records == []
    assert "mtaa_ledger_alarms 0" in await figures(Seen(books))


@pytest.mark.parametrize("what", DAMAGE)
async def test_look_when_something_is_wrong_counts_it(books: Database, what: str) -> None:
    statement, count = DAMAGE[what]
    async with books.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        for part in statement.split(";"):
            await uow.session.execute(text(part))
        sample = await look(uow)
        await uow.session.rollback()

    assert getattr(sample, count) > 0
    assert not sample.ok


class Seen:
    """As much of the web process as the figures ask for."""

    def __init__(self, database: Database) -> None:
        self.database = self.notes = database


async def test_look_when_something_is_wrong_raises_the_alarm(books: Database, caplog: pytest.LogCaptureFixture) -> None:
    async with books.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("UPDATE ledger_balances SET available = available + 1"))

    with caplog.at_level(logging.ERROR):
        await look_at_books(Bench(books, ""), {})

    async with books.unit() as uow:
        events = (await uow.session.execute(text("SELECT event_type, severity, details FROM security_events"))).all()
    assert [(kind, severity) for kind, severity, _ in events] == [("ledger_incoherent", "critical")]
    assert events[0].details["wrong_entries"] > 0
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "mtaa_ledger_alarms 1" in await figures(Seen(books))


async def test_worker_when_its_minute_comes_seals_everything(db: Database, empty_database: str) -> None:
    connection = await asyncpg.connect(empty_database)
    await fill(connection, transfers=60, members=5, at_once=20)
    await connection.close()

    async with asyncio.timeout(60):
        while True:
            await seal_books(Bench(db, ""), {})
            async with db.unit() as uow:
                if not await waiting(uow):
                    break

    assert "mtaa_ledger_unsealed 0" in await figures(Seen(db))


def test_worker_knows_both_jobs_and_their_times() -> None:
    from core.jobs.handlers import WORK

    assert WORK.regularly[SEAL] == "* * * * *"
    assert WORK.regularly[LOOK].endswith(" * * * *")
    assert {SEAL, LOOK} <= set(WORK.handlers)


async def test_look_when_the_application_has_its_own_role_may(books: Database) -> None:
    async with books.unit() as uow:
        if not await uow.session.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = 'mtaa_app'")):
            pytest.skip("this server has no role mtaa_app, and who migrates it may not make one")
        await uow.session.execute(text("SET LOCAL ROLE mtaa_app"))
        sample = await look_and_alarm(uow)

    assert sample.ok, sample
