"""The whole way over real HTTP: our worker pushes to the played Daraja, which calls our web server back, well or badly.

At the end of each story M-Pesa's own book says the same as ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web

from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.settings import DarajaSettings, Settings
from core.providers.daraja.client import Daraja
from core.sandbox.daraja.express import Express
from core.sandbox.daraja.mpesa import Mpesa
from core.sandbox.daraja.server import DarajaServer
from core.sandbox.inbox import Inboxes
from core.sandbox.settings import SandboxSettings
from core.sandbox.world import World
from core.web import callbacks
from core.web.server import build_server

from .desk import Desk, Person

TOKEN = "c0ffee"


class Street:
    """A desk whose M-Pesa is at the other end of a wire, and the customer's hands."""

    def __init__(self, desk: Desk, world: World, express: Express) -> None:
        self.desk, self.world, self.express = desk, world, express

    def goes_wrong(self, where: str, what: str, **more: Any) -> None:
        self.world.faults.arm({"where": where, "what": what, **more})

    async def until(self, happened: Callable[[], Any]) -> None:
        """Let the worker work until something has happened."""
        async with asyncio.timeout(20):
            while not await happened():
                await self.desk.work()
                await asyncio.sleep(0.01)

    async def prompted(self, phone: str) -> str:
        async def rings() -> bool:
            return self.express.prompt(phone) is not None

        await self.until(rings)
        prompt = self.express.prompt(phone)
        assert prompt is not None
        return prompt.id

    async def ended(self, deposit: Any, *statuses: str) -> None:
        async def has_ended() -> bool:
            return (await self.desk.find(deposit)).status in statuses

        await self.until(has_ended)

    async def called_back(self, times: int) -> None:
        """Wait until so many callbacks were delivered and read."""

        async def all_read() -> bool:
            (row,) = await self.desk.rows(
                "SELECT COALESCE(sum(times_received), 0) AS came, count(*) FILTER (WHERE outcome IS NULL) AS unread"
                " FROM payment_callbacks"
            )
            return bool(row.came >= times and not row.unread)

        await self.until(all_read)

    async def books_agree(self) -> None:
        """M-Pesa's book against ours: the same receipts, the same shillings."""
        ours = await self.desk.rows("SELECT mpesa_receipt_number FROM mpesa_transactions WHERE status = 'completed' ORDER BY 1")
        assert [row.mpesa_receipt_number for row in ours] == sorted(entry.receipt for entry in self.express.book.entries)
        held, _earned = await self.desk.system()
        assert -held == Money(self.express.book.balance * 100)
        await self.desk.books_add_up()


@pytest.fixture
async def street(db: Database, clock: Any, tmp_path: Path) -> AsyncIterator[Street]:
    async with aiohttp.ClientSession() as http:
        world = World(SandboxSettings(home=tmp_path, callback_token=TOKEN), http)
        mpesa = Mpesa(world, Inboxes(world))
        express = mpesa.express
        desk = Desk(db, cast("Any", None), clock, settings=Settings(callback_token=TOKEN))
        daraja, ours = DarajaServer(world, mpesa).application(), build_server(desk.settings, callbacks.routes(desk))
        runners = [web.AppRunner(app, access_log=None, shutdown_timeout=0.1) for app in (daraja, ours)]
        urls = []
        for runner in runners:
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            urls.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        account = DarajaSettings(base_url=urls[0], consumer_secret=world.settings.consumer_secret)
        adapter = Daraja(account, clock=SystemClock(), timeout=aiohttp.ClientTimeout(total=1))
        desk.mobile_money, desk.settings = cast("Any", adapter), Settings(callback_token=TOKEN, public_url=urls[1])
        yield Street(desk, world, express)
        await adapter.aclose()
        for runner in runners:
            await runner.cleanup()
        await world.close()


async def begin(street: Street) -> tuple[Person, Any]:
    wanjiru = await street.desk.person()
    return wanjiru, await street.desk.start(wanjiru)


async def test_deposit_when_paid_on_the_phone_is_credited_and_books_agree(street: Street) -> None:
    wanjiru, deposit = await begin(street)

    await street.express.pay(wanjiru.phone, await street.prompted(wanjiru.phone), "1234")
    await street.ended(deposit, "completed")

    assert await street.desk.has(wanjiru) == Money(487_50)
    assert len(await street.desk.sms(wanjiru)) == 1
    await street.books_agree()


