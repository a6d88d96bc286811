"""What an operator types about the books, and what comes back: words on the screen and an exit code."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text

from core.cli.audit import audit
from core.cli.books import archive, seal_waiting, verify
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import MemberId, TimeOrderedIds, reference
from core.kernel.secrets import Vault
from core.kernel.settings import Settings, read_settings
from core.ledger.accounts import member_account
from core.ledger.service import expire_due, hold
from tests.ledger.books import deposit, forget_archive, new_id, seal_everything, shillings
from tests.ledger.bulk import fill

AMINA = member_account(MemberId(new_id()))


@pytest.fixture
def settings(empty_database: str, redis_url: str) -> Settings:
    return read_settings({"DATABASE_URL": empty_database, "REDIS_URL": redis_url})


async def test_audit_when_the_books_are_in_order_says_so_with_the_newest_seal(
    db: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await deposit(db, AMINA, shillings(5))
    await seal_everything(db)

    code = await audit(settings)

    told = capsys.readouterr()
    assert code == 0
    assert "ok   each entry carries the running balance: 0 of 2 entries wrong" in told.out
    assert "newest seal: 1 " in told.out
    assert "waiting for a seal: 0" in told.out
    assert "FAIL" not in told.out
    assert "check 1 of " in told.err


async def test_audit_when_holds_are_long_past_their_end_fails(
    db: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await deposit(db, AMINA, shillings(5))
    for ago in (timedelta(hours=2), timedelta(minutes=1)):
        async with db.unit() as uow:
            end = SystemClock().now() - ago
            await hold(uow, intent=new_id(), kind="payout", account=AMINA, amount=shillings(1), expires_at=end)
    assert await audit(settings) == 1
    assert "FAIL holds past their end: 2, the oldest since " in capsys.readouterr().out

    live = Database(str(settings.database_url), clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault(settings.secret_keys))
    async with live.unit() as uow:
        assert len(await expire_due(uow)) == 2
    await live.close()

    assert await audit(settings) == 0
    assert "\nholds past their end: 0\n" in capsys.readouterr().out


async def test_audit_when_something_was_altered_fails(
    db: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await deposit(db, AMINA, shillings(5))
    await seal_everything(db)
    async with db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("UPDATE ledger_transfers SET event_at = event_at + interval '1 microsecond'"))

    code = await audit(settings)

    assert code == 1
    told = capsys.readouterr().out
    assert "FAIL what was sealed is as it was: 1 of 1 blocks wrong\n     at block 1, transactions 0 to " in told


async def test_audit_when_the_books_can_not_be_asked_is_no_verdict_on_them(
    redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = read_settings({"DATABASE_URL": "postgresql://nobody:hunter2@127.0.0.1:1/books", "REDIS_URL": redis_url})

    code = await audit(nowhere)

    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert told.err.startswith("the books can't be asked: ")
    assert "hunter2" not in told.err


async def test_verify_when_asked_for_a_receipt_shows_its_proof(
    db: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    posted = await deposit(db, AMINA, shillings(5))
    unsealed = await verify(settings, reference(posted.transfer))
    await seal_everything(db)
    sealed = await verify(settings, reference(posted.transfer))
    unknown = await verify(settings, "SGLNOBODY1")

    told = capsys.readouterr().out
    assert (unsealed, sealed, unknown) == (1, 0, 1)
    assert "not sealed yet" in told
    assert f"transfer {posted.transfer} deposit" in told
    assert f"member {AMINA.member} available:" in told
    assert " holds\n" in told
    assert "nothing is known under SGLNOBODY1" in told


async def test_seal_when_asked_seals_now(db: Database, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code = await seal_waiting(settings)

    assert code == 0
    assert "0 blocks sealed" in capsys.readouterr().out


async def test_archive_when_given_a_month_moves_it_and_nothing_else(
    db: Database, empty_database: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    last_month = SystemClock().now().replace(day=1) - timedelta(days=1)
    connection = await asyncpg.connect(empty_database)
    await fill(connection, transfers=4, members=2, at=last_month)
    await connection.close()
    await seal_everything(db)

    try:
        codes = [await archive(settings, month) for month in ("2026-13", "last", f"{last_month:%Y-%m}")]
    finally:
        await forget_archive(empty_database)

    told = capsys.readouterr()
    assert codes == [2, 2, 0]
    assert "8 entries archived" in told.out
    assert told.err.count("a month is written like") == 2
