"""Corrections take two people, move money by new transfers only, and leave a record that nobody can change."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from core.kernel.db import Database
from core.kernel.money import Money
from core.ledger.accounts import MPESA_REFUNDS, MPESA_TRANSIT, SUSPENSE, WRITE_OFFS
from core.payments import corrections
from core.payments.correction_acts import AlreadySpent, NotCorrectable
from core.payments.corrections import AlreadyAsked, Asked, NothingAsked, open_corrections
from core.payments.inbox import store_callback
from core.payments.outcomes import Accepted, Failed, Taken, Unknown
from core.payments.ports import RefundRequest
from core.payments.suspense import SamePerson, in_suspense

from .counter import Counter
from .desk import Person
from .fake_payouts import FakePayouts
from .test_reconciliation import RECEIPT, Office, paid_in


class FakeBank(FakePayouts):
    """M-Pesa that undoes payments, or says why not."""

    refunds: list[RefundRequest]
    answers: list[Taken]

    async def refund(self, request: RefundRequest) -> Taken:
        self.refunds.append(request)
        return self.answers.pop(0) if self.answers else Accepted(f"AG_refund_{len(self.refunds)}")


@pytest.fixture
async def office(db: Database, clock: Any) -> Office:
    bank = FakeBank(clock)
    bank.refunds, bank.answers = [], []
    return Office(Counter(db, bank, clock))


@pytest.fixture
async def two(office: Office) -> tuple[Person, Person]:
    """Two operators."""
    return await office.counter.person(), await office.counter.person()


async def asked(office: Office, kind: Any, subject: str, by: Person, **given: Any) -> Asked:
    async with office.counter.database.unit() as uow:
        return await corrections.request(uow, kind=kind, subject=subject, by=by.id, reason="seen in the portal", **given)


async def approved(office: Office, subject: str, by: Person) -> Asked:
    async with office.counter.database.unit() as uow:
        done = await corrections.approve(uow, subject=subject, by=by.id)
    await office.counter.work()
    return done


async def hears(
    office: Office, *, code: object = 0, original: str = RECEIPT, receipt: str = "SGBACK0001", number: int = 1
) -> str:
    """M-Pesa's answer to a refund, in Safaricom's shape."""
    counter, bank = office.counter, office.counter.mobile_money
    parameters = [{"Key": "Amount", "Value": 500}, {"Key": "OriginalTransactionID", "Value": original}]
    ids = {"OriginatorConversationID": "x", "ConversationID": f"AG_refund_{number}", "TransactionID": receipt}
    body: dict[str, Any] = {"Result": {"ResultCode": code, "ResultDesc": "", **ids}}
    if code == 0:
        body["Result"]["ResultParameters"] = {"ResultParameter": parameters}
    assert isinstance(bank, FakeBank)
    *_, kind, intent, _result = bank.refunds[-1].result_url.split("/")
    async with counter.database.unit() as uow:
        await store_callback(uow, kind=f"{kind}-result", intent=intent, body=json.dumps(body).encode(), remote="")
    await counter.work()
    return str((await counter.outcomes())[-1])


def requests(office: Office) -> list[RefundRequest]:
    bank = office.counter.mobile_money
    assert isinstance(bank, FakeBank)
    return bank.refunds


async def test_refund_is_set_aside_asked_for_and_gone_when_mpesa_has_undone_it(
    office: Office, two: tuple[Person, Person]
) -> None:
    counter, (one, other) = office.counter, two
    wanjiru = await counter.person()
    await paid_in(office, wanjiru, 500, RECEIPT)

    await asked(office, "refund", RECEIPT.lower(), one)
    assert (await counter.has(wanjiru), requests(office)) == (Money(487_50), [])
    await approved(office, RECEIPT, other)
    assert (await counter.has(wanjiru), (await counter.holds(MPESA_REFUNDS)).available) == (Money(0), Money(487_50))
    await counter.audit_is_clean()
    assert [(refund.receipt, refund.amount) for refund in requests(office)] == [(RECEIPT, Money(500_00))]

    office.bank.enters("reversal", 500, "SGBACK0001", phone=wanjiru.phone, linked=RECEIPT)
    assert await hears(office) == "refunded"
    assert await hears(office) in ("repeated", "refunded")
    await office.imports()

    assert (await counter.holds(MPESA_REFUNDS)).available == Money(0)
    assert await office.open_rows() == []
    (row,) = await counter.rows("SELECT state, requested_by, approved_by, outcome FROM corrections")
    assert (row.state, row.requested_by, row.approved_by, row.outcome) == ("done", one.id, other.id, "SGBACK0001")
    assert {(fee[0], fee[1]) for fee in await counter.revenue()} == {("mpesa_deposit", 12.5), ("mpesa_deposit_returned", -12.5)}
    await office.held()


@pytest.mark.parametrize("told_by", ["statement", "already-done"])
async def test_refund_whose_answer_was_lost_is_found_undone(office: Office, two: tuple[Person, Person], told_by: str) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    await paid_in(office, wanjiru, 500, RECEIPT)
    bank = counter.mobile_money
    assert isinstance(bank, FakeBank)
    bank.answers = [Unknown("timeout")]
    await asked(office, "refund", RECEIPT, two[0])
    await approved(office, RECEIPT, two[1])
    office.bank.enters("reversal", 500, "SGBACK0001", phone=wanjiru.phone, linked=RECEIPT)

    if told_by == "already-done":
        await counter.wait(minutes=16)
        assert len(requests(office)) == 2
        assert await hears(office, code="R000001", number=2) == "refunded"
    await office.imports()
    await counter.wait(days=3)

    assert len(requests(office)) == (2 if told_by == "already-done" else 1)
    (row,) = await counter.rows("SELECT receipt FROM payment_reversals")
    assert row.receipt == "SGBACK0001"
    assert await office.open_rows() == []
    await office.held()


async def test_refund_that_mpesa_refuses_comes_back_to_whoever_had_it(office: Office, two: tuple[Person, Person]) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    await paid_in(office, wanjiru, 500, RECEIPT)
    await paid_in(office, wanjiru, 70, "SGC2B00002")
    await counter.confirm(account="chama", receipt="SGC2B00003", amount="60")
    await counter.work()
    bank = counter.mobile_money
    assert isinstance(bank, FakeBank)
    bank.answers = [Accepted("AG_refund_1"), Failed("400.002.02", "Bad Request", "refused")]

    await asked(office, "refund", RECEIPT, two[0])
    await approved(office, RECEIPT, two[1])
    assert await hears(office, code=1) == "released"
    # In suspense it is nobody's while it is on its way back, and waits there again afterwards.
    await asked(office, "refund", "SGC2B00003", two[0])
    await approved(office, "SGC2B00003", two[1])

    assert await counter.has(wanjiru) == Money(487_50 + 68_25)
    assert [row.state for row in await counter.rows("SELECT state FROM corrections ORDER BY id")] == ["failed", "failed"]
    async with counter.database.unit() as uow:
        assert [one.receipt for one in await in_suspense(uow)] == ["SGC2B00003"]
    await counter.audit_is_clean()


async def test_refund_that_nobody_answers_is_repeated_and_then_a_persons_task(
    office: Office, two: tuple[Person, Person]
) -> None:
    counter = office.counter
    await paid_in(office, await counter.person(), 500, RECEIPT)
    await asked(office, "refund", RECEIPT, two[0])
    await approved(office, RECEIPT, two[1])
    await counter.forget_jobs()
    counter.clock.advance(minutes=20)
    await counter.take_named("sweep-refunds")
    await counter.wait(days=4)

    assert len(requests(office)) == 5
    (row,) = await counter.rows("SELECT state, attention FROM corrections")
    assert (row.state, row.attention) == ("sent", "unresolved")
    assert await hears(office, original="SGOTHER001", number=5) == "quarantined: receipt-mismatch"
    assert await hears(office, number=5) == "refunded"


async def test_what_suspense_carries_is_recovered_or_written_off(office: Office, two: tuple[Person, Person]) -> None:
    counter = office.counter
    wanjiru, otieno = await counter.rich(), await counter.person()
    # A payout that M-Pesa had denied and then paid.
    started = await counter.sent(wanjiru, Money(500_00))
    [name] = await counter.names(started)
    body = counter.mpesa.finish(name)
    denied = json.loads(body)
    denied["Result"] |= {"ResultCode": 8, "ResultParameters": None}
    await counter.hear(started.payouts[0].id, json.dumps(denied).encode())
    await counter.hear(started.payouts[0].id, body)
    late = counter.mpesa.paid[-1][1]
    # A payment that was taken back after it had been spent.
    await paid_in(office, otieno, 500, RECEIPT)
    await counter.sent(otieno, Money(300_00))
    office.bank.enters("reversal", 500, "SGBACK0001", linked=RECEIPT)
    await office.imports()
    assert (await counter.holds(SUSPENSE)).available == Money(-1_000_00)
    await counter.audit_is_clean()

    await asked(office, "recover", late, two[0])
    await approved(office, late, two[1])
    await asked(office, "recover", RECEIPT, two[0])
    with pytest.raises(AlreadySpent):
        await approved(office, RECEIPT, two[1])
    async with counter.database.unit() as uow:
        await corrections.withdraw(uow, subject=RECEIPT, by=two[0].id)
    await asked(office, "write-off", RECEIPT, two[0])
    await approved(office, RECEIPT, two[1])

    assert (await counter.holdings(wanjiru)).total == Money(9_500_00)
    assert (await counter.holds(SUSPENSE)).available == Money(0)
    assert (await counter.holds(WRITE_OFFS)).available == Money(-500_00)
    assert "M-PESA had paid it to you as well" in (await counter.sms(wanjiru))[-1]
    assert [row.attention for row in await counter.rows("SELECT attention FROM payment_reversals")] == [None]
    with pytest.raises(NotCorrectable):
        await asked(office, "recover", late, two[0])
    await counter.audit_is_clean()


async def test_payment_of_the_wrong_member_goes_to_whose_it_is(office: Office, two: tuple[Person, Person]) -> None:
    counter = office.counter
    wrong, right = await counter.person(), await counter.person()
    await paid_in(office, wrong, 500, RECEIPT)

    await asked(office, "reassign", RECEIPT, two[0], to=await counter.number(right))
    await approved(office, RECEIPT, two[1])

    assert (await counter.has(wrong), await counter.has(right)) == (Money(0), Money(487_50))
    assert "not yours" in (await counter.sms(wrong))[-1]
    # Taken back at M-Pesa afterwards, it isn't taken from whoever had it first.
    office.bank.enters("reversal", 500, "SGBACK0001", linked=RECEIPT)
    await office.imports()
    assert (await counter.has(right), (await counter.holds(SUSPENSE)).available) == (Money(487_50), Money(-500_00))
    with pytest.raises(NotCorrectable):
        await asked(office, "refund", RECEIPT, two[0])
    await counter.audit_is_clean()


async def test_row_of_the_statement_that_fits_nothing_is_booked_as_two_people_say(
    office: Office, two: tuple[Person, Person]
) -> None:
    counter = office.counter
    office.bank.enters("float", 10_000, "SGFLOAT001")
    for place, against in enumerate(("bank", "write-off", "suspense", "nothing"), 1):
        office.bank.enters("payout", 100 * place, f"SGSENT000{place}")
        assert against
    await office.imports()
    rows = await counter.rows("SELECT id, amount FROM statement_rows WHERE state = 'open' ORDER BY at")

    for row, against in zip(rows, ("bank", "write-off", "suspense", "nothing"), strict=True):
        await asked(office, "book", str(row.id), two[0], against=against)
        await approved(office, str(row.id), two[1])

    assert await office.open_rows() == []
    assert (await counter.holds(MPESA_TRANSIT)).available == Money(9_900_00)
    assert (await counter.holds(WRITE_OFFS)).available == Money(-200_00)
    assert (await counter.holds(SUSPENSE)).available == Money(-300_00)
    await counter.audit_is_clean()


async def test_one_person_can_not_do_both_and_the_database_says_so_as_well(office: Office, two: tuple[Person, Person]) -> None:
    counter = office.counter
    await paid_in(office, await counter.person(), 500, RECEIPT)
    await asked(office, "refund", RECEIPT, two[0])

    with pytest.raises(SamePerson):
        await approved(office, RECEIPT, two[0])
    with pytest.raises(AlreadyAsked):
        await asked(office, "refund", RECEIPT, two[1])
    with pytest.raises(NothingAsked):
        await approved(office, "SGC2B00009", two[1])
    for damage, why in (
        ("approved_by = requested_by, approved_at = now()", "two_people"),
        ("reason = 'another'", "stays as it was asked for"),
        ("requested_by = member_id", "."),
    ):
        with pytest.raises(Exception, match=why):
            async with counter.database.unit() as uow:
                await uow.session.execute(text(f"UPDATE corrections SET {damage}"))
    async with counter.database.unit() as uow:
        assert [(one.kind, one.subject) for one in await open_corrections(uow)] == [("refund", RECEIPT)]
    await approved(office, RECEIPT, two[1])
    for damage in ("UPDATE corrections SET approved_by = requested_by", "DELETE FROM corrections"):
        with pytest.raises(Exception, match="correction"):
            async with counter.database.unit() as uow:
                await uow.session.execute(text(damage))


async def test_what_can_not_be_corrected_is_refused_before_anything_moves(office: Office, two: tuple[Person, Person]) -> None:
    counter = office.counter
    wanjiru = await counter.person()
    await paid_in(office, wanjiru, 500, RECEIPT)
    await counter.sent(wanjiru, Money(300_00))

    with pytest.raises(AlreadySpent):
        await asked(office, "refund", RECEIPT, two[0])
    for kind, subject in (
        ("refund", "SGNEVER001"),
        ("recover", RECEIPT),
        ("write-off", RECEIPT),
        ("book", str(uuid4())),
        ("book", "x"),
    ):
        with pytest.raises(NotCorrectable):
            await asked(office, kind, subject, two[0], against="bank")
    assert await counter.rows("SELECT id FROM corrections") == []
