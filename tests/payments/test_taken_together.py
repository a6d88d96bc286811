"""Many payments of which nobody had told: taken in together they come to what each by itself would have."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from core.kernel.db import Database
from core.kernel.money import Money
from core.ledger.service import BrokenPosting
from core.payments.claims import claim_payment
from core.payments.receiving import take_in
from core.payments.receiving_many import take_in_new
from core.payments.sources import Payment
from core.payments.statements import reconciling
from core.payments.statements.reconciling import import_statement
from core.providers.daraja.statement_file import read_statement
from tests.ledger.test_history import counted

from .counter import Counter
from .desk import Desk
from .fake_payouts import FakePayouts
from .statement_samples import SHORTCODE
from .test_paybill import group_of
from .test_reconciliation import Office

# What tells two rows apart that are otherwise the same.
OWN = {"id", "mpesa_receipt_number", "receipt", "transaction_id", "key", "fingerprint", "details", "message", "posted_at"}


@pytest.fixture
def office(db: Database, clock: Any) -> Office:
    return Office(Counter(db, FakePayouts(clock), clock))


def payment(receipt: str, account: str, amount: int = 500) -> Payment:
    return Payment(receipt, Money(amount * 100), "statement", account=account, payer="2547*****001", payer_name="WANJIRU")


async def together(desk: Desk, *payments: Payment) -> set[str]:
    async with desk.database.unit() as uow:
        return await take_in_new(uow, payments)


async def left_by(desk: Desk, receipt: str) -> dict[str, Any]:
    """Everything that the payment of this receipt has left, but for what is its own."""
    tables = {
        "deposit": "SELECT * FROM mpesa_transactions WHERE mpesa_receipt_number = :receipt",
        "payment": "SELECT * FROM payments_received WHERE receipt = :receipt",
        "fee": "SELECT f.* FROM transaction_fees f JOIN mpesa_transactions m ON m.id = f.transaction_id"
        " WHERE m.mpesa_receipt_number = :receipt",
        "legs": "SELECT b.kind, b.user_id, b.dao_id, b.name, e.bucket, e.leg, e.amount FROM ledger_transfers t"
        " JOIN mpesa_transactions m ON m.id = t.key JOIN ledger_entries e ON e.transfer_id = t.id"
        " JOIN ledger_balances b ON b.id = e.balance_id WHERE m.mpesa_receipt_number = :receipt ORDER BY e.leg",
        "transfer": "SELECT t.kind, t.step, t.details, t.event_at FROM ledger_transfers t"
        " JOIN mpesa_transactions m ON m.id = t.key WHERE m.mpesa_receipt_number = :receipt",
    }
    found = {name: await desk.rows(query, receipt=receipt) for name, query in tables.items()}
    return {name: [{k: v for k, v in row._mapping.items() if k not in OWN} for row in rows] for name, rows in found.items()}


@pytest.mark.parametrize("for_group", [False, True])
async def test_payment_that_is_taken_in_with_others_leaves_what_it_would_have_left_alone(desk: Desk, for_group: bool) -> None:
    wanjiru = await desk.person()
    number = await desk.number(wanjiru, await group_of(desk, wanjiru) if for_group else None)
    async with desk.database.unit() as uow:
        assert (await take_in(uow, payment("SGALONE001", number))).outcome == "credited"

    assert await together(desk, payment("SGMANY0001", number), payment("SGMANY0002", number, 70)) == {
        "SGMANY0001",
        "SGMANY0002",
    }

    alone, one_of_many = await left_by(desk, "SGALONE001"), await left_by(desk, "SGMANY0001")
    assert one_of_many == alone
    assert [len(alone[name]) for name in ("deposit", "payment", "fee", "transfer")] == [1, 1, 1, 1]
    await desk.work()
    said = await desk.sms(wanjiru)
    assert [sum(receipt in one for one in said) for receipt in ("SGALONE001", "SGMANY0001", "SGMANY0002")] == [1, 1, 1]
    await desk.audit_is_clean()


async def test_payment_that_is_not_plainly_new_is_left_to_a_closer_look(desk: Desk) -> None:
    wanjiru = await desk.person()
    number = await desk.number(wanjiru)
    await desk.confirm(account=number, receipt="SGKNOWN001")
    await desk.confirm(account="chama", receipt="SGSUSPENSE")
    await desk.confirm(account=number, receipt="SGHELD0001", amount="200000")
    await desk.work()
    async with desk.database.unit() as uow:
        assert (await claim_payment(uow, member=wanjiru.id, typed="SGCLAIM001")).outcome == "asking"
    await desk.prompted(wanjiru)
    reference = desk.mobile_money.last.request.reference
    assert (await desk.rows("SELECT receipt FROM unproven_payments"))[0].receipt == "SGHELD0001"
    before = await desk.rows("SELECT id FROM ledger_transfers ORDER BY id")

    odd = [
        payment(receipt, number)
        for receipt in ("SGKNOWN001", "SGSUSPENSE", "SGHELD0001", "SGCLAIM001", "SGTWICE001", "SGTWICE001")
    ]
    odd += [payment("SGPROMPT01", reference), payment("SGSTRAY001", "chama"), payment("SGPHONE001", wanjiru.phone)]
    odd += [payment("SGDIGIT001", f"{number[:-1]}{(int(number[-1]) + 1) % 10}"), payment("SGBLANK001", "")]

    assert await together(desk, *odd) == set()
    assert await desk.rows("SELECT id FROM ledger_transfers ORDER BY id") == before


async def statement_of(office: Office, payments: int) -> int:
    """How often the database is asked for a statement with so many payments of which nobody had told."""
    counter, day = office.counter, office.counter.clock.now()
    people = [await counter.person() for _ in range(2)]
    for number in range(payments):
        whose = people[number % 2]
        account = await counter.number(whose)
        office.bank.enters("paybill", 100, f"SGNEW{payments:02}{number:03}", account=account, phone=whose.phone, at=day)
    file = read_statement(office.bank.file("organisation", since=day))
    with counted(counter.database) as asked:
        await import_statement(counter.database, file, name="x.csv", shortcode=SHORTCODE, said=SHORTCODE)
    assert await office.open_rows() == []
    await counter.wait(days=1)
    assert await counter.has(people[0]) == Money((payments + 1) // 2 * 97_50)
    return len(asked)


async def test_statement_of_a_day_of_which_nobody_told_takes_as_many_queries_for_many_rows_as_for_few(office: Office) -> None:
    few, many = await statement_of(office, 3), await statement_of(office, 30)

    assert many == few
    await office.held()


async def test_statement_with_new_and_odd_payments_credits_each_once(office: Office) -> None:
    counter = office.counter
    wanjiru, otieno = await counter.person(), await counter.person()
    number, other = await counter.number(wanjiru), await counter.number(otieno)
    office.bank.enters("paybill", 500, "SGKNOWN001", account=number, phone=wanjiru.phone)
    await counter.confirm(account=number, receipt="SGKNOWN001")
    office.bank.enters("paybill", 500, "SGCLAIM001", account="chama", phone=wanjiru.phone)
    async with counter.database.unit() as uow:
        await claim_payment(uow, member=wanjiru.id, typed="SGCLAIM001")
    office.bank.enters("paybill", 40, "SGSTRAY001", account="chama", phone=otieno.phone)
    for place in range(3):
        office.bank.enters("paybill", 100, f"SGNEW0000{place}", account=other, phone=wanjiru.phone)

    await office.imports()
    await office.imports()
    await counter.work()

    assert (await counter.has(wanjiru), await counter.has(otieno)) == (Money(2 * 487_50), Money(3 * 97_50))
    assert (await counter.suspense(), await office.open_rows()) == (Money(40_00), [])
    await office.held()


@pytest.mark.parametrize("problem", [OperationalError("SELECT", {}, Exception("deadlock detected")), BrokenPosting("refused")])
async def test_statement_when_many_at_once_do_not_go_through_takes_them_one_by_one(
    office: Office, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    async def refused(*_: object, **__: object) -> int:
        raise problem

    monkeypatch.setattr(reconciling, "match_new_payments", refused)
    wanjiru = await office.counter.person()
    number = await office.counter.number(wanjiru)
    office.bank.enters("paybill", 500, "SGNEW00001", account=number, phone=wanjiru.phone)

    await office.imports()

    assert await office.counter.has(wanjiru) == Money(487_50)
    await office.held()


@pytest.mark.parametrize("round_", range(3))
async def test_payments_that_are_confirmed_while_the_statement_brings_them_are_credited_once(
    office: Office, round_: int
) -> None:
    counter = office.counter
    people = [await counter.person() for _ in range(3)]
    numbers = [await counter.number(person) for person in people]
    receipts = [f"SGNEW{round_}{place:04}" for place in range(24)]
    for place, receipt in enumerate(receipts):
        office.bank.enters("paybill", 100, receipt, account=numbers[place % 3], phone=people[place % 3].phone)
    file = read_statement(office.bank.file("organisation"))

    async def confirmed(receipt: str, account: str) -> None:
        async with counter.database.unit() as uow:
            await take_in(uow, Payment(receipt, Money(100_00), "c2b", account=account))

    importing = import_statement(counter.database, file, name="x.csv", shortcode=SHORTCODE, said=SHORTCODE)
    await asyncio.gather(importing, *(confirmed(one, numbers[place % 3]) for place, one in reversed(list(enumerate(receipts)))))
    await office.imports()

    assert [await counter.has(person) for person in people] == [Money(8 * 97_50)] * 3
    assert await office.open_rows() == []
    await office.held()
