"""The merry-go-round as members live it, on feature phones in both languages and in a chat."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from core.daos.constitutions import enact
from core.daos.rotation.jobs import look_at_turns
from core.daos.rules import Rules
from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.monitoring.audit import audit
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.owners import give, group_of
from tests.dialogue.stories import Sql, Village
from tests.dialogue.test_recovery import NUMBERS, PINS, pick
from tests.e2e.story import Story

WEEKLY = replace(Rules(), frequency="weekly", due_day=7, grace_days=1)


async def settled(
    client: Client, db: Database, sql: Sql, clock: FakeClock, *, language: str, rules: Rules = WEEKLY
) -> dict[str, Handset]:
    """Wanjiru's group Umoja with Otieno and Akinyi; each has 5,000."""
    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    for name, handset in phones.items():
        await handset.dial()
        await handset.type("1" if language == "en" else "2", "1", f"{name} Wafula", PINS[name], PINS[name])
        await give(db, sql, handset, Money(5_000_00))
    await group_of(phones["Wanjiru"])
    # A known code, since the order of a draw follows from it.
    await sql("UPDATE daos SET code = '482918' WHERE kind <> 'practice'")
    for name in ("Otieno", "Akinyi"):
        await phones[name].dial("4")
        await phones[name].type("8", "482918", "1", "1", "1")
    [(group,)] = await sql("SELECT id FROM daos WHERE kind <> 'practice'")
    async with db.unit() as uow:
        await enact(uow, group=DaoId(group), rules=rules, in_force_from=clock.now(), because="the members")
    return phones


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_merry_go_round_on_feature_phones(
    client: Client,
    sql: Sql,
    vault: Vault,
    clock: FakeClock,
    db: Database,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.daos.rotation.order.random_below", lambda limit: 0xC0FFEE)
    phones = await settled(client, db, sql, clock, language=language)

    async def due() -> None:
        await look_at_turns(SimpleNamespace(database=db), {})

    await Village(phones, sql, vault, clock, due).play(Story.read(f"merry.{language}.txt"))

    wrong = [finding.name for finding in await audit(db) if not finding.ok]
    # Their first money came without a payment.
    assert wrong == ["completed deposits equal their transfers"]
    examined = {finding.name: finding.examined for finding in await audit(db)}
    assert all(examined[name] for name in examined if name.startswith(("merry", "each hand")))


async def test_an_agreed_order_in_a_chat(
    client: Client, conversation: Conversation, sql: Sql, clock: FakeClock, db: Database
) -> None:
    rules = replace(WEEKLY, rotation_order="agreed")
    await settled(client, db, sql, clock, language="en", rules=rules)
    [(group,)] = await sql("SELECT id FROM daos WHERE kind <> 'practice'")
    chats: dict[str, Chat] = {}
    for place, name in enumerate(NUMBERS):
        [(member,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=NUMBERS[name])
        async with db.unit() as uow:
            await link_telegram(uow, member=MemberId(member), telegram_id=7001 + place, chat=7001 + place, name=name)
        chats[name] = Chat(conversation, 7001 + place)

    async def merry(name: str, *taps: str) -> str:
        chat = chats[name]
        await chat.command("groups.menu")
        said = ""
        for tap in (str(group), "savings", "merry", *taps):
            said = await chat.tap(tap)
        return said

    async def sign(name: str) -> str:
        return await chats[name].type(PINS[name])

    await merry("Wanjiru", "start")
    await chats["Wanjiru"].type("200")
    await chats["Wanjiru"].tap("yes")
    await sign("Wanjiru")
    for name in NUMBERS:
        await merry(name, "take", "yes")
        assert "is yours" in await sign(name)
    await merry("Wanjiru", "close", "yes")
    assert "type the order" in await sign("Wanjiru")
    assert "Hands: 1 2 3" in await merry("Wanjiru", "type")
    assert "2 1 3" in await chats["Wanjiru"].type("2, 1, 3")
    await chats["Wanjiru"].tap("yes")
    assert "are asked now" in await sign("Wanjiru")
    for name in NUMBERS:
        assert "Order of hands: 2 1 3" in await merry(name, "agree")
        await chats[name].tap("yes")
        agreed = await sign(name)
    assert "All have agreed" in agreed

    assert "Pay KES 200 to the merry of Umoja\nTurn 1: O. WAFULA" in await merry("Akinyi", "pay")
    await chats["Akinyi"].tap("other")
    assert "Pay KES 50" in await chats["Akinyi"].type("50")
    await chats["Akinyi"].tap("yes")
    assert "Still owed KES 150. Balance KES 4,950." in await sign("Akinyi")
    assert "Missing: A. WAFULA KES 150" in await merry("Otieno", "paid")


async def test_only_officials_start_a_round(client: Client, sql: Sql, clock: FakeClock, db: Database) -> None:
    phones = await settled(client, db, sql, clock, language="en")
    otieno: Any = phones["Otieno"]
    screen = await pick(otieno, await otieno.dial(), "Groups", "Umoja", "Savings", "Merry")

    assert "An official can start one" in screen
    assert "nothing to choose here" in await otieno.type("1")
