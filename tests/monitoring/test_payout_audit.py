"""The audit finds whatever is wrong with money that was paid out, and nothing when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.money import Money
from core.monitoring.audit import audit, examine
from tests.payments.counter import Counter
from tests.payments.fake_payouts import FakePayouts

PAID, HELD, CHARGED, FEES, UNSEEN = (
    "payments out equal their transfers",
    "payments out are held until they end",
    "M-Pesa's charges are booked as it told them",
    "fees charged equal fees booked",
    "nothing waits without a next look or somebody's task",
)
OF_PAID = "WHERE id = (SELECT id FROM payouts WHERE books = 'paid')"
DAMAGE: dict[str, tuple[str, set[str]]] = {
    "a payment of another amount": (f"UPDATE mpesa_transactions SET amount = amount + 1 {OF_PAID}", {PAID}),
    "a payment that was paid called failed": (f"UPDATE mpesa_transactions SET status = 'failed' {OF_PAID}", {PAID}),
    "a payment with another share of M-Pesa's charge": (
        f"UPDATE payouts SET charge_amount = charge_amount + 1 {OF_PAID}",
        {PAID},
    ),
    "a payment forgotten": ("DELETE FROM payouts WHERE books = 'paid'", {PAID, HELD, CHARGED}),
    "a held payment called paid": ("UPDATE payouts SET books = 'paid' WHERE books = 'held'", {PAID, HELD, UNSEEN}),
    "a held payment called released": ("UPDATE payouts SET books = 'released' WHERE books = 'held'", {HELD, UNSEEN}),
    "a released payment called held": ("UPDATE payouts SET books = 'held' WHERE books = 'released'", {HELD, UNSEEN}),
    "a charge changed": (f"UPDATE payouts SET real_charge = real_charge + 1 {OF_PAID}", {CHARGED}),
    "a charge that was never booked": (
        "UPDATE payouts SET real_charge = 1, charge_source = 'x', charge_booked_at = now() WHERE books = 'released'",
        {CHARGED},
    ),
    "our fee changed": (
        "UPDATE transaction_fees SET fee_amount = 6, platform_revenue = 6 WHERE fee_type = 'platform_fee'",
        {FEES},
    ),
}


@pytest.fixture
async def paid_out(db: Database, clock: Any) -> Database:
    """One payment that was paid and charged, one that was released, one that is on its way."""
    counter = Counter(db, FakePayouts(clock), clock)
    wanjiru = await counter.rich()
    for code in ("0", "8", None):
        started = await counter.sent(wanjiru)
        [name] = await counter.names(started)
        if code:
            await counter.hear(started.payouts[0].id, counter.mpesa.finish(name, code, charge=Money(5_00)))
        if code == "0":
            await counter.hear(started.payouts[0].id, counter.mpesa.answer(name), "status-result")
    return db


async def found(db: Database, damage: str) -> set[str]:
    """What the audit finds after this damage, done past every guard; then undone."""
    async with db.engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text("ALTER TABLE payouts DROP CONSTRAINT ck_payouts_charged_when_paid"))
        await connection.execute(text(damage))
        findings = await examine(connection)
        await connection.rollback()
    return {finding.name for finding in findings if not finding.ok}


async def test_audit_of_money_paid_out_is_content_and_looks_at_all_of_it(paid_out: Database) -> None:
    findings = await audit(paid_out)

    assert [finding for finding in findings if not finding.ok] == []
    figures = {finding.name: finding.figure for finding in findings}
    assert figures[PAID] == "0 of 1 payments out wrong"
    assert figures[HELD] == "0 of 3 payments out wrong"
    assert figures[CHARGED] == "0 of 1 charges wrong"


async def test_audit_when_something_was_altered_finds_it(paid_out: Database) -> None:
    findings = {what: await found(paid_out, damage) for what, (damage, _) in DAMAGE.items()}

    assert findings == {what: expected for what, (_, expected) in DAMAGE.items()}
