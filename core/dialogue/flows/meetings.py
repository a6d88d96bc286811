"""Meetings on the phone: when, where and about what; "I am here"; minutes to read, to freeze, to confirm and to correct."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

from core.daos.groups import Membership, find_group, require_member
from core.daos.meetings import (
    CALLERS,
    LONGEST_PLACE,
    BadMeetingTime,
    Meeting,
    add_item,
    apologise,
    attend,
    call_meeting,
    called_meeting,
    cancel_meeting,
    is_present,
    next_date,
    open_attendance,
    takes_attendance,
)
from core.daos.minutes import confirm_minutes, correct, freeze_minutes, minutes_list, unconfirmed
from core.daos.people import OFFICIALS
from core.daos.words import clean_words
from core.dialogue.definitions import action, screen
from core.dialogue.flows.minutes_sources import MINUTES_SOURCES
from core.dialogue.screens import Again, Asks, Assurance, Choice, End, Screen, Step, go, option
from core.dialogue.turn import NO, YES, Turn
from core.kernel.clock import EAST_AFRICA
from core.kernel.texts import text

# 6/12 14:00, as every screen writes it; the year is the next one in which it comes.
TYPED = re.compile(r"(?P<day>[0-9]{1,2})[/.](?P<month>[0-9]{1,2})\s+(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})", re.ASCII)


DOORS = {
    "here": go("meet.code"),
    "agenda": go("meet.agenda"),
    "minutes": go("meet.list"),
    "freeze": go("meet.sure"),
    "confirm": go("meet.unconfirmed"),
    "more": go("meet.plan"),
}


@screen("meet.menu", leads=DOORS)
async def ask_menu(turn: Turn) -> Screen:
    """The next meeting, and what this member can do about it at this moment."""
    membership = await require_member(turn.uow, member=turn.me.id, group=turn.group)
    meeting = await called_meeting(turn.uow, group=turn.group, viewer=turn.me.id)
    choices = [*await _own_choices(turn, membership, meeting), option("minutes", text("meet-minutes"))]
    if meeting is not None and membership.role in OFFICIALS and meeting.was_opened:
        choices.append(option("freeze", text("meet-freeze")))
    waits = await unconfirmed(turn.uow, group=turn.group, viewer=turn.me.id, language=turn.language)
    if membership.role == "chair" and waits is not None:
        choices.append(option("confirm", text("meet-confirm")))
    if membership.role in CALLERS:
        choices.append(option("more", text("meet-plan")))
    if meeting is None:
        return Screen(text("meet-none", name=(await find_group(turn.uow, group=turn.group)).name), choices=tuple(choices))
    urgent = int(meeting.emergency)
    head = text("meet-next", number=meeting.number, at=meeting.starts_at, place=meeting.place, urgent=urgent)
    return Screen(head, choices=tuple(choices))


async def _own_choices(turn: Turn, membership: Membership, meeting: Meeting | None) -> list[Choice]:
    """To be there, to be excused, to see the agenda."""
    if meeting is None:
        return []
    choices = [option("agenda", text("meet-agenda"))]
    if membership.role == "observer" or await is_present(turn.uow, group=meeting.group, member=turn.me.id):
        return choices
    if meeting.is_open:
        return [option("here", text("meet-here")), *choices]
    if turn.uow.clock.now() < meeting.starts_at:
        return [*choices, option("apology", text("meet-apology"))]
    return choices


@ask_menu.answered
async def take_menu(turn: Turn, chosen: str) -> Step:
    """Go where she chose; an apology needs no more words."""
    if chosen == "apology":
        meeting = await apologise(turn.uow, group=turn.group, member=turn.me.id)
        return End(text("meet-excused", at=meeting.starts_at))
    return DOORS[chosen]


@screen("meet.code")
async def ask_code(_turn: Turn) -> Screen:
    """What was announced at the meeting."""
    return Screen(text("meet-code"), asks=Asks.DIGITS)


@ask_code.answered
async def take_code(turn: Turn, code: str) -> Step:
    """Wrong ones are counted."""
    attended = await attend(turn.uow, group=turn.group, member=turn.me.id, code=code)
    match attended.verdict:
        case "here":
            return End(text("meet-is-here"))
        case "wrong":
            return Again(text("meet-code-wrong", tries=attended.tries_left))
        case "locked":
            return End(text("meet-code-locked"))
        case _:
            return End(text("meet-code-closed"))


@screen("meet.agenda", leads={"back": go("meet.menu")})
async def ask_agenda(turn: Turn) -> Screen:
    """Point by point."""
    meeting = await called_meeting(turn.uow, group=turn.group, viewer=turn.me.id)
    items = meeting.agenda if meeting else ()
    rows = tuple(text("meet-item", number=number, words=words) for number, words in enumerate(items, 1))
    head = text("meet-agenda-of", at=meeting.starts_at) if meeting and rows else text("meet-agenda-empty")
    return Screen(head, rows=rows, choices=(option("back", text("meet-door")),))


@ask_agenda.answered
async def take_agenda(_turn: Turn, _chosen: str) -> Step:
    """Back to the meetings."""
    return go("meet.menu")


@screen("meet.plan", leads={"call": go("meet.when")})
async def ask_plan(turn: Turn) -> Screen:
    """What secretary and chair do before and at a meeting."""
    meeting = await called_meeting(turn.uow, group=turn.group, viewer=turn.me.id)
    if meeting is None:
        return Screen(text("meet-plan-what"), choices=(option("call", text("meet-call")),))
    opens = (option("open", text("meet-open"), 1),) if takes_attendance(meeting.starts_at, turn.uow.clock.now()) else ()
    return Screen(
        text("meet-plan-what"),
        choices=(*opens, option("item", text("meet-add-item"), 2), option("cancel", text("meet-call-off"), 3)),
    )


@ask_plan.answered
async def take_plan(_turn: Turn, chosen: str) -> Step:
    """Go where she chose."""
    doors = {"call": go("meet.when"), "open": go("meet.open"), "item": go("meet.item"), "cancel": go("meet.off")}
    return doors[chosen]


@screen("meet.when")
async def ask_when(turn: Turn) -> Screen:
    """The date that the rules would have, or another one."""
    proposed = await next_date(turn.uow, group=turn.group)
    if proposed is None:
        return Screen(text("meet-when"), asks=Asks.TEXT)
    turn.values["proposed"] = proposed.isoformat()
    return Screen(text("meet-when-or", at=proposed), asks=Asks.TEXT)


@ask_when.answered
async def take_when(turn: Turn, typed: str) -> Step:
    """Day, month and time; 1 takes the proposed date."""
    if typed.strip() == "1" and "proposed" in turn.values:
        return go("meet.where", starts_at=turn.values["proposed"])
    starts_at = _moment(typed, now=turn.uow.clock.now())
    return Again(text("meet-when-unread")) if starts_at is None else go("meet.where", starts_at=starts_at.isoformat())


@screen("meet.where")
async def ask_where(_turn: Turn) -> Screen:
    """Where people come together."""
    return Screen(text("meet-where"), asks=Asks.TEXT)


@ask_where.answered
async def take_where(_turn: Turn, typed: str) -> Step:
    """A place that every phone can show."""
    return go("meet.call", place=clean_words(typed, longest=LONGEST_PLACE))


@screen("meet.call")
async def ask_call(turn: Turn) -> Screen:
    """Before everybody is told."""
    return Screen(text("meet-call-sure", at=_starts_at(turn), place=turn.values["place"]), choices=(YES, NO))


@ask_call.answered
async def take_call(turn: Turn, chosen: str) -> Step:
    """Everybody is told."""
    if chosen != "yes":
        return End(text("meet-not-called"))
    place = str(turn.values["place"])
    meeting = await call_meeting(turn.uow, group=turn.group, by=turn.me.id, starts_at=_starts_at(turn), place=place)
    return End(text("meet-called", at=meeting.starts_at))


@screen("meet.item")
async def ask_item(_turn: Turn) -> Screen:
    """A point of the agenda."""
    return Screen(text("meet-item-words"), asks=Asks.TEXT)


@ask_item.answered
async def take_item(turn: Turn, typed: str) -> Step:
    """Added at the end."""
    await add_item(turn.uow, group=turn.group, by=turn.me.id, words=typed)
    return go("meet.agenda")


@screen("meet.off")
async def ask_off(_turn: Turn) -> Screen:
    """Everybody would be told."""
    return Screen(text("meet-off-sure"), choices=(YES, NO))


@ask_off.answered
async def take_off(turn: Turn, chosen: str) -> Step:
    """Call it off."""
    if chosen != "yes":
        return End(text("meet-stays"))
    await cancel_meeting(turn.uow, group=turn.group, by=turn.me.id)
    return End(text("meet-is-off"))


@action("meet.open", needs=Assurance.PIN, why="pin-why-attendance")
async def open_for_attendance(turn: Turn) -> Step:
    """The code to announce; it's shown this once."""
    try:
        code = await open_attendance(turn.uow, group=turn.group, by=turn.me.id)
    except BadMeetingTime as refusal:
        return End(text("error-bad-meeting-time", reason=refusal.reason))
    return End(text("meet-announce", code=code), secret=True)


