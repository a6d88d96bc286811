"""Lending, as a group lives it on feature phones in both languages; and the same screens in a chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.daos.constitutions import enact
from core.daos.contributions import contribute
from core.daos.groups import create_group, join
from core.daos.loans.arrears import look_at
from core.daos.loans.funding import decide_funding, propose_funding
from core.daos.rules import Rules
from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.kernel.db import Database
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.stories import Village
from tests.e2e.story import Story
from tests.identity.people import People

PINS = {"Wanjiru": "248163", "Otieno": "592703", "Akinyi": "604718", "Kamau": "739205"}
NUMBERS = {name: f"+25471200000{place}" for place, name in enumerate(PINS, start=1)}
ROLES = {"Otieno": "treasurer"}
RULES = replace(Rules(), loan_waiting_days=0, loan_reserve=0, loan_guarantors=1)


@pytest.fixture
async def members(db: Database, hasher: PinHasher, sql: Any) -> dict[str, Member]:
    """Wanjiru chairs Umoja, Otieno is its treasurer; each has saved 1,000 and the loan pot holds 3,000."""
    people = People(db, hasher)
    found = {name: await people.register(Phone(NUMBERS[name]), pin=pin, name=name) for name, pin in PINS.items()}
    async with db.unit() as uow:
        group = await create_group(uow, intent=new_intent(), founder=found["Wanjiru"].id, name="Umoja")
        await enact(uow, group=group.id, rules=RULES, in_force_from=uow.clock.now(), because="test")
    for name, member in found.items():
        async with db.unit() as uow:
            if name != "Wanjiru":
                await join(uow, member=member.id, group=group.id)
            legs = [Leg(MPESA_UTILITY, -shillings(3_000)), Leg(member_account(member.id), shillings(3_000))]
            await transfer(uow, key=new_id(), kind="deposit", legs=legs)
        async with db.unit() as uow:
            await contribute(uow, intent=new_intent(), member=member.id, group=group.id, amount=shillings(1_000))
    for name, role in ROLES.items():
        await sql("UPDATE dao_memberships SET role = :role WHERE user_id = :user", role=role, user=found[name].id)
    async with db.unit() as uow:
        moved = await propose_funding(
            uow,
            intent=new_intent(),
            group=group.id,
            official=found["Wanjiru"].id,
            amount=shillings(3_000),
            direction="in",
        )
    async with db.unit() as uow:
        assert (await decide_funding(uow, funding=moved.id, official=found["Otieno"].id, agrees=True)).done
    return found


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_loan_on_feature_phones(
    client: Client,
    sql: Callable[..., Any],
    vault: Vault,
    clock: FakeClock,
    db: Database,
    members: dict[str, Member],
    language: str,
) -> None:
    await sql("UPDATE members SET language = :language", language=language)
    await sql("DELETE FROM sms_delivery_log")

    async def due() -> None:
        async with db.unit() as uow:
            [(loan,)] = await sql("SELECT id FROM loans")
            await look_at(uow, loan=loan)

    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    await Village(phones, sql, vault, clock, due).play(Story.read(f"loan.{language}.txt"))


async def test_a_loan_in_a_chat(
    client: Client, conversation: Conversation, db: Database, members: dict[str, Member], sql: Callable[..., Any]
) -> None:
    async with db.unit() as uow:
        await link_telegram(uow, member=members["Akinyi"].id, telegram_id=7001, chat=7001, name="Akinyi")
    chat = Chat(conversation)
    await chat.command("groups.menu")
    [(group,)] = await sql("SELECT id FROM daos WHERE kind = 'chama'")

    assert "Savings and loans" in await chat.tap(str(group))
    await chat.tap("savings")
    assert "Ask for a loan" in await chat.tap("loans")
    assert "up to KES 3,000, 1% interest" in await chat.tap("ask")
    assert "for how many months" in (await chat.type("1000")).lower()
    assert "To repay KES 1,015" in await chat.type("2"), "500 and 500, 1 % of 1,000 and of 500"
    assert "Enter your 6-digit PIN" in await chat.tap("yes")
    [(status, before)] = await sql("SELECT (SELECT count(*) FROM loans), (SELECT count(*) FROM loan_pledges)")
    assert (status, before) == (0, 0), "nothing is asked for before the PIN"


async def test_a_loan_too_large_is_refused_on_its_screen_and_nothing_is_lost(
    client: Client, members: dict[str, Member], sql: Callable[..., Any]
) -> None:
    akinyi = Handset(client, NUMBERS["Akinyi"])
    screen = await akinyi.dial()
    for option in ("Groups", "Umoja", "Savings", "Loans", "Ask for a loan"):
        while option not in screen:
            screen = await akinyi.type("98")
        line = next(line for line in screen.removeprefix("CON ").splitlines() if option in line and line[0].isdigit())
        screen = await akinyi.type(line.removeprefix("CON ").split()[0])

    assert "at most KES 3,000" in await akinyi.type("3001")
    assert "how many months" in await akinyi.type("3000")
    assert "from 1 to 12" in await akinyi.type("13")
    assert "Choose member 1 of 1" in await akinyi.type("3")
    assert await sql("SELECT count(*) FROM loans") == [(0,)]
