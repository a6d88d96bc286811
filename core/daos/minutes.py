"""Minutes that can't be faked: made of what was really recorded, frozen by one official, confirmed by the chair's own PIN.

Every capability that decides or pays something in meetings is a `MinutesSource` and says what happened on the day; nobody types
a resolution. What is wrong in them is corrected by an entry in the next meeting's minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Text as SqlText
from sqlalchemy import cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from core.daos.calendar import day_of
from core.daos.dialling import dial_to
from core.daos.document_jobs import Services, send_written
from core.daos.dues.attendance import fine_attendance
from core.daos.groups import Role, find_group, require_member
from core.daos.meeting_models import AgendaItem, Correction, MeetingRow, Minutes
from core.daos.meetings import NoMeeting, attendance_of
from core.daos.models import ContributionRow
from core.daos.people import OFFICIALS, people_of, require_role
from core.daos.words import clean_words
from core.identity.models import MemberRow
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import UnitOfWork
from core.kernel.errors import CoreError, Kind
from core.kernel.ids import DaoId, MemberId
from core.kernel.money import KES, Money
from core.kernel.questions import Selected, given
from core.kernel.texts import LANGUAGES, Text, catalogue, text
from core.ledger.accounts import treasury
from core.ledger.service import balances
from core.notifications.service import queue_sms

SEND_MINUTES = "send-minutes"
NAME = "mtaa-minutes-{number}.txt"
DAY = timedelta(days=1)
CONFIRMS: tuple[Role, ...] = ("chair",)
MOST_LISTED = 24


@dataclass
class BadMinutes(CoreError):
    """Not possible with these minutes. `reason` is unopened (no attendance was taken), frozen, confirmed or same (person)."""

    code = "bad-minutes"
    kind = Kind.CONFLICT
    reason: str


class MinutesSource(Protocol):
    """Knows what happened in a group in a span of time."""

    async def entries(self, uow: UnitOfWork, *, group: DaoId, since: datetime, until: datetime) -> Sequence[Text]:
        """What was decided, paid or voted from `since` (included) to `until` (not): whole sentences, in their order."""
        ...


@dataclass(frozen=True)
class MeetingMinutes:
    """Minutes as a member reads them, in one language."""

    meeting: UUID
    number: int
    held_at: datetime
    lines: tuple[str, ...]
    confirmed_at: datetime | None


class Contributions:
    """What came in on the day, from the group's record of the books."""

    async def entries(self, uow: UnitOfWork, *, group: DaoId, since: datetime, until: datetime) -> Sequence[Text]:
        """How many contributions, and what they come to."""
        span = ContributionRow.created_at >= since, ContributionRow.created_at < until
        own = ContributionRow.dao_id == group, ContributionRow.currency == KES.code
        found = select(func.count(ContributionRow.id), func.coalesce(func.sum(ContributionRow.amount), 0)).where(*own, *span)
        count, total = (await uow.session.execute(found)).one()
        return (text("minutes-contributions", count=count, amount=Money.from_decimal(total)),)


async def freeze_minutes(uow: UnitOfWork, *, group: DaoId, by: MemberId, sources: Sequence[MinutesSource]) -> MeetingMinutes:
    """Write the minutes of the meeting that is called, which is held by that; they wait for the chair's word.

    Raises NotAMember, NotYourRole, NoMeeting, BadMinutes (no attendance was taken).
    """
    await require_role(uow, member=by, group=group, roles=OFFICIALS)
    waits = MeetingRow.dao_id == group, MeetingRow.status == "called"
    meeting = await uow.session.scalar(select(MeetingRow).where(*waits).with_for_update())
    if meeting is None:
        raise NoMeeting
    if meeting.opened_at is None:
        raise BadMinutes("unopened")
    since, until = _day_of(meeting.starts_at)
    entries = [*await _head(uow, meeting), *await _corrections(uow, meeting)]
    for source in sources:
        entries += await source.entries(uow, group=group, since=since, until=until)
    entries.append(await _closing(uow, group))
    content = {language: [catalogue().say(language, entry) for entry in entries] for language in LANGUAGES}
    row = Minutes(
        meeting_id=meeting.id,
        dao_id=group,
        content=content,
        digest=await _digest_of(uow, content),
        frozen_by=by,
        frozen_at=uow.clock.now(),
    )
    uow.session.add(row)
    meeting.status = "held"
    await uow.session.flush()
    return _as_minutes(row, meeting, LANGUAGES[0])


