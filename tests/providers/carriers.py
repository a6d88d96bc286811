"""Carriers that must behave alike: those in memory, and the adapters over real HTTP and SMTP against the played ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import aiohttp

from core.kernel.settings import AfricasTalkingSettings, TelegramSettings
from core.notifications.ports import ChatSender, EmailSender, Rejected, SmsSender, Unknown
from core.providers.africastalking_sms import AfricasTalkingSms
from core.providers.smtp import Smtp
from core.providers.telegram_chat import TelegramChat
from core.sandbox.africastalking.callbacks import SmsCallbacks
from core.sandbox.africastalking.server import AfricasTalkingServer
from core.sandbox.africastalking.sms import SmsAccount
from core.sandbox.inbox import Inboxes
from core.sandbox.settings import SandboxSettings
from core.sandbox.smtp import Mailbox
from core.sandbox.telegram.bot import Bot
from core.sandbox.telegram.bot_api import BotApi
from core.sandbox.telegram.messages import Message
from core.sandbox.telegram.owner import Owner
from core.sandbox.world import World
from tests.notifications.fake_senders import FakeChat, FakeEmail, FakeSms
from tests.providers.companies import serving

WANJIRU = "+254712000001"
NOBODY_LISTENS = "http://127.0.0.1:9"


@asynccontextmanager
async def played_world(home: Path) -> AsyncIterator[World]:
    async with aiohttp.ClientSession() as http:
        world = World(SandboxSettings(home=home, app_url=NOBODY_LISTENS), http)
        yield world
        await world.close()


class SmsCompany(Protocol):
    """An SMS company, its subscriber's phone, and how it misbehaves at the next message."""

    port: SmsSender

    def inbox(self) -> list[str]: ...
    def refuse(self, code: int) -> None: ...
    def break_down(self) -> None: ...
    def lose_the_answer(self) -> None: ...
    def forget_our_key(self) -> None: ...
    def go_away(self) -> None: ...


class SmsTwin:
    """The one in memory."""

    def __init__(self) -> None:
        self.port = FakeSms()

    def inbox(self) -> list[str]:
        return self.port.to(WANJIRU)

    def refuse(self, code: int) -> None:
        unclear = code in (401, 500, 501)
        self.port.then(Unknown(str(code)) if unclear else Rejected(str(code), retry=code == 405))

    def break_down(self) -> None:
        self.port.then(Unknown("the gateway has a problem"))

    def lose_the_answer(self) -> None:
        self.port.then(Unknown("no answer in time"), arrives=True)

    def forget_our_key(self) -> None:
        self.port.then(Rejected("the API key is refused", retry=True))

    def go_away(self) -> None:
        self.port.then(Rejected("no connection", retry=True))


class PlayedSms:
    """The adapter with the official SDK, and the sandbox's Africa's Talking at the other end."""

    def __init__(self, world: World, inboxes: Inboxes, url: str) -> None:
        self._world, self._inboxes = world, inboxes
        self.settings = AfricasTalkingSettings(
            username=world.settings.at_username, api_key=world.settings.at_api_key, base_url=url
        )
        self.port = AfricasTalkingSms(self.settings)

    def inbox(self) -> list[str]:
        return [sms.text for sms in self._inboxes.of(WANJIRU)]

    def _fault(self, what: str, **more: object) -> None:
        self._world.faults.arm({"where": "sms.send", "what": what, **more})

    def refuse(self, code: int) -> None:
        self._fault("reject", code=code)

    def break_down(self) -> None:
        self._fault("http_500")

    def lose_the_answer(self) -> None:
        self._fault("hang", seconds=3)

    def forget_our_key(self) -> None:
        self._fault("unauthorised")

    def go_away(self) -> None:
        self.port._settings = replace(self.settings, base_url=NOBODY_LISTENS)


@asynccontextmanager
async def played_sms(home: Path) -> AsyncIterator[PlayedSms]:
    async with played_world(home) as world:
        inboxes = Inboxes(world)
        account = SmsAccount(world, inboxes)
        server = AfricasTalkingServer(world, account, SmsCallbacks(world, account))
        async with serving(server.application()) as url:
            company = PlayedSms(world, inboxes, url)
            yield company
            await company.port.aclose()


class Messenger(Protocol):
    """A chat service, the subscriber's app, and how it misbehaves at the next call."""

    port: ChatSender
    chat: int

    def shown(self) -> list[str]: ...
    def say(self, text: str) -> int: ...
    def delete(self, message_id: int) -> None: ...
    async def block(self) -> None: ...
    def slow_down(self, seconds: int) -> None: ...
    def break_down(self) -> None: ...
    def lose_the_answer(self) -> None: ...
    def go_away(self) -> None: ...


