"""A group's payment as people live it: asked for, approved by three of them, objected to, paid; on phones and in chats."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from core.daos.constitutions import enact
from core.daos.rules import DEFAULTS
from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind, Reply
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.kernel.texts import catalogue
from core.ledger.accounts import MPESA_UTILITY, treasury
from core.ledger.service import Leg, transfer
from core.treasury.jobs import JOBS, look_after
from core.treasury.padlock import padlock_holder
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.owners import group_of
from tests.dialogue.stories import Village
from tests.e2e.story import Story

Sql = Callable[..., Any]
NAMES = {
    "Amina": "Amina Hassan",
    "Bahati": "Bahati Were",
    "Chebet": "Chebet Koech",
    "Daudi": "Daudi Mwangi",
    "Esther": "Esther Wairimu",
}
ROLES = {"Bahati": "secretary", "Chebet": "treasurer", "Daudi": "member", "Esther": "auditor"}
NUMBERS = {name: f"+25471200001{place}" for place, name in enumerate(NAMES)}
PIN = "248163"
CODE = re.compile(r"\b[0-9A-F]{3}-[0-9A-F]{3}\b")
ENDS = re.compile(r"\b\d+/\d+/\d\d \d\d:\d\d\b")


class ChatPhone(Chat):
    """A Telegram chat that is used like a phone: options are pressed by their label."""

    number = ""

    async def dial(self) -> str:
        return await self.do(Kind.START)

    async def press(self, words: str) -> str:
        assert self.reply is not None
        chosen = next(one for one in self.reply.screen.choices if words in catalogue().say(self.reply.language, one.label))
        return await self.tap(chosen.id)

    def _render(self, reply: Reply) -> list[str]:
        self.reply = reply
        say = catalogue().say
        head = [say(reply.language, one) for one in (reply.note, reply.screen.text, *reply.screen.rows) if one]
        return ["\n".join([*head, *(f"[{say(reply.language, one.label)}]" for one in reply.screen.choices)])]


class Members(Village):
    """Some with feature phones, some with chats."""

    async def _do(self, who: str, step: str) -> str:
        shown = await super()._do(who, step)
        return ENDS.sub("{time}", CODE.sub("{code}", shown))

    async def _pick(self, who: str, words: str) -> str:
        phone = self.phones[who]
        return await phone.press(words) if isinstance(phone, ChatPhone) else await super()._pick(who, words)

    async def _sms(self, who: str) -> str:
        phone = self.phones[who]
        if not isinstance(phone, ChatPhone):
            return await super()._sms(who)
        sent = await self.sql(
            "SELECT id::text, message FROM chat_delivery_log WHERE chat = :chat ORDER BY id", chat=phone.telegram
        )
        identifier, message = next(row for row in sent if row[0] not in self.read)
        self.read.add(identifier)
        return str(message)


async def umoja(client: Client, sql: Sql, db: Database, language: str, clock: FakeClock) -> tuple[dict[str, Handset], DaoId]:
    """Amina's group with its officials, two ordinary members and KES 84,500; one official approves besides the padlock."""
    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    for name, handset in phones.items():
        await handset.dial()
        await handset.type("1" if language == "en" else "2", "1", NAMES[name], PIN, PIN)
    code = await group_of(phones["Amina"])
    [(group,)] = await sql("SELECT id FROM daos WHERE code = :code", code=code)
    for name, role in ROLES.items():
        await phones[name].dial("4")
        await phones[name].type("8", code, "1", "1", "1")
        await sql(
            "UPDATE dao_memberships SET role = :role FROM members m WHERE m.id = user_id AND m.phone = :phone RETURNING 1",
            role=role,
            phone=NUMBERS[name],
        )
    money = Money(84_500_00)
    async with db.unit() as uow:
        legs = [Leg(MPESA_UTILITY, -money), Leg(treasury(DaoId(group)), money)]
        await transfer(uow, key=uow.ids.new(), kind="test_funding", legs=legs)
    return phones, DaoId(group)


