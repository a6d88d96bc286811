"""Meetings: notice, attendance by the announced code, and minutes made of what was recorded, which nobody changes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.daos.contributions import contribute
from core.daos.groups import create_group, join
from core.daos.meetings import (
    AgendaFull,
    BadMeetingTime,
    MeetingWaits,
    NoMeeting,
    add_item,
    apologise,
    attend,
    attendance_of,
    call_meeting,
    called_meeting,
    cancel_meeting,
    next_date,
    open_attendance,
)
from core.daos.minutes import (
    BadMinutes,
    Contributions,
    confirm_minutes,
    correct,
    freeze_minutes,
    minutes_document,
    minutes_list,
)
from core.daos.offices import appoint
from core.daos.people import NotYourRole
from core.kernel.db import Database
from core.kernel.ids import DaoId, MemberId
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings, someone

Group = tuple[DaoId, list[MemberId]]
# Sunday, 6 December 2026, 14:00 in East Africa.
STARTS = datetime(2026, 12, 6, 11, tzinfo=UTC)


@pytest.fixture
async def chama(db: Database) -> Group:
    """Chair, secretary and three members, one of them with money."""
    members = [await someone(db, name, money=shillings(500)) for name in ("Amina", "Juma", "Otieno", "Wanjiru", "Achieng")]
    async with db.unit() as uow:
        group = (await create_group(uow, intent=new_intent(), founder=members[0], name="Umoja")).id
        for member in members[1:]:
            await join(uow, member=member, group=group)
        await appoint(uow, group=group, member=members[1], role="secretary", way="appointed")
    return group, members


async def called(db: Database, chama: Group, starts_at: datetime = STARTS) -> None:
    async with db.unit() as uow:
        await call_meeting(uow, group=chama[0], by=chama[1][1], starts_at=starts_at, place="Kibera Hall")


async def opened(db: Database, chama: Group) -> str:
    async with db.unit() as uow:
        return await open_attendance(uow, group=chama[0], by=chama[1][1])


async def here(db: Database, group: DaoId, member: MemberId, code: str) -> str:
    async with db.unit() as uow:
        return (await attend(uow, group=group, member=member, code=code)).verdict


async def test_a_meeting_is_called_once_with_notice_by_those_who_lead(db: Database, chama: Group) -> None:
    group, (chair, secretary, otieno, *_) = chama
    for by, starts_at, refusal in (
        (otieno, STARTS, NotYourRole),
        (secretary, STARTS - timedelta(days=13), BadMeetingTime),
        (secretary, STARTS + timedelta(days=400), BadMeetingTime),
    ):
        with pytest.raises(refusal):
            async with db.unit() as uow:
                await call_meeting(uow, group=group, by=by, starts_at=starts_at, place="Kibera Hall")
    answers = await asyncio.gather(*(called(db, chama) for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["MeetingWaits"] * 3 + ["NoneType"]
    assert MeetingWaits().code == "meeting-waits"
    async with db.unit() as uow:
        sent = text("SELECT count(*) FROM sms_delivery_log WHERE template = 'meeting'")
        assert await uow.session.scalar(sent) == 5
        for number in range(12):
            await add_item(uow, group=group, by=chair, words=f"Point {number}")
        with pytest.raises(AgendaFull):
            await add_item(uow, group=group, by=chair, words="One more")
        await cancel_meeting(uow, group=group, by=chair)
        assert await called_meeting(uow, group=group, viewer=otieno) is None


async def test_that_a_meeting_is_off_is_told_also_after_its_hour(db: Database, chama: Group, clock: FakeClock) -> None:
    group, (chair, *_) = chama
    await called(db, chama)
    clock.moment = STARTS + timedelta(minutes=5)
    async with db.unit() as uow:
        await cancel_meeting(uow, group=group, by=chair)

        off = text("SELECT send_before FROM sms_delivery_log WHERE template = 'meeting' ORDER BY created_at DESC LIMIT 5")
        assert {row.send_before for row in await uow.session.execute(off)} == {None}


async def test_who_was_there_is_who_typed_the_code_in_its_hours(db: Database, chama: Group, clock: FakeClock) -> None:
    group, (chair, secretary, otieno, wanjiru, achieng) = chama
    await called(db, chama)
    async with db.unit() as uow:
        await apologise(uow, group=group, member=wanjiru)
    with pytest.raises(BadMeetingTime):
        await opened(db, chama)
    clock.moment = STARTS
    assert await here(db, group, chair, "0000") == "closed"
    code = await opened(db, chama)
    assert [await here(db, group, one, code) for one in (chair, secretary)] == ["here", "here"]
    clock.advance(minutes=16)
    assert await here(db, group, otieno, code) == "here"
    clock.advance(hours=3)
    assert await here(db, group, achieng, code) == "closed"
    async with db.unit() as uow:
        meeting = await called_meeting(uow, group=group, viewer=chair)
        assert meeting is not None
        there = await attendance_of(uow, meeting=meeting.id)
    assert set(there.present) == {chair, secretary, otieno}
    assert (there.late, there.apologies, there.absent) == ((otieno,), (wanjiru,), (achieng,))


async def test_wrong_codes_are_counted_also_at_once(db: Database, chama: Group, clock: FakeClock) -> None:
    group, (_, _, otieno, *_) = chama
    await called(db, chama)
    clock.moment = STARTS
    code = await opened(db, chama)
    wrong = f"{(int(code) + 1) % 10_000:04d}"

    answers = await asyncio.gather(*(here(db, group, otieno, wrong) for _ in range(12)))

    assert sorted(answers) == ["locked"] * 8 + ["wrong"] * 4
    assert await here(db, group, otieno, code) == "locked"
    async with db.unit() as uow:
        assert await uow.session.scalar(text("SELECT max(tries) FROM dao_attendance")) == 5
        assert code not in str(list(await uow.session.execute(text("SELECT * FROM dao_meetings"))))


async def held(db: Database, chama: Group, clock: FakeClock) -> None:
    """A meeting with three there, 300 put in, written by the secretary."""
    group, members = chama
    await called(db, chama)
    async with db.unit() as uow:
        await add_item(uow, group=group, by=members[1], words="New chairs")
    clock.moment = STARTS
    code = await opened(db, chama)
    for member in members[:3]:
        await here(db, group, member, code)
    async with db.unit() as uow:
        await contribute(uow, intent=new_intent(), member=members[2], group=group, amount=shillings(300))
    async with db.unit() as uow:
        await freeze_minutes(uow, group=group, by=members[1], sources=(Contributions(),))


async def test_whoever_types_the_code_while_minutes_are_written_stands_in_them(
    db: Database, chama: Group, clock: FakeClock
) -> None:
    group, (_, secretary, otieno, *_) = chama
    await called(db, chama)
    async with db.unit() as uow:
        await apologise(uow, group=group, member=otieno)
    clock.moment = STARTS
    code = await opened(db, chama)

    async def write() -> str:
        async with db.unit() as uow:
            made = await freeze_minutes(uow, group=group, by=secretary, sources=())
        return " ".join(made.lines)

    async with db.unit() as uow:
        assert (await attend(uow, group=group, member=otieno, code=code)).verdict == "here"
        writing = asyncio.create_task(write())
        await asyncio.sleep(0.3)
    said = await writing
    assert "Present (2)" in said
    assert "Apologies: - Absent: Amina, Wanjiru, Achieng" in said
    with pytest.raises(NoMeeting):
        await here(db, group, otieno, code)


async def test_minutes_say_what_was_recorded_in_both_languages(db: Database, chama: Group, clock: FakeClock) -> None:
    group, (chair, *_) = chama
    await held(db, chama, clock)
    async with db.unit() as uow:
        [content] = list(await uow.session.scalars(text("SELECT content FROM dao_minutes")))
        assert await minutes_list(uow, group=group, viewer=chair, language="en") == []
    assert content["en"] == [
        "Minutes of Umoja, meeting 1 of 6/12/26 14:00, Kibera Hall.",
        "Present (3): Juma, Amina, Otieno",
        "Late: -",
        "Apologies: -",
        "Absent: Wanjiru, Achieng",
        "Agenda: New chairs",
        "One contribution on this day: KES 300.",
        "The group's treasury holds KES 300.",
    ]
    assert content["sw"][1] == "Waliohudhuria (3): Juma, Amina, Otieno"


async def test_minutes_are_confirmed_by_the_chair_alone_once_and_never_changed(
    db: Database, chama: Group, clock: FakeClock
) -> None:
    group, (chair, secretary, otieno, *_) = chama
    await held(db, chama, clock)
    async with db.unit() as uow:
        meeting = await uow.session.scalar(text("SELECT meeting_id FROM dao_minutes"))
        with pytest.raises(NotYourRole):
            await confirm_minutes(uow, meeting=meeting, group=group, by=secretary)
        await confirm_minutes(uow, meeting=meeting, group=group, by=chair)
        with pytest.raises(BadMinutes):
            await confirm_minutes(uow, meeting=meeting, group=group, by=chair)
        assert await uow.session.scalar(text("SELECT count(*) FROM sms_delivery_log WHERE template = 'minutes'")) == 5
        document = await minutes_document(uow, meeting=meeting, viewer=otieno, language="en")
    assert document.startswith("Minutes of Umoja, meeting 1")
    for statement in (
        "UPDATE dao_minutes SET content = '{}'",
        "UPDATE dao_minutes SET confirmed_at = now()",
        "DELETE FROM dao_minutes",
    ):
        with pytest.raises(IntegrityError, match="corrected in the next meeting"):
            async with db.unit() as uow:
                await uow.session.execute(text(statement))


async def test_whoever_wrote_the_minutes_does_not_confirm_them(db: Database, chama: Group, clock: FakeClock) -> None:
    group, (chair, *_) = chama
    await called(db, chama)
    with pytest.raises(BadMinutes):
        async with db.unit() as uow:
            await freeze_minutes(uow, group=group, by=chair, sources=())
    clock.moment = STARTS
    await opened(db, chama)
    async with db.unit() as uow:
        written = await freeze_minutes(uow, group=group, by=chair, sources=())
        with pytest.raises(BadMinutes):
            await confirm_minutes(uow, meeting=written.meeting, group=group, by=chair)


async def test_a_correction_stands_in_the_next_minutes_only(db: Database, chama: Group, clock: FakeClock) -> None:
    group, (chair, secretary, *_) = chama
    await held(db, chama, clock)
    async with db.unit() as uow:
        first = await uow.session.scalar(text("SELECT meeting_id FROM dao_minutes"))
        await confirm_minutes(uow, meeting=first, group=group, by=chair)
        await correct(uow, meeting=first, group=group, by=secretary, words="Wanjiru was there")
    with pytest.raises(NoMeeting):
        async with db.unit() as uow:
            await freeze_minutes(uow, group=group, by=secretary, sources=())
    for number in (2, 3):
        await called(db, chama, STARTS + timedelta(days=28 * (number - 1)))
        clock.moment = STARTS + timedelta(days=28 * (number - 1))
        await opened(db, chama)
        async with db.unit() as uow:
            lines = (await freeze_minutes(uow, group=group, by=secretary, sources=())).lines
        assert ("Correction to the minutes of meeting 1: Wanjiru was there" in lines) == (number == 2)


async def test_the_next_date_follows_the_rules_and_keeps_hour_and_months_end(
    db: Database, chama: Group, clock: FakeClock
) -> None:
    group, (_, secretary, *_) = chama
    async with db.unit() as uow:
        # From Monday 23 November, the next Sunday afternoon.
        assert await next_date(uow, group=group) == datetime(2026, 11, 29, 11, tzinfo=UTC)
    ends = datetime(2027, 1, 31, 11, tzinfo=UTC)
    await called(db, chama, ends)
    clock.moment = ends
    await opened(db, chama)
    async with db.unit() as uow:
        await freeze_minutes(uow, group=group, by=secretary, sources=())
        assert await next_date(uow, group=group) == datetime(2027, 2, 28, 11, tzinfo=UTC)
