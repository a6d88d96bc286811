"""Changing the PIN on both channels, and what somebody who only holds the phone can't do with it."""

from __future__ import annotations

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.payments.account_numbers import account_number
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Handset
from tests.dialogue.owners import PIN, Sql

NEW, WRONG = "815203", "604718"


def key_of(screen: str, option: str) -> str:
    """The number in front of this option."""
    return next(line.split()[0] for line in screen.removeprefix("CON ").splitlines() if option in line and line[0].isdigit())


async def to_new_pin(handset: Handset) -> str:
    """Dial and choose Account, Change PIN."""
    account = await handset.dial()
    menu = await handset.type(key_of(account, "Account"))
    return await handset.type(key_of(menu, "Change PIN"))


@pytest.fixture
async def chat(conversation: Conversation, wanjiru: Handset, db: Database, sql: Sql) -> Chat:
    await wanjiru.register()
    [(member,)] = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        await link_telegram(uow, member=MemberId(member), telegram_id=7001, chat=7001, name="Wanjiru")
    return Chat(conversation)


async def test_pin_when_changed_by_phone_then_the_old_one_is_asked_first_and_opens_no_more(wanjiru: Handset) -> None:
    await wanjiru.register()
    asked = await to_new_pin(wanjiru)
    choose = await wanjiru.type(PIN)
    again = await wanjiru.type(NEW)
    done = await wanjiru.type(NEW)

    assert asked.startswith("CON")
    assert "PIN" in asked
    assert "new PIN" in choose
    assert "same PIN again" in again
    assert done.startswith("END Your PIN is changed")
    await wanjiru.dial()
    assert "Wrong PIN" in await wanjiru.type("1", PIN)
    assert "Your balance" in await wanjiru.type(NEW)


async def test_pin_when_one_of_her_last_then_refused_with_the_reason(wanjiru: Handset) -> None:
    await wanjiru.register()
    await to_new_pin(wanjiru)

    assert "You had this PIN before" in await wanjiru.type(PIN, PIN)
    assert "same PIN again" in await wanjiru.type(NEW)


async def test_pin_when_guessed_on_the_way_to_a_new_one_then_every_guess_counts(wanjiru: Handset, sql: Sql) -> None:
    await wanjiru.register()
    await to_new_pin(wanjiru)

    assert "4 tries left" in await wanjiru.type(WRONG)
    assert await sql("SELECT pin_failures FROM members") == [(1,)]


async def test_pin_when_the_session_drops_after_the_old_one_then_the_next_holder_of_the_phone_must_prove_it(
    wanjiru: Handset,
) -> None:
    await wanjiru.register()
    await to_new_pin(wanjiru)
    await wanjiru.type(PIN, NEW)

    assert "Continue" not in await wanjiru.dial()
    assert "Enter your 6-digit PIN" in await to_new_pin(wanjiru)


async def test_pin_when_changed_in_a_chat_then_done(chat: Chat, sql: Sql) -> None:
    await chat.command("account.menu")
    await chat.tap("new_pin")
    await chat.type(PIN)
    await chat.type(NEW)

    assert "Your PIN is changed" in await chat.type(NEW)
    assert await sql("SELECT count(*) FROM password_history") == [(2,)]


async def test_pin_when_a_chat_was_left_open_after_the_old_one_then_too_late(chat: Chat, clock: FakeClock, sql: Sql) -> None:
    await chat.command("account.menu")
    await chat.tap("new_pin")
    await chat.type(PIN)
    await chat.type(NEW)
    clock.advance(minutes=6)

    assert "took too long" in await chat.type(NEW)
    assert await sql("SELECT count(*) FROM password_history") == [(1,)]


async def test_pin_when_it_is_in_her_own_data_then_refused_with_the_reason(wanjiru: Handset, db: Database, sql: Sql) -> None:
    """Her paybill number is on every receipt, and her Telegram account on whatever she writes there."""
    await wanjiru.register()
    [(member,)] = await sql("SELECT id FROM members")
    async with db.unit() as uow:
        number = await account_number(uow, member=MemberId(member))
        await link_telegram(uow, member=MemberId(member), telegram_id=88046153, chat=88046153, name="Wanjiru")
    await to_new_pin(wanjiru)
    await wanjiru.type(PIN)
    assert "in a number of yours" in await wanjiru.type("804615")
    assert "easy to guess" in await wanjiru.type(number[1:])
    assert "same PIN again" in await wanjiru.type(NEW)
