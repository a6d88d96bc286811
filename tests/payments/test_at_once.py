"""Five ways of hearing of one payment, all at the same moment: it is credited once, to whom it belongs, and told once."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.kernel.db import Database
from core.kernel.money import Money
from core.payments.claims import claim_payment
from core.payments.ports import StatementLine
from core.payments.pulling import take_line
from core.payments.receiving import take_in
from core.payments.sources import Payment
from core.payments.statements.reconciling import import_statement
from core.providers.daraja.statement_file import read_statement

from .counter import Counter
from .desk import JOBS, Person
from .fake_payouts import FakePayouts
from .statement_samples import SHORTCODE
from .test_reconciliation import Office

Way = Callable[[], Awaitable[Any]]


@pytest.fixture
def office(db: Database, clock: Any) -> Office:
    return Office(Counter(db, FakePayouts(clock), clock))


async def hear(office: Office, person: Person, receipt: str, account: str) -> dict[str, Way]:
    """The ways, each with what has to happen before laid out: stored, but not read."""
    counter = office.counter
    mask = f"2547*****{person.phone[-3:]}"
    office.bank.enters("paybill", 500, receipt, account=account, phone=person.phone, at=counter.clock.now())
    file = read_statement(office.bank.file("organisation", since=counter.clock.now()))
    await counter.confirm(account=account, receipt=receipt, MSISDN=mask, FirstName="WANJIRU")

    async def claimed() -> None:
        async with counter.database.unit() as uow:
            await claim_payment(uow, member=person.id, typed=receipt)

    async def listed() -> None:
        async with counter.database.unit() as uow:
            await take_line(uow, StatementLine(receipt, Money(500_00), counter.clock.now(), account, mask))

    async def answered() -> None:
        said = Payment(receipt, Money(500_00), "status", payer=mask, payer_name="WANJIRU", paid_at=counter.clock.now())
        async with counter.database.unit() as uow:
            await take_in(uow, said)

    async def stated() -> None:
        await import_statement(counter.database, file, name="x.csv", shortcode=SHORTCODE, said=SHORTCODE)

    async def read() -> None:
        stored = [job for job in await counter.jobs() if job.entrypoint == "read-payment-callback"]
        await asyncio.gather(*(JOBS[job.entrypoint](counter, json.loads(job.payload)) for job in stored))

    return {"claim": claimed, "list": listed, "answer": answered, "statement": stated, "callbacks": read}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("what", ["prompt", "paybill"])
async def test_payment_that_is_heard_of_in_five_ways_at_once_is_credited_once(office: Office, what: str, seed: int) -> None:
    counter, chance, wanjiru = office.counter, random.Random(seed), await office.counter.person()
    receipts = [f"SGONCE{seed}{number:03}" for number in range(2)]
    for receipt in receipts:
        if what == "prompt":
            deposit = await counter.prompted(wanjiru)
            prompt = counter.mobile_money.last
            account = prompt.request.reference
            await counter.receive(deposit, counter.mobile_money.pay(prompt, receipt=receipt))
        else:
            account = await counter.number(wanjiru)
        ways = [*(await hear(office, wanjiru, receipt, account)).values()] * 2
        chance.shuffle(ways)
        await asyncio.gather(*(way() for way in ways))
        await counter.work()
        counter.clock.advance(minutes=3)

    assert await counter.has(wanjiru) == Money(2 * 487_50)
    assert await counter.suspense() == Money(0)
    credited = await counter.rows(
        "SELECT mpesa_receipt_number AS r FROM mpesa_transactions WHERE status = 'completed' ORDER BY 1"
    )
    assert [row.r for row in credited] == receipts
    told = [one for one in await counter.sms(wanjiru) if any(receipt in one and "credited" in one for receipt in receipts)]
    assert len(told) == 2
    assert await office.open_rows() == []
    await counter.audit_is_clean()


@pytest.mark.parametrize("seed", range(6))
async def test_payment_for_a_friend_that_is_heard_of_in_five_ways_at_once_is_one_persons_and_its_prompt_says_whose(
    office: Office, seed: int
) -> None:
    """Whether her claim or the prompt's answer is first is a matter of luck; the money is there once, and nobody hears otherwise."""
    counter, chance, receipt = office.counter, random.Random(seed), f"SGONCE{seed}000"
    wanjiru, friend = await counter.person(), await counter.person()
    deposit = await counter.prompted(Person(friend.id, wanjiru.phone), paid_by=wanjiru.id)
    prompt = counter.mobile_money.last
    await counter.receive(deposit, counter.mobile_money.pay(prompt, receipt=receipt))
    ways = [*(await hear(office, wanjiru, receipt, prompt.request.reference)).values()] * 2
    chance.shuffle(ways)

    await asyncio.gather(*(way() for way in ways))
    await counter.work()

    row, said = await counter.row(deposit), " ".join(await counter.sms(wanjiru))
    hers, friends = await counter.has(wanjiru), await counter.has(friend)
    assert (row.status, hers, friends) in [
        ("completed", Money(0), Money(487_50)),
        ("cancelled", Money(487_50), Money(0)),
    ]
    assert ("did not get it" in said, "has arrived" in said) == ((True, False) if hers else (False, True))
    assert "No money was taken" not in said
    await counter.audit_is_clean()
