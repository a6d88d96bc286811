"""What the ledger's tests share: ids, shillings, a deposit, and a picture of everything in the books."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

import asyncpg
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, PLATFORM_FEES, Account
from core.ledger.seals import seal, waiting
from core.ledger.service import Leg, Posted, transfer

new_id = TimeOrderedIds().new
TABLES = ("ledger_balances", "ledger_transfers", "ledger_entries", "ledger_resolutions")


def shillings(amount: int) -> Money:
    return Money(amount * 100)


async def deposit(
    db: Database,
    account: Account,
    amount: Money,
    *,
    fee: Money | None = None,
    key: UUID | None = None,
    details: Mapping[str, str] | None = None,
) -> Posted:
    """Bring money in from outside, in a unit of its own."""
    legs = [Leg(MPESA_UTILITY, -amount), Leg(account, amount - fee if fee else amount)]
    if fee:
        legs.append(Leg(PLATFORM_FEES, fee))
    async with db.unit() as uow:
        return await transfer(uow, key=key or new_id(), kind="deposit", legs=legs, details=details)


async def picture(db: Database) -> dict[str, list[str]]:
    """Every row of the books as text; refusals, which move nothing, left out."""
    async with db.unit() as uow:
        return {
            table: list((await uow.session.scalars(text(f"SELECT t::text FROM {table} t ORDER BY 1"))).all())
            for table in TABLES
        }


async def seal_everything(db: Database, *, size: int = 1000) -> None:
    """Seal until nothing waits; anybody's open transaction on this server keeps it waiting."""
    async with asyncio.timeout(60):
        while True:
            async with db.unit() as uow:
                await seal(uow, size=size)
                if not await waiting(uow):
                    return
            await asyncio.sleep(0.02)


async def forget_archive(database_url: str) -> None:
    """Drop the archive's partitions, which other tests of this database don't expect."""
    connection = await asyncpg.connect(database_url)
    for name in await connection.fetch(
        "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ledger_entries_archive'::regclass"
    ):
        await connection.execute(f"DROP TABLE {name['name']}")
    await connection.close()
