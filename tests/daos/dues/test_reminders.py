"""Reminders: the right one at its time, never at night, once for each however many look, and none to who has paid."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.daos.calendar import Schedule, due_moment
from core.daos.dues.reminders import remind, reminder_at
from core.kernel.clock import EAST_AFRICA
from ussd.networks import SAFARICOM_SEPTETS
from ussd.render import septets

from .village import Village

DUE = date(2026, 12, 6)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=EAST_AFRICA)


@given(st.integers(-24 * 10, 24 * 45))
def test_a_reminder_belongs_to_its_time_and_never_to_the_night(hours: int) -> None:
    now = due_moment(DUE) + timedelta(hours=hours)
    stage = reminder_at(due_moment(DUE), due_moment(DUE) + timedelta(days=2), now)
    there = now.astimezone(EAST_AFRICA)

    if there.hour >= 21 or there.hour < 7:
        assert stage is None
    if stage is not None:
        days = (there.date() - DUE).days
        assert {"before": -3, "evening": -1, "today": 0, "late": 3, "week1": 10, "week2": 17, "week3": 24}[stage] == days
        assert there.hour >= (18 if stage == "evening" else 9)


def test_each_reminder_has_its_hour() -> None:
    due, late = due_moment(DUE), due_moment(DUE) + timedelta(days=2)
    said = {moment: reminder_at(due, late, moment) for moment in (at(3, 8), at(3, 9), at(5, 18), at(6, 9), at(9, 9), at(16, 9))}
    assert list(said.values()) == [None, "before", "evening", "today", "late", "week1"]
    assert reminder_at(due, None, at(9, 9)) is None
    assert reminder_at(due, late, at(31, 9)) is None


async def test_reminders_go_out_once_though_many_look_and_a_unit_dies_and_stop_when_it_is_paid(village: Village) -> None:
    await village.settle(3, grace_days=2, fine=0)
    await village.kind(Schedule("dates", dates=(DUE,)), 500)
    amina, juma, _ = village.members
    village.clock.moment = at(2, 12).astimezone(UTC)
    await village.tend()
    await village.pay(juma, 500)
    village.clock.moment = at(3, 9).astimezone(UTC)

    async def dies() -> None:
        async with village.db.unit() as uow:
            await remind(uow, group=village.group)
            raise RuntimeError("power cut")

    async def looks() -> int:
        async with village.db.unit() as uow:
            return await remind(uow, group=village.group)

    answers = await asyncio.gather(dies(), *(looks() for _ in range(6)), return_exceptions=True)
    assert sum(answer for answer in answers if isinstance(answer, int)) == 2
    for moment in (at(5, 18), at(6, 9), at(9, 9), at(16, 9), at(23, 9), at(30, 9)):
        village.clock.moment = moment.astimezone(UTC)
        assert sorted(await asyncio.gather(looks(), looks(), looks())) == [0, 0, 2]
        assert await looks() == 0
    for day in (31, 31):
        village.clock.moment = at(day, 12).astimezone(UTC) + timedelta(days=7)
        assert await looks() == 0

    said = await village.said(amina)
    assert [one.split("KES 500 ")[1].split(".")[0] for one in said] == [
        "is due on 6/12", "is due tomorrow, 6/12", "is due today before 23:59",
        *("is missing",) * 4,
    ]  # fmt: skip
    assert all(septets(one) <= SAFARICOM_SEPTETS for one in said)
    assert [one for one in await village.said(juma) if "due" in one] == []
