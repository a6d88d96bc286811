"""Documents keep to the pace that all processes share: they wait for their turn, keep it, and hold up nothing that is urgent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.kernel.db import Database
from core.notifications.documents import TryAgain, has_turn, went
from core.notifications.pacing import Pauses, slot_for
from core.notifications.ports import BLOCKED, Accepted, Rejected
from tests.conftest import FakeClock

JOB, CHAT = "send-something", 9


async def asks(db: Database, payload: dict[str, Any], pieces: int = 1) -> bool:
    async with db.unit() as uow:
        return await has_turn(uow, JOB, payload, pieces=pieces)


async def queued(db: Database) -> list[dict[str, Any]]:
    async with db.unit() as uow:
        found = await uow.session.execute(text("DELETE FROM pgqueuer WHERE entrypoint = :job RETURNING payload"), {"job": JOB})
        return [json.loads(row[0]) for row in found]


async def test_a_document_goes_at_once_when_nobody_else_speaks(db: Database) -> None:
    assert await asks(db, {"chat": CHAT})
    assert await queued(db) == []


async def test_a_document_waits_for_its_turn_and_keeps_it(db: Database, clock: FakeClock) -> None:
    async with db.unit() as uow:
        for other in range(10):
            await slot_for(uow, chat=900 + other, is_broadcast=True, booked=None)

    assert not await asks(db, {"chat": CHAT, "what": "this"})
    [again] = await queued(db)
    assert again["what"] == "this"
    async with db.unit() as uow:
        for other in range(100):
            await slot_for(uow, chat=2_000 + other, is_broadcast=True, booked=None)
    clock.advance(seconds=2)
    assert await asks(db, again)


async def test_no_more_documents_than_a_chat_takes_and_a_receipt_goes_before_them(db: Database, clock: FakeClock) -> None:
    went_at = []
    for _ in range(40):
        if await asks(db, {"chat": CHAT}, pieces=2):
            went_at.append(clock.now())
        clock.advance(seconds=0.25)
    assert 2 * len(went_at) <= 10 + 5
    for other in range(50):
        await asks(db, {"chat": 100 + other})
    async with db.unit() as uow:
        assert await slot_for(uow, chat=7, is_broadcast=False, booked=None) <= clock.now()


async def test_a_pause_that_a_document_meets_counts_for_all(db: Database) -> None:
    with pytest.raises(TryAgain):
        await went(db, chat=CHAT, outcome=Rejected("too many messages", retry=True, after=timedelta(seconds=30)))
    assert await Pauses(db).seconds(CHAT) == 30
    assert not await asks(db, {"chat": CHAT})


async def test_what_arrived_or_never_can_is_not_tried_again(db: Database) -> None:
    await went(db, chat=CHAT, outcome=Accepted("1"))
    await went(db, chat=CHAT, outcome=Rejected(BLOCKED))