@screen("meet.sure")
async def ask_sure(_turn: Turn) -> Screen:
    """After this nothing is added to the meeting."""
    return Screen(text("meet-freeze-sure"), choices=(YES, NO))


@ask_sure.answered
async def take_sure(_turn: Turn, chosen: str) -> Step:
    """With the PIN."""
    return go("meet.freeze") if chosen == "yes" else End(text("meet-not-frozen"))


@action("meet.freeze", needs=Assurance.PIN, why="pin-why-minutes", final=True)
async def freeze(turn: Turn) -> Step:
    """They wait for the chair."""
    await freeze_minutes(turn.uow, group=turn.group, by=turn.me.id, sources=MINUTES_SOURCES)
    return End(text("meet-frozen"))


@screen("meet.unconfirmed")
async def ask_unconfirmed(turn: Turn) -> Screen:
    """What the chair confirms, line by line."""
    found = await unconfirmed(turn.uow, group=turn.group, viewer=turn.me.id, language=turn.language)
    if found is None:
        return Screen(text("meet-minutes-none"), choices=(NO,))
    turn.values["meeting"] = found.meeting
    rows = tuple(text("minutes-line", words=line) for line in found.lines)
    return Screen(text("meet-confirm-these"), rows=rows, choices=(YES, NO))


