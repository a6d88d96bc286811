"""A counter where members withdraw: the payments desk with M-Pesa's paying side behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from core.kernel.ids import IntentId
from core.kernel.money import Money
from core.ledger.accounts import (
    MPESA_CHARGES,
    MPESA_RECOVERED,
    MPESA_UTILITY,
    PLATFORM_FEES,
    SUSPENSE,
    Account,
    member_account,
)
from core.ledger.service import Balance, Leg, balance, transfer
from core.payments.inbox import store_callback
from core.payments.payout_jobs import sweep_payouts
from core.payments.payout_reports import ANSWER, RESULT
from core.payments.withdrawals import WithdrawalState, find_withdrawal, start_withdrawal

from .desk import Desk, Person, new_id
from .fake_payouts import FakePayouts

KES_500, TEN_THOUSAND = Money(500_00), Money(10_000_00)


@dataclass
class Counter(Desk):
    """Withdrawals at the desk."""

    @property
    def mpesa(self) -> FakePayouts:
        return cast("FakePayouts", self.mobile_money)

    async def rich(self, amount: Money = TEN_THOUSAND, **given: Any) -> Person:
        """A member with money."""
        person = await self.person(**given)
        async with self.database.unit() as uow:
            legs = [Leg(MPESA_UTILITY, -amount), Leg(member_account(person.id), amount)]
            await transfer(uow, key=uow.ids.new(), kind="test_funding", legs=legs)
        return person

    async def ask_for(
        self, person: Person, amount: Money = KES_500, *, intent: UUID | None = None, **given: Any
    ) -> WithdrawalState:
        """A withdrawal that was confirmed, not sent yet."""
        wanted = {"language": "en", "channel": "ussd", **given}
        async with self.database.unit() as uow:
            return await start_withdrawal(
                uow, intent=IntentId(intent or new_id()), member=person.id, phone=person.phone, amount=amount, **wanted
            )

    async def sent(self, person: Person, amount: Money = KES_500, **given: Any) -> WithdrawalState:
        """A withdrawal whose payments M-Pesa was asked to make."""
        started = await self.ask_for(person, amount, **given)
        await self.work()
        return await self.see(started)

    async def sweep(self) -> None:
        await sweep_payouts(self, {})

    async def see(self, withdrawal: WithdrawalState) -> WithdrawalState:
        async with self.database.unit() as uow:
            found = await find_withdrawal(uow, intent=withdrawal.intent)
        assert found is not None
        return found

    async def names(self, withdrawal: WithdrawalState) -> list[str]:
        """Under which names M-Pesa knows the payments."""
        rows = await self.rows(
            "SELECT m.originator_conversation_id AS name FROM payouts p JOIN mpesa_transactions m ON m.id = p.id"
            " WHERE p.withdrawal_id = :id ORDER BY p.part",
            id=withdrawal.intent,
        )
        return [row.name for row in rows]

    async def hear(self, payout: UUID | str, body: bytes, kind: str = RESULT) -> None:
        """A report arrives and is read."""
        async with self.database.unit() as uow:
            await store_callback(uow, kind=kind, intent=str(payout), body=body, remote="196.201.214.200")
        await self.work()

    async def answer_questions(self) -> None:
        """M-Pesa answers everything that it was asked."""
        while self.mpesa.about:
            question = self.mpesa.about.pop(0)
            payout = question.result_url.split("/")[-2]
            name = question.payout or next(name for name, receipt, _ in self.mpesa.paid if receipt == question.receipt)
            await self.hear(payout, self.mpesa.answer(name), ANSWER)

    async def holdings(self, person: Person) -> Balance:
        return await self.holds(member_account(person.id))

    async def holds(self, account: Account) -> Balance:
        async with self.database.unit() as uow:
            return await balance(uow, account)

    async def accounts(self) -> dict[str, Money]:
        """What the accounts of paying out hold."""
        named = {"fees": PLATFORM_FEES, "recovered": MPESA_RECOVERED, "charges": MPESA_CHARGES, "suspense": SUSPENSE}
        return {name: (await self.holds(account)).available for name, account in named.items()}

    async def books_agree(self) -> None:
        """Our books against M-Pesa's: what left, under which receipt, what it charged, and nothing paid twice."""
        await self.books_add_up()
        paid = await self.rows(
            "SELECT originator_conversation_id AS name, mpesa_receipt_number AS receipt, amount FROM mpesa_transactions"
            " WHERE transaction_type = 'b2c' AND status = 'completed'"
        )
        assert {(row.name, row.receipt, Money.from_decimal(row.amount)) for row in paid} == set(self.mpesa.paid)
        assert len({name for name, _, _ in self.mpesa.paid}) == len(self.mpesa.paid)
        fees = await self.rows(
            "SELECT coalesce(sum(platform_revenue), 0) AS ours, coalesce(sum(protocol_revenue), 0) AS network"
            " FROM transaction_fees WHERE fee_category IN ('mpesa_withdrawal', 'mpesa_charge')"
        )
        accounts = await self.accounts()
        assert (Money.from_decimal(fees[0].ours), Money.from_decimal(fees[0].network)) == (
            accounts["fees"],
            accounts["recovered"],
        )
        held = await self.rows(
            "SELECT coalesce(sum(m.amount + m.fee_amount + p.charge_amount), 0) AS held FROM payouts p"
            " JOIN mpesa_transactions m ON m.id = p.id WHERE p.books = 'held'"
        )
        locked = await self.rows("SELECT coalesce(sum(locked), 0) AS locked FROM ledger_balances")
        assert held[0].held == locked[0].locked

    async def revenue(self) -> list[tuple[str, Decimal, int]]:
        """The platform's own query about its revenue."""
        rows = await self.rows(
            "SELECT fee_category, SUM(platform_revenue) as revenue, COUNT(*) as transactions FROM transaction_fees"
            " GROUP BY fee_category ORDER BY revenue DESC"
        )
        return [tuple(row) for row in rows]


def failed(body: bytes, code: int) -> bytes:
    """A result with another end."""
    content = json.loads(body)
    content["Result"]["ResultCode"] = code
    return json.dumps(content).encode()
