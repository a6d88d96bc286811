"""Money in doubt waits: after a recovery, with a SIM that was swapped, and while the network hasn't answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.secrets import PinHasher
from tests.conftest import FakeClock
from tests.dialogue.conftest import Handset
from tests.dialogue.owners import PIN, Sql, give
from tests.identity.people import People


async def withdraw(handset: Handset, amount: str) -> str:
    """From home to the last screen."""
    home = await handset.dial()
    while "Withdraw" not in home:
        home = await handset.type("98")
    line = next(line for line in home.splitlines() if "Withdraw" in line)
    await handset.type(line.removeprefix("CON ").split()[0])
    return await handset.type(amount, "1", PIN)


@pytest.fixture
async def rich(wanjiru: Handset, db: Database, sql: Sql) -> Handset:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(50_000_00))
    return wanjiru


@pytest.fixture
def people(db: Database, hasher: PinHasher) -> People:
    return People(db, hasher)


async def payouts(sql: Sql) -> int:
    [(number,)] = await sql("SELECT count(*) FROM mpesa_transactions WHERE transaction_type = 'b2c'")
    return int(number)


async def test_withdrawal_when_the_network_has_not_answered_then_a_large_one_waits_and_a_small_one_goes(
    rich: Handset, sql: Sql, people: People
) -> None:
    assert "checking your SIM" in await withdraw(rich, "2001")
    assert await payouts(sql) == 0
    assert await sql("SELECT status FROM sim_swap_checks") == [("waiting",)]
    assert "checking" not in await withdraw(rich, "500")
    await people.calm()
    assert "checking" not in await withdraw(rich, "2001")
    assert await payouts(sql) == 2


async def test_withdrawal_after_a_recovery_then_nothing_for_a_day_and_little_for_two(
    rich: Handset, sql: Sql, people: People, clock: FakeClock
) -> None:
    await sql("UPDATE members SET recovered_at = :now", now=clock.now())
    assert "recovered lately. Nothing" in await withdraw(rich, "500")
    clock.advance(hours=24)
    assert "recovered lately" not in await withdraw(rich, "600")
    assert "KES 1,000 a day" in await withdraw(rich, "500")
    assert await payouts(sql) == 1
    clock.advance(hours=48)
    await people.calm()
    assert "recovered lately" not in await withdraw(rich, "5000")


async def test_withdrawal_when_the_sim_was_swapped_then_nothing_goes(rich: Handset, sql: Sql, clock: FakeClock) -> None:
    await sql(
        "INSERT INTO sim_swap_checks (id, phone, why, status, verdict, swapped_at, created_at, answered_at)"
        " VALUES (gen_random_uuid(), '+254712000001', 'payout', 'answered', 'swapped', :at, :at, :at)",
        at=clock.now() - timedelta(hours=2),
    )
    assert "SIM of your number was changed" in await withdraw(rich, "100")
    assert await payouts(sql) == 0
    assert await sql("SELECT count(*) FROM sms_delivery_log WHERE message LIKE '%SIM of your number%'") == [(1,)]
