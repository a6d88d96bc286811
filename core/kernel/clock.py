"""The only place that asks the machine what time it is.

Times are aware UTC datetimes; days, due times and what people read are East Africa Time (UTC+3, no daylight saving).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

EAST_AFRICA = timezone(timedelta(hours=3), "EAT")


class Clock(Protocol):
    """Tells the time. Tests turn it by hand."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Standing:
    """A clock that has stopped at a moment."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def local_time(moment: datetime) -> str:
    """As people read it: 5/11/26 14:05, East Africa Time."""
    there = moment.astimezone(EAST_AFRICA)
    return f"{there.day}/{there.month}/{there:%y %H:%M}"
