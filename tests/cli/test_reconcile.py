"""`mtaa reconcile` with the files that the played M-PESA's portal gives, over HTTP and through the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest

from core.cli.reconcile import reconcile
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.settings import Settings, read_settings
from core.ledger.accounts import MPESA_CHARGES_PAID, MPESA_TRANSIT, MPESA_UTILITY
from core.providers.daraja.client import Daraja
from core.sandbox.box import Sandbox
from core.sandbox.daraja.orders import PayoutOrder, ReversalOrder
from core.sandbox.settings import Address, SandboxSettings
from tests.payments.counter import Counter
from tests.payments.desk import Person

ANY_PORT = Address("127.0.0.1", 0)
PASSWORD = "an-operator's-password"
VARIANTS = ("organisation", "older", "personal", "daily", "daily-shifted")


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Sandbox]:
    parts = dict.fromkeys(("africastalking", "telegram", "smtp"))
    operator = {"initiator": "practice", "initiator_password": PASSWORD}
    sandbox = Sandbox(SandboxSettings(tmp_path, daraja=ANY_PORT, page=ANY_PORT, **operator, **parts))
    await sandbox.start()
    sandbox.world.behaviour.change({"payout_seconds": 0.01})
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def counter(empty_database: str, redis_url: str, db: Database, clock: Any, box: Sandbox) -> AsyncIterator[Counter]:
    """A counter that hears nothing of what M-PESA does: every callback goes astray."""
    clock.moment = datetime.now(UTC)
    servers = {"DATABASE_URL": empty_database, "REDIS_URL": redis_url, "PUBLIC_URL": "http://127.0.0.1:9"}
    daraja = {
        "DARAJA_BASE_URL": box.addresses["daraja"],
        "DARAJA_INITIATOR": "practice",
        "DARAJA_INITIATOR_PASSWORD": PASSWORD,
        "DARAJA_CERTIFICATE": str(box.mpesa.operator.certificate),
    }
    settings = read_settings({**servers, **daraja})
    adapter = Daraja(settings.daraja, clock=SystemClock())
    yield Counter(db, cast("Any", adapter), clock, settings=settings)
    await adapter.aclose()


async def exported(box: Sandbox, variant: str, folder: Path) -> str:
    """The file as whoever downloads it has it."""
    page = f"{box.addresses['page']}/phone/api/daraja/statement"
    async with aiohttp.ClientSession() as http, http.get(page, params={"variant": variant}) as response:
        content = await response.read()
    path = folder / f"{variant}.csv"
    path.write_bytes(content)
    return str(path)


async def pays(counter: Counter, box: Sandbox, person: Person, amount: int) -> str:
    if box.world.people.by_phone(person.phone) is None:
        box.world.people.add(name="Wanjiru", phone=person.phone)
    await box.mpesa.paybill.pay(person.phone, amount=amount, account=await counter.number(person), pin=None)
    return box.mpesa.book.entries[-1].receipt


async def holds_what_mpesa_holds(counter: Counter, box: Sandbox) -> None:
    book = box.mpesa.book
    assert (await counter.holds(MPESA_UTILITY)).available == Money(-book.balance * 100)
    assert (await counter.holds(MPESA_CHARGES_PAID)).available == Money(book.charges * 100)
    await counter.audit_is_clean()


async def test_a_day_of_which_nobody_told_us_anything_is_in_the_books_after_its_statement(
    counter: Counter, box: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings: Settings = counter.settings
    wanjiru = await counter.person()
    await box.mpesa.bring_float(5_000)
    receipt = await pays(counter, box, wanjiru, 3_000)
    given_back = await pays(counter, box, wanjiru, 200)
    file = await exported(box, "organisation", tmp_path)
    assert await reconcile(settings, file=file, shortcode="") == 0
    assert "payment   matched        2  KES 3,200" in capsys.readouterr().out
    assert await counter.has(wanjiru) == Money(3_120_00)

    # Money out of which no result came, and a payment that M-PESA gave back.
    started = await counter.sent(wanjiru, Money(1_600_00))
    for _ in range(100):
        if any(entry.kind == "payout" for entry in box.mpesa.book.entries):
            break
        await box.world.clock.sleep(0.01)
    order = ("practice", "", "http://127.0.0.1:9/r", "http://127.0.0.1:9/t")
    box.mpesa.operator.knows = lambda *_: True  # type: ignore[method-assign]
    await box.mpesa.reversals.settle(ReversalOrder(*order, receipt=given_back, amount=200), box.mpesa.enquiries.ids())
    counter.clock.moment = datetime.now(UTC)
    codes = [
        await reconcile(settings, file=await exported(box, variant, tmp_path), shortcode=settings.daraja.shortcode)
        for variant in (*VARIANTS, *VARIANTS)
    ]
    await counter.work()

    # The older and personal variants don't say what a reversal undoes; the first file of that day had.
    assert codes == [0] * 10, capsys.readouterr().out
    assert (await counter.see(started)).payouts[0].receipt in {entry.receipt for entry in box.mpesa.book.entries}
    assert (await counter.holdings(wanjiru)).total == Money(3_120_00 - 195_00 - 1_614_00)
    assert (await counter.holds(MPESA_TRANSIT)).available == Money(5_000_00)
    assert receipt != given_back
    said = capsys.readouterr().out
    assert "imported before: nothing was changed" in said
    assert said.count("0 differences") == 10
    await holds_what_mpesa_holds(counter, box)


async def test_files_that_can_not_be_believed_are_named_and_change_nothing(
    counter: Counter, box: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await pays(counter, box, await counter.person(), 300)
    file = Path(await exported(box, "organisation", tmp_path))
    whole = file.read_bytes()
    shortened = tmp_path / "shortened.csv"
    shortened.write_bytes(whole[: whole.rindex(b"300.00")])

    async def said(path: object, shortcode: str = "") -> str:
        assert await reconcile(counter.settings, file=str(path), shortcode=shortcode) == 2
        return capsys.readouterr().err

    assert "Nothing was changed" in await said(shortened)
    assert "No such file" in await said(tmp_path / "none.csv")
    assert "this is the statement of shortcode 174379, ours is" not in await said(shortened)
    assert "ours is 174379" in await said(file, "600999")
    assert "say so with --shortcode 174379" in await said(await exported(box, "daily", tmp_path))
    assert await counter.rows("SELECT id FROM statement_files") == []


async def test_a_difference_is_told_and_remembered_until_it_is_explained(
    counter: Counter, box: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await box.mpesa.bring_float(5_000)
    wanjiru = await counter.person()
    box.world.people.add(name="Wanjiru", phone=wanjiru.phone)
    box.mpesa.operator.knows = lambda *_: True  # type: ignore[method-assign]
    order = ("practice", "", "http://127.0.0.1:9/r", "http://127.0.0.1:9/t")
    payout = await box.mpesa.payouts.accept(PayoutOrder(*order, originator="by-the-portal", phone=wanjiru.phone, amount=2_000))
    await box.mpesa.payouts.settle(payout)
    file = await exported(box, "organisation", tmp_path)

    assert [await reconcile(counter.settings, file=file, shortcode="") for _ in range(2)] == [1, 1]

    said = capsys.readouterr().out
    assert "DIFFERENT payout" in said
    assert "no payment of ours" in said
    assert said.count("2 differences") == 2
    (event,) = await counter.rows("SELECT severity FROM security_events WHERE severity = 'critical'")
    assert event.severity == "critical"
