"""A group from its founding to its minutes, in both languages, on feature phones and in chats; and no number on any screen."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import ClassVar

import pytest
from redis.asyncio import Redis

from core.daos.document_jobs import send_rules
from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.phone import national
from core.kernel.secrets import Vault
from core.notifications.ports import Accepted
from tests.conftest import FakeClock
from tests.dialogue.conftest import Chat, Client, Handset
from tests.dialogue.group_stories import ChatVillage, GroupVillage, TypingPhone, nothing_due
from tests.dialogue.stories import Sql
from tests.e2e.story import Story

PINS = {"Amina": "248163", "Juma": "592703", "Wanjiru": "604718"}
NUMBERS = {"Amina": "+254712000001", "Juma": "+254722000002", "Wanjiru": "+254733000003"}


async def registered(client: Client, language: str) -> dict[str, Handset]:
    phones = {name: Handset(client, number) for name, number in NUMBERS.items()}
    for name, handset in phones.items():
        await handset.dial()
        await handset.type("1" if language == "en" else "2", "1", name, PINS[name], PINS[name])
    return phones


async def linked(conversation: Conversation, db: Database, sql: Sql) -> dict[str, Chat]:
    chats = {name: Chat(conversation, 7001 + place, bot="mtaa_bot") for place, name in enumerate(NUMBERS)}
    for name, chat in chats.items():
        [(member,)] = await sql("SELECT id FROM members WHERE name = :name", name=name)
        async with db.unit() as uow:
            await link_telegram(uow, member=MemberId(member), telegram_id=chat.telegram, chat=chat.telegram, name=name)
    await sql("DELETE FROM sms_delivery_log")
    return chats


TYPED_A_NUMBER = re.compile(r": 07\d{8}$")


def without_numbers(story: Story) -> None:
    """Nobody's number is anywhere in what people saw, but where somebody has just typed one for an invitation."""
    screens = [lines for step, lines in story.steps if not TYPED_A_NUMBER.search(step)]
    assert len(screens) == len(story.steps) - 1
    seen = "\n".join(line for lines in screens for line in lines)
    for number in NUMBERS.values():
        assert number not in seen
        assert national(number) not in seen
        assert number[4:] not in re.sub(r"\D", "", seen)


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_groups_life_on_feature_phones(client: Client, sql: Sql, vault: Vault, clock: FakeClock, language: str) -> None:
    village = GroupVillage(await registered(client, language), sql, vault, clock, nothing_due)
    story = Story.read(f"group_life_ussd.{language}.txt")

    await village.play(story)

    without_numbers(Story.read(story.path.name))


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_groups_life_in_chats(
    client: Client, conversation: Conversation, db: Database, sql: Sql, vault: Vault, clock: FakeClock, language: str
) -> None:
    await registered(client, language)
    chats = await linked(conversation, db, sql)
    phones = {name: TypingPhone(chat, NUMBERS[name]) for name, chat in chats.items()}
    village = ChatVillage(phones, sql, vault, clock, nothing_due, chats=chats)
    story = Story.read(f"group_life_telegram.{language}.txt")

    await village.play(story)

    without_numbers(Story.read(story.path.name))


async def test_a_link_leads_the_invited_person_to_the_rules_and_nobody_else(
    client: Client, conversation: Conversation, db: Database, sql: Sql, redis_url: str
) -> None:
    await registered(client, "en")
    chats = await linked(conversation, db, sql)
    amina, juma, wanjiru = chats.values()
    await amina.do(Kind.COMMAND, "groups.menu")
    for answer in ("create", "Umoja Wetu", "savings", "yes"):
        await (amina.type(answer) if answer == "Umoja Wetu" else amina.tap(answer))
    await amina.do(Kind.COMMAND, "groups.menu")
    assert amina.reply is not None
    await amina.tap(amina.reply.screen.choices[0].id)
    for answer in ("more", "people", "invite", "member"):
        await amina.tap(answer)
    await amina.type("0722000002")
    await amina.tap("yes")
    sent = await amina.type(PINS["Amina"])
    [token] = re.findall(r"https://t\.me/mtaa_bot\?start=join_([\w-]{22})$", sent, re.MULTILINE)
    assert amina.reply.screen.secret

    assert "not for your number" in await wanjiru.do(Kind.COMMAND, "join.link", argument=token)
    assert "Join Umoja Wetu?" in await juma.do(Kind.COMMAND, "join.link", argument=token)
    redis = Redis.from_url(redis_url, decode_responses=True)
    kept = [str(await redis.get(key)) for key in await redis.keys("*") if await redis.type(key) == "string"]
    assert kept
    assert not any(token in one for one in kept)
    await redis.aclose()
    assert "You have joined" in await juma.tap("yes")
    assert "is over" in await juma.do(Kind.COMMAND, "join.link", argument=token)


async def test_the_rules_and_the_minutes_come_as_documents(
    client: Client, conversation: Conversation, db: Database, sql: Sql
) -> None:
    """What the worker sends is what stands in the database; nobody else gets it."""

    class Documents:
        sent: ClassVar[list[tuple[int, str, str]]] = []

        async def send_document(self, *, chat: int, name: str, content: bytes) -> Accepted:
            self.sent.append((chat, name, content.decode()))
            return Accepted("1")

    await registered(client, "en")
    amina = (await linked(conversation, db, sql))["Amina"]
    await amina.do(Kind.COMMAND, "groups.menu")
    for answer in ("create", "Umoja Wetu", "savings", "yes"):
        await (amina.type(answer) if answer == "Umoja Wetu" else amina.tap(answer))
    [(group,)] = await sql("SELECT id FROM daos WHERE name = 'Umoja Wetu'")
    await amina.do(Kind.COMMAND, "groups.menu")
    for answer in (str(group), "more", "rules", "document"):
        await amina.tap(answer)
    [(payload,)] = await sql("SELECT payload FROM pgqueuer WHERE entrypoint = 'send-group-rules'")
    stranger = await sql("SELECT id FROM members WHERE name = 'Juma'")
    services, wanted = SimpleNamespace(database=db, chat=Documents()), json.loads(payload)
    await send_rules(services, wanted)
    await send_rules(services, {**wanted, "viewer": str(stranger[0][0])})

    [(chat, name, content)] = Documents.sent
    assert (chat, name) == (7001, "mtaa-rules.txt")
    assert "Umoja Wetu: the rules, version 1" in content
    assert "28. The group meets every week." in content
