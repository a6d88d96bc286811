"""Two web processes with a bot each, over real HTTP, PostgreSQL and Redis; and people who walk through both channels at once.

What is sent is sent as the gateways send it: again, late, out of order, or with the answer lost on the way. After each step
everything that was begun has ended, and what was promised of both channels must hold.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from redis.asyncio import Redis
from sqlalchemy import text as statement

from bot.calls import TelegramBot, open_bot
from bot.channel import TelegramChannel
from bot.inbox import Inbox
from bot.notes import Notes
from core.daos.group_chat_links import GroupChats
from core.daos.groups import create_group
from core.dialogue.engine import Conversation
from core.identity.devices import link_telegram
from core.identity.exposed_pins import ExposedPins
from core.identity.pins import PinGate
from core.kernel.db import Database
from core.kernel.ids import IntentId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings, TelegramSettings
from core.kernel.texts import catalogue, text
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from core.notifications.pacing import Pauses
from core.notifications.service import remember_live_message
from core.providers.redis_store import RedisStore
from core.web.server import build_server
from core.web.telegram import SECRET_HEADER
from core.web.telegram import routes as telegram_routes
from tests.conftest import FakeClock
from tests.conversing import conversation_on
from tests.members import enrol
from tests.talk.telegram import TOKEN, PlayedTelegram, numbers, tapped, written
from ussd.callback import UssdChannel
from ussd.events import end_events

USSD, SECRET = "a-token-that-nobody-guesses", "a-webhook-secret"
SETTINGS = Settings(callback_token=USSD, telegram=TelegramSettings(token=TOKEN, webhook_secret=SECRET))
DIAL = "*384*77#"
QUIET_SECONDS = 60
NO_PAUSES = (0.01,) * 5
# Of so many of a person's last hops the replies are surely remembered.
REMEMBERED = 25
CONFIRMS = re.compile(r"(Contribute|Deposit) KES ([0-9,]+) to (?:.+)\n(?:No fee|Fee )")
NOT_NOW = {
    "END " + "\n".join(catalogue().say(language, text(key), short=True) for language in ("en", "sw"))
    for key in ("ussd-busy", "ussd-slow")
}
OUT_OF_STEP = {
    f"END {catalogue().say(language, text('out-of-step'), short=short)}" for language in ("en", "sw") for short in (True, False)
}
OPTIONS = re.compile(r"^(?:CON )?([1-9][0-9]?) ", re.MULTILINE)
# What a screen begins with, or has above it, when the answer doesn't fit the screen that she saw.
ASTRAY = ("Choose a number", *(catalogue().say("en", text(key), short=True) for key in ("out-of-step", "starts-over")))
BROKEN = "END " + "\n".join(catalogue().say(language, text("ussd-failed"), short=True) for language in ("en", "sw"))


class Broken(AssertionError):
    """A promise was broken."""


@dataclass
class Process:
    """A web process and a bot process of ours, which remember what processes remember."""

    conversation: Conversation
    store: RedisStore
    ussd: UssdChannel
    client: TestClient[web.Request, web.Application]
    bot: TelegramBot
    stop: asyncio.Event
    inbox: asyncio.Task[None]


@dataclass
class Person:
    """Somebody with a phone and the app. `marks`: what is hers alone, so that nobody else may read it."""

    name: str
    pin: str
    amounts: tuple[int, ...]
    group: str
    number: str = ""
    chat: int = 0
    member: MemberId | None = None
    session: str = ""
    text: str = ""
    screen: str = ""
    hops: list[tuple[str, str]] = field(default_factory=list)
    replies: dict[tuple[str, str], str] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    confirms: Counter[tuple[str, int]] = field(default_factory=Counter)
    pins: int = 0
    turn: int = 0
    disturbed: bool = False  # something went astray in this session: its screens needn't follow from each other

    @property
    def marks(self) -> tuple[str, ...]:
        return (self.name, self.group, *(f"KES {amount}" for amount in self.amounts))

    def amount(self) -> str:
        """Another one each time, as far as they go."""
        self.turn += 1
        return str(self.amounts[self.turn % len(self.amounts)])


def village() -> dict[str, Person]:
    return {
        "Wanjiru": Person("Wanjiru", "248163", (1101, 1103), "Umoja"),
        "Otieno": Person("Otieno", "592703", (2202, 2206), "Harambee"),
    }


class World:
    """Everything that a walk needs; opened once, walked through often."""

    def __init__(self, database: Database, vault: Vault, redis_url: str, telegram: PlayedTelegram, address: str) -> None:
        self.database, self.vault, self.redis_url = database, vault, redis_url
        self.telegram, self.address = telegram, address
        self.settings = SETTINGS
        self.hasher = PinHasher(vault)
        self.redis = Redis.from_url(redis_url)
        self.updates = numbers()
        self.people = village()
        self.processes: list[Process] = []
        self._born = 0
        self._read = 0

    @classmethod
    async def open(cls, database_url: str, redis_url: str, vault: Vault) -> World:
        """The processes at work."""
        database = Database(database_url, clock=FakeClock(), ids=TimeOrderedIds(), vault=vault, pool_size=20)
        telegram = PlayedTelegram()
        world = cls(database, vault, redis_url, telegram, await telegram.start())
        await world.redis.flushdb()
        for _ in range(2):
            world.processes.append(await world.process())
        return world

    async def close(self) -> None:
        for process in self.processes:
            await self._stopped(process)
        await self.telegram.server.close()
        await self.redis.aclose()
        await self.database.close()

    async def process(self) -> Process:
        """A process that has just started."""
        store = RedisStore(self.redis_url)
        conversation = conversation_on(self.database, store, self.hasher, dial=DIAL)
        ussd = UssdChannel(conversation=conversation, vault=self.vault, texts=catalogue(), seconds=30.0)
        routes = [
            web.post("/ussd/{token}", ussd.hop),
            web.post("/ussd/{token}/events", end_events(conversation, self.vault)),
            *telegram_routes(self),
        ]
        client = TestClient(TestServer(build_server(SETTINGS, routes)))
        await client.start_server()
        bot, stop = open_bot(TelegramSettings(token=TOKEN, base_url=self.address)), asyncio.Event()
        await bot.initialize()
        inbox = Inbox(database=self.database, channel=self._channel(bot, conversation, store), bot_id=bot.id, pauses=NO_PAUSES)
        return Process(conversation, store, ussd, client, bot, stop, asyncio.create_task(inbox.run(stop)))

    def _channel(self, bot: TelegramBot, conversation: Conversation, store: RedisStore) -> TelegramChannel:
        async def remember_live(ref: Any, chat: int, message_id: int) -> None:
            async with self.database.unit() as uow:
                await remember_live_message(uow, ref=ref, chat=chat, message_id=message_id)

        return TelegramChannel(
            bot=bot,
            conversation=conversation,
            notes=Notes(store),
            vault=self.vault,
            texts=catalogue(),
            remember_live=remember_live,
            groups=GroupChats(self.database),
            exposed=ExposedPins(self.database, PinGate(self.database, self.hasher)),
            pauses=Pauses(self.database),
        )

    async def _stopped(self, process: Process) -> None:
        process.stop.set()
        await process.inbox
        await process.ussd.finish()
        await process.client.close()
        await process.bot.shutdown()
        await process.store.aclose()

    # --- what a walk is made of

    async def begin(self) -> None:
        """New people, of whom nothing is known yet: each has KES 100,000, a group of her own, and a chat."""
        self._born += 1
        self.people = village()
        self.telegram.forget()
        self._read = 0
        for place, person in enumerate(self.people.values()):
            person.number = f"+2547{place}{self._born:07}"
            person.chat = 5_000_000 + 10 * self._born + place
            person.member = await self._enrol(person)

    async def _enrol(self, person: Person) -> MemberId:
        async with self.database.unit() as uow:
            member = MemberId(uow.ids.new())
            sealed = await self.hasher.hash(person.pin, owner=str(member))
            await enrol(uow, person.number, member=member, name=person.name, sealed_pin=sealed)
            await link_telegram(uow, member=member, telegram_id=person.chat, chat=person.chat, name="W")
            legs = [Leg(MPESA_UTILITY, -Money(100_000_00)), Leg(member_account(member), Money(100_000_00))]
            await transfer(uow, key=uow.ids.new(), kind="mpesa_deposit", legs=legs)
            await create_group(uow, intent=IntentId(uow.ids.new()), founder=member, name=person.group, kind="harambee")
        return member

    async def do(self, step: tuple[Any, ...]) -> None:
        """One step, then what must hold."""
        act, *given = step
        await getattr(self, f"do_{act}")(*given)
        await self.settle()
        await self.check()

    async def do_dial(self, who: str, at: int, deep: str) -> None:
        person = self.people[who]
        person.session, person.disturbed = f"ATUid_{uuid.uuid4().hex}", False
        await self._hop(person, at, deep.replace("AMOUNT", person.amount()))

    async def do_next(self, who: str, at: int) -> None:
        """Whatever leads on from the screen that she sees."""
        person = self.people[who]
        if not person.screen.startswith("CON"):
            await self.do_dial(who, at, "")
        else:
            await self._type(person, at, self._leads_on(person))
            if not person.disturbed and any(words in person.screen for words in ASTRAY):
                raise Broken(f"what the last screen offered isn't known any more: {person.screen}")

    async def do_type(self, who: str, at: int, typed: str) -> None:
        person = self.people[who]
        if person.session:
            person.disturbed = True
            await self._type(person, at, typed)

    async def do_lose(self, who: str, at: int) -> None:
        """She goes on, and never sees the answer; nor does the network wait for it."""
        person = self.people[who]
        if not person.screen.startswith("CON"):
            return
        typed = self._leads_on(person)
        person.text = f"{person.text}*{typed}" if person.text else typed
        person.pins += typed == person.pin
        sent = asyncio.create_task(self._post(at, person, person.session, person.text))
        await asyncio.sleep(0.01)
        sent.cancel()
        with suppress(asyncio.CancelledError):
            self._heard(person, await sent)
        # What it would have said, she finds out by trying again.
        await self._hop(person, 1 - at, person.text)

    async def do_again(self, who: str, times: int) -> None:
        """The same hop, many times at once, at both processes."""
        person = self.people[who]
        if not person.hops:
            return
        session, sent = person.hops[-1]
        answers = await asyncio.gather(*(self._post(one % 2, person, session, sent) for one in range(times)))
        for answer in answers:
            self._answered(person, session, sent, answer)

    async def do_both(self, who: str, at: int) -> None:
        """Two options of the same screen at once, at both processes: one is her answer, the other came too late for it."""
        person = self.people[who]
        offered = OPTIONS.findall(person.screen)
        if len(offered) < len(self.processes) or "PIN" in person.screen:
            return
        sent = [f"{person.text}*{key}" if person.text else key for key in offered[-2:]]
        answers = await asyncio.gather(
            *(self._post((at + place) % 2, person, person.session, one) for place, one in enumerate(sent))
        )
        for one in answers:
            self._heard(person, one)
        taken = [(one, answer) for one, answer in zip(sent, answers, strict=True) if answer not in (*NOT_NOW, *OUT_OF_STEP)]
        if len(taken) > 1:
            raise Broken(f"two answers to one screen: {taken}")
        self._went_on(person, *(taken or [("", "")])[0])

    async def do_late(self, who: str, at: int, back: int) -> None:
        """An earlier hop, of this session or another, once more."""
        person = self.people[who]
        person.disturbed = True
        if person.hops:
            session, sent = person.hops[-1 - back % len(person.hops)]
            self._answered(person, session, sent, await self._post(at, person, session, sent))

    async def do_alter(self, who: str, at: int) -> None:
        """Another history of the same session is none."""
        person = self.people[who]
        if len(person.text) > 1:
            person.disturbed = True
            answer = await self._post(at, person, person.session, f"8{person.text[1:]}*{person.pin}")
            self._heard(person, answer)
            if not answer.startswith("END"):
                raise Broken(f"a changed history was answered: {answer}")
            person.screen = ""

    async def do_ended(self, who: str, at: int) -> None:
        """The gateway says that the session is over, now or late."""
        person = self.people[who]
        form = {"sessionId": person.session, "phoneNumber": person.number, "status": "Incomplete", "cost": "KES 0.5"}
        answer = await self.processes[at].client.post(f"/ussd/{USSD}/events", data=form | {"networkCode": "63902"})
        if answer.status != 200:
            raise Broken(f"an end event: {answer.status}")

    async def do_say(self, who: str, at: int, said: str) -> None:
        person = self.people[who]
        await self._update(person, at, written(next(self.updates), person.chat, said.replace("AMOUNT", person.amount())))

    async def do_tap(self, who: str, at: int, back: int) -> None:
        """A button of hers, of the newest message or of an old one."""
        person = self.people[who]
        if found := self.telegram.buttons(person.chat):
            message, _, data = found[-1 - back % len(found)]
            await self._update(person, at, tapped(next(self.updates), person.chat, message, data))

    async def do_forge(self, who: str, at: int, back: int) -> None:
        """A button of somebody else's, as if it stood in her own chat."""
        person = self.people[who]
        other = next(one for one in self.people.values() if one is not person)
        if found := self.telegram.buttons(other.chat):
            message, _, data = found[-1 - back % len(found)]
            await self._update(person, at, tapped(next(self.updates), person.chat, message, data))

    async def do_chat(self, who: str, at: int) -> None:
        """Whatever leads on from what she reads in the chat."""
        person = self.people[who]
        newest = self.telegram.newest(person.chat)
        labels = {label: (message, data) for message, label, data in self.telegram.buttons(person.chat)}
        wanted = next((one for one in ("Confirm", "Continue", "Contribute") if one in labels), None)
        if "5" in labels:
            await self._enter(person, at)
        elif "amount" in newest.lower() and "Confirm" not in labels:
            await self.do_say(who, at, "AMOUNT")
        elif wanted is None:
            await self.do_say(who, at, "/contribute")
        else:
            message, data = labels[wanted]
            await self._update(person, at, tapped(next(self.updates), person.chat, message, data))

    async def do_repeat(self, who: str, at: int, many: int) -> None:
        """Telegram delivers her last updates again, at another process."""
        for update in self.people[who].updates[-many:]:
            await self._deliver(at, update)

    async def do_hold(self, who: str) -> None:
        """Her next update will arrive after the one that follows it."""
        person = self.people[who]
        person.held = person.held or [{}]

    async def do_restart(self, at: int) -> None:
        """A process ends, with all that it remembers, and another takes its place."""
        ended, self.processes[at] = self.processes[at], await self.process()
        await self._stopped(ended)

    async def do_flush(self) -> None:
        """Redis loses everything."""
        await self.redis.flushdb()
        for person in self.people.values():
            person.disturbed = True
            person.replies.clear()

    # --- how it is sent

    def _leads_on(self, person: Person) -> str:
        screen = person.screen
        if "PIN" in screen:
            return person.pin
        if "1 Confirm" in screen:
            return "1"
        if "amount" in screen.lower():
            return person.amount()
        return "9" if "9 Continue" in screen else "3" if "3 Contribute" in screen else "00"

    async def _type(self, person: Person, at: int, typed: str) -> None:
        person.pins += typed == person.pin
        await self._hop(person, at, f"{person.text}*{typed}" if person.text else typed)

    async def _hop(self, person: Person, at: int, sent: str) -> None:
        self._went_on(person, sent, await self._post(at, person, person.session, sent))

    def _went_on(self, person: Person, sent: str, answer: str) -> None:
        """What she typed by now, and what she sees; nothing where the network took nothing."""
        person.screen = answer
        if answer:
            person.text = sent
            person.hops.append((person.session, sent))
            self._answered(person, person.session, sent, answer)

    async def _post(self, at: int, person: Person, session: str, sent: str) -> str:
        form = {"sessionId": session, "phoneNumber": person.number, "networkCode": "63902", "serviceCode": DIAL, "text": sent}
        answer = await self.processes[at].client.post(f"/ussd/{USSD}", data=form)
        body = await answer.text()
        if answer.status != 200 or not body.startswith(("CON ", "END ")) or body == BROKEN:
            raise Broken(f"{answer.status}: {body}")
        return body

    def _answered(self, person: Person, session: str, sent: str, answer: str) -> None:
        """The same hop is answered with the same bytes, as long as its reply is surely remembered."""
        self._heard(person, answer)
        if answer in NOT_NOW:
            return
        known = person.replies.setdefault((session, sent), answer)
        if known != answer and (session, sent) in person.hops[-REMEMBERED:]:
            raise Broken(f"the same hop twice: {known!r}, then {answer!r}")

    def _heard(self, person: Person, answer: str) -> None:
        """Nobody reads what is another's. What is asked to be confirmed is noted."""
        for other in self.people.values():
            for mark in other.marks if other is not person else ():
                if mark in answer:
                    raise Broken(f"{person.name} was shown {mark}: {answer}")
        for kind, amount in CONFIRMS.findall(answer):
            person.confirms[kind, int(amount.replace(",", ""))] += 1

    async def _enter(self, person: Person, at: int) -> None:
        """Her PIN, key by key, as long as the pad is there."""
        person.pins += 1
        for digit in person.pin:
            keys = {label: (message, data) for message, label, data in self.telegram.buttons(person.chat)}
            if digit not in keys:
                return
            await self._update(person, at, tapped(next(self.updates), person.chat, *keys[digit]))
            await self.settle()

    async def _update(self, person: Person, at: int, update: dict[str, Any]) -> None:
        if person.held == [{}]:
            person.held = [update]
            return
        late, person.held = person.held, []
        for one in (update, *late):
            person.updates.append(one)
            await self._deliver(at, one)

    async def _deliver(self, at: int, update: dict[str, Any]) -> None:
        headers = {SECRET_HEADER: SECRET, "Content-Type": "application/json"}
        answer = await self.processes[at].client.post("/telegram", data=json.dumps(update), headers=headers)
        if answer.status != 200:
            raise Broken(f"an update: {answer.status}")

    # --- what must hold

    async def settle(self) -> None:
        """Until everything that was begun has ended."""
        async with asyncio.timeout(QUIET_SECONDS):
            for process in self.processes:
                await process.ussd.finish()
            while await self._one("SELECT count(*) FROM telegram_updates WHERE handled_at IS NULL"):
                await asyncio.sleep(0.01)

    async def check(self) -> None:
        for chat, said in self.telegram.said[self._read :]:
            self._heard(next(one for one in self.people.values() if one.chat == chat), said)
        self._read = len(self.telegram.said)
        if await self._one("SELECT count(*) FROM telegram_updates WHERE problem IS NOT NULL"):
            raise Broken("an update was given up")
        for person in self.people.values():
            await self._check_money(person)

    async def _check_money(self, person: Person) -> None:
        """Each movement was confirmed by her, with that amount, and her PIN; what is done is done once and offered no more."""
        async with self.database.unit() as uow:
            found = await uow.session.execute(MOVEMENTS, {"member": person.member})
            rows = [tuple(row) for row in found]
            left, drafted = (await uow.session.execute(BALANCE, {"member": person.member})).one()
        intents = [intent for _, _, intent, _ in rows]
        given = sum(amount for kind, amount, _, _ in rows if kind == "Contribute")
        if len(rows) > person.pins or len(set(intents)) != len(intents):
            raise Broken(f"{len(rows)} movements of {person.pins} PINs: {rows}")
        for kind, amount, _, groups in rows:
            if amount not in person.amounts or not person.confirms[kind, amount] or groups not in (person.group, None):
                raise Broken(f"{person.name} never confirmed {kind} {amount} ({groups})")
        if Counter((kind, amount) for kind, amount, _, _ in rows) - person.confirms:
            raise Broken(f"more movements than confirm screens: {rows}")
        if left != 100_000 - given:
            raise Broken(f"{person.name} has {left} after {given}")
        if drafted in intents:
            raise Broken("what is done is still offered")

    async def movements(self) -> int:
        """How often money moved in this walk."""
        found = 0
        async with self.database.unit() as uow:
            for person in self.people.values():
                found += len((await uow.session.execute(MOVEMENTS, {"member": person.member})).all())
        return found

    async def _one(self, query: str) -> int:
        async with self.database.unit() as uow:
            return int(await uow.session.scalar(statement(query)) or 0)


MOVEMENTS = statement("""
    SELECT 'Contribute', c.amount::int, c.intent, g.name FROM contributions c JOIN daos g ON g.id = c.dao_id
      WHERE c.user_id = :member
    UNION ALL
    SELECT 'Deposit', m.amount::int, m.id, NULL FROM mpesa_transactions m WHERE m.user_id = :member
""")
BALANCE = statement("""
    SELECT (SELECT total_balance::int FROM user_balances WHERE user_id = :member AND currency = 'KES'),
      (SELECT intent FROM drafts WHERE user_id = :member)
""")


def every_step() -> Iterator[str]:
    """The names of all steps."""
    return (name.removeprefix("do_") for name in vars(World) if name.startswith("do_"))
