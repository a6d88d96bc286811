"""Meetings: called with notice and an agenda, attended by a code that is announced there and typed on each member's own phone.

The code says that she heard it, at the meeting and in its hours; it opens nothing else. Whoever typed it, was late, sent an
apology or was absent is read by `attendance_of`, which fines go by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ARRAY, String, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import NoResultFound

from core.daos.calendar import day_of, months_later
from core.daos.constitutions import rules_of
from core.daos.dialling import dial_to
from core.daos.groups import Role, find_group, locked_group, require_member
from core.daos.meeting_models import AgendaItem, AttendanceRow, MeetingRow
from core.daos.people import participants_of, require_participant, require_role
from core.daos.telling import tell_group
from core.daos.words import clean_words
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork, foreseeable
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.questions import Selected, given
from core.kernel.secrets import random_below
from core.kernel.texts import text

CALLERS: tuple[Role, ...] = ("secretary", "chair")
# Seven days is the notice that chamas give, a day in an emergency; nobody plans beyond half a year.
NOTICE, EMERGENCY, LATEST = timedelta(days=7), timedelta(hours=24), timedelta(days=180)
# The code may be announced a little early, and by when at the latest; it counts for three hours.
EARLY, OVERDUE, OPEN = timedelta(hours=1), timedelta(hours=6), timedelta(hours=3)
LATE = timedelta(minutes=15)
MOST_ITEMS, MOST_TRIES = 12, 5
LONGEST_PLACE = 40
CODE_DIGITS = 4
USUAL_HOUR, SUNDAY = 14, 6


@dataclass
class BadMeetingTime(CoreError):
    """No meeting can begin then. `reason` is soon (less than a day), far, or early (attendance before the meeting) or over."""

    code = "bad-meeting-time"
    kind = Kind.INVALID
    reason: str


@dataclass
class NoMeeting(CoreError):
    """No meeting is called."""

    code = "no-meeting"
    kind = Kind.NOT_FOUND


@dataclass
class MeetingWaits(CoreError):
    """A meeting is called already; it is held or cancelled before the next one is called."""

    code = "meeting-waits"
    kind = Kind.CONFLICT


@dataclass
class AgendaFull(CoreError):
    """The agenda has `most` points."""

    code = "agenda-full"
    kind = Kind.LIMITED
    most: int


@dataclass(frozen=True)
class Meeting:
    """A meeting as members see it. `is_open`: attendance is being taken at this moment."""

    id: UUID
    group: DaoId
    number: int
    starts_at: datetime
    place: str
    emergency: bool
    agenda: tuple[str, ...]
    is_open: bool
    was_opened: bool


@dataclass(frozen=True)
class Attendance:
    """Who was there. `late` are among the present; `absent` sent no apology. Only members who joined before it began."""

    present: tuple[MemberId, ...]
    late: tuple[MemberId, ...]
    apologies: tuple[MemberId, ...]
    absent: tuple[MemberId, ...]


@dataclass(frozen=True)
class Attended:
    """What typing the code came to: here, wrong (with tries left), locked or closed."""

    verdict: Literal["here", "wrong", "locked", "closed"]
    tries_left: int = field(default=0)


async def call_meeting(uow: UnitOfWork, *, group: DaoId, by: MemberId, starts_at: datetime, place: str) -> Meeting:
    """Call the next meeting and tell every member. Less than seven days' notice makes it an emergency meeting.

    Raises UnknownGroup, NotAMember, NotYourRole, BadMeetingTime, MeetingWaits, BadWords.
    """
    where = clean_words(place, longest=LONGEST_PLACE)
    row = await locked_group(uow, group)
    await require_role(uow, member=by, group=group, roles=CALLERS)
    now = uow.clock.now()
    if not EMERGENCY <= starts_at - now <= LATEST:
        raise BadMeetingTime("soon" if starts_at - now < EMERGENCY else "far")
    if await _called(uow, group) is not None:
        raise MeetingWaits
    number = await uow.session.scalar(select(func.max(MeetingRow.number)).where(MeetingRow.dao_id == group)) or 0
    meeting = MeetingRow(
        id=uow.ids.new(),
        dao_id=group,
        number=number + 1,
        starts_at=starts_at,
        place=where,
        emergency=starts_at - now < NOTICE,
        status="called",
        called_by=by,
        created_at=now,
    )
    uow.session.add(meeting)
    await uow.session.flush()
    what = text("sms-meeting", group=row.name, at=starts_at, place=where, dialled=dial_to(uow, row.code, "meetings"))
    await tell_group(uow, group=group, what=what, template="meeting", until=starts_at)
    return await _as_meeting(uow, meeting)


async def add_item(uow: UnitOfWork, *, group: DaoId, by: MemberId, words: str) -> None:
    """Add a point to the agenda. Raises NotAMember, NotYourRole, NoMeeting, AgendaFull, BadWords."""
    said = clean_words(words)
    await require_role(uow, member=by, group=group, roles=CALLERS)
    meeting = await _locked(uow, group)
    count = await uow.session.scalar(select(func.count(AgendaItem.id)).where(AgendaItem.meeting_id == meeting.id)) or 0
    if count >= MOST_ITEMS:
        raise AgendaFull(MOST_ITEMS)
    item = AgendaItem(
        id=uow.ids.new(), meeting_id=meeting.id, position=count + 1, words=said, added_by=by, created_at=uow.clock.now()
    )
    uow.session.add(item)
    await uow.session.flush()


async def cancel_meeting(uow: UnitOfWork, *, group: DaoId, by: MemberId) -> None:
    """Call it off and tell every member. Raises NotAMember, NotYourRole, NoMeeting."""
    await require_role(uow, member=by, group=group, roles=CALLERS)
    meeting = await _locked(uow, group)
    meeting.status = "cancelled"
    await uow.session.flush()
    name = (await find_group(uow, group=group)).name
    what = text("sms-meeting-off", group=name, at=meeting.starts_at)
    await tell_group(uow, group=group, what=what, template="meeting")


async def open_attendance(uow: UnitOfWork, *, group: DaoId, by: MemberId) -> str:
    """A fresh code of four digits, to be announced at the meeting and shown once; an earlier one counts no more.

    Whoever announces it is there and needs not type it.
    From an hour before the meeting until six hours after it began. Raises NotAMember, NotYourRole, NoMeeting, BadMeetingTime.
    """
    await require_role(uow, member=by, group=group, roles=CALLERS)
    meeting = await _locked(uow, group)
    now = uow.clock.now()
    if not takes_attendance(meeting.starts_at, now):
        raise BadMeetingTime("early" if now < meeting.starts_at else "over")
    code = f"{random_below(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    meeting.code_digest = uow.vault.digest(code, context=_context(meeting.id))
    meeting.opened_at = meeting.opened_at or now
    meeting.closes_at = now + OPEN
    hers = await _own(uow, meeting.id, by)
    hers.present_at = hers.present_at or now
    await uow.session.flush()
    return code


def takes_attendance(starts_at: datetime, now: datetime) -> bool:
    """Whether attendance can be taken at this moment: from an hour before the meeting until six hours after it began."""
    return starts_at - EARLY <= now <= starts_at + OVERDUE


async def attend(uow: UnitOfWork, *, group: DaoId, member: MemberId, code: str) -> Attended:
    """She typed the code that was announced. Wrong ones are counted, in this unit, and five are enough.

    Raises NotAMember, NotYourRole (observers aren't counted), NoMeeting.
    """
    await require_participant(uow, member=member, group=group)
    # Shared: many type it at once, and the minutes are written before all of them or after.
    meeting = await _called(uow, group, shared=True)
    if meeting is None:
        raise NoMeeting
    now = uow.clock.now()
    if meeting.code_digest is None or meeting.closes_at is None or now > meeting.closes_at:
        return Attended("closed")
    row = await _own(uow, meeting.id, member)
    if row.present_at is not None:
        return Attended("here")
    if row.tries >= MOST_TRIES:
        return Attended("locked")
    if not uow.vault.matches(code, meeting.code_digest, context=_context(meeting.id)):
        row.tries += 1
        await uow.session.flush()
        left = MOST_TRIES - row.tries
        return Attended("wrong" if left else "locked", left)
    row.present_at = now
    await uow.session.flush()
    return Attended("here")


async def apologise(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> Meeting:
    """She can't come, and says so before it begins. Raises NotAMember, NotYourRole, NoMeeting, BadMeetingTime."""
    await require_participant(uow, member=member, group=group)
    meeting = await _called(uow, group)
    if meeting is None:
        raise NoMeeting
    if uow.clock.now() >= meeting.starts_at:
        raise BadMeetingTime("over")
    row = await _own(uow, meeting.id, member)
    row.apology_at = row.apology_at or uow.clock.now()
    await uow.session.flush()
    return await _as_meeting(uow, meeting)


async def called_meeting(uow: UnitOfWork, *, group: DaoId, viewer: MemberId) -> Meeting | None:
    """The meeting that is called, for members. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    found = await uow.rows(CALLED, group=group, viewer=viewer)
    return _meeting(uow, *found[0][:2]) if found else None


async def is_present(uow: UnitOfWork, *, group: DaoId, member: MemberId) -> bool:
    """Whether she has typed the code of the meeting that is called."""
    found = await uow.rows(CALLED, group=group, viewer=member)
    return bool(found) and found[0][2]


@foreseeable
async def attendance_of(uow: UnitOfWork, *, meeting: UUID) -> Attendance:
    """Who was there, late, excused and absent. Raises NoResultFound: callers know the meeting.

    Late: the code was typed more than fifteen minutes after the meeting began, or after it was first announced.
    """
    row = await uow.scalar(MEETING, meeting=meeting)
    if row is None:
        raise NoResultFound
    people = await participants_of(uow, group=DaoId(row.dao_id))
    members = [person.id for person in people if person.joined_at <= row.starts_at]
    rows = {one.user_id: one for one in await uow.scalars(ATTENDANCE, meeting=meeting)}
    here = {MemberId(user): one.present_at for user, one in rows.items() if one.present_at is not None}
    excused = {user for user, one in rows.items() if one.apology_at is not None and one.present_at is None}
    begins = max(row.starts_at, row.opened_at or row.starts_at) + LATE
    return Attendance(
        present=tuple(here),
        late=tuple(member for member, at in here.items() if at > begins),
        apologies=tuple(member for member in members if member in excused),
        absent=tuple(member for member in members if member not in here and member not in excused),
    )


@foreseeable
async def last_held(uow: UnitOfWork, *, group: DaoId) -> UUID | None:
    """The last meeting that was held."""
    return await uow.scalar(LAST_HELD, group=group)


async def next_date(uow: UnitOfWork, *, group: DaoId) -> datetime | None:
    """When the rules would have the next meeting: as often as they say, at the hour of the last one; None for never."""
    frequency = (await rules_of(uow, group=group)).meeting_frequency
    if frequency == "never":
        return None
    last = await uow.scalar(LAST_START, group=group)
    now = uow.clock.now()
    at = _first_sunday(now) if last is None else last
    while at < now + EMERGENCY:
        at = _later(at, frequency)
    return at


def _later(at: datetime, frequency: str) -> datetime:
    """A week, two weeks or a month later at the same hour; a month's end stays a month's end."""
    if frequency != "monthly":
        return at + timedelta(days=7 if frequency == "weekly" else 14)
    there = at.astimezone(EAST_AFRICA)
    day = months_later(there.date(), 1, day=there.day)
    return datetime.combine(day, there.time(), EAST_AFRICA).astimezone(UTC)


def _first_sunday(now: datetime) -> datetime:
    """The next Sunday afternoon."""
    today = day_of(now)
    sunday = today + timedelta(days=(SUNDAY - today.weekday()) % 7 or 7)
    return datetime.combine(sunday, time(USUAL_HOUR), EAST_AFRICA).astimezone(UTC)


_OF_LAST = MeetingRow.dao_id == given("group"), MeetingRow.status == "held"
LAST_HELD = Selected(select(MeetingRow.id).where(*_OF_LAST).order_by(MeetingRow.number.desc()).limit(1))
# When it began.
LAST_START = Selected(select(MeetingRow.starts_at).where(*_OF_LAST).order_by(MeetingRow.number.desc()).limit(1))
MEETING = Selected(select(MeetingRow).where(MeetingRow.id == given("meeting")))
ATTENDANCE = Selected(
    select(AttendanceRow).where(AttendanceRow.meeting_id == given("meeting")).order_by(AttendanceRow.present_at)
)


async def _own(uow: UnitOfWork, meeting: UUID, member: MemberId) -> AttendanceRow:
    """Her line of the list, ours until the unit ends."""
    fresh = insert(AttendanceRow).values(meeting_id=meeting, user_id=member, tries=0).on_conflict_do_nothing()
    await uow.session.execute(fresh)
    own = AttendanceRow.meeting_id == meeting, AttendanceRow.user_id == member
    return (await uow.session.scalars(select(AttendanceRow).where(*own).with_for_update())).one()


async def _called(uow: UnitOfWork, group: DaoId, *, shared: bool = False) -> MeetingRow | None:
    waits = select(MeetingRow).where(MeetingRow.dao_id == group, MeetingRow.status == "called")
    return await uow.session.scalar(waits.with_for_update(read=True) if shared else waits)


async def _locked(uow: UnitOfWork, group: DaoId) -> MeetingRow:
    """The meeting that is called, ours until the unit ends. Raises NoMeeting."""
    waits = MeetingRow.dao_id == group, MeetingRow.status == "called"
    row = await uow.session.scalar(select(MeetingRow).where(*waits).with_for_update())
    if row is None:
        raise NoMeeting
    return row


_ITEMS = select(AgendaItem.words).order_by(AgendaItem.position)
_ITS_ITEMS = _ITEMS.where(AgendaItem.meeting_id == MeetingRow.id).correlate(MeetingRow).scalar_subquery()
_PRESENT = exists().where(
    AttendanceRow.meeting_id == MeetingRow.id,
    AttendanceRow.user_id == given("viewer"),
    AttendanceRow.present_at.is_not(None),
)
# The meeting that is called, its agenda, and whether she has typed its code.
CALLED = Selected(
    select(
        MeetingRow,
        func.array(
            _ITEMS.where(AgendaItem.meeting_id == MeetingRow.id).correlate(MeetingRow).scalar_subquery(), type_=ARRAY(String)
        ),
        _PRESENT,
    ).where(MeetingRow.dao_id == given("group"), MeetingRow.status == "called")
)


async def _as_meeting(uow: UnitOfWork, row: MeetingRow) -> Meeting:
    return _meeting(uow, row, list(await uow.session.scalars(_ITEMS.where(AgendaItem.meeting_id == row.id))))


def _meeting(uow: UnitOfWork, row: MeetingRow, items: Sequence[str]) -> Meeting:
    return Meeting(
        id=row.id,
        group=DaoId(row.dao_id),
        number=row.number,
        starts_at=row.starts_at,
        place=row.place,
        emergency=row.emergency,
        agenda=tuple(items),
        is_open=row.closes_at is not None and uow.clock.now() <= row.closes_at,
        was_opened=row.opened_at is not None,
    )


def _context(meeting: UUID) -> str:
    return f"attendance {meeting}"
