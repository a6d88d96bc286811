"""The inbox: order within a person, people side by side, several processes, and updates that can't be handled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.calls import NotDelivered
from bot.inbox import TRIES_WHEN_BROKEN, TRIES_WHEN_BUSY, Inbox
from core.dialogue.holding import Overloaded
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.secrets import Vault
from core.web.telegram_inbox import finish_update, forget_updates, store_updates, take_update
from tests.bot.conftest import NO_PAUSES, waiting

BOT = 7000000001


class Channel:
    """Stands for the channel: notes who was handled when, and does to each update what the test wants."""

    def __init__(self) -> None:
        self.handled: list[int] = []
        self.running: dict[int, int] = {}
        self.most_at_once: dict[int, int] = {}
        self.apologies: list[str] = []
        self.problem: Callable[[dict[str, Any]], Exception | None] = lambda _payload: None
        self.seconds = 0.0
        self.open = asyncio.Event()
        self.open.set()

    async def handle(self, payload: dict[str, Any], *, event: str) -> None:
        lane = payload["message"]["from"]["id"]
        self.running[lane] = self.running.get(lane, 0) + 1
        self.most_at_once[lane] = max(self.most_at_once.get(lane, 0), self.running[lane])
        try:
            await asyncio.sleep(self.seconds)
            await self.open.wait()
            if (problem := self.problem(payload)) is not None:
                raise problem
            self.handled.append(payload["update_id"])
        finally:
            self.running[lane] -= 1

    async def apologise(self, payload: dict[str, Any], *, key: str) -> None:
        self.apologies.append(key)


def update(number: int, person: int = 42, said: str = "hello") -> dict[str, Any]:
    return {"update_id": number, "message": {"from": {"id": person}, "text": said}}


async def put(db: Database, *updates: dict[str, Any]) -> int:
    async with db.unit() as uow:
        return await store_updates(uow, bot_id=BOT, updates=updates)


@asynccontextmanager
async def at_work(db: Database, *channels: Channel) -> AsyncIterator[None]:
    """A process for each channel."""
    stop = asyncio.Event()
    inboxes = [Inbox(database=db, channel=channel, bot_id=BOT, pauses=NO_PAUSES) for channel in channels]  # type: ignore[arg-type]
    running = [asyncio.create_task(inbox.run(stop)) for inbox in inboxes]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*running)


async def drained(db: Database) -> None:
    async with asyncio.timeout(25):
        while await waiting(db):
            await asyncio.sleep(0.02)


async def test_store_when_an_update_is_known_counts_it_no_more(db: Database) -> None:
    assert await put(db, update(1), update(2), update(1)) == 2
    assert await put(db, update(2), update(3)) == 1


async def test_payload_is_sealed_while_it_waits_and_wiped_afterwards(db: Database) -> None:
    await put(db, update(1, said="248163"))
    async with db.unit() as uow:
        before = str((await uow.session.execute(text("SELECT * FROM telegram_updates"))).all())
        taken = await take_update(uow, bot_id=BOT, lane=42)
        await finish_update(uow, bot_id=BOT, update_id=1)
    async with db.unit() as uow:
        (sealed,) = (await uow.session.execute(text("SELECT sealed_payload FROM telegram_updates"))).one()

    assert "248163" not in before
    assert "248163" not in repr(taken)
    assert taken is not None
    assert taken.payload == update(1, said="248163")
    assert sealed is None


async def test_updates_of_one_person_run_in_order_and_never_together(db: Database, clock: Any) -> None:
    channel = Channel()
    channel.seconds = 0.01
    await put(db, *(update(number) for number in (5, 3, 9, 1)))
    async with at_work(db, channel):
        clock.advance(seconds=1)
        await put(db, update(2), update(11))
        await drained(db)

    assert channel.handled == [1, 3, 5, 9, 2, 11]
    assert channel.most_at_once == {42: 1}


async def test_people_are_served_side_by_side(db: Database) -> None:
    channel = Channel()
    channel.open.clear()
    await put(db, *(update(person, person) for person in range(1, 6)))
    async with at_work(db, channel):
        async with asyncio.timeout(20):
            while sum(channel.running.values()) < 5:
                await asyncio.sleep(0.01)
        channel.open.set()
        await drained(db)

    assert sorted(channel.handled) == [1, 2, 3, 4, 5]


async def test_two_processes_share_the_people_but_never_one_person(db: Database) -> None:
    first, second = Channel(), Channel()
    first.seconds = second.seconds = 0.005
    first.running = second.running = {}
    first.most_at_once = second.most_at_once = {}
    async with at_work(db, first, second):
        for number in range(0, 60, 6):
            await put(db, *(update(number + person, person) for person in range(1, 7)))
        await drained(db)

    assert sorted(first.handled + second.handled) == list(range(1, 61))
    assert set(first.most_at_once.values()) == {1}


async def test_update_that_arrives_by_notification_is_handled_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.inbox.LOOK_SECONDS", 3600.0)
    channel = Channel()
    async with at_work(db, channel):
        await put(db, update(1))
        await drained(db)
        await put(db, update(2))
        await drained(db)

    assert channel.handled == [1, 2]


@pytest.mark.parametrize(
    ("problem", "tries", "apology"),
    [
        (ValueError("248163"), TRIES_WHEN_BROKEN, ["bot-failed"]),
        (Overloaded(), TRIES_WHEN_BUSY, ["bot-busy"]),
        (NotDelivered(), TRIES_WHEN_BUSY, []),
    ],
)
async def test_update_when_it_keeps_failing_is_given_up_calmly_and_blocks_nobody(
    db: Database, problem: Exception, tries: int, apology: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    channel = Channel()
    channel.problem = lambda payload: problem if payload["update_id"] == 1 else None
    await put(db, update(1), update(2))
    async with at_work(db, channel):
        await drained(db)
    async with db.unit() as uow:
        rows = (await uow.session.execute(text("SELECT update_id, attempts, problem FROM telegram_updates ORDER BY 1"))).all()

    assert [tuple(row) for row in rows] == [(1, tries, type(problem).__name__), (2, 1, None)]
    assert channel.handled == [2]
    assert channel.apologies == apology
    assert "248163" not in caplog.text


async def test_update_when_it_fails_once_is_handled_the_second_time(db: Database) -> None:
    channel = Channel()
    failures = [Overloaded()]
    channel.problem = lambda _payload: failures.pop() if failures else None
    await put(db, update(1))
    async with at_work(db, channel):
        await drained(db)

    assert channel.handled == [1]
    assert channel.apologies == []


async def test_update_when_it_kills_its_process_again_and_again_is_given_up(db: Database) -> None:
    await put(db, update(1), update(2))
    for _ in range(TRIES_WHEN_BUSY):
        async with db.unit() as uow:
            await take_update(uow, bot_id=BOT, lane=42)
    channel = Channel()
    async with at_work(db, channel):
        await drained(db)

    assert channel.handled == [2]


async def test_update_when_its_key_is_gone_is_given_up(db: Database, empty_database: str, clock: Any) -> None:
    older = Database(empty_database, clock=clock, ids=TimeOrderedIds(), vault=Vault(["another-key-that-was-thrown-away"]))
    await put(older, update(1))
    await older.close()
    await put(db, update(2))
    channel = Channel()
    async with at_work(db, channel):
        await drained(db)

    assert channel.handled == [2]


async def test_stop_finishes_what_is_in_hand_and_leaves_the_rest(db: Database) -> None:
    channel = Channel()
    channel.open.clear()
    await put(db, update(1), update(2))
    stop = asyncio.Event()
    running = asyncio.create_task(Inbox(database=db, channel=channel, bot_id=BOT).run(stop))  # type: ignore[arg-type]
    async with asyncio.timeout(20):
        while not channel.running.get(42):
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.sleep(0.05)
    channel.open.set()
    await running

    assert channel.handled == [1]
    assert await waiting(db) == 1


async def test_lane_when_its_connection_breaks_goes_on(db: Database) -> None:
    channel = Channel()
    async with at_work(db, channel):
        await put(db, update(1))
        await drained(db)
        async with db.unit() as uow:
            killed = await uow.session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND query ~ '^(LISTEN|SELECT pg_(try_advisory_lock|advisory_unlock))'"
                )
            )
            assert killed.all() == [(True,)]
        await put(db, update(2))
        await drained(db)

    assert channel.handled == [1, 2]


async def test_keys_of_handled_updates_are_forgotten_after_a_week(db: Database, clock: Any) -> None:
    await put(db, update(1), update(2))
    async with db.unit() as uow:
        await finish_update(uow, bot_id=BOT, update_id=1)
    clock.advance(days=6)
    async with db.unit() as uow:
        await forget_updates(uow)
    assert await put(db, update(1)) == 0
    clock.advance(days=2)
    async with db.unit() as uow:
        await forget_updates(uow, older_than=timedelta(days=7))

    assert await put(db, update(1)) == 1
    assert await put(db, update(2)) == 0
