"""Every kind of message is placed: it waits for the morning or it doesn't, she may do without it or not, and it is one SMS.

The kinds and their texts are found in the code, so a new one is tested by itself, and fails until somebody has placed it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatch
from typing import Any, get_args

import pytest
from sqlalchemy import text as sql

from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database, UnitOfWork
from core.kernel.ids import MemberId, TimeOrderedIds
from core.kernel.phone import Phone
from core.kernel.texts import LANGUAGES, Text, catalogue, text
from core.notifications.attempts import TOO_LATE
from core.notifications.chat import claim_chat
from core.notifications.preferences import ABOUT, ALWAYS, AT_ONCE, TOPICS, WAITS, Way, prefer, quiet_until, topic_of
from core.notifications.service import Reach, tell, tell_all
from core.notifications.sms import claim_sms
from tests.conftest import FakeClock
from tests.extremes import messages, subjects, variables, worst
from tests.notifications.kinds import kinds, told
from ussd.networks import SAFARICOM_SEPTETS
from ussd.render import septets

SAID = text("muhuri-none", group="Umoja")
NIGHTLY = (time(21, 0), time(23, 30), time(0, 0), time(3, 0), time(6, 59, 59))
DAILY = (time(7, 0), time(12, 0), time(20, 59, 59))
# Kinds of the newer rooms, whose names mustn't get lost; what each does at night.
HELD = "contribution_kind fine joining_fee loan_asked loan_due meeting merry missed pot_asked refund_asked shares shares_asked"
NEVER_HELD = "loan merry_paid merry_money otp security settled share_out share_out_mine treasury waiver welfare_paid withdrawal"
# What needs more than one SMS at its worst, with the reason.
LONGER = {
    "sms-group-shared": "once in a group's life: everything about her own part",
    "sms-group-shared-equally": "once in a group's life: everything about her own part",
    "sms-merry-draw": "the whole mark by which anybody can check the draw",
    "sms-share-out": "once in a cycle: everything that was shared out",
}


def at(there: time) -> datetime:
    """A moment of some day at this time in East Africa."""
    return datetime.combine(datetime(2026, 11, 24, tzinfo=UTC).date(), there, tzinfo=EAST_AFRICA)


def waits(kind: str) -> bool:
    """Whether this kind is held at night."""
    return kind in WAITS or kind in ABOUT


def test_every_kind_in_the_code_is_placed_once_and_nothing_else_is() -> None:
    placed = [*ABOUT, *WAITS, *AT_ONCE]

    assert {kind: where for kind, where in kinds().items() if kind not in placed} == {}, "say whether it can wait"
    assert sorted(placed) == sorted(set(placed))
    assert [kind for kind in placed if kind not in kinds()] == []
    assert set(HELD.split()) <= {*ABOUT, *WAITS}
    assert set(NEVER_HELD.split()) <= AT_ONCE


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_kind_is_held_until_seven_or_passes_at_once(kind: str) -> None:
    for there in (*NIGHTLY, *DAILY):
        now = at(there)
        later = quiet_until(kind, now)
        if there in DAILY or not waits(kind):
            assert later is None
        else:
            assert later is not None
            assert later.astimezone(EAST_AFRICA).time() == time(7)
            assert timedelta(0) < later - now <= timedelta(hours=10)


async def test_each_kind_leaves_then_by_sms_and_in_a_chat_whether_one_is_told_or_many(db: Database, clock: FakeClock) -> None:
    clock.moment = at(time(23)).astimezone(UTC)
    for kind in sorted(kinds()):
        expected = 8 * 60 if waits(kind) else 0
        for chat in (None, 7001):
            to = Reach(MemberId(TimeOrderedIds().new()), Phone("+254712000001"), chat, "en")
            async with db.unit() as uow:
                await tell(uow, to, SAID, template=kind)
                await tell_all(uow, [(to, SAID)], template=kind)
                assert await _minutes_to_wait(uow) == [expected] * 2, (kind, chat)


async def _minutes_to_wait(uow: UnitOfWork) -> list[int]:
    rows = await uow.session.execute(sql("DELETE FROM pgqueuer RETURNING execute_after - created"))
    return [round(row[0] / timedelta(minutes=1)) for row in rows]


@pytest.mark.parametrize("way", get_args(Way))
async def test_each_kind_goes_the_way_that_she_chose_for_its_topic(db: Database, way: Way) -> None:
    ways: dict[str, tuple[int, int]] = {"any": (0, 1), "sms": (1, 0), "chat": (0, 1), "both": (1, 1), "none": (0, 0)}
    to = Reach(MemberId(TimeOrderedIds().new()), Phone("+254712000001"), 7001, "sw")
    chosen = [topic for topic in TOPICS if way != "none" or topic not in ALWAYS]
    async with db.unit() as uow:
        for topic in chosen:
            await prefer(uow, member=to.member, topic=topic, way=way)
    for kind in sorted(kinds()):
        async with db.unit() as uow:
            await tell(uow, to, SAID, template=kind)
            sent = [await _gone(uow, log) for log in ("sms_delivery_log", "chat_delivery_log")]
        assert tuple(sent) == (ways[way] if topic_of(kind) in chosen else ways["any"]), kind


async def _gone(uow: UnitOfWork, log: str) -> int:
    found: Any = await uow.session.execute(sql(f"DELETE FROM {log}"))
    return int(found.rowcount)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_told_is_one_sms_at_its_worst(language: str) -> None:
    """As it is sent: not the short form, which is for screens."""
    news = [key for key in messages(language) if any(fnmatch(key, pattern) for pattern in told())]
    assert len(news) > len(kinds())
    longest = {}
    for key in news:
        message = messages(language)[key]
        said = catalogue().say(language, Text(key, worst(variables(message), language, subjects()[key])))
        longest[key] = septets(said)
    assert {key: many for key, many in longest.items() if many > SAFARICOM_SEPTETS and key not in LONGER} == {}
    assert [key for key in LONGER if key not in longest] == []


@pytest.mark.parametrize("chat", [None, 7001])
async def test_what_is_over_before_it_could_be_told_is_told_no_more(db: Database, clock: FakeClock, chat: int | None) -> None:
    """A worker that was away, a provider that was: nobody hears of a meeting that was yesterday."""
    to = Reach(MemberId(TimeOrderedIds().new()), Phone("+254712000001"), chat, "en")
    async with db.unit() as uow:
        await tell(uow, to, SAID, template="meeting", until=clock.now() + timedelta(hours=2))
        await tell_all(uow, [(to, SAID)], template="meeting", until=clock.now() + timedelta(hours=2))
    clock.advance(hours=2)
    async with db.unit() as uow:
        for log, take in (("sms_delivery_log", claim_sms), ("chat_delivery_log", claim_chat)):
            for (found,) in (await uow.session.execute(sql(f"SELECT id FROM {log}"))).all():
                assert await take(uow, **{"sms" if log[0] == "s" else "message": found}) is None
        log = "chat_delivery_log" if chat else "sms_delivery_log"
        ended = await uow.session.execute(sql(f"SELECT status, error_message FROM {log}"))
        assert [tuple(row) for row in ended] == [("failed", TOO_LATE)] * 2


def test_what_would_be_over_in_the_morning_is_told_at_once() -> None:
    night, early, later = at(time(23)), at(time(6)) + timedelta(days=1), at(time(17)) + timedelta(days=1)

    assert quiet_until("meeting", night, until=early) is None
    assert quiet_until("meeting", night, until=later) == quiet_until("meeting", night)
