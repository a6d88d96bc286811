"""A loan in the place that the group's order gives it: covered by payments to the group, booked as repayments, exactly once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.daos.calendar import Schedule
from core.daos.contributions import group_summary, record_contribution
from core.daos.dues.paying import Wanted, find_payment, plan, posting_of, preview, void
from core.daos.dues.refunds import SavingsLocked, ask_refund, decide_refund, paid_charges
from core.daos.loans.asking import ask_for_loan
from core.daos.loans.deciding import decide_loan
from core.daos.loans.funding import decide_funding, propose_funding
from core.daos.loans.reading import find_loan, standing_of
from core.daos.loans.refusals import MoreThanOwed
from core.daos.loans.repaying import repay
from core.daos.loans.savings import savings
from core.daos.loans.vouching import answer_pledge
from core.daos.offices import appoint
from core.daos.rules import DEFAULTS, Rules
from core.kernel.db import Database
from core.kernel.ids import MemberId
from core.kernel.money import Money
from core.ledger.accounts import pot
from core.ledger.service import InsufficientFunds, balance, transfer
from core.monitoring.audit import audit
from core.reports.group.figures import group_statement, span_of
from tests.conftest import FakeClock
from tests.daos.people import new_intent, shillings

from .village import Village

LENT = {"loan_waiting_days": 0, "loan_reserve": 0, "loan_interest": 100, "fine": 50_00, "grace_days": 1}


async def lending(village: Village, *, lent: int = 3_000, guarantors: int = 2) -> tuple[MemberId, UUID]:
    """A group of five whose fourth member owes `lent` over three months, vouched for by the fifth and the first; the loan."""
    await village.settle(5, **{**LENT, "loan_guarantors": guarantors})
    borrower = village.members[3]
    async with village.db.unit() as uow:
        for member, role in zip(village.members[1:3], ("secretary", "treasurer"), strict=True):
            await appoint(uow, group=village.group, member=member, role=role)  # type: ignore[arg-type]
    for member in village.members:
        await village.pay(member, 2_000)
    async with village.db.unit() as uow:
        about = {"group": village.group, "amount": shillings(9_000), "direction": "in"}
        moved = await propose_funding(uow, intent=new_intent(), official=village.members[0], **about)  # type: ignore[arg-type]
    async with village.db.unit() as uow:
        assert (await decide_funding(uow, funding=moved.id, official=village.members[1], agrees=True)).done
    vouching = [village.members[4], village.members[0]][:guarantors]
    async with village.db.unit() as uow:
        wanted = {"group": village.group, "member": borrower, "amount": shillings(lent), "months": 3}
        loan = (await ask_for_loan(uow, intent=new_intent(), guarantors=vouching, **wanted)).id
    for guarantor in vouching:
        async with village.db.unit() as uow:
            await answer_pledge(uow, loan=loan, guarantor=guarantor, accepts=True)
    for official in village.members[:2]:
        async with village.db.unit() as uow:
            await decide_loan(uow, loan=loan, official=official, agrees=True)
    return borrower, loan


async def stands(village: Village, loan: UUID) -> Any:
    async with village.db.unit() as uow:
        return await standing_of(uow, await find_loan(uow, loan=loan))


async def repayments(village: Village) -> list[Any]:
    return list(await village.rows("SELECT * FROM loan_repayments ORDER BY created_at, id"))


async def shared(village: Village, member: MemberId, amount: int) -> dict[str, int]:
    """How a payment of so many shillings would be shared, by category, in shillings."""
    async with village.db.unit() as uow:
        lines = await preview(uow, group=village.group, member=member, amount=shillings(amount))
    parts: dict[str, int] = {}
    for line in lines:
        parts[line.category] = parts.get(line.category, 0) + line.amount.minor // 100
    return parts


async def late_with_everything(village: Village, **given: Any) -> tuple[MemberId, UUID]:
    """She owes a fine of 50, an instalment of 1,030 (30 of it interest), the interest of the second month, and a contribution."""
    borrower, loan = await lending(village, **given)
    village.clock.advance(days=33)
    await village.kind(Schedule("weekly", 7), 500)
    await village.until(village.at(village.today + timedelta(days=9), 12), timedelta(days=1))
    return borrower, loan


async def test_the_order_gives_a_loan_its_place(village: Village) -> None:
    borrower, _ = await late_with_everything(village)

    assert await shared(village, borrower, 60) == {"fines": 50, "loan_interest": 10}
    assert await shared(village, borrower, 1_080) == {"fines": 50, "loan_interest": 30, "loan_principal": 1_000}
    assert await shared(village, borrower, 1_200) == {
        "fines": 50,
        "loan_interest": 30,
        "loan_principal": 1_000,
        "contribution": 120,
    }
    await village.enact(**LENT, allocation=["contribution", "loan_principal", "welfare", "loan_interest", "fines"])
    assert await shared(village, borrower, 2_045) == {
        "contribution": 1_000,
        "loan_interest": 30,
        "loan_principal": 1_000,
        "fines": 15,
    }, "interest before principal wherever the group has put them"


async def test_what_is_not_due_for_longer_than_a_week_is_left_alone(village: Village) -> None:
    borrower, loan = await lending(village)

    assert (await village.dues(borrower)).debts == ()
    village.clock.advance(days=24)
    dues = await village.dues(borrower)
    assert [(one.category, one.missing) for one in dues.debts] == [
        ("loan_interest", shillings(30)),
        ("loan_principal", shillings(1_000)),
    ]
    assert dues.total == shillings(1_030)
    await village.kind(Schedule("weekly", 7), 500)
    await village.pay(borrower, 1_500)
    assert (await village.dues(borrower)).credit == shillings(470), "the next instalment has time"
    assert (await stands(village, loan)).payoff == shillings(2_000)


async def test_a_payment_is_a_repayment_and_frees_who_vouched(village: Village) -> None:
    borrower, loan = await late_with_everything(village)
    async with village.db.unit() as uow:
        before = await savings(uow, group=village.group, member=village.members[4])
        put_in = (await group_summary(uow, viewer=borrower, group=village.group)).contributed
    pledged = before.pledged

    made = await village.pay(borrower, 1_200)

    (row,) = await repayments(village)
    assert (row.source, row.amount, row.interest, row.principal) == ("balance", 1_030, 30, 1_000)
    assert (
        row.transfer_id == (await village.rows("SELECT transfer_id FROM contributions ORDER BY created_at DESC"))[0].transfer_id
    )
    assert [(line.category, line.amount) for line in made.lines] == [
        ("fines", shillings(50)),
        ("loan_interest", shillings(30)),
        ("loan_principal", shillings(1_000)),
        ("contribution", shillings(120)),
    ]
    async with village.db.unit() as uow:
        after = await savings(uow, group=village.group, member=village.members[4])
        assert (await group_summary(uow, viewer=borrower, group=village.group)).contributed == put_in + shillings(170)
        statement = await group_statement(uow, viewer=borrower, group=village.group, period=span_of("year", village.today))
    assert after.pledged.minor == -(-pledged.minor * 2 // 3), "two thirds of the principal are still out"
    assert statement.income["loan_repayment"] == shillings(1_030)
    assert (await stands(village, loan)).payoff == shillings(2_030)
    await village.audit_is_clean()


async def test_the_last_shilling_ends_the_loan_and_what_is_over_is_credit(village: Village) -> None:
    borrower, loan = await lending(village, lent=1_500, guarantors=0)
    await village.kind(Schedule("monthly", 28), 500)
    village.clock.advance(days=88)

    owed = (await village.dues(borrower)).total
    await village.pay(borrower, owed + shillings(70))

    async with village.db.unit() as uow:
        assert (await find_loan(uow, loan=loan)).status == "repaid"
        assert (await balance(uow, pot(village.group, "loans"))).available > shillings(9_000), "its interest is the pot's"
    assert (await village.dues(borrower)).credit == shillings(70)
    assert any("repaid" in said for said in await village.said(borrower))
    await village.audit_is_clean()


async def test_credit_pays_an_instalment_when_its_time_comes(village: Village) -> None:
    borrower, loan = await lending(village)
    await village.kind(Schedule("weekly", 7), 500)
    await village.pay(borrower, 4_000)
    await village.work()
    assert (await stands(village, loan)).payoff == shillings(3_030)
    village.clock.advance(days=25)

    await village.tend()

    (row,) = await repayments(village)
    assert (row.amount, row.user_id) == (1_030, borrower)
    await village.audit_is_clean()


async def test_another_member_pays_for_her(village: Village) -> None:
    borrower, _ = await late_with_everything(village)
    payer = village.members[2]

    await village.pay(borrower, 1_080, paid_by=payer)

    (row,) = await repayments(village)
    assert row.user_id == payer
    await village.audit_is_clean()


async def test_what_is_planned_counts_until_it_is_posted_or_void(village: Village) -> None:
    """What comes from the paybill is planned, posted and marked in units of their own; whatever dies in between, once."""
    borrower, loan = await late_with_everything(village)
    async with village.db.unit() as uow:
        about = (new_intent(), village.group, borrower, borrower, shillings(1_080), "mpesa", village.clock.now())
        payment = await plan(uow, Wanted(*about))  # type: ignore[arg-type]
    assert (await stands(village, loan)).payoff == shillings(2_030), "on its way"
    assert await repayments(village) == []
    with pytest.raises(MoreThanOwed):
        async with village.db.unit() as uow:
            await repay(uow, intent=new_intent(), loan=loan, payer=borrower, amount=shillings(2_031))

    async with village.db.unit() as uow:
        posting = posting_of(payment)
        posted = await transfer(uow, key=posting.key, kind=posting.kind, legs=posting.legs)
    await asyncio.gather(*(marked(village, payment, posted.transfer) for _ in range(3)))

    assert len(await repayments(village)) == 1
    assert (await stands(village, loan)).payoff == shillings(2_030)
    await village.audit_is_clean()


async def marked(village: Village, payment: Any, posted: Any) -> None:
    async with village.db.unit() as uow:
        await record_contribution(uow, payment, posted)


async def test_a_payment_that_came_to_nothing_is_owed_again_and_a_loan_does_not_end_on_it(village: Village) -> None:
    borrower, loan = await late_with_everything(village)
    async with village.db.unit() as uow:
        about = (new_intent(), village.group, borrower, borrower, shillings(1_080), "mpesa", village.clock.now())
        payment = await plan(uow, Wanted(*about))  # type: ignore[arg-type]
    async with village.db.unit() as uow:
        await repay(uow, intent=new_intent(), loan=loan, payer=borrower, amount=shillings(2_030))
    async with village.db.unit() as uow:
        assert (await find_loan(uow, loan=loan)).status == "running"
        await void(uow, payment)

    assert (await stands(village, loan)).payoff == shillings(1_030)
    async with village.db.unit() as uow:
        await repay(uow, intent=new_intent(), loan=loan, payer=borrower, amount=shillings(1_030))
    async with village.db.unit() as uow:
        assert (await find_loan(uow, loan=loan)).status == "repaid"
    await village.audit_is_clean()


async def test_a_payment_heard_of_late_counts_on_its_own_day(village: Village) -> None:
    """Completed on the due day, known two days later: the second month's interest is that of what was out by then."""
    borrower, loan = await lending(village)
    village.clock.advance(days=29)
    due = (await stands(village, loan)).due
    village.clock.moment = village.at(due + timedelta(days=2), 12).astimezone(village.clock.moment.tzinfo)
    async with village.db.unit() as uow:
        completed = village.at(due, 22)
        about = (new_intent(), village.group, borrower, borrower, shillings(1_030), "mpesa", completed)
        payment = await plan(uow, Wanted(*about))  # type: ignore[arg-type]
        posting = posting_of(payment)
        posted = await transfer(uow, key=posting.key, kind=posting.kind, legs=posting.legs)
        await record_contribution(uow, payment, posted.transfer)

    found = await stands(village, loan)
    assert (found.arrears, found.interest) == (Money(0), shillings(20))
    (row,) = await repayments(village)
    assert row.paid_on == due


