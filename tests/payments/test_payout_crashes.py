"""The process is killed between any two lines of asking, sending, reading and booking: each payment leaves once or comes back once.

Deaths are those of `deaths`. After one the worker comes back, or the queue is lost and the sweeps find the work.
"""

from __future__ import annotations

from typing import Any

from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.payments import (
    inbox,
    jobs,
    payout_jobs,
    payout_reports,
    payout_settlement,
    payouts,
    reading,
    withdrawals,
)
from core.payments.payout_reports import RESULT

from .counter import TEN_THOUSAND, Counter
from .deaths import Death, deaths, survive, take
from .desk import JOBS, new_id
from .fake_mobile_money import WorkerDied

# Every step on the way, as the module that calls it knows it.
STEPS: dict[str, tuple[Any, str]] = {
    "hold the money": (withdrawals, "_set_aside"),
    "claim the payment": (payout_jobs, "claim_payout"),
    "lock it": (payouts, "lock_payout"),
    "schedule its question": (payouts, "_schedule"),
    "write down how it was taken": (payout_jobs, "record_payout"),
    "note that it was taken": (payouts, "note_payout_taken"),
    "store the result": (inbox, "insert"),
    "take the result up": (reading, "lock_callback"),
    "read the result": (jobs, "process_callback"),
    "lock it for its result": (payout_reports, "lock_payout"),
    "look for the receipt": (payout_reports, "_receipt_taken"),
    "note that it ended": (payout_reports, "note_payout_ended"),
    "settle": (payout_reports, "settle_payout_paid"),
    "write the fee down": (payout_settlement, "record_our_fee"),
    "move the money": (payout_settlement, "settle"),
    "note the charge": (payout_settlement, "note_charge"),
    "tell her": (payout_settlement, "tell_withdrawal_ended"),
    "book the charge": (payout_jobs, "book_charge"),
    "end it as failed": (payout_reports, "settle_payout_failed"),
    "give it back": (payout_settlement, "release"),
    "look for the forgotten": (payout_jobs, "requeue_payouts"),
}


death = deaths(STEPS)


async def work(counter: Counter, *, queue_lost: bool) -> None:
    """The worker takes what is due; when it died the queue is lost too, if so, and the sweeps have to find the work."""
    for _ in range(4):
        for job in [job for job in await counter.jobs() if counter.due[job.id] <= counter.clock.now()]:
            await take(counter, job)
        if queue_lost:
            await counter.forget_jobs()
        counter.clock.advance(minutes=3)
        for sweep in ("sweep-payments", "sweep-payouts"):
            await survive(lambda sweep=sweep: JOBS[sweep](counter, {}))


async def reported(counter: Counter, payout: Any, body: bytes) -> None:
    async def post() -> None:
        async with counter.database.unit() as uow:
            await inbox.store_callback(uow, kind=RESULT, intent=str(payout), body=body, remote="196.201.214.200")

    await survive(post)


async def test_payments_when_the_process_dies_anywhere_leave_once_or_come_back_once(counter: Counter, death: Death) -> None:
    """One withdrawal that M-Pesa pays, and one that it refuses."""
    paid, refused = await counter.rich(), await counter.rich()
    started = {}
    for person in (paid, refused):
        intent = IntentId(new_id())
        try:
            started[person] = await counter.ask_for(person, intent=intent)
        except WorkerDied:
            started[person] = await counter.ask_for(person, intent=intent)
    await work(counter, queue_lost=death.after)
    names = {person: (await counter.names(one))[0] for person, one in started.items()}

    assert set(counter.mpesa.sent) == set(names.values())
    for person, code in ((paid, "0"), (refused, "2040")):
        body = counter.mpesa.finish(names[person], code, charge=Money(5_00))
        await reported(counter, started[person].payouts[0].id, body)
    await work(counter, queue_lost=death.after)
    await counter.wait(hours=2)
    await counter.answer_questions()
    await counter.work()

    # Each was asked for under one name, and the one that was paid was paid once.
    assert {request.payout for request in counter.mpesa.requests} == set(names.values())
    assert [name for name, _, _ in counter.mpesa.paid] == [names[paid]]
    assert (await counter.see(started[paid])).paid == Money(500_00)
    held = {person: await counter.holdings(person) for person in (paid, refused)}
    assert held[paid].available == TEN_THOUSAND - started[paid].total
    assert held[refused].available == TEN_THOUSAND
    assert [one.locked for one in held.values()] == [Money(0), Money(0)]
    for person in (paid, refused):
        said = await counter.sms(person)
        assert len(said) == len(set(said))
        assert said
    await counter.books_agree()
    await counter.audit_is_clean()
