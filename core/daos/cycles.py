"""When a group's next cycle begins: from then on a changed rule counts, so that no running period changes under anybody.

A cycle is a period of the group's contributions: a month, a week from Monday, or two weeks from Monday, in East Africa Time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from core.daos.calendar import day_of
from core.daos.rules import Rules
from core.kernel.clock import EAST_AFRICA

# A Monday from which two-week cycles are counted, the same for every group.
FIRST_OF_TWO_WEEKS = date(2026, 1, 5)
WEEK, TWO_WEEKS = 7, 14


def next_cycle(rules: Rules, *, now: datetime) -> datetime:
    """The start of the first cycle that begins after `now`, under the rules that are in force; aware, in UTC."""
    today = day_of(now)
    match rules.frequency:
        case "monthly":
            starts = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        case "biweekly":
            starts = today + timedelta(days=TWO_WEEKS - (today - FIRST_OF_TWO_WEEKS).days % TWO_WEEKS)
        case _:
            starts = today + timedelta(days=WEEK - today.weekday())
    return datetime.combine(starts, time(), EAST_AFRICA).astimezone(UTC)
