"""Importing M-PESA's statement of a large day, by the very command of the operator: when all is known, and when nothing is.

One day in two databases. In the first each payment was taken in before, as after an ordinary day; in the second nobody had told
us of any, so that the import credits them all. Seconds and questions to the database are for the whole command, reading included.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Protocol

from sqlalchemy import event
from sqlalchemy.engine import Engine

from core.cli.reconcile import reconcile
from core.kernel.clock import SystemClock
from core.kernel.db import Database
from core.kernel.ids import TimeOrderedIds
from core.kernel.money import Money
from core.kernel.secrets import Vault
from core.kernel.settings import read_settings
from core.ledger.accounts import MPESA_UTILITY, member_account
from core.ledger.service import Leg, transfer
from core.payments.payout_reports import ANSWER
from core.payments.receiving import take_in
from core.payments.sources import Payment
from core.sandbox.daraja.book import Entry
from core.sandbox.daraja.statements import statement
from tests.bench.rounds import say
from tests.bench.servers import Bench
from tests.conftest import recreate, run_migrations
from tests.payments.counter import Counter
from tests.payments.desk import Person
from tests.payments.fake_payouts import FakePayouts
from tests.payments.statement_samples import SHORTCODE, Bank

SECRET = "a key for benches only, thirty-two bytes"
MEMBERS, HANDS = 200, 8
# One of so many rows is a payment out; each has a row more for its charge.
OUT_OF = 20


class Plan(Protocol):
    @property
    def rows(self) -> int: ...


@dataclass
class Day:
    """What M-PESA's book has of the day, and whose each account number is."""

    bank: Bank
    entries: list[Entry]

    def file(self) -> bytes:
        given = {"since": datetime(2020, 1, 1, tzinfo=UTC), "until": datetime(2100, 1, 1, tzinfo=UTC)}
        return statement(
            self.bank.book, self.bank.people, variant="organisation", shortcode=SHORTCODE, name="MTAA", **given
        ).encode()


async def measure(bench: Bench, plan: Plan, _only: str) -> str:
    """A table of both imports, and of the first file again."""
    told = ["| statement | rows | seconds | rows/s | questions to the database |", "| --- | ---: | ---: | ---: | ---: |"]
    for what, is_known in (("of an ordinary day: all is known", True), ("of a day of which we knew nothing", False)):
        url = await recreate(bench.database_url, "statement")
        await asyncio.to_thread(run_migrations, url)
        counter = Counter(_database(url), FakePayouts(SystemClock()), SystemClock())
        try:
            day = await _live(counter, rows=plan.rows, is_known=is_known)
        finally:
            await counter.database.close()
        told.append(await _imported(what, url, bench, day.file()))
        if is_known:
            told.append(await _imported("the same file again", url, bench, day.file()))
    return "\n".join(told)


def _database(url: str) -> Database:
    return Database(url, clock=SystemClock(), ids=TimeOrderedIds(), vault=Vault([SECRET]))


async def _live(counter: Counter, *, rows: int, is_known: bool) -> Day:
    """The day as it was: payments in, and withdrawals where they could be known."""
    day, began = Day(Bank(), []), datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)
    people = [await counter.person() for _ in range(MEMBERS)]
    numbers = [await counter.number(person) for person in people]
    out = rows // (OUT_OF + 2) if is_known else 0
    payments, chance = rows - 2 * out, random.Random(rows)
    for number in range(payments):
        whose = chance.randrange(MEMBERS)
        day.bank.book.account(people[whose].phone).balance = 10_000
        at = began + timedelta(seconds=number * 60_000 // payments)
        amount, receipt = chance.randint(1, 9_000), f"SGIN{number:06}"
        phone, account = people[whose].phone, numbers[whose]
        day.entries.append(day.bank.enters("paybill", amount, receipt, account=account, phone=phone, at=at))
    if is_known:
        await _take_in(counter, day)
        await _pay_out(counter, day, await _funded(counter), out)
    return day


async def _take_in(counter: Counter, day: Day) -> None:
    todo = iter(day.entries)

    async def hand() -> None:
        for done, entry in enumerate(todo):
            payment = Payment(entry.receipt, Money(entry.amount * 100), source="pull", account=entry.account)
            async with counter.database.unit() as uow:
                await take_in(uow, payment)
            if done % 250 == 0:
                say(f"{entry.receipt} is taken in")

    await asyncio.gather(*(hand() for _ in range(HANDS)))
    # What members would be told of them isn't measured here.
    await counter.forget_jobs()


async def _funded(counter: Counter) -> Person:
    """Somebody with enough money."""
    person, amount = await counter.person(), Money(10_000_000_00)
    async with counter.database.unit() as uow:
        legs = [Leg(MPESA_UTILITY, -amount), Leg(member_account(person.id), amount)]
        await transfer(uow, key=uow.ids.new(), kind="test_funding", legs=legs)
    return person


async def _pay_out(counter: Counter, day: Day, person: Person, many: int) -> None:
    for number in range(many):
        started, receipt, amount = await counter.sent(person, Money(100_00)), f"SGOUT{number:05}", 100
        [name] = await counter.names(started)
        counter.mpesa.finish(name, charge=Money(5_00))
        counter.mpesa.sent[name].receipt = receipt
        await counter.hear(started.payouts[0].id, counter.mpesa.result(name))
        await counter.hear(started.payouts[0].id, counter.mpesa.answer(name), ANSWER)
        at = datetime.now(UTC)
        day.entries.append(day.bank.enters("payout", amount, receipt, phone=person.phone, charge=5, at=at))
        if number % 50 == 0:
            say(f"{receipt} is paid out")


async def _imported(what: str, url: str, bench: Bench, content: bytes) -> str:
    settings = read_settings({"DATABASE_URL": url, "REDIS_URL": bench.redis_url, "SECRET_KEYS": SECRET})
    with tempfile.TemporaryDirectory() as folder, _counted() as asked:
        file = Path(folder) / "statement.csv"
        file.write_bytes(content)
        said, began = io.StringIO(), perf_counter()
        with contextlib.redirect_stdout(said):
            code = await reconcile(settings, file=str(file), shortcode=SHORTCODE)
        took = perf_counter() - began
    if code:
        raise RuntimeError(said.getvalue())
    rows = content.count(b"\r\nSG")
    return f"| {what} | {rows:,} | {took:.1f} | {rows / took:,.0f} | {len(asked):,} |"


@contextlib.contextmanager
def _counted() -> Iterator[list[None]]:
    """Each question that any engine of this process puts to a database meanwhile."""
    asked: list[None] = []

    def note(*_: object) -> None:
        asked.append(None)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
