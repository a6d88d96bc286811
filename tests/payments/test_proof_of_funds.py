"""What M-PESA holds against what the books say: explained by what is on its way, or a gap that stops withdrawals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.kernel.clock import EAST_AFRICA
from core.kernel.db import Database
from core.kernel.money import Money
from core.kernel.settings import DarajaSettings, Settings
from core.payments.breaker import payouts_stopped
from core.payments.corrections import approve, request
from core.payments.funds.freezing import NotFrozen, gap_since, thaw, withdrawals_frozen
from core.payments.funds.proofs import Proof, newest_proof
from core.payments.inbox import store_callback
from core.payments.outcomes import Accepted, Taken, Unknown
from core.payments.ports import BalanceQuestion

from .counter import Counter
from .desk import Person
from .fake_payouts import FakePayouts


@dataclass
class FakeHolder(FakePayouts):
    """M-Pesa that tells what it holds."""

    balances_asked: list[BalanceQuestion] = field(default_factory=list)
    taken: Taken = field(default_factory=lambda: Accepted("AG_balance"))

    async def ask_balance(self, question: BalanceQuestion) -> Taken:
        self.balances_asked.append(question)
        return self.taken


class Safe:
    """A counter, and what M-PESA really holds beside it."""

    def __init__(self, counter: Counter) -> None:
        self.counter, self.holds, self.charges = counter, Money(0), Money(0)

    @property
    def mpesa(self) -> FakeHolder:
        assert isinstance(self.counter.mobile_money, FakeHolder)
        return self.counter.mobile_money

    async def deposits(self, person: Person, amount: int, receipt: str) -> None:
        """Paid to us, and told."""
        self.holds += Money(amount * 100)
        await self.counter.confirm(account=await self.counter.number(person), receipt=receipt, amount=str(amount))
        await self.counter.work()

    async def hear(self, body: dict[str, Any], kind: str = "balance-result", proof: str = "") -> None:
        address = proof or self.mpesa.balances_asked[-1].result_url.split("/")[-2]
        async with self.counter.database.unit() as uow:
            await store_callback(uow, kind=kind, intent=address, body=json.dumps(body).encode(), remote="196.201.214.200")
        await self.counter.work()

    def told(self, *, conversation: str = "AG_balance", code: object = 0) -> dict[str, Any]:
        """The answer in Safaricom's shape."""
        accounts = {"Working Account": Money(0), "Utility Account": self.holds, "Charges Paid Account": -self.charges}
        written = "&".join(
            f"{name}|KES|{amount.as_decimal()}|{amount.as_decimal()}|0.00|0.00" for name, amount in accounts.items()
        )
        at = self.counter.clock.now().astimezone(EAST_AFRICA).strftime("%Y%m%d%H%M%S")
        parameters = [{"Key": "AccountBalance", "Value": written}, {"Key": "BOCompletedTime", "Value": int(at)}]
        ids = {"OriginatorConversationID": "x", "ConversationID": conversation, "TransactionID": "OAK0000000"}
        return {"Result": {"ResultCode": code, "ResultDesc": "", **ids, "ResultParameters": {"ResultParameter": parameters}}}

    async def prove(self) -> Proof:
        """Ask, be answered, judge."""
        await self.counter.take_named("prove-funds")
        await self.hear(self.told())
        await self.counter.take_named("judge-funds")
        async with self.counter.database.unit() as uow:
            found = await newest_proof(uow)
        assert found is not None
        return found

    async def frozen(self) -> Money | None:
        async with self.counter.database.unit() as uow:
            found = await withdrawals_frozen(uow)
            assert (await payouts_stopped(uow) == "funds-gap") == (found is not None)
        return None if found is None else found.gap

    async def events(self) -> list[str]:
        rows = await self.counter.rows("SELECT event_type FROM security_events ORDER BY id")
        return [row.event_type for row in rows]


@pytest.fixture
def safe(db: Database, clock: Any) -> Safe:
    daraja = DarajaSettings(initiator="operator")
    settings = Settings(public_url="https://mtaa.example", callback_token="a-token", daraja=daraja)
    return Safe(Counter(db, FakeHolder(clock), clock, settings=settings))


async def test_proof_when_all_is_booked_is_equal_to_the_cent(safe: Safe) -> None:
    await safe.deposits(await safe.counter.person(), 500, "SGC2B00001")
    safe.counter.clock.advance(minutes=10)

    proof = await safe.prove()

    assert (proof.held, proof.booked, proof.unexplained) == (Money(500_00), Money(500_00), Money(0))
    assert await safe.frozen() is None
    assert await safe.events() == []


