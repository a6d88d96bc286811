"""People who play as for the screen book (tests/screen_plays), but through both channels' own translators.

A phone posts to the callback as the gateway does; a chat gets updates and taps the buttons that stand in it. What happens on the
way is a `Fault`'s affair: it is told of every call and every hop.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from redis.asyncio import Redis

from bot.calls import TelegramBot, open_bot
from bot.channel import TelegramChannel
from bot.notes import Notes
from bot.render import TelegramRenderer
from core.daos.group_chat_links import GroupChats
from core.dialogue.book import Book
from core.dialogue.engine import Conversation
from core.dialogue.screens import SECRET, Asks, numbered
from core.dialogue.session import Session, load
from core.dialogue.turn import TELEGRAM, USSD, Channel, Input, Kind, Reply
from core.identity.exposed_pins import ExposedPins
from core.identity.pins import PinGate
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings, TelegramSettings
from core.kernel.texts import catalogue
from core.notifications.pacing import Pauses
from core.providers.redis_store import RedisStore
from core.web.server import build_server
from tests.screen_plays.cast import Cast, Person, assemble
from tests.screen_walk import PIN, name_of
from tests.talk.telegram import TOKEN, PlayedTelegram, numbers, tapped, written
from ussd.callback import UssdChannel
from ussd.render import UssdRenderer

USSD_TOKEN = "a-token-that-nobody-guesses"
NEVER_SLOW = 30.0
# What differs each time that something is done: references, codes of digests and of the draw.
CHANGING = re.compile(
    r"\b(?=\w*\d)(?=\w*[A-Z])[0-9A-Z]{4,}\b|\b[A-Z]{8}(?= Confirmed)|\b[0-9A-F]{3}-[0-9A-F]{3}\b|\b[0-9a-f]{8,}\b|(?<![\d,.])\d{4,}(?![,.]?\d)|(?<=account )\d{3} \d{4}|(?<=account )\d{3} #"
)


# Where the amount that is remembered isn't the one that moves, with the reason.
ANOTHER_AMOUNT = {
    "loans.take_savings": "what is owed by now is shown; what was lent is remembered",
    "treasury.send_report": "nothing moves any more",
}


# Of what she saw before, so many pages count: after a hop that was replayed, what she confirmed is a few screens back.
LOOKED_BACK = 6


class Broken(AssertionError):
    """A promise was broken."""


@dataclass
class Seen:
    """What was rendered last, by either channel, and as which pages."""

    reply: Reply | None = None
    pages: list[str] = field(default_factory=list)


class Village(Cast):
    """Everybody who plays, and the processes that they talk to."""

    fault: Any = None
    seen_last: Seen
    client: TestClient[web.Request, web.Application]
    telegram: PlayedTelegram
    redis: Redis
    bot: TelegramBot
    book: Book
    phone_channel: UssdChannel
    chat_channel: TelegramChannel
    updates: Any
    play_name = ""

    def somebody(self, name: str) -> Villager:
        """A phone that nobody knows yet."""
        place = len(self.people)
        person = Villager(self, f"+25472{self.place}00{place:04d}", telegram=self.place * 1_000 + place + 1)
        person.name = name
        self.people[name] = person
        return person

    async def enrolled(self, name: str, *, role: str = "", sealed_pin: str = "") -> Villager:
        """Somebody with an account, money and a chat."""
        person = await super().enrolled(name, role=role, sealed_pin=sealed_pin)
        await person.link()
        assert isinstance(person, Villager)
        return person

    async def open(self, redis_url: str) -> None:
        """The processes begin to work."""
        self.seen_last, self.updates = Seen(), numbers()
        self.redis, self.telegram = Redis.from_url(redis_url), PlayedTelegram()
        address = await self.telegram.start()
        self.bot = open_bot(TelegramSettings(token=TOKEN, base_url=address))
        await self.bot.initialize()
        self.book = self.conversation._book
        self.restart()
        routes = [web.post("/ussd/{token}", self._phones)]
        self.client = TestClient(TestServer(build_server(Settings(callback_token=USSD_TOKEN), routes)))
        await self.client.start_server()

    async def _phones(self, request: web.Request) -> web.Response:
        """To the process that is at work now."""
        return await self.phone_channel.hop(request)

    async def close(self) -> None:
        """They end."""
        await self.phone_channel.finish()
        await self.client.close()
        await self.bot.shutdown()
        await self.telegram.server.close()
        await self.redis.aclose()

    def restart(self) -> None:
        """Other processes take the place of these, which take along all that they remember."""
        hasher = PinHasher(self.vault)
        self.conversation = fresh(self, hasher)
        self.phone_channel = UssdChannel(
            conversation=self.conversation, vault=self.vault, texts=catalogue(), seconds=NEVER_SLOW
        )
        self.chat_channel = TelegramChannel(
            bot=self.bot,
            conversation=self.conversation,
            notes=Notes(self.store),
            vault=self.vault,
            texts=catalogue(),
            remember_live=_forget,
            groups=GroupChats(self.database),
            exposed=ExposedPins(self.database, PinGate(self.database, hasher)),
            pauses=Pauses(self.database),
        )
        self.chat_channel._render = _Watched(TelegramRenderer(catalogue()), self.seen_last)  # type: ignore[assignment]

    async def flush(self) -> None:
        """Redis loses everything, and the processes what they remember of it."""
        await self.redis.flushdb()
        self.restart()


async def _forget(*_given: Any, **_named: Any) -> None:
    """No message is alive here."""


def fresh(village: Village, hasher: PinHasher) -> Conversation:
    """A conversation that remembers nothing. The book is the same in every process."""
    return Conversation(
        database=village.database,
        store=village.store,
        gate=PinGate(village.database, hasher),
        checks=village.conversation._checks,
        book=village.book,
        paybill="4082451",
        dial="*384*77#",
    )


class _Watched:
    """A renderer that lets be seen what it rendered."""

    def __init__(self, render: Any, seen: Seen) -> None:
        self._render, self._seen = render, seen

    def __call__(self, reply: Reply) -> list[str]:
        pages = self._render(reply)
        self._seen.reply, self._seen.pages = reply, list(pages)
        return list(pages)


def watch_phones(village: Village) -> type[UssdRenderer]:
    """A renderer of phones' screens that this village sees."""

    class Watched(UssdRenderer):
        def __call__(self, reply: Reply) -> list[str]:
            pages = super().__call__(reply)
            village.seen_last.reply, village.seen_last.pages = reply, list(pages)
            return pages

    return Watched


