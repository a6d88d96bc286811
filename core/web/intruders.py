"""Writes down who was turned away from the addresses of payments: a wrong token, or a network that isn't Safaricom's.

Whoever knows no token can still knock as often as they like, so one row stands for all knocks of an address within ten
minutes, and one process writes no more than so many in an hour. What they tried as a token is nobody's business.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from core.identity.events import record_security_event
from core.kernel.db import Database

log = logging.getLogger(__name__)

Why = Literal["wrong-token", "wrong-network"]
SEVERITY = {"wrong-token": "medium", "wrong-network": "high"}
QUIET = timedelta(minutes=10)
MOST_AN_HOUR = 60
HOUR = timedelta(hours=1)
WRITE_SECONDS = 2


class Intruders:
    """Who was turned away lately, and the rows about them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last: dict[tuple[str, Why], datetime] = {}

    async def note(self, *, address: str, why: Why) -> None:
        """Write a security event, unless this address has one. Never raises: the caller is being turned away anyway."""
        try:
            async with asyncio.timeout(WRITE_SECONDS), self._database.unit() as uow:
                if not self._is_news(address, why, uow.clock.now()):
                    return
                await record_security_event(
                    uow,
                    event_type="payment_callback_refused",
                    severity=SEVERITY[why],
                    address=address,
                    details={"why": why},
                )
        except (SQLAlchemyError, OSError, TimeoutError) as problem:
            log.warning("a refused caller can't be written down: %s", type(problem).__name__)

    def _is_news(self, address: str, why: Why, now: datetime) -> bool:
        self._last = {who: at for who, at in self._last.items() if now - at < HOUR}
        last = self._last.get((address, why))
        if (last is not None and now - last < QUIET) or len(self._last) >= MOST_AN_HOUR:
            return False
        self._last[address, why] = now
        return True
