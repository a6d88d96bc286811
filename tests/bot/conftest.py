"""A bot on a played Telegram: the library's real client over HTTP, real PostgreSQL and Redis, and people with the app."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, text

from bot.arrival import Poller
from bot.calls import TelegramBot, open_bot
from bot.channel import TelegramChannel
from bot.inbox import Inbox
from bot.notes import Notes
from bot.presence import Presence
from core.daos.group_chat_links import GroupChats
from core.dialogue.engine import Conversation
from core.identity.exposed_pins import ExposedPins
from core.identity.pins import PinGate
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import TelegramSettings
from core.kernel.texts import catalogue
from core.notifications.models import SmsDelivery
from core.notifications.pacing import Pauses
from core.notifications.service import remember_live_message
from core.notifications.sms import claim_sms
from core.providers.redis_store import RedisStore
from core.sandbox.settings import Address, SandboxSettings
from tests import members
from tests.bot.played import played_apart
from tests.conversing import conversation_on

ANY_PORT = Address("127.0.0.1", 0)
PIN = "248163"
PATIENCE_SECONDS = 25
# Tries follow each other at once: what is tested is that they are made, not how long they wait.
NO_PAUSES = (0.01,) * 5


@dataclass
class Played:
    """Telegram, and the page by which people are moved."""

    http: aiohttp.ClientSession
    api: str
    page: str
    token: str

    async def act(self, owner: str, action: str, *, expect: int = 200, **content: Any) -> Any:
        url = f"{self.page}/phone/api/people/{owner}/{action}"
        async with self.http.post(url, json=content) as response:
            assert response.status == expect, await response.text()
            return await response.json()

    async def chat(self, phone: str) -> Any:
        async with self.http.get(f"{self.page}/phone/api/people/{phone}") as response:
            return (await response.json())["telegram"]

    async def fault(self, where: str, what: str, **more: Any) -> None:
        async with self.http.post(f"{self.page}/phone/api/faults", json={"where": where, "what": what, **more}) as response:
            assert response.status == 201, await response.text()


class Member:
    """A person with the app; every action returns when the bot has dealt with it."""

    def __init__(self, played: Played, quiet: Callable[[], Awaitable[None]], db: Database, phone: str) -> None:
        self.played, self.quiet, self.db, self.phone = played, quiet, db, phone
        self.telegram = 1_000_000_000 + int(phone[4:])

    async def write(self, what: str) -> str:
        await self.played.act(self.phone, "telegram/text", text=what)
        await self.quiet()
        return await self.screen()

    async def share(self, phone: str | None = None, **more: Any) -> str:
        await self.played.act(self.phone, "telegram/contact", **({"phone": phone} if phone else {}), **more)
        await self.quiet()
        return await self.screen()

    async def tap(self, label: str, *, times: int = 1) -> str:
        message, data = await self.button(label)
        for _ in range(times):
            # An app that hasn't seen the edit yet still shows the button.
            await self.send_tap(message, data, forged=times > 1)
        await self.quiet()
        return await self.screen()

    async def send_tap(self, message: int, data: str, *, forged: bool = False) -> None:
        await self.played.act(self.phone, "telegram/tap", message=message, data=data, forged=forged)

    async def enter(self, pin: str) -> str:
        for digit in pin:
            await self.tap(digit)
        return await self.screen()

    async def messages(self) -> list[dict[str, Any]]:
        """The bot's messages, oldest first."""
        chat = await self.played.chat(self.phone)
        return [one for one in chat["messages"] if not one["out"]]

    async def screen(self) -> str:
        messages = await self.messages()
        return str(messages[-1]["text"]) if messages else ""

    async def labels(self) -> list[list[str]]:
        rows = (await self.messages())[-1]["buttons"] or []
        return [[button["text"] for button in row] for row in rows]

    async def button(self, label: str) -> tuple[int, str]:
        """The newest button with this label: its message and data."""
        for message in reversed(await self.messages()):
            for row in message["buttons"] or []:
                for button in row:
                    if button["text"] == label:
                        return message["id"], button["data"]
        raise AssertionError(f"no button {label!r} in {await self.messages()}")

    async def toast(self) -> str:
        toast = (await self.played.chat(self.phone))["toast"]
        return toast["text"] if toast else ""

    async def code(self) -> str:
        """The six digits of the newest SMS to her."""
        async with self.db.unit() as uow:
            newest = select(SmsDelivery.id).where(SmsDelivery.to_phone == self.phone).order_by(SmsDelivery.id.desc())
            sms = await uow.session.scalar(newest.where(SmsDelivery.status == "pending").limit(1))
            assert sms is not None, "no SMS waits"
            outgoing = await claim_sms(uow, sms=sms)
        assert outgoing is not None
        return re.findall(r"\b\d{6}\b", outgoing.message)[0]

    async def link(self) -> str:
        await self.write("/start")
        await self.share()
        return await self.write(await self.code())


