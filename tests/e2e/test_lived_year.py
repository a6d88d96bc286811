"""`mtaa run --year`: the phones of the page belong to a group that has lived for a year, and its books are M-Pesa's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from core.jobs.past.cast import CAST, GROUP, OTIENO, PIN, WANJIRU
from core.kernel.embedded import start
from tests.e2e.product import Product, World, world_of
from tests.e2e.story import Player

# The year itself takes half a minute on a machine that does nothing else.
PATIENCE = 420


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    product = Product(tmp_path / "product", None, "--year", patience=PATIENCE)
    try:
        await product.start()
        yield product
    finally:
        await product.stop()


def phone(place: int) -> str:
    return CAST[place].phone.lstrip("+")


async def held(product: Product) -> Decimal:
    """What the books say that M-Pesa holds."""
    lease = await start(product.home)
    connection = await asyncpg.connect(lease.servers.database_url)
    try:
        owed = await connection.fetchval("SELECT sum(available + locked) FROM ledger_balances WHERE name = 'mpesa_utility'")
        return -Decimal(owed)
    finally:
        await connection.close()
        await lease.release()


async def read_the_group(world: World) -> None:
    """On the feature phone in English and in the other member's language, with the PIN that was said at the start."""
    wanjiru, otieno = Player(world, phone(WANJIRU), {}), Player(world, phone(OTIENO), {})
    assert "KES" in await wanjiru.screens("dial *384*77#", "1", PIN)
    assert GROUP in await wanjiru.screens("dial *384*77#", "4")
    assert f"{GROUP}: Ksh" in await otieno.screens("dial *384*77#", "1", PIN)
    assert GROUP in await otieno.screens("dial *384*77#", "4")


@pytest.mark.timeout(900)
async def test_whoever_starts_it_with_a_year_finds_a_living_group(product: Product) -> None:
    said = "".join(product.output)
    assert f"belong to {GROUP}" in said
    assert PIN in said
    async with world_of(product) as world:
        assert (await world.get("state"))["practice"]["year"] == GROUP
        await read_the_group(world)
        assert Decimal(str((await world.get("daraja/book"))["balance"])) == await held(product)

        # The books stand, and a second start lives no second year.
        audit = product.command("audit")
        assert audit.returncode == 0, audit.stdout + audit.stderr
        assert await product.stop() == 0
        await product.start()
        assert "Living a year" not in "".join(product.output)
        await read_the_group(world)
        assert Decimal(str((await world.get("daraja/book"))["balance"])) == await held(product)
