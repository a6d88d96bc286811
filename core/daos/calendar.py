"""On which days something is due, in East Africa Time: pure functions of dates, so that nothing ever drifts.

Every day is computed from the schedule itself and never from the day before it, so a late job, a short month or a leap year
moves nothing. A day of the month beyond the month's end is the month's last day: 31 means the last day of every month.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from core.kernel.clock import EAST_AFRICA

Frequency = Literal["weekly", "biweekly", "monthly", "dates"]
Cadence = Literal["daily", "weekly", "biweekly", "monthly", "quarterly", "yearly"]
LAST_DAY = 31
NIGHT_FROM, NIGHT_UNTIL = 21, 7
WEEK, TWO_WEEKS = timedelta(days=7), timedelta(days=14)
# What is due on a day may be paid until its last second.
END_OF_DAY = time(23, 59, 59, tzinfo=EAST_AFRICA)
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
DAYS = {"daily": 1, "weekly": 7, "biweekly": 14}


@dataclass(frozen=True)
class Schedule:
    """When something is due: on a weekday (1 Monday .. 7 Sunday), a day of the month (31: its last), or on these dates.

    anchor: of a two-weekly schedule, any one of its days; it says which of the two weeks counts.
    """

    frequency: Frequency
    day: int = 0
    anchor: date | None = None
    dates: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        match self.frequency:
            case "dates" if not self.dates:
                raise ValueError("a schedule of dates has dates")
            case "monthly" if not 1 <= self.day <= LAST_DAY:
                raise ValueError("a day of the month is 1 to 31")
            case "weekly" | "biweekly" if not 1 <= self.day <= 7:  # noqa: PLR2004 - days of the week
                raise ValueError("a weekday is 1 to 7")
            case "biweekly" if self.anchor is None or self.anchor.isoweekday() != self.day:
                raise ValueError("a two-weekly schedule has an anchor on its own weekday")


def day_of(moment: datetime) -> date:
    """The day on which it is this moment in East Africa."""
    return moment.astimezone(EAST_AFRICA).date()


def due_moment(day: date) -> datetime:
    """Until when what is due on this day may be paid."""
    return datetime.combine(day, END_OF_DAY)


def at_hour(day: date, hour: int) -> datetime:
    """This hour of the day in East Africa."""
    return datetime.combine(day, time(hour, tzinfo=EAST_AFRICA))


def is_night(moment: datetime) -> bool:
    """Whether people sleep, and nothing is sent that can wait: 21:00 to 07:00 in East Africa."""
    hour = moment.astimezone(EAST_AFRICA).hour
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def due_days(schedule: Schedule, since: date, until: date) -> list[date]:
    """Every day from `since` to `until`, both included, on which it is due, in order."""
    match schedule.frequency:
        case "dates":
            return sorted({day for day in schedule.dates if since <= day <= until})
        case "monthly":
            return [day for day in _month_days(schedule.day, since, until) if since <= day <= until]
        case "weekly":
            return list(_every(WEEK, _next_weekday(schedule.day, since), until))
        case "biweekly":
            assert schedule.anchor is not None  # noqa: S101 - a two-weekly schedule has one
            passed = (since - schedule.anchor).days
            first = schedule.anchor + TWO_WEEKS * -(-passed // TWO_WEEKS.days)
            return list(_every(TWO_WEEKS, first, until))


def next_due_day(schedule: Schedule, since: date) -> date | None:
    """The first day from `since` on; None when its dates are over."""
    # The longest that any schedule pauses is two weeks or a month; dates are listed whole.
    until = max((since + timedelta(days=62), *schedule.dates))
    found = due_days(schedule, since, until)
    return found[0] if found else None


def occurrence(start: date, cadence: Cadence, interval: int, number: int) -> date:
    """The day of the payment with this number, from 0, of a series that begins at `start`; `interval`: every so many.

    Counted from the start each time: after 31 January and 28 February comes 31 March.
    """
    if interval < 1 or number < 0:
        raise ValueError("an interval is one or more, a number zero or more")
    if cadence in DAYS:
        return start + timedelta(days=DAYS[cadence] * interval * number)
    return months_later(start, MONTHS[cadence] * interval * number, day=start.day)


def months_later(start: date, months: int, *, day: int) -> date:
    """This day of the month that comes so many months after that of `start`, or its last day when it is shorter."""
    number = start.year * 12 + start.month - 1 + months
    return month_day(number // 12, number % 12 + 1, day)


def month_day(year: int, month: int, day: int) -> date:
    """This day of the month, or its last day when it is shorter."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _month_days(day: int, since: date, until: date) -> Iterator[date]:
    months = range(since.year * 12 + since.month - 1, until.year * 12 + until.month)
    return (month_day(number // 12, number % 12 + 1, day) for number in months)


def _next_weekday(weekday: int, since: date) -> date:
    return since + timedelta(days=(weekday - since.isoweekday()) % 7)


def _every(step: timedelta, first: date, until: date) -> Iterator[date]:
    day = first
    while day <= until:
        yield day
        day += step
