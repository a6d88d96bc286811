"""Registering, getting in, failing, being locked, linking and letting go, new PINs and recoveries, on both channels in any
order, against a model.

After each step the database must agree with the model about who may get in by what, however often Redis was emptied between.
IDENTITY_SEED is printed with a failure; the same seed plays the same steps. IDENTITY_LIVES plays longer.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import asyncpg
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from redis.asyncio import Redis
from sqlalchemy import select, text

from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.members import find_by_phone
from core.identity.pin_change import REMEMBERED_PINS
from core.identity.pins import DISABLES_AT, LOCKED_FOR, LOCKS_AT
from core.identity.recovery import MOST_STARTS, RecoveryOver
from core.identity.recovery_contacts import answer_request, ask_contact, requests_to
from core.identity.recovery_models import AccountRecovery
from core.identity.vouching import vouch
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.phone import parse_phone
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings
from core.kernel.texts import catalogue
from core.notifications.models import SmsDelivery
from core.notifications.sms import claim_sms
from core.providers.redis_store import RedisStore
from core.web.server import build_server
from tests.conftest import RESET, FakeClock
from tests.conversing import conversation_on
from tests.dialogue.conftest import TOKEN, Chat, Handset
from tests.identity.people import People
from tests.identity.village import let_count
from ussd.callback import UssdChannel

PHONES = ("+254712000001", "+254722000002")
CHATS = (7001, 7002)
CONTACTS = ("+254733000003", "+254733000004")
PIN, WRONG = "248163", "604718"
PINS = (PIN, "815203", "739205", "518637", "861394")
WEEK, DAY = timedelta(days=7), timedelta(hours=24)
SEED = os.environ.get("IDENTITY_SEED", "1")
LIVES, STEPS = int(os.environ.get("IDENTITY_LIVES", "4")), 60
WORTH_SEEING = {
    "changed", "confirmed", "had before", "link waits", "linked", "not open", "recovered", "refused by contacts", "started",
    "stopped", "taken off",
}  # fmt: skip
YES_NO = (True, False)
# Most people know their PIN; all who guess are rare enough that accounts live to see more than their own end.
RIGHT = (True, True, True, False)
events = itertools.count(1)


@dataclass
class Recovering:
    """A recovery that was asked for; `on` is the chat that asked, or None for the phone."""

    on: int | None
    began: datetime
    confirmed: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    confirmed_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Nobody confirmed for three days, or she didn't come for three days after the longest wait."""
        last = self.began + timedelta(hours=72) if self.confirmed_at is None else self.confirmed_at + timedelta(hours=144)
        return now >= last

    def is_open(self, now: datetime) -> bool:
        return self.confirmed_at is not None and now >= self.confirmed_at + DAY


@dataclass
class Person:
    """What the model knows of a member. `pins`: those that she had, the one in use last. `chats`: as they were first linked."""

    failures: int = 0
    locked_until: datetime | None = None
    disabled: bool = False
    telegram: int | None = None
    tried: int = 0
    pins: list[str] = field(default_factory=lambda: [PIN])
    chats: list[int] = field(default_factory=list)
    recovery: Recovering | None = None
    begun: list[datetime] = field(default_factory=list)

    @property
    def pin(self) -> str:
        return self.pins[-1]

    def choose(self, pin: str) -> None:
        self.pins.append(pin)
        self.failures, self.locked_until, self.disabled = 0, None, False

    def had(self, pin: str) -> bool:
        return pin in self.pins[-REMEMBERED_PINS:]

    def try_pin(self, *, right: bool, now: datetime) -> str:
        """What she is told."""
        self.tried += 1
        if self.disabled:
            return "closed for safety"
        if self.locked_until is not None and self.locked_until > now:
            return "locked until"
        if right:
            self.failures, self.locked_until = 0, None
            return "Your balance"
        self.failures += 1
        self.disabled = self.failures >= DISABLES_AT
        if self.failures == LOCKS_AT:
            self.locked_until = now + LOCKED_FOR
            return "locked until"
        return "closed for safety" if self.disabled else "Wrong PIN"


