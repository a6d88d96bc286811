"""A payments desk for tests: members, a worker driven by hand over the real queue, and a look at everything that counts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.daos.jobs import JOBS as GROUP_JOBS
from core.identity.models import MemberRow
from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database
from core.kernel.ids import DaoId, IntentId, MemberId, TimeOrderedIds
from core.kernel.money import Money
from core.kernel.phone import Phone
from core.kernel.settings import Settings
from core.ledger.accounts import MPESA_UTILITY, PLATFORM_FEES, SUSPENSE, member_account
from core.ledger.service import balance
from core.monitoring.audit import audit
from core.payments.account_numbers import account_number
from core.payments.deposits import Deposit, find_deposit, start_deposit
from core.payments.inbox import store_callback
from core.payments.jobs import JOBS as PAYMENT_JOBS
from core.payments.models import MpesaTransaction
from core.providers.daraja import reports
from core.treasury.jobs import JOBS as TREASURY_JOBS

from .fake_mobile_money import FakeMobileMoney, WorkerDied

new_id = TimeOrderedIds().new
FIVE_HUNDRED = Money(500_00)
JOBS: dict[str, Any] = {**PAYMENT_JOBS, **GROUP_JOBS, **TREASURY_JOBS}
SAFARICOM = "196.201.214.200"


@dataclass(frozen=True)
class Person:
    id: MemberId
    phone: Phone


@dataclass
class Desk:
    """Services for the handlers, and the worker's hands."""

    database: Database
    mobile_money: FakeMobileMoney
    clock: Any
    batcher: Any = None
    settings: Settings = field(default_factory=lambda: Settings(public_url="https://mtaa.example", callback_token="a-token"))
    read_report: Any = field(default=reports.read_report)
    people: int = 0
    # When each job becomes due by the hand-turned clock; the queue itself counts by the database's clock.
    due: dict[int, datetime] = field(default_factory=dict)

    async def person(self, *, language: str = "en") -> Person:
        self.people += 1
        person = Person(MemberId(new_id()), Phone(f"+2547{self.people:08d}"))
        now = self.clock.now()
        async with self.database.unit() as uow:
            row = MemberRow(id=person.id, name="Wanjiru", phone=person.phone, language=language, sealed_pin="sealed")
            row.created_at = row.updated_at = now
            uow.session.add(row)
        return person

    async def start(self, person: Person, *, intent: UUID | None = None, amount: Money = FIVE_HUNDRED, **given: Any) -> Deposit:
        wanted = {"language": "en", "channel": "ussd", **given}
        async with self.database.unit() as uow:
            return await start_deposit(
                uow, intent=IntentId(intent or new_id()), member=person.id, phone=person.phone, amount=amount, **wanted
            )

    async def prompted(self, person: Person, **given: Any) -> Deposit:
        """A deposit whose prompt is on the phone."""
        deposit = await self.start(person, **given)
        await self.work()
        return deposit

    async def find(self, deposit: Deposit) -> Deposit:
        async with self.database.unit() as uow:
            found = await find_deposit(uow, intent=deposit.intent)
        assert found is not None
        return found

    async def row(self, deposit: Deposit) -> MpesaTransaction:
        async with self.database.unit() as uow:
            return await uow.session.get_one(MpesaTransaction, deposit.intent)

    async def receive(self, deposit: Deposit | str, body: bytes) -> bool:
        """A callback arrives and is stored."""
        intent = deposit if isinstance(deposit, str) else str(deposit.intent)
        async with self.database.unit() as uow:
            return await store_callback(uow, kind="stk", intent=intent, body=body, remote=SAFARICOM)

    async def confirm(self, **fields: Any) -> bool:
        """A paybill confirmation arrives and is stored; `fields` as `paybill_body` takes them."""
        return await self.receive_paybill(paybill_body(self, **fields))

    async def receive_paybill(self, body: bytes) -> bool:
        async with self.database.unit() as uow:
            shortcode = self.settings.daraja.shortcode
            return await store_callback(uow, kind="c2b", intent=shortcode, body=body, remote=SAFARICOM)

    async def answer(self, question: Any, body: bytes) -> bool:
        """M-Pesa's answer to a question comes to the address that was given with it."""
        *_, kind, intent, _result = question.result_url.split("/")
        async with self.database.unit() as uow:
            return await store_callback(uow, kind=f"{kind}-result", intent=intent, body=body, remote=SAFARICOM)

    async def number(self, person: Person, group: DaoId | None = None) -> str:
        async with self.database.unit() as uow:
            return await account_number(uow, member=person.id, group=group)

    async def suspense(self) -> Money:
        async with self.database.unit() as uow:
            return (await balance(uow, SUSPENSE)).available

    async def audit_is_clean(self) -> None:
        """Every invariant of `mtaa audit` holds."""
        findings = await audit(self.database)
        assert [finding for finding in findings if not finding.ok] == []

    async def jobs(self) -> list[Any]:
        """Every queued job of payments, oldest first; those seen for the first time get their due time."""
        async with self.database.unit() as uow:
            found = await uow.session.execute(
                text(
                    "SELECT id, entrypoint, payload, execute_after - created AS wait FROM pgqueuer"
                    " WHERE entrypoint = ANY(:ours) ORDER BY id"
                ),
                {"ours": list(JOBS)},
            )
            rows = found.all()
        for row in rows:
            self.due.setdefault(row.id, self.clock.now() + row.wait)
        return rows

    async def work(self) -> None:
        """Run what is due, and what that makes due, until nothing is."""
        while ready := [job for job in await self.jobs() if self.due[job.id] <= self.clock.now()]:
            for job in ready:
                await self.take(job)

    async def take(self, job: Any) -> None:
        """Run one job; a job whose worker dies stays in the queue, as it would."""
        try:
            await JOBS[job.entrypoint](self, json.loads(job.payload))
        except WorkerDied:
            return
        async with self.database.unit() as uow:
            await uow.session.execute(text("DELETE FROM pgqueuer WHERE id = :id"), {"id": job.id})

    async def take_named(self, job: str, **payload: Any) -> None:
        """Run a job that the clock would start, or one that was forgotten."""
        await JOBS[job](self, payload)

    async def wait(self, **time: float) -> None:
        """Let time pass, working whenever something becomes due."""
        end = self.clock.now() + timedelta(**time)
        await self.work()
        while soon := [due for job in await self.jobs() if (due := self.due[job.id]) <= end]:
            self.clock.moment = max(self.clock.now(), min(soon))
            await self.work()
        self.clock.moment = end

    async def forget_jobs(self) -> None:
        """The queue loses everything."""
        async with self.database.unit() as uow:
            await uow.session.execute(text("DELETE FROM pgqueuer WHERE entrypoint = ANY(:ours)"), {"ours": list(JOBS)})

    async def has(self, person: Person) -> Money:
        async with self.database.unit() as uow:
            return (await balance(uow, member_account(person.id))).available

    async def system(self) -> tuple[Money, Money]:
        """What Safaricom holds for us (negative), and what we earned."""
        async with self.database.unit() as uow:
            return (await balance(uow, MPESA_UTILITY)).available, (await balance(uow, PLATFORM_FEES)).available

    async def sms(self, person: Person) -> list[str]:
        """The SMS queued for a person, oldest first."""
        return [
            row.message
            for row in await self.rows(
                "SELECT message FROM sms_delivery_log WHERE to_phone = :phone ORDER BY created_at, id", phone=person.phone
            )
        ]

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.database.unit() as uow:
            return list((await uow.session.execute(text(query), values)).all())

    async def outcomes(self) -> list[str | None]:
        """What became of each stored callback, oldest first."""
        return [row.outcome for row in await self.rows("SELECT outcome FROM payment_callbacks ORDER BY id")]

    async def events(self) -> list[str]:
        """Why callbacks were put aside, oldest first."""
        return [row.why for row in await self.rows("SELECT details->>'why' AS why FROM security_events ORDER BY id")]

    async def books_add_up(self) -> None:
        """Every balance is the sum of its entries, and all of them together are zero."""
        total = await self.rows("SELECT COALESCE(sum(available + pending + locked), 0) AS total FROM ledger_balances")
        assert total[0].total == Decimal(0)
        wrong = await self.rows(
            "SELECT b.id FROM ledger_balances b LEFT JOIN ledger_entries e ON e.balance_id = b.id"
            " GROUP BY b.id HAVING b.available + b.pending + b.locked <> COALESCE(sum(e.amount), 0)"
        )
        assert wrong == []


def paybill_body(desk: Desk, *, account: str, receipt: str = "SGC2B00001", amount: object = "500.00", **changed: Any) -> bytes:
    """A confirmation as version 2 of the interface sends it."""
    content = {
        "TransactionType": "Pay Bill",
        "TransID": receipt,
        "TransTime": desk.clock.now().astimezone(EAST_AFRICA).strftime("%Y%m%d%H%M%S"),
        "TransAmount": amount,
        "BusinessShortCode": desk.settings.daraja.shortcode,
        "BillRefNumber": account,
        "InvoiceNumber": "",
        "OrgAccountBalance": "49197.00",
        "ThirdPartyTransID": "",
        "MSISDN": "2547 ***** 126",
        "FirstName": "JOHN",
        "MiddleName": "",
        "LastName": "DOE",
        **changed,
    }
    return json.dumps({name: value for name, value in content.items() if value is not None}).encode()
