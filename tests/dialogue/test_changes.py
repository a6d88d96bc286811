"""Her contacts changed by somebody who holds her phone and knows her PIN: she hears of it and stops it, wherever she still is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram, unlink_telegram
from core.identity.members import find_by_phone
from core.identity.recovery_contacts import ask_contact, contacts_who_count
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.test_recovery import pick, two_groups
from tests.identity.people import People
from tests.identity.village import Village

HER, FOUNDERS = "+254712000001", {"Otieno": "+254722000002", "Akinyi": "+254733000003"}
PIN = "739205"


@pytest.fixture
async def her(client: Client, sql: Callable[..., Any], db: Database, hasher: PinHasher, clock: FakeClock) -> Village:
    """Wanjiru in two groups, with a chat; whoever has her phone has her PIN as well."""
    village = Village(People(db, hasher), clock)
    await village.settle(contacts=2)
    phones = {"Wanjiru": Handset(client, HER)}
    for name, number in FOUNDERS.items():
        phones[name] = Handset(client, number)
        await phones[name].register(name, "604718")
    await two_groups(phones, sql)
    async with db.unit() as uow:
        await link_telegram(uow, member=village.her.id, telegram_id=7001, chat=7001, name="W")
    return village


async def test_contacts_when_changed_with_phone_and_pin_then_stopped_from_the_chat_without_a_pin(
    her: Village, client: Client, conversation: Conversation, db: Database, clock: FakeClock
) -> None:
    stolen, chat = Handset(client, HER), Chat(conversation)
    await pick(stolen, await stolen.dial(), "Account", "Recovery contacts", "Officials", "Otieno")
    assert "the answer counts from" in await stolen.type(PIN)
    await pick(stolen, await stolen.dial(), "Account", "Recovery contacts", "Take one off")
    await stolen.type("0722000000")
    assert "this person stays your contact until" in await stolen.type(PIN)

    told = await her.people.rows("chat_delivery_log", where="chat = 7001")
    assert sum("Not you? Stop it: Account, Changes that wait" in row["message"] for row in told) == 2
    await chat.command("changes.menu")
    await chat.tap("stop")
    assert "were stopped" in await chat.tap("yes")
    clock.advance(hours=96)
    async with db.unit() as uow:
        assert {one.name for one in await contacts_who_count(uow, member=her.her.id)} == {"Contact A", "Contact B"}


async def test_changes_when_seen_on_the_phone_then_by_kind_and_day_and_nobody_is_named(
    her: Village, client: Client, clock: FakeClock
) -> None:
    phone = Handset(client, HER)
    await pick(phone, await phone.dial(), "Account", "Recovery contacts", "Officials", "Akinyi")
    await phone.type(PIN)
    seen = await pick(phone, await phone.dial(), "Account", "Changes that wait")
    assert "New recovery contact: " in seen
    assert "Akinyi" not in seen
    assert "They go on" in await pick(phone, seen, "Stop all", "Cancel")
    clock.advance(hours=72)
    account = await phone.dial("5")
    for _ in range(6):
        assert "Changes that wait" not in account
        account = await phone.type("98")


async def test_contacts_when_the_thief_lets_her_chat_go_first_then_it_is_told_and_stops_them_all_the_same(
    her: Village, client: Client, conversation: Conversation, db: Database, clock: FakeClock
) -> None:
    clock.advance(hours=80)
    stolen, chat = Handset(client, HER), Chat(conversation)
    await pick(stolen, await stolen.dial(), "Account", "Unlink Telegram")
    await stolen.type(PIN)
    await pick(stolen, await stolen.dial(), "Account", "Recovery contacts", "Officials", "Otieno")
    assert "the answer counts from" in await stolen.type(PIN)

    told = await her.people.rows("chat_delivery_log", where="chat = 7001")
    assert sum("Stop it: send /start" in row["message"] for row in told) == 1
    assert "are being changed. Not you?" in await chat.command("home")
    assert "were stopped" in await chat.tap("stop")
    assert "Share" in await chat.command("home")
    assert await her.people.rows("recovery_contacts", where="status = 'asked'") == []


async def test_changes_when_a_chat_was_linked_lately_or_let_go_long_ago_then_it_stops_nothing(
    her: Village, conversation: Conversation, db: Database, clock: FakeClock
) -> None:
    chat = Chat(conversation)

    async def change(contact: str) -> None:
        async with db.unit() as uow:
            found = await find_by_phone(uow, Phone(FOUNDERS[contact]))
            assert found is not None
            await ask_contact(uow, member=her.her.id, contact=found.id)

    async with db.unit() as uow:
        await unlink_telegram(uow, member=her.her.id, still_heard=True)
    await change("Otieno")
    assert "are being changed" not in await chat.command("home")
    async with db.unit() as uow:
        await link_telegram(uow, member=her.her.id, telegram_id=7001, chat=7001, name="W")
    clock.advance(hours=80)
    async with db.unit() as uow:
        await unlink_telegram(uow, member=her.her.id, still_heard=True)
    clock.advance(hours=145)
    await change("Akinyi")
    assert "are being changed" not in await chat.command("home")
