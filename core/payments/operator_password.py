"""Warns before the API operator's password expires.

Safaricom ends it after 90 days, and from then on every payout is refused. It can't be asked how old the password is, so an
operator writes down when it was set.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import select

from core.identity.events import record_security_event
from core.identity.models import SecurityEvent
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database, UnitOfWork
from core.kernel.settings import Settings

log = logging.getLogger(__name__)

WATCH_JOB = "watch-operator-password"
# Safaricom's page on going live: an API operator's password lives for 90 days.
LIFE = timedelta(days=90)
# When somebody should begin to change it, and when it is urgent.
SOON, URGENT = timedelta(days=14), timedelta(days=3)
EXPIRING = "operator_password_expires"


class Services(Protocol):
    """What the job needs."""

    @property
    def database(self) -> Database: ...
    @property
    def settings(self) -> Settings: ...


def days_left(set_on: date, today: date) -> int:
    """How long the password still works; negative when it doesn't."""
    return (set_on + LIFE - today).days


async def watch(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Raise the alarm once when the password will expire soon, and once more when it is urgent."""
    set_on = services.settings.daraja.initiator_password_set
    if set_on is None:
        return
    async with services.database.unit() as uow:
        await warn(uow, set_on=set_on)


async def warn(uow: UnitOfWork, *, set_on: date) -> None:
    """Write the event that fits today, unless it was written for this password."""
    left = days_left(set_on, uow.clock.now().astimezone(EAST_AFRICA).date())
    if left > SOON.days:
        return
    severity = "critical" if left <= URGENT.days else "high"
    known = select(SecurityEvent.details).where(SecurityEvent.event_type == EXPIRING, SecurityEvent.severity == severity)
    if any(details.get("set_on") == set_on.isoformat() for details in await uow.session.scalars(known)):
        return
    log.error("the M-Pesa operator's password expires in %d days", left)
    details = {"set_on": set_on.isoformat(), "expires_on": (set_on + LIFE).isoformat()}
    await record_security_event(uow, event_type=EXPIRING, severity=severity, details=details)


JOBS = {WATCH_JOB: watch}
# Every morning, in cron's notation (UTC).
REGULARLY = {WATCH_JOB: "15 3 * * *"}
