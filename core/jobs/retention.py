"""Forgets what isn't needed any more, a thousand rows to a unit, so that nobody waits for it and a crash loses nothing.

How long each table is kept, and why, stands beside it. What money moved is never forgotten: the books, their receipts, and
callbacks that nobody could make sense of.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import CursorResult, text

from core.kernel.db import Database

FORGET = "forget-what-is-old"
BATCH = 1000
# A job is given a minute; what is left is forgotten by the next one.
MOST_BATCHES = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """Rows of `table` whose `moment` is longer ago than `keep` go, where the `condition` holds too."""

    table: str
    moment: str
    keep: timedelta
    key: str = "id"
    condition: str = "true"


# A year of attempts, events and sessions: PCI DSS 4.0, 10.5.1. Who was told what is looked into within weeks, and its cost is
# summed by the month. A code is dead after minutes, but a member may ask within the month why one was sent.
YEAR, QUARTER, MONTH = timedelta(days=365), timedelta(days=90), timedelta(days=30)
RULES = (
    # One hour's marks are compared while the next one runs.
    Rule("wrong_pin_marks", "began_at", timedelta(hours=2)),
    Rule("otp_attempts", "created_at", MONTH),
    Rule(
        "otp_challenges",
        "created_at",
        MONTH,
        condition="NOT EXISTS (SELECT FROM otp_attempts a WHERE a.challenge_id = old.id)",
    ),
    Rule("email_addresses", "created_at", MONTH, condition="verified_at IS NULL OR ended_at IS NOT NULL"),
    # Windows of an hour at most are counted, and a write is repeated within the day or not at all.
    Rule("request_counts", "window_start", timedelta(hours=2), key="ctid"),
    Rule("chat_pace", "next_at", timedelta(days=1), key="ctid"),
    Rule("group_chat_tokens", "created_at", timedelta(days=1), key="digest"),
    Rule("idempotency_keys", "created_at", timedelta(days=1)),
    # What is unfinished is offered for a day.
    Rule("drafts", "updated_at", timedelta(days=2), key="user_id"),
    Rule("ussd_sessions", "ended_at", YEAR),
    # A way to a provider lasts minutes; a Mini App's data is good for five.
    Rule("oauth_requests", "created_at", timedelta(days=1)),
    # A used token that comes back is a theft as long as its session may live, which is 30 days.
    Rule("refresh_tokens", "expires_at", QUARTER),
    Rule("member_sessions", "expires_at", YEAR),
    Rule("foreign_pins", "updated_at", YEAR, key="subject"),
    Rule("login_attempts", "created_at", YEAR),
    Rule("security_events", "created_at", YEAR, condition="resolved OR severity = 'low'"),
    Rule("session_audits", "created_at", YEAR),
    # A deposit has its end within days; what is still shown in a chat after a week isn't edited any more.
    Rule("live_messages", "updated_at", timedelta(days=7), key="ref"),
    # M-Pesa answers disputes for about two months; what a callback meant is in mpesa_transactions and the books for ever.
    Rule("payment_callbacks", "received_at", QUARTER, condition="processed_at IS NOT NULL"),
    # Whether M-Pesa's list was whole is asked for as long as a prompt is asked about, which is a week.
    Rule("whole_lists", "read_at", MONTH),
    Rule("sms_delivery_log", "created_at", YEAR, condition="status NOT IN ('pending', 'sending')"),
    Rule("email_delivery_log", "created_at", YEAR, condition="status NOT IN ('pending', 'sending')"),
    Rule("chat_delivery_log", "created_at", YEAR, condition="status NOT IN ('pending', 'sending')"),
    # A gateway repeats a hop within a minute, Telegram an update within a day. The most rows of all, so they come last.
    Rule("answered_turns", "answered_at", timedelta(days=1), key="ctid"),
)


class Services(Protocol):
    """What this needs from outside."""

    @property
    def database(self) -> Database: ...


async def forget(services: Services, payload: dict[str, Any]) -> None:  # noqa: ARG001 - every handler is called alike
    """Forget what is old, table by table."""
    left = MOST_BATCHES
    for rule in RULES:
        gone, batches = await forget_by(services.database, rule, batches=left)
        left -= batches
        if gone:
            log.info("forgot %d rows of %s", gone, rule.table)


async def forget_by(database: Database, rule: Rule, *, batches: int, size: int = BATCH) -> tuple[int, int]:
    """Delete what this rule names, oldest first; how many rows went, in how many units."""
    gone = 0
    for done in range(batches):
        async with database.unit() as uow:
            before = uow.clock.now() - rule.keep
            result = await uow.session.execute(_statement(rule), {"before": before, "size": size})
        assert isinstance(result, CursorResult)  # noqa: S101 - narrows for the type checker
        gone += result.rowcount
        if result.rowcount < size:
            return gone, done + 1
    return gone, batches


def _statement(rule: Rule) -> Any:
    """Rows that somebody else holds at this moment are left for the next time.

    An array is made once. A subquery after IN may be asked anew for each row, and then skips what it has locked itself: more
    than `size` would go.
    """
    return text(
        f"DELETE FROM {rule.table} WHERE {rule.key} = ANY (ARRAY(SELECT old.{rule.key} FROM {rule.table} old"
        f" WHERE old.{rule.moment} < :before AND ({rule.condition})"
        f" ORDER BY old.{rule.moment} LIMIT :size FOR UPDATE SKIP LOCKED))"
    )


Handler = Callable[[Services, dict[str, Any]], Awaitable[None]]
JOBS: dict[str, Handler] = {FORGET: forget}
REGULARLY = {FORGET: "29 * * * *"}