def step(weight: int = 2, **draws: Sequence[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator: one thing that may happen, how often beside the others, and what each of its arguments is drawn from."""

    def mark(act: Callable[..., None]) -> Callable[..., None]:
        act.draws, act.weight = draws, weight  # type: ignore[attr-defined]
        return act

    return mark


class Idle(Exception):
    """This can't happen now."""


class Doors:
    """The real product behind both channels, and the model."""

    runner: ClassVar[asyncio.Runner]
    db: ClassVar[Database]
    clock: ClassVar[FakeClock]
    conversation: ClassVar[Conversation]
    client: ClassVar[Any]
    url: ClassVar[str]
    redis: ClassVar[Any]
    hasher: ClassVar[PinHasher]
    lived: ClassVar[Counter[str]]
    village: ClassVar[People]

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def begin(self) -> None:
        async def empty() -> None:
            connection = await asyncpg.connect(self.url)
            await connection.execute(RESET)
            await connection.close()
            await self.redis.flushdb()

        self.run(empty())
        self.contacts = [self.run(self.village.register(parse_phone(one), name="Contact", pin=PIN)).id for one in CONTACTS]
        self.people: dict[str, Person] = {}
        self.handsets = {number: Handset(self.client, number) for number in PHONES}
        self.chats = {number: Chat(self.conversation, telegram=number) for number in CHATS}
        for one in self.chats.values():
            # Events have names of their own in every example: an old one would get its old answer.
            one.event = next(events) * 10_000

    @step(number=PHONES)
    def register(self, number: str) -> None:
        if number in self.people:
            raise Idle
        assert "Welcome" in self.run(self.handsets[number].register("Wanjiru Kamau", PIN))
        self.people[number] = Person()
        self.run(self.befriend(number))

    @step(number=PHONES, right=RIGHT, flushed=YES_NO)
    def look_on_the_phone(self, number: str, right: bool, flushed: bool) -> None:
        handset = self.handsets[number]

        async def look() -> str:
            if flushed:
                await self.redis.flushdb()
            await pick(handset, await handset.dial(), "Balance")
            return await handset.type(self.people[number].pin if right else WRONG)

        if number not in self.people:
            assert "Balance" not in self.run(handset.dial())
            return
        said = self.run(look())
        assert self.people[number].try_pin(right=right, now=self.clock.now()) in said

    @step(number=PHONES, repeated=range(2, 5))
    def the_gateway_repeats_a_wrong_pin(self, number: str, repeated: int) -> None:
        """U6: many deliveries of the same keystrokes are one attempt."""
        if number not in self.people:
            raise Idle
        handset = self.handsets[number]

        async def repeat() -> list[str]:
            await pick(handset, await handset.dial(), "Balance")
            handset.text += f"*{WRONG}"
            return [await handset.hop(handset.text) for _ in range(repeated)]

        said = self.run(repeat())
        expected = self.people[number].try_pin(right=False, now=self.clock.now())
        assert all(expected in one for one in said)

    @step(who=CHATS, right=RIGHT, flushed=YES_NO)
    def look_in_the_chat(self, who: int, right: bool, flushed: bool) -> None:
        chatting = self.chats[who]

        async def look() -> str:
            if flushed:
                await self.redis.flushdb()
            await chatting.do(Kind.HOME)
            asked = await chatting.command("balance.show")
            return await chatting.type(pin if right else WRONG) if "PIN" in asked else asked

        owner = self.owner_of(who)
        pin = owner.pin if owner else PIN
        # A PIN of the last minutes would do; time is what tells two looks apart.
        self.clock.advance(minutes=6)
        said = self.run(look())
        if owner is None:
            assert "Your balance" not in said
        else:
            assert owner.try_pin(right=right, now=self.clock.now()) in said

    @step(3, who=CHATS, number=PHONES, right=RIGHT, calm=YES_NO)
    def link(self, who: int, number: str, right: bool, calm: bool) -> None:
        """A chat for a phone that is known: the contact, then the code that came to that phone; the network may have answered."""
        if number not in self.people or self.owner_of(who) is not None:
            raise Idle
        # Beyond every limit on codes: those have tests of their own.
        self.clock.advance(hours=25)
        chatting, person = self.chats[who], self.people[number]

        async def take() -> str:
            await chatting.do(Kind.START)
            await chatting.do(Kind.CONTACT, number)
            if calm:
                await self.village.calm(number)
            code = await self.newest_code(number)
            return await chatting.type(code if right else f"{(int(code) + 1) % 10**6:06}")

        said = self.run(take())
        if not right:
            assert "not right" in said
        elif person.telegram is not None and not calm:
            self.lived["link waits"] += 1
            assert "checking your SIM" in said
        else:
            assert "Balance" in said
            self.lived["linked"] += 1
            person.telegram = who
            person.chats += [who] if who not in person.chats else []

    @step(number=PHONES, right=RIGHT)
    def let_the_chat_go(self, number: str, right: bool) -> None:
        person = self.people.get(number)
        if person is None or person.telegram is None:
            raise Idle
        said = self.run(self.behind_the_pin(number, right, "Account", "Unlink"))
        if self.passes(person, right, said):
            assert "no longer linked" in said
            person.telegram = None

    @step(number=PHONES, right=RIGHT, place=range(3))
    def take_a_device_off(self, number: str, right: bool, place: int) -> None:
        """By the number that it has for good; whether there is one shows only behind the PIN."""
        person = self.people.get(number)
        if person is None:
            raise Idle
        handset = self.handsets[number]

        async def remove() -> str:
            await pick(handset, await handset.dial(), "Account", "Devices", "Remove")
            return await handset.type(str(place + 1), person.pin if right else WRONG)

        said = self.run(remove())
        if not self.passes(person, right, said):
            return
        if place == 0:
            assert "own phone number" in said
        elif place <= len(person.chats) and person.chats[place - 1] == person.telegram:
            self.lived["taken off"] += 1
            assert "removed" in said
            person.telegram = None
        else:
            assert "no device" in said

    @step(number=PHONES, right=RIGHT, new=PINS, in_chat=YES_NO)
    def change_the_pin(self, number: str, right: bool, new: str, in_chat: bool) -> None:
        person = self.people.get(number)
        if person is None or (in_chat and person.telegram is None):
            raise Idle
        # In a chat a PIN of the last minutes would do for looking, but never for this.
        talk = self.chats[person.telegram] if in_chat and person.telegram else self.handsets[number]

        async def change() -> list[str]:
            if isinstance(talk, Chat):
                await talk.do(Kind.HOME)
                await talk.command("account.new_pin")
            else:
                await pick(talk, await talk.dial(), "Account", "Change PIN")
            said = [await talk.type(person.pin if right else WRONG)]
            if "new PIN" in said[0]:
                said += [await talk.type(new)]
            return said + ([await talk.type(new)] if "same PIN" in said[-1] else [])

        said = self.run(change())
        if not self.passes(person, right, said[0]):
            return
        if person.had(new):
            self.lived["had before"] += 1
            assert "had this PIN before" in said[-1]
        else:
            self.lived["changed"] += 1
            assert "PIN is changed" in said[-1]
            person.choose(new)

    @step(number=PHONES, in_chat=YES_NO, flushed=YES_NO)
    def forget_the_pin(self, number: str, in_chat: bool, flushed: bool) -> None:
        """Ask for a recovery: the code by SMS, on either channel; Redis may be emptied in between."""
        person = self.people.get(number)
        if person is None or (in_chat and person.telegram is None):
            raise Idle
        self.clock.advance(hours=25)
        now = self.clock.now()
        if person.recovery is not None and person.recovery.is_over(now):
            person.recovery = None
        lately = sum(began > now - WEEK for began in person.begun)

        async def ask() -> str:
            asked = await self.forgot(number, in_chat=in_chat)
            if "Start?" not in asked:
                return asked
            await self.choose(number, asked, "Confirm", in_chat=in_chat)
            if flushed:
                await self.redis.flushdb()
            asked = await self.forgot(number, in_chat=in_chat)
            assert "6-digit code" in asked
            return await self.type(number, await self.newest_code(number), in_chat=in_chat)

        said = self.run(ask())
        if person.recovery is not None:
            assert "Stop this recovery" in said
        elif lately >= MOST_STARTS:
            assert "too often" in said
        else:
            self.lived["started"] += 1
            assert "contacts are asked" in said
            person.recovery = Recovering(person.telegram if in_chat else None, now)
            person.begun.append(now)

    @step(12, number=PHONES, contact=CONTACTS, word=("confirmed",) * 5 + ("refused",))
    def a_contact_says(self, number: str, contact: str, word: Any) -> None:
        """The first word of each counts; both have to confirm."""
        person = self.people.get(number)
        recovery = person.recovery if person else None
        if person is None or recovery is None:
            raise Idle
        over, before = recovery.is_over(self.clock.now()), recovery.confirmed | recovery.refused
        try:
            self.run(self.say(number, contact, word))
        except RecoveryOver:
            assert over
            person.recovery = None
            return
        assert not over
        if contact not in before:
            (recovery.confirmed if word == "confirmed" else recovery.refused).add(contact)
        if recovery.refused and recovery.confirmed_at is None:
            self.lived["refused by contacts"] += 1
            person.recovery = None
        elif len(recovery.confirmed) == len(CONTACTS) and recovery.confirmed_at is None:
            self.lived["confirmed"] += 1
            recovery.confirmed_at = self.clock.now()

    @step(1, number=PHONES, in_chat=YES_NO)
    def stop_the_recovery(self, number: str, in_chat: bool) -> None:
        """From whatever speaks for her, without a PIN."""
        person = self.people.get(number)
        if person is None or person.recovery is None or (in_chat and person.telegram is None):
            raise Idle

        async def stop() -> str:
            status = await self.forgot(number, in_chat=in_chat)
            if "Stop" not in status:
                return status
            sure = await self.choose(number, status, "Stop", in_chat=in_chat)
            return await self.choose(number, sure, "Confirm", in_chat=in_chat)

        said = self.run(stop())
        self.lived["stopped"] += 1
        assert ("Start?" if person.recovery.is_over(self.clock.now()) else "was stopped") in said or "too often" in said
        person.recovery = None

    @step(6, number=PHONES, new=PINS, in_chat=YES_NO, flushed=YES_NO)
    def choose_a_pin_at_last(self, number: str, new: str, in_chat: bool, flushed: bool) -> None:
        """When it is open, where it was asked for: everything else gets no PIN."""
        person = self.people.get(number)
        if person is None or person.recovery is None or (in_chat and person.telegram is None):
            raise Idle
        recovery = person.recovery

        async def finish() -> str:
            await self.village.calm(number)
            status = await self.forgot(number, in_chat=in_chat)
            if flushed:
                await self.redis.flushdb()
                status = await self.forgot(number, in_chat=in_chat)
            if "Choose a new PIN" not in status:
                return status
            await self.choose(number, status, "Choose a new PIN", in_chat=in_chat)
            said = await self.type(number, new, in_chat=in_chat)
            return await self.type(number, new, in_chat=in_chat) if "same PIN" in said else said

        said = self.run(finish())
        now, here = self.clock.now(), person.telegram if in_chat else None
        if recovery.is_over(now):
            person.recovery = None
            assert "has a new PIN" not in said
        elif not recovery.is_open(now) or here != recovery.on:
            assert "has a new PIN" not in said
            self.lived["not open"] += 1
            assert "Choose a new PIN" not in said
        elif person.had(new):
            assert "had this PIN before" in said
        else:
            assert "has a new PIN" in said
            person.choose(new)
            self.lived["recovered"] += 1
            person.telegram = person.recovery = None

    @step(hours=(12, 24, 24, 49))
    def days_pass(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @step(minutes=(1, 29, 31))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    def the_database_agrees(self) -> None:
        if not hasattr(self, "people"):
            return
        found = {number: row for number, row in self.run(self.members()).items() if number in PHONES}
        assert found.keys() == self.people.keys()
        for number, person in self.people.items():
            failures, is_locked, disabled, telegram, tried, sealed, member, waits = found[number]
            assert self.run(self.hasher.verify(person.pin, sealed, owner=str(member)))
            assert waits == (person.recovery is not None and not person.recovery.is_over(self.clock.now()))
            assert (failures, disabled, telegram, tried) == (person.failures, person.disabled, person.telegram, person.tried)
            assert is_locked == (person.locked_until is not None and person.locked_until > self.clock.now())

    def owner_of(self, who: int) -> Person | None:
        return next((person for person in self.people.values() if person.telegram == who), None)

    def passes(self, person: Person, right: bool, said: str) -> bool:
        """Whether the PIN let her pass; otherwise she was told why not."""
        outcome = person.try_pin(right=right, now=self.clock.now())
        if outcome != "Your balance":
            assert outcome in said
        return outcome == "Your balance"

    async def behind_the_pin(self, number: str, right: bool, *options: str) -> str:
        handset = self.handsets[number]
        await pick(handset, await handset.dial(), *options)
        return await handset.type(self.people[number].pin if right else WRONG)

    async def forgot(self, number: str, *, in_chat: bool) -> str:
        if in_chat:
            return await self.chat_of(number).command("recovery.start")
        handset = self.handsets[number]
        return await pick(handset, await handset.dial(), "Account", "I forgot my PIN")

    async def choose(self, number: str, screen: str, option: str, *, in_chat: bool) -> str:
        if not in_chat:
            return await pick(self.handsets[number], screen, option)
        names = {"Confirm": "yes", "Stop": "cancel", "Choose a new PIN": "new_pin"}
        return await self.chat_of(number).tap(names[option])

    async def type(self, number: str, what: str, *, in_chat: bool) -> str:
        return await (self.chat_of(number) if in_chat else self.handsets[number]).type(what)

    def chat_of(self, number: str) -> Chat:
        telegram = self.people[number].telegram
        assert telegram is not None
        return self.chats[telegram]

    async def befriend(self, number: str) -> None:
        for contact in self.contacts:
            async with self.db.unit() as uow:
                member = await find_by_phone(uow, parse_phone(number))
                assert member is not None
                await ask_contact(uow, member=member.id, contact=contact)
                request = (await requests_to(uow, contact=contact))[-1]
                await answer_request(uow, contact=contact, request=request.id, accepts=True)
        await let_count(self.db)

    async def say(self, number: str, contact: str, word: Any) -> None:
        async with self.db.unit() as uow:
            member = await find_by_phone(uow, parse_phone(number))
            assert member is not None
            waiting = select(AccountRecovery.id).where(AccountRecovery.user_id == member.id)
            newest = await uow.session.scalar(waiting.order_by(AccountRecovery.created_at.desc()).limit(1))
            assert newest is not None
            him = self.contacts[CONTACTS.index(contact)]
            await vouch(uow, recovery=newest, contact=him, word=word, channel="ussd")

    async def members(self) -> dict[str, tuple[Any, ...]]:
        async with self.db.unit() as uow:
            rows = await uow.session.execute(
                text(
                    "SELECT phone, pin_failures, coalesce(pin_locked_until > :now, false), disabled_at IS NOT NULL, telegram_id,"
                    " (SELECT count(*) FROM login_attempts a WHERE a.user_id = m.id AND a.event_id NOT LIKE 'code %')"
                    ", sealed_pin, id, EXISTS (SELECT FROM account_recovery r"
                    "   WHERE r.user_id = m.id AND r.status = 'pending' AND r.expires_at > :now) FROM members m"
                ),
                {"now": self.clock.now()},
            )
            return {row[0]: tuple(row[1:]) for row in rows}

    async def newest_code(self, number: str) -> str:
        async with self.db.unit() as uow:
            waiting = select(SmsDelivery.id).where(SmsDelivery.to_phone == number, SmsDelivery.template == "otp")
            newest = await uow.session.scalar(waiting.order_by(SmsDelivery.id.desc()).limit(1))
            assert newest is not None
            outgoing = await claim_sms(uow, sms=newest)
        assert outgoing is not None
        return re.findall(r"\b\d{6}\b", outgoing.message)[0]


async def pick(handset: Handset, screen: str, *options: str) -> str:
    """Type the number of each option in turn, paging on where it isn't on the first page."""
    for option in options:
        while option not in screen:
            assert "98 " in screen, f"no {option!r} on {screen!r}"
            screen = await handset.type("98")
        line = next(line for line in screen.removeprefix("CON ").splitlines() if option in line and line[0].isdigit())
        screen = await handset.type(line.removeprefix("CON ").split()[0])
    return screen


def cheap(vault: Vault) -> PinHasher:
    """The real hasher at its least cost: what is played here is the counting, hundreds of times."""
    hasher = PinHasher(vault)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hasher._hashing._argon2, hasher._hashing._nobody = quick, quick.hash("no such member")
    return hasher


async def build(database: Database, store: RedisStore, vault: Vault) -> tuple[Conversation, Any]:
    hasher = cheap(vault)
    conversation = conversation_on(database, store, hasher, dial="")
    channel = UssdChannel(conversation=conversation, vault=vault, texts=catalogue(), seconds=20.0)
    client = TestClient(TestServer(build_server(Settings(callback_token=TOKEN), [web.post("/ussd/{token}", channel.hop)])))
    await client.start_server()
    return conversation, client


def live(doors: Doors, drawn: random.Random, steps: int) -> None:
    """So many things, one after the other. A failure says which they were."""
    acts = [act for act in vars(Doors).values() if hasattr(act, "draws") for _ in range(act.weight)]
    history: list[str] = []
    doors.begin()
    try:
        while len(history) < steps:
            act = drawn.choice(acts)
            given = {name: drawn.choice(choices) for name, choices in act.draws.items()}
            with suppress(Idle):
                act(doors, **given)
                history.append(f"{act.__name__}({', '.join(f'{name}={value!r}' for name, value in given.items())})")
                doors.the_database_agrees()
    except BaseException as problem:
        problem.add_note("\n".join(["after", *history, f"at {act.__name__} {given}"]))
        raise


def test_whoever_gets_in_by_what_on_both_channels_agrees_with_the_model(
    database_url: str, redis_url: str, clock: FakeClock, vault: Vault
) -> None:
    # The driver's connections live in one loop for all examples.
    with asyncio.Runner() as runner:
        database = Database(database_url, clock=clock, ids=TimeOrderedIds(), vault=vault)
        store, redis = RedisStore(redis_url), Redis.from_url(redis_url)
        conversation, client = runner.run(build(database, store, vault))
        Doors.runner, Doors.db, Doors.clock, Doors.url = runner, database, clock, database_url
        Doors.conversation, Doors.client, Doors.redis = conversation, client, redis
        Doors.hasher, Doors.lived = cheap(vault), Counter()
        Doors.village = People(database, Doors.hasher)
        try:
            for number in range(LIVES):
                live(Doors(), random.Random(f"{SEED} {number}"), STEPS)
        except BaseException as problem:
            problem.add_note(f"IDENTITY_SEED={SEED} plays the same again")
            raise
        finally:
            runner.run(client.close())
            runner.run(redis.aclose())
            runner.run(store.aclose())
            runner.run(database.close())
    # Lives in which nothing happens prove nothing; these are known to see it all.
    assert "IDENTITY_SEED" in os.environ or Doors.lived.keys() >= WORTH_SEEING, Doors.lived


def test_the_lock_of_the_model_is_the_lock_of_the_rules() -> None:
    assert (5, 10, timedelta(minutes=30)) == (LOCKS_AT, DISABLES_AT, LOCKED_FOR)
