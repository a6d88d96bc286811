"""Other days for a kind of contribution, from the first day that isn't opened on; confirmed with the PIN, and all are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from core.daos.calendar import Schedule, day_of, due_days, next_due_day
from core.daos.dues.kinds import NotInThePast, day_month, same_days, short_day
from core.dialogue.definitions import action, screen
from core.dialogue.flows.dues_kinds import date_rows, listed_days, when_of
from core.dialogue.flows.dues_kinds_changes import changed, kind_now
from core.dialogue.flows.dues_kinds_new import frequencies, is_month_day, read_days, weekdays
from core.dialogue.screens import Again, Asks, Assurance, Choice, End, Screen, Step, go
from core.dialogue.turn import NO, YES, Turn
from core.kernel.texts import text

# Of dates that are to be changed, as many as fit beside the question.
MOST_SHOWN = 6
WEEK = timedelta(days=7)


@screen("kinds.days")
async def ask_days(turn: Turn) -> Screen:
    """How often from then on, beside what it is now."""
    kind, newest, day = await kind_now(turn)
    when = when_of(newest.schedule, day)
    return Screen(text("kind-days-how", dues=kind.said, when=when, day=day_month(day)), choices=frequencies())


@ask_days.answered
async def take_days(_turn: Turn, chosen: str) -> Step:
    """Each has its own question about the day."""
    doors = {"monthly": go("kinds.days_month", frequency=chosen), "dates": go("kinds.days_dates", frequency=chosen)}
    return doors.get(chosen) or go("kinds.days_week", frequency=chosen)


@screen("kinds.days_week")
async def ask_week(_turn: Turn) -> Screen:
    """On which day of the week."""
    return Screen(text("kind-weekday"), choices=weekdays())


@ask_week.answered
async def take_week(turn: Turn, chosen: str) -> Step:
    """Of a two-weekly one it is also asked in which of the two weeks."""
    if turn.values["frequency"] == "biweekly":
        return go("kinds.days_first", day=int(chosen))
    return await _looked_at(turn, Schedule("weekly", int(chosen)))


@screen("kinds.days_first")
async def ask_first(turn: Turn) -> Screen:
    """Which of two weeks counts, by its day."""
    kind, _, day = await kind_now(turn)
    weekly = Schedule("weekly", int(turn.values["day"]))
    days = due_days(weekly, day, day + 2 * WEEK - timedelta(days=1))
    choices = tuple(Choice(one.isoformat(), text("kind-days-on", day=day_month(one))) for one in days)
    return Screen(text("kind-days-first", dues=kind.said), choices=choices)


@ask_first.answered
async def take_first(turn: Turn, chosen: str) -> Step:
    """That day is one of its days."""
    return await _looked_at(turn, Schedule("biweekly", int(turn.values["day"]), date.fromisoformat(chosen)))


@screen("kinds.days_month")
async def ask_month(_turn: Turn) -> Screen:
    """On which day of the month."""
    return Screen(text("kind-month-day"), asks=Asks.DIGITS)


@ask_month.answered
async def take_month(turn: Turn, typed: str) -> Step:
    """Days that every month has, or its last."""
    return await _looked_at(turn, Schedule("monthly", int(typed))) if is_month_day(int(typed)) else Again(text("kind-bad-day"))


@screen("kinds.days_dates")
async def ask_dates(turn: Turn) -> Screen:
    """Every date to come; those that there are now stand beside it."""
    _, newest, day = await kind_now(turn)
    schedule = newest.schedule
    days = due_days(schedule, day, max(schedule.dates))[:MOST_SHOWN] if schedule.dates else []
    rows = (text("kind-days-now", dates=listed_days(days)),) if days else ()
    return Screen(text("kind-days-dates", day=day_month(day)), rows=rows, asks=Asks.TEXT)


@ask_dates.answered
async def take_dates(turn: Turn, typed: str) -> Step:
    """Days to come, none of them before the change can begin: what is opened for one stays."""
    days = read_days(typed, today=day_of(turn.uow.clock.now()))
    if not days:
        return Again(text("kind-bad-dates"))
    *_, day = await kind_now(turn)
    if days[0] < day:
        raise NotInThePast(short_day(day))
    return await _looked_at(turn, Schedule("dates", dates=tuple(days)))


async def _looked_at(turn: Turn, wanted: Schedule) -> Step:
    """On to a last look, unless it is so already."""
    kind, newest, day = await kind_now(turn)
    if same_days(newest.schedule, wanted):
        return End(text("kind-days-same", dues=kind.said, when=when_of(newest.schedule, day)))
    kept = {"day": wanted.day, "dates": [one.isoformat() for one in wanted.dates]}
    return go("kinds.days_confirm", anchor=wanted.anchor.isoformat() if wanted.anchor else "", **kept)


def _wanted(turn: Turn) -> Schedule:
    """What was chosen, as it was shown."""
    values = turn.values
    anchor = date.fromisoformat(values["anchor"]) if values["anchor"] else None
    return Schedule(values["frequency"], int(values["day"]), anchor, tuple(date.fromisoformat(one) for one in values["dates"]))


@screen("kinds.days_confirm")
async def ask_confirm(turn: Turn) -> Screen:
    """Which days, from when on, and which is the first."""
    (kind, _, day), wanted = await kind_now(turn), _wanted(turn)
    first, about = next_due_day(wanted, day), {"dues": kind.said, "when": when_of(wanted, day)}
    # Dates say by themselves from when on they are.
    said = text("kind-days-confirm-dates", **about)
    if first is not None and not wanted.dates:
        said = text("kind-days-confirm", day=day_month(day), first_day=day_month(first), **about)
    return Screen(said, rows=date_rows(wanted, day), choices=(YES, NO))


@ask_confirm.answered
async def take_confirm(_turn: Turn, chosen: str) -> Step:
    """Her own decision."""
    return go("kinds.days_apply") if chosen == "yes" else End(text("kind-cancelled"))


@action("kinds.days_apply", needs=Assurance.PIN, why="pin-why-kind-change")
async def apply(turn: Turn) -> Step:
    """Change them, and tell everybody. The PIN typed twice changes them once: they are so already."""
    (kind, newest, day), wanted = await kind_now(turn), _wanted(turn)
    if not same_days(newest.schedule, wanted):
        kind = await changed(turn, kind, replace(newest, schedule=wanted, from_day=day))
    since = kind.versions[-1].from_day
    when = when_of(wanted, since)
    if wanted.dates:
        return End(text("kind-days-changed-dates", dues=kind.said, when=when))
    return End(text("kind-days-changed", dues=kind.said, when=when, day=day_month(since)))
