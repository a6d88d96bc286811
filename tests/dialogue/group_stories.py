"""A group's life as its people live it, on feature phones and in chats: the same steps, whatever the channel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.dialogue.turn import Kind
from core.kernel.secrets import Vault
from core.kernel.texts import catalogue
from tests.dialogue.conftest import Chat
from tests.dialogue.stories import Sql, Village


@dataclass
class GroupVillage(Village):
    """People with feature phones. Beside the steps of every village:

    invitation: types the code of the last invitation by SMS. group code: types the group's code. announced: types the code
    that was announced at the meeting. news: reads the next message, wherever it came.
    """

    group: str = "Umoja Wetu"
    announced: str = ""

    async def _do(self, who: str, step: str) -> str:
        match step:
            case "news":
                return await self._sms(who)
            case "invitation":
                step = await invitation_code(self.sql, self.vault, self.phones[who].number)
            case "group code":
                [(step,)] = await self.sql("SELECT code FROM daos WHERE name = :name", name=self.group)
            case "announced":
                step = self.announced
        shown = await super()._do(who, step)
        self.announced = next(iter(re.findall(r"(?<=: )\d{4}(?=\.)", shown)), self.announced)
        # What differs each time is four digits here, eight in an SMS.
        return re.sub(r"(?<=: )\d{4}(?=\.)", "{announced}", shown)


@dataclass
class ChatVillage(GroupVillage):
    """The same people, each in a chat of her own."""

    chats: Mapping[str, Chat] = field(default_factory=dict)

    async def _do(self, who: str, step: str) -> str:
        word, _, rest = step.partition(" ")
        match step, word:
            case ("news", _):
                return await self._news(who)
            case (_, "go"):
                self.screens[who] = await self.chats[who].do(Kind.HOME)
                for option in rest.split(", "):
                    self.screens[who] = await self._pick(who, option)
            case (_, "pick"):
                self.screens[who] = await self._pick(who, rest)
            case (_, "sms" | "clock"):
                return await super()._do(who, step)
            case _ if who == "clock" or step in ("invitation", "group code", "announced"):
                return await super()._do(who, step)
            case _:
                self.screens[who] = await self.chats[who].type(step)
        shown = self.screens[who]
        self.announced = next(iter(re.findall(r"(?<=: )\d{4}(?=\.)", shown)), self.announced)
        return re.sub(r"(?<=: )\d{4}(?=\.)", "{announced}", re.sub(r"join_[\w-]{22}", "join_{token}", shown))

    async def _pick(self, who: str, words: str) -> str:
        reply = self.chats[who].reply
        assert reply is not None
        for choice in reply.screen.choices:
            if words in catalogue().say(reply.language, choice.label):
                return await self.chats[who].tap(choice.id)
        raise AssertionError(f"no option {words!r} on {self.screens[who]!r}")

    async def _news(self, who: str) -> str:
        sent = await self.sql(
            "SELECT id::text, message FROM chat_delivery_log WHERE chat = :chat ORDER BY position",
            chat=self.chats[who].telegram,
        )
        identifier, message = next(row for row in sent if row[0] not in self.read)
        self.read.add(identifier)
        return str(message)


@dataclass
class TypingPhone:
    """What a village types on: a chat has no gateway, so what is typed goes straight to the conversation."""

    chat: Chat
    number: str

    async def type(self, *typed: str) -> str:
        return [await self.chat.type(one) for one in typed][-1]


async def invitation_code(sql: Sql, vault: Vault, number: str) -> str:
    """The eight digits of the last invitation to this number, as they would be read there."""
    [(identifier, sealed), *_] = await sql(
        "SELECT id, sealed_message FROM sms_delivery_log WHERE to_phone = :phone AND template = 'invitation' ORDER BY id DESC",
        phone=number,
    )
    return re.findall(r"\b\d{8}\b", vault.open(sealed, context=f"sms {identifier}").decode())[0]


async def nothing_due() -> Any:
    """No job has its time in these stories."""
