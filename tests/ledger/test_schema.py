"""The tables of the books and of the groups: as the models say, as the migration makes them, as other people read them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import get_args

import asyncpg
import pytest
from sqlalchemy import text

from core.daos import models as daos  # noqa: F401 - registers its tables
from core.identity import models as identity  # noqa: F401 - groups refer to members
from core.kernel.db import Base, Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import CUSD, Money
from core.ledger import accounts
from core.ledger.accounts import Bucket, member_account, treasury
from core.ledger.guards import GUARDS, STANDING, STANDING_NOW
from core.ledger.service import hold

from .books import deposit, new_id, shillings

OURS = {
    *("ledger_balances", "ledger_transfers", "ledger_entries", "ledger_resolutions", "ledger_rejections", "ledger_chart"),
    *("ledger_seals", "ledger_entries_archive", "ledger_openings", "daos", "dao_memberships", "contributions"),
}
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(c.oid) FROM pg_constraint c
JOIN pg_class t ON t.oid = conrelid WHERE t.relnamespace = current_schema()::regnamespace AND t.relname = ANY ($1)
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY ($1)"
# The columns of the platform's two tables, and the currency that one of them lacked.
USER_BALANCES = {
    *("id", "user_id", "dao_id", "currency", "available_balance", "pending_balance", "locked_balance", "total_balance"),
    *("last_transaction_id", "last_updated", "created_at"),
}
DAO_TREASURIES = {
    *("id", "dao_id", "vault_id", "total_balance", "available_balance", "allocated_balance", "reserve_balance"),
    *("minimum_reserve", "daily_spending_limit", "proposal_threshold", "required_signatures", "signers"),
    *("last_audit_date", "audited_by", "audit_report", "notes", "created_at", "updated_at", "currency"),
}


async def test_models_when_drawn_again_have_the_same_constraints_and_indexes(db: Database, empty_database: str) -> None:
    """What autogenerate doesn't look at: the tables are made a second time from the models, in a schema of their own."""
    async with db.engine.begin() as connection:
        await connection.execute(text("CREATE SCHEMA drawn"))
        await connection.execute(text("SET LOCAL search_path TO drawn, public"))
        await connection.run_sync(Base.metadata.create_all, checkfirst=False)
    connection = await asyncpg.connect(empty_database)
    try:
        migrated = await described(connection)
        await connection.execute("SET search_path TO drawn, public")
        assert await described(connection) == migrated
        assert len(migrated) > 30
    finally:
        await connection.execute("DROP SCHEMA drawn CASCADE")
        await connection.close()


async def described(connection: asyncpg.Connection) -> set[tuple[str, ...]]:
    rows = [*await connection.fetch(CONSTRAINTS, OURS), *await connection.fetch(INDEXES, OURS)]
    return {tuple(str(value).replace("drawn.", "").replace("public.", "") for value in row) for row in rows}


@pytest.mark.parametrize(("view", "columns"), [("user_balances", USER_BALANCES), ("dao_treasuries", DAO_TREASURIES)])
async def test_view_when_read_by_others_has_the_columns_that_they_know(db: Database, view: str, columns: set[str]) -> None:
    async with db.unit() as uow:
        rows = await uow.session.execute(text(f"SELECT * FROM {view}"))

    assert set(rows.keys()) == columns


async def test_dashboard_when_it_asks_for_balances_by_currency_reads_shillings(db: Database) -> None:
    amina, dao = MemberId(new_id()), DaoId(new_id())
    await deposit(db, member_account(amina), shillings(500), fee=Money(1250))
    await deposit(db, member_account(amina, dao), shillings(100))
    await deposit(db, member_account(MemberId(new_id())), Money(50))
    await deposit(db, member_account(amina), Money(CUSD.units + 1, CUSD))

    async with db.unit() as uow:
        rows = await uow.session.execute(
            text(
                "SELECT currency, COUNT(DISTINCT user_id) as users, SUM(total_balance) as total_locked "
                "FROM user_balances GROUP BY currency"
            )
        )

    assert {tuple(row) for row in rows} == {
        ("KES", 2, Decimal("588.00")),
        ("cUSD", 1, Decimal("1.000000000000000001")),
    }


