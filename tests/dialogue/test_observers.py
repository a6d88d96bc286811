"""Somebody who only observes a group, from her invitation on: what she sees, and what she is told at once that she can't do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.daos.calendar import Schedule
from core.daos.constitutions import enact
from core.daos.dues.changing import create_kind
from core.daos.groups import create_group, join
from core.daos.rotation.rounds import open_round
from core.daos.rules import Rules
from core.daos.shares.cycles import start_cycle
from core.dialogue.engine import Conversation
from core.dialogue.screens import Asks
from core.dialogue.turn import Kind
from core.governance.matters import Election, Motion
from core.governance.proposing import propose
from core.identity.devices import link_telegram
from core.identity.members import Member
from core.kernel.db import Database
from core.kernel.ids import DaoId
from core.kernel.phone import Phone
from core.kernel.secrets import PinHasher, Vault
from core.kernel.texts import catalogue
from core.ledger.accounts import MPESA_UTILITY, member_account, treasury
from core.ledger.service import Leg, transfer
from core.treasury.approving import approve
from core.treasury.asking import ask_payment
from core.treasury.requests import Payee
from tests.conftest import FakeClock
from tests.daos.people import new_id, new_intent, shillings
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.group_stories import GroupVillage, nothing_due
from tests.dialogue.stories import Sql
from tests.dialogue.test_treasury import CODE
from tests.e2e.story import Story
from tests.identity.people import People

PINS = {"Wanjiru": "248163", "Otieno": "592703", "Akinyi": "604718", "Kamau": "739205", "Zawadi": "815306"}
NUMBERS = {name: f"+25471200000{place}" for place, name in enumerate(PINS, start=1)}
OBSERVER = "Zawadi"
RULES = replace(
    Rules(),
    welfare_waiting_days=0,
    loan_waiting_days=0,
    meeting_frequency="weekly",
    approvals=1,
    padlock=False,
    signer_wait_hours=0,
)


@pytest.fixture
async def everybody(db: Database, hasher: PinHasher, sql: Sql) -> dict[str, Member]:
    """Umoja, in which something of every sort waits for members; Zawadi has an account and money, and isn't in it."""
    people = People(db, hasher)
    found = {name: await people.register(Phone(NUMBERS[name]), pin=pin, name=name) for name, pin in PINS.items()}
    chair, treasurer = found["Wanjiru"].id, found["Otieno"].id
    async with db.unit() as uow:
        group = (await create_group(uow, intent=new_intent(), founder=chair, name="Umoja")).id
        await enact(uow, group=group, rules=RULES, in_force_from=uow.clock.now(), because="test")
        legs = [Leg(MPESA_UTILITY, -shillings(9_000)), Leg(treasury(group), shillings(9_000))]
        await transfer(uow, key=new_id(), kind="test_funding", legs=legs)
    for name, member in found.items():
        async with db.unit() as uow:
            if name not in ("Wanjiru", OBSERVER):
                await join(uow, member=member.id, group=group)
            legs = [Leg(MPESA_UTILITY, -shillings(3_000)), Leg(member_account(member.id), shillings(3_000))]
            await transfer(uow, key=new_id(), kind="deposit", legs=legs)
    await sql("UPDATE dao_memberships SET role = 'treasurer' WHERE user_id = :user", user=treasurer)
    await _something_of_every_sort(db, group, found)
    return found


