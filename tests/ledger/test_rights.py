"""The application's role: it posts through the functions and can't touch the books in any other way."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text

from core.jobs.worker import _open_pool
from core.kernel.db import Database, as_role
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.secrets import Vault
from core.ledger.accounts import MPESA_UTILITY, PLATFORM_FEES, member_account
from core.ledger.batcher import connector
from core.ledger.postings import POST_BATCH, Posting, batch_arguments
from core.ledger.rights import Rights, rights
from core.ledger.service import Leg, balance, hold, settle, transfer
from migrations.ledger_holds.rights import ROLE
from tests.conftest import FakeClock, run_migrations

from .books import deposit, new_id, shillings


@pytest.fixture
async def as_application(db: Database, empty_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection with the application's rights and no others, to books with a little in them."""
    await deposit(db, member_account(MemberId(new_id())), shillings(100))
    connection = await asyncpg.connect(empty_database)
    if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", ROLE):
        await connection.close()
        pytest.skip(f"this server has no role {ROLE}, and who migrates it may not make one")
    await connection.execute(f"SET ROLE {ROLE}")
    yield connection
    await connection.close()


async def books_of(connection: asyncpg.Connection) -> dict[str, str]:
    """Every table and view that shows the books, and a column of each; not the view of two tables, which nobody can write."""
    found = await connection.fetch(
        "SELECT table_name, coalesce(min(column_name) FILTER (WHERE column_name = 'dao_id'), min(column_name)) AS one FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name <> 'ledger_history' AND (table_name LIKE 'ledger%' OR table_name IN ('user_balances', 'dao_treasuries')) GROUP BY table_name"
    )
    return {row["table_name"]: row["one"] for row in found}


async def refused(connection: asyncpg.Connection, statement: str) -> bool:
    try:
        async with connection.transaction():
            await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    return False


async def test_application_when_it_writes_the_books_itself_is_refused(as_application: asyncpg.Connection) -> None:
    books = await books_of(as_application)
    tried = {
        f"{attempt} on {table}": statement.format(table=table, column=column)
        for table, column in books.items()
        for attempt, statement in {
            "insert": "INSERT INTO {table} DEFAULT VALUES",
            "update": "UPDATE {table} SET {column} = {column}",
            "delete": "DELETE FROM {table}",
            "truncate": "TRUNCATE {table}",
            "lock": "LOCK TABLE {table} IN EXCLUSIVE MODE",
            "triggers off": "ALTER TABLE {table} DISABLE TRIGGER ALL",
            "drop": "DROP TABLE {table}",
        }.items()
        if not (table in {"user_balances", "dao_treasuries"} and attempt in {"truncate", "triggers off", "drop"})
    }

    let_through = [attempt for attempt, statement in tried.items() if not await refused(as_application, statement)]

    assert len(books) == 12
    assert let_through == []


async def test_application_when_it_tries_to_become_somebody_else_is_refused(as_application: asyncpg.Connection) -> None:
    for statement in (
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE OR REPLACE FUNCTION ledger_verdict(text, uuid) RETURNS text LANGUAGE sql AS 'SELECT NULL'",
        "CREATE TABLE public.ledger_more (id int)",
        "SELECT grant_application_rights('mtaa_app')",
        "SELECT ledger_archive_open('2026-01-01')",
        "SELECT ledger_archive('2026-01-01', '2026-01-02')",
        "SELECT ledger_adopt()",
        "SET session_replication_role = replica",
    ):
        assert await refused(as_application, statement), statement


async def test_application_when_it_brings_tables_of_its_own_still_posts_into_the_books(
    as_application: asyncpg.Connection,
) -> None:
    """The functions run with their owner's rights, so they must not find the caller's tables first."""
    amina, key = member_account(MemberId(new_id())), new_id()
    await as_application.execute("CREATE TEMPORARY TABLE ledger_transfers (id uuid, key uuid, fingerprint bytea)")
    posting = Posting(key, "deposit", [Leg(MPESA_UTILITY, shillings(-5)), Leg(amina, shillings(5))])

    rows = await as_application.fetch(
        POST_BATCH, *batch_arguments([posting], transfers=[new_id()], now=await as_application.fetchval("SELECT now()"))
    )

    assert [row["status"] for row in rows] == ["posted"]
    assert await as_application.fetchval("SELECT count(*) FROM public.ledger_transfers WHERE key = $1", key) == 1
    assert await as_application.fetchval("SELECT count(*) FROM pg_temp.ledger_transfers") == 0