@pytest.mark.parametrize(
    ("fault", "times", "outcome"),
    [
        ("double", 2, "credited"),
        ("late_duplicate", 2, "credited"),
        ("delay", 1, "credited"),
        ("before_answer", 1, "credited"),
    ],
)
async def test_deposit_when_callbacks_come_oddly_is_credited_once(street: Street, fault: str, times: int, outcome: str) -> None:
    wanjiru, deposit = await begin(street)
    street.goes_wrong("daraja.callback", fault, seconds=0.5)

    await street.express.pay(wanjiru.phone, await street.prompted(wanjiru.phone), "1234")
    await street.called_back(times)
    await street.ended(deposit, "completed")

    assert await street.desk.outcomes() == [outcome]
    assert len(await street.desk.sms(wanjiru)) == 1
    await street.books_agree()


async def test_deposit_when_cancelled_and_paid_after_all_is_told_twice_and_credited(street: Street) -> None:
    wanjiru, deposit = await begin(street)
    street.goes_wrong("daraja.callback", "success_after_failure", seconds=0.3)

    await street.express.cancel(wanjiru.phone, await street.prompted(wanjiru.phone))
    await street.ended(deposit, "failed")
    await street.ended(deposit, "completed")

    said = await street.desk.sms(wanjiru)
    assert ["cancelled" in said[0], "received" in said[1], len(said)] == [True, True, 2]
    await street.books_agree()


@pytest.mark.parametrize(("fault", "why"), [("forge_amount", "amount-mismatch"), ("success_without_receipt", "no-receipt")])
async def test_deposit_when_the_callback_does_not_fit_waits_for_a_person(street: Street, fault: str, why: str) -> None:
    wanjiru, deposit = await begin(street)
    street.goes_wrong("daraja.callback", fault)

    await street.express.pay(wanjiru.phone, await street.prompted(wanjiru.phone), "1234")
    await street.called_back(1)

    assert await street.desk.outcomes() == [f"quarantined: {why}"]
    assert (await street.desk.row(deposit)).attention is not None
    assert await street.desk.has(wanjiru) == Money(0)


async def test_deposit_when_push_and_callback_are_lost_in_one_way_or_another_is_never_pushed_twice(street: Street) -> None:
    wanjiru, deposit = await begin(street)
    street.goes_wrong("daraja.push", "hang", seconds=30)

    await street.express.pay(wanjiru.phone, await street.prompted(wanjiru.phone), "1234")
    await street.ended(deposit, "completed")

    assert (await street.desk.row(deposit)).answer in (None, "unknown")
    assert len(street.express.checkouts) == 1
    await street.books_agree()


async def test_deposit_when_the_callback_is_lost_is_found_failed_by_asking(street: Street) -> None:
    wanjiru, deposit = await begin(street)
    street.goes_wrong("daraja.callback", "lose")

    await street.express.cancel(wanjiru.phone, await street.prompted(wanjiru.phone))
    await street.until(lambda: asking_is_due(street))
    street.desk.clock.advance(seconds=20)
    await street.ended(deposit, "failed")

    assert (await street.desk.find(deposit)).reason == "cancelled"
    assert await street.desk.outcomes() == []


async def asking_is_due(street: Street) -> bool:
    return [job.entrypoint for job in await street.desk.jobs()] == ["ask-about-deposit"]


@pytest.mark.parametrize("fault", ["http_429", "html", "http_500"])
async def test_deposit_when_daraja_is_unwell_is_never_credited_nor_left_alone(street: Street, fault: str) -> None:
    wanjiru, deposit = await begin(street)
    street.goes_wrong("daraja.push", fault)

    await street.desk.wait(minutes=3)

    row = await street.desk.row(deposit)
    assert (row.status, row.failure_reason, row.answer) == (
        ("failed", "busy", "rejected") if fault == "http_429" else ("processing", None, "unknown")
    )
    assert len(await street.desk.sms(wanjiru)) == 1
    assert street.express.checkouts == []
