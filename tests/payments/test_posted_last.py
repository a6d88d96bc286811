"""All deposits meet at one row of the books: it is locked for the commit alone, so nothing is asked or written while it is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from core.kernel.db import Database, NotJustReading
from core.kernel.money import Money
from core.ledger.accounts import MPESA_UTILITY, SUSPENSE, member_account
from core.ledger.service import InsufficientFunds, Leg, balance, transfer_last
from core.payments.claims import claim_payment
from core.payments.ports import StatementLine, StatementPage
from core.payments.suspense import approve, propose

from .desk import Desk, Person

RECEIPT = "SGC2B00001"


@contextlib.contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Each statement, and each end of a transaction, in the order in which the database got them."""
    asked: list[str] = []
    engine = database.engine.sync_engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def end(_connection: object) -> None:
        asked.append("COMMIT")

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", end)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", end)


def after_posting(asked: list[str]) -> list[int]:
    """For each posting, how many statements came between it and the end of its transaction."""
    posted = [place for place, statement in enumerate(asked) if "ledger_post" in statement]
    return [asked.index("COMMIT", place) - place - 1 for place in posted]


async def lost(desk: Desk, person: Person) -> None:
    """A payment that nobody can be given."""
    await desk.confirm(account="chama", MSISDN=f"2547 ***** {person.phone[-3:]}", FirstName="WANJIRU", LastName="")


async def test_prompt_that_is_credited_by_its_callback_is_posted_last(desk: Desk) -> None:
    wanjiru = await desk.person()
    deposit = await desk.prompted(wanjiru)
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))

    with statements(desk.database) as asked:
        await desk.work()

    assert after_posting(asked) == [0]
    assert await desk.has(wanjiru) == Money(487_50)


async def test_prompt_for_a_friend_is_posted_last(desk: Desk) -> None:
    wanjiru, friend = await desk.person(), await desk.person()
    deposit = await desk.prompted(Person(friend.id, wanjiru.phone), paid_by=wanjiru.id)
    await desk.receive(deposit, desk.mobile_money.pay(desk.mobile_money.last))

    with statements(desk.database) as asked:
        await desk.work()

    assert after_posting(asked) == [0]
    assert await desk.has(friend) == Money(487_50)


@pytest.mark.parametrize("account", ["hers", "chama"])
async def test_payment_that_is_confirmed_is_posted_last(desk: Desk, account: str) -> None:
    wanjiru = await desk.person()
    await desk.confirm(account=await desk.number(wanjiru) if account == "hers" else account)

    with statements(desk.database) as asked:
        await desk.work()

    assert after_posting(asked) == [0]
    assert (await desk.has(wanjiru), await desk.suspense()) == (
        (Money(487_50), Money(0)) if account == "hers" else (Money(0), Money(500_00))
    )


async def test_payments_of_mpesas_list_are_posted_last(desk: Desk) -> None:
    number = await desk.number(await desk.person())
    lines = [StatementLine(f"SGPULL000{one}", Money(100_00), desk.clock.now(), number, "") for one in range(3)]
    desk.mobile_money.pages = [StatementPage(tuple(lines), None)]
    desk.clock.moment = desk.clock.moment.replace(minute=2)

    with statements(desk.database) as asked:
        await desk.take_named("pull-payments")

    assert after_posting(asked) == [0, 0, 0]


async def test_payment_that_is_claimed_is_posted_last(desk: Desk) -> None:
    wanjiru = await desk.person()
    await lost(desk, wanjiru)
    await desk.work()

    with statements(desk.database) as asked:
        async with desk.database.unit() as uow:
            assert (await claim_payment(uow, member=wanjiru.id, typed=RECEIPT)).outcome == "credited"

    assert after_posting(asked) == [0]


async def test_payment_whose_claim_waited_is_posted_last(desk: Desk) -> None:
    wanjiru = await desk.person()
    async with desk.database.unit() as uow:
        await claim_payment(uow, member=wanjiru.id, typed=RECEIPT)
    await lost(desk, wanjiru)

    with statements(desk.database) as asked:
        await desk.work()

    # Into suspense, and out of it.
    assert after_posting(asked) == [0, 0]
    assert await desk.has(wanjiru) == Money(487_50)