@pytest.fixture
async def played(tmp_path: Path) -> AsyncIterator[Played]:
    settings = SandboxSettings(
        home=tmp_path,
        africastalking=ANY_PORT,
        daraja=ANY_PORT,
        telegram=ANY_PORT,
        smtp=ANY_PORT,
        page=ANY_PORT,
    )
    async with played_apart(settings) as addresses, aiohttp.ClientSession() as http:
        yield Played(http, addresses["telegram"], addresses["page"], settings.telegram_token)


@pytest.fixture
def conversation(db: Database, store: RedisStore, hasher: PinHasher) -> Conversation:
    return conversation_on(db, store, hasher)


@pytest.fixture
async def bot(played: Played) -> AsyncIterator[TelegramBot]:
    bot = open_bot(TelegramSettings(token=played.token, base_url=played.api))
    await bot.initialize()
    yield bot
    await bot.shutdown()


@pytest.fixture
def channel(
    bot: TelegramBot, conversation: Conversation, store: RedisStore, vault: Vault, db: Database, hasher: PinHasher
) -> TelegramChannel:
    async def remember_live(ref: Any, chat: int, message_id: int) -> None:
        async with db.unit() as uow:
            await remember_live_message(uow, ref=ref, chat=chat, message_id=message_id)

    return TelegramChannel(
        bot=bot,
        conversation=conversation,
        notes=Notes(store),
        vault=vault,
        texts=catalogue(),
        remember_live=remember_live,
        groups=GroupChats(db),
        exposed=ExposedPins(db, PinGate(db, hasher)),
        pauses=Pauses(db),
    )


@pytest.fixture
async def inbox(db: Database, channel: TelegramChannel, bot: TelegramBot) -> Inbox:
    return Inbox(database=db, channel=channel, bot_id=bot.id, pauses=NO_PAUSES)


@pytest.fixture
async def running(db: Database, bot: TelegramBot, inbox: Inbox, store: RedisStore) -> AsyncIterator[None]:
    """The bot at work, by polling."""
    stop = asyncio.Event()
    presence = Presence(notes=Notes(store), now=db.now, show_again=inbox.show_again)
    polling = asyncio.create_task(Poller(bot=bot, database=db, presence=presence).run())
    working = asyncio.create_task(inbox.run(stop))
    yield
    polling.cancel()
    stop.set()
    await presence.finish()
    await asyncio.gather(polling, return_exceptions=True)
    await working


Quiet = Callable[[], Awaitable[None]]


@pytest.fixture
def quiet(db: Database, bot: TelegramBot, running: None) -> Quiet:
    """Returns when Telegram has nothing left to deliver and the inbox nothing to handle."""

    async def wait() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                info = await bot.get_webhook_info()
                if not info.pending_update_count and not await waiting(db):
                    return
                await asyncio.sleep(0.02)

    return wait


async def waiting(db: Database) -> int:
    async with db.unit() as uow:
        found = await uow.session.scalar(text("SELECT count(*) FROM telegram_updates WHERE handled_at IS NULL"))
    return int(found or 0)


@pytest.fixture
def wanjiru(played: Played, quiet: Quiet, db: Database) -> Member:
    return Member(played, quiet, db, "+254712000001")


@pytest.fixture
def otieno(played: Played, quiet: Quiet, db: Database) -> Member:
    return Member(played, quiet, db, "+254722000002")


@pytest.fixture
def enrol(db: Database, vault: Vault) -> Callable[..., Awaitable[MemberId]]:
    """Give somebody an account as if she had registered on USSD."""

    async def make(phone: str, *, name: str = "Wanjiru Kamau", language: str = "en") -> MemberId:
        async with db.unit() as uow:
            member = MemberId(uow.ids.new())
            sealed = await PinHasher(vault).hash(PIN, owner=str(member))
            return await members.enrol(uow, phone, member=member, name=name, language=language, sealed_pin=sealed)

    return make


@pytest.fixture
async def linked(wanjiru: Member, enrol: Callable[..., Awaitable[MemberId]]) -> Member:
    """Wanjiru, with an account, linked, at home."""
    await enrol(wanjiru.phone)
    await wanjiru.link()
    return wanjiru


@pytest.fixture
async def sql(db: Database) -> Callable[..., Any]:
    """Run a query and return its rows as tuples."""

    async def run(query: str, **values: Any) -> list[Any]:
        async with db.unit() as uow:
            result = await uow.session.execute(text(query), values)
            return [tuple(row) for row in result] if result.returns_rows else []  # type: ignore[attr-defined]

    return run