async def test_proof_knows_the_time_of_each_movement_at_mpesa_not_when_we_heard_of_it(safe: Safe) -> None:
    wanjiru = await safe.counter.person()
    await safe.counter.take_named("prove-funds")
    answer = safe.told()
    safe.counter.clock.advance(minutes=5)
    await safe.deposits(wanjiru, 500, "SGC2B00001")

    # What M-PESA said before that payment came late to us.
    await safe.hear(answer)

    async with safe.counter.database.unit() as uow:
        proof = await newest_proof(uow)
    assert proof is not None
    assert (proof.held, proof.booked, proof.unexplained) == (Money(0), Money(0), Money(0))


async def test_payout_on_its_way_explains_what_is_missing_until_its_end_is_known(safe: Safe) -> None:
    counter = safe.counter
    wanjiru = await counter.person()
    await safe.deposits(wanjiru, 2_000, "SGC2B00001")
    counter.clock.advance(minutes=10)
    started = await counter.sent(wanjiru, Money(500_00))
    safe.holds -= Money(500_00)
    counter.clock.advance(minutes=5)

    proof = await safe.prove()
    assert (proof.difference, proof.unexplained) == (Money(-500_00), Money(0))
    # A shilling more than what is on its way is a gap at once.
    safe.holds -= Money(1_00)
    assert (await safe.prove()).unexplained == Money(-1_00)
    safe.holds += Money(1_00)

    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))
    proof = await safe.prove()

    assert (proof.difference, proof.unexplained) == (Money(0), Money(0))


async def test_gap_can_not_hide_behind_what_was_on_its_way_once_that_has_arrived(safe: Safe) -> None:
    counter = safe.counter
    wanjiru = await counter.person()
    await safe.deposits(wanjiru, 2_000, "SGC2B00001")
    counter.clock.advance(minutes=10)
    started = await counter.sent(wanjiru, Money(500_00))
    counter.clock.advance(minutes=5)
    # Somebody else took 300 while our 500 had not left yet.
    safe.holds -= Money(300_00)
    assert (await safe.prove()).unexplained == Money(0)
    counter.clock.advance(minutes=30)

    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))
    await counter.take_named("judge-funds")

    async with counter.database.unit() as uow:
        proof = await newest_proof(uow)
    assert proof is not None
    assert proof.unexplained == Money(-300_00)


async def test_prompt_without_an_end_explains_what_is_too_much(safe: Safe) -> None:
    await safe.counter.prompted(await safe.counter.person())
    safe.holds += Money(500_00)
    safe.counter.clock.advance(minutes=5)

    assert (await safe.prove()).unexplained == Money(0)
    safe.holds += Money(20_00)
    assert (await safe.prove()).unexplained == Money(20_00)


async def test_payment_that_waits_for_proof_explains_what_is_too_much_until_people_dismiss_it(safe: Safe) -> None:
    counter = safe.counter
    wanjiru, people = await counter.person(), [await counter.person() for _ in range(2)]
    await counter.confirm(account=await counter.number(wanjiru), receipt="SGLARGE001", amount="150000.00")
    await counter.work()
    safe.holds += Money(150_000_00)
    counter.clock.advance(minutes=5)

    assert (await safe.prove()).unexplained == Money(0)
    safe.holds += Money(20_00)
    assert (await safe.prove()).unexplained == Money(20_00)
    safe.holds -= Money(20_00)
    await counter.wait(days=4)
    assert (await safe.prove()).unexplained == Money(0)

    async with counter.database.unit() as uow:
        await request(uow, kind="dismiss", subject="SGLARGE001", by=people[0].id, reason="not in the portal")
    async with counter.database.unit() as uow:
        await approve(uow, subject="SGLARGE001", by=people[1].id)
    assert (await safe.prove()).unexplained == Money(150_000_00)