async def test_payment_that_two_people_decide_is_posted_last(desk: Desk) -> None:
    wanjiru = await desk.person()
    await lost(desk, wanjiru)
    await desk.work()
    number = await desk.number(wanjiru)
    async with desk.database.unit() as uow:
        await propose(uow, receipt=RECEIPT, account=number, reason="she called", by="one")

    with statements(desk.database) as asked:
        async with desk.database.unit() as uow:
            await approve(uow, receipt=RECEIPT, by="two")

    assert after_posting(asked) == [0]


async def test_each_message_says_the_balance_that_its_deposit_made(desk: Desk) -> None:
    """They are told after both were credited."""
    wanjiru = await desk.person()
    number = await desk.number(wanjiru)
    for place in range(2):
        await desk.confirm(account=number, receipt=f"SGC2B0000{place}")
    for job in await desk.jobs():
        await desk.take(job)
    assert await desk.has(wanjiru) == Money(975_00)

    await desk.work()

    first, second = await desk.sms(wanjiru)
    assert ("487.50. New balance KES 487.50" in first, "New balance KES 975" in second) == (True, True)


async def test_deposit_whose_telling_was_lost_is_told_by_the_sweep_once(desk: Desk) -> None:
    wanjiru = await desk.person()
    await desk.confirm(account=await desk.number(wanjiru))
    (read,) = await desk.jobs()
    await desk.take(read)
    await desk.forget_jobs()
    await desk.work()
    assert await desk.sms(wanjiru) == []

    desk.clock.advance(minutes=2)
    for _ in range(2):
        await desk.take_named("sweep-payments")
        await desk.work()
    await desk.take_named("tell-of-deposit", transaction=str((await desk.rows("SELECT id FROM mpesa_transactions"))[0].id))

    assert len(await desk.sms(wanjiru)) == 1


async def test_what_is_left_to_the_end_of_a_unit_is_not_done_when_the_unit_fails(desk: Desk) -> None:
    member = await desk.person()
    await desk.confirm(account=await desk.number(member))
    await desk.work()
    before = await desk.rows("SELECT id FROM ledger_transfers ORDER BY id")

    async def fails() -> None:
        async with desk.database.unit() as uow:
            transfer_last(uow, key=uow.ids.new(), kind="test", legs=moved(Money(100)))
            raise ZeroDivisionError

    async def in_a_savepoint() -> None:
        async with desk.database.unit() as uow, uow.session.begin_nested():
            transfer_last(uow, key=uow.ids.new(), kind="test", legs=moved(Money(100)))

    async def only_reading() -> None:
        async with desk.database.reading() as uow:
            transfer_last(uow, key=uow.ids.new(), kind="test", legs=moved(Money(100)))

    with pytest.raises(ZeroDivisionError):
        await fails()
    with pytest.raises(RuntimeError):
        await in_a_savepoint()
    with pytest.raises(NotJustReading):
        await only_reading()

    assert await desk.rows("SELECT id FROM ledger_transfers ORDER BY id") == before


async def test_several_that_are_left_to_the_end_are_posted_together_or_not_at_all(desk: Desk) -> None:
    member = member_account((await desk.person()).id)

    async def move(*amounts: int) -> None:
        async with desk.database.unit() as uow:
            for amount in amounts:
                legs = [Leg(MPESA_UTILITY, -Money(amount)), Leg(member, Money(amount))]
                transfer_last(uow, key=uow.ids.new(), kind="test", legs=legs if amount > 0 else legs[::-1])

    with statements(desk.database) as asked:
        await move(100, 200)
    assert after_posting(asked) == [0]

    # She has no such sum to give.
    with pytest.raises(InsufficientFunds):
        await move(100, -100_000_00)

    async with desk.database.unit() as uow:
        assert (await balance(uow, member)).available == Money(300)


def moved(amount: Money) -> list[Leg]:
    """From M-Pesa into suspense."""
    return [Leg(MPESA_UTILITY, -amount), Leg(SUSPENSE, amount)]