async def test_at_once_by_every_way_the_loan_is_paid_no_more_than_once(village: Village) -> None:
    """Five payments to the group and five repayments, all at the same moment, together more than is owed."""
    borrower, loan = await late_with_everything(village)

    async def one_repayment() -> None:
        try:
            async with village.db.unit() as uow:
                await repay(uow, intent=new_intent(), loan=loan, payer=borrower, amount=shillings(600))
        except MoreThanOwed:
            return

    await asyncio.gather(*(village.pay(borrower, 700) for _ in range(5)), *(one_repayment() for _ in range(5)))

    rows = await repayments(village)
    assert sum(row.principal for row in rows) <= 3_000
    left = await stands(village, loan)
    assert left.principal == shillings(3_000) - Money.from_decimal(sum(row.principal for row in rows))
    await village.audit_is_clean()


async def test_the_audit_sees_a_part_that_was_never_booked(village: Village) -> None:
    borrower, _ = await late_with_everything(village)
    await village.pay(borrower, 1_080)
    async with village.db.unit() as uow:
        await uow.session.execute(text("SET LOCAL session_replication_role = replica"))
        await uow.session.execute(text("DELETE FROM loan_repayments"))

    assert {one.name for one in await audit(village.db) if not one.ok} == {
        "repayments within shared payments equal their parts"
    }


