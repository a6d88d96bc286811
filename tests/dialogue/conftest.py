"""Phones that dial the real callback over HTTP, with real PostgreSQL and Redis behind it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.dialogue.engine import Conversation
from core.dialogue.turn import TELEGRAM, Incoming, Input, Kind, Reply
from core.kernel.db import Database
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings
from core.kernel.texts import catalogue
from core.providers.redis_store import RedisStore
from core.web.server import build_server
from tests.conversing import conversation_on
from ussd.callback import UssdChannel
from ussd.events import end_events

Client = TestClient[web.Request, web.Application]
TOKEN = "a-token-that-nobody-guesses"


class Handset:
    """A feature phone: what is typed goes to the callback the way Africa's Talking sends it."""

    def __init__(self, client: Client, number: str) -> None:
        self.client, self.number = client, number
        self.session, self.text = "", ""

    async def dial(self, *answers: str) -> str:
        """A new session; `answers` are part of the dialled code."""
        self.session, self.text = f"ATUid_{uuid.uuid4().hex}", "*".join(answers)
        return await self.hop(self.text)

    async def type(self, *typed: str) -> str:
        """Answer screens one after another; the last screen."""
        screen = ""
        for one in typed:
            self.text = f"{self.text}*{one}" if self.text else one
            screen = await self.hop(self.text)
        return screen

    async def hop(self, text: str, **changed: str) -> str:
        """One request of the gateway, exactly; the body must begin with CON or END and the status be 200."""
        form = {
            "phoneNumber": self.number,
            "serviceCode": "*384*77#",
            "text": text,
            "sessionId": self.session,
            "networkCode": "63902",
        } | changed
        answer = await self.client.post(f"/ussd/{TOKEN}", data=form)
        body = await answer.text()
        assert answer.status == 200, body
        assert body.startswith(("CON ", "END ")), body
        return body

    async def register(self, name: str = "Wanjiru Kamau", pin: str = "248163") -> str:
        await self.dial()
        return await self.type("1", "1", name, pin, pin)


class Chat:
    """A lasting chat with buttons, straight at the conversation: what Telegram's channel hands over."""

    def __init__(self, conversation: Conversation, telegram: int = 7001, bot: str = "", *, language: str = "en") -> None:
        self.conversation, self.telegram, self.event, self.bot, self.language = conversation, telegram, 0, bot, language
        self.reply: Reply | None = None

    async def do(self, kind: Kind, value: str = "", turn: int | None = None, event: str = "", argument: str = "") -> str:
        """One input; the screen's text with its note above, as English says it."""
        self.event += 1
        incoming = Incoming(
            channel=TELEGRAM,
            key=str(self.telegram),
            event=event or f"chat:{self.telegram}:{self.event}",
            read=lambda _memory: [Input(kind, value, turn, argument=argument)],
            telegram=self.telegram,
            chat=self.telegram,
            language=self.language,
            bot=self.bot,
        )
        return await self.conversation.handle(incoming, self._render)

    def _render(self, reply: Reply) -> list[str]:
        self.reply = reply
        said = [reply.note, reply.screen.text, *reply.screen.rows, *(choice.label for choice in reply.screen.choices)]
        return ["\n".join(catalogue().say(reply.language, one) for one in said if one)]

    async def command(self, screen: str) -> str:
        return await self.do(Kind.COMMAND, screen)

    async def type(self, typed: str) -> str:
        return await self.do(Kind.TYPED, typed)

    async def tap(self, choice: str, turn: int | None = None) -> str:
        assert self.reply is not None
        return await self.do(Kind.CHOSE, choice, self.reply.turn if turn is None else turn)


@pytest.fixture
def conversation(db: Database, store: RedisStore, hasher: PinHasher) -> Conversation:
    return conversation_on(db, store, hasher)


@pytest.fixture
async def client(request: pytest.FixtureRequest, conversation: Conversation, vault: Vault) -> AsyncIterator[Client]:
    # A busy machine is no member's network: only the tests of the deadline itself want the real one.
    patient = None if "slow" in request.fixturenames else 20.0
    channel = UssdChannel(conversation=conversation, vault=vault, texts=catalogue(), seconds=patient)
    server = build_server(
        Settings(callback_token=TOKEN),
        [web.post("/ussd/{token}", channel.hop), web.post("/ussd/{token}/events", end_events(conversation, vault))],
    )
    async with TestClient(TestServer(server)) as client:
        yield client
    await channel.finish()


@pytest.fixture
def handset(client: Client) -> Callable[[str], Handset]:
    return lambda number="+254712000001": Handset(client, number)


@pytest.fixture
def wanjiru(client: Client) -> Handset:
    return Handset(client, "+254712000001")


@pytest.fixture
def otieno(client: Client) -> Handset:
    return Handset(client, "+254722000002")


@pytest.fixture
async def sql(db: Database) -> Callable[..., Any]:
    """Run a query and return its rows as tuples."""
    from sqlalchemy import text

    async def run(query: str, **values: Any) -> list[Any]:
        async with db.unit() as uow:
            result = await uow.session.execute(text(query), values)
            return [tuple(row) for row in result] if result.returns_rows else []  # type: ignore[attr-defined]

    return run
