"""The audit finds whatever is wrong between M-Pesa's statement, what was undone, corrections and the books."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.kernel.db import Database
from core.monitoring.audit import audit, examine
from core.monitoring.reconciliation_invariants import SENTENCES
from core.payments import corrections
from tests.payments.counter import Counter
from tests.payments.fake_payouts import FakePayouts
from tests.payments.test_reconciliation import RECEIPT, Office, paid_in

SUSPENSE, CORRECTED, SET_ASIDE, BOOKED, UNDONE = (name for _, name, _ in SENTENCES)
A_ROW = "(SELECT id FROM statement_rows WHERE booked IS NOT NULL AND state = 'matched' LIMIT 1)"
DAMAGE: dict[str, tuple[str, set[str]]] = {
    "a row of another amount": (f"UPDATE statement_rows SET amount = amount + 1 WHERE id = {A_ROW}", {BOOKED}),
    "a row called unbooked": (f"UPDATE statement_rows SET booked = NULL WHERE id = {A_ROW}", {BOOKED}),
    "a row booked that never was": (
        "UPDATE statement_rows SET booked = id WHERE booked IS NULL AND state = 'matched' AND kind = 'payment'",
        {BOOKED},
    ),
    "what was undone forgotten": ("DELETE FROM payment_reversals", {UNDONE}),
    "another amount undone": ("UPDATE payment_reversals SET amount = amount + 1", {UNDONE}),
    "a payment out of suspense": ("DELETE FROM payments_received WHERE transaction_id IS NULL", {SUSPENSE}),
    "a correction of one person": ("UPDATE corrections SET requested_by = approved_by WHERE kind = 'refund'", {CORRECTED}),
    "a correction forgotten": ("DELETE FROM corrections WHERE kind = 'book'", {CORRECTED, SUSPENSE}),
    "a refund called done": ("UPDATE corrections SET state = 'done', ended_at = now() WHERE kind = 'refund'", {SET_ASIDE}),
}


@pytest.fixture
async def lived_in(db: Database, clock: Any) -> Office:
    """A float, a payment that was taken back, one in suspense, one that is being sent back, a row explained by two people."""
    office = Office(Counter(db, FakePayouts(clock), clock))
    counter, bank = office.counter, office.bank
    people = [await counter.person() for _ in range(3)]
    bank.enters("float", 10_000, "SGFLOAT001")
    await paid_in(office, people[0], 500, RECEIPT)
    await paid_in(office, people[0], 60, "SGC2B00002")
    await counter.confirm(account="chama", receipt="SGC2B00003", amount="70")
    await counter.work()
    bank.enters("reversal", 60, "SGBACK0001", linked="SGC2B00002")
    bank.enters("payout", 300, "SGSENT0009")
    await office.imports()
    (row,) = await counter.rows("SELECT id FROM statement_rows WHERE state = 'open'")
    for kind, subject, against in (("book", str(row.id), "suspense"), ("refund", RECEIPT, "")):
        async with db.unit() as uow:
            await corrections.request(uow, kind=kind, subject=subject, by=people[1].id, reason="x", against=against)  # type: ignore[arg-type]
        async with db.unit() as uow:
            await corrections.approve(uow, subject=subject, by=people[2].id)
    return office


async def found(db: Database, damage: str) -> set[str]:
    """What the audit finds after this damage, done past every guard; then undone."""
    async with db.engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text("ALTER TABLE corrections DROP CONSTRAINT ck_corrections_two_people"))
        await connection.execute(text(damage))
        findings = await examine(connection)
        await connection.rollback()
    ours = {name for _, name, _ in SENTENCES}
    return {finding.name for finding in findings if not finding.ok} & ours


async def test_audit_is_content_with_all_of_it_and_finds_what_was_altered(lived_in: Office) -> None:
    findings = await audit(lived_in.counter.database)

    assert [finding for finding in findings if not finding.ok] == []
    figures = {finding.name: finding.figure for finding in findings}
    assert (figures[BOOKED], figures[UNDONE]) == ("0 of 1 rows wrong", "0 of 1 reversals wrong")
    assert figures[CORRECTED] == "0 of 2 corrections wrong"
    assert {what: await found(lived_in.counter.database, damage) for what, (damage, _) in DAMAGE.items()} == {
        what: expected for what, (_, expected) in DAMAGE.items()
    }
    assert set().union(*(expected for _, expected in DAMAGE.values())) == {SUSPENSE, CORRECTED, SET_ASIDE, BOOKED, UNDONE}
