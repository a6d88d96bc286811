"""A look at a group, every five minutes, asks no more for many members and fines than for few, and nearly nothing when all is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from core.daos.calendar import Schedule
from core.daos.dues.by_rule import start_from_constitution
from core.payments.outages import begin_outage, end_outage
from tests.daos.people import new_intent

from .village import Village

SUNDAY = Schedule("weekly", 7)
MONDAY_AFTER = date(2026, 11, 30)
# What a look takes when there is nothing to do but late and coming charges to look at.
MOST = 24


@contextmanager
def counted(village: Village) -> Iterator[list[str]]:
    """The statements that the database is asked in this block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: Any) -> None:
        asked.append(statement)

    engines = (village.db.engine.sync_engine, village.db.reading_engine.sync_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


async def late(village: Village, members: int) -> None:
    """A group in which everybody is late and fined by the day, before and after an outage that is over and on record."""
    await village.settle(members, fine=50_00, fine_every="day", grace_days=0)
    await village.kind(SUNDAY, 500)
    async with village.db.unit() as uow:
        wanted = {"official": village.members[0], "group": village.group, "rule": "contribution"}
        await start_from_constitution(uow, intent=new_intent(), **wanted)  # type: ignore[arg-type]
    await village.until(village.at(MONDAY_AFTER, 8), timedelta(days=2))
    async with village.db.unit() as uow:
        await begin_outage(uow, began_at=uow.clock.now(), reason="M-PESA is down", by="operator")
    await village.until(village.at(MONDAY_AFTER, 11), timedelta(hours=1))
    async with village.db.unit() as uow:
        await end_outage(uow, ended_at=uow.clock.now(), by="operator")
    await village.until(village.at(MONDAY_AFTER + timedelta(days=3), 12), timedelta(hours=12))


@pytest.mark.parametrize("members", [2, 9])
async def test_a_look_without_news_asks_as_much_whoever_is_late(village: Village, members: int) -> None:
    await late(village, members)
    fines = await village.rows("SELECT count(*) AS fines FROM contribution_charges WHERE sort = 'fine'")
    assert fines[0].fines >= 3 * members

    with counted(village) as asked:
        await village.tend()

    assert len(asked) <= MOST, "\n".join(asked)
    assert not [one for one in asked if "FOR NO KEY UPDATE" in one and "FROM daos" in one], "nobody waits for the group"
    assert len([one for one in asked if "mpesa_outages" in one]) <= 3
    await village.audit_is_clean()
