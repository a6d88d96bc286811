"""A lasting chat: buttons of old messages, commands in the middle of something, and how long a PIN counts as recent."""

from __future__ import annotations

import pytest

from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import PIN, Sql, give, group_of


@pytest.fixture
async def chat(conversation: Conversation, wanjiru: Handset, db: Database, sql: Sql) -> Chat:
    """Wanjiru's chat, linked to the account of her phone."""
    await wanjiru.register()
    [(member,)] = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(member), telegram_id=7001, chat=7001, name="Wanjiru")
    return Chat(conversation)


async def test_a_stranger_is_asked_for_her_contact(conversation: Conversation) -> None:
    assert "phone number" in await Chat(conversation, 9009).command("balance.show")


async def test_a_command_that_needs_a_pin_asks_and_then_shows(chat: Chat) -> None:
    asked = await chat.command("balance.show")
    shown = await chat.type(PIN)

    assert "PIN" in asked
    assert "Your balance: KES 0" in shown


async def test_back_from_a_commands_pin_goes_home(chat: Chat) -> None:
    await chat.command("balance.show")

    assert "Deposit" in await chat.do(Kind.BACK)


async def test_a_pin_is_recent_for_five_minutes_for_reading_only(
    chat: Chat, clock: FakeClock, wanjiru: Handset, db: Database, sql: Sql
) -> None:
    await give(db, sql, wanjiru, Money(500_00))
    await group_of(wanjiru)
    await chat.command("balance.show")
    await chat.type(PIN)

    assert "Your balance" in await chat.command("balance.show")
    await chat.command("contribute.start")
    assert chat.reply is not None
    await chat.tap(chat.reply.screen.choices[0].id)
    await chat.type("100")
    assert "PIN" in await chat.tap("yes")
    clock.advance(minutes=6)
    assert "PIN" in await chat.command("balance.show")


async def test_a_button_of_an_older_message_does_nothing(chat: Chat, sql: Sql) -> None:
    await chat.command("deposit.amount")
    await chat.type("500")
    assert chat.reply is not None
    old = chat.reply.turn
    await chat.do(Kind.BACK)
    await chat.type("9000")

    refused = await chat.tap("yes", turn=old)

    assert "expired" in refused
    assert "KES 9,000" in refused
    assert "PIN" in await chat.tap("yes")
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(0,)]


async def test_a_button_that_was_never_shown_does_nothing(chat: Chat) -> None:
    await chat.command("deposit.amount")
    await chat.type("500")

    assert "Choose" in await chat.tap("contribute.pay")


async def test_an_old_button_while_the_pin_is_asked_asks_again(chat: Chat) -> None:
    await chat.command("deposit.amount")
    await chat.type("500")
    await chat.tap("yes")

    asked = await chat.tap("no", turn=1)

    assert "expired" in asked
    assert "PIN" in asked


async def test_the_same_update_again_gets_the_same_reply_and_one_effect(chat: Chat, sql: Sql) -> None:
    await chat.command("deposit.amount")
    await chat.type("500")
    await chat.tap("yes")

    replies = {await chat.do(Kind.TYPED, PIN, event="chat:7001:same") for _ in range(3)}

    assert len(replies) == 1
    assert await sql("SELECT count(*) FROM mpesa_transactions") == [(1,)]


async def test_a_command_in_the_middle_leaves_what_was_begun(chat: Chat) -> None:
    await chat.command("deposit.amount")
    await chat.type("500")

    assert "Deposit" in await chat.command("home")
    assert "amount" in await chat.command("deposit.amount")


async def test_a_tap_ten_times_pays_once(chat: Chat, wanjiru: Handset, db: Database, sql: Sql) -> None:
    await give(db, sql, wanjiru, Money(500_00))
    await group_of(wanjiru)
    await chat.command("contribute.start")
    assert chat.reply is not None
    await chat.tap(chat.reply.screen.choices[0].id)
    await chat.type("100")
    turn = chat.reply.turn
    for _ in range(10):
        await chat.tap("yes", turn=turn)
    await chat.type(PIN)
    for _ in range(10):
        await chat.tap("yes", turn=turn)

    assert await sql("SELECT count(*) FROM contributions") == [(1,)]


async def test_another_amount_after_a_deposit_was_sent_is_another_deposit(chat: Chat, sql: Sql) -> None:
    await chat.command("deposit.amount")
    await chat.type("500")
    await chat.tap("yes")
    await chat.type(PIN)
    await sql("UPDATE mpesa_transactions SET status = 'failed', failure_reason = 'cancelled', next_check_at = NULL")

    await chat.command("deposit.amount")
    await chat.type("700")
    await chat.tap("yes")
    await chat.type(PIN)

    assert sorted(await sql("SELECT amount::int FROM mpesa_transactions")) == [(500,), (700,)]


async def test_a_stolen_chat_is_let_go_from_the_phone(chat: Chat, wanjiru: Handset) -> None:
    await chat.command("balance.show")
    await chat.type(PIN)
    await wanjiru.dial()

    done = await wanjiru.type("5", "14", PIN)

    assert "no longer linked" in done
    assert "phone number" in await chat.command("balance.show")