async def test_who_cannot_pay_has_repaid_nothing(village: Village) -> None:
    borrower, loan = await late_with_everything(village)
    with pytest.raises(InsufficientFunds):
        await village.pay(borrower, 500_000)

    assert await repayments(village) == []
    assert (await stands(village, loan)).payoff == shillings(3_060)


@given(st.permutations(DEFAULTS["chama"].allocation))
def test_interest_is_never_after_principal(order: list[str]) -> None:
    rules = replace(Rules(), allocation=tuple(order))

    assert sorted(rules.order) == sorted(order)
    assert rules.order.index("loan_interest") < rules.order.index("loan_principal")
    others = [name for name in order if not name.startswith("loan")]
    assert [name for name in rules.order if not name.startswith("loan")] == others
    if order.index("loan_interest") < order.index("loan_principal"):
        assert rules.order == tuple(order)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(1, 900_00)),
        st.tuples(st.just("repay"), st.integers(1, 900_00)),
        st.tuples(st.just("void"), st.integers(1, 900_00)),
        st.tuples(st.just("heard late"), st.integers(1, 900_00)),
        st.tuples(st.just("wait"), st.integers(1, 20)),
    ),
    min_size=3,
    max_size=8,
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps, st.permutations(DEFAULTS["chama"].allocation))
def test_any_payments_in_any_order_sum_exactly(
    database_url: str, vault: Any, done: list[tuple[str, int]], order: list[str]
) -> None:
    asyncio.run(live(database_url, vault, done, order))


