"""Nothing in sealed books can be altered unseen: not one byte of any column, by somebody whom no guard stops."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId, reference
from core.kernel.phone import Phone
from core.ledger.accounts import MPESA_UTILITY, SUSPENSE, member_account, pot
from core.ledger.archive import archive_month
from core.ledger.seals import newest_seal
from core.ledger.service import InsufficientFunds, Leg, hold, release, reverse, settle, transfer
from core.monitoring.audit import Finding, audit, examine
from core.monitoring.invariants import SEALED
from core.monitoring.places import PLACES
from core.monitoring.receipts import verify
from tests.ledger.books import deposit, forget_archive, new_id, seal_everything, shillings
from tests.ledger.bulk import fill

from .test_audit import deposit as by_mpesa
from .test_audit import forgotten, registered

AMINA = member_account(MemberId(new_id()))
# The bulk loader's deposits and contributions have no rows in the application's tables.
NOT_THE_BOOKS = {
    "completed deposits equal their transfers",
    "contributions equal their transfers",
    "shared payments equal their transfers",
}
# The guards are what is taken away first, so that nothing but the books themselves can give an alteration away.
DISARMED = "every guard of the books stands"
LAST_MONTH = (SystemClock().now().replace(day=1) - timedelta(days=1)).replace(day=1)
COLUMNS = """
SELECT c.table_name, c.column_name, c.udt_name FROM information_schema.columns c
JOIN pg_class t ON t.relname = c.table_name AND t.relkind IN ('r', 'p') AND NOT t.relispartition
WHERE c.table_schema = 'public' AND c.table_name LIKE 'ledger%' ORDER BY 1, 2
"""
# What stands in the way of any change at all, down to the last constraint.
DISARM = """
SET LOCAL session_replication_role = replica;
ALTER TABLE ledger_balances ALTER id DROP IDENTITY;
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
    WHERE conrelid::regclass::text LIKE 'ledger%' AND contype IN ('c', 'u', 'p') AND coninhcount = 0 LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', found.place, found.conname);
  END LOOP;
  DROP INDEX uq_ledger_transfers_reversed;
