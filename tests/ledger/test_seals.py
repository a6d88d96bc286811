"""The chain of seals: it misses nothing however late it commits, and another program comes to the same hashes."""

from __future__ import annotations

import asyncio
import hashlib
from itertools import pairwise

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.kernel.db import Database
from core.kernel.ids import MemberId, TransferId
from core.kernel.money import CUSD, Money
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.seals import newest_seal, prove, seal, transfers_called, waiting
from core.ledger.service import InsufficientFunds, Leg, hold, settle, transfer
from core.monitoring.audit import audit
from core.monitoring.invariants import SEALED

from .books import deposit, new_id, seal_everything, shillings

AMINA, JUMA = member_account(MemberId(new_id())), member_account(MemberId(new_id()))


async def blocks(db: Database) -> list[tuple[int, int, int]]:
    """Number, transfers and entries of each block."""
    async with db.unit() as uow:
        rows = await uow.session.execute(text("SELECT number, transfers, entries FROM ledger_seals ORDER BY number"))
        return [tuple(row) for row in rows]


async def test_seal_when_nothing_was_posted_makes_no_block(db: Database) -> None:
    async with db.unit() as uow:
        made = await seal(uow)
        newest = await newest_seal(uow)

    assert (made.blocks, made.more, newest) == (0, False, None)


async def test_seal_when_more_waits_than_fits_goes_on_the_next_time(db: Database) -> None:
    for _ in range(5):
        await deposit(db, AMINA, shillings(10))

    await seal_everything(db, size=2)
    await deposit(db, AMINA, shillings(10))
    await seal_everything(db, size=2)

    sizes = await blocks(db)
    assert [number for number, _, _ in sizes] == list(range(1, len(sizes) + 1))
    assert sum(transfers for _, transfers, _ in sizes) == 6
    assert sum(entries for _, _, entries in sizes) == 12
    # Other programs' open transactions may cut a block short; none may hold more than it was told to.
    assert all(transfers <= 2 for _, transfers, _ in sizes)


async def test_seal_when_a_transaction_is_still_open_waits_for_it_and_misses_nothing(db: Database) -> None:
    """The late one has the lower number: a chain that went by what is visible would leave it out for ever."""
    written, go_on = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        async with db.unit() as uow:
            await transfer(uow, key=new_id(), kind="late", legs=[Leg(MPESA_UTILITY, -Money(7)), Leg(AMINA, Money(7))])
            written.set()
            await go_on.wait()

    await seal_everything(db)
    running = asyncio.create_task(late())
    await written.wait()
    # M-Pesa's row is held by the late one; these go between others.
    async with db.unit() as uow:
        await transfer(uow, key=new_id(), kind="soon", legs=[Leg(MPESA_UTILITY, -Money(7, CUSD)), Leg(JUMA, Money(7, CUSD))])
    async with db.unit() as uow:
        before = await seal(uow)
    async with db.unit() as uow:
        waited = await waiting(uow)
    go_on.set()
    await running
    await seal_everything(db)

    assert before.blocks == 0
    assert waited == 1
    assert sum(transfers for _, transfers, _ in await blocks(db)) == 2
    async with db.unit() as uow:
        kinds = (await uow.session.scalars(text("SELECT kind FROM ledger_transfers ORDER BY xact"))).all()
    assert kinds == ["late", "soon"]


async def test_seal_when_a_transaction_rolls_back_goes_on_without_it(db: Database) -> None:
    async with db.unit() as uow:
        await transfer(uow, key=new_id(), kind="never", legs=[Leg(MPESA_UTILITY, -Money(7)), Leg(AMINA, Money(7))])
        await uow.session.rollback()
    await deposit(db, AMINA, Money(5))

    await seal_everything(db)

    assert sum(transfers for _, transfers, _ in await blocks(db)) == 1


async def test_seal_when_many_seal_at_once_makes_one_chain(db: Database) -> None:
    for _ in range(8):
        await deposit(db, AMINA, shillings(10))

    async def once() -> None:
        async with db.unit() as uow:
            await seal(uow, size=1, blocks=3)

    await asyncio.gather(*(once() for _ in range(6)))
    await seal_everything(db, size=1)

    sizes = await blocks(db)
    assert [number for number, _, _ in sizes] == list(range(1, len(sizes) + 1))
    assert sum(transfers for _, transfers, _ in sizes) == 8