def worker(db: Database, sql: Sql) -> Callable[[], Any]:
    """The treasury's jobs, until none is left."""

    async def due() -> None:
        services = SimpleNamespace(database=db)
        await look_after(services, {})
        ours = "SELECT id, entrypoint, payload FROM pgqueuer WHERE entrypoint = ANY(:ours) ORDER BY id"
        for job, name, payload in await sql(ours, ours=list(JOBS)):
            await JOBS[name](services, json.loads(payload))
            await sql("DELETE FROM pgqueuer WHERE id = :id RETURNING 1", id=job)

    return due


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_payment_from_the_treasury_on_feature_phones(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, db: Database, redis_url: str, language: str
) -> None:
    phones, _ = await umoja(client, sql, db, language, clock)

    village = Members(phones, sql, vault, clock, worker(db, sql), redis=redis_url)
    village.read.update(row[0] for row in await sql("SELECT id::text FROM sms_delivery_log"))
    await village.play(Story.read(f"treasury_ussd.{language}.txt"))


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_payment_from_the_treasury_in_chats(
    client: Client,
    conversation: Conversation,
    sql: Sql,
    vault: Vault,
    clock: FakeClock,
    db: Database,
    redis_url: str,
    language: str,
) -> None:
    _phones, group = await umoja(client, sql, db, language, clock)
    rules = replace(DEFAULTS["chama"], objectors=2)
    async with db.unit() as uow:
        await enact(uow, group=group, rules=rules, in_force_from=clock.now(), because="a vote")
    await sql("UPDATE dao_memberships SET role = 'member' WHERE role = 'auditor' RETURNING 1")
    chats: dict[str, Any] = {}
    for place, name in enumerate(NAMES):
        [(member,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=NUMBERS[name])
        async with db.unit() as uow:
            await link_telegram(uow, member=MemberId(member), telegram_id=7001 + place, chat=7001 + place, name=name)
        chats[name] = ChatPhone(conversation, 7001 + place)

    village = Members(chats, sql, vault, clock, worker(db, sql), redis=redis_url)
    # Which of the two is drawn to hold the padlock differs each time.
    async with db.unit() as uow:
        await padlock_holder(uow, group=group)
    await village.due()
    village.read.update(row[0] for row in await sql("SELECT id::text FROM chat_delivery_log"))
    await village.play(Story.read(f"treasury_telegram.{language}.txt"))


async def test_the_same_hop_again_approves_once_and_asks_once(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, db: Database
) -> None:
    phones, _ = await umoja(client, sql, db, "en", clock)
    village = Members(phones, sql, vault, clock, worker(db, sql))
    for step in (
        "go Groups, Umoja, Decisions, Treasury, Ask for",
        "5000",
        "pick M-PESA",
        "0799000001",
        "Duka",
        "pick Other",
        "Chairs",
    ):
        await village._do("Chebet", step)
    await village._do("Chebet", "pick Confirm")
    await village._do("Chebet", PIN)
    asked = {await phones["Chebet"].hop(phones["Chebet"].text) for _ in range(3)}
    await village._do("Amina", "go Groups, Umoja, Decisions, To approve, 1: KES")
    await village._do("Amina", "pick Approve")
    first = await village._do("Amina", PIN)
    again = {await phones["Amina"].hop(phones["Amina"].text) for _ in range(3)}

    assert len(asked) == len(again) == 1
    assert "You approved request 1" in first
    assert await sql("SELECT count(*) FROM treasury_requests") == [(1,)]
    assert await sql("SELECT count(*) FROM treasury_approvals") == [(1,)]


async def test_an_official_without_an_authenticator_can_not_approve_where_the_group_wants_one(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, db: Database
) -> None:
    phones, group = await umoja(client, sql, db, "en", clock)
    village = Members(phones, sql, vault, clock, worker(db, sql))
    for step in (
        "go Groups, Umoja, Decisions, Treasury, Ask for",
        "5000",
        "pick M-PESA",
        "0799000001",
        "Duka",
        "pick Other",
        "Chairs",
    ):
        await village._do("Chebet", step)
    await village._do("Chebet", "pick Confirm")
    await village._do("Chebet", PIN)
    rules = replace(DEFAULTS["chama"], officials_two_factor=True)
    async with db.unit() as uow:
        await enact(uow, group=group, rules=rules, in_force_from=clock.now(), because="a vote")

    await village._do("Amina", "go Groups, Umoja, Decisions, Treasury, Requests, 1: KES")
    page = village.screens["Amina"]
    for step in (
        "go Groups, Umoja, Decisions, Treasury, Ask for",
        "5000",
        "pick M-PESA",
        "0799000001",
        "Duka",
        "pick Other",
        "Chairs",
    ):
        await village._do("Chebet", step)
    refused = await village._do("Chebet", "pick Confirm")

    assert "Void: officials or rules changed." in page
    assert "Approve" not in page
    assert "needs the two-step check" in refused
    assert "PIN" not in refused


async def test_any_member_puts_a_large_request_to_the_vote_from_the_request_itself(
    client: Client, conversation: Conversation, sql: Sql, vault: Vault, clock: FakeClock, db: Database
) -> None:
    """Above the officials' limit: asked on one phone, put to the vote on another and looked at in a chat, in Swahili too."""
    phones, _ = await umoja(client, sql, db, "en", clock)
    village = Members(phones, sql, vault, clock, worker(db, sql))
    for step in (
        "go Groups, Umoja, Decisions, Treasury, Ask for",
        "25000",
        "pick M-PESA",
        "0799000001",
        "Duka la Vitabu",
        "pick Other",
    ):
        await village._do("Chebet", step)
    too_long = await village._do("Chebet", "x" * 31)
    await village._do("Chebet", "Chairs for the hall")
    await village._do("Chebet", "pick Confirm")
    asked = await village._do("Chebet", PIN)
    look = await village._do("Daudi", "go Groups, Umoja, Decisions, Treasury, Requests, 1: KES")
    last_look = await village._do("Daudi", "pick vote")
    await village._do("Daudi", "pick Confirm")
    proposed = await village._do("Daudi", PIN)
    for telegram, who in ((7001, "Amina"), (7002, "Daudi")):
        [(member,)] = await sql("SELECT id FROM members WHERE phone = :phone", phone=NUMBERS[who])
        async with db.unit() as uow:
            await link_telegram(uow, member=MemberId(member), telegram_id=telegram, chat=telegram, name=who)
    await sql("UPDATE members SET language = 'sw' WHERE phone = :phone RETURNING 1", phone=NUMBERS["Daudi"])
    chats = {"Amina": ChatPhone(conversation, 7001), "Daudi": ChatPhone(conversation, 7002)}
    while_voted = await chat_look(chats["Amina"], "Groups", "Umoja", "Decisions", "Treasury", "Requests", "1: KES")
    refused = await chats["Amina"].press("Put to the vote")
    await sql("UPDATE proposals SET state = 'cancelled' RETURNING 1")
    in_swahili = await chat_look(chats["Daudi"], "Vikundi", "Umoja", "Maamuzi", "Hazina", "Maombi", "1: Ksh")
    confirm = await chats["Daudi"].press("Peleka kwenye kura")

    assert "3 to 30 characters" in too_long
    assert "put it to the vote" in asked
    assert "Needs the members' vote" in look
    assert "KES 25,000 to Duka la Vitabu: Chairs for the hall" in last_look
    assert "Proposal 1" in proposed
    assert "Needs the members' vote" in while_voted
    assert "Request 1 needs no vote, or it is being voted on." in refused
    assert "Peleka kwenye kura" in in_swahili
    assert "Duka la Vitabu" in confirm


async def chat_look(chat: ChatPhone, *path: str) -> str:
    shown = await chat.dial()
    for words in path:
        shown = await chat.press(words)
    return shown
