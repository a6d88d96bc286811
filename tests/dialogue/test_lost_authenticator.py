"""Authenticator and backup codes are both lost: the way back is where the code is asked for, and in every recovery."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.dialogue.engine import Conversation
from core.identity.two_factor import has_two_factor
from core.kernel.db import Database
from core.kernel.phone import parse_phone
from core.kernel.secrets import PinHasher, Vault
from tests.conftest import FakeClock
from tests.dialogue.conftest import Client, Handset
from tests.dialogue.stories import Sql, code_of
from tests.dialogue.test_recovery import NEW_NUMBER, forgot, linked_chat, pick, pick_number
from tests.dialogue.test_second_factor import app_of
from tests.identity.people import PIN, People
from tests.identity.village import NEW_PIN
from tests.identity.village import Village as Neighbours


@pytest.fixture
async def neighbours(db: Database, hasher: PinHasher, clock: FakeClock) -> Neighbours:
    """Wanjiru, with an authenticator for months, and three contacts."""
    village = Neighbours(People(db, hasher), clock)
    await village.settle()
    await app_of(db, village.her.id, clock)
    clock.moment += timedelta(days=60)
    return village


@pytest.fixture
def her_phone(client: Client) -> Handset:
    return Handset(client, "+254712000001")


async def vouched(client: Client, neighbours: Neighbours, asked: str) -> None:
    """Two contacts confirm on their phones; each reads what for."""
    for contact in neighbours.contacts[:2]:
        phone = Handset(client, contact.phone)
        said = await pick(phone, await phone.dial(), "Account", "Help a member", "Wanjiru")
        assert asked in said
        await pick(phone, said, "Confirm")
        assert "You have confirmed" in await phone.type(PIN)


async def test_whoever_knows_her_pin_and_lost_the_app_gets_back_in_from_where_the_code_is_asked_for(
    client: Client, her_phone: Handset, neighbours: Neighbours, sql: Sql, vault: Vault, clock: FakeClock, db: Database
) -> None:
    asked = await pick(her_phone, await her_phone.dial(), "Account", "Security", "Turn off")
    assert "backup code" in asked
    explained = await pick(her_phone, asked, "I lost the app")
    assert "turn off two-step check" in explained
    assert "3 days" in explained
    assert "by SMS" in await pick(her_phone, explained, "Confirm")
    assert "Type the 6-digit code" in await forgot(her_phone)
    assert "Your contacts are asked" in await her_phone.type(await code_of(sql, vault, her_phone.number))
    await vouched(client, neighbours, "a new PIN, without two-step check")

    clock.advance(hours=24)
    waiting = await forgot(her_phone)
    assert "Two-step check is turned off then" in waiting
    assert "Choose a new PIN" not in waiting
    clock.advance(hours=48)
    await neighbours.people.calm()
    await pick(her_phone, await forgot(her_phone), "Choose a new PIN")
    assert "your account has a new PIN" in await her_phone.type(NEW_PIN, NEW_PIN)
    async with db.unit() as uow:
        assert not await has_two_factor(uow, member=neighbours.her.id)
    assert "Turn on two-step check" in await pick(her_phone, await her_phone.dial(), "Account", "Security")


@pytest.mark.parametrize("answer", ["No", "Yes, both are lost"])
async def test_whoever_forgot_her_pin_is_asked_whether_the_app_is_lost_too(
    her_phone: Handset, neighbours: Neighbours, sql: Sql, vault: Vault, answer: str
) -> None:
    asked = await forgot(her_phone)
    assert "Did you lose your authenticator app" in asked
    explained = await pick(her_phone, asked, answer)
    assert ("3 days" in explained) is (answer != "No")
    await pick(her_phone, explained, "Confirm")
    await forgot(her_phone)
    await her_phone.type(await code_of(sql, vault, her_phone.number))
    assert await sql("SELECT app_lost FROM account_recovery") == [(answer != "No",)]


async def test_in_a_chat_the_way_back_is_where_the_code_is_asked_for_too(
    conversation: Conversation, her_phone: Handset, neighbours: Neighbours, db: Database, sql: Sql, vault: Vault
) -> None:
    chat = await linked_chat(conversation, db, neighbours.her.id)
    await chat.command("security.menu")
    assert "backup code" in await chat.tap("codes")
    assert "3 days" in await chat.tap("lost")
    await chat.tap("yes")
    assert "Your contacts are asked" in await chat.type(await code_of(sql, vault, her_phone.number))
    assert await sql("SELECT app_lost FROM account_recovery") == [(True,)]


async def test_a_number_and_the_app_are_lost_with_the_same_phone(
    client: Client, neighbours: Neighbours, sql: Sql, vault: Vault
) -> None:
    new = Handset(client, NEW_NUMBER)
    await pick_number(new, "0712000001")
    await pick_number(new, "0712000001")
    asked = await new.type(await code_of(sql, vault, new.number))
    assert "PIN" in await pick(new, asked, "Yes, both are lost")
    assert "Your contacts are asked" in await new.type(PIN)
    assert await sql("SELECT app_lost, recovery_type FROM account_recovery") == [(True, "number_change")]
    await vouched(client, neighbours, "a new number, without two-step check")


async def test_a_chat_with_a_new_number_is_asked_of_the_app_only_where_there_is_one(
    conversation: Conversation, neighbours: Neighbours, db: Database, sql: Sql, vault: Vault
) -> None:
    chat = await linked_chat(conversation, db, neighbours.her.id)
    await chat.command("account.menu")
    await chat.tap("number")
    await chat.type("0700000009")
    assert "Did you lose" in await chat.type(await code_of(sql, vault, str(parse_phone(NEW_NUMBER))))
    assert "Change your number" in await chat.tap("lost")
    await chat.type(PIN)
    assert await sql("SELECT app_lost FROM account_recovery") == [(True,)]


async def test_a_code_that_was_sent_to_begin_with_the_app_begins_nothing_without_it(
    conversation: Conversation, neighbours: Neighbours, db: Database, sql: Sql, vault: Vault, clock: FakeClock
) -> None:
    """The SMS was asked for one thing; whoever gets at it can't begin the other with it."""
    chat = await linked_chat(conversation, db, neighbours.her.id)
    await chat.command("recovery.start")
    await chat.tap("kept")
    await chat.tap("yes")
    code = await code_of(sql, vault, "+254712000001")
    assert "Type the 6-digit code" in await chat.command("recovery.start")
    clock.advance(minutes=1)
    await chat.command("security.menu")
    await chat.tap("codes")
    await chat.tap("lost")
    await chat.tap("yes")
    assert "not right" in await chat.type(code)
    assert await sql("SELECT count(*) FROM account_recovery") == [(0,)]
    await chat.type(await code_of(sql, vault, "+254712000001"))
    assert await sql("SELECT app_lost FROM account_recovery") == [(True,)]
