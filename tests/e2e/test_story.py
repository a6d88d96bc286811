"""The story of a first day, lived by two people on both channels and in both languages, on the running product.

At the end every book must agree: ours with itself, and ours with the one that the sandbox's M-Pesa keeps.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from core.kernel.embedded import start
from tests.e2e.product import Product, World, leftovers, running, until, world_of
from tests.e2e.story import Player, Story

WANJIRU, OTIENO = "254712000001", "254722000002"
ACHIENG, BARAKA = "254733000003", "254744000004"
AKINYI, BARASA = "254713000003", "254723000004"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    async with running(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(product: Product) -> AsyncIterator[World]:
    async with world_of(product) as world:
        yield world


async def play(world: World, phone: str, story: str) -> None:
    practice = (await world.get("state"))["practice"]
    await Player(world, phone, {"group_code": practice["code"]}).play(Story.read(story))


async def in_turn(world: World, *stories: tuple[str, str]) -> None:
    """One after another: both speak of what their common group has."""
    for phone, story in stories:
        await play(world, phone, story)


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_first_day_on_a_feature_phone_in_english(world: World) -> None:
    await play(world, WANJIRU, "ussd_first_day.en.txt")


async def test_a_first_day_on_a_feature_phone_in_swahili(world: World) -> None:
    await play(world, OTIENO, "ussd_first_day.sw.txt")


async def test_a_first_day_on_telegram_in_english(world: World) -> None:
    await play(world, WANJIRU, "telegram_first_day.en.txt")


async def test_a_first_day_on_telegram_in_swahili(world: World) -> None:
    await play(world, OTIENO, "telegram_first_day.sw.txt")


async def test_a_withdrawal_on_a_feature_phone_in_english(world: World) -> None:
    await play(world, WANJIRU, "ussd_withdrawal.en.txt")


async def test_a_withdrawal_on_telegram_in_swahili(world: World) -> None:
    await play(world, OTIENO, "telegram_withdrawal.sw.txt")


async def test_a_withdrawal_on_telegram_in_english(world: World) -> None:
    await play(world, WANJIRU, "telegram_withdrawal.en.txt")


async def test_at_the_end_every_book_agrees(product: Product, world: World) -> None:
    lease = await start(product.home)
    connection = await asyncpg.connect(lease.servers.database_url)
    try:
        sums = await connection.fetch("SELECT currency, sum(amount) FROM ledger_entries GROUP BY currency")
        held = await connection.fetchval("SELECT sum(available) FROM ledger_balances WHERE kind <> 'system'")
        fees = await connection.fetchval("SELECT sum(fee_amount) FROM transaction_fees")
        paid = await connection.fetch("SELECT mpesa_receipt_number, amount FROM mpesa_transactions WHERE status = 'completed'")
        waiting = await connection.fetchval("SELECT count(*) FROM mpesa_transactions WHERE status IN ('pending', 'processing')")
        failures = await connection.fetch("SELECT * FROM job_failures")
        sms = await connection.fetch("SELECT status, cost, message FROM sms_delivery_log")
        attempts = await connection.fetch("SELECT attempt_result FROM login_attempts")
        revenue = await connection.fetch(
            "SELECT fee_category, SUM(platform_revenue) AS revenue, COUNT(*) AS transactions FROM transaction_fees"
            " GROUP BY fee_category ORDER BY revenue DESC"
        )
        totals = await connection.fetch(
            "SELECT currency, COUNT(DISTINCT user_id) AS users, SUM(total_balance) AS total_locked"
            " FROM user_balances GROUP BY currency"
        )
    finally:
        await connection.close()
        await lease.release()
    book = await world.get("daraja/book")

    assert [row["sum"] for row in sums] == [0]
    assert waiting == 0
    assert failures == []
    assert {(row["mpesa_receipt_number"], row["amount"]) for row in paid} == {
        (entry["receipt"], Decimal(str(entry["amount"]))) for entry in book["entries"]
    }
    assert len(paid) == 7
    assert held + fees == Decimal(str(book["balance"])) == 2000 - 400
    # Of a withdrawal of 200, M-Pesa's charge of 5 is nobody's revenue here; those of 100 have none.
    assert [tuple(row) for row in revenue] == [("mpesa_deposit", 50, 4), ("mpesa_withdrawal", 15, 3), ("mpesa_charge", 0, 1)]
    assert [(row["currency"], row["users"], row["total_locked"]) for row in totals] == [
        ("KES", 2, 1950 - 800 - 210 - 105 - 105)
    ]
    assert {row["status"] for row in sms} <= {"sent", "delivered"}
    assert all(Decimal(row["cost"]) > 0 for row in sms)
    assert not [
        row["message"]
        for row in sms
        if "code" in row["message"] and any(w.isdigit() and len(w) == 6 for w in row["message"].split())
    ]
    assert {row["attempt_result"] for row in attempts} == {"success"}


async def test_a_second_code_for_money_on_both_channels_and_in_both_languages(world: World) -> None:
    await world.post("people", name="Akinyi", phone="+" + AKINYI)
    await world.post("people", name="Barasa", phone="+" + BARASA)
    # Together, because each of them has to wait for a minute before another code may be sent.
    await asyncio.gather(
        play(world, AKINYI, "ussd_second_code.en.txt"),
        play(world, BARASA, "ussd_second_code.sw.txt"),
        in_turn(world, (WANJIRU, "telegram_second_code.en.txt"), (OTIENO, "telegram_second_code.sw.txt")),
    )


async def test_the_audit_finds_nothing_wrong(product: Product) -> None:
    audit = product.command("audit")

    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert "FAIL" not in audit.stdout
    assert audit.stdout.count("ok") >= 5


async def test_no_secret_is_in_any_log(product: Product) -> None:
    logs = "".join(path.read_text() for path in (product.home / "logs").glob("*.log"))

    assert logs
    for secret in ("248163", "592703", "sandbox-token-for-local-use", WANJIRU, "+" + OTIENO):
        assert secret not in logs


async def test_after_a_stop_and_a_second_start_the_balances_are_still_there(product: Product, world: World) -> None:
    assert await product.stop() == 0
    assert not leftovers(product.home)
    await product.start()

    screen = await Player(world, WANJIRU, {}).screens("dial *384*77#", "1", "248163")

    assert screen.startswith("Your balance: KES 210")


async def test_after_the_supervisor_was_killed_nothing_is_left_and_nothing_lost(product: Product, world: World) -> None:
    product.kill()
    await until(lambda: not leftovers(product.home))
    await product.start()

    screen = await Player(world, OTIENO, {}).screens("dial *384*77#", "1", "592703")

    assert "420" in screen


async def test_a_payment_to_the_paybill_on_a_feature_phone_in_english(world: World) -> None:
    await world.post("people", phone="+" + ACHIENG, name="Achieng Odhiambo")
    await play(world, ACHIENG, "ussd_paybill.en.txt")


async def test_a_payment_to_the_paybill_on_a_feature_phone_in_swahili(world: World) -> None:
    await world.post("people", phone="+" + BARAKA, name="Baraka Mwangi")
    await play(world, BARAKA, "ussd_paybill.sw.txt")


async def test_a_payment_straight_to_the_group_on_telegram_in_english(world: World) -> None:
    await play(world, WANJIRU, "telegram_paybill.en.txt")


async def test_a_payment_straight_to_the_group_on_telegram_in_swahili(world: World) -> None:
    await play(world, OTIENO, "telegram_paybill.sw.txt")


async def test_a_withdrawal_on_a_feature_phone_in_swahili(world: World) -> None:
    await play(world, BARAKA, "ussd_withdrawal.sw.txt")


async def test_mpesas_own_statement_has_nothing_that_the_books_have_not(product: Product, world: World, tmp_path: Path) -> None:
    file = tmp_path / "statement.csv"
    file.write_text(await world.read("daraja/statement", variant="organisation"), encoding="utf-8", newline="")

    done = product.command("reconcile", str(file))

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("0 differences")
    assert "payout    matched        4" in done.stdout


async def test_after_the_payments_to_the_paybill_the_books_still_agree(product: Product) -> None:
    audit, waiting = product.command("audit"), product.command("suspense")

    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert waiting.stdout.strip().endswith("0 payments in suspense, KES 0")
