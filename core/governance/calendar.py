"""When votes close and remind: in the evening in East Africa, before the quiet hours, never at night."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.kernel.clock import EAST_AFRICA

# The result is told before people sleep; the last reminder comes the same morning.
CLOSING_HOUR = 20
REMINDED_BEFORE = timedelta(hours=11)
DAY = timedelta(days=1)


def closing_time(opened: datetime, days: int) -> datetime:
    """The first evening by which a vote has been open for `days` whole days."""
    earliest = (opened + days * DAY).astimezone(EAST_AFRICA)
    evening = earliest.replace(hour=CLOSING_HOUR, minute=0, second=0, microsecond=0)
    return evening if evening >= earliest else evening + DAY