async def live(database_url: str, vault: Any, done: list[tuple[str, int]], order: list[str]) -> None:
    import asyncpg

    from core.kernel.ids import TimeOrderedIds
    from tests.conftest import RESET

    connection = await asyncpg.connect(database_url)
    await connection.execute(RESET)
    await connection.close()
    clock = FakeClock()
    database = Database(database_url, clock=clock, ids=TimeOrderedIds(), vault=vault, pool_size=6)
    try:
        await follow(Village(database, clock), done, order)
    finally:
        await database.close()


async def follow(village: Village, done: list[tuple[str, int]], order: list[str]) -> None:
    """Dues, fines and a loan; each payment goes where the rules say, and whatever is paid is the sum of what it paid."""
    borrower, loan = await lending(village, lent=2_000, guarantors=0)
    await village.enact(**LENT, allocation=order)
    await village.kind(Schedule("weekly", 7), 200)
    village.clock.advance(days=20)
    await village.tend()
    held = sum(amount.minor for amount in (await village.held()).values())
    paid = 0
    for what, number in done:
        amount = Money(number + 99)
        if what == "wait":
            await village.until(village.clock.now() + timedelta(days=number), timedelta(days=5))
        elif what == "pay":
            await village.pay(borrower, amount)
            paid += amount.minor
        elif what == "repay":
            paid += await repaid(village, borrower, loan, amount)
        else:
            paid += await planned(village, borrower, amount, goes_through=what == "heard late")
        await village.work()
    await agrees(village, loan, held + paid)


async def repaid(village: Village, borrower: MemberId, loan: UUID, amount: Money) -> int:
    left = (await stands(village, loan)).payoff
    if not left:
        return 0
    async with village.db.unit() as uow:
        await repay(uow, intent=new_intent(), loan=loan, payer=borrower, amount=min(amount, left))
    return min(amount, left).minor


