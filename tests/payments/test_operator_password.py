"""The alarm comes before the operator's password ends, once when there is time and once when there isn't."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from core.kernel.db import Database
from core.payments.operator_password import warn

SET_ON = date(2026, 9, 1)


async def alarms(db: Database, clock: Any, *days: int, set_on: date = SET_ON) -> list[str]:
    """The severities after looking once on each of these days since the password was set."""
    for day in days:
        clock.moment = datetime.fromordinal(SET_ON.toordinal() + day).replace(tzinfo=UTC)
        async with db.unit() as uow:
            await warn(uow, set_on=set_on)
    async with db.unit() as uow:
        connection = await uow.session.connection()
        rows = await connection.exec_driver_sql("SELECT severity FROM security_events ORDER BY created_at, id")
        return [row.severity for row in rows]


async def test_password_when_it_is_young_alarms_nobody(db: Database, clock: Any) -> None:
    assert await alarms(db, clock, 0, 30, 75) == []


async def test_password_when_it_ends_soon_alarms_once_and_when_urgent_once_more(db: Database, clock: Any) -> None:
    assert await alarms(db, clock, 76, 77, 80) == ["high"]
    assert await alarms(db, clock, 87, 88, 95) == ["high", "critical"]


async def test_password_when_it_was_changed_is_watched_anew(db: Database, clock: Any) -> None:
    await alarms(db, clock, 76)

    assert await alarms(db, clock, 77, 150, set_on=date(2026, 11, 16)) == ["high"]
    assert await alarms(db, clock, 155, set_on=date(2026, 11, 16)) == ["high", "high"]