async def test_seal_when_a_transfer_lost_an_entry_before_it_was_sealed_refuses(db: Database) -> None:
    await deposit(db, AMINA, shillings(10))
    async with db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("DELETE FROM ledger_entries WHERE leg = 2"))

    with pytest.raises(DBAPIError, match="lacks entries"):
        await seal_everything(db)


REFUSAL = (
    "INSERT INTO ledger_rejections (key, fingerprint, kind, reason, event_at, rejected_at)"
    " VALUES (gen_random_uuid(), sha256('x'), 'gift', 'resolved', now(), now())"
)


async def all_since_before_are_over(db: Database) -> None:
    """What runs since before the adopting, in any database of the server, holds the sealing up, which is tried again then."""
    async with db.unit() as uow:
        now = await uow.session.scalar(text("SELECT pg_current_xact_id()::text::bigint"))
    async with asyncio.timeout(60):
        while True:
            async with db.unit() as uow:
                oldest = await uow.session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
            if oldest > now:
                return
            await asyncio.sleep(0.05)


async def test_books_when_restored_where_transactions_count_from_lower_are_sealed_after_adopting_it(db: Database) -> None:
    """A dump brings rows, not the server's counter. The old server is played by one that counts a million ahead."""

    def count(ahead: int) -> str:
        return (
            "CREATE OR REPLACE FUNCTION ledger_xact(p_xid xid8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE"
            f" AS 'SELECT p_xid::text::bigint + {ahead}'"
        )  # fmt: skip

    try:
        async with db.unit() as uow:
            await uow.session.execute(text(count(1_000_000)))
        await deposit(db, AMINA, shillings(10))
        await seal_everything(db)
        async with db.unit() as uow:
            await uow.session.execute(text(count(0)))
        with pytest.raises(DBAPIError, match="ledger_adopt"):
            async with db.unit() as uow:
                await seal(uow)
        # What is posted now would come late into a block, and nothing could ever take it out again.
        with pytest.raises(DBAPIError, match="ledger_adopt"):
            await deposit(db, AMINA, shillings(20))
        with pytest.raises(DBAPIError, match="ledger_adopt"):
            async with db.unit() as uow:
                await uow.session.execute(text(REFUSAL))
        async with db.unit() as uow:
            await uow.session.execute(text("SELECT ledger_adopt()"))
        await all_since_before_are_over(db)
        posted = await deposit(db, AMINA, shillings(20))
        await seal_everything(db)
        async with db.unit() as uow:
            proof = await prove(uow, posted.transfer)
    finally:
        async with db.unit() as uow:
            await uow.session.execute(text(count(0)))

    assert proof is not None
    assert proof.holds
    assert sum(transfers for _, transfers, _ in await blocks(db)) == 2
    assert {finding.ok for finding in await audit(db) if finding.name == SEALED.name} == {True}


async def test_seal_when_the_application_has_its_own_role_may(db: Database) -> None:
    posted = await deposit(db, AMINA, shillings(10))
    async with db.unit() as uow:
        if not await uow.session.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = 'mtaa_app'")):
            pytest.skip("this server has no role mtaa_app, and who migrates it may not make one")
    proof = None
    async with asyncio.timeout(60):
        while proof is None or proof.seal is None:
            async with db.unit() as uow:
                await uow.session.execute(text("SET LOCAL ROLE mtaa_app"))
                await seal(uow)
                proof = await prove(uow, posted.transfer)

    assert proof.holds


async def test_proof_when_a_receipt_is_checked_shows_the_entry_the_transfer_and_its_seal(db: Database) -> None:
    posted = await deposit(db, AMINA, shillings(500), fee=Money(1250), details={"receipt": "SGL0000001"})
    async with db.unit() as uow:
        unsealed = await prove(uow, posted.transfer)
    await seal_everything(db)

    async with db.unit() as uow:
        (found,) = await transfers_called(uow, posted.transfer.hex[-10:].upper())
        proof = await prove(uow, found)
        nobody = await prove(uow, TransferId(new_id()))

    assert unsealed is not None
    assert (unsealed.seal, unsealed.holds, nobody) == (None, False, None)
    assert proof is not None
    assert proof.seal is not None
    assert (proof.transfer, proof.kind, proof.seal.number, proof.holds) == (posted.transfer, "deposit", 1, True)
    assert [(leg.account, leg.amount, leg.after) for leg in proof.legs][:2] == [
        (MPESA_UTILITY, shillings(-500), shillings(-500)),
        (AMINA, Money(48750), Money(48750)),
    ]


