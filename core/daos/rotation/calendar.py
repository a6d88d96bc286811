"""The days of a round's turns, counted from its beginning, so that they never drift. East Africa Time."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

from core.kernel.clock import EAST_AFRICA

DUE_AT = time(23, 59, 59)
# Members get at least this long from the plan to the first turn.
NOTICE = timedelta(days=2)
WEEKS = {"weekly": 1, "biweekly": 2}
DECEMBER = 12


def turn_days(*, frequency: str, due_day: int, begins: date, count: int) -> list[date]:
    """The days of so many turns, the first one not before `begins`.

    `due_day`: of the month (beyond its last day: its last day), or of the week, 1 for Monday.
    """
    if frequency in WEEKS:
        first = begins + timedelta(days=(due_day - begins.isoweekday()) % 7)
        return [first + timedelta(weeks=WEEKS[frequency] * place) for place in range(count)]
    skipped = int(_in_month(begins, 0, due_day) < begins)
    return [_in_month(begins, place + skipped, due_day) for place in range(count)]


def today(moment: datetime) -> date:
    """The day that it is in East Africa."""
    return moment.astimezone(EAST_AFRICA).date()


def ends(day: date, *, days: int = 0) -> datetime:
    """The last moment of a day, or of one some days later."""
    return datetime.combine(day + timedelta(days=days), DUE_AT, EAST_AFRICA)


def _in_month(begins: date, months: int, day: int) -> date:
    total = begins.month - 1 + months
    year, month = begins.year + total // DECEMBER, total % DECEMBER + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