END $$
"""


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    type: str

    def altered(self, chance: random.Random) -> str:
        """SQL for this column with one bit, digit or character of it changed, or something where there was nothing."""
        bit, digit, place = chance.randrange(12), chance.randrange(-18, 12), chance.randrange(1000)
        changed, instead = {
            "int8": (f"{self.name} # {1 << bit}", "1"),
            "int2": (f"({self.name} # {1 << bit})::int2", "1"),
            "numeric": (f"{self.name} + 1e{digit}", "1"),
            "timestamptz": (f"{self.name} + interval '{1 << 2 * bit} microseconds'", "now()"),
            "date": (f"{self.name} + {1 << bit % 5}", "now()"),
            "bytea": (
                (
                    f"CASE length({self.name}) WHEN 0 THEN '\\x00' ELSE set_bit({self.name}, {place} % (8 * length({self.name})),"
                    f" 1 - get_bit({self.name}, {place} % (8 * length({self.name})))) END"
                ),
                "'\\x00'",
            ),
            "uuid": (
                f"set_byte(uuid_send({self.name}), {place % 16}, get_byte(uuid_send({self.name}), {place % 16}) # {1 << bit % 8})",
                "",
            ),
            "text": (
                (
                    f"overlay({self.name} placing chr(ascii(substr({self.name}, 1 + {place} % length({self.name}), 1)) # 1)"
                    f" from 1 + {place} % length({self.name}) for 1)"
                ),
                "'x'",
            ),
            "jsonb": (f"""{self.name} || '{{"number": "altered"}}'""", """'{"a": "b"}'"""),
            "ledger_bucket": (f"CASE {self.name} WHEN 'locked' THEN 'pending' ELSE 'locked' END::ledger_bucket", "'locked'"),
        }[self.type]
        if self.type == "uuid":
            return f"CASE WHEN {self.name} IS NULL THEN gen_random_uuid() ELSE encode({changed}, 'hex')::uuid END"
        return f"CASE WHEN {self.name} IS NULL THEN {instead} ELSE {changed} END"


@pytest.fixture
async def sealed(db: Database, empty_database: str, clock) -> AsyncIterator[Database]:
    """Something of everything: an archived month, holds, a refusal, a reversal, a pot; all of it sealed in several blocks."""
    await forgotten(db, clock, Phone("+254712000003"))
    connection = await asyncpg.connect(empty_database)
    await fill(connection, transfers=40, members=4, at=LAST_MONTH)
    await connection.close()
    await deposit(db, AMINA, shillings(500), details={"number": "SGL0000001"})
    welfare = pot(DaoId(new_id()), "welfare")
    async with db.unit() as uow:
        wrong = await transfer(uow, key=new_id(), kind="gift", legs=[Leg(AMINA, shillings(-50)), Leg(welfare, shillings(50))])
    async with db.unit() as uow:
        await reverse(uow, key=new_id(), transfer=wrong.transfer, kind="mistake")
    held = []
    for _ in range(3):
        async with db.unit() as uow:
            held.append(await hold(uow, intent=new_id(), kind="hold", account=AMINA, amount=shillings(10)))
    async with db.unit() as uow:
        await settle(uow, key=new_id(), hold=held[0].transfer, to=[(SUSPENSE, shillings(4))], kind="paid")
    async with db.unit() as uow:
        await release(uow, key=new_id(), hold=held[1].transfer, kind="let go")
    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds):
            await transfer(
                uow, key=new_id(), kind="gift", legs=[Leg(AMINA, shillings(-5000)), Leg(MPESA_UTILITY, shillings(5000))]
            )
    await seal_everything(db, size=5)
    await archive_month(db, LAST_MONTH.date(), step=timedelta(days=31))
    yield db
    await forget_archive(empty_database)


async def columns(connection: AsyncConnection) -> list[Column]:
    return [Column(*row) for row in await connection.execute(text(COLUMNS))]


async def found(connection: AsyncConnection) -> bool:
    findings = await examine(connection)
    wrong = [finding for finding in findings if not finding.ok and finding.name not in {*NOT_THE_BOOKS, DISARMED}]
    assert all(finding.places for finding in wrong if finding.name in PLACES), wrong
    return bool(wrong)


async def unseen(db: Database, statement: str) -> bool:
    """Whether the audit is content after this was done past every guard. It's undone again."""
    async with db.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        await connection.execute(text("SELECT 1"))
        await raw.driver_connection.execute(DISARM)
        touched = (await connection.exec_driver_sql(statement)).rowcount
        assert touched == 1, statement
        seen = await found(connection)
        await connection.rollback()
    return not seen


def some_row(table: str, chance: random.Random) -> str:
    return f"(SELECT ctid FROM {table} OFFSET {chance.randrange(10_000)} % (SELECT count(*) FROM {table}) LIMIT 1)"


def row_of(table: str, chance: random.Random) -> str:
    """A condition that one row meets, drawn by lot; in the archive's partitions the place alone isn't unique."""
    if table == "ledger_entries_archive":
        drawn = f"SELECT balance_id, seq FROM {table} ORDER BY 1, 2 OFFSET {chance.randrange(10_000)} % (SELECT count(*) FROM {table})"
        return f"(balance_id, seq) = ({drawn} LIMIT 1)"
    return f"ctid = {some_row(table, chance)}"


async def test_audit_when_one_byte_of_any_column_is_altered_finds_it(sealed: Database) -> None:
    """A row of each column's table is drawn by lot, and what is changed in it too. The seed is in the failure's message."""
    seed = int(os.environ.get("MTAA_TEST_SEED", random.SystemRandom().randrange(1 << 30)))
    chance = random.Random(seed)
    async with sealed.engine.connect() as connection:
        every = await columns(connection)
        assert not await found(connection)
        await connection.rollback()

    missed = []
    for column in every:
        change = f"UPDATE {column.table} SET {column.name} = {column.altered(chance)} WHERE {row_of(column.table, chance)}"
        if await unseen(sealed, change):
            missed.append(change)

    assert {column.table for column in every} == {
        *("ledger_balances", "ledger_transfers", "ledger_entries", "ledger_resolutions", "ledger_rejections", "ledger_chart"),
        *("ledger_seals", "ledger_entries_archive", "ledger_openings", "ledger_closed_owners"),
    }
    assert len(every) > 70
    assert missed == [], f"MTAA_TEST_SEED={seed}"


