"""How fast we speak: counted together by all processes, receipts before broadcasts, and a chat's pause concerns that chat."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from core.kernel.db import Database
from core.kernel.texts import text
from core.notifications.chat import claim_chat, record_chat, write_chat
from core.notifications.pacing import Pauses, slot_for
from core.notifications.ports import Rejected
from core.notifications.service import queue_chat
from tests.conftest import FakeClock

from .post_office import PostOffice

SECOND = timedelta(seconds=1)


async def slot(db: Database, chat: int, *, broadcast: bool = False, booked: datetime | None = None) -> datetime:
    async with db.unit() as uow:
        return await slot_for(uow, chat=chat, is_broadcast=broadcast, booked=booked)


def most_within(moments: list[datetime], span: timedelta) -> int:
    return max(sum(first <= other < first + span for other in moments) for first in moments)


async def test_all_processes_together_keep_to_thirty_a_second(db: Database, clock: FakeClock) -> None:
    urgent = await asyncio.gather(*(slot(db, 1_000 + number) for number in range(60)))
    many = await asyncio.gather(*(slot(db, 2_000 + number, broadcast=True) for number in range(30)))
    times = [max(one, clock.now()) for one in [*urgent, *many]]

    assert most_within(times, SECOND) <= 30
    assert max(urgent) < clock.now() + 4 * SECOND


async def test_receipt_goes_at_once_while_thousands_of_broadcasts_wait(db: Database, clock: FakeClock) -> None:
    for number in range(40):
        last = await slot(db, 5_000 + number, broadcast=True)
    assert last > clock.now() + 5 * SECOND
    assert await slot(db, 9) <= clock.now()


async def test_receipt_does_not_wait_behind_broadcasts_in_her_own_chat(db: Database, clock: FakeClock) -> None:
    for _ in range(20):
        booked = await slot(db, 9, broadcast=True)
    assert booked > clock.now()
    assert await slot(db, 9) <= clock.now()


@pytest.mark.parametrize(("chat", "span", "most"), [(9, 10 * SECOND, 15), (-9, 60 * SECOND, 20)])
async def test_a_chat_gets_no_more_than_telegram_takes(
    db: Database, clock: FakeClock, chat: int, span: timedelta, most: int
) -> None:
    times = [max(await slot(db, chat), clock.now()) for _ in range(30)]
    assert most_within(times, span) <= most


async def test_pause_of_one_chat_is_obeyed_by_all_and_concerns_no_other(db: Database, clock: FakeClock) -> None:
    await Pauses(db).pause(-9, 30)
    await Pauses(db).pause(-9, 10)

    assert await slot(db, -9) == clock.now() + 30 * SECOND
    assert await slot(db, -9, broadcast=True) == clock.now() + 30 * SECOND
    assert await slot(db, 9) <= clock.now()
    assert await Pauses(db).seconds(-9) == 30
    assert await Pauses(db).seconds(9) == 0


async def test_message_that_must_wait_is_queued_for_its_turn_and_then_goes(
    db: Database, clock: FakeClock, office: PostOffice
) -> None:
    async with db.unit() as uow:
        ids = [await write_chat(uow, chat=9, message=f"news {number}") for number in range(8)]
    at_once = []
    for one in ids:
        async with db.unit() as uow:
            at_once.append(await claim_chat(uow, message=one) is not None)
    assert at_once == [True] * 4 + [False] * 4
    clock.advance(seconds=3)
    async with db.unit() as uow:
        assert await claim_chat(uow, message=ids[-1]) is not None


async def test_flood_that_one_worker_meets_pauses_the_chat_for_all(db: Database, clock: FakeClock, office: PostOffice) -> None:
    async with db.unit() as uow:
        what = text("sms-telegram-linked", name="Paid")
        first, second = [await queue_chat(uow, chat=-9, what=what, language="en") for _ in range(2)]
    async with db.unit() as uow:
        assert await claim_chat(uow, message=first) is not None
    async with db.unit() as uow:
        outcome = Rejected("too many messages", retry=True, after=timedelta(seconds=20))
        await record_chat(uow, message=first, outcome=outcome)
    async with db.unit() as uow:
        assert await claim_chat(uow, message=second) is None
    clock.advance(seconds=21)
    async with db.unit() as uow:
        assert await claim_chat(uow, message=second) is not None
