"""The security dashboard's queries, word for word as operators have them, on what the features themselves have written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from core.identity.codes import issue_code
from core.identity.emails import start_email
from core.identity.members import Member
from core.identity.pins import LOCKS_AT, PinGate
from core.identity.strangers import NOBODY
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.secrets import PinHasher
from core.notifications.ports import Rejected
from tests.conftest import FakeClock
from tests.identity.people import PIN, WANJIRU, People, new_id
from tests.notifications.post_office import PostOffice

FAILED_LOGINS = """
-- Failed login attempts (last 24 hours)
SELECT ip_address, COUNT(*) as attempts
FROM login_attempts
WHERE attempt_result = 'failed_password'
  AND created_at > NOW() - INTERVAL '24 hours'
GROUP BY ip_address
ORDER BY attempts DESC
LIMIT 10;
"""
EMAILS = """
-- Email delivery success rate
SELECT status, COUNT(*) as count
FROM email_delivery_log
GROUP BY status;
"""
SMS_COST = """
-- SMS cost (last 30 days)
SELECT 
  SUM(CAST(cost AS DECIMAL)) as total_cost,
  COUNT(*) as total_sms
FROM sms_delivery_log
WHERE created_at > NOW() - INTERVAL '30 days';
"""  # noqa: W291 - unchanged


@pytest.fixture
def now(clock: FakeClock) -> FakeClock:
    """The queries ask the database for the time, so this test lives today."""
    clock.moment = SystemClock().now()
    return clock


@pytest.fixture
def ask(db: Database) -> Callable[[str], Any]:
    async def run(query: str) -> list[tuple[Any, ...]]:
        async with db.unit() as uow:
            return [tuple(row) for row in await uow.session.execute(text(query))]

    return run


@pytest.fixture
async def member(now: FakeClock, db: Database, hasher: PinHasher) -> Member:
    return await People(db, hasher).register()


async def test_failed_logins_are_counted_by_where_they_came_from_for_a_day(
    member: Member, db: Database, hasher: PinHasher, now: FakeClock, ask: Callable[[str], Any]
) -> None:
    gate = PinGate(db, hasher)

    async def enter(pin: str, channel: str, address: str = "", *, device: str = "", who: Any = member.id) -> None:
        await gate.check(
            member=who, pin=pin, channel=channel, event_id=str(new_id()), address=address, device=device, claimed=WANJIRU
        )

    now.advance(hours=-25)
    await enter("604718", "ussd")
    now.advance(hours=25)
    await enter("604718", "ussd")
    await enter("604719", "telegram")
    await enter("604720", "telegram")
    await enter(PIN, "ussd")
    for _ in range(LOCKS_AT + 2):
        await enter("604721", "api", "41.90.64.7", device="program:unknown")
        await enter("604721", "api", "41.90.64.8", device="program:unknown", who=NOBODY)

    # The two on a locked door and those on nobody's account are written down as what they are.
    assert await ask(FAILED_LOGINS) == [("41.90.64.7", LOCKS_AT), ("telegram", 2), ("ussd", 1)]
    others = "SELECT attempt_result, count(*) FROM login_attempts GROUP BY 1 ORDER BY 1"
    assert await ask(others) == [
        ("account_locked", 4),
        ("failed_not_found", LOCKS_AT),
        ("failed_password", LOCKS_AT + 4),
        ("success", 1),
    ]


async def test_emails_are_counted_by_what_became_of_them(
    member: Member, db: Database, now: FakeClock, ask: Callable[[str], Any]
) -> None:
    office = PostOffice(db)
    for number, outcome in enumerate((None, None, Rejected("no such mailbox"))):
        now.advance(minutes=2)
        async with db.unit() as uow:
            await start_email(uow, member=member.id, address=f"w{number}@example.org")
        if outcome is not None:
            office.email.then(outcome)
        await office.work()
    now.advance(hours=2)
    async with db.unit() as uow:
        await start_email(uow, member=member.id, address="w9@example.org")

    assert sorted(await ask(EMAILS)) == [("failed", 1), ("pending", 1), ("sent", 2)]


async def test_sms_are_counted_with_what_they_cost_in_shillings(
    member: Member, db: Database, now: FakeClock, ask: Callable[[str], Any]
) -> None:
    office = PostOffice(db)
    for days in (-31, 30, 1):
        now.advance(days=days)
        async with db.unit() as uow:
            await issue_code(uow, purpose="p", subject=str(days), phone=WANJIRU, language="en", member=member.id)
        await office.work()
    [(cost, count)] = await ask(SMS_COST)
    assert (cost, count) == (Decimal("1.6000"), 2)
    assert office.sms.calls == 3
