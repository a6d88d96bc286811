"""The audit finds whatever would wait for ever, and whatever is believed before it is proven."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.kernel.db import Database
from core.monitoring.audit import audit, examine
from core.payments.claims import claim_payment
from tests.payments.counter import Counter
from tests.payments.desk import paybill_body
from tests.payments.fake_payouts import FakePayouts

UNSEEN, UNPROVEN = "nothing waits without a next look or somebody's task", "what isn't proven is in no books"
HELD = "payments out are held until they end"
A_PROMPT = "transaction_type = 'stk_push'"
SENT = "transaction_type = 'b2c' AND status = 'processing'"
FAR = "next_check_at + interval '9 days'"
DAMAGE: dict[str, tuple[str, set[str]]] = {
    "a prompt that is looked at next week": (f"UPDATE mpesa_transactions SET next_check_at = {FAR} WHERE {A_PROMPT}", {UNSEEN}),
    "a prompt that is never looked at": (f"UPDATE mpesa_transactions SET next_check_at = NULL WHERE {A_PROMPT}", {UNSEEN}),
    "a prompt called a paybill payment": (f"UPDATE mpesa_transactions SET transaction_type = 'c2b' WHERE {A_PROMPT}", {UNSEEN}),
    "a payment out that is looked at next week": (
        f"UPDATE mpesa_transactions SET next_check_at = {FAR} WHERE {SENT}",
        {UNSEEN},
    ),
    "a payment out that ended and is held": (f"UPDATE mpesa_transactions SET status = 'failed' WHERE {SENT}", {UNSEEN}),
    "a payment out that the sweep can't find": ("DELETE FROM payouts WHERE books = 'held'", {UNSEEN, HELD}),
    "a withdrawal without an end": ("UPDATE withdrawals SET ended_at = NULL", {UNSEEN}),
    "a claim that is asked about next week": (f"UPDATE payment_claims SET next_check_at = {FAR}", {UNSEEN}),
    "a held payment that is asked about next week": (f"UPDATE unproven_payments SET next_check_at = {FAR}", {UNSEEN}),
    "a held payment called proven": (
        "UPDATE unproven_payments SET outcome = 'proven', next_check_at = NULL, ended_at = now()",
        {UNPROVEN},
    ),
    "a held payment that was credited": (
        "UPDATE unproven_payments SET receipt = (SELECT receipt FROM payments_received LIMIT 1)",
        {UNPROVEN},
    ),
}
GUARDS = ("ck_mpesa_transactions_ck_mpesa_transactions_next_check_at",)


@pytest.fixture
async def open_things(db: Database, clock: Any) -> Database:
    """A prompt, a payment out and one that ended, a claim, a large payment that nobody has proven and a small one."""
    counter = Counter(db, FakePayouts(clock), clock)
    wanjiru, otieno = await counter.rich(), await counter.rich()
    await counter.prompted(wanjiru)
    await counter.sent(wanjiru)
    failed = await counter.sent(otieno)
    [name] = await counter.names(failed)
    await counter.hear(failed.payouts[0].id, counter.mpesa.finish(name, "8"))
    number = await counter.number(wanjiru)
    for receipt, amount in (("SGLARGE001", "150000"), ("SGSMALL001", "100")):
        await counter.receive_paybill(paybill_body(counter, account=number, receipt=receipt, amount=amount))
    async with db.unit() as uow:
        await claim_payment(uow, member=wanjiru.id, typed="SGCLAIM001")
    await counter.work()
    return db


async def test_audit_of_open_things_is_content_and_looks_at_all_of_them(open_things: Database) -> None:
    findings = await audit(open_things)

    assert [finding for finding in findings if not finding.ok] == []
    figures = {finding.name: finding.figure for finding in findings}
    # The payment out counts with its money and with its withdrawal.
    assert figures[UNSEEN] == "0 of 6 open things wrong"
    assert figures[UNPROVEN] == "0 of 1 payments held back wrong"


@pytest.mark.parametrize("what", DAMAGE)
async def test_audit_when_something_would_wait_for_ever_finds_it(open_things: Database, what: str) -> None:
    damage, expected = DAMAGE[what]
    async with open_things.engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for guard in GUARDS:
            await connection.execute(text(f"ALTER TABLE mpesa_transactions DROP CONSTRAINT {guard}"))
        await connection.execute(text(damage))
        findings = await examine(connection)
        await connection.rollback()

    assert {finding.name for finding in findings if not finding.ok} == expected
