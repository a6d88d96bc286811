"""Looks at what was written down of attempts and codes, every minute, and raises an alarm once for what looks like an attack.

Each signal is one question. An alarm about the same thing is not raised again for an hour, so that a long attack is one line
and not sixty. Where the numbers come from stands beside them; what others ship is in OWASP's and django-allauth's defaults.
"""

from __future__ import annotations

import ipaddress
import logging
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB

from core.identity import codes
from core.identity.code_limits import CodesUnavailable, budget_use
from core.identity.events import record_security_event
from core.identity.models import SecurityEvent
from core.identity.spraying import find_sprays
from core.kernel.db import UnitOfWork

log = logging.getLogger(__name__)

QUIET_FOR = timedelta(hours=1)
# One device that fails on this many accounts within an hour. A handset that a family shares serves two or three.
ACCOUNTS_OF_A_DEVICE = 5
# Failures from one network (/24, /64) within ten minutes; allauth allows ten a minute from one address.
FAILURES_OF_A_NETWORK, NETWORK_MINUTES = 30, 10
# Wrong PINs in a minute: more than 20, and more than five times the median minute of the week.
FAILURES_OF_A_MINUTE, TIMES_MEDIAN = 20, 5
# One who asks for codes to this many numbers within an hour is fishing.
NUMBERS_OF_A_REQUESTER = 10
# Codes that nobody types are pumped: less than 40 % used of those that had fifteen minutes, at least twenty of them.
SHARE_USED, CODES_TO_JUDGE = 0.4, 20


@dataclass(frozen=True)
class Alarm:
    """What looks like an attack. `about` tells two of a kind apart; it and `details` hold nothing secret."""

    event_type: str
    severity: str
    about: str
    address: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


async def watch(uow: UnitOfWork) -> int:
    """Look at every signal and write down what is new; returns how many alarms were raised."""
    raised = 0
    for signal in (_sprays, _devices, _networks, _rush, _requesters, _budgets, _codes):
        async for alarm in signal(uow):
            raised += await _raise(uow, alarm)
    return raised


async def _raise(uow: UnitOfWork, alarm: Alarm) -> bool:
    """Write the alarm down, unless it was about the same thing within the hour."""
    details = {"about": alarm.about, **alarm.details}
    same = select(SecurityEvent.id).where(
        SecurityEvent.event_type == alarm.event_type,
        SecurityEvent.created_at > uow.clock.now() - QUIET_FOR,
        SecurityEvent.details.cast(JSONB).contains({"about": alarm.about}),
    )
    if await uow.session.scalar(same.limit(1)):
        return False
    log.error("alarm %s: %s", alarm.event_type, details)
    await record_security_event(
        uow, event_type=alarm.event_type, severity=alarm.severity, address=alarm.address, details=details
    )
    return True


async def _sprays(uow: UnitOfWork) -> AsyncIterator[Alarm]:
    for spray in await find_sprays(uow):
        yield Alarm("pin_spraying", "high", spray.since.isoformat(), details={"accounts": spray.accounts})


_DEVICES = text("""
SELECT device_fingerprint, count(DISTINCT identifier) AS accounts, min(ip_address) AS address FROM login_attempts
WHERE created_at > :since AND attempt_result <> 'success' AND device_fingerprint IS NOT NULL
GROUP BY device_fingerprint HAVING count(DISTINCT identifier) >= :most
""")


async def _devices(uow: UnitOfWork) -> AsyncIterator[Alarm]:
    since = uow.clock.now() - timedelta(hours=1)
    for row in (await uow.session.execute(_DEVICES, {"since": since, "most": ACCOUNTS_OF_A_DEVICE})).all():
        yield Alarm("device_spraying", "high", row.device_fingerprint, row.address, {"accounts": row.accounts})


_ADDRESSES = text("""
SELECT ip_address, count(*) AS failures FROM login_attempts
WHERE created_at > :since AND attempt_result <> 'success' GROUP BY ip_address
""")


