"""Withdrawals over real HTTP: our worker pays through the played Daraja, which reports to our web server, well or badly.

At the end M-Pesa's own book, our ledger and the fees say the same to the cent.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.settings import DarajaSettings, Settings
from core.ledger.accounts import MPESA_CHARGES, MPESA_CHARGES_PAID, MPESA_UTILITY
from core.monitoring.audit import audit
from core.payments import corrections
from core.payments.funds.proofs import Proof, newest_proof
from core.payments.payouts import send_payout_again
from core.payments.withdrawals import WithdrawalShort
from core.providers.daraja.client import Daraja
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.server import DarajaServer
from core.sandbox.inbox import Inboxes
from core.sandbox.settings import SandboxSettings
from core.sandbox.world import World
from core.web import callbacks, payouts
from core.web.server import build_server
from tests.providers.companies import serving

from .counter import Counter
from .desk import Person
from .test_withdrawal import shillings

# How many withdrawals the simulation plays; MTAA_SIMULATED_WITHDRAWALS=1000 plays a long one.
ROUNDS = int(os.environ.get("MTAA_SIMULATED_WITHDRAWALS", "30"))
TOKEN, PASSWORD = "c0ffee", "an-operator's-password"


class Town:
    """A counter whose M-Pesa is at the other end of a wire."""

    def __init__(self, counter: Counter, world: World, mpesa: Mpesa) -> None:
        self.counter, self.world, self.mpesa = counter, world, mpesa

    def goes_wrong(self, where: str, what: str, **more: Any) -> None:
        self.world.faults.arm({"where": where, "what": what, **more})

    async def person(self, amount: Money) -> Person:
        """A member whose money is also on the paybill, and who has M-PESA."""
        person = await self.counter.rich(amount)
        await self.mpesa.bring_float(amount.minor // 100)
        self.world.people.add(name="Wanjiru", phone=person.phone)
        return person

    async def settle_down(self) -> None:
        """Let results arrive and be read until nothing comes any more."""
        for _ in range(3):
            await asyncio.sleep(0.06)
            await self.counter.work()

    async def pass_days(self) -> None:
        """Time goes by; an operator sends again what M-Pesa never knew of."""
        for hours in (1, 2, 24, 24):
            await self.counter.wait(hours=hours)
            await self.settle_down()
            for row in await self.counter.rows(
                "SELECT id FROM mpesa_transactions WHERE attention = 'unresolved' AND status = 'processing'"
            ):
                async with self.counter.database.unit() as uow:
                    await send_payout_again(uow, payout=row.id)
            await self.settle_down()

    async def books_agree(self) -> None:
        """Receipts, names, amounts, charges and what the paybill holds: theirs and ours."""
        counter, book = self.counter, self.mpesa.book
        ours = await counter.rows(
            "SELECT originator_conversation_id AS name, mpesa_receipt_number AS receipt, amount FROM mpesa_transactions"
            " WHERE status = 'completed'"
        )
        theirs = {(entry.originator, entry.receipt, entry.amount) for entry in book.entries if entry.kind == "payout"}
        assert {(row.name, row.receipt, row.amount) for row in ours} == theirs
        assert (await counter.holds(MPESA_UTILITY)).available == -shillings(book.balance)
        assert (await counter.holds(MPESA_CHARGES)).available == -shillings(book.charges)
        assert (await counter.holds(MPESA_CHARGES_PAID)).available == shillings(book.charges)
        assert [finding for finding in await audit(counter.database) if not finding.ok] == []


@pytest.fixture
async def town(db: Database, clock: Any, tmp_path: Path) -> AsyncIterator[Town]:
    async with aiohttp.ClientSession() as http:
        world = World(
            SandboxSettings(home=tmp_path, callback_token=TOKEN, initiator="practice", initiator_password=PASSWORD), http
        )
        world.behaviour.change({"payout_seconds": 0.01, "answer_delay_seconds": 0.01})
        mpesa = Mpesa(world, Inboxes(world))
        mpesa.prepare()
        counter = Counter(db, cast("Any", None), clock, settings=Settings(callback_token=TOKEN))
        ours = build_server(counter.settings, [*callbacks.routes(counter), *payouts.routes(counter)])
        async with serving(DarajaServer(world, mpesa).application()) as theirs, serving(ours) as us:
            account = DarajaSettings(
                base_url=theirs,
                consumer_secret=world.settings.consumer_secret,
                initiator="practice",
                initiator_password=PASSWORD,
                certificate=str(mpesa.operator.certificate),
            )
            adapter = Daraja(account, clock=SystemClock(), timeout=aiohttp.ClientTimeout(total=0.5))
            counter.mobile_money, counter.settings = cast("Any", adapter), Settings(callback_token=TOKEN, public_url=us)
            yield Town(counter, world, mpesa)
            await adapter.aclose()
            await world.close()


async def test_withdrawal_is_paid_by_the_played_mpesa_and_its_charge_is_booked(town: Town) -> None:
    wanjiru = await town.person(shillings(10_000))

    started = await town.counter.sent(wanjiru, shillings(2_000))
    await town.settle_down()
    await town.counter.wait(minutes=2)
    await town.settle_down()

    done = await town.counter.see(started)
    assert (done.paid, done.payouts[0].payee, done.payouts[0].real_charge) == (shillings(2_000), "Wanjiru", shillings(9))
    assert (await town.counter.holdings(wanjiru)).total == shillings(7_986)
    assert town.mpesa.book.account(wanjiru.phone).balance == 22_000
    [said] = await town.counter.sms(wanjiru)
    assert "KES 2,000 paid to Wanjiru. Fee KES 5, M-PESA KES 9. New balance KES 7,986." in said
    await town.books_agree()


async def test_what_mpesa_holds_is_asked_and_answered_over_the_wire_and_a_gap_is_seen(town: Town) -> None:
    await town.person(shillings(10_000))
    counter = town.counter
    counter.settings = replace(counter.settings, daraja=DarajaSettings(initiator="practice"))

    async def proof() -> Proof | None:
        await counter.take_named("prove-funds")
        await town.settle_down()
        counter.clock.advance(minutes=10)
        async with counter.database.unit() as uow:
            return await newest_proof(uow)

    first = await proof()
    assert first is not None
    assert (first.held, first.booked, first.unexplained) == (shillings(10_000), shillings(10_000), shillings(0))
    await town.mpesa.bring_float(70)
    second = await proof()
    assert second is not None
    assert second.unexplained == shillings(70)


async def test_refund_goes_back_to_its_payer_through_the_played_mpesa(town: Town) -> None:
    counter, wanjiru = town.counter, await town.person(shillings(1_000))
    one, other = await counter.person(), await counter.person()
    await town.mpesa.paybill.pay(wanjiru.phone, amount=700, account="chama", pin=None)
    receipt = town.mpesa.book.entries[-1].receipt
    await counter.confirm(account=await counter.number(wanjiru), receipt=receipt, amount="700")
    await counter.work()
    before = town.mpesa.book.account(wanjiru.phone).balance

    async with counter.database.unit() as uow:
        await corrections.request(uow, kind="refund", subject=receipt, by=one.id, reason="paid to us by mistake")
    # Its answer gets lost; M-PESA is asked again and says that it was undone.
    town.goes_wrong("daraja.result", "lose")
    async with counter.database.unit() as uow:
        await corrections.approve(uow, subject=receipt, by=other.id)
    await counter.work()
    await town.settle_down()
    await counter.wait(minutes=16)
    await town.settle_down()

    assert town.mpesa.book.account(wanjiru.phone).balance == before + 700
    assert (await counter.holdings(wanjiru)).total == shillings(1_000)
    [row] = await counter.rows("SELECT state, sendings FROM corrections")
    assert (row.state, row.sendings) == ("done", 2)
    await town.books_agree()


async def test_payment_that_nobody_told_is_found_by_the_hourly_list_and_an_empty_list_raises_the_alarm(town: Town) -> None:
    counter, wanjiru = town.counter, await town.counter.person()
    town.world.people.add(name="Wanjiru", phone=wanjiru.phone)
    town.mpesa.pull.is_registered = True
    for amount in (500, 70):
        await town.mpesa.paybill.pay(wanjiru.phone, amount=amount, account=await counter.number(wanjiru), pin=None)
    # The first minutes of the next hour, as M-PESA's clock goes.
    counter.clock.moment = (datetime.now(UTC) + timedelta(hours=1)).replace(minute=2)

    await counter.take_named("pull-payments")
    await counter.take_named("pull-payments")

    assert (await counter.holdings(wanjiru)).total == shillings(570) - Money(14_25)
    assert await counter.rows("SELECT id FROM security_events") == []
    counter.clock.advance(minutes=30)
    await counter.confirm(account=await counter.number(wanjiru), receipt="SGC2B00001")
    await counter.work()
    counter.clock.advance(minutes=30)
    town.goes_wrong("daraja.pull", "none")
    await counter.take_named("pull-payments")
    assert [row.event_type for row in await counter.rows("SELECT event_type FROM security_events")] == ["payment_list_doubtful"]


PAYOUT_FAULTS = [
    *(None,) * 8,
    ("http_500", {}),
    ("http_500_after", {}),
    ("http_429", {}),
    ("html", {}),
    ("html_after", {}),
    ("hang", {"seconds": 1}),
    ("before_answer", {"seconds": 0.2}),
    ("queue_timeout", {"seconds": 0.05}),
    ("queue_timeout", {"seconds": 0.05, "code": 1}),
    ("fail", {"code": 1}),
    ("fail", {"code": 8}),
]
RESULT_FAULTS = [*(None,) * 4, ("lose", {}), ("double", {}), ("late_duplicate", {"seconds": 0.05}), ("delay", {"seconds": 0.1})]


@pytest.mark.parametrize("seed", [20261123])
async def test_withdrawals_through_a_daraja_that_misbehaves_end_with_books_that_agree(town: Town, seed: int) -> None:
    """Every way of failing that the sandbox knows, by lot; replay a failure by its seed."""
    chance, counter = random.Random(seed), town.counter
    members = [await town.person(shillings(40_000)) for _ in range(10)]
    started = 0
    for _ in range(ROUNDS):
        for where, faults in (("daraja.payout", PAYOUT_FAULTS), ("daraja.result", RESULT_FAULTS)):
            if (fault := chance.choice(faults)) is not None:
                town.goes_wrong(where, fault[0], **fault[1])
        person, amount = chance.choice(members), shillings(chance.choice([10, 100, 101, 1_500, 1_501, 5_001, 3_333]))
        try:
            await counter.ask_for(person, amount)
            started += 1
        except WithdrawalShort:
            pass
        await counter.work()
        counter.clock.advance(seconds=chance.choice([1, 20, 90]))
    await town.settle_down()
    town.world.faults.clear()
    await town.pass_days()

    rows = await counter.rows(
        "SELECT m.status, p.books, count(*) AS n FROM mpesa_transactions m JOIN payouts p USING (id) GROUP BY 1, 2"
    )
    assert {(row.status, row.books) for row in rows} == {("completed", "paid"), ("failed", "released")}, f"seed {seed}: {rows}"
    assert sum(row.n for row in rows) == started
    assert (await counter.rows("SELECT count(*) AS n FROM withdrawals WHERE told = '{}' OR ended_at IS NULL"))[0].n == 0
    left = sum([(await counter.holdings(person)).total for person in members], Money(0))
    fees = await counter.accounts()
    assert left + fees["fees"] + fees["recovered"] == shillings(town.mpesa.book.balance), f"seed {seed}"
    await town.books_agree()
