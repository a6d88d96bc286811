"""A group from its founding to its minutes, in both languages, on feature phones and in chats; and no number on any screen."""

from __future__ import annotations

import re

import pytest

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.phone import national
from core.kernel.secrets import Vault
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


def without_numbers(story: Story) -> None:
    """Nobody's number but the one that was typed for an invitation, masked, is anywhere in what people saw."""
    seen = "\n".join(line for _, lines in story.steps for line in lines)
    for number in NUMBERS.values():
        assert number not in seen
        assert national(number) not in seen
        assert number[4:] not in re.sub(r"\D", "", seen)


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_groups_life_on_feature_phones(
    client: Client, sql: Sql, vault: Vault, clock: FakeClock, language: str
) -> None:
    village = GroupVillage(await registered(client, language), sql, vault, clock, nothing_due)
    story = Story.read(f"group_life_ussd.{language}.txt")

    await village.play(story)

    without_numbers(Story.read(story.path.name))


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_a_groups_life_in_chats(
    client: Client, conversation: Conversation, db: Database, sql: Sql, vault: Vault, clock: FakeClock, language: str
) -> None:
    await registered(client, language)
    chats = {name: Chat(conversation, 7001 + place) for place, name in enumerate(NUMBERS)}
    for name, chat in chats.items():
        [(member,)] = await sql("SELECT id FROM members WHERE name = :name", name=name)
        async with db.unit() as uow:
            await link_telegram(uow, member=MemberId(member), telegram_id=chat.telegram, chat=chat.telegram, name=name)
    await sql("DELETE FROM sms_delivery_log")
    phones = {name: TypingPhone(chat, NUMBERS[name]) for name, chat in chats.items()}
    village = ChatVillage(phones, sql, vault, clock, nothing_due, chats=chats)
    story = Story.read(f"group_life_telegram.{language}.txt")

    await village.play(story)

    without_numbers(Story.read(story.path.name))