async def _networks(uow: UnitOfWork) -> AsyncIterator[Alarm]:
    since = uow.clock.now() - timedelta(minutes=NETWORK_MINUTES)
    failures: Counter[str] = Counter()
    for row in (await uow.session.execute(_ADDRESSES, {"since": since})).all():
        if network := network_of(row.ip_address):
            failures[network] += row.failures
    for network, count in failures.items():
        if count >= FAILURES_OF_A_NETWORK:
            yield Alarm("network_failures", "medium", network, network, {"failures": count})


def network_of(address: str) -> str | None:
    """The /24 or /64 around an address; None for what isn't one (a channel whose gateway tells none)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    plain = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network(f"{plain}/{24 if plain.version == 4 else 64}", strict=False))  # noqa: PLR2004 - IPv4


_RUSH = text("SELECT channel, count(*) AS failures FROM login_attempts WHERE created_at > :since"
             " AND attempt_result IN ('failed_password', 'failed_not_found') GROUP BY channel")  # fmt: skip
# Minutes without a failure count as zeros, or a quiet service would find its few bad minutes normal.
_MEDIAN = text("""
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(failed.count, 0))
FROM generate_series(CAST(:since AS timestamptz), CAST(:upto AS timestamptz), interval '1 minute') AS minute
LEFT JOIN (
  SELECT date_trunc('minute', created_at) AS minute, count(*) AS count FROM login_attempts
  WHERE created_at > :since AND channel = :channel AND attempt_result IN ('failed_password', 'failed_not_found') GROUP BY 1
) failed ON failed.minute = date_trunc('minute', minute.minute)
""")


async def _rush(uow: UnitOfWork) -> AsyncIterator[Alarm]:
    now = uow.clock.now()
    for row in (await uow.session.execute(_RUSH, {"since": now - timedelta(minutes=1)})).all():
        if row.failures <= FAILURES_OF_A_MINUTE:
            continue
        week = {"since": now - timedelta(days=7), "upto": now, "channel": row.channel}
        usual = await uow.session.scalar(_MEDIAN, week) or 0
        if row.failures > TIMES_MEDIAN * usual:
            yield Alarm("wrong_pin_rush", "high", row.channel, row.channel, {"failures": row.failures, "usual": usual})


_REQUESTERS = text("""
SELECT requester, count(DISTINCT phone) AS numbers FROM otp_challenges
WHERE created_at > :since AND requester IS NOT NULL GROUP BY requester HAVING count(DISTINCT phone) >= :most
""")


async def _requesters(uow: UnitOfWork) -> AsyncIterator[Alarm]:
    since = uow.clock.now() - timedelta(hours=1)
    for row in (await uow.session.execute(_REQUESTERS, {"since": since, "most": NUMBERS_OF_A_REQUESTER})).all():
        yield Alarm("code_fishing", "high", row.requester, details={"numbers": row.numbers})


_JUDGED = text("SELECT count(*) AS sent, count(consumed_at) AS used FROM otp_challenges"
               " WHERE created_at > :since AND created_at <= :upto")  # fmt: skip


async def _budgets(uow: UnitOfWork) -> AsyncIterator[Alarm]:
    """What codes by SMS may cost: nearly spent, spent, or not said at all, which sends none."""
    try:
        budgets = await budget_use(uow)
    except CodesUnavailable:
        yield Alarm("code_budget_missing", "critical", "all")
        return
    for use in budgets:
        details = {"spent": str(use.spent), "most": str(use.most)}
        about = f"{use.within / timedelta(hours=1):.0f} h"
        if use.is_used_up:
            yield Alarm("code_budget_used_up", "critical", about, details=details)
        elif use.is_low:
            yield Alarm("code_budget_low", "high", about, details=details)


async def _codes(uow: UnitOfWork) -> AsyncIterator[Alarm]:
    """Codes that nobody types."""
    now = uow.clock.now()
    judged = {"since": now - codes.LIFETIME - timedelta(minutes=15), "upto": now - codes.LIFETIME}
    row = (await uow.session.execute(_JUDGED, judged)).one()
    if row.sent >= CODES_TO_JUDGE and row.used < SHARE_USED * row.sent:
        yield Alarm("codes_unused", "medium", "all", details={"codes": row.sent, "used": row.used})
