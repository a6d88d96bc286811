"""Registering, getting in, failing, being locked, linking and letting go, on both channels in any order, against a model.

After each step the database must agree with the model about who may get in by what, however often Redis was emptied between.
HYPOTHESIS' seed is printed with a failure; the same seed plays the same steps.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import asyncpg
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from redis.asyncio import Redis
from sqlalchemy import select, text

from core.app import check_book
from core.dialogue.checks import IdentityChecks
from core.dialogue.engine import Conversation
from core.dialogue.turn import Kind
from core.identity.codes import CodeGate
from core.identity.pins import DISABLES_AT, LOCKED_FOR, LOCKS_AT, PinGate
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import PinHasher, Vault
from core.kernel.settings import Settings
from core.kernel.texts import catalogue
from core.notifications.models import SmsDelivery
from core.notifications.sms import claim_sms
from core.providers.redis_store import RedisStore
from core.web.server import build_server
from tests.conftest import RESET, FakeClock
from tests.dialogue.conftest import TOKEN, Chat, Handset
from ussd.callback import UssdChannel

PHONES = ("+254712000001", "+254722000002")
CHATS = (7001, 7002)
PIN, WRONG = "248163", "604718"
phone = st.sampled_from(PHONES)
chat = st.sampled_from(CHATS)
events = itertools.count(1)


@dataclass
class Person:
    """What the model knows of a member."""

    failures: int = 0
    locked_until: datetime | None = None
    disabled: bool = False
    telegram: int | None = None
    tried: int = 0

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


class Doors(RuleBasedStateMachine):
    """The real product behind both channels, and the model."""

    runner: ClassVar[asyncio.Runner]
    db: ClassVar[Database]
    clock: ClassVar[FakeClock]
    conversation: ClassVar[Conversation]
    client: ClassVar[Any]
    url: ClassVar[str]
    redis: ClassVar[Any]

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        async def empty() -> None:
            connection = await asyncpg.connect(self.url)
            await connection.execute(RESET)
            await connection.close()
            await self.redis.flushdb()

        self.run(empty())
        self.people: dict[str, Person] = {}
        self.handsets = {number: Handset(self.client, number) for number in PHONES}
        self.chats = {number: Chat(self.conversation, telegram=number) for number in CHATS}
        for one in self.chats.values():
            # Events have names of their own in every example: an old one would get its old answer.
            one.event = next(events) * 10_000

    @rule(number=phone)
    def register(self, number: str) -> None:
        said = self.run(self.handsets[number].register("Wanjiru Kamau", PIN))
        if number in self.people:
            # The same keystrokes mean: balance, two slips, and her PIN.
            assert "Welcome" not in said
            self.people[number].try_pin(right=True, now=self.clock.now())
        else:
            assert "Welcome" in said
            self.people[number] = Person()

    @rule(number=phone, right=st.booleans(), flushed=st.booleans())
    def look_on_the_phone(self, number: str, right: bool, flushed: bool) -> None:
        handset = self.handsets[number]

        async def look() -> str:
            if flushed:
                await self.redis.flushdb()
            await handset.dial()
            return await handset.type("1", PIN if right else WRONG)

        said = self.run(look())
        if number in self.people:
            assert self.people[number].try_pin(right=right, now=self.clock.now()) in said
        else:
            assert "Your balance" not in said

    @rule(number=phone, repeated=st.integers(2, 4))
    def the_gateway_repeats_a_wrong_pin(self, number: str, repeated: int) -> None:
        """U6: many deliveries of the same keystrokes are one attempt."""
        if number not in self.people:
            return
        handset = self.handsets[number]

        async def repeat() -> list[str]:
            await handset.dial()
            await handset.type("1")
            handset.text += f"*{WRONG}"
            return [await handset.hop(handset.text) for _ in range(repeated)]

        said = self.run(repeat())
        expected = self.people[number].try_pin(right=False, now=self.clock.now())
        assert all(expected in one for one in said)

    @rule(who=chat, right=st.booleans(), flushed=st.booleans())
    def look_in_the_chat(self, who: int, right: bool, flushed: bool) -> None:
        chatting = self.chats[who]

        async def look() -> str:
            if flushed:
                await self.redis.flushdb()
            await chatting.do(Kind.HOME)
            asked = await chatting.command("balance.show")
            return await chatting.type(PIN if right else WRONG) if "PIN" in asked else asked

        # A PIN of the last minutes would do; time is what tells two looks apart.
        self.clock.advance(minutes=6)
        said = self.run(look())
        owner = self.owner_of(who)
        if owner is None:
            assert "Your balance" not in said
        else:
            assert owner.try_pin(right=right, now=self.clock.now()) in said

    @rule(who=chat, number=phone, right=st.booleans())
    def link(self, who: int, number: str, right: bool) -> None:
        """A new account for a phone that is known: the contact, then the code that came to that phone."""
        if number not in self.people or self.owner_of(who) is not None:
            return
        # Beyond every limit on codes: those have tests of their own.
        self.clock.advance(hours=25)
        chatting = self.chats[who]

        async def take() -> str:
            await chatting.do(Kind.START)
            await chatting.do(Kind.CONTACT, number)
            code = await self.newest_code(number)
            return await chatting.type(code if right else f"{(int(code) + 1) % 10**6:06}")

        said = self.run(take())
        if right:
            assert "Balance" in said
            self.people[number].telegram = who
        else:
            assert "not right" in said

    @rule(number=phone, right=st.booleans())
    def let_the_chat_go(self, number: str, right: bool) -> None:
        person = self.people.get(number)
        if person is None or person.telegram is None:
            return
        handset = self.handsets[number]

        async def unlink() -> str:
            await handset.dial()
            return await handset.type("5", "3", PIN if right else WRONG)

        said = self.run(unlink())
        outcome = person.try_pin(right=right, now=self.clock.now())
        if outcome == "Your balance":
            assert "no longer linked" in said
            person.telegram = None
        else:
            assert outcome in said

    @rule(minutes=st.sampled_from([1, 29, 31]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @invariant()
    def the_database_agrees(self) -> None:
        if not hasattr(self, "people"):
            return
        found = self.run(self.members())
        assert found.keys() == self.people.keys()
        for number, person in self.people.items():
            failures, is_locked, disabled, telegram, tried = found[number]
            assert (failures, disabled, telegram, tried) == (person.failures, person.disabled, person.telegram, person.tried)
            assert is_locked == (person.locked_until is not None and person.locked_until > self.clock.now())

    def owner_of(self, who: int) -> Person | None:
        return next((person for person in self.people.values() if person.telegram == who), None)

    async def members(self) -> dict[str, tuple[Any, ...]]:
        async with self.db.unit() as uow:
            rows = await uow.session.execute(
                text(
                    "SELECT phone, pin_failures, coalesce(pin_locked_until > :now, false), disabled_at IS NOT NULL, telegram_id,"
                    " (SELECT count(*) FROM login_attempts a WHERE a.user_id = m.id AND a.event_id NOT LIKE 'code %')"
                    " FROM members m"
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


def cheap(vault: Vault) -> PinHasher:
    """The real hasher at its least cost: what is played here is the counting, hundreds of times."""
    hasher = PinHasher(vault)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hasher._hashing._argon2, hasher._hashing._nobody = quick, quick.hash("no such member")
    return hasher


async def build(database: Database, store: RedisStore, vault: Vault) -> tuple[Conversation, Any]:
    hasher = cheap(vault)
    conversation = Conversation(
        database=database,
        store=store,
        gate=PinGate(database, hasher),
        checks=IdentityChecks(hasher, CodeGate(database), PinGate(database, hasher)),
        book=check_book(catalogue()),
    )
    channel = UssdChannel(conversation=conversation, vault=vault, texts=catalogue())
    client = TestClient(TestServer(build_server(Settings(callback_token=TOKEN), [web.post("/ussd/{token}", channel.hop)])))
    await client.start_server()
    return conversation, client


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
        limits = settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        )
        try:
            run_state_machine_as_test(seed(20261123)(Doors), settings=limits)
        finally:
            runner.run(client.close())
            runner.run(redis.aclose())
            runner.run(store.aclose())
            runner.run(database.close())


def test_the_lock_of_the_model_is_the_lock_of_the_rules() -> None:
    assert (5, 10, timedelta(minutes=30)) == (LOCKS_AT, DISABLES_AT, LOCKED_FOR)