async def unconfirmed(uow: UnitOfWork, *, group: DaoId, viewer: MemberId, language: str) -> MeetingMinutes | None:
    """The oldest minutes that wait for the chair. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    found = await uow.rows(UNCONFIRMED, group=group)
    return _as_minutes(*found[0], language) if found else None


async def confirm_minutes(uow: UnitOfWork, *, meeting: UUID, group: DaoId, by: MemberId) -> None:
    """The chair says that it was so; every member gets them: the whole in her chat, a digest by SMS.

    Whoever was absent or late is fined where the rules say so. Raises NotAMember, NotYourRole, NoMeeting, BadMinutes (confirmed
    already, or frozen by the same person).
    """
    await require_role(uow, member=by, group=group, roles=CONFIRMS)
    found = select(Minutes).where(Minutes.meeting_id == meeting, Minutes.dao_id == group)
    row = await uow.session.scalar(found.with_for_update())
    if row is None:
        raise NoMeeting
    if row.confirmed_at is not None or row.frozen_by == by:
        raise BadMinutes("confirmed" if row.confirmed_at is not None else "same")
    row.confirmed_by, row.confirmed_at = by, uow.clock.now()
    await uow.session.flush()
    await fine_attendance(uow, meeting=meeting)
    await _send_to_all(uow, group, await uow.session.get_one(MeetingRow, meeting))


async def minutes_list(uow: UnitOfWork, *, group: DaoId, viewer: MemberId, language: str) -> list[MeetingMinutes]:
    """Confirmed minutes, the newest first. Raises NotAMember."""
    await require_member(uow, member=viewer, group=group)
    return [_as_minutes(row, meeting, language) for row, meeting in await uow.rows(CONFIRMED, group=group)]


async def correct(uow: UnitOfWork, *, meeting: UUID, group: DaoId, by: MemberId, words: str) -> None:
    """Note what is wrong in earlier minutes; it is entered into those of the next meeting.

    Raises NotAMember, NotYourRole, NoMeeting (no such minutes), BadWords.
    """
    said = clean_words(words)
    await require_role(uow, member=by, group=group, roles=OFFICIALS)
    if (
        await uow.session.scalar(select(Minutes.meeting_id).where(Minutes.meeting_id == meeting, Minutes.dao_id == group))
        is None
    ):
        raise NoMeeting
    row = Correction(id=uow.ids.new(), dao_id=group, meeting_id=meeting, words=said, noted_by=by, created_at=uow.clock.now())
    uow.session.add(row)
    await uow.session.flush()


async def minutes_document(uow: UnitOfWork, *, meeting: UUID, viewer: MemberId, language: str) -> str:
    """The whole minutes as plain text. Raises NotAMember."""
    row = await uow.session.get_one(Minutes, meeting)
    await require_member(uow, member=viewer, group=DaoId(row.dao_id))
    found = await uow.session.get_one(MeetingRow, meeting)
    return "\n".join((*_as_minutes(row, found, language).lines, row.digest)) + "\n"


async def _digest_of(uow: UnitOfWork, content: dict[str, list[str]]) -> str:
    """The fingerprint of minutes, printed below them, as the audit recomputes it: of the text that the database keeps."""
    kept = cast(literal(content, JSONB), SqlText)
    return str(await uow.session.scalar(select(func.encode(func.sha256(func.convert_to(kept, "UTF8")), "hex"))))


async def _head(uow: UnitOfWork, meeting: MeetingRow) -> list[Text]:
    """Which meeting it was, who was there, and the agenda."""
    group = await find_group(uow, group=DaoId(meeting.dao_id))
    there = await attendance_of(uow, meeting=meeting.id)
    items = select(AgendaItem.words).where(AgendaItem.meeting_id == meeting.id).order_by(AgendaItem.position)
    return [
        text("minutes-of", group=group.name, number=meeting.number, at=meeting.starts_at, place=meeting.place),
        text("minutes-present", count=len(there.present), names=await _names(uow, there.present)),
        text("minutes-late", names=await _names(uow, there.late)),
        text("minutes-apologies", names=await _names(uow, there.apologies)),
        text("minutes-absent", names=await _names(uow, there.absent)),
        *(text("minutes-item", words=words) for words in await uow.session.scalars(items)),
    ]


async def _corrections(uow: UnitOfWork, meeting: MeetingRow) -> list[Text]:
    """Corrections of earlier minutes, which are entered here."""
    waits = Correction.dao_id == meeting.dao_id, Correction.entered_in.is_(None)
    found = (
        select(MeetingRow.number, Correction.words)
        .join(MeetingRow, MeetingRow.id == Correction.meeting_id)
        .where(*waits)
        .order_by(Correction.created_at)
    )
    entries = [text("minutes-correction", number=number, words=words) for number, words in await uow.session.execute(found)]
    await uow.session.execute(update(Correction).where(*waits).values(entered_in=meeting.id))
    return entries


async def _closing(uow: UnitOfWork, group: DaoId) -> Text:
    account = treasury(group)
    return text("minutes-holds", amount=(await balances(uow, [account]))[account].total)


async def _names(uow: UnitOfWork, members: Sequence[MemberId]) -> str:
    if not members:
        return "-"
    found = select(MemberRow.id, MemberRow.name).where(MemberRow.id.in_(members))
    names = {row[0]: row[1] for row in await uow.session.execute(found)}
    return ", ".join(names[member] for member in members if member in names)


def _day_of(moment: datetime) -> tuple[datetime, datetime]:
    """The day of the meeting in East Africa."""
    begins = datetime.combine(day_of(moment), time(), EAST_AFRICA).astimezone(UTC)
    return begins, begins + DAY


_MINUTES = (
    select(Minutes, MeetingRow).join(MeetingRow, MeetingRow.id == Minutes.meeting_id).where(Minutes.dao_id == given("group"))
)
UNCONFIRMED = Selected(_MINUTES.where(Minutes.confirmed_at.is_(None)).order_by(MeetingRow.number).limit(1))
CONFIRMED = Selected(_MINUTES.where(Minutes.confirmed_at.is_not(None)).order_by(MeetingRow.number.desc()).limit(MOST_LISTED))


def _as_minutes(row: Minutes, meeting: MeetingRow, language: str) -> MeetingMinutes:
    lines = tuple(row.content.get(language) or row.content[LANGUAGES[0]])
    return MeetingMinutes(row.meeting_id, meeting.number, meeting.starts_at, lines, row.confirmed_at)


async def _send_to_all(uow: UnitOfWork, group: DaoId, meeting: MeetingRow) -> None:
    found, there = await find_group(uow, group=group), await attendance_of(uow, meeting=meeting.id)
    about = {"group": found.name, "number": meeting.number, "dialled": dial_to(uow, found.code, "meetings")}
    digest = text("sms-minutes", at=meeting.starts_at, count=len(there.present), **about)
    for person in await people_of(uow, group=group):
        if person.chat is None:
            await queue_sms(uow, to=person.phone, what=digest, language=person.language, template="minutes", member=person.id)
            continue
        wanted = {"meeting": str(meeting.id), "viewer": str(person.id), "chat": person.chat, "language": person.language}
        await uow.enqueue(SEND_MINUTES, {**wanted, "number": meeting.number})


async def send_minutes(services: Services, payload: dict[str, Any]) -> None:
    """Send the whole minutes into one chat. Raises TryAgain."""

    async def written(uow: UnitOfWork) -> str:
        meeting, viewer = UUID(payload["meeting"]), MemberId(UUID(payload["viewer"]))
        return await minutes_document(uow, meeting=meeting, viewer=viewer, language=payload["language"])

    name = NAME.format(number=payload["number"])
    await send_written(services, SEND_MINUTES, payload, name=name, written=written)