class ChatTwin:
    """The one in memory."""

    chat = 501

    def __init__(self) -> None:
        self.port = FakeChat()

    def shown(self) -> list[str]:
        return self.port.shown(self.chat)

    def say(self, text: str) -> int:
        return self.port.say(self.chat, text)

    def delete(self, message_id: int) -> None:
        self.port.delete(self.chat, message_id)

    async def block(self) -> None:
        self.port.closed.add(self.chat)

    def slow_down(self, seconds: int) -> None:
        self.port.then(Rejected("too many messages", retry=True, after=timedelta(seconds=seconds + 1)))

    def break_down(self) -> None:
        self.port.then(Unknown("NetworkError"))

    def lose_the_answer(self) -> None:
        self.port.then(Unknown("RemoteProtocolError"), arrives=True)

    def go_away(self) -> None:
        self.port.then(Rejected("no connection", retry=True))


class PlayedTelegram:
    """The adapter with python-telegram-bot, and the sandbox's Bot API at the other end."""

    def __init__(self, world: World, bot: Bot, url: str) -> None:
        self._world, self._bot = world, bot
        self.person = world.people.by_phone(WANJIRU)
        assert self.person is not None
        self.chat = self.person.telegram.id
        self.settings = TelegramSettings(token=world.settings.telegram_token, base_url=url)
        self.port = TelegramChat(self.settings)

    async def start_chat(self) -> None:
        await Owner(self._bot).write(self.person, "/start")

    def messages(self) -> list[Message]:
        return [message for message in self._bot.chats.of(self.person).messages.values() if not message.out]

    def shown(self) -> list[str]:
        return [message.text or "" for message in self.messages()]

    def say(self, text: str) -> int:
        keyboard = [[{"text": "Confirm", "callback_data": "x"}]]
        return self._bot.chats.add(self.person, out=False, text=text, inline=keyboard).id

    def delete(self, message_id: int) -> None:
        Owner(self._bot).delete(self.person, message_id)

    async def block(self) -> None:
        await Owner(self._bot).block(self.person, blocked=True)

    def _fault(self, what: str, **more: object) -> None:
        self._world.faults.arm({"where": "telegram.call", "what": what, **more})

    def slow_down(self, seconds: int) -> None:
        self._fault("http_429", seconds=seconds)

    def break_down(self) -> None:
        self._fault("http_500")

    def lose_the_answer(self) -> None:
        self._fault("hang_after")

    def go_away(self) -> None:
        self.port = TelegramChat(replace(self.settings, base_url=NOBODY_LISTENS))


@asynccontextmanager
async def played_telegram(home: Path) -> AsyncIterator[PlayedTelegram]:
    async with played_world(home) as world:
        bot = Bot(world)
        async with serving(BotApi(bot).application()) as url:
            company = PlayedTelegram(world, bot, url)
            await company.start_chat()
            first = company.port
            yield company
            await company.port.aclose()
            await first.aclose()


class PostOffice(Protocol):
    """A mail server and its mailbox."""

    port: EmailSender

    def mails(self) -> list[dict[str, str]]: ...
    def go_away(self) -> None: ...


class MailTwin:
    """The one in memory."""

    def __init__(self) -> None:
        self.port = FakeEmail()

    def mails(self) -> list[dict[str, str]]:
        return [{"to": mail.to, "subject": mail.subject, "text": mail.body} for mail in self.port.sent]

    def go_away(self) -> None:
        self.port.then(Rejected("no connection", retry=True))


class PlayedMail:
    """The adapter with aiosmtplib, and the sandbox's mail server at the other end."""

    def __init__(self, mailbox: Mailbox, url: str) -> None:
        self._mailbox = mailbox
        self.port = Smtp(url, "Mtaa DAO <mtaa@example.org>")

    def mails(self) -> list[dict[str, str]]:
        return [
            {"to": mail["to"][0], "subject": mail["subject"], "text": mail["text"].rstrip("\n")} for mail in self._mailbox.mails
        ]

    def go_away(self) -> None:
        self.port = Smtp("smtp://127.0.0.1:9", "mtaa@example.org")


@asynccontextmanager
async def played_mail(home: Path) -> AsyncIterator[PlayedMail]:
    async with played_world(home) as world:
        mailbox = Mailbox(world)
        server = await asyncio.get_running_loop().create_server(mailbox.protocol, "127.0.0.1", 0)
        yield PlayedMail(mailbox, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        server.close()
        # Both ends of the last connection notice its end in the loop's next rounds.
        await asyncio.sleep(0.05)