async def _something_of_every_sort(db: Database, group: DaoId, found: dict[str, Member]) -> None:
    chair, treasurer = found["Wanjiru"].id, found["Otieno"].id
    about = {"official": chair, "group": group}
    async with db.unit() as uow:
        kind = {"name": "Plot fund", "purpose": "project", "schedule": Schedule("weekly", 7), "amount": shillings(250)}
        await create_kind(uow, intent=new_intent(), **about, **kind)
        await start_cycle(uow, intent=new_intent(), **about)
        await open_round(uow, intent=new_intent(), amount=shillings(200), **about)
    for matter, words in ((Motion(), "Buy ten goats"), (Election("auditor"), "")):
        async with db.unit() as uow:
            await propose(uow, intent=new_intent(), group=group, proposer=chair, matter=matter, words=words)
    async with db.unit() as uow:
        payee = Payee("Kamau", member=found["Kamau"].id)
        wanted = {"amount": shillings(2_000), "payee": payee, "reason": "Tents for the meeting"}
        asked = await ask_payment(uow, intent=new_intent(), member=treasurer, group=group, **wanted)
    async with db.unit() as uow:
        await approve(uow, request=asked.id, member=chair, digest=asked.digest)


async def has_moved_nothing(sql: Sql, member: Member) -> None:
    """She has what she had, and no row of the group's savings is hers."""
    tables = "contributions", "share_purchases", "rotation_hands", "welfare_claims", "welfare_payments", "loans", "ballots"
    for table in tables:
        [(column,)] = await sql(
            "SELECT column_name FROM information_schema.columns WHERE table_name = :table"
            " AND column_name IN ('user_id', 'member_id', 'voter_id')",
            table=table,
        )
        assert await sql(f"SELECT 1 FROM {table} WHERE {column} = :member", member=member.id) == [], table
    [(kept,)] = await sql("SELECT available_balance FROM user_balances WHERE user_id = :member", member=member.id)
    assert kept == 3_000


class Watched(GroupVillage):
    """The code of a payment's digest is another one each time."""

    async def _do(self, who: str, step: str) -> str:
        return CODE.sub("{code}", await super()._do(who, step))


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_an_observer_on_feature_phones(
    client: Client,
    sql: Callable[..., Any],
    vault: Vault,
    clock: FakeClock,
    everybody: dict[str, Member],
    language: str,
) -> None:
    await sql("UPDATE members SET language = :language", language=language)
    await sql("DELETE FROM sms_delivery_log")

    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    village = Watched(phones, sql, vault, clock, nothing_due, group="Umoja")
    await village.play(Story.read(f"observer.{language}.txt"))

    await has_moved_nothing(sql, everybody[OBSERVER])


REFUSED = "You observe this group: you have no money and no vote in it."
# Whatever a member does with money or a vote: the ways to it from the group, each by its ids, and nothing that is typed.
ATTEMPTS = (
    ("contribute",),
    ("paybill",),
    ("savings", "recurring", "new"),
    ("savings", "merry", "take"),
    ("savings", "merry", "half"),
    ("savings", "shares", "buy"),
    ("savings", "welfare", "pay"),
    ("savings", "welfare", "claim"),
    ("savings", "loans", "ask"),
    ("decisions", "votes", "new"),
    ("decisions", "votes", "proxy"),
    ("decisions", "votes", "Buy ten goats", "more", "represent"),
    ("decisions", "votes", "Election", "stand"),
    ("decisions", "votes", "Election", "nominate"),
)


async def tapped(chat: Chat, step: str) -> str:
    """Press the button with this id, or the one whose label has these words."""
    assert chat.reply is not None
    offered = chat.reply.screen.choices
    ids = [one.id for one in offered if one.id == step] or [
        one.id for one in offered if step in catalogue().say(chat.reply.language, one.label)
    ]
    assert ids, f"no {step} at {[one.id for one in offered]}"
    return await chat.tap(ids[0])


