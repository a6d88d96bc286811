"""Away while taps expire: whoever was in the middle of something is shown where she is, once, and nobody else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.arrival import Poller
from bot.calls import TelegramBot
from bot.channel import TelegramChannel
from bot.inbox import Inbox
from bot.notes import Notes
from bot.presence import TAPS_LAST, Presence
from core.identity.members import find_by_phone
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.texts import text
from core.notifications.service import queue_chat
from core.providers.redis_store import RedisStore
from tests.bot.conftest import NO_PAUSES, PIN, Member, Played, waiting
from tests.bot.test_pictures import Worker, worker  # noqa: F401 - a fixture
from tests.conftest import FakeClock

AWAY = "We were away for a while"
MINUTES = timedelta(minutes=5)


@dataclass
class Life:
    """The bot's process, which can end and begin again."""

    played: Played
    bot: TelegramBot
    channel: TelegramChannel
    database: Database
    store: RedisStore
    clock: FakeClock
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    presence: Presence | None = None

    async def begin(self) -> None:
        self.stop = asyncio.Event()
        inbox = Inbox(database=self.database, channel=self.channel, bot_id=self.bot.id, pauses=NO_PAUSES)
        self.presence = Presence(notes=Notes(self.store), now=self.database.now, show_again=inbox.show_again)
        poller = Poller(bot=self.bot, database=self.database, presence=self.presence)
        self.tasks = [asyncio.create_task(poller.run()), asyncio.create_task(inbox.run(self.stop))]

    async def end(self) -> None:
        if self.presence is None:
            return
        self.stop.set()
        polling, working = self.tasks
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await self.presence.finish()
        await working
        self.presence = None

    async def pass_time(self, by: timedelta) -> None:
        """On our clock and on Telegram's."""
        self.clock.advance(seconds=by.total_seconds())
        content = {"advance_seconds": int(by.total_seconds())}
        async with self.played.http.post(f"{self.played.page}/phone/api/clock", json=content) as answer:
            assert answer.status == 200

    async def quiet(self) -> None:
        """Until Telegram has nothing to deliver, the inbox nothing to handle, and nobody is being shown anything."""
        if self.presence is None:
            return
        async with asyncio.timeout(20):
            while (await self.bot.get_webhook_info()).pending_update_count or await waiting(self.database):
                await asyncio.sleep(0.02)

    async def told(self, member: Member, words: str) -> None:
        """Until she reads this, and all that goes with it is done."""
        async with asyncio.timeout(20):
            while words not in await member.screen() or (self.presence and self.presence._is_returning):
                await asyncio.sleep(0.02)


@pytest.fixture
async def life(
    played: Played, bot: TelegramBot, channel: TelegramChannel, db: Database, store: RedisStore, clock: FakeClock
) -> AsyncIterator[Life]:
    life = Life(played, bot, channel, db, store, clock)
    await life.begin()
    yield life
    await life.end()


@pytest.fixture
async def member(life: Life, played: Played, db: Database, enrol: Callable[..., Awaitable[MemberId]]) -> Member:
    member = Member(played, life.quiet, db, "+254712000001")
    await enrol(member.phone)
    await member.link()
    return member


async def test_after_an_absence_in_which_a_tap_was_lost_the_open_screen_is_sent_again_and_works(
    life: Life, member: Member
) -> None:
    await member.write("/deposit")
    await member.write("500")
    message, data = await member.button("Confirm")
    await life.end()
    await member.send_tap(message, data)
    await life.pass_time(MINUTES)
    await life.begin()
    await life.told(member, AWAY)
    again = await member.messages()

    assert "KES 487.50" in again[-1]["text"], "the very screen that she had tapped"
    assert not again[-2]["buttons"], "and the old one is dead"
    assert "PIN" in await member.tap("Confirm")
    assert "on its way to your phone" in await member.enter(PIN)


async def test_news_that_came_meanwhile_are_there_above_the_screen_that_is_sent_again(
    life: Life,
    member: Member,
    worker: Worker,  # noqa: F811
    db: Database,
) -> None:
    await member.write("/deposit")
    await life.end()
    async with db.unit() as uow:
        found = await find_by_phone(uow, Phone(member.phone))
        assert found is not None
        await queue_chat(uow, chat=member.telegram, what=text("limit-set", limit=Money(1_00)), language="en", member=found.id)
    await worker.deliver()
    await life.pass_time(MINUTES)
    await life.begin()
    await life.told(member, AWAY)
    news, screen = (await member.messages())[-2:]

    assert "Above KES 1" in news["text"]
    assert "amount" in screen["text"]


async def test_a_pin_pad_that_is_sent_again_takes_the_pin(life: Life, member: Member) -> None:
    await member.tap("Balance")
    await member.enter(PIN[:3])
    await life.end()
    await life.pass_time(MINUTES)
    await life.begin()
    await life.told(member, AWAY)

    assert "○ ○ ○ ○ ○ ○" in await member.screen(), "what was entered before is forgotten"
    assert "Your balance" in await member.enter(PIN)


@pytest.mark.parametrize("away", [timedelta(0), TAPS_LAST - timedelta(seconds=1)])
async def test_a_short_absence_loses_nothing_and_sends_nothing(life: Life, member: Member, away: timedelta) -> None:
    await member.write("/deposit")
    before = await member.messages()
    await life.end()
    await life.pass_time(away)
    await life.begin()
    await life.quiet()
    await asyncio.sleep(0.3)

    assert await member.messages() == before


async def test_who_was_in_the_middle_of_nothing_or_writes_herself_is_sent_nothing(life: Life, member: Member) -> None:
    await member.write("/start")
    home = await member.messages()
    await life.end()
    await life.pass_time(MINUTES)
    await life.begin()
    await life.quiet()
    await asyncio.sleep(0.3)
    assert await member.messages() == home

    await member.write("/deposit")
    await life.end()
    await member.played.act(member.phone, "telegram/text", text="500")
    await life.pass_time(MINUTES)
    await life.begin()
    await life.quiet()
    await asyncio.sleep(0.3)
    assert "KES 487.50" in await member.screen()
    assert AWAY not in await member.screen()


async def test_an_absence_is_made_good_once_also_when_the_process_dies_in_the_middle_of_it(
    life: Life, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await member.write("/deposit")
    await life.end()
    await life.pass_time(MINUTES)
    note = Presence._note

    async def dies(_self: Presence, _now: object) -> None:
        """Everybody was shown; that it's done is never written down."""

    monkeypatch.setattr(Presence, "_note", dies)
    await life.begin()
    await life.told(member, AWAY)
    shown = len(await member.messages())
    await life.end()
    monkeypatch.setattr(Presence, "_note", note)
    await life.begin()
    await life.quiet()
    await asyncio.sleep(0.3)

    assert len(await member.messages()) == shown