@pytest.mark.usefixtures("as_application")
async def test_application_when_it_posts_holds_and_settles_may(db: Database) -> None:
    amina = member_account(MemberId(new_id()))
    await deposit(db, amina, shillings(50))
    async with db.unit() as uow:
        await uow.session.execute(text(f"SET LOCAL ROLE {ROLE}"))
        legs = [Leg(amina, shillings(-1)), Leg(PLATFORM_FEES, shillings(1))]
        await transfer(uow, key=new_id(), kind="fee", legs=legs)
    async with db.unit() as uow:
        await uow.session.execute(text(f"SET LOCAL ROLE {ROLE}"))
        held = await hold(uow, intent=new_id(), kind="payout", account=amina, amount=shillings(9))
    async with db.unit() as uow:
        await uow.session.execute(text(f"SET LOCAL ROLE {ROLE}"))
        await settle(uow, key=new_id(), hold=held.transfer, to=[(MPESA_UTILITY, shillings(4))], kind="paid")
        assert (await balance(uow, amina)).available == shillings(45)


async def test_strangers_when_they_post_are_refused(as_application: asyncpg.Connection) -> None:
    functions = await as_application.fetch(
        "SELECT has_function_privilege('public', oid, 'EXECUTE') AS may, prosecdef, proconfig"
        " FROM pg_proc WHERE proname LIKE 'ledger_post%'"
    )

    assert len(functions) == 3
    assert not any(function["may"] for function in functions)
    assert all(function["prosecdef"] for function in functions)
    assert all("search_path=public, pg_temp" in function["proconfig"] for function in functions)


async def test_grants_when_given_again_are_the_same(as_application: asyncpg.Connection) -> None:
    """As an operator does who made the role only after migrating."""
    granted = "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = $1"
    await as_application.execute("RESET ROLE")
    before = await as_application.fetch(granted, ROLE)
    transaction = as_application.transaction()
    await transaction.start()
    try:
        await as_application.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}")
        assert await as_application.fetch(granted, ROLE) == []
        for _ in range(2):
            await as_application.execute(f"SELECT grant_application_rights('{ROLE}')")
        after = await as_application.fetch(granted, ROLE)
    finally:
        await transaction.rollback()

    assert {tuple(row) for row in after} == {tuple(row) for row in before}
    assert ("contributions", "INSERT") in {tuple(row) for row in after}


MATRIX = """
SELECT c.relname AS name, c.relkind IN ('r', 'p') AND c.relname !~ '^(ledger_|alembic_version$)' AS writable,
  array(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
    WHERE has_table_privilege($1, c.oid, p)) AS may
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
"""


async def test_application_when_it_looks_at_any_table_may_do_exactly_what_it_needs(
    as_application: asyncpg.Connection,
) -> None:
    """Of every table and view that the migrations make, whoever made it: reads all, writes what isn't the books."""
    found = {row["name"]: row for row in await as_application.fetch(MATRIX, ROLE)}
    usual = ["SELECT", "INSERT", "UPDATE", "DELETE"]

    odd = {name: row["may"] for name, row in found.items() if row["may"] != (usual if row["writable"] else usual[:1])}

    assert odd == {}
    assert {"ledger_seals", "ledger_openings", "ledger_entries_archive", "ledger_history", "hold_deadlines"} <= set(found)


async def test_table_when_a_migration_brings_it_has_the_applications_rights_afterwards(
    as_application: asyncpg.Connection, empty_database: str
) -> None:
    """Without a word about it in that migration."""
    await as_application.execute("RESET ROLE")
    await as_application.execute("CREATE TABLE brought_later (id int)")
    try:
        run_migrations(empty_database)
        (row,) = [row for row in await as_application.fetch(MATRIX, ROLE) if row["name"] == "brought_later"]
    finally:
        await as_application.execute("DROP TABLE brought_later")

    assert row["may"] == ["SELECT", "INSERT", "UPDATE", "DELETE"]


@pytest.mark.usefixtures("as_application")
async def test_processes_when_they_connect_as_the_role_have_it_for_all_they_do(
    empty_database: str, clock: FakeClock, vault: Vault
) -> None:
    """Units, the worker's queue and the batcher: each from its own driver's point of view."""
    url, asked = as_role(empty_database, ROLE), "SELECT current_user::text"
    database = Database(url, clock=clock, ids=TimeOrderedIds(), vault=vault)
    async with database.unit() as uow:
        assert await rights(uow) == Rights(ROLE, may_post=True, may_write=False)
        await uow.session.execute(text("RESET ALL"))
        assert await uow.session.scalar(text(asked)) == ROLE
    await database.close()

    pool = await _open_pool(url)
    batcher = await connector(url)()
    for _ in range(2):
        async with pool.acquire() as connection:
            assert await connection.fetchval(asked) == ROLE
    assert await batcher.fetchval(asked) == ROLE
    await batcher.close()
    await pool.close()


async def test_rights_when_the_owner_asks_are_more_than_posting(db: Database) -> None:
    async with db.unit() as uow:
        found = await rights(uow)

    assert (found.may_post, found.may_write) == (True, True)


def test_address_when_no_role_is_named_stays_as_it_was() -> None:
    url = "postgresql://mtaa:p%40ss@/mtaa?host=%2Ftmp%2Fa+b&port=5432"

    assert as_role(url, "") == url
    assert as_role(url, ROLE) == "postgresql://mtaa:p%40ss@/mtaa?host=%2Ftmp%2Fa+b&port=5432&role=mtaa_app"