async def test_proof_when_the_receipt_was_altered_after_it_was_sealed_does_not_hold(db: Database) -> None:
    posted = await deposit(db, AMINA, shillings(500), details={"receipt": "SGL0000001"})
    await seal_everything(db)
    async with db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("""UPDATE ledger_transfers SET details = '{"receipt": "SGL0000002"}'"""))

    async with db.unit() as uow:
        proof = await prove(uow, posted.transfer)

    assert proof is not None
    assert not proof.holds


# What the rows of each kind are, in the order in which they are hashed.
CANON = """
SELECT xact, id, key, event_at, posted_at, legs, fingerprint, kind, details, step, ref_transfer, expires_at
  FROM ledger_transfers ORDER BY xact, id;
SELECT pending_transfer, transfer_id, outcome, resolved_at FROM ledger_resolutions ORDER BY transfer_id;
SELECT transfer_id, leg, balance_id, seq, posted_at, bucket::text AS bucket, currency, amount, after FROM ledger_entries
  ORDER BY transfer_id, leg;
SELECT id, kind, user_id, dao_id, name, currency, created_at FROM ledger_balances ORDER BY id;
SELECT xact, key, fingerprint, kind, reason, currency, available, needed, event_at, rejected_at FROM ledger_rejections
  ORDER BY xact, key;
SELECT xact, kind, name, meaning FROM ledger_chart ORDER BY xact, kind COLLATE "C", name COLLATE "C"
"""
SENT = {
    "uuid": (2950, "uuid_send"), "int8": (20, "int8send"), "int2": (21, "int2send"), "text": (25, "textsend"),
    "timestamptz": (1184, "timestamptz_send"), "bytea": (17, "byteasend"), "jsonb": (3802, "jsonb_send"),
    "numeric": (1700, "numeric_send"),
}  # fmt: skip


async def hashed(connection: asyncpg.Connection, query: str) -> bytes:
    """The rows of a query hashed by this program: each column's bytes are the database's, all the framing is done here."""
    shape = await connection.prepare(query)
    names = [(column.name, *SENT[column.type.name]) for column in shape.get_attributes()]
    columns = ", ".join(f"{send}({name}) AS {name}" for name, _, send in names)
    content = b""
    for row in await connection.fetch(f"SELECT {columns} FROM ({query}) rows"):
        content += len(names).to_bytes(4)
        for name, oid, _ in names:
            value = row[name]
            content += oid.to_bytes(4) + (b"\xff" * 4 if value is None else len(value).to_bytes(4) + value)
    return hashlib.sha256(content).digest()


async def test_chain_when_another_program_hashes_the_rows_has_the_same_hashes(db: Database, empty_database: str) -> None:
    await deposit(db, AMINA, shillings(500), fee=Money(1250), details={"receipt": "SGL0000001", "note": "Nyumba — nzuri"})
    async with db.unit() as uow:
        kept = await hold(uow, intent=new_id(), kind="hold", account=AMINA, amount=shillings(50))
    async with db.unit() as uow:
        await settle(uow, key=new_id(), hold=kept.transfer, kind="settled", to=[(JUMA, shillings(20))])
    async with db.unit() as uow:
        with pytest.raises(InsufficientFunds):
            await hold(uow, intent=new_id(), kind="hold", account=AMINA, amount=shillings(5000))
    await seal_everything(db)

    connection = await asyncpg.connect(empty_database)
    digest = hashlib.sha256(b"".join([await hashed(connection, query) for query in CANON.split(";")])).digest()
    seals = await connection.fetch("SELECT * FROM ledger_seals ORDER BY number")
    await connection.execute("SET timezone = 'Africa/Nairobi'; SET datestyle = 'SQL, DMY'; SET client_encoding = 'LATIN1'")
    again = await connection.fetchval("SELECT c.digest FROM ledger_seals s, ledger_content(0, s.upto) c ORDER BY s.upto DESC")
    await connection.close()

    # Other programs' open transactions may have cut the chain into more blocks: then the whole is hashed as one.
    assert again == digest
    assert all(later["previous"] == former["hash"] for former, later in pairwise(seals))
    assert len(seals) > 1 or seals[0]["digest"] == digest
