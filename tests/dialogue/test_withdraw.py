"""Withdrawing as members do it, on a feature phone and in a chat."""

from __future__ import annotations

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.payments.breaker import note_payout_ended
from core.payments.outcomes import Failed
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import PIN, Sql, give


def number_of(screen: str, label: str) -> str:
    return next(line.split()[0] for line in screen.splitlines() if line.endswith(label))


async def amount_screen(handset: Handset, label: str = "Withdraw") -> str:
    return await handset.type(number_of(await handset.dial(), label))


async def test_a_withdrawal_shows_the_whole_price_before_the_pin_and_sets_money_aside(
    wanjiru: Handset, db: Database, sql: Sql
) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(10_000_00))

    asked = await amount_screen(wanjiru)
    quoted = await wanjiru.type("2000")
    pin = await wanjiru.type("1")
    assert await sql("SELECT count(*) FROM withdrawals") == [(0,)]
    done = await wanjiru.type(PIN)

    assert "amount" in asked
    assert "KES 10 to KES 500,000" in asked
    assert quoted.startswith(
        "CON Withdraw KES 2,000 to +2547XX***001\nFee KES 5\nM-PESA charge KES 9\nTotal KES 2,014\n1 Confirm\n2 Cancel"
    )
    assert pin.startswith("CON Withdraw KES 2,000\nEnter your 6-digit PIN")
    assert done == "END KES 2,000 is on its way to your M-PESA. The money is set aside. We will send you an SMS."
    assert await sql("SELECT locked_balance, available_balance FROM user_balances") == [(2014, 7986)]
    assert await sql("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'send-payout'") == [(1,)]


async def test_the_same_hop_again_withdraws_once(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(10_000_00))
    await amount_screen(wanjiru)
    await wanjiru.type("2000", "1", PIN)

    again = {await wanjiru.hop(wanjiru.text) for _ in range(3)}

    assert len(again) == 1
    assert await sql("SELECT count(*) FROM withdrawals") == [(1,)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("5", "The smallest withdrawal is KES 10."),
        ("500.50", "whole shillings only"),
        ("500001", "at most KES 500,000 at once"),
        ("lots", "not an amount"),
    ],
)
async def test_an_amount_that_can_not_be_sent_is_asked_again(wanjiru: Handset, typed: str, said: str) -> None:
    await wanjiru.register()
    await amount_screen(wanjiru)

    screen = await wanjiru.type(typed)

    assert screen.startswith("CON")
    assert said in screen
    assert "amount" in screen


async def test_more_than_she_has_is_refused_after_the_pin_with_what_would_go(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(487_50))
    await amount_screen(wanjiru)

    quoted = await wanjiru.type("500")
    refused = await wanjiru.type("1", PIN)

    assert "487" not in quoted
    assert refused == ("END You have KES 487.50 and KES 510 is needed, fees included. You can withdraw up to KES 477.")
    assert await sql("SELECT count(*) FROM withdrawals") == [(0,)]


async def test_cancelling_moves_nothing_in_swahili(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.register()
    await sql("UPDATE members SET language = 'sw'")
    await amount_screen(wanjiru, "Toa pesa")

    quoted = await wanjiru.type("300000")
    cancelled = await wanjiru.type("2")

    assert "Toa Ksh 300,000 kwa +2547XX***001" in quoted
    assert "Ada ya M-PESA Ksh 26" in quoted
    assert "Yatatumwa malipo 2" in quoted
    assert cancelled == "END Umeghairi. Hakuna pesa iliyotoka."


async def test_a_withdrawal_in_a_chat_waits_in_the_message_that_will_tell_its_end(
    conversation: Conversation, wanjiru: Handset, db: Database, sql: Sql, clock: FakeClock
) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(10_000_00))
    [(member,)] = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(member), telegram_id=7001, chat=7001, name="Wanjiru")
    chat = Chat(conversation)

    assert "amount" in await chat.command("withdraw.amount")
    assert "Total KES 510" in await chat.type("500")
    clock.advance(hours=30)
    await chat.tap("yes")
    late = await chat.type(PIN)
    await chat.command("withdraw.amount")
    await chat.type("500")
    assert "PIN" in await chat.tap("yes")
    done = await chat.type(PIN)

    assert "price may have changed" in late
    assert "The result will appear here" in done
    assert chat.reply is not None
    [(intent, told, channel)] = await sql("SELECT id, told, channel FROM withdrawals")
    assert (chat.reply.screen.live, told, channel) == (intent, [], "telegram")


async def test_a_withdrawal_while_payouts_are_stopped_says_so_and_waits(wanjiru: Handset, db: Database, sql: Sql) -> None:
    await wanjiru.register()
    await give(db, sql, wanjiru, Money(10_000_00))
    async with db.unit() as uow:
        await note_payout_ended(uow, Failed("8006", "credential locked"))
    await amount_screen(wanjiru)

    quoted = await wanjiru.type("500")
    done = await wanjiru.type("1", PIN)

    assert "M-PESA is not paying out right now: it will wait." in quoted
    assert done.startswith("END M-PESA is not paying out right now. Your KES 500 is set aside")
    assert await sql("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'send-payout'") == [(1,)]