async def planned(village: Village, borrower: MemberId, amount: Money, *, goes_through: bool) -> int:
    """Another payment is made between the plan and what becomes of it."""
    completed = village.clock.now() - timedelta(hours=30)
    async with village.db.unit() as uow:
        payment = await plan(uow, Wanted(new_intent(), village.group, borrower, borrower, amount, "mpesa", completed))
    await village.pay(borrower, shillings(100))
    async with village.db.unit() as uow:
        if goes_through:
            posting = posting_of(payment)
            posted = await transfer(uow, key=posting.key, kind=posting.kind, legs=posting.legs)
            await record_contribution(uow, payment, posted.transfer)
        else:
            await void(uow, payment)
        known = await find_payment(uow, intent=payment.intent)
    assert known is not None
    assert known.state == ("posted" if goes_through else "void")
    return shillings(100).minor + (amount.minor if goes_through else 0)


async def agrees(village: Village, loan: UUID, total: int) -> None:
    assert sum(amount.minor for amount in (await village.held()).values()) == total
    rows = await repayments(village)
    found = await stands(village, loan)
    principal = Money.from_decimal(sum((row.principal for row in rows), start=0 * found.principal.as_decimal()))
    interest = Money.from_decimal(sum((row.interest for row in rows), start=0 * found.principal.as_decimal()))
    assert found.principal == shillings(2_000) - principal
    assert found.interest == found.charged - interest
    lines = await village.rows(
        "SELECT sum(l.amount) AS amount FROM contribution_lines l JOIN contribution_payments p ON p.id = l.payment_id"
        " WHERE p.state = 'posted' AND l.source = 'loans'"
    )
    within = await village.rows(
        "SELECT sum(r.amount) AS amount FROM loan_repayments r JOIN contribution_payments p ON p.transfer_id = r.transfer_id"
    )
    assert lines[0].amount == within[0].amount
    async with village.db.unit() as uow:
        status = (await find_loan(uow, loan=loan)).status
    assert (status == "repaid") == (not found.payoff)
    await village.audit_is_clean()


async def test_savings_that_answer_for_a_loan_are_not_given_back(village: Village) -> None:
    """Each has saved 500, all of which is locked for a loan of 1,500: the borrower's own, and of both who vouched."""
    await village.settle(5, **{**LENT, "loan_guarantors": 2})
    await village.kind(Schedule("weekly", 7), 500)
    await village.until(village.at(village.today + timedelta(days=3), 12), timedelta(hours=12))
    borrower, vouching = village.members[3], [village.members[4], village.members[2]]
    async with village.db.unit() as uow:
        await appoint(uow, group=village.group, member=village.members[1], role="secretary", way="appointed")
    for member in village.members:
        await village.pay(member, 500)
    async with village.db.unit() as uow:
        about = {"group": village.group, "amount": shillings(2_000), "direction": "in"}
        moved = await propose_funding(uow, intent=new_intent(), official=village.members[0], **about)  # type: ignore[arg-type]
    async with village.db.unit() as uow:
        assert (await decide_funding(uow, funding=moved.id, official=village.members[1], agrees=True)).done

    async def asked(member: MemberId) -> Any:
        async with village.db.unit() as uow:
            [charge] = await paid_charges(uow, group=village.group, member=member)
        async with village.db.unit() as uow:
            given = {"official": village.members[0], "group": village.group, "charge": charge.id, "reason": "Paid twice"}
            return await ask_refund(uow, intent=new_intent(), **given)  # type: ignore[arg-type]

    assert await asked(vouching[0]) == "asked"
    async with village.db.unit() as uow:
        wanted = {"group": village.group, "member": borrower, "amount": shillings(1_500), "months": 3}
        loan = (await ask_for_loan(uow, intent=new_intent(), guarantors=vouching, **wanted)).id
    for guarantor in vouching:
        async with village.db.unit() as uow:
            await answer_pledge(uow, loan=loan, guarantor=guarantor, accepts=True)
    # Asked before she vouched, decided after it: what counts is the moment at which it would leave.
    [waits] = await village.rows("SELECT id FROM charge_refunds")
    with pytest.raises(SavingsLocked):
        async with village.db.unit() as uow:
            await decide_refund(uow, refund=waits.id, official=village.members[1], agrees=True)
    for official in village.members[:2]:
        async with village.db.unit() as uow:
            await decide_loan(uow, loan=loan, official=official, agrees=True)
    for member in (borrower, vouching[1]):
        with pytest.raises(SavingsLocked) as refusal:
            await asked(member)
        assert refusal.value.free == Money(0)
    await village.audit_is_clean()
