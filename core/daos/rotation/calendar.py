"""The days of a round's turns, counted from its beginning, so that they never drift. East Africa Time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.daos.calendar import due_moment, months_later

# Members get at least this long from the plan to the first turn.
NOTICE = timedelta(days=2)
WEEKS = {"weekly": 1, "biweekly": 2}


def turn_days(*, frequency: str, due_day: int, begins: date, count: int) -> list[date]:
    """The days of so many turns, the first one not before `begins`.

    `due_day`: of the month (beyond its last day: its last day), or of the week, 1 for Monday.
    """
    if frequency in WEEKS:
        first = begins + timedelta(days=(due_day - begins.isoweekday()) % 7)
        return [first + timedelta(weeks=WEEKS[frequency] * place) for place in range(count)]
    skipped = int(months_later(begins, 0, day=due_day) < begins)
    return [months_later(begins, place + skipped, day=due_day) for place in range(count)]


def ends(day: date, *, days: int = 0) -> datetime:
    """The last moment of a day, or of one some days later."""
    return due_moment(day + timedelta(days=days))
