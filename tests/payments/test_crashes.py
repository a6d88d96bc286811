"""The process is killed between any two lines of callback, store, read and credit: afterwards the money is there once.

Deaths are those of `deaths`. After one the worker comes back, or the queue is lost and the sweep finds the work.
"""

from __future__ import annotations

from typing import Any

from core.daos import jobs as group_jobs
from core.kernel.money import Money
from core.ledger import transfers
from core.payments import callbacks, claims, inbox, jobs, pull_jobs, pulling, reading, receiving, settlement, telling
from core.payments.claims import claim_payment
from core.payments.ports import StatementLine, StatementPage

from .deaths import Death, deaths, survive, take
from .desk import JOBS, Desk, Person
from .test_paybill import group_of

RECEIPT = "SGC2B00001"

# Every step on the way, as the module that calls it knows it.
STEPS: dict[str, tuple[Any, str]] = {
    "store a callback": (inbox, "insert"),
    "take a callback up": (reading, "lock_callback"),
    "take in, from a callback": (callbacks, "take_in"),
    "hold the receipt": (receiving, "hold_name"),
    "look for the receipt": (receiving, "find_received"),
    "settle": (receiving, "settle_paid"),
    "move the money": (settlement, "transfer_last"),
    "move it into suspense": (receiving, "transfer_last"),
    "write the fee down": (settlement, "_charge_fee"),
    "post, last of all": (transfers, "post"),
    "tell her": (telling, "tell_paid"),
    "take the earmark": (group_jobs, "claim_earmarked"),
    "contribute": (group_jobs, "_write_down"),
    "tell of the group": (group_jobs, "tell_passed_on"),
    "decide a claim": (claims, "_decide"),
    "assign to the payer": (claims, "assign_to_payer"),
    "look through the list": (pull_jobs, "unknown_lines"),
    "take in, from the list": (pulling, "take_in"),
    "read a callback": (jobs, "process_callback"),
    "look for the forgotten": (jobs, "requeue_earmarked"),
    "look for the untold": (jobs, "requeue_untold"),
}


death = deaths(STEPS)


async def work(desk: Desk, *, queue_lost: bool) -> None:
    """The worker takes what is due; when it died the queue is lost too, if so, and the sweep has to find the work."""
    for _ in range(3):
        for job in [job for job in await desk.jobs() if desk.due[job.id] <= desk.clock.now()]:
            await take(desk, job)
        if queue_lost:
            await desk.forget_jobs()
        desk.clock.advance(minutes=2)
        await survive(lambda: JOBS["sweep-payments"](desk, {}))
        await survive(lambda: JOBS["pull-payments"](desk, {}))
    await desk.work()


async def claimed(desk: Desk, person: Person) -> None:
    async def turn() -> None:
        async with desk.database.unit() as uow:
            await claim_payment(uow, member=person.id, typed="SGC2B00003")

    await survive(turn)


async def test_money_when_the_process_dies_anywhere_is_credited_once(desk: Desk, death: Death) -> None:
    """A prompt with both its notifications, a payment to a group, one from the list, and a stray one that is claimed."""
    queue_lost = death.after
    wanjiru = await desk.person()
    group = await group_of(desk, wanjiru)
    number = await desk.number(wanjiru, group)
    deposit = await desk.prompted(wanjiru)
    paid = desk.mobile_money.pay(desk.mobile_money.last, receipt=RECEIPT)
    reference = desk.mobile_money.last.request.reference
    lines = StatementLine("SGPULL0001", Money(100_00), desk.clock.now(), await desk.number(wanjiru), "")
    desk.mobile_money.pages = [StatementPage((lines,), None)]

    await survive(lambda: desk.receive(deposit, paid))
    await survive(lambda: desk.confirm(account=reference, receipt=RECEIPT))
    await survive(lambda: desk.confirm(account=number, receipt="SGC2B00002", amount="1000"))
    mask = f"2547*****{wanjiru.phone[-3:]}"
    await survive(lambda: desk.confirm(account="chama", receipt="SGC2B00003", amount="40", MSISDN=mask, FirstName="WANJIRU"))
    await work(desk, queue_lost=queue_lost)
    await claimed(desk, wanjiru)
    desk.clock.advance(minutes=60 - desk.clock.now().minute)
    await work(desk, queue_lost=queue_lost)

    assert await desk.has(wanjiru) == Money(487_50 + 97_50 + 39_00)
    assert await desk.suspense() == Money(0)
    (given,) = await desk.rows("SELECT amount FROM contributions")
    assert Money.from_decimal(given.amount) == Money(975_00)
    receipts = await desk.rows("SELECT mpesa_receipt_number AS receipt FROM mpesa_transactions ORDER BY 1")
    assert [row.receipt for row in receipts] == [RECEIPT, "SGC2B00002", "SGC2B00003", "SGPULL0001"]
    said = await desk.sms(wanjiru)
    assert len(said) == len(set(said)) == 4
    await desk.audit_is_clean()