@ask_unconfirmed.answered
async def take_unconfirmed(_turn: Turn, chosen: str) -> Step:
    """With the chair's own PIN."""
    return go("meet.confirm") if chosen == "yes" else End(text("meet-not-confirmed"))


@action("meet.confirm", needs=Assurance.PIN, why="pin-why-minutes", final=True)
async def confirm(turn: Turn) -> Step:
    """Everybody gets them."""
    await confirm_minutes(turn.uow, meeting=turn.id("meeting"), group=turn.group, by=turn.me.id)
    return End(text("meet-confirmed"))


@screen("meet.list", leads={"back": go("meet.menu")})
async def ask_list(turn: Turn) -> Screen:
    """Confirmed minutes, the newest first."""
    found = await minutes_list(turn.uow, group=turn.group, viewer=turn.me.id, language=turn.language)
    choices = tuple(Choice(str(one.meeting), text("meet-minutes-of", number=one.number, at=one.held_at)) for one in found)
    head = text("meet-which") if found else text("meet-minutes-none")
    return Screen(head, choices=(*choices, option("back", text("meet-door"))))


@ask_list.answered
async def take_list(_turn: Turn, chosen: str) -> Step:
    """Read them."""
    return go("meet.menu") if chosen == "back" else go("meet.read", meeting=UUID(chosen))


@screen("meet.read")
async def ask_read(turn: Turn) -> Screen:
    """Line by line; officials may note what is wrong."""
    membership = await require_member(turn.uow, member=turn.me.id, group=turn.group)
    listed = await minutes_list(turn.uow, group=turn.group, viewer=turn.me.id, language=turn.language)
    found = next(one for one in listed if one.meeting == turn.id("meeting"))
    note = (option("correct", text("meet-correct")),) if membership.role in OFFICIALS else ()
    rows = tuple(text("minutes-line", words=line) for line in found.lines)
    head = text("meet-minutes-of", number=found.number, at=found.held_at)
    return Screen(head, rows=rows, choices=(*note, option("back", text("meet-door"))))


@ask_read.answered
async def take_read(_turn: Turn, chosen: str) -> Step:
    """Note a correction, or back."""
    return go("meet.correct") if chosen == "correct" else go("meet.menu")


@screen("meet.correct")
async def ask_correct(_turn: Turn) -> Screen:
    """It is entered into the next minutes, not into these."""
    return Screen(text("meet-correct-words"), asks=Asks.TEXT)


@ask_correct.answered
async def take_correct(turn: Turn, typed: str) -> Step:
    """Kept for the next meeting."""
    await correct(turn.uow, meeting=turn.id("meeting"), group=turn.group, by=turn.me.id, words=typed)
    return End(text("meet-correction-noted"))


def _starts_at(turn: Turn) -> datetime:
    return datetime.fromisoformat(str(turn.values["starts_at"]))


def _moment(typed: str, *, now: datetime) -> datetime | None:
    """The next such day and time in East Africa; None when it can't be one."""
    found = TYPED.fullmatch(typed.strip())
    if found is None:
        return None
    day, month, hour, minute = (int(found[name]) for name in ("day", "month", "hour", "minute"))
    year = now.astimezone(EAST_AFRICA).year
    for candidate in (year, year + 1):
        try:
            moment = datetime(candidate, month, day, hour, minute, tzinfo=EAST_AFRICA).astimezone(UTC)
        except ValueError:
            continue
        if moment > now:
            return moment
    return None