@dataclass
class Villager(Person):
    """Somebody with a phone and a chat. `way` is what she chose since she dialled, `shown` what she saw after each."""

    name: str = ""
    session: str = ""
    text: str = ""
    body: str = ""
    pages: list[str] = field(default_factory=list)
    previous: list[str] = field(default_factory=list)
    calls: int = 0
    straight: bool = False
    proven_for: str = ""
    sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def village(self) -> Village:
        assert isinstance(self.cast, Village)
        return self.cast

    async def dial(self, *steps: str, channel: Channel = USSD, refused: bool = False) -> str:
        """One call from the dial to its end, as the fault has it."""
        self.calls += 1
        if refused:
            return await self.plainly(*steps, channel=channel, refused=True)
        return str(await self.village.fault.call(self, steps, channel))

    async def plainly(self, *steps: str, channel: Channel = USSD, refused: bool = False) -> str:
        """One call of which nothing is made difficult but its hops."""
        return await super().dial(*steps, channel=channel, refused=refused)

    async def go(self, *steps: str, channel: Channel = USSD, refused: bool = False) -> str:
        """Go on from where she is; where a code is asked for before the PIN, that of her last SMS."""
        for number, step in enumerate(steps, 1):
            if step == "PIN" and (await self.session_of(channel)).screen.startswith("step_up."):
                await super().go(await self.code(), channel=channel)
            await super().go(step, channel=channel, refused=refused and number == len(steps))
        return self.said()

    async def session_of(self, channel: Channel = USSD) -> Session:
        """The conversation as it is remembered."""
        return load(await self.village.store.peek(self.key(channel)))

    def key(self, channel: Channel) -> str:
        """What her session is called in the store."""
        return f"{channel.name}:{self.telegram if channel is TELEGRAM else self.phone}"

    async def _hop(self, channel: Channel, one: Input) -> None:
        # What isn't typed goes straight to the conversation, and what follows it as well.
        self.straight = one.kind not in (Kind.START, Kind.TYPED) or (self.straight and one.kind is not Kind.START)
        if self.straight:
            await super()._hop(channel, one)
            return
        self.hops += 1
        before = await self.session_of(channel)
        if before.pending and one.kind is Kind.TYPED and one.value == PIN:
            self._was_confirmed(before)
        village, self.previous = self.village, [*self.previous, *self.pages][-LOOKED_BACK:]
        village.seen_last.reply = None
        await village.fault.hop(self, channel, one)
        if village.seen_last.reply is not None:
            self.reply, self.pages = village.seen_last.reply, village.seen_last.pages
        session = await self.session_of(channel)
        if self.reply.note is None:
            self.before = name_of(session, [self.before, *self.way[-1:]])

    def _was_confirmed(self, session: Session) -> None:
        """What the PIN is asked for, with its amount, stands on the PIN's screen or stood on the one before."""
        amount = session.values.get("amount")
        if (
            session.pending not in self.village.book.actions
            or not isinstance(amount, Money)
            or session.pending in ANOTHER_AMOUNT
        ):
            return
        seen = "\n".join([*self.pages, *self.previous])
        if amount.figures() not in seen:
            self.village.fault.wrong(self, f"{session.pending}: {amount} was on no screen before the PIN: {seen!r}")

    # --- how it is sent

    async def send(self, channel: Channel, one: Input) -> str:
        """What the channel answers to this, once."""
        if channel is TELEGRAM:
            return await self._chat(one)
        if one.kind is Kind.START:
            self.session, self.text = f"ATUid_{uuid.uuid4().hex}", ""
        else:
            self.text = f"{self.text}*{one.value}" if self.text else one.value
        return await self.post(self.text)

    async def post(self, text: str, session: str = "") -> str:
        """One request of the gateway, exactly."""
        form = {
            "phoneNumber": self.phone,
            "serviceCode": "*384*77#",
            "text": text,
            "sessionId": session or self.session,
            "networkCode": "63902",
        }
        answer = await self.village.client.post(f"/ussd/{USSD_TOKEN}", data=form)
        body = await answer.text()
        if answer.status != 200 or not body.startswith(("CON ", "END ")) or body.startswith("END Something went wrong"):
            raise Broken(f"{self.name} at {self.before}: {answer.status} {body}")
        return body

    async def _chat(self, one: Input) -> str:
        number, session = self.village.updates, await self.session_of(TELEGRAM)
        self.sent = []
        if one.kind is Kind.START:
            await self.deliver(written(next(number), self.telegram, "/start"))
        elif Asks(session.asks) in SECRET:
            for digit in one.value:
                await self.deliver(tapped(next(number), self.telegram, *self._key_of(digit)))
        elif Asks(session.asks) is Asks.CHOICE:
            await self.deliver(tapped(next(number), self.telegram, *self._button_of(one.value)))
        else:
            await self.deliver(written(next(number), self.telegram, one.value))
        return self.village.telegram.newest(self.telegram)

    async def deliver(self, update: dict[str, Any]) -> None:
        """Telegram hands this over."""
        self.sent.append(update)
        await self.handed(update)

    async def handed(self, update: dict[str, Any]) -> None:
        """Hand this over, again perhaps."""
        await self.village.chat_channel.handle(update, event=f"telegram:{self.village.bot.id}:{update['update_id']}")

    def _key_of(self, digit: str) -> tuple[int, str]:
        found = [(message, data) for message, label, data in self.village.telegram.buttons(self.telegram) if label == digit]
        if not found:
            raise Broken(f"{self.name} has no keys to type a PIN with at {self.before}")
        return found[-1]

    def _button_of(self, number: str) -> tuple[int, str]:
        [chosen] = [one.id for place, one in numbered(self.reply.screen.choices) if str(place) == number]
        found = [
            (message, data)
            for message, _, data in self.village.telegram.buttons(self.telegram)
            if data.partition(":")[2] == chosen and data.partition(":")[0] == str(self.reply.turn)
        ]
        if not found:
            raise Broken(f"{self.name} has no button for {chosen} at {self.before}")
        return found[-1]


def settled(said: str) -> str:
    """What was said, without what differs each time."""
    return CHANGING.sub("#", said)


async def gather(database: Database, store: RedisStore, vault: Vault, redis_url: str, fault: Any, *, place: int) -> Village:
    """Everybody in one place, with the processes at work."""
    village = await assemble(database, store, vault, "en", "ordinary", place, into=Village)
    village.fault = fault
    await village.open(redis_url)
    return village