async def test_user_balances_when_money_is_set_aside_shows_where_it_is(db: Database, clock) -> None:
    amina = member_account(MemberId(new_id()))
    await deposit(db, amina, Money(48750))
    async with db.unit() as uow:
        await hold(uow, intent=new_id(), kind="loan", account=amina, amount=shillings(10), bucket=Bucket.PENDING)
    async with db.unit() as uow:
        held = await hold(uow, intent=new_id(), kind="payout", account=amina, amount=shillings(20))

    async with db.unit() as uow:
        row = (await uow.session.execute(text("SELECT * FROM user_balances"))).mappings().one()

    figures = ("available_balance", "pending_balance", "locked_balance", "total_balance")
    assert [str(row[figure]) for figure in figures] == ["457.50", "10.00", "20.00", "487.50"]
    assert (row["user_id"], row["dao_id"], row["last_transaction_id"]) == (amina.member, None, held.transfer)
    assert row["created_at"] == clock.now()
    assert row["last_updated"] is not None


async def test_dao_treasuries_when_a_group_holds_two_currencies_has_a_row_for_each(db: Database) -> None:
    group = treasury(DaoId(new_id()))
    await deposit(db, group, shillings(300))
    await deposit(db, group, Money(7, CUSD))
    async with db.unit() as uow:
        await hold(uow, intent=new_id(), kind="reserve", account=group, amount=shillings(100))

    async with db.unit() as uow:
        asked = "SELECT currency, available_balance, allocated_balance, reserve_balance, total_balance FROM dao_treasuries"
        rows = await uow.session.execute(text(asked + " WHERE dao_id = :dao ORDER BY currency DESC"), {"dao": group.dao})

    assert [tuple(row) for row in rows] == [
        ("cUSD", Decimal("7E-18"), 0, 0, Decimal("7E-18")),
        ("KES", 200, 0, 100, 300),
    ]


async def test_chart_when_read_has_exactly_the_accounts_that_the_code_knows(db: Database) -> None:
    async with db.unit() as uow:
        charted = {
            tuple(row) for row in await uow.session.execute(text("SELECT kind, name FROM ledger_chart WHERE meaning <> ''"))
        }

    system = {("system", each.name) for each in vars(accounts).values() if isinstance(each, accounts.Account)}
    assert charted == system | {("pot", name) for name in get_args(accounts.PotName)}


async def test_document_when_read_names_every_account_of_the_chart(db: Database) -> None:
    document = (Path(__file__).parents[2] / "docs/ledger.md").read_text(encoding="utf-8")

    async with db.unit() as uow:
        rows = await uow.session.execute(text("SELECT kind, name FROM ledger_chart"))

    assert [tuple(row) for row in rows if f"| {row.kind} | `{row.name}` |" not in document] == []


async def test_guards_when_they_stand_are_those_that_the_audit_asks_for(db: Database) -> None:
    """A migration that changes one changes its line in core/ledger/guards.txt: what to write is in the failure's message."""
    async with db.unit() as uow:
        rows = [tuple(row) for row in await uow.session.execute(text(STANDING_NOW))]

    assert sorted(rows) == sorted(STANDING), "\n".join(sorted("|".join(row) for row in rows))


async def test_guards_when_any_one_is_taken_away_are_missed(db: Database) -> None:
    """Each trigger switched off, each constraint and index dropped: exactly that one is missed."""
    removal = {
        "trigger": "ALTER TABLE {0} DISABLE TRIGGER {1}",
        "constraint": "ALTER TABLE {0} DROP CONSTRAINT {1} CASCADE",
        "index": "DROP INDEX {0}",
    }
    taken = [(f"{what} {name}", removal[what].format(*name.split("."))) for what, name, _ in STANDING if what in removal]
    missed = {}
    for name, statement in taken:
        async with db.unit() as uow:
            await uow.session.execute(text(statement))
            missed[name] = (await uow.session.scalars(text(f"SELECT name FROM ({GUARDS}) guards WHERE NOT stands"))).all()
            await uow.session.rollback()

    assert len(taken) > 45
    assert missed == {name: [name] for name, _ in taken}