async def test_an_observer_in_a_chat(
    conversation: Conversation, db: Database, everybody: dict[str, Member], sql: Sql, vault: Vault
) -> None:
    chats = {name: Chat(conversation, 7001 + place, bot="mtaa_bot") for place, name in enumerate(("Wanjiru", OBSERVER))}
    for name, chat in chats.items():
        async with db.unit() as uow:
            await link_telegram(uow, member=everybody[name].id, telegram_id=chat.telegram, chat=chat.telegram, name=name)
    chair, zawadi = chats.values()
    [(group,)] = await sql("SELECT id::text FROM daos WHERE kind = 'chama'")

    await chair.command("groups.menu")
    for step in (group, "more", "people", "invite", "observer"):
        await chair.tap(step)
    assert "to Umoja as observer?" in await chair.type("0712000005")
    await chair.tap("yes")
    sent = await chair.type(PINS["Wanjiru"])
    [token] = re.findall(r"https://t\.me/mtaa_bot\?start=join_([\w-]{22})$", sent, re.MULTILINE)

    shown = await zawadi.do(Kind.COMMAND, "join.link", argument=token)
    assert shown.startswith("See Umoja as an observer, without money and vote? You accept its rules (version 2):\n1. Up to 100")
    assert "You see Umoja as an observer now." in await zawadi.tap("yes")
    news = await sql("SELECT message FROM chat_delivery_log WHERE chat = :chat ORDER BY position", chat=chair.telegram)
    assert news[-1] == ("Umoja: Zawadi has come as an observer, without money and vote.",)

    for attempt in ATTEMPTS:
        await zawadi.command("groups.menu")
        shown = [await tapped(zawadi, step) for step in (group, *attempt)][-1]
        assert shown.startswith(REFUSED), f"{attempt}: {shown}"
    await zawadi.command("contribute.start")
    assert (await zawadi.tap(group)).startswith(REFUSED)

    # No button of a vote or of a payment lets her object or decide.
    await zawadi.command("groups.menu")
    for step in (group, "decisions", "votes", "Buy ten goats"):
        shown = await tapped(zawadi, step)
    assert "You observe this group and have no vote in it." in shown
    assert zawadi.reply is not None
    assert [one.id for one in zawadi.reply.screen.choices] == ["try", "more"]
    await zawadi.command("groups.menu")
    for step in (group, "decisions", "treasury", "requests", "KAMAU"):
        await tapped(zawadi, step)
    assert [one.id for one in zawadi.reply.screen.choices] == ["details"]
    await has_moved_nothing(sql, everybody[OBSERVER])


async def observing(db: Database, sql: Sql, everybody: dict[str, Member]) -> str:
    """Zawadi observes Umoja and has a chat; the group."""
    [(group,)] = await sql("SELECT id FROM daos WHERE kind = 'chama'")
    async with db.unit() as uow:
        await join(uow, member=everybody[OBSERVER].id, group=DaoId(group), role="observer")
        await link_telegram(uow, member=everybody[OBSERVER].id, telegram_id=7001, chat=7001, name=OBSERVER)
    return str(group)


async def test_no_way_through_the_group_fails_an_observer_or_asks_for_an_amount(
    conversation: Conversation, db: Database, everybody: dict[str, Member], sql: Sql
) -> None:
    """Every option of every screen, wherever it leads, but leaving the group."""
    group, chat = await observing(db, sql, everybody), Chat(conversation)
    ways: list[tuple[str, ...]] = [(group,)]
    places = set[str]()
    while ways:
        way = ways.pop()
        await chat.command("groups.menu")
        shown = [await chat.tap(step) for step in way][-1]
        assert chat.reply is not None
        if chat.reply.screen.asks is Asks.PIN:
            shown = await chat.type(PINS[OBSERVER])
        place = "\n".join([chat.reply.screen.text.key, *(one.id for one in chat.reply.screen.choices)])
        assert not chat.reply.screen.text.key.startswith(("problem", "error")), f"{way}: {shown}"
        assert chat.reply.screen.asks is not Asks.AMOUNT, f"{way}: {shown}"
        if place not in places and chat.reply.note is None and way[-2:] != ("leave", "leave"):
            places.add(place)
            ways += [(*way, one.id) for one in chat.reply.screen.choices]
    assert len(places) > 35, "the whole group was walked through"
    await has_moved_nothing(sql, everybody[OBSERVER])
