"""What is old is forgotten in small bites, what is needed stays, and a count that protects somebody is never lost by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.jobs.handlers import WORK
from core.jobs.retention import BATCH, FORGET, RULES, Rule, forget, forget_by
from core.kernel.db import Database

BEFORE, AFTER = timedelta(hours=1), timedelta(hours=-1)
# A row of each table at a moment; :other is the other column that must differ.
ROWS = {
    "wrong_pin_marks": "(id, bucket, account, began_at, created_at) VALUES (gen_random_uuid(), 1, 'a', :at, :at)",
    "otp_attempts": (
        "(id, purpose, subject, event_id, verdict, tries_left, created_at)"
        " VALUES (gen_random_uuid(), 'p', 's', gen_random_uuid(), 'wrong', 1, :at)"
    ),
    "otp_challenges": (
        "(id, purpose, subject, phone, code_digest, created_at, expires_at)"
        " VALUES (gen_random_uuid(), 'p', gen_random_uuid(), '+254712000001', 'x', :at, :at)"
    ),
    "login_attempts": (
        "(id, identifier, ip_address, attempt_result, channel, created_at)"
        " VALUES (gen_random_uuid(), 'i', 'ussd', 'success', 'ussd', :at)"
    ),
    "security_events": ("(id, event_type, severity, ip_address, created_at) VALUES (gen_random_uuid(), 'x', 'low', '', :at)"),
    "foreign_pins": "(subject, failures, updated_at) VALUES (gen_random_uuid(), 1, :at)",
    "live_messages": "(ref, chat, message_id, created_at, updated_at) VALUES (gen_random_uuid(), 1, 1, :at, :at)",
    "payment_callbacks": (
        "(id, intent, body, digest, remote, received_at, processed_at, outcome)"
        " VALUES (gen_random_uuid(), 'i', '', gen_random_uuid(), '', :at, :at, 'x')"
    ),
    "whole_lists": "(id, since, until, read_at) VALUES (gen_random_uuid(), now() - interval '1 hour', now(), :at)",
    "sms_delivery_log": (
        "(id, to_phone, message, status, created_at) VALUES (gen_random_uuid(), '+254712000001', 'm', 'sent', :at)"
    ),
    "email_delivery_log": "(id, to_email, subject, status, created_at) VALUES (gen_random_uuid(), 'e', 's', 'sent', :at)",
    "chat_pace": "(lane, number, next_at) VALUES ('chat', (random() * 1000000000)::bigint, :at)",
    "chat_delivery_log": "(id, chat, message, status, created_at) VALUES (gen_random_uuid(), 1, 'm', 'sent', :at)",
}
STAYS = {
    "security_events": ("(id, event_type, severity, ip_address, created_at) VALUES (gen_random_uuid(), 'x', 'high', '', :at)"),
    "payment_callbacks": (
        "(id, intent, body, digest, remote, received_at) VALUES (gen_random_uuid(), 'i', '', gen_random_uuid(), '', :at)"
    ),
    "sms_delivery_log": (
        "(id, to_phone, message, status, created_at) VALUES (gen_random_uuid(), '+254712000001', 'm', 'pending', :at)"
    ),
}


@dataclass
class Keeper:
    database: Database

    async def put(self, table: str, row: str, age: timedelta, times: int = 1) -> None:
        async with self.database.unit() as uow:
            for _ in range(times):
                await uow.session.execute(text(f"INSERT INTO {table} {row}"), {"at": uow.clock.now() - age})

    async def count(self, table: str) -> int:
        async with self.database.unit() as uow:
            return int(await uow.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


@pytest.fixture
def keeper(db: Database) -> Keeper:
    return Keeper(db)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.table in ROWS], ids=lambda rule: rule.table)
async def test_a_row_goes_after_its_time_and_not_before(keeper: Keeper, rule: Rule) -> None:
    await keeper.put(rule.table, ROWS[rule.table], rule.keep + BEFORE)
    await keeper.put(rule.table, ROWS[rule.table], rule.keep + AFTER)
    if rule.table in STAYS:
        await keeper.put(rule.table, STAYS[rule.table], rule.keep + BEFORE)

    await forget(keeper, {})

    assert await keeper.count(rule.table) == 1 + (rule.table in STAYS)


async def test_much_goes_in_bounded_bites_each_its_own_unit(keeper: Keeper) -> None:
    rule = RULES[0]
    await keeper.put(rule.table, ROWS[rule.table], rule.keep + BEFORE, times=25)

    assert await forget_by(keeper.database, rule, batches=2, size=10) == (20, 2)
    assert await keeper.count(rule.table) == 5
    assert await forget_by(keeper.database, rule, batches=2, size=10) == (5, 1)


async def test_a_row_that_somebody_holds_is_left_for_the_next_time(keeper: Keeper) -> None:
    rule = next(rule for rule in RULES if rule.table == "live_messages")
    await keeper.put(rule.table, ROWS[rule.table], rule.keep + BEFORE, times=2)
    async with keeper.database.unit() as holder:
        held: Any = await holder.session.execute(text("SELECT ref FROM live_messages LIMIT 1 FOR UPDATE"))
        assert held.one()
        assert await forget_by(keeper.database, rule, batches=1) == (1, 1)
    assert await keeper.count(rule.table) == 1


def test_the_worker_does_it_every_hour_and_keeps_a_lock_longer_than_it_lasts() -> None:
    assert WORK.regularly[FORGET] == "29 * * * *"
    assert BATCH <= 1000
    kept = {rule.table: rule.keep for rule in RULES}
    # Wrong codes in a row close for a day, wrong PINs in the name of nobody for half an hour.
    assert min(kept["otp_challenges"], kept["login_attempts"]) > timedelta(days=2)
