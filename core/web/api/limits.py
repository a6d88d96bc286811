"""How often one may ask. Counted in PostgreSQL and committed before anything else is done.

Nothing is let through that couldn't be counted: without the database there is no answer at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from core.kernel.db import UnitOfWork
from core.web.api.errors import TooManyRequests
from core.web.api.models import RequestCount

MINUTE, QUARTER, HOUR = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` requests of one subject within a window that begins at whole minutes or hours."""

    most: int
    window: timedelta


# Mobile networks put thousands of people behind one address, so an address may ask often; signing in is dearer.
BY_ADDRESS = Limit(600, MINUTE)
LOGIN_BY_ADDRESS = Limit(30, MINUTE)
LOGIN_BY_NUMBER = Limit(10, QUARTER)
BY_MEMBER = Limit(120, MINUTE)
# Over all keys of one owner; each key has its own limit besides.
KEYS_BY_OWNER = Limit(10_000, HOUR)


async def count_request(uow: UnitOfWork, *, subject: str, limit: Limit) -> None:
    """Count one. Raises TooManyRequests when it doesn't fit; the count is kept only if the unit commits."""
    now = uow.clock.now()
    start = datetime.fromtimestamp(now.timestamp() // limit.window.total_seconds() * limit.window.total_seconds(), UTC)
    first = insert(RequestCount).values(subject=subject, window_start=start, requests=1)
    more = first.on_conflict_do_update(index_elements=["subject", "window_start"], set_={"requests": RequestCount.requests + 1})
    requests = await uow.session.scalar(more.returning(RequestCount.requests))
    if requests is None or requests > limit.most:
        raise TooManyRequests(max(1, math.ceil((start + limit.window - now).total_seconds())))