async def test_charges_that_mpesa_settles_out_of_the_account_are_an_explanation(safe: Safe) -> None:
    counter = safe.counter
    wanjiru = await counter.person()
    await safe.deposits(wanjiru, 2_000, "SGC2B00001")
    counter.clock.advance(minutes=10)
    started = await counter.sent(wanjiru, Money(500_00))
    [name] = await counter.names(started)
    await counter.hear(started.payouts[0].id, counter.mpesa.finish(name))
    await counter.hear(started.payouts[0].id, counter.mpesa.answer(name).replace(b"|KES|0", b"|KES|5"), "status-result")
    counter.clock.advance(minutes=10)
    (row,) = await counter.rows("SELECT real_charge FROM payouts")
    safe.holds -= Money(500_00)
    safe.charges = Money.from_decimal(row.real_charge)
    assert (await safe.prove()).difference == Money(0)

    safe.holds, safe.charges = safe.holds - safe.charges, Money(0)
    proof = await safe.prove()

    assert (proof.difference, proof.unexplained) == (-Money.from_decimal(row.real_charge), Money(0))


async def test_gap_that_lasts_a_day_freezes_withdrawals_once_and_thaws_by_itself(safe: Safe) -> None:
    counter = safe.counter
    wanjiru = await counter.person()
    await safe.deposits(wanjiru, 2_000, "SGC2B00001")
    counter.clock.advance(minutes=10)
    safe.holds -= Money(700_00)
    for _ in range(6):
        await safe.prove()
        counter.clock.advance(hours=4)
    assert await safe.frozen() is None
    assert await safe.events() == ["funds_gap"]

    await safe.prove()
    await safe.prove()

    assert await safe.frozen() == Money(-700_00)
    assert await safe.events() == ["funds_gap", "withdrawals_frozen"]
    # A withdrawal that is confirmed now waits with its money set aside.
    started = await counter.sent(wanjiru, Money(500_00))
    assert (await counter.see(started)).payouts[0].status == "pending"
    assert counter.mpesa.requests == []

    counter.clock.advance(hours=1)
    safe.holds += Money(700_00)
    await safe.prove()
    await counter.work()
    await counter.wait(minutes=2)

    assert await safe.frozen() is None
    assert len(counter.mpesa.requests) == 1
    async with counter.database.unit() as uow:
        assert await gap_since(uow) is None


async def test_gap_that_an_operator_answers_for_does_not_freeze_again_but_another_one_does(safe: Safe) -> None:
    counter = safe.counter
    operator = await counter.person()
    safe.holds -= Money(700_00)
    await safe.prove()
    counter.clock.advance(hours=25)
    await safe.prove()
    async with counter.database.unit() as uow:
        await thaw(uow, by=operator.id, reason="the bank moved it back, arrives tomorrow")

    counter.clock.advance(hours=1)
    await safe.prove()
    assert await safe.frozen() is None
    with pytest.raises(NotFrozen):
        async with counter.database.unit() as uow:
            await thaw(uow, by=operator.id, reason="again")

    safe.counter.clock.advance(hours=1)
    safe.holds -= Money(1_00)
    await safe.prove()
    assert await safe.frozen() is None
    counter.clock.advance(hours=25)
    await safe.prove()
    assert await safe.frozen() == Money(-701_00)
    assert (await safe.events())[-1] == "withdrawals_frozen"


async def test_answers_that_fit_no_question_of_ours_are_put_aside(safe: Safe) -> None:
    await safe.counter.take_named("prove-funds")
    await safe.hear(safe.told(), proof="00000000-0000-0000-0000-000000000000")
    await safe.hear(safe.told(conversation="AG_forged"))
    await safe.hear({"Result": {"ResultCode": 0}})
    assert await safe.counter.outcomes() == [
        "quarantined: unknown-intent",
        "quarantined: conversation-mismatch",
        "quarantined: no-balance",
    ]
    async with safe.counter.database.unit() as uow:
        assert await newest_proof(uow) is None

    await safe.counter.take_named("prove-funds")
    await safe.hear(safe.told(), kind="balance-timeout")
    await safe.hear(safe.told())
    safe.holds += Money(5_00)
    await safe.hear(safe.told())

    assert (await safe.counter.outcomes())[3:] == ["not-proof", "answered", "repeated"]


async def test_question_that_mpesa_refuses_or_never_answers_is_on_record(safe: Safe) -> None:
    safe.mpesa.taken = Unknown("timeout")
    await safe.counter.take_named("prove-funds")
    safe.mpesa.taken = Accepted("AG_2")
    await safe.counter.take_named("prove-funds")
    await safe.counter.take_named("prove-funds")

    rows = await safe.counter.rows("SELECT status, problem FROM funds_proofs ORDER BY id")
    assert [row.status for row in rows] == ["failed", "failed", "asked"]
    assert rows[1].problem == "no answer came"