async def altered(db: Database, statement: str) -> dict[str, Finding]:
    """What the audit finds after this; it's undone again."""
    async with db.engine.connect() as connection:
        await connection.exec_driver_sql(statement)
        findings = await examine(connection)
        await connection.rollback()
    return {finding.name: finding for finding in findings}


async def test_audit_when_the_guard_of_an_archived_month_is_switched_off_names_it(sealed: Database) -> None:
    month = f"ledger_entries_{LAST_MONTH:%Y_%m}"

    findings = await altered(sealed, f"ALTER TABLE {month} DISABLE TRIGGER archived_is_final")

    assert findings[DISARMED].places == (f"trigger {month}.archived_is_final",)


async def test_audit_when_what_proves_is_gone_or_lies_finds_it(sealed: Database) -> None:
    gone = await altered(sealed, "DROP FUNCTION ledger_content")
    lying = await altered(
        sealed,
        "CREATE OR REPLACE FUNCTION ledger_seal_hash(p_seal ledger_seals) RETURNS bytea LANGUAGE sql STABLE"
        " AS 'SELECT p_seal.hash'",
    )

    assert gone[SEALED.name].figure.startswith("can't be computed: function ledger_content")
    assert lying[SEALED.name].ok
    for findings, name in ((gone, "ledger_content 2"), (lying, "ledger_seal_hash 1")):
        assert findings[DISARMED].places == (f"function {name}",)


async def test_audit_when_a_row_of_any_table_is_gone_finds_it(sealed: Database) -> None:
    async with sealed.engine.connect() as connection:
        tables = sorted({column.table for column in await columns(connection)} - {"ledger_seals"})
    chance = random.Random(7)

    missed = [table for table in tables if await unseen(sealed, f"DELETE FROM {table} WHERE {row_of(table, chance)}")]
    first_seal_gone = await unseen(sealed, "DELETE FROM ledger_seals WHERE number = 1")

    assert missed == []
    assert not first_seal_gone


async def test_audit_when_the_chain_was_made_anew_is_found_out_by_the_seal_that_was_kept(sealed: Database) -> None:
    """Who may do everything can also seal again what he altered. What he can't alter is what others wrote down."""
    async with sealed.unit() as uow:
        kept = await newest_seal(uow)
    async with sealed.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("UPDATE ledger_transfers SET details = NULL"))
        await uow.session.execute(text("DELETE FROM ledger_seals"))
    await seal_everything(sealed, size=5)

    findings = await audit(sealed)

    async with sealed.unit() as uow:
        newest = await newest_seal(uow)
    assert [finding.name for finding in findings if not finding.ok and finding.name not in NOT_THE_BOOKS] == []
    assert kept is not None
    assert newest is not None
    assert newest.hash != kept.hash


async def test_audit_when_it_works_tells_how_far_it_is(sealed: Database) -> None:
    words: list[str] = []

    await audit(sealed, progress=words.append)

    assert any(word.startswith("check 1 of ") for word in words)
    assert any("blocks hashed again" in word for word in words)


async def test_receipt_when_checked_by_any_of_its_names_is_proven(sealed: Database) -> None:
    async with sealed.unit() as uow:
        posted = (
            await uow.session.execute(
                text("SELECT id, key FROM ledger_transfers WHERE kind = 'deposit' AND details->>'number' = 'SGL0000001'")
            )
        ).one()
        by_reference = await verify(uow, f" {reference(posted.id).lower()} ")
        by_id, by_key = await verify(uow, str(posted.id)), await verify(uow, str(posted.key))
        unknown = [await verify(uow, name) for name in ("ZZZZZZZZ", "SGL9999999", str(new_id()), "")]

    assert [[proof.transfer for proof in proofs] for proofs in (by_reference, by_id, by_key)] == [[posted.id]] * 3
    assert by_id[0].holds
    assert unknown == [[]] * 4


async def test_receipt_when_it_is_an_mpesa_receipt_leads_to_its_transfer(db: Database) -> None:
    amina, intent = MemberId(new_id()), new_id()
    await registered(db, amina, "Amina", Phone("+254712000001"))
    await by_mpesa(db, amina, intent, Phone("+254712000001"), receipt="SGL0000001")
    await seal_everything(db)

    async with db.unit() as uow:
        (proof,) = await verify(uow, "sgl0000001")

    assert proof.holds
    assert proof.kind == "mpesa_deposit"
    assert [leg.account.member for leg in proof.legs if leg.account.kind == "member"] == [amina]
