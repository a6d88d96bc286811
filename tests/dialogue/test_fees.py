"""Prices and fees paid, as members see them on both channels."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.charging import record_network_fee, record_our_fee
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import PIN, Sql


async def pay_fees(db: Database, sql: Sql) -> None:
    [(member,)] = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        await record_our_fee(
            uow, transaction=uow.ids.new(), category="mpesa_deposit", base=Money(500_00), fee=Money(12_50),
            percentage=Decimal("0.0250"), payer=MemberId(member), agreed_at=uow.clock.now(),
        )  # fmt: skip
        withdrawal = uow.ids.new()
        await record_our_fee(
            uow, transaction=withdrawal, category="mpesa_withdrawal", base=Money(300_00), fee=Money(5_00), percentage=None,
            payer=MemberId(member), agreed_at=uow.clock.now(),
        )  # fmt: skip
        record_network_fee(
            uow,
            transaction=withdrawal,
            base=Money(300_00),
            fee=Money(5_00),
            payer=MemberId(member),
        )


async def test_prices_of_an_amount_are_shown_without_a_pin(wanjiru: Handset) -> None:
    await wanjiru.register()
    menu = await wanjiru.dial("5")
    number = next(line.split()[0] for line in menu.splitlines() if line.endswith("Fees"))

    shown = await wanjiru.type(number, "1", "5000")

    assert shown == (
        "END Today, for KES 5,000:\nDeposit: fee KES 125, you get KES 4,875\nWithdraw: fee KES 5, M-PESA KES 9\nContribute: no fee"
    )


async def test_fees_paid_are_private_and_add_up(
    wanjiru: Handset, conversation: Conversation, db: Database, sql: Sql, clock: FakeClock
) -> None:
    await wanjiru.register()
    await pay_fees(db, sql)
    clock.advance(days=40)
    await pay_fees(db, sql)
    [(member,)] = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(member), telegram_id=7001, chat=7001, name="Wanjiru")
    chat = Chat(conversation)
    await chat.command("fees.menu")

    asked = await chat.tap("paid")
    shown = await chat.type(PIN)

    assert "PIN" in asked
    assert "22.50" not in asked
    assert "Fees you paid: KES 22.50 this month, KES 45 in all." in shown
    assert "KES 5 M-PESA" in shown
    assert "KES 12.50 deposit" in shown
    [(platform, tax, network)] = await sql(
        "SELECT sum(platform_revenue), sum(tax_amount), sum(protocol_revenue) FROM transaction_fees"
    )
    # Excise is 15/115 of our own fees: 1.63 of 12.50 and 0.65 of 5, twice.
    assert (platform, tax, network) == (Decimal(35), Decimal("4.56"), Decimal(10))


async def test_fees_paid_in_swahili_when_there_are_none(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.register()
    await sql("UPDATE members SET language = 'sw'")
    menu = await wanjiru.dial("5")
    number = next(line.split()[0] for line in menu.splitlines() if line.endswith("Ada"))

    assert "PIN" in await wanjiru.type(number, "2")
    assert await wanjiru.type(PIN) == "END Bado hujalipa ada yoyote."


@pytest.mark.parametrize("typed", ["500.50", "abc"])
async def test_prices_when_the_amount_can_not_be_read_ask_again(wanjiru: Handset, typed: str) -> None:
    await wanjiru.register()
    menu = await wanjiru.dial("5")
    number = next(line.split()[0] for line in menu.splitlines() if line.endswith("Fees"))

    assert (await wanjiru.type(number, "1", typed)).startswith("CON")
