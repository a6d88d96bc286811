"""Nobody is woken for what can wait, nobody is left without news of her money, and each is told the way she chose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.texts import text
from core.notifications.preferences import ABOUT, QUIET_FROM, QUIET_TO, MustBeTold, Way, prefer, quiet_until
from core.notifications.service import Reach, tell, tell_all
from tests.conftest import FakeClock

AMINA = MemberId(TimeOrderedIds().new())
WITH_CHAT = Reach(AMINA, Phone("+254712000001"), 7001, "en")
WITHOUT = Reach(AMINA, Phone("+254712000001"), None, "en")
SAID = text("muhuri-none", group="Umoja")
# 23:00 East Africa Time.
NIGHT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


async def told(db: Database, to: Reach, template: str) -> tuple[int, int]:
    """How many SMS and chat messages there are after telling her."""
    async with db.unit() as uow:
        await tell(uow, to, SAID, template=template)
    async with db.unit() as uow:
        counted = [
            await uow.session.scalar(sql(f"SELECT count(*) FROM {log}")) for log in ("sms_delivery_log", "chat_delivery_log")
        ]
    return counted[0], counted[1]


@pytest.mark.parametrize(
    ("way", "to", "expected"),
    [
        (None, WITHOUT, (1, 0)),
        (None, WITH_CHAT, (0, 1)),
        ("sms", WITH_CHAT, (1, 0)),
        ("both", WITH_CHAT, (1, 1)),
        ("chat", WITH_CHAT, (0, 1)),
        ("chat", WITHOUT, (1, 0)),
        ("none", WITH_CHAT, (0, 0)),
        ("none", WITHOUT, (0, 0)),
    ],
)
async def test_she_is_told_the_way_she_chose(db: Database, way: Way | None, to: Reach, expected: tuple[int, int]) -> None:
    if way is not None:
        async with db.unit() as uow:
            await prefer(uow, member=AMINA, topic="group", way=way)

    assert await told(db, to, "muhuri") == expected


async def test_many_are_told_the_way_each_chose(db: Database) -> None:
    """All at once, as one by one: those who want none hear none, a chat is a chat, and each reads her own language."""
    ids = TimeOrderedIds()
    chosen: tuple[Way | None, ...] = (None, "sms", "both", "chat", "none")
    people = [
        (Reach(MemberId(ids.new()), Phone(f"+2547120001{number:02d}"), chat, language), way)
        for number, (way, chat, language) in enumerate(product(chosen, (None, 7001), ("en", "sw")))
    ]
    async with db.unit() as uow:
        for to, way in people:
            if way is not None:
                await prefer(uow, member=to.member, topic="group", way=way)
        await tell_all(uow, [(to, SAID) for to, _ in people], template="muhuri")
        at_once = await _all_said(uow)
        for log in ("sms_delivery_log", "chat_delivery_log", "pgqueuer"):
            await uow.session.execute(sql(f"DELETE FROM {log}"))
        for to, _ in people:
            await tell(uow, to, SAID, template="muhuri")
        assert await _all_said(uow) == at_once

    assert (len(at_once[0]), len(at_once[1])) == (12, 6)


async def _all_said(uow: UnitOfWork) -> tuple[list[Any], list[Any], list[Any]]:
    """Every message and how many jobs of each kind are to send them."""
    sms = await uow.session.execute(sql("SELECT to_phone, message, template, user_id FROM sms_delivery_log ORDER BY 1"))
    chats = await uow.session.execute(sql("SELECT user_id, message, fallback_phone FROM chat_delivery_log ORDER BY 1"))
    jobs = await uow.session.execute(sql("SELECT entrypoint, count(*) FROM pgqueuer GROUP BY 1 ORDER BY 1"))
    return [tuple(row) for row in sms], [tuple(row) for row in chats], [tuple(row) for row in jobs]


async def test_who_wants_no_reminders_gets_none_of_what_is_due(db: Database) -> None:
    async with db.unit() as uow:
        await prefer(uow, member=AMINA, topic="reminder", way="none")

    assert await told(db, WITHOUT, "due_reminder") == (0, 0)


async def test_news_of_money_and_safety_can_not_be_turned_off(db: Database) -> None:
    for topic in ("money", "security"):
        with pytest.raises(MustBeTold):
            async with db.unit() as uow:
                await prefer(uow, member=AMINA, topic=topic, way="none")  # type: ignore[arg-type]
        with pytest.raises(IntegrityError):
            async with db.unit() as uow:
                await uow.session.execute(
                    sql("INSERT INTO notification_preferences VALUES (:user, :topic, 'none', now())"),
                    {"user": AMINA, "topic": topic},
                )


async def test_what_can_wait_leaves_in_the_morning(db: Database, clock: FakeClock) -> None:
    clock.moment = NIGHT
    await told(db, WITHOUT, "muhuri")
    await told(db, WITHOUT, "loan")

    async with db.unit() as uow:
        rows = await uow.session.execute(sql("SELECT execute_after - created FROM pgqueuer ORDER BY id"))
        waits = [row[0] for row in rows]
    assert [round(wait / timedelta(minutes=1)) for wait in waits] == [8 * 60, 0]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.sampled_from(sorted(ABOUT)))
def test_what_waits_leaves_at_the_next_seven(now: datetime, template: str) -> None:
    later = quiet_until(template, now)
    there = now.astimezone(EAST_AFRICA)

    assert (later is None) == (QUIET_TO <= there.time() < QUIET_FROM)
    if later is not None:
        assert timedelta(0) < later - now <= timedelta(hours=10)
        assert later.astimezone(EAST_AFRICA).time() == QUIET_TO


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_money_never_waits(now: datetime) -> None:
    assert quiet_until("loan", now) is None
    assert quiet_until("security", now) is None
