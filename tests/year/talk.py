"""Members who do it all on their own phones: one dials, one chats, through the real channels, and what they read is kept."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from redis.asyncio import Redis

from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.kernel.clock import EAST_AFRICA
from core.kernel.ids import MemberId
from core.kernel.secrets import PinHasher
from core.kernel.settings import Settings
from core.kernel.texts import catalogue
from core.providers.redis_store import RedisStore
from core.web.server import build_server
from tests.conversing import conversation_on
from tests.dialogue.conftest import TOKEN, Chat, Client, Handset
from tests.dialogue.stories import Village
from ussd.callback import UssdChannel

from .chama import Chama, shillings
from .world import World

PIN = "248163"
DIALLER, CHATTER = 4, 5
STRANGER = "Stranger"
A_RECEIPT = """
SELECT r.code FROM contributions c JOIN receipt_codes r ON r.transfer_id = c.transfer_id
WHERE c.dao_id = :group ORDER BY c.created_at DESC, c.id DESC LIMIT 1
"""
# The newest motion that is voted on, when she is one of those who may vote on it.
OPEN = """
    SELECT p.number FROM proposals p JOIN proposal_voters v ON v.proposal_id = p.id AND v.voter_id = :member
    WHERE p.dao_id = :group AND p.state = 'open' AND p.kind = 'motion' ORDER BY p.number DESC LIMIT 1
"""


def letters(number: int) -> str:
    """A name for a number, since names have no digits."""
    return f"{chr(ord('A') + number // 26)}{chr(ord('a') + number % 26)}"


@dataclass
class Talk(Village):
    """Phones and chats by name; `transcript` is everything that was typed and read."""

    transcript: dict[str, list[str]] = field(default_factory=dict)

    async def do(self, who: str, *steps: str) -> str:
        """One step after another; the last screen."""
        shown = ""
        for step in steps:
            shown = await self._do(who, step)
            said = [f"{who}: {'******' if step == PIN else step}", *(f"> {line}" for line in shown.splitlines()), ""]
            when = [f"{self.clock.now().astimezone(EAST_AFRICA):%d/%m/%y %H:%M}", ""] if step.startswith("go") else []
            self.transcript.setdefault(who, []).extend([*when, *said])
        return shown

    def write(self, folder: Path) -> None:
        """Keep what was typed and read: a file for each person, who has one channel."""
        folder.mkdir(parents=True, exist_ok=True)
        for who, said in self.transcript.items():
            how = "chat" if who in self.chatting else "phone"
            (folder / f"{who.replace(' ', '-')}-{how}.txt").write_text("\n".join(said), encoding="utf-8")


@dataclass
class Telephones:
    """Everybody's channels, and whose they are."""

    world: World
    client: Client
    conversation: Conversation
    talk: Talk

    async def register(self, chama: Chama) -> None:
        """Two members of the group to be, each by her own phone; the second links a chat."""
        for place in (DIALLER, CHATTER):
            name, number = f"{'Dialler' if place == DIALLER else 'Chatter'} {letters(chama.number)}", chama.phone(place)
            handset = Handset(self.client, number)
            shown = await handset.register(name, PIN)
            assert shown.startswith("END"), shown
            self.talk.phones[name] = handset  # type: ignore[index]
            (row,) = await self.world.rows("SELECT id FROM members WHERE phone = :phone", phone=number)
            chama.keep[f"person {place}"] = row.id
            chama.keep.setdefault("with phones", {})[name] = row.id
        await self._link(name, MemberId(row.id), chama.number)

    async def _link(self, name: str, member: MemberId, number: int) -> None:
        chat = Chat(self.conversation, 7000 + number, bot="mtaa_bot")
        async with self.world.unit() as uow:
            await link_telegram(uow, member=member, telegram_id=chat.telegram, chat=chat.telegram, name=name)
        self.talk.chats[name] = chat  # type: ignore[index]
        self.talk.chatting.add(name)

    async def day(self, chama: Chama) -> None:
        """Contribute, vote, and look, each on days of its own."""
        for name, member in chama.keep.get("with phones", {}).items():
            if member not in chama.members:
                continue
            how = "in a chat" if name in self.talk.chatting else "by dialling"
            if chama.due(6, 1):
                await self._contribute(chama, name, member, how)
            await self._vote(chama, name, member, how)
            if chama.due(10, 3):
                shown = await self.talk.do(name, f"go Groups, {chama.name}, More, Muhuri")
                assert re.search(r"[0-9A-Z]{3}-[0-9A-Z]{3}", shown), shown
                self.world.counts[f"read the seals {how}"] += 1
            if chama.due(12, 4):
                shown = await self.talk.do(name, f"go Groups, {chama.name}, More, Statement", "pick This month")
                # Whoever has just given it in her chat isn't asked again.
                shown = shown if "KES" in shown else await self.talk.do(name, PIN)
                assert "KES" in shown, shown
                self.world.counts[f"ask for the group's statement {how}"] += 1
        if chama.due(10, 6):
            await self._stranger(chama)

    async def _stranger(self, chama: Chama) -> None:
        """Somebody without an account checks the newest receipt that the group's book has sealed."""
        for row in await self.world.rows(A_RECEIPT, group=chama.id):
            shown = await self.talk.do(STRANGER, "go Check a receipt", row.code)
            assert f"{row.code} is TRUE" in shown, shown
            self.world.counts["a stranger checks a receipt by dialling"] += 1

    async def _contribute(self, chama: Chama, name: str, member: MemberId, how: str) -> None:
        # Whoever has one group isn't asked for which.
        steps = ("go Contribute", "pick Another amount", "120", "pick Confirm", PIN)
        shown = await self.talk.do(name, *steps)
        if "Confirmed" in shown:
            self.world.counts[f"contribute {how}"] += 1
        else:
            await chama.deposit(member, shillings(5_000))

    async def _vote(self, chama: Chama, name: str, member: MemberId, how: str) -> None:
        for row in await self.world.rows(OPEN, group=chama.id, member=member):
            if (name, row.number) in chama.keep.setdefault("voted by phone", set()):
                continue
            chama.keep["voted by phone"].add((name, row.number))
            shown = await self.talk.do(name, f"go Groups, {chama.name}, Decisions, Votes", f"pick ({row.number}, ")
            if "Yes" in shown or self.talk.chatting:
                shown = await self.talk.do(name, "pick Yes", PIN)
                assert "You voted YES" in shown, shown
                self.world.counts[f"vote {how}"] += 1


@asynccontextmanager
async def telephones(world: World, redis_url: str) -> AsyncIterator[Telephones]:
    """The conversation behind the real USSD callback and a chat, on this world's clock."""
    # What an earlier run was answered under the same events must be forgotten.
    async with Redis.from_url(redis_url) as raw:
        await raw.flushdb()
    store, hasher = RedisStore(redis_url), PinHasher(world.vault)
    conversation = conversation_on(world.database, store, hasher)
    channel = UssdChannel(conversation=conversation, vault=world.vault, texts=catalogue(), seconds=20.0)
    server = build_server(Settings(callback_token=TOKEN), [web.post("/ussd/{token}", channel.hop)])
    async with TestClient(TestServer(server)) as client:
        handsets = {STRANGER: Handset(client, "+254799000009")}
        talk = Talk(handsets, world.rows, world.vault, world.clock, world.work, chats={})
        yield Telephones(world, client, conversation, talk)
    await channel.finish()
    await store.aclose()
