"""Plays a story of several people with their phones and chats, on a clock that is turned: a day passes in a moment.

Each step stands above what is then seen, behind ">":

    Wanjiru: go Account, Help  dial the service and choose these options one after another; only the last screen is shown
    Wanjiru: pick Confirm    type the number in front of the option with these words, paging on until it is there
    Wanjiru: chat            from here on she uses her chat: "go" begins with /start, "pick" taps the button with these words
    Wanjiru: phone           from here on her feature phone again
    Wanjiru: contact         share her own number in the chat
    Wanjiru: news            read the next message that came into the chat by itself
    Wanjiru: code            type the six-digit code of her last SMS
    Wanjiru: sms             read the next SMS; anything that isn't a word of these is what she types
    clock: 24                so many hours pass, and the worker does what is due

With MTAA_UPDATE_STORIES set the file is rewritten with what was seen.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from core.dialogue.turn import Kind
from core.kernel.secrets import Vault
from core.kernel.texts import catalogue
from tests.dialogue.conftest import Chat, Handset
from tests.e2e.story import Story, plain

Sql = Callable[..., Any]


@dataclass
class Village:
    """People by name, each with a phone; `due` does the jobs whose time has come."""

    phones: Mapping[str, Handset]
    sql: Sql
    vault: Vault
    clock: Any
    due: Callable[[], Any]
    chats: Mapping[str, Chat] = field(default_factory=dict)
    chatting: set[str] = field(default_factory=set)
    screens: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    redis: str = ""

    async def play(self, story: Story) -> None:
        """Do every step; the transcript must be the story's own."""
        seen: list[list[str]] = []
        for step, _ in story.steps:
            try:
                seen.append(plain(await self._do(*step.split(": ", 1))))
            except AssertionError as problem:
                raise AssertionError(f"{story.path.name} at {step!r} after {seen[-3:]}: {problem}") from problem
        if os.environ.get("MTAA_UPDATE_STORIES"):
            story.path.write_text(story.with_screens(seen), encoding="utf-8")
        written, lived = story.path.read_text(encoding="utf-8"), story.with_screens(seen)
        difference = "\n".join(difflib.unified_diff(written.splitlines(), lived.splitlines(), "story", "lived", lineterm=""))
        assert written == lived, difference
        await self.kept_nothing(re.findall(r"^\w+: (\d{6})$", "\n".join(step for step, _ in story.steps), re.MULTILINE))

    async def kept_nothing(self, typed: list[str]) -> None:
        """No PIN and no code that was typed stands in any table, nor in Redis where that is at hand."""
        secrets = re.compile("|".join(rf"(?<![0-9A-Za-z.]){one}(?![0-9A-Za-z])" for one in {*typed, *self.codes}) or "(?!)")
        tables = await self.sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        for (table,) in tables:
            rows = await self.sql(f'SELECT * FROM "{table}"')
            found = [place for place, row in enumerate(rows) if secrets.search(_written(row))]
            assert found == [], f"{table} keeps what was typed"
        if self.redis:
            redis = Redis.from_url(self.redis)
            kept = {
                key.decode(): str(await redis.get(key)) async for key in redis.scan_iter() if await redis.type(key) == b"string"
            }
            kept |= {
                key.decode(): str(await redis.hgetall(key))
                async for key in redis.scan_iter()
                if await redis.type(key) == b"hash"
            }
            await redis.aclose()
            assert kept, "there is something to look through"
            assert [key for key, value in kept.items() if secrets.search(f"{key} {value}")] == []

    async def _do(self, who: str, step: str) -> str:
        if who == "clock":
            self.clock.advance(hours=int(step))
            await self.due()
            return ""
        word, _, rest = step.partition(" ")
        match word:
            case "sms":
                return await self._sms(who)
            case "news":
                return await self._news(who)
            case "chat" | "phone":
                (self.chatting.add if word == "chat" else self.chatting.discard)(who)
                return ""
            case "contact":
                self.screens[who] = await self.chats[who].do(Kind.CONTACT, self.phones[who].number)
            case "go":
                self.screens[who] = await self._begin(who)
                for option in filter(None, rest.split(", ")):
                    self.screens[who] = await self._pick(who, option)
            case "pick":
                self.screens[who] = await self._pick(who, rest)
            case "code":
                code = await code_of(self.sql, self.vault, self.phones[who].number)
                self.codes.add(code)
                self.screens[who] = await self._type(who, code)
            case _:
                self.screens[who] = await self._type(who, step)
        return self.screens[who]

    async def _begin(self, who: str) -> str:
        return await (self.chats[who].do(Kind.START) if who in self.chatting else self.phones[who].dial())

    async def _type(self, who: str, what: str) -> str:
        return await (self.chats[who] if who in self.chatting else self.phones[who]).type(what)

    async def _pick(self, who: str, words: str) -> str:
        if who in self.chatting:
            return await self._tap(self.chats[who], words)
        screen = self.screens[who]
        while (found := re.search(rf"^(?:CON )?(\d+) .*{re.escape(words)}", screen, re.MULTILINE)) is None:
            assert "98 " in screen, f"no option {words!r} on {screen!r}"
            screen = await self.phones[who].type("98")
        return await self.phones[who].type(found[1])

    @staticmethod
    async def _tap(chat: Chat, words: str) -> str:
        assert chat.reply is not None
        labels = {one.id: catalogue().say(chat.reply.language, one.label) for one in chat.reply.screen.choices}
        found = [identifier for identifier, label in labels.items() if words in label]
        assert len(found) == 1, f"{words!r} is on {len(found)} of {list(labels.values())}"
        return await chat.tap(found[0])

    async def _news(self, who: str) -> str:
        sent = await self.sql(
            "SELECT id::text, message FROM chat_delivery_log WHERE chat = :chat ORDER BY position",
            chat=self.chats[who].telegram,
        )
        return self._next(sent, f"{who} has no new message")

    async def _sms(self, who: str) -> str:
        sent = await self.sql(
            "SELECT id::text, message FROM sms_delivery_log WHERE to_phone = :phone ORDER BY id", phone=self.phones[who].number
        )
        return self._next(sent, f"{who} has no new SMS")

    def _next(self, sent: list[Any], nothing: str) -> str:
        unread = [row for row in sent if row[0] not in self.read]
        assert unread, nothing
        identifier, message = unread[0]
        self.read.add(identifier)
        return str(message)


def _written(row: Any) -> str:
    return " ".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in row)


async def code_of(sql: Sql, vault: Vault, number: str) -> str:
    """The code of the last SMS to this number, as it would be read there."""
    [(identifier, sealed), *_] = await sql(
        "SELECT id, sealed_message FROM sms_delivery_log WHERE to_phone = :phone AND sealed_message IS NOT NULL"
        " ORDER BY id DESC",
        phone=number,
    )
    return re.findall(r"\b\d{6}\b", vault.open(sealed, context=f"sms {identifier}").decode())[0]
